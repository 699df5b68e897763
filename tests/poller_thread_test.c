/* poller_thread_test.c - a poller that one thread waits on while others set, remove, wake and close.
 * SPDX-License-Identifier: MIT
 */
#include <stdatomic.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/poller.h"

enum { IN = TENON_POLLIN, OUT = TENON_POLLOUT, BOTH = TENON_POLLIN | TENON_POLLOUT, LATER_MS = 60 };

static tenon_poller p;
static tenon_sock pair[2];
static int a, b;

static void wake_later(void *unused) {
  (void)unused;
  support_sleep_ms(LATER_MS); /* time for the other side to be waiting; whether it is makes no difference */
  tenon_poller_wake(&p);
}

TEST(a_wake_from_another_thread_ends_the_wait) {
  static support_thread thread;
  tenon_poller_event event;
  CHECK_EQ(tenon_poller_open(&p), 0);
  for (int i = 0; i < 3; i++) {
    CHECK_EQ(support_thread_start(&thread, wake_later, NULL), 0);
    int count = tenon_poller_wait(&p, &event, 1, i ? NET_LIMIT_MS : TENON_FOREVER);
    support_thread_join(&thread);
    CHECK_EQ(count, 0);
  }
  CHECK_EQ(tenon_poller_close(&p), 0);
}

static void set_later(void *pointer) {
  support_sleep_ms(LATER_MS);
  tenon_poller_set(&p, pair[0], OUT, 0, pointer);
}

