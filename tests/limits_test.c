/* limits_test.c - time limits of every call that can wait, from none at all to the longest, with and without signals.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>

#include "calls.h"
#include "check.h"

/* A machine under load may stand still for a while. */
enum { PATIENCE_MS = 3000 };

/* D078 */
TEST(without_time_no_call_waits) {
  for (int i = 0; i < waiting_call_count; i++) {
    const waiting_call *call = &waiting_calls[i];
    check_note(call->name);
    attempt tried = scene_try(call, 0, NULL);
    CHECK_EQ(tried.result, call->at_once);
    CHECK(tried.took_ms < PATIENCE_MS);
  }
}

TEST(every_call_ends_at_its_limit_not_before) {
  static const int limits[] = {1, 70};
  for (int i = 0; i < waiting_call_count; i++) {
    check_note(waiting_calls[i].name);
    for (int k = 0; k < 2; k++) {
      attempt tried = scene_try(&waiting_calls[i], limits[k], NULL);
      CHECK_EQ(tried.result, TENON_ETIMEDOUT);
      if (!(waiting_calls[i].flags & CALL_IS_POLL)) CHECK_EQ(tried.native_error, 0);
      CHECK(tried.took_ms >= limits[k]);
      CHECK(tried.took_ms < limits[k] + PATIENCE_MS);
    }
  }
}

/* Each call comes to what it waits for. */
static void check_waiting(int timeout_ms) {
  for (int i = 0; i < waiting_call_count; i++) {
    const waiting_call *call = &waiting_calls[i];
    check_note(call->name);
    intptr_t result = scene_try(call, timeout_ms, call->let_go).result;
    check_equal(CHECK_HERE, "the call", "success", result, call->done);
  }
}

TEST(the_longest_limit_neither_ends_early_nor_overflows) {
  check_waiting(INT_MAX);
}

TEST(without_a_limit_every_call_waits) {
  check_waiting(TENON_FOREVER);
}

TEST(limits_below_forever_are_refused_by_every_call) {
  static const int bad[] = {-2, INT_MIN};
  for (int i = 0; i < waiting_call_count; i++) {
    check_note(waiting_calls[i].name);
    for (int k = 0; k < 2; k++) {
      attempt tried = scene_try(&waiting_calls[i], bad[k], NULL);
      CHECK_EQ(tried.result, TENON_EINVAL);
      CHECK_EQ(tried.native_error, 0);
    }
  }
}

/* ---- Signals ----------------------------------------------------------------------------------------------------- */

/* D019 */
TEST(signals_do_not_move_the_limit_of_any_call) {
  for (int i = 0; i < waiting_call_count; i++) {
    check_note(waiting_calls[i].name);
    support_signal_storm_start();
    attempt tried = scene_try(&waiting_calls[i], 150, NULL);
    support_signal_storm_stop();
    CHECK_EQ(tried.result, TENON_ETIMEDOUT);
    CHECK(tried.took_ms >= 150);
    CHECK(tried.took_ms < 150 + PATIENCE_MS);
  }
}

/* D026 */
TEST(signals_end_no_call_that_waits) {
  support_signal_storm_start();
  check_waiting(TENON_FOREVER);
  check_waiting(INT_MAX); /* from the deadline, again and again */
  support_signal_storm_stop();
}

/* ---- Calls about names ------------------------------------------------------------------------------------------- */

/* A service that nobody knows makes the system look through its files and asks no name server. */
static int look_up(int timeout_ms) {
  return tenon_resolve(NULL, "no-such-service-x", NULL, NULL, 0, timeout_ms);
}

TEST(limits_of_lookups_reach_from_none_to_the_longest) {
  tenon_addr addr;
  char name[64];
  CHECK_EQ(tenon_addr_parse(&addr, "192.0.2.1"), 0);
  CHECK_EQ(look_up(0), TENON_EAGAIN);
  CHECK_EQ(tenon_reverse(&addr, name, sizeof name, NULL, 0, 0), TENON_EAGAIN);
  CHECK_EQ(tenon_canonname("host.example", name, sizeof name, 0), TENON_EAGAIN);
  CHECK_EQ(tenon_udp_connect("127.0.0.1", "9", 0), TENON_EINVAL);
  for (int i = 0; i < 2; i++) {
    if (i) support_signal_storm_start();
    int hurried = look_up(1), limited = look_up(INT_MAX), unlimited = look_up(TENON_FOREVER);
    tenon_sock s = tenon_udp_connect("127.0.0.1", "9", INT_MAX);
    if (i) support_signal_storm_stop();
    CHECK(hurried == TENON_EAI_SERVICE || hurried == TENON_ETIMEDOUT);
    CHECK_EQ(limited, TENON_EAI_SERVICE);
    CHECK_EQ(unlimited, TENON_EAI_SERVICE);
    CHECK_EQ(tenon_close(s), 0);
  }
}

TEST(limits_of_lookups_below_forever_are_refused) {
  static const int bad[] = {-2, INT_MIN};
  tenon_addr addr = tenon_addr_loopback(TENON_AF_INET, 80);
  char name[64];
  for (int i = 0; i < 2; i++) {
    CHECK_EQ(look_up(bad[i]), TENON_EINVAL);
    CHECK_EQ(tenon_resolve("localhost", "80", NULL, &addr, 1, bad[i]), TENON_EINVAL);
    CHECK_EQ(tenon_reverse(&addr, name, sizeof name, NULL, 0, bad[i]), TENON_EINVAL);
    CHECK_EQ(tenon_canonname("localhost", name, sizeof name, bad[i]), TENON_EINVAL);
    CHECK_EQ(tenon_udp_connect("127.0.0.1", "9", bad[i]), TENON_EINVAL);
    CHECK_EQ(tenon_native_error(), 0);
  }
}
