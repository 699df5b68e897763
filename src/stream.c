/* stream.c - sending and receiving.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

atomic_uintptr_t tenon__watches;

/* That a connect which was begun has been refused, systems tell whoever comes first in words of their own. */
int tenon__name_refused(tenon_sock s, int code) {
  int native = tenon_native_error();
  int is_doubtful = code == TENON_ECONNRESET || code == TENON_EPIPE || code == TENON_ENOTCONN;
  if (is_doubtful && tenon__sys_take_error(s) == TENON_ECONNREFUSED) {
    native = tenon_native_error();
    code = TENON_ECONNREFUSED;
  }
  if (code == TENON_ECONNRESET && tenon__sys_is_stream(s) == 0) code = TENON_ECONNREFUSED; /* Windows, of datagrams */
  tenon__sys_remember(native);
  return code == TENON_ECONNREFUSED ? tenon__failed_attempt(s, code) : code;
}

int tenon__lost_failure(tenon_sock s, tenon__operation operation) {
  int code = tenon__error_code(operation, tenon_native_error());
  int is_lost = code == TENON_ECONNRESET || code == TENON_ECONNABORTED || code == TENON_ECONNREFUSED;
  return is_lost ? tenon__name_refused(s, code) : 0;
}

/* Whether the stream is connected, though an attempt to send or receive has just said that it is not. A connect that
 * was pending then may be made by now. */
static int is_connected_now(tenon_sock s) {
  char byte;
  int native = tenon_native_error();
  ptrdiff_t received = tenon__sys_recv(s, &byte, 1, MSG_PEEK, 0);
  tenon__sys_remember(native);
  return received >= 0 || received == TENON_EAGAIN;
}

/* A connection that is still being made is waited for, as systems do that let one send and receive on it already. So is
 * a port, by datagram sockets that receive; those that send do not fail with TENON_EINVAL. */
TENON__APART static int failure_again(tenon_sock s, int failure, tenon__limit *limit) {
  if (failure == TENON_ENOTCONN && tenon__sys_is_connecting(s)) return tenon__wait(s, TENON__CONNECTED, limit);
  if (failure == TENON_EINVAL) return tenon__unbound_again(s, failure, limit);
  int code = tenon__name_refused(s, failure);
  return code == TENON_ENOTCONN && is_connected_now(s) ? tenon__nap(limit) : code;
}

/* 0 if another attempt is worth while. */
static int transfer_again(tenon_sock s, ptrdiff_t failure, tenon__event event, tenon__limit *limit) {
  if (failure == TENON_EAGAIN) return tenon__wait(s, event, limit);
  if (tenon__is_late_answer(s, (int)failure, event, limit)) return tenon__late_answer_again(limit);
  int has_no_buffers = failure == TENON_ENOBUFS && event == TENON__WRITABLE;
  return has_no_buffers ? tenon__wait_for_buffers(limit) : failure_again(s, (int)failure, limit);
}

/* Some systems see no difference between a connection that broke and one that never was, nor between a stream and a
 * datagram socket that has no peer. */
static ptrdiff_t name_failure(tenon_sock s, ptrdiff_t code) {
  int native = tenon_native_error();
  if (code == TENON_EPIPE && !tenon__was_connected(s)) code = TENON_ENOTCONN;
  if ((code == TENON_ENOTCONN || code == TENON_EINVAL) && tenon__sys_is_stream(s) == 0) code = TENON_EDESTADDRREQ;
  tenon__sys_remember(native);
  return code;
}

int tenon__send_again(tenon_sock s, ptrdiff_t failure, tenon__limit *limit) {
  if (failure != TENON_EAGAIN) failure = name_failure(s, failure);
  return transfer_again(s, failure, TENON__WRITABLE, limit);
}

static ptrdiff_t send_once(tenon_sock s, const tenon__parts *rest, int may_wait) {
  tenon_buffer window[TENON__WINDOW];
  const tenon_buffer *run;
  int count = tenon__next_run(rest, window, &run);
  ptrdiff_t sent =
      count == 1 ? tenon__sys_send(s, run->data, run->size, may_wait) : tenon__sys_sendv(s, run, count, may_wait);
  return sent >= 0 || sent == TENON_EAGAIN ? sent : name_failure(s, sent);
}

/* Takes what one transfer has moved off the rest. With a timeout of 0 the rest of the call may move so much less. */
static void take_off(tenon__parts *rest, size_t moved, int timeout_ms) {
  if (timeout_ms == 0 && rest->most <= TENON__TRANSFER_MAX) rest->most -= moved;
  tenon__advance(rest, moved);
}

ptrdiff_t tenon__send_parts(tenon_sock s, tenon__parts rest, size_t size, int timeout_ms, ptrdiff_t first) {
  tenon__limit limit = tenon__limit_of(timeout_ms);
  int may_wait = tenon__may_wait_inside(timeout_ms);
  ptrdiff_t sent = first < 0 && first != TENON_EAGAIN ? name_failure(s, first) : first;
  size_t done = 0;
  for (;;) {
    if (sent < 0) {
      if (timeout_ms == 0 && done > 0) return (ptrdiff_t)done; /* the next call meets the error */
      sent = transfer_again(s, sent, TENON__WRITABLE, &limit);
      if (sent < 0) return sent;
    }
    done += (size_t)sent;
    if (done == size) return (ptrdiff_t)done;
    int go_on = sent > 0 ? tenon__limit_go_on(&limit, done) : 0;
    if (go_on < 0) return timeout_ms == 0 ? (ptrdiff_t)done : go_on;
    take_off(&rest, (size_t)sent, timeout_ms);
    sent = send_once(s, &rest, may_wait);
  }
}

