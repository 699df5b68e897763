/* datagram.c - sending and receiving datagrams.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

int tenon__is_a_stream(tenon_sock s) {
  int native = tenon_native_error();
  int is_stream = tenon__sys_is_stream(s) > 0;
  tenon__sys_remember(native);
  return is_stream;
}

static int has_peer(tenon_sock s) {
  tenon__sockaddr peer;
  int native = tenon_native_error();
  int result = tenon__sys_getpeername(s, &peer);
  tenon__sys_remember(native);
  return result == 0;
}

/* An ICMP error for an earlier datagram: the port was closed (WSAECONNRESET on Windows), or it was not delivered. */
static int is_refusal(int failure) {
  return failure == TENON_ECONNREFUSED || failure == TENON_ECONNRESET;
}

static int may_be_answer(int failure) {
  return is_refusal(failure) || failure == TENON_ENETRESET || failure == TENON_EHOSTUNREACH ||
         failure == TENON_ENETUNREACH || failure == TENON_EHOSTDOWN || failure == TENON_EACCES ||
         failure == TENON_EPROTO || failure == TENON_ENOPROTOOPT;
}

/* The next call on the socket fails with the error, and its own datagram is not sent. So a send is repeated, whoever the
 * peer is; a receive reports only a refusal by the connected peer. The last codes of the list can also be this call's
 * own failure, so there is one more attempt. A local socket fails at once, each time, when its receiver is gone. */
int tenon__is_late_answer(tenon_sock s, int failure, tenon__event event, tenon__limit *limit) {
  if (!may_be_answer(failure)) return 0;
  int native = tenon_native_error();
  int is_datagram = tenon__sys_is_stream(s) == 0 && tenon__sys_family(s) != TENON_AF_UNIX, is_connected = has_peer(s);
  tenon__sys_remember(native);
  if (!is_datagram || failure == TENON_ENETRESET) return is_datagram;
  if (is_refusal(failure)) return event == TENON__WRITABLE || !is_connected;
  return is_connected && !tenon__limit_has_retried(limit);
}

/* Windows may queue several errors. */
#define ANSWERS_MAX 16

int tenon__late_answer_again(tenon__limit *limit) {
  if (limit->timeout_ms == 0 && ++limit->answers > ANSWERS_MAX) return tenon__refuse(TENON_EAGAIN);
  return tenon__limit_go_on(limit, 0);
}

int tenon__datagram_again(tenon_sock s, int failure, tenon__event event, tenon__limit *limit) {
  if (failure == TENON_EAGAIN) return tenon__wait(s, event, limit);
  if (failure == TENON_ENOBUFS && event == TENON__WRITABLE) return tenon__wait_for_buffers(limit);
  return tenon__is_late_answer(s, failure, event, limit) ? tenon__late_answer_again(limit) : failure;
}

void tenon__forget_answers(tenon_sock s) {
  char byte;
  for (int left = ANSWERS_MAX; left > 0; left--) {
    ptrdiff_t received = tenon__sys_recv(s, &byte, 1, MSG_PEEK, 0);
    if (received >= 0 || !is_refusal((int)received)) break;
  }
  tenon__sys_take_error(s);
}

/* ---- Sending ---------------------------------------------------------------------------------------------------- */

/* 1 if native is where to send to, 0 if that is the socket's peer, whom some systems do not let be named. To others
 * than the peer some systems would send all the same. */
static int aim(tenon_sock s, const tenon_addr *to, tenon__sockaddr *native) {
  int result = tenon__to_peer(to, native);
  if (result < 0) return result;
  tenon_addr target, peer;
  if (tenon_getpeername(s, &peer) < 0) return 1;
  tenon__from_sockaddr(&target, native);
  return tenon_addr_equal(&peer, &target) ? 0 : tenon__refuse(TENON_EISCONN);
}

int tenon__name_unsent(tenon_sock s, int failure, int has_target) {
  int is_peer_missing = !has_target && (failure == TENON_EINVAL || failure == TENON_ENOTCONN) && !has_peer(s);
  return is_peer_missing ? TENON_EDESTADDRREQ : failure;
}

/* native may be NULL. */
static ptrdiff_t send_fitting(tenon_sock s, const void *data, size_t size, tenon__sockaddr *native, int may_wait) {
  ptrdiff_t sent = tenon__sys_sendto(s, data, size, native, may_wait);
  if (sent >= 0) return sent;
  int failure = (int)sent;
  if (native && tenon__fit_family(s, native, &failure)) return tenon__sys_sendto(s, data, size, native, may_wait);
  return tenon__name_unsent(s, failure, native != NULL);
}

