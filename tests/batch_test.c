/* batch_test.c - many datagrams in one call: all of them, in order, each as it was sent.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/message.h"

enum { MANY = 1000, ROOM = 2048 };

static unsigned char out[MANY][ROOM], in[MANY][ROOM];
static tenon_buffer out_buffers[MANY][2], in_buffers[MANY];
static tenon_message to_send[MANY], received[MANY];

static tenon_sock open_with_room(int family, tenon_addr *at) {
  tenon_sock s = net_datagrams(family, at);
  tenon_setsockopt(s, TENON_OPT_RCVBUF, 4 << 20);
  return s;
}

/* The message with this number and size, its bytes its own, in two buffers of which one may be empty. */
static void prepare(int i, size_t size, const tenon_addr *peer) {
  for (size_t k = 0; k < size; k++) out[i][k] = (unsigned char)((size_t)i * 7 + k * 31);
  size_t half = i % 3 == 0 ? 0 : size / 3;
  out_buffers[i][0] = (tenon_buffer){out[i], half};
  out_buffers[i][1] = (tenon_buffer){out[i] + half, size - half};
  to_send[i] = (tenon_message){.buffers = out_buffers[i], .count = 2};
  if (peer) to_send[i].fields = TENON_MESSAGE_PEER;
  if (peer) to_send[i].peer = *peer;
}

static size_t size_of(int i) {
  return to_send[i].buffers[0].size + to_send[i].buffers[1].size;
}

static void make_room(int count) {
  for (int i = 0; i < count; i++) {
    in_buffers[i] = (tenon_buffer){in[i], ROOM};
    received[i] = (tenon_message){.buffers = &in_buffers[i], .count = 1};
  }
}

/* 1 if message i came as received number k. */
static int is_same(int i, int k, const tenon_addr *from) {
  return received[k].size == size_of(i) && memcmp(in[k], out[i], size_of(i)) == 0 && received[k].flags == 0 &&
         (received[k].fields & TENON_MESSAGE_PEER) && tenon_addr_equal(&received[k].peer, from);
}

/* Sends in pieces that no receive buffer drops, and says what is wrong. */
static const char *exchange(int family, int count, size_t (*size)(int), int timeout_ms, int is_connected) {
  static char text[80];
  tenon_addr at, here;
  tenon_sock a = open_with_room(family, &here), b = open_with_room(family, &at);
  if (is_connected && tenon_connect(a, &at, NET_LIMIT_MS) != 0) return "not connected";
  for (int i = 0; i < count; i++) prepare(i, size(i), is_connected ? NULL : &at);
  make_room(count);
  int sent = 0, arrived = 0, same = 0;
  while (sent < count) {
    int some = count - sent < 50 ? count - sent : 50, n = tenon_sendmsgs(a, to_send + sent, some, timeout_ms);
    if (n != some) return snprintf(text, sizeof text, "of %d went %d", some, n) > 0 ? text : "";
    for (sent += n; arrived < sent; arrived += n) {
      n = tenon_recvmsgs(b, received + arrived, count - arrived, timeout_ms == 0 ? NET_LIMIT_MS : timeout_ms);
      if (n <= 0) return snprintf(text, sizeof text, "after %d came %d", arrived, n) > 0 ? text : "";
    }
  }
  while (same < count && is_same(same, same, &here)) same++;
  int more = tenon_recvmsgs(b, received, 1, 0);
  net_close2(a, b);
  if (count > 0 && more != TENON_EAGAIN) return "there was more";
  return same == count ? "" : snprintf(text, sizeof text, "number %d is wrong", same) > 0 ? text : "";
}

static size_t equal(int i) {
  return i < 0 ? 0 : 1200;
}

/* Runs of equal ones that shorter ones end, larger ones, and empty ones. */
static size_t mixed(int i) {
  return i % 11 == 10 ? 0 : i % 7 == 6 ? 500 : i % 50 < 20 ? 800 : (size_t)(i % 5) * 300;
}

static const int waits[] = {TENON_FOREVER, NET_LIMIT_MS, 0};

