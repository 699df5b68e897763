/* tenon.h - Tenon, a portable socket layer: the same calls, the same results, on POSIX systems and on Windows.
 * SPDX-License-Identifier: MIT
 *
 * Names and meanings are Berkeley's: tenon_socket is socket, TENON_AF_INET is AF_INET. What holds for every call:
 *
 * Results   0 or more is success: 0, a count, or a handle. Less than 0 is one of the TENON_E... codes below, the same
 *           number on every system. An intptr_t holds any result, and tenon_strerror() tells it in words.
 * Handles   A tenon_sock is the system's own handle. It is never inherited by child processes, and using it never
 *           raises SIGPIPE. A negative or closed handle gives TENON_EBADF, another kind of handle TENON_ENOTSOCK. The
 *           one who opened a handle closes it, once, when no other thread uses it any more. Calls on different sockets,
 *           and sending and receiving on one, may run in parallel.
 * Time      timeout_ms is the limit of the whole call: TENON_FOREVER (-1) waits without one, 0 never waits and gives
 *           TENON_EAGAIN, n > 0 ends with TENON_ETIMEDOUT after n milliseconds. Anything below -1 is TENON_EINVAL.
 *           Signals end no call. A call never ends early for its limit; on Windows it may end a tick of the clock
 *           (15.6 ms) late. While the host is suspended time stands still on Linux and goes on on Windows.
 *           The limit holds even if the peer never lets the call wait: no transfer begins after it, and one transfer
 *           moves at most 1 MiB. With a timeout of 0 a call on a stream moves at most 1 MiB in all.
 * Input     A NULL or a number out of range where a value is needed gives TENON_EINVAL; where a size is 0, NULL will
 *           do. Nothing is cut silently.
 * Start-up  There is none to call: the library starts by itself, at the first call that needs it, in any thread. */
#ifndef TENON_H
#define TENON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef TENON_API
#define TENON_API /* shared builds: export or import; the build passes it */
#endif

#define TENON_VERSION "0.1.0"

/* ---- Sockets ---------------------------------------------------------------------------------------------------- */

typedef intptr_t tenon_sock;
#define TENON_NO_SOCK (-1)
#define TENON_FOREVER (-1)

#define TENON_AF_UNSPEC 0
#define TENON_AF_INET 2
#define TENON_AF_INET6 10

#define TENON_SOCK_STREAM 1
#define TENON_SOCK_DGRAM 2

#define TENON_IPPROTO_TCP 6
#define TENON_IPPROTO_UDP 17

#define TENON_SHUT_RD 0
#define TENON_SHUT_WR 1
#define TENON_SHUT_RDWR 2

/* An address: a plain value, alike on every system, to be copied and stored at will. All of it is in host order but ip,
 * which is in the order of the wire (an IPv4 address in its first four bytes). IPv4-mapped IPv6 addresses are IPv4, and
 * neither given nor to be made. scope is the interface index that a link-local IPv6 address needs, else mostly 0. path
 * is for tenon/local.h, else all zero. */
typedef struct tenon_addr {
  uint16_t family; /* TENON_AF_INET, TENON_AF_INET6 */
  uint16_t port;
  uint32_t scope;
  uint8_t ip[16];
  char path[108];
} tenon_addr;

/* Opens a socket of family TENON_AF_INET or TENON_AF_INET6 and type TENON_SOCK_STREAM or TENON_SOCK_DGRAM; protocol is
 * 0 or the one that goes with the type. An IPv6 socket speaks IPv4 as well, wherever the system can. Returns the
 * handle. TENON_EAFNOSUPPORT (also: the host has no such family), TENON_ESOCKTNOSUPPORT, TENON_EPROTONOSUPPORT,
 * TENON_EMFILE. */
TENON_API tenon_sock tenon_socket(int family, int type, int protocol);

