/* multicast_test.c - groups: joining, leaving, and who hears what.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/multicast.h"
#include "tenon/option.h"

enum { LOOPBACK = 1, NO_INTERFACE = 1000000 }; /* indices */

static tenon_addr address(const char *text, int port) {
  tenon_addr addr = tenon_addr_any(TENON_AF_UNSPEC, 0);
  tenon_addr_parse(&addr, text);
  addr.port = (uint16_t)port;
  return addr;
}

/* What it sends to groups does not leave this host. */
static tenon_sock open_datagrams(int family) {
  tenon_sock s = tenon_socket(family, TENON_SOCK_DGRAM, 0);
  tenon_setsockopt(s, TENON_OPT_MULTICAST_TTL, 0);
  return s;
}

/* One that hears what comes to its port, which it shares, on all interfaces. */
static tenon_sock open_receiver(int family, int *port) {
  tenon_addr at = tenon_addr_any(family, *port);
  tenon_sock s = open_datagrams(family);
  tenon_setsockopt(s, TENON_OPT_SHARE, 1);
  if (tenon_bind(s, &at) == 0 && tenon_getsockname(s, &at) == 0) *port = at.port;
  return s;
}

/* One that sends over loopback. */
static tenon_sock open_sender(const char *from) {
  tenon_addr at = address(from, 0);
  tenon_sock s = open_datagrams(TENON_AF_INET);
  tenon_bind(s, &at);
  tenon_setsockopt(s, TENON_OPT_MULTICAST_IF, LOOPBACK);
  return s;
}

/* The byte that comes next, or the failure. */
static int next_byte(tenon_sock s, int timeout_ms) {
  char byte = 0;
  ptrdiff_t size = tenon_recvfrom(s, &byte, 1, NULL, timeout_ms);
  return size < 0 ? (int)size : byte;
}

/* D124 */
TEST(members_of_an_ipv4_group_hear_what_is_sent_to_it_until_they_leave) {
  int port = 0;
  tenon_sock receiver = open_receiver(TENON_AF_INET, &port), sender = open_sender("127.0.0.1");
  tenon_addr group = address("239.255.1.2", port), from, self;
  char byte = 0;
  CHECK_EQ(tenon_multicast_join(receiver, &group, NULL, LOOPBACK), 0);
  CHECK_EQ(tenon_sendto(sender, "a", 1, &group, NET_LIMIT_MS), 1);
  CHECK_EQ(tenon_recvfrom(receiver, &byte, 1, &from, NET_LIMIT_MS), 1);
  CHECK_EQ(byte, 'a');
  CHECK_EQ(tenon_getsockname(sender, &self), 0);
  CHECK(tenon_addr_equal(&from, &self));
  CHECK_EQ(tenon_multicast_leave(receiver, &group, NULL, LOOPBACK), 0);
  CHECK_EQ(tenon_sendto(sender, "b", 1, &group, NET_LIMIT_MS), 1);
  CHECK_EQ(next_byte(receiver, 50), TENON_ETIMEDOUT);
  CHECK_EQ(tenon_multicast_join(receiver, &group, NULL, LOOPBACK), 0);
  CHECK_EQ(tenon_sendto(sender, "c", 1, &group, NET_LIMIT_MS), 1);
  CHECK_EQ(next_byte(receiver, NET_LIMIT_MS), 'c');
  CHECK_EQ(net_close2(receiver, sender), 0);
}

TEST(a_group_can_be_heard_by_several_on_one_port) {
  int port = 0;
  tenon_sock first = open_receiver(TENON_AF_INET, &port), second = open_receiver(TENON_AF_INET, &port);
  tenon_sock sender = open_sender("127.0.0.1");
  tenon_addr group = address("239.255.1.3", port);
  CHECK_EQ(tenon_multicast_join(first, &group, NULL, LOOPBACK), 0);
  CHECK_EQ(tenon_multicast_join(second, &group, NULL, LOOPBACK), 0);
  CHECK_EQ(tenon_sendto(sender, "x", 1, &group, NET_LIMIT_MS), 1);
  CHECK_EQ(next_byte(first, NET_LIMIT_MS), 'x');
  CHECK_EQ(next_byte(second, NET_LIMIT_MS), 'x');
  CHECK_EQ(net_close2(first, second), 0);
  CHECK_EQ(tenon_close(sender), 0);
}

