/* watchdog.c - ends a program that hangs.
 * SPDX-License-Identifier: MIT
 */
#include "watchdog.h"

#include <stdatomic.h>
#include <stdio.h>

#include "support.h"

enum { EXIT_WATCHDOG = 124, TICK_MS = 100 };

/* It counts ticks instead of reading a clock, so that it needs none and a machine that slept raises no alarm. */
static atomic_int ticks_left;
static _Atomic(const char *) watched;

static void watch(void *unused) {
  (void)unused;
  for (;;) {
    support_sleep_ms(TICK_MS);
    if (atomic_load(&ticks_left) <= 0 || atomic_fetch_sub(&ticks_left, 1) != 1) continue;
    fprintf(stderr, "watchdog: %s\n", atomic_load(&watched));
    support_end_now(EXIT_WATCHDOG);
  }
}

void watchdog_watch(const char *name, int seconds) {
  static support_thread thread;
  static int is_started;
  atomic_store(&watched, name);
  atomic_store(&ticks_left, name ? seconds * (1000 / TICK_MS) : 0);
  if (is_started) return;
  is_started = 1;
  if (support_thread_start(&thread, watch, NULL) == 0) support_thread_detach(&thread);
}