/* Connects to peer; an unspecified address (0.0.0.0, ::) means this host. With a timeout of 0 it only begins:
 * TENON_EINPROGRESS (or 0, where the system was done at once), and tenon_connect_result() tells the outcome; the handle
 * then stays in the system's non-blocking mode. After a failure the handle is good only for tenon_close(). A connection
 * that found itself at the other end is TENON_ECONNREFUSED. TENON_ECONNREFUSED, TENON_ECONNRESET (made, and broken off
 * before anybody asked), TENON_ETIMEDOUT (the limit's or the system's), TENON_ENETUNREACH, TENON_EHOSTUNREACH,
 * TENON_EAFNOSUPPORT; port 0 is TENON_EINVAL. TENON_ENOBUFS: the system has no memory just now, or, on Windows, no
 * port; elsewhere the latter is TENON_EADDRNOTAVAIL. A stream that is connected is TENON_EISCONN, while it is being
 * connected TENON_EALREADY. Datagram sockets may change peers, and keep the old one if that fails. A refusal by the old
 * peer is forgotten; with TENON_FOREVER one receive may still report it. A failure gives an unbound datagram socket a
 * port on Linux, and none on Windows. */
TENON_API int tenon_connect(tenon_sock s, const tenon_addr *peer, int timeout_ms);

/* Waits for the outcome of a connect that was begun with a timeout of 0 and gives it, 0 or its error, to the first call
 * that asks, as sending and receiving do, too; later ones may get TENON_ENOTCONN. While it is pending TENON_EINPROGRESS
 * (timeout 0) or TENON_ETIMEDOUT; where none was begun TENON_ENOTCONN, or 0 if connected. */
TENON_API int tenon_connect_result(tenon_sock s, int timeout_ms);

/* Gives the socket its local address; port 0: the system's choice (tenon_getsockname() tells). A port that another
 * socket has bound, at this address or at all, is TENON_EADDRINUSE; connections of a former server do not hold it (on
 * Windows, those still open do). A connection of a client that was bound to a port of its own holds that port after its
 * end, for some 60 s on Linux and not at all on Windows, if this side ended first: TENON_EADDRINUSE. So is, on Windows,
 * a port that the system has reserved for others ("netsh int ipv4 show excludedportrange tcp" lists them).
 * TENON_EADDRNOTAVAIL, TENON_EACCES, TENON_EAFNOSUPPORT; bound already: TENON_EINVAL. */
TENON_API int tenon_bind(tenon_sock s, const tenon_addr *local);

/* Lets a bound stream socket take connections. backlog is how many may wait to be accepted; the system may clamp it. A
 * negative one means 4,096 (on Windows SOMAXCONN for local sockets). On Linux a client beyond it waits, on Windows it is
 * refused. Not bound or connected: TENON_EINVAL; no stream: TENON_EOPNOTSUPP. */
TENON_API int tenon_listen(tenon_sock s, int backlog);

/* Waits for a connection and returns its handle, the caller's to close; peer, unless NULL, is who connected. Peers that
 * vanished while they waited are no error. Not listening: TENON_EINVAL; TENON_EMFILE: close something before the next
 * try, and leave the listener out of tenon_poll() until then. */
TENON_API tenon_sock tenon_accept(tenon_sock s, tenon_addr *peer, int timeout_ms);

/* Sends all of the data and returns size, or fails, and then the stream cannot be continued, after TENON_ETIMEDOUT
 * and TENON_ECANCELED neither. With a timeout of 0 it sends what fits, up to 1 MiB, and returns its size; if nothing fits
 * it is TENON_EAGAIN, which does no harm. TENON_ENOBUFS comes with a timeout of 0 alone, and does no harm either:
 * the system has no buffers just now. tenon_poll() reports room all the same, so pause before the next try, as calls
 * that may wait do by themselves. A connection that can send no more, whatever the cause, is TENON_EPIPE (there may
 * still be something to receive), one that the system gave up TENON_ECONNABORTED, one that never was TENON_ENOTCONN.
 * A connected datagram socket sends the data, 0 bytes of it too, as one datagram. That nobody was there for an earlier
 * one keeps no call from sending, and is reported to receivers alone. */
TENON_API ptrdiff_t tenon_send(tenon_sock s, const void *data, size_t size, int timeout_ms);

/* Waits until something has arrived and returns how many bytes of it are now in data, at most size; 0 is the end: the
 * peer sends no more (a size of 0 returns 0, at once). TENON_ECONNRESET: the peer broke the connection off, on Windows
 * perhaps the system; TENON_ECONNABORTED: the system gave it up; TENON_ENOTCONN. An error is reported to the first call
 * alone: after it, 0 does not mean the end. Datagrams this call and the next two may cut; tenon_recvfrom() does not. */
TENON_API ptrdiff_t tenon_recv(tenon_sock s, void *data, size_t size, int timeout_ms);

