/* worker.c - a worker: threads that serve what the parent hands over.
 * SPDX-License-Identifier: MIT */
#include "serving.h"

#define BEGIN_MS 10000 /* for the greeting, and for the rest of an order */
#define CANCELED_BY_PARENT_MS 1000
#define THREAD_MS 5000 /* for a thread to be had */
#define THREAD_RETRY_MS 20

typedef struct work {
  tenon_sock channel;
  void *crew;
  int serving;
  int is_for_one;
  int is_over;           /* there is no parent any more, or nothing left to do */
  tenon_pollfd items[2]; /* the channel; the crew's */
} work;

static uint32_t add_text(uint32_t sum, const char *text) {
  for (; text && *text; text++) sum = (sum ^ (unsigned char)*text) * 16777619u; /* FNV-1a */
  return (sum ^ (text ? 1u : 2u)) * 16777619u;
}

uint32_t tenon__server_key(const tenon_server *server) {
  return add_text(add_text(2166136261u, server->host), server->service);
}

static void report_done(work *w, int serving) {
  for (; w->serving > serving; w->serving--) {
    tenon__sys_flush();
    if (tenon_send(w->channel, &(char){TENON__REPORT_DONE}, 1, BEGIN_MS) < 0) w->is_over = 1;
    if (w->is_for_one) w->is_over = 1;
  }
}

static void await_work(work *w, int with_channel, int timeout_ms) {
  w->items[0].sock = with_channel ? w->channel : TENON_NO_SOCK;
  w->items[0].events = TENON_POLLIN;
  w->items[0].revents = 0;
  tenon__threads_model.watch(w->crew, &w->items[1]);
  if (tenon_poll(w->items, 2, timeout_ms) < 0) w->is_over = 1;
  report_done(w, tenon__threads_model.attend(w->crew, &w->items[1]));
}

/* 0, or there is no thread to be had for the client. */
static int give_to_crew(work *w, tenon_sock client, const tenon_addr *peer) {
  int64_t deadline = tenon_deadline(THREAD_MS);
  int result;
  while ((result = tenon__threads_model.take(w->crew, client, peer)) < 0 && tenon_remaining(deadline) > 0)
    await_work(w, 0, THREAD_RETRY_MS);
  return result;
}

/* The parent keeps the client until the report, and gives it to another worker if this one ends before. So the report
 * comes before the handler: nobody is served twice. */
static void take_client(work *w) {
  tenon_addr peer;
  tenon_sock client = tenon_take_over(w->channel, BEGIN_MS);
  if (client < 0 || tenon_recv_all(w->channel, &peer, sizeof peer, BEGIN_MS) != (ptrdiff_t)sizeof peer ||
      tenon_send(w->channel, &(char){TENON__REPORT_TAKEN}, 1, BEGIN_MS) < 0) {
    w->is_over = 1;
    return;
  }
  int result = give_to_crew(w, client, &peer);
  w->serving++;
  if (result == 0) return;
  tenon_close(client);
  report_done(w, w->serving - 1);
}

static void follow_order(work *w) {
  char order;
  ptrdiff_t received = tenon_recv(w->channel, &order, 1, 0);
  if (received == TENON_EAGAIN) return;
  if (received == 1 && order == TENON__ORDER_SERVE) {
    take_client(w);
  } else if (received == 1 && order == TENON__ORDER_CANCEL) {
    tenon__threads_model.cancel(w->crew);
  } else {
    w->is_over = 1;
  }
}

/* Whoever is still served has lost the parent. */
static void end_work(work *w) {
  int64_t deadline = tenon_deadline(CANCELED_BY_PARENT_MS);
  tenon__threads_model.cancel(w->crew);
  while (w->serving > 0 && tenon_remaining(deadline) > 0) await_work(w, 0, tenon_remaining(deadline));
  tenon__sys_flush();
  tenon__sys_exit(0);
}

/* For another server of the program, which this process does not serve. Should that return, the program might end, and
 * this worker with it. */
static void stand_by(void) {
  for (;;) tenon_poll(NULL, 0, TENON_FOREVER);
}

static void begin_work(work *w, const tenon_server *server) {
  tenon__greeting greeting = {0, 0, 0};
  tenon__sys_worker_begin(w->channel);
  tenon_cancel_on(NULL);
  ptrdiff_t received = w->channel >= 0 ? tenon_recv_all(w->channel, &greeting, sizeof greeting, BEGIN_MS) : w->channel;
  int is_greeted = received == (ptrdiff_t)sizeof greeting && greeting.magic == TENON__WORK_MAGIC;
  tenon_server own = *server;
  own.model = TENON_SERVE_THREADS;
  own.max_clients = greeting.size;
  w->is_for_one = greeting.is_for_one;
  if (!is_greeted || tenon__threads_model.open(&own, &w->crew) < 0) tenon__sys_exit(1);
}

void tenon__work(const tenon_server *server) {
  tenon__keep_started();
  work w = {.channel = tenon__sys_worker_channel(tenon__server_key(server))};
  if (w.channel == TENON_EBUSY) stand_by();
  begin_work(&w, server);
  while (!w.is_over) {
    await_work(&w, 1, TENON_FOREVER);
    if (w.items[0].revents && !w.is_over) follow_order(&w);
  }
  end_work(&w);
}
