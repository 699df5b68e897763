/* server_many.c - the TCP server of server.c for many clients at once: the handler of one client, and one word.
 * SPDX-License-Identifier: MIT
 *
 * Try it with several clients beside it:   server_many --model=processes 4000   and   client localhost 4000 "hello"
 * Ctrl-C ends it. The same source is a Linux and a Windows program. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checksum.h"
#include "tenon/local.h"
#include "tenon/server.h"

#define LIMIT_MS 60000 /* how long a client may keep us waiting */

static const char usage[] =
    "usage: server_many [--model=MODEL] [--max-clients=N] [--when-full=wait|refuse] [--host=HOST] SERVICE\n"
    "Listens at SERVICE (a name or a port number; 0 lets the system choose one) and sends back what clients send.\n"
    "  --model=MODEL      iterative: one client after the other; threads: each in a thread; processes: each in a\n"
    "                     process; hybrid: in threads of a few processes\n"
    "  --max-clients=N    serves so many at once, at most\n"
    "  --when-full=WHAT   lets further clients wait for their turn, or turns them away\n"
    "  --host=HOST        listens at this address of the host only\n"
    "Exit status: 0 if all went well, 1 if a call failed, 2 if the arguments make no sense.\n";

static int fail(const char *what, intptr_t code) {
  fprintf(stderr, "server_many: %s: %s (%s)\n", what, tenon_strerror(code), tenon_errname(code));
  return 1;
}

/* Sends everything back until the client ends: the handler, which knows of one client only. */
static void serve(tenon_sock client, const tenon_addr *peer, void *context) {
  char data[4096], text[TENON_ADDR_TEXT];
  long bytes = 0;
  uint32_t checksum = CHECKSUM_START;
  ptrdiff_t n;
  (void)context;
  tenon_addr_format(peer, text, sizeof text);
  printf("client %s is served by process %" PRId64 ", thread %" PRIx64 "\n", text, tenon_process_id(),
         (uint64_t)tenon_server_thread_id());
  fflush(stdout);
  while ((n = tenon_recv(client, data, sizeof data, LIMIT_MS)) > 0) {
    bytes += (long)n;
    checksum = checksum_add(checksum, data, (size_t)n);
    n = tenon_send(client, data, (size_t)n, LIMIT_MS);
    if (n < 0) break;
  }
  if (n < 0) fail(text, n);
  printf("client %s: %ld bytes, checksum %08lx\n", text, bytes, (unsigned long)checksum);
  fflush(stdout);
}

static void report_start(const tenon_addr *at, void *context) {
  char text[TENON_ADDR_TEXT];
  (void)context;
  tenon_addr_format(at, text, sizeof text);
  printf("listening on %s\n", text);
  fflush(stdout);
}

/* The number of a word in a list, or -1. */
static int find_word(const char *word, const char *const list[], int count) {
  for (int i = 0; i < count; i++)
    if (strcmp(word, list[i]) == 0) return i;
  return -1;
}

/* 0 if the argument makes sense. */
static int read_option(const char *option, tenon_server *server) {
  static const char *const models[] = {"iterative", "threads", "processes", "hybrid"}; /* as they are numbered */
  static const char *const policies[] = {"wait", "refuse"};
  if (strncmp(option, "--model=", 8) == 0) {
    server->model = find_word(option + 8, models, 4);
    return server->model < 0;
  }
  if (strncmp(option, "--when-full=", 12) == 0) {
    server->when_full = find_word(option + 12, policies, 2);
    return server->when_full < 0;
  }
  if (strncmp(option, "--max-clients=", 14) == 0) {
    char *end;
    long count = strtol(option + 14, &end, 10);
    server->max_clients = (int)count;
    return *end != '\0' || count < 1 || count > 100000;
  }
  if (strncmp(option, "--host=", 7) != 0) return 1;
  server->host = option + 7;
  return 0;
}

static int run(tenon_server *server) {
  tenon_waker interrupt;
  int result = tenon_waker_open(&interrupt);
  if (result < 0) return fail("waker", result);
  tenon_waker_on_interrupt(&interrupt); /* Ctrl-C and the like */
  server->stop = &interrupt;
  result = tenon_serve(server);
  tenon_waker_on_interrupt(NULL);
  tenon_waker_close(&interrupt);
  if (result < 0) return fail("serve", result);
  printf("interrupted\n");
  return 0;
}

int main(int argc, char **argv) {
  tenon_server server = {.handler = serve, .started = report_start, .model = TENON_SERVE_THREADS};
  if (argc == 2 && strcmp(argv[1], "--help") == 0) return fputs(usage, stdout) < 0;
  int next = 1, is_sense = 1;
  for (; next < argc && strncmp(argv[next], "--", 2) == 0; next++) is_sense &= read_option(argv[next], &server) == 0;
  if (is_sense && argc - next == 1) {
    server.service = argv[next];
    return run(&server);
  }
  fputs(usage, stderr);
  return 2;
}
