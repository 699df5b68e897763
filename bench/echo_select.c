/* echo_select.c - the echo server by Winsock's own select, with room for more sockets than its 64.
 * SPDX-License-Identifier: MIT */
#define FD_SETSIZE 4096

#include <winsock2.h>

#include "echo.h"

static fd_set all;

int echo_open(echo_connection *connections, int count) {
  if (count > FD_SETSIZE) return -1;
  for (int i = 0; i < count; i++) all.fd_array[i] = (SOCKET)connections[i].sock;
  all.fd_count = (u_int)count;
  return 0;
}

int echo_serve(void) {
  static char buffer[ECHO_BUFFER];
  static fd_set ready;
  for (;;) {
    ready.fd_count = all.fd_count;
    for (u_int i = 0; i < all.fd_count; i++) ready.fd_array[i] = all.fd_array[i];
    if (select(0, &ready, NULL, NULL, NULL) < 0) return -1;
    for (u_int i = 0; i < ready.fd_count; i++) { /* it leaves those that are ready, at the beginning */
      int n = recv(ready.fd_array[i], buffer, sizeof buffer, 0);
      if (n <= 0 || send(ready.fd_array[i], buffer, n, 0) != n) return 0;
    }
  }
}
