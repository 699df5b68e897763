/* server_copy_test.c - a worker has no copies of what its parent has open.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "serving.h"

enum { CROWD = 150 };

/* Opens a connection whose handles are the highest of the process, with many free numbers below. */
static int open_far_away(tenon_sock far[2]) {
  static tenon_sock pairs[CROWD][2];
  int opened = 0, result = 0;
  while (opened < CROWD && result == 0) result = net_pair(pairs[opened++]);
  far[0] = pairs[CROWD - 1][0], far[1] = pairs[CROWD - 1][1];
  for (int i = 0; i < opened; i++) {
    if (i == CROWD - 1 && result == 0) continue;
    tenon_close(pairs[i][0]), tenon_close(pairs[i][1]);
  }
  return result;
}

/* A copy in the worker would keep the connection open. tests/rules runs this where the system lists no descriptors. */
TEST(a_worker_keeps_no_connection_open_that_is_not_its_own) {
  static serving s;
  tenon_sock near[2], far[2];
  char byte;
  for (int model = TENON_SERVE_PROCESSES; model <= TENON_SERVE_HYBRID; model++) {
    check_note(serving_model_name(model));
    CHECK_EQ(net_pair(near), 0);
    CHECK_EQ(open_far_away(far), 0);
    serving_prepare(&s, model);
    CHECK_EQ(serving_start(&s), 0);
    tenon_sock client = serving_connect(&s);
    CHECK_EQ(serving_identify(client, 7), 0);
    CHECK_EQ(net_close2(near[1], far[1]), 0);
    CHECK_EQ(tenon_recv(near[0], &byte, 1, NET_LIMIT_MS), 0);
    CHECK_EQ(tenon_recv(far[0], &byte, 1, NET_LIMIT_MS), 0);
    CHECK_EQ(serving_identify(client, 8), 0); /* the worker lives */
    CHECK_EQ(net_close2(near[0], far[0]), 0);
    CHECK_EQ(tenon_close(client), 0);
    CHECK_EQ(serving_stop(&s), 0);
  }
}
