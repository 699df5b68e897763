/* option_more_test.c - the options of tenon/option.h: which sockets have them, and what they take.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/option.h"

enum { STREAMS = 1, DATAGRAMS = 2, ALL = STREAMS | DATAGRAMS };
enum { LOOPBACK = 1, NO_INTERFACE = 1000000 }; /* indices */

/* feature 0: it is everywhere. highest INT_MAX: the system may clamp. */
static const struct {
  const char *name;
  int option, feature, has, lowest, highest;
} settable[] = {
    {"KEEPALIVE_IDLE", TENON_OPT_KEEPALIVE_IDLE, TENON_SUPPORTS_KEEPALIVE_TIMES, STREAMS, 1, 32767},
    {"KEEPALIVE_INTERVAL", TENON_OPT_KEEPALIVE_INTERVAL, TENON_SUPPORTS_KEEPALIVE_TIMES, STREAMS, 1, 32767},
    {"KEEPALIVE_COUNT", TENON_OPT_KEEPALIVE_COUNT, TENON_SUPPORTS_KEEPALIVE_TIMES, STREAMS, 1, 127},
    {"USER_TIMEOUT", TENON_OPT_USER_TIMEOUT, TENON_SUPPORTS_USER_TIMEOUT, STREAMS, 1, INT_MAX},
    {"REUSEPORT", TENON_OPT_REUSEPORT, TENON_SUPPORTS_REUSEPORT, ALL, 0, 1},
    {"DSCP", TENON_OPT_DSCP, TENON_SUPPORTS_DSCP, ALL, 0, 63},
    {"ECN", TENON_OPT_ECN, TENON_SUPPORTS_DSCP, DATAGRAMS, 0, 3},
    {"DONTFRAG", TENON_OPT_DONTFRAG, TENON_SUPPORTS_DONTFRAG, DATAGRAMS, 0, 1},
    {"FASTOPEN", TENON_OPT_FASTOPEN, TENON_SUPPORTS_FASTOPEN, STREAMS, 0, 1},
    {"CORK", TENON_OPT_CORK, TENON_SUPPORTS_CORK, STREAMS, 0, 1},
    {"RCVLOWAT", TENON_OPT_RCVLOWAT, TENON_SUPPORTS_RCVLOWAT, STREAMS, 1, INT_MAX},
    {"MULTICAST_TTL", TENON_OPT_MULTICAST_TTL, 0, DATAGRAMS, 0, 255},
    {"MULTICAST_LOOP", TENON_OPT_MULTICAST_LOOP, 0, DATAGRAMS, 0, 1},
};
enum { SETTABLE = sizeof settable / sizeof *settable };

/* The value, or the failure. */
static int read_option(tenon_sock s, int option) {
  int value = INT_MIN;
  int result = tenon_getsockopt(s, option, &value);
  return result < 0 ? result : value;
}

static int is_supported(int feature) {
  return feature == 0 || tenon_supports(feature);
}

static void check_values(tenon_sock s, int row) {
  int option = settable[row].option, supported = is_supported(settable[row].feature);
  const int good[] = {settable[row].highest, settable[row].lowest};
  for (int i = 0; i < 2; i++) {
    int result = tenon_setsockopt(s, option, good[i]);
    check_equal(CHECK_HERE, "in range", "0 or ENOTSUP", result, supported ? 0 : TENON_ENOTSUP);
    result = read_option(s, option);
    if (!supported) {
      check_equal(CHECK_HERE, "read", "ENOTSUP", result, TENON_ENOTSUP);
    } else if (good[i] != INT_MAX) {
      check_equal(CHECK_HERE, "read back", "the same", result, good[i]);
    } else {
      check_true(CHECK_HERE, "there is a value", result > 0);
    }
  }
}

static void check_option(tenon_sock s, int row, int is_of_this_kind) {
  int option = settable[row].option, lowest = settable[row].lowest, highest = settable[row].highest, value = 77;
  check_note(settable[row].name);
  if (!is_of_this_kind) {
    check_equal(CHECK_HERE, "set", "ENOPROTOOPT", tenon_setsockopt(s, option, lowest), TENON_ENOPROTOOPT);
    check_equal(CHECK_HERE, "get", "ENOPROTOOPT", tenon_getsockopt(s, option, &value), TENON_ENOPROTOOPT);
    check_equal(CHECK_HERE, "nothing is written", "77", value, 77);
    return;
  }
  const int bad[] = {lowest - 1, highest < INT_MAX ? highest + 1 : -1, INT_MIN};
  for (int i = 0; i < 3; i++)
    check_equal(CHECK_HERE, "out of range", "EINVAL", tenon_setsockopt(s, option, bad[i]), TENON_EINVAL);
  check_values(s, row);
}

static void check_family(int family) {
  tenon_sock stream = tenon_socket(family, TENON_SOCK_STREAM, 0), datagrams = tenon_socket(family, TENON_SOCK_DGRAM, 0);
  for (int row = 0; row < SETTABLE; row++) {
    check_option(stream, row, settable[row].has & STREAMS);
    check_option(datagrams, row, settable[row].has & DATAGRAMS);
  }
  check_note(NULL);
  check_equal(CHECK_HERE, "close", "0", net_close2(stream, datagrams), 0);
}

/* D114 D117 */
TEST(more_options_of_ipv4_sockets_take_their_range_and_no_more) {
  check_family(TENON_AF_INET);
}

