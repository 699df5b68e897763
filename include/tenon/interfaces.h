/* tenon/interfaces.h - the network interfaces of this host, and their addresses.
 * SPDX-License-Identifier: MIT
 *
 * What holds in tenon.h for results and input holds here. The name of an interface may stand for its number in the text
 * of an address, too: tenon_resolve(), and all that takes a host by name, reads "fe80::1%eth0" as it reads "fe80::1%2",
 * also under TENON_AI_NUMERICHOST, and finds TENON_EAI_NONAME if there is no such interface. tenon_addr_parse(), which
 * asks the system nothing, takes numbers only. */
#ifndef TENON_INTERFACES_H
#define TENON_INTERFACES_H

#include "tenon.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TENON_INTERFACE_NAME 256 /* bytes that hold any name */

#define TENON_INTERFACE_UP 1             /* in use */
#define TENON_INTERFACE_LOOPBACK 2       /* leads back to this host */
#define TENON_INTERFACE_MULTICAST 4      /* takes multicast, as the system says: it need not say so of loopback */
#define TENON_INTERFACE_POINT_TO_POINT 8 /* leads to a single other host */

/* One address of an interface. index is its number in the system, as in the scope of a tenon_addr; name is in UTF-8,
 * and on Windows the one that users see ("Ethernet 2"). prefix is how many bits of addr all of its network has in
 * common. An interface without an address has one row, whose addr is of no family. */
typedef struct tenon_interface {
  char name[TENON_INTERFACE_NAME];
  int index, flags; /* TENON_INTERFACE_... */
  int prefix;
  tenon_addr addr;
} tenon_interface;

/* Writes up to capacity rows to list and returns how many there are, which may be more (list may be NULL for a capacity
 * of 0). They are in the order of their indexes, IPv4 before IPv6. The system, and on Windows Tenon, allocates during
 * the call. TENON_ENOMEM, TENON_EMFILE. */
TENON_API int tenon_interfaces(tenon_interface *list, int capacity);

/* The index of the interface with this name, which is above 0, and the other way round: tenon_interface_name() returns
 * the length of the name. No such interface: TENON_ENXIO; too small a buffer: TENON_ENOSPC. */
TENON_API int tenon_interface_index(const char *name);
TENON_API int tenon_interface_name(int index, char *name, size_t size);

#ifdef __cplusplus
}
#endif

#endif
