/* option.c - options of sockets.
 * SPDX-License-Identifier: MIT */
#include "shared.h"
#include "tenon/option.h"

#include <limits.h>

/* What all systems take that have such options. */
#define KEEPALIVE_MAX 32767
#define KEEPALIVE_COUNT_MAX 127

/* Which sockets have an option, and when it can be set. Systems disagree: some take what makes no sense and forget it,
 * some take it too late. */
enum {
  STREAMS = 1,
  DATAGRAMS = 2,
  ALL = STREAMS | DATAGRAMS,
  IPV6_ONLY = 4,
  UNBOUND = 8,
  UNCONNECTED = 16,
  READ_ONLY = 32,
  INTERFACE = 64, /* the index of one, or 0 */
  NETWORK = 128   /* local sockets take it, and it means nothing there */
};

static const struct option_rule {
  int option, lowest, highest, kind;
} option_rules[] = {
    {TENON_OPT_NODELAY, 0, 1, STREAMS},
    {TENON_OPT_KEEPALIVE, 0, 1, STREAMS | NETWORK},
    {TENON_OPT_SNDBUF, 1, INT_MAX, ALL},
    {TENON_OPT_RCVBUF, 1, INT_MAX, ALL},
    {TENON_OPT_BROADCAST, 0, 1, DATAGRAMS | NETWORK},
    {TENON_OPT_V6ONLY, 0, 1, ALL | IPV6_ONLY | UNBOUND},
    {TENON_OPT_RESET_ON_CLOSE, 0, 1, STREAMS | NETWORK},
    {TENON_OPT_TTL, 1, 255, ALL},
    {TENON_OPT_SHARE, 0, 1, DATAGRAMS | UNBOUND | NETWORK},
    {TENON_OPT_TYPE, 0, 0, ALL | READ_ONLY},
    {TENON_OPT_ERROR, 0, 0, ALL | READ_ONLY},
    {TENON_OPT_NATIVE_NONBLOCK, 0, 0, ALL | READ_ONLY},
    {TENON_OPT_KEEPALIVE_IDLE, 1, KEEPALIVE_MAX, STREAMS},
    {TENON_OPT_KEEPALIVE_INTERVAL, 1, KEEPALIVE_MAX, STREAMS},
    {TENON_OPT_KEEPALIVE_COUNT, 1, KEEPALIVE_COUNT_MAX, STREAMS},
    {TENON_OPT_USER_TIMEOUT, 1, INT_MAX, STREAMS},
    {TENON_OPT_REUSEPORT, 0, 1, ALL | UNBOUND | NETWORK},
    {TENON_OPT_DSCP, 0, 63, ALL},
    {TENON_OPT_ECN, 0, 3, DATAGRAMS},
    {TENON_OPT_DONTFRAG, 0, 1, DATAGRAMS},
    {TENON_OPT_PATH_MTU, 0, 0, ALL | READ_ONLY},
    {TENON_OPT_FASTOPEN, 0, 1, STREAMS | UNCONNECTED},
    {TENON_OPT_CORK, 0, 1, STREAMS},
    {TENON_OPT_BOUND_IF, 0, INT_MAX, ALL | INTERFACE | NETWORK},
    {TENON_OPT_READABLE, 0, 0, STREAMS | READ_ONLY},
    {TENON_OPT_RCVLOWAT, 1, INT_MAX, STREAMS},
    {TENON_OPT_MULTICAST_TTL, 0, 255, DATAGRAMS},
    {TENON_OPT_MULTICAST_LOOP, 0, 1, DATAGRAMS},
    {TENON_OPT_MULTICAST_IF, 0, INT_MAX, DATAGRAMS | INTERFACE},
};

static const struct option_rule *find_rule(int option) {
  int row = (int)(sizeof option_rules / sizeof option_rules[0]);
  while (--row >= 0 && option_rules[row].option != option) continue;
  return row >= 0 ? &option_rules[row] : NULL;
}

/* Linux accepts TENON_OPT_RESET_ON_CLOSE on a local stream, but the peer still receives a normal end. */
static int check_family(tenon_sock s, const struct option_rule *rule) {
  int family = tenon__sys_family(s);
  int is_missing = rule->kind & IPV6_ONLY ? family == TENON_AF_INET : family == TENON_AF_UNIX;
  if (is_missing) return tenon__refuse(rule->option == TENON_OPT_RESET_ON_CLOSE ? TENON_ENOTSUP : TENON_ENOPROTOOPT);
  return family < 0 ? family : 0;
}

/* 0 if the socket has such an option. */
static int check_kind(tenon_sock s, const struct option_rule *rule) {
  int is_stream = tenon__sys_is_stream(s);
  if (is_stream < 0) return is_stream;
  if (!rule || !(rule->kind & (is_stream ? STREAMS : DATAGRAMS))) return tenon__refuse(TENON_ENOPROTOOPT);
  return rule->kind & (IPV6_ONLY | NETWORK) ? check_family(s, rule) : 0;
}

/* 0 if the option can still be set. */
static int check_time(tenon_sock s, const struct option_rule *rule) {
  tenon_addr at;
  if ((rule->kind & UNCONNECTED) && tenon_getpeername(s, &at) == 0) return tenon__refuse(TENON_EINVAL);
  if (!(rule->kind & UNBOUND)) return 0;
  int result = tenon_getsockname(s, &at);
  return result < 0 || at.port == 0 ? result : tenon__refuse(TENON_EINVAL);
}

