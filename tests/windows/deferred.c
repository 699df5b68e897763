/* deferred.c - connects to a listener with SO_CONDITIONAL_ACCEPT, which stay pending until it accepts them.
 * SPDX-License-Identifier: MIT
 *
 * The layer delays the real connect until then. Meanwhile a connection of its own, the token, makes the listener
 * readable. When accept returns the token, the layer closes it, connects the client and accepts again. This works only
 * between sockets of one process.
 */
#include "layer.h"

enum { DEFERRED_MAX = 512, CONNECT_LIMIT_MS = 2000 };

typedef struct deferred {
  SOCKET token; /* INVALID_SOCKET after the client is closed */
  layer_name token_name;
  layer_state *client, *listener; /* without a listener the entry is free */
} deferred;

static deferred all[DEFERRED_MAX];

static SOCKET open_token(layer_state *client) {
  u_long on = 1;
  SOCKET token = builtin.WSASocketW(client->family, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_NO_HANDLE_INHERIT);
  if (token == INVALID_SOCKET) return token;
  builtin.ioctlsocket(token, (long)FIONBIO, &on);
  builtin.connect(token, (struct sockaddr *)&client->native_peer, client->native_peer_size);
  return token;
}

/* A pending connect on Windows has a local port. */
static void bind_to_any(layer_state *state) {
  struct sockaddr_in6 any;
  memset(&any, 0, sizeof any);
  any.sin6_family = (short)state->family;
  if (layer_is_unbound(state)) builtin.bind(state->handle, (struct sockaddr *)&any, state->native_peer_size);
}

int layer_defer(layer_state *state, layer_state *listener) {
  int place = 0;
  SOCKET token = open_token(state);
  if (token == INVALID_SOCKET) return layer_fail(WSAENOBUFS);
  bind_to_any(state);
  layer_name name = layer_local_name(token);
  AcquireSRWLockExclusive(&layer_lock);
  while (place < DEFERRED_MAX && all[place].listener) place++;
  if (place < DEFERRED_MAX) {
    all[place] = (deferred){token, name, state, listener};
    state->pending = PENDING_DEFERRED;
  }
  ReleaseSRWLockExclusive(&layer_lock);
  if (place == DEFERRED_MAX) builtin.closesocket(token);
  return layer_fail(place < DEFERRED_MAX ? WSAEWOULDBLOCK : WSAENOBUFS);
}

/* Removes a token from the list. Returns whether there is one, with its client, which is NULL after its close. */
static int take(layer_state *listener, const layer_name *name, layer_state **client, SOCKET *token) {
  int is_token = 0;
  AcquireSRWLockExclusive(&layer_lock);
  for (int i = 0; i < DEFERRED_MAX && !is_token; i++) {
    if (all[i].listener != listener || all[i].token_name.port != name->port) continue;
    is_token = 1;
    *client = all[i].client;
    *token = all[i].token;
    all[i].listener = NULL;
  }
  ReleaseSRWLockExclusive(&layer_lock);
  return is_token;
}

int layer_accepts_deferred(layer_state *listener, SOCKET accepted) {
  struct sockaddr_in6 peer;
  int size = sizeof peer;
  layer_state *client;
  SOCKET token;
  if (builtin.getpeername(accepted, (struct sockaddr *)&peer, &size) != 0) return 0;
  layer_name name = layer_name_of((struct sockaddr *)&peer, size);
  if (!take(listener, &name, &client, &token)) return 0;
  if (token != INVALID_SOCKET) builtin.closesocket(token);
  if (!client) return 1;
  layer_connect_for_real(client);
  WSAPOLLFD item = {listener->handle, POLLRDNORM, 0};
  builtin.WSAPoll(&item, 1, CONNECT_LIMIT_MS);
  return 1;
}

void layer_forget_deferred(layer_state *state) {
  if (state->pending != PENDING_DEFERRED) return;
  AcquireSRWLockExclusive(&layer_lock);
  for (int i = 0; i < DEFERRED_MAX; i++) {
    if (!all[i].listener || all[i].client != state) continue;
    builtin.closesocket(all[i].token);
    all[i].token = INVALID_SOCKET;
    all[i].client = NULL;
  }
  state->pending = NOT_PENDING;
  ReleaseSRWLockExclusive(&layer_lock);
}

/* Closing a listener refuses its pending connects. */
void layer_refuse_deferred(layer_state *listener) {
  for (int i = 0; i < DEFERRED_MAX; i++) {
    AcquireSRWLockExclusive(&layer_lock);
    deferred it = all[i];
    if (it.listener == listener) all[i].listener = NULL;
    ReleaseSRWLockExclusive(&layer_lock);
    if (it.listener != listener || !it.client) continue;
    builtin.closesocket(it.token);
    layer_connect_to_nobody(it.client);
  }
}
