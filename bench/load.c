/* load.c - talks to a server of echo.c, one message of 64 bytes at a time on each active connection, and measures it.
 * SPDX-License-Identifier: MIT
 *
 *   load PORT ACTIVE IDLE MESSAGES MILLISECONDS WARM_UP [PROCESS...]
 *
 * It warms up with a tenth of the messages, or for so many milliseconds, and then goes on for as many messages or as long,
 * whatever ends first. It prints, for each message, the nanoseconds that passed and those of processor time that the processes
 * used, the bytes by which the first of them has grown since nobody was connected, and its part of the processor time. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* clock_getcpuclockid */
#endif

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "tenon/poller.h"

enum { SIZE = 64, EVENTS = 512, LIMIT_MS = 60000, PER_ADDRESS = 5000 };

typedef struct observed {
  double clock_ns, processor_ns, first_ns;
} observed;

static tenon_poller poller;
static tenon_sock *socks;

static int fail(const char *what) {
  fprintf(stderr, "load: %s failed\n", what);
  return 1;
}

/* ---- What is measured ------------------------------------------------------------------------------------------------ */

static double nanoseconds(clockid_t clock) {
  struct timespec time = {0, 0};
  clock_gettime(clock, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double processor_time(char **processes, int count) {
  double sum = 0;
  for (int i = 0; i < count; i++) {
    clockid_t clock;
    if (clock_getcpuclockid((pid_t)atol(processes[i]), &clock) == 0) sum += nanoseconds(clock);
  }
  return sum;
}

/* Who has answered still has to get back into its wait: looks until there is nothing new. */
static observed look(char **processes, int count) {
  observed now = {nanoseconds(CLOCK_MONOTONIC), processor_time(processes, count), 0};
  for (double before = -1; now.processor_ns != before;) {
    struct timespec millisecond = {0, 1000000};
    before = now.processor_ns;
    nanosleep(&millisecond, NULL);
    now.processor_ns = processor_time(processes, count);
  }
  now.first_ns = processor_time(processes, count > 0);
  return now;
}

/* The memory of a process that is its own, exactly: what statm says of it may be off by hundreds of KiB. */
static double bytes_of(const char *process) {
  char name[64], line[256];
  long kib = 0, sum = 0;
  snprintf(name, sizeof name, "/proc/%s/smaps_rollup", process);
  FILE *file = fopen(name, "r");
  while (file && fgets(line, sizeof line, file))
    if (sscanf(line, "Private_Dirty: %ld", &kib) == 1) sum += kib;
  if (file) fclose(file);
  return (double)sum * 1024;
}

/* ---- The load -------------------------------------------------------------------------------------------------------- */

/* Such a connection vanishes when it is closed; thousands that linger in TIME_WAIT would be in the way of the next run. */
static void vanish_when_closed(tenon_sock s) {
  struct linger now = {1, 0};
  setsockopt((int)s, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

/* From as many addresses as it takes that each has ports to spare. */
static tenon_sock connect_from(int number, const tenon_addr *at) {
  tenon_addr from = tenon_addr_loopback(TENON_AF_INET, 0);
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  int later = 1;
  from.ip[3] = (uint8_t)(1 + number / PER_ADDRESS);
  setsockopt((int)s, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &later, sizeof later);
  return tenon_bind(s, &from) < 0 || tenon_connect(s, at, LIMIT_MS) < 0 ? TENON_NO_SOCK : s;
}

/* The idle ones first: their numbers are the lower ones. */
static int connect_all(int port, int active, int idle) {
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, port);
  char greeting;
  socks = malloc((size_t)(active + idle) * sizeof *socks);
  if (!socks || tenon_poller_open(&poller) < 0) return -1;
  for (int i = 0; i < active + idle; i++) {
    socks[i] = connect_from(i, &at);
    if (socks[i] < 0) return -1;
    vanish_when_closed(socks[i]);
    tenon_setsockopt(socks[i], TENON_OPT_NODELAY, 1);
    if (tenon_recv(socks[i], &greeting, 1, LIMIT_MS) != 1) return -1;
    if (i >= idle && tenon_poller_set(&poller, socks[i], TENON_POLLIN, 0, &socks[i]) < 0) return -1;
  }
  return 0;
}

/* Keeps a message under way on each active connection, and leaves none behind. Returns how many came back, or -1. */
static long exchange(int active, int idle, long messages, long milliseconds) {
  static tenon_poller_event events[EVENTS];
  static char data[SIZE];
  double end = nanoseconds(CLOCK_MONOTONIC) + (double)milliseconds * 1e6;
  long sent = 0, received = 0;
  for (; sent < active && sent < messages; sent++)
    if (tenon_send(socks[idle + sent], data, SIZE, LIMIT_MS) != SIZE) return -1;
  while (received < sent) {
    int count = tenon_poller_wait(&poller, events, EVENTS, LIMIT_MS);
    if (count <= 0) return -1;
    int is_over = nanoseconds(CLOCK_MONOTONIC) >= end;
    for (int i = 0; i < count; i++, received++) {
      tenon_sock s = *(tenon_sock *)events[i].pointer;
      if (tenon_recv_all(s, data, SIZE, LIMIT_MS) != SIZE) return -1;
      if (is_over || sent == messages) continue;
      if (tenon_send(s, data, SIZE, LIMIT_MS) != SIZE) return -1;
      sent++;
    }
  }
  return received;
}

int main(int count, char **words) {
  if (count < 7) return fprintf(stderr, "load PORT ACTIVE IDLE MESSAGES MILLISECONDS WARM_UP [PROCESS...]\n"), 2;
  int active = atoi(words[2]), idle = atoi(words[3]), processes = count - 7;
  long messages = atol(words[4]), milliseconds = atol(words[5]), warm_up = atol(words[6]);
  double bytes = processes ? bytes_of(words[7]) : 0;
  if (connect_all(atoi(words[1]), active, idle) < 0) return fail("connecting");
  if (exchange(active, idle, messages / 10, warm_up) < 0) return fail("warming up");
  if (processes) bytes = bytes_of(words[7]) - bytes;
  observed before = look(words + 7, processes);
  before.clock_ns = nanoseconds(CLOCK_MONOTONIC);
  long done = exchange(active, idle, messages, milliseconds);
  if (done <= 0) return fail("talking");
  observed after = look(words + 7, processes);
  printf("%.1f %.1f %.0f %.1f\n", (after.clock_ns - before.clock_ns) / (double)done,
         (after.processor_ns - before.processor_ns) / (double)done, bytes,
         (after.first_ns - before.first_ns) / (double)done);
  return 0;
}
