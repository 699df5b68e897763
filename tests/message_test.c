/* message_test.c - messages: datagrams and what travels beside them.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/message.h"

enum {
  LARGEST = 65507, /* what IPv4 leaves of 65,535 bytes */
  SOURCE = TENON_MESSAGE_LOCAL | TENON_MESSAGE_INTERFACE,
  ALL = SOURCE | TENON_MESSAGE_TTL | TENON_MESSAGE_CLASS
};

static const int waits[] = {TENON_FOREVER, NET_LIMIT_MS, 0};

/* A socket at an address that is told; unspecified ones mean all of the family, and IPv4 too. */
static tenon_sock open_at(tenon_addr *at) {
  tenon_sock s = tenon_socket(at->family, TENON_SOCK_DGRAM, 0);
  if (s < 0 || tenon_bind(s, at) < 0) return TENON_NO_SOCK;
  return tenon_getsockname(s, at) < 0 ? TENON_NO_SOCK : s;
}

/* A message of one buffer; receiving wants to be shown that nothing is left of what was there before. */
static tenon_message message_of(const tenon_buffer *buffer, int fields, const tenon_addr *peer) {
  tenon_message m;
  memset(&m, 0xaa, sizeof m);
  m.buffers = buffer;
  m.count = 1;
  m.fields = fields;
  if (peer) m.peer = *peer;
  return m;
}

static ptrdiff_t receive(tenon_sock s, tenon_message *m) {
  return tenon_recvmsg(s, m, NET_LIMIT_MS);
}

/* Receives what has arrived, with a limit that plays no part. */
static ptrdiff_t take(tenon_sock s, tenon_message *m, int timeout_ms) {
  return net_await(s, TENON_POLLIN) ? tenon_recvmsg(s, m, timeout_ms) : TENON_ETIMEDOUT;
}

static int has_address(const tenon_addr *addr, const char *text) {
  tenon_addr parsed, without_port = *addr;
  without_port.port = 0;
  return tenon_addr_parse(&parsed, text) == 0 && tenon_addr_equal(&parsed, &without_port);
}

/* ---- There and back ---------------------------------------------------------------------------------------------- */

/* D081 */
TEST(a_message_is_gathered_from_its_buffers_and_scattered_into_others) {
  tenon_addr at, here;
  tenon_sock a = net_datagrams(TENON_AF_INET, &here), b = net_datagrams(TENON_AF_INET, &at);
  for (int i = 0; i < 3; i++) {
    char x[2], y[8] = "12345678";
    tenon_buffer out[] = {{NULL, 0}, {"ab", 2}, {"", 0}, {"cde", 3}}, in[] = {{x, 2}, {NULL, 0}, {y, 8}};
    tenon_message m = message_of(out, TENON_MESSAGE_PEER, &at), got = message_of(in, 0, NULL);
    m.count = 4;
    got.count = 3;
    CHECK_EQ(tenon_sendmsg(a, &m, waits[i]), 5);
    if (waits[i] == 0) CHECK_EQ(tenon_recvmsg(a, &got, 0), TENON_EAGAIN);
    CHECK_EQ(take(b, &got, waits[i]), 5);
    CHECK_MEM(x, "ab", 2);
    CHECK_MEM(y, "cde45678", 8);
    CHECK_EQ(got.size, 5);
    CHECK_EQ(got.flags, 0);
    CHECK_EQ(got.fields, TENON_MESSAGE_PEER);
    CHECK(tenon_addr_equal(&got.peer, &here));
    CHECK(got.local.family == TENON_AF_UNSPEC && got.interface_index == 0 && got.ttl == 0 && got.traffic_class == 0);
  }
  CHECK_EQ(net_close2(a, b), 0);
}

TEST(empty_messages_are_messages_too) {
  tenon_addr at, here;
  tenon_message m = message_of(NULL, TENON_MESSAGE_PEER, NULL), got = message_of(NULL, 0, NULL);
  tenon_sock a = net_datagrams(TENON_AF_INET, &here), b = net_datagrams(TENON_AF_INET, &at);
  CHECK_EQ(tenon_message_ask(b, TENON_MESSAGE_TTL), TENON_MESSAGE_TTL);
  m.count = got.count = 0;
  m.peer = at;
  for (int i = 0; i < 2; i++) {
    CHECK_EQ(tenon_sendmsg(a, &m, waits[i]), 0);
    CHECK_EQ(take(b, &got, waits[i]), 0);
    CHECK(got.size == 0 && got.flags == 0 && got.ttl > 0 && tenon_addr_equal(&got.peer, &here));
  }
  CHECK_EQ(tenon_recvmsg(b, &got, 0), TENON_EAGAIN);
  CHECK_EQ(net_close2(a, b), 0);
}

