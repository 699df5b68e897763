/* poller.c - transcript: one event queue for many.
 * SPDX-License-Identifier: MIT
 */
#include "tenon/poller.h"

#include <stdio.h>

#include "native.h"
#include "support.h"
#include "transcript.h"

enum { IN = TENON_POLLIN, OUT = TENON_POLLOUT, BOTH = TENON_POLLIN | TENON_POLLOUT, ROOM = 8 };

#define NEWS(id, trap, call) transcript_text(id, trap, #call, call)

static int first, second; /* what pointers point to */

/* How many sockets have news, and what is the case on the first of them, with its pointer's name. TENON_POLLHUP is not
 * shown: it is but a hint. */
static const char *wait_once(tenon_poller *p, int timeout_ms) {
  static char text[64];
  tenon_poller_event events[ROOM];
  int count = tenon_poller_wait(p, events, ROOM, timeout_ms), shown = count > 0 ? events[0].events : 0;
  if (count < 0) return tenon_errname(count);
  const char *name = count == 0 ? "" : events[0].pointer == &first ? " first" : " second";
  const char *in = shown & TENON_POLLIN ? " IN" : "", *out = shown & TENON_POLLOUT ? " OUT" : "";
  snprintf(text, sizeof text, "%d%s%s%s%s", count, name, in, out, shown & TENON_POLLERR ? " ERR" : "");
  return text;
}

static void set_and_remove(tenon_poller *p) {
  tenon_sock pair[2];
  char byte;
  net_pair(pair);
  SHOW("poller.set", "", tenon_poller_set(p, pair[0], IN, 0, &first));
  NEWS("poller.idle", "", wait_once(p, 0));
  tenon_send(pair[1], "x", 1, LIMIT);
  NEWS("poller.data", "D106", wait_once(p, LIMIT));
  NEWS("poller.data.again", "D106", wait_once(p, TENON_FOREVER));
  SHOW("poller.set.again", "D107", tenon_poller_set(p, pair[0], BOTH, 0, &second));
  NEWS("poller.set.again.data", "D107", wait_once(p, LIMIT));
  tenon_recv(pair[0], &byte, 1, LIMIT);
  NEWS("poller.received", "D106", wait_once(p, LIMIT));
  SHOW("poller.remove", "", tenon_poller_remove(p, pair[0]));
  SHOW("poller.remove.again", "D107", tenon_poller_remove(p, pair[0]));
  NEWS("poller.removed", "", wait_once(p, SHORT));
  SHOW("poller.once", "D106", tenon_poller_set(p, pair[0], BOTH, TENON_POLLER_ONCE, &first));
  NEWS("poller.once.first", "D106", wait_once(p, LIMIT));
  tenon_send(pair[1], "x", 1, LIMIT);
  NEWS("poller.once.more", "D106", wait_once(p, SHORT));
  SHOW("poller.once.again", "D106", tenon_poller_set(p, pair[0], IN, TENON_POLLER_ONCE, &second));
  NEWS("poller.once.again.data", "D106", wait_once(p, LIMIT));
  net_close2(pair[0], pair[1]);
}

static void wait_for_endings(tenon_poller *p) {
  tenon_sock pair[2], refused = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_addr nobody = net_refusing(TENON_AF_INET);
  net_pair(pair);
  tenon_poller_set(p, pair[0], IN, 0, &first);
  native_send_urgent(pair[1]);
  NEWS("poller.urgent", "D085", wait_once(p, SHORT));
  tenon_shutdown(pair[1], TENON_SHUT_WR);
  NEWS("poller.end", "D101", wait_once(p, LIMIT));
  tenon_poller_set(p, pair[0], OUT, 0, &first);
  NEWS("poller.end.out", "D101", wait_once(p, LIMIT));
  net_close2(pair[0], pair[1]);
  NEWS("poller.closed_without_remove", "D107", wait_once(p, SHORT));
  net_pair(pair);
  tenon_poller_set(p, pair[0], IN, 0, &first);
  net_reset(pair[1]);
  NEWS("poller.reset", "D108", wait_once(p, LIMIT));
  tenon_close(pair[0]);
  tenon_connect(refused, &nobody, 0);
  tenon_poller_set(p, refused, OUT, 0, &second);
  NEWS("poller.refused", "D112", wait_once(p, LIMIT));
  tenon_poller_remove(p, refused);
  tenon_close(refused);
}

