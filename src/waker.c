/* waker.c - ending the waiting of others.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

int tenon_waker_open(tenon_waker *w) {
  if (tenon__is_traced()) return tenon__traced_waker_open(w);
  tenon_sock pair[2];
  if (!w) return tenon__refuse(TENON_EINVAL);
  w->ready = w->trigger = TENON_NO_SOCK;
  int result = tenon_socketpair(pair);
  if (result < 0) return result;
  w->ready = pair[0];
  w->trigger = pair[1];
  return 0;
}

int tenon_waker_wake(const tenon_waker *w) {
  return w ? tenon__sys_wake(w->trigger) : TENON_EINVAL;
}

int tenon_waker_clear(const tenon_waker *w) {
  if (tenon__is_traced()) return tenon__traced_waker_clear(w);
  char bytes[256];
  ptrdiff_t received;
  if (!w) return tenon__refuse(TENON_EINVAL);
  do {
    received = tenon__sys_recv(w->ready, bytes, sizeof bytes, 0, 0);
  } while (received == (ptrdiff_t)sizeof bytes);
  return received < 0 && received != TENON_EAGAIN ? (int)received : 0;
}

int tenon_waker_close(tenon_waker *w) {
  if (tenon__is_traced()) return tenon__traced_waker_close(w);
  if (!w) return tenon__refuse(TENON_EINVAL);
  int result = tenon_close(w->trigger);
  int result_of_ready = tenon_close(w->ready);
  w->ready = w->trigger = TENON_NO_SOCK;
  return result < 0 ? result : result_of_ready;
}

void tenon_cancel_on(const tenon_waker *w) {
  tenon__cancel_on(w ? w->ready : TENON_NO_SOCK);
}

void tenon__cancel_on(tenon_sock ready) {
  int had = tenon__sys_cancel() != TENON_NO_SOCK, has = ready != TENON_NO_SOCK;
  tenon__sys_set_cancel(ready);
  tenon__watch(has - had);
}

void tenon__cancel_ended(void) {
  tenon__watch(-1);
}

/* The threads of the parent are not there to end. */
void tenon__cancel_forked(void) {
  int has = tenon__sys_cancel() != TENON_NO_SOCK;
  atomic_store(&tenon__watches, 0);
  tenon__watch(has + (tenon__tracing != 0));
}
