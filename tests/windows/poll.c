/* poll.c - WSAPoll.
 * SPDX-License-Identifier: MIT
 */
#include "layer.h"

enum { STEP_MS = 2, KNOWN_EVENTS = POLLRDNORM | POLLRDBAND | POLLWRNORM };

/* ---- Events that Wine does not report ---------------------------------------------------------------------------- */

/* All data of the other end and its FIN have arrived. Wine reports POLLHUP only after the data is read. */
static int has_data_and_end(layer_state *state) {
  u_long unread = 0;
  if (!state->has_partner_ended || state->was_reset) return 0;
  if (builtin.ioctlsocket(state->handle, (long)FIONREAD, &unread) != 0) return 0;
  return unread > 0 && state->received + unread == state->partner_total && layer_arises(ROW_DATA_AND_END);
}

static int has_failed(layer_state *state) {
  return state->has_failed && state->pending == NOT_PENDING && layer_setting(ROW_REFUSED_POLL);
}

static short own_events(layer_state *state, short events) {
  if (!layer_is_stream(state)) return state->has_unreachable ? events & POLLRDNORM : 0;
  if (has_failed(state)) return (short)(POLLERR | POLLHUP | (events & POLLWRNORM));
  return has_data_and_end(state) ? POLLHUP : 0;
}

static int has_news(const WSAPOLLFD *items, ULONG count) {
  for (ULONG i = 0; i < count; i++) {
    layer_state *state = layer_recall(items[i].fd);
    if (state && own_events(state, items[i].events)) return 1;
  }
  return 0;
}

static void correct(WSAPOLLFD *item) {
  layer_state *state = layer_recall(item->fd);
  if (!state || item->revents & POLLNVAL) return;
  if (item->revents && state->pending == PENDING) layer_is_pending(state);
  if (layer_is_stream(state) && has_failed(state) && layer_arises(ROW_REFUSED_POLL)) item->revents = 0;
  if (layer_has_unsent(state)) item->revents &= (short)~POLLWRNORM;
  item->revents |= own_events(state, item->events);
}

/* ---- The function ------------------------------------------------------------------------------------------------ */

static int count_ready(const WSAPOLLFD *items, ULONG count) {
  int ready = 0;
  for (ULONG i = 0; i < count; i++) ready += items[i].revents != 0;
  return ready;
}

static int poll_once(WSAPOLLFD *items, ULONG count, int limit) {
  int ready = builtin.WSAPoll(items, count, limit);
  if (ready < 0) return ready;
  int before = count_ready(items, count);
  for (ULONG i = 0; i < count; i++) correct(&items[i]);
  return ready + count_ready(items, count) - before;
}

/* Unknown events are an error, unless no handle is a socket. */
static int has_wrong_events(WSAPOLLFD *items, ULONG count) {
  int is_wrong = 0;
  for (ULONG i = 0; i < count; i++) is_wrong |= items[i].fd != INVALID_SOCKET && items[i].events & ~KNOWN_EVENTS;
  if (!is_wrong || !layer_arises(ROW_POLL_EVENTS) || builtin.WSAPoll(items, count, 0) < 0) return 0;
  for (ULONG i = 0; i < count; i++) items[i].revents = 0;
  return 1;
}

int WSAAPI overlay_WSAPoll(WSAPOLLFD *items, ULONG count, int limit) {
  ULONGLONG began = GetTickCount64();
  if (!items || count == 0) return builtin.WSAPoll(items, count, limit);
  if (has_wrong_events(items, count)) return layer_fail(WSAEINVAL);
  int left = has_news(items, count) ? 0 : limit;
  for (;;) {
    int ready = poll_once(items, count, left);
    ULONGLONG passed = GetTickCount64() - began;
    int is_over = limit >= 0 && passed >= (ULONGLONG)limit;
    if (ready != 0 || is_over || left == 0) {
      if (ready == 0 && limit > 0) layer_end_wait_late();
      return ready;
    }
    Sleep(STEP_MS);
    left = limit < 0 ? -1 : (int)((ULONGLONG)limit - passed);
  }
}
