/* connect.c - transcript: connecting, and not getting through.
 * SPDX-License-Identifier: MIT
 */
#include "support.h"
#include "transcript.h"

/* Either may be the system's answer to a connect that only begins. */
static int is_begun(int result) {
  return result == 0 || result == TENON_EINPROGRESS;
}

static tenon_sock open_stream(int family) {
  return tenon_socket(family, TENON_SOCK_STREAM, 0);
}

static void connect_well(void) {
  tenon_addr server, peer;
  tenon_sock listener = net_listen(TENON_AF_INET, &server);
  tenon_sock s = open_stream(TENON_AF_INET), begun = open_stream(TENON_AF_INET), waiting = open_stream(TENON_AF_INET);
  SHOW("connect.limit", "", tenon_connect(s, &server, LIMIT));
  SHOW("connect.peer", "", tenon_getpeername(s, &peer));
  FACT("connect.peer.is_the_server", "", tenon_addr_equal(&peer, &server));
  SHOW("connect.again", "D029", tenon_connect(s, &server, LIMIT));
  SHOW("connect.again.begin", "D029", tenon_connect(s, &server, 0));
  SHOW("connect.forever", "", tenon_connect(waiting, &server, TENON_FOREVER));
  SHOW("connect.forever.again", "D029", tenon_connect(waiting, &server, TENON_FOREVER));
  FACT("connect.begin", "D028", is_begun(tenon_connect(begun, &server, 0)));
  SHOW("connect.begin.result", "D030", tenon_connect_result(begun, LIMIT));
  SHOW("connect.begin.again", "D029", tenon_connect(begun, &server, LIMIT));
  net_close2(s, listener);
  net_close2(begun, waiting);
}

static void refuse(int family, const char *limit_id, const char *forever_id, const char *begin_id, const char *end_id) {
  tenon_addr nobody = net_refusing(family);
  tenon_sock s = open_stream(family), waiting = open_stream(family), begun = open_stream(family);
  SHOW(limit_id, "D052", tenon_connect(s, &nobody, LIMIT));
  SHOW(forever_id, "D052", tenon_connect(waiting, &nobody, TENON_FOREVER));
  int began = tenon_connect(begun, &nobody, 0);
  FACT(begin_id, "D028", is_begun(began) || began == TENON_ECONNREFUSED);
  if (began != TENON_ECONNREFUSED) began = tenon_connect_result(begun, LIMIT);
  SHOW(end_id, "D030", began);
  tenon_close(begun);
  net_close2(s, waiting);
}

/* One that has ended, though nobody has asked how. */
static tenon_sock begin(const tenon_addr *peer) {
  tenon_sock s = open_stream(peer->family);
  tenon_pollfd item = {s, TENON_POLLOUT, 0};
  tenon_connect(s, peer, 0);
  tenon_poll(&item, 1, LIMIT);
  return s;
}

static int is_no_connection(ptrdiff_t result) {
  return result == TENON_ECONNREFUSED || result == TENON_ENOTCONN;
}

static void ask_late(void) {
  tenon_addr server, nobody = net_refusing(TENON_AF_INET);
  char byte;
  tenon_sock listener = net_listen(TENON_AF_INET, &server), made = begin(&server);
  tenon_sock receiver = begin(&nobody), sender = begin(&nobody), told = begin(&nobody);
  SHOW("connect.made.begin", "D029", tenon_connect(made, &server, 0));
  SHOW("connect.made.limit", "D029", tenon_connect(made, &server, LIMIT));
  SHOW("connect.made.result", "D030", tenon_connect_result(made, 0));
  COUNT("connect.refused.recv", "D030", tenon_recv(receiver, &byte, 1, LIMIT));
  FACT("connect.refused.recv.again", "D030", is_no_connection(tenon_recv(receiver, &byte, 1, LIMIT)));
  COUNT("connect.refused.send", "D030", tenon_send(sender, "x", 1, LIMIT));
  FACT("connect.refused.send.again", "D030", is_no_connection(tenon_send(sender, "x", 1, LIMIT)));
  FACT("connect.refused.send.recv", "D030", is_no_connection(tenon_recv(sender, &byte, 1, LIMIT)));
  SHOW("connect.refused.told", "D030", tenon_connect_result(told, 0));
  FACT("connect.refused.told.recv", "D030", is_no_connection(tenon_recv(told, &byte, 1, LIMIT)));
  net_close2(listener, made);
  net_close2(receiver, sender);
  tenon_close(told);
}

