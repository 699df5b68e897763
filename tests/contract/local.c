/* local.c - transcript: local addresses, and sockets handed on, as far as all systems have them.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "support.h"
#include "tenon/local.h"
#include "transcript.h"

static void show_addresses(void) {
  char longest[TENON_LOCAL_PATH + 2], text[TENON_ADDR_TEXT] = "";
  tenon_addr addr = tenon_addr_any(0, 0), again;
  memset(longest, 'p', sizeof longest);
  longest[TENON_LOCAL_PATH + 1] = '\0';
  SHOW("local.addr.too_long", "D150", tenon_addr_local(&addr, longest));
  longest[TENON_LOCAL_PATH] = '\0';
  SHOW("local.addr.longest", "D150", tenon_addr_local(&addr, longest));
  SHOW("local.addr.empty", "D150", tenon_addr_local(&addr, ""));
  SHOW("local.addr.null", "D150", tenon_addr_local(&addr, NULL));
  SHOW("local.addr", "D150", tenon_addr_local(&addr, "/run/demo"));
  SHOW("local.addr.format", "D150", tenon_addr_format(&addr, text, sizeof text));
  TEXT("local.addr.format.text", "D150", text);
  SHOW("local.addr.parse", "D150", tenon_addr_parse(&again, text));
  FACT("local.addr.parse.equal", "D150", tenon_addr_equal(&addr, &again));
  SHOW("local.addr.parse.unnamed", "D150", tenon_addr_parse(&again, "unix:"));
  unsigned char native[128];
  SHOW("local.unnamed.to_native", "D150", tenon_addr_to_native(&again, native, sizeof native));
  int size = tenon_addr_to_native(&addr, native, sizeof native);
  SHOW("local.from_native", "D150", tenon_addr_from_native(&again, native, (size_t)size));
  FACT("local.from_native.equal", "D150", tenon_addr_equal(&addr, &again));
  tenon_sock inet = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_peer peer;
  SHOW("local.bind.other_family", "D148", tenon_bind(inet, &addr));
  SHOW("local.connect.other_family", "D148", tenon_connect(inet, &addr, LIMIT));
  SHOW("local.peer.other_family", "D154", tenon_local_peer(inet, &peer));
  SHOW("local.unlink.other_family", "D149", (tenon_getsockname(inet, &addr), tenon_local_unlink_stale(&addr)));
  tenon_close(inet);
}

static void hand_over(void) {
  tenon_sock channel[2] = {TENON_NO_SOCK, TENON_NO_SOCK}, pair[2] = {TENON_NO_SOCK, TENON_NO_SOCK};
  char data[8] = "";
  int64_t self = tenon_process_id();
  tenon_socketpair(channel);
  net_pair(pair);
  OPEN("hand_over.nothing.at_once", "D153", tenon_take_over(channel[1], 0));
  TIMED("hand_over.nothing.limit", "D153", tenon_take_over(channel[1], SHORT));
  SHOW("hand_over", "D153", tenon_hand_over(channel[0], self, pair[1], LIMIT));
  tenon_sock taken = OPEN("hand_over.take", "D153", tenon_take_over(channel[1], LIMIT));
  FACT("hand_over.inherited_by_children", "D010", taken < 0 || support_inheritable(taken));
  tenon_close(pair[1]);
  COUNT("hand_over.send", "D153", tenon_send(pair[0], "there", 5, LIMIT));
  COUNT("hand_over.recv", "D153", tenon_recv_all(taken, data, 5, LIMIT));
  TIMED("hand_over.recv.limit", "D153", tenon_recv(taken, data, 5, SHORT));
  SHOW("hand_over.no_process", "D153", tenon_hand_over(channel[0], 0, pair[0], LIMIT));
  SHOW("hand_over.no_socket", "D153", tenon_hand_over(channel[0], self, TENON_NO_SOCK, LIMIT));
  SHOW("hand_over.no_channel", "D153", tenon_hand_over(TENON_NO_SOCK, self, pair[0], LIMIT));
  SHOW("hand_over.limit.negative", "D153", tenon_hand_over(channel[0], self, pair[0], -2));
  tenon_close(channel[0]);
  OPEN("hand_over.take.end", "D153", tenon_take_over(channel[1], LIMIT));
  net_close2(taken, pair[0]);
  tenon_close(channel[1]);
}

static void inherit(void) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  SHOW("inheritable.on", "D010", tenon_set_inheritable(s, 1));
  FACT("inheritable.on.is_inherited", "D010", support_inheritable(s));
  SHOW("inheritable.off", "D010", tenon_set_inheritable(s, 0));
  FACT("inheritable.off.is_inherited", "D010", support_inheritable(s));
  tenon_close(s);
  SHOW("inheritable.closed", "D010", tenon_set_inheritable(s, 1));
}

void topic_local(void) {
  show_addresses();
  hand_over();
  inherit();
}
