/* address.c - addresses as values, and their native form.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

#include <string.h>

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static tenon_addr make_addr(int family, int port) {
  tenon_addr addr;
  memset(&addr, 0, sizeof addr);
  if ((family != TENON_AF_INET && family != TENON_AF_INET6) || port < 0 || port > 65535) return addr;
  addr.family = (uint16_t)family;
  addr.port = (uint16_t)port;
  return addr;
}

tenon_addr tenon_addr_any(int family, int port) {
  return make_addr(family, port);
}

tenon_addr tenon_addr_loopback(int family, int port) {
  tenon_addr addr = make_addr(family, port);
  if (addr.family == TENON_AF_INET) memcpy(addr.ip, "\x7f\0\0\1", 4);
  if (addr.family == TENON_AF_INET6) addr.ip[15] = 1;
  return addr;
}

/* To the order of bytes on the wire or back: the same change, or none. */
static uint16_t wire_order(uint16_t value) {
  const uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};
  memcpy(&value, bytes, sizeof bytes);
  return value;
}

/* The BSDs' addresses know their length. */
static inline int give_size(tenon__sockaddr *native, size_t size) {
#ifdef SIN6_LEN
  native->u.any.sa_len = (uint8_t)size;
#endif
  native->size = (socklen_t)size;
  return 0;
}

/* Where all systems have the path of a local address. Linux's abstract names begin with a zero, ours with '@'. */
#define PATH_OFFSET offsetof(struct sockaddr, sa_data)

/* An empty path names nothing, and Linux would choose one. */
TENON__APART static int to_local(const tenon_addr *addr, tenon__sockaddr *native) {
  char *path = (char *)&native->u + PATH_OFFSET;
  const char *end = memchr(addr->path, '\0', sizeof addr->path);
  int is_abstract = addr->path[0] == '@';
  if (!end || end == addr->path) return tenon__refuse(TENON_EINVAL);
  if (end - addr->path > TENON_LOCAL_PATH) return tenon__refuse(TENON_ENAMETOOLONG);
  if (is_abstract && !TENON__NATIVE_ABSTRACT) return tenon__refuse(TENON_ENOTSUP);
  size_t length = (size_t)(end - addr->path);
  memset(&native->u, 0, sizeof native->u);
  memcpy(path, addr->path, length);
  if (is_abstract) path[0] = '\0';
  native->u.any.sa_family = AF_UNIX;
  return give_size(native, PATH_OFFSET + length + !is_abstract);
}

/* What has another name than Tenon can hold stays without a family. */
static void from_local(tenon_addr *addr, const tenon__sockaddr *native) {
  const char *path = (const char *)&native->u + PATH_OFFSET;
  size_t size = (size_t)native->size > PATH_OFFSET ? (size_t)native->size - PATH_OFFSET : 0;
  int is_abstract = TENON__NATIVE_ABSTRACT && size > 1 && path[0] == '\0';
  size_t length = is_abstract ? 1 : 0;
  while (length < size && path[length]) length++;
  if (length >= sizeof addr->path || (is_abstract && length < size)) return;
  addr->family = TENON_AF_UNIX;
  memcpy(addr->path, path, length);
  if (is_abstract) addr->path[0] = '@';
}

int tenon_addr_equal(const tenon_addr *a, const tenon_addr *b) {
  if (!a || !b || a->family != b->family || a->port != b->port) return 0;
  if (a->family == TENON_AF_INET) return memcmp(a->ip, b->ip, 4) == 0;
  if (a->family == TENON_AF_UNIX) return strncmp(a->path, b->path, sizeof a->path) == 0;
  return memcmp(a->ip, b->ip, 16) == 0 && a->scope == b->scope;
}

static inline int to_ipv4(const tenon_addr *addr, tenon__sockaddr *native) {
  native->u.in = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = wire_order(addr->port)};
  memcpy(&native->u.in.sin_addr, addr->ip, 4);
  return give_size(native, sizeof native->u.in);
}

static inline int to_ipv6(const tenon_addr *addr, tenon__sockaddr *native) {
  native->u.in6 =
      (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = wire_order(addr->port), .sin6_scope_id = addr->scope};
  memcpy(&native->u.in6.sin6_addr, addr->ip, 16);
  return give_size(native, sizeof native->u.in6);
}

int tenon__to_sockaddr(const tenon_addr *addr, tenon__sockaddr *native) {
  if (!addr) return tenon__refuse(TENON_EINVAL);
  switch (addr->family) {
    case TENON_AF_INET: return to_ipv4(addr, native);
    case TENON_AF_INET6: return to_ipv6(addr, native);
    case TENON_AF_UNIX: return to_local(addr, native);
    default: return tenon__refuse(TENON_EAFNOSUPPORT);
  }
}

static inline int is_zero(const uint8_t *bytes, size_t size) {
  static const uint8_t zeros[16];
  return memcmp(bytes, zeros, size) == 0;
}

