/* native_error_test.c - the system's own number behind a failure, and 0 where Tenon itself refused.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon.h"

/* A failure of the system, so that there is a number to be forgotten. */
static int fail_in_the_system(void) {
  tenon_addr peer;
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  int result = tenon_getpeername(s, &peer);
  int native = tenon_native_error();
  tenon_close(s);
  return result == TENON_ENOTCONN ? native : 0;
}

TEST(a_failure_of_the_system_has_its_number) {
  tenon_addr at;
  tenon_sock listener = net_listen(TENON_AF_INET, &at), second = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_OK(listener);
  CHECK_OK(second);
  CHECK(fail_in_the_system() != 0);
  CHECK_EQ(tenon_accept(listener, NULL, 0), TENON_EAGAIN);
  int native_would_wait = tenon_native_error();
  CHECK(native_would_wait != 0);
  CHECK_EQ(tenon_bind(second, &at), TENON_EADDRINUSE);
  CHECK(tenon_native_error() != 0);
  CHECK(tenon_native_error() != native_would_wait);
  CHECK_EQ(net_close2(listener, second), 0);
}

TEST(a_refused_connection_has_the_systems_number) {
  static const int timeouts[] = {NET_LIMIT_MS, TENON_FOREVER};
  tenon_addr nobody = net_refusing(TENON_AF_INET);
  for (int i = 0; i < 2; i++) {
    tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
    CHECK_OK(s);
    CHECK_EQ(tenon_connect(s, &nobody, timeouts[i]), TENON_ECONNREFUSED);
    CHECK(tenon_native_error() != 0);
    CHECK_EQ(tenon_close(s), 0);
  }
}

TEST(a_failed_lookup_has_the_resolvers_number) {
  CHECK_EQ(tenon_resolve(NULL, "no-such-service-x", NULL, NULL, 0, TENON_FOREVER), TENON_EAI_SERVICE);
  int native = tenon_native_error();
  CHECK(native != 0);
  CHECK(fail_in_the_system() != native); /* so that a thread's number can be told from what was there before */
  CHECK_EQ(tenon_resolve(NULL, "no-such-service-x", NULL, NULL, 0, NET_LIMIT_MS), TENON_EAI_SERVICE);
  CHECK_EQ(tenon_native_error(), native);
}

#define CHECK_REFUSES(call, code) \
  CHECK(fail_in_the_system());    \
  CHECK_EQ(call, code);           \
  CHECK_EQ(tenon_native_error(), 0)

TEST(what_tenon_refuses_has_no_number) {
  tenon_addr addr = tenon_addr_any(TENON_AF_UNSPEC, 0);
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  char text[1];
  CHECK_OK(s);
  CHECK_REFUSES(tenon_socket(9999, TENON_SOCK_STREAM, 0), TENON_EAFNOSUPPORT);
  CHECK_REFUSES(tenon_socket(TENON_AF_INET, 3, 0), TENON_ESOCKTNOSUPPORT);
  CHECK_REFUSES(tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 17), TENON_EPROTONOSUPPORT);
  CHECK_REFUSES(tenon_bind(s, NULL), TENON_EINVAL);
  CHECK_REFUSES(tenon_bind(s, &addr), TENON_EAFNOSUPPORT);
  CHECK_REFUSES(tenon_connect(s, &addr, 0), TENON_EAFNOSUPPORT);
  CHECK_REFUSES(tenon_listen(s, 1), TENON_EINVAL);
  CHECK_REFUSES(tenon_shutdown(s, 3), TENON_EINVAL);
  CHECK_REFUSES(tenon_cleanup(), TENON_EINVAL);
  CHECK_REFUSES(tenon_addr_parse(&addr, "127.1"), TENON_EINVAL);
  CHECK_REFUSES(tenon_resolve("127.1", "80", NULL, NULL, 0, 0), TENON_EAI_NONAME);
  CHECK_REFUSES(tenon_resolve("host.example", "80", NULL, NULL, 0, 0), TENON_EAGAIN);
  CHECK_REFUSES(tenon_canonname("localhost", text, sizeof text, 0), TENON_ENOSPC);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(the_end_of_time_has_no_number) {
  char c;
  tenon_sock listener = net_listen(TENON_AF_INET, NULL), pair[2];
  CHECK_OK(listener);
  CHECK_EQ(net_pair(pair), 0);
  CHECK_REFUSES(tenon_accept(listener, NULL, 1), TENON_ETIMEDOUT);
  CHECK_REFUSES(tenon_recv(pair[0], &c, 1, 1), TENON_ETIMEDOUT);
  CHECK_EQ(tenon_close(listener), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

typedef struct witness {
  support_thread thread;
  int at_first, after_the_system, after_a_refusal;
} witness;

static void fail_in_a_thread(void *argument) {
  witness *w = argument;
  w->at_first = tenon_native_error();
  int native = fail_in_the_system();
  w->after_the_system = native == tenon_native_error() ? native : 0;
  tenon_cleanup();
  w->after_a_refusal = tenon_native_error();
}

/* D022 */
TEST(threads_have_their_own_numbers) {
  static witness w;
  CHECK_EQ(tenon_resolve(NULL, "no-such-service-x", NULL, NULL, 0, TENON_FOREVER), TENON_EAI_SERVICE);
  int native = tenon_native_error();
  CHECK(native != 0);
  CHECK_EQ(support_thread_start(&w.thread, fail_in_a_thread, &w), 0);
  support_thread_join(&w.thread);
  CHECK_EQ(tenon_native_error(), native);
  CHECK_EQ(w.at_first, 0);
  CHECK(w.after_the_system != 0);
  CHECK_EQ(w.after_a_refusal, 0);
}
