/* fault_refused_test.c - connected datagram sockets whose peer is gone, as each call of the system tells it.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "faults/faults.h"
#include "net.h"
#include "tenon/message.h"

enum { OFTEN = 3 };

static const faults_point points[] = {AT_send, AT_sendto, AT_sendv, AT_sendmsg};
enum { POINTS = sizeof points / sizeof points[0] };

/* By each call of the system that sends a datagram. */
static ptrdiff_t send_within(faults_point at, tenon_sock s, int timeout_ms) {
  const tenon_buffer parts[] = {{"a", 1}, {"b", 1}};
  const tenon_message message = {.buffers = parts, .count = 2};
  if (at == AT_send) return tenon_send(s, "ab", 2, timeout_ms);
  if (at == AT_sendv) return tenon_sendv(s, parts, 2, timeout_ms);
  return at == AT_sendto ? tenon_sendto(s, "ab", 2, NULL, timeout_ms) : tenon_sendmsg(s, &message, timeout_ms);
}

static ptrdiff_t send_by(faults_point at, tenon_sock s) {
  return send_within(at, s, at == AT_send ? 0 : at == AT_sendv ? TENON_FOREVER : NET_LIMIT_MS);
}

/* A connected socket, and its peer. */
static tenon_sock open_sender(tenon_sock *receiver) {
  tenon_addr at;
  tenon_sock sender = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  *receiver = net_datagrams(TENON_AF_INET, &at);
  return tenon_connect(sender, &at, TENON_FOREVER) == 0 ? sender : TENON_NO_SOCK;
}

/* Only what can be nothing but an answer is worth more than one further attempt. */
TEST(the_answer_of_the_only_peer_keeps_no_send_from_being_made) {
  tenon_sock receiver, sender = open_sender(&receiver);
  CHECK_OK(sender);
  for (int i = 0; i < POINTS; i++) {
    faults_clear();
    check_note(faults_name(points[i]));
    faults_add(points[i], 1, OFTEN, TENON_ECONNREFUSED);
    CHECK_EQ(send_by(points[i], sender), 2);
    CHECK_EQ(faults_calls(points[i]), OFTEN + 1);
    faults_clear();
    faults_add(points[i], 1, 1, TENON_EHOSTUNREACH);
    CHECK_EQ(send_by(points[i], sender), 2);
    faults_clear();
    faults_add(points[i], 1, FAULTS_ALWAYS, TENON_EHOSTUNREACH);
    CHECK_EQ(send_by(points[i], sender), TENON_EHOSTUNREACH);
    CHECK_EQ(faults_calls(points[i]), 2);
  }
  check_note(NULL);
  faults_clear();
  CHECK_EQ(net_close2(receiver, sender), 0);
}

/* Windows calls it a reset. */
TEST(every_receive_gives_the_answer_of_the_only_peer_one_name) {
  static const int names[] = {TENON_ECONNREFUSED, TENON_ECONNRESET};
  char data[8];
  tenon_sock receiver, sender = open_sender(&receiver);
  CHECK_OK(sender);
  for (int i = 0; i < 6; i++) {
    static const int waits[] = {TENON_FOREVER, NET_LIMIT_MS, 0};
    faults_clear();
    faults_add(AT_recv, 1, 1, names[i % 2]);
    CHECK_EQ(tenon_recv(sender, data, sizeof data, waits[i / 2]), TENON_ECONNREFUSED);
    CHECK_EQ(tenon_recv(sender, data, sizeof data, 0), TENON_EAGAIN);
    faults_add(AT_recv, 1, 1, TENON_EHOSTUNREACH); /* its own failure it cannot be */
    CHECK_EQ(tenon_recv(sender, data, sizeof data, 0), TENON_EAGAIN);
  }
  faults_clear();
  CHECK_EQ(net_close2(receiver, sender), 0);
}

/* Each attempt takes 20 ms, and the clock starts after the first one. */
TEST(refusals_without_end_outlast_no_limit) {
  enum { STEP_US = 20000, LIMIT_MS = 50, ATTEMPTS = 4, FEW = 100 };
  tenon_sock receiver, sender = open_sender(&receiver);
  CHECK_OK(sender);
  for (int i = 0; i < POINTS; i++) {
    faults_clear();
    check_note(faults_name(points[i]));
    faults_set_clock(STEP_US);
    faults_add(points[i], 1, FAULTS_ALWAYS, TENON_ECONNREFUSED);
    CHECK_EQ(send_within(points[i], sender, LIMIT_MS), TENON_ETIMEDOUT);
    CHECK_EQ(faults_calls(points[i]), ATTEMPTS);
    faults_clear();
    faults_add(points[i], 1, FAULTS_ALWAYS, TENON_ECONNREFUSED);
    CHECK_EQ(send_within(points[i], sender, 0), TENON_EAGAIN);
    CHECK(faults_calls(points[i]) < FEW);
  }
  check_note(NULL);
  faults_clear();
  CHECK_EQ(net_close2(receiver, sender), 0);
}

/* Errors that a receive ignores: any of TENON_ENETRESET, and a refusal without a peer. */
TEST(ignored_errors_without_end_outlast_no_limit_of_a_receive) {
  enum { STEP_US = 20000, LIMIT_MS = 50, ATTEMPTS = 4, FEW = 100 };
  static const int errors[] = {TENON_ENETRESET, TENON_ECONNREFUSED, TENON_ECONNRESET};
  tenon_addr at;
  tenon_sock receiver = net_datagrams(TENON_AF_INET, &at);
  char byte;
  tenon_buffer whole = {&byte, 1};
  tenon_message message = {.buffers = &whole, .count = 1};
  for (int i = 0; i < 6; i++) {
    faults_point point = i % 2 ? AT_recvmsg : AT_recvfrom;
    for (int timeout_ms = LIMIT_MS; timeout_ms >= 0; timeout_ms -= LIMIT_MS) {
      faults_clear();
      faults_set_clock(STEP_US);
      faults_add(point, 1, FAULTS_ALWAYS, errors[i / 2]);
      CHECK_EQ(point == AT_recvmsg ? tenon_recvmsg(receiver, &message, timeout_ms)
                                   : tenon_recvfrom(receiver, &byte, 1, NULL, timeout_ms),
               timeout_ms ? TENON_ETIMEDOUT : TENON_EAGAIN);
      if (timeout_ms)
        CHECK_EQ(faults_calls(point), ATTEMPTS);
      else
        CHECK(faults_calls(point) < FEW);
    }
  }
  faults_clear();
  CHECK_EQ(tenon_close(receiver), 0);
}
