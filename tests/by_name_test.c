/* by_name_test.c - sockets by name: which address wins, which are passed over, and what is said if none works.
 * SPDX-License-Identifier: MIT
 *
 * localhost is a host with two addresses, ::1 and 127.0.0.1 in this order, and needs no resolver.
 */
#include <stdio.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon.h"

enum { ATTEMPT_DELAY_MS = 250, DIALS = 20 };

/* The port of an address as the name of a service. */
typedef struct port_text {
  char text[8];
} port_text;

static port_text port_of(const tenon_addr *addr) {
  port_text port;
  snprintf(port.text, sizeof port.text, "%u", (unsigned)addr->port);
  return port;
}

static tenon_sock dial(const char *host, const tenon_addr *at, int timeout_ms) {
  return tenon_tcp_connect(host, port_of(at).text, timeout_ms);
}

/* ---- Connecting -------------------------------------------------------------------------------------------------- */

/* Dials the host where a listener of this family is: 0 if that is who answers. */
static int dial_listener(const char *host, int family, int timeout_ms) {
  tenon_addr at, peer;
  char byte = 0;
  tenon_sock listener = net_listen(family, &at);
  if (listener < 0) return (int)listener;
  tenon_sock client = dial(host, &at, timeout_ms);
  if (client < 0) return tenon_close(listener), (int)client;
  tenon_sock server = tenon_accept(listener, NULL, NET_LIMIT_MS);
  int is_joined = tenon_getpeername(client, &peer) == 0 && tenon_addr_equal(&peer, &at) &&
                  tenon_send(client, "x", 1, NET_LIMIT_MS) == 1 && tenon_recv(server, &byte, 1, NET_LIMIT_MS) == 1;
  tenon_close(listener);
  return net_close2(client, server) == 0 && is_joined ? 0 : TENON_EIO;
}

TEST(a_host_can_be_named_by_its_ipv4_address) {
  CHECK_EQ(dial_listener("127.0.0.1", TENON_AF_INET, NET_LIMIT_MS), 0);
  CHECK_EQ(dial_listener("127.0.0.1", TENON_AF_INET, TENON_FOREVER), 0);
}

TEST(a_host_can_be_named_by_its_ipv6_address) {
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  CHECK_EQ(dial_listener("::1", TENON_AF_INET6, NET_LIMIT_MS), 0);
  CHECK_EQ(dial_listener("::1", TENON_AF_INET6, TENON_FOREVER), 0);
}

TEST(a_name_is_dialed_at_its_first_address) {
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  CHECK_EQ(dial_listener("localhost", TENON_AF_INET6, NET_LIMIT_MS), 0);
  CHECK_EQ(dial_listener(NULL, TENON_AF_INET6, NET_LIMIT_MS), 0);
}

/* At once, that is: so many delays in a row would be longer than the limit. */
TEST(an_address_that_refuses_gives_way_to_the_next) {
  int64_t start = tenon_now_ms();
  for (int i = 0; i < DIALS; i++) CHECK_EQ(dial_listener("localhost", TENON_AF_INET, NET_LIMIT_MS), 0);
  CHECK(tenon_now_ms() - start < DIALS * ATTEMPT_DELAY_MS);
  CHECK_EQ(dial_listener("localhost", TENON_AF_INET, TENON_FOREVER), 0);
  CHECK_EQ(dial_listener(NULL, TENON_AF_INET, NET_LIMIT_MS), 0);
}

TEST(an_address_that_is_silent_gives_way_after_the_delay) {
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  static net_full full;
  tenon_addr peer;
  CHECK_EQ(net_fill(&full, TENON_AF_INET6), 0);
  tenon_sock listener = tenon_tcp_listen("127.0.0.1", port_of(&full.at).text, -1);
  CHECK_OK(listener);
  int64_t start = tenon_now_ms();
  tenon_sock client = dial("localhost", &full.at, TENON_FOREVER);
  int64_t passed = tenon_now_ms() - start;
  CHECK_OK(client);
  CHECK(passed >= ATTEMPT_DELAY_MS && passed < NET_LIMIT_MS);
  CHECK_EQ(tenon_getpeername(client, &peer), 0);
  CHECK_EQ(peer.family, TENON_AF_INET);
  CHECK_EQ(net_close2(client, listener), 0);
  net_empty(&full);
}

TEST(a_socket_that_was_dialed_is_like_any_other) {
  tenon_addr at;
  tenon_sock listener = net_listen(TENON_AF_INET, &at), fresh = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_sock first = dial("127.0.0.1", &at, TENON_FOREVER), second = dial("localhost", &at, NET_LIMIT_MS);
  CHECK_OK(first);
  CHECK_OK(second);
  CHECK_EQ(support_native_nonblocking(first), support_native_nonblocking(fresh));
  CHECK_EQ(support_native_nonblocking(second), support_native_nonblocking(fresh));
  CHECK_EQ(support_inheritable(second), 0);
  CHECK_EQ(tenon_connect(second, &at, NET_LIMIT_MS), TENON_EISCONN);
  CHECK_EQ(net_close2(first, second), 0);
  CHECK_EQ(net_close2(fresh, listener), 0);
}