ptrdiff_t tenon__send_nothing(tenon_sock s, int timeout_ms) {
  int is_stream = tenon__sys_is_stream(s);
  if (is_stream < 0) return is_stream;
  return is_stream ? 0 : tenon_sendto(s, NULL, 0, NULL, timeout_ms);
}

ptrdiff_t tenon__recv_nothing(tenon_sock s) {
  int is_stream = tenon__sys_is_stream(s);
  return is_stream < 0 ? is_stream : 0;
}

TENON__APART static ptrdiff_t send_within(tenon_sock s, const char *data, size_t size, int timeout_ms,
                                          ptrdiff_t first) {
  if (tenon__is_traced()) return tenon__traced_send(s, data, size, timeout_ms);
  if (!tenon__is_transfer(data, size, timeout_ms)) return tenon__refuse(TENON_EINVAL);
  if (size == 0) return tenon__send_nothing(s, timeout_ms);
  tenon_buffer whole = {tenon__unconst(data), size};
  return tenon__send_parts(s, tenon__parts_of(s, &whole, 1, size, timeout_ms), size, timeout_ms, first);
}

TENON__BRIEF ptrdiff_t tenon_send(tenon_sock s, const void *data, size_t size, int timeout_ms) {
  if (tenon__is_plain(s, data, size)) {
    if (timeout_ms == TENON_FOREVER) return tenon__sys_send_plain(s, data, size);
    if (timeout_ms == 0 && size <= TENON__TRANSFER_MAX) return tenon__sys_send_now(s, data, size);
  }
  return send_within(s, data, size, timeout_ms, 0);
}

ptrdiff_t tenon__send_rest(const tenon__transfer *t, ptrdiff_t sent) {
  return send_within(t->s, t->data, t->size, TENON_FOREVER, sent);
}

ptrdiff_t tenon__send_failure(const tenon__transfer *t, ptrdiff_t failure) {
  return send_within(t->s, t->data, t->size, 0, failure);
}

static ptrdiff_t recv_once(tenon_sock s, const tenon__parts *rest, int flags, int may_wait) {
  tenon_buffer window[TENON__WINDOW];
  const tenon_buffer *run;
  int count = tenon__next_run(rest, window, &run);
  if (count == 1) return tenon__sys_recv(s, run->data, run->size, flags, may_wait);
  return tenon__sys_recvv(s, run, count, may_wait);
}

ptrdiff_t tenon__recv_parts(tenon_sock s, tenon__parts rest, int flags, ptrdiff_t first, tenon__limit *limit) {
  int may_wait = tenon__may_wait_inside(limit->timeout_ms);
  ptrdiff_t received = first;
  tenon__advance(&rest, 0);
  for (;;) {
    int again = received < 0 ? transfer_again(s, received, TENON__READABLE, limit) : 0;
    if (again < 0) return again;
    received = recv_once(s, &rest, flags, may_wait);
    if (received >= 0) return received;
  }
}

TENON__APART static ptrdiff_t receive_within(tenon_sock s, void *data, size_t size, int timeout_ms, int flags,
                                             ptrdiff_t first) {
  if (tenon__is_traced())
    return flags ? tenon__traced_peek(s, data, size, timeout_ms) : tenon__traced_recv(s, data, size, timeout_ms);
  if (!tenon__is_transfer(data, size, timeout_ms)) return tenon__refuse(TENON_EINVAL);
  if (size == 0) return tenon__recv_nothing(s);
  tenon__limit limit = tenon__limit_of(timeout_ms);
  tenon_buffer whole = {data, size};
  return tenon__recv_parts(s, tenon__parts_of(s, &whole, 1, size, timeout_ms), flags, first, &limit);
}

TENON__BRIEF ptrdiff_t tenon_recv(tenon_sock s, void *data, size_t size, int timeout_ms) {
  if (tenon__is_plain(s, data, size)) {
    if (timeout_ms == TENON_FOREVER) return tenon__sys_recv_plain(s, data, size);
    if (timeout_ms == 0 && size <= TENON__TRANSFER_MAX) return tenon__sys_recv_now(s, data, size);
  }
  return receive_within(s, data, size, timeout_ms, 0, 0);
}

ptrdiff_t tenon__recv_rest(const tenon__transfer *t, ptrdiff_t failure) {
  return receive_within(t->s, t->data, t->size, TENON_FOREVER, 0, failure);
}

/* 0 would be the end of the stream, or an empty datagram. */
ptrdiff_t tenon__recv_failure(tenon_sock s, ptrdiff_t failure) {
  tenon__limit limit = tenon__limit_of(0);
  int again = transfer_again(s, failure, TENON__READABLE, &limit);
  return again < 0 ? again : TENON_EAGAIN;
}

ptrdiff_t tenon_peek(tenon_sock s, void *data, size_t size, int timeout_ms) {
  return receive_within(s, data, size, timeout_ms, MSG_PEEK, 0);
}

ptrdiff_t tenon_recv_all(tenon_sock s, void *data, size_t size, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_recv_all(s, data, size, timeout_ms);
  if (!tenon__is_transfer(data, size, timeout_ms)) return tenon__refuse(TENON_EINVAL);
  if (size == 0) return tenon__recv_nothing(s);
  tenon__limit limit = tenon__limit_of(timeout_ms);
  tenon_buffer whole = {data, size};
  tenon__parts rest = tenon__parts_of(s, &whole, 1, size, timeout_ms);
  for (size_t done = 0;;) {
    ptrdiff_t received = tenon__recv_parts(s, rest, 0, 0, &limit);
    if (received < 0) return received;
    done += (size_t)received;
    if (received == 0 || done == size) return (ptrdiff_t)done;
    int go_on = tenon__limit_go_on(&limit, done);
    if (go_on < 0) return go_on;
    take_off(&rest, (size_t)received, timeout_ms);
  }
}
