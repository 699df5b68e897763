/* asked_test.c - how often, and in which words, Tenon asks the system. Windows alone shows that.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/option.h"

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

/* A look and a wait each 10 ms would make 190. */
enum { FILL_MS = 200, LONG_MS = 950, LOOKS_MAX = 40, FEW = 8 };

/* D101 */
TEST(a_sender_whose_peer_has_ended_looks_more_and_more_rarely) {
  tenon_sock pair[2];
  char byte;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_send(pair[0], net_too_much, NET_TOO_MUCH, FILL_MS), TENON_ETIMEDOUT);
  support_watch(0);
  CHECK_EQ(tenon_send(pair[0], net_too_much, NET_TOO_MUCH, LONG_MS), TENON_ETIMEDOUT);
  CHECK(support_watched_waits() <= FEW);
  CHECK_EQ(tenon_shutdown(pair[1], TENON_SHUT_WR), 0);
  CHECK_EQ(tenon_recv(pair[0], &byte, 1, NET_LIMIT_MS), 0);
  support_watch(0);
  CHECK_EQ(tenon_send(pair[0], net_too_much, NET_TOO_MUCH, LONG_MS), TENON_ETIMEDOUT);
  CHECK(support_watched_waits() <= LOOKS_MAX);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(a_poll_of_idle_sockets_looks_once_and_waits_once) {
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  tenon_pollfd items[] = {{pair[0], TENON_POLLIN, 0}, {pair[1], TENON_POLLIN, 0}, {TENON_NO_SOCK, TENON_POLLIN, 0}};
  for (int count = 1; count <= 3; count++) {
    support_watch(0);
    CHECK_EQ(tenon_poll(items, count, 100), 0);
    CHECK(support_watched_waits() <= FEW);
    support_watch(0);
    CHECK_EQ(tenon_poll(items, count, 0), 0);
    CHECK(support_watched_waits() <= 1);
  }
  CHECK_EQ(tenon_send(pair[0], "x", 1, NET_LIMIT_MS), 1);
  support_watch(0);
  CHECK_EQ(tenon_poll(items, 3, TENON_FOREVER), 1);
  CHECK(support_watched_waits() <= 2);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* ---- Listening --------------------------------------------------------------------------------------------------- */

/* The queue that a listener on this family asked for, or the error. */
static int backlog_of(int family, int backlog, int hints_are_refused) {
  tenon_addr at = tenon_addr_loopback(family, 0);
  tenon_sock s = tenon_socket(family, TENON_SOCK_STREAM, 0);
  int result = tenon_bind(s, &at);
  support_watch(hints_are_refused);
  if (result == 0) result = tenon_listen(s, backlog);
  if (result == 0) result = support_watched_backlog();
  support_watch(0);
  if (s >= 0) tenon_close(s);
  return result;
}

/* D056 */
TEST(a_listener_asks_for_a_long_queue_and_takes_a_short_one) {
  enum { PLAIN = 200, DEFAULT = 4096 };
  static const struct {
    int backlog, asked, without_hints;
  } rows[] = {{-1, DEFAULT, PLAIN}, {0, 1, 1}, {5, 5, 5}, {200, 200, 200}, {201, 201, PLAIN}, {1 << 20, 65535, PLAIN}};
  static const int families[] = {TENON_AF_INET, TENON_AF_INET6};
  support_watch(0);
  int is_seen = support_watched_backlog() >= 0, count = tenon_supports(TENON_SUPPORTS_IPV6) ? 2 : 1;
  for (int i = 0; i < count * (int)(sizeof rows / sizeof *rows); i++) {
    CHECK_EQ(backlog_of(families[i % count], rows[i / count].backlog, 0), is_seen ? rows[i / count].asked : -1);
    CHECK_EQ(backlog_of(families[i % count], rows[i / count].backlog, 1), is_seen ? rows[i / count].without_hints : -1);
  }
}

/* ---- Options ----------------------------------------------------------------------------------------------------- */

enum { LOOPBACK = 1 };

/* D127: Windows may take an index that is no interface's, as one in the wrong order of bytes is. */
TEST(an_interface_is_named_in_the_documented_order_of_bytes_first) {
  static const int families[] = {TENON_AF_INET, TENON_AF_INET6};
  int count = tenon_supports(TENON_SUPPORTS_IPV6) ? 2 : 1, value = -1;
  for (int i = 0; i < count && tenon_supports(TENON_SUPPORTS_BOUND_IF); i++) {
    tenon_sock s = tenon_socket(families[i], TENON_SOCK_DGRAM, 0);
    support_watch(0);
    CHECK_EQ(tenon_setsockopt(s, TENON_OPT_BOUND_IF, LOOPBACK), 0);
    int asked = support_watched_index(families[i] == TENON_AF_INET6);
    CHECK_EQ(asked, support_watched_waits() < 0 ? 0 : LOOPBACK);
    CHECK_EQ(tenon_getsockopt(s, TENON_OPT_BOUND_IF, &value), 0);
    CHECK_EQ(value, LOOPBACK);
    CHECK_EQ(tenon_close(s), 0);
  }
}

/* ---- Wakers ------------------------------------------------------------------------------------------------------ */

/* D037 */
TEST(no_wake_is_lost_when_the_system_has_no_buffers_for_a_moment) {
  tenon_waker w;
  CHECK_EQ(tenon_waker_open(&w), 0);
  for (int i = 1; i <= 3; i++) {
    tenon_pollfd item = {w.ready, TENON_POLLIN, 0};
    support_refuse_sends(i);
    int woken = tenon_waker_wake(&w);
    support_refuse_sends(0);
    CHECK_EQ(woken, 0);
    CHECK_EQ(tenon_poll(&item, 1, NET_LIMIT_MS), 1);
    CHECK_EQ(tenon_waker_clear(&w), 0);
  }
  CHECK_EQ(tenon_waker_close(&w), 0);
}
