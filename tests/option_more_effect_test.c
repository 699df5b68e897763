/* option_more_effect_test.c - what the options of tenon/option.h do.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/option.h"

enum { LOOPBACK = 1 }; /* its index */

/* The value, or the failure. */
static int now(tenon_sock s, int option) {
  int value = -1;
  int result = tenon_getsockopt(s, option, &value);
  return result < 0 ? result : value;
}

static int wait_for(tenon_sock s, int timeout_ms) {
  tenon_pollfd item = {s, TENON_POLLIN, 0};
  return tenon_poll(&item, 1, timeout_ms);
}

/* D087 */
TEST(the_readable_bytes_are_those_that_came_and_were_not_received) {
  tenon_sock pair[2], listener = net_listen(TENON_AF_INET, NULL);
  char data[8];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(now(pair[1], TENON_OPT_READABLE), 0);
  CHECK_EQ(tenon_send(pair[0], "hello", 5, NET_LIMIT_MS), 5);
  CHECK_EQ(wait_for(pair[1], NET_LIMIT_MS), 1);
  CHECK_EQ(now(pair[1], TENON_OPT_READABLE), 5);
  CHECK_EQ(tenon_peek(pair[1], data, 2, NET_LIMIT_MS), 2);
  CHECK_EQ(now(pair[1], TENON_OPT_READABLE), 5);
  CHECK_EQ(tenon_recv(pair[1], data, 2, NET_LIMIT_MS), 2);
  CHECK_EQ(now(pair[1], TENON_OPT_READABLE), 3);
  CHECK_EQ(tenon_recv_all(pair[1], data, 3, NET_LIMIT_MS), 3);
  CHECK_EQ(tenon_shutdown(pair[0], TENON_SHUT_WR), 0);
  CHECK_EQ(wait_for(pair[1], NET_LIMIT_MS), 1);
  CHECK_EQ(now(pair[1], TENON_OPT_READABLE), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
  CHECK_EQ(now(listener, TENON_OPT_READABLE), TENON_EINVAL);
  CHECK_EQ(tenon_close(listener), 0);
}

TEST(a_stream_that_was_never_connected_has_nothing_readable) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_EQ(now(s, TENON_OPT_READABLE), 0);
  CHECK_EQ(tenon_close(s), 0);
}

/* What has arrived while the sender was corked, or -1 if that took as long as it may be held back (200 ms on Linux). */
static int arrived_while_corked(tenon_sock from, tenon_sock to) {
  int64_t before = tenon_now_ms();
  tenon_setsockopt(from, TENON_OPT_CORK, 1);
  tenon_send(from, "ab", 2, NET_LIMIT_MS);
  tenon_send(from, "cd", 2, NET_LIMIT_MS);
  int arrived = now(to, TENON_OPT_READABLE);
  return tenon_now_ms() - before < 150 ? arrived : -1;
}

