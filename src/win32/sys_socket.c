/* win32/sys_socket.c - sockets from birth to close.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

/* Not in every mingw-w64. */
#ifndef WSA_FLAG_NO_HANDLE_INHERIT
#define WSA_FLAG_NO_HANDLE_INHERIT 0x80
#endif
#ifndef SOMAXCONN_HINT
#define SOMAXCONN_HINT(backlog) (-(backlog))
#endif

/* More than this many waiting connections must be asked for with SOMAXCONN_HINT. */
#define PLAIN_BACKLOG_MAX 200

/* What Linux queues by default, too. */
#define DEFAULT_BACKLOG 4096

static SOCKET open_socket(int family, int type, int protocol) {
  DWORD flags = WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT;
  return WSASocketW(tenon__native_family(family), type == TENON_SOCK_STREAM ? SOCK_STREAM : SOCK_DGRAM, protocol, NULL,
                    0, flags);
}

/* Whether the network's answers to what was sent (nobody there, too far) make a later receive fail. */
static void report_refusals(SOCKET handle, BOOL on) {
  DWORD bytes;
  DWORD sio_udp_connreset = _WSAIOW(IOC_VENDOR, 12), sio_udp_netreset = _WSAIOW(IOC_VENDOR, 15);
  WSAIoctl(handle, sio_udp_connreset, &on, sizeof on, NULL, 0, &bytes, NULL, NULL);
  WSAIoctl(handle, sio_udp_netreset, &on, sizeof on, NULL, 0, &bytes, NULL, NULL);
}

tenon_sock tenon__sys_socket(int family, int type, int protocol) {
  SOCKET handle = open_socket(family, type, protocol);
  if (handle == INVALID_SOCKET && WSAGetLastError() == WSANOTINITIALISED && tenon__sys_startup() == 0)
    handle = open_socket(family, type, protocol);
  if (handle == INVALID_SOCKET) return tenon__failure(TENON__SOCKET, TENON_NO_SOCK);
  DWORD off = 0;
  if (family == TENON_AF_INET6) setsockopt(handle, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&off, sizeof off);
  if (type == TENON_SOCK_DGRAM) report_refusals(handle, FALSE);
  tenon__sys_set_nonblocking((tenon_sock)handle, 1);
  return (tenon_sock)handle;
}

/* Windows has none; two ends of a TCP connection will do. */
int tenon__sys_socketpair(tenon_sock pair[2]) {
  (void)pair;
  return TENON_ENOTSUP;
}

int tenon__sys_adopt(tenon_sock s) {
  tenon__sockaddr peer;
  int is_done = SetHandleInformation((HANDLE)s, HANDLE_FLAG_INHERIT, 0);
  if (!is_done) return tenon__failure(TENON__NAMES, s);
  if (tenon__sys_is_stream(s) == 0 && tenon__sys_getpeername(s, &peer) < 0) report_refusals((SOCKET)s, FALSE);
  return 0;
}

/* Without this Windows repeats the question for two seconds after a refusal by this very host. Wine does not know the
 * request and has no such delay. */
static void take_first_refusal(SOCKET handle) {
  struct {
    USHORT rtt;
    UCHAR max_syn_retransmissions;
  } initial_rto = {0xFFFF /* unspecified */, 0xFE /* none */};
  DWORD bytes;
  DWORD sio_tcp_initial_rto = _WSAIOW(IOC_VENDOR, 17);
  WSAIoctl(handle, sio_tcp_initial_rto, &initial_rto, sizeof initial_rto, NULL, 0, &bytes, NULL, NULL);
}

static int is_loopback(const tenon__sockaddr *address) {
  if (address->u.any.sa_family == AF_UNIX) return 0;
  if (address->u.any.sa_family == AF_INET) return address->u.in.sin_addr.S_un.S_un_b.s_b1 == 127;
  const UCHAR *bytes = address->u.in6.sin6_addr.u.Byte;
  return IN6_IS_ADDR_LOOPBACK(&address->u.in6.sin6_addr) ||
         (IN6_IS_ADDR_V4MAPPED(&address->u.in6.sin6_addr) && bytes[12] == 127);
}

int tenon__sys_connect(tenon_sock s, const tenon__sockaddr *peer) {
  if (is_loopback(peer)) take_first_refusal(tenon__native(s));
  int result = connect(tenon__native(s), &peer->u.any, peer->size);
  if (result == SOCKET_ERROR) return tenon__failure(TENON__CONNECT, s);
  report_refusals(tenon__native(s), TRUE); /* of datagrams, now that they are the peer's; a stream declines */
  return result;
}

/* SO_REUSEADDR would let anybody steal the port here; connections in TIME_WAIT do not hold it anyway. Sharing a port
 * and having it exclusively are two options that do not go together. */
int tenon__sys_bind(tenon_sock s, const tenon__sockaddr *local, int stream) {
  BOOL on = stream || tenon__sys_get_option(s, TENON_OPT_SHARE) <= 0;
  if (on) setsockopt(tenon__native(s), SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (char *)&on, sizeof on);
  return bind(tenon__native(s), &local->u.any, local->size) == 0 ? 0 : tenon__failure(TENON__BIND, s);
}

