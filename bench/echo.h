/* echo.h - a server that sends back what it receives, written in several ways around the same connections.
 * SPDX-License-Identifier: MIT
 *
 * Each way is a file echo_NAME.c with these two functions, and becomes a program of its own. */
#ifndef TENON_BENCH_ECHO_H
#define TENON_BENCH_ECHO_H

#include "tenon.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { ECHO_EVENTS = 512, ECHO_BUFFER = 65536 };

/* A connection, as servers keep one for each. */
typedef struct echo_connection {
  tenon_sock sock;
} echo_connection;

/* Takes the connections into what it waits with: 0, or -1. */
int echo_open(echo_connection *connections, int count);

/* Sends back what comes, which is so little that it always fits, until a connection has ended: 0, or -1 if the waiting
 * failed. */
int echo_serve(void);

#ifdef __cplusplus
}
#endif

#endif