TEST(more_options_of_ipv6_sockets_take_their_range_and_no_more) {
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  check_family(TENON_AF_INET6);
}

TEST(more_options_that_are_off_at_first) {
  static const int off[] = {TENON_OPT_REUSEPORT, TENON_OPT_FASTOPEN, TENON_OPT_CORK};
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_sock d = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  for (int i = 0; i < 3; i++) {
    int value = read_option(s, off[i]);
    CHECK(value == 0 || value == TENON_ENOTSUP);
  }
  if (tenon_supports(TENON_SUPPORTS_DSCP)) CHECK_EQ(read_option(d, TENON_OPT_ECN), 0);
  if (tenon_supports(TENON_SUPPORTS_DONTFRAG)) CHECK_EQ(read_option(d, TENON_OPT_DONTFRAG), 0);
  CHECK_EQ(read_option(d, TENON_OPT_MULTICAST_TTL), 1);
  CHECK_EQ(read_option(d, TENON_OPT_MULTICAST_LOOP), 1);
  CHECK_EQ(read_option(d, TENON_OPT_MULTICAST_IF), 0);
  CHECK_EQ(net_close2(s, d), 0);
}

TEST(more_options_that_are_only_read) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_sock d = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  CHECK_EQ(tenon_setsockopt(s, TENON_OPT_READABLE, 0), TENON_ENOPROTOOPT);
  CHECK_EQ(tenon_setsockopt(s, TENON_OPT_PATH_MTU, 1500), TENON_ENOPROTOOPT);
  CHECK_EQ(read_option(d, TENON_OPT_READABLE), TENON_ENOPROTOOPT);
  int unconnected = tenon_supports(TENON_SUPPORTS_PATH_MTU) ? TENON_ENOTCONN : TENON_ENOTSUP;
  CHECK_EQ(read_option(s, TENON_OPT_PATH_MTU), unconnected);
  CHECK_EQ(read_option(d, TENON_OPT_PATH_MTU), unconnected);
  CHECK_EQ(net_close2(s, d), 0);
}

/* ---- Interfaces -------------------------------------------------------------------------------------------------- */

static void check_interface_option(int family, int type, int option) {
  tenon_sock s = tenon_socket(family, type, 0);
  check_equal(CHECK_HERE, "at first", "0", read_option(s, option), 0);
  check_equal(CHECK_HERE, "negative", "EINVAL", tenon_setsockopt(s, option, -1), TENON_EINVAL);
  check_equal(CHECK_HERE, "none", "ENXIO", tenon_setsockopt(s, option, NO_INTERFACE), TENON_ENXIO);
  check_equal(CHECK_HERE, "none", "ENXIO", tenon_setsockopt(s, option, INT_MAX), TENON_ENXIO);
  check_equal(CHECK_HERE, "unchanged", "0", read_option(s, option), 0);
  check_equal(CHECK_HERE, "loopback", "0", tenon_setsockopt(s, option, LOOPBACK), 0);
  check_equal(CHECK_HERE, "read back", "loopback", read_option(s, option), LOOPBACK);
  int result = tenon_setsockopt(s, option, 0);
  int may_refuse = option == TENON_OPT_BOUND_IF; /* Linux asks for rights */
  check_true(CHECK_HERE, "any again", result == 0 || (may_refuse && result == TENON_EACCES));
  if (result == 0) check_equal(CHECK_HERE, "read back", "0", read_option(s, option), 0);
  tenon_close(s);
}

TEST(the_interface_of_multicast_is_one_that_there_is) {
  tenon_sock stream = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  check_interface_option(TENON_AF_INET, TENON_SOCK_DGRAM, TENON_OPT_MULTICAST_IF);
  if (tenon_supports(TENON_SUPPORTS_IPV6))
    check_interface_option(TENON_AF_INET6, TENON_SOCK_DGRAM, TENON_OPT_MULTICAST_IF);
  CHECK_EQ(tenon_setsockopt(stream, TENON_OPT_MULTICAST_IF, LOOPBACK), TENON_ENOPROTOOPT);
  CHECK_EQ(read_option(stream, TENON_OPT_MULTICAST_IF), TENON_ENOPROTOOPT);
  CHECK_EQ(tenon_close(stream), 0);
}

TEST(the_interface_that_a_socket_is_bound_to_is_one_that_there_is) {
  static const int families[] = {TENON_AF_INET, TENON_AF_INET6};
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  int supported = tenon_supports(TENON_SUPPORTS_BOUND_IF), has_ipv6 = tenon_supports(TENON_SUPPORTS_IPV6);
  CHECK_EQ(tenon_setsockopt(s, TENON_OPT_BOUND_IF, LOOPBACK), supported ? 0 : TENON_ENOTSUP);
  for (int i = 0; supported && i <= has_ipv6; i++) {
    check_interface_option(families[i], TENON_SOCK_STREAM, TENON_OPT_BOUND_IF);
    check_interface_option(families[i], TENON_SOCK_DGRAM, TENON_OPT_BOUND_IF);
  }
  CHECK_EQ(tenon_close(s), 0);
}

TEST(features_that_nobody_has_are_not_supported) {
  static const int unknown[] = {0, -1, 19, 39, 1000, INT_MAX, INT_MIN};
  for (int i = 0; i < 7; i++) CHECK_EQ(tenon_supports(unknown[i]), 0);
}
