/* poll.c - transcript: waiting for many.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "native.h"
#include "support.h"
#include "transcript.h"

enum { IN = TENON_POLLIN, OUT = TENON_POLLOUT, BOTH = TENON_POLLIN | TENON_POLLOUT, MANY = 100, CROWD = 400 };

#define EVENTS(id, trap, call) transcript_text(id, trap, #call, call)

static const char *name_events(int result, int revents) {
  static char text[64];
  if (result < 0) return tenon_errname(result);
  const char *in = revents & TENON_POLLIN ? " IN" : "", *out = revents & TENON_POLLOUT ? " OUT" : "";
  const char *error = revents & TENON_POLLERR ? " ERR" : "", *invalid = revents & TENON_POLLNVAL ? " NVAL" : "";
  snprintf(text, sizeof text, "%d%s%s%s%s", result, in, out, error, invalid);
  return text;
}

/* How many sockets, and what is the case on this one. TENON_POLLHUP is not shown: it is but a hint. */
static const char *poll_one(tenon_sock s, int events, int timeout_ms) {
  tenon_pollfd item = {s, events, 0};
  int result = tenon_poll(&item, 1, timeout_ms);
  return name_events(result, item.revents);
}

static void wait_in_vain(tenon_sock idle) {
  tenon_pollfd item = {idle, IN, 0}, negative = {TENON_NO_SOCK, IN, -1};
  TIMED("poll.idle.limit", "D105", tenon_poll(&item, 1, SHORT));
  TIMED("poll.negative_alone", "D099", tenon_poll(&negative, 1, SHORT));
  EVENTS("poll.negative_alone.revents", "D099", name_events(0, negative.revents));
}

static void poll_connection(void) {
  tenon_sock pair[2];
  char byte;
  net_pair(pair);
  EVENTS("poll.idle.in", "D097", poll_one(pair[0], IN, 0));
  EVENTS("poll.idle.out", "D097", poll_one(pair[0], OUT, LIMIT));
  EVENTS("poll.idle.both", "D097", poll_one(pair[0], BOTH, LIMIT));
  EVENTS("poll.idle.asked_for_more", "D098", poll_one(pair[0], BOTH | TENON_POLLERR | TENON_POLLHUP, LIMIT));
  EVENTS("poll.idle.none", "D104", poll_one(pair[0], 0, 0));
  wait_in_vain(pair[0]);
  native_send_urgent(pair[1]);
  EVENTS("poll.urgent", "D085", poll_one(pair[0], IN, SHORT));
  tenon_send(pair[1], "x", 1, LIMIT);
  EVENTS("poll.data", "", poll_one(pair[0], IN, LIMIT));
  EVENTS("poll.data.forever", "", poll_one(pair[0], BOTH, TENON_FOREVER));
  EVENTS("poll.data.stays", "", poll_one(pair[0], IN, 0));
  tenon_shutdown(pair[1], TENON_SHUT_WR);
  EVENTS("poll.data_and_end", "D101", poll_one(pair[0], IN, LIMIT));
  tenon_recv(pair[0], &byte, 1, LIMIT);
  EVENTS("poll.end", "D101", poll_one(pair[0], IN, LIMIT));
  EVENTS("poll.end.out", "D101", poll_one(pair[0], OUT, LIMIT));
  EVENTS("poll.end.other_side", "D175", poll_one(pair[1], BOTH, LIMIT));
  net_close2(pair[0], pair[1]);
}

static void poll_broken(void) {
  tenon_sock pair[2], refused = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_addr nobody = net_refusing(TENON_AF_INET);
  net_pair(pair);
  net_reset(pair[1]);
  EVENTS("poll.reset", "D181", poll_one(pair[0], BOTH, LIMIT));
  tenon_connect(refused, &nobody, 0);
  EVENTS("poll.refused", "D100", poll_one(refused, BOTH, LIMIT));
  SHOW("poll.refused.result", "D095", tenon_connect_result(refused, 0));
  net_close2(pair[0], refused);
}

