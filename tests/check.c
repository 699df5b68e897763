/* check.c - the checks, and the program that runs the tests: all of them, those that are named, or --list.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handles.h"
#include "serving.h"
#include "support.h"
#include "tenon.h"
#include "watchdog.h"
#include "test_list.h" /* CMake's: TEST_LIST of topics and names, SKIP_LIST of full names and conditions */

enum { EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_SKIPPED = 77 };
enum { DEFAULT_SECONDS = 30, SETTLE_MS = 2000, SETTLE_STEP_MS = 10 };

typedef enum outcome { PASSED, FAILED, SKIPPED } outcome;

typedef struct test {
  const char *name;
  void (*run)(void);
} test;

typedef struct condition {
  const char *name;
  int (*holds)(void);
} condition;

typedef struct skip {
  const char *test;
  const char *condition;
} skip;

#define DECLARE(topic, name) void test_##name(void);
TEST_LIST(DECLARE)

#define TEST_ROW(topic, name) {#topic "." #name, test_##name},
static const test tests[] = {TEST_LIST(TEST_ROW)};
enum { TEST_COUNT = sizeof tests / sizeof *tests };

#define SKIP_ROW(test, condition) {test, condition},
static const skip skips[] = {SKIP_LIST(SKIP_ROW){NULL, NULL}};

/* The test that runs. */
static int failures;
static const char *skip_reason;
static const char *note;

/* ---- Checks ------------------------------------------------------------------------------------------------------ */

void check_note(const char *text) {
  note = text;
}

void check_skip(const char *reason) {
  skip_reason = reason;
}

/* A negative value may be a result of Tenon's: it gets the name of the code. */
static void print_value(const char *text, intmax_t value) {
  printf("  %s is %" PRIdMAX, text, value);
  if (value < 0 && value >= INTPTR_MIN) printf(" (%s)", tenon_errname((intptr_t)value));
  puts("");
}

static void begin_failure(const char *file, int line) {
  failures++;
  printf("%s:%d: ", file, line);
}

static void end_failure(void) {
  if (note) printf("  in the case of %.200s\n", note);
}

int check_true(const char *file, int line, const char *text, int value) {
  if (value) return 1;
  begin_failure(file, line);
  printf("CHECK(%s) failed\n", text);
  end_failure();
  return 0;
}

int check_ok(const char *file, int line, const char *text, intmax_t value) {
  if (value >= 0) return 1;
  begin_failure(file, line);
  printf("CHECK_OK(%s) failed\n", text);
  print_value(text, value);
  end_failure();
  return 0;
}

int check_equal(const char *file, int line, const char *text_a, const char *text_b, intmax_t a, intmax_t b) {
  if (a == b) return 1;
  begin_failure(file, line);
  printf("CHECK_EQ(%s, %s) failed\n", text_a, text_b);
  print_value(text_a, a);
  print_value(text_b, b);
  end_failure();
  return 0;
}

int check_text(const char *file, int line, const char *text_a, const char *text_b, const char *a, const char *b) {
  if (a && b && strcmp(a, b) == 0) return 1;
  begin_failure(file, line);
  printf("CHECK_STR(%s, %s) failed\n", text_a, text_b);
  printf("  %s is %s%s%s\n", text_a, a ? "\"" : "", a ? a : "NULL", a ? "\"" : "");
  printf("  %s is %s%s%s\n", text_b, b ? "\"" : "", b ? b : "NULL", b ? "\"" : "");
  end_failure();
  return 0;
}

int check_memory(const char *file, int line, const char *text_a, const char *text_b, const void *a, const void *b,
                 size_t size) {
  const unsigned char *bytes_a = a, *bytes_b = b;
  size_t at = 0;
  while (at < size && bytes_a[at] == bytes_b[at]) at++;
  if (at == size) return 1;
  begin_failure(file, line);
  printf("CHECK_MEM(%s, %s) failed at byte %zu of %zu\n", text_a, text_b, at, size);
  printf("  %s has 0x%02x there\n  %s has 0x%02x\n", text_a, bytes_a[at], text_b, bytes_b[at]);
  end_failure();
  return 0;
}

static void fail_test(const char *name, const char *why) {
  failures++;
  printf("%s: %s\n", name, why);
}

/* ---- Skips ------------------------------------------------------------------------------------------------------- */

static int is_posix(void) {
  return !support_is_windows();
}

static int has_no_ipv6(void) {
  return !tenon_supports(TENON_SUPPORTS_IPV6);
}

