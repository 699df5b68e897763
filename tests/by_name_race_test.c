/* by_name_race_test.c - the attempts to connect to the many addresses of one host: their order, their pace, their end.
 * SPDX-License-Identifier: MIT
 *
 * It looks behind tenon.h: a name with more addresses than localhost has would need a resolver that knows it.
 */
#include "../src/shared.h" /* before all others, as sys.h asks for */

#include <stdio.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"

enum { ATTEMPT_DELAY_MS = 250, MANY = TENON__ADDRESSES_MAX, THREADS = 16, DIALS = 20 };

static tenon_sock connect_first(tenon_addr *list, int count, int timeout_ms) {
  tenon__limit limit = tenon__limit_of(timeout_ms);
  return tenon__connect_first(list, count, &limit);
}

static int is_connected_to(tenon_sock s, const tenon_addr *at) {
  tenon_addr peer;
  return tenon_getpeername(s, &peer) == 0 && tenon_addr_equal(&peer, at);
}

/* ---- Order and pace ---------------------------------------------------------------------------------------------- */

/* Of addresses as text, such as "6a 4b": their families and, to tell them apart, their scopes. Without a port none of
 * them can be connected to. */
static int read_list(const char *text, tenon_addr *list) {
  int count = 0;
  for (; *text; text += text[2] ? 3 : 2, count++) {
    list[count] = tenon_addr_loopback(*text == '6' ? TENON_AF_INET6 : TENON_AF_INET, 0);
    list[count].scope = (uint8_t)text[1];
  }
  return count;
}

static void write_list(const tenon_addr *list, int count, char *text) {
  for (int i = 0; i < count; i++, text += 3) {
    text[0] = list[i].family == TENON_AF_INET6 ? '6' : '4';
    text[1] = (char)list[i].scope;
    text[2] = i + 1 < count ? ' ' : '\0';
  }
}

/* D178 */
TEST(families_take_turns_and_keep_their_own_order) {
  static const char *const orders[][2] = {
      {"6a 6b 6c 4d 4e", "6a 4d 6b 4e 6c"}, {"4a 4b 6c", "4a 6c 4b"}, {"6a 4b 4c 4d 6e", "6a 4b 6e 4c 4d"},
      {"6a 4b 6c 4d", "6a 4b 6c 4d"},       {"4a 4b 4c", "4a 4b 4c"}, {"6a", "6a"},
  };
  for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
    tenon_addr list[5];
    char text[16];
    int count = read_list(orders[i][0], list);
    CHECK(connect_first(list, count, NET_LIMIT_MS) < 0);
    write_list(list, count, text);
    CHECK_STR(text, orders[i][1]);
  }
}

TEST(after_a_silent_address_it_is_the_other_familys_turn) {
  static net_full full;
  tenon_addr list[3];
  CHECK_EQ(net_fill(&full, TENON_AF_INET), 0);
  list[0] = full.at;
  tenon_sock four = net_listen(TENON_AF_INET, &list[1]), six = net_listen(TENON_AF_INET6, &list[2]);
  if (six < 0) list[2] = tenon_addr_loopback(TENON_AF_INET6, 9); /* fails at once, and it is IPv4's turn again */
  tenon_addr winner = list[six < 0 ? 1 : 2];
  int64_t start = tenon_now_ms();
  tenon_sock s = connect_first(list, 3, TENON_FOREVER);
  CHECK_OK(s);
  CHECK(tenon_now_ms() - start >= ATTEMPT_DELAY_MS);
  CHECK(is_connected_to(s, &winner));
  CHECK_EQ(net_close2(s, four), 0);
  if (six >= 0) tenon_close(six);
  net_empty(&full);
}

TEST(many_addresses_are_tried_until_one_answers) {
  tenon_addr list[MANY], nobody = net_refusing(TENON_AF_INET);
  for (int i = 0; i < MANY; i++) list[i] = nobody;
  CHECK_EQ(connect_first(list, MANY, NET_LIMIT_MS), TENON_ECONNREFUSED);
  tenon_sock listener = net_listen(TENON_AF_INET, &list[MANY - 1]);
  tenon_sock s = connect_first(list, MANY, NET_LIMIT_MS);
  CHECK(is_connected_to(s, &list[MANY - 1]));
  CHECK_EQ(net_close2(s, listener), 0);
}

TEST(each_silent_address_costs_one_delay) {
  static net_full full;
  tenon_addr list[4];
  CHECK_EQ(net_fill(&full, TENON_AF_INET), 0);
  tenon_sock listener = net_listen(TENON_AF_INET, &list[3]);
  for (int i = 0; i < 3; i++) list[i] = full.at;
  int64_t start = tenon_now_ms();
  tenon_sock s = connect_first(list, 4, NET_LIMIT_MS);
  CHECK(tenon_now_ms() - start >= 3 * ATTEMPT_DELAY_MS);
  CHECK(is_connected_to(s, &list[3]));
  CHECK_EQ(net_close2(s, listener), 0);
  net_empty(&full);
}

/* Takes what waits until the queue has room for the last client, too. */
static void take_clients(void *argument) {
  net_full *full = argument;
  for (int i = 0; i < full->queued + 2; i++) {
    tenon_sock s = tenon_accept(full->listener, NULL, NET_LIMIT_MS);
    if (s >= 0) tenon_close(s);
  }
}