static void reach_any(int family, const char *id) {
  tenon_addr server, any;
  tenon_sock listener = net_listen(family, &server), s = open_stream(family);
  any = tenon_addr_any(family, server.port);
  SHOW(id, "D050", tenon_connect(s, &any, LIMIT));
  net_close2(listener, s);
}

static void cross_families(void) {
  tenon_addr server, server6, peer = tenon_addr_any(TENON_AF_UNSPEC, 0);
  tenon_sock listener = net_listen(TENON_AF_INET, &server), listener6 = net_listen(TENON_AF_INET6, &server6);
  tenon_sock ipv4 = open_stream(TENON_AF_INET), ipv6 = open_stream(TENON_AF_INET6);
  SHOW("connect.ipv4_socket.ipv6_peer", "D049", tenon_connect(ipv4, &server6, LIMIT));
  SHOW("connect.ipv6_socket.ipv4_peer", "D048", tenon_connect(ipv6, &server, LIMIT));
  tenon_getpeername(ipv6, &peer);
  TEXT("connect.ipv6_socket.peer", "D049", host_of(&peer));
  net_close2(ipv4, ipv6);
  net_close2(listener, listener6);
}

static void misuse(void) {
  tenon_addr zero = tenon_addr_loopback(TENON_AF_INET, 0), server, none = tenon_addr_any(TENON_AF_UNSPEC, 0);
  tenon_sock s = open_stream(TENON_AF_INET), listener = net_listen(TENON_AF_INET, &server);
  SHOW("connect.port_0", "D051", tenon_connect(s, &zero, LIMIT));
  SHOW("connect.null", "D042", tenon_connect(s, NULL, LIMIT));
  SHOW("connect.no_family", "", tenon_connect(s, &none, LIMIT));
  SHOW("connect.limit.negative", "", tenon_connect(s, &server, -2));
  SHOW("connect.result.none_begun", "D030", tenon_connect_result(s, 0));
  SHOW("connect.result.none_begun.limit", "D030", tenon_connect_result(s, LIMIT));
  SHOW("connect.result.limit.negative", "", tenon_connect_result(s, -2));
  SHOW("connect.listener", "D040", tenon_connect(listener, &server, LIMIT));
  SHOW("connect.after_misuse", "", tenon_connect(s, &server, LIMIT));
  net_close2(s, listener);
}

static void bind_first(void) {
  tenon_addr server, here = tenon_addr_loopback(TENON_AF_INET, 0), peer;
  tenon_sock listener = net_listen(TENON_AF_INET, &server), s = open_stream(TENON_AF_INET);
  SHOW("connect.bound.bind", "", tenon_bind(s, &here));
  tenon_getsockname(s, &here);
  SHOW("connect.bound", "", tenon_connect(s, &server, LIMIT));
  tenon_sock accepted = tenon_accept(listener, &peer, LIMIT);
  FACT("connect.bound.comes_from_there", "", tenon_addr_equal(&peer, &here));
  net_close2(s, accepted);
  tenon_close(listener);
}

static void meet_itself(void) {
  tenon_addr itself = tenon_addr_loopback(TENON_AF_INET, 0);
  tenon_sock s = open_stream(TENON_AF_INET);
  tenon_bind(s, &itself);
  tenon_getsockname(s, &itself);
  SHOW("connect.to_itself", "D188", tenon_connect(s, &itself, LIMIT));
  tenon_close(s);
}

static void interrupt(void) {
  tenon_addr server, nobody = net_refusing(TENON_AF_INET);
  tenon_sock listener = net_listen(TENON_AF_INET, &server);
  tenon_sock s = open_stream(TENON_AF_INET), refused = open_stream(TENON_AF_INET);
  support_signal_storm_start();
  SHOW("connect.signals", "D027", tenon_connect(s, &server, LIMIT));
  SHOW("connect.signals.refused", "D027", tenon_connect(refused, &nobody, LIMIT));
  support_signal_storm_stop();
  net_close2(listener, s);
  tenon_close(refused);
}

void topic_connect(void) {
  connect_well();
  refuse(TENON_AF_INET, "connect.refused.limit", "connect.refused.forever", "connect.refused.begin",
         "connect.refused.result");
  refuse(TENON_AF_INET6, "connect.refused.inet6.limit", "connect.refused.inet6.forever", "connect.refused.inet6.begin",
         "connect.refused.inet6.result");
  ask_late();
  reach_any(TENON_AF_INET, "connect.any.inet");
  reach_any(TENON_AF_INET6, "connect.any.inet6");
  cross_families();
  misuse();
  bind_first();
  meet_itself();
  interrupt();
}