/* Receives until there are size bytes and returns size; less only if the peer ended before. An error, TENON_EAGAIN too,
 * leaves what has come in data, but not how much that is. The limit is for all of it. With a timeout of 0 it receives at
 * most 1 MiB, so a larger size ends with TENON_EAGAIN. */
TENON_API ptrdiff_t tenon_recv_all(tenon_sock s, void *data, size_t size, int timeout_ms);

/* As tenon_recv(), but what it returns stays to be received again. */
TENON_API ptrdiff_t tenon_peek(tenon_sock s, void *data, size_t size, int timeout_ms);

/* Ends one direction (TENON_SHUT_RD, TENON_SHUT_WR) or both (TENON_SHUT_RDWR): after TENON_SHUT_WR the peer receives
 * what was sent and then the end. It need not wake who waits on the socket; a waker does. Doing it twice, or once the
 * connection broke, is no error. Never connected: TENON_ENOTCONN; no stream: TENON_EOPNOTSUPP. */
TENON_API int tenon_shutdown(tenon_sock s, int how);

/* Closes the handle at once and for good. What was sent still goes out, unless received data was left unread: then the
 * peer may see a reset (TENON_OPT_RESET_ON_CLOSE makes it see one). On POSIX systems it closes a file just as well. */
TENON_API int tenon_close(tenon_sock s);

/* Ends sending, takes and forgets what still comes until the peer ends too, and closes the handle, in every case. A peer
 * that never stops sending does not outlast the limit or a waker; without either, it keeps the call. 0: the peer ended
 * too; if it did so because we did, it has received everything. After a reset that another call has reported already,
 * Linux says 0 as well: only the first call hears of it. TENON_ETIMEDOUT (TENON_EAGAIN if the
 * limit was 0), TENON_ECANCELED, TENON_ECONNRESET, TENON_ENOTCONN; no stream: TENON_EOPNOTSUPP. */
TENON_API int tenon_close_gracefully(tenon_sock s, int timeout_ms);

/* Two stream sockets of this process that are connected to each other, and to nobody else. They are TCP over loopback
 * where the system has no pairs, so addresses and options differ; another program that gets in between is turned away.
 * TENON_EMFILE; TENON_ETIMEDOUT under attack. */
TENON_API int tenon_socketpair(tenon_sock pair[2]);

/* Gives a handle that was made elsewhere the properties of Tenon's own: not inherited, no SIGPIPE, the mode that Tenon
 * wants. On Linux it also turns off IP_RECVERR, IPV6_RECVERR and SO_TIMESTAMPING, and empties the queue that they fill,
 * as each wait would end at once while something is in it. On Windows an unconnected datagram socket stops reporting
 * refusals. It stays the same handle, and is the caller's to close, with tenon_close(). Only stream and datagram sockets
 * of a family that Tenon knows may be adopted. Another family (netlink, Bluetooth, virtual machines) is
 * TENON_EAFNOSUPPORT, another type (SOCK_SEQPACKET, SOCK_RAW) TENON_ESOCKTNOSUPPORT, and the handle is left as it was. */
TENON_API int tenon_adopt(tenon_sock native);

/* The socket's own address, unspecified as long as it has none, and its peer's. The latter is TENON_ENOTCONN before the
 * connection is made, also while a connect is pending, and, on some systems, after it broke. */
TENON_API int tenon_getsockname(tenon_sock s, tenon_addr *local);
TENON_API int tenon_getpeername(tenon_sock s, tenon_addr *peer);

/* ---- Addresses and names ---------------------------------------------------------------------------------------- */

#define TENON_ADDR_TEXT 128 /* bytes that hold any address as text */

/* The unspecified address (to listen on all interfaces) and the loopback address (this host) of a family. For another
 * family or a port outside 0-65535 the result's family is TENON_AF_UNSPEC, which every call refuses. */
TENON_API tenon_addr tenon_addr_any(int family, int port);
TENON_API tenon_addr tenon_addr_loopback(int family, int port);

/* Reads "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80", "[fe80::1%2]:80", and nothing
 * laxer: no names, no octal, no short forms, no spaces, ports 0-65535. Never asks a resolver. TENON_EINVAL, and *addr
 * is not touched. */
TENON_API int tenon_addr_parse(tenon_addr *addr, const char *text);

