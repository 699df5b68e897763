/* planted_probe.c - needs the system's iphlpapi.dll, where another one stands beside the program.
 * SPDX-License-Identifier: MIT
 *
 * By its argument it does one of these, each in a process of its own, as what is loaded stays:
 *   interfaces, multicast   calls Tenon: 0 if that works and the planted DLL was not called
 *   name                    loads by the name alone: 0 if the planted DLL is what that takes */
#include <winsock2.h> /* before windows.h, which would bring in the Winsock of 1993 */
#include <windows.h>
#include <stdio.h>
#include <string.h>

#include "tenon.h"
#include "tenon/interfaces.h"
#include "tenon/option.h"

static int load_by_name(void) {
  HMODULE library = LoadLibraryW(L"iphlpapi.dll");
  FARPROC function = library ? GetProcAddress(library, "GetIpAddrTable") : NULL;
  return function && function() == ERROR_NOT_SUPPORTED ? 0 : -1;
}

static int list_interfaces(void) {
  tenon_interface rows[1];
  return tenon_interfaces(rows, 1);
}

/* The first interface is the loopback interface everywhere. */
static int use_interface(void) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  int result = tenon_setsockopt(s, TENON_OPT_MULTICAST_IF, 1);
  tenon_close(s);
  return result;
}

int main(int argument_count, char **arguments) {
  const char *what = argument_count == 2 ? arguments[1] : "";
  if (strcmp(what, "name") == 0) return load_by_name() == 0 ? 0 : 1;
  int result = strcmp(what, "multicast") == 0 ? use_interface() : list_interfaces();
  int is_called = GetEnvironmentVariableW(L"TENON_PLANTED", NULL, 0) != 0;
  if (result < 0) printf("%s: %s\n", what, tenon_errname(result));
  if (is_called) printf("%s: the DLL that stands beside the program was called\n", what);
  return result < 0 || is_called;
}
