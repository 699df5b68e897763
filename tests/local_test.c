/* local_test.c - sockets within this host: streams, datagrams, files that stay behind, who is there.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/local.h"

static tenon_addr at_path(const char *path) {
  tenon_addr at = tenon_addr_any(0, 0);
  tenon_addr_local(&at, path);
  return at;
}

static tenon_sock open_local(void) {
  return tenon_socket(TENON_AF_UNIX, TENON_SOCK_STREAM, 0);
}

/* A path of this process's own, as tests may run side by side. */
static tenon_addr own_path(int number) {
  char path[64];
  snprintf(path, sizeof path, "tenon-local-%lld-%d", (long long)tenon_process_id(), number);
  return at_path(path);
}

/* Listens at the first one, whatever was there. */
static tenon_sock listen_local(tenon_addr *at, int backlog) {
  *at = own_path(0);
  tenon_local_unlink_stale(at);
  tenon_sock s = open_local();
  if (s < 0) return s;
  int result = tenon_bind(s, at);
  if (result == 0) result = tenon_listen(s, backlog);
  if (result == 0) return s;
  tenon_close(s);
  return result;
}

/* A connection over it: who connected, who was accepted. */
static int pair_local(tenon_sock pair[2]) {
  tenon_addr at;
  tenon_sock listener = listen_local(&at, 4);
  pair[0] = open_local();
  pair[1] = TENON_NO_SOCK;
  int result = listener < 0 ? (int)listener : tenon_connect(pair[0], &at, NET_LIMIT_MS);
  if (result == 0) pair[1] = tenon_accept(listener, NULL, NET_LIMIT_MS);
  if (listener >= 0) tenon_close(listener);
  tenon_local_unlink_stale(&at);
  return result < 0 ? result : pair[1] < 0 ? (int)pair[1] : 0;
}

#define NEEDS_LOCAL \
  if (!tenon_supports(TENON_SUPPORTS_LOCAL)) SKIP("the system has no local sockets")

