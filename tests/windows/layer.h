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

/* Returns 1, or 0 if there is none. */
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

/* Settings other than on (1) and off (0). */
enum { LISTEN_CONNECTED_EISCONN = 1, LISTEN_CONNECTED_EINVAL };
enum { WRONG_FAMILY_DECLINED = 1, WRONG_FAMILY_ALREADY, WRONG_FAMILY_EFAULT };
enum { NO_BUFFERS_SEND = 1, NO_BUFFERS_CONNECT };

int layer_setting(enum layer_row row);

/* Counts a situation and returns the setting. */
int layer_arises(enum layer_row row);

/* Reads the settings and opens the counters. On an error it prints a message and ends the process. */
void layer_read_settings(void);

/* Sets the error and returns SOCKET_ERROR. */
int layer_fail(int error);

/* ---- The state of a socket (sockets.c) --------------------------------------------------------------------------- */

typedef struct layer_name {
  int family; /* AF_UNSPEC: no name; a mapped IPv4 address has AF_INET */
  unsigned short port;
  unsigned char address[16];
} layer_name;

enum layer_pending {
  NOT_PENDING,
  PENDING,
  PENDING_DEFERRED /* until accept */,
  PENDING_REPEATED /* after a refusal */
};

typedef struct layer_state {
  SOCKET handle;
  int is_known, family, type;
  int is_nonblocking, is_bound, is_connected, has_peer;
  enum layer_pending pending;
  int has_failed, error, error_reads; /* of the last attempt to connect */
  int takes_first_refusal;
  int was_reset, sent_after_end;
  int is_listening, queue_length, is_conditional;
  int is_quiet, has_unreachable; /* SIO_UDP_CONNRESET is off; an ICMP answer is unread */
  int was_duplicated_unbound, had_no_buffers, has_told_handle;
  layer_name local, peer;
  struct sockaddr_in6 native_peer; /* or an IPv4 address */
  int native_peer_size;
  struct layer_state *partner; /* the other end, if it is in this process */
  int has_partner_ended;       /* it has sent a FIN, */
  uint64_t partner_total;      /* after so many bytes */
  uint64_t sent, received;
  char *unsent; /* data of a send that the system had no room for */
  size_t unsent_size, unsent_at;
  int shutdown_after, has_shutdown_after;
  struct layer_state *next_listener;
} layer_state;

extern SRWLOCK layer_lock;

/* Returns NULL if the handle is not a socket, or beyond the range of the table. */
layer_state *layer_find(SOCKET s);
/* Does not ask the system. Returns NULL if there is no state. */
layer_state *layer_recall(SOCKET s);
/* Begins the state of a new socket. */
layer_state *layer_note(SOCKET s, int family, int type);
void layer_forget(layer_state *state);
int layer_is_stream(const layer_state *state);
/* Calls visit for each. */
void layer_each(void (*visit)(layer_state *state, void *argument), void *argument);

/* Whether a connect is pending. Notes its end. */
int layer_is_pending(layer_state *state);
void layer_note_failure(layer_state *state, int error);
int layer_is_reset(layer_state *state);
int layer_is_unbound(layer_state *state);
short layer_look(SOCKET s, short events); /* what WSAPoll reports without waiting */

layer_name layer_name_of(const struct sockaddr *address, int size);
int layer_same_address(const layer_name *a, const layer_name *b);
int layer_is_any(const layer_name *name);
int layer_is_loopback(const layer_name *name);
layer_name layer_local_name(SOCKET s);
/* Links the state to that of the other end. */
void layer_find_partner(layer_state *state);
/* Notes at the other end that this one has sent a FIN. */
void layer_end_partner(layer_state *state);

/* ---- Listeners (listening.c) and deferred connects (deferred.c) -------------------------------------------------- */

layer_state *layer_listener_at(const layer_name *at);
/* Returns 1 if there is a listener, 0 if there is none, and -1 if the system does not say. */
int layer_count_waiting(const layer_name *at, int *waiting);
void layer_forget_listener(layer_state *state);
/* Replaces the socket under a handle by a new one with the same name (replaced.c). */
void layer_replace(layer_state *state);

int layer_defer(layer_state *state, layer_state *listener);
/* Whether the accepted connection is a token. If so, its client is connected now. */
int layer_accepts_deferred(layer_state *listener, SOCKET accepted);
void layer_forget_deferred(layer_state *state);
void layer_refuse_deferred(layer_state *listener);

/* ---- Connecting (connect.c) and the background thread (pump.c) --------------------------------------------------- */

/* Does the connect that was delayed. */
int layer_connect_for_real(layer_state *state);
int layer_connect_to_nobody(layer_state *state);
/* Repeats a refused connect. If the last attempt fails, too, the connect fails. */
void layer_try_again(layer_state *state, int is_last);

void layer_start_pump(void);
void layer_repeat_later(layer_state *state);
/* Keeps the data that the system did not take. */
void layer_keep_unsent(layer_state *state, const WSABUF *buffers, DWORD count, size_t sent);
/* Whether there is unsent data; the close hands it over to the thread, or drops it. */
int layer_has_unsent(layer_state *state);
void layer_hand_over_unsent(layer_state *state);
void layer_drop_unsent(layer_state *state);

/* ---- The rest ---------------------------------------------------------------------------------------------------- */

/* datagram.c */
void layer_note_unreachable(layer_state *state, const struct sockaddr *to, int size);
int layer_datagram_error(layer_state *state); /* the error of a receive, or 0 */

/* validity.c: returns the error of an option that is not valid, or 0 */
int layer_option_error(layer_state *state, int level, int name);

/* sending.c */
void layer_prepare_transmission(void);

/* tick.c */
void layer_end_wait_late(void);
void layer_patch_sleep(void);

#endif
