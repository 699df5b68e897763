/* urgent_test.c - the byte that travels beside the stream.
 * SPDX-License-Identifier: MIT
 */
#include "tenon/urgent.h"

#include "check.h"
#include "net.h"
#include "support.h"

/* Nothing tells when it comes. */
static int take_urgent(tenon_sock s, unsigned char *byte) {
  int64_t deadline = tenon_deadline(NET_LIMIT_MS);
  int result;
  while ((result = tenon_recv_urgent(s, byte)) == TENON_EAGAIN && tenon_remaining(deadline) > 0) tenon_poll(NULL, 0, 1);
  return result;
}

TEST(an_urgent_byte_travels_beside_the_stream) {
  tenon_sock pair[2];
  unsigned char urgent = 0;
  char data[8];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_recv_urgent(pair[1], &urgent), TENON_EAGAIN);
  CHECK_EQ(tenon_send(pair[0], "ab", 2, NET_LIMIT_MS), 2);
  CHECK_EQ(tenon_send_urgent(pair[0], '!', NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_recv_all(pair[1], data, 2, NET_LIMIT_MS), 2);
  CHECK_EQ(take_urgent(pair[1], &urgent), 0);
  CHECK_EQ(urgent, '!');
  CHECK_EQ(tenon_recv_urgent(pair[1], &urgent), TENON_EAGAIN);
  CHECK_EQ(tenon_send(pair[0], "cd", 2, NET_LIMIT_MS), 2);
  CHECK_EQ(tenon_recv_all(pair[1], data + 2, 2, NET_LIMIT_MS), 2);
  CHECK_MEM(data, "abcd", 4);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(urgent_bytes_go_to_tcp_streams_only) {
  unsigned char byte = 0;
  tenon_sock datagrams = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  tenon_sock fresh = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_EQ(tenon_send_urgent(datagrams, 1, 0), TENON_ENOTSUP);
  CHECK_EQ(tenon_recv_urgent(datagrams, &byte), TENON_ENOTSUP);
  CHECK_EQ(tenon_send_urgent(fresh, 1, 0), TENON_ENOTCONN);
  CHECK_EQ(tenon_recv_urgent(fresh, &byte), TENON_ENOTCONN);
  CHECK_EQ(tenon_send_urgent(fresh, 1, -2), TENON_EINVAL);
  CHECK_EQ(tenon_recv_urgent(fresh, NULL), TENON_EINVAL);
  CHECK_EQ(net_close2(datagrams, fresh), 0);
  CHECK_EQ(tenon_send_urgent(support_closed_handle(), 1, 0), TENON_EBADF);
  CHECK_EQ(tenon_recv_urgent(TENON_NO_SOCK, &byte), TENON_EBADF);
}

TEST(urgent_bytes_keep_their_limit_where_nothing_more_fits) {
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK(net_stuff(pair[0]) > 0);
  static const int limits[] = {0, 50}, ends[] = {TENON_EAGAIN, TENON_ETIMEDOUT};
  for (int i = 0; i < 2; i++) {
    int result = 0;
    for (int k = 0; k < 100000 && result == 0; k++) result = tenon_send_urgent(pair[0], '!', limits[i]);
    CHECK_EQ(result, ends[i]);
  }
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(an_urgent_byte_to_a_peer_that_is_gone_fails) {
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_shutdown(pair[0], TENON_SHUT_WR), 0);
  CHECK_EQ(tenon_send_urgent(pair[0], '!', NET_LIMIT_MS), TENON_EPIPE);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}
