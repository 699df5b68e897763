/* sys.h - the seam: all that Tenon asks of a system. A port implements these functions in a folder of its own.
 * SPDX-License-Identifier: MIT
 *
 * Holds for all of them: arguments have been checked (pointers are not NULL, sizes are not 0), handles have not. A
 * result is 0, a count or a handle, or a TENON_E... code made by tenon__failure() right after the call that failed.
 * None of them waits but those that say so, none allocates but for starting a process, none retries but after an
 * interruption by a signal. What is missing to the semantics of tenon.h stands above the seam, once. */
#ifndef TENON_SRC_SYS_H
#define TENON_SRC_SYS_H

#include "native.h"
#include "tenon.h"
#include "tenon/local.h"

/* A native address with its length. */
typedef struct tenon__sockaddr {
  union {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_storage storage;
  } u;
  socklen_t size;
} tenon__sockaddr;

/* What the systems number differently: TENON_AF_INET6. */
static inline int tenon__native_family(int family) {
  return family == TENON_AF_UNIX ? AF_UNIX : family == TENON_AF_INET6 ? AF_INET6 : AF_INET;
}
static inline int tenon__family_of(int native) {
  if (native == AF_INET) return TENON_AF_INET;
  return native == AF_INET6 ? TENON_AF_INET6 : native == AF_UNIX ? TENON_AF_UNIX : TENON_AF_UNSPEC;
}

/* ---- Errors (src/error.c over sys_error.c) ---- */

/* What was being done when a call failed: the same native code means different things in different calls. */
typedef enum tenon__operation {
  TENON__SOCKET,
  TENON__CONNECT,
  TENON__BIND,
  TENON__LISTEN,
  TENON__ACCEPT,
  TENON__SEND,
  TENON__RECV,
  TENON__SENDTO,
  TENON__RECVFROM,
  TENON__JOIN, /* a multicast group, with arguments that were checked */
  TENON__LEAVE,
  TENON__NAMES, /* getsockname, getpeername, shutdown, options, waiting, closing */
  TENON__LOOKUP,
  TENON__START,
  TENON__OPEN, /* a file, by its name */
  TENON__ANY   /* in a row: whatever the operation, but a lookup: resolvers number their errors apart */
} tenon__operation;

/* A row of a system's table. The first row that fits counts, so those of one operation stand before those of any. */
typedef struct tenon__error_row {
  tenon__operation operation;
  int native;
  int code; /* for TENON__RECV 0: this "error" is the end of the stream */
} tenon__error_row;
extern const tenon__error_row tenon__sys_errors[];
extern const int tenon__sys_error_count;

/* The code of the call that failed last in this thread. */
int tenon__sys_last_error(void);
/* TENON_EBADF for a handle that is not open, TENON_ENOTSOCK for one that is no socket, 0 for one that is, and where
 * failures are clear about that. */
int tenon__sys_handle_error(tenon_sock s);

/* Neutral. The code for a native one; the code for the call on s that failed just now, or for an error that the call
 * returned, either of which tenon_native_error() will remember; and a failure that Tenon found by itself. */
int tenon__error_code(tenon__operation operation, int native);
int tenon__failure(tenon__operation operation, tenon_sock s);
int tenon__returned(tenon__operation operation, int native);
int tenon__refuse(int code);

/* Neutral, too: memory (src/memory.c). NULL if there is none, also for an array larger than size_t can say. */
void *tenon__allocate(size_t size);
void *tenon__allocate_array(size_t header, size_t count, size_t size);
void tenon__release(void *memory);

/* ---- Start-up (sys_startup.c) ---- */

/* Starts the system's socket layer, counted, and gives back one start. */
int tenon__sys_startup(void);
int tenon__sys_cleanup(void);

/* ---- Sockets (sys_socket.c) ---- */

/* A new handle that children do not inherit, that raises no SIGPIPE, and that is non-blocking where the system has no
 * way to not wait in a single call. An IPv6 one speaks IPv4 too if that is possible. family, type and protocol are
 * Tenon's. */
