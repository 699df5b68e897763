/* option.c - transcript: options, what they are and what they do.
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>
#include <stdio.h>

#include "transcript.h"

enum { READ = -1000000 }; /* instead of a value to set */
enum { STREAM4, STREAM6, DGRAM4, DGRAM6, KINDS };

#define OPTION(name) TENON_OPT_##name, #name

/* Each is set, if there is a value to set, and then read, on sockets that are used for nothing else. */
static const struct {
  const char *id, *trap;
  int option;
  const char *name;
  int kind, value;
} rows[] = {
    {"option.nodelay.before", "D118", OPTION(NODELAY), STREAM4, READ},
    {"option.nodelay.on", "D113", OPTION(NODELAY), STREAM4, 1},
    {"option.nodelay.off", "D113", OPTION(NODELAY), STREAM4, 0},
    {"option.nodelay.too_much", "D114", OPTION(NODELAY), STREAM4, 2},
    {"option.nodelay.datagrams", "D128", OPTION(NODELAY), DGRAM4, 1},
    {"option.keepalive.before", "D113", OPTION(KEEPALIVE), STREAM4, READ},
    {"option.keepalive.on", "D113", OPTION(KEEPALIVE), STREAM4, 1},
    {"option.keepalive.datagrams", "D128", OPTION(KEEPALIVE), DGRAM4, 1},
    {"option.sndbuf", "D115", OPTION(SNDBUF), STREAM4, 65536},
    {"option.sndbuf.datagrams", "D115", OPTION(SNDBUF), DGRAM4, 65536},
    {"option.sndbuf.none", "D115", OPTION(SNDBUF), STREAM4, 0},
    {"option.rcvbuf", "D115", OPTION(RCVBUF), STREAM4, 65536},
    {"option.rcvbuf.negative", "D115", OPTION(RCVBUF), STREAM4, -1},
    {"option.broadcast.before", "D128", OPTION(BROADCAST), DGRAM4, READ},
    {"option.broadcast.on", "D113", OPTION(BROADCAST), DGRAM4, 1},
    {"option.broadcast.streams", "D128", OPTION(BROADCAST), STREAM4, 1},
    {"option.v6only.before", "D048", OPTION(V6ONLY), STREAM6, READ},
    {"option.v6only.on", "D048", OPTION(V6ONLY), STREAM6, 1},
    {"option.v6only.datagrams", "D048", OPTION(V6ONLY), DGRAM6, 1},
    {"option.v6only.ipv4", "D128", OPTION(V6ONLY), STREAM4, 1},
    {"option.reset_on_close.before", "D063", OPTION(RESET_ON_CLOSE), STREAM4, READ},
    {"option.reset_on_close.on", "D063", OPTION(RESET_ON_CLOSE), STREAM4, 1},
    {"option.reset_on_close.off", "D063", OPTION(RESET_ON_CLOSE), STREAM4, 0},
    {"option.reset_on_close.datagrams", "D128", OPTION(RESET_ON_CLOSE), DGRAM4, 1},
    {"option.ttl", "D122", OPTION(TTL), STREAM4, 5},
    {"option.ttl.inet6", "D122", OPTION(TTL), STREAM6, 6},
    {"option.ttl.datagrams", "D122", OPTION(TTL), DGRAM4, 255},
    {"option.ttl.none", "D122", OPTION(TTL), STREAM4, 0},
    {"option.ttl.too_much", "D122", OPTION(TTL), STREAM4, 256},
    {"option.share.before", "D046", OPTION(SHARE), DGRAM4, READ},
    {"option.share.on", "D046", OPTION(SHARE), DGRAM4, 1},
    {"option.share.streams", "D045", OPTION(SHARE), STREAM4, 1},
    {"option.type.stream", "", OPTION(TYPE), STREAM4, READ},
    {"option.type.dgram", "", OPTION(TYPE), DGRAM6, READ},
    {"option.type.set", "D128", OPTION(TYPE), STREAM4, 1},
    {"option.error.none", "D212", OPTION(ERROR), STREAM4, READ},
    {"option.error.set", "D128", OPTION(ERROR), STREAM4, 0},
};

static void open_kinds(tenon_sock *sockets) {
  for (int i = 0; i < KINDS; i++)
    sockets[i] =
        tenon_socket(i % 2 ? TENON_AF_INET6 : TENON_AF_INET, i < DGRAM4 ? TENON_SOCK_STREAM : TENON_SOCK_DGRAM, 0);
}

