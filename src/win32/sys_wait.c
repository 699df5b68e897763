/* win32/sys_wait.c - waiting for sockets.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

/* How often to look again at what can only be looked at. */
#define GLANCE_MS 10

/* How long select waits at a time. */
enum { SLICE_MIN_MS = 10, SLICE_MAX_MS = 250 };

/* The items are the socket to send on and, if count is 2, the one that cancels. */
static int select_room(const WSAPOLLFD *items, int count, int timeout_ms) {
  struct timeval limit = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
  fd_set readable, writable;
  FD_ZERO(&readable);
  FD_ZERO(&writable);
  FD_SET(items[0].fd, &writable);
  if (count > 1) FD_SET(items[1].fd, &readable);
  int ready = select(0, &readable, &writable, NULL, &limit);
  return ready > 0 && !FD_ISSET(items[0].fd, &writable) ? TENON_ECANCELED : ready;
}

/* The peer of a sender has ended, which WSAPoll reports to it again and again, so select waits for room. Under Wine 10 a
 * reset does not wake select: a look follows each slice. deadline_us is negative if there is none. */
static int wait_beside_end(WSAPOLLFD *items, int count, int64_t deadline_us) {
  for (int slice = SLICE_MIN_MS;; slice = 2 * slice < SLICE_MAX_MS ? 2 * slice : SLICE_MAX_MS) {
    int64_t left_us = deadline_us < 0 ? INT64_MAX : deadline_us - tenon__sys_now_us();
    int is_last = left_us <= slice * 1000, left_ms = left_us > 0 && is_last ? (int)(left_us + 999) / 1000 : 0;
    int ready = select_room(items, count, is_last ? left_ms : slice);
    if (ready != 0) return ready;
    if (WSAPoll(items, 1, 0) == SOCKET_ERROR) return SOCKET_ERROR;
    if (items[0].revents != POLLHUP) return 1;
    if (is_last) return 0;
  }
}

int tenon__sys_wait(tenon_sock s, tenon__event event, tenon_sock cancel, int timeout_ms) {
  WSAPOLLFD items[2] = {{tenon__native(s), event == TENON__READABLE ? POLLRDNORM : POLLWRNORM, 0},
                        {tenon__native(cancel), POLLRDNORM, 0}};
  int count = cancel >= 0 ? 2 : 1;
  int64_t deadline_us = timeout_ms < 0 ? -1 : tenon__sys_now_us() + (int64_t)timeout_ms * 1000;
  int ready = WSAPoll(items, (ULONG)count, timeout_ms);
  int is_end_only = event == TENON__WRITABLE && items[0].revents == POLLHUP;
  if (ready > 0 && !items[0].revents) return TENON_ECANCELED;
  if (ready > 0 && is_end_only) ready = wait_beside_end(items, count, deadline_us);
  return ready == SOCKET_ERROR ? tenon__failure(TENON__NAMES, s) : ready;
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
