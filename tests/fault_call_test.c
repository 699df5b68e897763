/* fault_call_test.c - each call beneath all that is no stream, or more than one, fails in turn.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check.h"
#include "faults/sweep.h"
#include "net.h"
#include "tenon.h"
#include "tenon/file.h"

/* ---- Pairs, wakers, waiting -------------------------------------------------------------------------------------- */

static ptrdiff_t pairing(tenon_sock *socks) {
  char data[8];
  SWEEP_TRY(tenon_socketpair(socks));
  SWEEP_TRY(tenon_send(socks[0], "pair", 4, NET_LIMIT_MS));
  SWEEP_TRY(tenon_recv_all(socks[1], data, 4, NET_LIMIT_MS));
  SWEEP_EXPECT(memcmp(data, "pair", 4) == 0);
  return 0;
}

/* As everywhere where the system has no pairs. */
static ptrdiff_t pairing_over_loopback(tenon_sock *socks) {
  faults_add(AT_socketpair, 1, FAULTS_ALWAYS, TENON_ENOTSUP);
  return pairing(socks);
}

static ptrdiff_t polling(tenon_sock *socks) {
  SWEEP_TRY(tenon_socketpair(socks));
  tenon_pollfd items[] = {{socks[0], TENON_POLLIN, 0}, {socks[1], TENON_POLLOUT, 0}, {TENON_NO_SOCK, TENON_POLLIN, 0}};
  SWEEP_TRY(tenon_poll(items, 3, NET_LIMIT_MS));
  SWEEP_EXPECT(items[1].revents == TENON_POLLOUT);
  SWEEP_TRY(tenon_send(socks[1], "x", 1, NET_LIMIT_MS));
  SWEEP_TRY(tenon_poll(items, 1, TENON_FOREVER));
  SWEEP_EXPECT(items[0].sock == socks[0] && items[0].revents == TENON_POLLIN);
  SWEEP_TRY(tenon_poll(items, 0, 1));
  return 0;
}

enum { CROWD = 9 };

/* The system takes no more than a few items, of which some are not left out. Returns how many polls it took, or what
 * went wrong. */
static int poll_a_crowd(tenon_pollfd *items, int ready, int timeout_ms) {
  tenon_pollfd before[CROWD];
  memcpy(before, items, sizeof before);
  faults_clear();
  faults_add(AT_poll, 1, 2, TENON_EINVAL);
  int result = tenon_poll(items, CROWD, timeout_ms), calls = faults_calls(AT_poll);
  for (int i = 0; i < CROWD; i++) {
    int expected = i == ready ? TENON_POLLIN : 0;
    if (items[i].sock != before[i].sock || items[i].events != before[i].events) return -1;
    if (items[i].revents != expected) return -2;
  }
  return result == (ready >= 0) ? calls : -3;
}

