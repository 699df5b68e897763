/* whole.c - transcript: receiving all of it, or without taking it.
 * SPDX-License-Identifier: MIT
 */
#include "transcript.h"

static void receive_all(void) {
  tenon_sock pair[2];
  char data[8] = "";
  net_pair(pair);
  tenon_send(pair[0], "abcdef", 6, LIMIT);
  COUNT("recv_all.whole", "D079", tenon_recv_all(pair[1], data, 4, LIMIT));
  TEXT("recv_all.bytes", "D079", bytes_of(data, 4));
  TIMED("recv_all.too_little", "D079", tenon_recv_all(pair[1], data, 4, SHORT));
  COUNT("recv_all.at_once", "D079", tenon_recv_all(pair[1], data, 4, 0));
  tenon_send(pair[0], "gh", 2, LIMIT);
  tenon_shutdown(pair[0], TENON_SHUT_WR);
  COUNT("recv_all.end_in_the_middle", "D079", tenon_recv_all(pair[1], data, 4, LIMIT));
  COUNT("recv_all.end", "D079", tenon_recv_all(pair[1], data, 4, LIMIT));
  COUNT("recv_all.no_bytes", "D074", tenon_recv_all(pair[1], data, 0, LIMIT));
  COUNT("recv_all.no_bytes.no_handle", "D003", tenon_recv_all(TENON_NO_SOCK, data, 0, LIMIT));
  COUNT("recv_all.null", "D042", tenon_recv_all(pair[1], NULL, 1, LIMIT));
  net_close2(pair[0], pair[1]);
}

static void peek(void) {
  tenon_sock pair[2];
  char data[8] = "";
  net_pair(pair);
  COUNT("peek.nothing.at_once", "D080", tenon_peek(pair[1], data, sizeof data, 0));
  TIMED("peek.nothing.limit", "D080", tenon_peek(pair[1], data, sizeof data, SHORT));
  tenon_send(pair[0], "abc", 3, LIMIT);
  COUNT("peek.limit", "D080", tenon_peek(pair[1], data, sizeof data, LIMIT));
  COUNT("peek.again", "D080", tenon_peek(pair[1], data, 2, LIMIT));
  COUNT("peek.recv", "D080", tenon_recv(pair[1], data, sizeof data, LIMIT));
  TEXT("peek.recv.bytes", "D080", bytes_of(data, 3));
  COUNT("peek.no_bytes.no_handle", "D003", tenon_peek(TENON_NO_SOCK, data, 0, LIMIT));
  tenon_close(pair[0]);
  COUNT("peek.end", "D080", tenon_peek(pair[1], data, sizeof data, LIMIT));
  tenon_close(pair[1]);
}

void topic_whole(void) {
  receive_all();
  peek();
}