/* On a stream, tenon_send() continues after the part that was sent, or decides what the failure means. */
static ptrdiff_t send_rest(tenon_sock s, const char *data, size_t size, ptrdiff_t sent, int timeout_ms) {
  size_t done = sent > 0 ? (size_t)sent : 0;
  if (done > 0 && timeout_ms == 0) return sent;
  int failure = sent < 0 ? tenon__lost_failure(s, TENON__SEND) : 0;
  if (failure < 0) return failure;
  ptrdiff_t rest = tenon_send(s, data + done, size - done, timeout_ms);
  return rest < 0 ? rest : (ptrdiff_t)done + rest;
}

/* A local receiver answers at once. That it has no room, which the BSDs call TENON_ENOBUFS, no wait can tell. */
static int local_again(int failure, tenon__limit *limit) {
  return failure == TENON_EAGAIN || failure == TENON_ENOBUFS ? tenon__nap(limit) : failure;
}

ptrdiff_t tenon_sendto(tenon_sock s, const void *data, size_t size, const tenon_addr *to, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_sendto(s, data, size, to, timeout_ms);
  if (!tenon__is_transfer(data, size, timeout_ms)) return tenon__refuse(TENON_EINVAL);
  tenon__sockaddr native;
  int is_aimed = to ? aim(s, to, &native) : 0;
  if (is_aimed < 0) return is_aimed;
  if (tenon__is_stream_of(s, size)) return tenon_send(s, data, size, timeout_ms);
  if (!data) data = ""; /* not all systems take NULL */
  tenon__limit limit = tenon__limit_of(timeout_ms);
  int may_wait = tenon__may_wait_inside(timeout_ms);
  for (;;) {
    ptrdiff_t sent = send_fitting(s, data, size, is_aimed ? &native : NULL, may_wait);
    if (sent == (ptrdiff_t)size) return sent;
    if (tenon__is_a_stream(s)) return send_rest(s, data, size, sent, timeout_ms);
    int is_local = is_aimed && native.u.any.sa_family == AF_UNIX;
    int again =
        is_local ? local_again((int)sent, &limit) : tenon__datagram_again(s, (int)sent, TENON__WRITABLE, &limit);
    if (again < 0) return again;
  }
}

/* ---- Receiving -------------------------------------------------------------------------------------------------- */

/* Windows refuses to receive on a socket that has no port. Elsewhere the call waits, as another thread may bind the
 * socket or send with it. So the call is tried again from time to time, and once more if there is a port by now. */
int tenon__unbound_again(tenon_sock s, int failure, tenon__limit *limit) {
  tenon_addr local;
  if (failure != TENON_EINVAL || tenon__sys_is_stream(s) != 0) return failure;
  int native = tenon_native_error();
  if (tenon_getsockname(s, &local) == 0 && local.port == 0) return tenon__nap(limit);
  tenon__sys_remember(native);
  return tenon__limit_has_retried(limit) ? failure : 0;
}

/* received is the result of a first attempt. A failure that may not come again means what tenon_recv() says of it. */
static ptrdiff_t receive_from_stream(tenon_sock s, void *data, size_t size, ptrdiff_t received, int timeout_ms) {
  if (received > 0) return received;
  int code = received < 0 ? tenon__error_code(TENON__RECV, tenon_native_error()) : 0;
  int is_final = code < 0 && code != TENON_EAGAIN && code != TENON_ENOTCONN;
  return is_final ? tenon__name_refused(s, code) : tenon_recv(s, data, size, timeout_ms);
}

ptrdiff_t tenon_recvfrom(tenon_sock s, void *data, size_t size, tenon_addr *from, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_recvfrom(s, data, size, from, timeout_ms);
  if (!tenon__is_transfer(data, size, timeout_ms)) return tenon__refuse(TENON_EINVAL);
  char nothing;
  if (!data) data = &nothing;
  if (tenon__is_stream_of(s, size)) {
    if (from) *from = tenon_addr_any(TENON_AF_UNSPEC, 0);
    return tenon_recv(s, data, size, timeout_ms);
  }
  tenon__limit limit = tenon__limit_of(timeout_ms);
  int may_wait = tenon__may_wait_inside(timeout_ms);
  for (;;) {
    tenon__sockaddr native = {.u.any = {.sa_family = AF_UNSPEC}, .size = sizeof native.u};
    tenon_addr sender = tenon_addr_any(TENON_AF_UNSPEC, 0);
    ptrdiff_t received = tenon__sys_recvfrom(s, data, size, &native, may_wait);
    int is_datagram = received >= 0 || received == TENON_EMSGSIZE;
    if (is_datagram) tenon__from_sockaddr(&sender, &native);
    int is_stream = sender.family == TENON_AF_UNSPEC && received != TENON_EAGAIN && tenon__is_a_stream(s);
    if (is_stream) received = receive_from_stream(s, data, size, received, timeout_ms);
    if (from && (is_datagram || is_stream)) *from = sender;
    if (is_datagram || is_stream) return received;
    int again = received == TENON_EINVAL ? tenon__unbound_again(s, TENON_EINVAL, &limit)
                                         : tenon__datagram_again(s, (int)received, TENON__READABLE, &limit);
    if (again < 0) return again;
  }
}
