/* echo_wsapoll.c - the echo server by Winsock's own WSAPoll.
 * SPDX-License-Identifier: MIT */
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0601
#endif

#include <winsock2.h>

#include "echo.h"

#include <stdlib.h>

static WSAPOLLFD *items;
static ULONG item_count;

int echo_open(echo_connection *connections, int count) {
  items = malloc((size_t)count * sizeof *items);
  if (!items) return -1;
  item_count = (ULONG)count;
  for (int i = 0; i < count; i++) items[i] = (WSAPOLLFD){(SOCKET)connections[i].sock, POLLRDNORM, 0};
  return 0;
}

int echo_serve(void) {
  static char buffer[ECHO_BUFFER];
  for (;;) {
    int left = WSAPoll(items, item_count, -1);
    if (left < 0) return -1;
    for (ULONG i = 0; left > 0; i++) {
      if (!items[i].revents) continue;
      left--;
      int n = recv(items[i].fd, buffer, sizeof buffer, 0);
      if (n <= 0 || send(items[i].fd, buffer, n, 0) != n) return 0;
    }
  }
}
