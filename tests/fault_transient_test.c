/* fault_transient_test.c - what passes by itself: failures of others, and waiting that ends for no reason.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>
#include <string.h>

#include "check.h"
#include "faults/faults.h"
#include "net.h"
#include "tenon.h"

enum { LIMIT_MS = 50, SLACK_MS = 1000, OFTEN = 20 };

/* 1 if the limit was kept: not early, and not much later. */
static int is_over_in_time(int64_t start) {
  int64_t passed = tenon_now_ms() - start;
  return passed >= LIMIT_MS && passed < LIMIT_MS + SLACK_MS;
}

/* ---- Accepting --------------------------------------------------------------------------------------------------- */

static const int of_peers[] = {TENON_EACCES,       TENON_ECONNABORTED, TENON_ECONNRESET,  TENON_EHOSTDOWN,
                               TENON_EHOSTUNREACH, TENON_ENETDOWN,     TENON_ENETUNREACH, TENON_ENOPROTOOPT,
                               TENON_ENOTSUP,      TENON_EPROTO,       TENON_ETIMEDOUT};
enum { OF_PEERS = sizeof of_peers / sizeof *of_peers };

/* D059 */
TEST(peers_that_vanished_are_passed_over) {
  static const int limits[] = {TENON_FOREVER, NET_LIMIT_MS, 0};
  tenon_addr at;
  tenon_sock listener = net_listen(TENON_AF_INET, &at);
  for (int i = 0; i < OF_PEERS * 3; i++) {
    check_note(tenon_errname(of_peers[i / 3]));
    faults_clear();
    tenon_sock client = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
    CHECK_EQ(tenon_connect(client, &at, NET_LIMIT_MS), 0);
    CHECK(net_await(listener, TENON_POLLIN));
    faults_add(AT_accept, 1, OFTEN, of_peers[i / 3]);
    tenon_sock server = tenon_accept(listener, NULL, limits[i % 3]);
    CHECK_OK(server);
    CHECK_EQ(faults_calls(AT_accept), OFTEN + 1);
    CHECK_EQ(net_close2(client, server), 0);
  }
  faults_clear();
  CHECK_EQ(tenon_close(listener), 0);
  CHECK(faults_nothing_left());
}

TEST(when_all_peers_vanish_the_limit_holds) {
  tenon_sock listener = net_listen(TENON_AF_INET, NULL);
  for (int i = 0; i < OF_PEERS; i++) {
    check_note(tenon_errname(of_peers[i]));
    faults_clear();
    faults_add(AT_accept, 2, OFTEN, of_peers[i]);
    faults_add(AT_wait, 1, 1, 1);
    int64_t start = tenon_now_ms();
    CHECK_EQ(tenon_accept(listener, NULL, LIMIT_MS), TENON_ETIMEDOUT);
    CHECK(is_over_in_time(start));
    CHECK_EQ(tenon_native_error(), 0);
    CHECK_EQ(tenon_accept(listener, NULL, 0), TENON_EAGAIN);
  }
  faults_clear();
  CHECK_EQ(tenon_close(listener), 0);
}

TEST(a_listener_that_fails_for_good_does_not_keep_accepting_for_ever) {
  tenon_addr at;
  tenon_sock listener = net_listen(TENON_AF_INET, &at), client = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_EQ(tenon_connect(client, &at, NET_LIMIT_MS), 0);
  faults_clear();
  faults_add(AT_accept, 1, FAULTS_ALWAYS, TENON_ENETDOWN);
  CHECK_EQ(tenon_accept(listener, NULL, 0), TENON_ENETDOWN);
  CHECK_EQ(tenon_native_error(), faults_native());
  CHECK_EQ(faults_calls(AT_accept), VANISHED_MAX + 1);
  int64_t start = tenon_now_ms();
  CHECK_EQ(tenon_accept(listener, NULL, 1), TENON_ETIMEDOUT);
  CHECK(tenon_now_ms() - start < SLACK_MS);
  faults_clear(); /* once it was well in between, the count begins again */
  faults_add(AT_accept, VANISHED_MAX, 1, TENON_EAGAIN);
  faults_add(AT_accept, 1, VANISHED_MAX + OFTEN, TENON_ENETDOWN);
  faults_add(AT_wait, 1, 1, 1);
  tenon_sock server = tenon_accept(listener, NULL, TENON_FOREVER);
  faults_clear();
  CHECK_OK(server);
  CHECK_EQ(net_close2(client, server), 0);
  CHECK_EQ(tenon_close(listener), 0);
}

