/* workers.c - the parent's side of the workers: who of them serves whom, and what to do when one ends.
 * SPDX-License-Identifier: MIT */
#include "serving.h"

#define TELL_MS 1000    /* for a worker to take a few bytes */
#define TAKE_MS 10000   /* for a worker to come up and take its client; then it is given up */
#define END_MS 1000     /* for idle workers to end */
#define LOOK_MS 250     /* between looks whether those who serve are still there */
#define FREE_DEATHS 4   /* in a row without a client served, before the next start is put off ... */
#define BRAKE_MIN_MS 50 /* ... by this, then by twice as much, and so on */
#define BRAKE_MAX_MS 1000
#define ATTEMPTS_MAX 5 /* of workers to take one client */

typedef struct desk {
  int has_process;
  int is_ending; /* it has served the one client that it was for */
  int serving;   /* clients given to the worker and not reported done */
  tenon__process process;
  tenon_sock channel;
  tenon_sock pending; /* the client given last, until the worker reports that it has it; or the one to begin with */
  int64_t pending_until;
  tenon_addr pending_peer;
  int attempts; /* of workers to take it */
} desk;

typedef struct office {
  const tenon_server *server;
  int count, desk_size;
  int serving;
  int deaths; /* in a row */
  int64_t brake_until, look_at;
  desk desks[];
} office;

static int open_office(const tenon_server *server, void **team) {
  int count = server->workers;
  office *o = tenon__allocate_array(sizeof *o, (size_t)count, sizeof o->desks[0]);
  if (!o) return tenon__refuse(TENON_ENOMEM);
  *o = (office){.server = server, .count = count};
  o->desk_size = (server->max_clients + count - 1) / count;
  for (int i = 0; i < count; i++) o->desks[i] = (desk){.channel = TENON_NO_SOCK, .pending = TENON_NO_SOCK};
  *team = o;
  return 0;
}

/* ---- Processes come and go --------------------------------------------------------------------------------------- */

static int is_braking(const office *o) {
  return tenon_remaining(o->brake_until) > 0;
}

static int greet(office *o, desk *d) {
  tenon__greeting greeting = {TENON__WORK_MAGIC, o->desk_size, o->server->model == TENON_SERVE_PROCESSES};
  ptrdiff_t sent = tenon_send(d->channel, &greeting, sizeof greeting, TELL_MS);
  return sent < 0 ? (int)sent : 0;
}

static int start_process(office *o, desk *d) {
  tenon_sock pair[2];
  int result = tenon_socketpair(pair);
  if (result < 0) {
    o->brake_until = tenon_deadline(BRAKE_MIN_MS);
    return result;
  }
  result = tenon__sys_process_start(&d->process, pair[1], tenon__server_key(o->server));
  if (result == 1) tenon__work(o->server); /* which does not return */
  tenon_close(pair[1]);
  if (result < 0) {
    o->brake_until = tenon_deadline(BRAKE_MIN_MS);
    tenon_close(pair[0]);
    return result;
  }
  d->has_process = 1;
  d->channel = pair[0];
  return greet(o, d);
}

/* Clients that the worker has are lost with it; one that it has not taken yet keeps its place, unless it seems to be
 * the reason. */
static void bury(office *o, desk *d) {
  tenon_close(d->channel);
  tenon__sys_process_end(&d->process);
  if (d->pending != TENON_NO_SOCK && ++d->attempts == ATTEMPTS_MAX) {
    tenon_close(d->pending);
    d->pending = TENON_NO_SOCK;
  }
  int kept = d->pending != TENON_NO_SOCK;
  o->serving -= d->serving - kept;
  d->serving = kept;
  d->has_process = 0;
  d->channel = TENON_NO_SOCK;
  int was_expected = d->is_ending;
  d->is_ending = 0;
  if (was_expected) return;
  int over = ++o->deaths - FREE_DEATHS;
  if (over <= 0) return;
  int brake_ms = over < 6 ? BRAKE_MIN_MS << (over - 1) : BRAKE_MAX_MS;
  o->brake_until = tenon_deadline(brake_ms < BRAKE_MAX_MS ? brake_ms : BRAKE_MAX_MS);
}

/* ---- Clients ----------------------------------------------------------------------------------------------------- */

static int hand_over_pending(desk *d) {
  ptrdiff_t sent = tenon_send(d->channel, &(char){TENON__ORDER_SERVE}, 1, TELL_MS);
  if (sent == 1) sent = tenon_hand_over(d->channel, tenon__sys_process_number(&d->process), d->pending, TELL_MS);
  if (sent == 0) sent = tenon_send(d->channel, &d->pending_peer, sizeof d->pending_peer, TELL_MS);
  d->pending_until = tenon_deadline(TAKE_MS);
  return sent < 0 ? (int)sent : 0;
}

/* Gives the desk's client to its worker, a new one if need be. A failure leaves the desk without a process. */
static int serve_pending(office *o, desk *d) {
  int result = d->has_process ? 0 : start_process(o, d);
  if (result == 0) result = hand_over_pending(d);
  if (result < 0 && d->has_process) bury(o, d);
  return result;
}

static int can_take(const office *o, const desk *d) {
  if (d->pending != TENON_NO_SOCK || d->is_ending || d->serving >= o->desk_size) return 0;
  return d->has_process || !is_braking(o);
}

