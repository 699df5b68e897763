/* listener.c - receives datagrams, step by step: find an address, make a socket, bind it, receive, answer.
 * SPDX-License-Identifier: MIT
 *
 * A datagram is a letter, where a connection is a telephone call: it comes whole or not at all, each one tells who sent
 * it, and nobody promises that it arrives. So there is nothing to accept and nothing to end, and one socket serves all.
 *
 * Try it with the talker beside it:   listener 4000   and, in another window,   talker localhost 4000 "hello"
 * Ctrl-C ends it. The same source is a Linux and a Windows program. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tenon.h"

#define LIMIT_MS 5000  /* how long the system may take for what it does by itself */
#define GLANCE_MS 200  /* how long it takes to notice Ctrl-C */
#define MAX_SIZE 65535 /* no datagram is larger */
#define MAX_ADDRESSES 8

static const char usage[] =
    "usage: listener [--count=N] [--host=HOST] SERVICE\n"
    "Waits for datagrams at SERVICE (a name or a port number; 0 lets the system choose one), prints each of them and\n"
    "sends it back.\n"
    "  --count=N     ends after N datagrams instead of at Ctrl-C\n"
    "  --host=HOST   listens at this address of the host only\n"
    "Exit status: 0 if all went well, 1 if a call failed, 2 if the arguments make no sense.\n";

static volatile sig_atomic_t is_over;

static void on_interrupt(int number) {
  (void)number;
  is_over = 1;
}

static int fail(const char *what, intptr_t code) {
  fprintf(stderr, "listener: %s: %s (%s)\n", what, tenon_strerror(code), tenon_errname(code));
  return 1;
}

/* Steps 2 and 3 for one address: a socket that datagrams can be sent to, or the reason why not. */
static tenon_sock bind_at(const tenon_addr *address) {
  /* 2. Make a socket for datagrams. An IPv6 one hears both families. */
  tenon_sock s = tenon_socket(address->family, TENON_SOCK_DGRAM, 0);
  if (s < 0) return s;

  /* 3. Give it the address and port that others will send to. That is all it takes to listen. */
  int result = tenon_bind(s, address);
  if (result == 0) return s;
  tenon_close(s);
  return result;
}

/* Steps 1 to 3. */
static tenon_sock open_socket(const char *host, const char *service) {
  /* 1. Learn where to listen: "passive" means at all addresses of this host. They come with the IPv6 one first, and a
   * host without IPv6 makes do with the second. */
  tenon_hints hints = {TENON_AF_UNSPEC, TENON_SOCK_DGRAM, TENON_AI_PASSIVE};
  tenon_addr addresses[MAX_ADDRESSES];
  int found = tenon_resolve(host, service, &hints, addresses, MAX_ADDRESSES, LIMIT_MS);
  if (found < 0) {
    fail("resolve", found);
    return TENON_NO_SOCK;
  }

  for (int i = 0; i < found && i < MAX_ADDRESSES; i++) {
    tenon_sock s = bind_at(&addresses[i]);
    if (s >= 0) return s;
    fail("bind", s);
  }
  return TENON_NO_SOCK;
}

static void say_where(tenon_sock s) {
  char text[TENON_ADDR_TEXT] = "?";
  tenon_addr local;
  if (tenon_getsockname(s, &local) == 0) tenon_addr_format(&local, text, sizeof text); /* with the port it has got */
  printf("listening on %s\n", text);
  fflush(stdout); /* for whoever watches, at once even if that is a file or another program */
}

/* Steps 4 and 5, one datagram after the other. */
static int answer(tenon_sock s, long count) {
  static char data[MAX_SIZE];
  while (!is_over && count != 0) {
    /* 4. Wait for a datagram, with a glance at Ctrl-C now and then. 0 bytes are a datagram too, not an end. */
    tenon_addr sender;
    ptrdiff_t size = tenon_recvfrom(s, data, sizeof data, &sender, GLANCE_MS);
    if (size == TENON_ETIMEDOUT) continue;
    if (size < 0) return fail("recvfrom", size);

    char text[TENON_ADDR_TEXT];
    tenon_addr_format(&sender, text, sizeof text);
    printf("%s: %ld bytes: %.*s\n", text, (long)size, (int)size, data);
    fflush(stdout);

    /* 5. Answer. Who sent it may be out of reach by now; that is no reason to stop. */
    ptrdiff_t sent = tenon_sendto(s, data, (size_t)size, &sender, LIMIT_MS);
    if (sent < 0) fail(text, sent);
    if (count > 0) count--;
  }
  return 0;
}

typedef struct options {
  const char *host, *service;
  long count; /* -1: no limit */
} options;

/* 0 if the arguments make sense. */
static int read_options(int argc, char **argv, options *o) {
  int next = 1;
  for (; next < argc && strncmp(argv[next], "--", 2) == 0; next++) {
    if (strncmp(argv[next], "--host=", 7) == 0) {
      o->host = argv[next] + 7;
    } else if (strncmp(argv[next], "--count=", 8) == 0) {
      char *end;
      o->count = strtol(argv[next] + 8, &end, 10);
      if (*end != '\0' || o->count < 1) return -1;
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
  tenon_sock s = open_socket(o.host, o.service);
  if (s < 0) return 1;
  say_where(s);
  int status = answer(s, o.count);

  /* 6. Close. */
  tenon_close(s);
  if (is_over) printf("interrupted\n");
  return status;
}
