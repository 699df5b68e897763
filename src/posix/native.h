/* posix/native.h - the system's headers on POSIX, and its spelling of what Winsock spells differently.
 * SPDX-License-Identifier: MIT */
#ifndef TENON_SRC_POSIX_NATIVE_H
#define TENON_SRC_POSIX_NATIVE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4, EAI_ADDRFAMILY */
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef size_t tenon__native_size;
typedef struct addrinfo tenon__native_info;

/* A handle that no descriptor can have becomes one that the system refuses. */
static inline int tenon__native(intptr_t s) {
  return s > INT_MAX || s < 0 ? -1 : (int)s;
}

/* What a thread runs: TENON__THREAD(name, argument) { ...; return 0; } */
typedef void *tenon__thread_function(void *);
#define TENON__THREAD(name, argument) static void *name(void *argument)

typedef struct tenon__gate {
  pthread_mutex_t lock;
  pthread_cond_t opened;
  int open;
} tenon__gate;

#endif