/* D091 */
TEST(batches_of_any_size_arrive_as_they_were_sent) {
  static const int counts[] = {0, 1, 2, 31, 32, 33, 64, 65, MANY};
  for (int i = 0; i < (int)(sizeof counts / sizeof *counts); i++)
    for (int k = 0; k < 3; k++) {
      CHECK_STR(exchange(TENON_AF_INET, counts[i], equal, waits[k], k & 1), "");
      CHECK_STR(exchange(TENON_AF_INET, counts[i], mixed, waits[k], k & 1), "");
    }
}

TEST(batches_over_ipv6_arrive_as_they_were_sent) {
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  for (int k = 0; k < 2; k++) {
    CHECK_STR(exchange(TENON_AF_INET6, 100, equal, NET_LIMIT_MS, k), "");
    CHECK_STR(exchange(TENON_AF_INET6, 100, mixed, NET_LIMIT_MS, k), "");
  }
}

/* Every third goes elsewhere; also to sockets of the other family, which takes another way where it must be mapped. */
static void check_peers(int family, const tenon_addr peers[3], const tenon_sock sockets[3]) {
  tenon_addr any = tenon_addr_any(family, 0);
  tenon_sock s = tenon_socket(family, TENON_SOCK_DGRAM, 0);
  check_equal(CHECK_HERE, "bind", "0", tenon_bind(s, &any), 0);
  tenon_getsockname(s, &any);
  for (int i = 0; i < 60; i++) prepare(i, 100, &peers[i / 2 % 3]);
  check_equal(CHECK_HERE, "sendmsgs", "60", tenon_sendmsgs(s, to_send, 60, NET_LIMIT_MS), 60);
  for (int p = 0; p < 3; p++) {
    make_room(MANY);
    int n = 0;
    while (n >= 0 && n < 20) {
      int more = tenon_recvmsgs(sockets[p], received + n, MANY - n, NET_LIMIT_MS);
      n = more < 0 ? more : n + more;
    }
    check_equal(CHECK_HERE, "recvmsgs", "20", n, 20);
    tenon_addr from = tenon_addr_loopback(peers[p].family, any.port);
    for (int k = 0; k < n; k++)
      check_true(CHECK_HERE, "each in its place", is_same(k / 2 * 6 + p * 2 + k % 2, k, &from));
  }
  check_equal(CHECK_HERE, "close", "0", tenon_close(s), 0);
}

TEST(a_batch_may_go_to_several_peers) {
  tenon_addr peers[3];
  tenon_sock sockets[3];
  for (int p = 0; p < 3; p++) sockets[p] = open_with_room(TENON_AF_INET, &peers[p]);
  check_peers(TENON_AF_INET, peers, sockets);
  if (tenon_supports(TENON_SUPPORTS_DUALSTACK)) {
    CHECK_EQ(tenon_close(sockets[1]), 0);
    sockets[1] = open_with_room(TENON_AF_INET6, &peers[1]);
    check_peers(TENON_AF_INET6, peers, sockets);
  }
  for (int p = 0; p < 3; p++) CHECK_EQ(tenon_close(sockets[p]), 0);
}

