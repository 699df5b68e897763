/* select.c - select.
 * SPDX-License-Identifier: MIT
 */
#include "layer.h"

enum { STEP_MS = 2 };

typedef struct sets {
  fd_set readable, writable, exceptional;
} sets;

static int is_in(const fd_set *set, SOCKET s) {
  for (u_int i = 0; i < set->fd_count; i++)
    if (set->fd_array[i] == s) return 1;
  return 0;
}

static void take_out(fd_set *set, SOCKET s) {
  u_int kept = 0;
  for (u_int i = 0; i < set->fd_count; i++)
    if (set->fd_array[i] != s) set->fd_array[kept++] = set->fd_array[i];
  set->fd_count = kept;
}

static void put_in(fd_set *set, SOCKET s) {
  if (!is_in(set, s) && set->fd_count < FD_SETSIZE) set->fd_array[set->fd_count++] = s;
}

/* Windows reports a failed connect only in the set of exceptions. */
static int has_failed(SOCKET s) {
  layer_state *state = layer_recall(s);
  if (!layer_is_stream(state) || !layer_setting(ROW_REFUSED_POLL)) return 0;
  if (state->pending == PENDING) layer_is_pending(state);
  return state->has_failed && state->pending == NOT_PENDING;
}

static int is_unsent(SOCKET s) {
  layer_state *state = layer_recall(s);
  return state && layer_has_unsent(state);
}

static int has_news(const sets *asked) {
  for (u_int i = 0; i < asked->exceptional.fd_count; i++)
    if (has_failed(asked->exceptional.fd_array[i])) return 1;
  return 0;
}

static void correct(const sets *asked, sets *told) {
  const fd_set *each[3] = {&asked->readable, &asked->writable, &asked->exceptional};
  for (int set = 0; set < 3; set++) {
    for (u_int i = 0; i < each[set]->fd_count; i++) {
      SOCKET s = each[set]->fd_array[i];
      if (is_unsent(s)) take_out(&told->writable, s);
      if (!has_failed(s) || !layer_arises(ROW_REFUSED_POLL)) continue;
      take_out(&told->readable, s);
      take_out(&told->writable, s);
      if (is_in(&asked->exceptional, s)) put_in(&told->exceptional, s);
    }
  }
}

static int select_once(const sets *asked, sets *told, ULONGLONG limit_ms) {
  struct timeval limit = {(long)(limit_ms / 1000), (long)(limit_ms % 1000 * 1000)};
  *told = *asked;
  int ready = builtin.select(
      0, asked->readable.fd_count ? &told->readable : NULL, asked->writable.fd_count ? &told->writable : NULL,
      asked->exceptional.fd_count ? &told->exceptional : NULL, limit_ms == (ULONGLONG)-1 ? NULL : &limit);
  if (ready < 0) return ready;
  if (ready == 0) memset(told, 0, sizeof *told);
  correct(asked, told);
  return (int)(told->readable.fd_count + told->writable.fd_count + told->exceptional.fd_count);
}

static int is_small(const fd_set *set) {
  return !set || set->fd_count <= FD_SETSIZE;
}

static void copy(fd_set *to, const fd_set *from) {
  to->fd_count = from ? from->fd_count : 0;
  for (u_int i = 0; i < to->fd_count; i++) to->fd_array[i] = from->fd_array[i];
}

static int select_within(const sets *asked, sets *told, ULONGLONG limit_ms) {
  ULONGLONG began = GetTickCount64(), passed = 0;
  int is_news = has_news(asked);
  for (;;) {
    int ready = select_once(asked, told, is_news ? 0 : limit_ms == (ULONGLONG)-1 ? limit_ms : limit_ms - passed);
    passed = GetTickCount64() - began;
    int is_over = limit_ms != (ULONGLONG)-1 && passed >= limit_ms;
    if (ready != 0 || is_news || is_over) {
      if (ready == 0 && limit_ms > 0) layer_end_wait_late();
      return ready;
    }
    Sleep(STEP_MS);
  }
}

/* mingw-w64 10 declares the time limit without const, mingw-w64 12 with it. */
typedef __typeof__(_Generic(&select, int(WSAAPI *)(int, fd_set *, fd_set *, fd_set *, PTIMEVAL)
                            : (PTIMEVAL)0, default
                            : (const TIMEVAL *)0)) layer_time_limit;

int WSAAPI overlay_select(int unused, fd_set *readable, fd_set *writable, fd_set *exceptional, layer_time_limit limit) {
  int is_empty = (!readable || !readable->fd_count) && (!writable || !writable->fd_count) &&
                 (!exceptional || !exceptional->fd_count);
  if (is_empty || !is_small(readable) || !is_small(writable) || !is_small(exceptional))
    return builtin.select(unused, readable, writable, exceptional, limit);
  sets asked, told;
  copy(&asked.readable, readable);
  copy(&asked.writable, writable);
  copy(&asked.exceptional, exceptional);
  ULONGLONG limit_ms =
      limit ? (ULONGLONG)limit->tv_sec * 1000 + (ULONGLONG)(limit->tv_usec + 999) / 1000 : (ULONGLONG)-1;
  int ready = select_within(&asked, &told, limit_ms);
  if (ready < 0) return ready;
  if (readable) copy(readable, &told.readable);
  if (writable) copy(writable, &told.writable);
  if (exceptional) copy(exceptional, &told.exceptional);
  return ready;
}
