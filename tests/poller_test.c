/* poller_test.c - many sockets in one poller: setting, removing, waiting, waking.
 * SPDX-License-Identifier: MIT
 */
#include "tenon/poller.h"

#include <limits.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"

enum { IN = TENON_POLLIN, OUT = TENON_POLLOUT, BOTH = TENON_POLLIN | TENON_POLLOUT, ROOM = 16 };

static int a, b; /* what pointers point to */

/* The events of the one socket that has news, now or within the limit, if they come with this pointer; 0 without news;
 * or the error. */
static int wait_for_one(tenon_poller *p, const void *pointer, int timeout_ms) {
  tenon_poller_event events[ROOM];
  int count = tenon_poller_wait(p, events, ROOM, timeout_ms);
  if (count != 1) return count > 1 ? 1000 + count : count;
  return events[0].pointer == pointer ? events[0].events : 2000;
}

static int send_byte(tenon_sock s) {
  return (int)tenon_send(s, "x", 1, NET_LIMIT_MS);
}

TEST(a_socket_that_was_set_is_reported_with_its_pointer) {
  tenon_poller p;
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], IN, 0, &a), 0);
  CHECK_EQ(wait_for_one(&p, &a, 0), 0);
  CHECK_EQ(send_byte(pair[1]), 1);
  CHECK_EQ(wait_for_one(&p, &a, NET_LIMIT_MS), IN);
  CHECK_EQ(tenon_poller_close(&p), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* D106 */
TEST(news_are_reported_until_they_are_dealt_with) {
  tenon_poller p;
  tenon_sock pair[2];
  char byte;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], IN, 0, &a), 0);
  CHECK_EQ(send_byte(pair[1]), 1);
  for (int i = 0; i < 3; i++) CHECK_EQ(wait_for_one(&p, &a, TENON_FOREVER), IN);
  CHECK_EQ(tenon_recv(pair[0], &byte, 1, 0), 1);
  CHECK_EQ(wait_for_one(&p, &a, 0), 0);
  CHECK_EQ(tenon_poller_close(&p), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

enum { SOCKETS = 12 };

static int expected_of(int i) {
  return (i % 3 == 0 ? IN : 0) | (i % 2 ? OUT : 0);
}

/* Waits until all that is expected was seen, as news need not come at one time; -1 if a socket comes twice in one wait. */
static int gather(tenon_poller *p, int seen[SOCKETS]) {
  tenon_poller_event events[ROOM];
  int64_t end = tenon_deadline(NET_LIMIT_MS);
  int missing;
  do {
    int count = tenon_poller_wait(p, events, ROOM, NET_LIMIT_MS);
    for (int i = 0; i < count; i++) {
      *(int *)events[i].pointer |= events[i].events;
      for (int k = 0; k < i; k++)
        if (events[k].pointer == events[i].pointer) return -1;
    }
    missing = 0;
    for (int i = 0; i < SOCKETS; i++) missing += seen[i] != expected_of(i);
  } while (missing > 0 && tenon_remaining(end) > 0);
  return missing;
}

TEST(each_socket_comes_with_its_own_pointer) {
  static tenon_sock pairs[SOCKETS][2];
  tenon_poller p;
  int seen[SOCKETS] = {0};
  CHECK_EQ(tenon_poller_open(&p), 0);
  for (int i = 0; i < SOCKETS; i++) {
    CHECK_EQ(net_pair(pairs[i]), 0);
    CHECK_EQ(tenon_poller_set(&p, pairs[i][0], i % 2 ? BOTH : IN, 0, &seen[i]), 0);
    if (i % 3 == 0) CHECK_EQ(send_byte(pairs[i][1]), 1);
  }
  for (int i = 0; i < SOCKETS; i += 3) CHECK_EQ(tenon_recv_all(pairs[i][0], (char[1]){0}, 1, 0) < 2, 1);
  for (int i = 0; i < SOCKETS; i += 3) CHECK_EQ(send_byte(pairs[i][1]), 1);
  tenon_pollfd last = {pairs[9][0], IN, 0};
  CHECK_EQ(tenon_poll(&last, 1, NET_LIMIT_MS), 1);
  CHECK_EQ(gather(&p, seen), 0);
  for (int i = 0; i < SOCKETS; i++) CHECK_EQ(net_close2(pairs[i][0], pairs[i][1]), 0);
  CHECK_EQ(tenon_poller_close(&p), 0);
}

TEST(setting_again_replaces_events_and_pointer) {
  tenon_poller p;
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], OUT, 0, &a), 0);
  CHECK_EQ(wait_for_one(&p, &a, NET_LIMIT_MS), OUT);
  CHECK_EQ(tenon_poller_set(&p, pair[0], IN, 0, &b), 0);
  CHECK_EQ(wait_for_one(&p, &b, 20), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], OUT, 0, &a), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], BOTH, 0, NULL), 0);
  CHECK_EQ(wait_for_one(&p, NULL, NET_LIMIT_MS), OUT);
  CHECK_EQ(tenon_poller_close(&p), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* D107 */
TEST(what_was_removed_is_not_reported_and_can_be_removed_again) {
  tenon_poller p;
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK_EQ(tenon_poller_remove(&p, pair[0]), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], OUT, 0, &a), 0);
  CHECK_EQ(wait_for_one(&p, &a, NET_LIMIT_MS), OUT);
  for (int i = 0; i < 3; i++) CHECK_EQ(tenon_poller_remove(&p, pair[0]), 0);
  CHECK_EQ(wait_for_one(&p, &a, 20), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], OUT, 0, &b), 0);
  CHECK_EQ(tenon_poller_remove(&p, pair[0]), 0);
  CHECK_EQ(wait_for_one(&p, &b, 20), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], OUT, 0, &b), 0);
  CHECK_EQ(wait_for_one(&p, &b, NET_LIMIT_MS), OUT);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
  CHECK_EQ(tenon_poller_remove(&p, pair[0]), 0);
  CHECK_EQ(tenon_poller_remove(&p, TENON_NO_SOCK), 0);
  CHECK_EQ(tenon_poller_close(&p), 0);
}

