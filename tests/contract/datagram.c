/* datagram.c - transcript: datagrams, and what becomes of those that nobody takes.
 * SPDX-License-Identifier: MIT
 */
#include "support.h"
#include "transcript.h"

enum { TOO_MUCH = 70000 };

static tenon_sock open_bound(int family, tenon_addr *at) {
  tenon_sock s = tenon_socket(family, TENON_SOCK_DGRAM, 0);
  *at = tenon_addr_loopback(family, 0);
  tenon_bind(s, at);
  tenon_getsockname(s, at);
  return s;
}

/* A loopback address that no socket has. */
static tenon_addr nobodys(int family) {
  tenon_addr at;
  tenon_close(open_bound(family, &at));
  return at;
}

static void exchange(tenon_sock a, const tenon_addr *at_a, tenon_sock b, const tenon_addr *at_b) {
  tenon_addr from = tenon_addr_any(TENON_AF_UNSPEC, 0);
  char data[8] = "";
  COUNT("sendto.limit", "", tenon_sendto(a, "ping", 4, at_b, LIMIT));
  COUNT("recvfrom.limit", "", tenon_recvfrom(b, data, sizeof data, &from, LIMIT));
  TEXT("recvfrom.bytes", "", bytes_of(data, 4));
  FACT("recvfrom.from_the_sender", "D061", tenon_addr_equal(&from, at_a));
  COUNT("sendto.forever", "", tenon_sendto(b, "pong", 4, &from, TENON_FOREVER));
  COUNT("recvfrom.forever", "", tenon_recvfrom(a, data, sizeof data, NULL, TENON_FOREVER));
  COUNT("sendto.empty", "D075", tenon_sendto(a, NULL, 0, at_b, LIMIT));
  COUNT("recvfrom.empty", "D075", tenon_recvfrom(b, data, sizeof data, &from, LIMIT));
  tenon_sendto(a, "twelve bytes", 12, at_b, LIMIT);
  from = tenon_addr_any(TENON_AF_UNSPEC, 0);
  COUNT("recvfrom.too_small", "D076", tenon_recvfrom(b, data, 6, &from, LIMIT));
  TEXT("recvfrom.too_small.bytes", "D076", bytes_of(data, 6));
  FACT("recvfrom.too_small.from_the_sender", "D076", tenon_addr_equal(&from, at_a));
  COUNT("recvfrom.too_small.rest_is_gone", "D076", tenon_recvfrom(b, data, sizeof data, &from, 0));
  tenon_sendto(a, "exact", 5, at_b, LIMIT);
  COUNT("recvfrom.just_enough", "D076", tenon_recvfrom(b, data, 5, &from, LIMIT));
  COUNT("recvfrom.nothing.at_once", "D020", tenon_recvfrom(b, data, sizeof data, &from, 0));
  TIMED("recvfrom.nothing.limit", "D086", tenon_recvfrom(b, data, sizeof data, &from, SHORT));
}

static void send_badly(void) {
  static char data[TOO_MUCH];
  tenon_addr at, port_0 = tenon_addr_loopback(TENON_AF_INET, 0), none = tenon_addr_any(TENON_AF_UNSPEC, 0), all;
  tenon_addr ipv6 = tenon_addr_loopback(TENON_AF_INET6, 9);
  tenon_sock s = open_bound(TENON_AF_INET, &at);
  tenon_addr_parse(&all, "255.255.255.255:9");
  COUNT("sendto.largest", "D084", tenon_sendto(s, data, 65507, &at, LIMIT));
  COUNT("sendto.too_large", "D084", tenon_sendto(s, data, 65508, &at, LIMIT));
  COUNT("sendto.far_too_large", "D084", tenon_sendto(s, data, sizeof data, &at, LIMIT));
  COUNT("sendto.nobody", "", tenon_sendto(s, data, 1, NULL, LIMIT));
  COUNT("dgram.send.empty.nobody", "D075", tenon_send(s, "", 0, LIMIT));
  COUNT("sendto.port_0", "D051", tenon_sendto(s, data, 1, &port_0, LIMIT));
  COUNT("sendto.broadcast", "D039", tenon_sendto(s, data, 1, &all, LIMIT));
  COUNT("sendto.no_family", "", tenon_sendto(s, data, 1, &none, LIMIT));
  COUNT("sendto.other_family", "D049", tenon_sendto(s, data, 1, &ipv6, LIMIT));
  COUNT("sendto.null", "D042", tenon_sendto(s, NULL, 1, &at, LIMIT));
  COUNT("sendto.limit.negative", "", tenon_sendto(s, data, 1, &at, -2));
  COUNT("recvfrom.null", "D042", tenon_recvfrom(s, NULL, 1, NULL, 0));
  COUNT("recvfrom.limit.negative", "", tenon_recvfrom(s, data, 1, NULL, -2));
  COUNT("sendto.no_handle", "D003", tenon_sendto(TENON_NO_SOCK, data, 1, &at, LIMIT));
  COUNT("recvfrom.no_handle", "D003", tenon_recvfrom(TENON_NO_SOCK, data, 1, NULL, LIMIT));
  tenon_close(s);
}