/* ---- Failing to connect ------------------------------------------------------------------------------------------ */

TEST(a_host_that_refuses_at_all_its_addresses_refuses) {
  tenon_addr nobody = net_refusing(TENON_AF_INET);
  CHECK_EQ(dial("127.0.0.1", &nobody, NET_LIMIT_MS), TENON_ECONNREFUSED);
  CHECK_EQ(dial("localhost", &nobody, NET_LIMIT_MS), TENON_ECONNREFUSED);
  CHECK(tenon_native_error() != 0);
  CHECK_EQ(dial("localhost", &nobody, TENON_FOREVER), TENON_ECONNREFUSED);
}

/* Limits on both sides of the delay, after which there is nothing more to begin. */
TEST(dialing_ends_at_its_limit_not_before) {
  static const int limits[] = {1, 100, 600};
  static net_full full;
  CHECK_EQ(net_fill(&full, TENON_AF_INET), 0);
  for (int i = 0; i < 3; i++) {
    int64_t start = tenon_now_ms();
    CHECK_EQ(dial("127.0.0.1", &full.at, limits[i]), TENON_ETIMEDOUT);
    int64_t passed = tenon_now_ms() - start;
    CHECK(passed >= limits[i] && passed < NET_LIMIT_MS);
    CHECK_EQ(tenon_native_error(), 0);
  }
  net_empty(&full);
}

/* The second address refuses, but the first one may still answer. */
TEST(the_limit_is_one_for_all_addresses) {
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  static net_full full;
  CHECK_EQ(net_fill(&full, TENON_AF_INET6), 0);
  int64_t start = tenon_now_ms();
  CHECK_EQ(dial("localhost", &full.at, 500), TENON_ETIMEDOUT);
  int64_t passed = tenon_now_ms() - start;
  CHECK(passed >= 500 && passed < NET_LIMIT_MS);
  net_empty(&full);
}

TEST(names_that_do_not_exist_are_told_apart) {
  CHECK_EQ(tenon_tcp_connect("no.such.host.invalid", "80", NET_LIMIT_MS), TENON_EAI_NONAME);
  CHECK_EQ(tenon_tcp_connect("1.2.3.256", "80", NET_LIMIT_MS), TENON_EAI_NONAME);
  CHECK_EQ(tenon_tcp_connect("localhost", "no-such-service-x", NET_LIMIT_MS), TENON_EAI_SERVICE);
  CHECK_EQ(tenon_tcp_connect("localhost", "65536", NET_LIMIT_MS), TENON_EAI_SERVICE);
  CHECK_EQ(tenon_udp_connect("no.such.host.invalid", "80", NET_LIMIT_MS), TENON_EAI_NONAME);
  CHECK_EQ(tenon_udp_connect("localhost", "no-such-service-x", NET_LIMIT_MS), TENON_EAI_SERVICE);
  CHECK_EQ(tenon_tcp_listen("no.such.host.invalid", "0", -1), TENON_EAI_NONAME);
  CHECK_EQ(tenon_tcp_listen(NULL, "no-such-service-x", -1), TENON_EAI_SERVICE);
  CHECK_EQ(tenon_udp_bind("no.such.host.invalid", "0"), TENON_EAI_NONAME);
}

TEST(by_name_calls_refuse_what_makes_no_sense) {
  static tenon_sock (*const calls[])(const char *, const char *, int) = {tenon_tcp_connect, tenon_udp_connect};
  for (int i = 0; i < 2; i++) {
    CHECK_EQ(calls[i]("localhost", "80", 0), TENON_EINVAL);
    CHECK_EQ(calls[i]("localhost", "80", -2), TENON_EINVAL);
    CHECK_EQ(calls[i]("localhost", NULL, NET_LIMIT_MS), TENON_EINVAL);
    CHECK_EQ(calls[i](NULL, NULL, NET_LIMIT_MS), TENON_EINVAL);
    CHECK_EQ(calls[i]("localhost", "0", NET_LIMIT_MS), TENON_EINVAL);
    CHECK_EQ(tenon_native_error(), 0);
  }
}

TEST(a_server_without_a_service_gets_a_port_of_the_systems_choice) {
  tenon_addr at[3];
  tenon_sock servers[3] = {tenon_tcp_listen("127.0.0.1", NULL, -1), tenon_tcp_listen(NULL, NULL, -1),
                           tenon_udp_bind(NULL, NULL)};
  for (int i = 0; i < 3; i++) {
    CHECK_OK(servers[i]);
    CHECK_EQ(tenon_getsockname(servers[i], &at[i]), 0);
    CHECK(at[i].port != 0);
    CHECK_EQ(tenon_close(servers[i]), 0);
  }
}

static void *allocate_never(size_t size) {
  (void)size;
  return NULL;
}

static void release_never(void *memory) {
  (void)memory;
}

