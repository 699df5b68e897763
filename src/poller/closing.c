/* poller/closing.c - for mechanisms that keep entries of their own: a socket that is closed leaves all pollers before its
 * number can come back for another.
 * SPDX-License-Identifier: MIT */
#include "poller.h"

static tenon__lock list_lock = TENON__NATIVE_LOCK_STATIC;
static tenon_poller *open_pollers;

static tenon_poller *next_of(const tenon_poller *p) {
  return tenon__poller_word(p, TENON__LINK_WORD);
}

static void forget_everywhere(tenon_sock s) {
  tenon__sys_lock(&list_lock);
  for (tenon_poller *p = open_pollers; p; p = next_of(p)) tenon_poller_remove(p, s);
  tenon__sys_unlock(&list_lock);
}

void tenon__closing_join(tenon_poller *p) {
  tenon__sys_lock(&list_lock);
  tenon__set_poller_word(p, TENON__LINK_WORD, open_pollers);
  open_pollers = p;
  tenon__sys_unlock(&list_lock);
  atomic_store(&tenon__on_close, forget_everywhere);
}

void tenon__closing_leave(tenon_poller *p) {
  tenon__sys_lock(&list_lock);
  if (open_pollers == p) open_pollers = next_of(p);
  for (tenon_poller *other = open_pollers; other; other = next_of(other)) {
    if (next_of(other) == p) tenon__set_poller_word(other, TENON__LINK_WORD, next_of(p));
  }
  tenon__set_poller_word(p, TENON__LINK_WORD, NULL);
  tenon__sys_unlock(&list_lock);
}
