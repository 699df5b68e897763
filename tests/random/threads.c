/* threads.c - random calls of several threads: one waits on a poller, the others set, remove and close sockets, send over
 * their own connections, wake the first one and each other.
 * SPDX-License-Identifier: MIT
 *
 * What must hold: every byte arrives in its order; each event has the pointer of a socket that was set; no wake is lost;
 * nothing hangs (the watchdog sees to that) and no handle is left (main.c counts). */
#include "threads.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "net.h"
#include "prng.h"
#include "support.h"
#include "tenon.h"
#include "tenon/poller.h"
#include "watchdog.h"

enum { MOST_THREADS = 3, PAIRS = 4, ROOM = 8, SECONDS = 60, STEP_MS = 1 };

typedef struct worker {
  support_thread thread;
  prng from;
  int calls;
  struct {
    tenon_sock ends[2];
    unsigned char sent, received;
    int unread;
  } pairs[PAIRS];
} worker;

static worker workers[MOST_THREADS];
static tenon_poller poller;
static tenon_waker waker;
static atomic_int wrong, posted, taken, is_over;

static void must(int holds, const char *what) {
  if (holds) return;
  atomic_fetch_add(&wrong, 1);
  printf("    %s\n", what);
}

/* ---- The thread that waits --------------------------------------------------------------------------------------- */

static int is_known(const void *pointer) {
  const char *at = pointer, *first = (const char *)workers;
  return at >= first && at < first + sizeof workers;
}

static void wait_for_events(void *unused) {
  tenon_poller_event events[ROOM];
  (void)unused;
  while (!atomic_load(&is_over)) {
    int count = tenon_poller_wait(&poller, events, ROOM, TENON_FOREVER);
    must(count >= 0, "waiting failed");
    for (int i = 0; i < count; i++) must(is_known(events[i].pointer), "an event has a pointer that nobody set");
    atomic_store(&taken, atomic_load(&posted));
  }
}

/* ---- The others -------------------------------------------------------------------------------------------------- */

static void open_pair(worker *w, int i) {
  if (w->pairs[i].ends[0] >= 0) return;
  must(tenon_socketpair(w->pairs[i].ends) == 0, "a pair was not opened");
  w->pairs[i].sent = w->pairs[i].received = 0;
  w->pairs[i].unread = 0;
}

static void close_pair(worker *w, int i) {
  for (int end = 0; end < 2 && w->pairs[i].ends[0] >= 0; end++)
    must(tenon_close(w->pairs[i].ends[end]) == 0, "a socket was not closed");
  w->pairs[i].ends[0] = w->pairs[i].ends[1] = TENON_NO_SOCK;
}

static void send_some(worker *w, int i) {
  unsigned char data[16];
  int size = 1 + prng_below(&w->from, 16);
  if (w->pairs[i].ends[0] < 0 || w->pairs[i].unread > 4096) return;
  for (int k = 0; k < size; k++) data[k] = w->pairs[i].sent++;
  must(tenon_send(w->pairs[i].ends[0], data, (size_t)size, NET_LIMIT_MS) == size, "a send was not whole");
  w->pairs[i].unread += size;
}

/* Nobody has cancelled it, or it had no need to wait. */
static void receive_some(worker *w, int i) {
  unsigned char data[16];
  if (w->pairs[i].ends[0] < 0) return;
  ptrdiff_t n = tenon_recv(w->pairs[i].ends[1], data, sizeof data, w->pairs[i].unread ? NET_LIMIT_MS : 0);
  must(n == TENON_EAGAIN || n == TENON_ECANCELED || (n > 0 && n <= w->pairs[i].unread), "a receive failed");
  for (ptrdiff_t k = 0; k < n; k++) must(data[k] == w->pairs[i].received++, "a byte is not the one that was sent");
  if (n > 0) w->pairs[i].unread -= (int)n;
}

static void watch(worker *w, int i) {
  int events = prng_below(&w->from, 2) ? TENON_POLLIN : TENON_POLLIN | TENON_POLLOUT;
  if (w->pairs[i].ends[0] < 0) return;
  must(tenon_poller_set(&poller, w->pairs[i].ends[1], events, TENON_POLLER_ONCE, &w->pairs[i]) == 0, "setting failed");
}

static void leave(worker *w, int i) {
  if (w->pairs[i].ends[0] >= 0) must(tenon_poller_remove(&poller, w->pairs[i].ends[1]) == 0, "removing failed");
}

/* The wait that is under way, or the next one, ends after it. */
static void wake_waiter(void) {
  int ticket = atomic_fetch_add(&posted, 1) + 1;
  int64_t deadline = tenon_deadline(NET_LIMIT_MS);
  must(tenon_poller_wake(&poller) == 0, "waking failed");
  while (atomic_load(&taken) < ticket && tenon_remaining(deadline) > 0) support_sleep_ms(STEP_MS);
  must(atomic_load(&taken) >= ticket, "a wake was lost");
}

static void use_waker(worker *w) {
  if (prng_chance(&w->from, 50))
    must(tenon_waker_wake(&waker) == 0, "firing failed");
  else
    must(tenon_waker_clear(&waker) == 0, "clearing failed");
  tenon_cancel_on(prng_chance(&w->from, 50) ? &waker : NULL);
}

static void make_call(worker *w) {
  int chance = prng_below(&w->from, 100), i = prng_below(&w->from, PAIRS);
  if (chance < 15)
    open_pair(w, i);
  else if (chance < 25)
    close_pair(w, i);
  else if (chance < 45)
    send_some(w, i);
  else if (chance < 65)
    receive_some(w, i);
  else if (chance < 82)
    watch(w, i);
  else if (chance < 90)
    leave(w, i);
  else if (chance < 95)
    wake_waiter();
  else
    use_waker(w);
}

static void work(void *argument) {
  worker *w = argument;
  for (int i = 0; i < PAIRS; i++) w->pairs[i].ends[0] = w->pairs[i].ends[1] = TENON_NO_SOCK;
  for (int call = 0; call < w->calls; call++) make_call(w);
  tenon_cancel_on(NULL);
  for (int i = 0; i < PAIRS; i++) close_pair(w, i);
}

static int start(prng *from, int calls) {
  int count = 1 + prng_below(from, MOST_THREADS);
  for (int i = 0; i < count; i++) {
    prng_seed(&workers[i].from, (uint64_t)prng_below(from, 1 << 30));
    workers[i].calls = calls;
    must(support_thread_start(&workers[i].thread, work, &workers[i]) == 0, "a thread was not started");
  }
  return count;
}

int threads_play(uint64_t seed, int calls) {
  static support_thread waiter;
  prng from;
  prng_seed(&from, seed);
  atomic_store(&wrong, 0);
  atomic_store(&posted, 0);
  atomic_store(&taken, 0);
  atomic_store(&is_over, 0);
  watchdog_watch("threads", SECONDS);
  must(tenon_poller_open(&poller) == 0 && tenon_waker_open(&waker) == 0, "opening failed");
  must(support_thread_start(&waiter, wait_for_events, NULL) == 0, "a thread was not started");
  int count = start(&from, calls);
  for (int i = 0; i < count; i++) support_thread_join(&workers[i].thread);
  atomic_store(&is_over, 1);
  tenon_poller_wake(&poller);
  support_thread_join(&waiter);
  must(tenon_poller_close(&poller) == 0 && tenon_waker_close(&waker) == 0, "closing failed");
  watchdog_watch(NULL, 0);
  return atomic_load(&wrong);
}
