/* message_misuse_test.c - messages: limits, streams, and what makes no sense.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/message.h"

static const int waits[] = {TENON_FOREVER, NET_LIMIT_MS, 0};

static char data[64];
static const tenon_buffer room = {data, sizeof data}, text = {(void *)"text", 4};

static tenon_message to_peer(const tenon_addr *peer) {
  tenon_message m = {.buffers = &text, .count = 1};
  if (!peer) return m;
  m.fields = TENON_MESSAGE_PEER;
  m.peer = *peer;
  return m;
}

/* ---- Limits ------------------------------------------------------------------------------------------------------ */

TEST(receiving_a_message_ends_at_its_limit_and_leaves_it_alone) {
  tenon_addr at;
  tenon_message m, before;
  tenon_sock s = net_datagrams(TENON_AF_INET, &at);
  memset(&m, 0x5a, sizeof m);
  m.buffers = &room;
  m.count = 1;
  before = m;
  CHECK_EQ(tenon_recvmsg(s, &m, 0), TENON_EAGAIN);
  int64_t start = tenon_now_ms();
  support_signal_storm_start();
  ptrdiff_t n = tenon_recvmsg(s, &m, 200);
  support_signal_storm_stop();
  CHECK_EQ(n, TENON_ETIMEDOUT);
  CHECK(tenon_now_ms() - start >= 200);
  CHECK_EQ(tenon_native_error(), 0);
  CHECK_MEM(&m, &before, sizeof m);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(receiving_waits_for_a_message_that_comes_late) {
  static support_thread thread;
  static net_late_sender late;
  tenon_sock s = net_datagrams(TENON_AF_INET, &late.to);
  late.s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  for (int i = 0; i < 2; i++) {
    tenon_message m = {.buffers = &room, .count = 1};
    CHECK_EQ(support_thread_start(&thread, net_send_late, &late), 0);
    support_signal_storm_start();
    ptrdiff_t n = tenon_recvmsg(s, &m, waits[i]);
    support_signal_storm_stop();
    support_thread_join(&thread);
    CHECK_EQ(n, 4);
  }
  CHECK_EQ(net_close2(s, late.s), 0);
}

TEST(a_waker_ends_receiving_a_message) {
  tenon_addr at;
  tenon_waker w;
  tenon_sock s = net_datagrams(TENON_AF_INET, &at);
  tenon_message out = to_peer(&at), in = {.buffers = &room, .count = 1};
  CHECK_EQ(tenon_waker_open(&w), 0);
  CHECK_EQ(tenon_waker_wake(&w), 0);
  tenon_cancel_on(&w);
  ptrdiff_t sent = tenon_sendmsg(s, &out, TENON_FOREVER);
  int arrived = net_await(s, TENON_POLLIN);
  ptrdiff_t ready = tenon_recvmsg(s, &in, TENON_FOREVER);
  ptrdiff_t limited = tenon_recvmsg(s, &in, NET_LIMIT_MS), unlimited = tenon_recvmsg(s, &in, TENON_FOREVER);
  tenon_cancel_on(NULL);
  CHECK(sent == 4 && arrived && ready == 4);
  CHECK_EQ(limited, TENON_ECANCELED);
  CHECK_EQ(unlimited, TENON_ECANCELED);
  CHECK_EQ(tenon_waker_close(&w), 0);
  CHECK_EQ(tenon_close(s), 0);
}

/* ---- Peers ------------------------------------------------------------------------------------------------------- */

TEST(a_message_without_a_peer_goes_to_the_sockets_own_or_nowhere) {
  tenon_addr at, here;
  tenon_sock a = net_datagrams(TENON_AF_INET, &here), b = net_datagrams(TENON_AF_INET, &at);
  tenon_message out = to_peer(NULL), in = {.buffers = &room, .count = 1};
  for (int i = 0; i < 3; i++) CHECK_EQ(tenon_sendmsg(a, &out, waits[i]), TENON_EDESTADDRREQ);
  CHECK_EQ(tenon_connect(a, &at, NET_LIMIT_MS), 0);
  for (int i = 0; i < 3; i++) {
    CHECK_EQ(tenon_sendmsg(a, &out, waits[i]), 4);
    CHECK_EQ(tenon_recvmsg(b, &in, NET_LIMIT_MS), 4);
    CHECK(tenon_addr_equal(&in.peer, &here));
  }
  CHECK_EQ(net_close2(a, b), 0);
}

TEST(an_ipv6_socket_exchanges_messages_with_ipv4) {
  if (!tenon_supports(TENON_SUPPORTS_DUALSTACK)) SKIP("no IPv6");
  tenon_addr at, any = tenon_addr_any(TENON_AF_INET6, 0);
  tenon_sock four = net_datagrams(TENON_AF_INET, &at), six = tenon_socket(TENON_AF_INET6, TENON_SOCK_DGRAM, 0);
  tenon_message out = to_peer(&at), in = {.buffers = &room, .count = 1};
  CHECK_EQ(tenon_bind(six, &any), 0);
  CHECK_EQ(tenon_sendmsg(six, &out, NET_LIMIT_MS), 4);
  CHECK_EQ(tenon_recvmsg(four, &in, NET_LIMIT_MS), 4);
  CHECK_EQ(in.peer.family, TENON_AF_INET);
  out.peer = in.peer;
  CHECK_EQ(tenon_sendmsg(four, &out, NET_LIMIT_MS), 4);
  CHECK_EQ(tenon_recvmsg(six, &in, NET_LIMIT_MS), 4);
  CHECK(tenon_addr_equal(&in.peer, &at));
  tenon_addr loopback6 = tenon_addr_loopback(TENON_AF_INET6, at.port);
  out.peer = loopback6;
  CHECK_EQ(tenon_sendmsg(four, &out, NET_LIMIT_MS), TENON_EAFNOSUPPORT);
  CHECK_EQ(net_close2(four, six), 0);
}

TEST(receiving_a_message_before_there_is_a_port_waits) {
  tenon_message in = {.buffers = &room, .count = 1};
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  CHECK_EQ(tenon_recvmsg(s, &in, 0), TENON_EAGAIN);
  CHECK_EQ(tenon_recvmsg(s, &in, 50), TENON_ETIMEDOUT);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(a_dead_port_does_not_disturb_messages_to_others) {
  tenon_addr at, dead;
  tenon_message in = {.buffers = &room, .count = 1};
  tenon_close(net_datagrams(TENON_AF_INET, &dead));
  tenon_sock s = net_datagrams(TENON_AF_INET, &at);
  tenon_message to_dead = to_peer(&dead), to_self = to_peer(&at);
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < 8; i++) CHECK_EQ(tenon_sendmsg(s, &to_dead, NET_LIMIT_MS), 4);
    CHECK_EQ(tenon_recvmsg(s, &in, 50), TENON_ETIMEDOUT);
    CHECK_EQ(tenon_sendmsg(s, &to_dead, NET_LIMIT_MS), 4);
    CHECK_EQ(tenon_sendmsg(s, &to_self, NET_LIMIT_MS), 4);
    CHECK_EQ(tenon_recvmsg(s, &in, NET_LIMIT_MS), 4);
    support_set_reporting(s);
  }
  CHECK_EQ(tenon_close(s), 0);
}