TEST(a_wait_under_way_knows_of_what_another_thread_sets) {
  static support_thread thread;
  tenon_poller_event event;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_poller_open(&p), 0);
  for (int i = 0; i < 2; i++) { /* at first it is added, then changed */
    CHECK_EQ(tenon_poller_set(&p, pair[1], IN, 0, &b), 0);
    if (i) CHECK_EQ(tenon_poller_set(&p, pair[0], IN, 0, &b), 0);
    CHECK_EQ(support_thread_start(&thread, set_later, &a), 0);
    int count = tenon_poller_wait(&p, &event, 1, NET_LIMIT_MS);
    support_thread_join(&thread);
    CHECK_EQ(count, 1);
    CHECK(event.pointer == &a && event.events == OUT);
  }
  CHECK_EQ(tenon_poller_close(&p), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

static tenon_poller other;
static int other_events; /* or the error */

static void wait_for_room(void *unused) {
  (void)unused;
  tenon_poller_event event;
  int count = tenon_poller_wait(&other, &event, 1, 3 * LATER_MS);
  other_events = count == 1 ? event.events : count;
}

/* Sends until nothing fits. */
static void fill(tenon_sock s) {
  static char data[1 << 16];
  tenon_pollfd item = {s, OUT, 0};
  while (tenon_poll(&item, 1, 50) == 1) tenon_send(s, data, sizeof data, 0);
}

/* D108 */
TEST(a_socket_in_two_pollers_has_in_each_the_events_that_it_was_set_for_there) {
  static support_thread thread;
  tenon_poller_event event;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK_EQ(tenon_poller_open(&other), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], IN, 0, &a), 0);
  CHECK_EQ(tenon_poller_set(&other, pair[0], OUT, 0, &b), 0);
  CHECK_EQ(tenon_poller_wait(&other, &event, 1, NET_LIMIT_MS), 1);
  fill(pair[0]);
  CHECK_EQ(support_thread_start(&thread, wait_for_room, NULL), 0);
  support_sleep_ms(LATER_MS); /* time for the other side to be waiting; whether it is makes no difference */
  tenon_send(pair[1], "x", 1, NET_LIMIT_MS);
  int count = tenon_poller_wait(&p, &event, 1, NET_LIMIT_MS);
  support_thread_join(&thread);
  CHECK_EQ(count, 1);
  CHECK(event.pointer == &a && event.events == IN);
  CHECK(other_events == 0 || other_events == OUT); /* some systems make more room by and by */
  CHECK_EQ(tenon_poller_close(&p), 0);
  CHECK_EQ(tenon_poller_close(&other), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

static int second_result;

static void wait_as_second(void *unused) {
  (void)unused;
  tenon_poller_event event;
  do {
    second_result = tenon_poller_wait(&p, &event, 1, 0);
  } while (second_result == 0);
  tenon_poller_wake(&p);
}

TEST(only_one_thread_waits_at_a_time) {
  static support_thread thread;
  tenon_poller_event event;
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK_EQ(support_thread_start(&thread, wait_as_second, NULL), 0);
  int count;
  do {
    count = tenon_poller_wait(&p, &event, 1, TENON_FOREVER);
  } while (count == TENON_EBUSY);
  support_thread_join(&thread);
  CHECK_EQ(count, 0);
  CHECK_EQ(second_result, TENON_EBUSY);
  CHECK_EQ(tenon_poller_wait(&p, &event, 1, 0), 0);
  CHECK_EQ(tenon_poller_close(&p), 0);
}

enum { WAKERS = 4, WAKES = 20000 };
static atomic_int wakes_done, work;

static void wake_often(void *unused) {
  (void)unused;
  for (int i = 0; i < WAKES; i++) {
    atomic_fetch_add(&work, 1);
    tenon_poller_wake(&p);
  }
  atomic_fetch_add(&wakes_done, 1);
  tenon_poller_wake(&p);
}

/* D110 */
TEST(no_wake_of_many_threads_is_lost) {
  static support_thread threads[WAKERS];
  tenon_poller_event event;
  CHECK_EQ(tenon_poller_open(&p), 0);
  atomic_store(&wakes_done, 0), atomic_store(&work, 0);
  for (int i = 0; i < WAKERS; i++) CHECK_EQ(support_thread_start(&threads[i], wake_often, NULL), 0);
  int done = 0, count = 0, waits = 0;
  while (done < WAKERS * WAKES || atomic_load(&wakes_done) < WAKERS) {
    count = tenon_poller_wait(&p, &event, 1, NET_LIMIT_MS);
    waits++;
    if (count != 0) break;
    int now = atomic_load(&work);
    if (now == done && atomic_load(&wakes_done) < WAKERS && waits > 2 * WAKERS * WAKES) break;
    done = now;
  }
  for (int i = 0; i < WAKERS; i++) support_thread_join(&threads[i]);
  CHECK_EQ(count, 0);
  CHECK_EQ(atomic_load(&work), WAKERS * WAKES);
  CHECK_EQ(done, WAKERS * WAKES);
  CHECK_EQ(tenon_poller_close(&p), 0);
}

enum { ROUNDS = 3000 };
static atomic_int stop;

static void set_and_remove(void *unused) {
  (void)unused;
  for (int i = 0; i < ROUNDS; i++) {
    tenon_poller_set(&p, pair[0], i % 3 ? BOTH : IN, i % 5 ? 0 : TENON_POLLER_ONCE, &a);
    if (i % 2) tenon_poller_remove(&p, pair[0]);
  }
  tenon_poller_remove(&p, pair[0]);
  atomic_store(&stop, 1);
  tenon_poller_wake(&p);
}

TEST(removing_in_one_thread_while_events_are_delivered_in_another_confuses_nobody) {
  static support_thread thread;
  tenon_poller_event events[4];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK_EQ(tenon_send(pair[1], "x", 1, NET_LIMIT_MS), 1);
  atomic_store(&stop, 0);
  CHECK_EQ(support_thread_start(&thread, set_and_remove, NULL), 0);
  int count = 0, wrong = 0;
  while (!atomic_load(&stop) && count >= 0) {
    count = tenon_poller_wait(&p, events, 4, NET_LIMIT_MS);
    for (int i = 0; i < count; i++) wrong += events[i].pointer != &a || events[i].events == 0;
    wrong += count > 1;
  }
  support_thread_join(&thread);
  CHECK(count >= 0);
  CHECK_EQ(wrong, 0);
  tenon_poller_wait(&p, events, 4, 0); /* the last wake, perhaps */
  CHECK_EQ(tenon_poller_wait(&p, events, 4, 10), 0);
  CHECK_EQ(tenon_poller_close(&p), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

enum { CHURN = 300 };

static void open_and_close(void *unused) {
  (void)unused;
  for (int i = 0; i < CHURN; i++) {
    tenon_sock s[2];
    if (tenon_socketpair(s) < 0) continue;
    tenon_poller_set(&p, s[0], BOTH, 0, &b);
    if (i % 3) tenon_poller_remove(&p, s[0]);
    net_close2(s[0], s[1]);
  }
  atomic_store(&stop, 1);
  tenon_poller_wake(&p);
}

TEST(sockets_that_another_thread_closes_are_forgotten_and_the_rest_is_served) {
  static support_thread thread;
  tenon_poller_event events[4];
  char byte;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], IN, 0, &a), 0);
  atomic_store(&stop, 0);
  CHECK_EQ(support_thread_start(&thread, open_and_close, NULL), 0);
  int count, wrong = 0, served = 0;
  do {
    tenon_send(pair[1], "x", 1, 0);
    count = tenon_poller_wait(&p, events, 4, NET_LIMIT_MS);
    for (int i = 0; i < count; i++) {
      wrong += events[i].pointer != &a && events[i].pointer != &b;
      if (events[i].pointer == &a) served += tenon_recv(pair[0], &byte, 1, 0) == 1;
    }
  } while (!atomic_load(&stop) && count >= 0);
  support_thread_join(&thread);
  CHECK(count >= 0);
  CHECK_EQ(wrong, 0);
  CHECK(served > 0);
  CHECK_EQ(tenon_poller_close(&p), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}
