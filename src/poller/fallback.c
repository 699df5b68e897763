/* poller/fallback.c - the poller over the seam's poll, for systems that have nothing better: each wait costs as much as
 * there are sockets.
 * SPDX-License-Identifier: MIT */
#include "poller.h"

/* Of an entry: the wait that is under way knows nothing of it. One without events was reported once, and not set again. */
enum { KNOWN, NEW };

typedef struct poll_set {
  tenon__lock lock;
  tenon__table table;
  tenon_waker waker;
  tenon__native_pollfd *items; /* the waker's, and one for each socket that has events */
  int count, room, next;       /* next: where to begin to look for news, so that each gets its turn */
  int is_changed, is_waiting, is_poked;
  atomic_int is_busy, is_woken;
} poll_set;

TENON__POLLER_FITS(poll_set *);

static poll_set *poll_set_of(const tenon_poller *p) {
  return tenon__poller_word(p, TENON__STATE_WORD);
}

int tenon_poller_open(tenon_poller *p) {
  if (!p) return tenon__refuse(TENON_EINVAL);
  memset(p, 0, sizeof *p);
  poll_set *f = tenon__allocate(sizeof *f);
  if (!f) return tenon__refuse(TENON_ENOMEM);
  memset(f, 0, sizeof *f);
  int result = tenon__table_open(&f->table);
  if (result == 0) result = tenon_waker_open(&f->waker);
  if (result < 0) {
    if (f->table.chains) tenon__table_close(&f->table);
    tenon__release(f);
    return result;
  }
  tenon__sys_lock_init(&f->lock);
  f->is_changed = 1;
  tenon__set_poller_word(p, TENON__STATE_WORD, f);
  tenon__closing_join(p);
  return 0;
}

/* Lets a wait that is under way begin anew. To be called with the lock. */
static void poke(poll_set *f) {
  f->is_changed = 1;
  if (!f->is_waiting || f->is_poked) return;
  f->is_poked = 1;
  tenon__sys_wake(f->waker.trigger);
}

int tenon_poller_set(tenon_poller *p, tenon_sock s, int events, int flags, void *pointer) {
  if (!p || !tenon__is_interest(events, flags)) return tenon__refuse(TENON_EINVAL);
  poll_set *f = poll_set_of(p);
  if (!f) return tenon__refuse(TENON_EBADF);
  int is_stream = tenon__sys_is_stream(s);
  if (is_stream < 0) return is_stream;
  tenon__sys_lock(&f->lock);
  tenon__entry *entry = tenon__table_find(&f->table, s);
  if (!entry && (entry = tenon__allocate(sizeof *entry)) != NULL) {
    entry->sock = (int)s;
    tenon__table_put(&f->table, entry);
  }
  if (entry) {
    tenon__say_of(entry, events, flags, pointer);
    entry->state = NEW;
    poke(f);
  }
  tenon__sys_unlock(&f->lock);
  return entry ? 0 : tenon__refuse(TENON_ENOMEM);
}

int tenon_poller_remove(tenon_poller *p, tenon_sock s) {
  if (!p) return tenon__refuse(TENON_EINVAL);
  poll_set *f = poll_set_of(p);
  if (!f) return tenon__refuse(TENON_EBADF);
  tenon__sys_lock(&f->lock);
  tenon__entry *entry = tenon__table_take(&f->table, s);
  if (entry) poke(f);
  tenon__sys_unlock(&f->lock);
  if (entry) tenon__release(entry);
  return 0;
}

static int make_room(poll_set *f) {
  int wanted = (int)f->table.count + 1;
  if (f->room >= wanted) return 0;
  tenon__native_pollfd *items = tenon__allocate_array(0, 2 * (size_t)wanted, sizeof *items);
  if (!items) return tenon__refuse(TENON_ENOMEM);
  if (f->items) tenon__release(f->items);
  f->items = items;
  f->room = 2 * wanted;
  return 0;
}

static int list_items(poll_set *f) {
  int result = make_room(f);
  if (result < 0) return result;
  f->items[0] = tenon__to_native_item((tenon_pollfd){f->waker.ready, TENON_POLLIN, 0});
  f->count = 1;
  for (size_t i = 0; i < f->table.chain_count; i++) {
    for (tenon__entry *entry = f->table.chains[i]; entry; entry = entry->next) {
      entry->state = KNOWN;
      if (entry->events == 0) continue;
      f->items[f->count++] = tenon__to_native_item((tenon_pollfd){entry->sock, entry->events, 0});
    }
  }
  f->is_changed = 0;
  return 0;
}

