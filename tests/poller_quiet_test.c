/* poller_quiet_test.c - a crowd of sockets of which one has been busy and all others quiet for a long time, for which a
 * poller may keep them in other ways: whatever it does, nobody notices.
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/poller.h"

enum { IN = TENON_POLLIN, OUT = TENON_POLLOUT, BOTH = IN | OUT, ERR = TENON_POLLERR, HUP = TENON_POLLHUP };
enum { CROWD = 150, BUSY = 0, WORDS = 2400 };

static tenon_poller p;
static tenon_sock pairs[CROWD][2];
static int marks[CROWD]; /* what the pointers point to; counts events */
static int other_mark;

static int speak(int i) {
  return tenon_send(pairs[i][1], "x", 1, NET_LIMIT_MS) == 1 ? 0 : -1;
}

static int listen_to(int i) {
  char byte;
  return tenon_recv(pairs[i][0], &byte, 1, NET_LIMIT_MS) == 1 ? 0 : -1;
}

/* The events of the one socket that has news within the limit, if they come with this pointer; 0 without news; or -1. */
static int hear(const void *pointer, int timeout_ms) {
  tenon_poller_event events[4];
  int count = tenon_poller_wait(&p, events, 4, timeout_ms);
  if (count != 1) return count == 0 ? 0 : -1;
  return events[0].pointer == pointer ? events[0].events : -1;
}

/* Whether this one is heard when it speaks, and nobody else. */
static int is_heard(int i) {
  return speak(i) == 0 && hear(&marks[i], NET_LIMIT_MS) == IN && listen_to(i) == 0 && hear(NULL, 0) == 0;
}

/* 0, or -1, as for what follows. */
static int open_crowd(int flags) {
  int opened = 0, result = tenon_poller_open(&p);
  memset(marks, 0, sizeof marks);
  while (result == 0 && opened < CROWD && (result = net_pair(pairs[opened])) == 0) {
    result = tenon_poller_set(&p, pairs[opened][0], IN, opened == BUSY ? 0 : flags, &marks[opened]);
    opened++;
  }
  for (int i = opened; i < CROWD; i++) pairs[i][0] = pairs[i][1] = TENON_NO_SOCK;
  return result;
}

/* Lets the busy one speak until all others have been quiet for long enough. */
static int quiet_down(void) {
  int said = 0;
  while (said < WORDS && is_heard(BUSY)) said++;
  return said == WORDS ? 0 : -1;
}

static int gather_crowd(int flags) {
  int result = open_crowd(flags);
  return result == 0 ? quiet_down() : result;
}

/* Closes what is still open. */
static int send_home(void) {
  int result = tenon_poller_close(&p);
  for (int i = 0; i < CROWD; i++) {
    for (int k = 0; k < 2; k++)
      if (pairs[i][k] >= 0 && tenon_close(pairs[i][k]) < 0) result = -1;
  }
  return result;
}

TEST(each_of_the_quiet_is_heard_with_its_own_pointer) {
  int gathered = gather_crowd(0), heard = 0;
  for (int round = 0; round < 2; round++)
    for (int i = 0; i < CROWD && gathered == 0; i++) heard += is_heard(i);
  int closed = send_home();
  CHECK_EQ(gathered, 0);
  CHECK_EQ(heard, 2 * CROWD);
  CHECK_EQ(closed, 0);
}

/* How many are reported, once in each wait, until all have been; with this much room. */
static int hear_all(int room) {
  tenon_poller_event events[CROWD];
  int seen = 0, waits = 4 * CROWD;
  memset(marks, 0, sizeof marks);
  while (seen < CROWD && waits-- > 0) {
    int count = tenon_poller_wait(&p, events, room, NET_LIMIT_MS);
    if (count <= 0 || count > room) return -1;
    for (int i = 0; i < count; i++) {
      int *mark = events[i].pointer;
      if (events[i].events != IN || (*mark)++ > 4 * CROWD) return -1;
      seen += *mark == 1;
      for (int k = 0; k < i; k++)
        if (events[k].pointer == mark) return -1;
    }
  }
  return seen;
}

TEST(the_quiet_that_speak_at_once_are_all_heard_in_rooms_of_any_size) {
  static const int rooms[] = {CROWD, 7, 1};
  for (int i = 0; i < 3; i++) {
    int gathered = gather_crowd(0), spoken = 0, listened = 0;
    for (int k = 0; k < CROWD && gathered == 0; k++) spoken += speak(k) == 0;
    int heard = gathered == 0 ? hear_all(rooms[i]) : 0;
    for (int k = 0; k < CROWD && spoken == CROWD; k++) listened += listen_to(k) == 0;
    int left = gathered == 0 ? hear(NULL, 10) : -1, closed = send_home();
    CHECK_EQ(gathered, 0);
    CHECK_EQ(spoken, CROWD);
    CHECK_EQ(heard, CROWD);
    CHECK_EQ(listened, CROWD);
    CHECK_EQ(left, 0);
    CHECK_EQ(closed, 0);
  }
}

