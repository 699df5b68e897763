/* native.h - the one place where the code asks which system it is built for.
 * SPDX-License-Identifier: MIT
 *
 * It brings in the system's headers and names for what the systems spell differently. Include it, or sys.h, before
 * anything else: system headers want to be told about themselves first. */
#ifndef TENON_SRC_NATIVE_H
#define TENON_SRC_NATIVE_H

/* Before a function that is not to become part of its callers, whose usual way would get longer. */
#ifdef __GNUC__
#define TENON__APART __attribute__((noinline))
#else
#define TENON__APART
#endif

/* Before one that is short as long as nothing is odd: to become part of its callers, also of those in other files where the
 * whole program is optimised when it is linked. gcc wants to be asked; others frown at the word, or make no function of
 * it. */
#if defined __GNUC__ && !defined __clang__
#define TENON__BRIEF inline
#else
#define TENON__BRIEF
#endif

#ifdef _WIN32
#include "win32/native.h"
#else
#include "posix/native.h"
#endif

#endif
