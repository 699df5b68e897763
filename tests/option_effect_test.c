/* option_effect_test.c - what options do.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "support.h"

static tenon_sock open_with(int family, int type, int option) {
  tenon_sock s = tenon_socket(family, type, 0);
  return tenon_setsockopt(s, option, 1) == 0 ? s : TENON_NO_SOCK;
}

/* The value, or the failure. */
static int value_of(tenon_sock s, int option) {
  int value = -1;
  int result = tenon_getsockopt(s, option, &value);
  return result < 0 ? result : value;
}

/* D045 */
TEST(a_port_of_datagrams_is_shared_by_those_who_want_to) {
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 0);
  tenon_sock first = open_with(TENON_AF_INET, TENON_SOCK_DGRAM, TENON_OPT_SHARE);
  tenon_sock second = open_with(TENON_AF_INET, TENON_SOCK_DGRAM, TENON_OPT_SHARE);
  tenon_sock selfish = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  CHECK_EQ(tenon_bind(first, &at), 0);
  CHECK_EQ(tenon_getsockname(first, &at), 0);
  CHECK_EQ(tenon_bind(selfish, &at), TENON_EADDRINUSE);
  CHECK_EQ(tenon_bind(second, &at), 0);
  CHECK_EQ(tenon_sendto(selfish, "x", 1, &at, NET_LIMIT_MS), 1);
  tenon_pollfd items[] = {{first, TENON_POLLIN, 0}, {second, TENON_POLLIN, 0}};
  CHECK_EQ(tenon_poll(items, 2, NET_LIMIT_MS), 1);
  CHECK_EQ(net_close2(first, second), 0);
  CHECK_EQ(tenon_close(selfish), 0);
}

TEST(a_port_of_datagrams_is_not_shared_with_those_who_do_not_want_to) {
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 0);
  tenon_sock selfish = open_with(TENON_AF_INET, TENON_SOCK_DGRAM, TENON_OPT_SHARE);
  tenon_sock other = open_with(TENON_AF_INET, TENON_SOCK_DGRAM, TENON_OPT_SHARE);
  CHECK_EQ(tenon_setsockopt(selfish, TENON_OPT_SHARE, 0), 0);
  CHECK_EQ(tenon_bind(selfish, &at), 0);
  CHECK_EQ(tenon_getsockname(selfish, &at), 0);
  CHECK_EQ(tenon_bind(other, &at), TENON_EADDRINUSE);
  CHECK_EQ(net_close2(selfish, other), 0);
}

TEST(options_for_binding_come_too_late_after_it) {
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 0);
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  CHECK_EQ(tenon_bind(s, &at), 0);
  CHECK_EQ(tenon_setsockopt(s, TENON_OPT_SHARE, 1), TENON_EINVAL);
  CHECK_EQ(tenon_setsockopt(s, TENON_OPT_SHARE, 0), TENON_EINVAL);
  CHECK_EQ(value_of(s, TENON_OPT_SHARE), 0);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(an_ipv6_only_socket_leaves_ipv4_alone) {
  if (!tenon_supports(TENON_SUPPORTS_DUALSTACK)) SKIP("no IPv6");
  tenon_addr at = tenon_addr_any(TENON_AF_INET6, 0), four;
  tenon_sock six = open_with(TENON_AF_INET6, TENON_SOCK_DGRAM, TENON_OPT_V6ONLY);
  tenon_sock stream = open_with(TENON_AF_INET6, TENON_SOCK_STREAM, TENON_OPT_V6ONLY);
  tenon_sock other = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  CHECK_EQ(tenon_bind(six, &at), 0);
  CHECK_EQ(tenon_getsockname(six, &at), 0);
  four = tenon_addr_loopback(TENON_AF_INET, at.port);
  CHECK_EQ(tenon_bind(other, &four), 0);
  CHECK_EQ(tenon_sendto(six, "x", 1, &four, NET_LIMIT_MS), TENON_EAFNOSUPPORT);
  CHECK_EQ(tenon_sendto(six, "x", 1, &four, 0), TENON_EAFNOSUPPORT);
  CHECK_EQ(tenon_connect(stream, &four, NET_LIMIT_MS), TENON_EAFNOSUPPORT);
  CHECK_EQ(tenon_setsockopt(six, TENON_OPT_V6ONLY, 0), TENON_EINVAL);
  CHECK_EQ(value_of(six, TENON_OPT_V6ONLY), 1);
  CHECK_EQ(net_close2(six, other), 0);
  CHECK_EQ(tenon_close(stream), 0);
}

