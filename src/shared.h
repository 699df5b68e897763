/* shared.h - what the neutral files share with each other. Backends do not see it.
 * SPDX-License-Identifier: MIT */
#ifndef TENON_SRC_SHARED_H
#define TENON_SRC_SHARED_H

#include "sys.h"
#include "traced.h"

#include <limits.h>
#include <stdatomic.h>
#include <string.h>

/* ---- library.c ---- */

/* Sees to it that the system's socket layer, if it is one that is started, stays for as long as sockets may be there. */
void tenon__start_for_good(void);
static inline void tenon__keep_started(void) {
  if (TENON__NATIVE_IS_STARTED) tenon__start_for_good();
}

/* ---- wait.c ---- */

/* The time limit of one call of the public interface. The clock is not read before the call waits or goes on. */
typedef struct tenon__limit {
  int timeout_ms;
  int is_started, has_retried;
  int answers;         /* errors of earlier datagrams that a call with a timeout of 0 has met */
  int64_t deadline_us; /* once started */
} tenon__limit;

static inline tenon__limit tenon__limit_of(int timeout_ms) {
  tenon__limit limit = {timeout_ms, 0, 0, 0, 0};
  return limit;
}

/* Milliseconds until the limit, rounded up, or TENON_FOREVER without one. The first call starts the clock. */
int tenon__limit_remaining(tenon__limit *limit);

/* The most bytes that one native transfer moves in a call that has a limit or a waker, so that both hold. With a timeout
 * of 0 it is the most that the whole call moves. */
#define TENON__TRANSFER_MAX ((size_t)1 << 20)

/* Decides before each further transfer whether a call that has moved so many bytes goes on: 0, TENON_ETIMEDOUT,
 * TENON_ECANCELED, or, with a timeout of 0, TENON_EAGAIN once it has moved enough. */
int tenon__limit_go_on(tenon__limit *limit, size_t moved);

/* 0 the first time, then 1: for what a call may try once more, and not for ever. */
int tenon__limit_has_retried(tenon__limit *limit);

/* Waits until it is worth trying again: 0. A limit of 0 is TENON_EAGAIN at once, one that is over TENON_ETIMEDOUT,
 * never early. */
int tenon__wait(tenon_sock s, tenon__event event, tenon__limit *limit);

/* Waits a little, for what can only be tried again: 0, or the same failures. */
int tenon__nap(tenon__limit *limit);

/* The same after a send has failed with TENON_ENOBUFS, which is the result where the limit is 0. Poll reports room all the
 * while, so a caller that took it for TENON_EAGAIN would spin. */
int tenon__wait_for_buffers(tenon__limit *limit);

/* Whether the system may do the waiting: it looks at no limit and at no waker. */
static inline int tenon__may_wait_inside(int timeout_ms) {
  return timeout_ms == TENON_FOREVER && tenon__sys_cancel() == TENON_NO_SOCK;
}

/* Whether these can be the arguments of a call that sends or receives. */
static inline int tenon__is_transfer(const void *data, size_t size, int timeout_ms) {
  return (data || size == 0) && size <= PTRDIFF_MAX && timeout_ms >= TENON_FOREVER;
}

/* What there is to look after in each call that sends or receives: that calls are traced, and each thread that has a
 * waker. Counted down from 0. */
extern atomic_uintptr_t tenon__watches;

static inline void tenon__watch(int change) {
  if (change != 0) atomic_fetch_sub(&tenon__watches, (uintptr_t)change);
}

/* 0 if there is nothing, or beyond any handle. */
static inline uintptr_t tenon__is_watched(void) {
  return atomic_load_explicit(&tenon__watches, memory_order_relaxed);
}

/* Whether, unless there is a limit, one system call is all that it takes, and there is nothing to be said against the
 * arguments: what busy programs ask for. In one comparison: anything to look after is beyond any handle, as size - 1 is
 * for no bytes at all. */
static inline int tenon__is_plain(tenon_sock s, const void *data, size_t size) {
  return data && (tenon__is_watched() | (uintptr_t)s | (size - 1)) < INT_MAX;
}

/* ---- option.c, option_value.c, multicast.c ---- */

/* Whether the system has what a feature number of tenon/option.h or tenon/multicast.h stands for. */
int tenon__supports_option(int feature);
int tenon__supports_multicast(int feature);
/* For a socket that can have the option, and a value that is in range. A value that was read is not negative. */
int tenon__set_option_value(tenon_sock s, int option, int value, int is_switch);
int tenon__get_option_value(tenon_sock s, int option, int is_switch);

/* ---- vector.c ---- */

/* The rest of a vector that is being sent or received: the first buffer without the bytes that are done, and the others.
 * One native transfer moves at most `most` bytes. */