static void write_row(size_t i, int result, int value) {
  static const char *const kinds[] = {"stream4", "stream6", "dgram4", "dgram6"};
  const char *kind = kinds[rows[i].kind], *name = rows[i].name;
  char set[128], call[128], text[24];
  snprintf(set, sizeof set, "tenon_setsockopt(%s, TENON_OPT_%s, %d)", kind, name, rows[i].value);
  snprintf(call, sizeof call, "tenon_getsockopt(%s, TENON_OPT_%s, &value)", kind, name);
  snprintf(text, sizeof text, "%d", value);
  transcript_text(rows[i].id, rows[i].trap, rows[i].value == READ ? call : set,
                  result < 0 ? tenon_errname(result) : text);
}

static void set_and_read(void) {
  tenon_sock sockets[KINDS];
  open_kinds(sockets);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    tenon_sock s = sockets[rows[i].kind];
    int value = READ, result = rows[i].value == READ ? 0 : tenon_setsockopt(s, rows[i].option, rows[i].value);
    if (result == 0) result = tenon_getsockopt(s, rows[i].option, &value);
    write_row(i, result, value);
  }
  for (int i = 0; i < KINDS; i++) tenon_close(sockets[i]);
}

static void misuse(void) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  int value = 0;
  SHOW("option.unknown.set", "D128", tenon_setsockopt(s, 99, 1));
  SHOW("option.unknown.get", "D128", tenon_getsockopt(s, 99, &value));
  SHOW("option.null", "D042", tenon_getsockopt(s, TENON_OPT_TYPE, NULL));
  SHOW("option.no_handle.set", "D003", tenon_setsockopt(TENON_NO_SOCK, TENON_OPT_NODELAY, 1));
  SHOW("option.no_handle.get", "D003", tenon_getsockopt(TENON_NO_SOCK, TENON_OPT_TYPE, &value));
  tenon_close(s);
}

static void leave_ipv4_alone(void) {
  tenon_addr any = tenon_addr_any(TENON_AF_INET6, 0), server4;
  tenon_sock listener = tenon_socket(TENON_AF_INET6, TENON_SOCK_STREAM, 0);
  tenon_sock client = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0),
             other = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  SHOW("v6only.set", "D048", tenon_setsockopt(listener, TENON_OPT_V6ONLY, 1));
  SHOW("v6only.bind", "D048", tenon_bind(listener, &any));
  SHOW("v6only.set.too_late", "D048", tenon_setsockopt(listener, TENON_OPT_V6ONLY, 0));
  tenon_listen(listener, 5);
  tenon_getsockname(listener, &any);
  server4 = tenon_addr_loopback(TENON_AF_INET, any.port);
  SHOW("v6only.ipv4_client", "D048", tenon_connect(client, &server4, LIMIT));
  SHOW("v6only.ipv4_may_have_the_port", "D047", tenon_bind(other, &server4));
  SHOW("v6only.ipv4_peer", "D049", tenon_connect(listener, &server4, LIMIT));
  net_close2(listener, client);
  tenon_close(other);
}

static void share_port(void) {
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 0);
  tenon_sock first = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0),
             second = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  tenon_sock alone = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  tenon_setsockopt(first, TENON_OPT_SHARE, 1);
  tenon_setsockopt(second, TENON_OPT_SHARE, 1);
  SHOW("share.first", "D046", tenon_bind(first, &at));
  tenon_getsockname(first, &at);
  SHOW("share.second", "D046", tenon_bind(second, &at));
  SHOW("share.who_did_not_ask", "D046", tenon_bind(alone, &at));
  SHOW("share.set.too_late", "D046", tenon_setsockopt(first, TENON_OPT_SHARE, 0));
  net_close2(first, second);
  tenon_close(alone);
}

static void break_off(void) {
  tenon_sock pair[2];
  char byte;
  net_pair(pair);
  SHOW("reset_on_close.set", "D063", tenon_setsockopt(pair[0], TENON_OPT_RESET_ON_CLOSE, 1));
  SHOW("reset_on_close.close", "D063", tenon_close(pair[0]));
  COUNT("reset_on_close.peer_receives", "D063", tenon_recv(pair[1], &byte, 1, LIMIT));
  tenon_close(pair[1]);
}

/* Whoever reads a pending error takes it. */
static void take_error(void) {
  tenon_addr nobody = net_refusing(TENON_AF_INET);
  tenon_sock refused = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  int error = 0;
  tenon_connect(refused, &nobody, 0);
  tenon_pollfd item = {refused, TENON_POLLOUT, 0};
  COUNT("error.pending.poll", "D212", tenon_poll(&item, 1, LIMIT));
  SHOW("error.pending", "D212", tenon_getsockopt(refused, TENON_OPT_ERROR, &error));
  SHOW("error.pending.value", "D212", error);
  SHOW("error.taken", "D212", tenon_getsockopt(refused, TENON_OPT_ERROR, &error));
  tenon_close(refused);
}

void topic_option(void) {
  set_and_read();
  misuse();
  leave_ipv4_alone();
  share_port();
  break_off();
  take_error();
}
