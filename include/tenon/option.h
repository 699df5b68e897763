/* tenon/option.h - more options for tenon_setsockopt() and tenon_getsockopt().
 * SPDX-License-Identifier: MIT
 *
 * What tenon.h says of options holds for these: one int, the same unit and meaning on all systems; not for this kind of
 * socket is TENON_ENOPROTOOPT, out of range TENON_EINVAL. In addition, what this system does not have is TENON_ENOTSUP,
 * and tenon_supports() says so beforehand, with the constant that is named here; options without one are everywhere. On
 * IPv6 sockets that speak IPv4 as well an option counts for both. */
#ifndef TENON_OPTION_H
#define TENON_OPTION_H

#include "tenon.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Connections that fall silent ------------------------------------------------------------------------------- */

/* Streams; TENON_OPT_KEEPALIVE turns the asking on. After so many seconds of silence (1 to 32767) the system asks the
 * peer whether it is still there, again every so many seconds (1 to 32767), and gives the connection up after so many
 * questions without an answer (1 to 127). Not on Windows before 10 (1709), nor under Wine: there is tenon_keepalive(),
 * which sets all that can be set, on all systems. */
#define TENON_OPT_KEEPALIVE_IDLE 13
#define TENON_OPT_KEEPALIVE_INTERVAL 14
#define TENON_OPT_KEEPALIVE_COUNT 15
#define TENON_SUPPORTS_KEEPALIVE_TIMES 20 /* the three of them */

/* Turns keep-alive on with these times in seconds, and this number of questions; 0 for the number leaves it to the
 * system. A number is TENON_ENOTSUP, and changes nothing, where the three options above are missing. Ranges as above,
 * else TENON_EINVAL; no stream: TENON_ENOPROTOOPT. */
TENON_API int tenon_keepalive(tenon_sock s, int idle, int interval, int count);

/* Streams: milliseconds (1 and more) that what was sent may stay without an answer until the system gives the
 * connection up. Read, 0 means that the system goes by its own rules. Systems that count in seconds round up. Linux,
 * macOS, Windows 10; not Wine. */
#define TENON_OPT_USER_TIMEOUT 16
#define TENON_SUPPORTS_USER_TIMEOUT 21

/* ---- Ports ------------------------------------------------------------------------------------------------------ */

/* Several sockets of one user that all set it (0, 1) before binding have one port, and the system deals connections, or
 * datagrams by their sender, out among them. Where it would only let the port be shared it is not offered: Linux and
 * FreeBSD have it. For all to hear each multicast datagram there is TENON_OPT_SHARE. */
#define TENON_OPT_REUSEPORT 17
#define TENON_SUPPORTS_REUSEPORT 22

/* ---- How packets travel ----------------------------------------------------------------------------------------- */

/* The traffic class in two parts: the class of service (RFC 2474), 0 to 63, and, for datagrams, the mark for congestion
 * (RFC 3168), 0 to 3; that of streams is the system's. Networks may ignore or change them. Not on Windows, which takes
 * a traffic class and does not send it. */
#define TENON_OPT_DSCP 18
#define TENON_OPT_ECN 19
#define TENON_SUPPORTS_DSCP 23 /* both */

/* Datagrams: one that would not get through in one piece is not sent in pieces (0, 1), it is TENON_EMSGSIZE, if this
 * host knows so; else it is lost, and the path's MTU learned. */
#define TENON_OPT_DONTFRAG 20
#define TENON_SUPPORTS_DONTFRAG 24

/* Read, of a connected socket: the bytes that a packet to the peer, headers included, may have at most, as far as known
 * (TENON_ENOTCONN if there is no peer). Linux and Windows 10; not Wine. */
#define TENON_OPT_PATH_MTU 21
#define TENON_SUPPORTS_PATH_MTU 25

/* Streams that will listen, or do: take data that comes with the request to connect (RFC 7413), 0, 1. Whether that
 * happens is up to clients and to the system's administrator. A connected stream: TENON_EINVAL. Not Wine. */
#define TENON_OPT_FASTOPEN 22
#define TENON_SUPPORTS_FASTOPEN 26

/* Streams: packets that are not full are held back (0, 1) until it is set to 0 again, or 200 ms have passed (Linux).
 * TENON_OPT_NODELAY waits meanwhile. Linux, macOS, the BSDs; on macOS what is held back goes with the next send. */
#define TENON_OPT_CORK 23
#define TENON_SUPPORTS_CORK 27

/* What the socket sends leaves through the interface with this index, 0 being any again, whatever the routes say; on
 * Linux and macOS it also receives from there only. TENON_ENXIO: no such interface; TENON_EACCES: once set, some
 * systems let only administrators change it. Linux, macOS, Windows. */
#define TENON_OPT_BOUND_IF 24
#define TENON_SUPPORTS_BOUND_IF 28

/* ---- Receiving -------------------------------------------------------------------------------------------------- */

/* Streams, read: bytes that have arrived and not been received, at least. 0 says nothing of the end. A listening one is
 * TENON_EINVAL. */
#define TENON_OPT_READABLE 25

/* Streams: bytes (1 and more; the system may clamp) without which tenon_poll() does not report that there is something
 * to receive, nor a receive with TENON_FOREVER returns, unless it asks for less; at the end, or after an error, they
 * do. What does not wait takes what there is. POSIX systems. */
#define TENON_OPT_RCVLOWAT 26
#define TENON_SUPPORTS_RCVLOWAT 29

/* ---- Multicast (datagrams); tenon/multicast.h joins groups ------------------------------------------------------ */

/* Hops that a multicast packet may make, 0 to 255; 1, which it is at first, stays in this network, 0 in this host. */
#define TENON_OPT_MULTICAST_TTL 27

/* Whether members on this very host hear it too (0, 1; 1 at first). POSIX systems ask the sender, Windows those who
 * receive: set it on both. On the loopback interface they always do. */
#define TENON_OPT_MULTICAST_LOOP 28

/* The index of the interface that multicast leaves through; 0: the system chooses. TENON_ENXIO: no such interface. For
 * IPv4 some systems only note an address: an interface without one reads as 0, and reading looks through the addresses
 * of this host, for which the system, or under Wine, if there are more than 64, Tenon allocates. */
#define TENON_OPT_MULTICAST_IF 29

#ifdef __cplusplus
}
#endif

#endif
