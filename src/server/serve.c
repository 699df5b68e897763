/* serve.c - the one who receives the clients and gives each to somebody who serves it; the same for all models.
 * SPDX-License-Identifier: MIT */
#include "serving.h"

#define CLIENTS_DEFAULT 100
#define CLIENTS_MAX 1000000 /* so that counts and sizes overflow on no system */
#define WORKERS_DEFAULT 4
#define DRAIN_DEFAULT_MS 5000
#define CANCELED_MS 1000 /* for handlers to return once their calls are canceled */
#define PAUSE_MIN_MS 10  /* between attempts at something for which means are wanting */
#define PAUSE_MAX_MS 1000
#define HOLD_MS 30000   /* for a client to be taken in vain, then it is the next one's turn */
#define ROUND_MAX 64    /* clients accepted before looking at anything else */
#define QUEUE_MAX 65535 /* clients turned away from the backlog at the end */

/* The first items waited for; those of the team come next, and those who are turned away last. */
enum { STOP_ITEM, LISTENER_ITEM, TEAM_ITEM };

typedef struct reception {
  const tenon_server *server;
  const tenon__model *model;
  void *team;
  tenon_sock listener;
  tenon_pollfd *items;
  int team_items;
  int serving;     /* clients */
  int lingering;   /* who were turned away */
  tenon_sock held; /* a client whom the team could not take, for want of means: the next to be given to it */
  tenon_addr held_peer;
  int64_t held_until;
  int pause_ms; /* after the last attempt, which was in vain; 0: it was not */
  int64_t pause_until;
  tenon__turned_away turned_away;
} reception;

/* ---- Clients come ------------------------------------------------------------------------------------------------ */

/* Neither spinning nor giving up: the means may come back at any time, at the latest when somebody has been served. */
static void pause_reception(reception *r) {
  r->pause_ms = r->pause_ms == 0 ? PAUSE_MIN_MS : 2 * r->pause_ms < PAUSE_MAX_MS ? 2 * r->pause_ms : PAUSE_MAX_MS;
  r->pause_until = tenon_deadline(r->pause_ms);
}

static int is_pausing(const reception *r) {
  return r->pause_ms > 0 && tenon_remaining(r->pause_until) > 0;
}

/* 0, or the team cannot just now. */
static int give_to_team(reception *r, tenon_sock client, const tenon_addr *peer) {
  int result = r->model->take(r->team, client, peer);
  if (result == 0) {
    r->serving++;
    r->held = TENON_NO_SOCK;
    r->pause_ms = 0;
  } else {
    if (r->held != client) r->held_until = tenon_deadline(HOLD_MS);
    r->held = client;
    r->held_peer = *peer;
    pause_reception(r);
  }
  return result;
}

/* Whether there is a use for one more client now. */
static int wants_client(reception *r) {
  if (r->held != TENON_NO_SOCK || is_pausing(r)) return 0;
  tenon__room room = r->model->room(r->team);
  return room == TENON__ROOM || (room == TENON__FULL && r->server->when_full == TENON_FULL_REFUSE);
}

/* Takes in who waits; an error that more of the same will not overcome ends the server. */
static int receive_clients(reception *r) {
  for (int i = 0; i < ROUND_MAX && wants_client(r); i++) {
    tenon_addr peer;
    int has_room = r->model->room(r->team) == TENON__ROOM;
    tenon_sock client = tenon_accept(r->listener, &peer, 0);
    if (client == TENON_EAGAIN) return 0;
    if (client < 0) {
      if (!tenon_is_retryable(client)) return (int)client;
      pause_reception(r);
    } else if (has_room) {
      give_to_team(r, client, &peer);
    } else {
      tenon__turn_away(&r->turned_away, client);
      r->pause_ms = 0;
    }
  }
  return 0;
}

static void try_held_again(reception *r) {
  if (r->held == TENON_NO_SOCK || is_pausing(r) || r->model->room(r->team) != TENON__ROOM) return;
  tenon_addr peer = r->held_peer;
  if (give_to_team(r, r->held, &peer) == 0 || tenon_remaining(r->held_until) > 0) return;
  tenon__turn_away(&r->turned_away, r->held);
  r->held = TENON_NO_SOCK;
}

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

/* Waits until something happens, or until then, and lets those see to it whom it concerns. */
static int await_events(reception *r, int with_stop, int64_t until) {
  tenon_pollfd *team = r->items + TEAM_ITEM, *away = team + r->team_items;
  int is_open = r->listener != TENON_NO_SOCK && wants_client(r);
  r->items[STOP_ITEM].sock = with_stop && r->server->stop ? r->server->stop->ready : TENON_NO_SOCK;
  r->items[LISTENER_ITEM].sock = is_open ? r->listener : TENON_NO_SOCK;
  r->items[STOP_ITEM].events = r->items[LISTENER_ITEM].events = TENON_POLLIN;
  until = tenon__earlier(until, r->model->watch(r->team, team));
  until = tenon__earlier(until, tenon__turned_away_watch(&r->turned_away, away));
  if (r->pause_ms > 0 && is_pausing(r)) until = tenon__earlier(until, r->pause_until);
  int ready = tenon_poll(r->items, TEAM_ITEM + r->team_items + TENON__TURNED_AWAY_MAX, tenon_remaining(until));
  if (ready < 0) return ready;
  int serving = r->model->attend(r->team, team);
  if (serving < r->serving) r->pause_until = 0; /* there are means again */
  r->serving = serving;
  r->lingering = tenon__turned_away_attend(&r->turned_away, away);
  return 0;
}

