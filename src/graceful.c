/* graceful.c - closing a connection so that all that was sent arrives.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

/* Closing with unread data would reset the connection, and the reset can overtake what was sent. */
static int drain(tenon_sock s, int timeout_ms) {
  char data[4096];
  tenon_buffer buffer = {data, sizeof data};
  tenon__parts whole = tenon__parts_of(s, &buffer, 1, sizeof data, timeout_ms);
  tenon__limit limit = tenon__limit_of(timeout_ms);
  for (size_t drained = 0;;) {
    ptrdiff_t received = tenon__recv_parts(s, whole, 0, 0, &limit);
    if (received <= 0) return (int)received;
    drained += (size_t)received;
    int go_on = tenon__limit_go_on(&limit, drained);
    if (go_on < 0) return go_on;
  }
}

int tenon_close_gracefully(tenon_sock s, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_close_gracefully(s, timeout_ms);
  int result = timeout_ms < TENON_FOREVER ? tenon__refuse(TENON_EINVAL) : tenon_shutdown(s, TENON_SHUT_WR);
  if (result == 0) result = drain(s, timeout_ms);
  int native_error = tenon_native_error();
  int closed = tenon_close(s);
  if (result == 0) return closed;
  tenon__sys_remember(native_error);
  return result;
}
