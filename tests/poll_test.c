/* poll_test.c - waiting for many sockets at once.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"

enum { BOTH = TENON_POLLIN | TENON_POLLOUT };

/* What is the case on one socket, now or within the limit; or the error. */
static int poll_one(tenon_sock s, int events, int timeout_ms) {
  tenon_pollfd item = {s, events, -1};
  int result = tenon_poll(&item, 1, timeout_ms);
  if (result < 0) return result;
  return item.sock == s && item.events == events && result == (item.revents != 0) ? item.revents : -1;
}

TEST(a_quiet_connection_can_be_sent_to_only) {
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(poll_one(pair[0], BOTH, NET_LIMIT_MS), TENON_POLLOUT);
  CHECK_EQ(poll_one(pair[0], TENON_POLLIN, 0), 0);
  CHECK_EQ(poll_one(pair[0], 0, 0), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(what_has_arrived_is_there_until_it_is_received) {
  tenon_sock pair[2];
  char byte;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_send(pair[1], "x", 1, NET_LIMIT_MS), 1);
  for (int i = 0; i < 3; i++) CHECK_EQ(poll_one(pair[0], TENON_POLLIN, NET_LIMIT_MS), TENON_POLLIN);
  CHECK_EQ(poll_one(pair[0], BOTH, TENON_FOREVER), BOTH);
  CHECK_EQ(poll_one(pair[0], TENON_POLLOUT, 0), TENON_POLLOUT);
  CHECK_EQ(tenon_recv(pair[0], &byte, 1, 0), 1);
  CHECK_EQ(poll_one(pair[0], TENON_POLLIN, 0), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(a_full_connection_cannot_be_sent_to) {
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK(net_stuff(pair[0]) > 0);
  CHECK_EQ(poll_one(pair[0], BOTH, 0), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(a_listener_with_a_client_can_be_received_from) {
  tenon_addr at;
  tenon_sock listener = net_listen(TENON_AF_INET, &at), client = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_EQ(poll_one(listener, BOTH, 0), 0);
  CHECK_EQ(tenon_connect(client, &at, NET_LIMIT_MS), 0);
  CHECK_EQ(poll_one(listener, BOTH, NET_LIMIT_MS), TENON_POLLIN);
  CHECK_EQ(net_close2(client, listener), 0);
}

TEST(the_peers_end_can_be_received) {
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_shutdown(pair[1], TENON_SHUT_WR), 0);
  CHECK_EQ(poll_one(pair[0], TENON_POLLIN, NET_LIMIT_MS), TENON_POLLIN | TENON_POLLHUP);
  CHECK_EQ(poll_one(pair[0], TENON_POLLOUT, 0), TENON_POLLOUT);
  CHECK(net_stuff(pair[0]) > 0);
  CHECK_EQ(poll_one(pair[0], TENON_POLLOUT, 100), 0); /* the end is no news to those who want to send */
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* D181 D211 */
TEST(a_reset_is_an_error_that_can_be_met_both_ways) {
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(net_reset(pair[1]), 0);
  CHECK_EQ(poll_one(pair[0], TENON_POLLIN, NET_LIMIT_MS), TENON_POLLERR | BOTH);
  CHECK_EQ(poll_one(pair[0], TENON_POLLOUT, NET_LIMIT_MS), TENON_POLLERR | BOTH);
  CHECK_EQ(tenon_close(pair[0]), 0);
}

/* D100 */
TEST(a_failed_connect_is_an_error) {
  tenon_addr nobody = net_refusing(TENON_AF_INET);
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  if (tenon_connect(s, &nobody, 0) == TENON_EINPROGRESS) {
    CHECK_EQ(poll_one(s, TENON_POLLOUT, NET_LIMIT_MS), TENON_POLLERR | BOTH);
    CHECK_EQ(tenon_connect_result(s, 0), TENON_ECONNREFUSED);
  }
  CHECK_EQ(tenon_close(s), 0);
}

TEST(a_connect_that_came_about_can_be_sent_to) {
  tenon_addr at;
  tenon_sock listener = net_listen(TENON_AF_INET, &at), s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_connect(s, &at, 0);
  CHECK_EQ(poll_one(s, BOTH, NET_LIMIT_MS), TENON_POLLOUT);
  CHECK_EQ(net_close2(s, listener), 0);
}

/* D096 */
TEST(handles_that_are_none_are_left_out_or_named) {
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  tenon_pollfd items[] = {{TENON_NO_SOCK, BOTH, 7}, {pair[0], TENON_POLLOUT, 7},        {INT_MIN, 0, 7},
                          {pair[1], 0, 7},          {support_closed_handle(), BOTH, 7}, {TENON_EBADF, TENON_POLLIN, 7}};
  tenon_pollfd before[6];
  memcpy(before, items, sizeof items);
  CHECK_EQ(tenon_poll(items, 6, NET_LIMIT_MS), 2);
  for (int i = 0; i < 6; i++) {
    CHECK_EQ(items[i].sock, before[i].sock);
    CHECK_EQ(items[i].events, before[i].events);
    CHECK_EQ(items[i].revents, i == 1 ? TENON_POLLOUT : i == 4 ? TENON_POLLNVAL : 0);
  }
  CHECK_EQ(poll_one(support_closed_handle(), TENON_POLLIN, NET_LIMIT_MS), TENON_POLLNVAL);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* D099 */
TEST(a_socket_that_others_close_is_named_and_hides_nobody) {
  tenon_sock closed[2], pair[2];
  CHECK_EQ(net_pair(closed), 0);
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_send(pair[1], "x", 1, NET_LIMIT_MS), 1);
  CHECK_EQ(poll_one(pair[0], TENON_POLLIN, NET_LIMIT_MS), TENON_POLLIN);
  support_close_file(closed[0]);
  tenon_pollfd items[] = {{closed[0], TENON_POLLIN, 0}, {pair[0], TENON_POLLIN, 0}, {closed[1], TENON_POLLOUT, 0}};
  CHECK_EQ(tenon_poll(items, 3, NET_LIMIT_MS), 3);
  CHECK_EQ(items[0].revents, TENON_POLLNVAL);
  CHECK_EQ(items[1].revents, TENON_POLLIN);
  CHECK_EQ(items[2].revents, TENON_POLLOUT);
  CHECK_EQ(poll_one(closed[0], TENON_POLLIN, NET_LIMIT_MS), TENON_POLLNVAL);
  CHECK_EQ(tenon_close(closed[1]), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* D099 */
TEST(a_handle_that_is_not_open_is_named_at_once_beside_an_idle_socket) {
  tenon_sock idle[2], files[2];
  CHECK_EQ(net_pair(idle), 0);
  CHECK_EQ(net_pair(files), 0);
  support_close_file(files[0]);
  const tenon_sock bad[] = {support_closed_handle(), files[0]};
  for (int i = 0; i < 8; i++) {
    int at = i / 2 % 2;
    tenon_pollfd items[] = {{idle[0], TENON_POLLIN, 0}, {idle[1], TENON_POLLIN, 0}, {TENON_NO_SOCK, BOTH, 0}};
    items[at] = (tenon_pollfd){bad[i / 4], i % 2 ? TENON_POLLOUT : TENON_POLLIN, 0};
    int64_t start = tenon_now_ms();
    CHECK_EQ(tenon_poll(items, 3, NET_LIMIT_MS), 1);
    CHECK(tenon_now_ms() - start < NET_LIMIT_MS);
    CHECK_EQ(tenon_poll(items, 3, TENON_FOREVER), 1);
    CHECK_EQ(items[at].revents, TENON_POLLNVAL);
    CHECK_EQ(items[1 - at].revents, 0);
  }
  CHECK_EQ(tenon_close(files[1]), 0);
  CHECK_EQ(net_close2(idle[0], idle[1]), 0);
}

TEST(with_nothing_to_wait_for_time_passes) {
  tenon_pollfd none = {TENON_NO_SOCK, BOTH, 1};
  for (int i = 0; i < 2; i++) {
    int64_t start = tenon_now_ms();
    CHECK_EQ(tenon_poll(i ? &none : NULL, i, 60), 0);
    CHECK(tenon_now_ms() - start >= 60);
  }
  CHECK_EQ(none.revents, 0);
  CHECK_EQ(tenon_poll(NULL, 0, 0), 0);
}

/* D098 */
TEST(bad_arguments_of_poll_are_refused) {
  tenon_pollfd item = {TENON_NO_SOCK, TENON_POLLIN, 0};
  CHECK_EQ(tenon_poll(NULL, 1, 0), TENON_EINVAL);
  CHECK_EQ(tenon_poll(&item, -1, 0), TENON_EINVAL);
  CHECK_EQ(tenon_poll(&item, 1, -2), TENON_EINVAL);
  item.events = TENON_POLLERR;
  CHECK_EQ(tenon_poll(&item, 1, 0), TENON_EINVAL);
  item.events = TENON_POLLIN | 2;
  CHECK_EQ(tenon_poll(&item, 1, 0), TENON_EINVAL);
}

/* ---- Many -------------------------------------------------------------------------------------------------------- */

enum { PAIRS = 2500 }; /* many more than select could take */

static tenon_pollfd items[2 * PAIRS];
static tenon_sock pairs[PAIRS][2];

/* Which of them get something to receive: here and there, the first and the last. */
static int gets_a_byte(int pair) {
  return pair % 97 == 0 || pair == PAIRS - 1;
}

/* Returns how many items are not what they should be. */
static int wrong_items(void) {
  int wrong = 0;
  for (int i = 0; i < 2 * PAIRS; i++) {
    int expected = i % 2 && gets_a_byte(i / 2) ? TENON_POLLIN : 0;
    wrong += items[i].sock != pairs[i / 2][i % 2] || items[i].events != TENON_POLLIN || items[i].revents != expected;
  }
  return wrong;
}

/* D093 */
TEST(five_thousand_sockets_are_polled_at_once) {
  int opened = 0, meant = 0;
  support_raise_handle_limit();
  while (opened < PAIRS && tenon_socketpair(pairs[opened]) == 0) opened++;
  for (int i = 0; i < 2 * opened; i++) items[i] = (tenon_pollfd){pairs[i / 2][i % 2], TENON_POLLIN, -1};
  int quiet = tenon_poll(items, 2 * opened, 20);
  for (int i = 0; i < opened; i++) meant += gets_a_byte(i) && tenon_send(pairs[i][0], "x", 1, NET_LIMIT_MS) == 1;
  int64_t start = tenon_now_ms();
  int ready = tenon_poll(items, 2 * opened, TENON_FOREVER), again = tenon_poll(items, 2 * opened, NET_LIMIT_MS);
  int64_t took = tenon_now_ms() - start;
  int wrong = wrong_items();
  for (int i = 0; i < opened; i++) net_close2(pairs[i][0], pairs[i][1]);
  if (opened < PAIRS) SKIP("the process cannot have 5,000 sockets");
  CHECK_EQ(quiet, 0);
  CHECK_EQ(meant, PAIRS / 97 + 2);
  CHECK_EQ(ready, meant);
  CHECK_EQ(again, meant);
  CHECK_EQ(wrong, 0);
  CHECK(took < 1000);
}

/* Those that are not to be left out are the first, two in the middle, and the last. Returns how many items are not what
 * they should be. */
static int poll_mostly_left_out(tenon_sock s, int ready_events, int timeout_ms, int *count) {
  const int places[] = {0, PAIRS - 7, PAIRS, 2 * PAIRS - 1};
  int wrong = 0, listed = 0;
  for (int i = 0; i < 2 * PAIRS; i++) items[i] = (tenon_pollfd){i % 3 ? -1 - i : s, i % 3 ? TENON_POLLIN : 0, -1};
  for (int i = 0; i < 4; i++) items[places[i]] = (tenon_pollfd){s, i % 2 ? BOTH : TENON_POLLIN, -1};
  *count = tenon_poll(items, 2 * PAIRS, timeout_ms);
  for (int i = 0; i < 2 * PAIRS; i++) {
    int is_listed = listed < 4 && i == places[listed];
    int events = is_listed ? listed % 2 ? BOTH : TENON_POLLIN : i % 3 ? TENON_POLLIN : 0;
    int is_right = items[i].sock == (is_listed || i % 3 == 0 ? s : -1 - i) && items[i].events == events;
    wrong += !is_right || items[i].revents != (is_listed ? events & ready_events : 0);
    listed += is_listed;
  }
  return wrong;
}

/* D207 */
TEST(there_may_be_more_items_than_the_process_can_have_sockets) {
  tenon_sock pair[2];
  int quiet, ready, again, all;
  CHECK_EQ(net_pair(pair), 0);
  CHECK(net_stuff(pair[0]) > 0);
  int taken = support_take_handles();
  int64_t start = tenon_now_ms();
  int wrong = poll_mostly_left_out(pair[0], 0, 60, &quiet);
  int64_t took = tenon_now_ms() - start;
  tenon_send(pair[1], "x", 1, NET_LIMIT_MS);
  wrong += poll_mostly_left_out(pair[0], TENON_POLLIN, TENON_FOREVER, &ready);
  wrong += poll_mostly_left_out(pair[0], TENON_POLLIN, 0, &again);
  for (int i = 0; i < 2 * PAIRS; i++) items[i] = (tenon_pollfd){pair[0], TENON_POLLIN, -1};
  all = tenon_poll(items, 2 * PAIRS, NET_LIMIT_MS);
  for (int i = 0; i < 2 * PAIRS; i++) wrong += items[i].sock != pair[0] || items[i].revents != TENON_POLLIN;
  support_give_all_handles_back();
  CHECK(taken != 0);
  CHECK_EQ(wrong, 0);
  CHECK_EQ(quiet, 0);
  CHECK(took >= 60);
  CHECK_EQ(ready, 4);
  CHECK_EQ(again, 4);
  CHECK_EQ(all, 2 * PAIRS);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}
