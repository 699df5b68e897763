/* pair_test.c - socket pairs, adopted handles, receiving all, looking ahead, closing with grace.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"

TEST(a_pair_is_connected_both_ways) {
  tenon_sock pair[2];
  char data[8];
  CHECK_EQ(tenon_socketpair(pair), 0);
  for (int i = 0; i < 2; i++) {
    CHECK(!support_inheritable(pair[i]));
    CHECK_EQ(tenon_recv(pair[i], data, sizeof data, 0), TENON_EAGAIN);
    CHECK_EQ(tenon_send(pair[i], "hello", 5, NET_LIMIT_MS), 5);
    CHECK_EQ(tenon_recv(pair[1 - i], data, sizeof data, NET_LIMIT_MS), 5);
    CHECK_MEM(data, "hello", 5);
  }
  CHECK_EQ(tenon_close(pair[0]), 0);
  CHECK_EQ(tenon_recv(pair[1], data, sizeof data, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_close(pair[1]), 0);
  CHECK_EQ(tenon_socketpair(NULL), TENON_EINVAL);
}

TEST(pairs_come_and_go_by_the_hundred) {
  for (int i = 0; i < 300; i++) {
    tenon_sock pair[2];
    CHECK_EQ(tenon_socketpair(pair), 0);
    CHECK_EQ(i % 2 ? net_close2(pair[0], pair[1]) : net_close2(pair[1], pair[0]), 0);
  }
}

TEST(receiving_all_waits_for_all) {
  tenon_sock pair[2];
  char data[8] = "";
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_send(pair[1], "1234", 4, NET_LIMIT_MS), 4);
  CHECK_EQ(tenon_recv_all(pair[0], data, 2, NET_LIMIT_MS), 2);
  CHECK_EQ(tenon_recv_all(pair[0], data, 2, TENON_FOREVER), 2);
  CHECK_MEM(data, "34", 2);
  CHECK_EQ(tenon_recv_all(pair[0], data, 2, 0), TENON_EAGAIN);
  CHECK_EQ(tenon_send(pair[1], "5", 1, NET_LIMIT_MS), 1);
  int64_t start = tenon_now_ms();
  CHECK_EQ(tenon_recv_all(pair[0], data, 2, 80), TENON_ETIMEDOUT);
  CHECK(tenon_now_ms() - start >= 80);
  CHECK_EQ(tenon_send(pair[1], "678", 3, NET_LIMIT_MS), 3);
  CHECK_EQ(tenon_close(pair[1]), 0);
  CHECK_EQ(tenon_recv_all(pair[0], data, sizeof data, NET_LIMIT_MS), 3); /* the end came first */
  CHECK_EQ(tenon_recv_all(pair[0], data, sizeof data, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_recv_all(pair[0], NULL, 0, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_close(pair[0]), 0);
}

TEST(what_was_looked_at_can_still_be_received) {
  tenon_sock pair[2];
  char data[8];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_peek(pair[0], data, sizeof data, 0), TENON_EAGAIN);
  CHECK_EQ(tenon_peek(pair[0], data, sizeof data, 30), TENON_ETIMEDOUT);
  CHECK_EQ(tenon_send(pair[1], "abc", 3, NET_LIMIT_MS), 3);
  CHECK_EQ(tenon_peek(pair[0], data, 2, NET_LIMIT_MS), 2);
  CHECK_EQ(tenon_peek(pair[0], data, sizeof data, TENON_FOREVER), 3);
  CHECK_EQ(tenon_recv(pair[0], data, sizeof data, NET_LIMIT_MS), 3);
  CHECK_MEM(data, "abc", 3);
  CHECK_EQ(tenon_shutdown(pair[1], TENON_SHUT_WR), 0);
  CHECK_EQ(tenon_peek(pair[0], data, sizeof data, NET_LIMIT_MS), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

static void close_politely(void *argument) {
  tenon_sock *s = argument;
  *s = tenon_close_gracefully(*s, NET_LIMIT_MS);
}

/* A server that answers a request without having read all of it. */
TEST(closing_gracefully_lets_the_answer_arrive_in_spite_of_unread_data) {
  static support_thread thread;
  static tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_send(pair[1], "a long request", 14, NET_LIMIT_MS), 14);
  CHECK_EQ(tenon_send(pair[0], "answer", 6, NET_LIMIT_MS), 6);
  CHECK_EQ(support_thread_start(&thread, close_politely, &pair[0]), 0);
  char data[16];
  ptrdiff_t received = tenon_recv_all(pair[1], data, sizeof data, NET_LIMIT_MS);
  int closed = tenon_close(pair[1]);
  support_thread_join(&thread);
  CHECK_EQ(received, 6);
  CHECK_EQ(closed, 0);
  CHECK_EQ(pair[0], 0); /* the result of the other side */
}

TEST(closing_gracefully_ends_at_its_limit_and_closes_in_every_case) {
  tenon_sock pair[2], fresh = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_EQ(net_pair(pair), 0);
  int64_t start = tenon_now_ms();
  CHECK_EQ(tenon_close_gracefully(pair[0], 80), TENON_ETIMEDOUT); /* the peer never ends */
  CHECK(tenon_now_ms() - start >= 80);
  CHECK_EQ(tenon_close(pair[0]), TENON_EBADF);
  CHECK_EQ(tenon_close_gracefully(fresh, NET_LIMIT_MS), TENON_ENOTCONN);
  CHECK_EQ(tenon_close(fresh), TENON_EBADF);
  CHECK_EQ(tenon_close(pair[1]), 0);
  CHECK_EQ(tenon_close_gracefully(support_closed_handle(), 0), TENON_EBADF);
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(net_reset(pair[1]), 0);
  CHECK_EQ(tenon_close_gracefully(pair[0], NET_LIMIT_MS), TENON_ECONNRESET);
}

TEST(an_adopted_handle_has_the_properties_of_ours) {
  tenon_sock pair[2], listener = net_listen(TENON_AF_INET, NULL);
  CHECK_EQ(net_pair(pair), 0);
  support_spoil(pair[0]);
  support_spoil(listener);
  CHECK(support_inheritable(pair[0]));
  CHECK_EQ(tenon_adopt(pair[0]), 0);
  CHECK_EQ(tenon_adopt(listener), 0);
  CHECK(!support_inheritable(pair[0]));
  CHECK(!support_inheritable(listener));
  CHECK_EQ(support_native_nonblocking(pair[0]), support_native_nonblocking_expected());
  CHECK(support_native_nonblocking(listener) != 0);
  char byte;
  CHECK_EQ(tenon_accept(listener, NULL, 0), TENON_EAGAIN);
  CHECK_EQ(tenon_recv(pair[0], &byte, 1, 20), TENON_ETIMEDOUT);
  tenon_sock file = support_open_file();
  CHECK_EQ(tenon_adopt(file), TENON_ENOTSOCK);
  support_close_file(file);
  CHECK_EQ(tenon_adopt(support_closed_handle()), TENON_EBADF);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
  CHECK_EQ(tenon_close(listener), 0);
}

/* D008 D009: a handle that lingers would wait, or not be closed at all. */
TEST(an_adopted_handle_is_closed_at_once_even_if_it_lingered) {
  static char data[1 << 16];
  tenon_sock pair[2];
  int resets = 1;
  CHECK_EQ(net_pair(pair), 0);
  support_set_linger(pair[0], 10);
  CHECK_EQ(tenon_adopt(pair[0]), 0);
  while (tenon_send(pair[0], data, sizeof data, 0) > 0) continue;
  CHECK_EQ(tenon_getsockopt(pair[0], TENON_OPT_RESET_ON_CLOSE, &resets), 0);
  CHECK_EQ(resets, 0);
  int64_t start = tenon_now_ms();
  CHECK_EQ(tenon_close(pair[0]), 0);
  CHECK(tenon_now_ms() - start < 3000);
  CHECK_EQ(tenon_close(pair[0]), TENON_EBADF);
  CHECK_EQ(tenon_close(pair[1]), 0);
}

/* The system takes the option for a local stream, and its peer sees a clean end all the same. */
TEST(a_pair_is_reset_on_close_or_says_that_it_cannot_be) {
  int can_reset = tenon_supports(TENON_SUPPORTS_PAIR_RESET), value = 7;
  tenon_sock pair[2];
  char byte;
  CHECK_EQ(tenon_socketpair(pair), 0);
  CHECK_EQ(tenon_setsockopt(pair[0], TENON_OPT_RESET_ON_CLOSE, 1), can_reset ? 0 : TENON_ENOTSUP);
  CHECK_EQ(tenon_getsockopt(pair[0], TENON_OPT_RESET_ON_CLOSE, &value), can_reset ? 0 : TENON_ENOTSUP);
  CHECK_EQ(value, can_reset ? 1 : 7);
  CHECK_EQ(tenon_close(pair[0]), 0);
  CHECK_EQ(tenon_recv(pair[1], &byte, 1, NET_LIMIT_MS), can_reset ? TENON_ECONNRESET : 0);
  CHECK_EQ(tenon_close(pair[1]), 0);
}
