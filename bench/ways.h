/* ways.h - what is measured, done in two ways: by the system's own calls, and by Tenon's.
 * SPDX-License-Identifier: MIT
 *
 * raw_posix.c or raw_win32.c has the first, tenon.c the second. Each checks what a careful program would check, and
 * returns 0, or -1 if anything went wrong. */
#ifndef TENON_BENCH_WAYS_H
#define TENON_BENCH_WAYS_H

#include "tenon.h"

enum { BATCH = 32, DATAGRAM = 1200 };

typedef struct way {
  const char *name;

  /* One byte goes from one end of a connection to the other, so many times. */
  int (*transfer)(tenon_sock from, tenon_sock to, long count);

  /* Four buffers of a byte go from one end of a connection to the other, so many times. */
  int (*vector)(tenon_sock from, tenon_sock to, long count);

  /* A datagram that tells its TTL goes from a socket to the other, so many times. */
  int (*message)(tenon_sock from, tenon_sock to, const tenon_addr *at, long count);

  /* A batch of 32 datagrams of 1,200 bytes is sent, so many times; the first of them is received. Raw, it is a call for
   * each. */
  int (*batch)(tenon_sock from, tenon_sock to, const tenon_addr *at, long count);

  /* A connection to the listener is made, accepted and closed at both ends, so many times. */
  int (*connect)(tenon_sock listener, const tenon_addr *at, long count);

  /* An address becomes the value that a call needs, so many times: the text as the system's parser reads it, and what
   * follows it, a port, or NULL. whole is both, as Tenon reads it. */
  int (*parse)(const char *ip, const char *port, const char *whole, long count);
} way;

/* A clock finer than Tenon's. */
double raw_nanoseconds(void);

extern const way way_raw;
extern const way way_tenon;

#endif
