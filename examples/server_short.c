/* server_short.c - the TCP server of server.c with the calls that do more at once: listen by name, a waker for Ctrl-C.
 * SPDX-License-Identifier: MIT
 *
 * Try it with the client beside it:   server_short 4000   and, in another window,   client_short localhost 4000 "hello"
 * Ctrl-C ends it. The same source is a Linux and a Windows program. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checksum.h"
#include "tenon.h"

#define LIMIT_MS 60000 /* how long a client may keep us waiting */

static const char usage[] =
    "usage: server_short [--clients=N] [--host=HOST] SERVICE\n"
    "Listens at SERVICE (a name or a port number; 0 lets the system choose one) and sends back what clients send.\n"
    "  --clients=N   ends after N clients instead of at Ctrl-C\n"
    "  --host=HOST   listens at this address of the host only\n"
    "Exit status: 0 if all went well, 1 if a call failed, 2 if the arguments make no sense.\n";

/* Ctrl-C fires it, and every call that waits, or would have to, ends with TENON_ECANCELED: no glances at a variable. */
static tenon_waker interrupt;

static void on_interrupt(int number) {
  (void)number;
  tenon_waker_wake(&interrupt);
}

static int fail(const char *what, intptr_t code) {
  fprintf(stderr, "server_short: %s: %s (%s)\n", what, tenon_strerror(code), tenon_errname(code));
  return 1;
}

/* A line of output for whoever watches, at once even if that is a file or another program. */
static void report(const char *format, const tenon_addr *addr) {
  char text[TENON_ADDR_TEXT];
  tenon_addr_format(addr, text, sizeof text);
  printf(format, text);
  fflush(stdout);
}

/* Sends everything back until the client ends. What goes wrong with one client is no reason to stop. */
static ptrdiff_t serve(tenon_sock client, const tenon_addr *peer) {
  char data[4096], text[TENON_ADDR_TEXT];
  long bytes = 0;
  uint32_t checksum = CHECKSUM_START;
  ptrdiff_t n;
  while ((n = tenon_recv(client, data, sizeof data, LIMIT_MS)) > 0) {
    bytes += (long)n;
    checksum = checksum_add(checksum, data, (size_t)n);
    n = tenon_send(client, data, (size_t)n, LIMIT_MS);
    if (n < 0) break;
  }
  tenon_addr_format(peer, text, sizeof text);
  if (n < 0) fail(text, n);
  printf("client %s: %ld bytes, checksum %08lx\n", text, bytes, (unsigned long)checksum);
  fflush(stdout);
  return n;
}

/* One client after the other, until there were enough or Ctrl-C. */
static int serve_clients(tenon_sock listener, long clients) {
  intptr_t result = 0;
  while (result != TENON_ECANCELED && clients != 0) {
    tenon_addr peer;
    tenon_sock client = tenon_accept(listener, &peer, TENON_FOREVER);
    result = client;
    if (client == TENON_ECANCELED) break;
    if (client < 0) return fail("accept", client);
    report("client %s connected\n", &peer);
    result = serve(client, &peer);
    tenon_close(client);
    if (clients > 0) clients--;
  }
  if (result == TENON_ECANCELED) printf("interrupted\n");
  return 0;
}

static int run(const char *host, const char *service, long clients) {
  int opened = tenon_waker_open(&interrupt);
  if (opened < 0) return fail("waker", opened);
  signal(SIGINT, on_interrupt);
  tenon_cancel_on(&interrupt);

  int status = 1;
  tenon_sock listener = tenon_tcp_listen(host, service, 10);
  if (listener >= 0) {
    tenon_addr local;
    if (tenon_getsockname(listener, &local) == 0) report("listening on %s\n", &local); /* the system may have chosen */
    status = serve_clients(listener, clients);
    tenon_close(listener);
  } else {
    fail("listen", listener);
  }

  signal(SIGINT, SIG_DFL);
  tenon_cancel_on(NULL);
  tenon_waker_close(&interrupt);
  return status;
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--help") == 0) return fputs(usage, stdout) < 0;
  const char *host = NULL;
  long clients = -1; /* no limit */
  int next = 1, is_sense = 1;
  for (; next < argc && strncmp(argv[next], "--", 2) == 0; next++) {
    char *end = argv[next];
    if (strncmp(argv[next], "--host=", 7) == 0) {
      host = argv[next] + 7;
    } else if (strncmp(argv[next], "--clients=", 10) == 0) {
      clients = strtol(argv[next] + 10, &end, 10);
      is_sense &= *end == '\0' && clients >= 1;
    } else {
      is_sense = 0;
    }
  }
  if (is_sense && argc - next == 1) return run(host, argv[next], clients);
  fputs(usage, stderr);
  return 2;
}
