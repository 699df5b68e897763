/* calls_event.c - calls that wait for many sockets: poll and pollers.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "argument.h"
#include "calls.h"
#include "wants.h"

enum { ITEMS = 3, ROOM = 32 };
static const int events_of[] = {0, TENON_POLLIN, TENON_POLLOUT, TENON_POLLIN | TENON_POLLOUT, TENON_POLLHUP};

static void add(char *text, const char *format, const char *word, int number) {
  size_t at = strlen(text);
  snprintf(text + at, LINE - at, format, word, number);
}

static void add_events(char *text, int events) {
  if (events & TENON_POLLIN) add(text, " %s", "IN", 0);
  if (events & TENON_POLLOUT) add(text, " %s", "OUT", 0);
  if (events & TENON_POLLERR) add(text, " %s", "ERR", 0);
  if (events & TENON_POLLHUP && open_is_shown(OPEN_HUP)) add(text, " %s", "HUP", 0);
  if (events & TENON_POLLNVAL) add(text, " %s", "NVAL", 0);
  if (events == 0) add(text, " %s", "none", 0);
}

/* What a set of sockets will say: some of them may be open. */
typedef struct outlook {
  int events[SLOTS], why[SLOTS];
  int ready, open; /* how many */
} outlook;

static void look_at(outlook *all, model *m, int i, int s, int asked) {
  all->why[i] = 0;
  all->events[i] = model_events(m, s, asked, &all->why[i]);
  if (all->why[i] && open_is_shown(all->why[i])) all->why[i] = 0;
  all->open += all->events[i] == EVENTS_OPEN;
  all->ready += all->events[i] > 0;
}

/* No result is a value of its own here, and a waker does not end the wait. */
static forecast wait_for(const outlook *all, int limit) {
  int may_wait = limit == LIMIT_LONG || limit == LIMIT_FOREVER;
  if (all->ready == 0 && may_wait) return forecast_avoid();
  return forecast_any();
}

static void note_open(play *p, const outlook *all, int count) {
  int is_open = 0;
  for (int i = 0; i < count; i++) is_open |= all->why[i] != 0;
  p->open += is_open && !p->is_silent;
}

static int is_other(int events, int expected) {
  return expected != EVENTS_OPEN && (events & ~TENON_POLLHUP) != expected;
}

/* ---- Poll -------------------------------------------------------------------------------------------------------- */

static int is_named_twice(const int *a, int item) {
  for (int i = 0; i < ITEMS; i++)
    if (i != item && a[2 * i] == a[2 * item] && a[2 * i] < SLOTS) return 1;
  return 0;
}

static forecast forecast_poll(play *p, const int *a, outlook *all) {
  int is_bad = a[6] == LIMIT_BAD;
  memset(all, 0, sizeof *all);
  for (int i = 0; i < ITEMS; i++) is_bad |= a[2 * i + 1] == 4 || a[2 * i] == WIDE_SOCKET;
  if (is_bad) return forecast_value(TENON_EINVAL);
  for (int i = 0; i < ITEMS; i++) look_at(all, &p->m, i, a[2 * i], events_of[a[2 * i + 1]]);
  for (int i = 0; i < ITEMS && !open_is_shown(OPEN_TWICE); i++)
    if (all->events[i] > 0 && is_named_twice(a, i)) all->why[i] = OPEN_TWICE, all->events[i] = EVENTS_OPEN;
  return wait_for(all, a[6]);
}

static void show_polled(play *p, forecast f, const outlook *all, const tenon_pollfd *items) {
  char text[LINE] = "";
  for (int i = 0; i < ITEMS; i++) {
    add(text, "%s%d:", i ? ", " : "", i);
    if (all->why[i])
      add(text, "%s", " open", 0);
    else
      add_events(text, items[i].revents);
    if (!is_other(items[i].revents, all->events[i])) continue;
    add(text, "%s", " BUT", 0);
    add_events(text, all->events[i]);
  }
  note_open(p, all, ITEMS);
  play_text(p, f, text);
}

