/* attempt_test.c - connects that were begun: what calls say that come before anybody has asked for the outcome.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/message.h"
#include "tenon/urgent.h"

/* A stream whose connect has ended. */
static tenon_sock begin(const tenon_addr *peer) {
  tenon_sock s = tenon_socket(peer->family, TENON_SOCK_STREAM, 0);
  tenon_pollfd item = {s, TENON_POLLOUT, 0};
  int result = tenon_connect(s, peer, 0);
  int is_begun = result == 0 || result == TENON_EINPROGRESS;
  if (!is_begun || tenon_poll(&item, 1, NET_LIMIT_MS) != 1) return TENON_EIO;
  return s;
}

/* D029 */
TEST(a_connect_that_was_made_meanwhile_is_not_begun_again) {
  tenon_addr at;
  tenon_sock listener = net_listen(TENON_AF_INET, &at), s = begin(&at);
  CHECK_OK(s);
  CHECK_EQ(tenon_connect(s, &at, 0), TENON_EISCONN);
  CHECK_EQ(tenon_connect(s, &at, NET_LIMIT_MS), TENON_EISCONN);
  CHECK_EQ(tenon_native_error(), 0);
  CHECK_EQ(tenon_connect_result(s, 0), 0);
  CHECK_EQ(tenon_connect_result(s, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_connect(s, &at, 0), TENON_EISCONN);
  CHECK_EQ(net_close2(s, listener), 0);
}

/* D030: Windows and Wine 10 name the peer of a pending connect. */
TEST(a_pending_connect_is_no_connection) {
  static net_full full;
  tenon_addr peer;
  unsigned char urgent;
  CHECK_EQ(net_fill(&full, TENON_AF_INET), 0);
  CHECK_EQ(tenon_getpeername(full.pending, &peer), TENON_ENOTCONN);
  CHECK_EQ(tenon_shutdown(full.pending, TENON_SHUT_WR), TENON_ENOTCONN);
  CHECK_EQ(tenon_recv_urgent(full.pending, &urgent), TENON_ENOTCONN);
  CHECK_EQ(tenon_connect_result(full.pending, 0), TENON_EINPROGRESS);
  CHECK_EQ(tenon_connect(full.pending, &full.at, 0), TENON_EALREADY);
  net_empty(&full);
}

/* Such a connection is as silent as a pending connect. */
TEST(a_connection_that_takes_no_more_is_one) {
  static char data[1 << 16];
  tenon_addr peer;
  tenon_sock pair[2];
  ptrdiff_t sent;
  CHECK_EQ(net_pair(pair), 0);
  while ((sent = tenon_send(pair[0], data, sizeof data, 0)) > 0) continue;
  CHECK_EQ(sent, TENON_EAGAIN);
  CHECK_EQ(tenon_getpeername(pair[0], &peer), 0);
  CHECK_EQ(tenon_connect(pair[0], &peer, 0), TENON_EISCONN);
  CHECK_EQ(tenon_connect_result(pair[0], 0), 0);
  CHECK_EQ(tenon_shutdown(pair[0], TENON_SHUT_WR), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(a_datagram_socket_may_be_connected_again) {
  tenon_addr at, elsewhere, here, peer;
  tenon_sock s = net_datagrams(TENON_AF_INET, &here), one = net_datagrams(TENON_AF_INET, &at);
  tenon_sock other = net_datagrams(TENON_AF_INET, &elsewhere);
  CHECK_EQ(tenon_connect(s, &at, 0), 0);
  CHECK_EQ(tenon_connect(s, &elsewhere, 0), 0);
  CHECK_EQ(tenon_connect(s, &at, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_getpeername(s, &peer), 0);
  CHECK(tenon_addr_equal(&peer, &at));
  CHECK_EQ(net_close2(one, other), 0);
  CHECK_EQ(tenon_close(s), 0);
}

/* ---- Refused ------------------------------------------------------------------------------------------------------ */

static char byte;
static tenon_buffer buffer = {&byte, 1};

static intptr_t receive(tenon_sock s) {
  return tenon_recv(s, &byte, 1, NET_LIMIT_MS);
}

static intptr_t receive_forever(tenon_sock s) {
  return tenon_recv(s, &byte, 1, TENON_FOREVER);
}

static intptr_t receive_at_once(tenon_sock s) {
  return tenon_recv(s, &byte, 1, 0);
}

static intptr_t receive_all(tenon_sock s) {
  return tenon_recv_all(s, &byte, 1, NET_LIMIT_MS);
}

static intptr_t look_ahead(tenon_sock s) {
  return tenon_peek(s, &byte, 1, NET_LIMIT_MS);
}

static intptr_t receive_from(tenon_sock s) {
  return tenon_recvfrom(s, &byte, 1, NULL, NET_LIMIT_MS);
}

static intptr_t receive_vector(tenon_sock s) {
  return tenon_recvv(s, &buffer, 1, NET_LIMIT_MS);
}

static intptr_t receive_message(tenon_sock s) {
  tenon_message message = {.buffers = &buffer, .count = 1};
  return tenon_recvmsg(s, &message, NET_LIMIT_MS);
}

static intptr_t send_some(tenon_sock s) {
  return tenon_send(s, "x", 1, NET_LIMIT_MS);
}

static intptr_t send_forever(tenon_sock s) {
  return tenon_send(s, "x", 1, TENON_FOREVER);
}

static intptr_t send_at_once(tenon_sock s) {
  return tenon_send(s, "x", 1, 0);
}

static intptr_t send_to(tenon_sock s) {
  return tenon_sendto(s, "x", 1, NULL, NET_LIMIT_MS);
}

static intptr_t send_vector(tenon_sock s) {
  return tenon_sendv(s, &buffer, 1, TENON_FOREVER);
}

static intptr_t send_message(tenon_sock s) {
  tenon_message message = {.buffers = &buffer, .count = 1};
  return tenon_sendmsg(s, &message, NET_LIMIT_MS);
}

static intptr_t ask_for_result(tenon_sock s) {
  return tenon_connect_result(s, NET_LIMIT_MS);
}

static intptr_t ask_for_error(tenon_sock s) {
  int value = 0, result = tenon_getsockopt(s, TENON_OPT_ERROR, &value);
  return result < 0 ? result : value;
}

#define CALL(name) \
  { #name, name }
static const struct {
  const char *name;
  intptr_t (*call)(tenon_sock s);
} calls[] = {
    CALL(ask_for_result),  CALL(ask_for_error),   CALL(receive),     CALL(receive_forever),
    CALL(receive_at_once), CALL(receive_all),     CALL(look_ahead),  CALL(receive_from),
    CALL(receive_vector),  CALL(receive_message), CALL(send_some),   CALL(send_forever),
    CALL(send_at_once),    CALL(send_to),         CALL(send_vector), CALL(send_message),
};
enum { CALLS = sizeof calls / sizeof *calls };

TEST(a_refused_connect_is_told_to_the_first_who_comes) {
  tenon_addr nobody = net_refusing(TENON_AF_INET);
  for (int i = 0; i < CALLS; i++) {
    tenon_sock s = begin(&nobody);
    check_note(calls[i].name);
    CHECK_OK(s);
    CHECK_EQ(calls[i].call(s), TENON_ECONNREFUSED);
    CHECK(tenon_native_error() != 0 || i == 1);
    CHECK_EQ(tenon_close(s), 0);
  }
}

static int is_no_connection(intptr_t result) {
  return result == TENON_ECONNREFUSED || result == TENON_ENOTCONN;
}

/* Where a connection was, there would be its end. D030 */
TEST(a_refused_connect_never_looks_like_an_end) {
  tenon_addr nobody = net_refusing(TENON_AF_INET);
  for (int first = 0; first < CALLS; first++) {
    check_note(calls[first].name);
    for (int i = 0; i < CALLS; i++) {
      tenon_sock s = begin(&nobody);
      CHECK_OK(s);
      calls[first].call(s);
      CHECK(i == 1 || is_no_connection(calls[i].call(s)));
      CHECK(is_no_connection(receive(s)) && is_no_connection(send_some(s)));
      CHECK_EQ(tenon_close(s), 0);
    }
  }
}

TEST(a_connect_that_waited_and_was_refused_never_looks_like_an_end) {
  static const int limits[] = {NET_LIMIT_MS, TENON_FOREVER};
  tenon_addr nobody = net_refusing(TENON_AF_INET);
  for (int i = 0; i < 2; i++) {
    tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
    CHECK_EQ(tenon_connect(s, &nobody, limits[i]), TENON_ECONNREFUSED);
    CHECK(is_no_connection(receive(s)));
    CHECK(is_no_connection(send_some(s)));
    CHECK(is_no_connection(tenon_connect_result(s, 0)));
    CHECK_EQ(tenon_close(s), 0);
  }
}

TEST(what_refused_a_datagram_leaves_its_socket_connected) {
  tenon_addr dead, here, peer;
  tenon_sock s = net_datagrams(TENON_AF_INET, &here);
  tenon_close(net_datagrams(TENON_AF_INET, &dead));
  CHECK_EQ(tenon_connect(s, &dead, NET_LIMIT_MS), 0);
  for (int i = 0; i < 3; i++) {
    ptrdiff_t sent = tenon_send(s, "x", 1, NET_LIMIT_MS);
    CHECK(sent == 1 || sent == TENON_ECONNREFUSED);
    ask_for_error(s);
    ptrdiff_t received = tenon_recv(s, &byte, 1, 20);
    CHECK(received == TENON_ECONNREFUSED || received == TENON_ECONNRESET || received == TENON_ETIMEDOUT);
    CHECK_EQ(tenon_getpeername(s, &peer), 0);
    CHECK(tenon_addr_equal(&peer, &dead));
  }
  CHECK_EQ(tenon_close(s), 0);
}
