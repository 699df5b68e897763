/* poller/afd_group.c - what the AFD device is asked about several sockets at once: those that have been quiet.
 * SPDX-License-Identifier: MIT
 *
 * An answer about one of them ends the question about all, so who has news leaves the group and is asked about alone. Who
 * leaves for another reason has the question cancelled: it is put again, without it, once that has been answered. */
#include "afd_queue.h"

/* From how many sockets on there are groups; for how many news a chain of the table is looked at, which comes to four for
 * each socket, so that of sockets that all have news now and then one in fifty is taken for quiet; and how many members
 * are too few. */
enum { CROWD = 2 * AFD_SOCKETS_MAX, NEWS_PER_CHAIN = 12, FEW = AFD_SOCKETS_MAX / 4 * 3, HANDLE_SHIFT = 2 };

struct tenon__afd_group {
  tenon__afd_group *next; /* of those that are to be asked */
  unsigned device;
  enum { RESTING, OPEN, RECALLED, PLANNED } state; /* of its question */
  int count;
  unsigned asked; /* of how many sockets the question was */
  tenon__afd_member *members[AFD_SOCKETS_MAX];
  tenon__afd_head answer;
  tenon__afd_socket sockets[AFD_SOCKETS_MAX];
};

static tenon__afd_group *new_group(tenon__afd_queue *a) {
  tenon__afd_devices *devices = &a->group_devices;
  if (devices->count == 0 && tenon__afd_open_device(devices, a->port, FROM_GROUP) < 0) return NULL;
  tenon__afd_group *g = tenon__allocate(sizeof *g);
  if (!g) return NULL;
  g->device = tenon__afd_device_with_room(devices, a->port, FROM_GROUP);
  devices->list[g->device].questions++;
  g->state = RESTING;
  g->count = 0;
  return g;
}

static void release_group(tenon__afd_queue *a, tenon__afd_group *g) {
  a->group_devices.list[g->device].questions--;
  tenon__release(g);
}

static void plan_group(tenon__afd_queue *a, tenon__afd_group *g) {
  g->state = PLANNED;
  g->next = a->groups_to_ask;
  a->groups_to_ask = g;
}

static HANDLE base_of(const tenon__afd_member *m) {
  return (HANDLE)((uintptr_t)m->entry.number << HANDLE_SHIFT);
}

/* WILL_ANSWER, too, if there is nothing to ask. */
static tenon__afd_outcome ask_group(tenon__afd_queue *a, tenon__afd_group *g) {
  tenon__afd_socket about[AFD_SOCKETS_MAX];
  unsigned count = 0;
  for (int i = 0; i < g->count; i++) {
    const tenon__afd_member *m = g->members[i];
    if (m->entry.events != 0) about[count++] = (tenon__afd_socket){base_of(m), tenon__afd_interest(&m->entry), 0};
  }
  g->state = RESTING;
  if (count == 0) return WILL_ANSWER;
  tenon__afd_outcome outcome = tenon__afd_ask(a->group_devices.list[g->device].handle, about, count, &g->answer, g);
  if (outcome != WILL_ANSWER) return outcome;
  g->state = OPEN;
  g->asked = count;
  a->asked++;
  return WILL_ANSWER;
}

/* ---- Members come and go ---- */

void tenon__afd_leave(tenon__afd_queue *a, tenon__afd_member *m) {
  tenon__afd_group *g = m->group;
  int at = 0;
  while (g->members[at] != m) at++;
  g->members[at] = g->members[--g->count];
  if (g->state == OPEN && m->entry.events != 0) {
    tenon__afd_cancel(a->group_devices.list[g->device].handle, &g->answer);
    g->state = RECALLED;
  }
  if (g->state == RESTING && g->count == 0) release_group(a, g);
  tenon__release(m);
}

int tenon__afd_part(tenon__afd_queue *a, tenon__afd_member *m) {
  tenon__afd_question *q = tenon__afd_new_question(a, m->entry.sock, base_of(m));
  if (!q) return 0;
  tenon__say_of(&q->entry, (int)m->entry.events, m->entry.is_once ? TENON_POLLER_ONCE : 0, m->entry.pointer);
  tenon__afd_forget(a, &m->entry);
  tenon__table_put(&a->table, &q->entry);
  if (q->entry.events != 0) tenon__afd_plan(a, q);
  return 1;
}

