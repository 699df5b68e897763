/* waker_test.c - wakers, and calls that they end.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>

#include "calls.h"
#include "check.h"
#include "tenon/trace.h"

static int is_fired(const tenon_waker *w, int timeout_ms) {
  tenon_pollfd item = {w->ready, TENON_POLLIN, 0};
  return tenon_poll(&item, 1, timeout_ms) == 1 && item.revents == TENON_POLLIN;
}

TEST(a_waker_stays_fired_until_it_is_cleared) {
  tenon_waker w;
  CHECK_EQ(tenon_waker_open(&w), 0);
  CHECK(!is_fired(&w, 0));
  for (int i = 0; i < 3; i++) CHECK_EQ(tenon_waker_wake(&w), 0);
  for (int i = 0; i < 3; i++) CHECK(is_fired(&w, NET_LIMIT_MS));
  CHECK_EQ(tenon_waker_clear(&w), 0);
  CHECK(!is_fired(&w, 0));
  CHECK_EQ(tenon_waker_clear(&w), 0); /* nothing to clear is no error */
  CHECK_EQ(tenon_waker_wake(&w), 0);
  CHECK(is_fired(&w, NET_LIMIT_MS));
  CHECK_EQ(tenon_waker_close(&w), 0);
  CHECK_EQ(w.ready, TENON_NO_SOCK);
  CHECK_EQ(tenon_waker_close(&w), TENON_EBADF);
  CHECK_EQ(tenon_waker_wake(&w), TENON_EBADF);
}

/* D110 */
TEST(waking_by_the_ten_thousand_neither_waits_nor_fails) {
  tenon_waker w;
  CHECK_EQ(tenon_waker_open(&w), 0);
  for (int i = 0; i < 20000; i++) CHECK_EQ(tenon_waker_wake(&w), 0);
  while (is_fired(&w, 0)) CHECK_EQ(tenon_waker_clear(&w), 0);
  CHECK_EQ(tenon_waker_close(&w), 0);
}

TEST(null_is_no_waker) {
  CHECK_EQ(tenon_waker_open(NULL), TENON_EINVAL);
  CHECK_EQ(tenon_waker_wake(NULL), TENON_EINVAL);
  CHECK_EQ(tenon_waker_clear(NULL), TENON_EINVAL);
  CHECK_EQ(tenon_waker_close(NULL), TENON_EINVAL);
  tenon_cancel_on(NULL);
}

/* ---- Every call that can wait ------------------------------------------------------------------------------------ */

/* Under the waker, which tenon_poll() has among its items. */
static intptr_t run_cancelable(scene *at, tenon_waker *w, int timeout_ms) {
  at->waker = w;
  tenon_cancel_on(w);
  intptr_t result = at->call->run(at, timeout_ms);
  tenon_cancel_on(NULL);
  return result;
}

TEST(a_fired_waker_ends_every_call_that_would_wait) {
  static const int limits[] = {TENON_FOREVER, INT_MAX, NET_LIMIT_MS};
  static scene at;
  tenon_waker w;
  CHECK_EQ(tenon_waker_open(&w), 0);
  CHECK_EQ(tenon_waker_wake(&w), 0);
  for (int i = 0; i < 3 * waiting_call_count; i++) {
    check_note(waiting_calls[i / 3].name);
    CHECK_EQ(scene_open(&at, &waiting_calls[i / 3]), 0);
    intptr_t result = run_cancelable(&at, &w, limits[i % 3]);
    int native_error = tenon_native_error();
    scene_close(&at);
    CHECK_EQ(result, TENON_ECANCELED);
    if (!(waiting_calls[i / 3].flags & CALL_IS_POLL)) CHECK_EQ(native_error, 0);
  }
  CHECK_EQ(tenon_waker_close(&w), 0);
}

/* Of tenon_poll() the waker is an item like any other. */
TEST(a_call_that_never_waits_does_not_look_at_a_waker) {
  static scene at;
  tenon_waker w;
  CHECK_EQ(tenon_waker_open(&w), 0);
  CHECK_EQ(tenon_waker_wake(&w), 0);
  for (int i = 0; i < waiting_call_count; i++) {
    const waiting_call *call = &waiting_calls[i];
    check_note(call->name);
    CHECK_EQ(scene_open(&at, call), 0);
    tenon_cancel_on(&w);
    intptr_t result = call->run(&at, 0);
    tenon_cancel_on(NULL);
    scene_close(&at);
    CHECK_EQ(result, call->at_once);
  }
  CHECK_EQ(tenon_waker_close(&w), 0);
}

static tenon_waker shared_waker;

static void wake(void) {
  tenon_waker_wake(&shared_waker);
}

static void wake_in_thread(scene *at) {
  (void)at;
  wake();
}

