/* stream.c - transcript: sending and receiving over a connection.
 * SPDX-License-Identifier: MIT
 */
#include "native.h"
#include "support.h"
#include "transcript.h"

static void exchange(void) {
  tenon_sock pair[2];
  char data[8] = "";
  net_pair(pair);
  COUNT("send.limit", "", tenon_send(pair[0], "ping", 4, LIMIT));
  COUNT("recv.limit", "", tenon_recv(pair[1], data, sizeof data, LIMIT));
  TEXT("recv.bytes", "", bytes_of(data, 4));
  COUNT("send.forever", "", tenon_send(pair[1], "pong!", 5, TENON_FOREVER));
  COUNT("recv.forever.part", "", tenon_recv(pair[0], data, 2, TENON_FOREVER));
  COUNT("recv.forever.rest", "", tenon_recv(pair[0], data + 2, 3, TENON_FOREVER));
  TEXT("recv.parts", "", bytes_of(data, 5));
  COUNT("send.at_once", "", tenon_send(pair[0], "now", 3, 0));
  COUNT("recv.larger_buffer", "", tenon_recv(pair[1], data, sizeof data, LIMIT));
  net_close2(pair[0], pair[1]);
}

static void wait_in_vain(void) {
  tenon_sock pair[2];
  char byte;
  net_pair(pair);
  COUNT("recv.nothing.at_once", "D020", tenon_recv(pair[0], &byte, 1, 0));
  TIMED("recv.nothing.limit", "D086", tenon_recv(pair[0], &byte, 1, SHORT));
  TIMED("recv.nothing.limit.again", "D086", tenon_recv(pair[0], &byte, 1, SHORT));
  support_signal_storm_start();
  TIMED("recv.nothing.signals", "D026", tenon_recv(pair[0], &byte, 1, SHORT));
  support_signal_storm_stop();
  COUNT("recv.after_timeout.send", "", tenon_send(pair[1], "x", 1, LIMIT));
  COUNT("recv.after_timeout", "D086", tenon_recv(pair[0], &byte, 1, LIMIT));
  net_close2(pair[0], pair[1]);
}

static void send_nothing(void) {
  tenon_sock pair[2];
  char byte;
  net_pair(pair);
  COUNT("send.no_bytes", "D074", tenon_send(pair[0], "", 0, LIMIT));
  COUNT("send.no_bytes.null", "D074", tenon_send(pair[0], NULL, 0, LIMIT));
  COUNT("recv.no_bytes", "D074", tenon_recv(pair[0], &byte, 0, LIMIT));
  COUNT("recv.no_bytes.null", "D074", tenon_recv(pair[0], NULL, 0, TENON_FOREVER));
  COUNT("recv.no_bytes.nothing_came", "D074", tenon_recv(pair[1], &byte, 1, 0));
  net_close2(pair[0], pair[1]);
}

static void misuse(void) {
  tenon_sock pair[2], file = support_open_file();
  char byte;
  COUNT("send.no_bytes.no_handle", "D003", tenon_send(TENON_NO_SOCK, "", 0, LIMIT));
  COUNT("recv.no_bytes.no_handle", "D003", tenon_recv(TENON_NO_SOCK, &byte, 0, LIMIT));
  COUNT("send.no_bytes.file", "D003", tenon_send(file, "", 0, LIMIT));
  COUNT("recv.no_bytes.file", "D003", tenon_recv(file, &byte, 0, LIMIT));
  support_close_file(file);
  net_pair(pair);
  COUNT("send.null", "D042", tenon_send(pair[0], NULL, 1, LIMIT));
  COUNT("recv.null", "D042", tenon_recv(pair[0], NULL, 1, 0));
  COUNT("send.limit.negative", "", tenon_send(pair[0], "x", 1, -2));
  COUNT("recv.limit.negative", "", tenon_recv(pair[0], &byte, 1, -2));
  net_close2(pair[0], pair[1]);
}

/* Sends until there is no more room, and then for a while. */
static void fill(void) {
  tenon_sock pair[2];
  ptrdiff_t n;
  net_pair(pair);
  support_set_small_buffers(pair[0]);
  while ((n = tenon_send(pair[0], net_too_much, 1 << 16, 0)) > 0) continue;
  COUNT("send.no_room.at_once", "D020", n);
  TIMED("send.no_room.limit", "D086", tenon_send(pair[0], net_too_much, NET_TOO_MUCH, SHORT));
  net_close2(pair[0], pair[1]);
}

/* An urgent byte is not among the others, and does not end what waits for them. */
static void urge(void) {
  tenon_sock pair[2];
  char data[4] = "";
  net_pair(pair);
  SHOW("urgent.send", "D085", native_send_urgent(pair[0]));
  TIMED("urgent.recv.nothing_else", "D085", tenon_recv(pair[1], data, 1, SHORT));
  COUNT("urgent.send.more", "D085", tenon_send(pair[0], "x", 1, LIMIT));
  COUNT("urgent.recv.more", "D085", tenon_recv(pair[1], data, sizeof data, LIMIT));
  TEXT("urgent.recv.bytes", "D085", bytes_of(data, 1));
  net_close2(pair[0], pair[1]);
}

void topic_stream(void) {
  exchange();
  wait_in_vain();
  send_nothing();
  misuse();
  fill();
  urge();
}
