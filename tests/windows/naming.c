/* naming.c - bind, getsockname and getpeername.
 * SPDX-License-Identifier: MIT
 */
#include "layer.h"

enum { EXCLUDED_FIRST = 20000, EXCLUDED_LAST = 20059 };

int WSAAPI overlay_getpeername(SOCKET s, struct sockaddr *address, int *size) {
  layer_state *state = layer_find(s);
  int result = builtin.getpeername(s, address, size);
  if (!layer_is_stream(state) || !address || !size) return result;
  int error = (int)GetLastError(), is_known = 0;
  if (layer_is_pending(state))
    is_known = layer_arises(ROW_PENDING_NAME);
  else if (state->has_peer && layer_is_reset(state))
    is_known = layer_arises(ROW_RESET_NAME);
  if (result == 0 || !is_known) return result == 0 ? 0 : layer_fail(error);
  if (*size < state->native_peer_size) return layer_fail(WSAEFAULT);
  memcpy(address, &state->native_peer, (size_t)state->native_peer_size);
  *size = state->native_peer_size;
  return 0;
}

int WSAAPI overlay_getsockname(SOCKET s, struct sockaddr *address, int *size) {
  layer_state *state = layer_find(s);
  if (state && state->was_duplicated_unbound) return layer_fail(WSAEINVAL);
  return builtin.getsockname(s, address, size);
}

/* ---- Bind -------------------------------------------------------------------------------------------------------- */

typedef struct claim {
  layer_name name;
  int type, is_exclusive, is_shared, is_dual;
} claim;

static int is_set(SOCKET s, int level, int name) {
  DWORD value = 0;
  int size = sizeof value;
  return builtin.getsockopt(s, level, name, (char *)&value, &size) == 0 && (value & 0xff) != 0;
}

static claim claim_of(const layer_state *state, const layer_name *name) {
  claim it = {.name = *name, .type = state->type};
  it.is_exclusive = is_set(state->handle, SOL_SOCKET, SO_EXCLUSIVEADDRUSE);
  it.is_shared = is_set(state->handle, SOL_SOCKET, SO_REUSEADDR);
  it.is_dual = state->family == AF_INET6 && !is_set(state->handle, IPPROTO_IPV6, IPV6_V6ONLY);
  return it;
}

/* Whether the wildcard address of one covers the address of the other. */
static int contains(const claim *wide, const claim *narrow) {
  if (!layer_is_any(&wide->name) || layer_same_address(&wide->name, &narrow->name)) return 0;
  return wide->name.family == narrow->name.family || (wide->is_dual && wide->name.family == AF_INET6);
}

/* Returns the error of the second bind, or 0. */
static int conflict(const claim *first, const claim *second, enum layer_row *row) {
  if (layer_same_address(&first->name, &second->name)) {
    *row = ROW_SHARED_BIND;
    if (first->is_shared && second->is_shared) return 0;
    return second->is_shared ? WSAEACCES : WSAEADDRINUSE;
  }
  *row = ROW_EXCLUSIVE_BIND;
  if (contains(first, second)) return first->is_exclusive ? WSAEACCES : 0;
  return contains(second, first) && second->is_exclusive ? WSAEADDRINUSE : 0;
}

typedef struct search {
  claim second;
  const layer_state *self;
  int error;
  enum layer_row row;
} search;

static void compare(layer_state *other, void *argument) {
  search *it = argument;
  int is_end = layer_is_stream(other) && other->is_connected;
  if (other == it->self || other->type != it->second.type || !other->is_bound || is_end || it->error) return;
  layer_name name = layer_local_name(other->handle);
  if (name.family == AF_UNSPEC || name.port != it->second.name.port) return;
  claim first = claim_of(other, &name);
  it->error = conflict(&first, &it->second, &it->row);
}

int WSAAPI overlay_bind(SOCKET s, const struct sockaddr *address, int size) {
  layer_state *state = layer_find(s);
  layer_name name = state && address && size >= (int)sizeof *address ? layer_name_of(address, size)
                                                                     : (layer_name){.family = AF_UNSPEC};
  if (name.family != AF_UNSPEC && name.port != 0 && layer_is_unbound(state)) {
    unsigned short port = (unsigned short)(name.port >> 8 | name.port << 8);
    int is_excluded = port >= EXCLUDED_FIRST && port <= EXCLUDED_LAST;
    if (is_excluded && layer_arises(ROW_EXCLUDED_PORTS)) return layer_fail(WSAEACCES);
    search it = {.second = claim_of(state, &name), .self = state};
    layer_each(compare, &it);
    if (it.error && layer_arises(it.row)) return layer_fail(it.error);
  }
  int result = builtin.bind(s, address, size);
  if (result == 0 && state) state->is_bound = 1;
  if (result == 0 && state) state->was_duplicated_unbound = 0;
  return result;
}