/* D201: Under Wine the host below decides, and delivers to all: there it is only seen that nothing breaks. */
TEST(a_socket_hears_no_group_that_only_others_have_joined) {
  int port = 0;
  tenon_sock member = open_receiver(TENON_AF_INET, &port), other = open_receiver(TENON_AF_INET, &port);
  tenon_sock sender = open_sender("127.0.0.1");
  tenon_addr group = address("239.255.1.4", port), elsewhere = address("239.255.1.5", port);
  CHECK_EQ(tenon_multicast_join(member, &group, NULL, LOOPBACK), 0);
  CHECK_EQ(tenon_multicast_join(other, &elsewhere, NULL, LOOPBACK), 0);
  CHECK_EQ(tenon_sendto(sender, "g", 1, &group, NET_LIMIT_MS), 1);
  CHECK_EQ(tenon_sendto(sender, "e", 1, &elsewhere, NET_LIMIT_MS), 1);
  CHECK_EQ(next_byte(member, NET_LIMIT_MS), 'g');
  CHECK_EQ(next_byte(other, NET_LIMIT_MS), support_is_wine() ? 'g' : 'e');
  if (!support_is_wine()) CHECK_EQ(next_byte(member, 0), TENON_EAGAIN);
  CHECK_EQ(net_close2(member, other), 0);
  CHECK_EQ(tenon_close(sender), 0);
}

TEST(an_adopted_socket_hears_no_group_that_only_others_have_joined) {
  int port = 0;
  tenon_sock member = open_receiver(TENON_AF_INET, &port), adopted = open_receiver(TENON_AF_INET, &port);
  tenon_sock sender = open_sender("127.0.0.1");
  tenon_addr group = address("239.255.1.10", port);
  support_spoil(adopted);
  CHECK_EQ(tenon_adopt(adopted), 0);
  CHECK_EQ(tenon_multicast_join(member, &group, NULL, LOOPBACK), 0);
  CHECK_EQ(tenon_sendto(sender, "g", 1, &group, NET_LIMIT_MS), 1);
  CHECK_EQ(next_byte(member, NET_LIMIT_MS), 'g');
  CHECK_EQ(next_byte(adopted, 0), support_is_wine() ? 'g' : TENON_EAGAIN);
  CHECK_EQ(net_close2(member, adopted), 0);
  CHECK_EQ(tenon_close(sender), 0);
}

TEST(only_the_sources_that_were_joined_are_heard) {
  int port = 0;
  tenon_sock receiver = open_receiver(TENON_AF_INET, &port), sender = open_sender("127.0.0.1");
  tenon_addr group = address("232.1.2.3", port), self = address("127.0.0.1", 0), other = address("127.0.0.2", 0);
  CHECK(tenon_supports(TENON_SUPPORTS_MULTICAST_SOURCE));
  CHECK_EQ(tenon_multicast_join(receiver, &group, &other, LOOPBACK), 0);
  CHECK_EQ(tenon_sendto(sender, "a", 1, &group, NET_LIMIT_MS), 1);
  CHECK_EQ(tenon_multicast_join(receiver, &group, &self, LOOPBACK), 0);
  CHECK_EQ(tenon_sendto(sender, "b", 1, &group, NET_LIMIT_MS), 1);
  CHECK_EQ(next_byte(receiver, NET_LIMIT_MS), 'b');
  CHECK_EQ(tenon_multicast_join(receiver, &group, &self, LOOPBACK), TENON_EADDRINUSE);
  CHECK_EQ(tenon_multicast_leave(receiver, &group, &self, LOOPBACK), 0);
  CHECK_EQ(tenon_multicast_leave(receiver, &group, &self, LOOPBACK), TENON_EADDRNOTAVAIL);
  CHECK_EQ(tenon_sendto(sender, "c", 1, &group, NET_LIMIT_MS), 1);
  CHECK_EQ(tenon_multicast_join(receiver, &group, &self, LOOPBACK), 0);
  CHECK_EQ(tenon_sendto(sender, "d", 1, &group, NET_LIMIT_MS), 1);
  CHECK_EQ(next_byte(receiver, NET_LIMIT_MS), 'd');
  CHECK_EQ(tenon_multicast_leave(receiver, &group, &other, LOOPBACK), 0);
  CHECK_EQ(net_close2(receiver, sender), 0);
}

