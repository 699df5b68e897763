/* socket.c - a socket's life but for its connections.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

#define BACKLOG_MAX 65535

static int is_protocol_of(int family, int type, int protocol) {
  return family != TENON_AF_UNIX && protocol == (type == TENON_SOCK_STREAM ? TENON_IPPROTO_TCP : TENON_IPPROTO_UDP);
}

TENON__APART static tenon_sock open_local(int type) {
  tenon_sock s = tenon__sys_socket(TENON_AF_UNIX, type, 0);
  int is_missing = s == TENON_EAFNOSUPPORT || s == TENON_ESOCKTNOSUPPORT || s == TENON_EPROTONOSUPPORT;
  return is_missing ? TENON_ENOTSUP : s;
}

TENON__BRIEF tenon_sock tenon_socket(int family, int type, int protocol) {
  if (tenon__is_traced()) return tenon__traced_socket(family, type, protocol);
  if (family != TENON_AF_INET && family != TENON_AF_INET6 && family != TENON_AF_UNIX)
    return tenon__refuse(TENON_EAFNOSUPPORT);
  if (type != TENON_SOCK_STREAM && type != TENON_SOCK_DGRAM) return tenon__refuse(TENON_ESOCKTNOSUPPORT);
  if (protocol != 0 && !is_protocol_of(family, type, protocol)) return tenon__refuse(TENON_EPROTONOSUPPORT);
  tenon__keep_started();
  return family == TENON_AF_UNIX ? open_local(type) : tenon__sys_socket(family, type, protocol);
}

int tenon__check_foreign(tenon_sock native) {
  int is_stream = tenon__sys_is_stream(native), family = is_stream < 0 ? is_stream : tenon__sys_family(native);
  if (family < 0) return family;
  if (family == TENON_AF_UNSPEC) return tenon__refuse(TENON_EAFNOSUPPORT);
  int is_datagram = is_stream ? 0 : tenon__sys_is_datagram(native);
  if (is_stream || is_datagram < 0) return is_stream ? is_stream : is_datagram;
  return is_datagram ? 0 : tenon__refuse(TENON_ESOCKTNOSUPPORT);
}

/* Whoever lingers, unless it is for no time at all, would wait in close; on Windows the handle might even stay open. */
int tenon_adopt(tenon_sock native) {
  if (tenon__is_traced()) return tenon__traced_adopt(native);
  int is_stream = tenon__check_foreign(native);
  if (is_stream < 0) return is_stream;
  int is_listening = is_stream > 0 ? tenon__sys_is_listening(native) : 0;
  if (is_listening < 0) return is_listening;
  int keeps_linger = is_stream > 0 ? tenon__sys_is_reset(native) : 1;
  if (keeps_linger < 0) return keeps_linger;
  int result = tenon__sys_set_nonblocking(native, is_listening > 0);
  if (result >= 0 && !keeps_linger) result = tenon__sys_set_reset(native, 0);
  if (result >= 0) result = tenon__sys_adopt(native);
  if (result >= 0 && is_stream == 0) tenon__forget_answers(native);
  return result < 0 ? result : 0;
}

/* Of a local socket that is bound already, systems look at the new file first. */
static int bind_failure(tenon_sock s, const tenon_addr *local, int result) {
  tenon_addr bound;
  int native = tenon_native_error();
  int is_bound = local->family == TENON_AF_UNIX && tenon_getsockname(s, &bound) == 0 && bound.path[0] != '\0';
  tenon__sys_remember(native);
  return is_bound && bound.family == TENON_AF_UNIX ? TENON_EINVAL : result;
}

int tenon_bind(tenon_sock s, const tenon_addr *local) {
  if (tenon__is_traced()) return tenon__traced_bind(s, local);
  tenon__sockaddr native;
  int result = tenon__to_sockaddr(local, &native);
  if (result < 0) return result;
  int is_stream = tenon__sys_is_stream(s);
  if (is_stream < 0) return is_stream;
  result = tenon__sys_bind(s, &native, is_stream);
  if (result < 0 && tenon__fit_family(s, &native, &result)) result = tenon__sys_bind(s, &native, is_stream);
  return result < 0 ? bind_failure(s, local, result) : result;
}