/* One item's news, if it is any: 1 if it was. Closed sockets are forgotten. */
static int report_item(poll_set *f, int at, tenon_poller_event *event) {
  tenon_pollfd item = tenon__from_native_item(f->items[at]);
  tenon__entry *entry = item.revents != 0 ? tenon__table_find(&f->table, item.sock) : NULL;
  if (!entry || entry->state == NEW || entry->events == 0) return 0;
  if (item.revents & TENON_POLLNVAL) {
    tenon__release(tenon__table_take(&f->table, item.sock));
    f->is_changed = 1;
    return 0;
  }
  event->pointer = entry->pointer;
  event->events = item.revents;
  if (entry->is_once) entry->events = 0, f->is_changed = 1;
  return 1;
}

static int collect_news(poll_set *f, tenon_poller_event *events, int capacity) {
  int reported = 0;
  for (int i = 0, at = f->next; i < f->count && reported < capacity; i++, at++) {
    if (at >= f->count) at = 0;
    if (at > 0) reported += report_item(f, at, &events[reported]);
    f->next = at + 1;
  }
  return reported;
}

/* The bytes go before the flag, or a wake-up in between would be lost. */
static int clear_wake(poll_set *f) {
  if (!f->items[0].revents) return 0;
  tenon_waker_clear(&f->waker);
  f->is_poked = 0;
  return atomic_exchange(&f->is_woken, 0);
}

/* The number of events; *is_over is set when there is no reason to go on without any. */
static int poll_once(poll_set *f, tenon_poller_event *events, int capacity, tenon__limit *limit, int *is_over) {
  tenon__sys_lock(&f->lock);
  int result = f->is_changed ? list_items(f) : 0;
  f->is_waiting = result == 0;
  tenon__sys_unlock(&f->lock);
  if (result < 0) return result;
  int remaining = tenon__limit_remaining(limit);
  result = tenon__sys_poll(f->items, f->count, remaining);
  tenon__sys_lock(&f->lock);
  f->is_waiting = 0;
  *is_over = remaining == 0;
  if (result > 0) {
    *is_over |= clear_wake(f);
    result = collect_news(f, events, capacity);
  }
  tenon__sys_unlock(&f->lock);
  return result;
}

int tenon_poller_wait(tenon_poller *p, tenon_poller_event *events, int capacity, int timeout_ms) {
  if (!p || !events || !tenon__is_wait(capacity, timeout_ms)) return tenon__refuse(TENON_EINVAL);
  poll_set *f = poll_set_of(p);
  if (!f) return tenon__refuse(TENON_EBADF);
  if (atomic_exchange(&f->is_busy, 1)) return tenon__refuse(TENON_EBUSY);
  tenon__limit limit = tenon__limit_of(timeout_ms);
  int result, is_over = 0;
  do {
    result = poll_once(f, events, capacity, &limit, &is_over);
  } while (result == 0 && !is_over);
  atomic_store(&f->is_busy, 0);
  return result;
}

int tenon_poller_wake(tenon_poller *p) {
  if (!p) return TENON_EINVAL;
  poll_set *f = poll_set_of(p);
  if (!f) return TENON_EBADF;
  return atomic_exchange(&f->is_woken, 1) ? 0 : tenon__sys_wake(f->waker.trigger);
}

int tenon_poller_close(tenon_poller *p) {
  if (!p) return tenon__refuse(TENON_EINVAL);
  poll_set *f = poll_set_of(p);
  if (!f) return tenon__refuse(TENON_EBADF);
  tenon__closing_leave(p);
  tenon__entry *entry;
  while ((entry = tenon__table_take_any(&f->table)) != NULL) tenon__release(entry);
  tenon__table_close(&f->table);
  tenon_waker_close(&f->waker);
  tenon__sys_lock_destroy(&f->lock);
  if (f->items) tenon__release(f->items);
  tenon__release(f);
  tenon__set_poller_word(p, TENON__STATE_WORD, NULL);
  return 0;
}
