/* datagram_error_test.c - what is wrong with a datagram, or with the socket; and streams, which have none.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/message.h"

static tenon_sock open_of_type(int family, int type) {
  return tenon_socket(family, type, 0);
}

TEST(a_datagram_needs_an_address) {
  tenon_sock fresh = open_of_type(TENON_AF_INET, TENON_SOCK_DGRAM),
             bound = open_of_type(TENON_AF_INET, TENON_SOCK_DGRAM);
  tenon_addr local = tenon_addr_loopback(TENON_AF_INET, 0);
  CHECK_EQ(tenon_bind(bound, &local), 0);
  CHECK_EQ(tenon_sendto(fresh, "x", 1, NULL, NET_LIMIT_MS), TENON_EDESTADDRREQ);
  CHECK_EQ(tenon_sendto(bound, "x", 1, NULL, TENON_FOREVER), TENON_EDESTADDRREQ);
  CHECK_EQ(tenon_sendto(bound, NULL, 0, NULL, 0), TENON_EDESTADDRREQ);
  CHECK(tenon_native_error() != 0);
  CHECK_EQ(net_close2(fresh, bound), 0);
}

TEST(addresses_that_no_datagram_can_be_sent_to_are_named) {
  tenon_addr six = tenon_addr_loopback(TENON_AF_INET6, 9), nothing = tenon_addr_any(TENON_AF_UNSPEC, 9);
  tenon_addr no_port = tenon_addr_loopback(TENON_AF_INET, 0), all, all_here;
  CHECK_EQ(tenon_addr_parse(&all, "255.255.255.255:9"), 0);
  CHECK_EQ(tenon_addr_parse(&all_here, "127.255.255.255:9"), 0);
  tenon_sock s = open_of_type(TENON_AF_INET, TENON_SOCK_DGRAM);
  CHECK_EQ(tenon_sendto(s, "x", 1, &six, NET_LIMIT_MS), TENON_EAFNOSUPPORT);
  CHECK_EQ(tenon_sendto(s, "x", 1, &nothing, NET_LIMIT_MS), TENON_EAFNOSUPPORT);
  CHECK_EQ(tenon_sendto(s, "x", 1, &no_port, TENON_FOREVER), TENON_EINVAL);
  CHECK_EQ(tenon_native_error(), 0);
  ptrdiff_t sent = tenon_sendto(s, "x", 1, &all, NET_LIMIT_MS);
  CHECK(sent == TENON_EACCES || sent == TENON_ENETUNREACH); /* without any network but loopback */
  CHECK_EQ(tenon_sendto(s, "x", 1, &all_here, 0), TENON_EACCES);
  CHECK_EQ(tenon_close(s), 0);
}

/* Nothing has arrived on the stream, so a call that looked at it would wait for ever. */
TEST(on_a_stream_datagram_calls_for_no_bytes_do_not_look_at_it) {
  static const int limits[] = {0, NET_LIMIT_MS, TENON_FOREVER};
  tenon_sock pair[2];
  tenon_addr from;
  CHECK_EQ(net_pair(pair), 0);
  for (int i = 0; i < 3; i++) {
    tenon_message message = {.buffers = NULL, .count = 0};
    CHECK_EQ(tenon_recvfrom(pair[0], NULL, 0, &from, limits[i]), 0);
    CHECK_EQ(from.family, TENON_AF_UNSPEC);
    CHECK_EQ(tenon_recvmsg(pair[0], &message, limits[i]), 0);
    CHECK_EQ(message.fields, 0);
    CHECK_EQ(tenon_sendto(pair[0], NULL, 0, NULL, limits[i]), 0);
    CHECK_EQ(tenon_sendmsg(pair[0], &message, limits[i]), 0);
  }
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(arguments_of_datagram_calls_that_make_no_sense_are_refused) {
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 9), from;
  char byte = 0;
  tenon_sock s = open_of_type(TENON_AF_INET, TENON_SOCK_DGRAM);
  CHECK_EQ(tenon_sendto(s, NULL, 1, &at, 0), TENON_EINVAL);
  CHECK_EQ(tenon_sendto(s, &byte, SIZE_MAX, &at, 0), TENON_EINVAL);
  CHECK_EQ(tenon_sendto(s, &byte, 1, &at, -2), TENON_EINVAL);
  CHECK_EQ(tenon_recvfrom(s, NULL, 1, &from, 0), TENON_EINVAL);
  CHECK_EQ(tenon_recvfrom(s, &byte, (size_t)PTRDIFF_MAX + 1, &from, 0), TENON_EINVAL);
  CHECK_EQ(tenon_recvfrom(s, &byte, 1, &from, INT_MIN), TENON_EINVAL);
  CHECK_EQ(tenon_native_error(), 0);
  CHECK_EQ(tenon_close(s), 0);
}

