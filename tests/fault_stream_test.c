/* fault_stream_test.c - each call beneath connections and streams fails in turn.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check.h"
#include "faults/sweep.h"
#include "net.h"
#include "tenon.h"

enum { LISTENER, CLIENT, SERVER };

/* ---- Connections ------------------------------------------------------------------------------------------------- */

static ptrdiff_t listening(tenon_sock *socks) {
  tenon_addr local = tenon_addr_loopback(TENON_AF_INET, 0), bound;
  SWEEP_TRY(socks[LISTENER] = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0));
  SWEEP_TRY(tenon_bind(socks[LISTENER], &local));
  SWEEP_TRY(tenon_getsockname(socks[LISTENER], &bound));
  SWEEP_TRY(tenon_listen(socks[LISTENER], -1));
  SWEEP_TRY(tenon_listen(socks[LISTENER], 1));
  return 0;
}

static ptrdiff_t open_client(tenon_sock *socks, tenon_addr *at) {
  SWEEP_TRY(socks[LISTENER] = net_listen(TENON_AF_INET, at));
  SWEEP_TRY(socks[CLIENT] = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0));
  return 0;
}

static ptrdiff_t connecting_for_ever(tenon_sock *socks) {
  tenon_addr at;
  SWEEP_TRY(open_client(socks, &at));
  SWEEP_TRY(tenon_connect(socks[CLIENT], &at, TENON_FOREVER));
  SWEEP_TRY(tenon_getpeername(socks[CLIENT], &at));
  return 0;
}

static ptrdiff_t connecting_with_a_limit(tenon_sock *socks) {
  tenon_addr at;
  SWEEP_TRY(open_client(socks, &at));
  SWEEP_TRY(tenon_connect(socks[CLIENT], &at, NET_LIMIT_MS));
  return 0;
}

static ptrdiff_t connecting_in_two_steps(tenon_sock *socks) {
  tenon_addr at;
  SWEEP_TRY(open_client(socks, &at));
  int result = tenon_connect(socks[CLIENT], &at, 0);
  if (result != TENON_EINPROGRESS) SWEEP_TRY(result);
  SWEEP_TRY(tenon_connect_result(socks[CLIENT], NET_LIMIT_MS));
  return 0;
}

static ptrdiff_t connect_both(tenon_sock *socks) {
  tenon_addr at;
  SWEEP_TRY(open_client(socks, &at));
  SWEEP_TRY(tenon_connect(socks[CLIENT], &at, NET_LIMIT_MS));
  SWEEP_TRY(socks[SERVER] = tenon_accept(socks[LISTENER], NULL, NET_LIMIT_MS));
  return 0;
}

static ptrdiff_t accepting(tenon_sock *socks) {
  tenon_addr at, peer, local;
  SWEEP_TRY(open_client(socks, &at));
  tenon_sock nobody = tenon_accept(socks[LISTENER], &peer, 0);
  if (nobody != TENON_EAGAIN) SWEEP_TRY(nobody);
  SWEEP_TRY(tenon_connect(socks[CLIENT], &at, NET_LIMIT_MS));
  SWEEP_TRY(socks[SERVER] = tenon_accept(socks[LISTENER], &peer, TENON_FOREVER));
  SWEEP_TRY(tenon_getsockname(socks[CLIENT], &local));
  SWEEP_EXPECT(tenon_addr_equal(&peer, &local));
  return 0;
}

TEST(listening_survives_each_fault) {
  CHECK(sweep("listening", listening, ""));
}

TEST(connecting_without_a_limit_survives_each_fault) {
  CHECK(sweep("connecting for ever", connecting_for_ever, SWEEP_CONNECTING));
}

TEST(connecting_with_a_limit_survives_each_fault) {
  CHECK(sweep("connecting with a limit", connecting_with_a_limit, SWEEP_CONNECTING));
}

TEST(connecting_in_two_steps_survives_each_fault) {
  CHECK(sweep("connecting in two steps", connecting_in_two_steps, SWEEP_CONNECTING));
}

TEST(accepting_survives_each_fault) {
  CHECK(sweep("accepting", accepting, SWEEP_CONNECTING));
}

/* ---- Data -------------------------------------------------------------------------------------------------------- */

static ptrdiff_t echo(tenon_sock *socks, int timeout_ms) {
  char data[16];
  SWEEP_TRY(tenon_send(socks[CLIENT], "over and", 8, timeout_ms));
  SWEEP_TRY(tenon_recv(socks[SERVER], data, sizeof data, timeout_ms));
  SWEEP_TRY(tenon_send(socks[SERVER], "again", 5, timeout_ms));
  SWEEP_TRY(tenon_recv_all(socks[CLIENT], data, 5, timeout_ms));
  SWEEP_EXPECT(memcmp(data, "again", 5) == 0);
  return 0;
}

static ptrdiff_t echo_for_ever(tenon_sock *socks) {
  SWEEP_TRY(connect_both(socks));
  return echo(socks, TENON_FOREVER);
}