TEST(an_attempt_that_was_slow_can_still_win) {
  static net_full slow, silent;
  static support_thread thread;
  CHECK_EQ(net_fill(&slow, TENON_AF_INET), 0);
  CHECK_EQ(net_fill(&silent, TENON_AF_INET), 0);
  tenon_addr list[2] = {slow.at, silent.at};
  CHECK_EQ(support_thread_start(&thread, take_clients, &slow), 0);
  tenon_sock s = connect_first(list, 2, TENON_FOREVER);
  support_thread_join(&thread);
  CHECK(is_connected_to(s, &slow.at));
  CHECK_EQ(tenon_close(s), 0);
  net_empty(&slow);
  net_empty(&silent);
}

/* ---- Ends -------------------------------------------------------------------------------------------------------- */

TEST(when_all_fail_the_most_telling_error_is_told) {
  tenon_addr refusing = net_refusing(TENON_AF_INET), unreachable, no_family = tenon_addr_any(TENON_AF_UNSPEC, 9);
  tenon_addr no_port = tenon_addr_loopback(TENON_AF_INET, 0);
  CHECK_EQ(tenon_addr_parse(&unreachable, "127.255.255.255:9"), 0);
  const struct {
    tenon_addr first, second;
    int code, has_native;
  } rows[] = {{no_family, unreachable, TENON_ENETUNREACH, 1},
              {refusing, unreachable, TENON_ECONNREFUSED, 1},
              {refusing, no_family, TENON_ECONNREFUSED, 1},
              {refusing, no_port, TENON_EINVAL, 0}};
  for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
    tenon_addr list[2] = {rows[i / 2].first, rows[i / 2].second};
    if (i % 2 == 1) list[0] = rows[i / 2].second, list[1] = rows[i / 2].first;
    CHECK_EQ(connect_first(list, 2, NET_LIMIT_MS), rows[i / 2].code);
    CHECK_EQ(tenon_native_error() != 0, rows[i / 2].has_native);
  }
}

/* Through the interface and behind it. */
static tenon_sock dial_full(net_full *full, int timeout_ms) {
  char service[8];
  tenon_addr list[2] = {full->at, full->at};
  snprintf(service, sizeof service, "%u", (unsigned)full->at.port);
  tenon_sock s = connect_first(list, 2, timeout_ms), dialed = tenon_tcp_connect("127.0.0.1", service, timeout_ms);
  return s == dialed ? s : TENON_EIO;
}

TEST(a_waker_that_has_fired_ends_dialing) {
  static net_full full;
  static tenon_waker waker;
  CHECK_EQ(net_fill(&full, TENON_AF_INET), 0);
  CHECK_EQ(tenon_waker_open(&waker), 0);
  tenon_cancel_on(&waker);
  tenon_sock unfired = dial_full(&full, 50);
  CHECK_EQ(tenon_waker_wake(&waker), 0);
  tenon_sock unlimited = dial_full(&full, TENON_FOREVER), limited = dial_full(&full, NET_LIMIT_MS);
  tenon_cancel_on(NULL);
  CHECK_EQ(unfired, TENON_ETIMEDOUT);
  CHECK_EQ(unlimited, TENON_ECANCELED);
  CHECK_EQ(limited, TENON_ECANCELED);
  CHECK_EQ(dial_full(&full, 50), TENON_ETIMEDOUT);
  CHECK_EQ(tenon_waker_close(&waker), 0);
  net_empty(&full);
}

static void wake_later(void *argument) {
  support_sleep_ms(100); /* time for the other side to be waiting; whether it is makes no difference to the outcome */
  tenon_waker_wake(argument);
}

TEST(a_waker_that_fires_ends_dialing) {
  static net_full full;
  static tenon_waker waker;
  static support_thread thread;
  CHECK_EQ(net_fill(&full, TENON_AF_INET), 0);
  CHECK_EQ(tenon_waker_open(&waker), 0);
  tenon_cancel_on(&waker);
  CHECK_EQ(support_thread_start(&thread, wake_later, &waker), 0);
  tenon_sock result = dial_full(&full, TENON_FOREVER);
  tenon_cancel_on(NULL);
  support_thread_join(&thread);
  CHECK_EQ(result, TENON_ECANCELED);
  CHECK_EQ(tenon_waker_close(&waker), 0);
  net_empty(&full);
}

/* ---- Many at once ------------------------------------------------------------------------------------------------ */

typedef struct dialer {
  support_thread thread;
  char service[8];
  int failures;
} dialer;

/* The server ends each connection at once. */
static void dial_often(void *argument) {
  dialer *d = argument;
  for (int i = 0; i < DIALS; i++) {
    char byte;
    tenon_sock s = tenon_tcp_connect("localhost", d->service, 20000);
    d->failures += s < 0 || tenon_recv(s, &byte, 1, 20000) != 0;
    if (s >= 0) tenon_close(s);
  }
}

TEST(threads_that_dial_do_not_disturb_each_other) {
  static dialer dialers[THREADS];
  tenon_addr at;
  int accepted = 0, failures = 0;
  tenon_sock listener = net_listen(TENON_AF_INET, &at);
  for (int i = 0; i < THREADS; i++) {
    snprintf(dialers[i].service, sizeof dialers[i].service, "%u", (unsigned)at.port);
    CHECK_EQ(support_thread_start(&dialers[i].thread, dial_often, &dialers[i]), 0);
  }
  while (accepted < THREADS * DIALS) {
    tenon_sock s = tenon_accept(listener, NULL, NET_LIMIT_MS);
    if (s < 0) break;
    accepted += tenon_close(s) == 0;
  }
  for (int i = 0; i < THREADS; i++) {
    support_thread_join(&dialers[i].thread);
    failures += dialers[i].failures;
  }
  CHECK_EQ(accepted, THREADS * DIALS);
  CHECK_EQ(failures, 0);
  CHECK_EQ(tenon_close(listener), 0);
}
