/* connect.c - making connections.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

#include <string.h>

/* Windows does not see it that way. */
tenon_addr tenon__to_reachable(const tenon_addr *peer) {
  tenon_addr any = tenon_addr_any(peer->family, 0);
  int is_any = memcmp(peer->ip, any.ip, sizeof any.ip) == 0;
  return is_any ? tenon_addr_loopback(peer->family, peer->port) : *peer;
}

/* A connect to a port of this host where nobody listens can choose that very port for its own end and meet itself. */
static int refuse_self(tenon_sock s, const tenon_addr *peer) {
  tenon_addr local;
  int is_self = tenon_getsockname(s, &local) == 0 && tenon_addr_equal(&local, peer) && tenon__sys_is_stream(s);
  return is_self ? tenon__refuse(TENON_ECONNREFUSED) : 0;
}

/* What became of a connect that was under way, asked once there is news. Linux answers the first connect after that
 * with success instead of TENON_EISCONN, so it gets one. */
static int outcome(tenon_sock s) {
  int error = tenon__sys_take_error(s);
  if (error < 0) return error;
  tenon__sockaddr native;
  if (tenon__sys_getpeername(s, &native) < 0)
    return tenon__refuse(tenon__sys_is_connecting(s) ? TENON_EINPROGRESS : TENON_ENOTCONN);
  tenon__sys_connect(s, &native);
  tenon_addr peer;
  tenon__from_sockaddr(&peer, &native);
  return refuse_self(s, &peer);
}

static int wait_for_outcome(tenon_sock s, tenon__limit *limit) {
  for (;;) {
    int result = tenon__wait(s, TENON__CONNECTED, limit);
    if (result == 0) result = outcome(s);
    if (result != TENON_EINPROGRESS) return result;
  }
}

/* Wine tries to connect even listeners. */
static int begin(tenon_sock s, const tenon_addr *peer, tenon__sockaddr *native) {
  int result = tenon__sys_connect(s, native);
  if (tenon__fit_family(s, peer, native, &result)) result = tenon__sys_connect(s, native);
  if (result < 0 && result != TENON_EINPROGRESS && tenon__sys_is_listening(s) > 0) result = tenon__refuse(TENON_EINVAL);
  return result;
}

int tenon_connect(tenon_sock s, const tenon_addr *peer, int timeout_ms) {
  if (!peer || timeout_ms < TENON_FOREVER) return tenon__refuse(TENON_EINVAL);
  tenon__sockaddr native;
  tenon_addr target = tenon__to_reachable(peer);
  int result = tenon__to_sockaddr(&target, &native);
  if (result == 0 && target.port == 0) result = tenon__refuse(TENON_EINVAL);
  if (result < 0) return result;

  int was_nonblocking = tenon__may_wait_inside(timeout_ms) ? 1 : tenon__sys_set_nonblocking(s, 1);
  if (was_nonblocking < 0) return was_nonblocking;
  tenon__limit limit = tenon__limit_of(timeout_ms);
  result = begin(s, &target, &native);
  if (result == 0) result = refuse_self(s, &target);
  if (result == TENON_EINPROGRESS && timeout_ms != 0) result = wait_for_outcome(s, &limit);
  int is_begun = timeout_ms == 0 && (result == 0 || result == TENON_EINPROGRESS);
  if (!was_nonblocking && !is_begun) tenon__sys_set_nonblocking(s, 0);
  return result;
}

int tenon_connect_result(tenon_sock s, int timeout_ms) {
  if (timeout_ms < TENON_FOREVER) return tenon__refuse(TENON_EINVAL);
  int result = outcome(s);
  if (result != TENON_EINPROGRESS || timeout_ms == 0) return result;
  tenon__limit limit = tenon__limit_of(timeout_ms);
  return wait_for_outcome(s, &limit);
}
