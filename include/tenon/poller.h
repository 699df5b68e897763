/* tenon/poller.h - waiting for many sockets, at a cost that grows with those that have news, not with all of them.
 * SPDX-License-Identifier: MIT
 *
 *   tenon_poller p;
 *   tenon_poller_event news[64];
 *   tenon_poller_open(&p);
 *   tenon_poller_set(&p, listener, TENON_POLLIN, 0, NULL);
 *   int count = tenon_poller_wait(&p, news, 64, TENON_FOREVER);
 *
 * A socket is set once and then reported as long as something is the case on it, with the pointer that came with it. On
 * Linux this is epoll, on macOS and the BSDs kqueue, on Windows the AFD device; elsewhere poll, whose cost grows with all
 * sockets. Events mean what they mean to tenon_poll(). One thread may wait, while others set, remove and wake. */
#ifndef TENON_POLLER_H
#define TENON_POLLER_H

#include "tenon.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The caller's memory, which stays where it is while the poller is open; what is in it is the library's. All zero, it is
 * a closed poller, to which every call but tenon_poller_open() says TENON_EBADF. */
typedef struct tenon_poller {
  int64_t own[72]; /* the same size on every system */
} tenon_poller;

typedef struct tenon_poller_event {
  void *pointer; /* as it was given to tenon_poller_set() */
  int events;    /* TENON_POLLIN, TENON_POLLOUT, TENON_POLLERR, TENON_POLLHUP */
} tenon_poller_event;

/* Opens a poller without sockets. It takes two handles on Linux; on Windows, where it allocates, one or more.
 * TENON_EMFILE, TENON_ENFILE, TENON_ENOMEM; TENON_ENOTSUP: a Windows without AFD. */
TENON_API int tenon_poller_open(tenon_poller *p);

/* Lets the poller report the socket when one of events (TENON_POLLIN, TENON_POLLOUT or both) is the case, or says
 * something else about one that it reports already. pointer is passed on and never looked at. With TENON_POLLER_ONCE in
 * flags it is reported once, and then not before it is set again. A wait that is under way knows at once. On Windows 10
 * and older a socket that is set in two pollers may lose events, by reports of others. Allocates on Windows, some 60
 * bytes for each socket, as waiting does there, which can do without; not on Linux or the BSDs. What is not a socket is
 * TENON_ENOTSOCK, though POSIX systems take pipes. TENON_EBADF; TENON_EINVAL, also for no events; TENON_ENOMEM. */
TENON_API int tenon_poller_set(tenon_poller *p, tenon_sock s, int events, int flags, void *pointer);
#define TENON_POLLER_ONCE 1

/* Lets the poller forget the socket; call it before the socket is closed. Returns 0 also if the poller did not know it.
 *
 * Events that a wait has already returned stay in its array, those of this socket too. So when handling one event closes
 * the socket of a later one, that event still comes, with its old pointer: free what pointers point to after the last
 * event of the array. With several threads, free it after the wait of the other thread has returned as well.
 *
 * A socket that is closed without this call is forgotten as well, with two exceptions. On Linux a duplicate of its handle
 * (by dup() or fork(), or passed on with tenon_hand_over(), in this process or another) keeps it in the poller: it is
 * reported with its old pointer until the last duplicate is closed, and cannot be removed any more. On Windows, if it was
 * not closed with tenon_close() and another socket gets its number before the next wait, that one may be reported with
 * its pointer. */
TENON_API int tenon_poller_remove(tenon_poller *p, tenon_sock s);

/* Waits until something is the case on one of the sockets and returns on how many, 0 when the time is over or the
 * poller was woken. Writes an event for each of them, at most capacity; the next ones come with the next wait, and no
 * socket is passed over for ever. Over kqueue, a capacity of less than two for each socket may split TENON_POLLIN and
 * TENON_POLLOUT of one socket between two waits. TENON_POLLHUP is a hint, as in tenon_poll(). events is the library's
 * during the call. TENON_EBUSY: another thread waits; TENON_EINVAL. */
TENON_API int tenon_poller_wait(tenon_poller *p, tenon_poller_event *events, int capacity, int timeout_ms);

/* Ends the wait that is under way, or else the next one. Any number of these before that wait returns count as one and
 * cost one system call. Safe from any thread and in signal handlers, but not in parallel to closing. */
TENON_API int tenon_poller_wake(tenon_poller *p);

/* Closes the poller, when no other thread uses it any more; the sockets stay open. */
TENON_API int tenon_poller_close(tenon_poller *p);

#ifdef __cplusplus
}
#endif

#endif