/* All four ways to use a handle with datagrams give this code. */
static int all_give(tenon_sock s, ptrdiff_t code) {
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 9), from;
  char byte = 0;
  return tenon_sendto(s, &byte, 1, &at, NET_LIMIT_MS) == code && tenon_sendto(s, &byte, 1, NULL, 0) == code &&
         tenon_recvfrom(s, &byte, 1, &from, TENON_FOREVER) == code && tenon_recvfrom(s, NULL, 0, NULL, 0) == code;
}

TEST(datagram_calls_tell_bad_handles_from_files) {
  tenon_sock file = support_open_file(), pipe = support_open_pipe();
  CHECK(all_give(TENON_NO_SOCK, TENON_EBADF));
  CHECK(all_give(INTPTR_MIN, TENON_EBADF));
  CHECK(all_give(support_closed_handle(), TENON_EBADF));
  int is_file_told = all_give(file, TENON_ENOTSOCK), is_pipe_told = all_give(pipe, TENON_ENOTSOCK);
  support_close_file(file);
  support_close_file(pipe);
  CHECK(is_file_told);
  CHECK(is_pipe_told);
}

/* ---- Streams ----------------------------------------------------------------------------------------------------- */

/* D090 */
TEST(on_a_stream_datagram_calls_send_and_receive) {
  tenon_sock pair[2];
  tenon_addr peer, other = tenon_addr_loopback(TENON_AF_INET, 1), from = other;
  char data[8];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_getpeername(pair[0], &peer), 0);
  CHECK_EQ(tenon_recvfrom(pair[1], data, sizeof data, &from, 0), TENON_EAGAIN);
  CHECK_EQ(tenon_recvfrom(pair[1], data, sizeof data, &from, 20), TENON_ETIMEDOUT);
  CHECK_EQ(tenon_sendto(pair[0], "abc", 3, NULL, NET_LIMIT_MS), 3);
  CHECK_EQ(tenon_sendto(pair[0], "def", 3, &peer, TENON_FOREVER), 3);
  CHECK_EQ(tenon_sendto(pair[0], "ghi", 3, &other, 0), TENON_EISCONN);
  CHECK_EQ(tenon_recvfrom(pair[1], data, 2, &from, NET_LIMIT_MS), 2);
  CHECK_EQ(from.family, TENON_AF_UNSPEC);
  CHECK_EQ(tenon_recvfrom(pair[1], NULL, 0, &from, TENON_FOREVER), 0);
  CHECK_EQ(tenon_recv_all(pair[1], data, 4, NET_LIMIT_MS), 4);
  CHECK_MEM(data, "cdef", 4);
  CHECK_EQ(tenon_shutdown(pair[0], TENON_SHUT_WR), 0);
  CHECK_EQ(tenon_recvfrom(pair[1], data, sizeof data, NULL, TENON_FOREVER), 0);
  CHECK_EQ(tenon_recvfrom(pair[1], data, sizeof data, NULL, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_sendto(pair[0], "x", 1, NULL, 0), TENON_EPIPE);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(datagram_calls_see_a_stream_break) {
  tenon_sock pair[2];
  char byte;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(net_reset(pair[1]), 0);
  CHECK_EQ(tenon_recvfrom(pair[0], &byte, 1, NULL, NET_LIMIT_MS), TENON_ECONNRESET);
  CHECK_EQ(tenon_sendto(pair[0], "x", 1, NULL, NET_LIMIT_MS), TENON_EPIPE);
  CHECK_EQ(tenon_close(pair[0]), 0);
}

TEST(datagram_calls_need_a_stream_that_is_connected) {
  tenon_addr at;
  char byte = 0;
  tenon_sock fresh = open_of_type(TENON_AF_INET, TENON_SOCK_STREAM), listener = net_listen(TENON_AF_INET, &at);
  CHECK_EQ(tenon_recvfrom(fresh, &byte, 1, NULL, NET_LIMIT_MS), TENON_ENOTCONN);
  CHECK_EQ(tenon_sendto(fresh, &byte, 1, NULL, NET_LIMIT_MS), TENON_ENOTCONN);
  CHECK_EQ(tenon_sendto(fresh, &byte, 1, &at, NET_LIMIT_MS), TENON_ENOTCONN);
  CHECK_EQ(tenon_recvfrom(listener, &byte, 1, NULL, TENON_FOREVER), TENON_ENOTCONN);
  CHECK_EQ(net_close2(fresh, listener), 0);
}

enum { BIG_MESSAGE = 8 << 20 };
static unsigned char message[BIG_MESSAGE];

/* D084: on a stream some systems send such a size in pieces. A datagram is never cut. */
TEST(a_datagram_that_is_larger_than_any_piece_is_refused) {
  static const size_t sizes[] = {1 << 20, (1 << 20) + 1, BIG_MESSAGE};
  static const int limits[] = {0, NET_LIMIT_MS, TENON_FOREVER};
  tenon_addr at;
  char byte;
  tenon_sock receiver = net_datagrams(TENON_AF_INET, &at), s = open_of_type(TENON_AF_INET, TENON_SOCK_DGRAM);
  for (int i = 0; i < 9; i++) {
    size_t size = sizes[i / 3];
    tenon_buffer parts[] = {{message, size - 1}, {message, 1}};
    tenon_message m = {.buffers = parts, .count = 2, .fields = TENON_MESSAGE_PEER, .peer = at};
    CHECK_EQ(tenon_sendto(s, message, size, &at, limits[i % 3]), TENON_EMSGSIZE);
    CHECK_EQ(tenon_sendmsg(s, &m, limits[i % 3]), TENON_EMSGSIZE);
  }
  CHECK_EQ(tenon_connect(s, &at, TENON_FOREVER), 0);
  for (int i = 0; i < 9; i++) {
    tenon_buffer parts[] = {{message, 1}, {message, sizes[i / 3] - 1}};
    CHECK_EQ(tenon_send(s, message, sizes[i / 3], limits[i % 3]), TENON_EMSGSIZE);
    CHECK_EQ(tenon_sendv(s, parts, 2, limits[i % 3]), TENON_EMSGSIZE);
  }
  CHECK_EQ(tenon_recvfrom(receiver, &byte, 1, NULL, 0), TENON_EAGAIN);
  CHECK_EQ(net_close2(receiver, s), 0);
}

static void count_all(void *argument) {
  static unsigned char data[1 << 16];
  ptrdiff_t n, *count = argument;
  tenon_sock s = (tenon_sock)*count;
  for (*count = 0; (n = tenon_recv(s, data, sizeof data, NET_LIMIT_MS)) > 0;) *count += n;
}

/* D073 */
TEST(on_a_stream_a_large_message_is_sent_whole) {
  static support_thread thread;
  static ptrdiff_t received;
  static const int limits[] = {TENON_FOREVER, 20000};
  for (int i = 0; i < 2; i++) {
    tenon_sock pair[2];
    CHECK_EQ(net_pair(pair), 0);
    received = pair[1];
    ptrdiff_t some = tenon_sendto(pair[0], message, BIG_MESSAGE, NULL, 0);
    CHECK(some > 0 && some < BIG_MESSAGE);
    CHECK_EQ(support_thread_start(&thread, count_all, &received), 0);
    ptrdiff_t sent = tenon_sendto(pair[0], message, BIG_MESSAGE, NULL, limits[i]);
    tenon_shutdown(pair[0], TENON_SHUT_WR);
    support_thread_join(&thread);
    CHECK_EQ(sent, BIG_MESSAGE);
    CHECK_EQ(received, some + BIG_MESSAGE);
    CHECK_EQ(net_close2(pair[0], pair[1]), 0);
  }
}

TEST(plain_sending_without_a_peer_wants_a_destination) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  const int limits[] = {0, NET_LIMIT_MS, TENON_FOREVER};
  for (int i = 0; i < 3; i++) CHECK_EQ(tenon_send(s, "x", 1, limits[i]), TENON_EDESTADDRREQ);
  CHECK_EQ(tenon_close(s), 0);
}

