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

ptrdiff_t tenon__sys_recv(tenon_sock s, void *data, size_t size, int may_wait) {
  ssize_t received;
  do {
    received = recv(tenon__native(s), data, size < TRANSFER_MAX ? size : TRANSFER_MAX, may_wait ? 0 : MSG_DONTWAIT);
  } while (received < 0 && errno == EINTR);
  return received >= 0 ? received : tenon__failure(TENON__RECV, s);
}