/* D106 */
TEST(set_for_once_a_socket_is_reported_once_in_both_directions) {
  tenon_poller p;
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], BOTH, TENON_POLLER_ONCE, &a), 0);
  CHECK_EQ(wait_for_one(&p, &a, NET_LIMIT_MS), OUT);
  CHECK_EQ(send_byte(pair[1]), 1);
  CHECK_EQ(wait_for_one(&p, &a, 20), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], IN, TENON_POLLER_ONCE, &b), 0);
  CHECK_EQ(wait_for_one(&p, &b, NET_LIMIT_MS), IN);
  CHECK_EQ(wait_for_one(&p, &b, 20), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], IN, 0, &a), 0); /* from now on again and again */
  for (int i = 0; i < 2; i++) CHECK_EQ(wait_for_one(&p, &a, NET_LIMIT_MS), IN);
  CHECK_EQ(tenon_poller_close(&p), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(waiting_ends_at_its_limit_not_before_signals_or_not) {
  tenon_poller p;
  tenon_poller_event event;
  CHECK_EQ(tenon_poller_open(&p), 0);
  for (int i = 0; i < 2; i++) {
    int64_t start = tenon_now_ms();
    if (i) support_signal_storm_start();
    int count = tenon_poller_wait(&p, &event, 1, 150);
    if (i) support_signal_storm_stop();
    CHECK_EQ(count, 0);
    CHECK(tenon_now_ms() - start >= 150);
  }
  CHECK_EQ(tenon_poller_wait(&p, &event, 1, 0), 0);
  CHECK_EQ(tenon_poller_close(&p), 0);
}

TEST(limits_and_rooms_of_any_size_do) {
  tenon_poller p;
  tenon_sock pair[2];
  static tenon_poller_event events[4096];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], OUT, 0, &a), 0);
  static const int limits[] = {INT_MAX, INT_MAX - 1, TENON_FOREVER, 1, 0};
  for (int i = 0; i < 10; i++) {
    memset(events, 0, sizeof events[0]);
    CHECK_EQ(tenon_poller_wait(&p, events, i < 5 ? 4096 : 1, limits[i % 5]), 1);
    CHECK(events[0].pointer == &a && events[0].events == OUT);
  }
  CHECK_EQ(tenon_poller_close(&p), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(a_wake_ends_the_wait_or_the_next_one_and_many_count_as_one) {
  tenon_poller p;
  tenon_poller_event events[ROOM];
  CHECK_EQ(tenon_poller_open(&p), 0);
  for (int room = 1; room <= ROOM; room += ROOM - 1) {
    for (int i = 0; i < 10000; i++) CHECK_EQ(tenon_poller_wake(&p), 0);
    CHECK_EQ(tenon_poller_wait(&p, events, room, TENON_FOREVER), 0);
    int64_t start = tenon_now_ms();
    CHECK_EQ(tenon_poller_wait(&p, events, room, 40), 0);
    CHECK(tenon_now_ms() - start >= 40);
  }
  CHECK_EQ(tenon_poller_close(&p), 0);
}

TEST(a_wake_hides_no_news) {
  tenon_poller p;
  tenon_sock pair[2];
  tenon_poller_event event;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], OUT, 0, &a), 0);
  CHECK_EQ(tenon_poller_wake(&p), 0);
  int reported = 0;
  for (int i = 0; i < 4; i++) reported += tenon_poller_wait(&p, &event, 1, NET_LIMIT_MS);
  CHECK(reported >= 3); /* one of them may have been the wake's alone */
  CHECK(event.pointer == &a && event.events == OUT);
  CHECK_EQ(tenon_poller_close(&p), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(bad_arguments_of_the_poller_are_refused) {
  tenon_poller p;
  tenon_sock pair[2];
  tenon_poller_event event;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_poller_open(NULL), TENON_EINVAL);
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK_EQ(tenon_poller_set(NULL, pair[0], IN, 0, &a), TENON_EINVAL);
  CHECK_EQ(tenon_poller_set(&p, pair[0], 0, 0, &a), TENON_EINVAL);
  CHECK_EQ(tenon_poller_set(&p, pair[0], TENON_POLLERR, 0, &a), TENON_EINVAL);
  CHECK_EQ(tenon_poller_set(&p, pair[0], IN | 2, 0, &a), TENON_EINVAL);
  CHECK_EQ(tenon_poller_set(&p, pair[0], IN, 2, &a), TENON_EINVAL);
  CHECK_EQ(tenon_poller_remove(NULL, pair[0]), TENON_EINVAL);
  CHECK_EQ(tenon_poller_wait(NULL, &event, 1, 0), TENON_EINVAL);
  CHECK_EQ(tenon_poller_wait(&p, NULL, 1, 0), TENON_EINVAL);
  CHECK_EQ(tenon_poller_wait(&p, &event, 0, 0), TENON_EINVAL);
  CHECK_EQ(tenon_poller_wait(&p, &event, INT_MIN, INT_MAX), TENON_EINVAL);
  CHECK_EQ(tenon_poller_wait(&p, &event, 1, -2), TENON_EINVAL);
  CHECK_EQ(tenon_poller_wait(&p, &event, 1, INT_MIN), TENON_EINVAL);
  CHECK_EQ(tenon_poller_wake(NULL), TENON_EINVAL);
  CHECK_EQ(tenon_poller_close(NULL), TENON_EINVAL);
  CHECK_EQ(tenon_poller_wait(&p, &event, 1, 0), 0); /* nothing of that was set */
  CHECK_EQ(tenon_poller_close(&p), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(what_is_no_open_socket_cannot_be_set) {
  tenon_poller p;
  tenon_sock file = support_open_file();
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK_EQ(tenon_poller_set(&p, file, IN, 0, &a), TENON_ENOTSOCK);
  CHECK_EQ(tenon_poller_set(&p, support_closed_handle(), IN, 0, &a), TENON_EBADF);
  CHECK_EQ(tenon_poller_set(&p, TENON_NO_SOCK, IN, 0, &a), TENON_EBADF);
  CHECK_EQ(tenon_poller_set(&p, INTPTR_MIN, IN, 0, &a), TENON_EBADF);
  CHECK_EQ(wait_for_one(&p, &a, 0), 0);
  CHECK_EQ(tenon_poller_close(&p), 0);
  support_close_file(file);
}

static void check_closed(tenon_poller *p, tenon_sock s) {
  tenon_poller_event event;
  CHECK_EQ(tenon_poller_set(p, s, IN, 0, &a), TENON_EBADF);
  CHECK_EQ(tenon_poller_remove(p, s), TENON_EBADF);
  CHECK_EQ(tenon_poller_wait(p, &event, 1, NET_LIMIT_MS), TENON_EBADF);
  CHECK_EQ(tenon_poller_wait(p, &event, 1, 0), TENON_EBADF);
  CHECK_EQ(tenon_poller_wake(p), TENON_EBADF);
  CHECK_EQ(tenon_poller_close(p), TENON_EBADF);
}

TEST(a_closed_poller_is_a_bad_handle_and_can_be_opened_again) {
  static tenon_poller never_opened, p;
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  check_closed(&never_opened, pair[0]);
  for (int i = 0; i < 2; i++) {
    CHECK_EQ(tenon_poller_open(&p), 0);
    CHECK_EQ(tenon_poller_set(&p, pair[0], OUT, 0, &a), 0);
    CHECK_EQ(wait_for_one(&p, &a, NET_LIMIT_MS), OUT);
    if (i) CHECK_EQ(tenon_poller_wake(&p), 0);
    CHECK_EQ(tenon_poller_close(&p), 0);
    check_closed(&p, pair[0]);
  }
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}