static void poll_listener(void) {
  tenon_addr server;
  tenon_sock listener = net_listen(TENON_AF_INET, &server), client = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  EVENTS("poll.listener.nobody", "", poll_one(listener, IN, 0));
  tenon_connect(client, &server, 0);
  EVENTS("poll.listener", "", poll_one(listener, IN, LIMIT));
  EVENTS("poll.connected", "D030", poll_one(client, OUT, LIMIT));
  SHOW("poll.connected.result", "D030", tenon_connect_result(client, 0));
  net_close2(listener, client);
}

static void poll_bad(void) {
  tenon_sock pair[2];
  net_pair(pair);
  EVENTS("poll.closed", "D099", poll_one(support_closed_handle(), IN, LIMIT));
  tenon_send(pair[1], "x", 1, LIMIT);
  tenon_pollfd items[4] = {
      {TENON_NO_SOCK, IN, -1}, {pair[0], IN, 0}, {support_closed_handle(), OUT, 0}, {pair[0], IN, 0}};
  int count = tenon_poll(items, 4, LIMIT);
  EVENTS("poll.mixed.negative", "D099", name_events(count, items[0].revents));
  EVENTS("poll.mixed.data", "D099", name_events(count, items[1].revents));
  EVENTS("poll.mixed.closed", "D099", name_events(count, items[2].revents));
  EVENTS("poll.mixed.data_twice", "D099", name_events(count, items[3].revents));
  net_close2(pair[0], pair[1]);
}

static void poll_arguments(void) {
  tenon_pollfd none = {TENON_NO_SOCK, IN, 0};
  TIMED("poll.empty", "D094", tenon_poll(&none, 0, SHORT));
  TIMED("poll.empty.null", "D094", tenon_poll(NULL, 0, SHORT));
  COUNT("poll.empty.at_once", "D094", tenon_poll(NULL, 0, 0));
  COUNT("poll.null", "D042", tenon_poll(NULL, 1, 0));
  COUNT("poll.count.negative", "", tenon_poll(&none, -1, 0));
  COUNT("poll.limit.negative", "", tenon_poll(&none, 1, -2));
  support_signal_storm_start();
  TIMED("poll.signals", "D026", tenon_poll(NULL, 0, SHORT));
  support_signal_storm_stop();
}

/* More than select takes on Windows. */
static void poll_many(void) {
  static tenon_pollfd items[MANY];
  tenon_sock pair[2];
  net_pair(pair);
  for (int i = 0; i < MANY - 1; i++) items[i].sock = net_listen(TENON_AF_INET, NULL), items[i].events = IN;
  items[MANY - 1].sock = pair[0], items[MANY - 1].events = IN;
  COUNT("poll.many.idle", "D093", tenon_poll(items, MANY, 0));
  tenon_send(pair[1], "x", 1, LIMIT);
  int count = tenon_poll(items, MANY, LIMIT);
  EVENTS("poll.many.last", "D093", name_events(count, items[MANY - 1].revents));
  for (int i = 0; i < MANY; i++) tenon_close(items[i].sock);
  tenon_close(pair[1]);
}

/* More than the process may have descriptors, where there is such a limit; all but one are left out. */
static void poll_left_out(void) {
  static tenon_pollfd items[CROWD];
  tenon_sock pair[2];
  net_pair(pair);
  for (int i = 0; i < CROWD; i++) items[i].sock = TENON_NO_SOCK, items[i].events = IN;
  items[CROWD / 2].sock = pair[0];
  support_take_handles();
  COUNT("poll.left_out.idle", "D207", tenon_poll(items, CROWD, SHORT));
  tenon_send(pair[1], "x", 1, LIMIT);
  int count = tenon_poll(items, CROWD, LIMIT);
  support_give_all_handles_back();
  EVENTS("poll.left_out.ready", "D207", name_events(count, items[CROWD / 2].revents));
  EVENTS("poll.left_out.last", "D207", name_events(count, items[CROWD - 1].revents));
  net_close2(pair[0], pair[1]);
}

void topic_poll(void) {
  poll_connection();
  poll_broken();
  poll_listener();
  poll_bad();
  poll_arguments();
  poll_many();
  poll_left_out();
}
