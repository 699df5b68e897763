/* serving.c - a server in a thread of the tests, with a handler that does what its clients tell it.
 * SPDX-License-Identifier: MIT
 */
#include "serving.h"
#include "tenon/local.h"

#include <stdatomic.h>
#include <string.h>

#include "net.h"

enum { ANSWER = 6 };

static atomic_int is_let_go;

/* ---- The handler ------------------------------------------------------------------------------------------------- */

static int say(tenon_sock client, const void *data, size_t size) {
  return tenon_send(client, data, size, NET_LIMIT_MS) == (ptrdiff_t)size ? 0 : -1;
}

static int answer_id(tenon_sock client, const tenon_addr *peer) {
  unsigned char answer[ANSWER];
  if (tenon_recv_all(client, answer, 4, TENON_FOREVER) != 4) return -1;
  answer[4] = (unsigned char)(peer->port >> 8);
  answer[5] = (unsigned char)peer->port;
  return say(client, answer, sizeof answer);
}

static int answer_who(tenon_sock client) {
  serving_who who = {tenon_process_id(), tenon_server_thread_id(), tenon_server_is_worker()};
  return say(client, &who, sizeof who);
}

static int echo(tenon_sock client) {
  char data[4096];
  ptrdiff_t received;
  while ((received = tenon_recv(client, data, sizeof data, TENON_FOREVER)) > 0)
    if (say(client, data, (size_t)received) < 0) return -1;
  return -1;
}

static int hang(tenon_sock client) {
  say(client, "h", 1);
  while (!atomic_load(&is_let_go)) support_sleep_ms(1);
  return -1;
}

static int leave(tenon_sock client) {
  support_leave_copy(client);
  return say(client, "l", 1);
}

static int follow(char order, tenon_sock client, const tenon_addr *peer) {
  switch (order) {
    case SERVING_ID: return answer_id(client, peer);
    case SERVING_WHO: return answer_who(client);
    case SERVING_ECHO: return echo(client);
    case SERVING_CRASH: support_crash(); return -1;
    case SERVING_HANG: return hang(client);
    case SERVING_LEAVE: return leave(client);
    case SERVING_LOSE: return support_lose_terminal() == 0 ? say(client, "t", 1) : -1;
    case SERVING_BYE: say(client, "bye", 3); return -1;
    default: return -1;
  }
}

static void handle(tenon_sock client, const tenon_addr *peer, void *context) {
  char order;
  (void)context;
  while (tenon_recv(client, &order, 1, TENON_FOREVER) == 1 && follow(order, client, peer) == 0) continue;
}

/* ---- The server -------------------------------------------------------------------------------------------------- */

const char *serving_model_name(int model) {
  static const char *const names[SERVING_MODELS] = {"iterative", "threads", "processes", "hybrid"};
  return names[model];
}

int serving_has_processes(int model) {
  return model == TENON_SERVE_PROCESSES || model == TENON_SERVE_HYBRID;
}

static void note_start(const tenon_addr *at, void *context) {
  serving *s = context;
  s->at = *at;
  tenon_waker_wake(&s->up);
}

void serving_prepare(serving *s, int model) {
  memset(s, 0, sizeof *s);
  s->server.host = "127.0.0.1";
  s->server.service = "0";
  s->server.model = model;
  s->server.handler = handle;
  s->server.started = note_start;
  s->server.context = s;
  s->server.stop = &s->stop;
}

static void handle_second(tenon_sock client, const tenon_addr *peer, void *context) {
  (void)peer, (void)context;
  say(client, "two", 3);
}

void serving_prepare_second(serving *s, int model) {
  serving_prepare(s, model);
  s->server.host = "localhost";
  s->server.handler = handle_second;
}

static void run_server(void *argument) {
  serving *s = argument;
  s->result = tenon_serve(&s->server);
  tenon_waker_wake(&s->up);
}