/* Of the quiet, the first is removed, the second closed, the third set with another pointer, the fourth for once, the
 * fifth is left alone, and so on. */
enum { REMOVED, CLOSED, RENAMED, ONCE, LEFT_ALONE, KINDS };

static int change(int i) {
  switch (i % KINDS) {
    case REMOVED: return tenon_poller_remove(&p, pairs[i][0]);
    case CLOSED: {
      tenon_sock s = pairs[i][0];
      pairs[i][0] = TENON_NO_SOCK;
      return tenon_close(s);
    }
    case RENAMED: return tenon_poller_set(&p, pairs[i][0], IN, 0, &other_mark);
    case ONCE: return tenon_poller_set(&p, pairs[i][0], IN, TENON_POLLER_ONCE, &marks[i]);
    default: return 0;
  }
}

static int is_as_changed(int i) {
  int kind = i % KINDS;
  if (kind == CLOSED) return hear(NULL, 0) == 0;
  if (speak(i) < 0) return 0;
  if (kind == RENAMED) return hear(&other_mark, NET_LIMIT_MS) == IN && listen_to(i) == 0;
  if (kind == LEFT_ALONE) return hear(&marks[i], NET_LIMIT_MS) == IN && listen_to(i) == 0;
  if (kind == ONCE && hear(&marks[i], NET_LIMIT_MS) != IN) return 0;
  return hear(NULL, 2) == 0 && listen_to(i) == 0;
}

static int kinds_changed, kinds_right;

static void change_all(void *unused) {
  (void)unused;
  for (int i = BUSY + 1; i < CROWD; i++) kinds_changed += change(i) == 0;
  tenon_poller_wake(&p);
}

/* By the thread that waits, between two waits, or by another one, during a wait. */
TEST(the_quiet_can_be_removed_closed_and_set_anew) {
  static support_thread thread;
  for (int by_another = 0; by_another < 2; by_another++) {
    int gathered = gather_crowd(0), news = 0, started = -1;
    kinds_changed = kinds_right = 0;
    if (by_another && gathered == 0 && (started = support_thread_start(&thread, change_all, NULL)) == 0) {
      news = tenon_poller_wait(&p, &(tenon_poller_event){NULL, 0}, 1, TENON_FOREVER);
      support_thread_join(&thread);
    } else if (gathered == 0) {
      change_all(NULL);
      news = hear(NULL, TENON_FOREVER);
    }
    for (int i = BUSY + 1; i < CROWD && gathered == 0; i++) kinds_right += is_as_changed(i);
    int busy = gathered == 0 && is_heard(BUSY), closed = send_home();
    CHECK_EQ(gathered, 0);
    CHECK_EQ(started, by_another - 1);
    CHECK_EQ(news, 0);
    CHECK_EQ(kinds_changed, CROWD - 1);
    CHECK_EQ(kinds_right, CROWD - 1);
    CHECK_EQ(busy, 1);
    CHECK_EQ(closed, 0);
  }
}

TEST(the_quiet_that_are_set_for_once_are_heard_once_each_time) {
  int gathered = gather_crowd(TENON_POLLER_ONCE), right = 0;
  for (int round = 0; round < 2; round++) {
    for (int i = BUSY + 1; i < CROWD && gathered == 0; i++) {
      right += is_heard(i) && speak(i) == 0 && hear(NULL, i % 16 ? 0 : 5) == 0 && listen_to(i) == 0 &&
               tenon_poller_set(&p, pairs[i][0], IN, TENON_POLLER_ONCE, &marks[i]) == 0;
    }
  }
  int closed = send_home();
  CHECK_EQ(gathered, 0);
  CHECK_EQ(right, 2 * (CROWD - 1));
  CHECK_EQ(closed, 0);
}

