/* option_more.c - transcript: the options of tenon/option.h. What only some systems have is there if tenon_supports()
 * says so, and TENON_ENOTSUP if not.
 * SPDX-License-Identifier: MIT
 */
#include "tenon/option.h"

#include <stddef.h>
#include <stdio.h>

#include "transcript.h"

enum { LOOPBACK = 1, NO_INTERFACE = 1000000 }; /* indices */

#define OPTION(name) TENON_OPT_##name, #name

/* feature 0: it is everywhere. of_streams: else of datagrams. */
static const struct {
  const char *id, *trap;
  int option;
  const char *name;
  int feature, of_streams, good, too_much;
} rows[] = {
    {"keepalive_idle", "D116", OPTION(KEEPALIVE_IDLE), TENON_SUPPORTS_KEEPALIVE_TIMES, 1, 32767, 32768},
    {"keepalive_interval", "D116", OPTION(KEEPALIVE_INTERVAL), TENON_SUPPORTS_KEEPALIVE_TIMES, 1, 32767, 32768},
    {"keepalive_count", "D116", OPTION(KEEPALIVE_COUNT), TENON_SUPPORTS_KEEPALIVE_TIMES, 1, 127, 128},
    {"user_timeout", "D117", OPTION(USER_TIMEOUT), TENON_SUPPORTS_USER_TIMEOUT, 1, 30000, -1},
    {"reuseport", "D045", OPTION(REUSEPORT), TENON_SUPPORTS_REUSEPORT, 1, 1, 2},
    {"dscp", "D121", OPTION(DSCP), TENON_SUPPORTS_DSCP, 0, 46, 64},
    {"ecn", "D121", OPTION(ECN), TENON_SUPPORTS_DSCP, 0, 2, 4},
    {"dontfrag", "D084", OPTION(DONTFRAG), TENON_SUPPORTS_DONTFRAG, 0, 1, 2},
    {"fastopen", "D120", OPTION(FASTOPEN), TENON_SUPPORTS_FASTOPEN, 1, 1, 2},
    {"cork", "D119", OPTION(CORK), TENON_SUPPORTS_CORK, 1, 1, 2},
    {"rcvlowat", "D128", OPTION(RCVLOWAT), TENON_SUPPORTS_RCVLOWAT, 1, 4, 0},
    {"bound_if", "D127", OPTION(BOUND_IF), TENON_SUPPORTS_BOUND_IF, 0, LOOPBACK, -1},
    {"multicast_ttl", "D125", OPTION(MULTICAST_TTL), 0, 0, 255, 256},
    {"multicast_loop", "D125", OPTION(MULTICAST_LOOP), 0, 0, 0, 2},
    {"multicast_if", "D125", OPTION(MULTICAST_IF), 0, 0, LOOPBACK, -1},
};

static void show_set(size_t i, const char *part, const char *socket, int value, intptr_t result) {
  char id[64], call[128];
  snprintf(id, sizeof id, "option.%s.%s", rows[i].id, part);
  snprintf(call, sizeof call, "tenon_setsockopt(%s, TENON_OPT_%s, %d)", socket, rows[i].name, value);
  transcript_result(id, rows[i].trap, call, result);
}

static void show_read_back(size_t i, const char *family, tenon_sock s) {
  char id[64], call[128];
  int has = rows[i].feature == 0 || tenon_supports(rows[i].feature), value = -1;
  int set = tenon_setsockopt(s, rows[i].option, rows[i].good), get = tenon_getsockopt(s, rows[i].option, &value);
  int as_promised = has ? set == 0 && get == 0 && value == rows[i].good : set == TENON_ENOTSUP && get == TENON_ENOTSUP;
  snprintf(id, sizeof id, "option.%s.%s", rows[i].id, family);
  snprintf(call, sizeof call, "TENON_OPT_%s reads back as %d where it is supported, else ENOTSUP", rows[i].name,
           rows[i].good);
  transcript_fact(id, rows[i].trap, call, as_promised);
}

