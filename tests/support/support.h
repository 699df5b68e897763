/* support.h - what the tests need of the system beside Tenon: threads, native handles and addresses, signals.
 * SPDX-License-Identifier: MIT
 *
 * The only door from the tests to the system: posix.c and process_posix.c, or win32.c and process_win32.c, implement
 * it, CMake chooses, and nothing else under tests/ knows on which system it runs. What returns int without a meaning of
 * its own is 0, or -1 after a failure.
 */
#ifndef TENON_TESTS_SUPPORT_H
#define TENON_TESTS_SUPPORT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "tenon.h"

/* ---- The system -------------------------------------------------------------------------------------------------- */

int support_is_windows(void); /* 1 under Wine too */
int support_is_wine(void);

/* Opens what the system opens once and keeps, so that it does not look like a leak of the first test. It leaves Tenon
 * alone: its first call is the business of the tests. */
void support_warm_up(void);

/* How many handles the process has open. */
int support_handle_count(void);

void support_sleep_ms(int ms);

/* Ends the process, whatever its other threads do. On Windows no exit handler and no DLL gets in between. */
void support_end_now(int status);

/* ---- Threads ----------------------------------------------------------------------------------------------------- */

/* The caller's memory, which must outlive the thread: static, as a failing check leaves the test's function at once. */
typedef struct support_thread {
  void (*run)(void *argument);
  void *argument;
  union {
    void *alignment;
    unsigned char bytes[16];
  } native;
} support_thread;

int support_thread_start(support_thread *thread, void (*run)(void *argument), void *argument);
void support_thread_join(support_thread *thread);
void support_thread_detach(support_thread *thread); /* instead of joining it */

/* ---- Processes --------------------------------------------------------------------------------------------------- */

int64_t support_process_id(void);
int support_child_count(void);                 /* 0: this process has no children, not even dead ones */
void support_crash(void);                      /* as a bad pointer does it, but without a core file */
void support_process_kill(int64_t process_id); /* whatever it does */
void support_leave_copy(tenon_sock s);         /* a fork, if there is such a thing, which ends once s is readable */
int support_in_child(int (*run)(void));        /* what it returns in a fork of this process; -1 where there is none */
int64_t support_cpu_ms(void);                  /* that this process has used */

/* What asks a program to end: from the terminal, from an administrator, from the terminal that goes away. -1 where no
 * program can say that to itself alone. */
enum { SUPPORT_INTERRUPT, SUPPORT_TERMINATE, SUPPORT_HANG_UP, SUPPORT_INTERRUPTS };
int support_interrupt(int which);

/* A worker's console or terminal goes away: the worker is told so, as the system does it, and the parent where the system
 * tells both at once. 0, or -1 where that cannot be done. */
int support_lose_terminal(void);

/* ---- Handles ----------------------------------------------------------------------------------------------------- */

/* Handles that are no sockets; the pipe has lost its other end. */
tenon_sock support_open_file(void);
tenon_sock support_open_pipe(void);
void support_close_file(tenon_sock file);

/* A socket that is neither a stream nor of datagrams, or of a family that Tenon does not know; -1 after the last one. */
tenon_sock support_open_odd_socket(int number);

/* The number of a handle that was a socket and is closed. */
tenon_sock support_closed_handle(void);

int support_inheritable(tenon_sock s);        /* 1 if a child process would inherit it, else 0 */
int support_native_nonblocking(tenon_sock s); /* 1 or 0; -1 where the system cannot tell */

/* What that should be for a handle that is no listener: blocking, where a single call can be told not to wait. */
int support_native_nonblocking_expected(void);