typedef struct tenon__parts {
  const tenon_buffer *buffers;
  int count;
  size_t skip, most;
} tenon__parts;

/* All of a vector whose buffers hold size bytes. */
tenon__parts tenon__parts_of(tenon_sock s, const tenon_buffer *buffers, int count, size_t size, int timeout_ms);

/* Their size altogether, or TENON_EINVAL for what can be none. */
ptrdiff_t tenon__total(const tenon_buffer *buffers, int count);
/* Takes bytes that are done, and then buffers without any, off the beginning. */
void tenon__advance(tenon__parts *rest, size_t bytes);
/* The buffers at the beginning that one native transfer takes: *run is the caller's array, or window with a copy. */
#define TENON__WINDOW 64
int tenon__next_run(const tenon__parts *rest, tenon_buffer *window, const tenon_buffer **run);

/* ---- stream.c ---- */

/* What the public calls do when one plain attempt was not enough. first is what became of an attempt. size, and what is
 * to be received into, is not 0. */
ptrdiff_t tenon__send_parts(tenon_sock s, tenon__parts rest, size_t size, int timeout_ms, ptrdiff_t first);
ptrdiff_t tenon__recv_parts(tenon_sock s, tenon__parts rest, int flags, ptrdiff_t first, tenon__limit *limit);
/* The same for no bytes: 0 if this is a socket, and an empty datagram where it sends datagrams. */
ptrdiff_t tenon__send_nothing(tenon_sock s, int timeout_ms);
ptrdiff_t tenon__recv_nothing(tenon_sock s);
/* What a failure to send or to receive is called, if the reason is that a connect was refused; else the failure. */
int tenon__name_refused(tenon_sock s, int code);
/* After a call for datagrams has failed with a stream: the failure, by the name that it has for streams, if it will not
 * come again; else 0. */
int tenon__lost_failure(tenon_sock s, tenon__operation operation);

/* ---- connect.c ---- */

/* To be called once a connect is known to have failed. Returns its code. */
int tenon__failed_attempt(tenon_sock s, int code);

/* ---- datagram.c ---- */

/* Asked only when something is odd, and of sockets whose failure must not be forgotten over it. */
int tenon__is_a_stream(tenon_sock s);
/* Whether a call for datagrams must know before its first attempt that it got a stream: that ignores no bytes, and moves
 * many bytes in pieces. */
static inline int tenon__is_stream_of(tenon_sock s, size_t size) {
  return (size == 0 || size > TENON__TRANSFER_MAX) && tenon__is_a_stream(s);
}
/* Takes what the network has answered to earlier datagrams, so that no receive reports it. */
void tenon__forget_answers(tenon_sock s);
/* Whether a failure is the answer to a datagram that was sent earlier, so that another attempt is worth while. */
int tenon__is_late_answer(tenon_sock s, int failure, tenon__event event, tenon__limit *limit);
/* Whether to make that attempt: 0, or why not. With a timeout of 0 a call makes some, and then fails with TENON_EAGAIN. */
int tenon__late_answer_again(tenon__limit *limit);
/* 0 if another attempt is worth while. */
int tenon__datagram_again(tenon_sock s, int failure, tenon__event event, tenon__limit *limit);
/* What a failure means that did not come from the addresses. */
int tenon__name_unsent(tenon_sock s, int failure, int has_target);
/* After receiving failed, perhaps because a datagram socket has no port: 0 if another attempt is worth while. */
int tenon__unbound_again(tenon_sock s, int failure, tenon__limit *limit);

/* ---- interfaces.c ---- */

/* Whether an address is 255.255.255.255 or the broadcast address of an IPv4 network of this host. */
int tenon__is_broadcast(const tenon_addr *addr);

/* ---- message.c ---- */

/* The size of a message that can be sent, and its peer, or why it cannot. */
ptrdiff_t tenon__check_message(const tenon_message *message, tenon__sockaddr *peer);
/* tenon_sendmsg() and tenon_recvmsg(), within a limit that may have begun. The latter's message has been checked. */
ptrdiff_t tenon__send_message(tenon_sock s, const tenon_message *message, tenon__limit *limit);
ptrdiff_t tenon__recv_message(tenon_sock s, tenon_message *message, tenon__limit *limit);
/* How many bytes the message can take, or TENON_EINVAL. */
ptrdiff_t tenon__room_of(const tenon_message *message);
/* Completes what the system set. */
void tenon__finish_message(tenon_message *message, const tenon__sockaddr *peer, size_t size);

/* ---- waker.c ---- */

/* As tenon_cancel_on(), with the handle or TENON_NO_SOCK. */
void tenon__cancel_on(tenon_sock ready);

/* ---- poll.c ---- */

