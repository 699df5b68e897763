/* fault_lookup_test.c - lookups of a resolver that answers late, or never, or oddly.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "faults/faults.h"
#include "net.h"
#include "support.h"
#include "tenon.h"

enum { ABANDONED_MAX = 16, MANY = 40, SLACK_MS = 2000, HELD_LIMIT_MS = 10000 };

static int resolve(int timeout_ms) {
  return tenon_resolve("host.example", "80", NULL, NULL, 0, timeout_ms);
}

/* ---- Late ones --------------------------------------------------------------------------------------------------- */

/* From here on lookups are not answered; afterwards all that they left behind has to go by itself. */
static void hold(void) {
  faults_clear();
  faults_set_host(0, "192.0.2.1", "host.example");
  faults_hold_lookups();
}

static int let_go(void) {
  faults_let_lookups_go();
  return faults_nothing_left();
}

static int wait_for_held(int count) {
  int64_t deadline = tenon_deadline(HELD_LIMIT_MS);
  while (faults_held_lookups() < count && tenon_remaining(deadline) > 0) support_sleep_ms(1);
  return faults_held_lookups() == count;
}

/* D140 */
TEST(a_resolver_that_does_not_answer_is_left_when_the_limit_is_over) {
  static const int limits[] = {1, 50};
  char name[64];
  tenon_addr addr = tenon_addr_any(TENON_AF_INET, 0);
  hold();
  for (int i = 0; i < 2; i++) {
    int64_t start = tenon_now_ms();
    CHECK_EQ(resolve(limits[i]), TENON_ETIMEDOUT);
    CHECK_EQ(tenon_native_error(), 0);
    CHECK_EQ(tenon_reverse(&addr, name, sizeof name, NULL, 0, limits[i]), TENON_ETIMEDOUT);
    CHECK_EQ(tenon_canonname("host.example", name, sizeof name, limits[i]), TENON_ETIMEDOUT);
    int64_t passed = tenon_now_ms() - start;
    CHECK(passed >= 3 * limits[i] && passed < 3 * limits[i] + SLACK_MS);
  }
  CHECK(wait_for_held(6));
  CHECK(let_go());
  faults_clear();
}

static void answer_once_asked(void *unused) {
  (void)unused;
  wait_for_held(1);
  faults_let_lookups_go();
}

TEST(the_longest_limit_is_long_enough_for_a_slow_resolver) {
  static support_thread thread;
  static tenon_waker waker;
  CHECK_EQ(tenon_waker_open(&waker), 0);
  for (int i = 0; i < 2; i++) {
    hold();
    CHECK_EQ(support_thread_start(&thread, answer_once_asked, NULL), 0);
    tenon_cancel_on(i == 0 ? NULL : &waker);
    int count = resolve(INT_MAX);
    tenon_cancel_on(NULL);
    support_thread_join(&thread);
    CHECK_EQ(count, 1);
  }
  CHECK_EQ(tenon_waker_close(&waker), 0);
  CHECK(let_go());
  faults_clear();
}

static void wake_once_asked(void *waker) {
  wait_for_held(1);
  tenon_waker_wake(waker);
}

TEST(a_waker_ends_waiting_for_a_resolver) {
  static support_thread thread;
  static tenon_waker waker;
  static const int limits[] = {TENON_FOREVER, INT_MAX};
  for (int i = 0; i < 2; i++) {
    CHECK_EQ(tenon_waker_open(&waker), 0);
    hold();
    CHECK_EQ(support_thread_start(&thread, wake_once_asked, &waker), 0);
    tenon_cancel_on(&waker);
    int while_waiting = resolve(limits[i]), fired_before = resolve(limits[i]);
    tenon_cancel_on(NULL);
    support_thread_join(&thread);
    CHECK_EQ(tenon_waker_close(&waker), 0);
    CHECK_EQ(while_waiting, TENON_ECANCELED);
    CHECK_EQ(fired_before, TENON_ECANCELED);
    CHECK(let_go());
  }
  faults_clear();
}

TEST(no_more_than_sixteen_lookups_are_left_behind) {
  char name[64];
  tenon_addr addr = tenon_addr_any(TENON_AF_INET, 0);
  for (int round = 0; round < 2; round++) {
    hold();
    for (int i = 0; i < ABANDONED_MAX; i++) CHECK_EQ(resolve(1), TENON_ETIMEDOUT);
    CHECK(wait_for_held(ABANDONED_MAX));
    CHECK_EQ(resolve(NET_LIMIT_MS), TENON_EAI_AGAIN);
    CHECK_EQ(tenon_native_error(), 0);
    CHECK(tenon_is_retryable(resolve(1)));
    CHECK_EQ(tenon_reverse(&addr, name, sizeof name, NULL, 0, 1), TENON_EAI_AGAIN);
    CHECK_EQ(tenon_canonname("host.example", name, sizeof name, 1), TENON_EAI_AGAIN);
    CHECK_EQ(tenon_tcp_connect("host.example", "80", 1), TENON_EAI_AGAIN);
    CHECK_EQ(faults_held_lookups(), ABANDONED_MAX);
    CHECK(let_go());
    CHECK_EQ(resolve(NET_LIMIT_MS), 1);
  }
  CHECK(faults_nothing_left());
  faults_clear();
}

