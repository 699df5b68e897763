/* local_option_test.c - options of local sockets: what only networks have is refused, and not taken without effect.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "tenon/local.h"
#include "tenon/option.h"

/* Linux takes most of these for a local socket, and nothing comes of it. */
TEST(options_of_networks_are_none_of_a_local_stream) {
  if (!tenon_supports(TENON_SUPPORTS_LOCAL)) SKIP("the system has no local sockets");
  static const int options[] = {TENON_OPT_NODELAY,        TENON_OPT_KEEPALIVE, TENON_OPT_TTL,
                                TENON_OPT_KEEPALIVE_IDLE, TENON_OPT_REUSEPORT, TENON_OPT_BOUND_IF,
                                TENON_OPT_USER_TIMEOUT,   TENON_OPT_DSCP,      TENON_OPT_CORK};
  tenon_sock s = tenon_socket(TENON_AF_UNIX, TENON_SOCK_STREAM, 0);
  int value = 7;
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    CHECK_EQ(tenon_setsockopt(s, options[i], 1), TENON_ENOPROTOOPT);
    CHECK_EQ(tenon_getsockopt(s, options[i], &value), TENON_ENOPROTOOPT);
  }
  CHECK_EQ(value, 7);
  CHECK_EQ(tenon_keepalive(s, 60, 10, 0), TENON_ENOPROTOOPT);
  CHECK_EQ(tenon_keepalive(s, 60, 10, 3), TENON_ENOPROTOOPT);
  CHECK_EQ(tenon_keepalive(s, 0, 10, 3), TENON_EINVAL);
  CHECK_EQ(tenon_setsockopt(s, TENON_OPT_RESET_ON_CLOSE, 0), TENON_ENOTSUP);
  CHECK_EQ(tenon_setsockopt(s, TENON_OPT_RESET_ON_CLOSE, 1), TENON_ENOTSUP);
  CHECK_EQ(tenon_getsockopt(s, TENON_OPT_RESET_ON_CLOSE, &value), TENON_ENOTSUP);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(options_of_networks_are_none_of_a_local_datagram_socket) {
  if (!tenon_supports(TENON_SUPPORTS_LOCAL_DATAGRAMS)) SKIP("the system has no local datagrams");
  static const int options[] = {TENON_OPT_BROADCAST, TENON_OPT_SHARE, TENON_OPT_REUSEPORT, TENON_OPT_MULTICAST_TTL};
  tenon_sock s = tenon_socket(TENON_AF_UNIX, TENON_SOCK_DGRAM, 0);
  int value;
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    CHECK_EQ(tenon_setsockopt(s, options[i], 1), TENON_ENOPROTOOPT);
    CHECK_EQ(tenon_getsockopt(s, options[i], &value), TENON_ENOPROTOOPT);
  }
  CHECK_EQ(tenon_close(s), 0);
}
