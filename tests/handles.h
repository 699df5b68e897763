/* handles.h - finds what leaves handles open.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_HANDLES_H
#define TENON_TESTS_HANDLES_H

/* Runs a function until it leaves as many handles open as it found, at most four times, and returns how many more the
 * last run left: what a system opens once and keeps makes a difference once, and a leak each time. A run that returns
 * anything but 0 is the last one, and what it left is not counted. */
int handles_left_by(int (*run)(void));

#endif
