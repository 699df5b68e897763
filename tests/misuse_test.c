/* misuse_test.c - handles that are none, NULL, numbers out of range; and whose failure it was.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon.h"

/* ---- Handles ----------------------------------------------------------------------------------------------------- */

static intptr_t connect_at_once(tenon_sock s) {
  tenon_addr peer = tenon_addr_loopback(TENON_AF_INET, 9);
  return tenon_connect(s, &peer, 0);
}

static intptr_t connect_in_time(tenon_sock s) {
  tenon_addr peer = tenon_addr_loopback(TENON_AF_INET6, 9);
  return tenon_connect(s, &peer, NET_LIMIT_MS);
}

static intptr_t connect_forever(tenon_sock s) {
  tenon_addr peer = tenon_addr_loopback(TENON_AF_INET, 9);
  return tenon_connect(s, &peer, TENON_FOREVER);
}

static intptr_t connect_result_at_once(tenon_sock s) {
  return tenon_connect_result(s, 0);
}

static intptr_t connect_result_forever(tenon_sock s) {
  return tenon_connect_result(s, TENON_FOREVER);
}

static intptr_t bind_ipv4(tenon_sock s) {
  tenon_addr local = tenon_addr_loopback(TENON_AF_INET, 0);
  return tenon_bind(s, &local);
}

static intptr_t bind_ipv6(tenon_sock s) {
  tenon_addr local = tenon_addr_any(TENON_AF_INET6, 0);
  return tenon_bind(s, &local);
}

static intptr_t listen_some(tenon_sock s) {
  return tenon_listen(s, 5);
}

static intptr_t accept_at_once(tenon_sock s) {
  return tenon_accept(s, NULL, 0);
}

static intptr_t accept_in_time(tenon_sock s) {
  tenon_addr peer;
  return tenon_accept(s, &peer, NET_LIMIT_MS);
}

static intptr_t accept_forever(tenon_sock s) {
  return tenon_accept(s, NULL, TENON_FOREVER);
}

static intptr_t send_at_once(tenon_sock s) {
  return tenon_send(s, "x", 1, 0);
}

static intptr_t send_in_time(tenon_sock s) {
  return tenon_send(s, "x", 1, NET_LIMIT_MS);
}

static intptr_t send_forever(tenon_sock s) {
  return tenon_send(s, "x", 1, TENON_FOREVER);
}

static intptr_t recv_at_once(tenon_sock s) {
  char c;
  return tenon_recv(s, &c, 1, 0);
}

static intptr_t recv_in_time(tenon_sock s) {
  char c;
  return tenon_recv(s, &c, 1, NET_LIMIT_MS);
}

static intptr_t recv_forever(tenon_sock s) {
  char c;
  return tenon_recv(s, &c, 1, TENON_FOREVER);
}

static intptr_t send_nothing(tenon_sock s) {
  return tenon_send(s, NULL, 0, TENON_FOREVER);
}

static intptr_t receive_nothing(tenon_sock s) {
  return tenon_recv(s, NULL, 0, 0);
}

static intptr_t shutdown_reading(tenon_sock s) {
  return tenon_shutdown(s, TENON_SHUT_RD);
}

static intptr_t shutdown_both(tenon_sock s) {
  return tenon_shutdown(s, TENON_SHUT_RDWR);
}

static intptr_t get_own_name(tenon_sock s) {
  tenon_addr local;
  return tenon_getsockname(s, &local);
}

static intptr_t get_peers_name(tenon_sock s) {
  tenon_addr peer;
  return tenon_getpeername(s, &peer);
}

/* POSIX systems close a file here: the last one is not for files. */
static intptr_t close_it(tenon_sock s) {
  return tenon_close(s);
}

#define CALL(name) \
  { #name, name }

static const struct {
  const char *name;
  intptr_t (*call)(tenon_sock s);
} calls[] = {
    CALL(connect_at_once), CALL(connect_in_time), CALL(connect_forever), CALL(connect_result_at_once),
    CALL(bind_ipv4),       CALL(bind_ipv6),       CALL(listen_some),     CALL(connect_result_forever),
    CALL(accept_at_once),  CALL(accept_in_time),  CALL(accept_forever),  CALL(send_at_once),
    CALL(send_in_time),    CALL(send_forever),    CALL(recv_at_once),    CALL(recv_in_time),
    CALL(recv_forever),    CALL(get_own_name),    CALL(get_peers_name),  CALL(shutdown_reading),
    CALL(send_nothing),    CALL(receive_nothing), CALL(shutdown_both),   CALL(close_it),
};
enum { CALLS = sizeof calls / sizeof *calls };

/* -1 to -6 are Windows' names for this process, this thread and their tokens. */
TEST(what_is_no_handle_is_a_bad_one) {
  static const tenon_sock bad[] = {TENON_NO_SOCK, -2, -5, -6, INTPTR_MIN, INTPTR_MAX, (tenon_sock)1 << 30};
  for (size_t i = 0; i < CALLS; i++) {
    check_note(calls[i].name);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) CHECK_EQ(calls[i].call(bad[k]), TENON_EBADF);
  }
}

/* D003: Where handles are 64 bits wide and the system looks at the lower half alone. */
TEST(a_number_whose_lower_half_is_a_handle_is_a_bad_one) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_OK(s);
  tenon_sock beyond = INTPTR_MAX > INT32_MAX ? (tenon_sock)(((uint64_t)1 << 32) + (uint64_t)s) : INTPTR_MAX;
  for (size_t i = 0; i < CALLS; i++) {
    check_note(calls[i].name);
    CHECK_EQ(calls[i].call(beyond), TENON_EBADF);
  }
  CHECK_EQ(tenon_close(s), 0);
}

