/* posix/sys_lookup.c - the system's resolver.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

#include <string.h>

static int lookup_failure(int native) {
  return native == EAI_SYSTEM ? tenon__failure(TENON__NAMES, TENON_NO_SOCK) : tenon__returned(TENON__LOOKUP, native);
}

int tenon__sys_getaddrinfo(const char *name, int is_host, const tenon__native_info *hints, tenon__native_info **list) {
  int error = getaddrinfo(is_host ? name : NULL, is_host ? NULL : name, hints, list);
  return error == 0 ? 0 : lookup_failure(error);
}

int tenon__sys_canonname(const tenon__native_info *list, char *name, size_t size) {
  size_t length = list->ai_canonname ? strlen(list->ai_canonname) : 0;
  if (length == 0) return tenon__refuse(TENON_EAI_NONAME);
  if (length >= size) return tenon__refuse(TENON_ENOSPC);
  memcpy(name, list->ai_canonname, length + 1);
  return (int)length;
}

void tenon__sys_freeaddrinfo(tenon__native_info *list) {
  freeaddrinfo(list);
}

int tenon__sys_getnameinfo(const tenon__sockaddr *address, char *host, size_t size) {
  int error = getnameinfo(&address->u.any, address->size, host, (socklen_t)size, NULL, 0, NI_NAMEREQD);
  return error == 0 ? (int)strlen(host) : lookup_failure(error);
}
