/* native_address_test.c - addresses on their way to the system and back, where it is not what it should be.
 * SPDX-License-Identifier: MIT
 */
#include "../src/shared.h"

#include "check.h"
#include "tenon.h"

static const int families[] = {TENON_AF_INET, TENON_AF_INET6};

/* D050: Windows refuses it as a target. */
TEST(the_system_is_never_given_the_unspecified_address_as_a_target) {
  for (int i = 0; i < 2; i++) {
    tenon__sockaddr native;
    tenon_addr any = tenon_addr_any(families[i], 80), loopback = tenon_addr_loopback(families[i], 80), seen;
    CHECK_EQ(tenon__to_peer(&any, &native), 0);
    tenon__from_sockaddr(&seen, &native);
    CHECK(tenon_addr_equal(&seen, &loopback));
    CHECK_EQ(tenon__to_sockaddr(&any, &native), 0); /* to bind to it is another matter */
    tenon__from_sockaddr(&seen, &native);
    CHECK(tenon_addr_equal(&seen, &any));
  }
}

/* D194: macOS tells no address of a client that is gone. */
TEST(an_address_that_the_system_left_out_is_of_no_family) {
  for (int i = 0; i < 2; i++) {
    tenon__sockaddr native;
    tenon_addr loopback = tenon_addr_loopback(families[i], 80), none = tenon_addr_any(TENON_AF_UNSPEC, 0),
               seen = loopback;
    CHECK_EQ(tenon__to_sockaddr(&loopback, &native), 0);
    native.size = 0; /* the bytes are those of somebody else */
    tenon__from_sockaddr(&seen, &native);
    CHECK_MEM(&seen, &none, sizeof seen);
  }
}
