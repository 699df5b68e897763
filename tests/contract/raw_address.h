/* raw_address.h - Tenon's addresses over the systems' own.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_CONTRACT_RAW_ADDRESS_H
#define TENON_TESTS_CONTRACT_RAW_ADDRESS_H

#include "raw.h"
#include "tenon.h"

/* What bind and connect take; good until the next one is made. */
typedef struct raw_address {
  const struct sockaddr *at;
  socklen_t size;
} raw_address;

int raw_family(int family);
raw_address raw_address_of(const tenon_addr *addr); /* NULL and 0 for NULL */
tenon_addr raw_address_from(const struct sockaddr_storage *native);

#endif
