/* connect_test.c - making connections: success, refusal, limits, and all that can be asked twice.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "support.h"

static tenon_sock open_stream(int family) {
  return tenon_socket(family, TENON_SOCK_STREAM, 0);
}

/* Connects through both ends of the contract: at once, or begun and asked for. */
static int begin_and_ask(tenon_sock s, const tenon_addr *peer) {
  int begun = tenon_connect(s, peer, 0);
  return begun == TENON_EINPROGRESS ? tenon_connect_result(s, NET_LIMIT_MS) : begun;
}

static void check_connects(int family, int (*connect_to)(tenon_sock, const tenon_addr *)) {
  tenon_addr at, here, there;
  tenon_sock listener = net_listen(family, &at), client = open_stream(family);
  if (!check_equal(CHECK_HERE, "connect", "0", connect_to(client, &at), 0)) return;
  tenon_sock server = tenon_accept(listener, &there, NET_LIMIT_MS);
  check_ok(CHECK_HERE, "accept", server);
  check_equal(CHECK_HERE, "getpeername", "0", tenon_getpeername(client, &here), 0);
  check_true(CHECK_HERE, "the peer is the listener", tenon_addr_equal(&here, &at));
  check_equal(CHECK_HERE, "getsockname", "0", tenon_getsockname(client, &here), 0);
  check_true(CHECK_HERE, "accept tells the client's address", tenon_addr_equal(&here, &there));
  check_equal(CHECK_HERE, "again", "EISCONN", tenon_connect(client, &at, NET_LIMIT_MS), TENON_EISCONN);
  check_equal(CHECK_HERE, "begun again", "EISCONN", tenon_connect(client, &at, 0), TENON_EISCONN);
  check_equal(CHECK_HERE, "again without limit", "EISCONN", tenon_connect(client, &at, TENON_FOREVER), TENON_EISCONN);
  check_equal(CHECK_HERE, "close", "0", net_close2(client, server), 0);
  tenon_close(listener);
}

static int connect_forever(tenon_sock s, const tenon_addr *at) {
  return tenon_connect(s, at, TENON_FOREVER);
}

static int connect_limited(tenon_sock s, const tenon_addr *at) {
  return tenon_connect(s, at, NET_LIMIT_MS);
}

TEST(connecting_without_a_limit_joins_both_ends) {
  check_connects(TENON_AF_INET, connect_forever);
}

TEST(connecting_with_a_limit_joins_both_ends) {
  check_connects(TENON_AF_INET, connect_limited);
}

TEST(connecting_step_by_step_joins_both_ends) {
  check_connects(TENON_AF_INET, begin_and_ask);
}

TEST(connecting_over_ipv6_joins_both_ends) {
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  check_connects(TENON_AF_INET6, connect_forever);
  check_connects(TENON_AF_INET6, connect_limited);
  check_connects(TENON_AF_INET6, begin_and_ask);
}

/* D052: Windows would ask again, for two seconds. */
TEST(where_nobody_listens_connecting_is_refused) {
  tenon_addr nobody = net_refusing(TENON_AF_INET);
  int (*const ways[])(tenon_sock, const tenon_addr *) = {connect_forever, connect_limited, begin_and_ask};
  for (int i = 0; i < 3; i++) {
    tenon_sock s = open_stream(TENON_AF_INET);
    int64_t start = tenon_now_ms();
    CHECK_EQ(ways[i](s, &nobody), TENON_ECONNREFUSED);
    CHECK(tenon_native_error() != 0);
    CHECK(tenon_now_ms() - start < 1500);
    CHECK_EQ(tenon_close(s), 0);
  }
}