int serving_start(serving *s) {
  atomic_store(&is_let_go, 0);
  if (tenon_waker_open(&s->stop) < 0 || tenon_waker_open(&s->up) < 0) return -1;
  if (support_thread_start(&s->thread, run_server, s) != 0) return -1;
  tenon_pollfd item = {s->up.ready, TENON_POLLIN, 0};
  int ready = tenon_poll(&item, 1, NET_LIMIT_MS);
  tenon_waker_clear(&s->up); /* receiving it, not polling, is what ThreadSanitizer takes for an order of events */
  if (ready == 1 && s->at.family != TENON_AF_UNSPEC) return 0;
  int result = serving_stop(s);
  return result < 0 ? result : -1;
}

void serving_tell_to_stop(serving *s) {
  tenon_waker_wake(&s->stop);
}

int serving_await_end(serving *s) {
  support_thread_join(&s->thread);
  tenon_waker_close(&s->stop);
  tenon_waker_close(&s->up);
  return s->result;
}

int serving_stop(serving *s) {
  serving_tell_to_stop(s);
  return serving_await_end(s);
}

void serving_let_go(void) {
  atomic_store(&is_let_go, 1);
}

/* One of them is the worker's own. */
int serving_work(void) {
  static serving s, second;
  serving_prepare_second(&second, TENON_SERVE_THREADS);
  support_thread_start(&second.thread, run_server, &second);
  serving_prepare(&s, TENON_SERVE_THREADS); /* what the parent's is, it tells */
  return tenon_serve(&s.server) < 0;
}

/* ---- Clients ----------------------------------------------------------------------------------------------------- */

tenon_sock serving_connect(const serving *s) {
  tenon_sock client = tenon_socket(s->at.family, TENON_SOCK_STREAM, 0);
  if (client < 0) return client;
  int result = tenon_connect(client, &s->at, NET_LIMIT_MS);
  if (result == 0) return client;
  tenon_close(client);
  return result;
}

static void put_id(unsigned char bytes[4], uint32_t id) {
  for (int i = 0; i < 4; i++) bytes[i] = (unsigned char)(id >> 8 * i);
}

int serving_ask(tenon_sock client, uint32_t id) {
  unsigned char question[5] = {SERVING_ID};
  put_id(question + 1, id);
  ptrdiff_t sent = tenon_send(client, question, sizeof question, NET_LIMIT_MS);
  return sent < 0 ? (int)sent : 0;
}

int serving_is_answered(tenon_sock client, uint32_t id) {
  unsigned char answer[ANSWER], expected[ANSWER];
  tenon_addr local;
  int result = tenon_getsockname(client, &local);
  if (result < 0) return result;
  put_id(expected, id);
  expected[4] = (unsigned char)(local.port >> 8);
  expected[5] = (unsigned char)local.port;
  ptrdiff_t received = tenon_recv_all(client, answer, sizeof answer, 6 * NET_LIMIT_MS);
  if (received < 0) return (int)received;
  return received == ANSWER && memcmp(answer, expected, sizeof answer) == 0 ? 0 : -1;
}

int serving_identify(tenon_sock client, uint32_t id) {
  int result = serving_ask(client, id);
  return result < 0 ? result : serving_is_answered(client, id);
}

int serving_ask_who(tenon_sock client, serving_who *who) {
  ptrdiff_t result = tenon_send(client, &(char){SERVING_WHO}, 1, NET_LIMIT_MS);
  if (result == 1) result = tenon_recv_all(client, who, sizeof *who, NET_LIMIT_MS);
  return result == (ptrdiff_t)sizeof *who ? 0 : result < 0 ? (int)result : -1;
}

static int tell(tenon_sock client, char order) {
  char byte;
  ptrdiff_t result = tenon_send(client, &order, 1, NET_LIMIT_MS);
  if (result == 1) result = tenon_recv(client, &byte, 1, NET_LIMIT_MS);
  return result == 1 ? 0 : -1;
}

int serving_hang(tenon_sock client) {
  return tell(client, SERVING_HANG);
}

int serving_lose_terminal(tenon_sock client) {
  return tell(client, SERVING_LOSE);
}

int serving_is_ended(tenon_sock client) {
  char byte;
  ptrdiff_t received = tenon_recv(client, &byte, 1, NET_LIMIT_MS);
  return received <= 0 ? (int)received : -1;
}
