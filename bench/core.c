/* core.c - the cost of Tenon's calls beside that of the system's own.
 * SPDX-License-Identifier: MIT
 *
 *   core count raw|tenon WHAT N    does N of it and ends, for a tool that counts instructions or system calls
 *   core time                      prints a row for each: its name, nanoseconds raw and by Tenon, and the ratio
 *
 * The times of a row are medians of rounds in which both ways take turns. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tenon/message.h"
#include "ways.h"

enum { ROUNDS = 15 };

typedef struct subject {
  const char *name;
  long per_round;
  enum { TRANSFER, VECTOR, MESSAGE, BATCHES, CONNECT, PARSE } kind;
  const char *ip, *port, *whole; /* to be parsed, or NULL */
} subject;

static const subject subjects[] = {
    {"send+recv", 20000, TRANSFER, NULL, NULL, NULL},
    {"sendv+recvv", 2000, VECTOR, NULL, NULL, NULL},
    {"sendmsg+recvmsg", 2000, MESSAGE, NULL, NULL, NULL},
    {"32-datagrams-of-1200", 50, BATCHES, NULL, NULL, NULL},
    {"connect+accept+close", 400, CONNECT, NULL, NULL, NULL},
    {"parse-ipv4", 200000, PARSE, "192.0.2.1", NULL, "192.0.2.1"},
    {"parse-ipv4-port", 200000, PARSE, "192.0.2.1", "8080", "192.0.2.1:8080"},
    {"parse-ipv6", 200000, PARSE, "2001:db8::1", NULL, "2001:db8::1"},
    {"parse-ipv6-long", 200000, PARSE, "2001:db8:85a3:8d3:1319:8a2e:370:7348", NULL,
     "2001:db8:85a3:8d3:1319:8a2e:370:7348"},
    {"parse-ipv6-port", 200000, PARSE, "2001:db8::1", "8080", "[2001:db8::1]:8080"},
};
enum { SUBJECTS = sizeof subjects / sizeof subjects[0] };

/* A listener at loopback, a connection to it, and two sockets for datagrams. */
typedef struct stage {
  tenon_addr at, at_datagrams;
  tenon_sock listener, ends[2], datagrams[2];
} stage;

static int open_datagrams(stage *st) {
  tenon_addr local = tenon_addr_loopback(TENON_AF_INET, 0);
  for (int i = 0; i < 2; i++) {
    st->datagrams[i] = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
    if (tenon_bind(st->datagrams[i], &local) < 0) return -1;
  }
  if (tenon_message_ask(st->datagrams[1], TENON_MESSAGE_TTL) != TENON_MESSAGE_TTL) return -1;
  return tenon_getsockname(st->datagrams[1], &st->at_datagrams);
}

static int open_stage(stage *st) {
  tenon_addr local = tenon_addr_loopback(TENON_AF_INET, 0);
  st->listener = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  if (tenon_bind(st->listener, &local) < 0 || tenon_listen(st->listener, -1) < 0) return -1;
  if (tenon_getsockname(st->listener, &st->at) < 0) return -1;
  st->ends[0] = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  if (tenon_connect(st->ends[0], &st->at, TENON_FOREVER) < 0) return -1;
  st->ends[1] = tenon_accept(st->listener, NULL, TENON_FOREVER);
  return st->ends[1] < 0 ? -1 : open_datagrams(st);
}

/* Takes what a batch left behind: it is sending that is measured, and what finds no room is dropped. */
static int drain(tenon_sock s, int result) {
  char byte;
  ptrdiff_t n;
  do {
    n = tenon_recvfrom(s, &byte, 1, NULL, 0);
  } while (n >= 0 || n == TENON_EMSGSIZE);
  return result;
}

static int run(const way *w, const subject *what, const stage *st, long count) {
  const tenon_sock *pair = st->datagrams;
  switch (what->kind) {
    case TRANSFER: return w->transfer(st->ends[0], st->ends[1], count);
    case VECTOR: return w->vector(st->ends[0], st->ends[1], count);
    case MESSAGE: return w->message(pair[0], pair[1], &st->at_datagrams, count);
    case BATCHES: return drain(pair[1], w->batch(pair[0], pair[1], &st->at_datagrams, count));
    case CONNECT: return w->connect(st->listener, &st->at, count);
    default: return w->parse(what->ip, what->port, what->whole, count);
  }
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *values) {
  qsort(values, ROUNDS, sizeof *values, compare);
  return values[ROUNDS / 2];
}

static int time_one(const subject *what, const stage *st) {
  static const way *const ways[] = {&way_raw, &way_tenon};
  double spent[2][ROUNDS], ratios[ROUNDS];
  for (int round = 0; round < ROUNDS; round++) {
    for (int i = 0; i < 2; i++) {
      int which = (i + round) % 2;
      double began = raw_nanoseconds();
      if (run(ways[which], what, st, what->per_round) < 0) return -1;
      spent[which][round] = (raw_nanoseconds() - began) / (double)what->per_round;
    }
    ratios[round] = spent[1][round] / spent[0][round];
  }
  printf("%-22s %9.0f %9.0f %8.3f\n", what->name, median(spent[0]), median(spent[1]), median(ratios));
  return 0;
}

static int time_all(const stage *st) {
  for (int i = 0; i < SUBJECTS; i++)
    if (time_one(&subjects[i], st) < 0) return fprintf(stderr, "%s failed\n", subjects[i].name), 1;
  return 0;
}

static int count_one(char **words, const stage *st) {
  const way *w = strcmp(words[0], way_raw.name) == 0 ? &way_raw : &way_tenon;
  for (int i = 0; i < SUBJECTS; i++)
    if (strcmp(words[1], subjects[i].name) == 0) return run(w, &subjects[i], st, atol(words[2])) < 0;
  return fprintf(stderr, "%s is not measured\n", words[1]), 1;
}

int main(int count, char **words) {
  stage st;
  if (open_stage(&st) < 0) return fprintf(stderr, "no connection over loopback\n"), 1;
  if (count == 5 && strcmp(words[1], "count") == 0) return count_one(words + 2, &st);
  if (count == 2 && strcmp(words[1], "time") == 0) return time_all(&st);
  return fprintf(stderr, "core count raw|tenon WHAT N, or core time\n"), 2;
}
