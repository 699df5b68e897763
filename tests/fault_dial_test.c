/* fault_dial_test.c - calls by name, where some of the addresses that the resolver gives are dead.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "faults/faults.h"
#include "net.h"
#include "support.h"
#include "tenon.h"

enum { ATTEMPT_DELAY_MS = 250, ADDRESSES_MAX = 32, LONG_LIMIT_MS = 1000 };

static tenon_sock dial(int timeout_ms) {
  return tenon_tcp_connect("host.example", "80", timeout_ms);
}

/* ---- Choosing ---------------------------------------------------------------------------------------------------- */

TEST(dead_addresses_are_passed_over_at_once) {
  static const int codes[] = {TENON_ECONNREFUSED,  TENON_ETIMEDOUT, TENON_ENETUNREACH, TENON_EHOSTUNREACH,
                              TENON_EADDRNOTAVAIL, TENON_EACCES,    TENON_ENOBUFS};
  tenon_addr at, peer;
  tenon_sock listener = net_listen(TENON_AF_INET, &at);
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    check_note(tenon_errname(codes[i]));
    faults_clear();
    faults_set_host(0, "2001:db8::1 2001:db8::2 192.0.2.1 192.0.2.2 192.0.2.1", NULL);
    faults_set_dead("2001:db8::1", codes[i]);
    faults_set_dead("192.0.2.1", codes[i]);
    faults_set_route("192.0.2.2", &at);
    int64_t start = tenon_now_ms();
    tenon_sock s = dial(TENON_FOREVER);
    int64_t passed = tenon_now_ms() - start;
    CHECK_OK(s);
    CHECK(tenon_getpeername(s, &peer) == 0 && tenon_addr_equal(&peer, &at));
    CHECK(passed < 3 * ATTEMPT_DELAY_MS); /* each of the dead ones would cost a delay */
    CHECK_EQ(tenon_close(s), 0);
  }
  faults_clear();
  CHECK_EQ(tenon_close(listener), 0);
  CHECK(faults_nothing_left());
}

TEST(silent_addresses_cost_one_delay_each) {
  static net_full full;
  tenon_addr at;
  CHECK_EQ(net_fill(&full, TENON_AF_INET), 0);
  tenon_sock listener = net_listen(TENON_AF_INET, &at);
  faults_clear();
  faults_set_host(0, "192.0.2.1 192.0.2.1 192.0.2.2 192.0.2.3", NULL); /* who is there twice is tried once */
  faults_set_route("192.0.2.1", &full.at);
  faults_set_route("192.0.2.2", &full.at);
  faults_set_route("192.0.2.3", &at);
  int64_t start = tenon_now_ms();
  tenon_sock s = dial(NET_LIMIT_MS);
  int64_t passed = tenon_now_ms() - start;
  int attempts = faults_calls(AT_socket);
  faults_clear();
  CHECK_OK(s);
  CHECK(passed >= 2 * ATTEMPT_DELAY_MS);
  CHECK_EQ(attempts, 3);
  CHECK_EQ(net_close2(s, listener), 0);
  net_empty(&full);
  CHECK(faults_nothing_left());
}

TEST(a_silent_family_costs_one_delay_however_many_addresses_it_has) {
  static net_full full;
  tenon_addr at;
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  CHECK_EQ(net_fill(&full, TENON_AF_INET), 0);
  tenon_sock listener = net_listen(TENON_AF_INET6, &at);
  faults_clear();
  faults_set_host(0, "192.0.2.1 192.0.2.2 192.0.2.3 2001:db8::1", NULL);
  faults_set_route("192.0.2.1", &full.at);
  faults_set_route("192.0.2.2", &full.at);
  faults_set_route("192.0.2.3", &full.at);
  faults_set_route("2001:db8::1", &at);
  int64_t start = tenon_now_ms();
  tenon_sock s = dial(NET_LIMIT_MS);
  int64_t passed = tenon_now_ms() - start;
  int attempts = faults_calls(AT_socket);
  faults_clear();
  CHECK_OK(s);
  CHECK(passed >= ATTEMPT_DELAY_MS);
  CHECK_EQ(attempts, 2);
  CHECK_EQ(net_close2(s, listener), 0);
  net_empty(&full);
  CHECK(faults_nothing_left());
}

