/* flood.c - how long after its limit a call returns although its peer never lets it wait.
 * SPDX-License-Identifier: MIT
 *
 *   flood [RUNS]    prints a row for each call and limit: the milliseconds after the limit, least, median and most
 *
 * The peer is a thread that sends, or receives, as fast as it can. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "support.h"
#include "tenon.h"

enum { RUNS_DEFAULT = 20, RUNS_MAX = 1000, PIECE = 1 << 18, GLANCE_MS = 20, SETUP_MS = 5000 };
#define SIZE ((size_t)1 << 30)

static char *data; /* SIZE bytes, more than can be moved within any of the limits */
static char piece[PIECE];
static atomic_int is_over;

/* ---- The peer ---------------------------------------------------------------------------------------------------- */

static void send_without_end(void *argument) {
  const tenon_sock *s = argument;
  while (!atomic_load(&is_over) && tenon_send(*s, piece, PIECE, SETUP_MS) > 0) continue;
}

static void receive_without_end(void *argument) {
  const tenon_sock *s = argument;
  ptrdiff_t received;
  do {
    received = tenon_recv(*s, piece, PIECE, GLANCE_MS);
  } while (!atomic_load(&is_over) && (received > 0 || received == TENON_ETIMEDOUT));
}

static int connect_pair(tenon_sock pair[2]) {
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 0);
  tenon_sock listener = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  pair[0] = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  pair[1] = TENON_EIO;
  if (tenon_bind(listener, &at) == 0 && tenon_getsockname(listener, &at) == 0 && tenon_listen(listener, 1) == 0 &&
      tenon_connect(pair[0], &at, SETUP_MS) == 0)
    pair[1] = tenon_accept(listener, NULL, SETUP_MS);
  tenon_close(listener);
  return pair[1] < 0 ? -1 : 0;
}

/* ---- The calls --------------------------------------------------------------------------------------------------- */

static ptrdiff_t receive_all(tenon_sock s, int timeout_ms) {
  return tenon_recv_all(s, data, SIZE, timeout_ms);
}

static ptrdiff_t send_all(tenon_sock s, int timeout_ms) {
  return tenon_send(s, data, SIZE, timeout_ms);
}

static ptrdiff_t close_gracefully(tenon_sock s, int timeout_ms) {
  return tenon_close_gracefully(s, timeout_ms);
}

static const struct subject {
  const char *name;
  ptrdiff_t (*run)(tenon_sock s, int timeout_ms);
  void (*peer)(void *s);
  int closes;
} subjects[] = {{"close_gracefully", close_gracefully, send_without_end, 1},
                {"recv_all", receive_all, send_without_end, 0},
                {"send", send_all, receive_without_end, 0}};
enum { SUBJECTS = sizeof subjects / sizeof subjects[0] };

/* The milliseconds after the limit, or -1 if the run could not be made. */
static int run_once(const struct subject *subject, int timeout_ms) {
  tenon_sock pair[2];
  support_thread thread;
  if (connect_pair(pair) < 0) return -1;
  atomic_store(&is_over, 0);
  if (support_thread_start(&thread, subject->peer, &pair[1]) < 0) return -1;
  if (subject->peer == send_without_end) tenon_peek(pair[0], piece, 1, SETUP_MS);
  int64_t began = tenon_now_ms();
  ptrdiff_t result = subject->run(pair[0], timeout_ms);
  int64_t took_ms = tenon_now_ms() - began;
  atomic_store(&is_over, 1);
  if (!subject->closes) tenon_close(pair[0]);
  support_thread_join(&thread);
  tenon_close(pair[1]);
  int is_ended = result == TENON_ETIMEDOUT || (timeout_ms == 0 && (result == TENON_EAGAIN || result > 0));
  return is_ended ? (int)took_ms - timeout_ms : -1;
}

static int compare(const void *a, const void *b) {
  return *(const int *)a - *(const int *)b;
}

int main(int count, char **words) {
  static const int limits[] = {0, 50};
  static int late[RUNS_MAX];
  int runs = count > 1 ? atoi(words[1]) : RUNS_DEFAULT;
  data = malloc(SIZE);
  if (!data || runs < 1 || runs > RUNS_MAX) return fprintf(stderr, "flood [RUNS], 1 to %d\n", RUNS_MAX), 1;
  printf("%-18s %8s %6s %6s %6s\n", "call", "limit/ms", "least", "median", "most");
  for (int i = 0; i < SUBJECTS * 2; i++) {
    const struct subject *subject = &subjects[i / 2];
    for (int run = 0; run < runs; run++)
      if ((late[run] = run_once(subject, limits[i % 2])) < 0) return fprintf(stderr, "%s failed\n", subject->name), 1;
    qsort(late, (size_t)runs, sizeof late[0], compare);
    printf("%-18s %8d %6d %6d %6d\n", subject->name, limits[i % 2], late[0], late[runs / 2], late[runs - 1]);
  }
  free(data);
  return 0;
}