/* Systems have no way for IPv6 multicast over loopback, so it takes another interface, which not every host has. */
TEST(members_of_an_ipv6_group_hear_what_is_sent_to_it_until_they_leave) {
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  int port = 0;
  tenon_sock receiver = open_receiver(TENON_AF_INET6, &port), sender = open_datagrams(TENON_AF_INET6);
  tenon_addr group = address("ff12::8:1", port);
  int joined = tenon_multicast_join(receiver, &group, NULL, 0);
  ptrdiff_t sent = joined == 0 ? tenon_sendto(sender, "a", 1, &group, NET_LIMIT_MS) : 0;
  if (joined < 0) CHECK_EQ(joined, TENON_ENXIO);
  if (sent < 0) CHECK(sent == TENON_ENETUNREACH || sent == TENON_EADDRNOTAVAIL);
  if (sent > 0) {
    CHECK_EQ(next_byte(receiver, NET_LIMIT_MS), 'a');
    CHECK_EQ(tenon_multicast_leave(receiver, &group, NULL, 0), 0);
    CHECK_EQ(tenon_sendto(sender, "b", 1, &group, NET_LIMIT_MS), 1);
    CHECK_EQ(tenon_multicast_join(receiver, &group, NULL, 0), 0);
    CHECK_EQ(tenon_sendto(sender, "c", 1, &group, NET_LIMIT_MS), 1);
    CHECK_EQ(next_byte(receiver, NET_LIMIT_MS), 'c');
  }
  CHECK_EQ(net_close2(receiver, sender), 0);
}

/* Over an interface of the system's choice, if there is one: to loopback nothing is too long. */
TEST(what_must_not_be_fragmented_is_not_sent_if_it_is_too_long) {
  static char data[65000];
  tenon_addr group = address("239.255.1.11", 9);
  tenon_sock s = open_datagrams(TENON_AF_INET);
  ptrdiff_t sent = tenon_sendto(s, data, sizeof data, &group, NET_LIMIT_MS);
  CHECK(sent == (ptrdiff_t)sizeof data || sent == TENON_ENETUNREACH || sent == TENON_EADDRNOTAVAIL);
  if (sent > 0 && tenon_supports(TENON_SUPPORTS_DONTFRAG)) {
    CHECK_EQ(tenon_setsockopt(s, TENON_OPT_DONTFRAG, 1), 0);
    CHECK_EQ(tenon_sendto(s, data, sizeof data, &group, NET_LIMIT_MS), TENON_EMSGSIZE);
    CHECK_EQ(tenon_setsockopt(s, TENON_OPT_DONTFRAG, 0), 0);
    CHECK_EQ(tenon_sendto(s, data, sizeof data, &group, NET_LIMIT_MS), sizeof data);
  }
  CHECK_EQ(tenon_close(s), 0);
}

/* D125: Likewise: on loopback all is looped back. */
TEST(members_on_the_own_host_do_not_hear_what_is_not_looped_back) {
  int port = 0, off = 0;
  tenon_sock receiver = open_receiver(TENON_AF_INET, &port), sender = open_datagrams(TENON_AF_INET);
  tenon_addr group = address("239.255.1.6", port);
  int joined = tenon_multicast_join(receiver, &group, NULL, 0);
  int can_send = joined == 0 && tenon_sendto(sender, "1", 1, &group, NET_LIMIT_MS) == 1;
  if (joined < 0) CHECK_EQ(joined, TENON_ENXIO);
  if (can_send) {
    CHECK_EQ(next_byte(receiver, NET_LIMIT_MS), '1');
    CHECK_EQ(tenon_setsockopt(receiver, TENON_OPT_MULTICAST_LOOP, off), 0);
    CHECK_EQ(tenon_setsockopt(sender, TENON_OPT_MULTICAST_LOOP, off), 0);
    CHECK_EQ(tenon_sendto(sender, "2", 1, &group, NET_LIMIT_MS), 1);
    CHECK_EQ(next_byte(receiver, 50), TENON_ETIMEDOUT);
    CHECK_EQ(tenon_setsockopt(receiver, TENON_OPT_MULTICAST_LOOP, 1), 0);
    CHECK_EQ(tenon_setsockopt(sender, TENON_OPT_MULTICAST_LOOP, 1), 0);
    CHECK_EQ(tenon_sendto(sender, "3", 1, &group, NET_LIMIT_MS), 1);
    CHECK_EQ(next_byte(receiver, NET_LIMIT_MS), '3');
  }
  CHECK_EQ(net_close2(receiver, sender), 0);
}