TEST(of_many_addresses_the_first_thirty_two_are_tried) {
  enum { ROOM = 24 }; /* for any number */
  static char text[(ADDRESSES_MAX + 1) * ROOM];
  tenon_addr at;
  tenon_sock listener = net_listen(TENON_AF_INET, &at);
  for (int before = ADDRESSES_MAX - 1; before <= ADDRESSES_MAX; before++) {
    text[0] = '\0';
    for (int i = 1; i <= before; i++) snprintf(text + strlen(text), ROOM, "192.0.2.%d ", i);
    snprintf(text + strlen(text), ROOM, "192.0.2.99");
    faults_clear();
    faults_set_host(0, text, NULL);
    faults_set_route("192.0.2.99", &at);
    tenon_sock s = dial(NET_LIMIT_MS);
    CHECK_EQ(faults_calls(AT_connect) >= ADDRESSES_MAX, 1);
    CHECK_EQ(s < 0 ? s : 0, before < ADDRESSES_MAX ? 0 : TENON_ENETUNREACH);
    if (s >= 0) tenon_close(s);
  }
  faults_clear();
  CHECK_EQ(tenon_close(listener), 0);
  CHECK(faults_nothing_left());
}

/* ---- Failing ----------------------------------------------------------------------------------------------------- */

TEST(of_all_failures_the_most_telling_one_is_told) {
  static const int least_telling_first[] = {TENON_EADDRNOTAVAIL, TENON_ENETUNREACH,  TENON_EHOSTUNREACH,
                                            TENON_ETIMEDOUT,     TENON_ECONNREFUSED, TENON_EACCES};
  enum { CODES = sizeof least_telling_first / sizeof *least_telling_first };
  for (int i = 0; i < CODES * CODES; i++) {
    int first = i / CODES, second = i % CODES, most = first > second ? first : second;
    faults_clear();
    faults_set_host(0, "192.0.2.1 192.0.2.2", NULL);
    faults_set_dead("192.0.2.1", least_telling_first[first]);
    faults_set_dead("192.0.2.2", least_telling_first[second]);
    CHECK_EQ(dial(NET_LIMIT_MS), least_telling_first[most]);
    CHECK(tenon_native_error() != 0);
    CHECK_EQ(tenon_udp_connect("host.example", "80", NET_LIMIT_MS), least_telling_first[most]);
    CHECK(tenon_native_error() != 0);
  }
  faults_clear();
  CHECK(faults_nothing_left());
}

TEST(want_of_descriptors_tells_more_than_dead_addresses) {
  for (int i = 1; i <= 2; i++) {
    faults_clear();
    faults_set_host(0, "192.0.2.1 192.0.2.2", NULL);
    faults_set_dead("192.0.2.1", TENON_ECONNREFUSED);
    faults_set_dead("192.0.2.2", TENON_ECONNREFUSED);
    faults_add(AT_socket, i, 1, TENON_EMFILE);
    CHECK_EQ(dial(NET_LIMIT_MS), TENON_EMFILE);
    faults_add(AT_socket, i, 1, TENON_EMFILE);
    CHECK_EQ(tenon_udp_connect("host.example", "80", NET_LIMIT_MS), TENON_EMFILE);
  }
  faults_clear();
  CHECK(faults_nothing_left());
}

/* ---- Time -------------------------------------------------------------------------------------------------------- */

static void let_go_after_a_while(void *ms) {
  while (faults_held_lookups() == 0) support_sleep_ms(1);
  support_sleep_ms(*(int *)ms);
  faults_let_lookups_go();
}

TEST(lookup_and_connecting_have_one_limit) {
  static support_thread thread;
  static net_full full;
  static int lookup_ms = LONG_LIMIT_MS * 6 / 10;
  CHECK_EQ(net_fill(&full, TENON_AF_INET), 0);
  faults_clear();
  faults_set_host(0, "192.0.2.1", NULL);
  faults_set_route("192.0.2.1", &full.at);
  faults_hold_lookups();
  CHECK_EQ(support_thread_start(&thread, let_go_after_a_while, &lookup_ms), 0);
  int64_t start = tenon_now_ms();
  CHECK_EQ(dial(LONG_LIMIT_MS), TENON_ETIMEDOUT);
  int64_t passed = tenon_now_ms() - start;
  support_thread_join(&thread);
  CHECK(passed >= LONG_LIMIT_MS && passed < LONG_LIMIT_MS + lookup_ms);
  CHECK(faults_calls(AT_connect) >= 1);
  net_empty(&full);
  CHECK(faults_nothing_left());
  faults_clear();
}

