/* refused_test.c - connected datagram sockets whose peer is gone: what becomes of the datagrams that follow.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/message.h"

static const int limits[] = {TENON_FOREVER, NET_LIMIT_MS, 0};

/* An address at which nobody is. */
static tenon_addr nobody(void) {
  tenon_addr at;
  tenon_close(net_datagrams(TENON_AF_INET, &at));
  return at;
}

enum { SEND, SENDTO, SENDTO_PEER, SENDV, SENDMSG, SENDMSGS, WAYS };

/* Sends the byte to the peer: 1, or the failure. */
static ptrdiff_t send_by(int way, tenon_sock s, const tenon_addr *peer, char byte, int timeout_ms) {
  const tenon_buffer parts[] = {{&byte, 1}, {NULL, 0}};
  const tenon_message message = {.buffers = parts, .count = 2};
  switch (way) {
    case SEND: return tenon_send(s, &byte, 1, timeout_ms);
    case SENDTO: return tenon_sendto(s, &byte, 1, NULL, timeout_ms);
    case SENDTO_PEER: return tenon_sendto(s, &byte, 1, peer, timeout_ms);
    case SENDV: return tenon_sendv(s, parts, 2, timeout_ms);
    case SENDMSG: return tenon_sendmsg(s, &message, timeout_ms);
    default: return tenon_sendmsgs(s, &message, 1, timeout_ms);
  }
}

static int next_byte(tenon_sock s) {
  char byte = 0;
  ptrdiff_t size = tenon_recvfrom(s, &byte, 1, NULL, NET_LIMIT_MS);
  return size < 0 ? (int)size : byte;
}

/* D082 D083: the system reports it to the next send and does not send that one's datagram. */
TEST(no_datagram_is_lost_to_the_refusal_of_an_earlier_one) {
  static const char *const names[WAYS] = {"send", "sendto", "sendto peer", "sendv", "sendmsg", "sendmsgs"};
  for (int i = 0; i < WAYS * 3; i++) {
    int way = i / 3, timeout_ms = limits[i % 3];
    tenon_addr dead = nobody();
    tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0),
               peer = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
    check_note(names[way]);
    CHECK_EQ(tenon_connect(s, &dead, timeout_ms), 0);
    for (int k = 0; k < 3; k++) CHECK_EQ(send_by(way, s, &dead, 'x', timeout_ms), 1);
    CHECK_EQ(tenon_bind(peer, &dead), 0);
    CHECK_EQ(send_by(way, s, &dead, (char)('a' + i), timeout_ms), 1);
    CHECK_EQ(next_byte(peer), 'a' + i);
    CHECK_EQ(net_close2(s, peer), 0);
  }
  check_note(NULL);
}

/* Without a limit a connect does not ask whether there was a peer. */
TEST(a_socket_that_is_connected_again_knows_nothing_of_the_peer_before) {
  for (int i = 1; i < 3; i++) {
    tenon_addr dead = nobody(), at;
    char byte = 0;
    tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0), peer = net_datagrams(TENON_AF_INET, &at);
    CHECK_EQ(tenon_connect(s, &dead, limits[i]), 0);
    CHECK_EQ(tenon_send(s, "x", 1, limits[i]), 1);
    CHECK_EQ(tenon_connect(s, &at, limits[i]), 0);
    tenon_pollfd item = {s, TENON_POLLIN, 0};
    CHECK_EQ(tenon_poll(&item, 1, 50), 0);
    CHECK_EQ(tenon_recv(s, &byte, 1, 0), TENON_EAGAIN);
    CHECK_EQ(tenon_send(s, "y", 1, limits[i]), 1);
    CHECK_EQ(next_byte(peer), 'y');
    CHECK_EQ(net_close2(s, peer), 0);
  }
}

TEST(the_result_of_a_connect_is_none_of_a_datagrams_refusal) {
  tenon_addr dead = nobody();
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  CHECK_EQ(tenon_connect_result(s, 0), TENON_ENOTCONN);
  CHECK_EQ(tenon_connect(s, &dead, 0), 0);
  CHECK_EQ(tenon_send(s, "x", 1, 0), 1);
  CHECK_EQ(tenon_connect_result(s, 0), 0);
  CHECK_EQ(tenon_connect_result(s, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(a_datagram_socket_may_be_its_own_peer) {
  tenon_addr at;
  tenon_sock s = net_datagrams(TENON_AF_INET, &at);
  for (int i = 0; i < 3; i++) {
    CHECK_EQ(tenon_connect(s, &at, limits[i]), 0);
    CHECK_EQ(tenon_send(s, "s", 1, limits[i]), 1);
    CHECK_EQ(next_byte(s), 's');
  }
  CHECK_EQ(tenon_close(s), 0);
}

/* Wine 10 lets a datagram socket connect to a broadcast address, where Windows documents WSAEACCES. */
static int connects_to_broadcast(const tenon_addr *broadcast) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  int result = tenon_connect(s, broadcast, 0);
  tenon_close(s);
  return result == 0 && support_is_wine();
}

/* Each failure has one name, and the peer before stays. */
TEST(a_datagram_connect_that_fails_leaves_the_peer_as_it_was) {
  static const struct {
    const char *peer;
    int code;
  } rows[] = {{"[::1]:9", TENON_EAFNOSUPPORT}, {"127.0.0.1:0", TENON_EINVAL}, {"127.255.255.255:9", TENON_EACCES}};
  tenon_addr at, to, peer;
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0), fresh, receiver = net_datagrams(TENON_AF_INET, &at);
  CHECK_EQ(tenon_connect(s, &at, NET_LIMIT_MS), 0);
  for (int i = 0; i < 9; i++) {
    check_note(rows[i / 3].peer);
    CHECK_EQ(tenon_addr_parse(&to, rows[i / 3].peer), 0);
    if (rows[i / 3].code == TENON_EACCES && connects_to_broadcast(&to)) continue;
    CHECK_EQ(tenon_connect(s, &to, limits[i % 3]), rows[i / 3].code);
    CHECK_EQ(tenon_getpeername(s, &peer), 0);
    CHECK(tenon_addr_equal(&peer, &at));
    CHECK_EQ(tenon_connect_result(s, 0), 0);
    CHECK_EQ(tenon_send(s, "z", 1, limits[i % 3]), 1);
    CHECK_EQ(next_byte(receiver), 'z');
    fresh = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
    CHECK_EQ(tenon_connect(fresh, &to, limits[i % 3]), rows[i / 3].code);
    CHECK_EQ(tenon_getpeername(fresh, &peer), TENON_ENOTCONN);
    CHECK_EQ(tenon_connect_result(fresh, 0), TENON_ENOTCONN);
    CHECK_EQ(tenon_send(fresh, "z", 1, limits[i % 3]), TENON_EDESTADDRREQ);
    CHECK_EQ(tenon_close(fresh), 0);
  }
  check_note(NULL);
  CHECK_EQ(net_close2(s, receiver), 0);
}
