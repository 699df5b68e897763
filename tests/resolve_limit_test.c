/* resolve_limit_test.c - lookups within a time limit: their threads, their memory, their ends.
 * SPDX-License-Identifier: MIT
 *
 * No network is assumed. A service that nobody knows makes the system look through its files and asks no name server.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon.h"

enum {
  THREADS = 32,
  THREADS_UNDER_WINE = 12,
  LOOKUPS = 20,
  HURRIED = 200,
  ABANDONED_MAX = 16,
  SHORT_LIMIT_MS = 2000,
  SLACK_MS = 5000
};

static int look_up(int timeout_ms) {
  return tenon_resolve(NULL, "no-such-service-x", NULL, NULL, 0, timeout_ms);
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

static atomic_int allocations, live, live_at_most;

static void *allocate_counted(size_t size) {
  int now = atomic_fetch_add(&live, 1) + 1;
  int most = atomic_load(&live_at_most);
  while (most < now && !atomic_compare_exchange_weak(&live_at_most, &most, now)) continue;
  atomic_fetch_add(&allocations, 1);
  return malloc(size);
}

static void release_counted(void *memory) {
  free(memory);
  atomic_fetch_sub(&live, 1);
}

static void *allocate_nothing(size_t size) {
  (void)size;
  return NULL;
}

/* 1 once nothing is allocated any more: a lookup that was left behind, or has only just answered, still has its memory.
 * The allocator may not be changed before. */
static int all_is_released(void) {
  int64_t deadline = tenon_deadline(10000);
  while (atomic_load(&live) > 0 && tenon_remaining(deadline) > 0) support_sleep_ms(1);
  if (atomic_load(&live) > 0) return 0;
  tenon_set_allocator(NULL, NULL);
  return 1;
}

static void count_allocations(void) {
  atomic_store(&allocations, 0);
  atomic_store(&live, 0);
  atomic_store(&live_at_most, 0);
  tenon_set_allocator(allocate_counted, release_counted);
}

TEST(a_lookup_with_a_limit_takes_its_memory_from_the_programs_allocator) {
  count_allocations();
  CHECK_EQ(look_up(NET_LIMIT_MS), TENON_EAI_SERVICE);
  CHECK(atomic_load(&allocations) > 0);
  CHECK(all_is_released());
}

TEST(a_lookup_without_one_takes_none) {
  count_allocations();
  CHECK_EQ(look_up(TENON_FOREVER), TENON_EAI_SERVICE);
  CHECK_EQ(look_up(0), TENON_EAGAIN);
  CHECK_EQ(tenon_resolve("localhost", "http", NULL, NULL, 0, NET_LIMIT_MS), 2);
  CHECK_EQ(atomic_load(&allocations), 0);
  CHECK(all_is_released());
}

TEST(without_memory_a_lookup_with_a_limit_fails) {
  tenon_addr addr;
  char name[64];
  CHECK_EQ(tenon_addr_parse(&addr, "192.0.2.1"), 0);
  tenon_set_allocator(allocate_nothing, release_counted);
  for (int i = 0; i < 100; i++) {
    CHECK_EQ(look_up(NET_LIMIT_MS), TENON_ENOMEM);
    CHECK_EQ(tenon_resolve("host.example", "80", NULL, NULL, 0, NET_LIMIT_MS), TENON_ENOMEM);
    CHECK_EQ(tenon_reverse(&addr, name, sizeof name, NULL, 0, NET_LIMIT_MS), TENON_ENOMEM);
    CHECK_EQ(tenon_canonname("host.example", name, sizeof name, NET_LIMIT_MS), TENON_ENOMEM);
  }
  CHECK_EQ(look_up(TENON_FOREVER), TENON_EAI_SERVICE);
  tenon_set_allocator(NULL, NULL);
  CHECK_EQ(look_up(NET_LIMIT_MS), TENON_EAI_SERVICE);
}