/* A forked process inherits the number and not the threads. */
TEST(a_child_process_does_not_count_the_lookups_that_its_parent_left_behind) {
  hold();
  for (int i = 0; i < ABANDONED_MAX; i++) CHECK_EQ(resolve(1), TENON_ETIMEDOUT);
  CHECK(wait_for_held(ABANDONED_MAX));
  CHECK_EQ(resolve(NET_LIMIT_MS), TENON_EAI_AGAIN);
  faults_add(AT_process_id, 1, FAULTS_ALWAYS, 4711);
  for (int i = 0; i < ABANDONED_MAX; i++) CHECK_EQ(resolve(1), TENON_ETIMEDOUT);
  CHECK(wait_for_held(2 * ABANDONED_MAX));
  CHECK_EQ(resolve(NET_LIMIT_MS), TENON_EAI_AGAIN);
  CHECK(let_go());
  CHECK_EQ(resolve(NET_LIMIT_MS), 1);
  CHECK(faults_nothing_left());
  faults_clear();
}

/* ---- Odd answers ------------------------------------------------------------------------------------------------- */

static int resolve_to(const char *addresses, int family, tenon_addr *list, int capacity) {
  tenon_hints hints = {family, TENON_SOCK_STREAM, 0};
  faults_set_host(0, addresses, NULL);
  int count = tenon_resolve("host.example", "80", &hints, list, capacity, TENON_FOREVER);
  int with_limit = tenon_resolve("host.example", "80", &hints, list, capacity, NET_LIMIT_MS);
  return count == with_limit ? count : TENON_EIO;
}

TEST(of_many_addresses_all_are_counted_and_those_with_room_are_written) {
  static char text[MANY * 16];
  tenon_addr list[MANY + 1], untouched = tenon_addr_any(TENON_AF_UNSPEC, 0);
  text[0] = '\0';
  for (int i = 0; i < MANY; i++) snprintf(text + strlen(text), 16, i == 0 ? "192.0.2.%d" : " 192.0.2.%d", i + 1);
  faults_clear();
  for (int capacity = 0; capacity <= MANY; capacity += 8) {
    memset(list, 0, sizeof list);
    CHECK_EQ(resolve_to(text, TENON_AF_UNSPEC, list, capacity), MANY);
    CHECK(capacity == 0 || (list[capacity - 1].ip[3] == capacity && list[capacity - 1].port == 80));
    CHECK_MEM(&list[capacity], &untouched, sizeof untouched);
  }
  CHECK(faults_nothing_left());
  faults_clear();
}

/* D138 */
TEST(addresses_that_are_repeated_or_of_no_known_family_are_left_out) {
  static const struct {
    const char *addresses;
    int family, count;
    const char *first, *last;
  } rows[] = {
      {"192.0.2.1 192.0.2.1 192.0.2.2 192.0.2.1", TENON_AF_UNSPEC, 2, "192.0.2.1:80", "192.0.2.2:80"},
      {"? 192.0.2.1 ? 2001:db8::1 ?", TENON_AF_UNSPEC, 2, "192.0.2.1:80", "[2001:db8::1]:80"},
      {"2001:db8::1 192.0.2.1 2001:db8::1 192.0.2.1", TENON_AF_UNSPEC, 2, "[2001:db8::1]:80", "192.0.2.1:80"},
      {"2001:db8::1 192.0.2.1 192.0.2.2", TENON_AF_INET, 2, "192.0.2.1:80", "192.0.2.2:80"},
      {"192.0.2.1 2001:db8::1", TENON_AF_INET6, 1, "[2001:db8::1]:80", "[2001:db8::1]:80"},
      {"192.0.2.1", TENON_AF_INET6, TENON_EAI_NONAME, NULL, NULL},
      {"?", TENON_AF_UNSPEC, TENON_EAI_NONAME, NULL, NULL},
      {"", TENON_AF_UNSPEC, TENON_EAI_NONAME, NULL, NULL},
  };
  faults_clear();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    tenon_addr list[4];
    char text[TENON_ADDR_TEXT];
    check_note(rows[i].addresses);
    int count = resolve_to(rows[i].addresses, rows[i].family, list, 4);
    CHECK_EQ(count, rows[i].count);
    if (count < 0) continue;
    CHECK_OK(tenon_addr_format(&list[0], text, sizeof text));
    CHECK_STR(text, rows[i].first);
    CHECK_OK(tenon_addr_format(&list[count - 1], text, sizeof text));
    CHECK_STR(text, rows[i].last);
  }
  CHECK(faults_nothing_left());
  faults_clear();
}

