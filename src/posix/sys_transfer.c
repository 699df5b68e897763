/* posix/sys_transfer.c - moving bytes.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

/* Systems without it have SO_NOSIGPIPE. */
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

/* Linux moves no more in one call, macOS refuses to. */
#define TRANSFER_MAX ((size_t)1 << 30)

ptrdiff_t tenon__sys_send(tenon_sock s, const void *data, size_t size, int may_wait) {
  int flags = may_wait ? MSG_NOSIGNAL : MSG_NOSIGNAL | MSG_DONTWAIT;
  ssize_t sent;
  do {
    sent = send(tenon__native(s), data, size < TRANSFER_MAX ? size : TRANSFER_MAX, flags);
  } while (sent < 0 && errno == EINTR);
  return sent >= 0 ? sent : tenon__failure(TENON__SEND, s);
}

ptrdiff_t tenon__sys_recv(tenon_sock s, void *data, size_t size, int flags, int may_wait) {
  if (!may_wait) flags |= MSG_DONTWAIT;
  ssize_t received;
  do {
    received = recv(tenon__native(s), data, size < TRANSFER_MAX ? size : TRANSFER_MAX, flags);
  } while (received < 0 && errno == EINTR);
  return received >= 0 ? received : tenon__failure(TENON__RECV, s);
}

/* The arguments are kept in memory: the compiler would keep them in registers, which have to be saved first, for a case
 * that hardly ever comes. */
TENON__APART static ptrdiff_t plain_send_rest(const volatile tenon__transfer *t, ptrdiff_t sent) {
  const tenon__transfer whole = {t->s, t->data, t->size};
  if (sent < 0) sent = errno == EINTR ? 0 : tenon__failure(TENON__SEND, whole.s);
  return tenon__send_rest(&whole, sent);
}

TENON__APART static ptrdiff_t plain_recv_rest(const volatile tenon__transfer *t) {
  const tenon__transfer whole = {t->s, t->data, t->size};
  return tenon__recv_rest(&whole, errno == EINTR ? 0 : tenon__failure(TENON__RECV, whole.s));
}

TENON__BRIEF ptrdiff_t tenon__sys_send_plain(tenon_sock s, const void *data, size_t size) {
  volatile tenon__transfer whole;
  whole.s = s, whole.data = tenon__unconst(data), whole.size = size;
  ssize_t sent = send((int)s, data, size, MSG_NOSIGNAL);
  if (sent == (ssize_t)whole.size) return sent;
  return plain_send_rest(&whole, sent);
}

TENON__BRIEF ptrdiff_t tenon__sys_recv_plain(tenon_sock s, void *data, size_t size) {
  volatile tenon__transfer whole;
  whole.s = s, whole.data = data, whole.size = size;
  ssize_t received = recv((int)s, data, size, 0);
  return received >= 0 ? received : plain_recv_rest(&whole);
}

TENON__APART static ptrdiff_t send_now_failure(const volatile tenon__transfer *t) {
  tenon__transfer whole = {t->s, t->data, t->size};
  return tenon__send_failure(&whole, errno == EINTR ? TENON_EAGAIN : tenon__failure(TENON__SEND, whole.s));
}

TENON__APART static ptrdiff_t recv_now_failure(tenon_sock s) {
  return tenon__recv_failure(s, errno == EINTR ? TENON_EAGAIN : tenon__failure(TENON__RECV, s));
}

TENON__BRIEF ptrdiff_t tenon__sys_send_now(tenon_sock s, const void *data, size_t size) {
  volatile tenon__transfer whole;
  whole.s = s, whole.data = tenon__unconst(data), whole.size = size;
  ssize_t sent = send((int)s, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent >= 0 ? sent : send_now_failure(&whole);
}

TENON__BRIEF ptrdiff_t tenon__sys_recv_now(tenon_sock s, void *data, size_t size) {
  volatile tenon_sock handle = s;
  ssize_t received = recv((int)s, data, size, MSG_DONTWAIT);
  return received >= 0 ? received : recv_now_failure(handle);
}

ptrdiff_t tenon__sys_sendto(tenon_sock s, const void *data, size_t size, const tenon__sockaddr *to, int may_wait) {
  int flags = may_wait ? MSG_NOSIGNAL : MSG_NOSIGNAL | MSG_DONTWAIT;
  ssize_t sent;
  do {
    sent = sendto(tenon__native(s), data, size < TRANSFER_MAX ? size : TRANSFER_MAX, flags, to ? &to->u.any : NULL,
                  to ? to->size : 0);
  } while (sent < 0 && errno == EINTR);
  return sent >= 0 ? sent : tenon__failure(TENON__SENDTO, s);
}

/* Of the calls that receive only recvmsg tells everywhere that there was more; recvfrom cuts silently. */
ptrdiff_t tenon__sys_recvfrom(tenon_sock s, void *data, size_t size, tenon__sockaddr *from, int may_wait) {
  struct iovec buffer = {data, size < TRANSFER_MAX ? size : TRANSFER_MAX};
  struct msghdr message = {.msg_name = &from->u, .msg_iov = &buffer, .msg_iovlen = 1};
  ssize_t received;
  do {
    message.msg_namelen = from->size;
    received = recvmsg(tenon__native(s), &message, may_wait ? 0 : MSG_DONTWAIT);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return tenon__failure(TENON__RECVFROM, s);
  from->size = message.msg_namelen;
  return message.msg_flags & MSG_TRUNC ? tenon__refuse(TENON_EMSGSIZE) : received;
}

ptrdiff_t tenon__sys_send_urgent(tenon_sock s, unsigned char byte) {
  ssize_t sent;
  do {
    sent = send(tenon__native(s), &byte, 1, MSG_OOB | MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  return sent >= 0 ? sent : tenon__failure(TENON__SEND, s);
}

int tenon__sys_wake(tenon_sock s) {
  int interrupted = errno;
  ssize_t sent = send(tenon__native(s), "", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
  int code = sent == 1 || errno == EAGAIN || errno == EWOULDBLOCK ? 0 : tenon__error_code(TENON__NAMES, errno);
  errno = interrupted;
  return code;
}