TEST(multicast_options_of_an_ipv6_socket_count_for_ipv4_too) {
  if (!tenon_supports(TENON_SUPPORTS_DUALSTACK)) SKIP("no IPv6");
  int port = 0, hops = 7;
  tenon_sock receiver = open_receiver(TENON_AF_INET, &port), sender = open_datagrams(TENON_AF_INET6);
  tenon_addr group = address("239.255.1.7", port);
  CHECK_EQ(tenon_setsockopt(sender, TENON_OPT_MULTICAST_TTL, 7), 0);
  CHECK_EQ(tenon_setsockopt(sender, TENON_OPT_MULTICAST_LOOP, 0), 0);
  CHECK_EQ(support_native_option(sender, SUPPORT_IPV4_MULTICAST_TTL), 7);
  CHECK_EQ(tenon_getsockopt(sender, TENON_OPT_TTL, &hops), 0);
  CHECK(hops != 7);
  CHECK_EQ(support_native_option(sender, SUPPORT_IPV4_MULTICAST_LOOP), 0);
  CHECK_EQ(tenon_setsockopt(sender, TENON_OPT_MULTICAST_LOOP, 1), 0);
  CHECK_EQ(tenon_setsockopt(sender, TENON_OPT_MULTICAST_IF, LOOPBACK), 0);
  CHECK_EQ(tenon_multicast_join(receiver, &group, NULL, LOOPBACK), 0);
  CHECK_EQ(tenon_sendto(sender, "x", 1, &group, NET_LIMIT_MS), 1);
  CHECK_EQ(next_byte(receiver, NET_LIMIT_MS), 'x');
  CHECK_EQ(net_close2(receiver, sender), 0);
}

/* ---- What is refused --------------------------------------------------------------------------------------------- */

static void check_refusals(int family, const char *group_text, const char *host_text, const char *other_text) {
  tenon_sock s = open_datagrams(family);
  tenon_addr group = address(group_text, 0), host = address(host_text, 0), other = address(other_text, 0);
  tenon_addr any = tenon_addr_any(family, 0), none = tenon_addr_any(TENON_AF_UNSPEC, 0);
  tenon_addr stranger = tenon_addr_loopback(family == TENON_AF_INET ? TENON_AF_INET6 : TENON_AF_INET, 0);
  int (*const calls[])(tenon_sock, const tenon_addr *, const tenon_addr *, int) = {tenon_multicast_join,
                                                                                   tenon_multicast_leave};
  for (int i = 0; i < 2; i++) {
    check_equal(CHECK_HERE, "no group", "EINVAL", calls[i](s, NULL, NULL, LOOPBACK), TENON_EINVAL);
    check_equal(CHECK_HERE, "a host", "EINVAL", calls[i](s, &host, NULL, LOOPBACK), TENON_EINVAL);
    check_equal(CHECK_HERE, "any", "EINVAL", calls[i](s, &any, NULL, LOOPBACK), TENON_EINVAL);
    check_equal(CHECK_HERE, "no family", "EAFNOSUPPORT", calls[i](s, &none, NULL, LOOPBACK), TENON_EAFNOSUPPORT);
    check_equal(CHECK_HERE, "other family", "EAFNOSUPPORT", calls[i](s, &other, NULL, LOOPBACK), TENON_EAFNOSUPPORT);
    check_equal(CHECK_HERE, "source: a group", "EINVAL", calls[i](s, &group, &group, LOOPBACK), TENON_EINVAL);
    check_equal(CHECK_HERE, "source: any", "EINVAL", calls[i](s, &group, &any, LOOPBACK), TENON_EINVAL);
    check_equal(CHECK_HERE, "source: other family", "EINVAL", calls[i](s, &group, &stranger, LOOPBACK), TENON_EINVAL);
    check_equal(CHECK_HERE, "index", "EINVAL", calls[i](s, &group, NULL, -1), TENON_EINVAL);
    check_equal(CHECK_HERE, "index", "ENXIO", calls[i](s, &group, NULL, NO_INTERFACE), TENON_ENXIO);
    check_equal(CHECK_HERE, "index", "ENXIO", calls[i](s, &group, NULL, INT_MAX), TENON_ENXIO);
  }
  check_equal(CHECK_HERE, "leave", "EADDRNOTAVAIL", tenon_multicast_leave(s, &group, NULL, LOOPBACK),
              TENON_EADDRNOTAVAIL);
  check_equal(CHECK_HERE, "join", "0", tenon_multicast_join(s, &group, NULL, LOOPBACK), 0);
  check_equal(CHECK_HERE, "join", "EADDRINUSE", tenon_multicast_join(s, &group, NULL, LOOPBACK), TENON_EADDRINUSE);
  check_equal(CHECK_HERE, "leave", "0", tenon_multicast_leave(s, &group, NULL, LOOPBACK), 0);
  check_equal(CHECK_HERE, "leave", "EADDRNOTAVAIL", tenon_multicast_leave(s, &group, NULL, LOOPBACK),
              TENON_EADDRNOTAVAIL);
  tenon_close(s);
}