static void run_poll(play *p, const int *a) {
  outlook all;
  tenon_pollfd items[ITEMS];
  forecast f = forecast_poll(p, a, &all);
  if (!play_begins(p, f)) return;
  for (int i = 0; i < ITEMS; i++) items[i] = (tenon_pollfd){play_socket(p, a[2 * i]), events_of[a[2 * i + 1]], 0};
  int result = tenon_poll(items, ITEMS, argument_limit(a[6]));
  if (result < 0 || f.is_known)
    play_result(p, f, result, NULL);
  else
    show_polled(p, f, &all, items);
}

/* ---- Pollers ----------------------------------------------------------------------------------------------------- */

static char marks[1 << 16]; /* what pointers point to: the slot, and which setting of it */

static void *mark_of(int s, int serial) {
  return &marks[(serial * SLOTS + s) % (int)sizeof marks];
}

static void run_poller_open(play *p, const int *a) {
  poller *it = &p->m.pollers[a[0]];
  forecast f = it->is_open ? forecast_avoid() : forecast_value(0);
  if (!f.avoid) memset(it, 0, sizeof *it);
  it->is_open = 1;
  if (play_begins(p, f)) play_result(p, f, tenon_poller_open(&p->pollers[a[0]]), NULL);
}

static void run_poller_close(play *p, const int *a) {
  forecast f = forecast_value(p->m.pollers[a[0]].is_open ? 0 : TENON_EBADF);
  memset(&p->m.pollers[a[0]], 0, sizeof p->m.pollers[a[0]]);
  if (play_begins(p, f)) play_result(p, f, tenon_poller_close(&p->pollers[a[0]]), NULL);
}

static forecast model_set(model *m, const int *a) {
  poller *it = &m->pollers[a[1]];
  int is_bad = a[2] == 0 || a[2] == 4;
  if (!it->is_open || !model_slot(m, a[0])) return is_bad || !it->is_open ? forecast_any() : model_handle(m, a[0]);
  if (is_bad) return forecast_value(TENON_EINVAL);
  it->of[a[0]] = (registration){events_of[a[2]], a[3] ? TENON_POLLER_ONCE : 0, ++m->last_serial, 0};
  return forecast_value(0);
}

static void run_poller_set(play *p, const int *a) {
  forecast f = model_set(&p->m, a);
  if (!play_begins(p, f)) return;
  void *mark = a[0] < SLOTS ? mark_of(a[0], p->m.pollers[a[1]].of[a[0]].serial) : marks;
  int flags = a[3] ? TENON_POLLER_ONCE : 0;
  play_result(p, f, tenon_poller_set(&p->pollers[a[1]], play_socket(p, a[0]), events_of[a[2]], flags, mark), NULL);
}

static void run_poller_remove(play *p, const int *a) {
  poller *it = &p->m.pollers[a[1]];
  forecast f = !it->is_open ? forecast_any() : model_slot(&p->m, a[0]) ? forecast_value(0) : forecast_any();
  if (a[0] < SLOTS) memset(&it->of[a[0]], 0, sizeof it->of[a[0]]);
  if (play_begins(p, f)) play_result(p, f, tenon_poller_remove(&p->pollers[a[1]], play_socket(p, a[0])), NULL);
}

static void run_poller_wake(play *p, const int *a) {
  poller *it = &p->m.pollers[a[0]];
  forecast f = forecast_value(it->is_open ? 0 : TENON_EBADF);
  it->woken = it->is_open;
  if (play_begins(p, f)) play_result(p, f, tenon_poller_wake(&p->pollers[a[0]]), NULL);
}

static forecast forecast_wait(play *p, const int *a, outlook *all) {
  poller *it = &p->m.pollers[a[0]];
  memset(all, 0, sizeof *all);
  if (!it->is_open) return a[1] == LIMIT_BAD ? forecast_any() : forecast_value(TENON_EBADF);
  if (a[1] == LIMIT_BAD) return forecast_value(TENON_EINVAL);
  for (int s = 0; s < SLOTS; s++)
    if (it->of[s].is_spent == 2)
      all->why[s] = OPEN_TOLD, all->events[s] = EVENTS_OPEN;
    else if (it->of[s].events && !it->of[s].is_spent)
      look_at(all, &p->m, s, s, it->of[s].events);
  return it->woken ? forecast_any() : wait_for(all, a[1]);
}

