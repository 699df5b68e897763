/* datagram.c - datagram sockets: unbound receives, ICMP answers from closed ports, WSARecvMsg.
 * SPDX-License-Identifier: MIT
 */
#include "layer.h"

#include <stdlib.h>

/* ---- Closed ports ------------------------------------------------------------------------------------------------ */

/* Returns 1 if a datagram socket of this host has the port, 0 if none has it, and -1 if the system does not say. */
static int has_port(const WCHAR *path, unsigned short port) {
  static char text[1 << 18];
  static SRWLOCK lock = SRWLOCK_INIT;
  DWORD size = 0, got = 0;
  int is_there = 0;
  HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
  if (file == INVALID_HANDLE_VALUE) return -1;
  AcquireSRWLockExclusive(&lock);
  while (size < sizeof text - 1 && ReadFile(file, text + size, (DWORD)sizeof text - 1 - size, &got, NULL) && got > 0)
    size += got;
  text[size] = '\0';
  for (char *line = strchr(text, '\n'); line && !is_there; line = strchr(line + 1, '\n')) {
    char *at = strchr(line, ':');
    at = at ? strchr(at + 1, ':') : NULL;
    is_there = at && strtoul(at + 1, NULL, 16) == (unsigned long)((port >> 8 | port << 8) & 0xffff);
  }
  ReleaseSRWLockExclusive(&lock);
  CloseHandle(file);
  return is_there;
}

/* Wine never reports an ICMP answer on an unconnected socket. The layer knows only loopback addresses. */
void layer_note_unreachable(layer_state *state, const struct sockaddr *to, int size) {
  DWORD error = GetLastError();
  layer_name name = to ? layer_name_of(to, size) : (layer_name){.family = AF_UNSPEC};
  state->was_duplicated_unbound = 0;
  if (!state->is_quiet && !state->is_connected && state->type == SOCK_DGRAM && name.family != AF_UNSPEC &&
      layer_is_loopback(&name) && has_port(L"\\\\?\\unix\\proc\\net\\udp", name.port) == 0 &&
      has_port(L"\\\\?\\unix\\proc\\net\\udp6", name.port) <= 0)
    state->has_unreachable = 1;
  SetLastError(error);
}

int layer_datagram_error(layer_state *state) {
  if (state->type != SOCK_DGRAM) return 0;
  if (layer_is_unbound(state) && layer_arises(ROW_UNBOUND)) return WSAEINVAL;
  if (!state->has_unreachable) return 0;
  state->has_unreachable = 0;
  return layer_arises(ROW_UNREACHABLE_PORT) ? WSAECONNRESET : 0;
}

/* ---- WSARecvMsg -------------------------------------------------------------------------------------------------- */

/* Windows returns the received size along with WSAEMSGSIZE, where Wine returns 0. */
int WSAAPI overlay_WSARecvMsg(SOCKET s, WSAMSG *message, DWORD *received, WSAOVERLAPPED *overlapped,
                              LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  layer_state *state = layer_find(s);
  int error = state ? layer_datagram_error(state) : 0;
  if (error) return layer_fail(error);
  u_long waiting = 0;
  if (state && message && !overlapped) builtin.ioctlsocket(s, (long)FIONREAD, &waiting);
  int result = builtin.WSARecvMsg(s, message, received, overlapped, routine);
  error = (int)GetLastError();
  if (result == 0 || !state || !message || overlapped) return result;
  if (error == WSAECONNREFUSED && layer_arises(ROW_UNREACHABLE_PORT)) return layer_fail(WSAECONNRESET);
  if (error != WSAEMSGSIZE || !received || !layer_arises(ROW_MESSAGE_SIZE)) return layer_fail(error);
  DWORD room = 0;
  for (DWORD i = 0; i < message->dwBufferCount; i++) room += message->lpBuffers[i].len;
  *received = waiting > 0 && waiting < room ? waiting : room;
  if (!(message->dwFlags & MSG_CTRUNC) || waiting > room) message->dwFlags |= MSG_TRUNC;
  return layer_fail(WSAEMSGSIZE);
}
