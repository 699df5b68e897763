/* win32/sys_lookup.c - the system's resolver, in its wide form: the other one knows no UTF-8.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

#include <limits.h>

/* 0 characters for a name that is no UTF-8. */
static int to_wide(const char *name, WCHAR *wide, int capacity) {
  return MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, name, -1, wide, capacity);
}

/* The length without the final zero, or a failure. */
static int from_wide(const WCHAR *wide, char *name, size_t size) {
  int capacity = size < INT_MAX ? (int)size : INT_MAX;
  int bytes = WideCharToMultiByte(CP_UTF8, 0, wide, -1, name, capacity, NULL, NULL);
  return bytes > 0 ? bytes - 1 : tenon__refuse(TENON_ENOSPC);
}

int tenon__sys_getaddrinfo(const char *name, int is_host, const tenon__native_info *hints, tenon__native_info **list) {
  WCHAR wide[NI_MAXHOST];
  if (!to_wide(name, wide, NI_MAXHOST)) return tenon__refuse(is_host ? TENON_EAI_NONAME : TENON_EAI_SERVICE);
  PCWSTR host = is_host ? wide : NULL, service = is_host ? NULL : wide;
  int error = GetAddrInfoW(host, service, hints, list);
  if (error == WSANOTINITIALISED && tenon__sys_startup() == 0) error = GetAddrInfoW(host, service, hints, list);
  return error == 0 ? 0 : tenon__returned(TENON__LOOKUP, error);
}

int tenon__sys_canonname(const tenon__native_info *list, char *name, size_t size) {
  if (!list->ai_canonname || !list->ai_canonname[0]) return tenon__refuse(TENON_EAI_NONAME);
  return from_wide(list->ai_canonname, name, size);
}

void tenon__sys_freeaddrinfo(tenon__native_info *list) {
  FreeAddrInfoW(list);
}

int tenon__sys_getnameinfo(const tenon__sockaddr *address, char *host, size_t size) {
  WCHAR wide[NI_MAXHOST];
  int error = GetNameInfoW(&address->u.any, address->size, wide, NI_MAXHOST, NULL, 0, NI_NAMEREQD);
  if (error == WSANOTINITIALISED && tenon__sys_startup() == 0)
    error = GetNameInfoW(&address->u.any, address->size, wide, NI_MAXHOST, NULL, 0, NI_NAMEREQD);
  return error == 0 ? from_wide(wide, host, size) : tenon__returned(TENON__LOOKUP, error);
}