static void set_and_read(void) {
  static const char *const names[] = {"dgram", "stream"};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    int type = rows[i].of_streams ? TENON_SOCK_STREAM : TENON_SOCK_DGRAM, option = rows[i].option;
    tenon_sock s = tenon_socket(TENON_AF_INET, type, 0), six = tenon_socket(TENON_AF_INET6, type, 0);
    tenon_sock other = tenon_socket(TENON_AF_INET, rows[i].of_streams ? TENON_SOCK_DGRAM : TENON_SOCK_STREAM, 0);
    const char *name = names[rows[i].of_streams], *other_name = names[!rows[i].of_streams];
    show_set(i, "out_of_range", name, rows[i].too_much, tenon_setsockopt(s, option, rows[i].too_much));
    show_read_back(i, "ipv4", s);
    show_read_back(i, "ipv6", six);
    int is_of_both = option == TENON_OPT_REUSEPORT || option == TENON_OPT_DSCP || option == TENON_OPT_BOUND_IF;
    if (!is_of_both) show_set(i, other_name, other_name, rows[i].good, tenon_setsockopt(other, option, rows[i].good));
    net_close2(s, six);
    tenon_close(other);
  }
}

static void misuse(void) {
  tenon_sock datagrams = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0), listener = net_listen(TENON_AF_INET, NULL);
  int value = 0;
  SHOW("option.multicast_if.none", "D125", tenon_setsockopt(datagrams, TENON_OPT_MULTICAST_IF, NO_INTERFACE));
  SHOW("option.bound_if.none", "D127", tenon_setsockopt(datagrams, TENON_OPT_BOUND_IF, NO_INTERFACE));
  SHOW("option.readable.set", "D087", tenon_setsockopt(listener, TENON_OPT_READABLE, 1));
  SHOW("option.readable.datagrams", "D087", tenon_getsockopt(datagrams, TENON_OPT_READABLE, &value));
  SHOW("option.readable.listener", "D087", tenon_getsockopt(listener, TENON_OPT_READABLE, &value));
  SHOW("option.path_mtu.set", "D084", tenon_setsockopt(datagrams, TENON_OPT_PATH_MTU, 1500));
  FACT("option.path_mtu.unconnected", "D084",
       tenon_getsockopt(datagrams, TENON_OPT_PATH_MTU, &value) ==
           (tenon_supports(TENON_SUPPORTS_PATH_MTU) ? TENON_ENOTCONN : TENON_ENOTSUP));
  SHOW("option.more.no_handle.set", "D003", tenon_setsockopt(TENON_NO_SOCK, TENON_OPT_MULTICAST_TTL, 1));
  SHOW("option.more.no_handle.get", "D003", tenon_getsockopt(TENON_NO_SOCK, TENON_OPT_READABLE, &value));
  net_close2(datagrams, listener);
}

static void count_readable(void) {
  tenon_sock pair[2];
  char data[4];
  int value = -1;
  net_pair(pair);
  SHOW("readable.nothing", "D087", tenon_getsockopt(pair[1], TENON_OPT_READABLE, &value));
  COUNT("readable.nothing.value", "D087", value);
  tenon_send(pair[0], "hello", 5, LIMIT);
  tenon_peek(pair[1], data, 1, LIMIT);
  SHOW("readable.five", "D087", tenon_getsockopt(pair[1], TENON_OPT_READABLE, &value));
  COUNT("readable.five.value", "D087", value);
  tenon_recv(pair[1], data, 2, LIMIT);
  SHOW("readable.three", "D087", tenon_getsockopt(pair[1], TENON_OPT_READABLE, &value));
  COUNT("readable.three.value", "D087", value);
  SHOW("fastopen.connected", "D120", tenon_setsockopt(pair[1], TENON_OPT_FASTOPEN, 1));
  net_close2(pair[0], pair[1]);
}

static void keep_alive(void) {
  tenon_sock stream = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_sock datagrams = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  int on = 0;
  SHOW("keepalive.idle.none", "D116", tenon_keepalive(stream, 0, 5, 0));
  SHOW("keepalive.interval.too_much", "D116", tenon_keepalive(stream, 60, 32768, 0));
  SHOW("keepalive.count.negative", "D116", tenon_keepalive(stream, 60, 5, -1));
  SHOW("keepalive.all", "D116", tenon_keepalive(stream, 60, 5, 0));
  SHOW("keepalive.is_on", "D116", tenon_getsockopt(stream, TENON_OPT_KEEPALIVE, &on));
  SHOW("keepalive.is_on.value", "D116", on);
  SHOW("keepalive.datagrams", "D116", tenon_keepalive(datagrams, 60, 5, 0));
  SHOW("keepalive.no_handle", "D003", tenon_keepalive(TENON_NO_SOCK, 60, 5, 0));
  net_close2(stream, datagrams);
}

void topic_option_more(void) {
  set_and_read();
  misuse();
  count_readable();
  keep_alive();
}
