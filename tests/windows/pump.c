/* pump.c - the background thread: it repeats refused connects and sends what the system had no room for.
 * SPDX-License-Identifier: MIT
 *
 * Windows takes all data of a non-blocking send and sends it in the background. The layer keeps what Wine does not
 * take, and this thread sends it. On closesocket the data and a duplicate of the socket stay with the thread.
 */
#include "layer.h"

enum { STEP_MS = 2, REPEAT_MS = 500, REPEATS = 4, PUMPED_MAX = 4096, CHUNK = 1 << 20 };

typedef struct repeated {
  layer_state *state;
  SOCKET handle;
  ULONGLONG due;
  int left;
} repeated;

/* The unsent data of a closed socket. */
typedef struct orphan {
  SOCKET handle;
  char *unsent;
  size_t size, at;
} orphan;

static repeated repeats[PUMPED_MAX];
static layer_state *senders[PUMPED_MAX];
static orphan orphans[PUMPED_MAX];
static volatile LONG work; /* the number of entries in use */
static HANDLE has_work;

/* ---- Refused connects -------------------------------------------------------------------------------------------- */

void layer_repeat_later(layer_state *state) {
  AcquireSRWLockExclusive(&layer_lock);
  for (int i = 0; i < PUMPED_MAX; i++) {
    if (repeats[i].state) continue;
    repeats[i] = (repeated){state, state->handle, GetTickCount64() + REPEAT_MS, REPEATS};
    state->pending = PENDING_REPEATED;
    InterlockedIncrement(&work);
    break;
  }
  ReleaseSRWLockExclusive(&layer_lock);
  SetEvent(has_work);
}

static void repeat_due(repeated *it) {
  layer_state *state = it->state;
  int is_current = state->is_known && state->handle == it->handle && state->pending == PENDING_REPEATED;
  if (is_current && GetTickCount64() < it->due) return;
  it->due += REPEAT_MS;
  if (is_current) layer_try_again(state, --it->left == 0);
  if (is_current && state->pending == PENDING_REPEATED) return;
  it->state = NULL;
  InterlockedDecrement(&work);
}

/* ---- Unsent data ------------------------------------------------------------------------------------------------- */

/* Sends as much as possible. Returns 1 if nothing is left, or the connection has failed. */
static int send_some(SOCKET s, const char *data, size_t size, size_t *at) {
  while (*at < size) {
    int chunk = size - *at < CHUNK ? (int)(size - *at) : CHUNK;
    int sent = builtin.send(s, data + *at, chunk, 0);
    if (sent < 0) return GetLastError() != WSAEWOULDBLOCK;
    *at += (size_t)sent;
  }
  return 1;
}

static void release(char **unsent) {
  HeapFree(GetProcessHeap(), 0, *unsent);
  *unsent = NULL;
}

static void join(char *to, const WSABUF *buffers, DWORD count, size_t skip) {
  for (DWORD i = 0; i < count; i++) {
    size_t size = buffers[i].len, skipped = skip < size ? skip : size;
    memcpy(to, buffers[i].buf + skipped, size - skipped);
    to += size - skipped;
    skip -= skipped;
  }
}

static void add_sender(layer_state *state, char *unsent, size_t size, size_t at) {
  int place = 0;
  state->unsent = unsent;
  state->unsent_size = size;
  state->unsent_at = at;
  while (place < PUMPED_MAX && senders[place] && senders[place] != state) place++;
  if (place < PUMPED_MAX && !senders[place]) InterlockedIncrement(&work);
  if (place < PUMPED_MAX) senders[place] = state;
}

/* A second attempt may find more room. */
void layer_keep_unsent(layer_state *state, const WSABUF *buffers, DWORD count, size_t sent) {
  size_t size = 0, at = 0;
  for (DWORD i = 0; i < count; i++) size += buffers[i].len;
  size -= sent;
  char *unsent = HeapAlloc(GetProcessHeap(), 0, size);
  if (!unsent) return;
  join(unsent, buffers, count, sent);
  AcquireSRWLockExclusive(&layer_lock);
  if (send_some(state->handle, unsent, size, &at))
    release(&unsent);
  else
    add_sender(state, unsent, size, at);
  ReleaseSRWLockExclusive(&layer_lock);
  SetEvent(has_work);
}