/* An item as the system has it, and back with what is the case. */
tenon__native_pollfd tenon__to_native_item(tenon_pollfd item);
tenon_pollfd tenon__from_native_item(tenon__native_pollfd native);

/* ---- socket.c ---- */

/* What is told of each socket before tenon_close() closes it; NULL as long as nobody wants to know. */
typedef void tenon__closing(tenon_sock s);
extern _Atomic(tenon__closing *) tenon__on_close;

/* 1 for a stream, 0 for datagrams, or a failure if a handle from elsewhere is none that tenon_socket() could have
 * opened. */
int tenon__check_foreign(tenon_sock native);
/* 1 if the stream is or once was connected. */
int tenon__was_connected(tenon_sock s);

/* ---- stream.c ---- */

/* After a send by other means than tenon_send() failed: 0 if another attempt is worth while, or the failure, as it is
 * to be called. */
int tenon__send_again(tenon_sock s, ptrdiff_t failure, tenon__limit *limit);

/* ---- address.c ---- */

int tenon__to_sockaddr(const tenon_addr *addr, tenon__sockaddr *native);
/* The same for somebody to connect or send to: the unspecified address means this host, and port 0 is refused. */
int tenon__to_peer(const tenon_addr *addr, tenon__sockaddr *native);
/* Never fails: what is no address of a known family becomes TENON_AF_UNSPEC. */
void tenon__from_sockaddr(tenon_addr *addr, const tenon__sockaddr *native);
/* In the order of the wire, which has its place in the addresses of either family. */
static inline uint16_t tenon__port_of(const tenon__sockaddr *native) {
  return native->u.in.sin_port;
}
/* Whether an IPv6 address is an IPv4-mapped one; tenon__unmap() makes that the IPv4 address that it is. */
static inline int tenon__is_mapped(const uint8_t ip[16]) {
  return ip[10] == 0xff && memcmp(ip, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) == 0;
}
void tenon__unmap(tenon_addr *addr);
/* Whether an IPv6 address is one of many of its kind: a link's own, or a group of a link or an interface. */
static inline int tenon__needs_scope(const uint8_t ip[16]) {
  return (ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80) || (ip[0] == 0xff && ((ip[1] & 15) == 1 || (ip[1] & 15) == 2));
}
/* After a call with native failed: 1 if native is now in the family of the socket and the call worth repeating. Else
 * the failure, if the family was the reason, is TENON_EAFNOSUPPORT. */
int tenon__fit_family(tenon_sock s, tenon__sockaddr *native, int *result);

/* ---- address_text.c ---- */

/* 1 if all of the text is an address without a port, or a decimal number up to max without leading zeros. */
int tenon__parse_ip(tenon_addr *addr, const char *text);
int tenon__parse_number(const char *text, uint32_t max, uint32_t *number);

/* ---- local.c ---- */

/* Whether local sockets of this type can be opened. */
int tenon__has_local(int type);

/* ---- pair.c ---- */

/* Connects to the listener at this address and accepts exactly that connection, whoever else is there. */
int tenon__pair_at(tenon_sock listener, const tenon_addr *at, int64_t deadline, tenon_sock pair[2]);

/* ---- by_name.c ---- */

#define TENON__ADDRESSES_MAX 32 /* tried for one name */

/* Connects to the first of the addresses that answers and returns the socket, or the error that tells most. Puts the
 * list into the order in which they are tried; count is at most TENON__ADDRESSES_MAX. */
tenon_sock tenon__connect_first(tenon_addr *list, int count, tenon__limit *limit);

/* ---- service.c ---- */

/* The services whose names mean the same everywhere, also where the system has no list of them: the port or -1, the
 * name or NULL. */
int tenon__service_port(const char *name);
const char *tenon__service_name(int port);

/* ---- lookup.c ---- */

#define TENON__NAME_MAX 253 /* bytes of a host name: RFC 1035's 255 on the wire */

/* What is asked of the system's resolver. */
typedef struct tenon__question {
  enum { TENON__ADDRESSES, TENON__CANONNAME, TENON__PORT, TENON__NAME_AT } kind;
  int family, is_stream;          /* which addresses; whose port */
  char name[TENON__NAME_MAX + 2]; /* of a host, perhaps with a final dot; for a port of a service */
  tenon__sockaddr address;        /* for the name of the host at it */
} tenon__question;

typedef struct tenon__answer {
  int result;               /* the length of text, or 0, or a failure ... */
  int native;               /* ... and its native number */
  tenon__native_info *list; /* addresses, to be freed, or NULL; a port is that of the first one */
  char text[1025];          /* a name */
} tenon__answer;

/* Asks within the limit and returns the result. The caller frees the list. */
int tenon__look_up(const tenon__question *question, tenon__answer *answer, tenon__limit *limit);

#endif
