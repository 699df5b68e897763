/* win32/sys_clock.c - the clock that nobody sets.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

/* GetTickCount64 would be simpler, but stands still for up to 16 ms. Dividing first keeps the product from
 * overflowing. */
int64_t tenon__sys_now_us(void) {
  LARGE_INTEGER frequency, ticks;
  QueryPerformanceFrequency(&frequency);
  QueryPerformanceCounter(&ticks);
  int64_t seconds = ticks.QuadPart / frequency.QuadPart, rest = ticks.QuadPart % frequency.QuadPart;
  return seconds * 1000000 + rest * 1000000 / frequency.QuadPart;
}