static void wait_for_others(tenon_poller *p) {
  tenon_poller_event event;
  tenon_addr server;
  tenon_sock listener = net_listen(TENON_AF_INET, &server), client = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_poller_set(p, listener, IN, 0, &first);
  tenon_connect(client, &server, LIMIT);
  NEWS("poller.listener", "", wait_once(p, LIMIT));
  tenon_poller_remove(p, listener);
  net_close2(listener, client);
  TIMED("poller.limit", "D105", tenon_poller_wait(p, &event, 1, SHORT));
  support_signal_storm_start();
  TIMED("poller.signals", "D026", tenon_poller_wait(p, &event, 1, SHORT));
  support_signal_storm_stop();
  SHOW("poller.wake", "D110", tenon_poller_wake(p));
  SHOW("poller.wake.again", "D110", tenon_poller_wake(p));
  COUNT("poller.woken", "D110", tenon_poller_wait(p, &event, 1, TENON_FOREVER));
  TIMED("poller.woken.once", "D110", tenon_poller_wait(p, &event, 1, SHORT));
}

static void misuse(tenon_poller *p) {
  tenon_sock pair[2], file = support_open_file();
  tenon_poller_event event;
  net_pair(pair);
  SHOW("poller.set.nothing", "", tenon_poller_set(p, pair[0], 0, 0, &first));
  SHOW("poller.set.too_much", "D098", tenon_poller_set(p, pair[0], IN | TENON_POLLERR, 0, &first));
  SHOW("poller.set.flags", "", tenon_poller_set(p, pair[0], IN, 2, &first));
  SHOW("poller.set.closed", "", tenon_poller_set(p, support_closed_handle(), IN, 0, &first));
  SHOW("poller.set.negative", "", tenon_poller_set(p, TENON_NO_SOCK, IN, 0, &first));
  SHOW("poller.set.file", "D107", tenon_poller_set(p, file, IN, 0, &first));
  SHOW("poller.remove.closed", "D107", tenon_poller_remove(p, support_closed_handle()));
  COUNT("poller.wait.no_room", "", tenon_poller_wait(p, &event, 0, 0));
  COUNT("poller.wait.null", "", tenon_poller_wait(p, NULL, 1, 0));
  COUNT("poller.wait.limit.negative", "", tenon_poller_wait(p, &event, 1, -2));
  SHOW("poller.null.open", "", tenon_poller_open(NULL));
  support_close_file(file);
  net_close2(pair[0], pair[1]);
}

static void use_closed(tenon_poller *p) {
  tenon_poller_event event;
  SHOW("poller.close", "", tenon_poller_close(p));
  SHOW("poller.close.again", "", tenon_poller_close(p));
  SHOW("poller.closed.set", "", tenon_poller_set(p, TENON_NO_SOCK, IN, 0, &first));
  SHOW("poller.closed.remove", "", tenon_poller_remove(p, TENON_NO_SOCK));
  SHOW("poller.closed.wait", "", tenon_poller_wait(p, &event, 1, TENON_FOREVER));
  SHOW("poller.closed.wake", "", tenon_poller_wake(p));
}

void topic_poller(void) {
  static tenon_poller p;
  SHOW("poller.open", "", tenon_poller_open(&p));
  set_and_remove(&p);
  wait_for_endings(&p);
  wait_for_others(&p);
  misuse(&p);
  use_closed(&p);
}
