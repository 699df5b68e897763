/* echo_libevent.c - the echo server by libevent: a persistent event for each connection, no bufferevents.
 * SPDX-License-Identifier: MIT */
#include "echo_once.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>

static struct event_base *base;

static void on_readable(evutil_socket_t fd, short what, void *context) {
  (void)what, (void)context;
  if (!echo_once(fd)) event_base_loopbreak(base);
}

int echo_open(echo_connection *connections, int count) {
  struct event *events = malloc((size_t)count * sizeof *events);
  base = event_base_new();
  if (!base || !events) return -1;
  for (int i = 0; i < count; i++) {
    evutil_socket_t fd = (evutil_socket_t)connections[i].sock;
    if (event_assign(&events[i], base, fd, EV_READ | EV_PERSIST, on_readable, NULL) < 0) return -1;
    if (event_add(&events[i], NULL) < 0) return -1;
  }
  return 0;
}

int echo_serve(void) {
  return event_base_dispatch(base) < 0 ? -1 : 0;
}
