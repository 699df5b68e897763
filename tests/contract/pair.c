/* pair.c - transcript: two sockets of one process.
 * SPDX-License-Identifier: MIT
 */
#include "support.h"
#include "transcript.h"

void topic_pair(void) {
  tenon_sock pair[2] = {TENON_NO_SOCK, TENON_NO_SOCK};
  char data[8] = "";
  SHOW("pair.open", "D152", tenon_socketpair(pair));
  FACT("pair.inherited_by_children", "D010",
       pair[0] < 0 || support_inheritable(pair[0]) || support_inheritable(pair[1]));
  COUNT("pair.send", "D152", tenon_send(pair[0], "there", 5, LIMIT));
  COUNT("pair.recv", "D152", tenon_recv(pair[1], data, sizeof data, LIMIT));
  TEXT("pair.recv.bytes", "D152", bytes_of(data, 5));
  COUNT("pair.send_back", "D152", tenon_send(pair[1], "back", 4, TENON_FOREVER));
  COUNT("pair.recv_back", "D152", tenon_recv(pair[0], data, sizeof data, TENON_FOREVER));
  COUNT("pair.nothing.at_once", "D020", tenon_recv(pair[0], data, sizeof data, 0));
  TIMED("pair.nothing.limit", "D086", tenon_recv(pair[0], data, sizeof data, SHORT));
  SHOW("pair.shutdown", "D152", tenon_shutdown(pair[0], TENON_SHUT_WR));
  COUNT("pair.end", "D152", tenon_recv(pair[1], data, sizeof data, LIMIT));
  SHOW("pair.close", "D152", tenon_close(pair[0]));
  SHOW("pair.close.other", "D152", tenon_close(pair[1]));
  SHOW("pair.null", "D042", tenon_socketpair(NULL));
}