/* D091 */
TEST(a_batch_stops_before_the_one_that_fails_and_says_why_at_the_next_call) {
  tenon_addr at, here, none = tenon_addr_any(TENON_AF_UNSPEC, 0);
  static char large[65508];
  const tenon_buffer too_large = {large, sizeof large}, nowhere = {NULL, 1};
  tenon_sock a = open_with_room(TENON_AF_INET, &here), b = open_with_room(TENON_AF_INET, &at);
  static const int errors[] = {TENON_EMSGSIZE, TENON_EINVAL, TENON_EAFNOSUPPORT, TENON_EINVAL};
  for (int kind = 0; kind < 4; kind++) {
    for (int i = 0; i < 40; i++) prepare(i, 1000, &at);
    if (kind == 0 || kind == 1) to_send[20].buffers = kind ? &nowhere : &too_large;
    if (kind == 0 || kind == 1) to_send[20].count = 1;
    if (kind == 2) to_send[20].peer = none;
    if (kind == 3) to_send[20].fields |= 64;
    CHECK_EQ(tenon_sendmsgs(a, to_send, 40, NET_LIMIT_MS), 20);
    CHECK_EQ(tenon_sendmsgs(a, to_send + 20, 20, NET_LIMIT_MS), errors[kind]);
    CHECK_EQ(tenon_sendmsgs(a, to_send + 21, 19, NET_LIMIT_MS), 19);
    make_room(40);
    for (int n = 0; n < 39;) {
      int more = tenon_recvmsgs(b, received + n, 40 - n, NET_LIMIT_MS);
      CHECK(more > 0);
      n += more;
    }
    prepare(20, 1000, &at);
    for (int k = 0; k < 39; k++) CHECK(is_same(k < 20 ? k : k + 1, k, &here));
    CHECK_EQ(tenon_recvmsgs(b, received, 40, 0), TENON_EAGAIN);
  }
  CHECK_EQ(net_close2(a, b), 0);
}

/* Receives numbers first to end, with as many calls as it takes; returns the last one's end, or the failure. */
static int receive_so_many(tenon_sock s, int first, int end, int timeout_ms) {
  int room = end == 5 ? 10 : end; /* more than will come, if these are the last ones */
  while (first < end && net_await(s, TENON_POLLIN)) {
    int n = tenon_recvmsgs(s, received + first, room - first, timeout_ms);
    if (n <= 0) return n;
    first += n;
  }
  return first;
}

TEST(a_batch_receives_what_is_there_and_cut_ones_say_so) {
  tenon_addr at, here;
  tenon_sock a = open_with_room(TENON_AF_INET, &here), b = open_with_room(TENON_AF_INET, &at);
  CHECK_EQ(tenon_message_ask(b, TENON_MESSAGE_TTL | TENON_MESSAGE_LOCAL), TENON_MESSAGE_TTL | TENON_MESSAGE_LOCAL);
  for (int i = 0; i < 3; i++) {
    for (int k = 0; k < 5; k++) prepare(k, 100 + (size_t)k, &at);
    CHECK_EQ(tenon_sendmsgs(a, to_send, 5, NET_LIMIT_MS), 5);
    make_room(10);
    in_buffers[2].size = 50;
    received[4].count = 0;
    CHECK_EQ(receive_so_many(b, 0, 3, waits[i]), 3);
    CHECK_EQ(receive_so_many(b, 3, 5, waits[i]), 5);
    CHECK(is_same(0, 0, &here) && is_same(1, 1, &here) && is_same(3, 3, &here));
    CHECK(received[2].size == 50 && received[2].flags == TENON_MSG_TRUNC);
    CHECK(received[4].size == 0 && received[4].flags == TENON_MSG_TRUNC);
    for (int k = 0; k < 5; k++) CHECK(received[k].ttl > 0 && received[k].local.family == TENON_AF_INET);
  }
  CHECK_EQ(net_close2(a, b), 0);
}

/* ---- Limits and misuse ------------------------------------------------------------------------------------------- */

