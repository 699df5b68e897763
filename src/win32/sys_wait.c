/* win32/sys_wait.c - waiting for a socket.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

/* WSAPoll reports that the peer has hung up to those who only want to send, too, and would never wait for them; select
 * does. */
static int wait_to_send(SOCKET handle, int timeout_ms) {
  struct timeval limit = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
  fd_set writable;
  FD_ZERO(&writable);
  FD_SET(handle, &writable);
  return select(0, NULL, &writable, NULL, timeout_ms < 0 ? NULL : &limit);
}

int tenon__sys_wait(tenon_sock s, tenon__event event, int timeout_ms) {
  WSAPOLLFD item = {tenon__native(s), event == TENON__READABLE ? POLLRDNORM : POLLWRNORM, 0};
  int ready = event == TENON__WRITABLE ? wait_to_send(item.fd, timeout_ms) : WSAPoll(&item, 1, timeout_ms);
  return ready >= 0 ? ready : tenon__failure(TENON__NAMES, s);
}