/* Writes the text that tenon_addr_parse() reads, IPv6 as RFC 5952 has it, without a port if that is 0, and returns its
 * length. Too small a buffer (TENON_ADDR_TEXT is always enough) is TENON_ENOSPC. */
TENON_API int tenon_addr_format(const tenon_addr *addr, char *text, size_t size);

/* 1 if both are the same family, address, scope and port, else 0. */
TENON_API int tenon_addr_equal(const tenon_addr *a, const tenon_addr *b);

/* To and from the system's struct sockaddr, for code of your own that calls the system. to_native returns the length it
 * wrote, or TENON_ENOSPC; from_native takes the length at hand, too short a one is TENON_EINVAL. TENON_EAFNOSUPPORT for
 * a family that Tenon does not know. */
TENON_API int tenon_addr_to_native(const tenon_addr *addr, void *sockaddr, size_t size);
TENON_API int tenon_addr_from_native(tenon_addr *addr, const void *sockaddr, size_t size);

/* What a lookup should find; all zero, like a NULL for it: any family, stream services, no flags. */
typedef struct tenon_hints {
  int family; /* TENON_AF_INET or TENON_AF_INET6 for one family, TENON_AF_UNSPEC for both */
  int type;   /* TENON_SOCK_STREAM or TENON_SOCK_DGRAM: whose services; 0 is stream */
  int flags;  /* TENON_AI_... */
} tenon_hints;
#define TENON_AI_PASSIVE 1     /* no host: the unspecified addresses, to listen on, instead of the loopback ones */
#define TENON_AI_NUMERICHOST 2 /* the host must be an address: never ask a resolver */
#define TENON_AI_NUMERICSERV 4 /* the service must be a number */

/* Finds the addresses of host (a name in UTF-8, an address without brackets and port, or NULL: this host) at service (a
 * name, a number, or NULL: port 0), in the order in which they should be tried. Writes up to capacity of them to list
 * and returns how many there are, which may be more. localhost is always {::1, 127.0.0.1}, *.invalid never exists, and
 * what looks like a malformed IPv4 address is no name (RFC 6761). With a timeout of 0 a name that needs the resolver is
 * TENON_EAGAIN; with a limit or a waker the lookup runs in a thread of its own, which is left to end by itself if time
 * runs out (while 16 are left like that, TENON_EAI_AGAIN) and allocates. TENON_EAI_NONAME: no such host, or both NULL;
 * TENON_EAI_AGAIN: no answer, try later; TENON_EAI_FAIL; TENON_EAI_SERVICE: no such service; TENON_EAI_ADDRFAMILY: host
 * is an address of another family; TENON_EAI_BADFLAGS, TENON_EAI_FAMILY, TENON_EAI_SOCKTYPE: hints. */
TENON_API int tenon_resolve(const char *host, const char *service, const tenon_hints *hints, tenon_addr *list,
                            int capacity, int timeout_ms);

/* The name of the host at addr, and the name of the stream service at its port, or the number. The host's address as text
 * stands for a name that it does not have, and for an answer that cannot be the name of a host: an address, a number,
 * control characters. Whoever owns the address chooses the name, so it proves nothing. Either may be left out with NULL
 * and 0. TENON_ENOSPC: a buffer is too small. Time and other errors as above. */
TENON_API int tenon_reverse(const tenon_addr *addr, char *host, size_t host_size, char *service, size_t service_size,
                            int timeout_ms);

/* The canonical name of host: what its aliases lead to; of an address, its usual text. Returns the name's length.
 * TENON_ENOSPC: the buffer is too small; TENON_EAI_FAIL also for an answer that cannot be the name of a host. Time and
 * other errors as for tenon_resolve(). */
TENON_API int tenon_canonname(const char *host, char *name, size_t size, int timeout_ms);

/* ---- By name ---------------------------------------------------------------------------------------------------- */

/* Connects to host at service: all its addresses, in the order and with the head start of RFC 8305, the first one that
 * answers wins; one limit for lookup and connecting, and no thread for the caller to care about. Of a limit that is
 * shorter than 250 ms for each address, every address gets an equal share, but at least 10 ms. Returns the socket, or
 * the error of tenon_resolve() or, of those of tenon_connect(), the one that tells most. No service, or a limit of 0,
 * is TENON_EINVAL. */
TENON_API tenon_sock tenon_tcp_connect(const char *host, const char *service, int timeout_ms);