TEST(a_waker_that_fires_while_a_call_waits_ends_it) {
  static scene at;
  for (int i = 0; i < 2 * waiting_call_count; i++) {
    check_note(waiting_calls[i / 2].name);
    CHECK_EQ(tenon_waker_open(&shared_waker), 0);
    CHECK_EQ(scene_open(&at, &waiting_calls[i / 2]), 0);
    CHECK_EQ(scene_do_later(&at, wake_in_thread), 0);
    intptr_t result = run_cancelable(&at, &shared_waker, i % 2 ? TENON_FOREVER : NET_LIMIT_MS);
    scene_close(&at);
    CHECK_EQ(result, TENON_ECANCELED);
    CHECK_EQ(tenon_waker_close(&shared_waker), 0);
  }
}

/* D156: As a program does that ends at Ctrl-C. */
TEST(a_waker_can_be_fired_by_a_signal_handler) {
  static scene at;
  CHECK_EQ(tenon_waker_open(&shared_waker), 0);
  for (int i = 0; i < 2 * waiting_call_count; i++) {
    check_note(waiting_calls[i / 2].name);
    CHECK_EQ(scene_open(&at, &waiting_calls[i / 2]), 0);
    CHECK_EQ(support_signal_later(wake, A_WHILE_MS), 0);
    intptr_t result = run_cancelable(&at, &shared_waker, i % 2 ? TENON_FOREVER : NET_LIMIT_MS);
    support_signal_end();
    scene_close(&at);
    CHECK_EQ(result, TENON_ECANCELED);
    CHECK_EQ(tenon_waker_clear(&shared_waker), 0);
  }
  CHECK_EQ(tenon_waker_close(&shared_waker), 0);
}

/* Once it is cleared the same call on the same socket waits again, and then comes to what it waits for. */
TEST(after_a_waker_was_cleared_calls_wait_again) {
  static scene at;
  tenon_waker w;
  CHECK_EQ(tenon_waker_open(&w), 0);
  for (int i = 0; i < waiting_call_count; i++) {
    const waiting_call *call = &waiting_calls[i];
    if (call->flags & CALL_ENDS_SOCKET) continue;
    check_note(call->name);
    CHECK_EQ(scene_open(&at, call), 0);
    CHECK_EQ(tenon_waker_wake(&w), 0);
    intptr_t canceled = run_cancelable(&at, &w, TENON_FOREVER);
    at.waker = NULL;
    intptr_t without_it = call->run(&at, 30);
    CHECK_EQ(tenon_waker_clear(&w), 0);
    intptr_t cleared = run_cancelable(&at, &w, 30);
    CHECK_EQ(scene_do_later(&at, call->let_go), 0);
    intptr_t let_go = run_cancelable(&at, &w, TENON_FOREVER);
    scene_close(&at);
    CHECK_EQ(canceled, TENON_ECANCELED);
    CHECK_EQ(without_it, TENON_ETIMEDOUT);
    CHECK_EQ(cleared, TENON_ETIMEDOUT);
    CHECK_EQ(let_go, call->done);
  }
  CHECK_EQ(tenon_waker_close(&w), 0);
}

TEST(a_lookup_ends_with_an_answer_or_by_a_waker) {
  tenon_waker w;
  CHECK_EQ(tenon_waker_open(&w), 0);
  CHECK_EQ(tenon_waker_wake(&w), 0);
  tenon_cancel_on(&w);
  int unlimited = tenon_resolve(NULL, "no-such-service-x", NULL, NULL, 0, TENON_FOREVER);
  int limited = tenon_resolve(NULL, "no-such-service-x", NULL, NULL, 0, INT_MAX);
  tenon_cancel_on(NULL);
  CHECK(unlimited == TENON_EAI_SERVICE || unlimited == TENON_ECANCELED);
  CHECK(limited == TENON_EAI_SERVICE || limited == TENON_ECANCELED);
  CHECK_EQ(tenon_waker_close(&w), 0);
}

/* ---- Wakers and data --------------------------------------------------------------------------------------------- */