/* A socket that is set for once, and of which nobody knows whether it has been reported. */
static void spend(poller *it, outlook *all) {
  for (int s = 0; s < SLOTS; s++) {
    registration *of = &it->of[s];
    if (of->events && of->flags && !of->is_spent && all->events[s])
      of->is_spent = all->events[s] == EVENTS_OPEN ? 2 : 1;
  }
  it->woken = 0;
}

/* Each registered socket has to be reported as tenon_poll() has it. */
static void compare_with_poll(play *p, int s, int asked, int told, char *text) {
  tenon_pollfd item = {p->sockets[s], asked, 0};
  tenon_poll(&item, 1, 0);
  int polled = item.revents & ~TENON_POLLHUP;
  if (polled == (told & ~TENON_POLLHUP)) return;
  add(text, "%s", " BUT tenon_poll says", 0);
  add_events(text, polled);
}

/* Errors of which the contract does not say who hears them. */
static int is_comparable(int why) {
  return why != OPEN_REFUSED_ONCE && why != OPEN_FAILED && why != OPEN_NEVER_CONNECTED && why != OPEN_VANISHED;
}

static void show_waited(play *p, const int *a, forecast f, const outlook *all, const int *told, const int *was_sure) {
  char text[LINE] = "";
  for (int s = 0; s < SLOTS; s++) {
    const registration *of = &p->m.pollers[a[0]].of[s];
    if (!of->events || (!told[s] && !all->events[s] && !was_sure[s])) continue;
    if (all->why[s] || told[s] || all->events[s]) add(text, "%ss[%d]", text[0] ? ", " : "", s);
    if (all->why[s])
      add(text, "%s", " open", 0);
    else if (told[s] || all->events[s])
      add_events(text, told[s]);
    if (is_other(told[s], all->events[s])) add(text, "%s", " BUT", 0), add_events(text, all->events[s]);
    if (was_sure[s] && is_comparable(all->why[s])) compare_with_poll(p, s, of->events, told[s], text);
  }
  note_open(p, all, SLOTS);
  play_text(p, f, text[0] ? text : "none");
}

static void run_poller_wait(play *p, const int *a) {
  outlook all;
  poller *it = &p->m.pollers[a[0]];
  tenon_poller_event events[ROOM];
  int told[SLOTS] = {0}, was_sure[SLOTS], is_foreign = 0;
  for (int s = 0; s < SLOTS; s++)
    if (it->of[s].events) play_settle(p, s);
  for (int s = 0; s < SLOTS; s++) was_sure[s] = it->of[s].events && !it->of[s].is_spent;
  forecast f = forecast_wait(p, a, &all);
  if (!f.avoid && !f.is_known) spend(it, &all);
  if (!play_begins(p, f)) return;
  int count = tenon_poller_wait(&p->pollers[a[0]], events, ROOM, argument_limit(a[1]));
  for (int i = 0; i < count; i++) {
    int mark = (int)((char *)events[i].pointer - marks), s = mark % SLOTS;
    is_foreign |= events[i].pointer != mark_of(s, it->of[s].serial) || !it->of[s].events;
    told[s] = events[i].events;
  }
  if (is_foreign) play_text(p, f, "A FOREIGN POINTER, BUT the one that was set is wanted");
  if (count < 0)
    play_result(p, f, count, NULL);
  else
    show_waited(p, a, f, &all, told, was_sure);
}

const call calls_event[] = {
    {"poll(%, %, %, %, %, %, %)", "smsmsml", 40, NULL, run_poll},
    {"tenon_poller_open(%)", "p", 15, NULL, run_poller_open},
    {"tenon_poller_close(%)", "p", 3, NULL, run_poller_close},
    {"poller_set(%, %, %, %)", "spmd", 50, wants_watched, run_poller_set},
    {"poller_remove(%, %)", "sp", 10, NULL, run_poller_remove},
    {"tenon_poller_wait(%, events, 32, %)", "pl", 50, NULL, run_poller_wait},
    {"tenon_poller_wake(%)", "p", 6, NULL, run_poller_wake},
    {NULL, NULL, 0, NULL, NULL},
};