/* D207 */
TEST(more_items_than_the_system_takes_are_polled_piece_by_piece) {
  tenon_sock pair[2];
  tenon_pollfd items[CROWD];
  CHECK_EQ(tenon_socketpair(pair), 0);
  for (int i = 0; i < CROWD; i++) items[i] = (tenon_pollfd){pair[0], i % 4 == 3 ? 0 : TENON_POLLIN, -1};
  items[0].sock = TENON_NO_SOCK;
  items[CROWD - 1].sock = pair[1];
  int64_t start = tenon_now_ms();
  int calls = poll_a_crowd(items, -1, 60);
  CHECK(calls > 4 && calls < 60);
  CHECK(tenon_now_ms() - start >= 60);
  CHECK(poll_a_crowd(items, -1, 0) > 3);
  CHECK_EQ(tenon_send(pair[0], "x", 1, NET_LIMIT_MS), 1);
  CHECK(poll_a_crowd(items, CROWD - 1, TENON_FOREVER) > 3);
  tenon_pollfd last = items[CROWD - 1];
  for (int i = CROWD - 1; i > 1; i--) items[i] = items[i - 1];
  items[1] = last;
  CHECK(poll_a_crowd(items, 1, NET_LIMIT_MS) > 3);
  faults_add(AT_poll, 1, FAULTS_ALWAYS, TENON_EINVAL);
  CHECK_EQ(tenon_poll(items, CROWD, TENON_FOREVER), TENON_EINVAL);
  CHECK_EQ(items[1].sock, pair[1]);
  faults_clear();
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* The call ends with TENON_ECANCELED, unless another failure has come first. */
static ptrdiff_t be_canceled(const tenon_waker *waker, tenon_sock s) {
  char byte;
  SWEEP_TRY(tenon_waker_wake(waker));
  tenon_cancel_on(waker);
  ptrdiff_t result = tenon_recv(s, &byte, 1, NET_LIMIT_MS);
  if (result != TENON_ECANCELED) SWEEP_TRY(result);
  SWEEP_EXPECT(result == TENON_ECANCELED);
  result = tenon_recv(s, &byte, 1, TENON_FOREVER);
  if (result != TENON_ECANCELED) SWEEP_TRY(result);
  SWEEP_EXPECT(result == TENON_ECANCELED);
  tenon_cancel_on(NULL);
  SWEEP_TRY(tenon_waker_clear(waker));
  return 0;
}

static ptrdiff_t waking(tenon_sock *socks) {
  tenon_waker waker;
  SWEEP_TRY(tenon_socketpair(socks));
  SWEEP_TRY(tenon_waker_open(&waker));
  ptrdiff_t result = be_canceled(&waker, socks[0]);
  tenon_cancel_on(NULL);
  int closed = tenon_waker_close(&waker);
  SWEEP_EXPECT(waker.ready == TENON_NO_SOCK && waker.trigger == TENON_NO_SOCK);
  return result != 0 ? result : closed;
}

TEST(a_pair_survives_each_fault) {
  CHECK(sweep("pairing", pairing, SWEEP_PAIRING));
}

TEST(a_pair_over_loopback_survives_each_fault) {
  CHECK(sweep("pairing over loopback", pairing_over_loopback, SWEEP_PAIRING));
}

TEST(polling_survives_each_fault) {
  CHECK(sweep("polling", polling, SWEEP_PAIRING));
}

TEST(a_waker_survives_each_fault) {
  CHECK(sweep("waking", waking, SWEEP_PAIRING));
}

/* ---- Datagrams --------------------------------------------------------------------------------------------------- */

static ptrdiff_t exchange_datagrams(tenon_sock *socks, int family) {
  char data[8];
  tenon_addr at = tenon_addr_loopback(family, 0), from;
  SWEEP_TRY(socks[0] = tenon_socket(family, TENON_SOCK_DGRAM, 0));
  SWEEP_TRY(socks[1] = tenon_socket(family, TENON_SOCK_DGRAM, 0));
  SWEEP_TRY(tenon_bind(socks[0], &at));
  SWEEP_TRY(tenon_getsockname(socks[0], &at));
  ptrdiff_t nothing = tenon_recvfrom(socks[0], data, sizeof data, &from, 0);
  if (nothing != TENON_EAGAIN) SWEEP_TRY(nothing);
  SWEEP_TRY(tenon_sendto(socks[1], "there", 5, &at, NET_LIMIT_MS));
  SWEEP_TRY(tenon_recvfrom(socks[0], data, sizeof data, &from, NET_LIMIT_MS));
  SWEEP_EXPECT(memcmp(data, "there", 5) == 0);
  return 0;
}

static ptrdiff_t datagrams_over_ipv4(tenon_sock *socks) {
  char data[8];
  tenon_addr from;
  SWEEP_TRY(exchange_datagrams(socks, TENON_AF_INET));
  SWEEP_TRY(tenon_getsockname(socks[0], &from));
  SWEEP_TRY(tenon_connect(socks[1], &from, TENON_FOREVER));
  SWEEP_TRY(tenon_sendto(socks[1], "again", 5, NULL, TENON_FOREVER));
  SWEEP_TRY(tenon_recvfrom(socks[0], data, sizeof data, &from, TENON_FOREVER));
  SWEEP_EXPECT(memcmp(data, "again", 5) == 0);
  SWEEP_TRY(tenon_sendto(socks[0], "back", 4, &from, TENON_FOREVER));
  SWEEP_TRY(tenon_recvfrom(socks[1], data, sizeof data, NULL, NET_LIMIT_MS));
  SWEEP_EXPECT(memcmp(data, "back", 4) == 0);
  return 0;
}

static ptrdiff_t datagrams_over_ipv6(tenon_sock *socks) {
  return exchange_datagrams(socks, TENON_AF_INET6);
}

TEST(datagrams_survive_each_fault) {
  CHECK(sweep("datagrams", datagrams_over_ipv4, "getpeername getsockname is_stream take_error recv"));
}

TEST(datagrams_over_ipv6_survive_each_fault) {
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  CHECK(sweep("datagrams over IPv6", datagrams_over_ipv6, "getpeername is_stream take_error recv"));
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

static ptrdiff_t sending_a_file(tenon_sock *socks) {
  char data[8];
  FILE *file;
  int opened = tenon_file_open(&file, "tenon-fault-file");
  SWEEP_EXPECT((opened == 0) == (file != NULL));
  SWEEP_TRY(opened);
  ptrdiff_t result = (ptrdiff_t)tenon_file_size(file, NULL);
  if (result >= 0) result = tenon_socketpair(socks);
  if (result >= 0) result = (ptrdiff_t)tenon_sendfile(socks[0], file, 0, 4, NET_LIMIT_MS);
  fclose(file);
  SWEEP_TRY(result);
  SWEEP_TRY(tenon_recv_all(socks[1], data, 4, NET_LIMIT_MS));
  SWEEP_EXPECT(memcmp(data, "file", 4) == 0);
  return 0;
}

TEST(opening_and_sending_a_file_survives_each_fault) {
  FILE *file = fopen("tenon-fault-file", "wb");
  CHECK(file != NULL);
  fputs("file", file);
  fclose(file);
  int is_well = sweep("sending a file", sending_a_file, SWEEP_PAIRING);
  remove("tenon-fault-file");
  CHECK(is_well);
}

/* ---- Properties -------------------------------------------------------------------------------------------------- */

static ptrdiff_t setting_options(tenon_sock *socks) {
  static const int options[][2] = {{TENON_OPT_NODELAY, 1}, {TENON_OPT_RESET_ON_CLOSE, 1}, {TENON_OPT_TTL, 7}};
  int value;
  SWEEP_TRY(socks[0] = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0));
  for (int i = 0; i < 3; i++) {
    SWEEP_TRY(tenon_setsockopt(socks[0], options[i][0], options[i][1]));
    SWEEP_TRY(tenon_getsockopt(socks[0], options[i][0], &value));
    SWEEP_EXPECT(value == options[i][1]);
  }
  SWEEP_TRY(tenon_setsockopt(socks[0], TENON_OPT_SNDBUF, 8192));
  SWEEP_TRY(tenon_getsockopt(socks[0], TENON_OPT_SNDBUF, &value));
  SWEEP_TRY(tenon_getsockopt(socks[0], TENON_OPT_TYPE, &value));
  SWEEP_EXPECT(value == TENON_SOCK_STREAM);
  SWEEP_TRY(tenon_getsockopt(socks[0], TENON_OPT_NATIVE_NONBLOCK, &value));
  SWEEP_TRY(socks[1] = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0));
  SWEEP_TRY(tenon_setsockopt(socks[1], TENON_OPT_SHARE, 1));
  return 0;
}

