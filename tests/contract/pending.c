/* pending.c - transcript: connects that nobody answers.
 * SPDX-License-Identifier: MIT
 */
#include "transcript.h"

static void stay_pending(net_full *full) {
  tenon_sock waiting = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_pollfd item = {full->pending, TENON_POLLIN | TENON_POLLOUT, 0};
  char byte = 0;
  SHOW("pending.connect.again", "D029", tenon_connect(full->pending, &full->at, 0));
  SHOW("pending.result.at_once", "D030", tenon_connect_result(full->pending, 0));
  TIMED("pending.result.limit", "D030", tenon_connect_result(full->pending, SHORT));
  COUNT("pending.poll", "D104", tenon_poll(&item, 1, 0));
  COUNT("pending.send.at_once", "D033", tenon_send(full->pending, &byte, 1, 0));
  COUNT("pending.recv.at_once", "D033", tenon_recv(full->pending, &byte, 1, 0));
  TIMED("pending.recv.limit", "D086", tenon_recv(full->pending, &byte, 1, SHORT));
  TIMED("pending.connect.limit", "D105", tenon_connect(waiting, &full->at, SHORT));
  SHOW("pending.close", "D004", tenon_close(waiting));
}

static void cancel(const net_full *full) {
  tenon_sock waiting = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_waker waker;
  tenon_waker_open(&waker);
  tenon_waker_wake(&waker);
  tenon_cancel_on(&waker);
  SHOW("cancel.connect", "D006", tenon_connect(waiting, &full->at, LIMIT));
  SHOW("cancel.connect_result", "D006", tenon_connect_result(full->pending, LIMIT));
  tenon_cancel_on(NULL);
  tenon_waker_close(&waker);
  tenon_close(waiting);
}

void topic_pending(void) {
  static net_full full;
  FACT("pending.begin", "D056", net_fill(&full, TENON_AF_INET) == 0);
  stay_pending(&full);
  cancel(&full);
  net_empty(&full);
}
