/* startup_test.c - the library starts by itself, and beside other users of the system's socket layer.
 * SPDX-License-Identifier: MIT
 *
 * CTest gives each test a process of its own: there it finds the library as it is before its first call.
 */
#include <stdatomic.h>

#include "check.h"
#include "support.h"
#include "tenon.h"

enum { THREADS = 16 };

static atomic_int arrived;

typedef struct visitor {
  support_thread thread;
  int counts; /* whether it pairs tenon_startup() and tenon_cleanup() */
  int result; /* 0, or what failed first */
} visitor;

static int use_a_socket(void) {
  tenon_addr local = tenon_addr_loopback(TENON_AF_INET, 0);
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  if (s < 0) return (int)s;
  int bound = tenon_bind(s, &local);
  int closed = tenon_close(s);
  return bound < 0 ? bound : closed;
}

static void visit(void *argument) {
  visitor *v = argument;
  atomic_fetch_add(&arrived, 1);
  while (atomic_load(&arrived) < THREADS) support_sleep_ms(0); /* lets the others come */
  int started = v->counts ? tenon_startup() : 0;
  int used = use_a_socket();
  int ended = v->counts ? tenon_cleanup() : 0;
  v->result = started < 0 ? started : used < 0 ? used : ended;
}

static int visit_concurrently(int counts) {
  static visitor visitors[THREADS];
  int result = 0;
  atomic_store(&arrived, 0);
  for (int i = 0; i < THREADS; i++) {
    visitors[i].counts = counts;
    if (support_thread_start(&visitors[i].thread, visit, &visitors[i])) return TENON_EAGAIN;
  }
  for (int i = 0; i < THREADS; i++) {
    support_thread_join(&visitors[i].thread);
    if (result == 0) result = visitors[i].result;
  }
  return result;
}

/* D001 */
TEST(the_first_use_needs_no_startup_from_many_threads_at_once) {
  CHECK_EQ(visit_concurrently(0), 0);
}

TEST(startups_count_in_many_threads_at_once) {
  CHECK_EQ(visit_concurrently(1), 0);
  CHECK_EQ(tenon_cleanup(), TENON_EINVAL);
}

TEST(the_first_call_may_be_about_a_name) {
  CHECK_EQ(tenon_resolve(NULL, "no-such-service-x", NULL, NULL, 0, TENON_FOREVER), TENON_EAI_SERVICE);
}

TEST(the_first_call_may_be_about_a_bad_handle) {
  tenon_addr local;
  CHECK_EQ(tenon_getsockname(TENON_NO_SOCK, &local), TENON_EBADF);
}

TEST(startups_are_counted) {
  tenon_addr local;
  CHECK_EQ(tenon_startup(), 0);
  CHECK_EQ(tenon_startup(), 0);
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_OK(s);
  CHECK_EQ(tenon_cleanup(), 0);
  CHECK_EQ(tenon_getsockname(s, &local), 0);
  CHECK_EQ(tenon_close(s), 0);
  CHECK_EQ(tenon_cleanup(), 0);
  CHECK_EQ(tenon_cleanup(), TENON_EINVAL);
}

TEST(after_the_last_cleanup_tenon_starts_again) {
  CHECK_EQ(tenon_startup(), 0);
  CHECK_EQ(use_a_socket(), 0);
  CHECK_EQ(tenon_cleanup(), 0);
  CHECK_EQ(use_a_socket(), 0);
  CHECK_EQ(tenon_startup(), 0);
  CHECK_EQ(tenon_cleanup(), 0);
}

/* In a process of its own, the one start that there is belongs to somebody else, and Tenon must not give it back. */
TEST(a_cleanup_too_many_does_no_harm) {
  tenon_addr local;
  CHECK_EQ(support_start_foreign(), 0);
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_OK(s);
  for (int i = 0; i < 3; i++) CHECK_EQ(tenon_cleanup(), TENON_EINVAL);
  CHECK_EQ(tenon_native_error(), 0);
  CHECK_EQ(tenon_getsockname(s, &local), 0);
  CHECK_EQ(tenon_close(s), 0);
  CHECK_EQ(support_end_foreign(), 0);
}

TEST(a_foreign_use_of_the_system_survives_ours) {
  tenon_addr local;
  CHECK_EQ(support_start_foreign(), 0);
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_OK(s);
  CHECK_EQ(tenon_startup(), 0);
  CHECK_EQ(tenon_cleanup(), 0);
  CHECK_EQ(tenon_getsockname(s, &local), 0);
  CHECK_EQ(tenon_close(s), 0);
  CHECK_EQ(support_end_foreign(), 0);
}

TEST(our_use_of_the_system_survives_a_foreign_one) {
  tenon_addr local;
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_OK(s);
  CHECK_EQ(support_start_foreign(), 0);
  CHECK_EQ(support_end_foreign(), 0);
  CHECK_EQ(tenon_getsockname(s, &local), 0);
  CHECK_EQ(tenon_close(s), 0);
}

/* D002 */
TEST(our_use_of_the_system_survives_a_foreign_one_that_began_first) {
  tenon_addr local;
  CHECK_EQ(support_start_foreign(), 0);
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_OK(s);
  CHECK_EQ(support_end_foreign(), 0);
  CHECK_EQ(tenon_getsockname(s, &local), 0);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(a_startup_keeps_the_system_when_foreign_use_ends) {
  tenon_addr local;
  CHECK_EQ(support_start_foreign(), 0);
  CHECK_EQ(tenon_startup(), 0);
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_OK(s);
  CHECK_EQ(support_end_foreign(), 0);
  CHECK_EQ(tenon_getsockname(s, &local), 0);
  CHECK_EQ(tenon_close(s), 0);
  CHECK_EQ(tenon_cleanup(), 0);
}
