/* posix/sys_socket.c - sockets from birth to close.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

#define ERRORS_MAX 65536 /* taken from a queue that may still be filled */

static int set_option(int fd, int level, int option, int value) {
  return setsockopt(fd, level, option, &value, sizeof value);
}

/* What a descriptor gets that the call which made it could not give. On systems without the atomic flags it becomes
 * non-blocking, too: on the one of them that matters, macOS, MSG_DONTWAIT does not hold in both directions. A peer that
 * has vanished already makes macOS refuse (EINVAL); its first receive will tell. */
static void complete_descriptor(int fd) {
#ifndef SOCK_CLOEXEC
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
#endif
#ifdef SO_NOSIGPIPE
  set_option(fd, SOL_SOCKET, SO_NOSIGPIPE, 1);
#endif
  (void)fd;
}

/* Linux gives a socket what any other on this host has joined, unless it is told not to. */
static void hear_own_groups_only(int fd, int family) {
#ifdef IP_MULTICAST_ALL
#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29
#endif
  set_option(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0);
  if (family == TENON_AF_INET6) set_option(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0);
#endif
  (void)fd, (void)family;
}

static tenon_sock open_descriptor(int family, int type, int protocol) {
  int native_type = type == TENON_SOCK_STREAM ? SOCK_STREAM : SOCK_DGRAM;
#ifdef SOCK_CLOEXEC
  native_type |= SOCK_CLOEXEC;
#endif
  int fd = socket(tenon__native_family(family), native_type, protocol);
  if (fd < 0) return tenon__failure(TENON__SOCKET, TENON_NO_SOCK);
  complete_descriptor(fd);
  return fd;
}

TENON__APART static tenon_sock open_with_options(int family, int type, int protocol) {
  int fd = (int)open_descriptor(family, type, protocol);
  if (fd < 0) return fd;
  if (family == TENON_AF_INET6) set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0); /* OpenBSD refuses */
  if (type == TENON_SOCK_DGRAM) hear_own_groups_only(fd, family);
#ifdef SO_NOSIGPIPE /* macOS and the BSDs send no more than 9,216 bytes in a datagram unless there is room for them */
  if (type == TENON_SOCK_DGRAM) set_option(fd, SOL_SOCKET, SO_SNDBUF, 65535);
#endif
  return fd;
}

TENON__BRIEF tenon_sock tenon__sys_socket(int family, int type, int protocol) {
  if (family == TENON_AF_INET6 || type != TENON_SOCK_STREAM) return open_with_options(family, type, protocol);
  return open_descriptor(family, type, protocol);
}

int tenon__sys_socketpair(tenon_sock pair[2]) {
  int fds[2], type = SOCK_STREAM;
#ifdef SOCK_CLOEXEC
  type |= SOCK_CLOEXEC;
#endif
  if (socketpair(AF_UNIX, type, 0, fds) < 0) return tenon__failure(TENON__SOCKET, TENON_NO_SOCK);
  for (int i = 0; i < 2; i++) {
    complete_descriptor(fds[i]);
    pair[i] = fds[i];
  }
  return 0;
}

