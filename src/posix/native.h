/* posix/native.h - the system's headers on POSIX, and its spelling of what Winsock spells differently.
 * SPDX-License-Identifier: MIT */
#ifndef TENON_SRC_POSIX_NATIVE_H
#define TENON_SRC_POSIX_NATIVE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4, EAI_ADDRFAMILY */
#endif

#ifndef __APPLE_USE_RFC_3542
#define __APPLE_USE_RFC_3542 /* macOS shows IPV6_DONTFRAG and IPV6_RECVPKTINFO then */
#endif
#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64 /* files beyond 2 GiB, with 32-bit C libraries too */
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

typedef int tenon__native_handle;
typedef int tenon__file;
typedef struct addrinfo tenon__native_info;
typedef struct pollfd tenon__native_pollfd;

#define TENON__NATIVE_IS_STARTED 0

/* Linux has a bit of its own, to be asked for, that tells that the peer sends no more. */
#ifndef POLLRDHUP
#define POLLRDHUP 0
#endif
#define TENON__NATIVE_IN (POLLIN | POLLRDHUP)
#define TENON__NATIVE_OUT POLLOUT
#define TENON__NATIVE_HUP (POLLHUP | POLLRDHUP)
#define TENON__NATIVE_BROKEN POLLHUP /* nothing more can be sent, either */

/* Linux keeps its books in a socket's buffers and counts them in. The BSDs ask for more than SO_REUSEADDR where several
 * sockets are to have one port; with that Linux would deal the datagrams out. */
#ifdef SO_SNDBUFFORCE /* it is Linux that has this */
#define TENON__NATIVE_BUFFER_SHARE 2
#define TENON__NATIVE_ABSTRACT 1
#else
#define TENON__NATIVE_SHARE SO_REUSEPORT
#endif

/* How many buffers a call takes; how many datagrams, where it takes several; and how many equal ones Linux takes as
 * one. */
#ifdef IOV_MAX
#define TENON__NATIVE_PARTS IOV_MAX
#else
#define TENON__NATIVE_PARTS 1024
#endif
#ifdef MSG_WAITFORONE /* who has that has sendmmsg and recvmmsg */
#define TENON__NATIVE_BATCH 32
#else
#define TENON__NATIVE_BATCH 1
#endif
#ifdef SO_SNDBUFFORCE
#define TENON__NATIVE_SEGMENTS 64
#else
#define TENON__NATIVE_SEGMENTS 1
#endif

/* A handle that no descriptor can have becomes one that the system refuses. */
static inline int tenon__native(intptr_t s) {
  return s > INT_MAX || s < 0 ? -1 : (int)s;
}

/* Inline, because every call asks; the handle the other way round, because that is what is compared. */
#ifdef __GNUC__
#pragma GCC visibility push(hidden)
#endif
extern _Thread_local intptr_t tenon__native_not_cancel;
extern _Thread_local int tenon__native_slots[];
#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#define tenon__sys_cancel() (~tenon__native_not_cancel)
#define tenon__sys_get(slot) (tenon__native_slots[slot])

/* What a thread runs: TENON__THREAD(name, argument) { ...; return 0; } */
typedef void *tenon__thread_function(void *);
#define TENON__THREAD(name, argument) static void *name(void *argument)

typedef pthread_t tenon__thread;
typedef pid_t tenon__process;

typedef struct tenon__gate {
  pthread_mutex_t lock;
  pthread_cond_t opened;
  int open;
} tenon__gate;

typedef pthread_mutex_t tenon__lock;
#define TENON__NATIVE_LOCK_STATIC PTHREAD_MUTEX_INITIALIZER
#define TENON__NATIVE_LOCK_INIT(lock) pthread_mutex_init(lock, NULL)
#define TENON__NATIVE_LOCK pthread_mutex_lock
#define TENON__NATIVE_UNLOCK pthread_mutex_unlock
#define TENON__NATIVE_LOCK_DESTROY pthread_mutex_destroy

#endif
