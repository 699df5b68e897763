/* fault_descriptor_test.c - no descriptor is free, in every call that needs one.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "check.h"
#include "faults/faults.h"
#include "net.h"
#include "support.h"
#include "tenon.h"

static const int wants[] = {TENON_EMFILE, TENON_ENFILE, TENON_ENOBUFS, TENON_ENOMEM};
enum { WANTS = sizeof wants / sizeof *wants };

/* ---- Calls that make handles ------------------------------------------------------------------------------------- */

static tenon_addr at; /* of a listener */
static char service[8];

static tenon_sock close_if_open(tenon_sock s) {
  return s < 0 ? s : tenon_close(s);
}

static tenon_sock make_socket(void) {
  return close_if_open(tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0));
}

static tenon_sock make_pair(void) {
  tenon_sock pair[2];
  int result = tenon_socketpair(pair);
  return result < 0 ? result : net_close2(pair[0], pair[1]);
}

static tenon_sock make_waker(void) {
  tenon_waker waker;
  int result = tenon_waker_open(&waker);
  if (result < 0 && (waker.ready != TENON_NO_SOCK || waker.trigger != TENON_NO_SOCK)) return TENON_EIO;
  return result < 0 ? result : tenon_waker_close(&waker);
}

static tenon_sock connect_tcp(void) {
  return close_if_open(tenon_tcp_connect("127.0.0.1", service, NET_LIMIT_MS));
}

static tenon_sock listen_tcp(void) {
  return close_if_open(tenon_tcp_listen("127.0.0.1", "0", -1));
}

static tenon_sock connect_udp(void) {
  return close_if_open(tenon_udp_connect("127.0.0.1", service, NET_LIMIT_MS));
}

static tenon_sock bind_udp(void) {
  return close_if_open(tenon_udp_bind("127.0.0.1", "0"));
}

static const struct {
  const char *name;
  tenon_sock (*make)(void);
} makers[] = {{"socket", make_socket},      {"socketpair", make_pair},  {"waker_open", make_waker},
              {"tcp_connect", connect_tcp}, {"tcp_listen", listen_tcp}, {"udp_connect", connect_udp},
              {"udp_bind", bind_udp}};
enum { MAKERS = sizeof makers / sizeof *makers };

/* The listener for those who connect. */
static tenon_sock begin(void) {
  tenon_sock listener = net_listen(TENON_AF_INET, &at);
  snprintf(service, sizeof service, "%u", (unsigned)at.port);
  return listener;
}

/* D206 */
TEST(want_of_descriptors_is_told_by_every_call_that_makes_a_handle) {
  tenon_sock listener = begin();
  for (int i = 0; i < MAKERS * WANTS; i++) {
    check_note(makers[i % MAKERS].name);
    faults_clear();
    faults_add(AT_socket, 1, FAULTS_ALWAYS, wants[i / MAKERS]);
    faults_add(AT_socketpair, 1, FAULTS_ALWAYS, wants[i / MAKERS]);
    for (int times = 0; times < 3; times++) CHECK_EQ(makers[i % MAKERS].make(), wants[i / MAKERS]);
    CHECK_EQ(tenon_native_error(), faults_native());
    CHECK(tenon_is_retryable(wants[i / MAKERS]));
    faults_clear();
    CHECK_EQ(makers[i % MAKERS].make(), 0);
  }
  CHECK_EQ(tenon_close(listener), 0);
  CHECK(faults_nothing_left());
}

/* D038 */
TEST(without_a_descriptor_for_it_a_connection_waits_to_be_accepted) {
  static const int limits[] = {TENON_FOREVER, NET_LIMIT_MS, 0};
  tenon_sock listener = begin(), client = tenon_tcp_connect("127.0.0.1", service, NET_LIMIT_MS);
  CHECK_OK(client);
  for (int i = 0; i < WANTS * 3; i++) {
    faults_clear();
    faults_add(AT_accept, 1, FAULTS_ALWAYS, wants[i / 3]);
    CHECK_EQ(tenon_accept(listener, NULL, limits[i % 3]), wants[i / 3]);
    CHECK_EQ(tenon_native_error(), faults_native());
    CHECK_EQ(faults_calls(AT_accept), 1); /* it does not spin */
  }
  faults_clear();
  tenon_sock server = tenon_accept(listener, NULL, NET_LIMIT_MS);
  CHECK_OK(server);
  CHECK_EQ(net_close2(client, server), 0);
  CHECK_EQ(tenon_close(listener), 0);
  CHECK(faults_nothing_left());
}

/* Wine says that the listener is none. */
TEST(an_accept_that_cannot_be_right_is_want_of_descriptors) {
  tenon_sock listener = begin(), bound = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  faults_clear();
  faults_add(AT_accept, 1, 2, TENON_EINVAL);
  CHECK_EQ(tenon_accept(listener, NULL, NET_LIMIT_MS), TENON_EMFILE);
  CHECK_EQ(tenon_accept(bound, NULL, NET_LIMIT_MS), TENON_EINVAL);
  faults_clear();
  CHECK_EQ(net_close2(listener, bound), 0);
}

/* ---- Handles from elsewhere -------------------------------------------------------------------------------------- */

TEST(what_tenon_could_not_have_opened_is_not_adopted) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  faults_clear();
  faults_add(AT_family, 1, 1, TENON_AF_UNSPEC);
  CHECK_EQ(tenon_adopt(s), TENON_EAFNOSUPPORT);
  faults_add(AT_is_datagram, 1, 1, 0);
  CHECK_EQ(tenon_adopt(s), TENON_ESOCKTNOSUPPORT);
  CHECK_EQ(faults_calls(AT_adopt), 0);
  CHECK_EQ(tenon_adopt(s), 0);
  faults_clear();
  CHECK_EQ(tenon_close(s), 0);
}
