/* afd_provider.c - a layered service provider, which hands out handles of its own.
 * SPDX-License-Identifier: MIT
 *
 * The application's handle is the first layer's. Beneath it are the other layers, if there are any, and the base, which
 * alone the device knows. Each has a number in two bits that no handle uses; Wine has but the application's handle. */
#include "afd_layer.h"

#define BASE_CODE 0x48000022 /* SIO_BASE_HANDLE */
#define POLL_CODE 0x4800001D /* SIO_BSP_HANDLE_POLL */
#define DEPTH_SHIFT 24
#define DEPTH_MASK ((SOCKET)3 << DEPTH_SHIFT)
#define BASE 3

static SOCKET at_depth(SOCKET s, unsigned depth) {
  return (s & ~DEPTH_MASK) | (SOCKET)depth << DEPTH_SHIFT;
}

SOCKET afd_socket_of(HANDLE base) {
  SOCKET s = (SOCKET)base;
  if (!afd_setting(AFD_LAYERED)) return s;
  return (s & DEPTH_MASK) >> DEPTH_SHIFT == BASE ? at_depth(s, 0) : INVALID_SOCKET;
}

static int tell(SOCKET handle, void *out, DWORD *size) {
  *(SOCKET *)out = handle;
  *size = sizeof handle;
  return 0;
}

/* The layers refuse to tell the base, and tell those who want to poll what is directly beneath them. The one above the
 * base is the system's, which tells. */
int WINAPI afd_ioctl(SOCKET s, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size, DWORD *size,
                     WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  unsigned layers = afd_setting(AFD_LAYERED), depth = (unsigned)(s >> DEPTH_SHIFT & 3);
  if (layers == 0 || (code != BASE_CODE && code != POLL_CODE))
    return AFD_REAL(WSAIoctl)(s, code, in, in_size, out, out_size, size, overlapped, routine);
  if (code == POLL_CODE) return tell(at_depth(s, depth < layers ? depth + 1 : depth), out, size);
  if (depth >= layers) return tell(at_depth(s, BASE), out, size);
  afd_hit(AFD_LAYERED);
  WSASetLastError(WSAEFAULT);
  return SOCKET_ERROR;
}