/* D076 */
TEST(a_message_larger_than_its_buffers_says_so_and_is_cut) {
  tenon_addr at, here;
  tenon_sock a = net_datagrams(TENON_AF_INET, &here), b = net_datagrams(TENON_AF_INET, &at);
  CHECK_EQ(tenon_message_ask(b, ALL), ALL);
  for (int i = 0; i < 3; i++) {
    char x[2], y[4] = "1234";
    tenon_buffer in[] = {{x, 2}, {y, 3}};
    tenon_message got = message_of(in, 0, NULL);
    got.count = 2;
    CHECK_EQ(tenon_sendto(a, "abcdef", 6, &at, NET_LIMIT_MS), 6);
    CHECK_EQ(tenon_sendto(a, "abcde", 5, &at, NET_LIMIT_MS), 5);
    CHECK_EQ(tenon_sendto(a, "x", 1, &at, NET_LIMIT_MS), 1);
    CHECK_EQ(take(b, &got, waits[i]), 5);
    CHECK_EQ(got.flags, TENON_MSG_TRUNC);
    CHECK_EQ(got.size, 5);
    CHECK_EQ(got.fields, ALL | TENON_MESSAGE_PEER);
    CHECK(tenon_addr_equal(&got.peer, &here) && has_address(&got.local, "127.0.0.1"));
    CHECK_MEM(x, "ab", 2);
    CHECK_MEM(y, "cde4", 4);
    CHECK_EQ(take(b, &got, waits[i]), 5);
    CHECK_EQ(got.flags, 0);
    got.count = 0;
    CHECK_EQ(take(b, &got, waits[i]), 0);
    CHECK_EQ(got.flags, TENON_MSG_TRUNC);
  }
  CHECK_EQ(net_close2(a, b), 0);
}

TEST(the_largest_message_arrives_and_a_larger_one_is_refused) {
  static unsigned char out[LARGEST + 1], in[LARGEST + 1];
  tenon_addr at;
  tenon_buffer whole[] = {{out, 30000}, {out + 30000, LARGEST - 30000}}, room = {in, sizeof in};
  tenon_sock s = net_datagrams(TENON_AF_INET, &at);
  tenon_message m = message_of(whole, TENON_MESSAGE_PEER, &at), got = message_of(&room, 0, NULL);
  for (size_t i = 0; i < sizeof out; i++) out[i] = (unsigned char)(i * 31 + i / 251);
  m.count = 2;
  CHECK_EQ(tenon_sendmsg(s, &m, NET_LIMIT_MS), LARGEST);
  CHECK_EQ(receive(s, &got), LARGEST);
  CHECK_MEM(in, out, LARGEST);
  whole[1].size++;
  for (int i = 0; i < 3; i++) CHECK_EQ(tenon_sendmsg(s, &m, waits[i]), TENON_EMSGSIZE);
  CHECK_EQ(tenon_recvmsg(s, &got, 0), TENON_EAGAIN);
  CHECK_EQ(tenon_close(s), 0);
}

/* ---- Fields ------------------------------------------------------------------------------------------------------ */