/* D119 */
TEST(a_corked_stream_holds_small_pieces_back) {
  tenon_sock pair[2];
  char data[5] = "";
  int arrived = -1;
  CHECK_EQ(net_pair(pair), 0);
  for (int i = 0; tenon_supports(TENON_SUPPORTS_CORK) && arrived < 0 && i < 20; i++) {
    CHECK_EQ(tenon_setsockopt(pair[0], TENON_OPT_NODELAY, 1), 0);
    arrived = arrived_while_corked(pair[0], pair[1]);
    CHECK_EQ(tenon_setsockopt(pair[0], TENON_OPT_CORK, 0), 0);
    CHECK_EQ(tenon_recv_all(pair[1], data, 4, NET_LIMIT_MS), 4);
    CHECK_STR(data, "abcd");
  }
  CHECK_EQ(arrived, tenon_supports(TENON_SUPPORTS_CORK) ? 0 : -1);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(poll_waits_for_as_many_bytes_as_were_asked_for) {
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  int result = tenon_setsockopt(pair[1], TENON_OPT_RCVLOWAT, 4);
  CHECK_EQ(result, tenon_supports(TENON_SUPPORTS_RCVLOWAT) ? 0 : TENON_ENOTSUP);
  CHECK_EQ(tenon_send(pair[0], "ab", 2, NET_LIMIT_MS), 2);
  CHECK_EQ(wait_for(pair[1], result == 0 ? 50 : NET_LIMIT_MS), result == 0 ? 0 : 1);
  CHECK_EQ(tenon_send(pair[0], "cd", 2, NET_LIMIT_MS), 2);
  CHECK_EQ(wait_for(pair[1], NET_LIMIT_MS), 1);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* ---- Keep-alive -------------------------------------------------------------------------------------------------- */

TEST(keep_alive_times_reach_the_system) {
  int supported = tenon_supports(TENON_SUPPORTS_KEEPALIVE_TIMES);
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  if (supported) {
    CHECK_EQ(tenon_setsockopt(s, TENON_OPT_KEEPALIVE_IDLE, 70), 0);
    CHECK_EQ(tenon_setsockopt(s, TENON_OPT_KEEPALIVE_INTERVAL, 7), 0);
    CHECK_EQ(tenon_setsockopt(s, TENON_OPT_KEEPALIVE_COUNT, 3), 0);
  }
  CHECK_EQ(support_native_option(s, SUPPORT_KEEPALIVE_IDLE), supported ? 70 : -1);
  CHECK_EQ(support_native_option(s, SUPPORT_KEEPALIVE_INTERVAL), supported ? 7 : -1);
  CHECK_EQ(support_native_option(s, SUPPORT_KEEPALIVE_COUNT), supported ? 3 : -1);
  CHECK_EQ(now(s, TENON_OPT_KEEPALIVE), 0);
  CHECK_EQ(tenon_close(s), 0);
}

/* D116 */
TEST(keep_alive_is_turned_on_with_all_its_times_at_once) {
  int supported = tenon_supports(TENON_SUPPORTS_KEEPALIVE_TIMES);
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_EQ(tenon_keepalive(s, 60, 5, 4), supported ? 0 : TENON_ENOTSUP);
  CHECK_EQ(now(s, TENON_OPT_KEEPALIVE), supported);
  CHECK_EQ(tenon_keepalive(s, 80, 8, 0), 0);
  CHECK_EQ(now(s, TENON_OPT_KEEPALIVE), 1);
  CHECK(support_native_option(s, SUPPORT_KEEPALIVE) != 0);
  CHECK_EQ(support_native_option(s, SUPPORT_KEEPALIVE_IDLE), supported ? 80 : -1);
  CHECK_EQ(support_native_option(s, SUPPORT_KEEPALIVE_INTERVAL), supported ? 8 : -1);
  CHECK_EQ(support_native_option(s, SUPPORT_KEEPALIVE_COUNT), supported ? 4 : -1);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(keep_alive_times_out_of_range_are_refused_and_change_nothing) {
  static const int bad[][3] = {{0, 1, 1}, {1, 0, 1}, {1, 1, -1}, {32768, 1, 1}, {1, 32768, 1}, {1, 1, 128}, {-1, 1, 0}};
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0),
             d = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  for (int i = 0; i < 7; i++) CHECK_EQ(tenon_keepalive(s, bad[i][0], bad[i][1], bad[i][2]), TENON_EINVAL);
  CHECK_EQ(now(s, TENON_OPT_KEEPALIVE), 0);
  CHECK_EQ(tenon_keepalive(d, 60, 5, 0), TENON_ENOPROTOOPT);
  CHECK_EQ(net_close2(s, d), 0);
  CHECK_EQ(tenon_keepalive(TENON_NO_SOCK, 60, 5, 0), TENON_EBADF);
  CHECK_EQ(tenon_keepalive(support_closed_handle(), 60, 5, 0), TENON_EBADF);
}

/* ---- How packets travel ------------------------------------------------------------------------------------------ */

/* D121 */
TEST(the_two_parts_of_a_traffic_class_leave_each_other_alone) {
  tenon_sock d = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  if (tenon_supports(TENON_SUPPORTS_DSCP)) {
    CHECK_EQ(tenon_setsockopt(d, TENON_OPT_DSCP, 46), 0);
    CHECK_EQ(tenon_setsockopt(d, TENON_OPT_ECN, 2), 0);
    CHECK_EQ(support_native_option(d, SUPPORT_IPV4_TOS), 46 << 2 | 2);
    CHECK_EQ(tenon_setsockopt(d, TENON_OPT_DSCP, 10), 0);
    CHECK_EQ(now(d, TENON_OPT_ECN), 2);
    CHECK_EQ(tenon_setsockopt(d, TENON_OPT_ECN, 0), 0);
    CHECK_EQ(now(d, TENON_OPT_DSCP), 10);
  }
  CHECK_EQ(tenon_close(d), 0);
}

TEST(the_traffic_class_of_an_ipv6_socket_counts_for_ipv4_too) {
  if (!tenon_supports(TENON_SUPPORTS_DUALSTACK)) SKIP("no IPv6");
  tenon_sock d = tenon_socket(TENON_AF_INET6, TENON_SOCK_DGRAM, 0);
  int result = tenon_setsockopt(d, TENON_OPT_DSCP, 46);
  CHECK_EQ(result, tenon_supports(TENON_SUPPORTS_DSCP) ? 0 : TENON_ENOTSUP);
  if (result == 0) CHECK_EQ(support_native_option(d, SUPPORT_IPV4_TOS), 46 << 2);
  if (result == 0) CHECK_EQ(support_native_option(d, SUPPORT_IPV6_TCLASS), 46 << 2);
  CHECK_EQ(tenon_close(d), 0);
}

static int mtu_to(int family, int peer_family) {
  tenon_addr peer = tenon_addr_loopback(peer_family, 9);
  tenon_sock d = tenon_socket(family, TENON_SOCK_DGRAM, 0);
  int mtu = tenon_connect(d, &peer, NET_LIMIT_MS) == 0 ? now(d, TENON_OPT_PATH_MTU) : 0;
  tenon_close(d);
  return mtu;
}

TEST(the_path_to_this_host_has_an_mtu) {
  int expected = tenon_supports(TENON_SUPPORTS_PATH_MTU) ? 0 : TENON_ENOTSUP,
      mtu = mtu_to(TENON_AF_INET, TENON_AF_INET);
  CHECK(expected < 0 ? mtu == expected : mtu >= 576);
  if (!tenon_supports(TENON_SUPPORTS_DUALSTACK)) return;
  CHECK_EQ(mtu_to(TENON_AF_INET6, TENON_AF_INET), mtu);
  mtu = mtu_to(TENON_AF_INET6, TENON_AF_INET6);
  CHECK(expected < 0 ? mtu == expected : mtu >= 1280);
}

/* D127 */
TEST(a_socket_bound_to_the_loopback_interface_speaks_with_this_host) {
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 0);
  char byte = 0;
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0), d = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  if (tenon_supports(TENON_SUPPORTS_BOUND_IF)) CHECK_EQ(tenon_setsockopt(d, TENON_OPT_BOUND_IF, LOOPBACK), 0);
  CHECK_EQ(tenon_bind(s, &at), 0);
  CHECK_EQ(tenon_getsockname(s, &at), 0);
  CHECK_EQ(tenon_sendto(d, "x", 1, &at, NET_LIMIT_MS), 1);
  CHECK_EQ(tenon_recvfrom(s, &byte, 1, &at, NET_LIMIT_MS), 1);
  CHECK_EQ(tenon_sendto(s, "y", 1, &at, NET_LIMIT_MS), 1);
  CHECK_EQ(tenon_recvfrom(d, &byte, 1, NULL, NET_LIMIT_MS), 1);
  CHECK_EQ(byte, 'y');
  CHECK_EQ(net_close2(s, d), 0);
}