TEST(what_is_no_ipv4_group_or_interface_cannot_be_joined) {
  check_refusals(TENON_AF_INET, "239.255.1.8", "127.0.0.1", "ff12::8:2");
}

TEST(what_is_no_ipv6_group_or_interface_cannot_be_joined) {
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  check_refusals(TENON_AF_INET6, "ff12::8:2", "::1", "239.255.1.8");
}

TEST(the_scope_of_a_group_names_its_interface) {
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  tenon_sock s = open_datagrams(TENON_AF_INET6);
  tenon_addr group = address("ff12::8:3", 0), scoped = group, nowhere = group;
  scoped.scope = LOOPBACK;
  nowhere.scope = UINT32_MAX;
  CHECK_EQ(tenon_multicast_join(s, &scoped, NULL, 0), 0);
  CHECK_EQ(tenon_multicast_join(s, &group, NULL, LOOPBACK), TENON_EADDRINUSE);
  CHECK_EQ(tenon_multicast_leave(s, &scoped, NULL, LOOPBACK), 0);
  CHECK_EQ(tenon_multicast_join(s, &scoped, NULL, LOOPBACK + 1), TENON_EINVAL);
  CHECK_EQ(tenon_multicast_join(s, &nowhere, NULL, 0), TENON_EINVAL);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(sources_of_ipv6_groups_are_there_if_the_system_says_so) {
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  int supported = tenon_supports(TENON_SUPPORTS_MULTICAST_SOURCE_IPV6);
  tenon_sock s = open_datagrams(TENON_AF_INET6);
  tenon_addr group = address("ff3e::8000:1", 0), source = address("::1", 0);
  CHECK_EQ(tenon_multicast_join(s, &group, &source, LOOPBACK), supported ? 0 : TENON_ENOTSUP);
  CHECK_EQ(tenon_multicast_join(s, &group, &source, LOOPBACK), supported ? TENON_EADDRINUSE : TENON_ENOTSUP);
  CHECK_EQ(tenon_multicast_leave(s, &group, &source, LOOPBACK), supported ? 0 : TENON_ENOTSUP);
  CHECK_EQ(tenon_multicast_leave(s, &group, &source, LOOPBACK), supported ? TENON_EADDRNOTAVAIL : TENON_ENOTSUP);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(only_open_sockets_for_datagrams_join_groups) {
  tenon_addr group = address("239.255.1.9", 0);
  tenon_sock stream = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0), file = support_open_file();
  int is_told = tenon_multicast_join(file, &group, NULL, LOOPBACK) == TENON_ENOTSOCK &&
                tenon_multicast_leave(file, &group, NULL, LOOPBACK) == TENON_ENOTSOCK;
  support_close_file(file);
  CHECK(is_told);
  CHECK_EQ(tenon_multicast_join(stream, &group, NULL, LOOPBACK), TENON_EOPNOTSUPP);
  CHECK_EQ(tenon_multicast_leave(stream, &group, NULL, LOOPBACK), TENON_EOPNOTSUPP);
  CHECK_EQ(tenon_close(stream), 0);
  tenon_sock closed = support_closed_handle();
  CHECK_EQ(tenon_multicast_join(closed, &group, NULL, LOOPBACK), TENON_EBADF);
  CHECK_EQ(tenon_multicast_leave(TENON_NO_SOCK, &group, NULL, LOOPBACK), TENON_EBADF);
}
