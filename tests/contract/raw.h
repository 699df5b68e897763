/* raw.h - what raw.c needs spelled differently on each system, as every Berkeley program that was brought to Windows
 * has.
 * SPDX-License-Identifier: MIT
 *
 * RAW_SYSTEM, raw_posix.h or raw_win32.h, is the build's choice. */
#ifndef TENON_TESTS_CONTRACT_RAW_H
#define TENON_TESTS_CONTRACT_RAW_H

#include RAW_SYSTEM

#include <stdint.h>

int raw_startup(void);
int raw_cleanup(void);

/* The last failure as a result below 0, and the same for what a lookup returned. */
int raw_failure(void);
int raw_lookup_failure(int code);
/* The system's name of such a result. */
const char *raw_name(intptr_t result);

int raw_close(raw_socket s);
int raw_set_nonblocking(raw_socket s, int on);
int raw_poll(struct pollfd *items, int count, int timeout_ms);
/* A failure without a name on a system that has no such call. */
int raw_socketpair(raw_socket pair[2]);
int64_t raw_now_ms(void);

#endif