/* A server hears of no failure of its answers, and goes on. */
static void answer_the_dead(void) {
  tenon_addr at, nobody = nobodys(TENON_AF_INET), at_client;
  char data[8];
  tenon_sock server = open_bound(TENON_AF_INET, &at), client = open_bound(TENON_AF_INET, &at_client);
  COUNT("dead_peer.sendto", "D082", tenon_sendto(server, "x", 1, &nobody, LIMIT));
  COUNT("dead_peer.sendto.again", "D082", tenon_sendto(server, "x", 1, &nobody, LIMIT));
  TIMED("dead_peer.recvfrom", "D082", tenon_recvfrom(server, data, sizeof data, NULL, SHORT));
  COUNT("dead_peer.next_client.sendto", "D082", tenon_sendto(client, "hello", 5, &at, LIMIT));
  COUNT("dead_peer.next_client.recvfrom", "D082", tenon_recvfrom(server, data, sizeof data, NULL, LIMIT));
  net_close2(server, client);
}

static void connect_them(void) {
  tenon_addr at, at_other, nobody = nobodys(TENON_AF_INET);
  char data[8];
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0),
             to_nobody = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  tenon_sock peer = open_bound(TENON_AF_INET, &at), other = open_bound(TENON_AF_INET, &at_other);
  SHOW("dgram.connect", "D083", tenon_connect(s, &at, LIMIT));
  COUNT("dgram.connected.sendto_nobody", "D083", tenon_sendto(s, "hi", 2, NULL, LIMIT));
  COUNT("dgram.connected.peer_receives", "D083", tenon_recvfrom(peer, data, sizeof data, NULL, LIMIT));
  COUNT("dgram.connected.send.empty", "D075", tenon_send(s, "", 0, LIMIT));
  COUNT("dgram.connected.recvfrom.empty", "D075", tenon_recvfrom(peer, data, sizeof data, NULL, LIMIT));
  tenon_addr local;
  tenon_getsockname(s, &local);
  tenon_sendto(other, "strange", 7, &local, LIMIT);
  tenon_sendto(peer, "known", 5, &local, LIMIT);
  COUNT("dgram.connected.hears_its_peer_alone", "D083", tenon_recvfrom(s, data, sizeof data, NULL, LIMIT));
  SHOW("dgram.connect.again", "D083", tenon_connect(s, &at_other, LIMIT));
  SHOW("dgram.connect.dead", "D083", tenon_connect(to_nobody, &nobody, LIMIT));
  COUNT("dgram.connect.dead.sendto", "D083", tenon_sendto(to_nobody, "x", 1, NULL, LIMIT));
  ptrdiff_t n = tenon_recvfrom(to_nobody, data, sizeof data, NULL, SHORT);
  FACT("dgram.connect.dead.recvfrom", "D083", n == TENON_ECONNREFUSED || n == TENON_ETIMEDOUT);
  net_close2(s, to_nobody);
  net_close2(peer, other);
}

static void cross_families(void) {
  tenon_addr at4, any6 = tenon_addr_any(TENON_AF_INET6, 0), from = any6;
  char data[8];
  tenon_sock ipv4 = open_bound(TENON_AF_INET, &at4), ipv6 = tenon_socket(TENON_AF_INET6, TENON_SOCK_DGRAM, 0);
  SHOW("dgram.dualstack.bind", "D048", tenon_bind(ipv6, &any6));
  COUNT("dgram.dualstack.sendto_ipv4", "D049", tenon_sendto(ipv6, "six", 3, &at4, LIMIT));
  COUNT("dgram.dualstack.recvfrom_ipv6", "D049", tenon_recvfrom(ipv4, data, sizeof data, &from, LIMIT));
  COUNT("dgram.dualstack.answer", "D049", tenon_sendto(ipv4, "four", 4, &from, LIMIT));
  COUNT("dgram.dualstack.recvfrom_ipv4", "D049", tenon_recvfrom(ipv6, data, sizeof data, &from, LIMIT));
  TEXT("dgram.dualstack.from", "D049", host_of(&from));
  net_close2(ipv4, ipv6);
}

static void take_ports(void) {
  tenon_addr at;
  tenon_sock first = open_bound(TENON_AF_INET, &at), second = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  char data[8];
  SHOW("dgram.bind.taken", "D046", tenon_bind(second, &at));
  TIMED("dgram.unbound.recvfrom", "D180", tenon_recvfrom(second, data, sizeof data, NULL, SHORT));
  net_close2(first, second);
}

void topic_datagram(void) {
  tenon_addr at_a, at_b;
  tenon_sock a = open_bound(TENON_AF_INET, &at_a), b = open_bound(TENON_AF_INET, &at_b);
  exchange(a, &at_a, b, &at_b);
  net_close2(a, b);
  send_badly();
  answer_the_dead();
  connect_them();
  cross_families();
  take_ports();
}
