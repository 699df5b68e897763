/* graceful.c - closing a connection so that all that was sent arrives.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

/* Closing with unread data would reset the connection, and the reset can overtake what was sent. */
static int drain(tenon_sock s, int timeout_ms) {
  char data[4096];
  int64_t deadline = tenon_deadline(timeout_ms);
  ptrdiff_t received;
  do {
    received = tenon_recv(s, data, sizeof data, tenon_remaining(deadline));
  } while (received > 0);
  return received == TENON_EAGAIN && timeout_ms > 0 ? tenon__refuse(TENON_ETIMEDOUT) : (int)received;
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
