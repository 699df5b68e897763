/* lifecycle_test.c - sockets from birth to close, and what the library says of itself.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon.h"

enum { MANY = 10000 };

static const int families[] = {TENON_AF_INET, TENON_AF_INET6};
static const int types[] = {TENON_SOCK_STREAM, TENON_SOCK_DGRAM};

/* A host may lack IPv6; what is left of these tests there is worth running. */
static int is_wanting(int family) {
  return family == TENON_AF_INET6 && !tenon_supports(TENON_SUPPORTS_IPV6);
}

/* ---- Sockets ----------------------------------------------------------------------------------------------------- */

TEST(every_family_goes_with_every_type_and_the_protocol_of_the_type) {
  static const int protocols[] = {TENON_IPPROTO_TCP, TENON_IPPROTO_UDP};
  for (int i = 0; i < 4; i++) {
    if (is_wanting(families[i / 2])) continue;
    tenon_sock s = tenon_socket(families[i / 2], types[i % 2], 0);
    CHECK_OK(s);
    CHECK_EQ(tenon_close(s), 0);
    s = tenon_socket(families[i / 2], types[i % 2], protocols[i % 2]);
    CHECK_OK(s);
    CHECK_EQ(tenon_close(s), 0);
    CHECK_EQ(tenon_socket(families[i / 2], types[i % 2], protocols[1 - i % 2]), TENON_EPROTONOSUPPORT);
  }
}

/* D017: Among them other systems' numbers for IPv6, and numbers whose lower half would do. */
TEST(unknown_families_are_refused) {
  static const int bad[] = {TENON_AF_UNSPEC, 3, 23, 30, 9999, -1, 65536 + TENON_AF_INET, INT_MIN, INT_MAX};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    CHECK_EQ(tenon_socket(bad[i], TENON_SOCK_STREAM, 0), TENON_EAFNOSUPPORT);
    CHECK_EQ(tenon_socket(bad[i], TENON_SOCK_DGRAM, 0), TENON_EAFNOSUPPORT);
  }
}

/* Among them the systems' raw and sequenced sockets, and Linux's flags beside the type. */
TEST(unknown_types_are_refused) {
  static const int bad[] = {0, 3, 4, 5, 6, -1, 02000001, 04001, 65536 + TENON_SOCK_STREAM, INT_MIN, INT_MAX};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    CHECK_EQ(tenon_socket(TENON_AF_INET, bad[i], 0), TENON_ESOCKTNOSUPPORT);
    CHECK_EQ(tenon_socket(TENON_AF_INET6, bad[i], 0), TENON_ESOCKTNOSUPPORT);
  }
}

TEST(unknown_protocols_are_refused) {
  static const int bad[] = {1, 41, 132, 255, 262, 9999, -1, 65536 + TENON_IPPROTO_TCP, INT_MIN, INT_MAX};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    CHECK_EQ(tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, bad[i]), TENON_EPROTONOSUPPORT);
    CHECK_EQ(tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, bad[i]), TENON_EPROTONOSUPPORT);
  }
}

/* D004 */
TEST(ten_thousand_sockets_leave_nothing_behind) {
  int before = support_handle_count();
  for (int i = 0; i < MANY; i++) {
    tenon_sock s = tenon_socket(TENON_AF_INET, types[i % 2], 0);
    CHECK_OK(s);
    CHECK_EQ(tenon_close(s), 0);
  }
  CHECK_EQ(support_handle_count(), before);
}

TEST(closing_a_socket_twice_finds_it_closed) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_OK(s);
  CHECK_EQ(tenon_close(s), 0);
  CHECK_EQ(tenon_close(s), TENON_EBADF);
}

