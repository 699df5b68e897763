/* afd_layer.h - between the poller and the AFD device: what Windows does with questions about sockets, where Wine does not.
 * SPDX-License-Identifier: MIT
 *
 * ntdll cannot be replaced under Wine, so the linker puts this layer before the imports of a test program. Each behaviour
 * has a number, a source, a switch and a counter. AFD_LAYER names those that are on, some with a value: "18 24 A1=7". At
 * the program's end one line for each goes to the file that AFD_LAYER_HITS names. */
#ifndef TENON_TESTS_WINDOWS_AFD_LAYER_H
#define TENON_TESTS_WINDOWS_AFD_LAYER_H

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#define _WIN32_WINNT 0x0601

#include <winsock2.h> /* before windows.h, which would bring in the Winsock of 1993 */
#include <ws2tcpip.h>
#include <windows.h>
#include <winternl.h>

typedef enum afd_behaviour {
  AFD_WRAPPED,        /* a question went through the layer */
  AFD_DATA_AND_END,   /* 18 */
  AFD_MIXED_UP,       /* 22 */
  AFD_BAD_AMONG_MANY, /* 24 */
  AFD_LAYERED,        /* 37: as many layers as its value says */
  AFD_ORDER,          /* A1: reversed, or shuffled by its value if that is more than 1 */
  AFD_LATE,           /* A2: by up to so many milliseconds */
  AFD_AT_ONCE,        /* A3 */
  AFD_CANCELLED,      /* A4: one of so many questions */
  AFD_STATUS_LAST,    /* A5 */
  AFD_FAILED_ALONE,   /* A6 */
  AFD_TWO_POLLERS,    /* A7 */
  AFD_SHORT,          /* A8: one of so many questions */
  AFD_MANY,           /* A9 */
  AFD_CLOSED,         /* A10 */
  AFD_MOST,           /* A11 */
  AFD_BEHAVIOURS
} afd_behaviour;

/* ---- afd_settings.c ---- */

unsigned afd_setting(afd_behaviour which); /* its value, 1 without one; 0 if it is off */
void afd_hit(afd_behaviour which);
void afd_at_least(afd_behaviour which, unsigned count); /* for AFD_MOST */
unsigned afd_random(unsigned below);                    /* the same each time; with the layer's lock */
int afd_is_due(afd_behaviour which);                    /* one time of so many as its value says; with the lock */

void afd_lock(void);
void afd_unlock(void);

/* ---- afd_import.c: the system's own functions ---- */

#define AFD_REAL(name) (*__real___imp_##name)
#define AFD_DECLARE(name) extern __typeof__(name) *__real___imp_##name
AFD_DECLARE(CancelIoEx);
AFD_DECLARE(CloseHandle);
AFD_DECLARE(CreateIoCompletionPort);
AFD_DECLARE(GetProcAddress);
AFD_DECLARE(GetQueuedCompletionStatusEx);
AFD_DECLARE(WSAIoctl);
AFD_DECLARE(WSAPoll);
AFD_DECLARE(closesocket);
AFD_DECLARE(shutdown);

typedef NTSTATUS(NTAPI *afd_control_function)(HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, ULONG, void *, ULONG,
                                              void *, ULONG);
afd_control_function afd_real_control(void);

/* ---- afd_question.c: what the poller has asked ---- */

#define AFD_RECEIVE 0x0001
#define AFD_DISCONNECT 0x0008
#define AFD_LOCAL_CLOSE 0x0020
#define AFD_CONNECT_FAIL 0x0100
#define AFD_SOCKETS 32

typedef struct afd_socket {
  HANDLE handle;
  ULONG events;
  LONG status;
} afd_socket;

typedef struct afd_poll {
  LARGE_INTEGER timeout;
  ULONG count, exclusive;
  afd_socket sockets[AFD_SOCKETS];
} afd_poll;

/* A question that is open. The device knows the layer's memory alone; the poller's is written when it takes the answer. */
typedef struct afd_question {
  struct afd_question *next;
  HANDLE device, port;
  ULONG_PTR key;
  IO_STATUS_BLOCK status, *poller_status;
  void *poller_answer, *context;
  int is_cancelled, is_at_once, is_stuck, has_foreign_answer;
  afd_poll asked, translated, answer, foreign_answer;
} afd_question;

NTSTATUS NTAPI afd_control(HANDLE device, HANDLE event, void *routine, void *context, IO_STATUS_BLOCK *status,
                           ULONG code, void *in, ULONG in_size, void *out, ULONG out_size);
BOOL WINAPI afd_cancel(HANDLE device, OVERLAPPED *status);
/* Tells the poller the answer, in its own memory and in the entry: 0 if it is told nothing. With the lock. */
int afd_deliver(afd_question *q, OVERLAPPED_ENTRY *entry);
/* Forgets what was asked through a port that is closed. With the lock. */
void afd_forget_questions(HANDLE port);

/* ---- afd_port.c: what comes through the ports ---- */

HANDLE WINAPI afd_open_port(HANDLE device, HANDLE port, ULONG_PTR key, DWORD threads);
BOOL WINAPI afd_receive(HANDLE port, OVERLAPPED_ENTRY *entries, ULONG room, ULONG *count, DWORD timeout_ms,
                        BOOL alertable);
BOOL WINAPI afd_close_handle(HANDLE handle);
/* Through which port, and with which key, the device answers. With the lock. */
HANDLE afd_port_of(HANDLE device, ULONG_PTR *key);

/* ---- afd_end.c: which ends have been sent ---- */

int WINAPI afd_shutdown(SOCKET s, int how);
int WINAPI afd_closesocket(SOCKET s);
int WINAPI afd_wsapoll(WSAPOLLFD *items, ULONG count, INT timeout_ms);
/* 1 if the peer is a socket of this process and has sent its end. */
int afd_has_end(SOCKET s);

/* ---- afd_provider.c: providers that stand before the system's ---- */

int WINAPI afd_ioctl(SOCKET s, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size, DWORD *size,
                     WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
/* The socket beneath them all; INVALID_SOCKET if the device does not know the handle. */
SOCKET afd_socket_of(HANDLE base);

#endif
