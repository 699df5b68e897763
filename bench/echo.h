/* echo.h - a server that sends back what it receives, written in several ways around the same wait.
 * SPDX-License-Identifier: MIT */
#ifndef TENON_BENCH_ECHO_H
#define TENON_BENCH_ECHO_H

#include "tenon.h"

enum { ECHO_EVENTS = 512, ECHO_BUFFER = 65536 };

/* A connection, as servers keep one for each. */
typedef struct echo_connection {
  tenon_sock sock;
} echo_connection;

typedef struct echo_way {
  const char *name;

  /* Takes the connections into what it waits with: 0, or -1. */
  int (*open)(echo_connection *connections, int count);

  /* Sends back so many messages, which all fit, and returns 0, or -1 if anything went wrong. */
  int (*serve)(long messages);
} echo_way;

extern const echo_way echo_epoll;
extern const echo_way echo_poll;
extern const echo_way echo_tenon;

#endif
