/* names.c - socket names, and the two ends of a connection within this process.
 * SPDX-License-Identifier: MIT
 */
#include "layer.h"

enum { PORT_COUNT = 1 << 16 };

/* Finds a client by its own port, and the accepted end by its peer's port. */
static layer_state *clients[PORT_COUNT], *servers[PORT_COUNT];

/* The system's macro is a function of ws2_32.dll where nothing is optimised. */
static const unsigned char mapped_prefix[12] = {[10] = 0xff, [11] = 0xff};

layer_name layer_name_of(const struct sockaddr *address, int size) {
  layer_name name = {.family = AF_UNSPEC};
  const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address;
  const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)address;
  if (size >= (int)sizeof *in && address->sa_family == AF_INET) {
    name.family = AF_INET;
    name.port = in->sin_port;
    memcpy(name.address, &in->sin_addr, 4);
  } else if (size >= (int)sizeof *in6 && address->sa_family == AF_INET6) {
    int is_mapped = memcmp(&in6->sin6_addr, mapped_prefix, sizeof mapped_prefix) == 0;
    name.family = is_mapped ? AF_INET : AF_INET6;
    name.port = in6->sin6_port;
    if (is_mapped)
      memcpy(name.address, in6->sin6_addr.u.Byte + 12, 4);
    else
      memcpy(name.address, &in6->sin6_addr, 16);
  }
  return name;
}

layer_name layer_local_name(SOCKET s) {
  DWORD error = GetLastError();
  struct sockaddr_in6 address;
  int size = sizeof address;
  layer_name none = {.family = AF_UNSPEC};
  int result = builtin.getsockname(s, (struct sockaddr *)&address, &size);
  SetLastError(error);
  return result == 0 ? layer_name_of((struct sockaddr *)&address, size) : none;
}

int layer_same_address(const layer_name *a, const layer_name *b) {
  return a->family == b->family && memcmp(a->address, b->address, sizeof a->address) == 0;
}

int layer_is_any(const layer_name *name) {
  static const unsigned char nothing[16];
  return memcmp(name->address, nothing, sizeof nothing) == 0;
}

int layer_is_loopback(const layer_name *name) {
  static const unsigned char loopback6[16] = {[15] = 1};
  return name->family == AF_INET ? name->address[0] == 127 : memcmp(name->address, loopback6, 16) == 0;
}

static int is_same(const layer_name *a, const layer_name *b) {
  return a->port == b->port && layer_same_address(a, b);
}

static int belong_together(const layer_state *a, const layer_state *b) {
  return b && b->is_known && a != b && is_same(&a->local, &b->peer) && is_same(&a->peer, &b->local);
}

void layer_find_partner(layer_state *state) {
  if (state->partner || !layer_is_stream(state)) return;
  if (state->local.family == AF_UNSPEC || layer_is_any(&state->local)) state->local = layer_local_name(state->handle);
  AcquireSRWLockExclusive(&layer_lock);
  clients[state->local.port] = state;
  servers[state->peer.port] = state;
  layer_state *partner = clients[state->peer.port];
  if (!belong_together(state, partner)) partner = servers[state->local.port];
  if (belong_together(state, partner)) {
    state->partner = partner;
    partner->partner = state;
  }
  ReleaseSRWLockExclusive(&layer_lock);
}

void layer_end_partner(layer_state *state) {
  layer_find_partner(state);
  AcquireSRWLockExclusive(&layer_lock);
  if (state->partner && !state->partner->has_partner_ended) {
    state->partner->partner_total = state->sent;
    state->partner->has_partner_ended = 1;
  }
  ReleaseSRWLockExclusive(&layer_lock);
}