tenon_sock tenon__sys_socket(int family, int type, int protocol);
/* Two connected streams with the properties of new handles, or TENON_ENOTSUP. */
int tenon__sys_socketpair(tenon_sock pair[2]);
/* Gives a handle from elsewhere the properties of a new one, but for its native mode. */
int tenon__sys_adopt(tenon_sock s);
/* 0, TENON_EINPROGRESS where the attempt goes on, TENON_EALREADY while one does, TENON_EISCONN. A blocking handle
 * waits. TENON_EAGAIN where a local listener's queue is full, and only trying again helps. A peer of no family (AF_UNSPEC)
 * is for a stream whose attempt has failed, and the system may refuse it. */
int tenon__sys_connect(tenon_sock s, const tenon__sockaddr *peer);
/* Binds so that no other socket can have the port as well, but old connections in TIME_WAIT do not hold it. */
int tenon__sys_bind(tenon_sock s, const tenon__sockaddr *local, int stream);
/* Listens likewise; backlog is 1 to 65535, or negative for the system's default. */
int tenon__sys_listen(tenon_sock s, int backlog);
/* A connection with the properties of a new handle; peer->size has been set. TENON_EAGAIN when none waits and s is
 * non-blocking. */
tenon_sock tenon__sys_accept(tenon_sock s, tenon__sockaddr *peer);
/* Closes in any case, without waiting; fails only for a handle that was not open. */
int tenon__sys_close(tenon_sock s);
/* Switches the native mode, unless on is -1, and returns what it was, 1 or 0; 1 where the system cannot tell. */
int tenon__sys_set_nonblocking(tenon_sock s, int on);
/* The handle's family as Tenon numbers it, TENON_AF_UNSPEC for one that it does not know. */
int tenon__sys_family(tenon_sock s);
/* The peer of a connection; TENON_ENOTCONN for a stream whose connect is pending, too. */
int tenon__sys_getpeername(tenon_sock s, tenon__sockaddr *peer);
/* 1 if the stream, which has no peer, once had one: tells a connection that ended from none. */
int tenon__sys_had_peer(tenon_sock s);
/* 1 while a connect that was begun is pending. Asked only of a socket that is not connected. */
int tenon__sys_is_connecting(tenon_sock s);

/* ---- Bytes (sys_transfer.c) ---- */

/* Moves what it can and returns how much. TENON_EAGAIN if that is nothing: with may_wait only on a non-blocking
 * handle. */
ptrdiff_t tenon__sys_send(tenon_sock s, const void *data, size_t size, int may_wait);
ptrdiff_t tenon__sys_recv(tenon_sock s, void *data, size_t size, int flags, int may_wait); /* flags: 0 or MSG_PEEK */
/* The same in the plainest way, for what is mostly done in one call that may wait: what it did not do, or that it
 * failed (0 after an interruption), is left to these, which are neutral. size is at most INT_MAX. */
typedef struct tenon__transfer {
  tenon_sock s;
  void *data; /* not written to by sending */
  size_t size;
} tenon__transfer;
/* Data that is only read, for a structure that serves both directions. */
static inline void *tenon__unconst(const void *data) {
  return (void *)(uintptr_t)data;
}
ptrdiff_t tenon__sys_send_plain(tenon_sock s, const void *data, size_t size);
ptrdiff_t tenon__sys_recv_plain(tenon_sock s, void *data, size_t size);
ptrdiff_t tenon__send_rest(const tenon__transfer *t, ptrdiff_t sent);
ptrdiff_t tenon__recv_rest(const tenon__transfer *t, ptrdiff_t failure);
/* And for what must not wait: what the failure, which is TENON_EAGAIN after an interruption, means is left to those. */
ptrdiff_t tenon__sys_send_now(tenon_sock s, const void *data, size_t size);
ptrdiff_t tenon__sys_recv_now(tenon_sock s, void *data, size_t size);
ptrdiff_t tenon__send_failure(const tenon__transfer *t, ptrdiff_t failure);
ptrdiff_t tenon__recv_failure(tenon_sock s, ptrdiff_t failure);
/* The same for datagrams, whose size may be 0. to is NULL for the peer. A datagram too large for the buffer is
 * TENON_EMSGSIZE, with what fits in data and from set, and nothing else is; an answer to an earlier one is
 * TENON_ECONNREFUSED or TENON_ENETRESET. from->size is set; a stream leaves from as it is, or makes it empty. */