/* Windows does not take the unspecified address for this host. */
TENON__APART static int to_this_host(const tenon_addr *addr, tenon__sockaddr *native) {
  tenon_addr loopback = tenon_addr_loopback(addr->family, addr->port);
  return tenon__to_sockaddr(&loopback, native);
}

TENON__BRIEF int tenon__to_peer(const tenon_addr *addr, tenon__sockaddr *native) {
  if (!addr) return tenon__refuse(TENON_EINVAL);
  if (addr->family == TENON_AF_INET && addr->port != 0 && !is_zero(addr->ip, 4)) return to_ipv4(addr, native);
  if (addr->family == TENON_AF_INET6 && addr->port != 0 && !is_zero(addr->ip, 16)) return to_ipv6(addr, native);
  if (addr->family != TENON_AF_INET && addr->family != TENON_AF_INET6) return tenon__to_sockaddr(addr, native);
  return addr->port == 0 ? tenon__refuse(TENON_EINVAL) : to_this_host(addr, native);
}

static void map_to_v6(tenon__sockaddr *native) {
  tenon_addr plain, mapped;
  tenon__from_sockaddr(&plain, native);
  mapped = tenon_addr_any(TENON_AF_INET6, plain.port);
  memcpy(mapped.ip, mapped_prefix, sizeof mapped_prefix);
  memcpy(mapped.ip + 12, plain.ip, 4);
  tenon__to_sockaddr(&mapped, native);
}

/* Systems find many words for an address of the wrong family, and all of them can mean something else. */
int tenon__fit_family(tenon_sock s, tenon__sockaddr *native, int *result) {
  switch (*result) {
    case TENON_EADDRNOTAVAIL: /* Wine, of a local address */
      if (native->u.any.sa_family != AF_UNIX) return 0;
      break;
    case TENON_EAFNOSUPPORT:
    case TENON_EFAULT:
    case TENON_EINVAL:
    case TENON_ENETUNREACH: /* Linux, sending datagrams */
    case TENON_ENOTSUP: break;
    default: return 0;
  }
  int native_error = tenon_native_error();
  int family = tenon__sys_family(s);
  tenon__sys_remember(native_error);
  int wanted = tenon__family_of(native->u.any.sa_family);
  if (family < 0 || family == wanted) return 0;
  if (family == TENON_AF_INET6 && wanted == TENON_AF_INET && tenon__sys_is_v6only(s) == 0) {
    map_to_v6(native);
    return 1;
  }
  *result = TENON_EAFNOSUPPORT;
  return 0;
}

void tenon__from_sockaddr(tenon_addr *addr, const tenon__sockaddr *native) {
  memset(addr, 0, sizeof *addr);
  if (native->u.any.sa_family == AF_INET && (size_t)native->size >= sizeof native->u.in) {
    addr->family = TENON_AF_INET;
    addr->port = wire_order(native->u.in.sin_port);
    memcpy(addr->ip, &native->u.in.sin_addr, 4);
  } else if (native->u.any.sa_family == AF_INET6 && (size_t)native->size >= sizeof native->u.in6) {
    addr->family = TENON_AF_INET6;
    addr->port = wire_order(native->u.in6.sin6_port);
    memcpy(addr->ip, &native->u.in6.sin6_addr, 16);
    addr->scope = native->u.in6.sin6_scope_id;
    tenon__unmap(addr);
  } else if ((size_t)native->size >= PATH_OFFSET && native->u.any.sa_family == AF_UNIX) {
    from_local(addr, native);
  }
}

void tenon__unmap(tenon_addr *addr) {
  if (addr->family != TENON_AF_INET6 || !tenon__is_mapped(addr->ip)) return;
  tenon_addr plain = make_addr(TENON_AF_INET, addr->port);
  memcpy(plain.ip, addr->ip + 12, 4);
  *addr = plain;
}

int tenon_addr_to_native(const tenon_addr *addr, void *sockaddr, size_t size) {
  if (!sockaddr && size > 0) return tenon__refuse(TENON_EINVAL);
  tenon__sockaddr native;
  int result = tenon__to_sockaddr(addr, &native);
  if (result < 0) return result;
  if (size < (size_t)native.size) return tenon__refuse(TENON_ENOSPC);
  memcpy(sockaddr, &native.u, (size_t)native.size);
  return (int)native.size;
}

int tenon_addr_from_native(tenon_addr *addr, const void *sockaddr, size_t size) {
  tenon__sockaddr native;
  if (!addr || !sockaddr || size < PATH_OFFSET) return tenon__refuse(TENON_EINVAL);
  native.size = (socklen_t)(size < sizeof native.u ? size : sizeof native.u);
  memcpy(&native.u, sockaddr, (size_t)native.size);
  int family = native.u.any.sa_family;
  if (family != AF_INET && family != AF_INET6 && family != AF_UNIX) return tenon__refuse(TENON_EAFNOSUPPORT);
  tenon_addr converted;
  tenon__from_sockaddr(&converted, &native);
  if (converted.family == TENON_AF_UNSPEC) return tenon__refuse(TENON_EINVAL);
  *addr = converted;
  return 0;
}