/* A socket that listens at host (at its first address that this host has; NULL: at all, of both families) and service
 * (NULL or "0": a port of the system's choice). Errors as for tenon_resolve(), which may wait, and tenon_bind(). */
TENON_API tenon_sock tenon_tcp_listen(const char *host, const char *service, int backlog);

/* The same for datagrams: a socket that talks to the first address of host that it can, and one that hears all. The
 * limit is for the lookup, but not 0 either. */
TENON_API tenon_sock tenon_udp_connect(const char *host, const char *service, int timeout_ms);
TENON_API tenon_sock tenon_udp_bind(const char *host, const char *service);

/* ---- Datagrams -------------------------------------------------------------------------------------------------- */

/* Sends one datagram, whole, and returns size. 0 bytes are a datagram too. Connected sockets need no to, and any other
 * than the peer is TENON_EISCONN; an unspecified address means this host. More than a datagram can hold is
 * TENON_EMSGSIZE, broadcasting without TENON_OPT_BROADCAST TENON_EACCES, nobody to send to TENON_EDESTADDRREQ, port 0
 * TENON_EINVAL; TENON_ENOBUFS as for tenon_send(). That it arrives, nobody promises. On a stream it does what
 * tenon_send() does. */
TENON_API ptrdiff_t tenon_sendto(tenon_sock s, const void *data, size_t size, const tenon_addr *to, int timeout_ms);

/* Waits for one datagram and returns its size, 0 being one; from, unless NULL, is who sent it, as tenon_sendto() takes
 * it. One larger than size (none is larger than 65,535) is TENON_EMSGSIZE, with size bytes of it in data, from set, and
 * the rest gone. Failures of earlier sends are not reported, but for TENON_ECONNREFUSED, perhaps, once, by a connected
 * socket, and by receiving calls only. A socket without a port waits, and gets none. On a stream it does as
 * tenon_recv(); from has no family. */
TENON_API ptrdiff_t tenon_recvfrom(tenon_sock s, void *data, size_t size, tenon_addr *from, int timeout_ms);

/* ---- Options ---------------------------------------------------------------------------------------------------- */

#define TENON_OPT_NODELAY 1          /* send small pieces at once (streams): 0, 1 */
#define TENON_OPT_KEEPALIVE 2        /* notice a peer that is silently gone (streams): 0, 1 */
#define TENON_OPT_SNDBUF 3           /* bytes the system keeps for sending, as asked for; it may clamp */
#define TENON_OPT_RCVBUF 4           /* bytes the system keeps for receiving */
#define TENON_OPT_BROADCAST 5        /* may send to broadcast addresses (datagrams): 0, 1 */
#define TENON_OPT_V6ONLY 6           /* an IPv6 socket leaves IPv4 alone; before binding: 0, 1 */
#define TENON_OPT_RESET_ON_CLOSE 7   /* closing breaks the connection off at once (TCP streams): 0, 1; see below */
#define TENON_OPT_TTL 8              /* hops a packet may make: 1 to 255 */
#define TENON_OPT_SHARE 9            /* others that set it too may bind the port (datagrams); before binding: 0, 1 */
#define TENON_OPT_TYPE 10            /* read: TENON_SOCK_STREAM or TENON_SOCK_DGRAM */
#define TENON_OPT_ERROR 11           /* read: the pending error, 0 or a TENON_E... code, which reading takes */
#define TENON_OPT_NATIVE_NONBLOCK 12 /* read: 1 if native code sees a non-blocking handle, 0 if a blocking one */

/* Sets or reads an option (tenon/option.h has more): one int, the same unit and meaning on all systems. Out of range,
 * or too late: TENON_EINVAL; not for this kind of socket, read-only or unknown: TENON_ENOPROTOOPT. No option resets a
 * local stream: there TENON_OPT_RESET_ON_CLOSE is TENON_ENOTSUP, to set and to read. A tenon_socketpair() is a local
 * stream on POSIX systems and TCP on Windows; tenon_supports(TENON_SUPPORTS_PAIR_RESET) tells which. */
TENON_API int tenon_setsockopt(tenon_sock s, int option, int value);
TENON_API int tenon_getsockopt(tenon_sock s, int option, int *value);

/* ---- Waiting for many, and being woken -------------------------------------------------------------------------- */