/* D148 */
TEST(without_local_sockets_a_local_socket_is_enotsup) {
  tenon_addr at = own_path(0);
  tenon_sock s = open_local();
  if (tenon_supports(TENON_SUPPORTS_LOCAL)) {
    CHECK_OK(s);
    CHECK_EQ(tenon_close(s), 0);
    CHECK_EQ(tenon_socket(TENON_AF_UNIX, TENON_SOCK_STREAM, TENON_IPPROTO_TCP), TENON_EPROTONOSUPPORT);
  } else {
    CHECK_EQ(s, TENON_ENOTSUP);
    CHECK_EQ(tenon_local_unlink_stale(&at), TENON_ENOTSUP);
  }
  s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_EQ(tenon_bind(s, &at), TENON_EAFNOSUPPORT);
  CHECK_EQ(tenon_connect(s, &at, NET_LIMIT_MS), TENON_EAFNOSUPPORT);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(a_local_connection_carries_bytes_both_ways) {
  NEEDS_LOCAL;
  tenon_addr at, name;
  tenon_sock listener = listen_local(&at, 4), client = open_local();
  char data[8];
  CHECK_OK(listener);
  CHECK(!support_inheritable(client));
  CHECK_EQ(tenon_accept(listener, NULL, 0), TENON_EAGAIN);
  CHECK_EQ(tenon_accept(listener, NULL, 30), TENON_ETIMEDOUT);
  CHECK_EQ(tenon_connect(client, &at, NET_LIMIT_MS), 0);
  tenon_sock server = tenon_accept(listener, &name, NET_LIMIT_MS);
  CHECK_OK(server);
  CHECK_EQ(name.family, TENON_AF_UNIX);
  CHECK_STR(name.path, "");
  CHECK_EQ(tenon_getsockname(server, &name), 0);
  CHECK(tenon_addr_equal(&name, &at));
  CHECK_EQ(tenon_getpeername(client, &name), 0);
  CHECK(tenon_addr_equal(&name, &at));
  CHECK_EQ(tenon_send(client, "there", 5, TENON_FOREVER), 5);
  CHECK_EQ(tenon_recv_all(server, data, 5, NET_LIMIT_MS), 5);
  CHECK_MEM(data, "there", 5);
  CHECK_EQ(tenon_send(server, "back", 4, 0), 4);
  CHECK_EQ(tenon_recv(client, data, sizeof data, TENON_FOREVER), 4);
  CHECK_EQ(tenon_recv(client, data, sizeof data, 30), TENON_ETIMEDOUT);
  CHECK_EQ(tenon_shutdown(client, TENON_SHUT_WR), 0);
  CHECK_EQ(tenon_recv(server, data, sizeof data, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_close(client), 0);
  CHECK_EQ(tenon_send(server, "gone", 4, NET_LIMIT_MS), TENON_EPIPE);
  CHECK_EQ(net_close2(server, listener), 0);
  CHECK_EQ(tenon_local_unlink_stale(&at), 0);
}

TEST(a_local_socket_without_a_connection_says_so) {
  NEEDS_LOCAL;
  tenon_sock s = open_local();
  tenon_addr addr;
  tenon_peer peer;
  char byte = 0;
  CHECK_EQ(tenon_getsockname(s, &addr), 0);
  CHECK_EQ(addr.family, TENON_AF_UNIX);
  CHECK_STR(addr.path, "");
  CHECK_EQ(tenon_bind(s, &addr), TENON_EINVAL);
  CHECK_EQ(tenon_getpeername(s, &addr), TENON_ENOTCONN);
  CHECK_EQ(tenon_recv(s, &byte, 1, 0), TENON_ENOTCONN);
  CHECK_EQ(tenon_recv(s, &byte, 1, TENON_FOREVER), TENON_ENOTCONN);
  CHECK_EQ(tenon_send(s, &byte, 1, 0), TENON_ENOTCONN);
  CHECK_EQ(tenon_shutdown(s, TENON_SHUT_WR), TENON_ENOTCONN);
  CHECK_EQ(tenon_listen(s, 1), TENON_EINVAL);
  CHECK_EQ(tenon_connect_result(s, 0), TENON_ENOTCONN);
  CHECK_EQ(tenon_local_peer(s, &peer), TENON_ENOTCONN);
  CHECK_EQ(tenon_setsockopt(s, TENON_OPT_NODELAY, 1), TENON_ENOPROTOOPT);
  CHECK_EQ(tenon_setsockopt(s, TENON_OPT_TTL, 1), TENON_ENOPROTOOPT);
  addr = tenon_addr_loopback(TENON_AF_INET, 9);
  CHECK_EQ(tenon_connect(s, &addr, NET_LIMIT_MS), TENON_EAFNOSUPPORT);
  CHECK_EQ(tenon_bind(s, &addr), TENON_EAFNOSUPPORT);
  CHECK_EQ(tenon_close(s), 0);
}

/* D149 */
TEST(a_path_is_taken_until_it_is_removed) {
  NEEDS_LOCAL;
  tenon_addr at, nowhere = at_path("no-such-folder/socket"), missing = at_path("tenon-no-such-file");
  tenon_sock listener = listen_local(&at, 4), other = open_local();
  CHECK_OK(listener);
  CHECK_EQ(tenon_bind(other, &at), TENON_EADDRINUSE); /* beside a live listener */
  CHECK_EQ(tenon_local_unlink_stale(&at), TENON_EADDRINUSE);
  CHECK_EQ(tenon_bind(listener, &at), TENON_EINVAL);
  CHECK_EQ(tenon_close(listener), 0);
  CHECK_EQ(tenon_bind(other, &at), TENON_EADDRINUSE); /* squatted by a file that is left */
  CHECK_EQ(tenon_connect(other, &at, NET_LIMIT_MS), TENON_ECONNREFUSED);
  CHECK_EQ(tenon_local_unlink_stale(&at), 0);
  CHECK_EQ(tenon_local_unlink_stale(&at), TENON_ENOENT);
  CHECK_EQ(tenon_bind(other, &nowhere), TENON_ENOENT);
  CHECK_EQ(tenon_bind(other, &at), 0);
  CHECK_EQ(tenon_close(other), 0);
  CHECK_EQ(tenon_local_unlink_stale(&at), 0);
  other = open_local();
  int result = tenon_connect(other, &missing, NET_LIMIT_MS);
  CHECK(result == TENON_ENOENT || (support_is_windows() && result == TENON_ECONNREFUSED));
  CHECK_EQ(tenon_close(other), 0);
}

TEST(a_file_that_is_no_socket_is_left_alone) {
  NEEDS_LOCAL;
  tenon_addr at = at_path("tenon-plain-file"), net = tenon_addr_loopback(TENON_AF_INET, 9);
  FILE *file = fopen(at.path, "w");
  CHECK(file != NULL);
  fclose(file);
  int unlinked = tenon_local_unlink_stale(&at);
  tenon_sock s = open_local();
  int bound = tenon_bind(s, &at);
  tenon_close(s);
  CHECK_EQ(remove(at.path), 0);
  CHECK_EQ(unlinked, TENON_ENOTSOCK);
  CHECK_EQ(bound, TENON_EADDRINUSE);
  CHECK_EQ(tenon_local_unlink_stale(NULL), TENON_EINVAL);
  CHECK_EQ(tenon_local_unlink_stale(&net), TENON_EAFNOSUPPORT);
}

/* Linux cannot wait for room in the queue; the limit and the waker hold all the same. */
TEST(a_full_local_listener_is_waited_for_within_the_limit) {
  NEEDS_LOCAL;
  enum { MOST = 64 };
  tenon_addr at;
  tenon_sock listener = listen_local(&at, 1), clients[MOST];
  tenon_waker waker;
  int count = 0, result = 0;
  CHECK_OK(listener);
  while (count < MOST && result == 0) result = tenon_connect(clients[count++] = open_local(), &at, 0);
  CHECK(result == TENON_EAGAIN || result == TENON_ECONNREFUSED);
  if (result == TENON_EAGAIN) { /* others refuse, as they do when nobody listens */
    int64_t start = tenon_now_ms();
    CHECK_EQ(tenon_connect(clients[count - 1], &at, 60), TENON_ETIMEDOUT);
    CHECK(tenon_now_ms() - start >= 60);
    CHECK_EQ(tenon_local_unlink_stale(&at), TENON_EADDRINUSE);
    CHECK_EQ(tenon_waker_open(&waker), 0);
    CHECK_EQ(tenon_waker_wake(&waker), 0);
    tenon_cancel_on(&waker);
    result = tenon_connect(clients[count - 1], &at, TENON_FOREVER);
    tenon_cancel_on(NULL);
    CHECK_EQ(result, TENON_ECANCELED);
    CHECK_EQ(tenon_waker_close(&waker), 0);
    CHECK_EQ(tenon_close(tenon_accept(listener, NULL, NET_LIMIT_MS)), 0);
    CHECK_EQ(tenon_connect(clients[count - 1], &at, NET_LIMIT_MS), 0);
  }
  while (count > 0) CHECK_EQ(tenon_close(clients[--count]), 0);
  CHECK_EQ(tenon_close(listener), 0);
  CHECK_EQ(tenon_local_unlink_stale(&at), 0);
}

/* D154 */
TEST(the_peer_of_a_local_stream_is_this_process) {
  NEEDS_LOCAL;
  tenon_sock pair[2], tcp[2];
  tenon_peer peer = {0, 0, 0};
  CHECK_EQ(pair_local(pair), 0);
  for (int i = 0; i < 2; i++) {
    CHECK_EQ(tenon_local_peer(pair[i], &peer), 0);
    CHECK(peer.pid == tenon_process_id() || peer.pid == -1);
    CHECK(peer.uid >= -1 && peer.gid >= -1);
  }
  CHECK_EQ(tenon_local_peer(pair[0], NULL), TENON_EINVAL);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
  CHECK_EQ(tenon_local_peer(pair[0], &peer), TENON_EBADF);
  CHECK_EQ(net_pair(tcp), 0);
  CHECK_EQ(tenon_local_peer(tcp[0], &peer), TENON_ENOTSUP);
  CHECK_EQ(net_close2(tcp[0], tcp[1]), 0);
}

TEST(an_abstract_name_ends_with_its_sockets) {
  if (!tenon_supports(TENON_SUPPORTS_LOCAL_ABSTRACT)) SKIP("the system has no abstract names");
  tenon_addr at = at_path("@tenon-abstract-test"), name;
  for (int i = 0; i < 2; i++) {
    tenon_sock listener = open_local(), client = open_local();
    CHECK_EQ(tenon_bind(listener, &at), 0);
    CHECK_EQ(tenon_bind(client, &at), TENON_EADDRINUSE);
    CHECK_EQ(tenon_listen(listener, 1), 0);
    CHECK_EQ(tenon_getsockname(listener, &name), 0);
    CHECK(tenon_addr_equal(&name, &at));
    CHECK_EQ(tenon_connect(client, &at, NET_LIMIT_MS), 0);
    CHECK_EQ(tenon_local_unlink_stale(&at), TENON_ENOENT);
    CHECK_EQ(net_close2(client, listener), 0);
  }
}

TEST(local_datagrams_arrive_whole_with_their_sender) {
  if (!tenon_supports(TENON_SUPPORTS_LOCAL_DATAGRAMS)) SKIP("the system has no local datagrams");
  tenon_addr at[2] = {own_path(1), own_path(2)}, from;
  tenon_sock s[2];
  char data[8];
  for (int i = 0; i < 2; i++) {
    tenon_local_unlink_stale(&at[i]);
    s[i] = tenon_socket(TENON_AF_UNIX, TENON_SOCK_DGRAM, 0);
    CHECK_EQ(tenon_bind(s[i], &at[i]), 0);
  }
  CHECK_EQ(tenon_local_unlink_stale(&at[0]), TENON_EADDRINUSE);
  CHECK_EQ(tenon_sendto(s[0], "hello", 5, &at[1], NET_LIMIT_MS), 5);
  CHECK_EQ(tenon_recvfrom(s[1], data, 3, &from, NET_LIMIT_MS), TENON_EMSGSIZE);
  CHECK(tenon_addr_equal(&from, &at[0]));
  CHECK_EQ(tenon_sendto(s[0], "", 0, &at[1], NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_recvfrom(s[1], data, sizeof data, &from, NET_LIMIT_MS), 0);
  ptrdiff_t sent = 0; /* until the receiver has no room; not on all systems */
  for (int i = 0; i < 100000 && sent >= 0; i++) sent = tenon_sendto(s[0], "x", 1, &at[1], 0);
  CHECK(sent == TENON_EAGAIN || sent == TENON_ENOBUFS);
  if (sent == TENON_EAGAIN) CHECK_EQ(tenon_sendto(s[0], "x", 1, &at[1], 40), TENON_ETIMEDOUT);
  CHECK_EQ(tenon_close(s[1]), 0);
  CHECK_EQ(tenon_sendto(s[0], "x", 1, &at[1], TENON_FOREVER), TENON_ECONNREFUSED);
  CHECK_EQ(tenon_local_unlink_stale(&at[1]), 0);
  CHECK_EQ(tenon_sendto(s[0], "x", 1, &at[1], TENON_FOREVER), TENON_ENOENT);
  CHECK_EQ(tenon_close(s[0]), 0);
  CHECK_EQ(tenon_local_unlink_stale(&at[0]), 0);
}
