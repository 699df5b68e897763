/* raw_win32.c - what is measured, by Winsock's calls.
 * SPDX-License-Identifier: MIT */
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0601
#endif

#include <winsock2.h> /* before windows.h, which tenon.h does not need but others bring */
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>

#include "ways.h"

#include <stdlib.h>
#include <string.h>

double raw_nanoseconds(void) {
  LARGE_INTEGER frequency, ticks;
  QueryPerformanceFrequency(&frequency);
  QueryPerformanceCounter(&ticks);
  return (double)ticks.QuadPart * 1e9 / (double)frequency.QuadPart;
}

/* Tenon's handles are non-blocking on Windows; programs that call Winsock by themselves mostly leave theirs blocking. */
static void set_blocking(tenon_sock s, int on) {
  u_long nonblocking = !on;
  ioctlsocket((SOCKET)s, (long)FIONBIO, &nonblocking);
}

static int transfer(tenon_sock from, tenon_sock to, long count) {
  SOCKET out = (SOCKET)from, in = (SOCKET)to;
  char byte = 'x';
  long done = 0;
  set_blocking(from, 1);
  set_blocking(to, 1);
  while (done < count && send(out, &byte, 1, 0) == 1 && recv(in, &byte, 1, 0) == 1) done++;
  set_blocking(from, 0);
  set_blocking(to, 0);
  return done == count ? 0 : -1;
}

static int vector_once(SOCKET out, SOCKET in) {
  char bytes[4] = "four";
  WSABUF parts[] = {{1, bytes}, {1, bytes + 1}, {1, bytes + 2}, {1, bytes + 3}};
  DWORD sent = 0, received = 0, flags = 0;
  if (WSASend(out, parts, 4, &sent, 0, NULL, NULL) != 0 || sent != 4) return -1;
  return WSARecv(in, parts, 4, &received, &flags, NULL, NULL) == 0 && received == 4 ? 0 : -1;
}

static int vector(tenon_sock from, tenon_sock to, long count) {
  long done = 0;
  set_blocking(from, 1);
  set_blocking(to, 1);
  while (done < count && vector_once((SOCKET)from, (SOCKET)to) == 0) done++;
  set_blocking(from, 0);
  set_blocking(to, 0);
  return done == count ? 0 : -1;
}

static int message_once(SOCKET out, SOCKET in, struct sockaddr_in *at, LPFN_WSARECVMSG receive_message) {
  char byte = 'x', facts[256];
  struct sockaddr_in peer;
  WSABUF buffer = {1, &byte};
  WSAMSG header = {(struct sockaddr *)&peer, sizeof peer, &buffer, 1, {sizeof facts, facts}, 0};
  DWORD sent = 0, received = 0;
  if (WSASendTo(out, &buffer, 1, &sent, 0, (struct sockaddr *)at, sizeof *at, NULL, NULL) != 0 || sent != 1) return -1;
  if (receive_message(in, &header, &received, NULL, NULL) != 0 || received != 1) return -1;
  return header.Control.len >= sizeof(WSACMSGHDR) ? 0 : -1;
}

static int message(tenon_sock from, tenon_sock to, const tenon_addr *at, long count) {
  GUID name = WSAID_WSARECVMSG;
  LPFN_WSARECVMSG receive_message;
  struct sockaddr_in native;
  DWORD bytes;
  long done = 0;
  if (tenon_addr_to_native(at, &native, sizeof native) < 0) return -1;
  if (WSAIoctl((SOCKET)to, SIO_GET_EXTENSION_FUNCTION_POINTER, &name, sizeof name, &receive_message,
               sizeof receive_message, &bytes, NULL, NULL) != 0)
    return -1;
  set_blocking(to, 1);
  while (done < count && message_once((SOCKET)from, (SOCKET)to, &native, receive_message) == 0) done++;
  set_blocking(to, 0);
  return done == count ? 0 : -1;
}

static int batch(tenon_sock from, tenon_sock to, const tenon_addr *at, long count) {
  static char data[BATCH][DATAGRAM];
  struct sockaddr_in native;
  (void)to;
  if (tenon_addr_to_native(at, &native, sizeof native) < 0) return -1;
  for (long i = 0; i < count; i++)
    for (int k = 0; k < BATCH; k++)
      if (sendto((SOCKET)from, data[k], DATAGRAM, 0, (struct sockaddr *)&native, sizeof native) != DATAGRAM) return -1;
  return 0;
}

static int connect_once(SOCKET listener, const struct sockaddr_in *at) {
  SOCKET client = socket(AF_INET, SOCK_STREAM, 0);
  if (client == INVALID_SOCKET || connect(client, (const struct sockaddr *)at, sizeof *at) != 0) return -1;
  SOCKET served = accept(listener, NULL, NULL);
  return served == INVALID_SOCKET || closesocket(client) != 0 || closesocket(served) != 0 ? -1 : 0;
}

static int connect_many(tenon_sock listener, const tenon_addr *at, long count) {
  struct sockaddr_in native;
  long done = 0;
  if (tenon_addr_to_native(at, &native, sizeof native) < 0) return -1;
  set_blocking(listener, 1);
  while (done < count && connect_once((SOCKET)listener, &native) == 0) done++;
  set_blocking(listener, 0);
  return done == count ? 0 : -1;
}

static int parse_once(const char *ip, const char *port, SOCKADDR_STORAGE *native) {
  int family = strchr(ip, ':') ? AF_INET6 : AF_INET;
  struct sockaddr_in *in = (struct sockaddr_in *)native;
  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)native;
  native->ss_family = (short)family;
  in->sin_port = port ? htons((u_short)strtoul(port, NULL, 10)) : 0; /* at the same place in both */
  return inet_pton(family, ip, family == AF_INET ? (void *)&in->sin_addr : (void *)&in6->sin6_addr) == 1 ? 0 : -1;
}

static int parse(const char *ip, const char *port, const char *whole, long count) {
  (void)whole;
  SOCKADDR_STORAGE native;
  for (long i = 0; i < count; i++)
    if (parse_once(ip, port, &native) < 0) return -1;
  return 0;
}

const way way_raw = {"raw", transfer, vector, message, batch, connect_many, parse};
