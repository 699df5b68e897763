/* multicast.c - membership in multicast groups.
 * SPDX-License-Identifier: MIT */
#include "shared.h"
#include "tenon/multicast.h"

static int is_multicast(const tenon_addr *addr) {
  return addr->family == TENON_AF_INET6 ? addr->ip[0] == 0xff : (addr->ip[0] & 0xf0) == 0xe0;
}

static int is_all_zero(const tenon_addr *addr) {
  static const uint8_t none[16];
  return memcmp(addr->ip, none, addr->family == TENON_AF_INET6 ? 16 : 4) == 0;
}

/* 0 if the arguments make sense; the interface is then the one that they name, or 0. */
static int check_group(const tenon_addr *group, const tenon_addr *source, int *index) {
  int is_known = group->family == TENON_AF_INET || group->family == TENON_AF_INET6;
  if (!is_known) return TENON_EAFNOSUPPORT;
  if (!is_multicast(group) || *index < 0) return TENON_EINVAL;
  if (source && (source->family != group->family || is_multicast(source) || is_all_zero(source))) return TENON_EINVAL;
  uint32_t scope = group->family == TENON_AF_INET6 ? group->scope : 0;
  if (scope > INT_MAX || (scope && *index && scope != (uint32_t)*index)) return TENON_EINVAL;
  if (scope) *index = (int)scope;
  return *index && !tenon__sys_has_interface(*index) ? TENON_ENXIO : 0;
}

/* 0 if the socket can be a member of groups of this family. */
static int check_member(tenon_sock s, int family) {
  int is_stream = tenon__sys_is_stream(s);
  if (is_stream < 0) return is_stream;
  if (is_stream) return tenon__refuse(TENON_EOPNOTSUPP);
  int own = tenon__sys_family(s);
  if (own < 0) return own;
  return own == family ? 0 : tenon__refuse(TENON_EAFNOSUPPORT);
}

/* Leaving a group as a whole would also leave the sources that were joined one by one. Only a socket that joined
 * without a source can block one, so this blocks a documentation address. Returns 0 if that works or tells nothing. */
static int check_leaving(tenon_sock s, const tenon__sockaddr *group, int family, int index) {
  tenon__sockaddr nobody;
  tenon_addr addr;
  tenon_addr_parse(&addr, family == TENON_AF_INET6 ? "2001:db8::1" : "192.0.2.1");
  tenon__to_sockaddr(&addr, &nobody);
  int result = tenon__sys_membership(s, TENON__BLOCK_SOURCE, group, &nobody, index);
  if (result == 0) tenon__sys_membership(s, TENON__UNBLOCK_SOURCE, group, &nobody, index);
  return result == TENON_EADDRNOTAVAIL ? result : 0;
}

static int change_membership(tenon_sock s, tenon__change change, const tenon_addr *group, const tenon_addr *source,
                             int index) {
  tenon__sockaddr native_group, native_source;
  if (!group) return tenon__refuse(TENON_EINVAL);
  int result = check_member(s, group->family);
  if (result < 0) return result;
  result = check_group(group, source, &index);
  if (result < 0) return tenon__refuse(result);
  tenon__to_sockaddr(group, &native_group);
  if (source) tenon__to_sockaddr(source, &native_source);
  if (change == TENON__LEAVE_GROUP && !source) result = check_leaving(s, &native_group, group->family, index);
  return result < 0 ? result : tenon__sys_membership(s, change, &native_group, source ? &native_source : NULL, index);
}

int tenon_multicast_join(tenon_sock s, const tenon_addr *group, const tenon_addr *source, int interface_index) {
  if (tenon__is_traced()) return tenon__traced_multicast_join(s, group, source, interface_index);
  return change_membership(s, TENON__JOIN_GROUP, group, source, interface_index);
}

int tenon_multicast_leave(tenon_sock s, const tenon_addr *group, const tenon_addr *source, int interface_index) {
  if (tenon__is_traced()) return tenon__traced_multicast_leave(s, group, source, interface_index);
  return change_membership(s, TENON__LEAVE_GROUP, group, source, interface_index);
}

/* To leave what was never joined fails for one reason where there are sources, and for another where there are none. */
static int has_sources(const char *group_text, const char *source_text) {
  tenon_addr group, source;
  tenon_addr_parse(&group, group_text);
  tenon_addr_parse(&source, source_text);
  tenon_sock s = tenon_socket(group.family, TENON_SOCK_DGRAM, 0);
  int result = tenon_multicast_leave(s, &group, &source, 0);
  if (s >= 0) tenon_close(s);
  return s >= 0 && result != TENON_ENOTSUP;
}

int tenon__supports_multicast(int feature) {
  switch (feature) {
    case TENON_SUPPORTS_MULTICAST_SOURCE: return has_sources("232.0.0.1", "127.0.0.1");
    case TENON_SUPPORTS_MULTICAST_SOURCE_IPV6: return has_sources("ff3e::8000:1", "::1");
    default: return 0;
  }
}
