/* tenon/multicast.h - membership in multicast groups; what is sent to them, tenon/option.h has options for.
 * SPDX-License-Identifier: MIT
 *
 * Who joins receives, with tenon_recvfrom(), what is sent to the group and to the port that the socket is bound to (at
 * tenon_addr_any(), and with TENON_OPT_SHARE if others on this host are to receive it too). A socket hears the groups
 * that it has joined itself and no others (under Wine: those of the whole host). To send one need not be a member. */
#ifndef TENON_MULTICAST_H
#define TENON_MULTICAST_H

#include "tenon.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Joins a group at the interface with this index; 0 is the group's scope, if it has one, else the system chooses. With
 * a source other than NULL only what comes from that address is received (RFC 3678); one such call for each, and none
 * without a source for that group. Ports do not matter. Closing the socket leaves all its groups.
 *
 * No multicast address, a source that is one, or an index that contradicts the scope: TENON_EINVAL; another family than
 * the socket's, also for IPv4 groups on IPv6 sockets: TENON_EAFNOSUPPORT; no datagrams: TENON_EOPNOTSUPP; no such
 * interface, or none that takes multicast: TENON_ENXIO; joined already: TENON_EADDRINUSE; too many: TENON_ENOBUFS;
 * sources where the system has none: TENON_ENOTSUP. */
TENON_API int tenon_multicast_join(tenon_sock s, const tenon_addr *group, const tenon_addr *source,
                                   int interface_index);

/* Leaves what was joined with the same arguments. Not joined, or joined with sources and left without one:
 * TENON_EADDRNOTAVAIL; else as above. */
TENON_API int tenon_multicast_leave(tenon_sock s, const tenon_addr *group, const tenon_addr *source,
                                    int interface_index);

#define TENON_SUPPORTS_MULTICAST_SOURCE 30      /* sources for IPv4 groups */
#define TENON_SUPPORTS_MULTICAST_SOURCE_IPV6 31 /* ... and for IPv6 groups: not under Wine */

#ifdef __cplusplus
}
#endif

#endif
