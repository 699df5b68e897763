/* local_datagram_test.c - local datagram sockets that are connected, and those whose receiver is gone.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "check.h"
#include "net.h"
#include "tenon/local.h"
#include "tenon/message.h"

#define NEEDS_DATAGRAMS \
  if (!tenon_supports(TENON_SUPPORTS_LOCAL_DATAGRAMS)) SKIP("the system has no local datagrams")

/* Bound at a path of this process's own. */
static tenon_sock open_bound(tenon_addr *at, int number) {
  char path[64];
  snprintf(path, sizeof path, "tenon-datagram-%lld-%d", (long long)tenon_process_id(), number);
  tenon_addr_local(at, path);
  tenon_local_unlink_stale(at);
  tenon_sock s = tenon_socket(TENON_AF_UNIX, TENON_SOCK_DGRAM, 0);
  int result = s < 0 ? (int)s : tenon_bind(s, at);
  if (result < 0 && s >= 0) tenon_close(s);
  return result < 0 ? result : s;
}

/* It takes nothing from anybody but its peer, and is there nevertheless. */
TEST(the_file_of_a_connected_datagram_socket_is_in_use) {
  NEEDS_DATAGRAMS;
  tenon_addr at[2];
  tenon_sock a = open_bound(&at[0], 0), b = open_bound(&at[1], 1);
  CHECK_OK(a);
  CHECK_OK(b);
  CHECK_EQ(tenon_connect(a, &at[1], NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_local_unlink_stale(&at[0]), TENON_EADDRINUSE);
  CHECK_EQ(tenon_native_error(), 0);
  CHECK_EQ(tenon_local_unlink_stale(&at[1]), TENON_EADDRINUSE);
  CHECK_EQ(net_close2(a, b), 0);
  for (int i = 0; i < 2; i++) CHECK_EQ(tenon_local_unlink_stale(&at[i]), 0);
}

enum { SEND, SENDTO, SENDV, SENDMSG, SENDMSGS, WAYS };

static ptrdiff_t send_by(int way, tenon_sock s, int timeout_ms) {
  const tenon_buffer whole = {"x", 1};
  const tenon_message message = {.buffers = &whole, .count = 1};
  switch (way) {
    case SEND: return tenon_send(s, "x", 1, timeout_ms);
    case SENDTO: return tenon_sendto(s, "x", 1, NULL, timeout_ms);
    case SENDV: return tenon_sendv(s, &whole, 1, timeout_ms);
    case SENDMSG: return tenon_sendmsg(s, &message, timeout_ms);
    default: return tenon_sendmsgs(s, &message, 1, timeout_ms);
  }
}

/* That is told at once: it is no late answer, after which another attempt is worth while. Linux then has no peer. */
TEST(a_local_receiver_that_is_gone_is_told_by_every_call) {
  NEEDS_DATAGRAMS;
  static const int limits[] = {TENON_FOREVER, NET_LIMIT_MS, 0};
  for (int i = 0; i < 3 * WAYS; i++) {
    tenon_addr at[2];
    tenon_sock a = open_bound(&at[0], 2), b = open_bound(&at[1], 3);
    CHECK_EQ(tenon_connect(a, &at[1], limits[i % 3]), 0);
    CHECK_EQ(tenon_close(b), 0);
    ptrdiff_t first = send_by(i / 3, a, limits[i % 3]);
    CHECK(first == TENON_ECONNREFUSED || (i / 3 == SENDMSGS && first == TENON_EDESTADDRREQ)); /* it tries twice */
    ptrdiff_t again = send_by(i / 3, a, limits[i % 3]);
    CHECK(again == TENON_ECONNREFUSED || again == TENON_EDESTADDRREQ);
    CHECK_EQ(tenon_close(a), 0);
    for (int k = 0; k < 2; k++) CHECK_EQ(tenon_local_unlink_stale(&at[k]), 0);
  }
}

TEST(a_local_address_where_nobody_is_is_told_by_every_call) {
  NEEDS_DATAGRAMS;
  static const int limits[] = {TENON_FOREVER, NET_LIMIT_MS, 0};
  tenon_addr at;
  tenon_sock gone = open_bound(&at, 4), s = tenon_socket(TENON_AF_UNIX, TENON_SOCK_DGRAM, 0);
  tenon_buffer whole = {"x", 1};
  tenon_message m = {.buffers = &whole, .count = 1, .fields = TENON_MESSAGE_PEER, .peer = at};
  CHECK_EQ(tenon_close(gone), 0);
  for (int i = 0; i < 3; i++) {
    CHECK_EQ(tenon_sendto(s, "x", 1, &at, limits[i]), TENON_ECONNREFUSED);
    CHECK_EQ(tenon_sendmsg(s, &m, limits[i]), TENON_ECONNREFUSED);
    CHECK_EQ(tenon_sendmsgs(s, &m, 1, limits[i]), TENON_ECONNREFUSED);
  }
  CHECK_EQ(tenon_close(s), 0);
  CHECK_EQ(tenon_local_unlink_stale(&at), 0);
}