TEST(what_needs_no_resolver_is_dialed_without_memory) {
  tenon_set_allocator(allocate_never, release_never);
  int dialed = dial_listener("localhost", TENON_AF_INET, NET_LIMIT_MS);
  tenon_sock unknown = tenon_tcp_connect("host.example", "80", NET_LIMIT_MS);
  tenon_set_allocator(NULL, NULL);
  CHECK_EQ(dialed, 0);
  CHECK_EQ(unknown, TENON_ENOMEM);
}

/* ---- Listening --------------------------------------------------------------------------------------------------- */

TEST(a_listener_without_a_host_takes_both_families) {
  tenon_addr at, peer;
  tenon_sock listener = tenon_tcp_listen(NULL, "0", -1);
  CHECK_OK(listener);
  CHECK_EQ(tenon_getsockname(listener, &at), 0);
  CHECK(at.port != 0);
  for (int i = tenon_supports(TENON_SUPPORTS_DUALSTACK) ? 0 : 1; i < 2; i++) {
    tenon_sock client = dial(i == 0 ? "::1" : "127.0.0.1", &at, NET_LIMIT_MS);
    CHECK_OK(client);
    tenon_sock server = tenon_accept(listener, &peer, NET_LIMIT_MS);
    CHECK_OK(server);
    CHECK_EQ(peer.family, i == 0 ? TENON_AF_INET6 : TENON_AF_INET);
    CHECK_EQ(net_close2(client, server), 0);
  }
  CHECK_EQ(tenon_close(listener), 0);
}

TEST(a_listener_at_a_host_is_at_its_first_address) {
  static const char *const hosts[] = {"127.0.0.1", "localhost"};
  for (int i = 0; i < 2; i++) {
    tenon_addr at;
    tenon_sock listener = tenon_tcp_listen(hosts[i], "0", 5);
    CHECK_OK(listener);
    CHECK_EQ(tenon_getsockname(listener, &at), 0);
    int family = i == 1 && tenon_supports(TENON_SUPPORTS_IPV6) ? TENON_AF_INET6 : TENON_AF_INET;
    tenon_addr expected = tenon_addr_loopback(family, at.port);
    CHECK(tenon_addr_equal(&at, &expected));
    CHECK_EQ(tenon_close(listener), 0);
  }
}

/* Not even at the host's other address. */
TEST(a_port_that_is_taken_is_not_listened_at) {
  static const char *const hosts[] = {NULL, "localhost", "127.0.0.1"};
  for (int i = 0; i < 3; i++) {
    tenon_addr at;
    tenon_sock stream = tenon_tcp_listen(hosts[i], "0", -1), datagrams = tenon_udp_bind(hosts[i], "0");
    CHECK_OK(stream);
    CHECK_OK(datagrams);
    CHECK_EQ(tenon_getsockname(stream, &at), 0);
    CHECK_EQ(tenon_tcp_listen(hosts[i], port_of(&at).text, -1), TENON_EADDRINUSE);
    CHECK(tenon_native_error() != 0);
    CHECK_EQ(tenon_getsockname(datagrams, &at), 0);
    CHECK_EQ(tenon_udp_bind(hosts[i], port_of(&at).text), TENON_EADDRINUSE);
    CHECK_EQ(net_close2(stream, datagrams), 0);
  }
}

/* Wine lets datagram sockets have any address and binds them to all. */
TEST(at_an_address_of_another_host_nobody_can_listen) {
  CHECK_EQ(tenon_tcp_listen("192.0.2.1", "0", -1), TENON_EADDRNOTAVAIL);
  CHECK(tenon_native_error() != 0);
  if (!support_is_wine()) CHECK_EQ(tenon_udp_bind("192.0.2.1", "0"), TENON_EADDRNOTAVAIL);
}

/* ---- Datagrams --------------------------------------------------------------------------------------------------- */

/* 0 if what is sent to the host arrives at, and comes back from, one who hears at bound. */
static int exchange_datagrams(const char *host, const char *bound) {
  tenon_addr at, from;
  char byte = 0;
  tenon_sock server = tenon_udp_bind(bound, "0");
  if (server < 0 || tenon_getsockname(server, &at) < 0) return (int)server;
  tenon_sock client = tenon_udp_connect(host, port_of(&at).text, NET_LIMIT_MS);
  int is_heard = client >= 0 && tenon_sendto(client, "x", 1, NULL, NET_LIMIT_MS) == 1 &&
                 tenon_recvfrom(server, &byte, 1, &from, NET_LIMIT_MS) == 1 && byte == 'x' &&
                 tenon_sendto(server, "y", 1, &from, NET_LIMIT_MS) == 1 &&
                 tenon_recvfrom(client, &byte, 1, NULL, NET_LIMIT_MS) == 1 && byte == 'y';
  tenon_close(server);
  if (client < 0) return (int)client;
  return tenon_close(client) == 0 && is_heard ? 0 : TENON_EIO;
}

TEST(datagrams_go_to_a_host_by_name_and_back) {
  CHECK_EQ(exchange_datagrams("127.0.0.1", "127.0.0.1"), 0);
  CHECK_EQ(exchange_datagrams("127.0.0.1", NULL), 0);
  CHECK_EQ(exchange_datagrams("localhost", "localhost"), 0);
  CHECK_EQ(exchange_datagrams("localhost", NULL), 0);
}
