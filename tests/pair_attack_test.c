/* pair_attack_test.c - what a program of this host can do to a socket pair that is made of TCP.
 * SPDX-License-Identifier: MIT
 */
#include "../src/shared.h"
#include "check.h"
#include "net.h"

/* D152 */
TEST(strangers_that_connect_first_are_turned_away) {
  tenon_addr at;
  tenon_sock listener = net_listen(TENON_AF_INET, &at), strangers[3], pair[2];
  char byte;
  for (int i = 0; i < 3; i++) {
    strangers[i] = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
    CHECK_EQ(tenon_connect(strangers[i], &at, NET_LIMIT_MS), 0);
    CHECK_EQ(tenon_send(strangers[i], "!", 1, NET_LIMIT_MS), 1);
  }
  CHECK_EQ(tenon__pair_at(listener, &at, tenon_deadline(NET_LIMIT_MS), pair), 0);
  CHECK_EQ(tenon_send(pair[0], "x", 1, NET_LIMIT_MS), 1);
  CHECK_EQ(tenon_recv(pair[1], &byte, 1, NET_LIMIT_MS), 1);
  CHECK_EQ(byte, 'x');
  CHECK_EQ(tenon_recv(pair[0], &byte, 1, 0), TENON_EAGAIN);
  for (int i = 0; i < 3; i++) {
    CHECK(tenon_recv(strangers[i], &byte, 1, NET_LIMIT_MS) <= 0);
    CHECK_EQ(tenon_close(strangers[i]), 0);
  }
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
  CHECK_EQ(tenon_close(listener), 0);
}

TEST(a_pair_whose_listener_is_gone_fails_and_leaves_nothing) {
  tenon_addr at;
  tenon_sock listener = net_listen(TENON_AF_INET, &at), pair[2];
  CHECK_EQ(tenon_close(listener), 0);
  CHECK_EQ(tenon__pair_at(listener, &at, tenon_deadline(NET_LIMIT_MS), pair), TENON_ECONNREFUSED);
}

/* A connect without time only begins, and a program that asked for a pair has nothing to wait for. */
TEST(a_pair_for_which_no_time_is_left_is_timed_out_and_leaves_nothing) {
  tenon_addr at;
  tenon_sock listener = net_listen(TENON_AF_INET, &at), pair[2];
  CHECK_EQ(tenon__pair_at(listener, &at, tenon_deadline(0), pair), TENON_ETIMEDOUT);
  CHECK_EQ(tenon_native_error(), 0);
  CHECK_EQ(tenon_close(listener), 0);
}
