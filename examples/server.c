/* server.c - a TCP server, step by step: listen, accept one client after the other, send back what each one sends.
 * SPDX-License-Identifier: MIT
 *
 * Try it with the client beside it:   server 4000   and, in another window,   client localhost 4000 "hello"
 * Ctrl-C ends it. The same source is a Linux and a Windows program. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checksum.h"
#include "tenon.h"

#define LIMIT_MS 60000 /* how long a client may keep us waiting */
#define GLANCE_MS 200  /* how long it takes to notice Ctrl-C */
#define MAX_ADDRESSES 8

static const char usage[] =
    "usage: server [--clients=N] [--host=HOST] SERVICE\n"
    "Listens at SERVICE (a name or a port number; 0 lets the system choose one) and sends back what clients send.\n"
    "  --clients=N   ends after N clients instead of at Ctrl-C\n"
    "  --host=HOST   listens at this address of the host only\n"
    "Exit status: 0 if all went well, 1 if a call failed, 2 if the arguments make no sense.\n";

static volatile sig_atomic_t is_over;

static void on_interrupt(int number) {
  (void)number;
  is_over = 1;
}

static int fail(const char *what, intptr_t code) {
  fprintf(stderr, "server: %s: %s (%s)\n", what, tenon_strerror(code), tenon_errname(code));
  return 1;
}

/* A line of output for whoever watches, at once even if that is a file or another program. */
static void report(const char *format, const tenon_addr *addr) {
  char text[TENON_ADDR_TEXT];
  tenon_addr_format(addr, text, sizeof text);
  printf(format, text);
  fflush(stdout);
}

/* Steps 2 to 4 for one address: a listening socket, or the reason why not. */
static tenon_sock listen_at(const tenon_addr *address) {
  /* 2. Make a socket. An IPv6 one takes clients of both families. */
  tenon_sock s = tenon_socket(address->family, TENON_SOCK_STREAM, 0);
  if (s < 0) return s;

  /* 3. Give it its address and port, and 4. let clients queue up for it. */
  int result = tenon_bind(s, address);
  if (result == 0) result = tenon_listen(s, 10);
  if (result == 0) return s;
  tenon_close(s);
  return result;
}

/* Steps 1 to 4. */
static tenon_sock open_listener(const char *host, const char *service) {
  /* 1. Learn where to listen: "passive" means at all addresses of this host. They come with the IPv6 one first, and a
   * host without IPv6 makes do with the second. */
  tenon_hints hints = {TENON_AF_UNSPEC, TENON_SOCK_STREAM, TENON_AI_PASSIVE};
  tenon_addr addresses[MAX_ADDRESSES];
  int found = tenon_resolve(host, service, &hints, addresses, MAX_ADDRESSES, LIMIT_MS);
  if (found < 0) {
    fail("resolve", found);
    return TENON_NO_SOCK;
  }

  for (int i = 0; i < found && i < MAX_ADDRESSES; i++) {
    tenon_sock s = listen_at(&addresses[i]);
    if (s >= 0) {
      tenon_addr local = addresses[i];
      tenon_getsockname(s, &local); /* the port, if the system chose it */
      report("listening on %s\n", &local);
      return s;
    }
    fail("listen", s);
  }
  return TENON_NO_SOCK;
}

/* Receives whatever comes next, with a glance at Ctrl-C now and then. */
static ptrdiff_t receive(tenon_sock client, void *data, size_t size) {
  int64_t deadline = tenon_deadline(LIMIT_MS);
  ptrdiff_t n;
  do {
    n = tenon_recv(client, data, size, GLANCE_MS);
  } while (n == TENON_ETIMEDOUT && !is_over && tenon_remaining(deadline) > 0);
  return n;
}

/* Step 6: sends everything back until the client ends. What goes wrong with one client is no reason to stop. */
static void serve(tenon_sock client, const tenon_addr *peer) {
  char data[4096], text[TENON_ADDR_TEXT];
  long bytes = 0;
  uint32_t checksum = CHECKSUM_START;
  ptrdiff_t n;
  while ((n = receive(client, data, sizeof data)) > 0) {
    bytes += (long)n;
    checksum = checksum_add(checksum, data, (size_t)n);
    n = tenon_send(client, data, (size_t)n, LIMIT_MS);
    if (n < 0) break;
  }
  tenon_addr_format(peer, text, sizeof text);
  if (n < 0) fail(text, n);
  printf("client %s: %ld bytes, checksum %08lx\n", text, bytes, (unsigned long)checksum);
  fflush(stdout);
}

/* Steps 5 to 7, one client after the other. */
static int serve_clients(tenon_sock listener, long clients) {
  while (!is_over && clients != 0) {
    /* 5. Wait for a client. It gets a socket of its own; the listener goes on listening. */
    tenon_addr peer;
    tenon_sock client = tenon_accept(listener, &peer, GLANCE_MS);
    if (client == TENON_ETIMEDOUT) continue;
    if (client < 0) return fail("accept", client);
    report("client %s connected\n", &peer);

    serve(client, &peer);

    /* 7. Close the client's socket. */
    tenon_close(client);
    if (clients > 0) clients--;
  }
  return 0;
}

typedef struct options {
  const char *host, *service;
  long clients; /* -1: no limit */
} options;

/* 0 if the arguments make sense. */
static int read_options(int argc, char **argv, options *o) {
  int next = 1;
  for (; next < argc && strncmp(argv[next], "--", 2) == 0; next++) {
    if (strncmp(argv[next], "--host=", 7) == 0) {
      o->host = argv[next] + 7;
    } else if (strncmp(argv[next], "--clients=", 10) == 0) {
      char *end;
      o->clients = strtol(argv[next] + 10, &end, 10);
      if (*end != '\0' || o->clients < 1) return -1;
    } else {
      return -1;
    }
  }
  if (argc - next != 1) return -1;
  o->service = argv[next];
  return 0;
}

int main(int argc, char **argv) {
  options o = {NULL, NULL, -1};
  if (argc == 2 && strcmp(argv[1], "--help") == 0) return fputs(usage, stdout) < 0;
  if (read_options(argc, argv, &o) != 0) {
    fputs(usage, stderr);
    return 2;
  }
  signal(SIGINT, on_interrupt);
  tenon_sock listener = open_listener(o.host, o.service);
  if (listener < 0) return 1;
  int status = serve_clients(listener, o.clients);
  tenon_close(listener);
  if (is_over) printf("interrupted\n");
  return status;
}
