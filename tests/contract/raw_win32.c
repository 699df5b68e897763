/* raw_win32.c - what a Berkeley program that was brought to Windows has of its own there.
 * SPDX-License-Identifier: MIT
 */
#include "raw.h"

/* Beyond the numbers of Winsock: what never returns, measured under Wine 8; and those of lookups. */
enum { NEVER_RETURNS = 30000, LOOKUP = 40000 };

int raw_startup(void) {
  WSADATA data;
  return WSAStartup(MAKEWORD(2, 2), &data) ? SOCKET_ERROR : 0;
}

int raw_cleanup(void) {
  return WSACleanup();
}

int raw_failure(void) {
  return -WSAGetLastError();
}

int raw_lookup_failure(int code) {
  return -(LOOKUP + code);
}

#define ROW(name) \
  { name, #name }
#define LOOKUP_ROW(name) \
  { LOOKUP + name, #name }
static const struct {
  int number;
  const char *name;
} names[] = {ROW(WSAEINTR),
             ROW(WSAEBADF),
             ROW(WSAEACCES),
             ROW(WSAEFAULT),
             ROW(WSAEINVAL),
             ROW(WSAEMFILE),
             ROW(WSAEWOULDBLOCK),
             ROW(WSAEINPROGRESS),
             ROW(WSAEALREADY),
             ROW(WSAENOTSOCK),
             ROW(WSAEDESTADDRREQ),
             ROW(WSAEMSGSIZE),
             ROW(WSAEPROTOTYPE),
             ROW(WSAENOPROTOOPT),
             ROW(WSAEPROTONOSUPPORT),
             ROW(WSAESOCKTNOSUPPORT),
             ROW(WSAEOPNOTSUPP),
             ROW(WSAEAFNOSUPPORT),
             ROW(WSAEADDRINUSE),
             ROW(WSAEADDRNOTAVAIL),
             ROW(WSAENETUNREACH),
             ROW(WSAECONNABORTED),
             ROW(WSAECONNRESET),
             ROW(WSAEISCONN),
             ROW(WSAENOTCONN),
             ROW(WSAESHUTDOWN),
             ROW(WSAETIMEDOUT),
             ROW(WSAECONNREFUSED),
             ROW(WSANOTINITIALISED),
             LOOKUP_ROW(EAI_NONAME),
             LOOKUP_ROW(EAI_AGAIN),
             LOOKUP_ROW(EAI_FAIL),
             LOOKUP_ROW(EAI_SERVICE),
             LOOKUP_ROW(EAI_FAMILY),
             LOOKUP_ROW(EAI_SOCKTYPE),
             LOOKUP_ROW(EAI_BADFLAGS),
             {NEVER_RETURNS, "(never returns)"}};

const char *raw_name(intptr_t result) {
  if (result >= 0) return "OK";
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i].number == -result) return names[i].name;
  return "?";
}

int raw_close(raw_socket s) {
  return closesocket(s);
}

int raw_set_nonblocking(raw_socket s, int on) {
  u_long mode = (u_long)on;
  return ioctlsocket(s, (long)FIONBIO, &mode);
}

int raw_poll(struct pollfd *items, int count, int timeout_ms) {
  if (count < 0) WSASetLastError(NEVER_RETURNS);
  if (count < 0) return SOCKET_ERROR;
  return WSAPoll(items, (ULONG)count, timeout_ms);
}

int raw_socketpair(raw_socket pair[2]) {
  (void)pair;
  WSASetLastError(WSAEOPNOTSUPP);
  return SOCKET_ERROR;
}

int64_t raw_now_ms(void) {
  return (int64_t)GetTickCount64();
}
