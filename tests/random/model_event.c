/* model_event.c - the model of events: what is the case on a socket.
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>

#include "argument.h"
#include "model.h"
#include "tenon.h"

enum { ALL = TENON_POLLIN | TENON_POLLOUT | TENON_POLLERR };

static int open_events(int *why, int row) {
  *why = row;
  return EVENTS_OPEN;
}

static int of_listener(const model *m, const slot *it, int *why) {
  int vanished = 0;
  for (int i = 0; i < it->queued; i++) vanished += m->links[it->queue[i]].sides[1].has_reset;
  if (it->queued > vanished) return TENON_POLLIN;
  return vanished ? open_events(why, OPEN_VANISHED) : 0;
}

static int of_connection(const side *own, int *why) {
  if (own->vague) return open_events(why, own->vague);
  if (own->has_reset) return ALL;
  if (own->shut_rd) return open_events(why, OPEN_SHUT_RD);
  if (own->is_full == 2) return open_events(why, OPEN_ROOM);
  int is_readable = own->unread > 0 || own->has_end;
  return (is_readable ? TENON_POLLIN : 0) | (own->is_full ? 0 : TENON_POLLOUT);
}

static int of_datagrams(const slot *it, int *why) {
  if (it->refused || it->uncertain) return open_events(why, OPEN_REFUSED_ONCE);
  return (it->held ? TENON_POLLIN : 0) | TENON_POLLOUT;
}

int model_events(model *m, int s, int asked, int *why) {
  slot *it = model_slot(m, s);
  int events;
  if (asked == 0 || s == NO_SOCKET || (s < SLOTS && !it)) return 0;
  if (s == FILE_HANDLE) return open_events(why, OPEN_STDIN);
  if (!it) return TENON_POLLNVAL;
  if (it->kind == UDP)
    events = of_datagrams(it, why);
  else if (it->is_listening)
    events = of_listener(m, it, why);
  else if (it->begun == BEGUN_REFUSED)
    events = ALL;
  else if (it->failed || it->link == NONE)
    events = open_events(why, it->failed ? OPEN_FAILED : OPEN_NEVER_CONNECTED);
  else
    events = of_connection(model_side(m, it), why);
  return events == EVENTS_OPEN || events & TENON_POLLERR ? events : events & asked;
}
