/* poller/afd_device.h - the device behind Winsock, as far as the poller asks it: what is the case on a socket.
 * SPDX-License-Identifier: MIT */
#ifndef TENON_SRC_POLLER_AFD_DEVICE_H
#define TENON_SRC_POLLER_AFD_DEVICE_H

#include "../shared.h"

#define AFD_POLL_RECEIVE 0x0001
#define AFD_POLL_SEND 0x0004
#define AFD_POLL_DISCONNECT 0x0008 /* the peer's end */
#define AFD_POLL_ABORT 0x0010      /* a reset */
#define AFD_POLL_LOCAL_CLOSE 0x0020
#define AFD_POLL_ACCEPT 0x0080
#define AFD_POLL_CONNECT_FAIL 0x0100

#define AFD_SOCKETS_MAX 32 /* that are asked about at a time */

/* Question and answer, in the device's own layout: the one, and as many as it counts of the other. */
typedef struct tenon__afd_head {
  union {
    LARGE_INTEGER timeout; /* of a question */
    void *next;            /* of an answer that has come: the caller's */
  };
  ULONG count, exclusive;
} tenon__afd_head;

typedef struct tenon__afd_socket {
  HANDLE handle;
  ULONG events;
  LONG status;
} tenon__afd_socket;

/* The handles of the device. A poller has several: Windows takes the longer to cancel a question, the more of them one
 * handle has. */
typedef struct tenon__afd_devices {
  struct tenon__afd_device {
    HANDLE handle;
    int questions; /* the caller counts them */
  } * list;
  unsigned count, room;
} tenon__afd_devices;

/* Adds one, which answers to this port with this key. TENON_ENOTSUP: there is no such device. */
int tenon__afd_open_device(tenon__afd_devices *devices, HANDLE port, ULONG_PTR key);
/* The number of one with room for a question, be it a new one; any of those that there are, if no more are to be had. */
unsigned tenon__afd_device_with_room(tenon__afd_devices *devices, HANDLE port, ULONG_PTR key);
void tenon__afd_close_devices(tenon__afd_devices *devices);
/* The socket that the device knows: other providers may stand before it. */
SOCKET tenon__afd_base(SOCKET s);
/* What became of a question. The device refuses it if one of the handles is not a socket's. */
typedef enum tenon__afd_outcome { WILL_ANSWER, REFUSED, OUT_OF_RESOURCES } tenon__afd_outcome;

/* Asks once for AFD_POLL_... about sockets. WILL_ANSWER: through the device's port and with this context. Until then the
 * answer, which has room for as many sockets behind it, is the device's memory. Afterwards these are the ones on which
 * something is the case, and what; then comes one without events, unless it is the case on all. */
tenon__afd_outcome tenon__afd_ask(HANDLE device, const tenon__afd_socket *sockets, unsigned count,
                                  tenon__afd_head *answer, void *context);
/* There will still be an answer, but soon. */
void tenon__afd_cancel(HANDLE device, tenon__afd_head *answer);

#endif
