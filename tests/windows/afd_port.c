/* afd_port.c - the ports through which the device answers: in another order, and late.
 * SPDX-License-Identifier: MIT */
#include "afd_layer.h"

#include <stdlib.h>

enum { BATCH = 256, SLICE_MS = 20, ONE_IN = 8 /* is late */ };

/* The handles of the device that answer through ports. */
typedef struct device {
  struct device *next;
  HANDLE handle, port;
  ULONG_PTR key;
} device;

/* What has come through a port and was not yet taken. */
typedef struct packet {
  struct packet *next;
  HANDLE port;
  ULONGLONG due;
  OVERLAPPED_ENTRY entry;
} packet;

static device *devices;
static packet *packets, **last_packet = &packets;

/* ---- Devices and ports --------------------------------------------------------------------------------------------- */

HANDLE afd_port_of(HANDLE handle, ULONG_PTR *key) {
  for (device *d = devices; d; d = d->next) {
    if (d->handle == handle) return *key = d->key, d->port;
  }
  return NULL;
}

HANDLE WINAPI afd_open_port(HANDLE handle, HANDLE port, ULONG_PTR key, DWORD threads) {
  HANDLE result = AFD_REAL(CreateIoCompletionPort)(handle, port, key, threads);
  if (result && handle != INVALID_HANDLE_VALUE) {
    device *d = malloc(sizeof *d);
    if (!d) abort();
    afd_lock();
    *d = (device){devices, handle, result, key};
    devices = d;
    afd_unlock();
  }
  return result;
}

static void forget_device(HANDLE handle) {
  for (device **at = &devices; *at; at = &(*at)->next) {
    device *d = *at;
    if (d->handle != handle) continue;
    *at = d->next;
    free(d);
    return;
  }
}

static packet *unlink_packet(packet **at) {
  packet *taken = *at;
  *at = taken->next;
  if (!*at) last_packet = at;
  return taken;
}

static void forget_port(HANDLE port) {
  packet **at = &packets;
  while (*at) {
    if ((*at)->port == port)
      free(unlink_packet(at));
    else
      at = &(*at)->next;
  }
  afd_forget_questions(port);
}

BOOL WINAPI afd_close_handle(HANDLE handle) {
  afd_lock();
  forget_device(handle);
  forget_port(handle);
  afd_unlock();
  return AFD_REAL(CloseHandle)(handle);
}

/* ---- Packets ------------------------------------------------------------------------------------------------------- */

static ULONGLONG due_time(const OVERLAPPED_ENTRY *entry, ULONGLONG now) {
  const afd_question *q = (const afd_question *)(void *)entry->lpOverlapped;
  unsigned most = afd_setting(AFD_LATE);
  if (!q || q->is_at_once || most == 0 || afd_random(ONE_IN) != 0) return now;
  afd_hit(AFD_LATE);
  return now + 1 + afd_random(most);
}

static void keep(HANDLE port, OVERLAPPED_ENTRY entry, ULONGLONG now) {
  packet *p = malloc(sizeof *p);
  if (!p) abort();
  *p = (packet){NULL, port, due_time(&entry, now), entry};
  *last_packet = p;
  last_packet = &p->next;
}

static unsigned choose(unsigned count) {
  if (afd_setting(AFD_ORDER) == 0) return 0;
  return afd_setting(AFD_ORDER) == 1 ? count - 1 : afd_random(count);
}

/* What has come at one time is in another order afterwards. */
static void keep_all(HANDLE port, OVERLAPPED_ENTRY *entries, ULONG count) {
  ULONGLONG now = GetTickCount64();
  for (; count > 0; count--) {
    unsigned chosen = choose(count);
    if (chosen > 0) afd_hit(AFD_ORDER);
    keep(port, entries[chosen], now);
    for (ULONG i = chosen; i + 1 < count; i++) entries[i] = entries[i + 1];
  }
}

/* How many have been taken; *soonest is when the next one is due. */
static ULONG take_due(HANDLE port, OVERLAPPED_ENTRY *entries, ULONG room, ULONGLONG *soonest) {
  ULONGLONG now = GetTickCount64();
  ULONG count = 0;
  packet **at = &packets;
  *soonest = now + SLICE_MS;
  while (*at && count < room) {
    if ((*at)->port == port && (*at)->due <= now) {
      packet *p = unlink_packet(at);
      afd_question *q = (afd_question *)(void *)p->entry.lpOverlapped;
      entries[count] = p->entry;
      if (!q || afd_deliver(q, &entries[count])) count++;
      free(p);
      continue;
    }
    if ((*at)->port == port && (*at)->due < *soonest) *soonest = (*at)->due;
    at = &(*at)->next;
  }
  return count;
}

BOOL WINAPI afd_receive(HANDLE port, OVERLAPPED_ENTRY *entries, ULONG room, ULONG *count, DWORD timeout_ms,
                        BOOL alertable) {
  OVERLAPPED_ENTRY come[BATCH];
  ULONGLONG now = GetTickCount64(), soonest, end = now + timeout_ms;
  for (;; now = GetTickCount64()) {
    afd_lock();
    *count = take_due(port, entries, room, &soonest);
    afd_unlock();
    if (*count > 0) return TRUE;
    DWORD left = timeout_ms == INFINITE ? INFINITE : end > now ? (DWORD)(end - now) : 0;
    DWORD wait = afd_setting(AFD_LATE) && soonest < now + left ? (DWORD)(soonest > now ? soonest - now : 0) : left;
    ULONG come_count = 0;
    if (AFD_REAL(GetQueuedCompletionStatusEx)(port, come, BATCH, &come_count, wait, alertable)) {
      afd_lock();
      keep_all(port, come, come_count);
      afd_unlock();
    } else if (GetLastError() != WAIT_TIMEOUT || wait == left) {
      return FALSE;
    }
  }
}
