/* fault_attempt_test.c - connects that end between two questions to the system.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "faults/faults.h"
#include "net.h"
#include "tenon.h"

static char byte;

/* A stream whose connect has ended. */
static tenon_sock begin(const tenon_addr *peer) {
  tenon_sock s = tenon_socket(peer->family, TENON_SOCK_STREAM, 0);
  tenon_pollfd item = {s, TENON_POLLOUT, 0};
  tenon_connect(s, peer, 0);
  tenon_poll(&item, 1, NET_LIMIT_MS);
  faults_clear();
  return s;
}

/* D030 */
TEST(a_connect_that_is_made_while_its_result_is_asked_for_is_made) {
  static const int limits[] = {0, NET_LIMIT_MS, TENON_FOREVER};
  tenon_addr at;
  tenon_sock listener = net_listen(TENON_AF_INET, &at);
  for (int i = 0; i < 3; i++) {
    tenon_sock s = begin(&at);
    faults_add(AT_getpeername, 1, 1, TENON_ENOTCONN);
    CHECK_EQ(tenon_connect_result(s, limits[i]), 0);
    CHECK_EQ(tenon_close(s), 0);
  }
  faults_clear();
  CHECK_EQ(tenon_close(listener), 0);
}

TEST(a_connect_that_is_refused_while_its_result_is_asked_for_is_refused) {
  tenon_addr nobody = net_refusing(TENON_AF_INET);
  tenon_sock s = begin(&nobody);
  faults_add(AT_take_error, 1, 1, 0);
  CHECK_EQ(tenon_connect_result(s, 0), TENON_ECONNREFUSED);
  faults_clear();
  CHECK_EQ(tenon_close(s), 0);
}

static ptrdiff_t receive(tenon_sock s, int timeout_ms) {
  return tenon_recv(s, &byte, 1, timeout_ms);
}

static ptrdiff_t receive_all(tenon_sock s, int timeout_ms) {
  return tenon_recv_all(s, &byte, 1, timeout_ms);
}

static ptrdiff_t look_ahead(tenon_sock s, int timeout_ms) {
  return tenon_peek(s, &byte, 1, timeout_ms);
}

static ptrdiff_t send_one(tenon_sock s, int timeout_ms) {
  return tenon_send(s, "x", 1, timeout_ms);
}

static const struct {
  const char *name;
  faults_point at;
  ptrdiff_t (*transfer)(tenon_sock s, int timeout_ms);
} transfers[] = {{"recv", AT_recv, receive},
                 {"recv_all", AT_recv, receive_all},
                 {"peek", AT_recv, look_ahead},
                 {"send", AT_send, send_one}};
enum { TRANSFERS = sizeof transfers / sizeof *transfers };

/* Windows says of a pending connect that there is no connection. */
TEST(a_connect_that_is_made_while_a_transfer_begins_is_waited_for) {
  static const int limits[] = {NET_LIMIT_MS, TENON_FOREVER};
  for (int i = 0; i < 2 * TRANSFERS; i++) {
    tenon_sock pair[2];
    CHECK_EQ(net_pair(pair), 0);
    CHECK_EQ(tenon_send(pair[1], "x", 1, NET_LIMIT_MS), 1);
    check_note(transfers[i / 2].name);
    faults_clear();
    faults_add(transfers[i / 2].at, 1, 1, TENON_ENOTCONN);
    CHECK_EQ(transfers[i / 2].transfer(pair[0], limits[i % 2]), 1);
    CHECK(faults_calls(transfers[i / 2].at) > 1);
    faults_clear();
    CHECK_EQ(net_close2(pair[0], pair[1]), 0);
  }
}

TEST(a_limit_of_0_does_not_wait_for_a_connect_that_is_made_meanwhile) {
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_send(pair[1], "x", 1, NET_LIMIT_MS), 1);
  CHECK_EQ(look_ahead(pair[0], NET_LIMIT_MS), 1);
  faults_clear();
  faults_add(AT_recv, 1, 1, TENON_ENOTCONN);
  CHECK_EQ(look_ahead(pair[0], 0), TENON_EAGAIN);
  CHECK_EQ(look_ahead(pair[0], 0), 1);
  faults_clear();
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(a_stream_that_stays_without_a_connection_is_not_waited_for) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  faults_clear();
  for (int i = 0; i < TRANSFERS; i++) CHECK_EQ(transfers[i].transfer(s, TENON_FOREVER), TENON_ENOTCONN);
  CHECK_EQ(tenon_close(s), 0);
}
