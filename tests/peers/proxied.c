/* proxied.c - both ends of connections that a proxy passes on.
 * SPDX-License-Identifier: MIT
 *
 *   proxied serve             prints its port and does what clients order, until Ctrl-C
 *   proxied once              prints its port and resets the first client that has ordered anything
 *   proxied PORT CASE [N]     a client, whose cases stand at the end of this file; N is a number of bytes or clients
 *
 * Whatever is sent is a piece of the same pattern, from its beginning: both ends know what has to come. A client's first
 * byte is its order. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tenon.h"
#include "tenon/server.h"

enum { LIMIT_MS = 60000, QUIET_MS = 1000, BLOCK = 1 << 18, PERIOD = 1000003, MANY = 200 };
enum { ANSWERED_OF = 1000 }; /* as many bytes are answered with one */

static char pattern[PERIOD + BLOCK];
static tenon_waker go;

static void draw_pattern(void) {
  uint32_t state = 1;
  for (int i = 0; i < PERIOD; i++) pattern[i] = (char)((state = state * 1664525 + 1013904223) >> 24);
  memcpy(pattern + PERIOD, pattern, BLOCK);
}

static int fail(const char *what, intptr_t code) {
  fprintf(stderr, "proxied: %s: %s (%s)\n", what, tenon_strerror(code), tenon_errname(code));
  return 1;
}

static int say(const char *format, int64_t number) {
  printf(format, number);
  fflush(stdout);
  return 0;
}

/* ---- Both ends ------------------------------------------------------------------------------------------------------ */

/* Returns how many bytes were as they had to be: 0 is the end; or an error, TENON_EIO if they were not. */
static ptrdiff_t receive_some(tenon_sock s, int64_t position, int timeout_ms) {
  char data[BLOCK];
  ptrdiff_t n = tenon_recv(s, data, sizeof data, timeout_ms);
  return n > 0 && memcmp(data, pattern + position % PERIOD, (size_t)n) != 0 ? TENON_EIO : n;
}

static ptrdiff_t send_some(tenon_sock s, int64_t position, int64_t size) {
  size_t rest = size - position < BLOCK ? (size_t)(size - position) : BLOCK;
  return tenon_send(s, pattern + position % PERIOD, rest, 0);
}

static int64_t receive_all(tenon_sock s) {
  int64_t received = 0;
  ptrdiff_t n;
  while ((n = receive_some(s, received, LIMIT_MS)) > 0) received += n;
  return n < 0 ? n : received;
}

/* Sends so much and the end, and at the same time receives what comes until the end. Returns how much that was. */
static int64_t exchange(tenon_sock s, int64_t size) {
  int64_t sent = 0, received = 0;
  int is_ended = 0, was_quiet = 0;
  if (size == 0) tenon_shutdown(s, TENON_SHUT_WR);
  while (sent < size || !is_ended) {
    tenon_pollfd item = {s, (sent < size ? TENON_POLLOUT : 0) | (is_ended ? 0 : TENON_POLLIN), 0};
    ptrdiff_t n = tenon_poll(&item, 1, was_quiet || sent == size ? LIMIT_MS : QUIET_MS);
    if (n == 0 && (was_quiet || sent == size)) return TENON_ETIMEDOUT;
    if (n == 0) was_quiet = 1, say("full after %" PRId64 " bytes\n", sent);
    if (item.revents & TENON_POLLOUT) {
      n = send_some(s, sent, size);
      if (n < 0 && n != TENON_EAGAIN) return n;
      if (n > 0) sent += n;
      if (sent == size) tenon_shutdown(s, TENON_SHUT_WR);
    }
    if (item.revents & TENON_POLLIN) {
      n = receive_some(s, received, 0);
      if (n < 0 && n != TENON_EAGAIN) return n;
      if (n > 0) received += n;
      is_ended = n == 0;
    }
  }
  return received;
}