static ptrdiff_t setting_options_over_ipv6(tenon_sock *socks) {
  int value;
  SWEEP_TRY(socks[0] = tenon_socket(TENON_AF_INET6, TENON_SOCK_STREAM, 0));
  SWEEP_TRY(tenon_setsockopt(socks[0], TENON_OPT_V6ONLY, 1));
  SWEEP_TRY(tenon_getsockopt(socks[0], TENON_OPT_V6ONLY, &value));
  SWEEP_EXPECT(value == 1);
  SWEEP_TRY(tenon_setsockopt(socks[0], TENON_OPT_TTL, 7));
  SWEEP_TRY(tenon_getsockopt(socks[0], TENON_OPT_TTL, &value));
  SWEEP_EXPECT(value == 7);
  return 0;
}

static ptrdiff_t adopting(tenon_sock *socks) {
  SWEEP_TRY(socks[0] = net_listen(TENON_AF_INET, NULL));
  SWEEP_TRY(tenon_adopt(socks[0]));
  SWEEP_TRY(socks[1] = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0));
  SWEEP_TRY(tenon_adopt(socks[1]));
  SWEEP_TRY(socks[2] = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0));
  SWEEP_TRY(tenon_adopt(socks[2]));
  return 0;
}

/* What is there is found out by trying. */
static ptrdiff_t asking_what_is_supported(tenon_sock *socks) {
  (void)socks;
  int has_ipv6 = tenon_supports(TENON_SUPPORTS_IPV6), has_both = tenon_supports(TENON_SUPPORTS_DUALSTACK);
  SWEEP_EXPECT((has_ipv6 | has_both | 1) == 1);
  return 0;
}

TEST(options_survive_each_fault) {
  CHECK(sweep("setting options", setting_options, "set_option"));
}

TEST(options_over_ipv6_survive_each_fault) {
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  CHECK(sweep("setting options over IPv6", setting_options_over_ipv6, "set_option"));
}

TEST(adopting_survives_each_fault) {
  CHECK(sweep("adopting", adopting, "recv take_error"));
}

TEST(asking_what_is_supported_survives_each_fault) {
  CHECK(sweep("asking what is supported", asking_what_is_supported, "*"));
}
