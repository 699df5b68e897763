/* fault_name_test.c - each call beneath lookups and calls by name fails in turn, and each allocation.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "faults/sweep.h"
#include "net.h"
#include "tenon.h"

/* Of two addresses the first one fails, with the code that tells least of all. */
static ptrdiff_t open_host(tenon_sock *listener, char *service, size_t size) {
  tenon_addr at;
  SWEEP_TRY(*listener = net_listen(TENON_AF_INET, &at));
  snprintf(service, size, "%u", (unsigned)at.port);
  faults_set_host(0, "192.0.2.1 192.0.2.2", "host.example");
  faults_set_dead("192.0.2.1", TENON_EAFNOSUPPORT);
  faults_set_route("192.0.2.2", &at);
  return 0;
}

static ptrdiff_t dial(tenon_sock *socks, int timeout_ms) {
  char service[8];
  SWEEP_TRY(open_host(&socks[0], service, sizeof service));
  SWEEP_TRY(socks[1] = tenon_tcp_connect("host.example", service, timeout_ms));
  SWEEP_TRY(socks[2] = tenon_accept(socks[0], NULL, NET_LIMIT_MS));
  return 0;
}

static ptrdiff_t dialing_for_ever(tenon_sock *socks) {
  return dial(socks, TENON_FOREVER);
}

static ptrdiff_t dialing_with_a_limit(tenon_sock *socks) {
  return dial(socks, NET_LIMIT_MS);
}

static ptrdiff_t serving(tenon_sock *socks) {
  SWEEP_TRY(socks[0] = tenon_tcp_listen("127.0.0.1", "0", -1));
  SWEEP_TRY(socks[1] = tenon_tcp_listen(NULL, "0", -1));
  return 0;
}

static ptrdiff_t datagrams_by_name(tenon_sock *socks) {
  char data[8], service[8];
  tenon_addr at;
  SWEEP_TRY(socks[0] = tenon_udp_bind("127.0.0.1", "0"));
  SWEEP_TRY(tenon_getsockname(socks[0], &at));
  snprintf(service, sizeof service, "%u", (unsigned)at.port);
  SWEEP_TRY(socks[1] = tenon_udp_connect("127.0.0.1", service, NET_LIMIT_MS));
  SWEEP_TRY(tenon_sendto(socks[1], "name", 4, NULL, NET_LIMIT_MS));
  SWEEP_TRY(tenon_recvfrom(socks[0], data, sizeof data, NULL, NET_LIMIT_MS));
  return 0;
}

static ptrdiff_t look_everything_up(int timeout_ms) {
  char name[64], service[16];
  tenon_addr list[4];
  faults_set_host(0, "192.0.2.1 2001:db8::1 ? 192.0.2.1", "host.example");
  int count = tenon_resolve("host.example", "http", NULL, list, 4, timeout_ms);
  SWEEP_TRY(count);
  SWEEP_EXPECT(count == 2 && list[1].family == TENON_AF_INET6);
  SWEEP_TRY(tenon_reverse(&list[0], name, sizeof name, service, sizeof service, timeout_ms));
  SWEEP_TRY(tenon_canonname("alias.example", name, sizeof name, timeout_ms));
  SWEEP_EXPECT(strcmp(name, "host.example") == 0);
  count = tenon_resolve(NULL, "no-such-service-x", NULL, NULL, 0, timeout_ms);
  return count == TENON_EAI_SERVICE ? 0 : count;
}

static ptrdiff_t looking_up_for_ever(tenon_sock *socks) {
  (void)socks;
  return look_everything_up(TENON_FOREVER);
}

static ptrdiff_t looking_up_with_a_limit(tenon_sock *socks) {
  (void)socks;
  return look_everything_up(NET_LIMIT_MS);
}

/* With a waker that does not fire. */
static ptrdiff_t looking_up_with_a_waker(tenon_sock *socks) {
  tenon_waker waker;
  SWEEP_TRY(tenon_waker_open(&waker));
  socks[0] = waker.ready;
  socks[1] = waker.trigger;
  tenon_cancel_on(&waker);
  return look_everything_up(TENON_FOREVER);
}

TEST(connecting_by_name_without_a_limit_survives_each_fault) {
  CHECK(sweep("connecting by name for ever", dialing_for_ever, "*"));
}

TEST(connecting_by_name_with_a_limit_survives_each_fault) {
  CHECK(sweep("connecting by name with a limit", dialing_with_a_limit, "*"));
}

TEST(listening_by_name_survives_each_fault) {
  CHECK(sweep("listening by name", serving, "bind socket"));
}

TEST(datagrams_by_name_survive_each_fault) {
  CHECK(sweep("datagrams by name", datagrams_by_name, "getsockname is_stream take_error recv"));
}

TEST(lookups_without_a_limit_survive_each_fault) {
  CHECK(sweep("looking up for ever", looking_up_for_ever, "getaddrinfo getnameinfo"));
}

TEST(lookups_with_a_limit_survive_each_fault) {
  CHECK(sweep("looking up with a limit", looking_up_with_a_limit, "getaddrinfo getnameinfo"));
}

TEST(lookups_with_a_waker_survive_each_fault) {
  CHECK(sweep("looking up with a waker", looking_up_with_a_waker, SWEEP_PAIRING " getaddrinfo getnameinfo wait"));
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

TEST(connecting_by_name_survives_each_failing_allocation) {
  CHECK(sweep_allocations("connecting by name with a limit", dialing_with_a_limit));
}

TEST(lookups_survive_each_failing_allocation) {
  CHECK(sweep_allocations("looking up with a limit", looking_up_with_a_limit));
}

TEST(lookups_with_a_waker_survive_each_failing_allocation) {
  CHECK(sweep_allocations("looking up with a waker", looking_up_with_a_waker));
}
