/* posix/sys_multicast.c - multicast groups, and the interfaces that they are joined at.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>

int tenon__sys_has_interface(int index) {
  char name[IF_NAMESIZE];
  return if_indextoname((unsigned)index, name) != NULL;
}

/* Linux takes an index and an address, and gives back the address alone: so it gets that of the interface, and the
 * interface is who has it. */
static struct in_addr interface_address(int fd, int index) {
  struct sockaddr_in at;
  struct ifreq item;
  memset(&at, 0, sizeof at);
  memset(&item, 0, sizeof item);
  int is_found = index && if_indextoname((unsigned)index, item.ifr_name) && ioctl(fd, SIOCGIFADDR, &item) == 0;
  if (is_found) memcpy(&at, &item.ifr_addr, sizeof at);
  return at.sin_addr;
}

/* The C library allocates, as nothing else knows how many addresses there are. */
static int interface_at(struct in_addr address) {
  struct ifaddrs *all;
  int index = 0;
  if (address.s_addr == 0) return 0;
  if (getifaddrs(&all) < 0) return tenon__failure(TENON__NAMES, TENON_NO_SOCK);
  for (const struct ifaddrs *item = all; item && index == 0; item = item->ifa_next) {
    struct sockaddr_in at;
    if (!item->ifa_addr || item->ifa_addr->sa_family != AF_INET) continue;
    memcpy(&at, item->ifa_addr, sizeof at);
    if (at.sin_addr.s_addr == address.s_addr) index = (int)if_nametoindex(item->ifa_name);
  }
  freeifaddrs(all);
  return index;
}

int tenon__sys_multicast_if(tenon_sock s) {
  struct in_addr address = {0};
  socklen_t size = sizeof address;
  int result = getsockopt(tenon__native(s), IPPROTO_IP, IP_MULTICAST_IF, &address, &size);
  return result == 0 ? interface_at(address) : tenon__failure(TENON__NAMES, s);
}

int tenon__sys_set_multicast_if(tenon_sock s, int index) {
  struct ip_mreqn request = {.imr_address = interface_address(tenon__native(s), index), .imr_ifindex = index};
  int result = setsockopt(tenon__native(s), IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request);
  return result == 0 ? 0 : tenon__failure(TENON__NAMES, s);
}

int tenon__sys_membership(tenon_sock s, tenon__change change, const tenon__sockaddr *group,
                          const tenon__sockaddr *source, int index) {
  static const int options[] = {MCAST_LEAVE_SOURCE_GROUP, MCAST_JOIN_SOURCE_GROUP, MCAST_BLOCK_SOURCE,
                                MCAST_UNBLOCK_SOURCE};
  int result, level = group->u.any.sa_family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
  if (source) {
    struct group_source_req request;
    memset(&request, 0, sizeof request);
    request.gsr_interface = (uint32_t)index;
    memcpy(&request.gsr_group, &group->u, group->size);
    memcpy(&request.gsr_source, &source->u, source->size);
    result = setsockopt(tenon__native(s), level, options[change], &request, sizeof request);
  } else {
    struct group_req request;
    memset(&request, 0, sizeof request);
    request.gr_interface = (uint32_t)index;
    memcpy(&request.gr_group, &group->u, group->size);
    int option = change == TENON__JOIN_GROUP ? MCAST_JOIN_GROUP : MCAST_LEAVE_GROUP;
    result = setsockopt(tenon__native(s), level, option, &request, sizeof request);
  }
  return result == 0 ? 0 : tenon__failure(change == TENON__JOIN_GROUP ? TENON__JOIN : TENON__LEAVE, s);
}
