/* datagram_test.c - datagrams: sizes, senders, limits, and the network's answers.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check.h"
#include "net.h"
#include "receiving.h"
#include "support.h"
#include "tenon/message.h"

enum { LARGEST = 65507 }; /* what IPv4 leaves of 65,535 bytes */

static unsigned char large[LARGEST + 1];

static tenon_sock open_datagram(int family) {
  return tenon_socket(family, TENON_SOCK_DGRAM, 0);
}

/* A loopback address where nobody listens for datagrams. */
static tenon_addr nobody(void) {
  tenon_addr at;
  tenon_close(net_datagrams(TENON_AF_INET, &at));
  return at;
}

static ptrdiff_t send_text(tenon_sock s, const char *text, const tenon_addr *to) {
  return tenon_sendto(s, text, strlen(text), to, NET_LIMIT_MS);
}

/* 1 if this is the next datagram, and its sender this one unless NULL. */
static int comes_next(tenon_sock s, const char *text, const tenon_addr *sender) {
  char data[64];
  tenon_addr from;
  ptrdiff_t n = tenon_recvfrom(s, data, sizeof data, &from, NET_LIMIT_MS);
  if (n != (ptrdiff_t)strlen(text) || memcmp(data, text, strlen(text)) != 0) return 0;
  return !sender || tenon_addr_equal(&from, sender);
}

static int is_silent(tenon_sock s) {
  char byte;
  return tenon_recvfrom(s, &byte, 1, NULL, 0) == TENON_EAGAIN;
}

/* ---- There and back ---------------------------------------------------------------------------------------------- */

static void check_exchange(int family) {
  tenon_addr here, there;
  tenon_sock a = net_datagrams(family, &here), b = net_datagrams(family, &there);
  check_equal(CHECK_HERE, "sendto", "3", send_text(a, "one", &there), 3);
  check_true(CHECK_HERE, "it arrives and tells who sent it", comes_next(b, "one", &here));
  check_equal(CHECK_HERE, "sendto", "6", send_text(b, "answer", &here), 6);
  check_true(CHECK_HERE, "so does the answer", comes_next(a, "answer", &there));
  check_true(CHECK_HERE, "there is no more", is_silent(a) && is_silent(b));
  check_equal(CHECK_HERE, "close", "0", net_close2(a, b), 0);
}

TEST(a_datagram_arrives_and_tells_its_sender) {
  check_exchange(TENON_AF_INET);
}

TEST(a_datagram_over_ipv6_arrives_and_tells_its_sender) {
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  check_exchange(TENON_AF_INET6);
}

TEST(an_ipv6_socket_exchanges_datagrams_with_ipv4) {
  if (!tenon_supports(TENON_SUPPORTS_DUALSTACK)) SKIP("no IPv6");
  tenon_addr at, here = tenon_addr_any(TENON_AF_INET6, 0);
  tenon_sock four = net_datagrams(TENON_AF_INET, &at), six = open_datagram(TENON_AF_INET6);
  CHECK_EQ(tenon_bind(six, &here), 0);
  CHECK_EQ(tenon_getsockname(six, &here), 0);
  tenon_addr seen = tenon_addr_loopback(TENON_AF_INET, here.port);
  CHECK_EQ(send_text(six, "mapped", &at), 6);
  CHECK(comes_next(four, "mapped", &seen));
  CHECK_EQ(send_text(four, "plain", &seen), 5);
  CHECK(comes_next(six, "plain", &at));
  CHECK_EQ(net_close2(four, six), 0);
}

TEST(the_unspecified_address_sends_to_this_host) {
  tenon_addr at;
  tenon_sock a = open_datagram(TENON_AF_INET), b = net_datagrams(TENON_AF_INET, &at);
  tenon_addr any = tenon_addr_any(TENON_AF_INET, at.port);
  CHECK_EQ(send_text(a, "any", &any), 3);
  CHECK(comes_next(b, "any", NULL));
  CHECK_EQ(net_close2(a, b), 0);
}

/* ---- Sizes ------------------------------------------------------------------------------------------------------- */

