/* option_value.c - what options are set to, in the units that all systems share.
 * SPDX-License-Identifier: MIT */
#include "shared.h"
#include "tenon/option.h"

#define MS_PER_SECOND 1000
#define ECN_BITS 3 /* of a traffic class; the rest is the class of service */
#define ECN_WIDTH 2

/* ---- One row of a system's table -------------------------------------------------------------------------------- */

/* A system that does not have the option says so by itself. */
static int set_row(tenon_sock s, int option, int value, int is_switch) {
  const tenon__option_row *row = tenon__find_option_row(option);
  if (row && is_switch) value = value ? row->on : row->off;
  if (row && row->form == TENON__SECONDS) value = value / MS_PER_SECOND + (value % MS_PER_SECOND != 0);
  return tenon__sys_set_option(s, option, value);
}

/* Some systems give other numbers than 1 for "yes". */
static int get_row(tenon_sock s, int option, int is_switch) {
  const tenon__option_row *row = tenon__find_option_row(option);
  int value = tenon__sys_get_option(s, option);
  if (value < 0 || !row) return value;
  if (is_switch) return value > row->off;
  if (row->form != TENON__SECONDS) return value;
  return value > INT_MAX / MS_PER_SECOND ? INT_MAX : value * MS_PER_SECOND;
}

/* ---- IPv4 and IPv6 ---------------------------------------------------------------------------------------------- */

/* What a dual-stack socket sends over IPv4 has a setting of its own; IPv6-only ones may know none. */
static int set_by_family(tenon_sock s, int option, int value, int is_switch) {
  int family = tenon__sys_family(s);
  if (family != TENON_AF_INET6) return family < 0 ? family : set_row(s, option, value, is_switch);
  int result = set_row(s, TENON__IPV6(option), value, is_switch);
  if (result == 0) set_row(s, option, value, is_switch);
  return result;
}

static int get_by_family(tenon_sock s, int option, int is_switch) {
  int family = tenon__sys_family(s);
  return family < 0 ? family : get_row(s, family == TENON_AF_INET6 ? TENON__IPV6(option) : option, is_switch);
}

/* ---- Options of their own kind ---------------------------------------------------------------------------------- */

/* Most systems clamp; the BSDs refuse what is too much. */
static int set_buffer(tenon_sock s, int option, int size) {
  int result;
  while ((result = tenon__sys_set_option(s, option, size)) == TENON_ENOBUFS && size > 1) size /= 2;
  return result;
}

static int get_buffer(tenon_sock s, int option) {
  int size = tenon__sys_get_option(s, option);
  return size < 0 ? size : size / TENON__NATIVE_BUFFER_SHARE;
}

/* Systems have one option for both parts. */
static int set_traffic_class(tenon_sock s, int option, int value) {
  int byte = get_by_family(s, TENON_OPT_DSCP, 0);
  if (byte < 0) return byte;
  int changed = option == TENON_OPT_ECN ? (byte & ~ECN_BITS) | value : (byte & ECN_BITS) | value << ECN_WIDTH;
  return set_by_family(s, TENON_OPT_DSCP, changed, 0);
}

static int get_traffic_class(tenon_sock s, int option) {
  int byte = get_by_family(s, TENON_OPT_DSCP, 0);
  if (byte < 0) return byte;
  return option == TENON_OPT_ECN ? byte & ECN_BITS : byte >> ECN_WIDTH;
}

/* The way to an IPv4 peer is an IPv6 socket's as well. */
static int get_path_mtu(tenon_sock s) {
  tenon_addr peer;
  int failure = tenon_getpeername(s, &peer);
  int is_ipv6 = (failure < 0 ? tenon__sys_family(s) : peer.family) == TENON_AF_INET6;
  int mtu = get_row(s, is_ipv6 ? TENON__IPV6(TENON_OPT_PATH_MTU) : TENON_OPT_PATH_MTU, 0);
  return failure < 0 && mtu != TENON_ENOTSUP ? failure : mtu;
}

static int get_readable(tenon_sock s) {
  return tenon__sys_is_listening(s) == 1 ? tenon__refuse(TENON_EINVAL) : tenon__sys_readable(s);
}

/* Most systems know no option for IPv4 that would be an index and nothing else. */
static int set_multicast_if(tenon_sock s, int index) {
  int family = tenon__sys_family(s);
  int result = 0;
  if (family < 0) return family;
  if (family == TENON_AF_INET6) result = set_row(s, TENON__IPV6(TENON_OPT_MULTICAST_IF), index, 0);
  if (result < 0) return result;
  int has_row = tenon__find_option_row(TENON_OPT_MULTICAST_IF) != NULL;
  int result4 = has_row ? set_row(s, TENON_OPT_MULTICAST_IF, index, 0) : tenon__sys_set_multicast_if(s, index);
  return family == TENON_AF_INET6 ? result : result4;
}

static int get_multicast_if(tenon_sock s) {
  int family = tenon__sys_family(s);
  if (family < 0) return family;
  if (family == TENON_AF_INET6) return get_row(s, TENON__IPV6(TENON_OPT_MULTICAST_IF), 0);
  int has_row = tenon__find_option_row(TENON_OPT_MULTICAST_IF) != NULL;
  return has_row ? get_row(s, TENON_OPT_MULTICAST_IF, 0) : tenon__sys_multicast_if(s);
}

static int get_type(tenon_sock s) {
  int is_stream = tenon__sys_is_stream(s);
  if (is_stream < 0) return is_stream;
  return is_stream ? TENON_SOCK_STREAM : TENON_SOCK_DGRAM;
}

/* ---- All of them ------------------------------------------------------------------------------------------------ */

int tenon__set_option_value(tenon_sock s, int option, int value, int is_switch) {
  switch (option) {
    case TENON_OPT_SNDBUF:
    case TENON_OPT_RCVBUF: return set_buffer(s, option, value);
    case TENON_OPT_RESET_ON_CLOSE: return tenon__sys_set_reset(s, value);
    case TENON_OPT_DSCP:
    case TENON_OPT_ECN: return set_traffic_class(s, option, value);
    case TENON_OPT_TTL:
    case TENON_OPT_DONTFRAG:
    case TENON_OPT_BOUND_IF:
    case TENON_OPT_MULTICAST_TTL:
    case TENON_OPT_MULTICAST_LOOP: return set_by_family(s, option, value, is_switch);
    case TENON_OPT_MULTICAST_IF: return set_multicast_if(s, value);
    default: return set_row(s, option, value, is_switch);
  }
}

int tenon__get_option_value(tenon_sock s, int option, int is_switch) {
  switch (option) {
    case TENON_OPT_SNDBUF:
    case TENON_OPT_RCVBUF: return get_buffer(s, option);
    case TENON_OPT_RESET_ON_CLOSE: return tenon__sys_is_reset(s);
    case TENON_OPT_TYPE: return get_type(s);
    case TENON_OPT_NATIVE_NONBLOCK: return tenon__sys_set_nonblocking(s, -1);
    case TENON_OPT_DSCP:
    case TENON_OPT_ECN: return get_traffic_class(s, option);
    case TENON_OPT_PATH_MTU: return get_path_mtu(s);
    case TENON_OPT_READABLE: return get_readable(s);
    case TENON_OPT_TTL:
    case TENON_OPT_DONTFRAG:
    case TENON_OPT_BOUND_IF:
    case TENON_OPT_MULTICAST_TTL:
    case TENON_OPT_MULTICAST_LOOP: return get_by_family(s, option, is_switch);
    case TENON_OPT_MULTICAST_IF: return get_multicast_if(s);
    default: return get_row(s, option, is_switch);
  }
}
