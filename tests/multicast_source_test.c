/* multicast_source_test.c - single sources of groups: over IPv6, and how they are left.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "tenon/multicast.h"
#include "tenon/option.h"

enum { LOOPBACK = 1 /* an index */ };

/* One that hears what comes to its port, which it shares. */
static tenon_sock open_receiver(int *port) {
  tenon_addr at = tenon_addr_any(TENON_AF_INET6, *port);
  tenon_sock s = tenon_socket(TENON_AF_INET6, TENON_SOCK_DGRAM, 0);
  tenon_setsockopt(s, TENON_OPT_SHARE, 1);
  if (tenon_bind(s, &at) == 0 && tenon_getsockname(s, &at) == 0) *port = at.port;
  return s;
}

/* The byte that comes next, or the failure. */
static int next_byte(tenon_sock s, tenon_addr *from, int timeout_ms) {
  char byte = 0;
  ptrdiff_t size = tenon_recvfrom(s, &byte, 1, from, timeout_ms);
  return size < 0 ? (int)size : byte;
}

/* Through whichever interface there is, if there is one: loopback knows no IPv6 multicast. Who hears all tells where it
 * comes from, and that it has come. */
TEST(only_the_sources_that_were_joined_are_heard_over_ipv6) {
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  int port = 0;
  tenon_sock all = open_receiver(&port), one = open_receiver(&port);
  tenon_sock sender = tenon_socket(TENON_AF_INET6, TENON_SOCK_DGRAM, 0);
  tenon_addr group, stranger, from;
  CHECK_EQ(tenon_addr_parse(&group, "ff12::8:6"), 0);
  CHECK_EQ(tenon_addr_parse(&stranger, "2001:db8::1"), 0);
  CHECK_EQ(tenon_setsockopt(sender, TENON_OPT_MULTICAST_TTL, 0), 0);
  group.port = (uint16_t)port;
  int joined = tenon_multicast_join(all, &group, NULL, 0), heard = 0;
  int result = joined == 0 ? tenon_multicast_join(one, &group, &stranger, 0) : TENON_ENOTSUP;
  if (joined == 0) CHECK_EQ(result, tenon_supports(TENON_SUPPORTS_MULTICAST_SOURCE_IPV6) ? 0 : TENON_ENOTSUP);
  if (result == 0) heard = tenon_sendto(sender, "a", 1, &group, NET_LIMIT_MS) == 1;
  if (heard) {
    CHECK_EQ(next_byte(all, &from, NET_LIMIT_MS), 'a');
    CHECK_EQ(next_byte(one, NULL, 0), TENON_EAGAIN);
    CHECK_EQ(tenon_multicast_join(one, &group, &from, 0), 0);
    CHECK_EQ(tenon_sendto(sender, "b", 1, &group, NET_LIMIT_MS), 1);
    CHECK_EQ(next_byte(one, NULL, NET_LIMIT_MS), 'b');
  }
  CHECK_EQ(net_close2(all, one), 0);
  CHECK_EQ(tenon_close(sender), 0);
}

/* The system ends the membership, whichever way it began. */
TEST(a_group_that_was_joined_by_its_sources_is_not_left_without_one) {
  static const struct {
    int family, feature;
    const char *group, *source;
  } rows[] = {{TENON_AF_INET, TENON_SUPPORTS_MULTICAST_SOURCE, "232.1.2.3", "127.0.0.1"},
              {TENON_AF_INET6, TENON_SUPPORTS_MULTICAST_SOURCE_IPV6, "ff31::8:7", "::1"}};
  for (int i = 0; i < 4; i++) {
    int family = rows[i / 2].family, index = i % 2 ? LOOPBACK : 0;
    tenon_addr group, source;
    if (family == TENON_AF_INET6 && !tenon_supports(TENON_SUPPORTS_IPV6)) continue;
    check_note(rows[i / 2].group);
    CHECK_EQ(tenon_addr_parse(&group, rows[i / 2].group), 0);
    CHECK_EQ(tenon_addr_parse(&source, rows[i / 2].source), 0);
    tenon_sock s = tenon_socket(family, TENON_SOCK_DGRAM, 0);
    CHECK_EQ(tenon_multicast_leave(s, &group, NULL, index), TENON_EADDRNOTAVAIL);
    int joined = tenon_multicast_join(s, &group, &source, index); /* the system may have no interface to choose */
    if (joined == 0) {
      CHECK_EQ(tenon_multicast_leave(s, &group, NULL, index), TENON_EADDRNOTAVAIL);
      CHECK_EQ(tenon_multicast_join(s, &group, &source, index), TENON_EADDRINUSE);
      CHECK_EQ(tenon_multicast_leave(s, &group, &source, index), 0);
      CHECK_EQ(tenon_multicast_leave(s, &group, &source, index), TENON_EADDRNOTAVAIL);
    }
    if (index) CHECK_EQ(joined, tenon_supports(rows[i / 2].feature) ? 0 : TENON_ENOTSUP);
    joined = tenon_multicast_join(s, &group, NULL, index);
    if (joined == 0) CHECK_EQ(tenon_multicast_leave(s, &group, NULL, index), 0);
    if (joined == 0) CHECK_EQ(tenon_multicast_leave(s, &group, NULL, index), TENON_EADDRNOTAVAIL);
    if (index) CHECK_EQ(joined, 0);
    CHECK_EQ(tenon_close(s), 0);
  }
  check_note(NULL);
}