/* ---- Streams ----------------------------------------------------------------------------------------------------- */

TEST(messages_over_a_stream_are_vectors) {
  static char out[60000], in[70000];
  tenon_sock pair[2];
  tenon_addr elsewhere = tenon_addr_loopback(TENON_AF_INET, 9);
  const tenon_buffer parts[] = {{out, 1000}, {out + 1000, sizeof out - 1000}}, whole = {in, sizeof in};
  for (size_t i = 0; i < sizeof out; i++) out[i] = (char)(i % 251);
  for (int i = 0; i < 3; i++) {
    tenon_message m = to_peer(i == 1 ? &elsewhere : NULL), got = {.buffers = &whole, .count = 1, .fields = 31};
    ptrdiff_t done = 0;
    m.buffers = parts;
    m.count = 2;
    CHECK_EQ(net_pair(pair), 0);
    if (waits[i] == 0) CHECK_EQ(tenon_recvmsg(pair[1], &got, 0), TENON_EAGAIN);
    CHECK_EQ(tenon_sendmsg(pair[0], &m, waits[i]), (ptrdiff_t)sizeof out);
    CHECK_EQ(tenon_shutdown(pair[0], TENON_SHUT_WR), 0);
    tenon_buffer left = whole;
    for (got.buffers = &left; done < (ptrdiff_t)sizeof out; done += (ptrdiff_t)got.size) {
      left = (tenon_buffer){in + done, sizeof in - (size_t)done};
      CHECK(tenon_recvmsg(pair[1], &got, NET_LIMIT_MS) > 0);
      CHECK(got.fields == 0 && got.peer.family == TENON_AF_UNSPEC && got.flags == 0);
    }
    CHECK_MEM(in, out, sizeof out);
    CHECK(net_await(pair[1], TENON_POLLIN));
    CHECK_EQ(tenon_recvmsg(pair[1], &got, waits[i]), 0);
    CHECK_EQ(got.size, 0);
    CHECK_EQ(tenon_sendmsg(pair[0], &m, waits[i]), TENON_EPIPE);
    CHECK_EQ(net_close2(pair[0], pair[1]), 0);
  }
}