/* The question is cancelled before the group's is put, as Windows mixes up what it says to two about one socket. */
static void join(tenon__afd_queue *a, tenon__afd_group *g, tenon__afd_question *q) {
  tenon__afd_member *m = tenon__allocate(sizeof *m);
  if (!m) {
    q->entry.state = QUIET;
    return;
  }
  m->entry = q->entry;
  m->entry.state = MEMBER;
  m->entry.number = (uintptr_t)q->socket.handle >> HANDLE_SHIFT & 0xffffff;
  m->group = g;
  tenon__afd_forget(a, &q->entry);
  tenon__table_put(&a->table, &m->entry);
  g->members[g->count++] = m;
}

/* ---- Asking and answering ---- */

/* Few are better asked about alone, as are those of whom one is closed, which the device refuses. */
static void ask_or_dissolve(tenon__afd_queue *a, tenon__afd_group *g) {
  tenon__afd_outcome outcome = g->count > FEW ? ask_group(a, g) : REFUSED;
  if (outcome == WILL_ANSWER) return;
  if (outcome == OUT_OF_RESOURCES) {
    plan_group(a, g);
    return;
  }
  g->state = PLANNED; /* lives on until all have left */
  while (g->count > 0 && tenon__afd_part(a, g->members[g->count - 1])) continue;
  if (g->count == 0)
    release_group(a, g);
  else if (ask_group(a, g) != WILL_ANSWER)
    plan_group(a, g);
}

void tenon__afd_ask_planned_groups(tenon__afd_queue *a) {
  tenon__afd_group *g = a->groups_to_ask, *next;
  a->groups_to_ask = NULL;
  for (; g; g = next) {
    next = g->next;
    ask_or_dissolve(a, g);
  }
}

static tenon__afd_member *member_of(const tenon__afd_group *g, HANDLE base) {
  for (int i = 0; i < g->count; i++) {
    if (base_of(g->members[i]) == base) return g->members[i];
  }
  return NULL;
}

int tenon__afd_take_group_answer(tenon__afd_queue *a, tenon__afd_group *g, tenon__afd_news *news, int room) {
  int count = 0;
  a->asked--;
  plan_group(a, g);
  for (unsigned i = 0; i < g->asked && g->sockets[i].events != 0; i++) {
    tenon__afd_member *m = member_of(g, g->sockets[i].handle);
    if (m && g->sockets[i].events & AFD_POLL_LOCAL_CLOSE)
      tenon__afd_forget(a, &m->entry);
    else if (m && count < room)
      news[count++] = (tenon__afd_news){&m->entry, g->sockets[i].events, 0};
    else if (m)
      tenon__afd_part(a, m); /* to stand in the same queue as others */
  }
  return count;
}

/* ---- Choosing ---- */

static int can_join(const tenon__afd_question *q) {
  uintptr_t base = (uintptr_t)q->socket.handle;
  return base >> HANDLE_SHIFT <= 0xffffff && base % (1 << HANDLE_SHIFT) == 0;
}

static tenon__afd_question *find_chosen(const tenon__afd_queue *a, tenon_sock s) {
  tenon__entry *entry = tenon__table_find(&a->table, s);
  return entry && entry->state == CHOSEN ? (tenon__afd_question *)entry : NULL;
}

/* Some of those that were chosen may have had news since, or be gone. */
static void form_group(tenon__afd_queue *a) {
  int count = 0;
  for (int i = 0; i < AFD_SOCKETS_MAX; i++) {
    if (find_chosen(a, a->chosen[i])) a->chosen[count++] = a->chosen[i];
  }
  a->chosen_count = count;
  tenon__afd_group *g = count == AFD_SOCKETS_MAX ? new_group(a) : NULL;
  if (!g) return;
  for (int i = 0; i < AFD_SOCKETS_MAX; i++) {
    tenon__afd_question *q = find_chosen(a, a->chosen[i]);
    if (q) join(a, g, q);
  }
  a->chosen_count = 0;
  plan_group(a, g);
}

static void look_at_next_chain(tenon__afd_queue *a) {
  a->hand = (a->hand + 1) % a->table.chain_count;
  for (tenon__entry *entry = a->table.chains[a->hand]; entry; entry = entry->next) {
    if (entry->state == ASKED) {
      entry->state = QUIET;
    } else if (entry->state == QUIET && a->chosen_count < AFD_SOCKETS_MAX && can_join((tenon__afd_question *)entry)) {
      entry->state = CHOSEN;
      a->chosen[a->chosen_count++] = entry->sock;
    }
  }
  if (a->chosen_count == AFD_SOCKETS_MAX) form_group(a);
}

void tenon__afd_survey(tenon__afd_queue *a) {
  if (a->table.count < CROWD) a->news = 0;
  for (; a->news >= NEWS_PER_CHAIN; a->news -= NEWS_PER_CHAIN) look_at_next_chain(a);
}