TEST(a_resolver_that_does_not_answer_ends_dialing_at_the_limit) {
  faults_clear();
  faults_set_host(0, "192.0.2.1", NULL);
  faults_hold_lookups();
  int64_t start = tenon_now_ms();
  CHECK_EQ(dial(50), TENON_ETIMEDOUT);
  CHECK_EQ(tenon_udp_connect("host.example", "80", 50), TENON_ETIMEDOUT);
  CHECK(tenon_now_ms() - start >= 100);
  CHECK_EQ(faults_calls(AT_socket), 0);
  faults_let_lookups_go();
  CHECK(faults_nothing_left());
  faults_clear();
}

/* ---- Datagrams and servers --------------------------------------------------------------------------------------- */

TEST(datagrams_go_to_the_first_address_that_they_can) {
  tenon_addr at, peer;
  tenon_sock receiver = tenon_udp_bind("127.0.0.1", "0");
  CHECK_EQ(tenon_getsockname(receiver, &at), 0);
  faults_clear();
  faults_set_host(0, "192.0.2.1 2001:db8::1 192.0.2.2", NULL);
  faults_set_dead("192.0.2.1", TENON_EHOSTUNREACH);
  faults_set_route("192.0.2.2", &at);
  tenon_sock s = tenon_udp_connect("host.example", "80", TENON_FOREVER);
  faults_clear();
  CHECK_OK(s);
  CHECK(tenon_getpeername(s, &peer) == 0 && tenon_addr_equal(&peer, &at));
  CHECK_EQ(net_close2(s, receiver), 0);
  CHECK(faults_nothing_left());
}

/* D174 */
TEST(a_server_passes_over_addresses_that_this_host_does_not_have) {
  static const int codes[] = {TENON_EADDRNOTAVAIL, TENON_EAFNOSUPPORT};
  for (int i = 0; i < 4; i++) {
    tenon_addr local;
    faults_clear();
    faults_set_host(0, "127.0.0.2 127.0.0.2 127.0.0.1", NULL);
    faults_add(AT_bind, 1, 1, codes[i / 2]);
    tenon_sock s = i % 2 == 0 ? tenon_tcp_listen("host.example", "0", -1) : tenon_udp_bind("host.example", "0");
    CHECK_OK(s);
    CHECK_EQ(tenon_getsockname(s, &local), 0);
    CHECK_EQ(local.ip[3], 1);
    CHECK_EQ(tenon_close(s), 0);
  }
  faults_clear();
  CHECK(faults_nothing_left());
}

TEST(a_server_does_not_go_elsewhere_when_its_port_is_taken) {
  static const int codes[] = {TENON_EADDRINUSE, TENON_EACCES, TENON_ENOBUFS};
  for (int i = 0; i < 6; i++) {
    faults_clear();
    faults_set_host(0, "127.0.0.2 127.0.0.1", NULL);
    faults_add(i % 2 == 0 ? AT_bind : AT_listen, 1, 1, codes[i / 2]);
    CHECK_EQ(tenon_tcp_listen("host.example", "0", -1), codes[i / 2]);
    CHECK_EQ(faults_calls(AT_bind), 1);
  }
  faults_clear();
  CHECK(faults_nothing_left());
}

TEST(a_server_none_of_whose_addresses_is_here_says_so) {
  faults_clear();
  faults_set_host(0, "127.0.0.2 127.0.0.1", NULL);
  faults_add(AT_bind, 1, 1, TENON_EAFNOSUPPORT);
  faults_add(AT_bind, 2, 1, TENON_EADDRNOTAVAIL);
  CHECK_EQ(tenon_tcp_listen("host.example", "0", -1), TENON_EADDRNOTAVAIL);
  CHECK(tenon_native_error() != 0);
  faults_clear();
  CHECK(faults_nothing_left());
}
