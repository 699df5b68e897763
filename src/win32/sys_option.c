/* win32/sys_option.c - the options that POSIX systems do not have, or have otherwise.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"
#include "tenon/option.h"

#include <limits.h>

/* Not in every mingw-w64; Windows 10 has them. */
enum {
  NATIVE_KEEPIDLE = 3,
  NATIVE_KEEPCNT = 16,
  NATIVE_KEEPINTVL = 17,
  NATIVE_MAXRTMS = 14,
  NATIVE_FASTOPEN = 15,
  NATIVE_IP_MTU = 73,
  NATIVE_IPV6_MTU = 72,
  NATIVE_UNICAST_IF = 31
};

/* Not here: IP_TOS, which Windows takes and does not send. */
const tenon__option_row tenon__sys_options[] = {
    {TENON_OPT_KEEPALIVE_IDLE, IPPROTO_TCP, NATIVE_KEEPIDLE, TENON__INT, 0, 1},
    {TENON_OPT_KEEPALIVE_INTERVAL, IPPROTO_TCP, NATIVE_KEEPINTVL, TENON__INT, 0, 1},
    {TENON_OPT_KEEPALIVE_COUNT, IPPROTO_TCP, NATIVE_KEEPCNT, TENON__INT, 0, 1},
    {TENON_OPT_USER_TIMEOUT, IPPROTO_TCP, NATIVE_MAXRTMS, TENON__INT, 0, 1},
    {TENON_OPT_DONTFRAG, IPPROTO_IP, IP_DONTFRAGMENT, TENON__INT, 0, 1},
    {TENON_OPT_PATH_MTU, IPPROTO_IP, NATIVE_IP_MTU, TENON__INT, 0, 1},
    {TENON__IPV6(TENON_OPT_PATH_MTU), IPPROTO_IPV6, NATIVE_IPV6_MTU, TENON__INT, 0, 1},
    {TENON_OPT_FASTOPEN, IPPROTO_TCP, NATIVE_FASTOPEN, TENON__INT, 0, 1},
    {TENON_OPT_BOUND_IF, IPPROTO_IP, NATIVE_UNICAST_IF, TENON__NETWORK_INDEX, 0, 1},
    {TENON__IPV6(TENON_OPT_BOUND_IF), IPPROTO_IPV6, NATIVE_UNICAST_IF, TENON__INDEX, 0, 1},
    {TENON_OPT_MULTICAST_TTL, IPPROTO_IP, IP_MULTICAST_TTL, TENON__INT, 0, 1},
    {TENON_OPT_MULTICAST_LOOP, IPPROTO_IP, IP_MULTICAST_LOOP, TENON__INT, 0, 1},
};
const int tenon__sys_option_count = (int)(sizeof tenon__sys_options / sizeof tenon__sys_options[0]);

int tenon__sys_readable(tenon_sock s) {
  u_long count = 0;
  if (ioctlsocket(tenon__native(s), (long)FIONREAD, &count) != 0) return tenon__failure(TENON__NAMES, s);
  return count > INT_MAX ? INT_MAX : (int)count;
}

int tenon__sys_keepalive(tenon_sock s, int idle, int interval) {
  struct {
    ULONG on, idle_ms, interval_ms;
  } values = {1, (ULONG)idle * 1000, (ULONG)interval * 1000};
  DWORD bytes, sio_keepalive_vals = _WSAIOW(IOC_VENDOR, 4);
  int result = WSAIoctl(tenon__native(s), sio_keepalive_vals, &values, sizeof values, NULL, 0, &bytes, NULL, NULL);
  return result == 0 ? 0 : tenon__failure(TENON__NAMES, s);
}
