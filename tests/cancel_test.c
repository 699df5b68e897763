/* cancel_test.c - threads that have a waker, and end or are forked away: the others' calls stay as short as they were.
 * SPDX-License-Identifier: MIT
 */
#include "../src/shared.h"
#include "check.h"
#include "net.h"
#include "support.h"

enum { THREADS = 8, ROUNDS = 50 };

static tenon_waker waker;

static void end_with_waker(void *argument) {
  (void)argument;
  tenon_cancel_on(&waker);
}

static void end_without_waker(void *argument) {
  (void)argument;
  tenon_cancel_on(&waker);
  tenon_cancel_on(&waker);
  tenon_cancel_on(NULL);
}

TEST(a_thread_that_ends_with_a_waker_leaves_no_trace) {
  static support_thread threads[THREADS];
  CHECK_EQ(tenon_waker_open(&waker), 0);
  CHECK_EQ(tenon__is_watched(), 0);
  for (int round = 0; round < ROUNDS; round++) {
    for (int i = 0; i < THREADS; i++)
      CHECK_EQ(support_thread_start(&threads[i], i % 2 ? end_with_waker : end_without_waker, NULL), 0);
    for (int i = 0; i < THREADS; i++) support_thread_join(&threads[i]);
  }
  CHECK_EQ(tenon__is_watched(), 0);
  CHECK_EQ(tenon_waker_close(&waker), 0);
}

static void cancel_in_thread(void *result) {
  char byte;
  tenon_sock pair[2];
  if (net_pair(pair) < 0) return;
  tenon_cancel_on(&waker);
  *(ptrdiff_t *)result = tenon_recv(pair[0], &byte, 1, NET_LIMIT_MS);
  net_close2(pair[0], pair[1]);
}

/* A slot that the ended thread had is another's later. */
TEST(a_new_thread_has_the_waker_that_it_sets_and_no_other) {
  static support_thread threads[2];
  static ptrdiff_t result;
  char byte;
  tenon_sock pair[2];
  CHECK_EQ(tenon_waker_open(&waker), 0);
  CHECK_EQ(tenon_waker_wake(&waker), 0);
  for (int i = 0; i < 2; i++) {
    result = 0;
    CHECK_EQ(support_thread_start(&threads[i], cancel_in_thread, &result), 0);
    support_thread_join(&threads[i]);
    CHECK_EQ(result, TENON_ECANCELED);
    CHECK_EQ(tenon__is_watched(), 0);
  }
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_recv(pair[0], &byte, 1, 20), TENON_ETIMEDOUT);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
  CHECK_EQ(tenon_waker_close(&waker), 0);
}

static tenon_sock leave[2];

static void wait_with_waker(void *argument) {
  char byte;
  (void)argument;
  tenon_cancel_on(&waker);
  tenon_send(leave[1], "!", 1, NET_LIMIT_MS);
  tenon_recv(leave[1], &byte, 1, NET_LIMIT_MS);
}

static int is_watched(void) {
  return tenon__is_watched() != 0;
}

static int is_watched_with_waker(void) {
  tenon_cancel_on(&waker);
  int is = is_watched();
  tenon_cancel_on(NULL);
  return is && !is_watched();
}

TEST(a_child_process_counts_the_wakers_of_its_own_thread) {
  static support_thread thread;
  char byte;
  CHECK_EQ(tenon_waker_open(&waker), 0);
  CHECK_EQ(net_pair(leave), 0);
  CHECK_EQ(support_thread_start(&thread, wait_with_waker, NULL), 0);
  CHECK_EQ(tenon_recv(leave[0], &byte, 1, NET_LIMIT_MS), 1);
  int here = is_watched(), in_child = support_in_child(is_watched);
  int with_waker = support_in_child(is_watched_with_waker);
  tenon_send(leave[0], "!", 1, NET_LIMIT_MS);
  support_thread_join(&thread);
  CHECK_EQ(here, 1);
  CHECK(in_child == 0 || (support_is_windows() && in_child == -1));
  CHECK(with_waker == 1 || (support_is_windows() && with_waker == -1));
  CHECK_EQ(net_close2(leave[0], leave[1]), 0);
  CHECK_EQ(tenon_waker_close(&waker), 0);
}