TEST(a_closed_handle_is_a_bad_one) {
  for (size_t i = 0; i < CALLS; i++) {
    check_note(calls[i].name);
    CHECK_EQ(calls[i].call(support_closed_handle()), TENON_EBADF);
  }
}

/* Takes what is no socket through all calls, and closes it. 1 if each of them said what it is. */
static int is_no_socket(tenon_sock file) {
  size_t i = 0;
  while (i < CALLS - 1 && calls[i].call(file) == TENON_ENOTSOCK) i++;
  check_note(calls[i].name);
  support_close_file(file);
  return i == CALLS - 1;
}

TEST(a_file_is_no_socket) {
  tenon_sock file = support_open_file();
  CHECK_OK(file);
  CHECK(is_no_socket(file));
}

TEST(a_pipe_is_no_socket) {
  tenon_sock pipe = support_open_pipe();
  CHECK_OK(pipe);
  CHECK(is_no_socket(pipe));
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

TEST(null_is_refused_where_a_socket_call_needs_a_value) {
  tenon_sock fresh = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0), pair[2];
  CHECK_OK(fresh);
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_connect(fresh, NULL, NET_LIMIT_MS), TENON_EINVAL);
  CHECK_EQ(tenon_connect(fresh, NULL, 0), TENON_EINVAL);
  CHECK_EQ(tenon_bind(fresh, NULL), TENON_EINVAL);
  CHECK_EQ(tenon_send(pair[0], NULL, 1, NET_LIMIT_MS), TENON_EINVAL);
  CHECK_EQ(tenon_recv(pair[0], NULL, 1, NET_LIMIT_MS), TENON_EINVAL);
  CHECK_EQ(tenon_getsockname(pair[0], NULL), TENON_EINVAL);
  CHECK_EQ(tenon_getpeername(pair[0], NULL), TENON_EINVAL);
  CHECK_EQ(tenon_native_error(), 0);
  CHECK_EQ(tenon_close(fresh), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(null_is_refused_where_a_call_about_names_needs_a_value) {
  tenon_addr addr = tenon_addr_loopback(TENON_AF_INET, 80);
  char text[TENON_ADDR_TEXT];
  CHECK_EQ(tenon_addr_parse(NULL, "192.0.2.1"), TENON_EINVAL);
  CHECK_EQ(tenon_addr_parse(&addr, NULL), TENON_EINVAL);
  CHECK_EQ(tenon_addr_format(NULL, text, sizeof text), TENON_EINVAL);
  CHECK_EQ(tenon_addr_format(&addr, NULL, sizeof text), TENON_EINVAL);
  CHECK_EQ(tenon_resolve("localhost", "80", NULL, NULL, 1, 0), TENON_EINVAL);
  CHECK_EQ(tenon_reverse(NULL, text, sizeof text, NULL, 0, 0), TENON_EINVAL);
  CHECK_EQ(tenon_reverse(&addr, NULL, 0, NULL, 0, 0), TENON_EINVAL);
  CHECK_EQ(tenon_canonname(NULL, text, sizeof text, 0), TENON_EINVAL);
  CHECK_EQ(tenon_canonname("localhost", NULL, sizeof text, 0), TENON_EINVAL);
  CHECK_EQ(tenon_native_error(), 0);
}

TEST(null_is_a_buffer_of_no_bytes_in_which_nothing_finds_room) {
  tenon_addr addr = tenon_addr_loopback(TENON_AF_INET, 80), addr6 = tenon_addr_loopback(TENON_AF_INET6, 80);
  CHECK_EQ(tenon_addr_format(&addr, NULL, 0), TENON_ENOSPC);
  CHECK_EQ(tenon_addr_format(&addr6, NULL, 0), TENON_ENOSPC);
  CHECK_EQ(tenon_addr_to_native(&addr, NULL, 0), TENON_ENOSPC);
  CHECK_EQ(tenon_addr_to_native(&addr, NULL, 1), TENON_EINVAL);
  CHECK_EQ(tenon_canonname("localhost", NULL, 0, 0), TENON_ENOSPC);
  CHECK_EQ(tenon_canonname("1.2.3.4", NULL, 0, 0), TENON_ENOSPC);
  CHECK_EQ(tenon_addr_from_native(&addr, NULL, 0), TENON_EINVAL);
  CHECK_EQ(tenon_resolve(NULL, NULL, NULL, NULL, 0, 0), TENON_EAI_NONAME);
}

TEST(numbers_out_of_range_are_refused) {
  static const int bad[] = {-1, 3, INT_MIN, INT_MAX};
  tenon_addr addr;
  tenon_sock pair[2];
  char c = 'x';
  CHECK_EQ(net_pair(pair), 0);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) CHECK_EQ(tenon_shutdown(pair[0], bad[i]), TENON_EINVAL);
  CHECK_EQ(tenon_send(pair[0], &c, (size_t)PTRDIFF_MAX + 1, 0), TENON_EINVAL);
  CHECK_EQ(tenon_send(pair[0], &c, SIZE_MAX, 0), TENON_EINVAL);
  CHECK_EQ(tenon_recv(pair[0], &c, (size_t)PTRDIFF_MAX + 1, 0), TENON_EINVAL);
  CHECK_EQ(tenon_recv(pair[0], &c, SIZE_MAX, 0), TENON_EINVAL);
  CHECK_EQ(tenon_resolve("localhost", "80", NULL, &addr, -1, 0), TENON_EINVAL);
  CHECK_EQ(tenon_resolve("localhost", "80", NULL, &addr, INT_MIN, 0), TENON_EINVAL);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}
