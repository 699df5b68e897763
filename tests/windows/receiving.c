/* receiving.c - the functions that receive.
 * SPDX-License-Identifier: MIT
 */
#include "layer.h"

/* Returns the error after a reset. If the reset answers data that was sent after the peer's FIN, it is
 * WSAECONNABORTED. */
static int broken_off(layer_state *state) {
  if (state->has_partner_ended && state->sent_after_end && layer_arises(ROW_ABORTED)) return WSAECONNABORTED;
  return layer_arises(ROW_RESET) ? WSAECONNRESET : 0;
}

/* Returns the error of a receive on this stream, or 0. */
static int wrong_before(layer_state *state) {
  if (layer_is_pending(state)) return layer_arises(ROW_PENDING_TRANSFER) ? WSAENOTCONN : 0;
  if (state->has_failed || state->is_listening) return layer_arises(ROW_REFUSED_RECEIVE) ? WSAENOTCONN : 0;
  return state->was_reset ? broken_off(state) : 0;
}

static int error_before(layer_state *state) {
  if (!state) return 0;
  return layer_is_stream(state) ? wrong_before(state) : layer_datagram_error(state);
}

static int is_reset_error(int error) {
  return error == WSAECONNRESET || error == WSAECONNABORTED;
}

/* Under Wine 8 a reset looks like the end of the stream. */
static int stream_result(layer_state *state, int received, DWORD wanted, DWORD flags) {
  int error = received < 0 ? (int)GetLastError() : 0;
  int has_ended = received == 0 && wanted > 0;
  if ((has_ended || is_reset_error(error)) && layer_is_reset(state)) {
    int broken = broken_off(state);
    return broken ? layer_fail(broken) : received;
  }
  if (received > 0 && !(flags & (MSG_PEEK | MSG_OOB))) state->received += (uint64_t)received;
  if (received < 0) SetLastError((DWORD)error);
  return received;
}

/* For the ICMP answer of a closed port, Wine has WSAECONNREFUSED. */
static int datagram_result(int received) {
  if (received >= 0 || GetLastError() != WSAECONNREFUSED || !layer_arises(ROW_UNREACHABLE_PORT)) return received;
  return layer_fail(WSAECONNRESET);
}

static int after(layer_state *state, int received, DWORD wanted, DWORD flags) {
  if (!state) return received;
  return layer_is_stream(state) ? stream_result(state, received, wanted, flags) : datagram_result(received);
}

int WSAAPI overlay_recv(SOCKET s, char *data, int size, int flags) {
  layer_state *state = layer_find(s);
  int error = error_before(state);
  if (error) return layer_fail(error);
  return after(state, builtin.recv(s, data, size, flags), (DWORD)size, (DWORD)flags);
}

int WSAAPI overlay_recvfrom(SOCKET s, char *data, int size, int flags, struct sockaddr *from, int *from_size) {
  layer_state *state = layer_find(s);
  int error = error_before(state);
  if (error) return layer_fail(error);
  return after(state, builtin.recvfrom(s, data, size, flags, from, from_size), (DWORD)size, (DWORD)flags);
}

int WSAAPI overlay_WSARecvFrom(SOCKET s, WSABUF *buffers, DWORD count, DWORD *received, DWORD *flags,
                               struct sockaddr *from, int *from_size, WSAOVERLAPPED *overlapped,
                               LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  layer_state *state = layer_find(s);
  int error = error_before(state);
  DWORD asked = flags ? *flags : 0, wanted = 0;
  if (error) return layer_fail(error);
  int result = from ? builtin.WSARecvFrom(s, buffers, count, received, flags, from, from_size, overlapped, routine)
                    : builtin.WSARecv(s, buffers, count, received, flags, overlapped, routine);
  if (overlapped || !received || !buffers) return result;
  for (DWORD i = 0; i < count; i++) wanted += buffers[i].len;
  return after(state, result == 0 ? (int)*received : result, wanted, asked) < 0 ? SOCKET_ERROR : 0;
}

int WSAAPI overlay_WSARecv(SOCKET s, WSABUF *buffers, DWORD count, DWORD *received, DWORD *flags,
                           WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  return overlay_WSARecvFrom(s, buffers, count, received, flags, NULL, NULL, overlapped, routine);
}
