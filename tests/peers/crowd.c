/* crowd.c - very many connections at once, all of them held and all of them heard, and the server for them.
 * SPDX-License-Identifier: MIT
 *
 *   crowd serve COUNT         prints its port, sends back what so many clients send, each as it comes, and ends when they
 *                             have all come and gone
 *   crowd load PORT COUNT SPEAKERS
 *                             the clients: all connected at once, they send their names, round after round, so many at a
 *                             time, and want nothing but these back */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tenon.h"
#include "tenon/poller.h"

enum { LIMIT_MS = 60000, EVENTS = 1024, MOST = 100000 };

static tenon_poller poller;
static tenon_poller_event events[EVENTS];
static tenon_sock socks[MOST];

static int fail(const char *what, intptr_t code) {
  fprintf(stderr, "crowd: %s: %s (%s)\n", what, tenon_strerror(code), tenon_errname(code));
  return 1;
}

/* ---- The server ----------------------------------------------------------------------------------------------------- */

/* What the library has allocated, in bytes. */
static size_t allocated;

static void *allocate(size_t size) {
  size_t *memory = malloc(size + 2 * sizeof *memory);
  if (!memory) return NULL;
  allocated += size;
  *memory = size;
  return memory + 2;
}

static void release(void *memory) {
  size_t *whole = memory;
  if (!whole) return;
  allocated -= whole[-2];
  free(whole - 2);
}

static int came, went;
static long messages;
static size_t most_allocated;

/* All that wait. */
static int welcome(tenon_sock listener, int count) {
  while (came < count) {
    tenon_sock s = tenon_accept(listener, NULL, 0);
    if (s == TENON_EAGAIN) return 0;
    if (s < 0) return fail("accept", s);
    socks[came] = s;
    int set = tenon_poller_set(&poller, s, TENON_POLLIN, 0, &socks[came++]);
    if (set < 0) return fail("set", set);
  }
  return 0;
}

static int echo(tenon_sock s) {
  char data[4096];
  ptrdiff_t n = tenon_recv(s, data, sizeof data, 0);
  if (n == TENON_EAGAIN) return 0;
  if (n > 0) {
    messages++;
    n = tenon_send(s, data, (size_t)n, 0) == n ? 1 : TENON_ENOSPC;
  }
  if (n > 0) return 0;
  went++;
  tenon_poller_remove(&poller, s);
  tenon_close(s);
  return n < 0 ? fail("client", n) : 0;
}

static int serve_all(tenon_sock listener, int count) {
  while (went < count) {
    int ready = tenon_poller_wait(&poller, events, EVENTS, LIMIT_MS);
    if (ready <= 0) return fail("wait", ready < 0 ? ready : TENON_ETIMEDOUT);
    for (int i = 0; i < ready; i++) {
      const tenon_sock *s = events[i].pointer;
      int result = s ? echo(*s) : welcome(listener, count);
      if (result != 0) return result;
    }
    if (allocated > most_allocated) most_allocated = allocated;
    if (went > 0 && came < count) return fail("a client went before all had come", TENON_EIO);
  }
  return 0;
}

static int serve(int count) {
  tenon_addr at;
  tenon_set_allocator(allocate, release);
  tenon_sock listener = tenon_tcp_listen(NULL, "0", 4096);
  if (listener < 0) return fail("listen", listener);
  int result = tenon_poller_open(&poller);
  size_t at_first = allocated;
  if (result == 0) result = tenon_poller_set(&poller, listener, TENON_POLLIN, 0, NULL);
  if (result < 0) return fail("poller", result);
  tenon_getsockname(listener, &at);
  printf("listening on port :%d\n", at.port);
  fflush(stdout);
  if (serve_all(listener, count) != 0) return 1;
  printf("%d clients at once, %ld messages; for each client the library took %.1f bytes\n", came, messages,
         (double)(most_allocated - at_first) / count);
  tenon_close(listener);
  tenon_poller_close(&poller);
  return allocated == 0 ? 0 : fail("memory is left", TENON_ENOMEM);
}

/* ---- The clients ---------------------------------------------------------------------------------------------------- */

/* As many as any system lets wait to be accepted; and more addresses than one, whose ports might not do. */
enum { AT_ONCE = 100, ADDRESSES = 8, NAME = 16, TEN = 10, ROUNDS = 2, SHORT_ROUNDS = 100, TRIES = 3 };

static unsigned char received[MOST]; /* bytes of this round's name */
static int order[MOST], speakers;

static int begin_connecting(int i, int port) {
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, port);
  at.ip[3] = (uint8_t)(1 + i % ADDRESSES);
  socks[i] = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  int result = socks[i] < 0 ? (int)socks[i] : tenon_connect(socks[i], &at, 0);
  return result < 0 && result != TENON_EINPROGRESS ? fail("connect", result) : 0;
}

static int end_connecting(int i) {
  int result = tenon_connect_result(socks[i], LIMIT_MS);
  tenon_setsockopt(socks[i], TENON_OPT_NODELAY, 1);
  if (result == 0) result = tenon_poller_set(&poller, socks[i], TENON_POLLIN, 0, &socks[i]);
  return result < 0 ? fail("connect", result) : 0;
}

