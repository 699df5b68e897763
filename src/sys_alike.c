/* sys_alike.c - the calls that differ only in spelling.
 * SPDX-License-Identifier: MIT */
#include "sys.h"

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
  return get_option(s, IPPROTO_IPV6, IPV6_V6ONLY);
}

int tenon__sys_is_stream(tenon_sock s) {
  int type = get_option(s, SOL_SOCKET, SO_TYPE);
  return type < 0 ? type : type == SOCK_STREAM;
}

int tenon__sys_take_error(tenon_sock s) {
  int native = get_option(s, SOL_SOCKET, SO_ERROR);
  return native <= 0 ? native : tenon__returned(TENON__CONNECT, native);
}
