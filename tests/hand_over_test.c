/* hand_over_test.c - sockets handed on to another process, here to this one, and inheritance on request.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/local.h"

static int64_t self(void) {
  return tenon_process_id();
}

/* D153 */
TEST(a_socket_handed_over_is_the_same_connection) {
  tenon_sock channel[2], pair[2];
  char data[8];
  CHECK_EQ(tenon_socketpair(channel), 0);
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_take_over(channel[1], 0), TENON_EAGAIN);
  CHECK_EQ(tenon_take_over(channel[1], 30), TENON_ETIMEDOUT);
  CHECK_EQ(tenon_hand_over(channel[0], self(), pair[1], NET_LIMIT_MS), 0);
  tenon_sock taken = tenon_take_over(channel[1], NET_LIMIT_MS);
  CHECK_OK(taken);
  CHECK(!support_inheritable(taken));
  CHECK_EQ(tenon_close(pair[1]), 0);
  CHECK_EQ(tenon_send(pair[0], "to you", 6, NET_LIMIT_MS), 6);
  CHECK_EQ(tenon_recv_all(taken, data, 6, NET_LIMIT_MS), 6);
  CHECK_MEM(data, "to you", 6);
  CHECK_EQ(tenon_recv(taken, data, 1, 30), TENON_ETIMEDOUT);
  CHECK_EQ(tenon_send(taken, "back", 4, TENON_FOREVER), 4);
  CHECK_EQ(tenon_recv_all(pair[0], data, 4, NET_LIMIT_MS), 4);
  CHECK_EQ(tenon_close(taken), 0);
  CHECK_EQ(tenon_recv(pair[0], data, 1, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_close(pair[0]), 0);
  CHECK_EQ(net_close2(channel[0], channel[1]), 0);
}

TEST(many_sockets_are_handed_over_in_their_order) {
  enum { MANY = 10 };
  tenon_sock channel[2], listeners[MANY];
  tenon_addr at[MANY], name;
  CHECK_EQ(tenon_socketpair(channel), 0);
  for (int i = 0; i < MANY; i++) {
    listeners[i] = net_listen(TENON_AF_INET, &at[i]);
    CHECK_EQ(tenon_hand_over(channel[0], self(), listeners[i], TENON_FOREVER), 0);
  }
  for (int i = 0; i < MANY; i++) {
    tenon_sock taken = tenon_take_over(channel[1], TENON_FOREVER);
    CHECK_OK(taken);
    CHECK_EQ(tenon_getsockname(taken, &name), 0);
    CHECK(tenon_addr_equal(&name, &at[i]));
    CHECK_EQ(tenon_accept(taken, NULL, 0), TENON_EAGAIN);
    CHECK_EQ(net_close2(taken, listeners[i]), 0);
  }
  CHECK_EQ(net_close2(channel[0], channel[1]), 0);
}

