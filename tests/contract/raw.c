/* raw.c - Tenon's names over the systems' own calls, with no care but for their spelling: what the transcript would be
 * without Tenon. Sockets.
 * SPDX-License-Identifier: MIT
 *
 * Failures are the system's numbers, negated. A limit is what a Berkeley program makes of it: non-blocking mode, and
 * poll before the next attempt. All waiting is cut short, as a call that hangs would be the transcript's last. */
#include "raw.h"

#include <string.h>

#include "raw_address.h"
#include "tenon.h"

enum { LONGEST_MS = 300, ITEMS = 512 };

static int cut(int timeout_ms) {
  return timeout_ms < 0 || timeout_ms > LONGEST_MS ? LONGEST_MS : timeout_ms;
}

static int failed_for_now(ptrdiff_t result) {
  return result == -RAW_WOULD_BLOCK;
}

/* 0 when it is worth trying, else a failure. */
static int wait_for(raw_socket s, short events, int timeout_ms) {
  struct pollfd item = {s, events, 0};
  int ready = raw_poll(&item, 1, cut(timeout_ms));
  if (ready == 0) return -RAW_TIMED_OUT;
  return ready < 0 ? raw_failure() : 0;
}

/* ---- Connections ------------------------------------------------------------------------------------------------- */

tenon_sock tenon_socket(int family, int type, int protocol) {
  raw_socket s = socket(raw_family(family), type, protocol);
  return (tenon_sock)s < 0 ? raw_failure() : (tenon_sock)s;
}

int tenon_bind(tenon_sock s, const tenon_addr *local) {
  raw_address native = raw_address_of(local);
  return bind((raw_socket)s, native.at, native.size) ? raw_failure() : 0;
}

int tenon_listen(tenon_sock s, int backlog) {
  return listen((raw_socket)s, backlog) ? raw_failure() : 0;
}

int tenon_connect(tenon_sock s, const tenon_addr *peer, int timeout_ms) {
  raw_address native = raw_address_of(peer);
  if (timeout_ms != TENON_FOREVER) raw_set_nonblocking((raw_socket)s, 1);
  int result = connect((raw_socket)s, native.at, native.size) ? raw_failure() : 0;
  if (timeout_ms == 0 || timeout_ms == TENON_FOREVER) return result;
  if (result == -RAW_IN_PROGRESS) result = tenon_connect_result(s, timeout_ms);
  raw_set_nonblocking((raw_socket)s, 0);
  return result;
}

int tenon_connect_result(tenon_sock s, int timeout_ms) {
  int error = 0, result = wait_for((raw_socket)s, POLLOUT, timeout_ms);
  socklen_t size = sizeof error;
  if (result < 0) return result;
  return getsockopt((raw_socket)s, SOL_SOCKET, SO_ERROR, (char *)&error, &size) ? raw_failure() : -error;
}

static tenon_sock accept_once(raw_socket s, tenon_addr *peer) {
  struct sockaddr_storage native;
  socklen_t size = sizeof native;
  raw_socket accepted = accept(s, (struct sockaddr *)&native, &size);
  if ((tenon_sock)accepted < 0) return raw_failure();
  if (peer) *peer = raw_address_from(&native);
  return (tenon_sock)accepted;
}

tenon_sock tenon_accept(tenon_sock s, tenon_addr *peer, int timeout_ms) {
  raw_set_nonblocking((raw_socket)s, 1);
  tenon_sock accepted = accept_once((raw_socket)s, peer);
  if (!failed_for_now(accepted) || timeout_ms == 0) return accepted;
  int result = wait_for((raw_socket)s, POLLIN, timeout_ms);
  return result < 0 ? result : accept_once((raw_socket)s, peer);
}

int tenon_shutdown(tenon_sock s, int how) {
  return shutdown((raw_socket)s, how) ? raw_failure() : 0;
}

int tenon_close(tenon_sock s) {
  return raw_close((raw_socket)s) ? raw_failure() : 0;
}

int tenon_socketpair(tenon_sock pair[2]) {
  raw_socket made[2];
  if (raw_socketpair(pair ? made : NULL)) return raw_failure();
  pair[0] = (tenon_sock)made[0];
  pair[1] = (tenon_sock)made[1];
  return 0;
}