/* What a datagram to an address of this host tells when it arrives at a socket that is bound to all addresses. */
static void check_fields(int bound_family, const char *target) {
  char data[8];
  tenon_addr at = tenon_addr_any(bound_family, 0), to, here;
  tenon_buffer buffer = {data, sizeof data}, text = {"text", 4};
  tenon_sock receiver = open_at(&at);
  tenon_addr_parse(&to, target);
  to.port = at.port;
  tenon_sock sender = net_datagrams(to.family, &here);
  tenon_message m = message_of(&text, TENON_MESSAGE_PEER | TENON_MESSAGE_TTL, &to), got = message_of(&buffer, 0, NULL);
  m.ttl = 77;
  check_equal(CHECK_HERE, "ask", "ALL", tenon_message_ask(receiver, ALL), ALL);
  check_equal(CHECK_HERE, "sendmsg", "4", tenon_sendmsg(sender, &m, NET_LIMIT_MS), 4);
  check_equal(CHECK_HERE, "recvmsg", "4", receive(receiver, &got), 4);
  check_equal(CHECK_HERE, "fields", "all", got.fields, ALL | TENON_MESSAGE_PEER);
  check_true(CHECK_HERE, "from whom", tenon_addr_equal(&got.peer, &here));
  check_true(CHECK_HERE, "to which address", has_address(&got.local, target));
  check_true(CHECK_HERE, "by which interface", got.interface_index > 0);
  check_equal(CHECK_HERE, "ttl", "77", got.ttl, 77);
  check_equal(CHECK_HERE, "traffic_class", "0", got.traffic_class, 0);
  int ttl = 0;
  check_equal(CHECK_HERE, "getsockopt", "0", tenon_getsockopt(sender, TENON_OPT_TTL, &ttl), 0);
  check_true(CHECK_HERE, "the socket's own TTL stays", ttl != 77);
  check_equal(CHECK_HERE, "ask for none", "0", tenon_message_ask(receiver, 0), 0);
  m.fields = TENON_MESSAGE_PEER;
  check_equal(CHECK_HERE, "sendmsg", "4", tenon_sendmsg(sender, &m, NET_LIMIT_MS), 4);
  check_equal(CHECK_HERE, "recvmsg", "4", receive(receiver, &got), 4);
  check_equal(CHECK_HERE, "fields", "the peer", got.fields, TENON_MESSAGE_PEER);
  check_equal(CHECK_HERE, "close", "0", net_close2(sender, receiver), 0);
}

/* D081 D123 */
TEST(a_message_over_ipv4_tells_what_was_asked_for) {
  check_fields(TENON_AF_INET, "127.0.0.1");
  check_fields(TENON_AF_INET, "127.0.0.7");
}

TEST(a_message_over_ipv6_tells_what_was_asked_for) {
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  check_fields(TENON_AF_INET6, "::1");
}

TEST(an_ipv4_message_to_a_dual_stack_socket_tells_the_same) {
  if (!tenon_supports(TENON_SUPPORTS_DUALSTACK)) SKIP("no IPv6");
  check_fields(TENON_AF_INET6, "127.0.0.7");
}

/* Sends with a class and returns that with which it arrives, or the error of either. */
static int class_after(tenon_sock sender, tenon_sock receiver, const tenon_addr *to, int traffic_class) {
  char data[8];
  tenon_buffer buffer = {data, sizeof data}, text = {"ecn", 3};
  tenon_message m = message_of(&text, TENON_MESSAGE_CLASS, to), got = message_of(&buffer, 0, NULL);
  if (to) m.fields |= TENON_MESSAGE_PEER;
  m.traffic_class = traffic_class;
  ptrdiff_t n = tenon_sendmsg(sender, &m, NET_LIMIT_MS);
  if (n == 3) n = receive(receiver, &got);
  return n < 0 ? (int)n : got.fields & TENON_MESSAGE_CLASS ? got.traffic_class : TENON_ENXIO;
}

/* What a system cannot mark it refuses to send. */
static void check_class(int family_from, int family_to, int is_connected, int supported) {
  tenon_addr at = tenon_addr_any(family_to, 0), to;
  tenon_sock receiver = open_at(&at), sender = tenon_socket(family_from, TENON_SOCK_DGRAM, 0);
  to = tenon_addr_loopback(family_to, at.port);
  check_equal(CHECK_HERE, "ask", "CLASS", tenon_message_ask(receiver, TENON_MESSAGE_CLASS), TENON_MESSAGE_CLASS);
  if (is_connected) check_equal(CHECK_HERE, "connect", "0", tenon_connect(sender, &to, NET_LIMIT_MS), 0);
  for (int ecn = 3; ecn >= 0; ecn--) {
    int expected = supported ? ecn : TENON_ENOTSUP;
    check_equal(CHECK_HERE, "class", "ecn", class_after(sender, receiver, is_connected ? NULL : &to, ecn), expected);
  }
  if (tenon_supports(TENON_SUPPORTS_MESSAGE_CLASS))
    check_equal(CHECK_HERE, "class", "184", class_after(sender, receiver, is_connected ? NULL : &to, 184), 184);
  check_equal(CHECK_HERE, "close", "0", net_close2(sender, receiver), 0);
}

