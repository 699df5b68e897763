/* listen_test.c - binding, listening, accepting.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>

#include "check.h"
#include "net.h"
#include "support.h"

static tenon_sock open_stream(int family) {
  return tenon_socket(family, TENON_SOCK_STREAM, 0);
}

/* What binding another socket to the address gives; that socket is closed again. */
static int bind_another(int family, int type, const tenon_addr *at) {
  tenon_sock s = tenon_socket(family, type, 0);
  int result = tenon_bind(s, at);
  tenon_close(s);
  return result;
}

static tenon_sock connect_to(const tenon_addr *at) {
  tenon_sock s = open_stream(at->family);
  int result = tenon_connect(s, at, NET_LIMIT_MS);
  if (result == 0) return s;
  tenon_close(s);
  return result;
}

TEST(port_0_is_replaced_by_a_real_one) {
  tenon_addr at = tenon_addr_any(TENON_AF_INET, 0);
  tenon_sock s = open_stream(TENON_AF_INET);
  CHECK_EQ(tenon_bind(s, &at), 0);
  CHECK_EQ(tenon_getsockname(s, &at), 0);
  CHECK(at.port != 0);
  CHECK_EQ(tenon_close(s), 0);
}

/* D043 */
TEST(a_bound_port_cannot_be_bound_again) {
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 0);
  tenon_sock s = open_stream(TENON_AF_INET);
  CHECK_EQ(tenon_bind(s, &at), 0);
  CHECK_EQ(tenon_getsockname(s, &at), 0);
  CHECK_EQ(bind_another(TENON_AF_INET, TENON_SOCK_STREAM, &at), TENON_EADDRINUSE);
  CHECK_EQ(tenon_listen(s, -1), 0);
  CHECK_EQ(bind_another(TENON_AF_INET, TENON_SOCK_STREAM, &at), TENON_EADDRINUSE);
  tenon_addr any = tenon_addr_any(TENON_AF_INET, at.port);
  CHECK_EQ(bind_another(TENON_AF_INET, TENON_SOCK_STREAM, &any), TENON_EADDRINUSE);
  CHECK_EQ(tenon_close(s), 0);
  CHECK_EQ(bind_another(TENON_AF_INET, TENON_SOCK_STREAM, &at), 0);
}

TEST(a_bound_datagram_port_cannot_be_bound_again) {
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 0);
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  CHECK_EQ(tenon_bind(s, &at), 0);
  CHECK_EQ(tenon_getsockname(s, &at), 0);
  CHECK_EQ(bind_another(TENON_AF_INET, TENON_SOCK_DGRAM, &at), TENON_EADDRINUSE);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(a_dual_stack_port_is_taken_for_both_families) {
  if (!tenon_supports(TENON_SUPPORTS_DUALSTACK)) SKIP("no IPv6");
  tenon_addr any = tenon_addr_any(TENON_AF_INET6, 0);
  tenon_sock s = open_stream(TENON_AF_INET6);
  CHECK_EQ(tenon_bind(s, &any), 0);
  CHECK_EQ(tenon_getsockname(s, &any), 0);
  CHECK_EQ(tenon_listen(s, -1), 0);
  tenon_addr four = tenon_addr_any(TENON_AF_INET, any.port);
  CHECK_EQ(bind_another(TENON_AF_INET, TENON_SOCK_STREAM, &four), TENON_EADDRINUSE);
  CHECK_EQ(bind_another(TENON_AF_INET6, TENON_SOCK_STREAM, &any), TENON_EADDRINUSE);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(binding_fails_with_a_named_error) {
  tenon_addr elsewhere, six = tenon_addr_loopback(TENON_AF_INET6, 0), local = tenon_addr_loopback(TENON_AF_INET, 0);
  tenon_addr nothing = tenon_addr_any(TENON_AF_UNSPEC, 0);
  CHECK_EQ(tenon_addr_parse(&elsewhere, "192.0.2.1"), 0);
  tenon_sock s = open_stream(TENON_AF_INET);
  CHECK_EQ(tenon_bind(s, &elsewhere), TENON_EADDRNOTAVAIL);
  CHECK_EQ(tenon_bind(s, &six), TENON_EAFNOSUPPORT);
  CHECK_EQ(tenon_bind(s, &nothing), TENON_EAFNOSUPPORT);
  CHECK_EQ(tenon_bind(s, &local), 0);
  CHECK_EQ(tenon_bind(s, &local), TENON_EINVAL);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(an_ipv6_socket_binds_to_ipv4) {
  if (!tenon_supports(TENON_SUPPORTS_DUALSTACK)) SKIP("no IPv6");
  tenon_addr four = tenon_addr_loopback(TENON_AF_INET, 0), bound;
  tenon_sock s = open_stream(TENON_AF_INET6);
  CHECK_EQ(tenon_bind(s, &four), 0);
  CHECK_EQ(tenon_getsockname(s, &bound), 0);
  four.port = bound.port;
  CHECK(tenon_addr_equal(&bound, &four));
  CHECK_EQ(tenon_close(s), 0);
}

/* D043 D204 */
TEST(a_server_can_be_restarted_over_its_old_connections) {
  tenon_addr at;
  tenon_sock listener = net_listen(TENON_AF_INET, &at);
  tenon_sock client = connect_to(&at), server = tenon_accept(listener, NULL, NET_LIMIT_MS);
  char byte;
  CHECK_EQ(tenon_close(server), 0); /* the server's end goes first: its side waits in TIME_WAIT */
  CHECK_EQ(tenon_recv(client, &byte, 1, NET_LIMIT_MS), 0);
  CHECK_EQ(net_close2(client, listener), 0);
  tenon_sock again = open_stream(TENON_AF_INET);
  CHECK_EQ(tenon_bind(again, &at), 0);
  CHECK_EQ(tenon_listen(again, -1), 0);
  client = connect_to(&at);
  CHECK_OK(client);
  CHECK_EQ(net_close2(client, again), 0);
}

TEST(only_bound_unconnected_streams_listen) {
  tenon_sock fresh = open_stream(TENON_AF_INET), datagram = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0), pair[2];
  tenon_addr any = tenon_addr_any(TENON_AF_INET, 0);
  CHECK_EQ(tenon_bind(datagram, &any), 0);
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_listen(fresh, -1), TENON_EINVAL);
  CHECK_EQ(tenon_listen(datagram, -1), TENON_EOPNOTSUPP);
  CHECK_EQ(tenon_listen(pair[0], -1), TENON_EINVAL);
  CHECK_EQ(tenon_listen(pair[1], -1), TENON_EINVAL);
  CHECK_EQ(tenon_send(pair[0], "x", 1, NET_LIMIT_MS), 1); /* the failure changed nothing */
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
  CHECK_EQ(net_close2(fresh, datagram), 0);
}

