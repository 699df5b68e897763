/* check.h - how a test is written: TEST, the checks, SKIP. check.c runs them.
 * SPDX-License-Identifier: MIT
 *
 *   TEST(closing_a_socket_gives_its_handle_back) {
 *     tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
 *     CHECK_OK(s);
 *     CHECK_EQ(tenon_close(s), 0);
 *   }
 *
 * A number in a comment at a test (Dnnn) is that of a difference between systems which the test proves to be gone:
 * docs/divergences.md says the same, and a rule compares the two.
 *
 * Tests stand in <topic>_test.c, with TEST( at the start of its line: CMake finds them there. A name is unique in the
 * whole suite and says what is proved. A check that fails says so, with both values, and leaves the test; checks
 * therefore work only in the test's own function and thread. A test whose number of open handles differs at its end runs
 * again, up to three times, and fails if it differs each time; so what a test leaves in static memory must not disturb
 * its next run.
 */
#ifndef TENON_TESTS_CHECK_H
#define TENON_TESTS_CHECK_H

#include <stddef.h>
#include <stdint.h>

#define TEST(name)        \
  void test_##name(void); \
  void test_##name(void)

#define CHECK(condition) CHECK_OR_LEAVE(check_true(CHECK_HERE, #condition, (condition) != 0))
#define CHECK_OK(result) CHECK_OR_LEAVE(check_ok(CHECK_HERE, #result, (intmax_t)(result)))
#define CHECK_EQ(a, b) CHECK_OR_LEAVE(check_equal(CHECK_HERE, #a, #b, (intmax_t)(a), (intmax_t)(b)))
#define CHECK_STR(a, b) CHECK_OR_LEAVE(check_text(CHECK_HERE, #a, #b, a, b))
#define CHECK_MEM(a, b, size) CHECK_OR_LEAVE(check_memory(CHECK_HERE, #a, #b, a, b, size))

/* Leaves the test as skipped. It fails nevertheless unless tests/skips.txt lists it for a condition that holds here. */
#define SKIP(reason)    \
  do {                  \
    check_skip(reason); \
    return;             \
  } while (0)

/* Notes the case at hand, for tests that loop over a table: failing checks show it. The text must live until the next
 * note, or the end of the test; NULL takes the note back. */
void check_note(const char *text);

/* What the macros call; 1 is a pass. */
#define CHECK_HERE __FILE__, __LINE__
#define CHECK_OR_LEAVE(passed) \
  do {                         \
    if (!(passed)) return;     \
  } while (0)

int check_true(const char *file, int line, const char *text, int value);
int check_ok(const char *file, int line, const char *text, intmax_t value);
int check_equal(const char *file, int line, const char *text_a, const char *text_b, intmax_t a, intmax_t b);
int check_text(const char *file, int line, const char *text_a, const char *text_b, const char *a, const char *b);
int check_memory(const char *file, int line, const char *text_a, const char *text_b, const void *a, const void *b,
                 size_t size);
void check_skip(const char *reason);

#endif
