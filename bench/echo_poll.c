/* echo_poll.c - the echo server by the system's own poll.
 * SPDX-License-Identifier: MIT */
#include "echo_once.h"

#include <poll.h>
#include <stdlib.h>

static struct pollfd *items;
static nfds_t item_count;

int echo_open(echo_connection *connections, int count) {
  items = malloc((size_t)count * sizeof *items);
  if (!items) return -1;
  item_count = (nfds_t)count;
  for (int i = 0; i < count; i++) items[i] = (struct pollfd){(int)connections[i].sock, POLLIN, 0};
  return 0;
}

int echo_serve(void) {
  for (;;) {
    int left = poll(items, item_count, -1);
    if (left < 0) return -1;
    for (nfds_t i = 0; left > 0; i++) {
      if (!items[i].revents) continue;
      left--;
      if (!echo_once(items[i].fd)) return 0;
    }
  }
}