/* D056 */
TEST(any_backlog_will_do) {
  const int backlogs[] = {-1, INT_MIN, 0, 1, 10, 201, 1000000, INT_MAX};
  for (size_t i = 0; i < sizeof backlogs / sizeof *backlogs; i++) {
    tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 0);
    tenon_sock listener = open_stream(TENON_AF_INET);
    CHECK_EQ(tenon_bind(listener, &at), 0);
    CHECK_EQ(tenon_listen(listener, backlogs[i]), 0);
    CHECK_EQ(tenon_listen(listener, backlogs[i]), 0); /* again is no error */
    CHECK_EQ(tenon_getsockname(listener, &at), 0);
    tenon_sock client = connect_to(&at), server = tenon_accept(listener, NULL, NET_LIMIT_MS);
    CHECK_OK(client);
    CHECK_OK(server);
    CHECK_EQ(net_close2(client, server), 0);
    CHECK_EQ(tenon_close(listener), 0);
  }
}

enum { BURST = 300 };

/* D056: by its documents Windows refuses what does not fit into the queue, at once. */
TEST(a_burst_of_clients_finds_room_in_the_default_queue) {
  static tenon_sock clients[BURST];
  tenon_addr at;
  int begun = 0, accepted = 0, connected = 0;
  tenon_sock listener = net_listen(TENON_AF_INET, &at);
  for (int i = 0; i < BURST; i++) {
    clients[i] = open_stream(TENON_AF_INET);
    int result = tenon_connect(clients[i], &at, 0);
    begun += result == 0 || result == TENON_EINPROGRESS;
  }
  for (int i = 0; i < BURST; i++) {
    tenon_sock s = tenon_accept(listener, NULL, NET_LIMIT_MS);
    accepted += s >= 0 && tenon_close(s) == 0;
    if (s < 0) break;
  }
  for (int i = 0; i < BURST; i++) connected += tenon_connect_result(clients[i], NET_LIMIT_MS) == 0;
  for (int i = 0; i < BURST; i++) tenon_close(clients[i]);
  CHECK_EQ(tenon_close(listener), 0);
  CHECK_EQ(begun, BURST);
  CHECK_EQ(accepted, BURST);
  CHECK_EQ(connected, BURST);
}

TEST(accepting_ends_at_its_limit_not_before) {
  tenon_sock listener = net_listen(TENON_AF_INET, NULL);
  CHECK_EQ(tenon_accept(listener, NULL, 0), TENON_EAGAIN);
  int64_t start = tenon_now_ms();
  CHECK_EQ(tenon_accept(listener, NULL, 100), TENON_ETIMEDOUT);
  CHECK(tenon_now_ms() - start >= 100);
  CHECK_EQ(tenon_close(listener), 0);
}

