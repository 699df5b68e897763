/* ending_test.c - how connections end: by halves, by a close, by a reset; and sockets that never had one.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "receiving.h"
#include "support.h"

/* Sends until that fails: systems take some more before they notice that nobody is there. */
static ptrdiff_t send_until_failure(tenon_sock s) {
  static char data[4096];
  int64_t deadline = tenon_deadline(NET_LIMIT_MS);
  ptrdiff_t n = 0;
  while (n >= 0 && tenon_remaining(deadline) > 0) n = tenon_send(s, data, sizeof data, NET_LIMIT_MS);
  return n;
}

TEST(each_direction_ends_by_itself) {
  tenon_sock pair[2];
  char data[8];
  CHECK_EQ(net_pair(pair), 0);
  for (int i = 0; i < 2; i++) {
    CHECK_EQ(tenon_send(pair[i], "last", 4, NET_LIMIT_MS), 4);
    CHECK_EQ(tenon_shutdown(pair[i], TENON_SHUT_WR), 0);
    CHECK_EQ(tenon_recv(pair[1 - i], data, sizeof data, NET_LIMIT_MS), 4);
    CHECK_EQ(tenon_recv(pair[1 - i], data, sizeof data, NET_LIMIT_MS), 0);
    CHECK_EQ(tenon_recv(pair[1 - i], data, sizeof data, 0), 0); /* and stays so */
    CHECK_EQ(tenon_recv(pair[1 - i], data, sizeof data, TENON_FOREVER), 0);
    CHECK_EQ(tenon_send(pair[i], "x", 1, NET_LIMIT_MS), TENON_EPIPE);
    CHECK_EQ(tenon_send(pair[i], "x", 1, 0), TENON_EPIPE);
  }
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(shutting_down_twice_is_no_error) {
  tenon_sock pair[2];
  char byte;
  CHECK_EQ(net_pair(pair), 0);
  for (int how = TENON_SHUT_RD; how <= TENON_SHUT_RDWR; how++) {
    CHECK_EQ(tenon_shutdown(pair[0], how), 0);
    CHECK_EQ(tenon_shutdown(pair[0], how), 0);
  }
  CHECK_EQ(tenon_recv(pair[1], &byte, 1, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_shutdown(pair[1], TENON_SHUT_WR), 0);
  CHECK_EQ(tenon_shutdown(pair[1], TENON_SHUT_WR), 0);
  CHECK_EQ(tenon_shutdown(pair[0], TENON_SHUT_WR), 0);
  CHECK_EQ(tenon_shutdown(pair[0], 3), TENON_EINVAL);
  CHECK_EQ(tenon_shutdown(pair[0], -1), TENON_EINVAL);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* D032 */
TEST(after_shutting_down_receiving_there_is_only_the_end) {
  tenon_sock pair[2];
  char byte;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_shutdown(pair[0], TENON_SHUT_RD), 0);
  CHECK_EQ(tenon_recv(pair[0], &byte, 1, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_send(pair[0], "x", 1, NET_LIMIT_MS), 1); /* the other direction goes on */
  CHECK_EQ(tenon_recv(pair[1], &byte, 1, NET_LIMIT_MS), 1);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(a_close_is_the_end_for_the_peer) {
  tenon_sock pair[2];
  char data[8];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_send(pair[0], "bye", 3, NET_LIMIT_MS), 3);
  CHECK_EQ(tenon_close(pair[0]), 0);
  CHECK_EQ(tenon_recv(pair[1], data, sizeof data, NET_LIMIT_MS), 3);
  CHECK_EQ(tenon_recv(pair[1], data, sizeof data, NET_LIMIT_MS), 0);
  CHECK_EQ(send_until_failure(pair[1]), TENON_EPIPE);
  CHECK_EQ(tenon_send(pair[1], "x", 1, NET_LIMIT_MS), TENON_EPIPE);
  CHECK_EQ(tenon_close(pair[1]), 0);
}

TEST(a_reset_is_told_apart_from_the_end) {
  tenon_sock pair[2];
  char byte;
  CHECK_EQ(net_pair(pair), 0);
  net_reset(pair[0]);
  CHECK_EQ(tenon_recv(pair[1], &byte, 1, NET_LIMIT_MS), TENON_ECONNRESET);
  CHECK(tenon_recv(pair[1], &byte, 1, NET_LIMIT_MS) <= 0);
  CHECK_EQ(tenon_send(pair[1], "x", 1, NET_LIMIT_MS), TENON_EPIPE);
  CHECK_EQ(tenon_shutdown(pair[1], TENON_SHUT_WR), 0);
  CHECK_EQ(tenon_close(pair[1]), 0);
}

TEST(a_send_after_a_reset_is_a_broken_pipe) {
  tenon_sock pair[2];
  char byte;
  CHECK_EQ(net_pair(pair), 0);
  net_reset(pair[0]);
  CHECK_EQ(send_until_failure(pair[1]), TENON_EPIPE);
  CHECK(tenon_native_error() != 0);
  CHECK_EQ(tenon_send(pair[1], "x", 1, TENON_FOREVER), TENON_EPIPE);
  CHECK(tenon_recv(pair[1], &byte, 1, NET_LIMIT_MS) <= 0);
  CHECK_EQ(tenon_close(pair[1]), 0);
}

/* Windows says that the system gave it up. */
TEST(what_is_sent_to_a_peer_that_closed_ends_or_resets_the_connection) {
  char data[8];
  for (int i = 0; i < RECEIVING_CALLS_OF_STREAMS; i++) {
    tenon_sock pair[2];
    CHECK_EQ(net_pair(pair), 0);
    check_note(receiving_calls[i].name);
    CHECK_EQ(tenon_close(pair[1]), 0);
    CHECK_EQ(tenon_recv(pair[0], data, sizeof data, NET_LIMIT_MS), 0);
    CHECK_EQ(send_until_failure(pair[0]), TENON_EPIPE);
    ptrdiff_t received = receiving_calls[i].receive(pair[0], data, sizeof data, NET_LIMIT_MS);
    CHECK(received == 0 || received == TENON_ECONNRESET);
    CHECK(tenon_recv_all(pair[0], data, sizeof data, NET_LIMIT_MS) <= 0);
    CHECK_EQ(tenon_close(pair[0]), 0);
  }
}

TEST(closing_with_unread_data_hangs_nobody) {
  tenon_sock pair[2];
  char byte;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_send(pair[0], "unread", 6, NET_LIMIT_MS), 6);
  CHECK_EQ(tenon_recv(pair[1], &byte, 1, NET_LIMIT_MS), 1);
  CHECK_EQ(tenon_close(pair[1]), 0);
  ptrdiff_t n = tenon_recv(pair[0], &byte, 1, NET_LIMIT_MS);
  CHECK_EQ(n, TENON_ECONNRESET);
  CHECK_EQ(tenon_close(pair[0]), 0);
}

TEST(a_socket_that_never_was_connected_says_so) {
  tenon_addr any = tenon_addr_any(TENON_AF_INET, 0);
  tenon_sock fresh = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_sock bound = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_sock sockets[] = {fresh, bound, net_listen(TENON_AF_INET, NULL)};
  CHECK_EQ(tenon_bind(bound, &any), 0);
  const int limits[] = {TENON_FOREVER, 0, NET_LIMIT_MS};
  for (int i = 0; i < 9; i++) {
    tenon_sock s = sockets[i / 3];
    char byte = 0;
    CHECK_EQ(tenon_send(s, &byte, 1, limits[i % 3]), TENON_ENOTCONN);
    CHECK_EQ(tenon_recv(s, &byte, 1, limits[i % 3]), TENON_ENOTCONN);
    CHECK_EQ(tenon_shutdown(s, i % 3), TENON_ENOTCONN);
    CHECK_EQ(tenon_getpeername(s, &any), TENON_ENOTCONN);
  }
  CHECK_EQ(tenon_accept(sockets[2], NULL, 0), TENON_EAGAIN); /* the listener still is one */
  for (int i = 0; i < 3; i++) CHECK_EQ(tenon_close(sockets[i]), 0);
}

TEST(datagram_sockets_are_not_shut_down) {
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 9);
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  CHECK_EQ(tenon_shutdown(s, TENON_SHUT_RD), TENON_EOPNOTSUPP);
  CHECK_EQ(tenon_connect(s, &at, NET_LIMIT_MS), 0);
  for (int how = TENON_SHUT_RD; how <= TENON_SHUT_RDWR; how++) CHECK_EQ(tenon_shutdown(s, how), TENON_EOPNOTSUPP);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(both_ends_may_close_at_once) {
  for (int i = 0; i < 50; i++) {
    tenon_sock pair[2];
    CHECK_EQ(net_pair(pair), 0);
    CHECK_EQ(tenon_shutdown(pair[0], TENON_SHUT_WR), 0);
    CHECK_EQ(tenon_shutdown(pair[1], TENON_SHUT_WR), 0);
    CHECK_EQ(net_close2(pair[0], pair[1]), 0);
  }
}
