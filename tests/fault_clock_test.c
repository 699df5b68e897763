/* fault_clock_test.c - when the library reads the clock, and what it makes of what the clock says.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "faults/faults.h"
#include "net.h"

enum { STEP_US = 20000, LIMIT_MS = 50 };

TEST(a_call_that_one_transfer_completes_does_not_read_the_clock) {
  tenon_sock pair[2];
  char byte;
  faults_clear();
  CHECK_EQ(net_pair(pair), 0);
  faults_set_clock(STEP_US);
  CHECK_EQ(tenon_send(pair[0], "x", 1, LIMIT_MS), 1);
  CHECK_EQ(faults_clock_readings(), 0);
  faults_clear();
  CHECK(net_await(pair[1], TENON_POLLIN));
  faults_set_clock(STEP_US);
  CHECK_EQ(tenon_recv_all(pair[1], &byte, 1, LIMIT_MS), 1);
  CHECK_EQ(faults_clock_readings(), 0);
  faults_clear();
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* Interrupted waits end every 700 us. Whole milliseconds, rounded down, would end the call after 2,800 us. D105 */
TEST(interruptions_do_not_end_a_limit_a_fraction_of_a_millisecond_early) {
  enum { INTERRUPTED_US = 700, SHORT_MS = 3 };
  tenon_sock pair[2];
  char byte;
  faults_clear();
  CHECK_EQ(net_pair(pair), 0);
  faults_clear();
  faults_set_clock(INTERRUPTED_US);
  faults_add(AT_wait, 1, FAULTS_ALWAYS, 0);
  CHECK_EQ(tenon_recv(pair[0], &byte, 1, SHORT_MS), TENON_ETIMEDOUT);
  CHECK_EQ(faults_calls(AT_wait), (SHORT_MS * 1000 + INTERRUPTED_US - 1) / INTERRUPTED_US);
  faults_clear();
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* ---- By name ----------------------------------------------------------------------------------------------------- */

/* Each address gets an equal share of a limit that is shorter than the head start of RFC 8305. */
TEST(a_short_limit_still_reaches_the_address_after_a_silent_one) {
  static net_full full;
  tenon_addr at;
  faults_nothing_left(); /* forgets a port that an earlier test of this process keeps */
  faults_clear();
  CHECK_EQ(net_fill(&full, TENON_AF_INET), 0);
  tenon_sock listener = net_listen(TENON_AF_INET, &at);
  for (int limit = 30; limit <= 240; limit += 70) {
    faults_clear();
    faults_set_host(0, "192.0.2.1 192.0.2.2", NULL);
    faults_set_route("192.0.2.1", &full.at);
    faults_set_route("192.0.2.2", &at);
    faults_set_clock(0);
    tenon_sock s = tenon_tcp_connect("host.example", "7", limit);
    CHECK_OK(s);
    CHECK_EQ(tenon_close(s), 0);
  }
  faults_clear();
  CHECK_EQ(tenon_close(listener), 0);
  net_empty(&full);
  CHECK(faults_nothing_left());
}

TEST(no_attempt_to_connect_begins_after_the_limit) {
  faults_clear();
  faults_set_host(0, "192.0.2.1 192.0.2.2 192.0.2.3", NULL);
  faults_set_dead("192.0.2.1", TENON_EHOSTUNREACH);
  faults_set_dead("192.0.2.2", TENON_EHOSTUNREACH);
  faults_set_dead("192.0.2.3", TENON_EHOSTUNREACH);
  faults_set_clock(STEP_US);
  CHECK_EQ(tenon_tcp_connect("host.example", "7", STEP_US / 1000 + 1), TENON_ETIMEDOUT);
  CHECK_EQ(faults_calls(AT_connect), 2);
  faults_clear();
  CHECK(faults_nothing_left());
}
