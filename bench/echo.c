/* echo.c - a server of many connections that sends back what it receives; load.c is the other side, and measures it.
 * SPDX-License-Identifier: MIT
 *
 *   echo_NAME COUNT    prints its port, takes COUNT connections, greets each with a byte, and serves until one has ended */
#include <stdio.h>
#include <stdlib.h>

#include "echo.h"

enum { LIMIT_MS = 60000 };

static int fail(const char *what) {
  fprintf(stderr, "echo: %s failed\n", what);
  return 1;
}

/* The greeting is for those who connect faster than it is accepted: a queue that ran over would cost them a second. */
static int greet(tenon_sock listener, echo_connection *connections, int count) {
  for (int i = 0; i < count; i++) {
    connections[i].sock = tenon_accept(listener, NULL, LIMIT_MS);
    if (connections[i].sock < 0 || tenon_send(connections[i].sock, "!", 1, LIMIT_MS) != 1) return -1;
  }
  return 0;
}

/* Through memory: gcc takes what main() alone calls for what runs once, and makes it small instead of fast. */
static int (*volatile serve)(void) = echo_serve;

int main(int words, char **word) {
  int count = words == 2 ? atoi(word[1]) : 0;
  if (count <= 0) return fprintf(stderr, "echo_NAME COUNT\n"), 2;
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 0);
  tenon_sock listener = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  if (tenon_bind(listener, &at) < 0 || tenon_listen(listener, -1) < 0) return fail("listening");
  tenon_getsockname(listener, &at);
  printf("%d\n", at.port);
  fflush(stdout);
  echo_connection *connections = malloc((size_t)count * sizeof *connections);
  if (!connections || greet(listener, connections, count) < 0) return fail("accepting");
  if (echo_open(connections, count) < 0) return fail("opening");
  return serve() < 0 ? fail("serving") : 0;
}
