/* waker_test.c - wakers, and calls that they end.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "support.h"

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

TEST(waking_by_the_hundred_thousand_neither_waits_nor_fails) {
  tenon_waker w;
  CHECK_EQ(tenon_waker_open(&w), 0);
  for (int i = 0; i < 100000; i++) CHECK_EQ(tenon_waker_wake(&w), 0);
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

/* One of each call that can wait, on sockets that would make it wait. */
typedef struct waiting {
  tenon_sock listener, pair[2], full[2];
} waiting;

static int open_waiting(waiting *at) {
  at->listener = net_listen(TENON_AF_INET, NULL);
  if (at->listener < 0 || net_pair(at->pair) < 0 || net_pair(at->full) < 0) return -1;
  return 0;
}

static void close_waiting(waiting *at) {
  net_close2(at->pair[0], at->pair[1]);
  net_close2(at->full[0], at->full[1]);
  tenon_close(at->listener);
}

enum { ACCEPT, RECV, RECV_ALL, PEEK, SEND, CALLS };

/* More than any connection takes while nobody receives. */
static char too_much[16 << 20];

static intptr_t wait_in(int call, waiting *at, int timeout_ms) {
  char byte = 0;
  switch (call) {
    case ACCEPT: return tenon_accept(at->listener, NULL, timeout_ms);
    case RECV: return tenon_recv(at->pair[0], &byte, 1, timeout_ms);
    case RECV_ALL: return tenon_recv_all(at->pair[0], &byte, 1, timeout_ms);
    case PEEK: return tenon_peek(at->pair[0], &byte, 1, timeout_ms);
    default: return tenon_send(at->full[0], too_much, sizeof too_much, timeout_ms);
  }
}

TEST(a_fired_waker_ends_every_call_that_would_wait) {
  static waiting at;
  tenon_waker w;
  CHECK_EQ(open_waiting(&at), 0);
  CHECK_EQ(tenon_waker_open(&w), 0);
  CHECK_EQ(tenon_waker_wake(&w), 0);
  tenon_cancel_on(&w);
  for (int call = 0; call < CALLS; call++) {
    intptr_t forever = wait_in(call, &at, TENON_FOREVER), limited = wait_in(call, &at, NET_LIMIT_MS);
    intptr_t at_once = wait_in(call, &at, 0);
    CHECK_EQ(forever, TENON_ECANCELED);
    CHECK_EQ(limited, TENON_ECANCELED);
    CHECK(at_once == TENON_EAGAIN || (call == SEND && at_once > 0)); /* would not have waited */
  }
  tenon_cancel_on(NULL);
  CHECK_EQ(wait_in(RECV, &at, 20), TENON_ETIMEDOUT);
  CHECK_EQ(tenon_waker_close(&w), 0);
  close_waiting(&at);
}

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

static tenon_waker shared_waker;

static void wake_later(void *argument) {
  (void)argument;
  support_sleep_ms(60); /* time for the other side to be waiting; whether it is makes no difference to the outcome */
  tenon_waker_wake(&shared_waker);
}

TEST(a_waker_that_fires_while_calls_wait_ends_them) {
  static support_thread thread;
  static waiting at;
  CHECK_EQ(open_waiting(&at), 0);
  for (int call = 0; call < 2 * CALLS; call++) {
    CHECK_EQ(tenon_waker_open(&shared_waker), 0);
    CHECK_EQ(support_thread_start(&thread, wake_later, NULL), 0);
    tenon_cancel_on(&shared_waker);
    intptr_t result = wait_in(call / 2, &at, call % 2 ? TENON_FOREVER : NET_LIMIT_MS);
    tenon_cancel_on(NULL);
    support_thread_join(&thread);
    CHECK_EQ(result, TENON_ECANCELED);
    CHECK_EQ(tenon_waker_close(&shared_waker), 0);
  }
  close_waiting(&at);
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
