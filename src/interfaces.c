/* interfaces.c - network interfaces: the list, and names to numbers and back.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

static int is_before(const tenon_interface *a, const tenon_interface *b) {
  return a->index != b->index ? a->index < b->index : a->addr.family < b->addr.family;
}

/* Whether addr is the last address of the row's IPv4 network, which reaches all of its hosts. Networks of one or two
 * addresses have none (RFC 3021). */
static int is_broadcast_of(const tenon_interface *row, const tenon_addr *addr) {
  if (row->addr.family != TENON_AF_INET || row->prefix > 30) return 0;
  for (int i = 0; i < 4; i++) {
    int host_bits = 8 * (i + 1) - row->prefix;
    int hosts = host_bits <= 0 ? 0 : host_bits >= 8 ? 0xff : (1 << host_bits) - 1;
    if (addr->ip[i] != (row->addr.ip[i] | hosts)) return 0;
  }
  return 1;
}

int tenon__is_broadcast(const tenon_addr *addr) {
  tenon__interface_list found = {.broadcast = addr};
  if (addr->family != TENON_AF_INET) return 0;
  if (memcmp(addr->ip, "\xff\xff\xff\xff", 4) == 0) return 1;
  return tenon__sys_interfaces(&found) == 0 && found.has_broadcast;
}

/* Systems list them in orders of their own. What there is no room for is the last of them. */
void tenon__add_interface(tenon__interface_list *found, const tenon_interface *row) {
  int kept = found->count < found->capacity ? found->count : found->capacity;
  int place = kept;
  found->count++;
  if (found->broadcast && is_broadcast_of(row, found->broadcast)) found->has_broadcast = 1;
  while (place > 0 && is_before(row, &found->list[place - 1])) place--;
  if (place == found->capacity) return;
  int moved = (kept < found->capacity ? kept : kept - 1) - place;
  memmove(&found->list[place + 1], &found->list[place], (size_t)moved * sizeof *row);
  found->list[place] = *row;
}

/* Some systems leave the scope out where it goes without saying. */
void tenon__set_interface_addr(tenon_interface *row, const void *native, size_t size) {
  if (!native || tenon_addr_from_native(&row->addr, native, size) < 0) {
    row->addr = tenon_addr_any(TENON_AF_UNSPEC, 0);
    return;
  }
  if (row->addr.family == TENON_AF_INET6 && tenon__needs_scope(row->addr.ip)) row->addr.scope = (uint32_t)row->index;
}

int tenon_interfaces(tenon_interface *list, int capacity) {
  if (tenon__is_traced()) return tenon__traced_interfaces(list, capacity);
  if (capacity < 0 || (!list && capacity > 0)) return tenon__refuse(TENON_EINVAL);
  tenon__interface_list found = {.list = list, .capacity = capacity};
  int result = tenon__sys_interfaces(&found);
  return result < 0 ? result : found.count;
}

int tenon_interface_index(const char *name) {
  return name ? tenon__sys_interface_index(name) : tenon__refuse(TENON_EINVAL);
}

int tenon_interface_name(int index, char *name, size_t size) {
  if (index < 1 || (!name && size > 0)) return tenon__refuse(TENON_EINVAL);
  char whole[TENON_INTERFACE_NAME];
  int length = tenon__sys_interface_name(index, whole);
  if (length < 0) return length;
  if ((size_t)length >= size) return tenon__refuse(TENON_ENOSPC);
  memcpy(name, whole, (size_t)length + 1);
  return length;
}
