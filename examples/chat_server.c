/* chat_server.c - what one client sends, all the others receive: one thread, one poller, any number of clients.
 * SPDX-License-Identifier: MIT
 *
 * Try it:   chat_server 4000   and, in two other windows,   nc localhost 4000   (or telnet)
 * Ctrl-C ends it. The same source is a Linux and a Windows program. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tenon.h"
#include "tenon/poller.h"

static const char usage[] =
    "usage: chat_server SERVICE\n"
    "Listens at SERVICE (a name or a port number; 0 lets the system choose one) and passes on what each client sends "
    "to\n"
    "all the others, until Ctrl-C.\n"
    "Exit status: 0 if all went well, 1 if a call failed, 2 if the arguments make no sense.\n";

typedef struct client {
  tenon_sock sock;
  struct client *next;
} client;

static tenon_poller poller;
static client *clients;
static volatile sig_atomic_t interrupted;

/* A wake-up may be sent from a signal handler; it ends the wait. */
static void on_interrupt(int number) {
  (void)number;
  interrupted = 1;
  tenon_poller_wake(&poller);
}

static int fail(const char *what, intptr_t code) {
  fprintf(stderr, "chat_server: %s: %s (%s)\n", what, tenon_strerror(code), tenon_errname(code));
  return 1;
}

/* The client's own memory is what the poller will point to when there is news of it. */
static void welcome(tenon_sock sock) {
  client *c = malloc(sizeof *c);
  if (!c || tenon_poller_set(&poller, sock, TENON_POLLIN, 0, c) < 0) {
    free(c);
    tenon_close(sock);
    return;
  }
  c->sock = sock;
  c->next = clients;
  clients = c;
}

static void dismiss(client *c) {
  client **at = &clients;
  while (*at != c) at = &(*at)->next;
  *at = c->next;
  tenon_poller_remove(&poller, c->sock);
  tenon_close(c->sock);
  free(c);
}

/* Nobody is waited for: who is too slow to take a message misses it, or the rest of it. */
static void pass_on(const client *from, const char *data, size_t size) {
  for (client *c = clients; c; c = c->next) {
    if (c != from) tenon_send(c->sock, data, size, 0);
  }
}

static void serve(client *c) {
  char data[4096];
  ptrdiff_t n = tenon_recv(c->sock, data, sizeof data, 0);
  if (n > 0) pass_on(c, data, (size_t)n);
  if (n == 0 || (n < 0 && n != TENON_EAGAIN)) dismiss(c); /* it ended, or its connection broke */
}

/* The listener came without a pointer, clients bring theirs. A client is dismissed by its own event only, and has one
 * event at most in each wait: no pointer in events dangles. */
static int run(tenon_sock listener) {
  tenon_poller_event events[64];
  while (!interrupted) {
    int count = tenon_poller_wait(&poller, events, 64, TENON_FOREVER);
    if (count < 0) return fail("wait", count);
    for (int i = 0; i < count; i++) {
      if (events[i].pointer) {
        serve(events[i].pointer);
        continue;
      }
      tenon_sock sock = tenon_accept(listener, NULL, 0);
      if (sock >= 0) welcome(sock);
    }
  }
  printf("interrupted\n");
  return 0;
}

int main(int argc, char **argv) {
  char text[TENON_ADDR_TEXT];
  tenon_addr local;
  if (argc == 2 && strcmp(argv[1], "--help") == 0) return fputs(usage, stdout) < 0;
  if (argc != 2) return fputs(usage, stderr), 2;
  int opened = tenon_poller_open(&poller);
  if (opened < 0) return fail("poller", opened);
  tenon_sock listener = tenon_tcp_listen(NULL, argv[1], -1);
  if (listener < 0) return fail("listen", listener);
  int set = tenon_poller_set(&poller, listener, TENON_POLLIN, 0, NULL);
  if (set < 0) return fail("poller", set);
  signal(SIGINT, on_interrupt);
  if (tenon_getsockname(listener, &local) == 0 && tenon_addr_format(&local, text, sizeof text) > 0)
    printf("listening on %s\n", text);
  fflush(stdout);

  int status = run(listener);
  signal(SIGINT, SIG_DFL);
  while (clients) dismiss(clients);
  tenon_close(listener);
  tenon_poller_close(&poller);
  return status;
}