TEST(what_need_not_wait_wins_over_a_fired_waker) {
  tenon_waker w;
  tenon_sock pair[2];
  char byte;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_waker_open(&w), 0);
  CHECK_EQ(tenon_waker_wake(&w), 0);
  tenon_cancel_on(&w);
  ptrdiff_t sent = tenon_send(pair[0], "x", 1, TENON_FOREVER);
  tenon_pollfd item = {pair[1], TENON_POLLIN, 0};
  int polled = tenon_poll(&item, 1, NET_LIMIT_MS); /* which no waker ends */
  ptrdiff_t received = tenon_recv(pair[1], &byte, 1, TENON_FOREVER);
  tenon_cancel_on(NULL);
  CHECK_EQ(sent, 1);
  CHECK_EQ(polled, 1);
  CHECK_EQ(received, 1);
  CHECK_EQ(tenon_waker_close(&w), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

static tenon_sock data_pair[2], start_pair[2];

static void send_then_wake(void *unused) {
  char byte;
  (void)unused;
  while (tenon_recv(start_pair[1], &byte, 1, NET_LIMIT_MS) == 1) {
    tenon_send(data_pair[1], "x", 1, NET_LIMIT_MS);
    wake();
  }
}

/* The system's own look at the two handles may fall between the two events, and see the later one alone. */
TEST(what_arrived_before_the_waker_fired_wins) {
  enum { ROUNDS = 3000 };
  static support_thread thread;
  int won = 0;
  CHECK_EQ(net_pair(data_pair), 0);
  CHECK_EQ(net_pair(start_pair), 0);
  CHECK_EQ(tenon_waker_open(&shared_waker), 0);
  CHECK_EQ(support_thread_start(&thread, send_then_wake, NULL), 0);
  for (int i = 0; i < ROUNDS; i++) {
    char byte;
    tenon_send(start_pair[0], "x", 1, NET_LIMIT_MS);
    tenon_cancel_on(&shared_waker);
    won += tenon_recv(data_pair[0], &byte, 1, i % 2 ? TENON_FOREVER : NET_LIMIT_MS) == 1;
    tenon_cancel_on(NULL);
    while (tenon_recv(data_pair[0], &byte, 1, is_fired(&shared_waker, NET_LIMIT_MS) ? 0 : 1) == 1) continue;
    tenon_waker_clear(&shared_waker);
  }
  tenon_shutdown(start_pair[0], TENON_SHUT_WR);
  support_thread_join(&thread);
  CHECK_EQ(won, ROUNDS);
  CHECK_EQ(tenon_waker_close(&shared_waker), 0);
  CHECK_EQ(net_close2(data_pair[0], data_pair[1]), 0);
  CHECK_EQ(net_close2(start_pair[0], start_pair[1]), 0);
}

enum { WAITERS = 8 };
static tenon_sock waiters_sockets[WAITERS][2];

static void wait_for_anything(void *argument) {
  tenon_sock s = *(tenon_sock *)argument;
  char byte;
  tenon_cancel_on(&shared_waker);
  *(tenon_sock *)argument = tenon_recv(s, &byte, 1, 20000);
}

TEST(one_waker_stops_many_threads) {
  static support_thread threads[WAITERS];
  static tenon_sock results[WAITERS];
  CHECK_EQ(tenon_waker_open(&shared_waker), 0);
  for (int i = 0; i < WAITERS; i++) {
    CHECK_EQ(net_pair(waiters_sockets[i]), 0);
    results[i] = waiters_sockets[i][0];
    CHECK_EQ(support_thread_start(&threads[i], wait_for_anything, &results[i]), 0);
  }
  CHECK_EQ(tenon_waker_wake(&shared_waker), 0);
  for (int i = 0; i < WAITERS; i++) support_thread_join(&threads[i]);
  for (int i = 0; i < WAITERS; i++) {
    CHECK_EQ(results[i], TENON_ECANCELED);
    CHECK_EQ(net_close2(waiters_sockets[i][0], waiters_sockets[i][1]), 0);
  }
  CHECK_EQ(tenon_waker_close(&shared_waker), 0);
}

static void take_and_drop_a_waker(void *argument) {
  const tenon_waker *w = argument;
  for (int i = 0; i < 3; i++) tenon_cancel_on(NULL);
  for (int i = 0; i < 3; i++) tenon_cancel_on(w);
  for (int i = 0; i < 3; i++) tenon_cancel_on(NULL);
}

/* Whether any thread has a waker is known of all of them together. */
TEST(a_thread_that_drops_wakers_takes_none_from_others) {
  static support_thread dropper;
  char byte;
  CHECK_EQ(net_pair(data_pair), 0);
  CHECK_EQ(tenon_waker_open(&shared_waker), 0);
  CHECK_EQ(tenon_waker_wake(&shared_waker), 0);
  tenon_cancel_on(&shared_waker);
  CHECK_EQ(support_thread_start(&dropper, take_and_drop_a_waker, &shared_waker), 0);
  support_thread_join(&dropper);
  for (int i = 0; i < 3; i++) tenon_trace(NULL, NULL);
  CHECK_EQ(tenon_recv(data_pair[0], &byte, 1, TENON_FOREVER), TENON_ECANCELED);
  tenon_cancel_on(NULL);
  CHECK_EQ(tenon_waker_close(&shared_waker), 0);
  CHECK_EQ(net_close2(data_pair[0], data_pair[1]), 0);
}
