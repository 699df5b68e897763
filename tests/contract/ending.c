/* ending.c - transcript: how connections end, and sockets that never had one.
 * SPDX-License-Identifier: MIT
 */
#include "support.h"
#include "transcript.h"

/* Systems take some more before they notice that nobody is there. */
static ptrdiff_t send_until_failure(tenon_sock s) {
  static char data[4096];
  int64_t deadline = tenon_deadline(LIMIT);
  ptrdiff_t n = 0;
  while (n >= 0 && tenon_remaining(deadline) > 0) n = tenon_send(s, data, sizeof data, LIMIT);
  return n;
}

static void end_sending(void) {
  tenon_sock pair[2];
  char data[8] = "";
  net_pair(pair);
  tenon_send(pair[0], "last", 4, LIMIT);
  SHOW("shutdown.write", "", tenon_shutdown(pair[0], TENON_SHUT_WR));
  SHOW("shutdown.write.twice", "D064", tenon_shutdown(pair[0], TENON_SHUT_WR));
  COUNT("shutdown.write.peer_receives", "", tenon_recv(pair[1], data, sizeof data, LIMIT));
  COUNT("shutdown.write.peer_ends", "", tenon_recv(pair[1], data, sizeof data, LIMIT));
  COUNT("shutdown.write.end_stays", "", tenon_recv(pair[1], data, sizeof data, 0));
  COUNT("shutdown.write.send", "D032", tenon_send(pair[0], "x", 1, LIMIT));
  COUNT("shutdown.write.send.at_once", "D025", tenon_send(pair[0], "x", 1, 0));
  COUNT("shutdown.write.peer_answers", "", tenon_send(pair[1], "yes", 3, LIMIT));
  COUNT("shutdown.write.recv", "", tenon_recv(pair[0], data, sizeof data, LIMIT));
  SHOW("shutdown.both", "D182", tenon_shutdown(pair[1], TENON_SHUT_RDWR));
  SHOW("shutdown.both.twice", "D064", tenon_shutdown(pair[1], TENON_SHUT_RDWR));
  COUNT("shutdown.both.peer_ends", "D182", tenon_recv(pair[0], data, sizeof data, LIMIT));
  net_close2(pair[0], pair[1]);
}

static void end_receiving(void) {
  tenon_sock pair[2];
  char byte;
  net_pair(pair);
  SHOW("shutdown.read", "D032", tenon_shutdown(pair[0], TENON_SHUT_RD));
  COUNT("shutdown.read.recv", "D032", tenon_recv(pair[0], &byte, 1, LIMIT));
  COUNT("shutdown.read.send", "D032", tenon_send(pair[0], "x", 1, LIMIT));
  COUNT("shutdown.read.peer_receives", "D032", tenon_recv(pair[1], &byte, 1, LIMIT));
  SHOW("shutdown.unknown", "D064", tenon_shutdown(pair[0], 3));
  SHOW("shutdown.negative", "D064", tenon_shutdown(pair[0], -1));
  net_close2(pair[0], pair[1]);
}

static void close_peer(void) {
  tenon_sock pair[2];
  char data[8];
  net_pair(pair);
  tenon_send(pair[0], "bye", 3, LIMIT);
  tenon_close(pair[0]);
  COUNT("close.peer_receives", "D062", tenon_recv(pair[1], data, sizeof data, LIMIT));
  COUNT("close.peer_ends", "D062", tenon_recv(pair[1], data, sizeof data, LIMIT));
  COUNT("close.peer_sends_until_failure", "D025", send_until_failure(pair[1]));
  COUNT("close.peer_sends_again", "D034", tenon_send(pair[1], "x", 1, LIMIT));
  tenon_close(pair[1]);
}

static void close_with_unread_data(void) {
  tenon_sock pair[2];
  char byte;
  net_pair(pair);
  tenon_send(pair[0], "unread", 6, LIMIT);
  tenon_recv(pair[1], &byte, 1, LIMIT);
  SHOW("close.unread", "D062", tenon_close(pair[1]));
  COUNT("close.unread.peer_receives", "D062", tenon_recv(pair[0], &byte, 1, LIMIT));
  tenon_close(pair[0]);
}

static void break_off(void) {
  tenon_sock pair[2], other[2];
  char byte;
  net_pair(pair);
  net_pair(other);
  net_reset(pair[0]);
  COUNT("reset.recv", "D063", tenon_recv(pair[1], &byte, 1, LIMIT));
  COUNT("reset.recv.send", "D034", tenon_send(pair[1], "x", 1, LIMIT));
  FACT("reset.recv.again", "", tenon_recv(pair[1], &byte, 1, LIMIT) <= 0);
  SHOW("reset.shutdown", "D064", tenon_shutdown(pair[1], TENON_SHUT_WR));
  net_reset(other[0]);
  COUNT("reset.send", "D034", send_until_failure(other[1]));
  COUNT("reset.send.again", "D025", tenon_send(other[1], "x", 1, LIMIT));
  net_close2(pair[1], other[1]);
}

static void never_connect(void) {
  tenon_sock fresh = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0), listener = net_listen(TENON_AF_INET, NULL);
  char byte = 0;
  COUNT("unconnected.send", "D033", tenon_send(fresh, &byte, 1, LIMIT));
  COUNT("unconnected.send.at_once", "D033", tenon_send(fresh, &byte, 1, 0));
  COUNT("unconnected.recv", "D033", tenon_recv(fresh, &byte, 1, LIMIT));
  SHOW("unconnected.shutdown.read", "D064", tenon_shutdown(fresh, TENON_SHUT_RD));
  SHOW("unconnected.shutdown.write", "D064", tenon_shutdown(fresh, TENON_SHUT_WR));
  SHOW("unconnected.shutdown.both", "D064", tenon_shutdown(fresh, TENON_SHUT_RDWR));
  COUNT("listener.send", "D033", tenon_send(listener, &byte, 1, LIMIT));
  COUNT("listener.recv", "D033", tenon_recv(listener, &byte, 1, LIMIT));
  SHOW("listener.shutdown", "D064", tenon_shutdown(listener, TENON_SHUT_RDWR));
  SHOW("listener.still_listens", "D064", tenon_accept(listener, NULL, 0));
  net_close2(fresh, listener);
}

void topic_ending(void) {
  end_sending();
  end_receiving();
  close_peer();
  close_with_unread_data();
  break_off();
  never_connect();
}
