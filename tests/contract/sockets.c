/* sockets.c - transcript: opening sockets, their names, and closing them.
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>

#include "support.h"
#include "transcript.h"

static const struct {
  const char *id, *trap, *call;
  int family, type, protocol;
} rows[] = {
    {"socket.inet.stream", "", "tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0)", 2, 1, 0},
    {"socket.inet.stream.tcp", "", "tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, TENON_IPPROTO_TCP)", 2, 1, 6},
    {"socket.inet.dgram", "", "tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0)", 2, 2, 0},
    {"socket.inet.dgram.udp", "", "tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, TENON_IPPROTO_UDP)", 2, 2, 17},
    {"socket.inet6.stream", "D017", "tenon_socket(TENON_AF_INET6, TENON_SOCK_STREAM, 0)", 10, 1, 0},
    {"socket.inet6.dgram", "D017", "tenon_socket(TENON_AF_INET6, TENON_SOCK_DGRAM, 0)", 10, 2, 0},
    {"socket.family.none", "D041", "tenon_socket(TENON_AF_UNSPEC, TENON_SOCK_STREAM, 0)", 0, 1, 0},
    {"socket.family.unknown", "D041", "tenon_socket(99, TENON_SOCK_STREAM, 0)", 99, 1, 0},
    {"socket.family.negative", "D041", "tenon_socket(-1, TENON_SOCK_STREAM, 0)", -1, 1, 0},
    {"socket.type.none", "D041", "tenon_socket(TENON_AF_INET, 0, 0)", 2, 0, 0},
    {"socket.type.unknown", "D041", "tenon_socket(TENON_AF_INET, 77, 0)", 2, 77, 0},
    {"socket.type.negative", "D041", "tenon_socket(TENON_AF_INET, -1, 0)", 2, -1, 0},
    {"socket.protocol.udp_stream", "D041", "tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, TENON_IPPROTO_UDP)", 2, 1,
     17},
    {"socket.protocol.tcp_dgram", "D041", "tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, TENON_IPPROTO_TCP)", 2, 2, 6},
    {"socket.protocol.unknown", "D041", "tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 999)", 2, 1, 999},
    {"socket.protocol.negative", "D041", "tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, -1)", 2, 1, -1},
};

static void open_all(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    tenon_sock s = tenon_socket(rows[i].family, rows[i].type, rows[i].protocol);
    transcript_handle(rows[i].id, rows[i].trap, rows[i].call, s);
    if (s >= 0) tenon_close(s);
  }
}

static void name_unbound(int family, const char *id, const char *id_of_text) {
  tenon_addr local = tenon_addr_any(TENON_AF_UNSPEC, 0);
  tenon_sock unbound = tenon_socket(family, TENON_SOCK_STREAM, 0);
  SHOW(id, "D066", tenon_getsockname(unbound, &local));
  TEXT(id_of_text, "D066", host_of(&local));
  tenon_close(unbound);
}

static void name_connected(void) {
  tenon_addr local, peer;
  tenon_sock pair[2];
  net_pair(pair);
  SHOW("name.own", "", tenon_getsockname(pair[0], &local));
  TEXT("name.own.host", "", host_of(&local));
  SHOW("name.peer", "", tenon_getpeername(pair[1], &peer));
  FACT("name.peer.is_who_connected", "", tenon_addr_equal(&local, &peer));
  SHOW("name.own.null", "D042", tenon_getsockname(pair[0], NULL));
  SHOW("name.peer.null", "D042", tenon_getpeername(pair[0], NULL));
  net_close2(pair[0], pair[1]);
}

static void name_unconnected(void) {
  tenon_addr peer;
  tenon_sock unconnected = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_sock listener = net_listen(TENON_AF_INET, NULL);
  SHOW("name.peer.unconnected", "D033", tenon_getpeername(unconnected, &peer));
  SHOW("name.peer.listener", "D033", tenon_getpeername(listener, &peer));
  net_close2(unconnected, listener);
}

static void close_them(void) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  FACT("socket.inherited_by_children", "D010", support_inheritable(s));
  SHOW("close.open", "D004", tenon_close(s));
  SHOW("close.twice", "D005", tenon_close(s));
}

void topic_sockets(void) {
  open_all();
  name_unbound(TENON_AF_INET, "name.unbound.inet", "name.unbound.inet.host");
  name_unbound(TENON_AF_INET6, "name.unbound.inet6", "name.unbound.inet6.host");
  name_connected();
  name_unconnected();
  close_them();
}
