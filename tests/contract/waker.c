/* waker.c - transcript: ending what waits.
 * SPDX-License-Identifier: MIT
 */
#include "transcript.h"

static void wake_polls(void) {
  tenon_waker waker;
  SHOW("waker.open", "D110", tenon_waker_open(&waker));
  tenon_pollfd ready = {waker.ready, TENON_POLLIN, 0};
  COUNT("waker.poll.not_fired", "D110", tenon_poll(&ready, 1, 0));
  SHOW("waker.wake", "D110", tenon_waker_wake(&waker));
  SHOW("waker.wake.again", "D110", tenon_waker_wake(&waker));
  COUNT("waker.poll.fired", "D110", tenon_poll(&ready, 1, LIMIT));
  COUNT("waker.poll.stays_fired", "D110", tenon_poll(&ready, 1, LIMIT));
  SHOW("waker.clear", "D110", tenon_waker_clear(&waker));
  SHOW("waker.clear.again", "D110", tenon_waker_clear(&waker));
  TIMED("waker.poll.cleared", "D110", tenon_poll(&ready, 1, SHORT));
  SHOW("waker.close", "D110", tenon_waker_close(&waker));
}

static void cancel_calls(const tenon_waker *waker) {
  tenon_sock pair[2], listener = net_listen(TENON_AF_INET, NULL);
  char data[8];
  net_pair(pair);
  tenon_cancel_on(waker);
  tenon_waker_wake(waker);
  COUNT("cancel.recv", "D006", tenon_recv(pair[0], data, sizeof data, LIMIT));
  COUNT("cancel.recv.forever", "D006", tenon_recv(pair[0], data, sizeof data, TENON_FOREVER));
  COUNT("cancel.recv_all", "D006", tenon_recv_all(pair[0], data, sizeof data, LIMIT));
  COUNT("cancel.recv.at_once", "D006", tenon_recv(pair[0], data, sizeof data, 0));
  SHOW("cancel.accept", "D006", tenon_accept(listener, NULL, LIMIT));
  SHOW("cancel.accept.forever", "D006", tenon_accept(listener, NULL, TENON_FOREVER));
  TIMED("cancel.poll", "D110", tenon_poll(NULL, 0, SHORT));
  COUNT("cancel.send.with_room", "D006", tenon_send(pair[1], "abc", 3, LIMIT));
  tenon_pollfd item = {pair[0], TENON_POLLIN, 0};
  tenon_poll(&item, 1, LIMIT);
  COUNT("cancel.recv.with_data", "D006", tenon_recv(pair[0], data, sizeof data, LIMIT));
  tenon_waker_clear(waker);
  TIMED("cancel.cleared.recv", "D006", tenon_recv(pair[0], data, sizeof data, SHORT));
  tenon_waker_wake(waker);
  SHOW("cancel.close_gracefully", "D006", tenon_close_gracefully(pair[0], LIMIT));
  SHOW("cancel.close_gracefully.is_closed", "", tenon_close(pair[0]));
  tenon_cancel_on(NULL);
  TIMED("cancel.ended.accept", "D006", tenon_accept(listener, NULL, SHORT));
  net_close2(pair[1], listener);
}

static void misuse(void) {
  SHOW("waker.open.null", "D042", tenon_waker_open(NULL));
  SHOW("waker.wake.null", "D042", tenon_waker_wake(NULL));
  SHOW("waker.clear.null", "D042", tenon_waker_clear(NULL));
  SHOW("waker.close.null", "D042", tenon_waker_close(NULL));
}

void topic_waker(void) {
  tenon_waker waker;
  wake_polls();
  SHOW("cancel.open", "D110", tenon_waker_open(&waker));
  cancel_calls(&waker);
  tenon_waker_close(&waker);
  misuse();
}
