/* connect.c - connect and WSAConnect.
 * SPDX-License-Identifier: MIT
 */
#include "layer.h"

enum { REPEAT_MS = 500, REPEATS = 4, NOBODY_PORT = 1, STEP_MS = 5 };

/* ---- The real connect -------------------------------------------------------------------------------------------- */

static int size_for(int family) {
  return family == AF_INET6 ? (int)sizeof(struct sockaddr_in6) : (int)sizeof(struct sockaddr_in);
}

/* After a refusal, the first connect on Linux may only return the old error. The second one makes an attempt. */
static int connect_to(layer_state *state, const struct sockaddr *peer, int size) {
  state->pending = PENDING;
  int result = builtin.connect(state->handle, peer, size);
  int error = (int)GetLastError();
  if (result != 0 && error == WSAECONNABORTED && state->has_failed) {
    result = builtin.connect(state->handle, peer, size);
    error = (int)GetLastError();
  }
  if (result != 0 && error != WSAEWOULDBLOCK) layer_note_failure(state, state->is_nonblocking ? error : 0);
  if (result == 0) {
    state->pending = NOT_PENDING;
    state->is_connected = state->has_peer = 1;
    state->has_failed = state->error = 0;
  }
  if (!state->has_failed || state->pending) layer_find_partner(state);
  SetLastError((DWORD)error);
  return result;
}

int layer_connect_for_real(layer_state *state) {
  return connect_to(state, (struct sockaddr *)&state->native_peer, state->native_peer_size);
}

/* The system refuses this at once, so that every way to wait for the socket reports the refusal. */
int layer_connect_to_nobody(layer_state *state) {
  struct sockaddr_in6 nobody = {
      .sin6_family = AF_INET6, .sin6_port = NOBODY_PORT << 8, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  struct sockaddr_in *nobody4 = (struct sockaddr_in *)&nobody;
  if (state->family == AF_INET) {
    nobody4->sin_family = AF_INET;
    nobody4->sin_addr.S_un.S_addr = 0x0100007f;
  }
  return connect_to(state, (struct sockaddr *)&nobody, size_for(state->family));
}

/* ---- This host's queues ------------------------------------------------------------------------------------------ */

static int is_full(const layer_state *listener, int waiting) {
  return listener && waiting >= listener->queue_length;
}

/* A loopback address, except the broadcast address. */
static int is_own(const layer_name *name) {
  return layer_is_loopback(name) && !(name->family == AF_INET && name->address[3] == 255);
}

/* Whether this host refuses a connect now. */
static int is_refused_here(layer_state *state, int *is_by_queue) {
  int waiting, is_there = layer_count_waiting(&state->peer, &waiting);
  layer_state *listener = layer_listener_at(&state->peer);
  *is_by_queue = is_there > 0 && is_full(listener, waiting);
  return *is_by_queue || (is_there == 0 && is_own(&state->peer));
}

void layer_try_again(layer_state *state, int is_last) {
  int is_by_queue, is_refused = is_refused_here(state, &is_by_queue);
  if (!is_refused)
    layer_connect_for_real(state);
  else if (is_last)
    layer_connect_to_nobody(state);
}

/* Windows repeats a refused attempt for two seconds, unless SIO_TCP_INITIAL_RTO forbids it. */
static int repeat(layer_state *state) {
  int is_by_queue;
  if (state->is_nonblocking) {
    layer_repeat_later(state);
    return layer_fail(WSAEWOULDBLOCK);
  }
  for (int i = 0; i < REPEATS; i++) {
    Sleep(REPEAT_MS);
    if (!is_refused_here(state, &is_by_queue)) return layer_connect_for_real(state);
  }
  return layer_connect_to_nobody(state);
}

static int wait_for_accept(layer_state *state) {
  while (state->pending == PENDING_DEFERRED) Sleep(STEP_MS);
  WSAPOLLFD item = {state->handle, POLLWRNORM, 0};
  builtin.WSAPoll(&item, 1, -1);
  layer_is_pending(state);
  return state->has_failed ? layer_fail(WSAECONNREFUSED) : 0;
}

static int connect_here(layer_state *state) {
  int is_by_queue;
  layer_state *listener = layer_listener_at(&state->peer);
  if (listener && listener->is_conditional && layer_arises(ROW_CONDITIONAL_ACCEPT)) {
    int result = layer_defer(state, listener);
    return state->is_nonblocking || !state->pending ? result : wait_for_accept(state);
  }
  if (!listener && !is_own(&state->peer)) return layer_connect_for_real(state);
  if (!is_refused_here(state, &is_by_queue)) return layer_connect_for_real(state);
  if (is_by_queue && !layer_arises(ROW_FULL_QUEUE)) return layer_connect_for_real(state);
  if (!state->takes_first_refusal && layer_arises(ROW_LATE_REFUSAL)) return repeat(state);
  return layer_connect_to_nobody(state);
}

/* ---- The functions ----------------------------------------------------------------------------------------------- */

/* Returns the error for an address of another family, or 0. */
static int wrong_family(layer_state *state, const struct sockaddr *peer, int size) {
  if (peer->sa_family == state->family) return 0;
  int setting = layer_arises(ROW_WRONG_FAMILY);
  if (!setting) return 0;
  if (setting == WRONG_FAMILY_ALREADY && layer_is_pending(state)) return WSAEALREADY;
  if (setting == WRONG_FAMILY_EFAULT && size < size_for(state->family)) return WSAEFAULT;
  return WSAEAFNOSUPPORT;
}

/* Returns the error of a connect that fails before any attempt, or 0. */
static int declined(layer_state *state, const struct sockaddr *peer, int size) {
  int error = state->is_listening ? WSAEINVAL : wrong_family(state, peer, size);
  if (error) return error;
  if (layer_is_pending(state)) return WSAEALREADY;
  if (state->is_connected) return WSAEISCONN;
  if (layer_setting(ROW_NO_BUFFERS) != NO_BUFFERS_CONNECT || state->had_no_buffers) return 0;
  layer_arises(ROW_NO_BUFFERS);
  state->had_no_buffers = 1;
  return WSAENOBUFS;
}

static int connect_stream(layer_state *state, const struct sockaddr *peer, int size) {
  int error = declined(state, peer, size);
  if (error) return layer_fail(error);
  if (size < size_for(state->family) || layer_name_of(peer, size).port == 0)
    return builtin.connect(state->handle, peer, size);
  memcpy(&state->native_peer, peer, (size_t)size_for(state->family));
  state->native_peer_size = size_for(state->family);
  state->peer = layer_name_of(peer, size);
  state->partner = NULL;
  state->local.family = AF_UNSPEC;
  return connect_here(state);
}

int WSAAPI overlay_connect(SOCKET s, const struct sockaddr *peer, int size) {
  layer_state *state = layer_find(s);
  if (layer_is_stream(state) && peer && size >= (int)sizeof *peer) return connect_stream(state, peer, size);
  int result = builtin.connect(s, peer, size);
  if (result == 0 && state && peer) state->is_connected = peer->sa_family != AF_UNSPEC;
  if (result == 0 && state) state->has_unreachable = 0;
  return result;
}

int WSAAPI overlay_WSAConnect(SOCKET s, const struct sockaddr *peer, int size, LPWSABUF caller, LPWSABUF callee,
                              LPQOS sqos, LPQOS gqos) {
  if (layer_is_stream(layer_find(s))) return overlay_connect(s, peer, size);
  return builtin.WSAConnect(s, peer, size, caller, callee, sqos, gqos);
}
