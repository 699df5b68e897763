/* allocation_test.c - the calls that promise to take no memory take none, whether they succeed or fail.
 * SPDX-License-Identifier: MIT
 *
 * Tenon's own allocations are counted through its allocator, on every system; those of the whole process, the C library
 * included, where they can be seen. Nothing here may start a thread, which takes memory.
 */
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/poller.h"

enum { SHORT_MS = 5 };

static int allocations;

static void *allocate_counted(size_t size) {
  allocations++;
  return malloc(size);
}

/* The line of the first step that did not go as it should, or 0; in these functions nothing may be printed. */
static int wrong;

static void expect_at(int line, intptr_t result, intptr_t expected) {
  if (result != expected && wrong == 0) wrong = line;
}
#define expect(result, expected) expect_at(__LINE__, result, expected)

static void use_streams(void) {
  tenon_addr at, peer;
  tenon_sock listener = net_listen(TENON_AF_INET, &at), s[4];
  char data[8];
  for (int i = 0; i < 4; i++) s[i] = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  expect(tenon_accept(listener, &peer, SHORT_MS), TENON_ETIMEDOUT);
  expect(tenon_connect(s[0], &at, TENON_FOREVER), 0);
  expect(tenon_connect(s[1], &at, NET_LIMIT_MS), 0);
  int begun = tenon_connect(s[2], &at, 0);
  expect(begun == TENON_EINPROGRESS ? tenon_connect_result(s[2], NET_LIMIT_MS) : begun, 0);
  tenon_addr nobody = net_refusing(TENON_AF_INET);
  expect(tenon_connect(s[3], &nobody, NET_LIMIT_MS), TENON_ECONNREFUSED);
  tenon_sock a = tenon_accept(listener, &peer, NET_LIMIT_MS), b = tenon_accept(listener, NULL, TENON_FOREVER);
  expect(tenon_send(s[0], "12345678", 8, NET_LIMIT_MS), 8);
  expect(tenon_sendto(s[0], "9", 1, NULL, TENON_FOREVER), 1);
  expect(tenon_recv_all(a, data, 8, NET_LIMIT_MS), 8);
  expect(tenon_peek(a, data, 8, TENON_FOREVER), 1);
  expect(tenon_recv(a, data, 8, NET_LIMIT_MS), 1);
  expect(tenon_recv(a, data, 8, SHORT_MS), TENON_ETIMEDOUT);
  expect(tenon_recvfrom(a, data, 8, &peer, 0), TENON_EAGAIN);
  expect(tenon_getpeername(s[0], &peer), 0);
  expect(tenon_getpeername(listener, &peer), TENON_ENOTCONN);
  expect(tenon_shutdown(a, TENON_SHUT_WR), 0);
  expect(tenon_close_gracefully(a, SHORT_MS), TENON_ETIMEDOUT);
  expect(tenon_adopt(b), 0);
  expect(net_reset(b), 0);
  expect(tenon_recv(s[1], data, 8, NET_LIMIT_MS), TENON_ECONNRESET);
  for (int i = 0; i < 4; i++) tenon_close(s[i]);
  tenon_close(listener);
}

static void use_datagrams(void) {
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 0), from;
  tenon_sock a = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0), b = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  char data[4];
  expect(tenon_bind(a, &at), 0);
  expect(tenon_getsockname(a, &at), 0);
  expect(tenon_recvfrom(a, data, 4, &from, SHORT_MS), TENON_ETIMEDOUT);
  expect(tenon_sendto(b, "data", 4, &at, NET_LIMIT_MS), 4);
  expect(tenon_sendto(b, "larger", 6, &at, TENON_FOREVER), 6);
  expect(tenon_recvfrom(a, data, 4, &from, NET_LIMIT_MS), 4);
  expect(tenon_recvfrom(a, data, 4, NULL, TENON_FOREVER), TENON_EMSGSIZE);
  expect(tenon_connect(b, &at, TENON_FOREVER), 0);
  expect(tenon_send(b, "x", 1, 0), 1);
  expect(net_close2(a, b), 0);
}

