/* layer.h - a ws2_32.dll for tests: it shows documented behaviours of Windows over Wine's own ws2_32.dll, the builtin.
 * SPDX-License-Identifier: MIT
 *
 * docs/platforms.md lists the behaviours. Each has a number, a setting and a counter of how often its situation arose.
 * An overlaid function is called overlay_NAME here and NAME in exports.txt; builtin.NAME is Wine's.
 */
#ifndef TENON_TESTS_WINDOWS_LAYER_H
#define TENON_TESTS_WINDOWS_LAYER_H

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#undef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00

#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#include <stdint.h>
#include <string.h>

#include "exports.h" /* CMake's: LAYER_OVERLAID and LAYER_PASSED, lists of names */

/* ---- The builtin ------------------------------------------------------------------------------------------------- */

#define LAYER_MEMBER(name) __typeof__(name) *name;
typedef struct layer_builtin {
  LAYER_OVERLAID(LAYER_MEMBER)
  LPFN_WSARECVMSG WSARecvMsg;
  LPFN_TRANSMITFILE TransmitFile;
} layer_builtin;
extern layer_builtin builtin;

#define LAYER_DECLARE(name) __typeof__(name) overlay_##name;
LAYER_OVERLAID(LAYER_DECLARE)
int WSAAPI overlay_WSARecvMsg(SOCKET s, WSAMSG *message, DWORD *received, WSAOVERLAPPED *overlapped,
                              LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
BOOL WSAAPI overlay_TransmitFile(SOCKET s, HANDLE file, DWORD count, DWORD chunk, OVERLAPPED *overlapped,
                                 TRANSMIT_FILE_BUFFERS *buffers, DWORD flags);

/* Finds it: 1, or 0. */
int layer_load_builtin(void);

/* ---- Behaviours (behaviours.c) ----------------------------------------------------------------------------------- */

/* The numbers are those of docs/platforms.md. */
enum layer_row {
  ROW_LOADED = 0,
  ROW_PENDING_NAME = 1,
  ROW_PENDING_TRANSFER = 2,
  ROW_RESET = 3,
  ROW_RESET_NAME = 4,
  ROW_ABORTED = 5,
  ROW_UNBOUND = 6,
  ROW_STICKY_ERROR = 7,
  ROW_FULL_QUEUE = 8,
  ROW_INITIAL_RTO = 9,
  ROW_LATE_REFUSAL = 10,
  ROW_POLL_EVENTS = 11,
  ROW_LISTEN_CONNECTED = 12,
  ROW_WRONG_FAMILY = 13,
  ROW_SHUTDOWN_RESET = 15,
  ROW_SENT_WHOLE = 16,
  ROW_DATA_AND_END = 17,
  ROW_REFUSED_POLL = 19,
  ROW_REFUSED_RECEIVE = 20,
  ROW_TRANSMIT_FILE = 25,
  ROW_EXCLUSIVE_BIND = 26,
  ROW_SHARED_BIND = 27,
  ROW_LISTEN_REFUSED = 28,
  ROW_MESSAGE_SIZE = 29,
  ROW_OPTION_VALIDITY = 31,
  ROW_V6ONLY_IPV4 = 32,
  ROW_DUPLICATE_UNBOUND = 33,
  ROW_UNICAST_IF = 34,
  ROW_BASE_HANDLE = 37,
  ROW_UNREACHABLE_PORT = 39,
  ROW_TICK = 40,
  ROW_NO_BUFFERS = 41,
  ROW_EXCLUDED_PORTS = 42,
  ROW_CONDITIONAL_ACCEPT = 43,
  ROW_COUNT = 64
};

/* The settings that are more than on (1) and off (0). */
enum { LISTEN_CONNECTED_EISCONN = 1, LISTEN_CONNECTED_EINVAL };
enum { WRONG_FAMILY_DECLINED = 1, WRONG_FAMILY_ALREADY, WRONG_FAMILY_EFAULT };
enum { NO_BUFFERS_SEND = 1, NO_BUFFERS_CONNECT };

int layer_setting(enum layer_row row);

/* Counts that the situation of a behaviour arose, whatever its setting, and returns the setting. */
int layer_arises(enum layer_row row);

/* Reads the settings and opens the counters, or ends the process with a sentence. */
void layer_read_settings(void);

/* Sets the error and returns SOCKET_ERROR. */
int layer_fail(int error);

/* ---- What is known of a socket (sockets.c) ----------------------------------------------------------------------- */

typedef struct layer_name {
  int family; /* AF_UNSPEC: none; an IPv4 address that is mapped into IPv6 is AF_INET's */
  unsigned short port;
  unsigned char address[16];
} layer_name;

enum layer_pending { NOT_PENDING, PENDING, PENDING_DEFERRED /* for accept */, PENDING_REPEATED /* after a refusal */ };

typedef struct layer_state {
  SOCKET handle;
  int is_known, family, type;
  int is_nonblocking, is_bound, is_connected, has_peer;
  enum layer_pending pending;
  int has_failed, error, error_reads; /* of the last attempt to connect */
  int takes_first_refusal;
  int was_reset, sent_after_end;
  int is_listening, queue_length, is_conditional;
  int is_quiet, has_unreachable; /* datagrams: SIO_UDP_CONNRESET is off; an answer waits to be received */
  int was_duplicated_unbound, had_no_buffers, has_told_handle;
  layer_name local, peer;
  struct sockaddr_in6 native_peer; /* or a shorter one */
  int native_peer_size;
  struct layer_state *partner; /* the other end, if it belongs to this process */
  int has_partner_ended;       /* it has sent its end, */
  uint64_t partner_total;      /* after so many bytes */
  uint64_t sent, received;
  char *unsent; /* what was taken and the system has no room for yet */
  size_t unsent_size, unsent_at;
  int shutdown_after, has_shutdown_after;
  struct layer_state *next_listener;
} layer_state;

extern SRWLOCK layer_lock;

/* NULL if it is no socket, or none of those that can be looked after. */
layer_state *layer_find(SOCKET s);
/* The same without a look at the system: NULL if nothing is known. */
layer_state *layer_recall(SOCKET s);
/* Notes a new socket. */
layer_state *layer_note(SOCKET s, int family, int type);
void layer_forget(layer_state *state);
int layer_is_stream(const layer_state *state);
/* Calls visit for each. */
void layer_each(void (*visit)(layer_state *state, void *argument), void *argument);

/* Whether an attempt to connect goes on. If it has ended, that is noted. */
int layer_is_pending(layer_state *state);
void layer_note_failure(layer_state *state, int error);
int layer_is_reset(layer_state *state);
int layer_is_unbound(layer_state *state);
short layer_look(SOCKET s, short events); /* what WSAPoll says at once */

layer_name layer_name_of(const struct sockaddr *address, int size);
int layer_same_address(const layer_name *a, const layer_name *b);
int layer_is_any(const layer_name *name);
int layer_is_loopback(const layer_name *name);
layer_name layer_local_name(SOCKET s);
/* Looks for the other end of a connection, once its names are known. */
void layer_find_partner(layer_state *state);
/* Tells the other end that this one sends nothing more. */
void layer_end_partner(layer_state *state);

/* ---- Listeners (listening.c) and what waits for them (deferred.c) ------------------------------------------------ */

layer_state *layer_listener_at(const layer_name *at);
/* 1: somebody listens there, with so many connections waiting; 0: nobody; -1: the system does not say. */
int layer_count_waiting(const layer_name *at, int *waiting);
void layer_forget_listener(layer_state *state);
/* Puts a new socket of the same name under the handle of one that failed to connect (replaced.c). */
void layer_replace(layer_state *state);

int layer_defer(layer_state *state, layer_state *listener);
/* Whether the connection that was accepted is none, but stands for one that was deferred; that is connected now. */
int layer_accepts_deferred(layer_state *listener, SOCKET accepted);
void layer_forget_deferred(layer_state *state);
void layer_refuse_deferred(layer_state *listener);

/* ---- Connecting (connect.c) and what goes on behind (pump.c) ----------------------------------------------------- */

/* Connects for real: what the layer held back. */
int layer_connect_for_real(layer_state *state);
int layer_connect_to_nobody(layer_state *state);
/* One more attempt after a refusal; it is the last one if so. */
void layer_try_again(layer_state *state, int is_last);

void layer_start_pump(void);
void layer_repeat_later(layer_state *state);
/* Keeps what the system did not take, to send it later. */
void layer_keep_unsent(layer_state *state, const WSABUF *buffers, DWORD count, size_t sent);
/* Whether something is kept. Before a close it is handed over, or dropped. */
int layer_has_unsent(layer_state *state);
void layer_hand_over_unsent(layer_state *state);
void layer_drop_unsent(layer_state *state);

/* ---- The rest ---------------------------------------------------------------------------------------------------- */

/* datagram.c */
void layer_note_unreachable(layer_state *state, const struct sockaddr *to, int size);
int layer_datagram_error(layer_state *state); /* what is wrong before a receive: an error, or 0 */

/* validity.c: the error of an option that is not valid, or 0 */
int layer_option_error(layer_state *state, int level, int name);

/* sending.c */
void layer_prepare_transmission(void);

/* tick.c */
void layer_end_wait_late(void);
void layer_patch_sleep(void);

#endif