/* 0 if it can be set to that value now. */
static int check_setting(tenon_sock s, const struct option_rule *rule, int value) {
  if (rule->kind & READ_ONLY) return tenon__refuse(TENON_ENOPROTOOPT);
  if (value < rule->lowest || value > rule->highest) return tenon__refuse(TENON_EINVAL);
  if ((rule->kind & INTERFACE) && value > 0 && !tenon__sys_has_interface(value)) return tenon__refuse(TENON_ENXIO);
  return check_time(s, rule);
}

/* Local sockets have few options, and others are not wanting there. */
static int name_missing(tenon_sock s, int result) {
  int is_local = result == TENON_ENOTSUP && tenon__sys_family(s) == TENON_AF_UNIX;
  return is_local ? tenon__refuse(TENON_ENOPROTOOPT) : result;
}

int tenon_setsockopt(tenon_sock s, int option, int value) {
  if (tenon__is_traced()) return tenon__traced_setsockopt(s, option, value);
  const struct option_rule *rule = find_rule(option);
  int result = check_kind(s, rule);
  if (result == 0) result = check_setting(s, rule, value);
  if (result < 0) return result;
  return name_missing(s, tenon__set_option_value(s, option, value, rule->highest == 1));
}

int tenon_getsockopt(tenon_sock s, int option, int *value) {
  if (tenon__is_traced()) return tenon__traced_getsockopt(s, option, value);
  if (!value) return tenon__refuse(TENON_EINVAL);
  const struct option_rule *rule = find_rule(option);
  int result = check_kind(s, rule);
  if (result < 0) return result;
  int is_error = option == TENON_OPT_ERROR;
  result = is_error ? tenon__sys_take_error(s) : tenon__get_option_value(s, option, rule->highest == 1);
  if (result < 0 && !is_error) return name_missing(s, result);
  if (is_error && result == TENON_ECONNREFUSED) tenon__failed_attempt(s, result);
  *value = result;
  return 0;
}

/* ---- More than one option --------------------------------------------------------------------------------------- */

int tenon_keepalive(tenon_sock s, int idle, int interval, int count) {
  if (tenon__is_traced()) return tenon__traced_keepalive(s, idle, interval, count);
  int old;
  int result = check_kind(s, find_rule(TENON_OPT_KEEPALIVE_IDLE));
  if (result < 0) return result;
  int is_in_range = idle >= 1 && idle <= KEEPALIVE_MAX && interval >= 1 && interval <= KEEPALIVE_MAX && count >= 0 &&
                    count <= KEEPALIVE_COUNT_MAX;
  if (!is_in_range) return tenon__refuse(TENON_EINVAL);
  result = tenon_getsockopt(s, TENON_OPT_KEEPALIVE_IDLE, &old);
  if (result == TENON_ENOPROTOOPT) return result;
  if (result == TENON_ENOTSUP) return count ? tenon__refuse(TENON_ENOTSUP) : tenon__sys_keepalive(s, idle, interval);
  result = tenon__sys_set_option(s, TENON_OPT_KEEPALIVE_IDLE, idle);
  if (result == 0) result = tenon__sys_set_option(s, TENON_OPT_KEEPALIVE_INTERVAL, interval);
  if (result == 0 && count) result = tenon__sys_set_option(s, TENON_OPT_KEEPALIVE_COUNT, count);
  return result == 0 ? tenon__sys_set_option(s, TENON_OPT_KEEPALIVE, 1) : result;
}

/* Whether sockets of this type and family have the option is for the system to say. */
static int has_option(int option, int family) {
  int value;
  const struct option_rule *rule = find_rule(option);
  int type = rule && rule->kind & STREAMS ? TENON_SOCK_STREAM : TENON_SOCK_DGRAM;
  tenon_sock s = tenon_socket(family, type, 0);
  int result = tenon_getsockopt(s, option, &value);
  if (s >= 0) tenon_close(s);
  return result != TENON_ENOTSUP && s >= 0;
}

int tenon__supports_option(int feature) {
  static const int options[][2] = {
      {TENON_SUPPORTS_KEEPALIVE_TIMES, TENON_OPT_KEEPALIVE_IDLE},
      {TENON_SUPPORTS_USER_TIMEOUT, TENON_OPT_USER_TIMEOUT},
      {TENON_SUPPORTS_REUSEPORT, TENON_OPT_REUSEPORT},
      {TENON_SUPPORTS_DSCP, TENON_OPT_DSCP},
      {TENON_SUPPORTS_DONTFRAG, TENON_OPT_DONTFRAG},
      {TENON_SUPPORTS_PATH_MTU, TENON_OPT_PATH_MTU},
      {TENON_SUPPORTS_FASTOPEN, TENON_OPT_FASTOPEN},
      {TENON_SUPPORTS_CORK, TENON_OPT_CORK},
      {TENON_SUPPORTS_BOUND_IF, TENON_OPT_BOUND_IF},
      {TENON_SUPPORTS_RCVLOWAT, TENON_OPT_RCVLOWAT},
  };
  for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
    if (options[i][0] == feature) return has_option(options[i][1], TENON_AF_INET);
  return 0;
}