static void use_options(void) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  for (int option = 0; option <= TENON_OPT_NATIVE_NONBLOCK + 1; option++) {
    int value = 0;
    tenon_getsockopt(s, option, &value);
    tenon_setsockopt(s, option, 1);
  }
  expect(tenon_close(s), 0);
  expect(tenon_setsockopt(TENON_NO_SOCK, TENON_OPT_NODELAY, 1), TENON_EBADF);
}

static void use_wakers_and_poll(void) {
  tenon_waker w;
  tenon_sock pair[2];
  char byte;
  expect(tenon_waker_open(&w), 0);
  expect(tenon_socketpair(pair), 0);
  tenon_pollfd items[] = {{w.ready, TENON_POLLIN, 0}, {pair[0], TENON_POLLIN | TENON_POLLOUT, 0}};
  expect(tenon_poll(items, 1, SHORT_MS), 0);
  expect(tenon_waker_wake(&w), 0);
  expect(tenon_poll(items, 2, TENON_FOREVER), 2);
  tenon_cancel_on(&w);
  expect(tenon_recv(pair[0], &byte, 1, TENON_FOREVER), TENON_ECANCELED);
  expect(tenon_recv(pair[0], &byte, 1, NET_LIMIT_MS), TENON_ECANCELED);
  tenon_cancel_on(NULL);
  expect(tenon_waker_clear(&w), 0);
  expect(tenon_waker_close(&w), 0);
  expect(net_close2(pair[0], pair[1]), 0);
  expect(tenon_poll(NULL, 0, SHORT_MS), 0);
}

/* What needs no resolver. */
static void use_names(void) {
  tenon_addr addr, list[4];
  char text[TENON_ADDR_TEXT], sockaddr[128];
  expect(tenon_addr_parse(&addr, "[2001:db8::1]:80"), 0);
  expect(tenon_addr_format(&addr, text, sizeof text) > 0, 1);
  expect(tenon_addr_to_native(&addr, sockaddr, sizeof sockaddr) > 0, 1);
  expect(tenon_resolve("localhost", "http", NULL, list, 4, NET_LIMIT_MS), 2);
  expect(tenon_resolve("192.0.2.1", "80", NULL, list, 4, TENON_FOREVER), 1);
  expect(tenon_resolve("no.invalid", "80", NULL, list, 4, NET_LIMIT_MS), TENON_EAI_NONAME);
  expect(tenon_canonname("localhost", text, sizeof text, NET_LIMIT_MS), 9);
  tenon_sock listener = tenon_tcp_listen("127.0.0.1", "0", -1), bound = tenon_udp_bind(NULL, "0");
  expect(tenon_getsockname(listener, &addr), 0);
  char port[8];
  snprintf(port, sizeof port, "%u", (unsigned)addr.port);
  tenon_sock s = tenon_tcp_connect("127.0.0.1", port, NET_LIMIT_MS), to = tenon_udp_connect("127.0.0.1", "9", 1);
  expect(net_close2(listener, bound) == 0 && net_close2(s, to) == 0, 1);
  expect(tenon_strerror(TENON_ECONNRESET) != NULL && tenon_errname(TENON_ECONNRESET) != NULL, 1);
}

static void use_all(void) {
  use_streams();
  use_datagrams();
  use_options();
  use_wakers_and_poll();
  use_names();
  tenon_supports(TENON_SUPPORTS_DUALSTACK);
}

TEST(sockets_addresses_datagrams_options_polls_and_wakers_take_no_memory) {
  tenon_set_allocator(allocate_counted, free);
  allocations = wrong = 0;
  long before = support_allocations();
  use_all();
  long after = support_allocations();
  tenon_set_allocator(NULL, NULL);
  CHECK_EQ(wrong, 0);
  CHECK_EQ(allocations, 0);
  CHECK_EQ(after, before);
}

enum { IDLE = 300 };

