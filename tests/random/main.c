/* main.c - tenon_random: makes random programs from seeds, plays them, and prints a line for each result.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coverage.h"
#include "native.h"
#include "net.h"
#include "open.h"
#include "play.h"
#include "support.h"
#include "threads.h"
#include "watchdog.h"

enum {
  EXIT_USAGE = 3,
  EXIT_LEAK = 1,
  EXIT_SURPRISED = 1,
  EXIT_SKIPPED = 77,
  DEFAULT_CALLS = 300,
  SETTLE_MS = 2000,
  STEP_MS = 10,
  RUNS = 3
};

static const char usage[] =
    "usage: tenon_random [--calls N] [--seeds A-B] [--keep LIST [--source] | --candidates FILE] [--show ROW] "
    "[--coverage] [--threads] [--strict]\n";

static step steps[MOST_CALLS];
static play game;
static long first_seed = 1, last_seed = 1;
static int calls = DEFAULT_CALLS, wants_coverage, wants_threads, is_strict;
static int wrong; /* invariants of threads that did not hold */
static const char *keep_list, *candidates;

static int fail(const char *words, const char *what) {
  fprintf(stderr, "%s: %s\n%s", words, what, usage);
  return EXIT_USAGE;
}

/* A whole number from lowest to highest that ends at end, or -1. */
static long number_of(const char *text, long lowest, long highest, char **end) {
  if (*text < '0' || *text > '9') return -1;
  long number = strtol(text, end, 10);
  return number >= lowest && number <= highest ? number : -1;
}

/* "3,7,9-12" marks these calls. 0, or -1 if it is no such list. */
static int parse_keep(const char *text, char *keep) {
  memset(keep, 0, MOST_CALLS);
  while (*text && *text != '\n' && *text != '\r') {
    char *end;
    long first = number_of(text, 0, MOST_CALLS - 1, &end), last = first;
    if (first < 0) return -1;
    if (*end == '-') last = number_of(end + 1, first, MOST_CALLS - 1, &end);
    if (last < 0) return -1;
    memset(keep + first, 1, (size_t)(last - first + 1));
    text = *end == ',' ? end + 1 : end;
  }
  return 0;
}

static int parse_seeds(const char *text) {
  char *end;
  first_seed = last_seed = number_of(text, 0, 1000000000, &end);
  if (first_seed >= 0 && *end == '-') last_seed = number_of(end + 1, first_seed, 1000000000, &end);
  return first_seed < 0 || last_seed < 0 || *end ? fail("no seed, nor a range of seeds", text) : 0;
}

static int parse_calls(const char *text) {
  char *end;
  long number = number_of(text, 1, MOST_CALLS, &end);
  if (number < 0 || *end) return fail("no number of calls from 1 to 5000", text);
  calls = (int)number;
  return 0;
}

static int is_flag(const char *option) {
  return strcmp(option, "--coverage") == 0 || strcmp(option, "--source") == 0 || strcmp(option, "--threads") == 0 ||
         strcmp(option, "--strict") == 0;
}

static int parse(int count, char **arguments) {
  for (int i = 1; i < count; i++) {
    const char *option = arguments[i], *value = i + 1 < count ? arguments[i + 1] : "";
    int result = 0;
    if (is_flag(option)) {
      is_strict |= strcmp(option, "--strict") == 0;
      wants_threads |= strcmp(option, "--threads") == 0;
      wants_coverage |= strcmp(option, "--coverage") == 0;
      game.tells_waits |= strcmp(option, "--source") == 0;
      continue;
    }
    if (strcmp(option, "--calls") == 0)
      result = parse_calls(value);
    else if (strcmp(option, "--seeds") == 0)
      result = parse_seeds(value);
    else if (strcmp(option, "--keep") == 0)
      keep_list = value;
    else if (strcmp(option, "--candidates") == 0)
      candidates = value;
    else if (strcmp(option, "--show") != 0)
      result = fail("no such option", option);
    else if (open_show(value) < 0)
      result = fail("no such row", value);
    if (result) return result;
    i++;
  }
  return 0;
}

/* ---- Playing ----------------------------------------------------------------------------------------------------- */

static int count_left(int before) {
  int left = support_handle_count() - before;
  for (int waited = 0; left != 0 && waited < SETTLE_MS; waited += STEP_MS) {
    support_sleep_ms(STEP_MS);
    left = support_handle_count() - before;
  }
  return left;
}

/* What a system opens once and keeps makes a difference once, and a leak each time. */
static int has_leak(uint64_t seed, const char *keep) {
  int left = 1;
  for (int runs = 0; left != 0 && runs < RUNS; runs++) {
    int before = support_handle_count();
    if (wants_threads)
      wrong += threads_play(seed, calls);
    else
      play_program(&game, steps, calls, keep);
    left = count_left(before);
    game.is_silent = 1;
  }
  game.is_silent = 0;
  return left;
}

static int play_seed(long seed, const char *keep) {
  printf("seed %ld\n", seed);
  program_make((uint64_t)seed, steps, calls);
  int left = has_leak((uint64_t)seed, keep);
  if (left) printf("    %d handles are left\n", left);
  printf("end of seed %ld\n", seed);
  fflush(stdout);
  return left;
}

static int play_candidates(const char *path) {
  static char keep[MOST_CALLS], line[MOST_CALLS * 6];
  FILE *file = fopen(path, "r");
  if (!file) return fail("cannot be read", path);
  while (fgets(line, sizeof line, file)) {
    if (parse_keep(line, keep) < 0) return fail("no list of calls", line);
    play_seed(first_seed, keep);
  }
  fclose(file);
  return 0;
}

static int play_seeds(void) {
  static char keep[MOST_CALLS];
  int result = 0;
  if (keep_list && parse_keep(keep_list, keep) < 0) return fail("no list of calls", keep_list);
  for (long seed = first_seed; seed <= last_seed; seed++)
    if (play_seed(seed, keep_list ? keep : NULL) || wrong) result = EXIT_LEAK;
  return result;
}

/* What is opened once is opened before handles are counted. */
static void warm_up(void) {
  support_warm_up();
  net_refusing(TENON_AF_INET);
  net_refusing(TENON_AF_INET6);
  play_socket(&game, SLOTS + 3);
}

int main(int count, char **arguments) {
  static char buffer[1 << 16];
  int result = parse(count, arguments);
  if (result) return result;
  native_use_plain_output();
  setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  if (is_strict && !tenon_supports(TENON_SUPPORTS_IPV6)) return EXIT_SKIPPED;
  warm_up();
  result = candidates ? play_candidates(candidates) : play_seeds();
  if (wants_coverage) coverage_print();
  if (wants_threads)
    printf("%d invariants did not hold\n", wrong);
  else if (!candidates)
    printf("%ld results, %ld open, %ld not as expected\n", game.results, game.open, game.surprises);
  if (result) return result;
  return is_strict && game.surprises ? EXIT_SURPRISED : 0;
}