TEST(ends_and_resets_of_the_quiet_are_told_and_stay) {
  int gathered = gather_crowd(0), right = 0;
  for (int i = BUSY + 1; i < CROWD && gathered == 0; i++) {
    int expected = i % 2 ? IN | HUP : ERR | BOTH, is_right = 1;
    if (i % 2) tenon_shutdown(pairs[i][1], TENON_SHUT_WR);
    if (i % 2 == 0) net_reset(pairs[i][1]), pairs[i][1] = TENON_NO_SOCK;
    for (int k = 0; k < 3; k++) is_right &= hear(&marks[i], NET_LIMIT_MS) == expected;
    right += is_right && tenon_poller_remove(&p, pairs[i][0]) == 0;
  }
  int left = gathered == 0 ? hear(NULL, 0) : -1, closed = send_home();
  CHECK_EQ(gathered, 0);
  CHECK_EQ(right, CROWD - 1);
  CHECK_EQ(left, 0);
  CHECK_EQ(closed, 0);
}

/* D107: some of them just after their neighbours have been heard. */
TEST(the_quiet_that_others_close_are_forgotten_and_the_rest_is_heard) {
  int gathered = gather_crowd(0), heard = 0, silent = 0;
  for (int i = BUSY + 3; i < CROWD && gathered == 0; i += 3) {
    int is_after = i % 2 && speak(i - 1) == 0 && hear(&marks[i - 1], NET_LIMIT_MS) == IN;
    support_close_file(pairs[i][0]);
    pairs[i][0] = TENON_NO_SOCK;
    if (is_after) listen_to(i - 1);
    silent += is_after == i % 2 && hear(NULL, i % 4 ? 0 : 2) == 0;
  }
  for (int i = 0; i < CROWD && gathered == 0; i++)
    if (pairs[i][0] >= 0) heard += is_heard(i);
  int closed = send_home();
  CHECK_EQ(gathered, 0);
  CHECK_EQ(silent, (CROWD - 1) / 3);
  CHECK_EQ(heard, CROWD - (CROWD - 1) / 3);
  CHECK_EQ(closed, 0);
}

/* ---- Memory -------------------------------------------------------------------------------------------------------- */

static int is_short;
static long held;

static void *allocate_unless_short(size_t size) {
  void *memory = is_short ? NULL : malloc(size);
  held += memory != NULL;
  return memory;
}

static void release_held(void *memory) {
  held -= memory != NULL;
  free(memory);
}

/* What they say afterwards nobody asks about. */
TEST(the_quiet_that_were_heard_for_once_leave_nothing_behind) {
  int heard = 0, spoken = 0, left = -1;
  held = is_short = 0;
  tenon_set_allocator(allocate_unless_short, release_held);
  int gathered = gather_crowd(TENON_POLLER_ONCE);
  for (int i = BUSY + 1; i < CROWD && gathered == 0; i++) heard += is_heard(i);
  for (int i = BUSY + 1; i < CROWD && gathered == 0; i++) spoken += speak(i) == 0;
  int64_t began = support_cpu_ms();
  if (gathered == 0) left = hear(NULL, 300);
  int64_t took = support_cpu_ms() - began;
  for (int i = BUSY + 1; i < CROWD && gathered == 0; i++) tenon_poller_remove(&p, pairs[i][0]);
  int closed = send_home();
  tenon_set_allocator(NULL, NULL);
  CHECK_EQ(gathered, 0);
  CHECK_EQ(heard, CROWD - 1);
  CHECK_EQ(spoken, CROWD - 1);
  CHECK_EQ(left, 0);
  CHECK(took < 100);
  CHECK_EQ(closed, 0);
  CHECK_EQ(held, 0);
}

static int all_but_each_third_are_heard(void) {
  int heard = 0;
  for (int i = 0; i < CROWD; i++) heard += i % 3 == 2 || is_heard(i);
  return heard == CROWD;
}

/* The shortage begins before the crowd is quiet, or after that. */
TEST(without_memory_the_quiet_are_heard_all_the_same) {
  for (int is_late = 0; is_late < 2; is_late++) {
    int right = 0;
    held = is_short = 0;
    tenon_set_allocator(allocate_unless_short, release_held);
    int gathered = open_crowd(0) == 0 && is_heard(BUSY) ? 0 : -1;
    is_short = !is_late;
    if (gathered == 0) gathered = quiet_down();
    is_short = 1;
    if (gathered == 0) right += all_but_each_third_are_heard();
    for (int i = 2; i < CROWD && gathered == 0; i += 3) right += tenon_poller_remove(&p, pairs[i][0]) == 0;
    for (int round = 0; round < 2 && gathered == 0; round++) right += all_but_each_third_are_heard();
    is_short = 0;
    if (gathered == 0) right += all_but_each_third_are_heard();
    int closed = send_home();
    tenon_set_allocator(NULL, NULL);
    CHECK_EQ(gathered, 0);
    CHECK_EQ(right, 4 + CROWD / 3);
    CHECK_EQ(closed, 0);
    CHECK_EQ(held, 0);
  }
}
