/* win32/sys_multicast.c - multicast groups, and the interfaces that they are joined at.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

#include <iphlpapi.h>
#include <string.h>

/* Not in every mingw-w64. */
#ifndef MCAST_JOIN_GROUP
#define MCAST_JOIN_GROUP 41
#define MCAST_LEAVE_GROUP 42
#define MCAST_BLOCK_SOURCE 43
#define MCAST_UNBLOCK_SOURCE 44
#define MCAST_JOIN_SOURCE_GROUP 45
#define MCAST_LEAVE_SOURCE_GROUP 46
#endif

int tenon__sys_has_interface(int index) {
  NETIO_STATUS(WINAPI * convert)(NET_IFINDEX, PNET_LUID);
  NET_LUID luid;
  FARPROC function = tenon__helper_function("ConvertInterfaceIndexToLuid");
  memcpy(&convert, &function, sizeof convert);
  return function && convert((NET_IFINDEX)index, &luid) == NO_ERROR;
}

/* ---- What Wine lacks: interfaces by their IPv4 addresses ------------------------------------------------------ */

typedef DWORD WINAPI get_address_table(MIB_IPADDRTABLE *table, ULONG *size, BOOL sorted);

/* What an interface's index leads to, or the other way round, in a list for which there is room. */
typedef struct address_search {
  int index;
  DWORD address;
} address_search;

static void search_table(const MIB_IPADDRTABLE *table, address_search *wanted) {
  for (DWORD i = 0; i < table->dwNumEntries; i++) {
    const MIB_IPADDRROW *row = &table->table[i];
    int is_found = wanted->index ? row->dwIndex == (DWORD)wanted->index : row->dwAddr == wanted->address;
    if (!is_found) continue;
    *wanted = (address_search){(int)row->dwIndex, row->dwAddr};
    return;
  }
}

/* Most hosts need no more than this; others allocate. The list may grow meanwhile. */
typedef union address_table {
  MIB_IPADDRTABLE table;
  char bytes[sizeof(MIB_IPADDRTABLE) + 63 * sizeof(MIB_IPADDRROW)];
} address_table;
enum { TABLE_ATTEMPTS = 5 };

static void search_addresses(address_search *wanted) {
  address_table list;
  MIB_IPADDRTABLE *table = &list.table, *larger = NULL;
  ULONG size = sizeof list;
  FARPROC function = tenon__helper_function("GetIpAddrTable");
  get_address_table *get;
  memcpy(&get, &function, sizeof get);
  DWORD error = function ? get(table, &size, FALSE) : ERROR_NOT_SUPPORTED;
  for (int i = 0; error == ERROR_INSUFFICIENT_BUFFER && i < TABLE_ATTEMPTS; i++) {
    tenon__release(larger);
    table = larger = tenon__allocate(size);
    error = table ? get(table, &size, FALSE) : ERROR_OUTOFMEMORY;
  }
  if (error == NO_ERROR) search_table(table, wanted);
  tenon__release(larger);
}

/* 0 if it has none. */
static DWORD interface_address(int index) {
  address_search wanted = {index, 0};
  if (index) search_addresses(&wanted);
  return wanted.address;
}

static int interface_at(DWORD address) {
  address_search wanted = {0, address};
  if (address) search_addresses(&wanted);
  return wanted.index;
}

/* An address in 0.0.0.0/8 stands for an index. */
int tenon__sys_multicast_if(tenon_sock s) {
  DWORD native = 0;
  int size = sizeof native;
  if (getsockopt(tenon__native(s), IPPROTO_IP, IP_MULTICAST_IF, (char *)&native, &size) != 0)
    return tenon__failure(TENON__NAMES, s);
  return ntohl(native) >> 24 ? interface_at(native) : (int)ntohl(native);
}

int tenon__sys_set_multicast_if(tenon_sock s, int index) {
  DWORD native = htonl((DWORD)index);
  int result = setsockopt(tenon__native(s), IPPROTO_IP, IP_MULTICAST_IF, (char *)&native, sizeof native);
  if (result != 0 && WSAGetLastError() == WSAEINVAL) {
    native = interface_address(index);
    result = setsockopt(tenon__native(s), IPPROTO_IP, IP_MULTICAST_IF, (char *)&native, sizeof native);
  }
  return result == 0 ? 0 : tenon__failure(TENON__NAMES, s);
}

/* ---- Groups ----------------------------------------------------------------------------------------------------- */

static const int source_options[] = {MCAST_LEAVE_SOURCE_GROUP, MCAST_JOIN_SOURCE_GROUP, MCAST_BLOCK_SOURCE,
                                     MCAST_UNBLOCK_SOURCE};