/* All of the loopback network is this host; a broadcast to it is heard by who hears all. */
TEST(broadcasting_is_for_those_who_asked_for_it) {
  tenon_addr at = tenon_addr_any(TENON_AF_INET, 0), all;
  char byte = 0;
  tenon_sock receiver = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  tenon_sock s = open_with(TENON_AF_INET, TENON_SOCK_DGRAM, TENON_OPT_BROADCAST);
  CHECK_EQ(tenon_bind(receiver, &at), 0);
  CHECK_EQ(tenon_getsockname(receiver, &at), 0);
  CHECK_EQ(tenon_addr_parse(&all, "127.255.255.255"), 0);
  all.port = at.port;
  CHECK_EQ(tenon_sendto(s, "b", 1, &all, NET_LIMIT_MS), 1);
  CHECK_EQ(tenon_recvfrom(receiver, &byte, 1, NULL, NET_LIMIT_MS), 1);
  CHECK_EQ(byte, 'b');
  CHECK_EQ(tenon_setsockopt(s, TENON_OPT_BROADCAST, 0), 0);
  CHECK_EQ(tenon_sendto(s, "b", 1, &all, NET_LIMIT_MS), TENON_EACCES);
  CHECK_EQ(net_close2(receiver, s), 0);
}

TEST(closing_breaks_the_connection_off_if_it_should) {
  tenon_sock pair[2];
  char byte;
  for (int reset = 1; reset >= 0; reset--) {
    CHECK_EQ(net_pair(pair), 0);
    CHECK_EQ(tenon_setsockopt(pair[1], TENON_OPT_RESET_ON_CLOSE, 1), 0);
    CHECK_EQ(tenon_setsockopt(pair[1], TENON_OPT_RESET_ON_CLOSE, reset), 0);
    CHECK_EQ(tenon_close(pair[1]), 0);
    CHECK_EQ(tenon_recv(pair[0], &byte, 1, NET_LIMIT_MS), reset ? TENON_ECONNRESET : 0);
    CHECK_EQ(tenon_close(pair[0]), 0);
  }
}

/* D122 */
TEST(the_hops_of_an_ipv6_socket_count_for_ipv4_too) {
  if (!tenon_supports(TENON_SUPPORTS_DUALSTACK)) SKIP("no IPv6");
  tenon_sock s = tenon_socket(TENON_AF_INET6, TENON_SOCK_DGRAM, 0);
  CHECK_EQ(tenon_setsockopt(s, TENON_OPT_TTL, 7), 0);
  CHECK_EQ(value_of(s, TENON_OPT_TTL), 7);
  CHECK_EQ(support_ipv4_ttl(s), 7);
  CHECK_EQ(tenon_close(s), 0);
}

/* D118 */
TEST(options_of_a_connection_can_be_changed) {
  static const int options[] = {TENON_OPT_NODELAY, TENON_OPT_KEEPALIVE, TENON_OPT_TTL};
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  for (int i = 0; i < 3; i++) {
    for (int k = 0; k < 2; k++) {
      CHECK_EQ(tenon_setsockopt(pair[k], options[i], 1), 0);
      CHECK_EQ(value_of(pair[k], options[i]), 1);
    }
  }
  CHECK_EQ(tenon_setsockopt(pair[0], TENON_OPT_NODELAY, 0), 0);
  CHECK_EQ(value_of(pair[0], TENON_OPT_NODELAY), 0);
  CHECK_EQ(value_of(pair[0], TENON_OPT_ERROR), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}
