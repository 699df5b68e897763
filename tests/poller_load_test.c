/* poller_load_test.c - bad days of a poller: closed sockets, numbers that come back, crowds, nothing left to open.
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/poller.h"

enum { IN = TENON_POLLIN, OUT = TENON_POLLOUT, BOTH = TENON_POLLIN | TENON_POLLOUT };

static int a, b;

/* Opens sockets until one has this number. */
static int reopen(tenon_sock number, tenon_sock again[2]) {
  enum { TRIES = 64 };
  tenon_sock others[TRIES][2];
  int tries = 0, result = -1;
  while (tries < TRIES && result < 0) {
    if (tenon_socketpair(others[tries]) < 0) break;
    for (int i = 0; i < 2 && result < 0; i++) {
      if (others[tries][i] == number) result = i;
    }
    tries++;
  }
  if (result >= 0) again[0] = others[--tries][result], again[1] = others[tries][!result];
  while (--tries >= 0) net_close2(others[tries][0], others[tries][1]);
  return result < 0 ? -1 : 0;
}

/* D107 */
TEST(a_socket_closed_without_a_word_is_forgotten_even_if_its_number_comes_back) {
  tenon_poller p;
  tenon_poller_event event;
  for (int is_reported = 0; is_reported < 2; is_reported++) {
    tenon_sock pair[2], again[2];
    CHECK_EQ(tenon_poller_open(&p), 0);
    CHECK_EQ(tenon_socketpair(pair), 0);
    CHECK_EQ(tenon_poller_set(&p, pair[0], is_reported ? BOTH : IN, 0, &a), 0);
    CHECK_EQ(tenon_poller_wait(&p, &event, 1, is_reported ? NET_LIMIT_MS : 0), is_reported);
    CHECK_EQ(net_close2(pair[0], pair[1]), 0);
    CHECK_EQ(tenon_poller_wait(&p, &event, 1, 0), 0);
    int is_back = reopen(pair[0], again) == 0;
    if (is_back) {
      CHECK_EQ(tenon_send(again[1], "x", 1, NET_LIMIT_MS), 1);
      CHECK_EQ(tenon_poller_wait(&p, &event, 1, 20), 0);
      CHECK_EQ(tenon_poller_set(&p, again[0], IN, 0, &b), 0);
      CHECK_EQ(tenon_poller_wait(&p, &event, 1, NET_LIMIT_MS), 1);
      CHECK(event.pointer == &b && event.events == IN);
      CHECK_EQ(net_close2(again[0], again[1]), 0);
    }
    CHECK(is_back || support_is_windows()); /* where numbers need not come back soon */
    CHECK_EQ(tenon_poller_close(&p), 0);
  }
}

TEST(a_number_that_comes_back_between_two_waits_is_another_socket) {
  tenon_poller p;
  tenon_poller_event event;
  tenon_sock pair[2], again[2];
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK_EQ(tenon_socketpair(pair), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], OUT, 0, &a), 0);
  CHECK_EQ(tenon_poller_wait(&p, &event, 1, NET_LIMIT_MS), 1);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
  if (reopen(pair[0], again) == 0) {
    CHECK_EQ(tenon_poller_wait(&p, &event, 1, 20), 0);
    CHECK_EQ(net_close2(again[0], again[1]), 0);
  }
  CHECK_EQ(tenon_poller_close(&p), 0);
}

TEST(a_socket_that_others_close_is_forgotten) {
  tenon_poller p;
  tenon_poller_event events[4];
  CHECK_EQ(tenon_poller_open(&p), 0);
  for (int is_reported = 0; is_reported < 2; is_reported++) {
    tenon_sock pair[2];
    CHECK_EQ(net_pair(pair), 0);
    CHECK_EQ(tenon_poller_set(&p, pair[0], is_reported ? BOTH : IN, 0, &a), 0);
    CHECK_EQ(tenon_poller_wait(&p, events, 4, is_reported ? NET_LIMIT_MS : 0), is_reported);
    support_close_file(pair[0]);
    for (int i = 0; i < 2; i++) CHECK_EQ(tenon_poller_wait(&p, events, 4, 20), 0);
    CHECK_EQ(tenon_poller_remove(&p, pair[0]), 0);
    CHECK_EQ(tenon_close(pair[1]), 0);
  }
  CHECK_EQ(tenon_poller_close(&p), 0);
}

