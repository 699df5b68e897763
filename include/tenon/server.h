/* tenon/server.h - many clients: a handler for one client becomes a server for all of them, by one word.
 * SPDX-License-Identifier: MIT
 *
 *   static void echo(tenon_sock client, const tenon_addr *peer, void *context) { ... receive, send, return ... }
 *
 *   tenon_server server = {.service = "7777", .handler = echo, .model = TENON_SERVE_THREADS};
 *   int result = tenon_serve(&server);
 *
 * docs/server.md shows the models. What holds in tenon.h for results, handles and time holds here. This part allocates,
 * through tenon_set_allocator(): some hundred bytes for each client that may be served at once, and on Windows for the
 * start of a process. */
#ifndef TENON_SERVER_H
#define TENON_SERVER_H

#include "tenon.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How clients are served. A worker is a process of the same program that tenon_serve() starts.
 *   iterative   one after the other
 *   threads     each in a thread of its own
 *   processes   each in a process of its own, which ends with it: a crash costs one client
 *   hybrid      in threads of a few processes: a crash costs the clients of one of these */
#define TENON_SERVE_ITERATIVE 0
#define TENON_SERVE_THREADS 1
#define TENON_SERVE_PROCESSES 2
#define TENON_SERVE_HYBRID 3

/* What becomes of those who come when max_clients are being served: they wait until it is their turn, as far as the
 * backlog goes, or they are turned away: connected, and ended in the same moment, without a byte. */
#define TENON_FULL_WAIT 0
#define TENON_FULL_REFUSE 1

/* What tenon_serve() is asked to do. All zero but service and handler is fine. */
typedef struct tenon_server {
  const char *host, *service; /* where to listen, as for tenon_tcp_listen() */
  int backlog;                /* how many may wait to be accepted; 0: tenon_listen()'s default */
  int model;                  /* TENON_SERVE_... */
  int max_clients;            /* served at once, at most (1 to 1,000,000); 0: 100. An iterative server serves 1 */
  int workers;                /* hybrid: how many processes, at most; 0: 4 */
  int when_full;              /* TENON_FULL_... */
  int drain_ms;               /* how long clients may go on once the server is to stop; 0: 5,000; TENON_FOREVER */

  /* Serves one client. It runs in a thread of its own, many of them in parallel unless the model is iterative, under
   * tenon_cancel_on(): once the time to drain is over, calls that wait end with TENON_ECANCELED. It returns when it is
   * done with the client, and never closes the socket: tenon_serve() does, and lets what was sent arrive (for which
   * it waits up to 2,000 ms until the client has ended, too). */
  void (*handler)(tenon_sock client, const tenon_addr *peer, void *context);
  void *context; /* for handler and started */

  /* Unless NULL, called once the server listens, with its address: the port, if the system chose it. */
  void (*started)(const tenon_addr *at, void *context);

  const tenon_waker *stop; /* ends the server when it has fired; NULL: it goes on for ever */
} tenon_server;

/* Listens and serves until server->stop fires; then takes no more clients, lets those who are served go on for
 * drain_ms, cancels what their handlers still wait for, closes what it opened, and returns 0. A handler that has not
 * returned a second after that is left behind in its thread, which keeps context and handler in use: TENON_ETIMEDOUT.
 * (A worker is ended then; that is no failure.) Want of descriptors, memory, threads or processes ends nothing: clients
 * wait until there is room again. TENON_EADDRINUSE and what else tenon_tcp_listen() returns; TENON_ENOMEM; TENON_EINVAL
 * for a field that is out of range.
 *
 * Workers get the client's socket and the command line of the program, and should need nothing else. On POSIX systems
 * they are forks that have closed what a new program would not inherit; no other thread should then hold locks that a
 * handler needs. On Windows the program is started again, with the same arguments: its main runs up to tenon_serve(),
 * which serves what it is handed, with its own handler and context. A worker does not return from tenon_serve(): when
 * there is no more to do, the process ends with status 0, and what was told to atexit() is not called. Of several
 * servers with workers in one program, host and service tell which one a worker serves. Workers ignore the terminal's
 * interrupts and SIGTERM, and end when the process that started them does. */
TENON_API int tenon_serve(const tenon_server *server);

/* 1 in a worker, else 0: for what a program does before tenon_serve() and should do only once. */
TENON_API int tenon_server_is_worker(void);

/* For logs: a number that no other thread of this process has now. (tenon/local.h has tenon_process_id().) */
TENON_API int64_t tenon_server_thread_id(void);

/* From here on what asks a program to end fires w instead: Ctrl-C, SIGINT, SIGTERM and SIGHUP, on Windows Ctrl-C,
 * Ctrl-Break and the closing of the console (which grants a few seconds to end), told to this process or to a worker.
 * NULL gives back what was before. w must outlive that. Not to be called in several threads at once. */
TENON_API int tenon_waker_on_interrupt(const tenon_waker *w);

#ifdef __cplusplus
}
#endif

#endif
