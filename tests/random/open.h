/* open.h - the results that the contract leaves open, each with the sentence or the divergence that says so.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_RANDOM_OPEN_H
#define TENON_TESTS_RANDOM_OPEN_H

#define OPEN_ROWS(X)                                                                                                  \
  X(FAILED, "failed", "tenon_connect: after a failure the handle is good only for tenon_close")                       \
  X(BEGIN, "begin", "tenon_connect: with a timeout of 0 TENON_EINPROGRESS, or 0 where the system was done at once")   \
  X(TOLD, "told", "D031: after the first error receiving gives 0 or the error again")                                 \
  X(AFTER_RESET, "after-reset", "D193: data that arrived before a reset may be lost")                                 \
  X(SENT_TO_ENDED, "sent-to-ended", "D034, D062: what is sent to a peer that closed ends or resets the connection")   \
  X(SHUT_RD, "shut-rd", "D065: what comes after shutting down for receiving")                                         \
  X(PAIR, "pair", "D151: a pair is a local stream on POSIX systems and TCP on Windows")                               \
  X(PEER_NAME, "peer-name", "D067: the name of the peer after the connection broke")                                  \
  X(NEVER_CONNECTED, "never-connected", "D102: a stream that was never connected is polled")                          \
  X(TWICE, "twice", "tenon_poll: a socket that stands among them more than once may be reported once")                \
  X(HUP, "hup", "tenon.h: TENON_POLLHUP says that the peer may have ended")                                           \
  X(CUT, "cut", "tenon_recv: datagrams this call and the next two may cut")                                           \
  X(REFUSED_ONCE, "refused-once", "tenon_recvfrom: TENON_ECONNREFUSED perhaps, once, by a connected socket")          \
  X(FOREIGN_BIND, "foreign-bind", "D068: Wine lets datagram sockets bind to an address of another host")              \
  X(CLIENT_PORT, "client-port", "D044, D070: a port of connections that were open a moment ago")                      \
  X(VANISHED, "vanished", "tenon_accept: peers that vanished while they waited")                                      \
  X(MAY_BE_NAMED, "may-be-named", "D180, D184: when a datagram socket gets its own address")                          \
  X(ORDER, "order",                                                                                                   \
    "tenon_bind: bound already is TENON_EINVAL and a port in use TENON_EADDRINUSE; which comes first when both hold") \
  X(ROOM, "room", "D151, D073: how much must be received from a full connection until there is room")                 \
  X(SHARED, "shared", "D046: who shares a port with whom")                                                            \
  X(NATIVE_MODE, "native-mode", "D078, D088: the native mode of a handle")                                            \
  X(DEFAULT, "default", "D115, D122: the value that an option has at first is the system's, and so is its clamping")  \
  X(SUPPORTED, "supported", "tenon_supports: not every system has the feature")                                       \
  X(SEND_NAMED, "send-named", "tenon_sendmsg: a peer named although connected is refused by some systems")            \
  X(STDIN, "file-polled", "D111: POSIX systems poll files, and close them")

#define OPEN_ENUM(row, name, why) OPEN_##row,
enum { OPEN_NOT, OPEN_ROWS(OPEN_ENUM) OPEN_COUNT };

/* Differences that were found and are not mended yet. A row goes when its mend lands. */
#define FOUND_ROWS(X)                                                                                           \
  X(EXTRA_FIELDS, "found-extra-fields", "FAULTS 16: tenon_message_ask(LOCAL) also brings INTERFACE")            \
  X(LOST_PORT, "found-lost-port", "a refused connect gives up the port that the socket is bound to")            \
  X(V6ONLY, "found-v6only", "TENON_OPT_V6ONLY reads as 1 on Linux once a socket is bound to one IPv6 address")  \
  X(STREAM_PEER, "found-stream-peer", "tenon_sendto with an address is TENON_EISCONN on some streams of Linux") \
  X(OTHER_FAMILY, "found-other-family",                                                                         \
    "after tenon_connect to another family, Wine fails the first tenon_sendto of an unbound socket (EINVAL)")
#define FOUND_ENUM(row, name, why) FOUND_##row,
enum { FOUND_FIRST = OPEN_COUNT - 1, FOUND_ROWS(FOUND_ENUM) FOUND_END };

const char *open_name(int row);
const char *open_reason(int row);

/* Lets the results of this row be shown like all others; "all" is each. 0, or -1 if there is no such row. */
int open_show(const char *name);
int open_is_shown(int row);

#endif
