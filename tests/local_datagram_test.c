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