TEST(the_ecn_mark_of_a_message_arrives) {
  check_class(TENON_AF_INET, TENON_AF_INET, 0, 1);
  check_class(TENON_AF_INET, TENON_AF_INET, 1, 1);
}

TEST(the_ecn_mark_of_a_message_arrives_over_ipv6_or_is_refused) {
  if (!tenon_supports(TENON_SUPPORTS_DUALSTACK)) SKIP("no IPv6");
  int supported = tenon_supports(TENON_SUPPORTS_MESSAGE_CLASS);
  check_class(TENON_AF_INET6, TENON_AF_INET6, 0, supported);
  check_class(TENON_AF_INET6, TENON_AF_INET6, 1, supported);
  check_class(TENON_AF_INET6, TENON_AF_INET, 0, 1);
  check_class(TENON_AF_INET6, TENON_AF_INET, 1, 1);
}

/* Sends from an address and returns the result; the receiver's peer must then be that. */
static ptrdiff_t send_from(tenon_sock sender, tenon_sock receiver, const char *local, const tenon_addr *to,
                           uint32_t interface_index) {
  char data[8];
  tenon_buffer buffer = {data, sizeof data}, text = {"from", 4};
  tenon_message m = message_of(&text, TENON_MESSAGE_PEER, to), got = message_of(&buffer, 0, NULL);
  if (local) m.fields |= TENON_MESSAGE_LOCAL;
  if (local) tenon_addr_parse(&m.local, local);
  if (interface_index) m.fields |= TENON_MESSAGE_INTERFACE;
  m.interface_index = interface_index;
  ptrdiff_t n = tenon_sendmsg(sender, &m, NET_LIMIT_MS);
  if (n < 0) return n;
  n = receive(receiver, &got);
  return n == 4 && (!local || has_address(&got.peer, local)) ? 4 : -1;
}

static void check_source(int family, int family_of_packet, const char *local, const char *foreign) {
  tenon_addr at = tenon_addr_any(family, 0), to, any = tenon_addr_any(family, 0);
  tenon_sock receiver = open_at(&at), sender = open_at(&any);
  to = tenon_addr_loopback(family_of_packet, at.port);
  int has = tenon_supports(TENON_SUPPORTS_MESSAGE_LOCAL);
  check_equal(CHECK_HERE, "local", "4", send_from(sender, receiver, local, &to, 0), has ? 4 : TENON_ENOTSUP);
  check_equal(CHECK_HERE, "interface", "4", send_from(sender, receiver, NULL, &to, 1), has ? 4 : TENON_ENOTSUP);
  check_equal(CHECK_HERE, "both", "4", send_from(sender, receiver, local, &to, 1), has ? 4 : TENON_ENOTSUP);
  check_equal(CHECK_HERE, "a foreign address", "EADDRNOTAVAIL", send_from(sender, receiver, foreign, &to, 0),
              has ? TENON_EADDRNOTAVAIL : TENON_ENOTSUP);
  check_equal(CHECK_HERE, "no such interface", "ENXIO", send_from(sender, receiver, NULL, &to, 987654),
              has ? TENON_ENXIO : TENON_ENOTSUP);
  check_equal(CHECK_HERE, "close", "0", net_close2(sender, receiver), 0);
}

/* D123 */
TEST(a_message_is_sent_from_the_address_it_names_or_refused) {
  check_source(TENON_AF_INET, TENON_AF_INET, "127.0.0.9", "192.0.2.1");
}

TEST(a_message_over_ipv6_is_sent_from_the_address_it_names_or_refused) {
  if (!tenon_supports(TENON_SUPPORTS_DUALSTACK)) SKIP("no IPv6");
  check_source(TENON_AF_INET6, TENON_AF_INET6, "::1", "2001:db8::1");
  check_source(TENON_AF_INET6, TENON_AF_INET, "127.0.0.9", "192.0.2.1");
}