/* Windows refuses the connections that do not fit, so a short queue would refuse the clients of a burst. TCP knows the
 * hint; what local sockets make of it is not documented. */
int tenon__sys_listen(tenon_sock s, int backlog) {
  int wanted = backlog < 0 ? DEFAULT_BACKLOG : backlog, family = tenon__sys_family(s);
  int is_hint = wanted > PLAIN_BACKLOG_MAX && (family == TENON_AF_INET || family == TENON_AF_INET6);
  if (is_hint && listen(tenon__native(s), SOMAXCONN_HINT(wanted)) == 0) return 0;
  return listen(tenon__native(s), backlog < 0 ? SOMAXCONN : backlog) == 0 ? 0 : tenon__failure(TENON__LISTEN, s);
}

/* The listener passes on its blocking mode, but not that it is not inherited. */
tenon_sock tenon__sys_accept(tenon_sock s, tenon__sockaddr *peer) {
  SOCKET handle = accept(tenon__native(s), &peer->u.any, &peer->size);
  if (handle == INVALID_SOCKET) return tenon__failure(TENON__ACCEPT, s);
  SetHandleInformation((HANDLE)handle, HANDLE_FLAG_INHERIT, 0);
  tenon__sys_set_nonblocking((tenon_sock)handle, 1);
  return (tenon_sock)handle;
}

/* A foreign socket with SO_LINGER set may answer that it would have to wait, and is still open then. */
int tenon__sys_close(tenon_sock s) {
  if (closesocket(tenon__native(s)) == 0) return 0;
  if (WSAGetLastError() != WSAEWOULDBLOCK) return tenon__failure(TENON__NAMES, s);
  BOOL on = TRUE;
  setsockopt(tenon__native(s), SOL_SOCKET, SO_DONTLINGER, (char *)&on, sizeof on);
  return closesocket(tenon__native(s)) == 0 ? 0 : tenon__failure(TENON__NAMES, s);
}

/* Never off: nothing could keep a blocking handle from waiting for ever. */
int tenon__sys_set_nonblocking(tenon_sock s, int on) {
  if (on < 0) return 1; /* Tenon makes them all so */
  u_long native = 1;
  return ioctlsocket(tenon__native(s), (long)FIONBIO, &native) == 0 ? 1 : tenon__failure(TENON__NAMES, s);
}

/* getsockname would fail as long as the socket is not bound. */
int tenon__sys_family(tenon_sock s) {
  WSAPROTOCOL_INFOW info;
  int size = sizeof info;
  if (getsockopt(tenon__native(s), SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &size) != 0)
    return tenon__failure(TENON__NAMES, s);
  return tenon__family_of(info.iAddressFamily);
}

/* Whether poll has nothing to say about sending: no room, no refusal, no end. */
static int is_silent(tenon_sock s) {
  WSAPOLLFD item = {tenon__native(s), POLLWRNORM, 0};
  return WSAPoll(&item, 1, 0) == 0;
}

/* Windows counts the seconds of a connection, and tells 0xFFFFFFFF of a stream that has none. */
static int has_no_connection(tenon_sock s) {
  DWORD seconds = 0;
  int size = sizeof seconds;
  int result = getsockopt(tenon__native(s), SOL_SOCKET, SO_CONNECT_TIME, (char *)&seconds, &size);
  return result == 0 && seconds == 0xFFFFFFFF && tenon__sys_is_stream(s) > 0;
}

/* Windows and Wine 10 name the peer of a pending connect, too. A connection that ended may have no time any more. */
int tenon__sys_getpeername(tenon_sock s, tenon__sockaddr *peer) {
  peer->size = sizeof peer->u;
  if (getpeername(tenon__native(s), &peer->u.any, &peer->size) != 0) return tenon__failure(TENON__NAMES, s);
  return has_no_connection(s) && is_silent(s) ? tenon__refuse(TENON_ENOTCONN) : 0;
}

/* Windows itself remembers the peer's name; Wine only knows that there is nobody any more. */
int tenon__sys_had_peer(tenon_sock s) {
  WSAPOLLFD item = {tenon__native(s), POLLRDNORM, 0};
  return WSAPoll(&item, 1, 0) == 1 && (item.revents & (POLLHUP | POLLERR));
}

/* Windows and Wine 10 name the peer as soon as the attempt has begun. Wine 8 does not. There a connect to an address
 * of an impossible family changes nothing and fails with WSAEALREADY. */
int tenon__sys_is_connecting(tenon_sock s) {
  tenon__sockaddr peer = {.size = sizeof peer.u}, nowhere = {.u.any = {.sa_family = AF_APPLETALK}};
  if (!is_silent(s)) return 0;
  if (getpeername(tenon__native(s), &peer.u.any, &peer.size) == 0) return 1;
  connect(tenon__native(s), &nowhere.u.any, sizeof nowhere.u);
  return WSAGetLastError() == WSAEALREADY;
}