/* Until the waker fires (0), or something fails. */
static int serve_until_stopped(reception *r) {
  for (;;) {
    int result = await_events(r, 1, TENON_FOREVER);
    if (result < 0) return result;
    if (r->items[STOP_ITEM].revents) return 0;
    try_held_again(r);
    if (r->items[LISTENER_ITEM].revents) result = receive_clients(r);
    if (result < 0) return result;
  }
}

/* ---- The end ----------------------------------------------------------------------------------------------------- */

/* Who is in the backlog has been connected by the system, and would see a reset. */
static void close_listener(reception *r) {
  tenon_sock client = r->held;
  for (int i = 0; i < QUEUE_MAX; i++) {
    if (client >= 0) tenon__turn_away(&r->turned_away, client);
    client = tenon_accept(r->listener, NULL, 0);
    if (client < 0) break;
  }
  r->held = TENON_NO_SOCK;
  tenon_close(r->listener);
  r->listener = TENON_NO_SOCK;
}

static void await_served(reception *r, int timeout_ms) {
  int64_t deadline = tenon_deadline(timeout_ms);
  r->lingering = tenon__turned_away_attend(&r->turned_away, NULL);
  while (r->serving > 0 || r->lingering > 0) {
    int is_over = tenon_remaining(deadline) == 0;
    if (await_events(r, 0, deadline) < 0 || is_over) return;
  }
}

static int end_service(reception *r) {
  close_listener(r);
  await_served(r, r->server->drain_ms);
  tenon__turned_away_close(&r->turned_away);
  if (r->serving > 0) {
    r->model->cancel(r->team);
    await_served(r, CANCELED_MS);
  }
  return r->model->close(r->team);
}

/* ---- The beginning ----------------------------------------------------------------------------------------------- */

static int is_valid_server(const tenon_server *server) {
  return server && server->service && server->handler && server->model >= TENON_SERVE_ITERATIVE &&
         server->model <= TENON_SERVE_HYBRID && server->backlog >= 0 && server->max_clients >= 0 &&
         server->max_clients <= CLIENTS_MAX && server->workers >= 0 &&
         (server->when_full == TENON_FULL_WAIT || server->when_full == TENON_FULL_REFUSE) &&
         server->drain_ms >= TENON_FOREVER;
}

static void fill_in_defaults(tenon_server *server) {
  if (server->max_clients == 0) server->max_clients = CLIENTS_DEFAULT;
  if (server->workers == 0) server->workers = WORKERS_DEFAULT;
  if (server->drain_ms == 0) server->drain_ms = DRAIN_DEFAULT_MS;
  if (server->model == TENON_SERVE_PROCESSES || server->workers > server->max_clients)
    server->workers = server->max_clients;
}

static int run_reception(reception *r) {
  tenon_addr at;
  int result = tenon_getsockname(r->listener, &at);
  if (result == 0 && r->server->started) r->server->started(&at, r->server->context);
  if (result == 0) result = serve_until_stopped(r);
  int native_error = tenon_native_error();
  int ended = end_service(r);
  if (result == 0) return ended;
  tenon__sys_remember(native_error);
  return result;
}

static int open_reception(const tenon_server *server) {
  int is_threads = server->model == TENON_SERVE_ITERATIVE || server->model == TENON_SERVE_THREADS;
  reception r = {.server = server, .held = TENON_NO_SOCK};
  tenon__turned_away_init(&r.turned_away);
  r.listener = tenon_tcp_listen(server->host, server->service, server->backlog == 0 ? -1 : server->backlog);
  if (r.listener < 0) return (int)r.listener;
  r.model = is_threads ? &tenon__threads_model : &tenon__workers_model;
  r.team_items = r.model->items(server);
  r.items =
      tenon__allocate_array(0, (size_t)TEAM_ITEM + (size_t)r.team_items + TENON__TURNED_AWAY_MAX, sizeof r.items[0]);
  int result = r.items ? r.model->open(server, &r.team) : tenon__refuse(TENON_ENOMEM);
  if (result == 0) {
    tenon_sock cancel = tenon__sys_cancel(); /* who serves is ended by stop, and by nothing half-way */
    tenon__cancel_on(TENON_NO_SOCK);
    result = run_reception(&r);
    tenon__cancel_on(cancel);
  }
  if (r.listener != TENON_NO_SOCK) tenon_close(r.listener);
  if (r.items) tenon__release(r.items);
  return result;
}

int tenon_serve(const tenon_server *server) {
  if (!is_valid_server(server)) return tenon__refuse(TENON_EINVAL);
  if (tenon__sys_is_worker()) tenon__work(server);
  tenon_server complete = *server;
  fill_in_defaults(&complete);
  return open_reception(&complete);
}

int tenon_server_is_worker(void) {
  return tenon__sys_is_worker();
}

int64_t tenon_server_thread_id(void) {
  return tenon__sys_thread_id();
}

int tenon_waker_on_interrupt(const tenon_waker *w) {
  return tenon__sys_on_interrupt(w ? w->trigger : TENON_NO_SOCK);
}