TEST(receiving_a_batch_keeps_its_limit_and_sees_wakers) {
  tenon_addr at;
  tenon_waker w;
  tenon_sock s = open_with_room(TENON_AF_INET, &at);
  make_room(2);
  prepare(0, 10, &at);
  CHECK_EQ(tenon_recvmsgs(s, received, 2, 0), TENON_EAGAIN);
  int64_t start = tenon_now_ms();
  support_signal_storm_start();
  int n = tenon_recvmsgs(s, received, 2, 200);
  support_signal_storm_stop();
  CHECK_EQ(n, TENON_ETIMEDOUT);
  CHECK(tenon_now_ms() - start >= 200);
  CHECK_EQ(tenon_waker_open(&w), 0);
  CHECK_EQ(tenon_waker_wake(&w), 0);
  tenon_cancel_on(&w);
  int sent = tenon_sendmsgs(s, to_send, 1, TENON_FOREVER), arrived = net_await(s, TENON_POLLIN);
  int ready = tenon_recvmsgs(s, received, 2, TENON_FOREVER);
  int unlimited = tenon_recvmsgs(s, received, 2, TENON_FOREVER);
  tenon_cancel_on(NULL);
  CHECK(sent == 1 && arrived && ready == 1);
  CHECK_EQ(unlimited, TENON_ECANCELED);
  CHECK_EQ(tenon_waker_close(&w), 0);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(receiving_a_batch_waits_for_the_first_one_only) {
  static support_thread thread;
  static net_late_sender late;
  tenon_sock s = open_with_room(TENON_AF_INET, &late.to);
  late.s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  for (int i = 0; i < 2; i++) {
    make_room(100);
    CHECK_EQ(support_thread_start(&thread, net_send_late, &late), 0);
    support_signal_storm_start();
    int n = tenon_recvmsgs(s, received, 100, waits[i]);
    support_signal_storm_stop();
    support_thread_join(&thread);
    CHECK(n == 1 && received[0].size == 4);
  }
  CHECK_EQ(net_close2(s, late.s), 0);
}

/* All go, though the network tells that nobody is there; a connected socket may stop once, for that reason. */
TEST(a_batch_to_a_dead_port_goes_all_the_same) {
  tenon_addr dead, at;
  tenon_close(open_with_room(TENON_AF_INET, &dead));
  tenon_sock s = open_with_room(TENON_AF_INET, &at);
  for (int i = 0; i < 100; i++) prepare(i, i % 2 ? 100 : 200, &dead);
  CHECK_EQ(tenon_sendmsgs(s, to_send, 100, NET_LIMIT_MS), 100);
  make_room(2);
  CHECK_EQ(tenon_recvmsgs(s, received, 2, 50), TENON_ETIMEDOUT);
  CHECK_EQ(tenon_connect(s, &dead, NET_LIMIT_MS), 0);
  for (int i = 0; i < 100; i++) to_send[i].fields = 0;
  for (int done = 0, refusals = 0; done < 100;) {
    int n = tenon_sendmsgs(s, to_send + done, 100 - done, NET_LIMIT_MS);
    CHECK(n > 0 || (n == TENON_ECONNREFUSED && ++refusals <= 100));
    if (n > 0) done += n;
  }
  CHECK_EQ(tenon_close(s), 0);
}

TEST(batches_refuse_what_makes_no_sense) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0), pair[2], file = support_open_file();
  CHECK_EQ(net_pair(pair), 0);
  make_room(2);
  prepare(0, 10, NULL);
  for (int k = 0; k < 2; k++) {
    tenon_message *m = k ? received : to_send;
#define BATCH(s, m, count, limit) (k ? tenon_recvmsgs(s, m, count, limit) : tenon_sendmsgs(s, m, count, limit))
    CHECK_EQ(BATCH(s, NULL, 1, 0), TENON_EINVAL);
    CHECK_EQ(BATCH(s, m, -1, 0), TENON_EINVAL);
    CHECK_EQ(BATCH(s, m, 1, -2), TENON_EINVAL);
    CHECK_EQ(BATCH(s, NULL, 0, TENON_FOREVER), 0);
    CHECK_EQ(BATCH(TENON_NO_SOCK, m, 1, TENON_FOREVER), TENON_EBADF);
    CHECK_EQ(BATCH(support_closed_handle(), m, 1, NET_LIMIT_MS), TENON_EBADF);
    CHECK_EQ(BATCH(file, m, 1, 0), TENON_ENOTSOCK);
    CHECK_EQ(BATCH(pair[0], m, 1, NET_LIMIT_MS), TENON_ENOTSUP);
  }
  received[1].count = TENON_MESSAGE_BUFFERS + 1;
  CHECK_EQ(tenon_recvmsgs(s, received, 2, 0), TENON_EINVAL);
  CHECK_EQ(tenon_sendmsgs(s, to_send, 1, NET_LIMIT_MS), TENON_EDESTADDRREQ);
  support_close_file(file);
  CHECK_EQ(tenon_close(s), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}
