/* tenon/local.h - sockets within this host: Unix-domain addresses, who is at the other end, and sockets handed on.
 * SPDX-License-Identifier: MIT
 *
 *   tenon_addr at;
 *   tenon_addr_local(&at, "/run/demo/socket");
 *   tenon_local_unlink_stale(&at);
 *   tenon_sock s = tenon_socket(TENON_AF_UNIX, TENON_SOCK_STREAM, 0);
 *   tenon_bind(s, &at);
 *
 * What holds in tenon.h for results, handles, time and input holds here, and its calls take these addresses. What the
 * system does not have is TENON_ENOTSUP; tenon_supports() tells beforehand. Options that only networks have
 * (TENON_OPT_KEEPALIVE, TENON_OPT_BROADCAST, TENON_OPT_SHARE among them) are TENON_ENOPROTOOPT, in tenon_keepalive() too;
 * TENON_OPT_RESET_ON_CLOSE is TENON_ENOTSUP. */
#ifndef TENON_LOCAL_H
#define TENON_LOCAL_H

#include "tenon.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TENON_AF_UNIX 1

#define TENON_SUPPORTS_LOCAL 60           /* sockets of TENON_AF_UNIX, streams: POSIX; Windows, but not Wine 8 */
#define TENON_SUPPORTS_LOCAL_DATAGRAMS 61 /* ... and datagrams: POSIX */
#define TENON_SUPPORTS_LOCAL_ABSTRACT 62  /* ... and names that are no files: Linux */
#define TENON_SUPPORTS_LOCAL_PEER 63      /* tenon_local_peer() */

/* ---- Addresses -------------------------------------------------------------------------------------------------- */

#define TENON_LOCAL_PATH 103 /* bytes of the longest path, on every system */

/* Makes addr the address of a socket file. path is in the system's bytes, on Windows in UTF-8. One that begins with '@'
 * is the name of no file, but an abstract one of Linux's, which ends with its sockets and which anybody may take (a
 * file of such a name is "./@name"). An empty path is TENON_EINVAL, one of more than TENON_LOCAL_PATH bytes
 * TENON_ENAMETOOLONG, and *addr is not touched. Nothing is asked of the system.
 *
 * * As text such an address is "unix:/run/demo/socket", both ways. A socket that was not bound, as clients mostly are,
 * has the address with an empty path, "unix:", which is TENON_EINVAL where one is needed.
 *
 * * Binding makes the file, with the rights that umask leaves (who may write to it may connect, on most systems), or is
 * TENON_EADDRINUSE if there is a file of any kind; TENON_ENOENT: no such folder; TENON_EACCES. Closing leaves the file
 * there. Connecting is TENON_ENOENT without a file, and TENON_ECONNREFUSED if nobody listens (on Windows, always that).
 * While the listener's queue is full, Linux is asked again every 10 ms. */
TENON_API int tenon_addr_local(tenon_addr *addr, const char *path);

/* Removes the socket file of a server that is no more, or of one's own, once that is closed: 0. If somebody has it open
 * it is TENON_EADDRINUSE, whatever the type of that socket and whether or not it is connected. Without a file it is
 * TENON_ENOENT. A file that is not a socket is left alone: TENON_ENOTSOCK. A server that has bound but does not listen
 * yet looks like one that is gone: where several may start at once, let a lock decide who calls this. TENON_EACCES. */
TENON_API int tenon_local_unlink_stale(const tenon_addr *local);

/* ---- Who is there ----------------------------------------------------------------------------------------------- */

/* The process at the other end of a local stream, as it was when it connected (or listened); -1 for what the system
 * does not tell: Linux tells all, macOS all, other BSDs no pid, Windows nothing but that. A pid may be somebody else's
 * by now. */
typedef struct tenon_peer {
  int64_t pid, uid, gid;
} tenon_peer;

/* TENON_ENOTCONN; TENON_ENOTSUP for other sockets. */
TENON_API int tenon_local_peer(tenon_sock s, tenon_peer *peer);

/* ---- Handing sockets on ----------------------------------------------------------------------------------------- */

/* Gives another process a socket. channel is a stream to that process, which carries nothing else meanwhile: a local
 * one, on Windows any, so that one end of a tenon_socketpair() serves on both. process is its number, which Windows
 * asks for and POSIX systems do not look at. The socket stays the caller's too, to be closed when the other has it and
 * not before. From then on both have the same connection (closing it in one ends nothing, tenon_shutdown() does).
 * TENON_ENOTSUP: no such channel; TENON_EPIPE: nobody is there any more; after that or TENON_ETIMEDOUT on
 * Windows the channel is of no use. TENON_ENOBUFS: nothing was sent, and a later try may succeed. */
TENON_API int tenon_hand_over(tenon_sock channel, int64_t process, tenon_sock s, int timeout_ms);

/* The number of this process, to be told to the one that shall hand over. */
TENON_API int64_t tenon_process_id(void);

/* Waits for what tenon_hand_over() sends and returns the handle, which is the caller's to close and has the properties
 * of Tenon's own. Take nothing from whom you do not trust. TENON_EPIPE: the other end is closed; TENON_EPROTO:
 * something else came; TENON_EMFILE: no descriptor is left, and the socket is lost. */
TENON_API tenon_sock tenon_take_over(tenon_sock channel, int timeout_ms);

/* Lets child processes that start from now on inherit the handle, under the same number, or not (on is 0). On Windows
 * some products of others make inherited sockets useless; handing over works with all of them. */
TENON_API int tenon_set_inheritable(tenon_sock s, int on);

#ifdef __cplusplus
}
#endif

#endif
