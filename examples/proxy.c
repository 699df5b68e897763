/* proxy.c - passes connections on to another host, both ways, and no faster than either end takes it: one thread, one
 * poller, any number of clients, and nobody has to wait for another one.
 * SPDX-License-Identifier: MIT
 *
 * Try it with a server behind it:   server 4000   and   proxy 5000 localhost 4000   and, in a third window,
 * client localhost 5000 "hello".   Ctrl-C ends it. The same source is a Linux and a Windows program. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tenon.h"
#include "tenon/poller.h"

#define ROOM 65536       /* bytes that may be under way in each direction of a relay */
#define RESOLVE_MS 10000 /* how long the target's name may take */
#define PAUSE_MS 500     /* before the next try, when the system had nothing left for a client */
#define MAX_ADDRESSES 16 /* more than any host has */

static const char usage[] =
    "usage: proxy [--max-clients=N] [--host=HOST] SERVICE TARGET_HOST TARGET_SERVICE\n"
    "Listens at SERVICE (a name or a port number; 0 lets the system choose one), passes on what clients send to\n"
    "TARGET_HOST at TARGET_SERVICE, and what comes back, until Ctrl-C. When one side sends no more, the other one\n"
    "sees the end and may still send. A connection that breaks, or a target that cannot be reached, is a reset to\n"
    "the other side.\n"
    "  --max-clients=N  serves so many at once, at most; further ones wait for their turn (1000)\n"
    "  --host=HOST      listens at this address of the host only\n"
    "Exit status: 0 if all went well, 1 if a call failed, 2 if the arguments make no sense.\n";

/* One end of a relay, and what has come from it and not been sent to the other end yet. Before that is gone nothing more
 * is received: it waits in the system, and, when that has enough of it, the sender does. */
typedef struct side {
  struct relay *relay;
  tenon_sock sock;
  int events;   /* what the poller looks out for; 0: it does not know the socket */
  int is_ended; /* it sends no more, and the other end was told so */
  size_t begin, end;
  char data[ROOM];
} side;

typedef struct relay {
  side client, target;
  int addresses_tried, is_connecting, is_over;
  struct relay *next, **place; /* place: the pointer that points here */
} relay;

static tenon_poller poller;
static tenon_sock listener;
static int is_listening;
static long client_count;
static int64_t pause_end = TENON_FOREVER; /* no client is accepted before; as a rule, this is no time */
static relay *relays, *over;
static tenon_addr addresses[MAX_ADDRESSES]; /* of the target */
static int address_count;
static volatile sig_atomic_t interrupted;

static void on_interrupt(int number) {
  (void)number;
  interrupted = 1;
  tenon_poller_wake(&poller);
}

static int fail(const char *what, intptr_t code) {
  fprintf(stderr, "proxy: %s: %s (%s)\n", what, tenon_strerror(code), tenon_errname(code));
  return 1;
}

/* ---- One relay: what returns int returns less than 0 when it can only be broken off -------------------------------- */

static side *other_end(const side *s) {
  return s == &s->relay->client ? &s->relay->target : &s->relay->client;
}

static int is_empty(const side *s) {
  return s->begin == s->end;
}

/* Lets the poller tell of this side what is of use now, and nothing else: it would be told again and again. */
static int look_out(side *s) {
  int events = 0;
  if (s->relay->is_connecting) {
    if (s == &s->relay->target) events = TENON_POLLOUT;
  } else {
    if (is_empty(s) && !s->is_ended) events |= TENON_POLLIN;
    if (!is_empty(other_end(s))) events |= TENON_POLLOUT;
  }
  if (events == s->events) return 0;
  s->events = events;
  return events ? tenon_poller_set(&poller, s->sock, events, 0, s) : tenon_poller_remove(&poller, s->sock);
}

/* Sends on what has come from this side, as far as the other one takes it. */
static int send_on(side *from) {
  if (is_empty(from)) return 0;
  ptrdiff_t n = tenon_send(other_end(from)->sock, from->data + from->begin, from->end - from->begin, 0);
  if (n > 0) from->begin += (size_t)n;
  return n == TENON_EAGAIN ? 0 : (int)n;
}

