/* exhaustion_test.c - the process has no handle left: what fails, what that leaves behind, and that it works again.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "check.h"
#include "net.h"
#include "support.h"

/* ---- Whatever opens a handle, and closes it ---------------------------------------------------------------------- */

static tenon_addr listener_at;

static int closed(tenon_sock s) {
  return s < 0 ? (int)s : tenon_close(s);
}

static int open_stream(void) {
  return closed(tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0));
}

static int open_datagram(void) {
  return closed(tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0));
}

static int open_pair(void) {
  tenon_sock pair[2];
  int result = tenon_socketpair(pair);
  return result < 0 ? result : net_close2(pair[0], pair[1]);
}

static int open_waker(void) {
  tenon_waker w;
  int result = tenon_waker_open(&w);
  return result < 0 ? result : tenon_waker_close(&w);
}

static int dial(void) {
  char port[8];
  snprintf(port, sizeof port, "%u", (unsigned)listener_at.port);
  return closed(tenon_tcp_connect("127.0.0.1", port, NET_LIMIT_MS));
}

static int dial_all_addresses(void) {
  char port[8];
  snprintf(port, sizeof port, "%u", (unsigned)listener_at.port);
  return closed(tenon_tcp_connect("localhost", port, NET_LIMIT_MS));
}

static int serve(void) {
  return closed(tenon_tcp_listen("127.0.0.1", "0", -1));
}

static int serve_anywhere(void) {
  return closed(tenon_tcp_listen(NULL, "0", -1));
}

static int dial_for_datagrams(void) {
  return closed(tenon_udp_connect("localhost", "9", NET_LIMIT_MS));
}

static int serve_datagrams(void) {
  return closed(tenon_udp_bind(NULL, "0"));
}

static const struct opening {
  const char *name;
  int (*run)(void);
  int handles; /* how many it takes */
} openings[] = {
    {"a stream", open_stream, 1},
    {"a datagram socket", open_datagram, 1},
    {"a pair", open_pair, 2},
    {"a waker", open_waker, 2},
    {"a connection by address", dial, 1},
    {"a connection by name", dial_all_addresses, 1},
    {"a listener", serve, 1},
    {"a listener at all addresses", serve_anywhere, 1},
    {"a datagram connection", dial_for_datagrams, 1},
    {"a datagram server", serve_datagrams, 1},
};
enum { OPENINGS = sizeof openings / sizeof *openings };

/* ---- Tests ------------------------------------------------------------------------------------------------------- */

/* Also with one handle less than it takes. */
TEST(without_handles_nothing_opens_and_nothing_stays_half_open) {
  tenon_sock listener = net_listen(TENON_AF_INET, &listener_at);
  CHECK_OK(listener);
  for (int i = 0; i < OPENINGS; i++) {
    check_note(openings[i].name);
    for (int spare = 0; spare < openings[i].handles; spare++) {
      int taken = support_take_handles();
      support_give_handles_back(spare);
      int result = openings[i].run(), native_error = tenon_native_error(), still_there = support_take_handles();
      support_give_all_handles_back();
      if (taken < 0) tenon_close(listener);
      if (taken < 0) SKIP("the system sets no limit that a process could come to");
      CHECK_EQ(result, TENON_EMFILE);
      CHECK(native_error != 0);
      CHECK_EQ(still_there, spare);
    }
    CHECK_EQ(openings[i].run(), 0);
  }
  CHECK_EQ(tenon_close(listener), 0);
}

/* D038: Once it has a handle again it takes all of them, with what they have sent. */
TEST(a_listener_without_handles_keeps_its_clients) {
  enum { CLIENTS = 3 };
  static const int limits[] = {0, NET_LIMIT_MS, TENON_FOREVER};
  tenon_sock clients[CLIENTS], accepted[CLIENTS], refused[CLIENTS], listener = net_listen(TENON_AF_INET, &listener_at);
  for (int i = 0; i < CLIENTS; i++) {
    clients[i] = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
    CHECK_EQ(tenon_connect(clients[i], &listener_at, NET_LIMIT_MS), 0);
    CHECK_EQ(tenon_send(clients[i], "x", 1, NET_LIMIT_MS), 1);
  }
  int taken = support_take_handles();
  for (int i = 0; i < CLIENTS && taken >= 0; i++) refused[i] = tenon_accept(listener, NULL, limits[i]);
  support_give_handles_back(1);
  accepted[0] = tenon_accept(listener, NULL, NET_LIMIT_MS);
  support_give_all_handles_back();
  for (int i = 0; i < CLIENTS; i++) {
    char byte = 0;
    if (i > 0) accepted[i] = tenon_accept(listener, NULL, NET_LIMIT_MS);
    CHECK_OK(accepted[i]);
    CHECK_EQ(tenon_recv(accepted[i], &byte, 1, NET_LIMIT_MS), 1);
    CHECK_EQ(net_close2(clients[i], accepted[i]), 0);
  }
  CHECK_EQ(tenon_close(listener), 0);
  if (taken < 0) SKIP("the system sets no limit that a process could come to");
  for (int i = 0; i < CLIENTS; i++) CHECK_EQ(refused[i], TENON_EMFILE);
}

TEST(what_is_open_works_on_without_handles) {
  tenon_sock pair[2];
  tenon_waker w;
  tenon_addr addr, list[2];
  char data[4];
  int value;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_waker_open(&w), 0);
  int taken = support_take_handles();
  int sent = tenon_send(pair[0], "data", 4, NET_LIMIT_MS) == 4 && tenon_recv(pair[1], data, 4, NET_LIMIT_MS) == 4;
  int asked = tenon_getsockname(pair[0], &addr) == 0 && tenon_getpeername(pair[0], &addr) == 0 &&
              tenon_getsockopt(pair[0], TENON_OPT_TYPE, &value) == 0 && tenon_adopt(pair[0]) == 0;
  tenon_pollfd items[] = {{pair[0], TENON_POLLOUT, 0}, {w.ready, TENON_POLLIN, 0}};
  int woken = tenon_waker_wake(&w) == 0 && tenon_poll(items, 2, NET_LIMIT_MS) == 2 && tenon_waker_clear(&w) == 0;
  int found = tenon_resolve("localhost", "80", NULL, list, 2, NET_LIMIT_MS);
  support_give_all_handles_back();
  CHECK_EQ(tenon_waker_close(&w), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
  if (taken < 0) SKIP("the system sets no limit that a process could come to");
  CHECK(sent);
  CHECK(asked);
  CHECK(woken);
  CHECK_EQ(found, 2);
}

/* Resolvers read files. */
TEST(a_lookup_without_handles_fails_or_answers) {
  int taken = support_take_handles();
  int unlimited = tenon_resolve(NULL, "no-such-service-x", NULL, NULL, 0, TENON_FOREVER);
  int limited = tenon_resolve(NULL, "no-such-service-x", NULL, NULL, 0, NET_LIMIT_MS);
  support_give_all_handles_back();
  if (taken < 0) SKIP("the system sets no limit that a process could come to");
  CHECK(unlimited < 0);
  CHECK(limited < 0);
  CHECK_EQ(tenon_resolve(NULL, "no-such-service-x", NULL, NULL, 0, NET_LIMIT_MS), TENON_EAI_SERVICE);
}
