/* http_server.c - serves the files of a folder to browsers and curl: one thread, one poller, tenon_sendfile().
 * SPDX-License-Identifier: MIT
 *
 * Try it:   http_server --root=FOLDER 8080   and, in another window or a browser,   curl http://localhost:8080/
 * Ctrl-C ends it. The same source is a Linux and a Windows program.
 *
 * GET and HEAD of HTTP/1.1 and 1.0, connections that stay open, requests in a row, single ranges, If-Modified-Since
 * (the very date that was sent). A folder is its index.html. Names are UTF-8, and what is neither a file nor a folder is
 * refused. Links are followed: who can put them there decides what is served. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http_answer.h"
#include "http_request.h"
#include "tenon/file.h"
#include "tenon/poller.h"

#define PIECE 262144    /* of a file, for one client, before the others get their turn */
#define LEAVING_MS 2000 /* for a client to take the end of its last answer */
#define RETRY_MS 500    /* until accepting is tried again */

static const char usage[] =
    "usage: http_server [--limit=SECONDS] [--max-clients=N] [--root=FOLDER] [--host=HOST] SERVICE\n"
    "Listens at SERVICE (a name or a port number; 0 lets the system choose one) and serves files until Ctrl-C.\n"
    "  --limit=SECONDS   for a request to come, the next one too, and for the answer to get on (30)\n"
    "  --max-clients=N   serves so many at once, at most; further ones wait for their turn (256)\n"
    "  --root=FOLDER     where the files are (.)\n"
    "  --host=HOST       listens at this address of the host only\n"
    "Exit status: 0 if all went well, 1 if a call failed, 2 if the arguments make no sense.\n";

/* Somebody whom no call ever waits for: the poller does, until the deadline. */
typedef struct client {
  enum { ASKING, TAKING, LEAVING, GONE } doing;
  tenon_sock sock;
  int events; /* that the poller looks for */
  int64_t deadline;
  char request[16384]; /* what came and has no answer yet */
  size_t request_size, head_sent;
  http_answer answer;
  struct client *next;
} client;

static const char *host, *root = "."; /* root: without a slash at its end */
static int max_clients = 256, limit_ms = 30000;
static tenon_poller poller;
static tenon_sock listener;
static int64_t listens_at; /* 0: it listens; else a deadline, after which it shall do so again */
static client *clients;
static int client_count;
static volatile sig_atomic_t interrupted;

/* A wake-up may be sent from a signal handler; it ends the wait. */
static void on_interrupt(int number) {
  (void)number;
  interrupted = 1;
  tenon_poller_wake(&poller);
}

static int fail(const char *what, intptr_t code) {
  fprintf(stderr, "http_server: %s: %s (%s)\n", what, tenon_strerror(code), tenon_errname(code));
  return 1;
}

/* ---- Coming and going ---- */

static void listen_again(void) {
  int set = tenon_poller_set(&poller, listener, TENON_POLLIN, 0, NULL);
  listens_at = set == 0 ? 0 : tenon_deadline(RETRY_MS);
}

/* Whoever comes meanwhile waits in the backlog. */
static void stop_listening(int ms) {
  tenon_poller_remove(&poller, listener);
  listens_at = tenon_deadline(ms);
}

/* Small answers shall not wait until the one before has been acknowledged. */
static void welcome(void) {
  tenon_sock sock = tenon_accept(listener, NULL, 0);
  if (sock < 0) {
    if (sock != TENON_EAGAIN) stop_listening(RETRY_MS); /* out of handles: the listener would be reported ever again */
    return;
  }
  client *c = calloc(1, sizeof *c);
  if (!c || tenon_poller_set(&poller, sock, TENON_POLLIN, 0, c) < 0) {
    tenon_close(sock);
    free(c);
    return;
  }
  tenon_setsockopt(sock, TENON_OPT_NODELAY, 1);
  c->sock = sock;
  c->events = TENON_POLLIN;
  c->deadline = tenon_deadline(limit_ms);
  c->next = clients;
  clients = c;
  if (++client_count == max_clients) stop_listening(TENON_FOREVER);
}