TEST(null_brings_the_default_allocator_back) {
  count_allocations();
  tenon_set_allocator(NULL, NULL);
  CHECK_EQ(look_up(NET_LIMIT_MS), TENON_EAI_SERVICE);
  CHECK_EQ(atomic_load(&allocations), 0);
}

/* ---- Time -------------------------------------------------------------------------------------------------------- */

TEST(an_unknown_host_is_an_answer_within_the_limit) {
  count_allocations();
  int64_t before = tenon_now_ms();
  int result = tenon_resolve("no-such-host.example", "80", NULL, NULL, 0, SHORT_LIMIT_MS);
  int64_t passed = tenon_now_ms() - before;
  CHECK(result == TENON_EAI_NONAME || result == TENON_EAI_AGAIN || result == TENON_EAI_FAIL ||
        result == TENON_ETIMEDOUT);
  CHECK(passed <= SHORT_LIMIT_MS + SLACK_MS);
  CHECK(result != TENON_ETIMEDOUT || passed >= SHORT_LIMIT_MS);
  CHECK(all_is_released());
}

static int is_hurried_result(int result) {
  return result == TENON_EAI_SERVICE || result == TENON_ETIMEDOUT || result == TENON_EAI_AGAIN;
}

/* Whoever is in a hurry leaves lookups behind: 16 of them, while the 17th is under way. */
TEST(lookups_that_were_left_behind_are_few_and_end) {
  count_allocations();
  int64_t before = tenon_now_ms();
  for (int i = 0; i < HURRIED; i++) CHECK(is_hurried_result(look_up(1)));
  CHECK(tenon_now_ms() - before <= HURRIED + SLACK_MS);
  CHECK(atomic_load(&live_at_most) <= ABANDONED_MAX + 1);
  CHECK(all_is_released());
  CHECK_EQ(look_up(NET_LIMIT_MS), TENON_EAI_SERVICE); /* none of them counts any more */
}

/* ---- Many at once ------------------------------------------------------------------------------------------------ */

typedef struct asker {
  support_thread thread;
  int timeout_ms;
  int failures;
} asker;

static void ask_often(void *argument) {
  asker *a = argument;
  for (int i = 0; i < LOOKUPS; i++) {
    tenon_addr list[2];
    int result = look_up(a->timeout_ms);
    a->failures += a->timeout_ms == 1 ? !is_hurried_result(result) : result != TENON_EAI_SERVICE;
    a->failures += tenon_resolve("localhost", "http", NULL, list, 2, a->timeout_ms) != 2 || list[1].port != 80;
  }
}

/* Each of them starts another one for each lookup. Under Wine a thread takes several descriptors, of the process and of
 * the server. */
static int how_many(void) {
  return support_is_wine() ? THREADS_UNDER_WINE : THREADS;
}

static int ask_in_threads(int timeout_ms) {
  static asker askers[THREADS];
  int failures = 0, threads = how_many();
  for (int i = 0; i < threads; i++) {
    askers[i].timeout_ms = timeout_ms;
    askers[i].failures = 0;
    if (support_thread_start(&askers[i].thread, ask_often, &askers[i])) return -1;
  }
  for (int i = 0; i < threads; i++) {
    support_thread_join(&askers[i].thread);
    failures += askers[i].failures;
  }
  return failures;
}

TEST(concurrent_lookups_do_not_disturb_each_other) {
  CHECK_EQ(ask_in_threads(TENON_FOREVER), 0);
  count_allocations();
  CHECK_EQ(ask_in_threads(20000), 0);
  CHECK_EQ(atomic_load(&allocations), how_many() * LOOKUPS);
  CHECK(all_is_released());
}

TEST(concurrent_lookups_in_a_hurry_end_as_well) {
  count_allocations();
  CHECK_EQ(ask_in_threads(1), 0);
  CHECK(all_is_released());
  CHECK_EQ(look_up(NET_LIMIT_MS), TENON_EAI_SERVICE);
}
