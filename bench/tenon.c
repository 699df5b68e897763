/* tenon.c - what is measured, by Tenon's calls.
 * SPDX-License-Identifier: MIT */
#include "ways.h"

static int transfer(tenon_sock from, tenon_sock to, long count) {
  char byte = 'x';
  for (long i = 0; i < count; i++) {
    if (tenon_send(from, &byte, 1, TENON_FOREVER) != 1) return -1;
    if (tenon_recv(to, &byte, 1, TENON_FOREVER) != 1) return -1;
  }
  return 0;
}

static int connect_once(tenon_sock listener, const tenon_addr *at) {
  tenon_sock client = tenon_socket(at->family, TENON_SOCK_STREAM, 0);
  if (client < 0 || tenon_connect(client, at, TENON_FOREVER) < 0) return -1;
  tenon_sock served = tenon_accept(listener, NULL, TENON_FOREVER);
  return served < 0 || tenon_close(client) < 0 || tenon_close(served) < 0 ? -1 : 0;
}

static int connect_many(tenon_sock listener, const tenon_addr *at, long count) {
  for (long i = 0; i < count; i++)
    if (connect_once(listener, at) < 0) return -1;
  return 0;
}

static int parse(const char *ip, const char *port, const char *whole, long count) {
  (void)ip, (void)port;
  tenon_addr addr;
  for (long i = 0; i < count; i++)
    if (tenon_addr_parse(&addr, whole) < 0) return -1;
  return 0;
}

const way way_tenon = {"tenon", transfer, connect_many, parse};
