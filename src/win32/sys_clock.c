/* win32/sys_clock.c - the clock that nobody sets.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

/* GetTickCount64 would be simpler, but stands still for up to 16 ms. Dividing first keeps the product from
 * overflowing. */
int64_t tenon__sys_now_ms(void) {
  LARGE_INTEGER frequency, ticks;
  QueryPerformanceFrequency(&frequency);
  QueryPerformanceCounter(&ticks);
  return ticks.QuadPart / frequency.QuadPart * 1000 + ticks.QuadPart % frequency.QuadPart * 1000 / frequency.QuadPart;
}
