/* echo_epoll.c - the echo server by the system's own epoll: what cannot be done with less.
 * SPDX-License-Identifier: MIT */
#include "echo_once.h"

#include <sys/epoll.h>

static int queue;

int echo_open(echo_connection *connections, int count) {
  queue = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < count; i++) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};
    if (epoll_ctl(queue, EPOLL_CTL_ADD, (int)connections[i].sock, &event) < 0) return -1;
  }
  return 0;
}

int echo_serve(void) {
  static struct epoll_event events[ECHO_EVENTS];
  for (;;) {
    int count = epoll_wait(queue, events, ECHO_EVENTS, -1);
    if (count < 0) return -1;
    for (int i = 0; i < count; i++) {
      const echo_connection *c = events[i].data.ptr;
      if (!echo_once(c->sock)) return 0;
    }
  }
}
