/* calls.h - every call that can wait, each in a scene in which it has to, for tests that try them all.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_CALLS_H
#define TENON_TESTS_CALLS_H

#include <stdatomic.h>

#include "net.h"
#include "support.h"

typedef struct waiting_call waiting_call;

/* To be static, as a failing check leaves the test's function at once. */
typedef struct scene scene;
struct scene {
  const waiting_call *call;
  tenon_sock s, peer; /* TENON_NO_SOCK where the call opens its own, or there is none yet */
  tenon_addr at;      /* of s, or where to connect to */
  tenon_waker *waker; /* for tenon_poll(), which sees no other; or NULL */
  net_full full;
  support_thread thread;
  void (*later)(scene *at);
  int has_thread;
  atomic_int is_over;
};

enum {
  CALL_ENDS_SOCKET = 1, /* after a failure its socket is closed, or good only for that */
  CALL_IS_STREAM = 2,   /* s and peer are a connection, on which it sends ... */
  CALL_SENDS = 4,       /* ... or receives */
  CALL_IS_POLL = 8,     /* for which the end of time is no failure */
  CALL_IS_ACCEPT = 16
};

struct waiting_call {
  const char *name;
  int (*open)(scene *at);                     /* 0 */
  intptr_t (*run)(scene *at, int timeout_ms); /* what the call returns, but 0 for a new handle, which it closes */
  void (*let_go)(scene *at);                  /* lets happen what it waits for */
  intptr_t done;                              /* its result then */
  intptr_t at_once;                           /* its result with a timeout of 0 */
  int flags;
};

extern const waiting_call waiting_calls[];
extern const int waiting_call_count;

/* 0, or the scene is closed already. */
int scene_open(scene *at, const waiting_call *call);
/* Does it, let_go or anything else, in a thread of its own, after a while: time for a call to be waiting. */
enum { A_WHILE_MS = 60 };
int scene_do_later(scene *at, void (*what)(scene *at));
/* Waits for that thread, if there is one. */
void scene_join(scene *at);
void scene_close(scene *at);

/* A call in a scene of its own, if what is not NULL with that happening after a while. TENON_EIO if there is none. */
typedef struct attempt {
  intptr_t result;
  int native_error;
  int64_t took_ms;
} attempt;
attempt scene_try(const waiting_call *call, int timeout_ms, void (*what)(scene *at));

#endif
