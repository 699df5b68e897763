/* win32/sys_transfer.c - moving bytes.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

/* Windows and Wine 10 take all of the data of one send, whatever its size, and queue it: time limits would mean nothing.
 * Wine checks all of a buffer before it receives into its beginning. No datagram is as large as this, so one that is
 * larger fails with WSAEMSGSIZE all the same. */
#define TRANSFER_MAX (1 << 20)

/* A millisecond each, or a tick of the clock: some seconds at most. */
#define WAKE_ATTEMPTS 200

static int at_most(size_t size) {
  return size < TRANSFER_MAX ? (int)size : TRANSFER_MAX;
}

ptrdiff_t tenon__sys_send(tenon_sock s, const void *data, size_t size, int may_wait) {
  (void)may_wait;
  int sent = send(tenon__native(s), data, at_most(size), 0);
  return sent != SOCKET_ERROR ? sent : tenon__failure(TENON__SEND, s);
}

/* Under Wine a reset and a listener look like the end of the stream. At a true end the peer has hung up, without an
 * error. An empty datagram is no end. */
static ptrdiff_t check_end(tenon_sock s) {
  tenon__sockaddr peer;
  WSAPOLLFD item = {tenon__native(s), 0, 0};
  if (WSAPoll(&item, 1, 0) == 1) return item.revents & POLLERR ? tenon__returned(TENON__RECV, WSAECONNRESET) : 0;
  return tenon__sys_is_stream(s) > 0 && tenon__sys_getpeername(s, &peer) < 0 ? TENON_ENOTCONN : 0;
}

ptrdiff_t tenon__sys_recv(tenon_sock s, void *data, size_t size, int flags, int may_wait) {
  (void)may_wait;
  int received = recv(tenon__native(s), data, at_most(size), flags);
  if (received > 0) return received;
  return received == 0 ? check_end(s) : tenon__failure(TENON__RECV, s);
}

ptrdiff_t tenon__sys_send_plain(tenon_sock s, const void *data, size_t size) {
  ptrdiff_t sent = tenon__sys_send(s, data, size, 1);
  tenon__transfer whole = {s, tenon__unconst(data), size};
  return sent == (ptrdiff_t)size ? sent : tenon__send_rest(&whole, sent);
}

ptrdiff_t tenon__sys_recv_plain(tenon_sock s, void *data, size_t size) {
  ptrdiff_t received = tenon__sys_recv(s, data, size, 0, 1);
  tenon__transfer whole = {s, data, size};
  return received >= 0 ? received : tenon__recv_rest(&whole, received);
}

ptrdiff_t tenon__sys_send_now(tenon_sock s, const void *data, size_t size) {
  ptrdiff_t sent = tenon__sys_send(s, data, size, 0);
  tenon__transfer whole = {s, tenon__unconst(data), size};
  return sent < 0 ? tenon__send_failure(&whole, sent) : sent;
}

ptrdiff_t tenon__sys_recv_now(tenon_sock s, void *data, size_t size) {
  ptrdiff_t moved = tenon__sys_recv(s, data, size, 0, 0);
  return moved < 0 ? tenon__recv_failure(s, moved) : moved;
}

ptrdiff_t tenon__sys_sendto(tenon_sock s, const void *data, size_t size, const tenon__sockaddr *to, int may_wait) {
  (void)may_wait;
  int sent = sendto(tenon__native(s), data, at_most(size), 0, to ? &to->u.any : NULL, to ? to->size : 0);
  return sent != SOCKET_ERROR ? sent : tenon__failure(TENON__SENDTO, s);
}

/* A datagram that is too large fills the buffer and the address like any other; that it does so in vain is told by the
 * error alone. */
ptrdiff_t tenon__sys_recvfrom(tenon_sock s, void *data, size_t size, tenon__sockaddr *from, int may_wait) {
  (void)may_wait;
  int received = recvfrom(tenon__native(s), data, at_most(size), 0, &from->u.any, &from->size);
  return received != SOCKET_ERROR ? received : tenon__failure(TENON__RECVFROM, s);
}

ptrdiff_t tenon__sys_send_urgent(tenon_sock s, unsigned char byte) {
  int sent = send(tenon__native(s), (char *)&byte, 1, MSG_OOB);
  return sent != SOCKET_ERROR ? sent : tenon__failure(TENON__SEND, s);
}

/* Control handlers run in threads of their own, so this interrupts nobody and may pause. A system that has no buffers for
 * the byte mostly has some soon, and a lost wake would leave waiters waiting for ever. */
int tenon__sys_wake(tenon_sock s) {
  for (int attempts = 0; attempts < WAKE_ATTEMPTS; attempts++) {
    if (send(tenon__native(s), "", 1, 0) == 1 || WSAGetLastError() == WSAEWOULDBLOCK) return 0;
    if (WSAGetLastError() != WSAENOBUFS) break;
    Sleep(1);
  }
  return tenon__failure(TENON__NAMES, s);
}
