/* echo_libev.c - the echo server by libev: a watcher for each connection.
 * SPDX-License-Identifier: MIT */
#include "echo_once.h"

#include <ev.h>
#include <stdlib.h>

static struct ev_loop *loop;

static void on_readable(struct ev_loop *l, ev_io *watcher, int events) {
  (void)events;
  if (!echo_once(watcher->fd)) ev_break(l, EVBREAK_ALL);
}

int echo_open(echo_connection *connections, int count) {
  ev_io *watchers = malloc((size_t)count * sizeof *watchers);
  loop = ev_loop_new(EVFLAG_AUTO);
  if (!loop || !watchers) return -1;
  for (int i = 0; i < count; i++) {
    ev_io_init(&watchers[i], on_readable, (int)connections[i].sock, EV_READ);
    ev_io_start(loop, &watchers[i]);
  }
  return 0;
}

int echo_serve(void) {
  ev_run(loop, 0);
  return 0;
}
