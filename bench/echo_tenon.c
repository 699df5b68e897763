/* echo_tenon.c - the echo server by Tenon's poller.
 * SPDX-License-Identifier: MIT */
#include "echo.h"

#include "tenon/poller.h"

static tenon_poller poller;

int echo_open(echo_connection *connections, int count) {
  if (tenon_poller_open(&poller) < 0) return -1;
  for (int i = 0; i < count; i++) {
    if (tenon_poller_set(&poller, connections[i].sock, TENON_POLLIN, 0, &connections[i]) < 0) return -1;
  }
  return 0;
}

int echo_serve(void) {
  static tenon_poller_event events[ECHO_EVENTS];
  static char buffer[ECHO_BUFFER];
  for (;;) {
    int count = tenon_poller_wait(&poller, events, ECHO_EVENTS, TENON_FOREVER);
    if (count < 0) return -1;
    for (int i = 0; i < count; i++) {
      const echo_connection *c = events[i].pointer;
      ptrdiff_t n = tenon_recv(c->sock, buffer, sizeof buffer, 0);
      if (n <= 0 || tenon_send(c->sock, buffer, (size_t)n, 0) != n) return 0;
    }
  }
}
