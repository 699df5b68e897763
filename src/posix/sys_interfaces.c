/* posix/sys_interfaces.c - the system's network interfaces.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>

static int flags_of(unsigned native) {
  int flags = native & IFF_UP ? TENON_INTERFACE_UP : 0;
  if (native & IFF_LOOPBACK) flags |= TENON_INTERFACE_LOOPBACK;
  if (native & IFF_MULTICAST) flags |= TENON_INTERFACE_MULTICAST;
  if (native & IFF_POINTOPOINT) flags |= TENON_INTERFACE_POINT_TO_POINT;
  return flags;
}

static int is_ip(const struct sockaddr *address) {
  return address && (address->sa_family == AF_INET || address->sa_family == AF_INET6);
}

/* The BSDs cut the zeros at the end of a mask off, and with them perhaps its family. */
static int prefix_of(const struct sockaddr *mask, int family) {
  size_t at = family == AF_INET6 ? offsetof(struct sockaddr_in6, sin6_addr) : offsetof(struct sockaddr_in, sin_addr);
  size_t end = at + (family == AF_INET6 ? 16 : 4);
  if (!mask) return (int)(end - at) * 8;
#ifdef SIN6_LEN
  if (mask->sa_len < end) end = mask->sa_len;
#endif
  int bits = 0;
  for (const unsigned char *bytes = (const unsigned char *)mask; at < end; at++)
    for (unsigned rest = bytes[at]; rest & 0x80; rest <<= 1) bits++;
  return bits;
}

/* Whether the item, which has no address, is all that there is of its interface; of several such items the first. */
static int is_alone(const struct ifaddrs *all, const struct ifaddrs *item) {
  int is_first = 1;
  for (const struct ifaddrs *other = all; other; other = other->ifa_next) {
    if (other == item) is_first = 0;
    if (other == item || strcmp(other->ifa_name, item->ifa_name) != 0) continue;
    if (is_first || is_ip(other->ifa_addr)) return 0;
  }
  return 1;
}

static void add_item(tenon__interface_list *found, const struct ifaddrs *item) {
  tenon_interface row;
  memset(&row, 0, sizeof row);
  row.index = (int)if_nametoindex(item->ifa_name); /* Linux may name an address instead ("eth0:1") */
  if (row.index == 0 || tenon__sys_interface_name(row.index, row.name) < 0) return; /* gone meanwhile */
  row.flags = flags_of(item->ifa_flags);
  const struct sockaddr *address = is_ip(item->ifa_addr) ? item->ifa_addr : NULL;
  if (!address) {
    tenon__add_interface(found, &row);
    return;
  }
  row.prefix = prefix_of(item->ifa_netmask, address->sa_family);
  size_t size = address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
  tenon__set_interface_addr(&row, address, size);
#ifdef SIN6_LEN
  if (row.addr.scope != 0) row.addr.ip[2] = row.addr.ip[3] = 0; /* where old ones keep the scope */
#endif
  tenon__add_interface(found, &row);
}

int tenon__sys_interfaces(tenon__interface_list *found) {
  struct ifaddrs *all;
  if (getifaddrs(&all) < 0) return tenon__failure(TENON__ANY, TENON_NO_SOCK);
  for (const struct ifaddrs *item = all; item; item = item->ifa_next)
    if (is_ip(item->ifa_addr) || is_alone(all, item)) add_item(found, item);
  freeifaddrs(all);
  return 0;
}

/* Some C libraries would cut a name that is too long, and Linux cuts one at a colon, which no name has. */
int tenon__sys_interface_index(const char *name) {
  if (strlen(name) >= IF_NAMESIZE || strchr(name, ':')) return tenon__refuse(TENON_ENXIO);
  unsigned index = if_nametoindex(name);
  return index > 0 ? (int)index : tenon__failure(TENON__ANY, TENON_NO_SOCK);
}

int tenon__sys_interface_name(int index, char name[TENON_INTERFACE_NAME]) {
  return if_indextoname((unsigned)index, name) ? (int)strlen(name) : tenon__failure(TENON__ANY, TENON_NO_SOCK);
}