static int receive(side *from) {
  if (!is_empty(from) || from->is_ended) return 0;
  ptrdiff_t n = tenon_recv(from->sock, from->data, ROOM, 0);
  if (n < 0) return n == TENON_EAGAIN ? 0 : (int)n;
  from->is_ended = n == 0;
  if (from->is_ended) return tenon_shutdown(other_end(from)->sock, TENON_SHUT_WR);
  from->begin = 0, from->end = (size_t)n;
  return send_on(from);
}

static void leave(side *s, int is_broken) {
  if (is_broken) tenon_setsockopt(s->sock, TENON_OPT_RESET_ON_CLOSE, 1);
  tenon_poller_remove(&poller, s->sock);
  tenon_close(s->sock);
  s->events = 0;
}

/* What became of connecting to one address of the target; if that was nothing, the next one gets its turn. */
static int go_on_connecting(relay *r, int result) {
  while (result < 0 && result != TENON_EINPROGRESS && r->addresses_tried < address_count) {
    const tenon_addr *to = &addresses[r->addresses_tried++];
    leave(&r->target, 0);
    r->target.sock = tenon_socket(to->family, TENON_SOCK_STREAM, 0);
    result = r->target.sock < 0 ? (int)r->target.sock : tenon_connect(r->target.sock, to, 0);
  }
  r->is_connecting = result == TENON_EINPROGRESS;
  if (r->is_connecting) return 0;
  if (result < 0) fail("target", result);
  tenon_setsockopt(r->target.sock, TENON_OPT_NODELAY, 1); /* what is short was meant to be */
  return result;
}

/* An event of the other side may have been taken from the poller already: the relay's memory stays until all are dealt
 * with. */
static void part(relay *r, int is_broken) {
  leave(&r->client, is_broken);
  leave(&r->target, is_broken);
  *r->place = r->next;
  if (r->next) r->next->place = r->place;
  r->next = over;
  over = r;
  r->is_over = 1;
  client_count--;
  pause_end = TENON_FOREVER; /* there is something left again */
}

static void settle(relay *r, int result) {
  if (result >= 0) result = look_out(&r->client);
  if (result >= 0) result = look_out(&r->target);
  if (result < 0 || (r->client.is_ended && r->target.is_ended)) part(r, result < 0);
}

static void serve(side *s, int events) {
  relay *r = s->relay;
  int result = 0;
  if (r->is_over) return;
  if (r->is_connecting) {
    result = go_on_connecting(r, tenon_connect_result(s->sock, 0));
  } else {
    if (events & TENON_POLLIN) result = receive(s);
    if (result >= 0 && (events & TENON_POLLOUT)) result = send_on(other_end(s));
  }
  settle(r, result);
}

/* ---- All of them ---------------------------------------------------------------------------------------------------- */

static void prepare(side *s, relay *r, tenon_sock sock) {
  s->relay = r, s->sock = sock;
  s->events = s->is_ended = 0;
  s->begin = s->end = 0;
}

static void begin(relay *r, tenon_sock client, tenon_sock target) {
  prepare(&r->client, r, client);
  prepare(&r->target, r, target);
  r->is_over = 0;
  r->addresses_tried = 1;
  r->next = relays;
  r->place = &relays;
  if (relays) relays->place = &r->next;
  relays = r;
  client_count++;
  tenon_setsockopt(client, TENON_OPT_NODELAY, 1);
  settle(r, go_on_connecting(r, tenon_connect(target, &addresses[0], 0)));
}

/* A client is accepted when all that it takes is at hand. If not, it is left where it waits, for a while. */
static void welcome(void) {
  relay *r = malloc(sizeof *r);
  tenon_sock target = tenon_socket(addresses[0].family, TENON_SOCK_STREAM, 0);
  tenon_sock client = !r ? TENON_ENOMEM : target < 0 ? target : tenon_accept(listener, NULL, 0);
  if (client >= 0) {
    begin(r, client, target);
    return;
  }
  tenon_close(target);
  free(r);
  if (client == TENON_EAGAIN) return;
  fail("accept", client);
  pause_end = tenon_deadline(PAUSE_MS);
}

