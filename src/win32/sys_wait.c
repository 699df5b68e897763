/* win32/sys_wait.c - waiting for sockets.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

/* How often to look again at what can only be looked at. */
#define GLANCE_MS 10

/* WSAPoll reports that the peer has hung up to those who only want to send, too, and would never wait for them; select
 * does. */
static int wait_to_send(SOCKET handle, tenon_sock cancel, int timeout_ms) {
  struct timeval limit = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
  fd_set readable, writable;
  FD_ZERO(&readable);
  FD_ZERO(&writable);
  FD_SET(handle, &writable);
  if (cancel >= 0) FD_SET(tenon__native(cancel), &readable);
  int ready = select(0, &readable, &writable, NULL, timeout_ms < 0 ? NULL : &limit);
  return ready > 0 && !FD_ISSET(handle, &writable) ? TENON_ECANCELED : ready;
}

int tenon__sys_wait(tenon_sock s, tenon__event event, tenon_sock cancel, int timeout_ms) {
  WSAPOLLFD items[2] = {{tenon__native(s), event == TENON__READABLE ? POLLRDNORM : POLLWRNORM, 0},
                        {tenon__native(cancel), POLLRDNORM, 0}};
  int ready = event == TENON__WRITABLE ? wait_to_send(items[0].fd, cancel, timeout_ms)
                                       : WSAPoll(items, cancel >= 0 ? 2 : 1, timeout_ms);
  if (ready == SOCKET_ERROR) return tenon__failure(TENON__NAMES, s);
  return ready > 0 && event != TENON__WRITABLE && !items[0].revents ? TENON_ECANCELED : ready;
}

static int is_news(const WSAPOLLFD *item) {
  int is_hangup_only = item->revents == POLLHUP && item->events == POLLWRNORM;
  return (intptr_t)item->fd >= 0 && item->revents != 0 && !is_hangup_only;
}

static void poll_each(WSAPOLLFD *items, int count) {
  for (int i = 0; i < count; i++) {
    if ((intptr_t)items[i].fd < 0) continue;
    if (WSAPoll(&items[i], 1, 0) == SOCKET_ERROR && WSAGetLastError() == WSAENOTSOCK) items[i].revents = POLLNVAL;
  }
}

/* One look, or one wait: 1 if an item has an event. WSAPoll fails at once if no handle is a socket, or if a socket was
 * closed as a file. It tells callers that want to send only that the peer has ended, which is no event for them. */
static int poll_once(WSAPOLLFD *items, int count, int timeout_ms) {
  int ready = WSAPoll(items, (ULONG)count, timeout_ms), has_news = 0;
  if (ready == SOCKET_ERROR && WSAGetLastError() != WSAENOTSOCK) return tenon__failure(TENON__NAMES, TENON_NO_SOCK);
  if (ready == SOCKET_ERROR) poll_each(items, count);
  for (int i = 0; i < count; i++) has_news |= is_news(&items[i]);
  if (ready != 0 && !has_news) Sleep((DWORD)timeout_ms < GLANCE_MS ? (DWORD)timeout_ms : GLANCE_MS);
  return has_news;
}

/* WSAPoll marks a handle that is not a socket but does not count it, and waits for the others. So a look comes before
 * the wait, unless there is one handle only. */
int tenon__sys_poll(tenon__native_pollfd *items, int count, int timeout_ms) {
  int sockets = 0;
  for (int i = 0; i < count; i++) sockets += (intptr_t)items[i].fd >= 0;
  if (sockets == 0) {
    Sleep((DWORD)timeout_ms);
    return 0;
  }
  int ready = sockets > 1 && timeout_ms != 0 ? poll_once(items, count, 0) : 0;
  return ready != 0 ? ready : poll_once(items, count, timeout_ms);
}
