/* connect.c - making connections.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

TENON__APART static int refuse_same(tenon_sock s, const tenon__sockaddr *local, const tenon__sockaddr *peer) {
  tenon_addr ends[2];
  tenon__from_sockaddr(&ends[0], local);
  tenon__from_sockaddr(&ends[1], peer);
  int is_self = tenon_addr_equal(&ends[0], &ends[1]) && tenon__sys_is_stream(s);
  return is_self ? tenon__refuse(TENON_ECONNREFUSED) : 0;
}

/* A connect to a port of this host where nobody listens can choose that very port for its own end and meet itself. The
 * ports are looked at first: mostly they differ. */
static int refuse_self(tenon_sock s, const tenon__sockaddr *peer) {
  tenon__sockaddr local;
  if (peer->u.any.sa_family == AF_UNIX || tenon__sys_getsockname(s, &local) < 0) return 0;
  return tenon__port_of(&local) == tenon__port_of(peer) ? refuse_same(s, &local, peer) : 0;
}

/* Of a connection that broke before anybody asked for its outcome Wine keeps no error, and forgets the peer. */
static int has_broken(tenon_sock s) {
  char byte;
  return tenon__sys_is_stream(s) > 0 && tenon__sys_recv(s, &byte, 1, MSG_PEEK, 0) == TENON_ECONNRESET;
}

/* After an attempt that failed, receiving would find the end, as if there had been a connection. Linux and Wine take it
 * well to be told that there is no peer; others decline. */
int tenon__failed_attempt(tenon_sock s, int code) {
  tenon__sockaddr nobody = {.u.any = {.sa_family = AF_UNSPEC}, .size = sizeof nobody.u.in};
  int native = tenon_native_error();
  if (tenon__sys_is_stream(s) > 0) tenon__sys_connect(s, &nobody);
  tenon__sys_remember(native);
  return code;
}

/* What can be told of a connect: 0 and the peer, its error, or TENON_ENOTCONN if there is neither. */
static int ask(tenon_sock s, tenon__sockaddr *peer) {
  int error = tenon__sys_take_error(s);
  if (error < 0 && tenon__sys_is_stream(s) == 0) error = 0; /* the answer to a datagram */
  if (error < 0) return error == TENON_ECONNREFUSED ? tenon__failed_attempt(s, error) : error;
  int unnamed = tenon__sys_getpeername(s, peer);
  return unnamed == TENON_EINVAL ? TENON_ENOTCONN : unnamed;
}

/* What became of a connect that was under way, asked once there is news. It may end between the first two questions, so
 * the first is asked again. Linux answers the first connect after that with success instead of TENON_EISCONN, so it
 * gets one. */
static int outcome(tenon_sock s) {
  tenon__sockaddr native;
  int result = ask(s, &native);
  if (result == TENON_ENOTCONN && tenon__sys_is_connecting(s)) return tenon__refuse(TENON_EINPROGRESS);
  if (result == TENON_ENOTCONN) result = ask(s, &native);
  if (result == TENON_ENOTCONN) return has_broken(s) ? TENON_ECONNRESET : tenon__refuse(TENON_ENOTCONN);
  if (result < 0) return result;
  tenon__sys_connect(s, &native);
  return refuse_self(s, &native);
}

static int wait_for_outcome(tenon_sock s, tenon__limit *limit) {
  for (;;) {
    int result = tenon__wait(s, TENON__CONNECTED, limit);
    if (result == 0) result = outcome(s);
    if (result != TENON_EINPROGRESS) return result;
  }
}

/* What became of an attempt of which the system said result. Wine tries to connect even listeners. */
static int judge_attempt(tenon_sock s, tenon__sockaddr *native, int result) {
  if (result < 0 && tenon__fit_family(s, native, &result)) result = tenon__sys_connect(s, native);
  if (result == TENON_EINPROGRESS) return result;
  if (result < 0) return tenon__sys_is_listening(s) > 0 ? tenon__refuse(TENON_EINVAL) : result;
  return refuse_self(s, native);
}

/* A listener whose queue is full, and which cannot be waited for. */
static int connect_again(tenon_sock s, tenon__sockaddr *native, tenon__limit *limit) {
  int result = TENON_EAGAIN;
  while (result == TENON_EAGAIN) {
    result = tenon__nap(limit);
    if (result == 0)
      result = tenon__sys_connect(s, native);
    else
      return result;
  }
  return judge_attempt(s, native, result);
}

/* The handle may be non-blocking even so, and the waiting may be interrupted. */
TENON__APART static int connect_rest(tenon_sock s, tenon__sockaddr *native, int result) {
  tenon__limit limit = tenon__limit_of(TENON_FOREVER);
  result = judge_attempt(s, native, result);
  if (result == TENON_EAGAIN) result = connect_again(s, native, &limit);
  return result == TENON_EINPROGRESS ? wait_for_outcome(s, &limit) : result;
}

TENON__APART static int connect_within(tenon_sock s, tenon__sockaddr *native, int timeout_ms) {
  tenon__sockaddr former;
  int had_peer = tenon__sys_getpeername(s, &former) == 0;
  /* Linux would take a second attempt for the question what became of the first. */
  if (had_peer && tenon__sys_is_stream(s) > 0) return tenon__refuse(TENON_EISCONN);
  int was_nonblocking = tenon__sys_set_nonblocking(s, 1);
  if (was_nonblocking < 0) return was_nonblocking;
  tenon__limit limit = tenon__limit_of(timeout_ms);
  int result = judge_attempt(s, native, tenon__sys_connect(s, native));
  if (result == TENON_EAGAIN && timeout_ms != 0) result = connect_again(s, native, &limit);
  if (result == TENON_EINPROGRESS && timeout_ms != 0) result = wait_for_outcome(s, &limit);
  int is_begun = timeout_ms == 0 && (result == 0 || result == TENON_EINPROGRESS);
  if (!was_nonblocking && !is_begun) tenon__sys_set_nonblocking(s, 0);
  if (result == 0 && had_peer) tenon__forget_answers(s);
  return result;
}

static int connect_forever(tenon_sock s, tenon__sockaddr *native) {
  int result = tenon__sys_connect(s, native);
  return result < 0 ? connect_rest(s, native, result) : refuse_self(s, native);
}

TENON__APART static int connect_watched(tenon_sock s, const tenon_addr *peer, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_connect(s, peer, timeout_ms);
  if (timeout_ms < TENON_FOREVER) return tenon__refuse(TENON_EINVAL);
  tenon__sockaddr native;
  int result = tenon__to_peer(peer, &native);
  if (result < 0) return result;
  int may_wait = tenon__may_wait_inside(timeout_ms);
  return may_wait ? connect_forever(s, &native) : connect_within(s, &native, timeout_ms);
}

TENON__BRIEF int tenon_connect(tenon_sock s, const tenon_addr *peer, int timeout_ms) {
  tenon__sockaddr native;
  if (timeout_ms != TENON_FOREVER || tenon__is_watched()) return connect_watched(s, peer, timeout_ms);
  int result = tenon__to_peer(peer, &native);
  return result < 0 ? result : connect_forever(s, &native);
}

int tenon_connect_result(tenon_sock s, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_connect_result(s, timeout_ms);
  if (timeout_ms < TENON_FOREVER) return tenon__refuse(TENON_EINVAL);
  int result = outcome(s);
  if (result != TENON_EINPROGRESS || timeout_ms == 0) return result;
  tenon__limit limit = tenon__limit_of(timeout_ms);
  return wait_for_outcome(s, &limit);
}