#ifdef IP_RECVERR
static int take_error(int fd) {
  char byte;
  struct iovec part = {&byte, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  return recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0;
}
#endif

/* While Linux has something in a socket's queue of errors, each wait ends at once, and only recvmsg() with MSG_ERRQUEUE
 * takes it out. Turning IP_RECVERR off empties the queue, but leaves the last error of a datagram socket pending. */
static void report_no_errors_apart(int fd) {
#ifdef IP_RECVERR
  if (tenon__sys_is_stream(fd) == 0 && tenon__sys_family(fd) != TENON_AF_UNIX)
    for (int i = 0; i < ERRORS_MAX && take_error(fd); i++) continue;
  set_option(fd, SOL_SOCKET, SO_TIMESTAMPING, 0);
  set_option(fd, IPPROTO_IP, IP_RECVERR, 0);
  set_option(fd, IPPROTO_IPV6, IPV6_RECVERR, 0);
#endif
  (void)fd;
}

int tenon__sys_adopt(tenon_sock s) {
  if (fcntl(tenon__native(s), F_SETFD, FD_CLOEXEC) < 0) return tenon__failure(TENON__NAMES, s);
  complete_descriptor(tenon__native(s));
  hear_own_groups_only(tenon__native(s), TENON_AF_INET6); /* a socket declines what is of no use to it */
  report_no_errors_apart(tenon__native(s));
  return 0;
}

/* Of local attempts none goes on by itself. */
TENON__APART static int connect_locally(int fd, const tenon__sockaddr *peer) {
  int result;
  do {
    result = connect(fd, &peer->u.any, peer->size);
  } while (result < 0 && errno == EINTR);
  int code = result == 0 ? 0 : tenon__failure(TENON__CONNECT, fd);
  return code == TENON_EADDRNOTAVAIL ? TENON_EAGAIN : code;
}

TENON__BRIEF int tenon__sys_connect(tenon_sock s, const tenon__sockaddr *peer) {
  int fd = tenon__native(s);
  if (peer->u.any.sa_family == AF_UNIX) return connect_locally(fd, peer);
  return connect(fd, &peer->u.any, peer->size) == 0 ? 0 : tenon__failure(TENON__CONNECT, TENON_NO_SOCK);
}

/* SO_REUSEADDR lets the port of connections in TIME_WAIT be bound again. Left on, it would also let a second socket
 * bind the port of one that does not listen yet (measured on Linux). */
int tenon__sys_bind(tenon_sock s, const tenon__sockaddr *local, int stream) {
  int fd = tenon__native(s);
  if (stream) set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  int result = bind(fd, &local->u.any, local->size) == 0 ? 0 : tenon__failure(TENON__BIND, s);
  if (stream) set_option(fd, SOL_SOCKET, SO_REUSEADDR, 0);
  return result;
}

/* Some C libraries, musl's for one, define SOMAXCONN as 128 although the kernel queues more. The kernel clamps what is
 * too much. */
#define DEFAULT_BACKLOG 4096

/* On again, and for good: Linux lets a restarted server have the port only if the old listener had the option too, and
 * passes it on to the connections. */
int tenon__sys_listen(tenon_sock s, int backlog) {
  int fd = tenon__native(s);
  set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (listen(fd, backlog < 0 ? DEFAULT_BACKLOG : backlog) == 0) return 0;
  int result = tenon__failure(TENON__LISTEN, s);
  set_option(fd, SOL_SOCKET, SO_REUSEADDR, 0);
  return result;
}

TENON__BRIEF tenon_sock tenon__sys_accept(tenon_sock s, tenon__sockaddr *peer) {
#ifdef SOCK_CLOEXEC
  int fd = accept4(tenon__native(s), &peer->u.any, &peer->size, SOCK_CLOEXEC);
#else
  int fd = accept(tenon__native(s), &peer->u.any, &peer->size);
#endif
  if (fd < 0) return tenon__failure(TENON__ACCEPT, TENON_NO_SOCK);
  complete_descriptor(fd);
  return fd;
}

/* Any other error comes after the descriptor is gone; a second close would hit somebody else's. */
TENON__BRIEF int tenon__sys_close(tenon_sock s) {
  return close(tenon__native(s)) < 0 && errno == EBADF ? tenon__failure(TENON__NAMES, TENON_NO_SOCK) : 0;
}

int tenon__sys_set_nonblocking(tenon_sock s, int on) {
  int fd = tenon__native(s);
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return tenon__failure(TENON__NAMES, s);
  int was = (flags & O_NONBLOCK) != 0;
  if (on >= 0 && was != on && fcntl(fd, F_SETFL, flags ^ O_NONBLOCK) < 0) return tenon__failure(TENON__NAMES, s);
  return was;
}

int tenon__sys_family(tenon_sock s) {
  tenon__sockaddr local;
  int result = tenon__sys_getsockname(s, &local);
  if (result < 0) return result;
  return tenon__family_of(local.u.any.sa_family);
}

int tenon__sys_getpeername(tenon_sock s, tenon__sockaddr *peer) {
  peer->size = sizeof peer->u;
  return getpeername(tenon__native(s), &peer->u.any, &peer->size) == 0 ? 0 : tenon__failure(TENON__NAMES, s);
}

/* A stream that had a connection reports its end as something to receive; one that had none just hangs up. */
int tenon__sys_had_peer(tenon_sock s) {
  struct pollfd item = {tenon__native(s), POLLIN, 0};
  return poll(&item, 1, 0) == 1 && (item.revents & POLLIN) && (item.revents & (POLLHUP | POLLERR));
}

/* A stream that is neither connected nor about to be counts as ready, unless it listens. */
int tenon__sys_is_connecting(tenon_sock s) {
  struct pollfd item = {tenon__native(s), POLLOUT, 0};
  return poll(&item, 1, 0) == 0 && tenon__sys_is_listening(s) == 0;
}
