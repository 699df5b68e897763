/* crew.c - threads of this process, each of which serves one client and ends.
 * SPDX-License-Identifier: MIT */
#include "serving.h"

#include <stdatomic.h>

#define CLOSE_MS 2000 /* for a client to end after its handler has */

enum { FREE, SERVING, SERVED };

typedef struct crew crew;

typedef struct seat {
  crew *crew;
  tenon__thread thread;
  atomic_int state; /* the thread makes it SERVED, the crew's owner all else */
  tenon_sock client;
  tenon_addr peer;
} seat;

/* Shared by its owner and its threads: a handler that does not end keeps it. The last of them to leave frees it. */
struct crew {
  atomic_int users;
  void (*handler)(tenon_sock client, const tenon_addr *peer, void *context);
  void *context;
  tenon_waker ended, cancel;
  int size, serving; /* the owner's */
  seat seats[];
};

static void leave_crew(crew *c) {
  if (atomic_fetch_sub(&c->users, 1) > 1) return;
  tenon_waker_close(&c->ended);
  tenon_waker_close(&c->cancel);
  tenon__release(c);
}

static int open_wakers(crew *c) {
  int result = tenon_waker_open(&c->ended);
  if (result < 0) return result;
  result = tenon_waker_open(&c->cancel);
  if (result < 0) tenon_waker_close(&c->ended);
  return result;
}

static int open_crew(const tenon_server *server, void **team) {
  int size = server->model == TENON_SERVE_ITERATIVE ? 1 : server->max_clients;
  crew *c = tenon__allocate_array(sizeof *c, (size_t)size, sizeof c->seats[0]);
  if (!c) return tenon__refuse(TENON_ENOMEM);
  int result = open_wakers(c);
  if (result < 0) {
    tenon__release(c);
    return result;
  }
  atomic_init(&c->users, 1);
  c->handler = server->handler;
  c->context = server->context;
  c->size = size;
  c->serving = 0;
  for (int i = 0; i < size; i++) {
    c->seats[i].crew = c;
    atomic_init(&c->seats[i].state, FREE);
  }
  *team = c;
  return 0;
}

static tenon__room room_in_crew(void *team) {
  crew *c = team;
  return c->serving < c->size ? TENON__ROOM : TENON__FULL;
}

/* The handler may have chosen another waker for its thread. */
TENON__THREAD(serve_client, argument) {
  seat *it = argument;
  crew *c = it->crew;
  tenon_cancel_on(&c->cancel);
  c->handler(it->client, &it->peer, c->context);
  tenon_cancel_on(&c->cancel);
  tenon_close_gracefully(it->client, CLOSE_MS);
  tenon_cancel_on(NULL);
  atomic_store(&it->state, SERVED);
  tenon_waker_wake(&c->ended);
  leave_crew(c);
  return 0;
}

static int take_in_crew(void *team, tenon_sock client, const tenon_addr *peer) {
  crew *c = team;
  seat *it = c->seats;
  while (atomic_load(&it->state) != FREE) it++;
  it->client = client;
  it->peer = *peer;
  atomic_store(&it->state, SERVING);
  atomic_fetch_add(&c->users, 1);
  int result = tenon__sys_thread_open(&it->thread, serve_client, it);
  if (result == 0) {
    c->serving++;
    return 0;
  }
  atomic_store(&it->state, FREE);
  atomic_fetch_sub(&c->users, 1);
  return result;
}

static int items_of_crew(const tenon_server *server) {
  (void)server;
  return 1;
}

static int64_t watch_crew(void *team, tenon_pollfd *items) {
  crew *c = team;
  items[0].sock = c->ended.ready;
  items[0].events = TENON_POLLIN;
  return TENON_FOREVER;
}

static void join_served(crew *c) {
  tenon_waker_clear(&c->ended);
  for (int i = 0; i < c->size; i++) {
    seat *it = &c->seats[i];
    if (atomic_load(&it->state) != SERVED) continue;
    tenon__sys_thread_join(&it->thread);
    atomic_store(&it->state, FREE);
    c->serving--;
  }
}

static int attend_crew(void *team, const tenon_pollfd *items) {
  crew *c = team;
  if (items[0].revents) join_served(c);
  return c->serving;
}

static void cancel_crew(void *team) {
  crew *c = team;
  tenon_waker_wake(&c->cancel);
}

static int close_crew(void *team) {
  crew *c = team;
  join_served(c);
  int left = c->serving;
  if (left > 0) tenon__sys_pin();
  for (int i = 0; i < c->size && left > 0; i++)
    if (atomic_load(&c->seats[i].state) != FREE) tenon__sys_thread_detach(&c->seats[i].thread);
  leave_crew(c);
  return left > 0 ? tenon__refuse(TENON_ETIMEDOUT) : 0;
}

const tenon__model tenon__threads_model = {open_crew,  room_in_crew, take_in_crew, items_of_crew,
                                           watch_crew, attend_crew,  cancel_crew,  close_crew};
