/* echo_once.h - what the servers do that receive and send by the system's own calls.
 * SPDX-License-Identifier: MIT */
#ifndef TENON_BENCH_ECHO_ONCE_H
#define TENON_BENCH_ECHO_ONCE_H

#include "echo.h"

#include <sys/socket.h>

/* 0 when the connection has ended. */
static inline int echo_once(tenon_sock sock) {
  static char buffer[ECHO_BUFFER];
  ssize_t n = recv((int)sock, buffer, sizeof buffer, MSG_DONTWAIT);
  return n > 0 && send((int)sock, buffer, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) == n;
}

#endif