TEST(empty_datagrams_are_datagrams_too) {
  tenon_addr at, here, from = tenon_addr_any(TENON_AF_UNSPEC, 0);
  char byte;
  tenon_sock a = net_datagrams(TENON_AF_INET, &here), b = net_datagrams(TENON_AF_INET, &at);
  CHECK_EQ(tenon_sendto(a, NULL, 0, &at, TENON_FOREVER), 0);
  CHECK_EQ(send_text(a, "x", &at), 1);
  CHECK_EQ(tenon_sendto(a, "", 0, &at, 0), 0);
  CHECK_EQ(tenon_recvfrom(b, NULL, 0, &from, NET_LIMIT_MS), 0);
  CHECK(tenon_addr_equal(&from, &here));
  CHECK(comes_next(b, "x", &here));
  CHECK_EQ(tenon_recvfrom(b, &byte, 1, &from, TENON_FOREVER), 0);
  CHECK(tenon_addr_equal(&from, &here));
  CHECK(is_silent(b));
  CHECK_EQ(net_close2(a, b), 0);
}

/* D075: The socket has no peer, and a larger datagram follows. */
TEST(an_empty_datagram_is_received_by_every_call) {
  tenon_addr at, here;
  char data[8];
  tenon_sock a = net_datagrams(TENON_AF_INET, &here), b = net_datagrams(TENON_AF_INET, &at);
  for (int i = 0; i < 2 * RECEIVING_CALLS; i++) {
    check_note(receiving_calls[i / 2].name);
    CHECK_EQ(send_text(a, "", &at), 0);
    CHECK_EQ(send_text(a, "next", &at), 4);
    CHECK_EQ(receiving_calls[i / 2].receive(b, data, sizeof data, i % 2 ? NET_LIMIT_MS : TENON_FOREVER), 0);
    if (i < 2) CHECK(comes_next(b, "", &here));
    CHECK(comes_next(b, "next", &here));
  }
  CHECK_EQ(net_close2(a, b), 0);
}

