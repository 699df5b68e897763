/* echo_libuv.c - the echo server by libuv: a handle for each connection, one buffer for all, uv_try_write.
 * SPDX-License-Identifier: MIT */
#include "echo.h"

#include <stdlib.h>
#include <uv.h>

static uv_loop_t loop;

static void lend(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  static char shared[ECHO_BUFFER];
  (void)handle, (void)suggested;
  *buffer = uv_buf_init(shared, sizeof shared);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer) {
  if (n == 0) return;
  uv_buf_t answer = uv_buf_init(buffer->base, n > 0 ? (unsigned)n : 0);
  if (n < 0 || uv_try_write(stream, &answer, 1) != n) uv_stop(&loop);
}

int echo_open(echo_connection *connections, int count) {
  uv_tcp_t *handles = malloc((size_t)count * sizeof *handles);
  if (!handles || uv_loop_init(&loop) < 0) return -1;
  for (int i = 0; i < count; i++) {
    uv_os_sock_t fd = (uv_os_sock_t)connections[i].sock;
    if (uv_tcp_init(&loop, &handles[i]) < 0 || uv_tcp_open(&handles[i], fd) < 0) return -1;
    if (uv_read_start((uv_stream_t *)&handles[i], lend, on_read) < 0) return -1;
  }
  return 0;
}

int echo_serve(void) {
  return uv_run(&loop, UV_RUN_DEFAULT) < 0 ? -1 : 0;
}