TEST(a_canonical_name_that_is_missing_is_no_name) {
  char name[16];
  faults_clear();
  for (int i = 0; i < 2; i++) {
    int timeout_ms = i == 0 ? TENON_FOREVER : NET_LIMIT_MS;
    faults_set_host(0, "192.0.2.1", NULL);
    CHECK_EQ(tenon_canonname("alias.example", name, sizeof name, timeout_ms), TENON_EAI_NONAME);
    faults_set_host(0, "", NULL);
    CHECK_EQ(tenon_canonname("alias.example", name, sizeof name, timeout_ms), TENON_EAI_NONAME);
    faults_set_host(0, "192.0.2.1", "fifteen.example");
    CHECK_EQ(tenon_canonname("alias.example", name, sizeof name, timeout_ms), 15);
    CHECK_STR(name, "fifteen.example");
    faults_set_host(0, "192.0.2.1", "sixteen-.example");
    CHECK_EQ(tenon_canonname("alias.example", name, sizeof name, timeout_ms), TENON_ENOSPC);
  }
  CHECK(faults_nothing_left());
  faults_clear();
}

TEST(an_address_whose_host_has_no_name_is_told_as_text) {
  char name[64];
  tenon_addr addr;
  CHECK_EQ(tenon_addr_parse(&addr, "192.0.2.7"), 0);
  faults_clear();
  faults_set_host(0, "", NULL);
  CHECK_EQ(tenon_reverse(&addr, name, sizeof name, NULL, 0, NET_LIMIT_MS), 0);
  CHECK_STR(name, "192.0.2.7");
  faults_set_host(0, "", "host.example");
  CHECK_EQ(tenon_reverse(&addr, name, sizeof name, NULL, 0, NET_LIMIT_MS), 0);
  CHECK_STR(name, "host.example");
  CHECK_EQ(tenon_reverse(&addr, name, 12, NULL, 0, NET_LIMIT_MS), TENON_ENOSPC);
  faults_clear();
}

/* Whoever runs the name server may answer anything. */
TEST(an_answer_that_cannot_be_the_name_of_a_host_is_none) {
  static const char *const answers[] = {
      "192.0.2.9",  "2001:db8::9", "[::1]:80",    "a\nb",          "host.example\n", "a b",       "7",      "a.0x7f",
      "a..example", ".",           "\x1b[0m.net", "a\xc2\x9b.net", "a\xff.net",      "a\xc3.net", "unix:/x"};
  char name[64];
  tenon_addr addr;
  CHECK_EQ(tenon_addr_parse(&addr, "192.0.2.7:80"), 0);
  faults_clear();
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
    check_note(answers[i]);
    faults_set_host(0, "192.0.2.7", answers[i]);
    CHECK_EQ(tenon_reverse(&addr, name, sizeof name, NULL, 0, NET_LIMIT_MS), 0);
    CHECK_STR(name, "192.0.2.7");
    CHECK_EQ(tenon_reverse(&addr, name, sizeof "192.0.2", NULL, 0, NET_LIMIT_MS), TENON_ENOSPC);
    CHECK_EQ(tenon_canonname("alias.example", name, sizeof name, NET_LIMIT_MS), TENON_EAI_FAIL);
    CHECK_EQ(tenon_native_error(), 0);
  }
  faults_set_host(0, "192.0.2.7",
                  "gr\xc3\xb6\xc3\x9f"
                  "e_1.example.");
  CHECK_EQ(tenon_reverse(&addr, name, sizeof name, NULL, 0, NET_LIMIT_MS), 0);
  CHECK_STR(name,
            "gr\xc3\xb6\xc3\x9f"
            "e_1.example.");
  check_note(NULL);
  faults_clear();
}

/* D130 */
TEST(each_failure_of_the_resolver_is_told_as_it_is) {
  static const int codes[] = {TENON_EAI_NONAME,   TENON_EAI_AGAIN,   TENON_EAI_FAIL,
                              TENON_EAI_FAMILY,   TENON_EAI_SERVICE, TENON_EAI_SOCKTYPE,
                              TENON_EAI_BADFLAGS, TENON_ENOMEM,      TENON_EMFILE};
  char name[16];
  faults_clear();
  for (size_t i = 0; i < 2 * sizeof codes / sizeof *codes; i++) {
    int code = codes[i / 2], timeout_ms = i % 2 == 0 ? TENON_FOREVER : NET_LIMIT_MS;
    check_note(tenon_errname(code));
    faults_set_host(code, "", NULL);
    CHECK_EQ(resolve(timeout_ms), code);
    CHECK_EQ(tenon_native_error(), faults_native());
    CHECK_EQ(tenon_canonname("host.example", name, sizeof name, timeout_ms), code);
    CHECK_EQ(tenon_tcp_connect("host.example", "80", timeout_ms), code);
    CHECK_EQ(tenon_native_error(), faults_native());
    CHECK_EQ(tenon_udp_connect("host.example", "80", timeout_ms), code);
    CHECK_EQ(tenon_tcp_listen("host.example", "80", -1), code);
    CHECK_EQ(tenon_udp_bind("host.example", "80"), code);
  }
  CHECK(faults_nothing_left());
  faults_clear();
}
