/* option.c - options of sockets.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

#include <limits.h>

/* Which sockets have an option, and when it can be set. Systems disagree: some take what makes no sense and forget it,
 * some take it too late. */
enum { STREAMS = 1, DATAGRAMS = 2, ALL = STREAMS | DATAGRAMS, IPV6_ONLY = 4, UNBOUND = 8, READ_ONLY = 16 };

static const struct option_rule {
  int option, lowest, highest, kind;
} option_rules[] = {
    {TENON_OPT_NODELAY, 0, 1, STREAMS},           {TENON_OPT_KEEPALIVE, 0, 1, STREAMS},
    {TENON_OPT_SNDBUF, 1, INT_MAX, ALL},          {TENON_OPT_RCVBUF, 1, INT_MAX, ALL},
    {TENON_OPT_BROADCAST, 0, 1, DATAGRAMS},       {TENON_OPT_V6ONLY, 0, 1, ALL | IPV6_ONLY | UNBOUND},
    {TENON_OPT_RESET_ON_CLOSE, 0, 1, STREAMS},    {TENON_OPT_TTL, 1, 255, ALL},
    {TENON_OPT_SHARE, 0, 1, DATAGRAMS | UNBOUND}, {TENON_OPT_TYPE, 0, 0, ALL | READ_ONLY},
    {TENON_OPT_ERROR, 0, 0, ALL | READ_ONLY},     {TENON_OPT_NATIVE_NONBLOCK, 0, 0, ALL | READ_ONLY},
};

static const struct option_rule *find_rule(int option) {
  int row = (int)(sizeof option_rules / sizeof option_rules[0]);
  while (--row >= 0 && option_rules[row].option != option) continue;
  return row >= 0 ? &option_rules[row] : NULL;
}

/* 0 if the socket has such an option. */
static int check_kind(tenon_sock s, const struct option_rule *rule) {
  int is_stream = tenon__sys_is_stream(s);
  if (is_stream < 0) return is_stream;
  if (!rule || !(rule->kind & (is_stream ? STREAMS : DATAGRAMS))) return tenon__refuse(TENON_ENOPROTOOPT);
  if (!(rule->kind & IPV6_ONLY)) return 0;
  int family = tenon__sys_family(s);
  if (family == TENON_AF_INET) return tenon__refuse(TENON_ENOPROTOOPT);
  return family < 0 ? family : 0;
}

/* 0 if it can be set now. */
static int check_setting(tenon_sock s, const struct option_rule *rule, int value) {
  if (rule->kind & READ_ONLY) return tenon__refuse(TENON_ENOPROTOOPT);
  if (value < rule->lowest || value > rule->highest) return tenon__refuse(TENON_EINVAL);
  if (!(rule->kind & UNBOUND)) return 0;
  tenon_addr local;
  int result = tenon_getsockname(s, &local);
  return result < 0 || local.port == 0 ? result : tenon__refuse(TENON_EINVAL);
}

/* Most systems clamp; the BSDs refuse what is too much. */
static int set_buffer(tenon_sock s, int option, int size) {
  int result;
  while ((result = tenon__sys_set_option(s, option, size)) == TENON_ENOBUFS && size > 1) size /= 2;
  return result;
}

/* What a dual-stack socket sends over IPv4 has a TTL of its own; IPv6-only ones may know none. */
static int set_ttl(tenon_sock s, int hops) {
  int family = tenon__sys_family(s);
  if (family != TENON_AF_INET6) return family < 0 ? family : tenon__sys_set_option(s, TENON_OPT_TTL, hops);
  int result = tenon__sys_set_option(s, TENON__OPT_HOPS, hops);
  if (result == 0) tenon__sys_set_option(s, TENON_OPT_TTL, hops);
  return result;
}

int tenon_setsockopt(tenon_sock s, int option, int value) {
  const struct option_rule *rule = find_rule(option);
  int result = check_kind(s, rule);
  if (result == 0) result = check_setting(s, rule, value);
  if (result < 0) return result;
  switch (option) {
    case TENON_OPT_SNDBUF:
    case TENON_OPT_RCVBUF: return set_buffer(s, option, value);
    case TENON_OPT_RESET_ON_CLOSE: return tenon__sys_set_reset(s, value);
    case TENON_OPT_TTL: return set_ttl(s, value);
    default: return tenon__sys_set_option(s, option, value);
  }
}

/* Some systems give other numbers than 1 for "yes". */
static int get_truth(int native) {
  return native < 0 ? native : native != 0;
}

static int get_type(int is_stream) {
  if (is_stream < 0) return is_stream;
  return is_stream ? TENON_SOCK_STREAM : TENON_SOCK_DGRAM;
}

static int get_ttl(tenon_sock s) {
  int family = tenon__sys_family(s);
  return family < 0 ? family : tenon__sys_get_option(s, family == TENON_AF_INET6 ? TENON__OPT_HOPS : TENON_OPT_TTL);
}

/* The value, which is not negative, or a failure. */
static int get_value(tenon_sock s, int option) {
  switch (option) {
    case TENON_OPT_SNDBUF:
    case TENON_OPT_RCVBUF: {
      int size = tenon__sys_get_option(s, option);
      return size < 0 ? size : size / TENON__NATIVE_BUFFER_SHARE;
    }
    case TENON_OPT_RESET_ON_CLOSE: return tenon__sys_is_reset(s);
    case TENON_OPT_TTL: return get_ttl(s);
    case TENON_OPT_TYPE: return get_type(tenon__sys_is_stream(s));
    case TENON_OPT_NATIVE_NONBLOCK: return tenon__sys_set_nonblocking(s, -1);
    default: return get_truth(tenon__sys_get_option(s, option));
  }
}

int tenon_getsockopt(tenon_sock s, int option, int *value) {
  if (!value) return tenon__refuse(TENON_EINVAL);
  int result = check_kind(s, find_rule(option));
  if (result < 0) return result;
  int is_error = option == TENON_OPT_ERROR;
  result = is_error ? tenon__sys_take_error(s) : get_value(s, option);
  if (result < 0 && !is_error) return result;
  *value = result;
  return 0;
}
