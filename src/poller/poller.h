/* poller/poller.h - what the mechanisms of the poller share. Each of them is a file of the same six functions.
 * SPDX-License-Identifier: MIT */
#ifndef TENON_SRC_POLLER_POLLER_H
#define TENON_SRC_POLLER_POLLER_H

#include "../shared.h"

#include "tenon/poller.h"

/* Each mechanism states which type it keeps at the beginning of the caller's tenon_poller: its whole state, or a pointer
 * to allocated state. */
#define TENON__POLLER_FITS(type)                                                                         \
  _Static_assert(sizeof(type) <= sizeof(tenon_poller), "the mechanism needs more room in tenon_poller"); \
  _Static_assert(_Alignof(type) <= _Alignof(tenon_poller), "the mechanism needs another alignment of tenon_poller")

/* Mechanisms that allocate their state keep a pointer to it in the first word. closing.c owns the second word. */
enum { TENON__STATE_WORD, TENON__LINK_WORD };
_Static_assert(sizeof(intptr_t) <= sizeof(((tenon_poller *)0)->own[0]), "a word of tenon_poller holds no pointer");

static inline void *tenon__poller_word(const tenon_poller *p, int word) {
  return (void *)(intptr_t)p->own[word];
}

static inline void tenon__set_poller_word(tenon_poller *p, int word, void *pointer) {
  p->own[word] = (intptr_t)pointer;
}

static inline int tenon__is_interest(int events, int flags) {
  return events != 0 && (events & ~(TENON_POLLIN | TENON_POLLOUT)) == 0 && (flags & ~TENON_POLLER_ONCE) == 0;
}

static inline int tenon__is_wait(int capacity, int timeout_ms) {
  return capacity > 0 && timeout_ms >= TENON_FOREVER;
}

/* ---- table.c: entries by socket, for mechanisms that have to keep them ---- */

/* The beginning of an entry, which is the mechanism's to allocate and to release: a socket, and what was said of it. It is
 * small, as there is one for each socket that does nothing. state and number are the mechanism's. */
typedef struct tenon__entry {
  struct tenon__entry *next;
  void *pointer;
  int sock; /* Windows' handles, too, have no more than 32 bits that count */
  unsigned events : 3, is_once : 1, state : 4, number : 24;
} tenon__entry;

static inline void tenon__say_of(tenon__entry *entry, int events, int flags, void *pointer) {
  entry->pointer = pointer;
  entry->events = (unsigned)events & 7;
  entry->is_once = (flags & TENON_POLLER_ONCE) != 0;
}

typedef struct tenon__table {
  tenon__entry **chains;
  size_t chain_count, count;
} tenon__table;

int tenon__table_open(tenon__table *entries);
void tenon__table_put(tenon__table *entries, tenon__entry *entry);
tenon__entry *tenon__table_find(const tenon__table *entries, tenon_sock s);
/* Finds the entry and takes it out; NULL if there is none. */
tenon__entry *tenon__table_take(tenon__table *entries, tenon_sock s);
/* Takes out any; NULL when the table is empty. */
tenon__entry *tenon__table_take_any(tenon__table *entries);
void tenon__table_close(tenon__table *entries);

/* ---- closing.c: pollers that keep entries hear of sockets that are closed ---- */

void tenon__closing_join(tenon_poller *p);
void tenon__closing_leave(tenon_poller *p);

#endif
