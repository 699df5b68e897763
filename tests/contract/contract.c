/* contract.c - performs operations of the public interface, good and bad, and writes down what came of each: the same
 * text on every system.
 * SPDX-License-Identifier: MIT
 *
 * The program is linked twice: with Tenon, whose transcript is expected.txt, and with raw.c, which gives Tenon's names
 * to the system's own calls and shows what is different without Tenon. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handles.h"
#include "native.h"
#include "support.h"
#include "topic_list.h" /* CMake's: TOPIC_LIST of the topics' names */
#include "transcript.h"
#include "watchdog.h"

enum { EXIT_LEAK = 1, EXIT_USAGE = 2, EXIT_SKIPPED = 77, TOPIC_SECONDS = 30 };

#define DECLARE(name) void topic_##name(void);
TOPIC_LIST(DECLARE)

#define ROW(name) {#name, topic_##name},
static const struct {
  const char *name;
  void (*run)(void);
} topics[] = {TOPIC_LIST(ROW)};
enum { TOPICS = sizeof topics / sizeof *topics };

static void run_topic(int i) {
  watchdog_watch(topics[i].name, TOPIC_SECONDS);
  topics[i].run();
  fflush(stdout);
}

/* Only the first run shows its lines. */
static int run_topics(void) {
  run_topic(0); /* about the first call, so IPv6 cannot be asked for before */
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) return EXIT_SKIPPED;
  for (int i = 1; i < TOPICS; i++) run_topic(i);
  transcript_end();
  return 0;
}

static int run_all(void) {
  int left = handles_left_by(run_topics);
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) return EXIT_SKIPPED;
  if (left) fprintf(stderr, "%d handles more than before are open after each run\n", left);
  return left ? EXIT_LEAK : 0;
}

/* One topic alone is for those who look for a difference. */
int main(int argument_count, char **arguments) {
  native_use_plain_output();
  watchdog_watch("warm-up", TOPIC_SECONDS);
  support_warm_up();
  if (argument_count < 2) return run_all();
  for (int i = 0; i < TOPICS; i++) {
    if (strcmp(topics[i].name, arguments[1]) == 0) return run_topic(i), 0;
  }
  fprintf(stderr, "usage: contract [TOPIC]\n");
  return EXIT_USAGE;
}
