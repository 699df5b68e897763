/* graceful.c - transcript: closing when the peer has everything.
 * SPDX-License-Identifier: MIT
 */
#include "support.h"
#include "transcript.h"

/* A plain close would reset the connection here, and the answer would be lost with it. */
static void answer_with_a_question_unread(void) {
  tenon_sock pair[2];
  char data[8] = "";
  net_pair(pair);
  tenon_send(pair[0], "question", 8, LIMIT);
  tenon_shutdown(pair[0], TENON_SHUT_WR);
  tenon_send(pair[1], "answer", 6, LIMIT);
  SHOW("graceful.unread", "D062", tenon_close_gracefully(pair[1], LIMIT));
  COUNT("graceful.unread.peer_receives", "D062", tenon_recv(pair[0], data, sizeof data, LIMIT));
  COUNT("graceful.unread.peer_ends", "D062", tenon_recv(pair[0], data, sizeof data, LIMIT));
  SHOW("graceful.is_closed", "", tenon_close(pair[1]));
  SHOW("graceful.forever", "", tenon_close_gracefully(pair[0], TENON_FOREVER));
}

static void fail(void) {
  tenon_sock pair[2], other[2], fresh = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  net_pair(pair);
  net_pair(other);
  TIMED("graceful.peer_goes_on", "", tenon_close_gracefully(pair[0], SHORT));
  SHOW("graceful.peer_goes_on.is_closed", "", tenon_close(pair[0]));
  net_reset(other[1]);
  SHOW("graceful.reset", "D034", tenon_close_gracefully(other[0], LIMIT));
  SHOW("graceful.unconnected", "D033", tenon_close_gracefully(fresh, LIMIT));
  SHOW("graceful.unconnected.is_closed", "", tenon_close(fresh));
  SHOW("graceful.no_handle", "D003", tenon_close_gracefully(TENON_NO_SOCK, LIMIT));
  tenon_close(pair[1]);
}

void topic_graceful(void) {
  answer_with_a_question_unread();
  fail();
}
