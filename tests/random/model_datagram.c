/* model_datagram.c - the model of datagrams over loopback: who hears what.
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>
#include <string.h>

#include "argument.h"
#include "model.h"

static int own_port_of(const slot *it) {
  return it->port > 0 ? it->port : -2;
}

/* A connected socket hears its peer alone. */
static int accepts(const slot *receiver, const slot *sender, int family) {
  return receiver->peer_port == 0 || (receiver->peer_port == own_port_of(sender) && receiver->peer_family == family);
}

/* Who is to hear it: a slot, or NONE; several share the port if *count is above 1. */
static int find_receiver(const model *m, const slot *sender, const address *to, int *count) {
  int found = NONE;
  *count = 0;
  for (int s = 0; s < SLOTS; s++) {
    const slot *it = &m->slots[s];
    if (it->kind != UDP || !model_hears(m, s, to, sender->family)) continue;
    found = s;
    (*count)++;
  }
  return found;
}

static forecast deliver(model *m, slot *sender, int size, const address *to) {
  int count, at = find_receiver(m, sender, to, &count);
  if (count > 1) return forecast_avoid();
  if (at == NONE || !accepts(&m->slots[at], sender, to->family)) {
    if (sender->peer_port) sender->refused = sender->was_refused = 1;
    return forecast_value(size);
  }
  slot *it = &m->slots[at];
  if (it->held == QUEUE || (it->peer_port && it->family != sender->family)) return forecast_avoid();
  if (sender->refused) return forecast_avoid();
  it->datagrams[it->held++] = (datagram){size, (int)(sender - m->slots), 0};
  return forecast_value(size);
}

static int is_reachable(const slot *it, const address *to) {
  return to->family == it->family || (it->family == TENON_AF_INET6 && !it->v6only && to->family == TENON_AF_INET);
}

static forecast send_from(model *m, slot *it, int size, const address *to) {
  forecast f;
  if (to && it->peer_port && (to->port != it->peer_port || to->family != it->peer_family))
    return forecast_value(TENON_EISCONN);
  address peer = {it->peer_port, it->peer_family, 0, it->peer_kind};
  if (!to && !it->peer_port) return forecast_value(TENON_EDESTADDRREQ);
  if (!to) to = &peer;
  int was_refused = it->refused;
  f = deliver(m, it, size, to);
  if (!f.avoid) it->is_named = 1;
  return was_refused && !f.avoid ? forecast_open(OPEN_REFUSED_ONCE) : f;
}

forecast model_send_datagram(model *m, int s, int size, const address *to, int limit) {
  slot *it = model_slot(m, s);
  if (limit == LIMIT_BAD) return it ? forecast_value(TENON_EINVAL) : forecast_any();
  if (to && to->is_any == 2) return forecast_avoid();
  if (!it) return to ? forecast_any() : model_handle(m, s);
  if (model_is_stream(it) && to && (to->family != it->family || to->port == 0) && it->link != NONE)
    return forecast_avoid();
  int is_peer_wrong = model_is_stream(it) && to && it->link != NONE;
  if (is_peer_wrong && !open_is_shown(FOUND_STREAM_PEER)) return forecast_avoid();
  if (model_is_stream(it)) return to && it->link == NONE ? forecast_any() : model_send(m, s, size, limit);
  it->may_be_named = 1;
  if (!to) return send_from(m, it, size, NULL);
  if (to->family == TENON_AF_UNSPEC) return forecast_any();
  if (to->port == 0) return it->peer_port ? forecast_any() : forecast_value(TENON_EINVAL);
  if (!is_reachable(it, to)) return it->peer_port ? forecast_any() : forecast_value(TENON_EAFNOSUPPORT);
  if (to->family != it->family && it->port != 0 && !it->is_any) return forecast_avoid();
  return send_from(m, it, size, to);
}

static datagram first_datagram(slot *it, int is_taken) {
  datagram first = it->datagrams[0];
  if (is_taken) memmove(it->datagrams, it->datagrams + 1, (size_t)(--it->held) * sizeof first);
  return first;
}

/* cuts: the call may cut what is too large, instead of saying so; 2: and it only looks. */
forecast model_receive_datagram(model *m, int s, int size, int limit, int cuts, datagram *taken) {
  slot *it = model_slot(m, s);
  *taken = (datagram){0, NONE, 0};
  if (limit == LIMIT_BAD) return it ? forecast_value(TENON_EINVAL) : forecast_any();
  if (!it) return model_handle(m, s);
  if (model_is_stream(it)) return model_receive(m, s, size, limit, cuts == 2 ? PEEK : RECEIVE);
  if (cuts && size == 0) return forecast_value(0);
  if (it->uncertain) return forecast_open(it->uncertain);
  if (it->refused && it->held > 0) return forecast_avoid();
  if (it->refused) {
    it->refused = 0;
    return limit == LIMIT_NONE || limit == LIMIT_SHORT ? forecast_open(OPEN_REFUSED_ONCE) : forecast_avoid();
  }
  if (it->held == 0) return model_wait(m, limit);
  *taken = first_datagram(it, cuts != 2);
  if (taken->size <= size) return forecast_value(taken->size);
  return cuts ? forecast_open(OPEN_CUT) : forecast_value(TENON_EMSGSIZE);
}