/* ---- Ports ------------------------------------------------------------------------------------------------------- */

enum { CLIENTS = 64 };

static tenon_sock listen_with_others(tenon_addr *at) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  int result = tenon_setsockopt(s, TENON_OPT_REUSEPORT, 1);
  if (result == 0) result = tenon_bind(s, at);
  if (result == 0) result = tenon_listen(s, CLIENTS);
  if (result == 0) result = tenon_getsockname(s, at);
  if (result == 0) return s;
  tenon_close(s);
  return result;
}

static int accept_all(tenon_sock listener) {
  for (int count = 0;; count++) {
    tenon_sock s = tenon_accept(listener, NULL, 0);
    if (s < 0) return count;
    tenon_close(s);
  }
}

/* Counts those that come to either, until all have come. */
static void count_clients(const tenon_sock listeners[2], int counts[2]) {
  tenon_pollfd items[] = {{listeners[0], TENON_POLLIN, 0}, {listeners[1], TENON_POLLIN, 0}};
  while (counts[0] + counts[1] < CLIENTS && tenon_poll(items, 2, NET_LIMIT_MS) > 0)
    for (int i = 0; i < 2; i++) counts[i] += accept_all(listeners[i]);
}

/* D045 */
TEST(connections_are_dealt_out_among_those_who_share_a_port) {
  static tenon_sock clients[CLIENTS];
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 0);
  tenon_sock first = listen_with_others(&at), second = listen_with_others(&at);
  tenon_sock selfish = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  if (!tenon_supports(TENON_SUPPORTS_REUSEPORT)) {
    CHECK_EQ(first, TENON_ENOTSUP);
    CHECK_EQ(tenon_close(selfish), 0);
    return;
  }
  CHECK_OK(first);
  CHECK_OK(second);
  CHECK_EQ(tenon_bind(selfish, &at), TENON_EADDRINUSE);
  CHECK_EQ(tenon_setsockopt(first, TENON_OPT_REUSEPORT, 0), TENON_EINVAL);
  for (int i = 0; i < CLIENTS; i++) {
    clients[i] = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
    CHECK_EQ(tenon_connect(clients[i], &at, NET_LIMIT_MS), 0);
  }
  int counts[2] = {0, 0};
  count_clients((tenon_sock[2]){first, second}, counts);
  CHECK(counts[0] > 0 && counts[1] > 0);
  CHECK_EQ(counts[0] + counts[1], CLIENTS);
  for (int i = 0; i < CLIENTS; i++) CHECK_EQ(tenon_close(clients[i]), 0);
  CHECK_EQ(net_close2(first, second), 0);
  CHECK_EQ(tenon_close(selfish), 0);
}

/* D120 */
TEST(fast_open_is_for_who_has_no_peer_yet) {
  tenon_addr at;
  char byte = 0;
  int result = tenon_supports(TENON_SUPPORTS_FASTOPEN) ? 0 : TENON_ENOTSUP;
  tenon_sock listener = net_listen(TENON_AF_INET, &at), client = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_EQ(tenon_setsockopt(listener, TENON_OPT_FASTOPEN, 1), result);
  CHECK_EQ(tenon_connect(client, &at, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_setsockopt(client, TENON_OPT_FASTOPEN, 1), TENON_EINVAL);
  tenon_sock server = tenon_accept(listener, NULL, NET_LIMIT_MS);
  CHECK_EQ(tenon_send(client, "x", 1, NET_LIMIT_MS), 1);
  CHECK_EQ(tenon_recv(server, &byte, 1, NET_LIMIT_MS), 1);
  CHECK_EQ(net_close2(server, client), 0);
  CHECK_EQ(tenon_close(listener), 0);
}
