/* tenon.c - what is measured, by Tenon's calls.
 * SPDX-License-Identifier: MIT */
#include "ways.h"

#include "tenon/message.h"

static int transfer(tenon_sock from, tenon_sock to, long count) {
  char byte = 'x';
  for (long i = 0; i < count; i++) {
    if (tenon_send(from, &byte, 1, TENON_FOREVER) != 1) return -1;
    if (tenon_recv(to, &byte, 1, TENON_FOREVER) != 1) return -1;
  }
  return 0;
}

static int vector(tenon_sock from, tenon_sock to, long count) {
  char bytes[4] = "four";
  const tenon_buffer parts[] = {{bytes, 1}, {bytes + 1, 1}, {bytes + 2, 1}, {bytes + 3, 1}};
  for (long i = 0; i < count; i++) {
    if (tenon_sendv(from, parts, 4, TENON_FOREVER) != 4) return -1;
    if (tenon_recvv(to, parts, 4, TENON_FOREVER) != 4) return -1;
  }
  return 0;
}

static int message(tenon_sock from, tenon_sock to, const tenon_addr *at, long count) {
  char byte = 'x';
  const tenon_buffer buffer = {&byte, 1};
  tenon_message out = {.buffers = &buffer, .count = 1, .fields = TENON_MESSAGE_PEER, .peer = *at}, in = out;
  for (long i = 0; i < count; i++) {
    if (tenon_sendmsg(from, &out, TENON_FOREVER) != 1) return -1;
    if (tenon_recvmsg(to, &in, TENON_FOREVER) != 1 || !(in.fields & TENON_MESSAGE_TTL)) return -1;
  }
  return 0;
}

static int batch(tenon_sock from, tenon_sock to, const tenon_addr *at, long count) {
  static char data[BATCH][DATAGRAM];
  tenon_buffer buffers[BATCH];
  tenon_message list[BATCH];
  (void)to;
  for (int i = 0; i < BATCH; i++) {
    buffers[i] = (tenon_buffer){data[i], DATAGRAM};
    list[i] = (tenon_message){.buffers = &buffers[i], .count = 1, .fields = TENON_MESSAGE_PEER, .peer = *at};
  }
  for (long i = 0; i < count; i++)
    if (tenon_sendmsgs(from, list, BATCH, TENON_FOREVER) != BATCH) return -1;
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

const way way_tenon = {"tenon", transfer, vector, message, batch, connect_many, parse};