/* ---- Datagrams --------------------------------------------------------------------------------------------------- */

/* D082 */
TEST(answers_to_earlier_datagrams_disturb_nobody) {
  static const int answers[] = {TENON_ENETRESET, TENON_ECONNREFUSED};
  char data[8];
  tenon_addr at, from;
  tenon_sock receiver = tenon_udp_bind("127.0.0.1", "0"), sender = tenon_udp_bind("127.0.0.1", "0");
  CHECK_EQ(tenon_getsockname(receiver, &at), 0);
  for (int i = 0; i < 2; i++) {
    faults_clear();
    faults_add(AT_sendto, 1, OFTEN, answers[i]);
    faults_add(AT_recvfrom, 1, OFTEN, answers[i]);
    CHECK_EQ(tenon_sendto(sender, "data", 4, &at, NET_LIMIT_MS), 4);
    CHECK_EQ(tenon_recvfrom(receiver, data, sizeof data, &from, NET_LIMIT_MS), 4);
    CHECK_EQ(faults_calls(AT_sendto), OFTEN + 1);
    CHECK_EQ(tenon_recvfrom(receiver, data, sizeof data, &from, 0), TENON_EAGAIN);
    faults_add(AT_recvfrom, 1, FAULTS_ALWAYS, answers[i]);
    int64_t start = tenon_now_ms();
    CHECK_EQ(tenon_recvfrom(receiver, data, sizeof data, &from, LIMIT_MS), TENON_ETIMEDOUT);
    CHECK(is_over_in_time(start));
  }
  faults_clear();
  CHECK_EQ(net_close2(receiver, sender), 0);
  CHECK(faults_nothing_left());
}

TEST(the_answer_of_the_only_peer_is_told_once) {
  char data[8];
  tenon_addr at;
  tenon_sock receiver = tenon_udp_bind("127.0.0.1", "0"), sender = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  CHECK_EQ(tenon_getsockname(receiver, &at), 0);
  CHECK_EQ(tenon_connect(sender, &at, TENON_FOREVER), 0);
  faults_clear();
  faults_add(AT_recvfrom, 1, 1, TENON_ECONNREFUSED);
  CHECK_EQ(tenon_recvfrom(sender, data, sizeof data, NULL, NET_LIMIT_MS), TENON_ECONNREFUSED);
  CHECK_EQ(tenon_native_error(), faults_native());
  CHECK_EQ(tenon_recvfrom(sender, data, sizeof data, NULL, 0), TENON_EAGAIN);
  faults_clear();
  CHECK_EQ(net_close2(receiver, sender), 0);
}

/* ---- Waiting that ends for no reason ----------------------------------------------------------------------------- */

static net_full full;
static tenon_sock pair[2], listener, receiver;

static ptrdiff_t wait_to_recv(int timeout_ms) {
  char byte;
  return tenon_recv(pair[0], &byte, 1, timeout_ms);
}

static ptrdiff_t wait_to_recv_all(int timeout_ms) {
  char bytes[2];
  return tenon_recv_all(pair[0], bytes, 2, timeout_ms);
}

static ptrdiff_t wait_to_peek(int timeout_ms) {
  char byte;
  return tenon_peek(pair[0], &byte, 1, timeout_ms);
}

static ptrdiff_t wait_to_accept(int timeout_ms) {
  return tenon_accept(listener, NULL, timeout_ms);
}

static ptrdiff_t wait_to_recvfrom(int timeout_ms) {
  char byte;
  return tenon_recvfrom(receiver, &byte, 1, NULL, timeout_ms);
}

static ptrdiff_t wait_for_connect(int timeout_ms) {
  return tenon_connect_result(full.pending, timeout_ms);
}

static ptrdiff_t wait_to_poll(int timeout_ms) {
  tenon_pollfd item = {pair[0], TENON_POLLIN, 0};
  int ready = tenon_poll(&item, 1, timeout_ms);
  return ready == 0 ? TENON_ETIMEDOUT : ready;
}

static const struct {
  const char *name;
  ptrdiff_t (*wait)(int timeout_ms);
} waits[] = {{"recv", wait_to_recv},     {"recv_all", wait_to_recv_all}, {"peek", wait_to_peek},
             {"accept", wait_to_accept}, {"recvfrom", wait_to_recvfrom}, {"connect_result", wait_for_connect},
             {"poll", wait_to_poll}};
enum { WAITS = sizeof waits / sizeof *waits };