static int connect_all(int first, int end, int port) {
  for (; first < end; first += AT_ONCE) {
    int limit = end - first < AT_ONCE ? end : first + AT_ONCE, result = 0;
    for (int i = first; i < limit && result == 0; i++) result = begin_connecting(i, port);
    for (int i = first; i < limit && result == 0; i++) result = end_connecting(i);
    if (result != 0) return result;
  }
  return 0;
}

static void write_name(char name[NAME], int i, int round) {
  snprintf(name, NAME, "%07x %07x", (unsigned)i & 0xfffffffu, (unsigned)round & 0xfffffffu);
}

/* Returns 1 once the name is there, and nothing more; 0 before that; less than 0 if it is another one. */
static int receive_name(int i, int round) {
  char name[NAME], data[NAME + 1];
  write_name(name, i, round);
  ptrdiff_t n = tenon_recv(socks[i], data, sizeof data, 0);
  if (n == TENON_EAGAIN) return 0;
  if (n <= 0 || n > NAME - received[i]) return n < 0 ? (int)n : TENON_EIO;
  if (memcmp(data, name + received[i], (size_t)n) != 0) return TENON_EIO;
  received[i] = (unsigned char)(received[i] + n);
  return received[i] == NAME;
}

static int send_name(int i, int round) {
  char name[NAME];
  write_name(name, i, round);
  received[i] = 0;
  ptrdiff_t n = tenon_send(socks[i], name, NAME, 0);
  return n == NAME ? 0 : fail("send", n);
}

/* The first so many of order send their names; all of them are to have them back. */
static int make_round(int count, int round) {
  int sent = 0, done = 0;
  while (done < count) {
    for (; sent < count && sent - done < speakers; sent++) {
      if (send_name(order[sent], round) != 0) return 1;
    }
    int ready = tenon_poller_wait(&poller, events, EVENTS, LIMIT_MS);
    if (ready <= 0) return fail("wait", ready < 0 ? ready : TENON_ETIMEDOUT);
    for (int i = 0; i < ready; i++) {
      int result = receive_name((int)((tenon_sock *)events[i].pointer - socks), round);
      if (result < 0) return fail("receive", result);
      done += result;
    }
  }
  return 0;
}

/* What a message of ten clients takes, in microseconds; the least of some tries, as others are busy too. */
static int time_ten(double *least) {
  static int round = 1000;
  for (int i = 0; i < TRIES; i++) {
    int64_t began = tenon_now_ms();
    for (int k = 0; k < SHORT_ROUNDS; k++) {
      if (make_round(TEN, round++) != 0) return 1;
    }
    double took = (double)(tenon_now_ms() - began) * 1000 / (SHORT_ROUNDS * TEN);
    if (i == 0 || took < *least) *least = took;
  }
  return 0;
}

static void shuffle(int count) {
  static uint32_t state = 1;
  for (int i = count - 1; i > 0; i--) {
    state = state * 1664525 + 1013904223;
    int k = (int)(state >> 8) % (i + 1), other = order[k];
    order[k] = order[i], order[i] = other;
  }
}

/* The server ends each of them too. */
static int close_all(int count) {
  int result = 0;
  for (int first = 0; first < count; first += speakers) {
    int end = count - first < speakers ? count : first + speakers;
    for (int i = first; i < end; i++) tenon_shutdown(socks[i], TENON_SHUT_WR);
    for (int i = first; i < end && result == 0; i++) {
      tenon_poller_remove(&poller, socks[i]);
      result = tenon_close_gracefully(socks[i], LIMIT_MS);
    }
  }
  return result < 0 ? fail("close", result) : 0;
}

static int load(int port, int count) {
  double alone, in_crowd;
  int result = tenon_poller_open(&poller);
  if (result < 0) return fail("poller", result);
  for (int i = 0; i < count; i++) order[i] = i;
  if (connect_all(0, TEN, port) != 0 || time_ten(&alone) != 0) return 1;
  int64_t began = tenon_now_ms();
  if (connect_all(TEN, count, port) != 0) return 1;
  printf("%d connected in %d ms\n", count, (int)(tenon_now_ms() - began));
  began = tenon_now_ms();
  for (int round = 0; round < ROUNDS; round++) {
    if (round > 0) shuffle(count);
    if (make_round(count, round) != 0) return 1;
  }
  printf("%d rounds, %d at a time, in %d ms\n", ROUNDS, speakers, (int)(tenon_now_ms() - began));
  if (time_ten(&in_crowd) != 0) return 1;
  printf("a message of ten takes %.1f us alone, %.1f us among all\n", alone, in_crowd);
  if (tenon_poller_wait(&poller, events, EVENTS, 0) != 0) return fail("somebody has more", TENON_EIO);
  began = tenon_now_ms();
  if (close_all(count) != 0) return 1;
  printf("all closed in %d ms\n", (int)(tenon_now_ms() - began));
  tenon_poller_close(&poller);
  return 0;
}

int main(int argc, char **argv) {
  int count = argc == 3 || argc == 5 ? atoi(argv[argc == 3 ? 2 : 3]) : 0, is_count = count >= TEN && count <= MOST;
  if (argc == 5) speakers = atoi(argv[4]);
  if (is_count && argc == 3 && strcmp(argv[1], "serve") == 0) return serve(count);
  if (is_count && speakers >= TEN && strcmp(argv[1], "load") == 0) return load(atoi(argv[2]), count);
  return fprintf(stderr, "crowd serve COUNT, or crowd load PORT COUNT SPEAKERS\n"), 2;
}
