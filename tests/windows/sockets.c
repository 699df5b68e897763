/* sockets.c - the state of each socket of the process.
 * SPDX-License-Identifier: MIT
 */
#include "layer.h"

/* Handles are multiples of 4, and Wine assigns the lowest free one. */
enum { STATE_COUNT = 1 << 16, HANDLE_STEP = 4 };

SRWLOCK layer_lock = SRWLOCK_INIT;
static layer_state states[STATE_COUNT];
static size_t used; /* the number of states that were ever used */

static layer_state *place_of(SOCKET s) {
  return s / HANDLE_STEP < STATE_COUNT ? &states[s / HANDLE_STEP] : NULL;
}

layer_state *layer_recall(SOCKET s) {
  layer_state *state = place_of(s);
  return state && state->is_known && state->handle == s ? state : NULL;
}

void layer_each(void (*visit)(layer_state *state, void *argument), void *argument) {
  for (size_t i = 0; i < used; i++)
    if (states[i].is_known) visit(&states[i], argument);
}

int layer_is_stream(const layer_state *state) {
  return state && state->type == SOCK_STREAM && state->family != AF_UNIX;
}

static int number_of(SOCKET s, int name) {
  int value = 0, size = sizeof value;
  return builtin.getsockopt(s, SOL_SOCKET, name, (char *)&value, &size) == 0 ? value : -1;
}

static int family_of(SOCKET s) {
  WSAPROTOCOL_INFOW info;
  int size = sizeof info;
  return builtin.getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &size) == 0 ? info.iAddressFamily : 0;
}

void layer_forget(layer_state *state) {
  layer_drop_unsent(state);
  layer_forget_listener(state);
  layer_forget_deferred(state);
  AcquireSRWLockExclusive(&layer_lock);
  if (state->partner && state->partner->partner == state) state->partner->partner = NULL;
  memset(state, 0, sizeof *state);
  ReleaseSRWLockExclusive(&layer_lock);
}

/* An old state under this handle belongs to a socket that CloseHandle closed. */
layer_state *layer_note(SOCKET s, int family, int type) {
  DWORD error = GetLastError();
  layer_state *state = s == INVALID_SOCKET ? NULL : place_of(s);
  if (!state) return NULL;
  if (state->is_known) layer_forget(state);
  if (used <= (size_t)(state - states)) used = (size_t)(state - states) + 1;
  state->handle = s;
  state->family = family ? family : family_of(s);
  state->type = type ? type : number_of(s, SO_TYPE);
  state->is_known = 1;
  SetLastError(error);
  return state;
}

/* Also finds a socket that another process or another function created. */
layer_state *layer_find(SOCKET s) {
  DWORD error = GetLastError();
  layer_state *state = layer_recall(s);
  if (!state && s != INVALID_SOCKET && place_of(s) && number_of(s, SO_TYPE) > 0) {
    state = layer_note(s, 0, 0);
    state->is_listening = number_of(s, SO_ACCEPTCONN) > 0;
    state->queue_length = SOMAXCONN;
    int size = sizeof state->native_peer;
    struct sockaddr *peer = (struct sockaddr *)&state->native_peer;
    state->has_peer = state->is_connected = builtin.getpeername(s, peer, &size) == 0;
    state->native_peer_size = size;
    state->peer = layer_name_of(peer, size);
  }
  SetLastError(error);
  return state;
}

short layer_look(SOCKET s, short events) {
  DWORD error = GetLastError();
  WSAPOLLFD item = {s, events, 0};
  int ready = builtin.WSAPoll(&item, 1, 0);
  SetLastError(error);
  return ready > 0 ? item.revents : 0;
}

/* ---- The end of a connect ---------------------------------------------------------------------------------------- */

void layer_note_failure(layer_state *state, int error) {
  state->pending = NOT_PENDING;
  state->is_connected = state->has_peer = 0;
  state->has_failed = 1;
  state->error = error;
  state->error_reads = 0;
}

static int outcome_of(SOCKET s) {
  DWORD error = GetLastError();
  int outcome = number_of(s, SO_ERROR);
  SetLastError(error);
  return outcome > 0 ? outcome : WSAECONNREFUSED;
}

int layer_is_pending(layer_state *state) {
  if (state->pending != PENDING) return state->pending != NOT_PENDING;
  short events = layer_look(state->handle, POLLWRNORM);
  if (events == 0) return 1;
  if (events & POLLERR && !(events & POLLHUP)) {
    layer_note_failure(state, outcome_of(state->handle));
  } else {
    state->pending = NOT_PENDING;
    state->is_connected = state->has_peer = 1;
    state->has_failed = state->error = 0;
  }
  return 0;
}

int layer_is_reset(layer_state *state) {
  if (!state->was_reset && state->is_connected && layer_look(state->handle, POLLRDNORM) & POLLERR) state->was_reset = 1;
  return state->was_reset;
}

int layer_is_unbound(layer_state *state) {
  if (state->was_duplicated_unbound) return 1;
  if (!state->is_bound) state->is_bound = layer_local_name(state->handle).family != AF_UNSPEC;
  return !state->is_bound;
}