/* Some more than the test needs. */
static int has_few_descriptors(void) {
  enum { WANTED = 5100 };
  static tenon_sock sockets[WANTED];
  int opened = 0;
  support_raise_handle_limit();
  while (opened < WANTED && (sockets[opened] = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0)) >= 0) opened++;
  for (int i = 0; i < opened; i++) tenon_close(sockets[i]);
  return opened < WANTED;
}

static const condition conditions[] = {
    {"wine", support_is_wine}, {"windows", support_is_windows},          {"posix", is_posix},
    {"no-ipv6", has_no_ipv6},  {"few-descriptors", has_few_descriptors},
};

static int condition_holds(const char *name) {
  for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
    if (strcmp(conditions[i].name, name) == 0) return conditions[i].holds();
  }
  return 0;
}

static int is_listed_as_skipped(const char *name) {
  for (const skip *row = skips; row->test; row++) {
    if (strcmp(row->test, name) == 0 && condition_holds(row->condition)) return 1;
  }
  return 0;
}

static void check_skips(const test *it) {
  int listed = is_listed_as_skipped(it->name);
  if (skip_reason && !listed) fail_test(it->name, "this skip is not listed in tests/skips.txt");
  if (!skip_reason && listed) fail_test(it->name, "listed as skipped in tests/skips.txt, but it ran through");
}

/* ---- Running ----------------------------------------------------------------------------------------------------- */

static const test *current;

static int seconds_allowed(void) {
  const char *text = getenv("TENON_TEST_SECONDS");
  long seconds = text ? strtol(text, NULL, 10) : 0;
  return seconds > 0 && seconds < 1000000 ? (int)seconds : DEFAULT_SECONDS;
}

static int run_current(void) {
  skip_reason = note = NULL;
  watchdog_watch(current->name, seconds_allowed());
  current->run();
  watchdog_watch(NULL, 0);
  return failures;
}

static void check_handles(const test *it, int left) {
  if (left == 0) return;
  fail_test(it->name, "the number of open handles changes with each run");
  printf("  the last run left %d more\n", left);
}

/* None may stay, not even as a zombie. */
static void check_children(const test *it) {
  for (int waited = 0; support_child_count() != 0 && waited < SETTLE_MS; waited += SETTLE_STEP_MS)
    support_sleep_ms(SETTLE_STEP_MS);
  int left = support_child_count();
  if (left == 0) return;
  fail_test(it->name, "processes that it started are left");
  printf("  their number is %d\n", left);
}

/* A test that a check has left could neither close its handles nor skip. */
static outcome run_test(const test *it) {
  failures = 0;
  current = it;
  support_child_count(); /* may take a handle, once */
  check_handles(it, handles_left_by(run_current));
  if (failures == 0) check_children(it);
  if (failures == 0) check_skips(it);
  outcome result = failures ? FAILED : skip_reason ? SKIPPED : PASSED;
  const char *verdict = result == FAILED ? "FAIL" : result == SKIPPED ? "skip" : "pass";
  printf("%s  %s%s%s\n", verdict, it->name, skip_reason ? ": " : "", skip_reason ? skip_reason : "");
  return result;
}

static int run_all(void) {
  int count[3] = {0, 0, 0};
  for (int i = 0; i < TEST_COUNT; i++) count[run_test(&tests[i])]++;
  printf("%d passed, %d failed, %d skipped\n", count[PASSED], count[FAILED], count[SKIPPED]);
  return count[FAILED] ? EXIT_FAILED : 0;
}

static const test *find_test(const char *name) {
  for (int i = 0; i < TEST_COUNT; i++) {
    if (strcmp(tests[i].name, name) == 0) return &tests[i];
  }
  return NULL;
}

static int run_named(char **names) {
  int count[3] = {0, 0, 0};
  for (; *names; names++) {
    const test *it = find_test(*names);
    if (!it) return printf("no test is called %s; --list shows them all\n", *names), EXIT_USAGE;
    count[run_test(it)]++;
  }
  return count[FAILED] ? EXIT_FAILED : count[PASSED] ? 0 : EXIT_SKIPPED;
}

static int list_tests(void) {
  for (int i = 0; i < TEST_COUNT; i++) puts(tests[i].name);
  return 0;
}

int main(int argument_count, char **arguments) {
  if (tenon_server_is_worker()) return serving_work();
  setvbuf(stdout, NULL, _IONBF, 0); /* a test that crashes or hangs still shows what it said */
  if (argument_count == 2 && strcmp(arguments[1], "--list") == 0) return list_tests();
  watchdog_watch("warm-up", seconds_allowed());
  support_warm_up();
  return argument_count > 1 ? run_named(arguments + 1) : run_all();
}