static int open_all(void) {
  faults_clear();
  listener = net_listen(TENON_AF_INET, NULL);
  receiver = tenon_udp_bind("127.0.0.1", "0");
  return net_pair(pair) == 0 && net_fill(&full, TENON_AF_INET) == 0;
}

static int close_all(void) {
  faults_clear();
  net_empty(&full);
  return net_close2(pair[0], pair[1]) == 0 && net_close2(listener, receiver) == 0 && faults_left() == 0;
}

/* D105 */
TEST(waiting_that_ends_too_early_goes_on_until_the_limit) {
  CHECK(open_all());
  for (int i = 0; i < WAITS; i++) {
    check_note(waits[i].name);
    faults_clear();
    faults_add(AT_wait, 1, OFTEN, 0);
    faults_add(AT_poll, 1, OFTEN, 0);
    int64_t start = tenon_now_ms();
    CHECK_EQ(waits[i].wait(LIMIT_MS), TENON_ETIMEDOUT);
    CHECK(is_over_in_time(start));
    CHECK(faults_calls(AT_wait) > OFTEN || faults_calls(AT_poll) > OFTEN);
  }
  CHECK(close_all());
}

/* D104 */
TEST(waiting_that_ends_in_vain_goes_on_until_the_limit) {
  CHECK(open_all());
  for (int i = 0; i < WAITS; i++) {
    check_note(waits[i].name);
    faults_clear();
    faults_add(AT_wait, 1, OFTEN, 1);
    int64_t start = tenon_now_ms();
    CHECK_EQ(waits[i].wait(LIMIT_MS), TENON_ETIMEDOUT);
    CHECK(is_over_in_time(start));
  }
  CHECK(close_all());
}

/* All the time, not only at first. */
TEST(waiting_that_never_lasts_ends_at_the_limit_nevertheless) {
  CHECK(open_all());
  for (int i = 0; i < 2 * WAITS; i++) {
    check_note(waits[i / 2].name);
    faults_clear();
    faults_add(AT_wait, 1, FAULTS_ALWAYS, i % 2);
    if (i % 2 == 0) faults_add(AT_poll, 1, FAULTS_ALWAYS, 0);
    int64_t start = tenon_now_ms();
    CHECK_EQ(waits[i / 2].wait(LIMIT_MS), TENON_ETIMEDOUT);
    CHECK(is_over_in_time(start));
  }
  CHECK(close_all());
}

TEST(what_comes_after_waiting_ended_for_no_reason_is_received) {
  static const int limits[] = {TENON_FOREVER, NET_LIMIT_MS, INT_MAX};
  char data[8];
  tenon_sock both[2];
  CHECK_EQ(net_pair(both), 0);
  for (int i = 0; i < 6; i++) {
    faults_clear();
    faults_add(AT_recv, 1, OFTEN, TENON_EAGAIN);
    faults_add(AT_send, 1, OFTEN, TENON_EAGAIN);
    faults_add(AT_wait, 1, OFTEN, i % 2);
    CHECK_EQ(tenon_send(both[0], "data", 4, limits[i / 2]), 4);
    CHECK_EQ(tenon_recv_all(both[1], data, 4, limits[i / 2]), 4);
    CHECK_MEM(data, "data", 4);
  }
  faults_clear();
  CHECK_EQ(net_close2(both[0], both[1]), 0);
}

/* One byte with each call of the system, and nothing with every other. */
TEST(data_that_moves_byte_by_byte_arrives_whole) {
  static const char text[] = "slowly, but in one piece";
  char data[sizeof text];
  tenon_sock both[2];
  CHECK_EQ(net_pair(both), 0);
  faults_clear();
  faults_add(AT_send, 1, FAULTS_ALWAYS, 1);
  faults_add(AT_recv, 1, FAULTS_ALWAYS, 1);
  CHECK_EQ(tenon_send(both[0], text, sizeof text, NET_LIMIT_MS), (ptrdiff_t)sizeof text);
  CHECK_EQ(tenon_recv_all(both[1], data, sizeof data, NET_LIMIT_MS), (ptrdiff_t)sizeof text);
  CHECK_MEM(data, text, sizeof text);
  CHECK_EQ(faults_calls(AT_send), (int)sizeof text);
  CHECK(faults_calls(AT_recv) >= (int)sizeof text);
  CHECK_EQ(tenon_send(both[1], text, sizeof text, 0), 1);
  CHECK_EQ(tenon_recv(both[0], data, sizeof data, NET_LIMIT_MS), 1);
  faults_clear();
  CHECK_EQ(net_close2(both[0], both[1]), 0);
}