ptrdiff_t tenon__sys_sendto(tenon_sock s, const void *data, size_t size, const tenon__sockaddr *to, int may_wait);
ptrdiff_t tenon__sys_recvfrom(tenon_sock s, void *data, size_t size, tenon__sockaddr *from, int may_wait);
/* Sends one byte as urgent data, without waiting. */
ptrdiff_t tenon__sys_send_urgent(tenon_sock s, unsigned char byte);
/* Sends one byte, or finds that no more fit; may be called by a signal handler, which nobody notices. */
int tenon__sys_wake(tenon_sock s);

/* ---- Waiting and time (sys_wait.c, sys_clock.c) ---- */

typedef enum tenon__event {
  TENON__READABLE,  /* recv, accept */
  TENON__WRITABLE,  /* send */
  TENON__CONNECTED, /* the outcome of a connect is there */
} tenon__event;
/* Waits until the call that goes with the event would not have to wait, ends and errors included: 1. TENON_ECANCELED if
 * it would, but cancel, which may be TENON_NO_SOCK, is readable. After timeout_ms, or earlier for reasons of its own:
 * 0. TENON_FOREVER waits without limit. */
int tenon__sys_wait(tenon_sock s, tenon__event event, tenon_sock cancel, int timeout_ms);
/* As the system's poll: negative handles are left out. 0 after timeout_ms, or earlier for reasons of its own; what is
 * more than 0 need not be the number. */
int tenon__sys_poll(tenon__native_pollfd *items, int count, int timeout_ms);
int64_t tenon__sys_now_us(void);

/* ---- Options (sys_option.c) ---- */

/* Options of IPv6 are another row than those of IPv4 that mean the same. */
#define TENON__IPV6(option) ((option) + 256)
/* The system's name for an option, and how the value is written: an int, one byte, seconds where Tenon has milliseconds,
 * or an interface's index, in this host's order of bytes (or else in the other one) or in that of the network. Switches
 * that are not 0 and 1 say what they are. */
typedef struct tenon__option_row {
  int option, level, name;
  enum { TENON__INT, TENON__BYTE, TENON__SECONDS, TENON__INDEX, TENON__NETWORK_INDEX } form;
  int off, on;
} tenon__option_row;
/* Those that are not spelled alike; an option without a row is one that the system does not have. */
extern const tenon__option_row tenon__sys_options[];
extern const int tenon__sys_option_count;

/* Neutral: the row of an option, or NULL. */
const tenon__option_row *tenon__find_option_row(int option);

/* How many bytes can be received, at least. */
int tenon__sys_readable(tenon_sock s);
/* Turns keep-alive on with these times in seconds, where the system has no options for them; else TENON_ENOTSUP. */
int tenon__sys_keepalive(tenon_sock s, int idle, int interval);
/* The index of the interface that IPv4 multicast leaves through, 0 for any; and sets it, to one that is there. */
int tenon__sys_multicast_if(tenon_sock s);
int tenon__sys_set_multicast_if(tenon_sock s, int index);

/* ---- Multicast (sys_multicast.c) ---- */

/* 1 if there is an interface with this index, else 0. */
int tenon__sys_has_interface(int index);
/* Joins a group or leaves it; source is NULL for all. A member without sources can also block one, and take that back,
 * which fails as leaving does for who is no such member. The addresses are of the socket's family, the interface is
 * there, or 0. */
typedef enum tenon__change {
  TENON__LEAVE_GROUP,
  TENON__JOIN_GROUP,
  TENON__BLOCK_SOURCE,
  TENON__UNBLOCK_SOURCE
} tenon__change;
int tenon__sys_membership(tenon_sock s, tenon__change change, const tenon__sockaddr *group,
                          const tenon__sockaddr *source, int index);

/* ---- Names (sys_lookup.c) ---- */

/* The system's list for the name, in UTF-8, of a host or of a service. hints are native. Waits. */
int tenon__sys_getaddrinfo(const char *name, int is_host, const tenon__native_info *hints, tenon__native_info **list);
/* The canonical name in a list, in UTF-8. */
int tenon__sys_canonname(const tenon__native_info *list, char *name, size_t size);
void tenon__sys_freeaddrinfo(tenon__native_info *list);
/* The name of the host at an address; TENON_EAI_NONAME where it has none. Waits. */
int tenon__sys_getnameinfo(const tenon__sockaddr *address, char *host, size_t size);