/* POSIX would choose a port for a socket that has none. */
int tenon_listen(tenon_sock s, int backlog) {
  if (tenon__is_traced()) return tenon__traced_listen(s, backlog);
  tenon_addr local;
  int result = tenon_getsockname(s, &local);
  if (result < 0) return result;
  int is_stream = tenon__sys_is_stream(s);
  if (is_stream <= 0) return is_stream < 0 ? is_stream : tenon__refuse(TENON_ENOTSUP);
  int is_bound = local.family == TENON_AF_UNIX ? local.path[0] != '\0' : local.port != 0;
  if (!is_bound) return tenon__refuse(TENON_EINVAL);
  if (backlog == 0) backlog = 1; /* not all systems take it for "as few as possible" */
  result = tenon__sys_listen(s, backlog < BACKLOG_MAX ? backlog : BACKLOG_MAX);
  if (result == 0) result = tenon__sys_set_nonblocking(s, 1);
  return result < 0 ? result : 0;
}

int tenon__was_connected(tenon_sock s) {
  tenon__sockaddr peer;
  return tenon__sys_getpeername(s, &peer) == 0 || tenon__sys_had_peer(s);
}

/* What systems say of a connection that has ended: most say TENON_ENOTCONN. Windows, which still names the peer after a
 * reset, has been seen to say TENON_EINVAL, and documents the others. */
static int may_mean_ended(int code) {
  return code == TENON_ENOTCONN || code == TENON_EINVAL || code == TENON_ECONNRESET || code == TENON_ECONNABORTED;
}

/* Linux marks even sockets that were never connected, and ends the listening of a listener; so they are turned away
 * first. Datagram sockets that are shut down would be readable for ever there, with nothing to receive. */
int tenon_shutdown(tenon_sock s, int how) {
  if (tenon__is_traced()) return tenon__traced_shutdown(s, how);
  if (how < TENON_SHUT_RD || how > TENON_SHUT_RDWR) return tenon__refuse(TENON_EINVAL);
  int is_stream = tenon__sys_is_stream(s);
  if (is_stream <= 0) return is_stream < 0 ? is_stream : tenon__refuse(TENON_EOPNOTSUPP);
  tenon__sockaddr peer;
  int result = tenon__sys_getpeername(s, &peer);
  if (result == 0) result = tenon__sys_shutdown(s, how);
  return result < 0 && may_mean_ended(result) && tenon__sys_had_peer(s) ? 0 : result;
}

_Atomic(tenon__closing *) tenon__on_close;

TENON__APART static int close_told(tenon_sock s, tenon__closing *tell) {
  if (tenon__is_traced()) return tenon__traced_close(s);
  if (tell) tell(s);
  return tenon__sys_close(s);
}

TENON__BRIEF int tenon_close(tenon_sock s) {
  tenon__closing *tell = atomic_load_explicit(&tenon__on_close, memory_order_acquire);
  return tell || tenon__tracing ? close_told(s, tell) : tenon__sys_close(s);
}

/* Winsock knows no name of a socket that is not bound. */
int tenon_getsockname(tenon_sock s, tenon_addr *local) {
  if (tenon__is_traced()) return tenon__traced_getsockname(s, local);
  if (!local) return tenon__refuse(TENON_EINVAL);
  tenon__sockaddr native;
  int result = tenon__sys_getsockname(s, &native);
  if (result == TENON_EINVAL) {
    int family = tenon__sys_family(s);
    if (family < 0) return family;
    *local = tenon_addr_any(family, 0);
    local->family = (uint16_t)family;
    return 0;
  }
  if (result == 0) tenon__from_sockaddr(local, &native);
  return result;
}

int tenon_getpeername(tenon_sock s, tenon_addr *peer) {
  if (tenon__is_traced()) return tenon__traced_getpeername(s, peer);
  if (!peer) return tenon__refuse(TENON_EINVAL);
  tenon__sockaddr native;
  int result = tenon__sys_getpeername(s, &native);
  if (result == 0) tenon__from_sockaddr(peer, &native);
  return result;
}
