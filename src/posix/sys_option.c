/* posix/sys_option.c - the options that Winsock does not have, or has otherwise.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"
#include "tenon/option.h"

#include <sys/ioctl.h>

/* macOS has another name for it. */
#if !defined TCP_KEEPIDLE && defined TCP_KEEPALIVE
#define TCP_KEEPIDLE TCP_KEEPALIVE
#endif

const tenon__option_row tenon__sys_options[] = {
#ifdef TCP_KEEPINTVL
    {TENON_OPT_KEEPALIVE_IDLE, IPPROTO_TCP, TCP_KEEPIDLE, TENON__INT, 0, 1},
    {TENON_OPT_KEEPALIVE_INTERVAL, IPPROTO_TCP, TCP_KEEPINTVL, TENON__INT, 0, 1},
    {TENON_OPT_KEEPALIVE_COUNT, IPPROTO_TCP, TCP_KEEPCNT, TENON__INT, 0, 1},
#endif
#if defined TCP_USER_TIMEOUT
    {TENON_OPT_USER_TIMEOUT, IPPROTO_TCP, TCP_USER_TIMEOUT, TENON__INT, 0, 1},
#elif defined TCP_RXT_CONNDROPTIME
    {TENON_OPT_USER_TIMEOUT, IPPROTO_TCP, TCP_RXT_CONNDROPTIME, TENON__SECONDS, 0, 1},
#endif
/* Elsewhere SO_REUSEPORT only lets the port be shared. */
#if defined SO_REUSEPORT_LB
    {TENON_OPT_REUSEPORT, SOL_SOCKET, SO_REUSEPORT_LB, TENON__INT, 0, 1},
#elif defined SO_REUSEPORT && defined SO_SNDBUFFORCE
    {TENON_OPT_REUSEPORT, SOL_SOCKET, SO_REUSEPORT, TENON__INT, 0, 1},
#endif
    {TENON_OPT_DSCP, IPPROTO_IP, IP_TOS, TENON__INT, 0, 1},
    {TENON__IPV6(TENON_OPT_DSCP), IPPROTO_IPV6, IPV6_TCLASS, TENON__INT, 0, 1},
#if defined IP_PMTUDISC_DO
    {TENON_OPT_DONTFRAG, IPPROTO_IP, IP_MTU_DISCOVER, TENON__INT, IP_PMTUDISC_WANT, IP_PMTUDISC_DO},
#elif defined IP_DONTFRAG
    {TENON_OPT_DONTFRAG, IPPROTO_IP, IP_DONTFRAG, TENON__INT, 0, 1},
#endif
#if defined IP_MTU && defined IPV6_MTU
    {TENON_OPT_PATH_MTU, IPPROTO_IP, IP_MTU, TENON__INT, 0, 1},
    {TENON__IPV6(TENON_OPT_PATH_MTU), IPPROTO_IPV6, IPV6_MTU, TENON__INT, 0, 1},
#endif
/* Linux wants to know how many may wait that have not finished connecting. */
#if defined TCP_FASTOPEN && defined TCP_CORK
    {TENON_OPT_FASTOPEN, IPPROTO_TCP, TCP_FASTOPEN, TENON__INT, 0, SOMAXCONN},
#elif defined TCP_FASTOPEN
    {TENON_OPT_FASTOPEN, IPPROTO_TCP, TCP_FASTOPEN, TENON__INT, 0, 1},
#endif
#if defined TCP_CORK
    {TENON_OPT_CORK, IPPROTO_TCP, TCP_CORK, TENON__INT, 0, 1},
#elif defined TCP_NOPUSH
    {TENON_OPT_CORK, IPPROTO_TCP, TCP_NOPUSH, TENON__INT, 0, 1},
#endif
#if defined SO_BINDTOIFINDEX
    {TENON_OPT_BOUND_IF, SOL_SOCKET, SO_BINDTOIFINDEX, TENON__INT, 0, 1},
    {TENON__IPV6(TENON_OPT_BOUND_IF), SOL_SOCKET, SO_BINDTOIFINDEX, TENON__INT, 0, 1},
#elif defined IP_BOUND_IF && defined IPV6_BOUND_IF
    {TENON_OPT_BOUND_IF, IPPROTO_IP, IP_BOUND_IF, TENON__INT, 0, 1},
    {TENON__IPV6(TENON_OPT_BOUND_IF), IPPROTO_IPV6, IPV6_BOUND_IF, TENON__INT, 0, 1},
#endif
    {TENON_OPT_RCVLOWAT, SOL_SOCKET, SO_RCVLOWAT, TENON__INT, 0, 1},
    {TENON_OPT_MULTICAST_TTL, IPPROTO_IP, IP_MULTICAST_TTL, TENON__BYTE, 0, 1}, /* the BSDs take nothing wider */
    {TENON_OPT_MULTICAST_LOOP, IPPROTO_IP, IP_MULTICAST_LOOP, TENON__BYTE, 0, 1},
#ifdef IP_MULTICAST_IFINDEX
    {TENON_OPT_MULTICAST_IF, IPPROTO_IP, IP_MULTICAST_IFINDEX, TENON__INT, 0, 1},
#endif
};
const int tenon__sys_option_count = (int)(sizeof tenon__sys_options / sizeof tenon__sys_options[0]);

int tenon__sys_readable(tenon_sock s) {
  int count = 0;
  return ioctl(tenon__native(s), FIONREAD, &count) == 0 ? count : tenon__failure(TENON__NAMES, s);
}

int tenon__sys_keepalive(tenon_sock s, int idle, int interval) {
  (void)s, (void)idle, (void)interval;
  return tenon__refuse(TENON_ENOTSUP);
}
