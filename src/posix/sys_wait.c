/* posix/sys_wait.c - waiting for a socket.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

int tenon__sys_wait(tenon_sock s, tenon__event event, int timeout_ms) {
  struct pollfd item = {tenon__native(s), event == TENON__READABLE ? POLLIN : POLLOUT, 0};
  int ready = poll(&item, 1, timeout_ms);
  return ready >= 0 || errno == EINTR ? ready > 0 : tenon__failure(TENON__NAMES, s);
}
