/* sys_alike.c - the calls that differ only in spelling.
 * SPDX-License-Identifier: MIT */
#include "sys.h"

#include <stdio.h>
#include <stdlib.h>

int tenon__sys_getsockname(tenon_sock s, tenon__sockaddr *local) {
  local->size = sizeof local->u;
  return getsockname(tenon__native(s), &local->u.any, &local->size) == 0 ? 0 : tenon__failure(TENON__NAMES, s);
}

int tenon__sys_getpeername(tenon_sock s, tenon__sockaddr *peer) {
  peer->size = sizeof peer->u;
  return getpeername(tenon__native(s), &peer->u.any, &peer->size) == 0 ? 0 : tenon__failure(TENON__NAMES, s);
}

int tenon__sys_shutdown(tenon_sock s, int how) {
  static const int native[] = {SHUT_RD, SHUT_WR, SHUT_RDWR};
  return shutdown(tenon__native(s), native[how]) == 0 ? 0 : tenon__failure(TENON__NAMES, s);
}

/* What has no row differs in more than its name. */
static const struct {
  int level, name;
} native_options[] = {
    [TENON__OPT_HOPS] = {IPPROTO_IPV6, IPV6_UNICAST_HOPS}, [TENON_OPT_NODELAY] = {IPPROTO_TCP, TCP_NODELAY},
    [TENON_OPT_KEEPALIVE] = {SOL_SOCKET, SO_KEEPALIVE},    [TENON_OPT_SNDBUF] = {SOL_SOCKET, SO_SNDBUF},
    [TENON_OPT_RCVBUF] = {SOL_SOCKET, SO_RCVBUF},          [TENON_OPT_BROADCAST] = {SOL_SOCKET, SO_BROADCAST},
    [TENON_OPT_V6ONLY] = {IPPROTO_IPV6, IPV6_V6ONLY},      [TENON_OPT_TTL] = {IPPROTO_IP, IP_TTL},
    [TENON_OPT_SHARE] = {SOL_SOCKET, TENON__NATIVE_SHARE},
};

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

int tenon__sys_take_error(tenon_sock s) {
  int native = get_option(s, SOL_SOCKET, SO_ERROR);
  return native <= 0 ? native : tenon__returned(TENON__CONNECT, native);
}

int tenon__sys_get_option(tenon_sock s, int option) {
  return get_option(s, native_options[option].level, native_options[option].name);
}

int tenon__sys_set_option(tenon_sock s, int option, int value) {
  int level = native_options[option].level, name = native_options[option].name;
  int result = setsockopt(tenon__native(s), level, name, (void *)&value, sizeof value);
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

int tenon__sys_thread_start(tenon__thread_function *run, void *argument) {
  tenon__thread thread;
  int result = tenon__sys_thread_open(&thread, run, argument);
  if (result == 0) tenon__sys_thread_detach(&thread);
  return result;
}

void tenon__sys_flush(void) {
  fflush(stdout);
}

void tenon__sys_exit(int status) {
  _Exit(status);
}