#define TENON_POLLIN 1    /* receiving or accepting would not wait: something is there, or the end, or an error */
#define TENON_POLLOUT 4   /* sending would not wait; a connect has ended, well or not */
#define TENON_POLLERR 8   /* (in revents) an error is pending; comes with both of the above, asked for or not */
#define TENON_POLLHUP 16  /* (in revents) a hint that the peer has ended; with TENON_POLLIN if asked for */
#define TENON_POLLNVAL 32 /* (in revents) not an open socket */

typedef struct tenon_pollfd {
  tenon_sock sock;     /* negative: left out, revents 0 */
  int events, revents; /* TENON_POLLIN, TENON_POLLOUT, both or 0 (left out too); what is the case */
} tenon_pollfd;

/* Waits until something is the case on one of the sockets and returns on how many, 0 when the time is over. It sets all
 * revents, and reports what is the case again and again, as long as it is. There may be any number of them; none at all
 * sleeps. A socket that stands among them more than once may be reported in one of its places only. The array belongs to
 * the library during the call. A stream that was never connected, or was shut down for receiving, is reported on some
 * systems only. While data is left to receive, TENON_POLLHUP comes on some systems only: tenon_recv() tells the end, by
 * returning 0. POSIX systems also poll handles that are no sockets: pipes, files and standard input, which is handle 0; on Windows
 * each of these is TENON_POLLNVAL. TENON_EINVAL. */
TENON_API int tenon_poll(tenon_pollfd *items, int count, int timeout_ms);

/* A waker ends waiting: tenon_poll() if ready (TENON_POLLIN) is among its items, or a thread's calls after
 * tenon_cancel_on(). It stays fired, for all who wait on it, until it is cleared. Waking is safe in signal handlers and
 * from any thread, but not once it may be closed. Handles that are not open, or no more, are TENON_NO_SOCK. */
typedef struct tenon_waker {
  tenon_sock ready, trigger;
} tenon_waker;
TENON_API int tenon_waker_open(tenon_waker *w);
TENON_API int tenon_waker_wake(const tenon_waker *w);
TENON_API int tenon_waker_clear(const tenon_waker *w);
TENON_API int tenon_waker_close(tenon_waker *w);

/* From here on, this thread's calls end with TENON_ECANCELED when w has fired and they would have to wait. So do calls
 * that go on after their first transfer. Calls that can complete at once, or have a timeout of 0, ignore w, and so does
 * tenon_poll(). NULL ends it, and so does the end of the thread. w must outlive that. */
TENON_API void tenon_cancel_on(const tenon_waker *w);

/* ---- Time ------------------------------------------------------------------------------------------------------- */

/* Milliseconds of a clock that nobody sets and that never goes back. It stands still on Linux while the host is
 * suspended, and goes on on Windows. A deadline is such a time, and tenon_remaining() makes it a timeout again, so
 * that one limit can span several calls: 0 when it is over, to be looked for before the next call, as to that 0
 * means something else. TENON_FOREVER stays TENON_FOREVER both ways. Deadlines are whole milliseconds, rounded down, so
 * one may pass up to 1 ms early. */
TENON_API int64_t tenon_now_ms(void);
TENON_API int64_t tenon_deadline(int timeout_ms);
TENON_API int tenon_remaining(int64_t deadline);

/* ---- Errors ----------------------------------------------------------------------------------------------------- */

