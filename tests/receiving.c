/* receiving.c - every call that receives a datagram.
 * SPDX-License-Identifier: MIT
 */
#include "receiving.h"

#include "tenon/message.h"

static ptrdiff_t by_recvfrom(tenon_sock s, void *data, size_t size, int timeout_ms) {
  return tenon_recvfrom(s, data, size, NULL, timeout_ms);
}

static ptrdiff_t by_recvv(tenon_sock s, void *data, size_t size, int timeout_ms) {
  tenon_buffer parts[2] = {{data, 1}, {(char *)data + 1, size - 1}};
  return tenon_recvv(s, parts, 2, timeout_ms);
}

static ptrdiff_t by_recvmsg(tenon_sock s, void *data, size_t size, int timeout_ms) {
  tenon_buffer whole = {data, size};
  tenon_message message = {.buffers = &whole, .count = 1};
  return tenon_recvmsg(s, &message, timeout_ms);
}

static ptrdiff_t by_recvmsgs(tenon_sock s, void *data, size_t size, int timeout_ms) {
  tenon_buffer whole = {data, size};
  tenon_message message = {.buffers = &whole, .count = 1};
  int received = tenon_recvmsgs(s, &message, 1, timeout_ms);
  return received < 0 ? received : (ptrdiff_t)message.size;
}

const receiving_call receiving_calls[RECEIVING_CALLS] = {
    {"peek", tenon_peek}, {"recv", tenon_recv},    {"recvfrom", by_recvfrom},
    {"recvv", by_recvv},  {"recvmsg", by_recvmsg}, {"recvmsgs", by_recvmsgs},
};
