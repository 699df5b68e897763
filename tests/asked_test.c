/* asked_test.c - how often, and in which words, Tenon asks the system. Windows alone shows that.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "support.h"

/* More than any connection takes while nobody receives. */
enum { TOO_MUCH = 16 << 20 };
static char too_much[TOO_MUCH];

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

/* A look and a wait each 10 ms would make 190. */
enum { FILL_MS = 200, LONG_MS = 950, LOOKS_MAX = 40, FEW = 8 };

/* D101 */
TEST(a_sender_whose_peer_has_ended_looks_more_and_more_rarely) {
  tenon_sock pair[2];
  char byte;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_send(pair[0], too_much, TOO_MUCH, FILL_MS), TENON_ETIMEDOUT);
  support_watch(0);
  CHECK_EQ(tenon_send(pair[0], too_much, TOO_MUCH, LONG_MS), TENON_ETIMEDOUT);
  CHECK(support_watched_waits() <= FEW);
  CHECK_EQ(tenon_shutdown(pair[1], TENON_SHUT_WR), 0);
  CHECK_EQ(tenon_recv(pair[0], &byte, 1, NET_LIMIT_MS), 0);
  support_watch(0);
  CHECK_EQ(tenon_send(pair[0], too_much, TOO_MUCH, LONG_MS), TENON_ETIMEDOUT);
  CHECK(support_watched_waits() <= LOOKS_MAX);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(a_poll_of_idle_sockets_looks_once_and_waits_once) {
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  tenon_pollfd items[] = {{pair[0], TENON_POLLIN, 0}, {pair[1], TENON_POLLIN, 0}, {TENON_NO_SOCK, TENON_POLLIN, 0}};
  for (int count = 1; count <= 3; count++) {
    support_watch(0);
    CHECK_EQ(tenon_poll(items, count, 100), 0);
    CHECK(support_watched_waits() <= FEW);
    support_watch(0);
    CHECK_EQ(tenon_poll(items, count, 0), 0);
    CHECK(support_watched_waits() <= 1);
  }
  CHECK_EQ(tenon_send(pair[0], "x", 1, NET_LIMIT_MS), 1);
  support_watch(0);
  CHECK_EQ(tenon_poll(items, 3, TENON_FOREVER), 1);
  CHECK(support_watched_waits() <= 2);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}