#define TENON_ENOENT (-2)
#define TENON_EIO (-5) /* what has no name here; tenon_native_error() has the system's number */
#define TENON_ENXIO (-6)
#define TENON_EBADF (-9)
#define TENON_EAGAIN (-11)
#define TENON_ENOMEM (-12)
#define TENON_EACCES (-13)
#define TENON_EFAULT (-14)
#define TENON_EBUSY (-16)
#define TENON_EINVAL (-22)
#define TENON_ENFILE (-23)
#define TENON_EMFILE (-24)
#define TENON_ENOSPC (-28)
#define TENON_EPIPE (-32)
#define TENON_ENAMETOOLONG (-36)
#define TENON_ENOSYS (-38)
#define TENON_ELOOP (-40)
#define TENON_EPROTO (-71)
#define TENON_EOVERFLOW (-75)
#define TENON_ENOTSOCK (-88)
#define TENON_EDESTADDRREQ (-89)
#define TENON_EMSGSIZE (-90)
#define TENON_EPROTOTYPE (-91)
#define TENON_ENOPROTOOPT (-92)
#define TENON_EPROTONOSUPPORT (-93)
#define TENON_ESOCKTNOSUPPORT (-94)
#define TENON_ENOTSUP (-95)
#define TENON_EOPNOTSUPP TENON_ENOTSUP
#define TENON_EAFNOSUPPORT (-97)
#define TENON_EADDRINUSE (-98)
#define TENON_EADDRNOTAVAIL (-99)
#define TENON_ENETDOWN (-100)
#define TENON_ENETUNREACH (-101)
#define TENON_ENETRESET (-102)
#define TENON_ECONNABORTED (-103)
#define TENON_ECONNRESET (-104)
#define TENON_ENOBUFS (-105)
#define TENON_EISCONN (-106)
#define TENON_ENOTCONN (-107)
#define TENON_ESHUTDOWN (-108)
#define TENON_ETIMEDOUT (-110)
#define TENON_ECONNREFUSED (-111)
#define TENON_EHOSTDOWN (-112)
#define TENON_EHOSTUNREACH (-113)
#define TENON_EALREADY (-114)
#define TENON_EINPROGRESS (-115)
#define TENON_ECANCELED (-125)
#define TENON_EAI_BADFLAGS (-1001)
#define TENON_EAI_NONAME (-1002)
#define TENON_EAI_AGAIN (-1003)
#define TENON_EAI_FAIL (-1004)
#define TENON_EAI_FAMILY (-1006)
#define TENON_EAI_SOCKTYPE (-1007)
#define TENON_EAI_SERVICE (-1008)
#define TENON_EAI_ADDRFAMILY (-1009)

/* A result in words ("connection refused"; "success" for all that are none) and the name of its code ("ECONNREFUSED";
 * "OK"); of other numbers "unknown error", "EUNKNOWN". Fixed English text, never NULL, valid for ever. */
TENON_API const char *tenon_strerror(intptr_t code);
TENON_API const char *tenon_errname(intptr_t code);

/* The system's own number (errno, WSAGetLastError, the resolver's) behind this thread's last failed call, for logs; 0
 * if Tenon itself found the failure: bad input, or TENON_ETIMEDOUT by the limit. Only good right after a failure. */
TENON_API int tenon_native_error(void);

/* Classes of errors, 1 or 0: the call would have had to wait (TENON_EAGAIN, TENON_EINPROGRESS, TENON_EALREADY); the
 * connection is gone, whichever end broke it (TENON_EPIPE, TENON_ECONNRESET, TENON_ECONNABORTED, TENON_ENETRESET); a
 * call that did nothing may succeed later (TENON_EAGAIN; descriptors, memory or a name server were wanting). */
TENON_API int tenon_is_would_block(intptr_t code);
TENON_API int tenon_is_peer_gone(intptr_t code);
TENON_API int tenon_is_retryable(intptr_t code);

/* ---- The library itself ----------------------------------------------------------------------------------------- */

#define TENON_SUPPORTS_IPV6 1       /* IPv6 sockets can be opened and bound to ::1 */
#define TENON_SUPPORTS_DUALSTACK 2  /* ... and take and make IPv4 connections too */
#define TENON_SUPPORTS_PAIR_RESET 3 /* TENON_OPT_RESET_ON_CLOSE works on a tenon_socketpair(): where that is TCP */

/* 1 if this system, as it is now, has the feature (TENON_SUPPORTS_...), else 0. */
TENON_API int tenon_supports(int feature);

/* Nobody has to call these. A program that must see a failure to start early, or a plug-in that must give the system's
 * socket layer back before it is unloaded, pairs them; they count. Close all sockets before the last tenon_cleanup();
 * one without its tenon_startup() is TENON_EINVAL and changes nothing. A library that contains Tenon may be unloaded
 * once no call is under way; it stays in memory if a lookup, or a handler of a server, was left behind in its
 * thread. */
TENON_API int tenon_startup(void);
TENON_API int tenon_cleanup(void);

/* The version of the library that is linked, as TENON_VERSION is that of this header. */
TENON_API const char *tenon_version(void);

/* Gives Tenon other functions for the little memory that it allocates (calls that do say so); NULL, NULL brings malloc
 * and free back. To be called before any call that allocates. allocate returns NULL when it has none; release is never
 * given NULL. */
TENON_API void tenon_set_allocator(void *(*allocate)(size_t size), void (*release)(void *memory));

#ifdef __cplusplus
}
#endif

#endif
