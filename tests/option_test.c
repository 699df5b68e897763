/* option_test.c - options: which sockets have them, what they take, and what they do.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>

#include "check.h"
#include "net.h"
#include "support.h"

/* The sockets that an option can be for. */
enum { STREAM4, STREAM6, DATAGRAM4, DATAGRAM6, KINDS };

static const struct {
  const char *name;
  int family, type;
} kinds[KINDS] = {
    {"IPv4 stream", TENON_AF_INET, TENON_SOCK_STREAM},
    {"IPv6 stream", TENON_AF_INET6, TENON_SOCK_STREAM},
    {"IPv4 datagrams", TENON_AF_INET, TENON_SOCK_DGRAM},
    {"IPv6 datagrams", TENON_AF_INET6, TENON_SOCK_DGRAM},
};

static tenon_sock open_kind(int kind) {
  return tenon_socket(kinds[kind].family, kinds[kind].type, 0);
}

/* The value, or the failure. */
static int get(tenon_sock s, int option) {
  int value = INT_MIN;
  int result = tenon_getsockopt(s, option, &value);
  return result < 0 ? result : value;
}

static void check_range(int kind, int option, int lowest, int highest) {
  tenon_sock s = open_kind(kind);
  if (!check_ok(CHECK_HERE, "socket", s)) return;
  const int bad[] = {lowest - 1, highest < INT_MAX ? highest + 1 : -1, -1, INT_MIN};
  for (int i = 0; i < 4; i++)
    check_equal(CHECK_HERE, "out of range", "EINVAL", tenon_setsockopt(s, option, bad[i]), TENON_EINVAL);
  const int good[] = {highest, lowest};
  for (int i = 0; i < 2; i++) {
    check_equal(CHECK_HERE, "in range", "0", tenon_setsockopt(s, option, good[i]), 0);
    if (highest < INT_MAX) check_equal(CHECK_HERE, "read back", "the same", get(s, option), good[i]);
    check_true(CHECK_HERE, "there is a value", get(s, option) >= 0);
  }
  tenon_close(s);
}

static void check_missing(int kind, int option) {
  int value = 77;
  tenon_sock s = open_kind(kind);
  check_equal(CHECK_HERE, "set", "ENOPROTOOPT", tenon_setsockopt(s, option, 1), TENON_ENOPROTOOPT);
  check_equal(CHECK_HERE, "get", "ENOPROTOOPT", tenon_getsockopt(s, option, &value), TENON_ENOPROTOOPT);
  check_equal(CHECK_HERE, "nothing is written", "77", value, 77);
  tenon_close(s);
}

/* Lowest and highest are for those that have it: a bit for each kind. */
static const struct {
  int option, has, lowest, highest;
} settable[] = {
    {TENON_OPT_NODELAY, 1 << STREAM4 | 1 << STREAM6, 0, 1},
    {TENON_OPT_KEEPALIVE, 1 << STREAM4 | 1 << STREAM6, 0, 1},
    {TENON_OPT_SNDBUF, ~0, 1, INT_MAX},
    {TENON_OPT_RCVBUF, ~0, 1, INT_MAX},
    {TENON_OPT_BROADCAST, 1 << DATAGRAM4 | 1 << DATAGRAM6, 0, 1},
    {TENON_OPT_V6ONLY, 1 << STREAM6 | 1 << DATAGRAM6, 0, 1},
    {TENON_OPT_RESET_ON_CLOSE, 1 << STREAM4 | 1 << STREAM6, 0, 1},
    {TENON_OPT_TTL, ~0, 1, 255},
    {TENON_OPT_SHARE, 1 << DATAGRAM4 | 1 << DATAGRAM6, 0, 1},
};
enum { SETTABLE = sizeof settable / sizeof *settable };

static void check_all(int kind) {
  check_note(kinds[kind].name);
  for (int i = 0; i < SETTABLE; i++) {
    if (settable[i].has & 1 << kind) {
      check_range(kind, settable[i].option, settable[i].lowest, settable[i].highest);
    } else {
      check_missing(kind, settable[i].option);
    }
  }
}

TEST(options_of_ipv4_sockets_take_their_range_and_no_more) {
  check_all(STREAM4);
  check_all(DATAGRAM4);
}

TEST(options_of_ipv6_sockets_take_their_range_and_no_more) {
  if (!tenon_supports(TENON_SUPPORTS_IPV6)) SKIP("no IPv6");
  check_all(STREAM6);
  check_all(DATAGRAM6);
}

TEST(options_that_are_off_at_first) {
  static const int streams[] = {TENON_OPT_NODELAY, TENON_OPT_KEEPALIVE, TENON_OPT_RESET_ON_CLOSE, TENON_OPT_ERROR};
  static const int datagrams[] = {TENON_OPT_BROADCAST, TENON_OPT_SHARE, TENON_OPT_ERROR};
  tenon_sock s = open_kind(STREAM4), d = open_kind(DATAGRAM4);
  for (int i = 0; i < 4; i++) CHECK_EQ(get(s, streams[i]), 0);
  for (int i = 0; i < 3; i++) CHECK_EQ(get(d, datagrams[i]), 0);
  CHECK_EQ(net_close2(s, d), 0);
}

