/* sending.c - the functions that send.
 * SPDX-License-Identifier: MIT
 */
#include "layer.h"

enum { SEND_BUFFER = 65536 };

static size_t total_of(const WSABUF *buffers, DWORD count) {
  size_t total = 0;
  for (DWORD i = 0; i < count; i++) total += buffers[i].len;
  return total;
}

/* Returns the error of a stream without a connection, or 0. Wine 8 has WSAECONNRESET for it. */
static int unconnected(layer_state *state) {
  if (layer_is_pending(state)) return layer_arises(ROW_PENDING_TRANSFER) ? WSAENOTCONN : 0;
  return !state->is_connected && layer_setting(ROW_PENDING_TRANSFER) ? WSAENOTCONN : 0;
}

/* The setting makes the first send of each socket fail. */
static int has_no_buffers(layer_state *state) {
  if (layer_setting(ROW_NO_BUFFERS) != NO_BUFFERS_SEND || state->had_no_buffers) return 0;
  layer_arises(ROW_NO_BUFFERS);
  return state->had_no_buffers = 1;
}

static int declined(layer_state *state) {
  int error = unconnected(state);
  if (error) return error;
  if (state->has_shutdown_after) return WSAESHUTDOWN;
  if (has_no_buffers(state)) return WSAENOBUFS;
  return layer_has_unsent(state) ? WSAEWOULDBLOCK : 0;
}

/* Keeps what the system did not take, and reports all data as sent. */
static void take_whole(layer_state *state, const WSABUF *buffers, DWORD count, size_t total, DWORD *sent, DWORD flags) {
  int is_large = total > SEND_BUFFER || *sent < total;
  if (!state->is_nonblocking || !is_large || flags & MSG_OOB || !layer_arises(ROW_SENT_WHOLE)) return;
  if (*sent < total) layer_keep_unsent(state, buffers, count, *sent);
  *sent = (DWORD)total;
}

static int send_stream(layer_state *state, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags) {
  int error = declined(state);
  if (error) return layer_fail(error);
  size_t total = total_of(buffers, count);
  int result = builtin.WSASend(state->handle, buffers, count, sent, flags, NULL, NULL);
  if (result != 0) return result;
  take_whole(state, buffers, count, total, sent, flags);
  state->sent += *sent;
  if (state->has_partner_ended) state->sent_after_end = 1;
  return 0;
}

static int send_one(layer_state *state, const char *data, int size, int flags) {
  WSABUF buffer = {(ULONG)size, (char *)(uintptr_t)data};
  DWORD sent = 0;
  return send_stream(state, &buffer, 1, &sent, (DWORD)flags) == 0 ? (int)sent : SOCKET_ERROR;
}

int WSAAPI overlay_send(SOCKET s, const char *data, int size, int flags) {
  layer_state *state = layer_find(s);
  if (!layer_is_stream(state) || size < 0) return builtin.send(s, data, size, flags);
  return send_one(state, data, size, flags);
}

int WSAAPI overlay_sendto(SOCKET s, const char *data, int size, int flags, const struct sockaddr *to, int to_size) {
  layer_state *state = layer_find(s);
  if (layer_is_stream(state) && size >= 0) return send_one(state, data, size, flags);
  int sent = builtin.sendto(s, data, size, flags, to, to_size);
  if (sent >= 0 && state) layer_note_unreachable(state, to, to_size);
  return sent;
}

int WSAAPI overlay_WSASend(SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags, WSAOVERLAPPED *overlapped,
                           LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  layer_state *state = layer_find(s);
  if (layer_is_stream(state) && sent && !overlapped) return send_stream(state, buffers, count, sent, flags);
  int error = layer_is_stream(state) ? unconnected(state) : 0;
  return error ? layer_fail(error) : builtin.WSASend(s, buffers, count, sent, flags, overlapped, routine);
}

int WSAAPI overlay_WSASendTo(SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags,
                             const struct sockaddr *to, int to_size, WSAOVERLAPPED *overlapped,
                             LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  layer_state *state = layer_find(s);
  if (layer_is_stream(state)) return overlay_WSASend(s, buffers, count, sent, flags, overlapped, routine);
  int result = builtin.WSASendTo(s, buffers, count, sent, flags, to, to_size, overlapped, routine);
  if (result == 0 && state) layer_note_unreachable(state, to, to_size);
  return result;
}

/* The documents allow it for datagram sockets only. */
int WSAAPI overlay_WSASendMsg(SOCKET s, WSAMSG *message, DWORD flags, DWORD *sent, WSAOVERLAPPED *overlapped,
                              LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  layer_state *state = layer_find(s);
  int result = builtin.WSASendMsg(s, message, flags, sent, overlapped, routine);
  if (result == 0 && state && message) layer_note_unreachable(state, message->name, message->namelen);
  return result;
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

/* Client editions of Windows run two TransmitFile calls at a time in the whole system. A third one waits. */
static HANDLE places[2];

void layer_prepare_transmission(void) {
  if (places[0]) return;
  places[0] = CreateMutexW(NULL, FALSE, L"tenon-layer-transmission-0");
  places[1] = CreateMutexW(NULL, FALSE, L"tenon-layer-transmission-1");
}

static HANDLE enter_transmission(void) {
  DWORD place = WaitForMultipleObjects(2, places, FALSE, INFINITE);
  return places[(place - WAIT_OBJECT_0) % 2];
}

/* Waits for the end of an overlapped call, too, to know when the place is free. */
BOOL WSAAPI overlay_TransmitFile(SOCKET s, HANDLE file, DWORD count, DWORD chunk, OVERLAPPED *overlapped,
                                 TRANSMIT_FILE_BUFFERS *buffers, DWORD flags) {
  DWORD sent = 0;
  if (!layer_arises(ROW_TRANSMIT_FILE)) return builtin.TransmitFile(s, file, count, chunk, overlapped, buffers, flags);
  HANDLE place = enter_transmission();
  BOOL is_done = builtin.TransmitFile(s, file, count, chunk, overlapped, buffers, flags);
  DWORD error = GetLastError();
  if (!is_done && error == WSA_IO_PENDING && overlapped) {
    GetOverlappedResult((HANDLE)s, overlapped, &sent, TRUE);
    if (overlapped->hEvent) SetEvent(overlapped->hEvent);
  }
  ReleaseMutex(place);
  SetLastError(error);
  return is_done;
}
