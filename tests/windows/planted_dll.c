/* planted_dll.c - an iphlpapi.dll that stands beside a program, as somebody may have put it there, and tells on those who
 * call it.
 * SPDX-License-Identifier: MIT */
#include <winsock2.h> /* before windows.h, which would bring in the Winsock of 1993 */
#include <windows.h>

/* As if the system knew of nothing; ERROR_NOT_SUPPORTED is each function's to return. The caller removes the arguments
 * from the stack on 64-bit systems, so that their number makes no difference. */
static DWORD tell(void) {
  SetEnvironmentVariableW(L"TENON_PLANTED", L"called");
  return ERROR_NOT_SUPPORTED;
}

#define PLANTED(name)                 \
  DWORD WINAPI planted_##name(void);  \
  DWORD WINAPI planted_##name(void) { \
    return tell();                    \
  }

PLANTED(ConvertInterfaceAliasToLuid)
PLANTED(ConvertInterfaceIndexToLuid)
PLANTED(ConvertInterfaceLuidToAlias)
PLANTED(ConvertInterfaceLuidToIndex)
PLANTED(ConvertInterfaceLuidToNameW)
PLANTED(ConvertInterfaceNameToLuidW)
PLANTED(GetAdaptersAddresses)
PLANTED(GetIpAddrTable)
