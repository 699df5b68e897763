/* sys_alike.c - the calls that differ only in spelling.
 * SPDX-License-Identifier: MIT */
#include "sys.h"
#include "tenon/option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tenon__sys_lock_init(tenon__lock *lock) {
  TENON__NATIVE_LOCK_INIT(lock);
}

void tenon__sys_lock(tenon__lock *lock) {
  TENON__NATIVE_LOCK(lock);
}

void tenon__sys_unlock(tenon__lock *lock) {
  TENON__NATIVE_UNLOCK(lock);
}

void tenon__sys_lock_destroy(tenon__lock *lock) {
  TENON__NATIVE_LOCK_DESTROY(lock);
}

TENON__BRIEF int tenon__sys_getsockname(tenon_sock s, tenon__sockaddr *local) {
  local->size = sizeof local->u;
  return getsockname(tenon__native(s), &local->u.any, &local->size) == 0 ? 0 : tenon__failure(TENON__NAMES, s);
}

int tenon__sys_shutdown(tenon_sock s, int how) {
  static const int native[] = {SHUT_RD, SHUT_WR, SHUT_RDWR};
  return shutdown(tenon__native(s), native[how]) == 0 ? 0 : tenon__failure(TENON__NAMES, s);
}

static const tenon__option_row alike_options[] = {
    {TENON_OPT_NODELAY, IPPROTO_TCP, TCP_NODELAY, TENON__INT, 0, 1},
    {TENON_OPT_KEEPALIVE, SOL_SOCKET, SO_KEEPALIVE, TENON__INT, 0, 1},
    {TENON_OPT_SNDBUF, SOL_SOCKET, SO_SNDBUF, TENON__INT, 0, 1},
    {TENON_OPT_RCVBUF, SOL_SOCKET, SO_RCVBUF, TENON__INT, 0, 1},
    {TENON_OPT_BROADCAST, SOL_SOCKET, SO_BROADCAST, TENON__INT, 0, 1},
    {TENON_OPT_V6ONLY, IPPROTO_IPV6, IPV6_V6ONLY, TENON__INT, 0, 1},
    {TENON_OPT_TTL, IPPROTO_IP, IP_TTL, TENON__INT, 0, 1},
    {TENON__IPV6(TENON_OPT_TTL), IPPROTO_IPV6, IPV6_UNICAST_HOPS, TENON__INT, 0, 1},
    {TENON_OPT_SHARE, SOL_SOCKET, TENON__NATIVE_SHARE, TENON__INT, 0, 1},
#ifdef IPV6_DONTFRAG
    {TENON__IPV6(TENON_OPT_DONTFRAG), IPPROTO_IPV6, IPV6_DONTFRAG, TENON__INT, 0, 1},
#endif
    {TENON__IPV6(TENON_OPT_MULTICAST_TTL), IPPROTO_IPV6, IPV6_MULTICAST_HOPS, TENON__INT, 0, 1},
    {TENON__IPV6(TENON_OPT_MULTICAST_LOOP), IPPROTO_IPV6, IPV6_MULTICAST_LOOP, TENON__INT, 0, 1},
    {TENON__IPV6(TENON_OPT_MULTICAST_IF), IPPROTO_IPV6, IPV6_MULTICAST_IF, TENON__INT, 0, 1},
};

static const tenon__option_row *row_among(const tenon__option_row *rows, int count, int option) {
  while (--count >= 0 && rows[count].option != option) continue;
  return count < 0 ? NULL : &rows[count];
}

const tenon__option_row *tenon__find_option_row(int option) {
  const tenon__option_row *row =
      row_among(alike_options, (int)(sizeof alike_options / sizeof alike_options[0]), option);
  return row ? row : row_among(tenon__sys_options, tenon__sys_option_count, option);
}

/* Some options write a single byte on Windows, the lowest one. */
static int get_option(tenon_sock s, int level, int option) {
  int value = 0;
  socklen_t size = sizeof value;
  int result = getsockopt(tenon__native(s), level, option, (void *)&value, &size);
  return result == 0 ? value : tenon__failure(TENON__NAMES, s);
}

int tenon__sys_is_listening(tenon_sock s) {
  return get_option(s, SOL_SOCKET, SO_ACCEPTCONN);
}

int tenon__sys_is_v6only(tenon_sock s) {
  return tenon__sys_get_option(s, TENON_OPT_V6ONLY);
}

int tenon__sys_is_stream(tenon_sock s) {
  int type = get_option(s, SOL_SOCKET, SO_TYPE);
  return type < 0 ? type : type == SOCK_STREAM;
}

int tenon__sys_is_datagram(tenon_sock s) {
  int type = get_option(s, SOL_SOCKET, SO_TYPE);
  return type < 0 ? type : type == SOCK_DGRAM;
}

int tenon__sys_take_error(tenon_sock s) {
  int native = get_option(s, SOL_SOCKET, SO_ERROR);
  return native <= 0 ? native : tenon__returned(TENON__CONNECT, native);
}

/* It was asked of a socket that could have the option. */
static int option_failure(tenon_sock s) {
  int failure = tenon__failure(TENON__NAMES, s);
  return failure == TENON_ENOPROTOOPT ? TENON_ENOTSUP : failure;
}

