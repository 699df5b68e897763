/* echo.c - the cost of an echoed message of 64 bytes, in a server that has many connections.
 * SPDX-License-Identifier: MIT
 *
 *   echo WAY ACTIVE IDLE MESSAGES    prints its port, takes ACTIVE + IDLE connections, sends back MESSAGES, and prints
 *                                    the nanoseconds of processor time that each took, and the bytes that it uses for
 *                                    each connection
 *   echo load PORT ACTIVE IDLE MESSAGES
 *                                    the other side of it: one message at a time on each active connection */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "echo.h"
#include "tenon/poller.h"

enum { SIZE = 64, LIMIT_MS = 60000 };

static const echo_way *const ways[] = {&echo_epoll, &echo_tenon, &echo_poll};

static int fail(const char *what) {
  fprintf(stderr, "echo: %s failed\n", what);
  return 1;
}

/* In pages of 4 KiB. */
static long resident_pages(void) {
  long size, resident = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file && fscanf(file, "%ld %ld", &size, &resident) != 2) resident = 0;
  if (file) fclose(file);
  return resident;
}

/* The processor's time for what is a little less than all of it: the first messages warm up. */
static int serve(const echo_way *way, int count, long messages) {
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 0);
  tenon_sock listener = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  if (tenon_bind(listener, &at) < 0 || tenon_listen(listener, 4096) < 0) return fail("listening");
  tenon_getsockname(listener, &at);
  printf("%d\n", at.port);
  fflush(stdout);
  long before = resident_pages();
  echo_connection *connections = malloc((size_t)count * sizeof *connections);
  for (int i = 0; connections && i < count; i++) {
    connections[i].sock = tenon_accept(listener, NULL, LIMIT_MS);
    if (connections[i].sock < 0) return fail("accepting");
  }
  if (!connections || way->open(connections, count) < 0) return fail("opening");
  long after = resident_pages();
  clock_t began = clock();
  if (way->serve(messages) < 0) return fail("serving");
  double ns = (double)(clock() - began) * (1e9 / CLOCKS_PER_SEC) / (double)messages;
  printf("%.0f %.0f\n", ns, (double)(after - before) * 4096 / count);
  return 0;
}

static int load(int port, int active, int idle, long messages) {
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, port);
  tenon_sock *socks = malloc((size_t)(active + idle) * sizeof *socks);
  static tenon_poller_event events[ECHO_EVENTS];
  static char data[SIZE];
  tenon_poller p;
  if (!socks || tenon_poller_open(&p) < 0) return fail("opening");
  for (int i = 0; i < active + idle; i++) { /* the idle ones first: their numbers are the lower ones */
    socks[i] = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
    if (tenon_connect(socks[i], &at, LIMIT_MS) < 0) return fail("connecting");
    tenon_setsockopt(socks[i], TENON_OPT_NODELAY, 1);
    if (i >= idle && tenon_poller_set(&p, socks[i], TENON_POLLIN, 0, &socks[i]) < 0) return fail("setting");
  }
  for (int i = idle; i < active + idle; i++) tenon_send(socks[i], data, SIZE, LIMIT_MS);
  while (messages > 0) {
    int count = tenon_poller_wait(&p, events, ECHO_EVENTS, LIMIT_MS);
    if (count <= 0) break;
    for (int i = 0; i < count; i++) {
      tenon_sock s = *(tenon_sock *)events[i].pointer;
      if (tenon_recv_all(s, data, SIZE, LIMIT_MS) != SIZE) return 0; /* the server has had enough */
      messages--;
      tenon_send(s, data, SIZE, LIMIT_MS);
    }
  }
  return 0;
}

int main(int count, char **words) {
  if (count == 6 && strcmp(words[1], "load") == 0)
    return load(atoi(words[2]), atoi(words[3]), atoi(words[4]), atol(words[5]));
  for (size_t i = 0; count == 5 && i < sizeof ways / sizeof ways[0]; i++) {
    if (strcmp(words[1], ways[i]->name) == 0) return serve(ways[i], atoi(words[2]) + atoi(words[3]), atol(words[4]));
  }
  return fprintf(stderr, "echo epoll|tenon|poll ACTIVE IDLE MESSAGES, or echo load PORT ACTIVE IDLE MESSAGES\n"), 2;
}
