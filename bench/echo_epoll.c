/* echo_epoll.c - the echo server by the system's own epoll, and by its poll: what cannot be done with less.
 * SPDX-License-Identifier: MIT */
#include "echo.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static int queue;

static int open_epoll(echo_connection *connections, int count) {
  queue = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < count; i++) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};
    if (epoll_ctl(queue, EPOLL_CTL_ADD, (int)connections[i].sock, &event) < 0) return -1;
  }
  return 0;
}

static int serve_epoll(long messages) {
  static struct epoll_event events[ECHO_EVENTS];
  static char buffer[ECHO_BUFFER];
  for (;;) {
    int count = epoll_wait(queue, events, ECHO_EVENTS, -1);
    if (count < 0) return -1;
    for (int i = 0; i < count; i++) {
      const echo_connection *c = events[i].data.ptr;
      ssize_t n = recv((int)c->sock, buffer, sizeof buffer, MSG_DONTWAIT);
      if (n <= 0) return -1;
      if (send((int)c->sock, buffer, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) != n) return -1;
      if (--messages == 0) return 0;
    }
  }
}

const echo_way echo_epoll = {"epoll", open_epoll, serve_epoll};

static struct pollfd *items;
static nfds_t item_count;

static int open_poll(echo_connection *connections, int count) {
  items = malloc((size_t)count * sizeof *items);
  if (!items) return -1;
  item_count = (nfds_t)count;
  for (int i = 0; i < count; i++) items[i] = (struct pollfd){(int)connections[i].sock, POLLIN, 0};
  return 0;
}

static int serve_poll(long messages) {
  static char buffer[ECHO_BUFFER];
  for (;;) {
    int left = poll(items, item_count, -1);
    if (left < 0) return -1;
    for (nfds_t i = 0; left > 0; i++) {
      if (!items[i].revents) continue;
      left--;
      ssize_t n = recv(items[i].fd, buffer, sizeof buffer, MSG_DONTWAIT);
      if (n <= 0) return -1;
      if (send(items[i].fd, buffer, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) != n) return -1;
      if (--messages == 0) return 0;
    }
  }
}

const echo_way echo_poll = {"poll", open_poll, serve_poll};