static void dismiss(client *c) {
  client **at = &clients;
  while (*at != c) at = &(*at)->next;
  *at = c->next;
  http_close_file(&c->answer);
  tenon_poller_remove(&poller, c->sock);
  tenon_close(c->sock);
  free(c);
  client_count--;
  if (listens_at != 0) listen_again();
}

/* ---- One client ---- */

static void begin_answer(client *c, const http_request *r, int refusal) {
  http_write_answer(&c->answer, r, refusal, root);
  c->head_sent = 0;
  c->doing = TAKING;
  c->deadline = tenon_deadline(limit_ms);
  printf("%d %s %s\n", c->answer.status, r->method, r->target);
}

/* Begins to answer the first request, if all of it is there. */
static void consider(client *c) {
  http_request r;
  size_t size = http_request_size(c->request, c->request_size);
  if (size > 0) {
    int refusal = http_read_request(&r, c->request, size);
    begin_answer(c, &r, refusal);
    c->request_size -= size;
    memmove(c->request, c->request + size, c->request_size);
  } else if (c->request_size == sizeof c->request) {
    begin_answer(c, &http_nothing, memchr(c->request, '\n', c->request_size) ? 431 : 414);
  }
}

static void receive(client *c) {
  if (c->doing == LEAVING) c->request_size = 0;
  ptrdiff_t n = tenon_recv(c->sock, c->request + c->request_size, sizeof c->request - c->request_size, 0);
  if (n == 0 || (n < 0 && n != TENON_EAGAIN)) c->doing = GONE;
  if (n <= 0 || c->doing != ASKING) return;
  if (c->request_size == 0) c->deadline = tenon_deadline(limit_ms); /* for all of it, however slowly it comes */
  c->request_size += (size_t)n;
  consider(c);
}

/* The next request, which may be there already; or the end, at which what still comes is taken and forgotten: closing
 * would else break the connection off, and the client might not see the answer. */
static void end_answer(client *c) {
  http_close_file(&c->answer);
  c->doing = c->answer.is_last ? LEAVING : ASKING;
  c->deadline = tenon_deadline(c->answer.is_last ? LEAVING_MS : limit_ms);
  if (!c->answer.is_last)
    consider(c);
  else if (tenon_shutdown(c->sock, TENON_SHUT_WR) < 0)
    c->doing = GONE;
}

/* Sends what fits, but not too much. Each byte buys a millisecond, so that nobody takes an answer for ever. */
static void give(client *c) {
  http_answer *a = &c->answer;
  int64_t sent = 0, latest = tenon_deadline(limit_ms);
  if (c->head_sent < a->head_size) {
    sent = tenon_send(c->sock, a->head + c->head_sent, a->head_size - c->head_sent, 0);
    if (sent > 0) c->head_sent += (size_t)sent;
  }
  if (c->head_sent == a->head_size && a->left > 0) {
    sent = tenon_sendfile(c->sock, a->file, a->offset, a->left < PIECE ? a->left : PIECE, 0);
    if (sent == 0) sent = TENON_EIO; /* the file has become shorter: the client sees it in the early end */
    if (sent > 0) a->offset += sent, a->left -= sent;
  }
  if (sent < 0 && sent != TENON_EAGAIN)
    c->doing = GONE;
  else if (c->head_sent == a->head_size && a->left == 0)
    end_answer(c);
  else if (sent > 0)
    c->deadline = c->deadline + sent < latest ? c->deadline + sent : latest;
}

/* ---- All clients ---- */

static void carry_on(client *c) {
  if (c->doing == TAKING) give(c);
  int events = c->doing == TAKING ? TENON_POLLOUT : TENON_POLLIN;
  if (c->doing != GONE && events != c->events && tenon_poller_set(&poller, c->sock, events, 0, c) < 0) c->doing = GONE;
  c->events = events;
  if (c->doing == GONE) dismiss(c);
}