/* ---- Bytes ------------------------------------------------------------------------------------------------------- */

static ptrdiff_t send_once(tenon_sock s, const void *data, size_t size, const tenon_addr *to) {
  raw_address native = raw_address_of(to);
  ptrdiff_t sent = sendto((raw_socket)s, data, (raw_size)size, 0, native.at, native.size);
  return sent < 0 ? raw_failure() : sent;
}

ptrdiff_t tenon_sendto(tenon_sock s, const void *data, size_t size, const tenon_addr *to, int timeout_ms) {
  raw_set_nonblocking((raw_socket)s, 1);
  ptrdiff_t sent = send_once(s, data, size, to);
  int result = failed_for_now(sent) && timeout_ms != 0 ? wait_for((raw_socket)s, POLLOUT, timeout_ms) : 1;
  if (result <= 0) sent = result < 0 ? result : send_once(s, data, size, to);
  raw_set_nonblocking((raw_socket)s, 0);
  return sent;
}

ptrdiff_t tenon_send(tenon_sock s, const void *data, size_t size, int timeout_ms) {
  return tenon_sendto(s, data, size, NULL, timeout_ms);
}

static ptrdiff_t recv_once(tenon_sock s, void *data, size_t size, int flags, tenon_addr *from) {
  struct sockaddr_storage native;
  socklen_t native_size = sizeof native;
  memset(&native, 0, sizeof native);
  struct sockaddr *at = from ? (struct sockaddr *)&native : NULL;
  ptrdiff_t received = recvfrom((raw_socket)s, data, (raw_size)size, flags, at, from ? &native_size : NULL);
  if (received < 0) return raw_failure();
  if (from) *from = raw_address_from(&native);
  return received;
}

static ptrdiff_t receive(tenon_sock s, void *data, size_t size, int flags, tenon_addr *from, int timeout_ms) {
  raw_set_nonblocking((raw_socket)s, 1);
  ptrdiff_t received = recv_once(s, data, size, flags, from);
  int result = failed_for_now(received) && timeout_ms != 0 ? wait_for((raw_socket)s, POLLIN, timeout_ms) : 1;
  if (result <= 0) received = result < 0 ? result : recv_once(s, data, size, flags, from);
  raw_set_nonblocking((raw_socket)s, 0);
  return received;
}

ptrdiff_t tenon_recv(tenon_sock s, void *data, size_t size, int timeout_ms) {
  return receive(s, data, size, 0, NULL, timeout_ms);
}

ptrdiff_t tenon_recv_all(tenon_sock s, void *data, size_t size, int timeout_ms) {
  return receive(s, data, size, MSG_WAITALL, NULL, timeout_ms);
}

ptrdiff_t tenon_peek(tenon_sock s, void *data, size_t size, int timeout_ms) {
  return receive(s, data, size, MSG_PEEK, NULL, timeout_ms);
}

ptrdiff_t tenon_recvfrom(tenon_sock s, void *data, size_t size, tenon_addr *from, int timeout_ms) {
  return receive(s, data, size, 0, from, timeout_ms);
}

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

static int from_native_events(int events) {
  int in = events & POLLIN ? TENON_POLLIN : 0, out = events & POLLOUT ? TENON_POLLOUT : 0;
  int error = events & POLLERR ? TENON_POLLERR : 0, invalid = events & POLLNVAL ? TENON_POLLNVAL : 0;
  return in | out | error | invalid;
}

int tenon_poll(tenon_pollfd *items, int count, int timeout_ms) {
  struct pollfd native[ITEMS];
  for (int i = 0; items && i < count; i++) {
    int in = items[i].events & TENON_POLLIN ? POLLIN : 0, out = items[i].events & TENON_POLLOUT ? POLLOUT : 0;
    native[i].fd = (raw_socket)items[i].sock;
    native[i].events = (short)(in | out);
  }
  int ready = raw_poll(items ? native : NULL, count, cut(timeout_ms));
  int failure = ready < 0 ? raw_failure() : ready;
  for (int i = 0; items && i < count; i++) items[i].revents = from_native_events(native[i].revents);
  return failure;
}