/* ---- The server ----------------------------------------------------------------------------------------------------- */

/* Answers when all has come: that it can is what a proxy has to keep. */
static void answer(tenon_sock client) {
  int64_t received = receive_all(client);
  if (received >= 0) exchange(client, received / ANSWERED_OF);
  if (received < 0) fail("receive", (intptr_t)received);
}

static void wait_for_go(void) {
  tenon_pollfd item = {go.ready, TENON_POLLIN, 0};
  tenon_poll(&item, 1, LIMIT_MS);
  tenon_waker_clear(&go);
}

static void await_end(tenon_sock client) {
  char byte;
  tenon_send(client, "w", 1, LIMIT_MS);
  ptrdiff_t n = tenon_recv(client, &byte, 1, LIMIT_MS);
  if (n == 0) say("a client ended\n", 0);
  if (n == TENON_ECONNRESET) say("a client broke off\n", 0);
}

static void exchange_as_told(tenon_sock client) {
  char text[21] = "";
  if (tenon_recv_all(client, text, 20, LIMIT_MS) == 20) exchange(client, strtoll(text, NULL, 10));
}

static void handle(tenon_sock client, const tenon_addr *peer, void *context) {
  char order;
  (void)peer, (void)context;
  if (tenon_recv(client, &order, 1, LIMIT_MS) != 1) return;
  if (order == 's') wait_for_go();
  if (order == 's' || order == 'h') answer(client);
  if (order == 'g') tenon_waker_wake(&go);
  if (order == 'w') await_end(client);
  if (order == 'b') exchange_as_told(client);
}

static void report_start(const tenon_addr *at, void *context) {
  (void)context;
  say("listening on 127.0.0.1:%" PRId64 "\n", at->port);
}

static int serve(void) {
  static tenon_waker stop;
  if (tenon_waker_open(&go) < 0 || tenon_waker_open(&stop) < 0) return fail("waker", TENON_EIO);
  tenon_waker_on_interrupt(&stop);
  tenon_server server = {.host = "127.0.0.1",
                         .service = "0",
                         .model = TENON_SERVE_THREADS,
                         .max_clients = MANY,
                         .handler = handle,
                         .started = report_start,
                         .stop = &stop};
  int result = tenon_serve(&server);
  return result < 0 ? fail("serve", result) : 0;
}

static int serve_once(void) {
  char order;
  tenon_addr at;
  tenon_sock listener = tenon_tcp_listen("127.0.0.1", "0", -1);
  if (listener < 0) return fail("listen", listener);
  tenon_getsockname(listener, &at);
  report_start(&at, NULL);
  tenon_sock client = tenon_accept(listener, NULL, LIMIT_MS);
  ptrdiff_t n = tenon_recv(client, &order, 1, LIMIT_MS);
  tenon_setsockopt(client, TENON_OPT_RESET_ON_CLOSE, 1);
  tenon_close(client);
  tenon_close(listener);
  return n == 1 ? 0 : fail("receive", n);
}

/* ---- The clients: each returns 0 when all was as it has to be ------------------------------------------------------- */

static tenon_sock order(const char *port, char what) {
  tenon_sock s = tenon_tcp_connect("127.0.0.1", port, LIMIT_MS);
  ptrdiff_t sent = s < 0 ? s : tenon_send(s, &what, 1, LIMIT_MS);
  if (sent > 0) return s;
  tenon_close(s);
  return sent;
}

static int check_exchange(tenon_sock s, int64_t size, int64_t expected) {
  int64_t began = tenon_now_ms(), received = exchange(s, size);
  tenon_close(s);
  if (received < 0) return fail("exchange", (intptr_t)received);
  if (received != expected) return say("%" PRId64 " bytes came back\n", received), 1;
  printf("%" PRId64 " bytes sent, %" PRId64 " received, in %" PRId64 " ms\n", size, received, tenon_now_ms() - began);
  return 0;
}

