/* by_name.c - transcript: clients and servers by name.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "transcript.h"

/* The port of a socket as the name of a service. */
static const char *service_of(tenon_sock s) {
  static char service[8];
  tenon_addr local = tenon_addr_any(TENON_AF_UNSPEC, 0);
  tenon_getsockname(s, &local);
  snprintf(service, sizeof service, "%d", local.port);
  return service;
}

static const char *peer_of(tenon_sock s) {
  tenon_addr peer = tenon_addr_any(TENON_AF_UNSPEC, 0);
  if (s >= 0) tenon_getpeername(s, &peer);
  return host_of(&peer);
}

static void close_all(tenon_sock *sockets, int count) {
  for (int i = 0; i < count; i++)
    if (sockets[i] >= 0) tenon_close(sockets[i]);
}

static void serve_all(void) {
  tenon_sock listener = OPEN("by_name.tcp_listen.all", "D048", tenon_tcp_listen(NULL, "0", 5));
  const char *port = service_of(listener);
  tenon_sock localhost = OPEN("by_name.tcp_connect.localhost", "D137", tenon_tcp_connect("localhost", port, LIMIT));
  TEXT("by_name.tcp_connect.localhost.peer", "D138", peer_of(localhost));
  tenon_sock ipv4 = OPEN("by_name.tcp_connect.ipv4", "D048", tenon_tcp_connect("127.0.0.1", port, TENON_FOREVER));
  TEXT("by_name.tcp_connect.ipv4.peer", "D049", peer_of(ipv4));
  tenon_sock ipv6 = OPEN("by_name.tcp_connect.ipv6", "D048", tenon_tcp_connect("::1", port, LIMIT));
  tenon_sock accepted = OPEN("by_name.accept", "", tenon_accept(listener, NULL, LIMIT));
  tenon_sock sockets[] = {listener, localhost, ipv4, ipv6, accepted};
  close_all(sockets, 5);
}

/* Who listens at one family's address is found behind the other family's, which refuses. */
static void serve_one(void) {
  tenon_sock listener = OPEN("by_name.tcp_listen.ipv4", "D178", tenon_tcp_listen("127.0.0.1", "0", 5));
  const char *port = service_of(listener);
  tenon_sock found = OPEN("by_name.tcp_connect.second_address", "D178", tenon_tcp_connect("localhost", port, LIMIT));
  TEXT("by_name.tcp_connect.second_address.peer", "D178", peer_of(found));
  SHOW("by_name.tcp_listen.taken", "D043", tenon_tcp_listen("127.0.0.1", port, 5));
  tenon_sock sockets[] = {listener, found};
  close_all(sockets, 2);
}

static void fail(void) {
  tenon_sock listener = tenon_tcp_listen("localhost", "0", 5);
  char port[8];
  snprintf(port, sizeof port, "%s", service_of(listener));
  tenon_close(listener);
  SHOW("by_name.tcp_connect.refused", "D178", tenon_tcp_connect("localhost", port, LIMIT));
  SHOW("by_name.tcp_connect.at_once", "", tenon_tcp_connect("localhost", port, 0));
  SHOW("by_name.tcp_connect.limit.negative", "", tenon_tcp_connect("localhost", port, -2));
  SHOW("by_name.tcp_connect.no_host", "D130", tenon_tcp_connect("nobody.invalid", "80", LIMIT));
  SHOW("by_name.tcp_connect.no_service", "D134", tenon_tcp_connect("localhost", "70000", LIMIT));
  SHOW("by_name.tcp_connect.null", "D042", tenon_tcp_connect(NULL, NULL, LIMIT));
  listener = OPEN("by_name.tcp_listen.no_names", "D042", tenon_tcp_listen(NULL, NULL, 5));
  tenon_close(listener);
  SHOW("by_name.tcp_listen.not_local", "D068", tenon_tcp_listen("192.0.2.1", "0", 5));
  SHOW("by_name.tcp_listen.no_host", "D130", tenon_tcp_listen("nobody.invalid", "0", 5));
  SHOW("by_name.tcp_listen.no_service", "D134", tenon_tcp_listen(NULL, "-1", 5));
}

static void exchange_datagrams(void) {
  char data[8];
  tenon_addr from;
  tenon_sock bound = OPEN("by_name.udp_bind", "D048", tenon_udp_bind("127.0.0.1", "0"));
  tenon_sock s = OPEN("by_name.udp_connect", "", tenon_udp_connect("127.0.0.1", service_of(bound), LIMIT));
  COUNT("by_name.udp_connect.send", "", tenon_sendto(s, "hi", 2, NULL, LIMIT));
  COUNT("by_name.udp_bind.receive", "", tenon_recvfrom(bound, data, sizeof data, &from, LIMIT));
  SHOW("by_name.udp_connect.no_host", "D130", tenon_udp_connect("nobody.invalid", "80", LIMIT));
  SHOW("by_name.udp_connect.at_once", "", tenon_udp_connect("127.0.0.1", "9", 0));
  SHOW("by_name.udp_bind.taken", "D046", tenon_udp_bind("127.0.0.1", service_of(bound)));
  SHOW("by_name.udp_connect.null", "D042", tenon_udp_connect(NULL, NULL, LIMIT));
  tenon_sock all = OPEN("by_name.udp_bind.all", "D048", tenon_udp_bind(NULL, "0"));
  tenon_sock unnamed = OPEN("by_name.udp_bind.no_names", "D042", tenon_udp_bind(NULL, NULL));
  tenon_sock sockets[] = {bound, s, all, unnamed};
  close_all(sockets, 4);
}

void topic_by_name(void) {
  serve_all();
  serve_one();
  fail();
  exchange_datagrams();
}
