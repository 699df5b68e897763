/* multicast_source_test.c - single sources of IPv6 groups.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "tenon/multicast.h"
#include "tenon/option.h"

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
