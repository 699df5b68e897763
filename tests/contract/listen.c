/* listen.c - transcript: binding and listening, and who may have a port.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>
#include <stddef.h>

#include "support.h"
#include "transcript.h"

static tenon_sock open_stream(int family) {
  return tenon_socket(family, TENON_SOCK_STREAM, 0);
}

static void bind_well(void) {
  tenon_addr any = tenon_addr_any(TENON_AF_INET, 0), local;
  tenon_sock s = open_stream(TENON_AF_INET);
  SHOW("bind.port_0", "", tenon_bind(s, &any));
  SHOW("bind.port_0.name", "", tenon_getsockname(s, &local));
  FACT("bind.port_0.has_a_port", "", local.port != 0);
  TEXT("bind.port_0.host", "", host_of(&local));
  SHOW("bind.twice", "D040", tenon_bind(s, &any));
  tenon_close(s);
}

static void bind_badly(void) {
  tenon_addr elsewhere = tenon_addr_any(TENON_AF_INET, 0), none = tenon_addr_any(TENON_AF_UNSPEC, 0);
  tenon_addr ipv6 = tenon_addr_loopback(TENON_AF_INET6, 0);
  tenon_sock s = open_stream(TENON_AF_INET);
  elsewhere.ip[0] = 192, elsewhere.ip[2] = 2, elsewhere.ip[3] = 1; /* 192.0.2.1 is nobody's: RFC 5737 */
  SHOW("bind.not_local", "D068", tenon_bind(s, &elsewhere));
  SHOW("bind.ipv6_address", "D049", tenon_bind(s, &ipv6));
  SHOW("bind.no_family", "", tenon_bind(s, &none));
  SHOW("bind.null", "D042", tenon_bind(s, NULL));
  tenon_close(s);
}

/* Whoever is there first has the port alone. */
static void bind_taken(void) {
  tenon_addr taken, bound = tenon_addr_loopback(TENON_AF_INET, 0), any;
  tenon_sock listener = net_listen(TENON_AF_INET, &taken);
  tenon_sock first = open_stream(TENON_AF_INET), second = open_stream(TENON_AF_INET);
  tenon_bind(first, &bound);
  tenon_getsockname(first, &bound);
  any = tenon_addr_any(TENON_AF_INET, taken.port);
  SHOW("bind.taken.by_a_listener", "D043", tenon_bind(second, &taken));
  SHOW("bind.taken.by_a_bound_socket", "D043", tenon_bind(second, &bound));
  SHOW("bind.taken.all_interfaces", "D047", tenon_bind(second, &any));
  SHOW("bind.taken.first_may_listen", "D183", tenon_listen(first, 5));
  tenon_close(listener);
  SHOW("bind.free_again", "D070", tenon_bind(second, &taken));
  net_close2(first, second);
}

static void bind_dual_stack(void) {
  tenon_addr any6 = tenon_addr_any(TENON_AF_INET6, 0), any4, ipv4 = tenon_addr_loopback(TENON_AF_INET, 0);
  tenon_sock both = open_stream(TENON_AF_INET6), one = open_stream(TENON_AF_INET), mapped = open_stream(TENON_AF_INET6);
  SHOW("bind.dualstack", "D048", tenon_bind(both, &any6));
  tenon_getsockname(both, &any6);
  SHOW("bind.dualstack.listen", "D048", tenon_listen(both, 5));
  any4 = tenon_addr_any(TENON_AF_INET, any6.port);
  SHOW("bind.taken.by_the_other_family", "D047", tenon_bind(one, &any4));
  SHOW("bind.ipv6_socket.ipv4_address", "D049", tenon_bind(mapped, &ipv4));
  tenon_getsockname(mapped, &ipv4);
  TEXT("bind.ipv6_socket.host", "D049", host_of(&ipv4));
  tenon_close(both);
  net_close2(one, mapped);
}

static void listen_well(void) {
  static const struct {
    const char *id, *connect_id;
    int backlog;
  } rows[] = {{"listen.backlog.some", "listen.backlog.some.connect", 5},
              {"listen.backlog.default", "listen.backlog.default.connect", -1},
              {"listen.backlog.zero", "listen.backlog.zero.connect", 0},
              {"listen.backlog.huge", "listen.backlog.huge.connect", INT_MAX},
              {"listen.backlog.lowest", "listen.backlog.lowest.connect", INT_MIN}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 0);
    tenon_sock bound = open_stream(TENON_AF_INET), client = open_stream(TENON_AF_INET);
    tenon_bind(bound, &at);
    tenon_getsockname(bound, &at);
    SHOW(rows[i].id, "D056", tenon_listen(bound, rows[i].backlog));
    SHOW(rows[i].connect_id, "D056", tenon_connect(client, &at, LIMIT));
    net_close2(bound, client);
  }
}

static void listen_badly(void) {
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 0);
  tenon_sock unbound = open_stream(TENON_AF_INET), listener = net_listen(TENON_AF_INET, NULL), pair[2];
  tenon_sock datagrams = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  net_pair(pair);
  tenon_bind(datagrams, &at);
  SHOW("listen.unbound", "D055", tenon_listen(unbound, 5));
  SHOW("listen.twice", "", tenon_listen(listener, 10));
  SHOW("listen.datagrams", "D040", tenon_listen(datagrams, 5));
  SHOW("listen.connected", "D040", tenon_listen(pair[0], 5));
  net_close2(pair[0], pair[1]);
  net_close2(unbound, listener);
  tenon_close(datagrams);
}

/* The server closes first, so that TIME_WAIT is on its side. */
static void restart(void) {
  tenon_addr at;
  tenon_sock listener = net_listen(TENON_AF_INET, &at), client = open_stream(TENON_AF_INET);
  char byte;
  tenon_connect(client, &at, LIMIT);
  tenon_sock accepted = tenon_accept(listener, NULL, LIMIT);
  net_close2(accepted, listener);
  COUNT("listen.restart.client_sees_the_end", "", tenon_recv(client, &byte, 1, LIMIT));
  tenon_close(client);
  tenon_sock again = open_stream(TENON_AF_INET);
  SHOW("listen.restart.bind", "D070", tenon_bind(again, &at));
  SHOW("listen.restart.listen", "D070", tenon_listen(again, 5));
  tenon_close(again);
}

void topic_listen(void) {
  bind_well();
  bind_badly();
  bind_taken();
  bind_dual_stack();
  listen_well();
  listen_badly();
  restart();
}
