/* fault_unbound_test.c - datagram sockets without a port where the system refuses to receive, as Windows does.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "faults/faults.h"
#include "net.h"
#include "receiving.h"
#include "tenon.h"

enum { LIMIT_MS = 50, OFTEN = 20 };

static const faults_point points[RECEIVING_CALLS] = {AT_recv, AT_recv, AT_recvfrom, AT_recvv, AT_recvmsg, AT_recvmsg};

static void refuse(faults_point at, int count) {
  faults_clear();
  faults_add(at, 1, count, TENON_EINVAL);
}

static ptrdiff_t receive(int call, tenon_sock s, int timeout_ms) {
  char data[8];
  return receiving_calls[call].receive(s, data, sizeof data, timeout_ms);
}

/* D180 */
TEST(where_receiving_needs_a_port_it_waits_and_the_socket_gets_none) {
  tenon_addr at;
  for (int i = 0; i < RECEIVING_CALLS; i++) {
    tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
    check_note(receiving_calls[i].name);
    refuse(points[i], FAULTS_ALWAYS);
    CHECK_EQ(receive(i, s, 0), TENON_EAGAIN);
    int64_t start = tenon_now_ms();
    CHECK_EQ(receive(i, s, LIMIT_MS), TENON_ETIMEDOUT);
    CHECK(tenon_now_ms() - start >= LIMIT_MS);
    CHECK(faults_calls(points[i]) < OFTEN);
    CHECK_EQ(tenon_getsockname(s, &at), 0);
    CHECK_EQ(at.port, 0);
    faults_clear();
    CHECK_EQ(tenon_close(s), 0);
  }
}

TEST(where_receiving_needs_a_port_a_waker_ends_the_waiting) {
  tenon_waker waker;
  CHECK_EQ(tenon_waker_open(&waker), 0);
  CHECK_EQ(tenon_waker_wake(&waker), 0);
  for (int i = 0; i < RECEIVING_CALLS; i++) {
    tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
    check_note(receiving_calls[i].name);
    refuse(points[i], FAULTS_ALWAYS);
    tenon_cancel_on(&waker);
    ptrdiff_t received = receive(i, s, TENON_FOREVER);
    tenon_cancel_on(NULL);
    faults_clear();
    CHECK_EQ(tenon_close(s), 0);
    CHECK_EQ(received, TENON_ECANCELED);
  }
  CHECK_EQ(tenon_waker_close(&waker), 0);
}

/* Between the attempt and the question whether there is a port. */
TEST(a_port_that_comes_while_receiving_is_refused_is_received_at) {
  static const int limits[] = {0, NET_LIMIT_MS, TENON_FOREVER};
  tenon_addr at, from;
  tenon_sock s = net_datagrams(TENON_AF_INET, &at), other = net_datagrams(TENON_AF_INET, &from);
  for (int i = 0; i < 3 * RECEIVING_CALLS; i++) {
    check_note(receiving_calls[i / 3].name);
    CHECK_EQ(tenon_sendto(other, "data", 4, &at, NET_LIMIT_MS), 4);
    CHECK_EQ(receive(0, s, NET_LIMIT_MS), 4);
    refuse(points[i / 3], 1);
    ptrdiff_t received = receive(i / 3, s, limits[i % 3]);
    if (received == TENON_EAGAIN && limits[i % 3] == 0) received = receive(i / 3, s, 0);
    CHECK_EQ(received, 4);
    faults_clear();
    if (i < 3) CHECK_EQ(receive(1, s, NET_LIMIT_MS), 4);
  }
  CHECK_EQ(net_close2(s, other), 0);
}

TEST(a_socket_that_has_a_port_and_is_refused_for_good_is_told_so) {
  tenon_addr at;
  tenon_sock s = net_datagrams(TENON_AF_INET, &at);
  for (int i = 0; i < RECEIVING_CALLS; i++) {
    check_note(receiving_calls[i].name);
    refuse(points[i], FAULTS_ALWAYS);
    CHECK_EQ(receive(i, s, TENON_FOREVER), TENON_EINVAL);
    CHECK_EQ(tenon_native_error(), faults_native());
  }
  faults_clear();
  CHECK_EQ(tenon_close(s), 0);
}