TEST(sending_nothing_to_the_peer_sends_an_empty_datagram) {
  tenon_addr at, here;
  tenon_buffer nothing[2] = {{NULL, 0}, {large, 0}};
  tenon_sock s = net_datagrams(TENON_AF_INET, &here), peer = net_datagrams(TENON_AF_INET, &at);
  CHECK_EQ(tenon_send(s, "", 0, NET_LIMIT_MS), TENON_EDESTADDRREQ);
  CHECK_EQ(tenon_sendv(s, nothing, 2, TENON_FOREVER), TENON_EDESTADDRREQ);
  CHECK_EQ(tenon_connect(s, &at, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_send(s, NULL, 0, 0), 0);
  CHECK_EQ(tenon_send(s, "", 0, TENON_FOREVER), 0);
  CHECK_EQ(tenon_sendv(s, nothing, 2, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_sendv(s, NULL, 0, TENON_FOREVER), 0);
  for (int i = 0; i < 4; i++) CHECK(comes_next(peer, "", &here));
  CHECK(is_silent(peer));
  CHECK_EQ(net_close2(s, peer), 0);
}

TEST(a_datagram_larger_than_the_buffer_is_not_cut_unseen) {
  static const int limits[] = {TENON_FOREVER, NET_LIMIT_MS, 0};
  tenon_addr at, here;
  tenon_sock a = net_datagrams(TENON_AF_INET, &here), b = net_datagrams(TENON_AF_INET, &at);
  for (int i = 0; i < 3; i++) {
    char data[8] = "12345678";
    tenon_addr from = tenon_addr_any(TENON_AF_UNSPEC, 0);
    CHECK_EQ(send_text(a, "abcdef", &at), 6);
    CHECK_EQ(send_text(a, "next", &at), 4);
    CHECK(net_await(b, TENON_POLLIN));
    CHECK_EQ(tenon_recvfrom(b, data, 5, &from, limits[i]), TENON_EMSGSIZE);
    CHECK_MEM(data, "abcde678", 8);
    CHECK(tenon_addr_equal(&from, &here));
    CHECK(net_await(b, TENON_POLLIN));
    CHECK_EQ(tenon_recvfrom(b, data, 4, &from, limits[i]), 4);
    CHECK_MEM(data, "next", 4);
  }
  CHECK_EQ(net_close2(a, b), 0);
}

TEST(a_buffer_of_no_bytes_is_too_small_for_a_byte) {
  tenon_addr at, here, from = tenon_addr_any(TENON_AF_UNSPEC, 0);
  tenon_sock a = net_datagrams(TENON_AF_INET, &here), b = net_datagrams(TENON_AF_INET, &at);
  CHECK_EQ(send_text(a, "x", &at), 1);
  CHECK_EQ(tenon_recvfrom(b, NULL, 0, &from, NET_LIMIT_MS), TENON_EMSGSIZE);
  CHECK(tenon_addr_equal(&from, &here));
  CHECK(is_silent(b));
  CHECK_EQ(net_close2(a, b), 0);
}

TEST(the_largest_datagram_arrives_and_a_larger_one_is_refused) {
  static unsigned char received[LARGEST + 1];
  tenon_addr at;
  tenon_sock a = open_datagram(TENON_AF_INET), b = net_datagrams(TENON_AF_INET, &at);
  for (size_t i = 0; i < sizeof large; i++) large[i] = (unsigned char)(i * 31 + i / 251);
  CHECK_EQ(tenon_sendto(a, large, LARGEST, &at, NET_LIMIT_MS), LARGEST);
  CHECK_EQ(tenon_recvfrom(b, received, sizeof received, NULL, NET_LIMIT_MS), LARGEST);
  CHECK_MEM(received, large, LARGEST);
  CHECK_EQ(tenon_sendto(a, large, LARGEST + 1, &at, NET_LIMIT_MS), TENON_EMSGSIZE);
  CHECK_EQ(tenon_sendto(a, large, LARGEST + 1, &at, 0), TENON_EMSGSIZE);
  CHECK(tenon_native_error() != 0);
  CHECK(is_silent(b));
  CHECK_EQ(net_close2(a, b), 0);
}

TEST(between_connected_sockets_sizes_are_the_same) {
  static unsigned char received[LARGEST + 1];
  tenon_addr here, there, from;
  tenon_sock a = net_datagrams(TENON_AF_INET, &here), b = net_datagrams(TENON_AF_INET, &there);
  CHECK_EQ(tenon_connect(a, &there, TENON_FOREVER), 0);
  CHECK_EQ(tenon_connect(b, &here, TENON_FOREVER), 0);
  CHECK_EQ(tenon_sendto(a, NULL, 0, NULL, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_recvfrom(b, received, sizeof received, &from, NET_LIMIT_MS), 0);
  CHECK(tenon_addr_equal(&from, &here));
  CHECK_EQ(tenon_send(a, large, LARGEST, NET_LIMIT_MS), LARGEST);
  CHECK_EQ(tenon_recvfrom(b, received, sizeof received, NULL, NET_LIMIT_MS), LARGEST);
  CHECK_EQ(tenon_sendto(a, large, LARGEST + 1, NULL, NET_LIMIT_MS), TENON_EMSGSIZE);
  CHECK_EQ(tenon_send(a, large, LARGEST + 1, NET_LIMIT_MS), TENON_EMSGSIZE);
  CHECK_EQ(tenon_send(a, large, LARGEST + 1, 0), TENON_EMSGSIZE);
  CHECK_EQ(send_text(a, "abcdef", NULL), 6);
  CHECK_EQ(tenon_recvfrom(b, received, 5, &from, NET_LIMIT_MS), TENON_EMSGSIZE);
  CHECK_MEM(received, "abcde", 5);
  CHECK(tenon_addr_equal(&from, &here));
  CHECK(is_silent(b));
  CHECK_EQ(net_close2(a, b), 0);
}

/* ---- Limits ------------------------------------------------------------------------------------------------------ */

TEST(receiving_a_datagram_ends_at_its_limit_not_before) {
  tenon_addr at, from = tenon_addr_loopback(TENON_AF_INET, 1), before = from;
  tenon_sock s = net_datagrams(TENON_AF_INET, &at);
  char byte = 'x';
  CHECK_EQ(tenon_recvfrom(s, &byte, 1, &from, 0), TENON_EAGAIN);
  int64_t start = tenon_now_ms();
  CHECK_EQ(tenon_recvfrom(s, &byte, 1, &from, 60), TENON_ETIMEDOUT);
  CHECK(tenon_now_ms() - start >= 60);
  CHECK_EQ(tenon_native_error(), 0);
  CHECK(byte == 'x' && tenon_addr_equal(&from, &before));
  CHECK_EQ(tenon_close(s), 0);
}

/* ---- Sockets with and without a port and a peer ------------------------------------------------------------------ */

TEST(receiving_before_there_is_a_port_waits) {
  tenon_addr at, from;
  char byte;
  tenon_sock s = open_datagram(TENON_AF_INET), other = net_datagrams(TENON_AF_INET, &at);
  CHECK_EQ(tenon_recvfrom(s, &byte, 1, NULL, 0), TENON_EAGAIN);
  CHECK_EQ(tenon_recvfrom(s, &byte, 1, NULL, 50), TENON_ETIMEDOUT);
  CHECK_EQ(send_text(s, "question", &at), 8);
  char data[16];
  CHECK_EQ(tenon_recvfrom(other, data, sizeof data, &from, NET_LIMIT_MS), 8);
  CHECK_EQ(send_text(other, "answer", &from), 6);
  CHECK(comes_next(s, "answer", &at));
  CHECK_EQ(net_close2(s, other), 0);
}

TEST(a_connected_datagram_socket_knows_its_peer_alone) {
  tenon_addr at, here, elsewhere;
  tenon_sock peer = net_datagrams(TENON_AF_INET, &at), s = net_datagrams(TENON_AF_INET, &here);
  tenon_sock stranger = net_datagrams(TENON_AF_INET, &elsewhere);
  CHECK_EQ(tenon_connect(s, &at, NET_LIMIT_MS), 0);
  CHECK_EQ(send_text(s, "unnamed", NULL), 7);
  CHECK_EQ(send_text(s, "named", &at), 5);
  CHECK_EQ(send_text(s, "other", &elsewhere), TENON_EISCONN);
  CHECK(comes_next(peer, "unnamed", &here) && comes_next(peer, "named", &here) && is_silent(stranger));
  CHECK_EQ(send_text(stranger, "strange", &here), 7);
  CHECK_EQ(send_text(peer, "known", &here), 5);
  CHECK(comes_next(s, "known", &at));
  CHECK(is_silent(s));
  CHECK_EQ(net_close2(s, peer), 0);
  CHECK_EQ(tenon_close(stranger), 0);
}

/* The network tells that nobody is there: at once, on loopback. The second time the system is asked to pass that on. */
TEST(a_dead_port_does_not_disturb_the_others) {
  tenon_addr at, dead = nobody();
  char byte;
  tenon_sock s = net_datagrams(TENON_AF_INET, &at);
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < 8; i++) CHECK_EQ(send_text(s, "into the void", &dead), 13);
    CHECK_EQ(tenon_recvfrom(s, &byte, 1, NULL, 50), TENON_ETIMEDOUT);
    CHECK_EQ(send_text(s, "dead", &dead), 4);
    CHECK_EQ(send_text(s, "alive", &at), 5);
    CHECK(comes_next(s, "alive", &at));
    CHECK(is_silent(s));
    support_set_reporting(s);
  }
  CHECK_EQ(tenon_close(s), 0);
}

/* 1 for "refused", 0 for success, or the other failure. */
static ptrdiff_t refusals(ptrdiff_t result) {
  return result == TENON_ECONNREFUSED ? 1 : result > 0 ? 0 : result;
}

/* Under Wine the answer is there for the next send; a wait in between forgets it. Windows is told to keep it. */
TEST(a_dead_peer_may_be_reported_and_can_come_back) {
  tenon_addr dead = nobody(), here;
  char byte;
  tenon_sock s = net_datagrams(TENON_AF_INET, &here), peer = open_datagram(TENON_AF_INET);
  CHECK_EQ(tenon_connect(s, &dead, NET_LIMIT_MS), 0);
  CHECK_EQ(send_text(s, "anybody?", NULL), 8);
  ptrdiff_t n = tenon_recvfrom(s, &byte, 1, NULL, 100);
  if (!support_is_windows()) CHECK_EQ(n, TENON_ECONNREFUSED);
  CHECK(n == TENON_ECONNREFUSED || n == TENON_ETIMEDOUT);
  CHECK_EQ(tenon_bind(peer, &dead), 0);
  if (refusals(send_text(s, "hello", NULL)) == 1) CHECK_EQ(send_text(s, "hello", NULL), 5);
  CHECK(comes_next(peer, "hello", &here));
  CHECK_EQ(net_close2(s, peer), 0);
}
