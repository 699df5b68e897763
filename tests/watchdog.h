/* watchdog.h - ends a program that hangs.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_WATCHDOG_H
#define TENON_TESTS_WATCHDOG_H

/* What it watches takes at most so many seconds, or the program ends with the status 124 and its name, which must live
 * until the next call. NULL: it watches nothing. The first call starts its thread. */
void watchdog_watch(const char *name, int seconds);

#endif
