/* posix/sys_wait.c - waiting for a socket.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

int tenon__sys_wait(tenon_sock s, tenon__event event, tenon_sock cancel, int timeout_ms) {
  short wanted = event == TENON__READABLE ? POLLIN : POLLOUT;
  struct pollfd items[] = {{tenon__native(s), wanted, 0}, {tenon__native(cancel), POLLIN, 0}};
  int ready = poll(items, 2, timeout_ms);
  if (ready < 0 && errno != EINTR) return tenon__failure(TENON__NAMES, s);
  if (ready <= 0 || items[0].revents) return ready > 0;
  return TENON_ECANCELED;
}

int tenon__sys_poll(tenon__native_pollfd *items, int count, int timeout_ms) {
  int ready = poll(items, (nfds_t)count, timeout_ms);
  return ready < 0 && errno != EINTR ? tenon__failure(TENON__NAMES, TENON_NO_SOCK) : ready > 0;
}
