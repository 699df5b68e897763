/* watch_win32.c - records what the library asks of Winsock: its imports lead here first.
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <string.h>

/* By the documents Windows queues at most so many for a backlog that is not a hint. */
enum { PLAIN_BACKLOG_MAX = 200, UNICAST_IF = 31 };

static int waits, backlog, refuses_hints, sends_to_refuse;
static unsigned index_asked;

/* Finds the place through which this program calls a function of a DLL, and puts another function there. Returns the one
 * that was there, or 0. */
static ULONG_PTR replace_import(const char *library, const char *function, ULONG_PTR replacement) {
  BYTE *base = (BYTE *)GetModuleHandleW(NULL);
  const IMAGE_NT_HEADERS *headers = (void *)(base + ((IMAGE_DOS_HEADER *)base)->e_lfanew);
  DWORD at = headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress, before;
  for (const IMAGE_IMPORT_DESCRIPTOR *row = (void *)(base + at); row->Name; row++) {
    if (_stricmp((const char *)base + row->Name, library) != 0) continue;
    const IMAGE_THUNK_DATA *names = (void *)(base + row->OriginalFirstThunk);
    IMAGE_THUNK_DATA *places = (void *)(base + row->FirstThunk);
    for (; names->u1.AddressOfData; names++, places++) {
      const IMAGE_IMPORT_BY_NAME *name = (void *)(base + names->u1.AddressOfData);
      if (IMAGE_SNAP_BY_ORDINAL(names->u1.Ordinal) || strcmp((const char *)name->Name, function) != 0) continue;
      ULONG_PTR found = places->u1.Function;
      if (!VirtualProtect(places, sizeof *places, PAGE_READWRITE, &before)) return 0;
      places->u1.Function = replacement;
      return found;
    }
  }
  return 0;
}

static ULONG_PTR real_select, real_poll, real_listen, real_setsockopt, real_send;

static int WSAAPI watched_select(int count, fd_set *readable, fd_set *writable, fd_set *odd, const PTIMEVAL limit) {
  waits++;
  return ((int(WSAAPI *)(int, fd_set *, fd_set *, fd_set *, const PTIMEVAL))real_select)(count, readable, writable, odd,
                                                                                         limit);
}

static int WSAAPI watched_poll(LPWSAPOLLFD items, ULONG count, INT timeout_ms) {
  waits++;
  return ((int(WSAAPI *)(LPWSAPOLLFD, ULONG, INT))real_poll)(items, count, timeout_ms);
}

static int WSAAPI watched_listen(SOCKET s, int asked) {
  if (asked < 0 && refuses_hints) {
    WSASetLastError(WSAEINVAL);
    return SOCKET_ERROR;
  }
  backlog = asked < 0 ? -asked : asked < PLAIN_BACKLOG_MAX ? asked : PLAIN_BACKLOG_MAX;
  return ((int(WSAAPI *)(SOCKET, int))real_listen)(s, asked);
}

static int WSAAPI watched_setsockopt(SOCKET s, int level, int name, const char *value, int size) {
  int is_index = (level == IPPROTO_IP || level == IPPROTO_IPV6) && name == UNICAST_IF;
  if (is_index && index_asked == 0) memcpy(&index_asked, value, sizeof index_asked);
  return ((int(WSAAPI *)(SOCKET, int, int, const char *, int))real_setsockopt)(s, level, name, value, size);
}

static int WSAAPI watched_send(SOCKET s, const char *data, int size, int flags) {
  if (sends_to_refuse > 0) {
    sends_to_refuse--;
    WSASetLastError(WSAENOBUFS);
    return SOCKET_ERROR;
  }
  return ((int(WSAAPI *)(SOCKET, const char *, int, int))real_send)(s, data, size, flags);
}

void support_watch(int hints_are_refused) {
  static const char library[] = "ws2_32.dll";
  waits = backlog = 0;
  index_asked = 0;
  refuses_hints = hints_are_refused;
  if (real_select) return;
  real_select = replace_import(library, "select", (ULONG_PTR)watched_select);
  real_poll = replace_import(library, "WSAPoll", (ULONG_PTR)watched_poll);
  real_listen = replace_import(library, "listen", (ULONG_PTR)watched_listen);
  real_setsockopt = replace_import(library, "setsockopt", (ULONG_PTR)watched_setsockopt);
  real_send = replace_import(library, "send", (ULONG_PTR)watched_send);
}

void support_refuse_sends(int count) {
  support_watch(0);
  sends_to_refuse = count;
}

int support_watched_waits(void) {
  return real_select && real_poll ? waits : -1;
}

int support_watched_backlog(void) {
  return real_listen ? backlog : -1;
}

int support_watched_index(int is_ipv6) {
  return (int)(is_ipv6 ? index_asked : ntohl(index_asked));
}
