/* native.h - what the transcript needs of the system beside Tenon and the tests' own support.
 * SPDX-License-Identifier: MIT
 *
 * native_posix.c and native_win32.c implement it, CMake chooses one of them.
 */
#ifndef TENON_TESTS_CONTRACT_NATIVE_H
#define TENON_TESTS_CONTRACT_NATIVE_H

#include "tenon.h"

/* Makes stdout write what it is given: no carriage returns. */
void native_use_plain_output(void);

/* Sends one urgent byte. 0, or -1. */
int native_send_urgent(tenon_sock s);

/* A stream socket as the system makes it, without any of Tenon's care, or -1. */
tenon_sock native_open_stream(void);

#endif
