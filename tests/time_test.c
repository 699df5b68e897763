/* time_test.c - the clock, and limits that span several calls.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>
#include <stdatomic.h>

#include "check.h"
#include "support.h"
#include "tenon.h"

/* A machine under load may stand still for a while; these tests are not about how fast it is. */
enum { READINGS = 100000, THREADS = 4, PATIENCE_MS = 20000 };

/* D158 */
TEST(the_clock_never_goes_back) {
  int64_t last = tenon_now_ms();
  for (int i = 0; i < READINGS; i++) {
    int64_t now = tenon_now_ms();
    CHECK(now >= last);
    last = now;
  }
}

/* The time that any thread has read last. */
static _Atomic int64_t latest;
static atomic_int steps_back;

static void read_the_clock(void *unused) {
  (void)unused;
  for (int i = 0; i < READINGS; i++) {
    int64_t seen = atomic_load(&latest);
    int64_t now = tenon_now_ms();
    if (now < seen) atomic_fetch_add(&steps_back, 1);
    while (seen < now && !atomic_compare_exchange_weak(&latest, &seen, now)) continue;
  }
}

TEST(the_clock_never_goes_back_between_threads) {
  static support_thread threads[THREADS];
  atomic_store(&steps_back, 0);
  atomic_store(&latest, tenon_now_ms());
  for (int i = 0; i < THREADS; i++) CHECK_EQ(support_thread_start(&threads[i], read_the_clock, NULL), 0);
  for (int i = 0; i < THREADS; i++) support_thread_join(&threads[i]);
  CHECK_EQ(atomic_load(&steps_back), 0);
}

/* What sleeps may oversleep, and a coarse timer ends up to 16 ms early. */
TEST(the_clock_counts_milliseconds) {
  int64_t before = tenon_now_ms();
  support_sleep_ms(100);
  int64_t passed = tenon_now_ms() - before;
  CHECK(passed >= 80);
  CHECK(passed <= PATIENCE_MS);
}

TEST(a_deadline_is_the_time_when_the_timeout_is_over) {
  static const int timeouts[] = {0, 1, 1000, 3600000, INT_MAX};
  for (size_t i = 0; i < sizeof timeouts / sizeof *timeouts; i++) {
    int64_t before = tenon_now_ms();
    int64_t deadline = tenon_deadline(timeouts[i]);
    CHECK(deadline >= before + timeouts[i]);
    CHECK(deadline <= tenon_now_ms() + timeouts[i]);
  }
}

TEST(a_negative_timeout_that_is_not_forever_is_over) {
  CHECK_EQ(tenon_remaining(tenon_deadline(-2)), 0);
  CHECK_EQ(tenon_remaining(tenon_deadline(INT_MIN)), 0);
}

TEST(a_deadline_turns_back_into_what_is_left) {
  static const int timeouts[] = {60000, 3600000, INT_MAX};
  for (size_t i = 0; i < sizeof timeouts / sizeof *timeouts; i++) {
    int remaining = tenon_remaining(tenon_deadline(timeouts[i]));
    CHECK(remaining <= timeouts[i]);
    CHECK(remaining >= timeouts[i] - PATIENCE_MS);
  }
}

TEST(what_is_left_becomes_less_until_nothing_is) {
  int64_t deadline = tenon_deadline(50);
  int last = tenon_remaining(deadline), remaining;
  CHECK(last <= 50);
  while ((remaining = tenon_remaining(deadline)) > 0) {
    CHECK(remaining <= last);
    last = remaining;
  }
  CHECK(tenon_now_ms() >= deadline);
  CHECK_EQ(tenon_remaining(deadline), 0);
}

TEST(forever_stays_forever) {
  CHECK_EQ(tenon_deadline(TENON_FOREVER), TENON_FOREVER);
  CHECK_EQ(tenon_remaining(TENON_FOREVER), TENON_FOREVER);
  CHECK_EQ(tenon_remaining(tenon_deadline(TENON_FOREVER)), TENON_FOREVER);
}

TEST(nothing_is_left_of_a_past_deadline) {
  int64_t now = tenon_now_ms();
  CHECK_EQ(tenon_remaining(tenon_deadline(0)), 0);
  CHECK_EQ(tenon_remaining(now), 0);
  CHECK_EQ(tenon_remaining(now - 1), 0);
  CHECK_EQ(tenon_remaining(now - INT_MAX - 10LL), 0);
  CHECK_EQ(tenon_remaining(now - UINT32_MAX - 10LL), 0);
  CHECK_EQ(tenon_remaining(0), 0);
  CHECK_EQ(tenon_remaining(-2), 0);
  CHECK_EQ(tenon_remaining(INT64_MIN), 0);
}

TEST(a_far_deadline_leaves_the_longest_timeout) {
  int64_t now = tenon_now_ms();
  CHECK_EQ(tenon_remaining(now + INT_MAX + 60000LL), INT_MAX);
  CHECK_EQ(tenon_remaining(now + UINT32_MAX + 60000LL), INT_MAX);
  CHECK_EQ(tenon_remaining(INT64_MAX), INT_MAX);
}