/* Counts what the library allocates and has not released. */
static long allocated;

static void *count_allocate(size_t size) {
  allocated++;
  return malloc(size);
}

static void count_release(void *memory) {
  allocated--;
  free(memory);
}

enum { MILLION = 1000000, FEWER = 100000, LEFT_OVER = 2000 };

/* D169 */
TEST(a_million_sets_and_removes_leave_nothing_behind) {
  tenon_poller p;
  tenon_poller_event event;
  tenon_sock pair[2];
  int rounds = support_is_wine() ? FEWER / 10 : MILLION, failures = 0; /* each is a trip to Wine's server */
  CHECK_EQ(net_pair(pair), 0);
  tenon_set_allocator(count_allocate, count_release);
  allocated = 0;
  int opened = tenon_poller_open(&p);
  for (int i = 0; i < rounds; i++) {
    failures += tenon_poller_set(&p, pair[i & 1], i & 2 ? IN : BOTH, 0, &a) != 0;
    if (i % 3) failures += tenon_poller_remove(&p, pair[i & 1]) != 0;
  }
  long most = allocated;
  failures += tenon_poller_remove(&p, pair[0]) != 0 || tenon_poller_remove(&p, pair[1]) != 0;
  int left = tenon_poller_wait(&p, &event, 1, 0);
  int closed = tenon_poller_close(&p);
  tenon_set_allocator(NULL, NULL);
  CHECK_EQ(opened, 0);
  CHECK_EQ(failures, 0);
  CHECK(most < LEFT_OVER);
  CHECK_EQ(left, 0);
  CHECK_EQ(closed, 0);
  CHECK_EQ(allocated, 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

enum { MANY = 4096 };
static tenon_sock many[MANY][2];
static unsigned char times_seen[MANY];

static int open_many(tenon_poller *p) {
  int opened = 0, wanted = support_is_wine() ? MANY / 16 : MANY; /* each takes several trips to Wine's server */
  while (opened < wanted && tenon_socketpair(many[opened]) == 0) {
    if (tenon_poller_set(p, many[opened][0], BOTH, 0, &times_seen[opened]) < 0) return -1;
    opened++;
  }
  return opened;
}

/* Every socket is to be reported, in waits with this much room, none of them twice by the same wait. */
static int all_come(tenon_poller *p, int opened, int room) {
  static tenon_poller_event events[MANY];
  int seen = 0, most_waits = 2 * opened / room + 64;
  memset(times_seen, 0, sizeof times_seen);
  while (seen < opened && most_waits-- > 0) {
    int count = tenon_poller_wait(p, events, room, NET_LIMIT_MS);
    if (count <= 0 || count > room) return -1;
    for (int i = 0; i < count; i++) {
      unsigned char *times = events[i].pointer;
      if (events[i].events != OUT) return -1;
      seen += *times == 0;
      *times = 1;
    }
  }
  return seen == opened ? 0 : -1;
}

TEST(thousands_of_sockets_all_come_in_rooms_of_one_and_of_thousands) {
  tenon_poller p;
  CHECK_EQ(tenon_poller_open(&p), 0);
  int opened = open_many(&p);
  int by_thousands = all_come(&p, opened, MANY), by_hundreds = all_come(&p, opened, 100);
  int few = opened < 200 ? opened : 200;
  for (int i = few; i < opened; i++) tenon_poller_remove(&p, many[i][0]);
  int one_by_one = all_come(&p, few, 1);
  for (int i = 0; i < opened; i++) net_close2(many[i][0], many[i][1]);
  CHECK_EQ(tenon_poller_close(&p), 0);
  CHECK(opened > 200);
  CHECK_EQ(by_thousands, 0);
  CHECK_EQ(by_hundreds, 0);
  CHECK_EQ(one_by_one, 0);
}

TEST(a_slow_reader_is_sent_to_when_there_is_room) {
  static char data[1 << 16];
  tenon_poller p;
  tenon_poller_event event;
  tenon_sock pair[2];
  ptrdiff_t sent = 0, received = 0, n;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], OUT, 0, &a), 0);
  int fulls = 0;
  while (sent < 64 * (ptrdiff_t)sizeof data) {
    n = tenon_send(pair[0], data, sizeof data, 0);
    CHECK(n > 0 || n == TENON_EAGAIN);
    if (n > 0) sent += n;
    if (n > 0) continue;
    if (fulls++ < 3) tenon_poller_wait(&p, &event, 1, 5);
    while ((n = tenon_recv(pair[1], data, sizeof data, 20)) > 0) received += n;
    CHECK_EQ(tenon_poller_wait(&p, &event, 1, NET_LIMIT_MS), 1);
    CHECK_EQ(event.events, OUT);
  }
  while (received < sent && (n = tenon_recv(pair[1], data, sizeof data, NET_LIMIT_MS)) > 0) received += n;
  CHECK_EQ(received, sent);
  CHECK_EQ(tenon_poller_close(&p), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

enum { FLOOD = 300 };

TEST(a_flood_of_connects_is_accepted_one_event_after_the_other) {
  static tenon_sock clients[FLOOD];
  tenon_addr at;
  tenon_poller p;
  tenon_poller_event event;
  tenon_sock listener = net_listen(TENON_AF_INET, &at);
  int accepted = 0, count = 1;
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK_EQ(tenon_poller_set(&p, listener, IN, 0, &a), 0);
  for (int i = 0; i < FLOOD; i++) {
    clients[i] = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
    tenon_connect(clients[i], &at, 0);
  }
  while (accepted < FLOOD && count == 1) {
    count = tenon_poller_wait(&p, &event, 1, NET_LIMIT_MS);
    tenon_sock s = tenon_accept(listener, NULL, 0);
    if (s >= 0) accepted++, tenon_close(s);
  }
  for (int i = 0; i < FLOOD; i++) tenon_close(clients[i]);
  CHECK_EQ(accepted, FLOOD);
  CHECK_EQ(tenon_poller_wait(&p, &event, 1, 0), 0);
  CHECK_EQ(tenon_poller_close(&p), 0);
  CHECK_EQ(tenon_close(listener), 0);
}

enum { HANDLES = 70000 };

TEST(a_poller_that_cannot_be_opened_says_so_and_stays_closed) {
  static tenon_sock taken[HANDLES];
  static tenon_poller pollers[8];
  int count = 0, opened = 0, result = 0;
  if (support_is_windows()) SKIP("there is no end of handles that a process could reach");
  while (count < HANDLES && (taken[count] = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0)) >= 0) count++;
  for (int spare = 0; spare < 5 && result == 0; spare++) { /* it fails at each of the handles that it needs */
    if (spare > 0 && count > 0) tenon_close(taken[--count]);
    int code = tenon_poller_open(&pollers[opened]);
    if (code == 0) {
      result = tenon_poller_close(&pollers[opened++]);
      break;
    }
    if (code != TENON_EMFILE && code != TENON_ENFILE) result = code;
    if (tenon_poller_wake(&pollers[opened]) != TENON_EBADF) result = -1;
  }
  while (count > 0) tenon_close(taken[--count]);
  CHECK_EQ(result, 0);
  CHECK_EQ(opened, 1);
}

static void *allocate_nothing(size_t size) {
  (void)size;
  return NULL;
}

/* Where nothing is allocated, nothing can be wanting. */
TEST(without_memory_the_poller_says_so_or_does_without) {
  tenon_poller p, none;
  tenon_poller_event event;
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK_EQ(tenon_poller_wait(&p, &event, 1, 0), 0);
  tenon_set_allocator(allocate_nothing, count_release);
  int opened = tenon_poller_open(&none), set = tenon_poller_set(&p, pair[0], OUT, 0, &a);
  int closed = tenon_poller_close(&none), count = tenon_poller_wait(&p, &event, 1, 0);
  tenon_set_allocator(NULL, NULL);
  CHECK(opened == 0 ? closed == 0 : opened == TENON_ENOMEM && closed == TENON_EBADF);
  CHECK(set == 0 ? count == 1 : set == TENON_ENOMEM && count == 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], OUT, 0, &a), 0);
  CHECK_EQ(tenon_poller_wait(&p, &event, 1, NET_LIMIT_MS), 1);
  CHECK_EQ(tenon_poller_close(&p), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}