TEST(what_cannot_be_handed_over_says_why) {
  tenon_sock channel[2], datagrams = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0), file = support_open_file();
  CHECK_EQ(tenon_socketpair(channel), 0);
  CHECK_EQ(tenon_hand_over(channel[0], self(), file, 0), TENON_ENOTSOCK);
  CHECK_EQ(tenon_hand_over(channel[0], self(), support_closed_handle(), 0), TENON_EBADF);
  CHECK_EQ(tenon_hand_over(channel[0], self(), TENON_NO_SOCK, 0), TENON_EBADF);
  CHECK_EQ(tenon_hand_over(channel[0], 0, channel[0], 0), TENON_EINVAL);
  CHECK_EQ(tenon_hand_over(channel[0], self(), channel[0], -2), TENON_EINVAL);
  CHECK_EQ(tenon_hand_over(file, self(), channel[0], 0), TENON_ENOTSOCK);
  CHECK_EQ(tenon_hand_over(TENON_NO_SOCK, self(), channel[0], 0), TENON_EBADF);
  CHECK_EQ(tenon_hand_over(datagrams, self(), channel[0], 0), TENON_ENOTSUP);
  CHECK_EQ(tenon_take_over(datagrams, 0), TENON_ENOTSUP);
  CHECK_EQ(tenon_take_over(file, 0), TENON_ENOTSOCK);
  CHECK_EQ(tenon_take_over(TENON_NO_SOCK, 0), TENON_EBADF);
  CHECK_EQ(tenon_take_over(channel[0], -2), TENON_EINVAL);
  CHECK_EQ(tenon_close(channel[1]), 0);
  CHECK_EQ(tenon_take_over(channel[0], NET_LIMIT_MS), TENON_EPIPE);
  /* Windows would prepare the socket in the other process, here this one, before it finds that nobody takes it. */
  if (!support_is_windows()) CHECK_EQ(tenon_hand_over(channel[0], self(), datagrams, NET_LIMIT_MS), TENON_EPIPE);
  CHECK_EQ(net_close2(channel[0], datagrams), 0);
  support_close_file(file);
}

TEST(what_was_not_handed_over_is_not_taken) {
  tenon_sock channel[2];
  static const char junk[1024];
  CHECK_EQ(tenon_socketpair(channel), 0);
  CHECK_EQ(tenon_send(channel[0], junk, sizeof junk, NET_LIMIT_MS), sizeof junk);
  CHECK_EQ(tenon_take_over(channel[1], NET_LIMIT_MS), TENON_EPROTO);
  CHECK_EQ(net_close2(channel[0], channel[1]), 0);
}

TEST(a_waker_ends_waiting_for_a_socket_to_be_handed_over) {
  tenon_sock channel[2];
  tenon_waker waker;
  CHECK_EQ(tenon_socketpair(channel), 0);
  CHECK_EQ(tenon_waker_open(&waker), 0);
  CHECK_EQ(tenon_waker_wake(&waker), 0);
  tenon_cancel_on(&waker);
  tenon_sock taken = tenon_take_over(channel[1], TENON_FOREVER);
  tenon_cancel_on(NULL);
  CHECK_EQ(taken, TENON_ECANCELED);
  CHECK_EQ(tenon_waker_close(&waker), 0);
  CHECK_EQ(net_close2(channel[0], channel[1]), 0);
}

/* D010 */
TEST(a_handle_is_inherited_on_request_alone) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0), file = support_open_file();
  CHECK(!support_inheritable(s));
  CHECK_EQ(tenon_set_inheritable(s, 1), 0);
  CHECK(support_inheritable(s));
  CHECK_EQ(tenon_set_inheritable(s, 0), 0);
  CHECK(!support_inheritable(s));
  CHECK_EQ(tenon_set_inheritable(file, 1), TENON_ENOTSOCK);
  support_close_file(file);
  CHECK_EQ(tenon_close(s), 0);
  CHECK_EQ(tenon_set_inheritable(s, 1), TENON_EBADF);
}

/* Sockets of other kinds, where the system has them. */
TEST(what_is_no_stream_or_datagram_socket_is_neither_adopted_nor_taken_over) {
  tenon_sock odd, channel[2];
  for (int i = 0; (odd = support_open_odd_socket(i)) >= 0; i++) {
    int adopted = tenon_adopt(odd), given, taken = TENON_EPROTO;
    CHECK_EQ(tenon_socketpair(channel), 0);
    given = tenon_hand_over(channel[0], self(), odd, NET_LIMIT_MS);
    if (given == 0) taken = (int)tenon_take_over(channel[1], NET_LIMIT_MS);
    tenon_close(odd);
    CHECK(adopted == TENON_EAFNOSUPPORT || adopted == TENON_ESOCKTNOSUPPORT);
    CHECK_EQ(taken, TENON_EPROTO);
    CHECK_EQ(net_close2(channel[0], channel[1]), 0);
  }
}