/* The server answers after the end of what it receives, and, in the second case, receives when it is told to. */
static int half_close(const char *port, int64_t size) {
  return check_exchange(order(port, 'h'), size, size / ANSWERED_OF);
}

static int stall(const char *port, int64_t size) {
  return check_exchange(order(port, 's'), size, size / ANSWERED_OF);
}

static int let_go(const char *port, int64_t unused) {
  (void)unused;
  return check_exchange(order(port, 'g'), 0, 0);
}

/* Both ends send as much as they can, at the same time. */
static int both(const char *port, int64_t size) {
  char text[32];
  tenon_sock s = order(port, 'b');
  snprintf(text, sizeof text, "%020" PRId64, size);
  tenon_send(s, text, 20, LIMIT_MS);
  return check_exchange(s, size, size);
}

/* There is a target that resets, or no target; then connecting or sending may be what meets the reset. */
static int reset(const char *port, int64_t unused) {
  char byte;
  (void)unused;
  tenon_sock s = order(port, 'r');
  intptr_t result = s < 0 ? s : tenon_recv(s, &byte, 1, LIMIT_MS);
  tenon_close(s);
  return result == TENON_ECONNRESET || result == TENON_EPIPE ? 0 : fail("this is no reset", result);
}

/* The server says how this came to it. */
static int break_off(const char *port, int64_t unused) {
  char byte;
  (void)unused;
  tenon_sock s = order(port, 'w');
  ptrdiff_t n = tenon_recv(s, &byte, 1, LIMIT_MS);
  tenon_setsockopt(s, TENON_OPT_RESET_ON_CLOSE, 1);
  tenon_close(s);
  return n == 1 ? 0 : fail("broken too early", n);
}

/* Which of the clients is the next one to be served; -1: nobody, for a while. */
static int next_served(tenon_pollfd *items, int count, int timeout_ms) {
  char byte;
  if (tenon_poll(items, count, timeout_ms) <= 0) return -1;
  for (int i = 0; i < count; i++) {
    if (items[i].revents) return tenon_recv(items[i].sock, &byte, 1, 0) == 1 ? i : -1;
  }
  return -1;
}

/* More clients at once than are served at once: whenever one ends, another one gets its turn. */
static int queue(const char *port, int64_t count) {
  static tenon_pollfd items[MANY];
  tenon_sock served[MANY];
  int turns = 0, i;
  if (count > MANY) return fail("queue", TENON_EINVAL);
  for (i = 0; i < count; i++) items[i] = (tenon_pollfd){order(port, 'w'), TENON_POLLIN, 0};
  while ((i = next_served(items, (int)count, QUIET_MS)) >= 0) served[turns++] = items[i].sock, items[i].sock = -1;
  say("%" PRId64 " are served at once\n", turns);
  for (int done = 0; done < turns; done++) {
    tenon_close(served[done]);
    if (turns < count && (i = next_served(items, (int)count, LIMIT_MS)) >= 0)
      served[turns++] = items[i].sock, items[i].sock = -1;
  }
  say("%" PRId64 " were served\n", turns);
  return turns < count;
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    int (*run)(const char *port, int64_t number);
  } cases[] = {{"half-close", half_close}, {"stall", stall},     {"go", let_go},  {"both", both},
               {"reset", reset},           {"break", break_off}, {"queue", queue}};
  draw_pattern();
  if (argc == 2 && strcmp(argv[1], "serve") == 0) return serve();
  if (argc == 2 && strcmp(argv[1], "once") == 0) return serve_once();
  for (size_t i = 0; argc > 2 && i < sizeof cases / sizeof *cases; i++) {
    if (strcmp(argv[2], cases[i].name) == 0) return cases[i].run(argv[1], argc > 3 ? strtoll(argv[3], NULL, 10) : 0);
  }
  return fprintf(stderr, "proxied serve|once, or proxied PORT CASE [N]\n"), 2;
}