static void serve(client *c) {
  if (c->doing != TAKING) receive(c);
  carry_on(c);
}

static void end_overdue(void) {
  int64_t now = tenon_now_ms();
  for (client *c = clients, *next; c; c = next) {
    next = c->next;
    if (c->deadline > now) continue;
    if (c->doing == ASKING && c->request_size > 0)
      begin_answer(c, &http_nothing, 408);
    else
      c->doing = GONE;
    carry_on(c);
  }
  if (listens_at > 0 && listens_at <= now) listen_again();
}

/* How long nothing has to be done unless there is news. */
static int patience(void) {
  int64_t first = listens_at != 0 ? listens_at : TENON_FOREVER;
  for (client *c = clients; c; c = c->next)
    if (first == TENON_FOREVER || c->deadline < first) first = c->deadline;
  return tenon_remaining(first);
}

/* The listener came without a pointer, clients bring theirs. Here a client goes by its own event only, of which there
 * is one at most in each wait: no pointer in events dangles. */
static int run(void) {
  tenon_poller_event events[64];
  while (!interrupted) {
    int count = tenon_poller_wait(&poller, events, 64, patience());
    if (count < 0) return fail("wait", count);
    for (int i = 0; i < count; i++) {
      client *c = events[i].pointer;
      c ? serve(c) : welcome();
    }
    end_overdue();
  }
  printf("interrupted\n");
  return 0;
}

/* ---- The program ---- */

/* 1 if the argument makes sense. */
static int read_number(const char *text, int unit, int *number) {
  char *end;
  long value = strtol(text, &end, 10);
  *number = (int)value * unit;
  return end > text && *end == '\0' && value >= 1 && value <= 100000;
}

static int read_root(char *text) {
  char *end = text + strlen(text);
  root = text;
  if (end == text) return 0;
  while (end > text && strchr("/\\", end[-1])) *--end = '\0';
  return 1;
}

static int read_option(char *option) {
  if (strncmp(option, "--limit=", 8) == 0) return read_number(option + 8, 1000, &limit_ms);
  if (strncmp(option, "--max-clients=", 14) == 0) return read_number(option + 14, 1, &max_clients);
  if (strncmp(option, "--root=", 7) == 0) return read_root(option + 7);
  if (strncmp(option, "--host=", 7) == 0) return host = option + 7, 1;
  return 0;
}

/* A folder is there, but no file to be opened. */
static int check_root(void) {
  const char *name = *root ? root : "/";
  FILE *file;
  int result = tenon_file_open(&file, name);
  if (result == TENON_EINVAL) return 0;
  if (result == 0) fclose(file);
  fprintf(stderr, "http_server: %s: no such folder\n", name);
  return 1;
}

static int open_server(const char *service) {
  char text[TENON_ADDR_TEXT];
  tenon_addr local;
  listener = tenon_tcp_listen(host, service, -1);
  if (listener < 0) return fail("listen", listener);
  int result = tenon_poller_open(&poller);
  if (result == 0) result = tenon_poller_set(&poller, listener, TENON_POLLIN, 0, NULL);
  if (result < 0) return fail("poller", result);
  if (tenon_getsockname(listener, &local) == 0 && tenon_addr_format(&local, text, sizeof text) > 0)
    printf("listening on %s\n", text);
  fflush(stdout);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--help") == 0) return fputs(usage, stdout) < 0;
  int next = 1, is_sense = 1;
  for (; next < argc && strncmp(argv[next], "--", 2) == 0; next++) is_sense &= read_option(argv[next]);
  if (!is_sense || argc - next != 1) return fputs(usage, stderr), 2;
  if (check_root() != 0 || open_server(argv[next]) != 0) return 1;
  signal(SIGINT, on_interrupt);
  int status = run();
  signal(SIGINT, SIG_DFL);
  while (clients) dismiss(clients);
  tenon_close(listener);
  tenon_poller_close(&poller);
  return status;
}