TEST(where_nobody_listens_connecting_over_ipv6_is_refused) {
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  tenon_addr nobody = net_refusing(TENON_AF_INET6);
  tenon_sock s = open_stream(TENON_AF_INET6);
  CHECK_EQ(tenon_connect(s, &nobody, NET_LIMIT_MS), TENON_ECONNREFUSED);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(connecting_ends_at_its_limit_not_before) {
  static net_full full;
  CHECK_EQ(net_fill(&full, TENON_AF_INET), 0);
  tenon_sock s = open_stream(TENON_AF_INET);
  int64_t start = tenon_now_ms();
  CHECK_EQ(tenon_connect(s, &full.at, 200), TENON_ETIMEDOUT);
  CHECK(tenon_now_ms() - start >= 200);
  CHECK_EQ(tenon_native_error(), 0);
  CHECK_EQ(tenon_close(s), 0);
  net_empty(&full);
}

TEST(a_pending_connect_is_in_progress_and_not_begun_twice) {
  static net_full full;
  CHECK_EQ(net_fill(&full, TENON_AF_INET), 0);
  CHECK_EQ(tenon_connect_result(full.pending, 0), TENON_EINPROGRESS);
  CHECK_EQ(tenon_connect_result(full.pending, 50), TENON_ETIMEDOUT);
  CHECK_EQ(tenon_connect(full.pending, &full.at, 0), TENON_EALREADY);
  CHECK_EQ(tenon_connect(full.pending, &full.at, 50), TENON_EALREADY);
  CHECK_EQ(tenon_connect_result(full.pending, 0), TENON_EINPROGRESS);
  net_empty(&full);
}

TEST(sending_and_receiving_wait_for_a_pending_connect) {
  static net_full full;
  char byte = 0;
  CHECK_EQ(net_fill(&full, TENON_AF_INET), 0);
  CHECK_EQ(tenon_recv(full.pending, &byte, 1, 0), TENON_EAGAIN);
  CHECK_EQ(tenon_send(full.pending, &byte, 1, 0), TENON_EAGAIN);
  CHECK_EQ(tenon_recv(full.pending, &byte, 1, 50), TENON_ETIMEDOUT);
  CHECK_EQ(tenon_send(full.pending, &byte, 1, 50), TENON_ETIMEDOUT);
  net_empty(&full);
}

/* If the system can still name the peer by then, the first receive tells. */
TEST(a_connection_that_broke_before_its_result_was_asked_for_is_a_reset_one) {
  tenon_addr at;
  tenon_sock listener = net_listen(TENON_AF_INET, &at), client = open_stream(TENON_AF_INET);
  int begun = tenon_connect(client, &at, 0);
  CHECK(begun == TENON_EINPROGRESS || begun == 0);
  tenon_sock server = tenon_accept(listener, NULL, NET_LIMIT_MS);
  CHECK_EQ(net_reset(server), 0);
  tenon_pollfd item = {client, TENON_POLLIN, 0};
  CHECK_EQ(tenon_poll(&item, 1, NET_LIMIT_MS), 1);
  intptr_t result = tenon_connect_result(client, 0);
  if (result == 0) result = tenon_recv(client, &(char){0}, 1, 0);
  CHECK_EQ(result, TENON_ECONNRESET);
  CHECK_EQ(net_close2(client, listener), 0);
}

TEST(there_is_no_result_of_a_connect_that_was_not_begun) {
  tenon_addr any = tenon_addr_any(TENON_AF_INET, 0);
  tenon_sock fresh = open_stream(TENON_AF_INET), bound = open_stream(TENON_AF_INET);
  tenon_sock listener = net_listen(TENON_AF_INET, NULL);
  CHECK_EQ(tenon_bind(bound, &any), 0);
  CHECK_EQ(tenon_connect_result(fresh, 0), TENON_ENOTCONN);
  CHECK_EQ(tenon_connect_result(bound, 0), TENON_ENOTCONN);
  CHECK_EQ(tenon_connect_result(listener, 0), TENON_ENOTCONN);
  CHECK_EQ(tenon_connect_result(fresh, 100), TENON_ENOTCONN);
  CHECK_EQ(tenon_connect_result(listener, TENON_FOREVER), TENON_ENOTCONN);
  CHECK_EQ(net_close2(fresh, bound), 0);
  CHECK_EQ(tenon_close(listener), 0);
}

TEST(a_listener_cannot_connect_and_still_listens) {
  tenon_addr at, other_at;
  tenon_sock listener = net_listen(TENON_AF_INET, &at), other = net_listen(TENON_AF_INET, &other_at);
  tenon_addr nobody = net_refusing(TENON_AF_INET);
  CHECK_EQ(tenon_connect(listener, &nobody, NET_LIMIT_MS), TENON_EINVAL);
  CHECK_EQ(tenon_connect(listener, &at, 0), TENON_EINVAL);
  tenon_sock client = open_stream(TENON_AF_INET);
  CHECK_EQ(tenon_connect(client, &at, NET_LIMIT_MS), 0);
  tenon_sock server = tenon_accept(listener, NULL, NET_LIMIT_MS);
  CHECK_OK(server);
  CHECK_EQ(net_close2(client, server), 0);
  CHECK_EQ(net_close2(listener, other), 0);
}

TEST(the_unspecified_address_means_this_host) {
  tenon_addr at, peer;
  tenon_sock listener = net_listen(TENON_AF_INET, &at), client = open_stream(TENON_AF_INET);
  tenon_addr any = tenon_addr_any(TENON_AF_INET, at.port);
  CHECK_EQ(tenon_connect(client, &any, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_getpeername(client, &peer), 0);
  CHECK(tenon_addr_equal(&peer, &at));
  CHECK_EQ(net_close2(client, listener), 0);
}

TEST(an_ipv6_socket_connects_to_ipv4) {
  if (!tenon_supports(TENON_SUPPORTS_DUALSTACK)) SKIP("no IPv6");
  tenon_addr at, peer;
  tenon_sock listener = net_listen(TENON_AF_INET, &at), client = open_stream(TENON_AF_INET6);
  CHECK_EQ(tenon_connect(client, &at, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_getpeername(client, &peer), 0);
  CHECK(tenon_addr_equal(&peer, &at));
  CHECK_EQ(net_close2(client, listener), 0);
}

TEST(an_ipv6_socket_is_refused_by_ipv4_like_any_other) {
  if (!tenon_supports(TENON_SUPPORTS_DUALSTACK)) SKIP("no IPv6");
  tenon_addr nobody = net_refusing(TENON_AF_INET);
  tenon_sock client = open_stream(TENON_AF_INET6);
  CHECK_EQ(tenon_connect(client, &nobody, TENON_FOREVER), TENON_ECONNREFUSED);
  CHECK_EQ(tenon_close(client), 0);
}

TEST(addresses_that_cannot_be_connected_to_are_named) {
  tenon_addr six = tenon_addr_loopback(TENON_AF_INET6, 9), nothing = tenon_addr_any(TENON_AF_UNSPEC, 9);
  tenon_addr no_port = tenon_addr_loopback(TENON_AF_INET, 0), broadcast;
  CHECK_EQ(tenon_addr_parse(&broadcast, "127.255.255.255:9"), 0);
  tenon_sock s = open_stream(TENON_AF_INET);
  CHECK_EQ(tenon_connect(s, &six, NET_LIMIT_MS), TENON_EAFNOSUPPORT);
  CHECK_EQ(tenon_connect(s, &six, TENON_FOREVER), TENON_EAFNOSUPPORT);
  CHECK_EQ(tenon_connect(s, &nothing, NET_LIMIT_MS), TENON_EAFNOSUPPORT);
  CHECK_EQ(tenon_connect(s, &no_port, NET_LIMIT_MS), TENON_EINVAL);
  CHECK_EQ(tenon_connect(s, &broadcast, NET_LIMIT_MS), TENON_ENETUNREACH);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(a_bound_socket_connects_from_its_port) {
  tenon_addr at, here = tenon_addr_loopback(TENON_AF_INET, 0), seen;
  tenon_sock listener = net_listen(TENON_AF_INET, &at), client = open_stream(TENON_AF_INET);
  CHECK_EQ(tenon_bind(client, &here), 0);
  CHECK_EQ(tenon_getsockname(client, &here), 0);
  CHECK_EQ(tenon_connect(client, &at, NET_LIMIT_MS), 0);
  tenon_sock server = tenon_accept(listener, &seen, NET_LIMIT_MS);
  CHECK(tenon_addr_equal(&seen, &here));
  CHECK_EQ(net_close2(client, server), 0);
  CHECK_EQ(tenon_close(listener), 0);
}

/* D188 */
TEST(a_connection_to_itself_is_refused) {
  tenon_addr here = tenon_addr_loopback(TENON_AF_INET, 0);
  int (*const ways[])(tenon_sock, const tenon_addr *) = {connect_forever, connect_limited, begin_and_ask};
  for (int i = 0; i < 3; i++) {
    tenon_sock s = open_stream(TENON_AF_INET);
    here.port = 0;
    CHECK_EQ(tenon_bind(s, &here), 0);
    CHECK_EQ(tenon_getsockname(s, &here), 0);
    CHECK_EQ(ways[i](s, &here), TENON_ECONNREFUSED);
    CHECK_EQ(tenon_close(s), 0);
  }
}

TEST(connecting_leaves_the_native_mode_as_it_was) {
  tenon_addr at;
  tenon_sock listener = net_listen(TENON_AF_INET, &at);
  tenon_addr nobody = net_refusing(TENON_AF_INET);
  tenon_sock good = open_stream(TENON_AF_INET), bad = open_stream(TENON_AF_INET), begun = open_stream(TENON_AF_INET);
  int before = support_native_nonblocking(good);
  CHECK_EQ(tenon_connect(good, &at, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_connect(bad, &nobody, NET_LIMIT_MS), TENON_ECONNREFUSED);
  CHECK_EQ(begin_and_ask(begun, &at), 0);
  CHECK_EQ(support_native_nonblocking(good), before);
  CHECK_EQ(support_native_nonblocking(bad), before);
  CHECK(support_native_nonblocking(begun) != 0);
  CHECK_EQ(net_close2(good, bad), 0);
  CHECK_EQ(net_close2(begun, listener), 0);
}

/* D027 */
TEST(signals_do_not_disturb_connecting) {
  static net_full full;
  tenon_addr at;
  CHECK_EQ(net_fill(&full, TENON_AF_INET), 0);
  tenon_sock listener = net_listen(TENON_AF_INET, &at), s = open_stream(TENON_AF_INET),
             late = open_stream(TENON_AF_INET);
  int64_t start = tenon_now_ms();
  support_signal_storm_start();
  int timed_out = tenon_connect(late, &full.at, 200);
  int connected = tenon_connect(s, &at, TENON_FOREVER);
  support_signal_storm_stop();
  CHECK_EQ(timed_out, TENON_ETIMEDOUT);
  CHECK(tenon_now_ms() - start >= 200);
  CHECK_EQ(connected, 0);
  CHECK_EQ(net_close2(s, late), 0);
  CHECK_EQ(tenon_close(listener), 0);
  net_empty(&full);
}
