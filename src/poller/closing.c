/* poller/closing.c - for mechanisms that keep entries of their own: a socket that is closed leaves all pollers before its
 * number can come back for another.
 * SPDX-License-Identifier: MIT */
#include "poller.h"

static tenon__lock list_lock = TENON__NATIVE_LOCK_STATIC;
static tenon_poller *open_pollers;

/* A link is the second word of a poller; the first is the mechanism's. */
static tenon_poller *next_of(const tenon_poller *p) {
  return (tenon_poller *)p->own[1];
}

static void forget_everywhere(tenon_sock s) {
  tenon__sys_lock(&list_lock);
  for (tenon_poller *p = open_pollers; p; p = next_of(p)) tenon_poller_remove(p, s);
  tenon__sys_unlock(&list_lock);
}

void tenon__closing_join(tenon_poller *p) {
  tenon__sys_lock(&list_lock);
  p->own[1] = (intptr_t)open_pollers;
  open_pollers = p;
  tenon__sys_unlock(&list_lock);
  atomic_store(&tenon__on_close, forget_everywhere);
}

void tenon__closing_leave(tenon_poller *p) {
  tenon__sys_lock(&list_lock);
  if (open_pollers == p) open_pollers = next_of(p);
  for (tenon_poller *other = open_pollers; other; other = next_of(other)) {
    if (next_of(other) == p) other->own[1] = p->own[1];
  }
  p->own[1] = 0;
  tenon__sys_unlock(&list_lock);
}
