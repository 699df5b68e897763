/* tenon/trace.h - a callback for each call: with what, how it ended, how long it took.
 * SPDX-License-Identifier: MIT */
#ifndef TENON_TRACE_H
#define TENON_TRACE_H

#include "tenon.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TENON_TRACED_UNLIMITED (-2) /* as timeout_ms: the call has no such parameter */
#define TENON_TRACED_TEXT 1024      /* bytes that hold any line of tenon_traced_format() */

/* A call that has ended. What points somewhere is the caller's and lives until the callback returns. */
typedef struct tenon_traced {
  const char *call;           /* "tenon_connect" */
  tenon_sock sock;            /* the handle that it was given, or TENON_NO_SOCK */
  const tenon_addr *addr;     /* the address that it was given or has found, or NULL */
  const char *host, *service; /* the names that it was given, or NULL */
  int option;                 /* TENON_OPT_..., or 0 */
  const char *label;          /* what number is ("size", "backlog", ...), or NULL */
  int64_t number;
  int timeout_ms;
  intptr_t result;
  int native_error; /* of a failure, as tenon_native_error() gives it; else 0 */
  int64_t duration_us;
} tenon_traced;

/* From here on callback is called at the end of each call that concerns sockets or names, by the thread that made it,
 * threads in parallel; NULL ends it. Not traced are calls that ask the system for nothing, tenon_waker_wake(), which
 * signal handlers may call, those of pollers and servers, and what traced calls or the callback call. To be called while
 * no other call is under way. */
TENON_API void tenon_trace(void (*callback)(const tenon_traced *call, void *context), void *context);

/* Writes a call as a line for logs, without a line end, and returns its length:
 *
 *   tenon_connect(5, 192.0.2.1:80, timeout 5000) = ECONNREFUSED (111) after 80 us
 *
 * The line holds printable ASCII characters alone: any other byte, in a name or in the path of a local socket too, becomes
 * "?". What is beyond 250 bytes of a name becomes "...". TENON_ENOSPC if the buffer is too small (TENON_TRACED_TEXT is
 * always enough), TENON_EINVAL. */
TENON_API int tenon_traced_format(const tenon_traced *call, char *line, size_t size);

#ifdef __cplusplus
}
#endif

#endif
