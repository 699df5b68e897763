/* echo_apr.c - the echo server by APR: a pollset without copies, and one pool for all.
 * SPDX-License-Identifier: MIT */
#include "echo.h"

#include <apr_general.h>
#include <apr_poll.h>
#include <apr_portable.h>
#include <stdlib.h>

static apr_pollset_t *set;

int echo_open(echo_connection *connections, int count) {
  apr_pool_t *pool;
  apr_pollfd_t *items = calloc((size_t)count, sizeof *items);
  if (!items || apr_initialize() || apr_pool_create(&pool, NULL)) return -1;
  if (apr_pollset_create(&set, ECHO_EVENTS, pool, APR_POLLSET_NOCOPY)) return -1;
  for (int i = 0; i < count; i++) {
    apr_os_sock_t fd = (apr_os_sock_t)connections[i].sock;
    items[i].desc_type = APR_POLL_SOCKET;
    items[i].reqevents = APR_POLLIN;
    if (apr_os_sock_put(&items[i].desc.s, &fd, pool) || apr_socket_timeout_set(items[i].desc.s, 0)) return -1;
    if (apr_pollset_add(set, &items[i])) return -1;
  }
  return 0;
}

int echo_serve(void) {
  static char buffer[ECHO_BUFFER];
  for (;;) {
    const apr_pollfd_t *ready;
    apr_int32_t count;
    if (apr_pollset_poll(set, -1, &count, &ready)) return -1;
    for (apr_int32_t i = 0; i < count; i++) {
      apr_size_t n = sizeof buffer;
      if (apr_socket_recv(ready[i].desc.s, buffer, &n) || apr_socket_send(ready[i].desc.s, buffer, &n)) return 0;
    }
  }
}
