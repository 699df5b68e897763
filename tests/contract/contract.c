/* contract.c - performs operations of the public interface, good and bad, and writes down what came of each: the same
 * text on every system.
 * SPDX-License-Identifier: MIT
 *
 * The program is linked twice: with Tenon, whose transcript is expected.txt, and with raw.c, which gives Tenon's names
 * to the system's own calls and shows what is different without Tenon. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "native.h"
#include "support.h"
#include "topic_list.h" /* CMake's: TOPIC_LIST of the topics' names */
#include "transcript.h"

enum { EXIT_LEAK = 1, EXIT_USAGE = 2, EXIT_SKIPPED = 77, EXIT_WATCHDOG = 124 };
enum { TICK_MS = 100, TOPIC_SECONDS = 30, SETTLE_MS = 2000, SETTLE_STEP_MS = 10 };

#define DECLARE(name) void topic_##name(void);
TOPIC_LIST(DECLARE)

#define ROW(name) {#name, topic_##name},
static const struct {
  const char *name;
  void (*run)(void);
} topics[] = {TOPIC_LIST(ROW)};
enum { TOPICS = sizeof topics / sizeof *topics };

/* Counted in ticks, so that a machine that slept raises no alarm. */
static atomic_int ticks_left;
static _Atomic(const char *) watched = "warm-up";

static void watch(void *unused) {
  (void)unused;
  for (;;) {
    support_sleep_ms(TICK_MS);
    if (atomic_fetch_sub(&ticks_left, 1) != 1) continue;
    fprintf(stderr, "watchdog: %s\n", atomic_load(&watched));
    _Exit(EXIT_WATCHDOG);
  }
}

static void run_topic(int i) {
  atomic_store(&watched, topics[i].name);
  atomic_store(&ticks_left, TOPIC_SECONDS * (1000 / TICK_MS));
  topics[i].run();
  fflush(stdout);
}

/* A thread that nobody joins may hold its handles a little longer than the call that started it takes. */
static int count_left(int before) {
  int after = support_handle_count();
  for (int waited = 0; after != before && waited < SETTLE_MS; waited += SETTLE_STEP_MS) {
    support_sleep_ms(SETTLE_STEP_MS);
    after = support_handle_count();
  }
  return after - before;
}

static int run_all(void) {
  int before = support_handle_count();
  run_topic(0); /* about the first call, so IPv6 cannot be asked for before */
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) return EXIT_SKIPPED;
  for (int i = 1; i < TOPICS; i++) run_topic(i);
  int left = count_left(before);
  if (left) fprintf(stderr, "%d handles more than before are open\n", left);
  return left ? EXIT_LEAK : 0;
}

/* One topic alone is for those who look for a difference. */
int main(int argument_count, char **arguments) {
  static support_thread watchdog;
  native_use_plain_output();
  support_warm_up();
  atomic_store(&ticks_left, TOPIC_SECONDS * (1000 / TICK_MS));
  if (support_thread_start(&watchdog, watch, NULL) == 0) support_thread_detach(&watchdog);
  if (argument_count < 2) return run_all();
  for (int i = 0; i < TOPICS; i++) {
    if (strcmp(topics[i].name, arguments[1]) == 0) return run_topic(i), 0;
  }
  fprintf(stderr, "usage: contract [TOPIC]\n");
  return EXIT_USAGE;
}
