/* listening.c - listen, accept, and the number of connections that wait for a listener.
 * SPDX-License-Identifier: MIT
 */
#include "layer.h"

#include <stdlib.h>

/* The documents limit SOMAXCONN_HINT(n) to 200 to 65535, and promise "a maximum reasonable value" for SOMAXCONN. In a
 * report from Windows 10, 232 of 300 simultaneous connects succeeded. */
enum { QUEUE_MIN = 1, QUEUE_PLAIN_MAX = 200, QUEUE_MAX = 65535, REAL_QUEUE = 4096 };

static layer_state *listeners;

/* ---- The listeners of this process ------------------------------------------------------------------------------- */

static void note_listener(layer_state *state) {
  layer_forget_listener(state);
  state->local = layer_local_name(state->handle);
  AcquireSRWLockExclusive(&layer_lock);
  state->is_listening = 1;
  state->next_listener = listeners;
  listeners = state;
  ReleaseSRWLockExclusive(&layer_lock);
}

void layer_forget_listener(layer_state *state) {
  AcquireSRWLockExclusive(&layer_lock);
  layer_state **at = &listeners;
  while (*at && *at != state) at = &(*at)->next_listener;
  if (*at) *at = state->next_listener;
  ReleaseSRWLockExclusive(&layer_lock);
}

/* Returns 2 if the name is the address itself, 1 if it is the wildcard address, and 0 otherwise. */
static int covers(const layer_name *name, const layer_name *at) {
  if (name->port != at->port) return 0;
  if (layer_same_address(name, at)) return 2;
  return layer_is_any(name) && (name->family == at->family || name->family == AF_INET6);
}

layer_state *layer_listener_at(const layer_name *at) {
  layer_state *best = NULL;
  AcquireSRWLockShared(&layer_lock);
  for (layer_state *it = listeners; it; it = it->next_listener)
    if (covers(&it->local, at) > (best ? covers(&best->local, at) : 0)) best = it;
  ReleaseSRWLockShared(&layer_lock);
  return best;
}

/* ---- The system's queues ----------------------------------------------------------------------------------------- */

/* Reads 32-bit words in hexadecimal and in host order. */
static int read_words(const char *text, unsigned char *bytes, int count) {
  for (int i = 0; i < count; i++) {
    char word[9] = "";
    memcpy(word, text + 8 * i, 8);
    uint32_t value = (uint32_t)strtoul(word, NULL, 16);
    memcpy(bytes + 4 * i, &value, 4);
  }
  return 8 * count;
}

/* Reads a line like "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000003". The last number counts the waiting
 * connections. */
static int read_line(const char *line, int family, layer_name *name, int *waiting) {
  enum { LISTENS = 0x0A };
  const char *at = strchr(line, ':');
  int size = family == AF_INET ? 8 : 32;
  if (!at || strlen(at) < 2 * (size_t)size + 40) return 0;
  at += 2;
  memset(name, 0, sizeof *name);
  name->family = family;
  read_words(at, name->address, size / 8);
  if (family == AF_INET6 && memcmp(name->address, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) == 0) {
    name->family = AF_INET;
    memmove(name->address, name->address + 12, 4);
    memset(name->address + 4, 0, 12);
  }
  unsigned long port = strtoul(at + size + 1, NULL, 16);
  name->port = (unsigned short)(port >> 8 | port << 8);
  at += 2 * (size + 6);
  if (strtoul(at, NULL, 16) != LISTENS) return 0;
  *waiting = (int)strtoul(at + 12, NULL, 16);
  return 1;
}

