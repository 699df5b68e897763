/* unbound_test.c - datagram sockets that have no port yet: receiving waits until they have one, and gives them none.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check.h"
#include "net.h"
#include "receiving.h"
#include "support.h"

enum { SHORT_MS = 40, A_WHILE_MS = 60 };

static tenon_sock open_unbound(void) {
  return tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
}

static int port_of(tenon_sock s) {
  tenon_addr at;
  return tenon_getsockname(s, &at) == 0 ? at.port : -1;
}

/* D180 */
TEST(receiving_waits_for_a_port_and_binds_nothing) {
  char data[8];
  tenon_addr local = tenon_addr_loopback(TENON_AF_INET, 0);
  for (int i = 0; i < RECEIVING_CALLS; i++) {
    tenon_sock s = open_unbound();
    check_note(receiving_calls[i].name);
    CHECK_EQ(receiving_calls[i].receive(s, data, sizeof data, 0), TENON_EAGAIN);
    int64_t start = tenon_now_ms();
    CHECK_EQ(receiving_calls[i].receive(s, data, sizeof data, SHORT_MS), TENON_ETIMEDOUT);
    CHECK(tenon_now_ms() - start >= SHORT_MS);
    CHECK_EQ(port_of(s), 0);
    CHECK_EQ(tenon_bind(s, &local), 0);
    CHECK_EQ(tenon_close(s), 0);
  }
}

/* ---- What happens meanwhile -------------------------------------------------------------------------------------- */

static tenon_sock unbound, other;
static tenon_addr at_other;

/* Both send to the socket "late", which finds its port by then. */
static void bind_late(void *unused) {
  tenon_addr local = tenon_addr_loopback(TENON_AF_INET, 0);
  (void)unused;
  support_sleep_ms(A_WHILE_MS);
  tenon_bind(unbound, &local);
  tenon_getsockname(unbound, &local);
  tenon_sendto(other, "late", 4, &local, NET_LIMIT_MS);
}

static void ask_late(void *unused) {
  tenon_addr from;
  char data[8];
  (void)unused;
  support_sleep_ms(A_WHILE_MS);
  tenon_sendto(unbound, "ask", 3, &at_other, NET_LIMIT_MS);
  tenon_recvfrom(other, data, sizeof data, &from, NET_LIMIT_MS);
  tenon_sendto(other, "late", 4, &from, NET_LIMIT_MS);
}

static ptrdiff_t receive_meanwhile(const receiving_call *call, void (*happen)(void *), char data[8], int timeout_ms) {
  static support_thread thread;
  unbound = open_unbound();
  other = net_datagrams(TENON_AF_INET, &at_other);
  if (support_thread_start(&thread, happen, NULL)) return TENON_EIO;
  ptrdiff_t received = call->receive(unbound, data, 8, timeout_ms);
  support_thread_join(&thread);
  int closed = net_close2(unbound, other);
  return closed < 0 ? closed : received;
}

TEST(what_arrives_at_a_port_that_came_meanwhile_is_received) {
  static const int limits[] = {NET_LIMIT_MS, TENON_FOREVER};
  char data[8];
  for (int i = 0; i < 4 * RECEIVING_CALLS; i++) {
    const receiving_call *call = &receiving_calls[i / 4];
    check_note(call->name);
    CHECK_EQ(receive_meanwhile(call, i % 2 ? bind_late : ask_late, data, limits[i / 2 % 2]), 4);
    CHECK_MEM(data, "late", 4);
  }
}

static tenon_waker waker;

static void wake_late(void *unused) {
  (void)unused;
  support_sleep_ms(A_WHILE_MS);
  tenon_waker_wake(&waker);
}

TEST(a_waker_ends_the_waiting_for_a_port) {
  static const int limits[] = {NET_LIMIT_MS, TENON_FOREVER};
  char data[8];
  for (int i = 0; i < 2 * RECEIVING_CALLS; i++) {
    check_note(receiving_calls[i / 2].name);
    CHECK_EQ(tenon_waker_open(&waker), 0);
    tenon_cancel_on(&waker);
    ptrdiff_t received = receive_meanwhile(&receiving_calls[i / 2], wake_late, data, limits[i % 2]);
    tenon_cancel_on(NULL);
    CHECK_EQ(tenon_waker_close(&waker), 0);
    CHECK_EQ(received, TENON_ECANCELED);
  }
}

static ptrdiff_t by_poll(tenon_sock s, void *data, size_t size, int timeout_ms) {
  tenon_pollfd item = {s, TENON_POLLIN, 0};
  int ready = tenon_poll(&item, 1, timeout_ms);
  return ready == 1 && item.revents == TENON_POLLIN ? tenon_recv(s, data, size, 0) : TENON_ETIMEDOUT;
}

TEST(a_socket_without_a_port_is_polled_like_any_other) {
  static const receiving_call poll_and_receive = {"poll", by_poll};
  char data[8];
  tenon_sock s = open_unbound();
  tenon_pollfd item = {s, TENON_POLLIN | TENON_POLLOUT, 0};
  CHECK_EQ(by_poll(s, data, sizeof data, SHORT_MS), TENON_ETIMEDOUT);
  CHECK_EQ(tenon_poll(&item, 1, 0), 1);
  CHECK_EQ(item.revents, TENON_POLLOUT);
  CHECK_EQ(port_of(s), 0);
  CHECK_EQ(tenon_close(s), 0);
  CHECK_EQ(receive_meanwhile(&poll_and_receive, bind_late, data, NET_LIMIT_MS), 4);
  CHECK_MEM(data, "late", 4);
}
