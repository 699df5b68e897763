/* misuse_more_test.c - handles that are none, NULL and bad times, for the calls beyond the first ones.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/message.h"

static intptr_t receive_all(tenon_sock s) {
  char c;
  return tenon_recv_all(s, &c, 1, NET_LIMIT_MS);
}

static intptr_t receive_all_of_nothing(tenon_sock s) {
  return tenon_recv_all(s, NULL, 0, NET_LIMIT_MS);
}

static intptr_t look_at_nothing(tenon_sock s) {
  return tenon_peek(s, NULL, 0, 0);
}

static intptr_t send_vector_of_nothing(tenon_sock s) {
  return tenon_sendv(s, NULL, 0, TENON_FOREVER);
}

static intptr_t receive_vector_of_nothing(tenon_sock s) {
  return tenon_recvv(s, NULL, 0, NET_LIMIT_MS);
}

static intptr_t look_ahead(tenon_sock s) {
  char c;
  return tenon_peek(s, &c, 1, TENON_FOREVER);
}

static intptr_t send_datagram(tenon_sock s) {
  tenon_addr to = tenon_addr_loopback(TENON_AF_INET, 9);
  return tenon_sendto(s, "x", 1, &to, NET_LIMIT_MS);
}

static intptr_t send_to_peer(tenon_sock s) {
  return tenon_sendto(s, "x", 1, NULL, TENON_FOREVER);
}

static intptr_t receive_datagram(tenon_sock s) {
  char c;
  return tenon_recvfrom(s, &c, 1, NULL, NET_LIMIT_MS);
}

static intptr_t set_option(tenon_sock s) {
  return tenon_setsockopt(s, TENON_OPT_SNDBUF, 10000);
}

static intptr_t get_option(tenon_sock s) {
  int value;
  return tenon_getsockopt(s, TENON_OPT_TYPE, &value);
}

static intptr_t adopt(tenon_sock s) {
  return tenon_adopt(s);
}

/* The last one is not for files, which POSIX systems close. */
static intptr_t close_gracefully(tenon_sock s) {
  return tenon_close_gracefully(s, NET_LIMIT_MS);
}

#define CALL(name) \
  { #name, name }

static const struct {
  const char *name;
  intptr_t (*call)(tenon_sock s);
} calls[] = {
    CALL(receive_all),
    CALL(look_ahead),
    CALL(send_datagram),
    CALL(send_to_peer),
    CALL(receive_datagram),
    CALL(set_option),
    CALL(get_option),
    CALL(adopt),
    CALL(receive_all_of_nothing),
    CALL(look_at_nothing),
    CALL(send_vector_of_nothing),
    CALL(receive_vector_of_nothing),
    CALL(close_gracefully),
};
enum { CALLS = sizeof calls / sizeof *calls };

TEST(what_is_no_handle_is_a_bad_one_for_further_calls) {
  static const tenon_sock bad[] = {TENON_NO_SOCK, -2, -5, -6, INTPTR_MIN, INTPTR_MAX, (tenon_sock)1 << 30};
  for (size_t i = 0; i < CALLS; i++) {
    check_note(calls[i].name);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) CHECK_EQ(calls[i].call(bad[k]), TENON_EBADF);
    CHECK_EQ(calls[i].call(support_closed_handle()), TENON_EBADF);
  }
}

TEST(a_file_is_no_socket_for_further_calls) {
  tenon_sock file = support_open_file();
  for (size_t i = 0; i < CALLS - 1; i++) {
    check_note(calls[i].name);
    CHECK_EQ(calls[i].call(file), TENON_ENOTSOCK);
  }
  support_close_file(file);
}

TEST(bad_values_are_refused_by_further_calls) {
  tenon_sock pair[2];
  char c = 0;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_recv_all(pair[0], NULL, 1, 0), TENON_EINVAL);
  CHECK_EQ(tenon_recv_all(pair[0], &c, 1, -2), TENON_EINVAL);
  CHECK_EQ(tenon_recv_all(pair[0], &c, SIZE_MAX, 0), TENON_EINVAL);
  CHECK_EQ(tenon_peek(pair[0], NULL, 1, 0), TENON_EINVAL);
  CHECK_EQ(tenon_peek(pair[0], &c, 1, INT_MIN), TENON_EINVAL);
  CHECK_EQ(tenon_sendto(pair[0], NULL, 1, NULL, 0), TENON_EINVAL);
  CHECK_EQ(tenon_sendto(pair[0], &c, 1, NULL, -2), TENON_EINVAL);
  CHECK_EQ(tenon_recvfrom(pair[0], NULL, 1, NULL, 0), TENON_EINVAL);
  CHECK_EQ(tenon_recvfrom(pair[0], &c, 1, NULL, -2), TENON_EINVAL);
  CHECK_EQ(tenon_getsockopt(pair[0], TENON_OPT_TYPE, NULL), TENON_EINVAL);
  CHECK_EQ(tenon_native_error(), 0);
  CHECK_EQ(tenon_close_gracefully(pair[0], -2), TENON_EINVAL);
  CHECK_EQ(tenon_close(pair[0]), TENON_EBADF); /* closed in every case */
  CHECK_EQ(tenon_close(pair[1]), 0);
}