/* Some of them have news; most are idle. */
static void use_poller(tenon_sock pairs[IDLE][2]) {
  tenon_poller p;
  tenon_poller_event events[IDLE];
  expect(tenon_poller_open(&p), 0);
  for (int i = 0; i < IDLE; i++) expect(tenon_poller_set(&p, pairs[i][0], TENON_POLLIN, 0, &pairs[i]), 0);
  for (int i = 0; i < IDLE; i += 100) expect(tenon_poller_set(&p, pairs[i][0], TENON_POLLOUT, 0, NULL), 0);
  expect(tenon_poller_wait(&p, events, IDLE, NET_LIMIT_MS) > 0, 1);
  expect(tenon_poller_wake(&p), 0);
  expect(tenon_poller_wait(&p, events, IDLE, TENON_FOREVER) >= 0, 1);
  for (int i = 0; i < IDLE; i += 2) expect(tenon_poller_remove(&p, pairs[i][0]), 0);
  expect(tenon_poller_wait(&p, events, IDLE, SHORT_MS), 0);
  expect(tenon_poller_close(&p), 0);
}

/* POLLER_ALLOCATES is CMake's word, which knows what the poller waits with here. */
TEST(the_poller_takes_memory_only_where_it_says_so) {
  static tenon_sock pairs[IDLE][2];
  int opened = 0;
  while (opened < IDLE && net_pair(pairs[opened]) == 0) opened++;
  tenon_set_allocator(allocate_counted, free);
  allocations = wrong = 0;
  long before = support_allocations();
  if (opened == IDLE) use_poller(pairs);
  long after = support_allocations();
  tenon_set_allocator(NULL, NULL);
  for (int i = 0; i < opened; i++) net_close2(pairs[i][0], pairs[i][1]);
  CHECK_EQ(opened, IDLE);
  CHECK_EQ(wrong, 0);
  CHECK_EQ(allocations > 0, POLLER_ALLOCATES);
  if (!POLLER_ALLOCATES) CHECK_EQ(after, before);
}

enum { ROOM = 64 }; /* for each socket */

static size_t taken;

static void *allocate_weighed(size_t size) {
  size_t *memory = malloc(size + 2 * sizeof *memory);
  if (!memory) return NULL;
  taken += size;
  *memory = size;
  return memory + 2;
}

static void release_weighed(void *memory) {
  size_t *whole = memory;
  if (!whole) return;
  taken -= whole[-2];
  free(whole - 2);
}

/* Enough of them that what they share has to grow. Counts those after which a poller has more than it may. */
static int watch_idle(tenon_poller *p, tenon_sock pairs[IDLE][2]) {
  size_t at_first = taken;
  tenon_poller_event event;
  int too_much = 0;
  for (int i = 0; i < 2 * IDLE; i++) {
    expect(tenon_poller_set(p, pairs[i / 2][i % 2], TENON_POLLIN, 0, NULL), 0);
    too_much += taken - at_first > (size_t)(i + 1) * ROOM;
  }
  expect(tenon_poller_wait(p, &event, 1, 0), 0);
  return too_much + (taken - at_first > 2 * IDLE * ROOM);
}

TEST(an_idle_socket_takes_at_most_64_bytes_of_a_poller) {
  static tenon_sock pairs[IDLE][2];
  tenon_poller p;
  int opened = 0, too_much = 0;
  while (opened < IDLE && net_pair(pairs[opened]) == 0) opened++;
  tenon_set_allocator(allocate_weighed, release_weighed);
  wrong = 0;
  taken = 0;
  expect(tenon_poller_open(&p), 0);
  if (opened == IDLE) too_much = watch_idle(&p, pairs);
  expect(tenon_poller_close(&p), 0);
  tenon_set_allocator(NULL, NULL);
  for (int i = 0; i < opened; i++) net_close2(pairs[i][0], pairs[i][1]);
  CHECK_EQ(opened, IDLE);
  CHECK_EQ(wrong, 0);
  CHECK_EQ(too_much, 0);
  CHECK_EQ(taken, 0);
}