TEST(options_that_do_not_exist_or_are_only_read) {
  static const int unknown[] = {0, 99, -1, 1000, INT_MAX, INT_MIN};
  static const int read_only[] = {TENON_OPT_TYPE, TENON_OPT_ERROR, TENON_OPT_NATIVE_NONBLOCK};
  int value;
  tenon_sock s = open_kind(STREAM4);
  for (int i = 0; i < 6; i++) {
    CHECK_EQ(tenon_setsockopt(s, unknown[i], 1), TENON_ENOPROTOOPT);
    CHECK_EQ(tenon_getsockopt(s, unknown[i], &value), TENON_ENOPROTOOPT);
  }
  for (int i = 0; i < 3; i++) CHECK_EQ(tenon_setsockopt(s, read_only[i], 1), TENON_ENOPROTOOPT);
  CHECK_EQ(tenon_getsockopt(s, TENON_OPT_TYPE, NULL), TENON_EINVAL);
  CHECK_EQ(tenon_native_error(), 0);
  CHECK_EQ(tenon_close(s), 0);
}

/* 1 if each option of this handle gives the code, also those that do not exist. */
static int all_options_give(tenon_sock s, int code) {
  for (int option = -1; option <= 40; option++)
    if (get(s, option) != code || tenon_setsockopt(s, option, 1) != code) return 0;
  return 1;
}

TEST(options_tell_bad_handles_from_files) {
  tenon_sock file = support_open_file();
  CHECK(all_options_give(TENON_NO_SOCK, TENON_EBADF));
  CHECK(all_options_give(support_closed_handle(), TENON_EBADF));
  int is_told = all_options_give(file, TENON_ENOTSOCK);
  support_close_file(file);
  CHECK(is_told);
}

/* ---- What is read ------------------------------------------------------------------------------------------------ */

TEST(the_type_of_a_socket_is_what_it_was_made_as) {
  tenon_sock s = open_kind(STREAM4), d = open_kind(DATAGRAM4);
  CHECK_EQ(get(s, TENON_OPT_TYPE), TENON_SOCK_STREAM);
  CHECK_EQ(get(d, TENON_OPT_TYPE), TENON_SOCK_DGRAM);
  CHECK_EQ(net_close2(s, d), 0);
}

/* D088 */
TEST(what_native_code_sees_can_be_asked) {
  tenon_sock s = open_kind(STREAM4), d = open_kind(DATAGRAM4), listener = net_listen(TENON_AF_INET, NULL);
  int expected = support_native_nonblocking_expected() != 0;
  CHECK_EQ(get(s, TENON_OPT_NATIVE_NONBLOCK), expected);
  CHECK_EQ(get(d, TENON_OPT_NATIVE_NONBLOCK), expected);
  CHECK_EQ(get(listener, TENON_OPT_NATIVE_NONBLOCK), 1);
  CHECK_EQ(net_close2(s, d), 0);
  CHECK_EQ(tenon_close(listener), 0);
}

/* A connect that waits for room in a queue is refused when the listener is gone. On Windows the error stays. */
TEST(a_pending_error_is_taken_by_reading_it) {
  static net_full full;
  int error = 0;
  CHECK_EQ(net_fill(&full, TENON_AF_INET), 0);
  CHECK_EQ(get(full.pending, TENON_OPT_ERROR), 0);
  CHECK_EQ(tenon_close(full.listener), 0);
  full.listener = TENON_NO_SOCK;
  tenon_pollfd item = {full.pending, TENON_POLLOUT, 0};
  CHECK_EQ(tenon_poll(&item, 1, 20000), 1);
  CHECK_EQ(tenon_getsockopt(full.pending, TENON_OPT_ERROR, &error), 0);
  CHECK_EQ(error, TENON_ECONNREFUSED);
  if (!support_is_windows()) CHECK_EQ(get(full.pending, TENON_OPT_ERROR), 0);
  net_empty(&full);
}

/* D115: Linux counts twice, and all systems may clamp what is out of all proportion. */
TEST(buffers_are_as_large_as_was_asked_for) {
  static const int sizes[] = {8192, 65536, 100000}, options[] = {TENON_OPT_SNDBUF, TENON_OPT_RCVBUF};
  tenon_sock s = open_kind(STREAM4), d = open_kind(DATAGRAM4);
  for (int i = 0; i < 2; i++) {
    for (int k = 0; k < 3; k++) {
      CHECK_EQ(tenon_setsockopt(s, options[i], sizes[k]), 0);
      CHECK_EQ(tenon_setsockopt(d, options[i], sizes[k]), 0);
      CHECK_EQ(get(s, options[i]), sizes[k]);
      CHECK_EQ(get(d, options[i]), sizes[k]);
    }
  }
  CHECK_EQ(net_close2(s, d), 0);
}