/* D186. Linux has a queue of errors for who asks for it; whatever is in there would end each wait at once. */
TEST(an_adopted_datagram_socket_waits_although_its_errors_were_reported_apart) {
  static const int families[] = {TENON_AF_INET, TENON_AF_INET6};
  char byte;
  for (int i = 0; i < 1 + tenon_supports(TENON_SUPPORTS_IPV6); i++) {
    tenon_addr at, nobody;
    tenon_sock s = net_datagrams(families[i], &at), gone = net_datagrams(families[i], &nobody);
    CHECK_OK(s);
    CHECK_EQ(tenon_close(gone), 0);
    support_set_reporting(s);
    for (int round = 0; round < 2; round++) {
      for (int k = 0; k < 4; k++) CHECK_EQ(tenon_sendto(s, "x", 1, &nobody, NET_LIMIT_MS), 1);
      tenon_pollfd item = {s, TENON_POLLIN, 0};
      if (round == 0) CHECK_EQ(tenon_adopt(s), 0);
      CHECK_EQ(tenon_poll(&item, 1, 40), 0);
      CHECK_EQ(tenon_recvfrom(s, &byte, 1, NULL, 40), TENON_ETIMEDOUT);
    }
    CHECK_EQ(tenon_sendto(s, "y", 1, &at, NET_LIMIT_MS), 1);
    CHECK_EQ(tenon_recvfrom(s, &byte, 1, NULL, NET_LIMIT_MS), 1);
    CHECK_EQ(tenon_close(s), 0);
  }
}