void support_set_native_nonblocking(tenon_sock s, int on);
void support_spoil(tenon_sock s); /* inherited, hears all groups, and has the native mode that Tenon does not use */
/* Closing it waits for so long until all is sent; for no time at all it resets the connection. */
void support_set_linger(tenon_sock s, int seconds);
static inline void support_set_linger_zero(tenon_sock s) {
  support_set_linger(s, 0);
}
/* Lets a listener answer who connects only when it accepts. -1 where there is no such option, and 0 proves nothing. */
int support_set_conditional_accept(tenon_sock s);
void support_set_reporting(tenon_sock s); /* of refused datagrams, also those of a socket without a peer */
int support_ipv4_ttl(tenon_sock s);       /* of what a socket of either family sends over IPv4 */
/* The system's own view of an option; -1 where it has none. */
enum {
  SUPPORT_KEEPALIVE,
  SUPPORT_KEEPALIVE_IDLE,
  SUPPORT_KEEPALIVE_INTERVAL,
  SUPPORT_KEEPALIVE_COUNT,
  SUPPORT_IPV4_TOS,
  SUPPORT_IPV6_TCLASS,
  SUPPORT_IPV4_MULTICAST_TTL,
  SUPPORT_IPV4_MULTICAST_LOOP
};
int support_native_option(tenon_sock s, int option);
void support_set_small_buffers(tenon_sock s); /* as small as the system lets them be */

/* Lets the process have as many handles as the system allows it. */
void support_raise_handle_limit(void);

/* Takes all handles that the process may still have and returns how many those were, or -1 where it has no limit that
 * it could come to. Then gives some of them back, and all, with the limit as it was. */
int support_take_handles(void);
void support_give_handles_back(int count);
void support_give_all_handles_back(void);

/* How often the process has asked for memory so far; -1 where that cannot be seen. */
long support_allocations(void);

/* ---- What the library asks of the system -------------------------------------------------------------------------- */

/* Forgets what was recorded and goes on recording, on Windows alone. listen may refuse SOMAXCONN_HINT from here on. */
void support_watch(int hints_are_refused);

/* The next sends, so many, find no buffers in the system; on Windows alone. */
void support_refuse_sends(int count);

/* How often the library waited for sockets or looked at them, and how many connections it asked the last listener to
 * queue, as the system reads that; -1 where nobody sees it. The interface to which it bound a socket at the first
 * attempt, as the system reads that by its documents; 0 for none, and where nobody sees it. */
int support_watched_waits(void);
int support_watched_backlog(void);
int support_watched_index(int is_ipv6);

/* ---- Files ------------------------------------------------------------------------------------------------------- */

/* By a path in UTF-8: opens a new file for writing bytes, or NULL, and removes one. */
FILE *support_create_file(const char *path);
int support_remove_file(const char *path);
tenon_sock support_file_handle(FILE *file); /* the system's, which stays the file's */

/* Keeps this process from reading a file that there is, one at a time, and lets it read all files again. */
int support_deny_file(const char *path);
void support_allow_files(void);

/* What has a name, here in this folder or anywhere, and is no regular file: a device, a pipe; NULL after the last one.
 * What was made for that is removed at last. */
const char *support_odd_file(int number);
void support_remove_odd_files(void);

/* ---- Addresses --------------------------------------------------------------------------------------------------- */

/* Writes the system's struct sockaddr for an address that the system itself reads from text (IPv6 if that has a colon),
 * and returns its length; 0 if the text is none or the buffer is too small. */
size_t support_native_addr(const char *text, uint16_t port, uint32_t scope, void *buffer, size_t size);

/* ---- Libraries --------------------------------------------------------------------------------------------------- */

/* A library by its path, or NULL; a function of it, or NULL. */
void *support_load_library(const char *path);
void (*support_library_function(void *library, const char *name))(void);
void support_unload_library(void *library);
int support_has_library(const char *path); /* 1 if it is loaded */
int support_unloads_libraries(void);       /* 0 where a library always stays */

/* ---- Surroundings ------------------------------------------------------------------------------------------------ */

/* Another component's own use of the system's socket layer; nothing on POSIX systems. */
int support_start_foreign(void);
int support_end_foreign(void);

/* A thousand signals a second, whose handler does nothing and which interrupt what the system lets them interrupt;
 * nothing on Windows. */
void support_signal_storm_start(void);
void support_signal_storm_stop(void);

/* What a signal handler does, once, after so many milliseconds, to a process that may be waiting: in a handler that
 * interrupts the first thread, or, on Windows, in a thread of its own, as control handlers run. End it each time. */
int support_signal_later(void (*handler)(void), int ms);
void support_signal_end(void);

#endif
