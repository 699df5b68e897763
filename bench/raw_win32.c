/* raw_win32.c - what is measured, by Winsock's calls.
 * SPDX-License-Identifier: MIT */
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0601
#endif

#include <winsock2.h> /* before windows.h, which tenon.h does not need but others bring */
#include <ws2tcpip.h>
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

const way way_raw = {"raw", transfer, connect_many, parse};