TEST(a_stream_that_broke_off_gives_no_message) {
  tenon_sock pair[2];
  tenon_message in = {.buffers = &room, .count = 1}, out = to_peer(NULL);
  for (int i = 0; i < 2; i++) {
    CHECK_EQ(net_pair(pair), 0);
    CHECK_EQ(net_reset(pair[0]), 0);
    CHECK_EQ(tenon_recvmsg(pair[1], &in, waits[i]), TENON_ECONNRESET);
    CHECK_EQ(tenon_sendmsg(pair[1], &out, waits[i]), TENON_EPIPE);
    CHECK_EQ(tenon_close(pair[1]), 0);
  }
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_EQ(tenon_recvmsg(s, &in, TENON_FOREVER), TENON_ENOTCONN);
  CHECK_EQ(tenon_sendmsg(s, &out, TENON_FOREVER), TENON_ENOTCONN);
  CHECK_EQ(tenon_message_ask(s, TENON_MESSAGE_TTL), TENON_ENOPROTOOPT);
  CHECK_EQ(tenon_close(s), 0);
}

/* ---- Misuse ------------------------------------------------------------------------------------------------------ */

TEST(messages_refuse_fields_that_make_no_sense) {
  static const struct bad_field {
    int fields, ttl, traffic_class, index, family, error;
  } bad[] = {
      {32, 0, 0, 0, 0, TENON_EINVAL},
      {TENON_MESSAGE_TTL, 0, 0, 0, 0, TENON_EINVAL},
      {TENON_MESSAGE_TTL, 256, 0, 0, 0, TENON_EINVAL},
      {TENON_MESSAGE_TTL, -1, 0, 0, 0, TENON_EINVAL},
      {TENON_MESSAGE_CLASS, 0, -1, 0, 0, TENON_EINVAL},
      {TENON_MESSAGE_CLASS, 0, 256, 0, 0, TENON_EINVAL},
      {TENON_MESSAGE_INTERFACE, 0, 0, 0, 0, TENON_EINVAL},
      {TENON_MESSAGE_LOCAL, 0, 0, 0, TENON_AF_UNSPEC, TENON_EAFNOSUPPORT},
      {TENON_MESSAGE_LOCAL, 0, 0, 0, TENON_AF_INET6, TENON_EINVAL},
  };
  tenon_addr at;
  tenon_sock s = net_datagrams(TENON_AF_INET, &at);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    tenon_message m = to_peer(&at);
    m.fields |= bad[i].fields;
    m.ttl = bad[i].ttl;
    m.traffic_class = bad[i].traffic_class;
    m.interface_index = (uint32_t)bad[i].index;
    m.local = tenon_addr_any(bad[i].family, 0);
    CHECK_EQ(tenon_sendmsg(s, &m, NET_LIMIT_MS), bad[i].error);
  }
  CHECK_EQ(tenon_message_ask(s, 32), TENON_EINVAL);
  CHECK_EQ(tenon_message_ask(s, -1), TENON_EINVAL);
  CHECK_EQ(tenon_message_ask(s, TENON_MESSAGE_PEER), TENON_MESSAGE_PEER);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(messages_refuse_buffers_peers_and_handles_that_make_no_sense) {
  static tenon_buffer many[TENON_MESSAGE_BUFFERS + 1];
  tenon_addr at, port_0 = tenon_addr_loopback(TENON_AF_INET, 0), none = tenon_addr_any(TENON_AF_UNSPEC, 0);
  const tenon_buffer nowhere = {NULL, 1};
  tenon_sock s = net_datagrams(TENON_AF_INET, &at), file = support_open_file();
  for (int k = 0; k < 2; k++) {
    tenon_message m = to_peer(&at);
#define CALL(s, m, limit) (k ? tenon_recvmsg(s, m, limit) : tenon_sendmsg(s, m, limit))
    CHECK_EQ(CALL(s, NULL, 0), TENON_EINVAL);
    CHECK_EQ(CALL(s, &m, -2), TENON_EINVAL);
    CHECK_EQ(CALL(TENON_NO_SOCK, &m, TENON_FOREVER), TENON_EBADF);
    CHECK_EQ(CALL(support_closed_handle(), &m, NET_LIMIT_MS), TENON_EBADF);
    CHECK_EQ(CALL(file, &m, 0), TENON_ENOTSOCK);
    m.count = -1;
    CHECK_EQ(CALL(s, &m, 0), TENON_EINVAL);
    m.buffers = many;
    m.count = TENON_MESSAGE_BUFFERS + 1;
    CHECK_EQ(CALL(s, &m, 0), TENON_EINVAL);
    m.buffers = NULL;
    m.count = 1;
    CHECK_EQ(CALL(s, &m, 0), TENON_EINVAL);
    m.buffers = &nowhere;
    CHECK_EQ(CALL(s, &m, 0), TENON_EINVAL);
  }
  tenon_message m = to_peer(&port_0);
  CHECK_EQ(tenon_sendmsg(s, &m, 0), TENON_EINVAL);
  m.peer = none;
  CHECK_EQ(tenon_sendmsg(s, &m, 0), TENON_EAFNOSUPPORT);
  CHECK_EQ(tenon_message_ask(TENON_NO_SOCK, 0), TENON_EBADF);
  CHECK_EQ(tenon_message_ask(file, 0), TENON_ENOTSOCK);
  support_close_file(file);
  CHECK_EQ(tenon_close(s), 0);
}
