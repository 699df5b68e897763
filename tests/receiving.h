/* receiving.h - every call that receives a datagram, for tests that try them all.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_RECEIVING_H
#define TENON_TESTS_RECEIVING_H

#include <stddef.h>

#include "tenon.h"

typedef struct receiving_call {
  const char *name;
  /* Its size, or what the call returns. */
  ptrdiff_t (*receive)(tenon_sock s, void *data, size_t size, int timeout_ms);
} receiving_call;

enum { RECEIVING_CALLS = 6, RECEIVING_CALLS_OF_STREAMS = 5 }; /* the last one is for datagrams alone */
extern const receiving_call receiving_calls[RECEIVING_CALLS]; /* the first one leaves the datagram there */

#endif