TEST(handles_are_not_inherited) {
  for (int i = 0; i < 4; i++) {
    if (is_wanting(families[i / 2])) continue;
    tenon_sock s = tenon_socket(families[i / 2], types[i % 2], 0);
    CHECK_OK(s);
    CHECK_EQ(support_inheritable(s), 0);
    CHECK_EQ(tenon_close(s), 0);
  }
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(support_inheritable(pair[0]), 0);
  CHECK_EQ(support_inheritable(pair[1]), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(an_unbound_socket_has_the_unspecified_address) {
  for (int i = 0; i < 4; i++) {
    if (is_wanting(families[i / 2])) continue;
    tenon_addr local, any = tenon_addr_any(families[i / 2], 0);
    memset(&local, 0xa5, sizeof local);
    tenon_sock s = tenon_socket(families[i / 2], types[i % 2], 0);
    CHECK_OK(s);
    CHECK_EQ(tenon_getsockname(s, &local), 0);
    CHECK_MEM(&local, &any, sizeof local);
    CHECK_EQ(tenon_close(s), 0);
  }
}

TEST(an_unconnected_socket_has_no_peer) {
  tenon_addr peer;
  for (int i = 0; i < 4; i++) {
    if (is_wanting(families[i / 2])) continue;
    tenon_sock s = tenon_socket(families[i / 2], types[i % 2], 0);
    CHECK_OK(s);
    CHECK_EQ(tenon_getpeername(s, &peer), TENON_ENOTCONN);
    CHECK_EQ(tenon_close(s), 0);
  }
  tenon_sock listener = net_listen(TENON_AF_INET, NULL);
  CHECK_OK(listener);
  CHECK_EQ(tenon_getpeername(listener, &peer), TENON_ENOTCONN);
  CHECK_EQ(tenon_close(listener), 0);
}

/* ---- The system's blocking mode, which is part of the promise: native code may use the handles ------------------- */

static int mode_of_new(int type) {
  tenon_sock s = tenon_socket(TENON_AF_INET, type, 0);
  int mode = support_native_nonblocking(s);
  tenon_close(s);
  return mode;
}

TEST(new_and_accepted_handles_are_in_the_mode_of_the_system) {
  tenon_sock pair[2];
  CHECK_EQ(mode_of_new(TENON_SOCK_STREAM), support_native_nonblocking_expected());
  CHECK_EQ(mode_of_new(TENON_SOCK_DGRAM), support_native_nonblocking_expected());
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(support_native_nonblocking(pair[0]), support_native_nonblocking_expected()); /* connected within a limit */
  CHECK_EQ(support_native_nonblocking(pair[1]), support_native_nonblocking_expected());
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* D060 */
TEST(listeners_are_non_blocking) {
  tenon_sock listener = net_listen(TENON_AF_INET, NULL);
  CHECK_OK(listener);
  CHECK(support_native_nonblocking(listener) != 0);
  CHECK_EQ(tenon_close(listener), 0);
}

/* ---- The library ------------------------------------------------------------------------------------------------- */

TEST(the_linked_library_is_that_of_the_header) {
  CHECK_STR(tenon_version(), TENON_VERSION);
}

TEST(no_system_has_unknown_features) {
  static const int unknown[] = {0, 4, 5, 9999, -1, -2, INT_MIN, INT_MAX};
  for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) CHECK_EQ(tenon_supports(unknown[i]), 0);
}

TEST(the_features_are_those_of_the_sockets) {
  tenon_addr local = tenon_addr_loopback(TENON_AF_INET6, 0);
  tenon_sock s = tenon_socket(TENON_AF_INET6, TENON_SOCK_STREAM, 0);
  CHECK_EQ(tenon_supports(TENON_SUPPORTS_IPV6), s >= 0 && tenon_bind(s, &local) == 0);
  if (s >= 0) CHECK_EQ(tenon_close(s), 0);
  int is_dualstack = tenon_supports(TENON_SUPPORTS_DUALSTACK);
  CHECK(is_dualstack == 0 || (is_dualstack == 1 && tenon_supports(TENON_SUPPORTS_IPV6) == 1));
}
