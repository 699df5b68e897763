/* win32/sys_interfaces.c - the system's network interfaces, from iphlpapi.dll, which is loaded when it is needed.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

#include <iphlpapi.h>
#include <string.h>

#define FIRST_SIZE 16384 /* what Microsoft recommends, rounded up */
#define ATTEMPTS 5       /* the list may grow again and again */

/* As their kinds are written in iphlpapi.h. */
typedef ULONG WINAPI get_addresses(ULONG family, ULONG flags, void *reserved, IP_ADAPTER_ADDRESSES *list, ULONG *size);
typedef DWORD WINAPI index_to_luid(NET_IFINDEX index, NET_LUID *luid);
typedef DWORD WINAPI luid_to_index(const NET_LUID *luid, NET_IFINDEX *index);
typedef DWORD WINAPI luid_to_alias(const NET_LUID *luid, WCHAR *alias, SIZE_T length);
typedef DWORD WINAPI alias_to_luid(const WCHAR *alias, NET_LUID *luid);

static void (*find_helper(const char *name))(void) {
  return (void (*)(void))tenon__helper_function(name);
}

static int helper_failure(ULONG error) {
  return tenon__returned(TENON__ANY, (int)error);
}

/* Whatever the system's reason, and it has many. */
static int no_such_interface(DWORD error) {
  tenon__sys_remember((int)error);
  return TENON_ENXIO;
}

static int flags_of(const IP_ADAPTER_ADDRESSES *adapter) {
  int flags = adapter->OperStatus == IfOperStatusUp ? TENON_INTERFACE_UP : 0;
  if (adapter->IfType == IF_TYPE_SOFTWARE_LOOPBACK) flags |= TENON_INTERFACE_LOOPBACK;
  if (!(adapter->Flags & IP_ADAPTER_NO_MULTICAST)) flags |= TENON_INTERFACE_MULTICAST;
  if (adapter->IfType == IF_TYPE_PPP || adapter->IfType == IF_TYPE_TUNNEL) flags |= TENON_INTERFACE_POINT_TO_POINT;
  return flags;
}

static void add_adapter(tenon__interface_list *found, const IP_ADAPTER_ADDRESSES *adapter) {
  tenon_interface row;
  memset(&row, 0, sizeof row);
  row.index = (int)(adapter->IfIndex ? adapter->IfIndex : adapter->Ipv6IfIndex); /* 0 for the one it does not speak */
  if (row.index <= 0 || tenon__sys_interface_name(row.index, row.name) < 0) return; /* gone meanwhile */
  row.flags = flags_of(adapter);
  if (!adapter->FirstUnicastAddress) tenon__add_interface(found, &row);
  for (const IP_ADAPTER_UNICAST_ADDRESS *item = adapter->FirstUnicastAddress; item; item = item->Next) {
    tenon__set_interface_addr(&row, item->Address.lpSockaddr, (size_t)item->Address.iSockaddrLength);
    row.prefix = item->OnLinkPrefixLength;
    tenon__add_interface(found, &row);
  }
}

int tenon__sys_interfaces(tenon__interface_list *found) {
  const ULONG flags = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
  get_addresses *get = (get_addresses *)find_helper("GetAdaptersAddresses");
  if (!get) return tenon__refuse(TENON_ENOTSUP);
  ULONG size = FIRST_SIZE, error = ERROR_BUFFER_OVERFLOW;
  IP_ADAPTER_ADDRESSES *all = NULL;
  for (int i = 0; i < ATTEMPTS && error == ERROR_BUFFER_OVERFLOW; i++) {
    tenon__release(all);
    all = tenon__allocate(size);
    if (!all) return tenon__refuse(TENON_ENOMEM);
    error = get(AF_UNSPEC, flags, NULL, all, &size);
  }
  for (const IP_ADAPTER_ADDRESSES *item = all; item && error == NO_ERROR; item = item->Next) add_adapter(found, item);
  tenon__release(all);
  return error == NO_ERROR || error == ERROR_NO_DATA ? 0 : helper_failure(error);
}

/* Users see the alias; the system has a second name that programs see ("ethernet_32769"). */
int tenon__sys_interface_index(const char *name) {
  alias_to_luid *from_alias = (alias_to_luid *)find_helper("ConvertInterfaceAliasToLuid");
  alias_to_luid *from_name = (alias_to_luid *)find_helper("ConvertInterfaceNameToLuidW");
  luid_to_index *to_index = (luid_to_index *)find_helper("ConvertInterfaceLuidToIndex");
  WCHAR wide[IF_MAX_STRING_SIZE + 1];
  NET_LUID luid;
  NET_IFINDEX index;
  if (!from_alias || !from_name || !to_index) return tenon__refuse(TENON_ENOTSUP);
  if (!name[0] || !MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, name, -1, wide, IF_MAX_STRING_SIZE + 1))
    return tenon__refuse(TENON_ENXIO);
  DWORD error = from_alias(wide, &luid);
  if (error != NO_ERROR) error = from_name(wide, &luid);
  if (error == NO_ERROR) error = to_index(&luid, &index);
  return error == NO_ERROR ? (int)index : no_such_interface(error);
}

/* An alias that does not fit, as 256 characters need not, gives way to the other name. */
int tenon__sys_interface_name(int index, char name[TENON_INTERFACE_NAME]) {
  index_to_luid *to_luid = (index_to_luid *)find_helper("ConvertInterfaceIndexToLuid");
  luid_to_alias *to_alias = (luid_to_alias *)find_helper("ConvertInterfaceLuidToAlias");
  luid_to_alias *to_name = (luid_to_alias *)find_helper("ConvertInterfaceLuidToNameW");
  WCHAR wide[IF_MAX_STRING_SIZE + 1];
  NET_LUID luid;
  if (!to_luid || !to_alias || !to_name) return tenon__refuse(TENON_ENOTSUP);
  DWORD error = to_luid((NET_IFINDEX)index, &luid);
  if (error != NO_ERROR) return no_such_interface(error);
  int size = 0;
  if (to_alias(&luid, wide, IF_MAX_STRING_SIZE + 1) == NO_ERROR && wide[0])
    size = WideCharToMultiByte(CP_UTF8, 0, wide, -1, name, TENON_INTERFACE_NAME, NULL, NULL);
  if (size == 0 && to_name(&luid, wide, IF_MAX_STRING_SIZE + 1) == NO_ERROR)
    size = WideCharToMultiByte(CP_UTF8, 0, wide, -1, name, TENON_INTERFACE_NAME, NULL, NULL);
  return size > 0 ? size - 1 : tenon__refuse(TENON_ENXIO);
}
