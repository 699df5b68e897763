/* posix/sys_clock.c - the clock that nobody sets.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

int64_t tenon__sys_now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