static ptrdiff_t echo_with_a_limit(tenon_sock *socks) {
  SWEEP_TRY(connect_both(socks));
  return echo(socks, NET_LIMIT_MS);
}

static ptrdiff_t receiving_all(tenon_sock *socks) {
  char data[16];
  SWEEP_TRY(connect_both(socks));
  ptrdiff_t nothing = tenon_recv(socks[SERVER], data, sizeof data, 0);
  if (nothing != TENON_EAGAIN) SWEEP_TRY(nothing);
  SWEEP_TRY(tenon_send(socks[CLIENT], "all of it", 9, NET_LIMIT_MS));
  SWEEP_TRY(tenon_shutdown(socks[CLIENT], TENON_SHUT_WR));
  SWEEP_TRY(tenon_peek(socks[SERVER], data, 3, NET_LIMIT_MS));
  SWEEP_TRY(tenon_recv_all(socks[SERVER], data, sizeof data, NET_LIMIT_MS));
  SWEEP_EXPECT(memcmp(data, "all of it", 9) == 0);
  return 0;
}

static ptrdiff_t closing_gracefully(tenon_sock *socks) {
  char data[16];
  SWEEP_TRY(connect_both(socks));
  SWEEP_TRY(tenon_send(socks[CLIENT], "bye", 3, NET_LIMIT_MS));
  SWEEP_TRY(tenon_recv(socks[SERVER], data, sizeof data, NET_LIMIT_MS));
  SWEEP_TRY(tenon_shutdown(socks[SERVER], TENON_SHUT_WR));
  tenon_sock s = socks[CLIENT];
  socks[CLIENT] = TENON_NO_SOCK;
  SWEEP_TRY(tenon_close_gracefully(s, NET_LIMIT_MS));
  return 0;
}

TEST(an_echo_without_a_limit_survives_each_fault) {
  CHECK(sweep("echo for ever", echo_for_ever, SWEEP_CONNECTING));
}

TEST(an_echo_with_a_limit_survives_each_fault) {
  CHECK(sweep("echo with a limit", echo_with_a_limit, SWEEP_CONNECTING));
}

TEST(receiving_all_survives_each_fault) {
  CHECK(sweep("receiving all", receiving_all, SWEEP_CONNECTING));
}

TEST(closing_gracefully_survives_each_fault) {
  CHECK(sweep("closing gracefully", closing_gracefully, SWEEP_CONNECTING " shutdown"));
}

/* ---- Shutting down ----------------------------------------------------------------------------------------------- */

static const int of_the_ended[] = {TENON_ENOTCONN, TENON_EINVAL, TENON_ECONNRESET, TENON_ECONNABORTED};
enum { OF_THE_ENDED = sizeof of_the_ended / sizeof *of_the_ended };

/* A stream whose peer has broken the connection off. */
static tenon_sock open_broken(void) {
  tenon_sock pair[2];
  if (net_pair(pair) < 0 || net_reset(pair[1]) < 0) return TENON_EIO;
  tenon_pollfd item = {pair[0], TENON_POLLIN, 0};
  return tenon_poll(&item, 1, NET_LIMIT_MS) == 1 ? pair[0] : TENON_EIO;
}

/* As on Windows, the peer still has a name. */
static void refuse_shutdown(int code) {
  faults_clear();
  faults_add(AT_getpeername, 1, 1, 0);
  faults_add(AT_shutdown, 1, 1, code);
}

/* D064 */
TEST(shutting_down_after_a_reset_succeeds_whatever_the_system_calls_it) {
  for (int i = 0; i < OF_THE_ENDED; i++) {
    tenon_sock s = open_broken();
    check_note(tenon_errname(of_the_ended[i]));
    CHECK_OK(s);
    for (int how = TENON_SHUT_RD; how <= TENON_SHUT_RDWR; how++) {
      refuse_shutdown(of_the_ended[i]);
      CHECK_EQ(tenon_shutdown(s, how), 0);
      CHECK_EQ(faults_calls(AT_shutdown), 1);
    }
    refuse_shutdown(of_the_ended[i]);
    CHECK_EQ(tenon_close_gracefully(s, NET_LIMIT_MS), TENON_ECONNRESET);
  }
  faults_clear();
}

TEST(a_failure_to_shut_down_is_told_if_it_is_another_or_the_connection_lives) {
  tenon_sock pair[2], broken = open_broken();
  CHECK_OK(broken);
  CHECK_EQ(net_pair(pair), 0);
  refuse_shutdown(TENON_ENOBUFS);
  CHECK_EQ(tenon_shutdown(broken, TENON_SHUT_WR), TENON_ENOBUFS);
  for (int i = 0; i < OF_THE_ENDED; i++) {
    check_note(tenon_errname(of_the_ended[i]));
    refuse_shutdown(of_the_ended[i]);
    CHECK_EQ(tenon_shutdown(pair[0], TENON_SHUT_WR), of_the_ended[i]);
    CHECK_EQ(tenon_native_error(), faults_native());
  }
  faults_clear();
  CHECK_EQ(tenon_close(broken), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}
