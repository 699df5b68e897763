/* replaced.c - a new socket under an old handle: after a refused connect Windows allows listen; Linux freed the port.
 * SPDX-License-Identifier: MIT
 */
#include "layer.h"

enum { TRIES = 64 };

typedef struct option {
  int level, name;
  DWORD value;
} option;

static void read_options(SOCKET s, option *options, int count) {
  for (int i = 0; i < count; i++) {
    int size = sizeof options[i].value;
    builtin.getsockopt(s, options[i].level, options[i].name, (char *)&options[i].value, &size);
  }
}

static void write_options(SOCKET s, const option *options, int count) {
  for (int i = 0; i < count; i++)
    builtin.setsockopt(s, options[i].level, options[i].name, (const char *)&options[i].value, sizeof options[i].value);
}

/* Wine assigns the lowest free handle, so that the closed one returns soon. */
static int reopen(layer_state *state) {
  SOCKET others[TRIES], s = INVALID_SOCKET;
  int count = 0;
  builtin.closesocket(state->handle);
  while (count < TRIES && s != state->handle) {
    s = builtin.WSASocketW(state->family, state->type, 0, NULL, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    if (s != state->handle) others[count++] = s;
  }
  for (int i = 0; i < count; i++)
    if (others[i] != INVALID_SOCKET) builtin.closesocket(others[i]);
  return s == state->handle;
}

void layer_replace(layer_state *state) {
  option options[] = {
      {SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 0}, {SOL_SOCKET, SO_REUSEADDR, 0}, {IPPROTO_IPV6, IPV6_V6ONLY, 0}};
  enum { COUNT = sizeof options / sizeof *options };
  struct sockaddr_in6 name;
  int size = sizeof name, is_named = builtin.getsockname(state->handle, (struct sockaddr *)&name, &size) == 0;
  u_long mode = (u_long)state->is_nonblocking;
  read_options(state->handle, options, COUNT);
  if (!reopen(state)) return;
  write_options(state->handle, options, COUNT);
  builtin.ioctlsocket(state->handle, (long)FIONBIO, &mode);
  if (is_named) builtin.bind(state->handle, (struct sockaddr *)&name, size);
}