TEST(only_listeners_accept) {
  tenon_sock fresh = open_stream(TENON_AF_INET), bound = open_stream(TENON_AF_INET), pair[2];
  tenon_sock datagram = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  tenon_addr any = tenon_addr_any(TENON_AF_INET, 0);
  CHECK_EQ(tenon_bind(bound, &any), 0);
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_accept(fresh, NULL, 0), TENON_EINVAL);
  CHECK_EQ(tenon_accept(bound, NULL, NET_LIMIT_MS), TENON_EINVAL);
  CHECK_EQ(tenon_accept(datagram, NULL, NET_LIMIT_MS), TENON_EINVAL);
  CHECK_EQ(tenon_accept(pair[0], NULL, TENON_FOREVER), TENON_EINVAL);
  CHECK_EQ(net_close2(fresh, bound), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
  CHECK_EQ(tenon_close(datagram), 0);
}

TEST(a_dual_stack_listener_takes_both_families_and_tells_them_apart) {
  if (!tenon_supports(TENON_SUPPORTS_DUALSTACK)) SKIP("no IPv6");
  tenon_addr at = tenon_addr_any(TENON_AF_INET6, 0), seen, here;
  tenon_sock listener = open_stream(TENON_AF_INET6);
  CHECK_EQ(tenon_bind(listener, &at), 0);
  CHECK_EQ(tenon_listen(listener, -1), 0);
  CHECK_EQ(tenon_getsockname(listener, &at), 0);
  const int families[] = {TENON_AF_INET, TENON_AF_INET6};
  for (int i = 0; i < 2; i++) {
    tenon_addr to = tenon_addr_loopback(families[i], at.port);
    tenon_sock client = connect_to(&to), server = tenon_accept(listener, &seen, NET_LIMIT_MS);
    CHECK_OK(server);
    CHECK_EQ(tenon_getsockname(client, &here), 0);
    CHECK(tenon_addr_equal(&seen, &here));
    CHECK_EQ(tenon_getsockname(server, &here), 0);
    CHECK(tenon_addr_equal(&here, &to));
    CHECK_EQ(tenon_getpeername(server, &here), 0);
    CHECK(tenon_addr_equal(&here, &seen));
    CHECK_EQ(net_close2(client, server), 0);
  }
  CHECK_EQ(tenon_close(listener), 0);
}

TEST(clients_that_vanish_in_the_queue_do_no_harm) {
  tenon_addr at;
  tenon_sock listener = net_listen(TENON_AF_INET, &at);
  for (int i = 0; i < 3; i++) {
    tenon_sock gone = connect_to(&at);
    CHECK_OK(gone);
    CHECK_EQ(net_reset(gone), 0);
  }
  tenon_sock client = connect_to(&at);
  CHECK_EQ(tenon_send(client, "!", 1, NET_LIMIT_MS), 1);
  ptrdiff_t received = 0;
  for (int i = 0; i < 4 && received != 1; i++) {
    tenon_sock server = tenon_accept(listener, NULL, NET_LIMIT_MS);
    CHECK_OK(server);
    char byte;
    received = tenon_recv(server, &byte, 1, NET_LIMIT_MS);
    if (received != 1) CHECK_EQ(received, TENON_ECONNRESET);
    CHECK_EQ(tenon_close(server), 0);
  }
  CHECK_EQ(received, 1);
  CHECK_EQ(net_close2(client, listener), 0);
}

enum { CLIENTS = 40, THREADS = 4 };
static tenon_sock shared_listener;
static tenon_waker all_have_come;
static int accepted_by[THREADS];

/* Those that wait to be accepted win over the waker. */
static void accept_some(void *argument) {
  tenon_sock s;
  tenon_cancel_on(&all_have_come);
  for (*(int *)argument = 0; (s = tenon_accept(shared_listener, NULL, TENON_FOREVER)) >= 0; tenon_close(s))
    (*(int *)argument)++;
}

TEST(threads_that_share_a_listener_accept_each_client_once) {
  static support_thread threads[THREADS];
  tenon_addr at;
  shared_listener = net_listen(TENON_AF_INET, &at);
  CHECK_EQ(tenon_waker_open(&all_have_come), 0);
  for (int i = 0; i < THREADS; i++) CHECK_EQ(support_thread_start(&threads[i], accept_some, &accepted_by[i]), 0);
  int connected = 0, accepted = 0;
  for (int i = 0; i < CLIENTS; i++) {
    tenon_sock s = connect_to(&at);
    connected += s >= 0;
    tenon_close(s);
  }
  CHECK_EQ(tenon_waker_wake(&all_have_come), 0);
  for (int i = 0; i < THREADS; i++) support_thread_join(&threads[i]);
  for (int i = 0; i < THREADS; i++) accepted += accepted_by[i];
  CHECK_EQ(connected, CLIENTS);
  CHECK_EQ(accepted, CLIENTS);
  CHECK_EQ(tenon_waker_close(&all_have_come), 0);
  CHECK_EQ(tenon_close(shared_listener), 0);
}
