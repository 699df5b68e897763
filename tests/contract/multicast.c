/* multicast.c - transcript: groups, over the loopback interface.
 * SPDX-License-Identifier: MIT
 */
#include "tenon/multicast.h"

#include <stddef.h>

#include "tenon/option.h"
#include "transcript.h"

enum { LOOPBACK = 1, NO_INTERFACE = 1000000 }; /* indices */

static tenon_addr address(const char *text, int port) {
  tenon_addr addr = tenon_addr_any(TENON_AF_UNSPEC, 0);
  tenon_addr_parse(&addr, text);
  addr.port = (uint16_t)port;
  return addr;
}

static void refuse(void) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  tenon_sock stream = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_addr group = address("239.255.2.1", 0), group6 = address("ff12::8:4", 0), host = address("127.0.0.1", 0);
  SHOW("multicast.join.null", "D042", tenon_multicast_join(s, NULL, NULL, LOOPBACK));
  SHOW("multicast.join.no_group", "D124", tenon_multicast_join(s, &host, NULL, LOOPBACK));
  SHOW("multicast.join.other_family", "D124", tenon_multicast_join(s, &group6, NULL, LOOPBACK));
  SHOW("multicast.join.source.group", "D124", tenon_multicast_join(s, &group, &group, LOOPBACK));
  SHOW("multicast.join.source.other_family", "D124", tenon_multicast_join(s, &group, &group6, LOOPBACK));
  SHOW("multicast.join.no_interface", "D124", tenon_multicast_join(s, &group, NULL, NO_INTERFACE));
  SHOW("multicast.join.interface.negative", "D124", tenon_multicast_join(s, &group, NULL, -1));
  SHOW("multicast.join.stream", "D128", tenon_multicast_join(stream, &group, NULL, LOOPBACK));
  SHOW("multicast.join.no_handle", "D003", tenon_multicast_join(TENON_NO_SOCK, &group, NULL, LOOPBACK));
  SHOW("multicast.leave.null", "D042", tenon_multicast_leave(s, NULL, NULL, LOOPBACK));
  SHOW("multicast.leave.not_joined", "D124", tenon_multicast_leave(s, &group, NULL, LOOPBACK));
  SHOW("multicast.leave.source.not_joined", "D124", tenon_multicast_leave(s, &group, &host, LOOPBACK));
  SHOW("multicast.leave.no_interface", "D124", tenon_multicast_leave(s, &group, NULL, NO_INTERFACE));
  SHOW("multicast.leave.stream", "D128", tenon_multicast_leave(stream, &group, NULL, LOOPBACK));
  SHOW("multicast.leave.no_handle", "D003", tenon_multicast_leave(TENON_NO_SOCK, &group, NULL, LOOPBACK));
  net_close2(s, stream);
}

static void converse(void) {
  tenon_addr any = tenon_addr_any(TENON_AF_INET, 0), from, host = address("127.0.0.1", 0), other, group, one;
  tenon_sock member = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  tenon_sock sender = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  char data[16];
  tenon_bind(member, &any);
  tenon_bind(sender, &host);
  tenon_getsockname(member, &any);
  group = address("239.255.2.2", any.port);
  one = address("232.2.2.2", any.port);
  other = address("127.0.0.2", 0);
  SHOW("multicast.sender.interface", "D125", tenon_setsockopt(sender, TENON_OPT_MULTICAST_IF, LOOPBACK));
  SHOW("multicast.join", "D124", tenon_multicast_join(member, &group, NULL, LOOPBACK));
  SHOW("multicast.join.again", "D124", tenon_multicast_join(member, &group, NULL, LOOPBACK));
  COUNT("multicast.send", "", tenon_sendto(sender, "hello", 5, &group, LIMIT));
  COUNT("multicast.recv", "", tenon_recvfrom(member, data, sizeof data, &from, LIMIT));
  TEXT("multicast.recv.from", "", host_of(&from));
  SHOW("multicast.leave", "D124", tenon_multicast_leave(member, &group, NULL, LOOPBACK));
  SHOW("multicast.leave.again", "D124", tenon_multicast_leave(member, &group, NULL, LOOPBACK));
  COUNT("multicast.left.send", "D201", tenon_sendto(sender, "hello", 5, &group, LIMIT));
  SHOW("multicast.left.recv", "D201", tenon_recvfrom(member, data, sizeof data, NULL, SHORT));
  SHOW("multicast.source.join", "D124", tenon_multicast_join(member, &one, &other, LOOPBACK));
  SHOW("multicast.source.join.again", "D124", tenon_multicast_join(member, &one, &other, LOOPBACK));
  COUNT("multicast.source.send.other", "D124", tenon_sendto(sender, "no", 2, &one, LIMIT));
  SHOW("multicast.source.recv.other", "D124", tenon_recvfrom(member, data, sizeof data, NULL, SHORT));
  SHOW("multicast.source.join.second", "D124", tenon_multicast_join(member, &one, &host, LOOPBACK));
  COUNT("multicast.source.send", "D124", tenon_sendto(sender, "yes", 3, &one, LIMIT));
  COUNT("multicast.source.recv", "D124", tenon_recvfrom(member, data, sizeof data, NULL, LIMIT));
  SHOW("multicast.source.leave", "D124", tenon_multicast_leave(member, &one, &host, LOOPBACK));
  SHOW("multicast.source.leave.again", "D124", tenon_multicast_leave(member, &one, &host, LOOPBACK));
  net_close2(member, sender);
}

/* Systems have no way for it over loopback, so nothing is sent. */
static void join_ipv6(void) {
  tenon_sock s = tenon_socket(TENON_AF_INET6, TENON_SOCK_DGRAM, 0);
  tenon_addr group = address("ff12::8:5", 0), scoped = group, group4 = address("239.255.2.1", 0);
  scoped.scope = LOOPBACK;
  SHOW("multicast.ipv6.join", "D124", tenon_multicast_join(s, &group, NULL, LOOPBACK));
  SHOW("multicast.ipv6.join.again.by_scope", "D124", tenon_multicast_join(s, &scoped, NULL, 0));
  SHOW("multicast.ipv6.join.two_interfaces", "D124", tenon_multicast_join(s, &scoped, NULL, LOOPBACK + 1));
  SHOW("multicast.ipv6.join.no_interface", "D124", tenon_multicast_join(s, &group, NULL, NO_INTERFACE));
  SHOW("multicast.ipv6.join.ipv4", "D124", tenon_multicast_join(s, &group4, NULL, LOOPBACK));
  SHOW("multicast.ipv6.leave", "D124", tenon_multicast_leave(s, &group, NULL, LOOPBACK));
  SHOW("multicast.ipv6.leave.again", "D124", tenon_multicast_leave(s, &group, NULL, LOOPBACK));
  tenon_close(s);
}

void topic_multicast(void) {
  refuse();
  converse();
  join_ipv6();
}
