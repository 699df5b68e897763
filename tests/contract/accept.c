/* accept.c - transcript: taking connections.
 * SPDX-License-Identifier: MIT
 */
#include "support.h"
#include "transcript.h"

static tenon_sock join(int family, const tenon_addr *server) {
  tenon_sock client = tenon_socket(family, TENON_SOCK_STREAM, 0);
  tenon_connect(client, server, LIMIT);
  return client;
}

static void accept_well(void) {
  tenon_addr server, peer, local;
  char byte;
  tenon_sock listener = net_listen(TENON_AF_INET, &server), client = join(TENON_AF_INET, &server);
  tenon_getsockname(client, &local);
  tenon_sock accepted = OPEN("accept.limit", "", tenon_accept(listener, &peer, LIMIT));
  TEXT("accept.peer", "D061", host_of(&peer));
  FACT("accept.peer.is_the_client", "D061", tenon_addr_equal(&peer, &local));
  FACT("accept.inherited_by_children", "D010", support_inheritable(accepted));
  COUNT("accept.recv.at_once", "D057", tenon_recv(accepted, &byte, 1, 0));
  TIMED("accept.recv.limit", "D057", tenon_recv(accepted, &byte, 1, SHORT));
  net_close2(client, accepted);
  client = join(TENON_AF_INET, &server);
  accepted = OPEN("accept.forever", "", tenon_accept(listener, NULL, TENON_FOREVER));
  net_close2(client, accepted);
  tenon_close(listener);
}

static void accept_nobody(void) {
  tenon_sock listener = net_listen(TENON_AF_INET, NULL), unbound = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_sock datagrams = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0), pair[2];
  net_pair(pair);
  SHOW("accept.nobody.at_once", "D020", tenon_accept(listener, NULL, 0));
  TIMED("accept.nobody.limit", "D086", tenon_accept(listener, NULL, SHORT));
  support_signal_storm_start();
  TIMED("accept.nobody.signals", "D026", tenon_accept(listener, NULL, SHORT));
  support_signal_storm_stop();
  SHOW("accept.limit.negative", "", tenon_accept(listener, NULL, -2));
  SHOW("accept.unbound", "D040", tenon_accept(unbound, NULL, LIMIT));
  SHOW("accept.connected", "D040", tenon_accept(pair[0], NULL, LIMIT));
  SHOW("accept.datagrams", "D040", tenon_accept(datagrams, NULL, LIMIT));
  net_close2(pair[0], pair[1]);
  net_close2(listener, unbound);
  tenon_close(datagrams);
}

static void accept_both_families(void) {
  tenon_addr any = tenon_addr_any(TENON_AF_INET6, 0), server4, server6, peer;
  tenon_sock listener = tenon_socket(TENON_AF_INET6, TENON_SOCK_STREAM, 0);
  tenon_bind(listener, &any);
  tenon_listen(listener, 5);
  tenon_getsockname(listener, &any);
  server4 = tenon_addr_loopback(TENON_AF_INET, any.port);
  server6 = tenon_addr_loopback(TENON_AF_INET6, any.port);
  tenon_sock client4 = join(TENON_AF_INET, &server4);
  tenon_sock accepted4 = OPEN("accept.dualstack.ipv4", "D048", tenon_accept(listener, &peer, 1000));
  if (accepted4 < 0) peer = tenon_addr_any(TENON_AF_UNSPEC, 0);
  TEXT("accept.dualstack.ipv4.peer", "D049", host_of(&peer));
  tenon_sock client6 = join(TENON_AF_INET6, &server6);
  tenon_sock accepted6 = OPEN("accept.dualstack.ipv6", "D048", tenon_accept(listener, &peer, LIMIT));
  TEXT("accept.dualstack.ipv6.peer", "D049", host_of(&peer));
  if (accepted4 >= 0) tenon_close(accepted4);
  net_close2(client4, client6);
  net_close2(accepted6, listener);
}

/* A client that resets its connection while it waits is passed over, or handed over. */
static void accept_aborted(void) {
  tenon_addr server;
  tenon_sock listener = net_listen(TENON_AF_INET, &server), aborted = join(TENON_AF_INET, &server);
  net_reset(aborted);
  tenon_sock passed = tenon_accept(listener, NULL, SHORT);
  FACT("accept.aborted", "D059", passed >= 0 || passed == TENON_ETIMEDOUT);
  if (passed >= 0) tenon_close(passed);
  tenon_sock client = join(TENON_AF_INET, &server);
  tenon_sock accepted = OPEN("accept.aborted.next", "D059", tenon_accept(listener, NULL, LIMIT));
  net_close2(client, accepted);
  tenon_close(listener);
}

void topic_accept(void) {
  accept_well();
  accept_nobody();
  accept_both_families();
  accept_aborted();
}