/* No host has so many interfaces that an index needs the upper byte, so one that has is in the order of the wire. */
int tenon__sys_get_option(tenon_sock s, int option) {
  const tenon__option_row *row = tenon__find_option_row(option);
  if (!row) return tenon__refuse(TENON_ENOTSUP);
  unsigned char byte = 0;
  int value = 0, is_byte = row->form == TENON__BYTE;
  socklen_t size = is_byte ? (socklen_t)sizeof byte : (socklen_t)sizeof value;
  int result = getsockopt(tenon__native(s), row->level, row->name, is_byte ? (void *)&byte : (void *)&value, &size);
  if (result != 0) return option_failure(s);
  if (is_byte) return byte;
  int is_index = row->form == TENON__INDEX || row->form == TENON__NETWORK_INDEX;
  return is_index && ((uint32_t)value >> 24) ? (int)ntohl((uint32_t)value) : value;
}

static int set_by_row(tenon_sock s, const tenon__option_row *row, int value) {
  unsigned char byte = (unsigned char)value;
  int is_byte = row->form == TENON__BYTE;
  socklen_t size = is_byte ? (socklen_t)sizeof byte : (socklen_t)sizeof value;
  int result = setsockopt(tenon__native(s), row->level, row->name, is_byte ? (void *)&byte : (void *)&value, size);
  return result == 0 ? 0 : option_failure(s);
}

/* By its documents Windows wants an index in network order for IPv4 and in host order for IPv6, and may take a number that
 * is no interface's. Wine refuses such a number, and wants network order for both. */
int tenon__sys_set_option(tenon_sock s, int option, int value) {
  const tenon__option_row *row = tenon__find_option_row(option);
  if (!row) return tenon__refuse(TENON_ENOTSUP);
  int in_network_order = (int)htonl((uint32_t)value);
  int result = set_by_row(s, row, row->form == TENON__NETWORK_INDEX ? in_network_order : value);
  return row->form == TENON__INDEX && result < 0 ? set_by_row(s, row, in_network_order) : result;
}

int tenon__sys_switch(tenon_sock s, int level, int name, int on) {
  int result = setsockopt(tenon__native(s), level, name, (void *)&on, sizeof on);
  return result == 0 ? 0 : tenon__failure(TENON__NAMES, s);
}

int tenon__sys_set_reset(tenon_sock s, int on) {
  struct linger linger = {on != 0, 0};
  int result = setsockopt(tenon__native(s), SOL_SOCKET, SO_LINGER, (void *)&linger, sizeof linger);
  return result == 0 ? 0 : tenon__failure(TENON__NAMES, s);
}

int tenon__sys_is_reset(tenon_sock s) {
  struct linger linger = {0, 0};
  socklen_t size = sizeof linger;
  int result = getsockopt(tenon__native(s), SOL_SOCKET, SO_LINGER, (void *)&linger, &size);
  return result == 0 ? linger.l_onoff && linger.l_linger == 0 : tenon__failure(TENON__NAMES, s);
}

void tenon__sys_close_file(FILE *file) {
  (void)fclose(file); /* it was only read */
}

void tenon__sys_flush(void) {
  (void)fflush(stdout);
}

void tenon__sys_exit(int status) {
  _Exit(status);
}

const tenon__message_option tenon__sys_message_options[] = {
#ifdef IP_PKTINFO
    {TENON__MESSAGE_SOURCE, IPPROTO_IP, IP_PKTINFO},
#endif
    {TENON__MESSAGE_SOURCE, IPPROTO_IPV6, IPV6_RECVPKTINFO},
    {TENON_MESSAGE_TTL, IPPROTO_IP, IP_RECVTTL},
    {TENON_MESSAGE_TTL, IPPROTO_IPV6, IPV6_RECVHOPLIMIT},
    {TENON_MESSAGE_CLASS, IPPROTO_IP, IP_RECVTOS},
    {TENON_MESSAGE_CLASS, IPPROTO_IPV6, IPV6_RECVTCLASS},
#ifdef IP_ECN /* Windows may know this and not the whole class */
    {TENON_MESSAGE_CLASS, IPPROTO_IP, IP_ECN},
    {TENON_MESSAGE_CLASS, IPPROTO_IPV6, IPV6_ECN},
#endif
};
const int tenon__sys_message_option_count = (int)(sizeof tenon__sys_message_options / sizeof(tenon__message_option));

struct in6_pktinfo tenon__sys_source6(const tenon_message *message) {
  struct in6_pktinfo source;
  memset(&source, 0, sizeof source);
  if (message->fields & TENON_MESSAGE_LOCAL) memcpy(&source.ipi6_addr, message->local.ip, sizeof source.ipi6_addr);
  if (message->fields & TENON_MESSAGE_LOCAL) source.ipi6_ifindex = message->local.scope;
  if (message->fields & TENON_MESSAGE_INTERFACE) source.ipi6_ifindex = message->interface_index;
  return source;
}

void tenon__sys_hear_source6(tenon_message *message, const void *fact) {
  struct in6_pktinfo source;
  memcpy(&source, fact, sizeof source);
  tenon__hear_source(message, TENON_AF_INET6, &source.ipi6_addr, source.ipi6_ifindex);
}