/* The one with the fewest clients, and of these rather one that is there already. NULL if nobody can just now. */
static desk *find_desk(office *o) {
  desk *best = NULL;
  for (int i = 0; i < o->count; i++) {
    desk *d = &o->desks[i];
    if (!can_take(o, d)) continue;
    int is_better =
        !best || d->serving < best->serving || (d->serving == best->serving && d->has_process && !best->has_process);
    if (is_better) best = d;
  }
  return best;
}

static tenon__room room_in_office(void *team) {
  office *o = team;
  if (o->serving >= o->server->max_clients) return TENON__FULL;
  return find_desk(o) ? TENON__ROOM : TENON__NOT_YET;
}

static int take_in_office(void *team, tenon_sock client, const tenon_addr *peer) {
  office *o = team;
  desk *d = find_desk(o);
  d->pending = client;
  d->pending_peer = *peer;
  d->attempts = 0;
  d->serving++;
  o->serving++;
  int result = serve_pending(o, d);
  if (result == 0) return 0;
  d->pending = TENON_NO_SOCK; /* the caller keeps it */
  d->serving--;
  o->serving--;
  return result;
}

/* ---- Reports ----------------------------------------------------------------------------------------------------- */

/* Returns 0 if the worker is to end. */
static int note_report(office *o, desk *d, char report) {
  if (report == TENON__REPORT_TAKEN && d->pending != TENON_NO_SOCK) {
    tenon_close(d->pending);
    d->pending = TENON_NO_SOCK;
  } else if (report == TENON__REPORT_DONE && d->serving > 0) {
    d->serving--;
    o->serving--;
    o->deaths = 0;
    d->is_ending = o->server->model == TENON_SERVE_PROCESSES;
  }
  return report != TENON__REPORT_INTERRUPTED || tenon__sys_interrupt();
}

static void read_reports(office *o, desk *d) {
  char reports[64];
  ptrdiff_t received;
  int may_go_on = 1;
  while ((received = tenon_recv(d->channel, reports, sizeof reports, 0)) > 0)
    for (ptrdiff_t i = 0; i < received; i++) may_go_on &= note_report(o, d, reports[i]);
  if (received != TENON_EAGAIN || !may_go_on) bury(o, d);
}

/* The channel of a worker that ended may stay open: a process that its handler started by a fork has a copy of it, and
 * Wine 8 keeps what somebody waited for when he was killed. */
static void look_after_workers(office *o) {
  if (tenon_remaining(o->look_at) > 0) return;
  o->look_at = tenon_deadline(LOOK_MS);
  for (int i = 0; i < o->count; i++) {
    desk *d = &o->desks[i];
    if (!d->has_process || d->serving == 0 || !tenon__sys_process_is_over(&d->process)) continue;
    read_reports(o, d);
    if (d->has_process) bury(o, d);
  }
}

static int items_of_office(const tenon_server *server) {
  return server->workers;
}

static int64_t watch_office(void *team, tenon_pollfd *items) {
  office *o = team;
  int64_t until = is_braking(o) ? o->brake_until : TENON_FOREVER;
  for (int i = 0; i < o->count; i++) {
    desk *d = &o->desks[i];
    items[i].sock = d->channel;
    items[i].events = TENON_POLLIN;
    if (d->has_process && d->pending != TENON_NO_SOCK) until = tenon__earlier(until, d->pending_until);
    if (d->has_process && d->serving > 0) until = tenon__earlier(until, o->look_at);
  }
  return until;
}

/* A client whose worker ended before it took it goes to a new one. */
static int attend_office(void *team, const tenon_pollfd *items) {
  office *o = team;
  for (int i = 0; i < o->count; i++)
    if (o->desks[i].has_process && items[i].revents) read_reports(o, &o->desks[i]);
  look_after_workers(o);
  for (int i = 0; i < o->count; i++) {
    desk *d = &o->desks[i];
    if (d->pending != TENON_NO_SOCK && d->has_process && tenon_remaining(d->pending_until) == 0) bury(o, d);
    if (d->pending != TENON_NO_SOCK && !d->has_process && !is_braking(o)) serve_pending(o, d);
  }
  return o->serving;
}

/* ---- The end ----------------------------------------------------------------------------------------------------- */

static void cancel_office(void *team) {
  office *o = team;
  for (int i = 0; i < o->count; i++) {
    desk *d = &o->desks[i];
    if (d->has_process && d->serving > 0) tenon_send(d->channel, &(char){TENON__ORDER_CANCEL}, 1, TELL_MS);
  }
}

/* Those who have nothing to do end by themselves when they hear so. */
static void let_idle_workers_end(office *o) {
  int64_t deadline = tenon_deadline(END_MS);
  char reports[64];
  for (int i = 0; i < o->count; i++)
    if (o->desks[i].has_process && o->desks[i].serving == 0) tenon_shutdown(o->desks[i].channel, TENON_SHUT_WR);
  for (int i = 0; i < o->count; i++) {
    desk *d = &o->desks[i];
    if (!d->has_process || d->serving > 0) continue;
    while (tenon_recv(d->channel, reports, sizeof reports, tenon_remaining(deadline)) > 0) continue;
  }
}

/* A worker can be ended whatever its handlers do. */
static int close_office(void *team) {
  office *o = team;
  let_idle_workers_end(o);
  for (int i = 0; i < o->count; i++) {
    desk *d = &o->desks[i];
    if (d->has_process) bury(o, d);
    if (d->pending != TENON_NO_SOCK) tenon_close(d->pending);
  }
  tenon__release(o);
  return 0;
}

const tenon__model tenon__workers_model = {open_office,  room_in_office, take_in_office, items_of_office,
                                           watch_office, attend_office,  cancel_office,  close_office};
