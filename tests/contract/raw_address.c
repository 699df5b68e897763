/* raw_address.c - what the transcript would be without Tenon: addresses and names.
 * SPDX-License-Identifier: MIT
 */
#include "raw_address.h"

#include <stdio.h>
#include <string.h>

int raw_family(int family) {
  return family == TENON_AF_INET ? AF_INET : family == TENON_AF_INET6 ? AF_INET6 : family;
}

raw_address raw_address_of(const tenon_addr *addr) {
  static struct sockaddr_storage storage;
  struct sockaddr_in *in = (struct sockaddr_in *)&storage;
  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&storage;
  raw_address native = {(struct sockaddr *)&storage, sizeof *in6};
  memset(&storage, 0, sizeof storage);
  if (!addr) return (raw_address){NULL, 0};
  if (addr->family == TENON_AF_INET6) {
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons(addr->port);
    in6->sin6_scope_id = addr->scope;
    memcpy(&in6->sin6_addr, addr->ip, sizeof in6->sin6_addr);
    return native;
  }
  storage.ss_family = (raw_number)addr->family;
  in->sin_port = htons(addr->port);
  memcpy(&in->sin_addr, addr->ip, sizeof in->sin_addr);
  native.size = sizeof *in;
  return native;
}

tenon_addr raw_address_from(const struct sockaddr_storage *native) {
  tenon_addr addr = {.family = TENON_AF_UNSPEC};
  const struct sockaddr_in *in = (const struct sockaddr_in *)native;
  const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)native;
  if (native->ss_family == AF_INET) {
    addr.family = TENON_AF_INET;
    addr.port = ntohs(in->sin_port);
    memcpy(addr.ip, &in->sin_addr, sizeof in->sin_addr);
  }
  if (native->ss_family == AF_INET6) {
    addr.family = TENON_AF_INET6;
    addr.port = ntohs(in6->sin6_port);
    addr.scope = in6->sin6_scope_id;
    memcpy(addr.ip, &in6->sin6_addr, sizeof in6->sin6_addr);
  }
  return addr;
}

/* ---- Names of sockets -------------------------------------------------------------------------------------------- */

static int name(int failed, tenon_addr *addr, const struct sockaddr_storage *native) {
  if (failed) return raw_failure();
  if (addr) *addr = raw_address_from(native);
  return 0;
}

int tenon_getsockname(tenon_sock s, tenon_addr *local) {
  struct sockaddr_storage native;
  socklen_t size = sizeof native;
  return name(getsockname((raw_socket)s, local ? (struct sockaddr *)&native : NULL, &size), local, &native);
}

int tenon_getpeername(tenon_sock s, tenon_addr *peer) {
  struct sockaddr_storage native;
  socklen_t size = sizeof native;
  return name(getpeername((raw_socket)s, peer ? (struct sockaddr *)&native : NULL, &size), peer, &native);
}

/* ---- Addresses --------------------------------------------------------------------------------------------------- */

tenon_addr tenon_addr_any(int family, int port) {
  tenon_addr addr = {.family = (uint16_t)family, .port = (uint16_t)port};
  return addr;
}

tenon_addr tenon_addr_loopback(int family, int port) {
  tenon_addr addr = tenon_addr_any(family, port);
  if (family == TENON_AF_INET) addr.ip[0] = 127, addr.ip[3] = 1;
  if (family == TENON_AF_INET6) addr.ip[15] = 1;
  return addr;
}

int tenon_addr_equal(const tenon_addr *a, const tenon_addr *b) {
  return memcmp(a, b, sizeof *a) == 0;
}

int tenon_addr_parse(tenon_addr *addr, const char *text) {
  unsigned port;
  unsigned char ip[4];
  if (sscanf(text, "%hhu.%hhu.%hhu.%hhu:%u", &ip[0], &ip[1], &ip[2], &ip[3], &port) != 5) return -1;
  *addr = tenon_addr_any(TENON_AF_INET, (int)port);
  memcpy(addr->ip, ip, sizeof ip);
  return 0;
}

int tenon_addr_format(const tenon_addr *addr, char *text, size_t size) {
  char host[INET6_ADDRSTRLEN];
  if (!inet_ntop(raw_family(addr->family), addr->ip, host, sizeof host)) return raw_failure();
  if (addr->port) return snprintf(text, size, "%s:%d", host, addr->port);
  return snprintf(text, size, "%s", host);
}

/* ---- Lookups ----------------------------------------------------------------------------------------------------- */

int tenon_resolve(const char *host, const char *service, const tenon_hints *hints, tenon_addr *list, int capacity,
                  int timeout_ms) {
  struct addrinfo native, *found = NULL;
  int count = 0;
  (void)timeout_ms;
  memset(&native, 0, sizeof native);
  native.ai_family = raw_family(hints->family);
  native.ai_socktype = hints->type;
  native.ai_flags |= hints->flags & TENON_AI_PASSIVE ? AI_PASSIVE : 0;
  native.ai_flags |= hints->flags & TENON_AI_NUMERICHOST ? AI_NUMERICHOST : 0;
  native.ai_flags |= hints->flags & TENON_AI_NUMERICSERV ? AI_NUMERICSERV : 0;
  native.ai_flags |= hints->flags & ~7;
  int result = getaddrinfo(host, service, &native, &found);
  if (result) return raw_lookup_failure(result);
  for (const struct addrinfo *row = found; row; row = row->ai_next, count++)
    if (count < capacity) list[count] = raw_address_from((const struct sockaddr_storage *)row->ai_addr);
  freeaddrinfo(found);
  return count;
}

int tenon_reverse(const tenon_addr *addr, char *host, size_t host_size, char *service, size_t service_size,
                  int timeout_ms) {
  raw_address native = raw_address_of(addr);
  (void)timeout_ms;
  int result = getnameinfo(native.at, native.size, host, (raw_room)host_size, service, (raw_room)service_size, 0);
  return result ? raw_lookup_failure(result) : 0;
}

int tenon_canonname(const char *host, char *text, size_t size, int timeout_ms) {
  struct addrinfo native = {.ai_flags = AI_CANONNAME}, *found = NULL;
  (void)timeout_ms;
  int result = getaddrinfo(host, NULL, &native, &found);
  if (result) return raw_lookup_failure(result);
  snprintf(text, size, "%s", found->ai_canonname ? found->ai_canonname : "");
  freeaddrinfo(found);
  return (int)strlen(text);
}