/* The poller tells of clients that wait only while they can be accepted. */
static int look_out_for_clients(long max_clients) {
  if (tenon_remaining(pause_end) == 0) pause_end = TENON_FOREVER;
  int is_open = client_count < max_clients && pause_end == TENON_FOREVER;
  if (is_open == is_listening) return 0;
  is_listening = is_open;
  return is_open ? tenon_poller_set(&poller, listener, TENON_POLLIN, 0, NULL) : tenon_poller_remove(&poller, listener);
}

static void free_all_over(void) {
  for (relay *r; (r = over) != NULL; free(r)) over = r->next;
}

/* Sides come with their pointers, the listener came without one. */
static int run(long max_clients) {
  tenon_poller_event events[64];
  while (!interrupted) {
    int count = look_out_for_clients(max_clients);
    if (count == 0) count = tenon_poller_wait(&poller, events, 64, tenon_remaining(pause_end));
    if (count < 0) return fail("poller", count);
    for (int i = 0; i < count; i++) {
      if (events[i].pointer) serve(events[i].pointer, events[i].events);
      if (!events[i].pointer) welcome();
    }
    free_all_over();
  }
  printf("interrupted\n");
  return 0;
}

/* ---- The beginning -------------------------------------------------------------------------------------------------- */

typedef struct options {
  const char *host, *service, *target_host, *target_service;
  long max_clients;
} options;

/* 0 if the arguments make sense. */
static int read_options(int argc, char **argv, options *o) {
  int next = 1;
  for (; next < argc && strncmp(argv[next], "--", 2) == 0; next++) {
    char *end = "";
    if (strncmp(argv[next], "--host=", 7) == 0) {
      o->host = argv[next] + 7;
    } else if (strncmp(argv[next], "--max-clients=", 14) == 0) {
      o->max_clients = strtol(argv[next] + 14, &end, 10);
      if (*end != '\0' || o->max_clients < 1) return -1;
    } else {
      return -1;
    }
  }
  if (argc - next != 3) return -1;
  o->service = argv[next];
  o->target_host = argv[next + 1];
  o->target_service = argv[next + 2];
  return 0;
}

/* The target's addresses are those that it has now, of families that this host has. */
static int open_all(const options *o) {
  tenon_hints hints = {tenon_supports(TENON_SUPPORTS_IPV6) ? TENON_AF_UNSPEC : TENON_AF_INET, TENON_SOCK_STREAM, 0};
  address_count = tenon_resolve(o->target_host, o->target_service, &hints, addresses, MAX_ADDRESSES, RESOLVE_MS);
  if (address_count < 0) return fail(o->target_host, address_count);
  if (address_count > MAX_ADDRESSES) address_count = MAX_ADDRESSES;
  listener = tenon_tcp_listen(o->host, o->service, -1);
  if (listener < 0) return fail("listen", listener);
  int opened = tenon_poller_open(&poller);
  return opened < 0 ? fail("poller", opened) : 0;
}

int main(int argc, char **argv) {
  options o = {.max_clients = 1000};
  char text[TENON_ADDR_TEXT];
  tenon_addr local;
  if (argc == 2 && strcmp(argv[1], "--help") == 0) return fputs(usage, stdout) < 0;
  if (read_options(argc, argv, &o) != 0) return fputs(usage, stderr), 2;
  int status = open_all(&o);
  if (status != 0) return status;
  signal(SIGINT, on_interrupt);
  if (tenon_getsockname(listener, &local) == 0 && tenon_addr_format(&local, text, sizeof text) > 0)
    printf("listening on %s\n", text);
  fflush(stdout);

  status = run(o.max_clients);
  signal(SIGINT, SIG_DFL);
  while (relays) part(relays, 1);
  free_all_over();
  tenon_close(listener);
  tenon_poller_close(&poller);
  return status;
}
