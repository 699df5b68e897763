/* answer_test.c - messages that are answered from the address that they were sent to, as tenon/message.h advises.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check.h"
#include "net.h"
#include "tenon/interfaces.h"
#include "tenon/message.h"
#include "tenon/multicast.h"
#include "tenon/option.h"

enum { LOOPBACK = 1 /* an index */ };

static tenon_addr address(const char *text, int port) {
  tenon_addr addr = tenon_addr_any(TENON_AF_UNSPEC, 0);
  tenon_addr_parse(&addr, text);
  addr.port = (uint16_t)port;
  return addr;
}

/* Bound to all addresses, and asked for the one that was spoken to. */
static tenon_sock open_receiver(int family, int *port) {
  tenon_addr at = tenon_addr_any(family, 0);
  tenon_sock s = tenon_socket(family, TENON_SOCK_DGRAM, 0);
  if (tenon_bind(s, &at) == 0 && tenon_getsockname(s, &at) == 0) *port = at.port;
  tenon_message_ask(s, TENON_MESSAGE_LOCAL);
  return s;
}

/* Takes a byte and answers it, as one message and as a batch: 2, or the failure. */
static int answer_next(tenon_sock s, tenon_message *got) {
  char byte = 0;
  tenon_buffer whole = {&byte, 1};
  *got = (tenon_message){.buffers = &whole, .count = 1};
  ptrdiff_t result = tenon_recvmsg(s, got, NET_LIMIT_MS);
  if (result < 0) return (int)result;
  got->fields &= TENON_MESSAGE_PEER | TENON_MESSAGE_LOCAL;
  result = tenon_sendmsg(s, got, NET_LIMIT_MS);
  int sent = result < 0 ? (int)result : tenon_sendmsgs(s, got, 1, NET_LIMIT_MS);
  return sent < 0 ? sent : (int)result + sent;
}

static int comes_back_twice(tenon_sock s, char expected) {
  for (int i = 0; i < 2; i++) {
    char byte = 0;
    if (tenon_recvfrom(s, &byte, 1, NULL, NET_LIMIT_MS) != 1 || byte != expected) return 0;
  }
  return 1;
}

/* D123 */
TEST(what_was_sent_to_a_group_is_answered_from_an_address_of_this_host) {
  int port = 0;
  tenon_message got;
  tenon_addr here;
  tenon_sock receiver = open_receiver(TENON_AF_INET, &port), sender = net_datagrams(TENON_AF_INET, &here);
  tenon_addr group = address("239.255.4.1", port);
  CHECK_EQ(tenon_setsockopt(sender, TENON_OPT_MULTICAST_IF, LOOPBACK), 0);
  CHECK_EQ(tenon_multicast_join(receiver, &group, NULL, LOOPBACK), 0);
  CHECK_EQ(tenon_sendto(sender, "g", 1, &group, NET_LIMIT_MS), 1);
  CHECK_EQ(answer_next(receiver, &got), 2);
  group.port = 0;
  CHECK(tenon_addr_equal(&got.local, &group));
  CHECK(comes_back_twice(sender, 'g'));
  CHECK_EQ(net_close2(receiver, sender), 0);
}

TEST(what_was_broadcast_is_answered_from_an_address_of_this_host) {
  int port = 0;
  tenon_message got;
  tenon_addr here;
  tenon_sock receiver = open_receiver(TENON_AF_INET, &port), sender = net_datagrams(TENON_AF_INET, &here);
  tenon_addr all = address("127.255.255.255", port);
  CHECK_EQ(tenon_setsockopt(sender, TENON_OPT_BROADCAST, 1), 0);
  CHECK_EQ(tenon_sendto(sender, "b", 1, &all, NET_LIMIT_MS), 1);
  CHECK_EQ(answer_next(receiver, &got), 2);
  CHECK(comes_back_twice(sender, 'b'));
  CHECK_EQ(net_close2(receiver, sender), 0);
}

/* An address that is none of this host's, and of nobody but one, stays a failure. */
TEST(a_local_address_that_is_somebody_elses_is_still_refused) {
  tenon_addr at;
  tenon_sock s = net_datagrams(TENON_AF_INET, &at);
  tenon_buffer whole = {"x", 1};
  tenon_message m = {.buffers = &whole, .count = 1, .fields = TENON_MESSAGE_PEER | TENON_MESSAGE_LOCAL, .peer = at};
  m.local = address("192.0.2.1", 0);
  int expected = tenon_supports(TENON_SUPPORTS_MESSAGE_LOCAL) ? TENON_EADDRNOTAVAIL : TENON_ENOTSUP;
  CHECK_EQ(tenon_sendmsg(s, &m, NET_LIMIT_MS), expected);
  CHECK_EQ(tenon_close(s), 0);
}

static tenon_interface rows[64];

/* A link-local address of an interface in use, or NULL. */
static const tenon_interface *find_link_local(void) {
  int count = tenon_interfaces(rows, 64);
  for (int i = 0; i < count && i < 64; i++)
    if (rows[i].addr.scope != 0 && (rows[i].flags & TENON_INTERFACE_UP)) return &rows[i];
  return NULL;
}

/* Without one a group of the loopback link shows the same. */
TEST(a_local_address_that_needs_a_scope_has_it) {
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  int port = 0;
  tenon_message got;
  const tenon_interface *row = find_link_local();
  tenon_sock receiver = open_receiver(TENON_AF_INET6, &port),
             sender = tenon_socket(TENON_AF_INET6, TENON_SOCK_DGRAM, 0);
  tenon_addr to = row ? row->addr : address("ff11::4:2%1", 0);
  to.port = (uint16_t)port;
  int is_there = row || (tenon_multicast_join(receiver, &to, NULL, 0) == 0 &&
                         tenon_setsockopt(sender, TENON_OPT_MULTICAST_IF, LOOPBACK) == 0);
  if (is_there && tenon_sendto(sender, "l", 1, &to, NET_LIMIT_MS) == 1) {
    CHECK_EQ(answer_next(receiver, &got), tenon_supports(TENON_SUPPORTS_MESSAGE_LOCAL) || !row ? 2 : TENON_ENOTSUP);
    CHECK_EQ(got.local.scope, to.scope);
    CHECK_EQ(got.interface_index, to.scope);
    to.port = 0;
    CHECK(tenon_addr_equal(&got.local, &to));
  }
  CHECK_EQ(net_close2(receiver, sender), 0);
}
