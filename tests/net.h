/* net.h - sockets as most tests need them, made through Tenon alone. All limits are 5,000 ms.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_NET_H
#define TENON_TESTS_NET_H

#include "tenon.h"

#define NET_LIMIT_MS 5000

/* A stream socket that listens on a loopback port of the system's choice; at, unless NULL, is its address. */
tenon_sock net_listen(int family, tenon_addr *at);

/* A TCP connection over IPv4 loopback: who connected in pair[0], who was accepted in pair[1]. 0, or the error, and then
 * both are TENON_NO_SOCK. */
int net_pair(tenon_sock pair[2]);

/* Closes both and returns 0, or the first error. */
int net_close2(tenon_sock a, tenon_sock b);

/* Closes the socket so that its connection breaks off. */
int net_reset(tenon_sock s);

/* Waits until one of these events is the case: 1, or 0 if that takes too long. What was sent has not arrived at once
 * everywhere, so a call with a limit of 0 that wants it comes after this one. */
int net_await(tenon_sock s, int events);

/* Sends until nothing moves any more, and returns how many bytes that were. A system that is full may take a little more
 * a moment later: a call that has to wait, or to time out, sends NET_TOO_MUCH bytes, which never fit. */
enum { NET_TOO_MUCH = 16 << 20 };
extern char net_too_much[NET_TOO_MUCH];
ptrdiff_t net_stuff(tenon_sock s);

/* A datagram socket bound to a loopback port of the system's choice, with that as *at. */
tenon_sock net_datagrams(int family, tenon_addr *at);

/* What a thread runs that sends "late" to a socket for datagrams, late enough for it to wait. */
typedef struct net_late_sender {
  tenon_sock s;
  tenon_addr to;
} net_late_sender;
void net_send_late(void *late_sender);

/* A loopback address that refuses connects. A socket that does not listen keeps its port, so that no other program can
 * take it, until the process ends. The address has the family TENON_AF_UNSPEC if there is none to be had. */
tenon_addr net_refusing(int family);
/* How many handles stay open for that. */
int net_kept_handles(void);

/* A silent address: every connect to it stays pending, as that of pending does, until the listener accepts it. A full
 * queue does that on POSIX systems and under Wine. Windows refuses then, and has listeners that answer nobody before
 * they accept. A connect that does not stay pending is a failure. */
enum { NET_QUEUE = 16 };
typedef struct net_full {
  tenon_sock listener, pending, queue[NET_QUEUE];
  tenon_addr at;
  int queued;
} net_full;

/* Opens one on a loopback port of the system's choice: 0, or -1. net_empty() closes all that belongs to it, after a
 * failure too. */
int net_fill(net_full *full, int family);
void net_empty(net_full *full);

#endif