int layer_has_unsent(layer_state *state) {
  return state->unsent != NULL;
}

void layer_drop_unsent(layer_state *state) {
  AcquireSRWLockExclusive(&layer_lock);
  if (state->unsent) release(&state->unsent);
  ReleaseSRWLockExclusive(&layer_lock);
}

static SOCKET duplicate(SOCKET s) {
  WSAPROTOCOL_INFOW info;
  if (builtin.WSADuplicateSocketW(s, GetCurrentProcessId(), &info) != 0) return INVALID_SOCKET;
  return builtin.WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0,
                            WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
}

void layer_hand_over_unsent(layer_state *state) {
  SOCKET copy = duplicate(state->handle);
  AcquireSRWLockExclusive(&layer_lock);
  for (int i = 0; i < PUMPED_MAX && state->unsent && copy != INVALID_SOCKET; i++) {
    if (orphans[i].unsent) continue;
    orphans[i] = (orphan){copy, state->unsent, state->unsent_size, state->unsent_at};
    state->unsent = NULL;
    InterlockedIncrement(&work);
  }
  ReleaseSRWLockExclusive(&layer_lock);
  SetEvent(has_work);
}

static void pump_sender(layer_state **place) {
  layer_state *state = *place;
  if (state->unsent && !send_some(state->handle, state->unsent, state->unsent_size, &state->unsent_at)) return;
  if (state->unsent) release(&state->unsent);
  if (state->has_shutdown_after) builtin.shutdown(state->handle, state->shutdown_after);
  if (state->has_shutdown_after && state->partner) {
    state->partner->partner_total = state->sent;
    state->partner->has_partner_ended = 1;
  }
  state->has_shutdown_after = 0;
  *place = NULL;
  InterlockedDecrement(&work);
}

static void pump_orphan(orphan *it) {
  if (!send_some(it->handle, it->unsent, it->size, &it->at)) return;
  builtin.closesocket(it->handle);
  release(&it->unsent);
  InterlockedDecrement(&work);
}

/* The first send of a thread opens an event, which stays open. */
static void warm_up(void) {
  SOCKET s = builtin.socket(AF_INET, SOCK_DGRAM, 0);
  builtin.send(s, "", 0, 0);
  builtin.closesocket(s);
}

static DWORD WINAPI pump(void *is_ready) {
  warm_up();
  SetEvent(is_ready);
  for (;;) {
    if (work == 0) WaitForSingleObject(has_work, INFINITE);
    for (int i = 0; i < PUMPED_MAX && work; i++)
      if (repeats[i].state) repeat_due(&repeats[i]);
    AcquireSRWLockExclusive(&layer_lock);
    for (int i = 0; i < PUMPED_MAX && work; i++) {
      if (senders[i]) pump_sender(&senders[i]);
      if (orphans[i].unsent) pump_orphan(&orphans[i]);
    }
    ReleaseSRWLockExclusive(&layer_lock);
    Sleep(STEP_MS);
  }
  return 0;
}

/* Returns after the thread has opened all its handles, as the suite counts handles. */
void layer_start_pump(void) {
  static volatile LONG is_started;
  if (InterlockedExchange(&is_started, 1)) return;
  HANDLE is_ready = CreateEventW(NULL, FALSE, FALSE, NULL);
  has_work = CreateEventW(NULL, FALSE, FALSE, NULL);
  HANDLE thread = CreateThread(NULL, 0, pump, is_ready, 0, NULL);
  if (thread) WaitForSingleObject(is_ready, INFINITE);
  CloseHandle(is_ready);
  CloseHandle(thread);
}
