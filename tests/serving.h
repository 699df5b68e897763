/* serving.h - a server in a thread of the tests, with a handler that does what its clients tell it.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_SERVING_H
#define TENON_TESTS_SERVING_H

#include <stdint.h>

#include "support.h"
#include "tenon/server.h"

/* What a client may tell the handler, each a byte; the handler waits for the next one without a limit. */
#define SERVING_ID 'i'    /* and 4 bytes: they come back, with the client's port as the handler sees it */
#define SERVING_WHO 'w'   /* process and thread come back */
#define SERVING_ECHO 'e'  /* all that follows comes back */
#define SERVING_CRASH 'c' /* the process crashes */
#define SERVING_HANG \
  'h' /* a byte comes back, and the handler does not return, whatever happens, before serving_let_go() */
#define SERVING_LEAVE \
  'l' /* a byte comes back, and where processes are forked, one stays that has all that this one has open */
#define SERVING_LOSE 't' /* the worker loses its terminal, and a byte comes back */
#define SERVING_BYE 'b'  /* "bye" comes back, and the handler returns */

typedef struct serving {
  tenon_server server; /* what serving_prepare() does not set, the test may */
  tenon_waker stop, up;
  tenon_addr at;
  int result; /* of tenon_serve() */
  support_thread thread;
} serving;

#define SERVING_MODELS 4
const char *serving_model_name(int model);
int serving_has_processes(int model);

/* Fills in a server of this model; starts it, and returns once it listens, or the error; fires its waker and returns
 * what tenon_serve() returned, at the latest a short time after drain_ms. */
void serving_prepare(serving *s, int model);
void serving_prepare_second(serving *s, int model); /* listens elsewhere, and says "two" to its clients */
int serving_start(serving *s);
int serving_stop(serving *s);
/* The two halves of stopping. */
void serving_tell_to_stop(serving *s);
int serving_await_end(serving *s);

/* Lets hanging handlers of this process return. */
void serving_let_go(void);

/* A connection to the server, or the error. */
tenon_sock serving_connect(const serving *s);
/* Tells the handler its id, and is told it back with the port of the socket: 0, or an error, or -1 for a wrong answer.
 * Asking and being answered are the two halves. */
int serving_identify(tenon_sock client, uint32_t id);
int serving_ask(tenon_sock client, uint32_t id);
int serving_is_answered(tenon_sock client, uint32_t id);

typedef struct serving_who {
  int64_t process, thread;
  int64_t is_worker;
} serving_who;
int serving_ask_who(tenon_sock client, serving_who *who);

/* 0 once the handler hangs; once the worker has lost its terminal. */
int serving_hang(tenon_sock client);
int serving_lose_terminal(tenon_sock client);

/* 0 if the client sees the end, and before it nothing. */
int serving_is_ended(tenon_sock client);

/* What the program of the tests does where it is started as a worker. */
int serving_work(void);

#endif
