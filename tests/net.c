/* net.c - sockets as most tests need them, made through Tenon alone.
 * SPDX-License-Identifier: MIT
 */
#include "net.h"

#include "support.h"

enum { PENDING_MS = 300, QUIET_MS = 100, MOST = 1 << 28 };

/* A socket bound to a loopback port of the system's choice. */
static tenon_sock open_bound(int family, int type, tenon_addr *at) {
  tenon_addr local = tenon_addr_loopback(family, 0);
  tenon_sock s = tenon_socket(family, type, 0);
  if (s < 0) return s;
  int result = tenon_bind(s, &local);
  if (result == 0) result = tenon_getsockname(s, at);
  if (result == 0) return s;
  tenon_close(s);
  return result;
}

tenon_sock net_listen(int family, tenon_addr *at) {
  tenon_addr bound;
  tenon_sock s = open_bound(family, TENON_SOCK_STREAM, at ? at : &bound);
  if (s < 0) return s;
  int result = tenon_listen(s, -1);
  if (result == 0) return s;
  tenon_close(s);
  return result;
}

static int connect_pair(tenon_sock listener, const tenon_addr *at, tenon_sock pair[2]) {
  pair[0] = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  if (pair[0] < 0) return (int)pair[0];
  int result = tenon_connect(pair[0], at, NET_LIMIT_MS);
  if (result < 0) return result;
  pair[1] = tenon_accept(listener, NULL, NET_LIMIT_MS);
  return pair[1] < 0 ? (int)pair[1] : 0;
}

int net_pair(tenon_sock pair[2]) {
  tenon_addr at;
  tenon_sock listener = net_listen(TENON_AF_INET, &at);
  pair[0] = pair[1] = TENON_NO_SOCK;
  if (listener < 0) return (int)listener;
  int result = connect_pair(listener, &at, pair);
  tenon_close(listener);
  if (result == 0) return 0;
  if (pair[0] >= 0) tenon_close(pair[0]);
  pair[0] = pair[1] = TENON_NO_SOCK;
  return result;
}

int net_close2(tenon_sock a, tenon_sock b) {
  int result_a = tenon_close(a);
  int result_b = tenon_close(b);
  return result_a ? result_a : result_b;
}

int net_reset(tenon_sock s) {
  support_set_linger_zero(s);
  return tenon_close(s);
}

int net_await(tenon_sock s, int events) {
  tenon_pollfd item = {s, events, 0};
  return tenon_poll(&item, 1, NET_LIMIT_MS) == 1;
}

char net_too_much[NET_TOO_MUCH];

/* Full is what takes nothing after a pause. MOST ends the loop on a system that takes everything. */
ptrdiff_t net_stuff(tenon_sock s) {
  ptrdiff_t total = 0, before, n;
  tenon_pollfd room = {s, TENON_POLLOUT, 0};
  do {
    for (before = total; (n = tenon_send(s, net_too_much, 1 << 16, 0)) > 0 && total < MOST;) total += n;
    tenon_poll(&room, 1, QUIET_MS);
  } while (total != before && total < MOST);
  return total;
}

tenon_sock net_datagrams(int family, tenon_addr *at) {
  return open_bound(family, TENON_SOCK_DGRAM, at);
}

void net_send_late(void *late_sender) {
  const net_late_sender *late = late_sender;
  support_sleep_ms(100); /* what is tested is that the other side waits, however long that takes */
  tenon_sendto(late->s, "late", 4, &late->to, NET_LIMIT_MS);
}

static struct kept_port {
  int is_kept;
  tenon_addr at;
} kept_ports[2];

tenon_addr net_refusing(int family) {
  struct kept_port *port = &kept_ports[family == TENON_AF_INET6];
  if (!port->is_kept) port->is_kept = open_bound(family, TENON_SOCK_STREAM, &port->at) >= 0;
  return port->is_kept ? port->at : tenon_addr_any(TENON_AF_UNSPEC, 0);
}

int net_kept_handles(void) {
  return kept_ports[0].is_kept + kept_ports[1].is_kept;
}

/* ---- Pending connects -------------------------------------------------------------------------------------------- */

static tenon_sock begin_connecting(const tenon_addr *at) {
  tenon_sock s = tenon_socket(at->family, TENON_SOCK_STREAM, 0);
  if (s >= 0) tenon_connect(s, at, 0);
  return s;
}

/* A refusal is an event, too. */
static int stays_pending(tenon_sock s) {
  tenon_pollfd item = {s, TENON_POLLIN | TENON_POLLOUT, 0};
  return s >= 0 && tenon_poll(&item, 1, PENDING_MS) == 0;
}

static int open_listener(net_full *full, int family) {
  full->queued = 0;
  full->pending = TENON_NO_SOCK;
  full->listener = open_bound(family, TENON_SOCK_STREAM, &full->at);
  return full->listener < 0 ? -1 : 0;
}

/* A system may take the option and ignore it. Then the connect comes about. */
static int fill_unanswered(net_full *full, int family) {
  if (open_listener(full, family) < 0 || support_set_conditional_accept(full->listener) < 0) return -1;
  if (tenon_listen(full->listener, NET_QUEUE) < 0) return -1;
  full->pending = begin_connecting(&full->at);
  return stays_pending(full->pending) ? 0 : -1;
}

static int fill_queue(net_full *full, int family) {
  if (open_listener(full, family) < 0 || tenon_listen(full->listener, 0) < 0) return -1;
  while (full->queued < NET_QUEUE) {
    tenon_sock s = begin_connecting(&full->at);
    if (stays_pending(s)) {
      full->pending = s;
      return 0;
    }
    if (s >= 0) full->queue[full->queued++] = s;
    if (tenon_connect_result(s, 0) < 0) return -1;
  }
  return -1;
}

int net_fill(net_full *full, int family) {
  if (fill_unanswered(full, family) == 0) return 0;
  net_empty(full);
  return fill_queue(full, family);
}

void net_empty(net_full *full) {
  for (int i = 0; i < full->queued; i++) tenon_close(full->queue[i]);
  if (full->pending >= 0) tenon_close(full->pending);
  if (full->listener >= 0) tenon_close(full->listener);
}
