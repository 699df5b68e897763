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

/* Question and answer, in the device's own layout. */
typedef struct tenon__afd_info {
  LARGE_INTEGER timeout;
  ULONG count, exclusive;
  struct {
    HANDLE handle;
    ULONG events;
    LONG status;
  } handles[1];
} tenon__afd_info;

/* A handle of the device. A poller has several: Windows takes the longer to cancel a question, the more of them one
 * handle has. */
typedef struct tenon__afd_device {
  struct tenon__afd_device *next;
  HANDLE handle;
  int questions; /* the caller counts them */
} tenon__afd_device;

/* Puts one more before the others, which answers to this port with this key. TENON_ENOTSUP: there is no such device. */
int tenon__afd_open_device(tenon__afd_device **list, HANDLE port, ULONG_PTR key);
/* One with room for a question, be it a new one; any of those that there are, if no more are to be had. */
tenon__afd_device *tenon__afd_device_with_room(tenon__afd_device **list, HANDLE port, ULONG_PTR key);
void tenon__afd_close_devices(tenon__afd_device *list);
/* The socket that the device knows: other providers may stand before it. */
SOCKET tenon__afd_base(SOCKET s);
/* Asks once for AFD_POLL_...: 1 if there will be an answer, in info, at the port of the device. */
int tenon__afd_ask(HANDLE device, SOCKET base, ULONG events, tenon__afd_info *info, OVERLAPPED *overlapped);

#endif