/* Listeners are the first lines of the file. */
static int count_in(const WCHAR *path, int family, const layer_name *wanted, int *waiting) {
  static char text[1 << 16];
  static SRWLOCK lock = SRWLOCK_INIT;
  DWORD size = 0, got = 0;
  int is_there = 0, count;
  HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
  if (file == INVALID_HANDLE_VALUE) return -1;
  AcquireSRWLockExclusive(&lock);
  while (size < sizeof text - 1 && ReadFile(file, text + size, (DWORD)sizeof text - 1 - size, &got, NULL) && got > 0)
    size += got;
  text[size] = '\0';
  char *line = strchr(text, '\n');
  layer_name name;
  while (line && read_line(++line, family, &name, &count)) {
    if (covers(&name, wanted)) is_there = 1, *waiting = count;
    line = strchr(line, '\n');
  }
  ReleaseSRWLockExclusive(&lock);
  CloseHandle(file);
  return is_there;
}

int layer_count_waiting(const layer_name *at, int *waiting) {
  DWORD error = GetLastError();
  *waiting = 0;
  int found = at->family == AF_INET ? count_in(L"\\\\?\\unix\\proc\\net\\tcp", AF_INET, at, waiting) : 0;
  if (found == 0) found = count_in(L"\\\\?\\unix\\proc\\net\\tcp6", AF_INET6, at, waiting);
  SetLastError(error);
  return found;
}

/* ---- The functions ----------------------------------------------------------------------------------------------- */

static int queue_length(int backlog) {
  if (backlog == SOMAXCONN) return QUEUE_PLAIN_MAX;
  if (backlog < 0) return -backlog < QUEUE_PLAIN_MAX ? QUEUE_PLAIN_MAX : -backlog > QUEUE_MAX ? QUEUE_MAX : -backlog;
  return backlog < QUEUE_MIN ? QUEUE_MIN : backlog > QUEUE_PLAIN_MAX ? QUEUE_PLAIN_MAX : backlog;
}

int WSAAPI overlay_listen(SOCKET s, int backlog) {
  layer_state *state = layer_find(s);
  if (!layer_is_stream(state)) return builtin.listen(s, backlog);
  int is_pending = layer_is_pending(state);
  if (is_pending || (state->is_connected && !state->is_listening)) {
    int setting = layer_arises(ROW_LISTEN_CONNECTED);
    if (is_pending || setting == LISTEN_CONNECTED_EINVAL) return layer_fail(WSAEINVAL);
    if (setting == LISTEN_CONNECTED_EISCONN) return layer_fail(WSAEISCONN);
  }
  if (state->has_failed && layer_arises(ROW_LISTEN_REFUSED)) layer_replace(state);
  int result = builtin.listen(s, layer_setting(ROW_FULL_QUEUE) ? REAL_QUEUE : backlog);
  if (result != 0) return result;
  state->queue_length = queue_length(backlog);
  note_listener(state);
  return 0;
}

static void note_accepted(layer_state *listener, SOCKET s) {
  DWORD error = GetLastError();
  layer_state *state = layer_note(s, listener->family, listener->type);
  if (!state) return;
  int size = sizeof state->native_peer;
  if (builtin.getpeername(s, (struct sockaddr *)&state->native_peer, &size) == 0) {
    state->native_peer_size = size;
    state->peer = layer_name_of((struct sockaddr *)&state->native_peer, size);
    state->has_peer = 1;
  }
  state->is_nonblocking = listener->is_nonblocking;
  state->is_connected = state->is_bound = 1;
  layer_find_partner(state);
  SetLastError(error);
}

SOCKET WSAAPI overlay_WSAAccept(SOCKET s, struct sockaddr *address, int *size, LPCONDITIONPROC condition,
                                DWORD_PTR data) {
  layer_state *listener = layer_find(s);
  int whole_size = size ? *size : 0;
  for (;;) {
    if (size) *size = whole_size;
    SOCKET accepted =
        condition ? builtin.WSAAccept(s, address, size, condition, data) : builtin.accept(s, address, size);
    if (accepted == INVALID_SOCKET || !listener) return accepted;
    if (!layer_accepts_deferred(listener, accepted)) {
      note_accepted(listener, accepted);
      return accepted;
    }
    builtin.closesocket(accepted);
  }
}

SOCKET WSAAPI overlay_accept(SOCKET s, struct sockaddr *address, int *size) {
  return overlay_WSAAccept(s, address, size, NULL, 0);
}