/* ---- Threads (sys_thread.c) ---- */

/* Runs a function in a thread that is either joined, which waits for its end, or detached. */
int tenon__sys_thread_open(tenon__thread *thread, tenon__thread_function *run, void *argument);
void tenon__sys_thread_join(const tenon__thread *thread);
void tenon__sys_thread_detach(const tenon__thread *thread);
/* Keeps the code of this library in memory until the process ends, whoever unloads it: a thread is left behind. */
void tenon__sys_pin(void);
/* A gate starts closed and is opened once. Waiting ends when it is open (1) or after timeout_ms, perhaps a little early
 * (0). */
int tenon__sys_gate_init(tenon__gate *gate);
void tenon__sys_gate_open(tenon__gate *gate);
int tenon__sys_gate_wait(tenon__gate *gate, int timeout_ms);
void tenon__sys_gate_destroy(tenon__gate *gate);
/* Ints of each thread, 0 at first: the native number of its last failure, and whether it is inside a traced call. The
 * parentheses below keep off the macros of these names that native.h may have. */
typedef enum tenon__slot { TENON__REMEMBERED, TENON__INSIDE, TENON__SLOT_COUNT } tenon__slot;
void tenon__sys_put(tenon__slot slot, int value);
int(tenon__sys_get)(tenon__slot slot);
static inline void tenon__sys_remember(int native) {
  tenon__sys_put(TENON__REMEMBERED, native);
}
/* One handle of each thread, TENON_NO_SOCK at first. The other two are neutral (src/waker.c), and to be called when a
 * thread has ended that had one, and in a child process that has this thread alone. */
void tenon__sys_set_cancel(tenon_sock cancel);
void tenon__cancel_ended(void);
void tenon__cancel_forked(void);
tenon_sock(tenon__sys_cancel)(void);

/* ---- Spelled alike on all systems (sys_alike.c) ---- */

/* A lock is held by one thread at a time, and taken again by none that has it. */
void tenon__sys_lock_init(tenon__lock *lock);
void tenon__sys_lock(tenon__lock *lock);
void tenon__sys_unlock(tenon__lock *lock);
void tenon__sys_lock_destroy(tenon__lock *lock);

int tenon__sys_getsockname(tenon_sock s, tenon__sockaddr *local);
int tenon__sys_shutdown(tenon_sock s, int how);
/* 1 or 0, or a failure. */
int tenon__sys_is_listening(tenon_sock s);
int tenon__sys_is_v6only(tenon_sock s);
int tenon__sys_is_stream(tenon_sock s);
int tenon__sys_is_datagram(tenon_sock s);
/* Takes the socket's pending error, as one of connect; 0 if there is none. */
int tenon__sys_take_error(tenon_sock s);
/* What a system's native.h may say otherwise: which part of a buffer's size is for data (1: all, 2: half of it), and
 * what lets several sockets have one port of datagrams. */
#ifndef TENON__NATIVE_BUFFER_SHARE
#define TENON__NATIVE_BUFFER_SHARE 1
#endif
#ifndef TENON__NATIVE_SHARE
#define TENON__NATIVE_SHARE SO_REUSEADDR
#endif
/* An option by Tenon's number: the value, which is not negative, or a failure; and 0. TENON_ENOTSUP where the system has
 * none. */
int tenon__sys_get_option(tenon_sock s, int option);
int tenon__sys_set_option(tenon_sock s, int option, int value);
/* Any option of the system's own. */
int tenon__sys_switch(tenon_sock s, int level, int name, int on);
/* Whether closing resets the connection. */
int tenon__sys_set_reset(tenon_sock s, int on);
int tenon__sys_is_reset(tenon_sock s);
/* Flushes what the program printed, and ends this process without more ado. */
void tenon__sys_flush(void);
void tenon__sys_exit(int status);

#include "sys_host.h"
#include "sys_message.h"
#include "sys_process.h"

#endif
