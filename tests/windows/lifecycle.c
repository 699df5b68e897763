/* lifecycle.c - WSAStartup, creating, duplicating, shutting down and closing sockets.
 * SPDX-License-Identifier: MIT
 */
#include "layer.h"

int WSAAPI overlay_WSAStartup(WORD version, WSADATA *data) {
  int result = builtin.WSAStartup(version, data);
  if (result == 0) layer_start_pump();
  return result;
}

SOCKET WSAAPI overlay_socket(int family, int type, int protocol) {
  SOCKET s = builtin.socket(family, type, protocol);
  layer_note(s, family, type);
  return s;
}

/* ---- Duplicates -------------------------------------------------------------------------------------------------- */

enum { DUPLICATES_MAX = 256 };

/* Maps the handle of a duplicate to its source. Wine creates the handle in WSADuplicateSocket and puts it into
 * dwServiceFlags3. */
static struct {
  DWORD number;
  layer_state *source;
} duplicates[DUPLICATES_MAX];
static volatile LONG next_duplicate;

static int note_duplicate(SOCKET s, DWORD process, DWORD number, int result) {
  if (result != 0 || process != GetCurrentProcessId()) return result;
  LONG place = InterlockedIncrement(&next_duplicate) % DUPLICATES_MAX;
  duplicates[place].number = number;
  duplicates[place].source = layer_find(s);
  return result;
}

int WSAAPI overlay_WSADuplicateSocketW(SOCKET s, DWORD process, WSAPROTOCOL_INFOW *info) {
  int result = builtin.WSADuplicateSocketW(s, process, info);
  return note_duplicate(s, process, result == 0 ? info->dwServiceFlags3 : 0, result);
}

int WSAAPI overlay_WSADuplicateSocketA(SOCKET s, DWORD process, WSAPROTOCOL_INFOA *info) {
  int result = builtin.WSADuplicateSocketA(s, process, info);
  return note_duplicate(s, process, result == 0 ? info->dwServiceFlags3 : 0, result);
}

static layer_state *source_of(DWORD number) {
  for (int i = 0; i < DUPLICATES_MAX; i++) {
    if (duplicates[i].number != number || !duplicates[i].source) continue;
    layer_state *source = duplicates[i].source;
    duplicates[i].source = NULL;
    return source->is_known ? source : NULL;
  }
  return NULL;
}

static SOCKET note_opened(SOCKET s, int family, int type, int is_duplicate, DWORD number) {
  layer_state *source = is_duplicate ? source_of(number) : NULL;
  if (!is_duplicate) {
    layer_note(s, family, type);
    return s;
  }
  layer_state *state = layer_recall(s);
  if (state) layer_forget(state);
  state = layer_find(s);
  if (!state || !source) return s;
  state->is_nonblocking = source->is_nonblocking;
  state->takes_first_refusal = source->takes_first_refusal;
  state->is_quiet = source->is_quiet;
  state->queue_length = source->queue_length;
  if (layer_is_unbound(source) && layer_arises(ROW_DUPLICATE_UNBOUND)) state->was_duplicated_unbound = 1;
  return s;
}

SOCKET WSAAPI overlay_WSASocketW(int family, int type, int protocol, WSAPROTOCOL_INFOW *info, GROUP group,
                                 DWORD flags) {
  SOCKET s = builtin.WSASocketW(family, type, protocol, info, group, flags);
  return s == INVALID_SOCKET ? s : note_opened(s, family, type, info != NULL, info ? info->dwServiceFlags3 : 0);
}

SOCKET WSAAPI overlay_WSASocketA(int family, int type, int protocol, WSAPROTOCOL_INFOA *info, GROUP group,
                                 DWORD flags) {
  SOCKET s = builtin.WSASocketA(family, type, protocol, info, group, flags);
  return s == INVALID_SOCKET ? s : note_opened(s, family, type, info != NULL, info ? info->dwServiceFlags3 : 0);
}

/* ---- Shutdown and close ------------------------------------------------------------------------------------------ */

/* Closing with unread data, or with a linger time of 0, resets the connection. */
static int breaks_off(SOCKET s) {
  struct linger linger = {0, 0};
  int size = sizeof linger;
  u_long unread = 0;
  builtin.getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, &size);
  builtin.ioctlsocket(s, (long)FIONREAD, &unread);
  return (linger.l_onoff && linger.l_linger == 0) || unread > 0;
}

static void leave_connection(layer_state *state) {
  if (breaks_off(state->handle)) return;
  if (layer_has_unsent(state))
    layer_hand_over_unsent(state);
  else
    layer_end_partner(state);
}

int WSAAPI overlay_closesocket(SOCKET s) {
  layer_state *state = layer_recall(s);
  if (!state) return builtin.closesocket(s);
  if (state->is_listening) layer_refuse_deferred(state);
  if (layer_is_stream(state) && state->is_connected) leave_connection(state);
  layer_state before = *state;
  layer_forget(state);
  int result = builtin.closesocket(s);
  if (result != 0 && GetLastError() == WSAEWOULDBLOCK) {
    *state = before; /* the socket lingers and is still open */
    state->unsent = NULL;
    state->partner = NULL;
  }
  return result;
}

int WSAAPI overlay_shutdown(SOCKET s, int how) {
  layer_state *state = layer_find(s);
  if (!layer_is_stream(state)) return builtin.shutdown(s, how);
  if (layer_is_pending(state)) return layer_fail(WSAENOTCONN);
  if (layer_is_reset(state) && layer_arises(ROW_SHUTDOWN_RESET)) return layer_fail(WSAEINVAL);
  AcquireSRWLockExclusive(&layer_lock);
  int has_unsent = how != SD_RECEIVE && layer_has_unsent(state);
  if (has_unsent) {
    state->shutdown_after = how;
    state->has_shutdown_after = 1;
  }
  ReleaseSRWLockExclusive(&layer_lock);
  if (has_unsent) return 0;
  int result = builtin.shutdown(s, how);
  if (result == 0 && how != SD_RECEIVE) layer_end_partner(state);
  return result;
}