static const int old_source_options[] = {IP_DROP_SOURCE_MEMBERSHIP, IP_ADD_SOURCE_MEMBERSHIP, IP_BLOCK_SOURCE,
                                         IP_UNBLOCK_SOURCE};

static int set_group(tenon_sock s, tenon__change change, const tenon__sockaddr *group, const tenon__sockaddr *source,
                     int index) {
  int level = group->u.any.sa_family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
  GROUP_SOURCE_REQ request; /* GROUP_REQ is the beginning of it */
  memset(&request, 0, sizeof request);
  request.gsr_interface = (ULONG)index;
  memcpy(&request.gsr_group, &group->u, (size_t)group->size);
  int option = change == TENON__JOIN_GROUP ? MCAST_JOIN_GROUP : MCAST_LEAVE_GROUP;
  if (!source) return setsockopt(tenon__native(s), level, option, (char *)&request, sizeof(GROUP_REQ));
  memcpy(&request.gsr_source, &source->u, (size_t)source->size);
  return setsockopt(tenon__native(s), level, source_options[change], (char *)&request, sizeof request);
}

/* Wine 8 hands the request to the host as it is, which has source and interface in the other order. Whoever does that
 * lets an address that is nobody's pass for a source where it stands for an interface. */
static int source_and_interface_are_swapped(void) {
  IP_MREQ_SOURCE request;
  request.imr_multiaddr.s_addr = htonl(0xE8000001);
  request.imr_sourceaddr.s_addr = htonl(INADDR_LOOPBACK);
  request.imr_interface.s_addr = htonl(0xF0000001);
  SOCKET handle = socket(AF_INET, SOCK_DGRAM, 0);
  int result = setsockopt(handle, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, (char *)&request, sizeof request);
  closesocket(handle);
  return result == 0;
}

static int set_source4(tenon_sock s, tenon__change change, struct in_addr group, struct in_addr source,
                       struct in_addr at) {
  int is_swapped = source_and_interface_are_swapped();
  IP_MREQ_SOURCE request = {group, is_swapped ? at : source, is_swapped ? source : at};
  return setsockopt(tenon__native(s), IPPROTO_IP, old_source_options[change], (char *)&request, sizeof request);
}

static int fail_with(int native) {
  WSASetLastError(native);
  return SOCKET_ERROR;
}

/* Wine says WSAEINVAL where there is no interface to join at, and WSAEADDRINUSE where the group is joined already. */
static int set_option(tenon_sock s, int join, int level, int option, const void *request, int size) {
  int result = setsockopt(tenon__native(s), level, option, request, size);
  return result != 0 && join && WSAGetLastError() == WSAEINVAL ? fail_with(ERROR_FILE_NOT_FOUND) : result;
}

static int set_group6(tenon_sock s, int join, const tenon__sockaddr *group, int index) {
  IPV6_MREQ request = {group->u.in6.sin6_addr, (ULONG)index};
  int option = join ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP;
  return set_option(s, join, IPPROTO_IPV6, option, &request, sizeof request);
}

/* Wine has the older options alone: by address for IPv4, and without sources for IPv6. */
static int set_group_in_old_style(tenon_sock s, tenon__change change, const tenon__sockaddr *group,
                                  const tenon__sockaddr *source, int index) {
  int join = change == TENON__JOIN_GROUP;
  if (group->u.any.sa_family == AF_INET6) return source ? fail_with(WSAEOPNOTSUPP) : set_group6(s, join, group, index);
  IP_MREQ request = {.imr_multiaddr = group->u.in.sin_addr};
  request.imr_interface.s_addr = index ? interface_address(index) : 0;
  if (index && request.imr_interface.s_addr == 0) return fail_with(ERROR_FILE_NOT_FOUND);
  if (source) return set_source4(s, change, request.imr_multiaddr, source->u.in.sin_addr, request.imr_interface);
  int option = join ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP;
  return set_option(s, join, IPPROTO_IP, option, &request, sizeof request);
}

int tenon__sys_membership(tenon_sock s, tenon__change change, const tenon__sockaddr *group,
                          const tenon__sockaddr *source, int index) {
  int result = set_group(s, change, group, source, index);
  if (result != 0 && WSAGetLastError() == WSAENOPROTOOPT)
    result = set_group_in_old_style(s, change, group, source, index);
  return result == 0 ? 0 : tenon__failure(change == TENON__JOIN_GROUP ? TENON__JOIN : TENON__LEAVE, s);
}
