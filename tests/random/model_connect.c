/* model_connect.c - the model of binding, listening, connecting and accepting.
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>
#include <string.h>

#include "argument.h"
#include "model.h"

static int is_dual(const slot *it) {
  return it->family == TENON_AF_INET6 && !it->v6only;
}

/* Whether two sockets cannot have one port: each is bound to all addresses or to the loopback address. */
static int overlap(const slot *a, int family, int is_any, int is_dual_stack) {
  if (a->family == family) return 1;
  if (a->is_any && is_dual(a)) return 1;
  return is_any && is_dual_stack;
}

int model_owner(const model *m, int port, int kind, int skip) {
  for (int s = 0; s < SLOTS; s++)
    if (s != skip && m->slots[s].kind == (unsigned)kind && m->slots[s].port == port && port > 0) return s;
  return NONE;
}

/* Whether what is sent or connected to an address, by IPv4 or IPv6, comes to this socket. */
int model_hears(const model *m, int s, const address *to, int from_family) {
  const slot *it = &m->slots[s];
  (void)from_family;
  if (it->kind == EMPTY || it->port <= 0 || it->port != to->port) return 0;
  if (it->family == to->family) return 1;
  return is_dual(it) && it->is_any && to->family == TENON_AF_INET;
}

static forecast check_taken(const model *m, int s, const slot *it, const address *to) {
  for (int i = 0; i < SLOTS; i++) {
    const slot *other = &m->slots[i];
    if (i == s || other->kind != it->kind || other->port != to->port) continue;
    if (other->failed || other->begun == BEGUN_REFUSED) /* its port is free on Linux */
      return open_is_shown(FOUND_LOST_PORT) ? forecast_value(TENON_EADDRINUSE) : forecast_avoid();
    if (other->share && it->share) return forecast_open(OPEN_SHARED);
    if (overlap(other, to->family, to->is_any, is_dual(it))) return forecast_value(TENON_EADDRINUSE);
  }
  for (int i = 0; i < m->spoiled_count; i++)
    if (m->spoiled[i].port == to->port && m->spoiled[i].kind == (int)it->kind) return forecast_avoid();
  return forecast_value(0);
}

forecast model_bind(model *m, int s, const address *to) {
  slot *it = model_slot(m, s);
  if (!to) return it ? forecast_value(TENON_EINVAL) : forecast_any();
  if (!it && to->family != TENON_AF_UNSPEC) return model_handle(m, s);
  if (!it || to->family == TENON_AF_UNSPEC) return forecast_any();
  if (it->kind == PAIR) return forecast_open(OPEN_PAIR);
  if (to->port > 0 && to->kind != (int)it->kind) return forecast_avoid(); /* others may have that port */
  if (it->failed || it->begun == BEGUN_REFUSED) return forecast_open(OPEN_FAILED);
  if (to->family != it->family && !(is_dual(it) && to->family == TENON_AF_INET))
    return forecast_value(TENON_EAFNOSUPPORT);
  int is_free = to->port == 0 || model_owner(m, to->port, (int)it->kind, NONE) == NONE;
  if (it->is_named || it->link != NONE) return is_free ? forecast_value(TENON_EINVAL) : forecast_open(OPEN_ORDER);
  if (it->may_be_named) return forecast_avoid();
  if (to->is_any == 2) return it->kind == UDP ? forecast_avoid() : forecast_value(TENON_EADDRNOTAVAIL);
  if (to->family != it->family) return forecast_avoid(); /* as the address would be of the other family */
  if (to->port == REFUSING_PORT) return it->kind == TCP ? forecast_value(TENON_EADDRINUSE) : forecast_avoid();
  forecast f = to->port == 0 ? forecast_value(0) : check_taken(m, s, it, to);
  if (f.is_known && f.value == 0) model_name(m, s, to->port ? to->port : ++m->last_port, to->is_any);
  return f;
}

forecast model_listen(model *m, int s, int backlog) {
  slot *it = model_slot(m, s);
  if (!it) return model_handle(m, s);
  if (it->kind == UDP) return forecast_value(TENON_EOPNOTSUPP);
  if (it->failed || it->begun == BEGUN_REFUSED) return forecast_open(OPEN_FAILED);
  if (it->link != NONE || !it->is_named) return forecast_value(TENON_EINVAL);
  it->is_listening = 1;
  it->backlog = backlog;
  return forecast_value(0);
}

/* ---- Connecting -------------------------------------------------------------------------------------------------- */

static int free_link(model *m) {
  for (int i = 0; i < LINKS; i++) {
    if (m->links[i].is_used) continue;
    memset(&m->links[i], 0, sizeof m->links[i]);
    m->links[i].is_used = 1;
    return i;
  }
  return NONE;
}

static forecast join(model *m, int s, int listener, int limit) {
  slot *it = &m->slots[s], *to = &m->slots[listener];
  int room = to->backlog == 0 ? 1 : QUEUE, at = NONE;
  if (to->queued >= room || (at = free_link(m)) == NONE) return forecast_avoid();
  m->links[at].sides[0].slot = s;
  m->links[at].sides[1].slot = QUEUED;
  to->queue[to->queued++] = at;
  it->link = at;
  it->end = 0;
  it->is_named = it->was_connected = 1;
  it->begun = limit == LIMIT_NONE ? BEGUN_WELL : BEGUN_NOT;
  return limit == LIMIT_NONE ? forecast_open(OPEN_BEGIN) : forecast_value(0);
}

static forecast refuse(slot *it, int limit) {
  it->is_named = it->was_connected = 1;
  if (limit == LIMIT_NONE) {
    it->begun = BEGUN_REFUSED;
    return forecast_open(OPEN_BEGIN);
  }
  it->failed = 1;
  return forecast_value(TENON_ECONNREFUSED);
}

static forecast connect_stream(model *m, int s, const address *to, int limit) {
  slot *it = &m->slots[s];
  for (int i = 0; i < SLOTS; i++)
    if (m->slots[i].is_listening && m->slots[i].kind == TCP && model_hears(m, i, to, it->family))
      return join(m, s, i, limit);
  int is_self = model_hears(m, s, to, it->family);
  forecast f = refuse(it, limit);
  if (is_self) it->failed = 1, it->begun = BEGUN_NOT;
  return f;
}

static forecast connect_datagrams(slot *it, const address *to) {
  it->peer_port = to->port;
  it->peer_family = to->family;
  it->peer_kind = to->kind;
  it->is_named = 1;
  return forecast_value(0);
}

/* Of a socket that is bound to one loopback address and connects to that of the other family, or from all addresses. */
static int crosses_families(const slot *it, const address *to) {
  if (it->kind == UDP && it->peer_port && it->peer_family != to->family) return 1;
  return it->family != to->family && it->port != 0 && !it->is_any;
}

forecast model_connect(model *m, int s, const address *to, int limit) {
  slot *it = model_slot(m, s);
  if (limit == LIMIT_BAD || !to) return it ? forecast_value(TENON_EINVAL) : forecast_any();
  if (to->is_any == 2) return forecast_avoid();
  if (!it) return to->family == TENON_AF_UNSPEC || to->port == 0 ? forecast_any() : model_handle(m, s);
  if (it->failed || it->begun == BEGUN_REFUSED) return forecast_open(OPEN_FAILED);
  if (to->family == TENON_AF_UNSPEC || it->is_listening || it->kind == PAIR) return forecast_any();
  it->may_be_named = it->kind == UDP;
  if (to->port == 0) return forecast_value(TENON_EINVAL);
  if (model_is_stream(it) && it->link != NONE) return forecast_value(TENON_EISCONN);
  int is_reachable = to->family == it->family || (is_dual(it) && to->family == TENON_AF_INET);
  if (!is_reachable && it->kind == UDP && !open_is_shown(FOUND_OTHER_FAMILY)) return forecast_avoid();
  if (!is_reachable) return forecast_value(TENON_EAFNOSUPPORT);
  if (crosses_families(it, to)) return forecast_avoid();
  return it->kind == UDP ? connect_datagrams(it, to) : connect_stream(m, s, to, limit);
}

forecast model_connect_result(model *m, int s, int limit) {
  slot *it = model_slot(m, s);
  if (limit == LIMIT_BAD) return it ? forecast_value(TENON_EINVAL) : forecast_any();
  if (!it) return model_handle(m, s);
  if (it->failed) return forecast_open(OPEN_FAILED);
  if (it->kind == UDP || it->kind == PAIR) return forecast_any();
  int was = it->begun;
  side *own = model_side(m, it);
  if (own && (own->has_reset || own->vague)) return forecast_open(own->vague ? own->vague : (own->vague = OPEN_TOLD));
  it->begun = BEGUN_NOT;
  if (was == BEGUN_REFUSED) {
    it->failed = 1;
    return forecast_value(TENON_ECONNREFUSED);
  }
  return forecast_value(it->link != NONE ? 0 : TENON_ENOTCONN);
}

/* ---- Accepting --------------------------------------------------------------------------------------------------- */

/* Clients that broke the connection off are passed over by some systems and handed over by others. */
static void drop_vanished(model *m, slot *it) {
  int kept = 0;
  for (int i = 0; i < it->queued; i++) {
    link *at = &m->links[it->queue[i]];
    if (at->sides[1].has_reset)
      at->is_used = 0;
    else
      it->queue[kept++] = it->queue[i];
  }
  it->queued = kept;
}

forecast model_accept(model *m, int s, int target, int limit) {
  slot *it = model_slot(m, s);
  if (m->slots[target].kind != EMPTY) return forecast_avoid();
  if (limit == LIMIT_BAD) return it ? forecast_value(TENON_EINVAL) : forecast_any();
  if (!it) return model_handle(m, s);
  if (it->failed || it->begun == BEGUN_REFUSED) return forecast_open(OPEN_FAILED);
  if (!it->is_listening) return it->kind == UDP ? forecast_any() : forecast_value(TENON_EINVAL);
  drop_vanished(m, it);
  if (it->queued == 0) return model_wait(m, limit);
  int at = it->queue[0];
  memmove(it->queue, it->queue + 1, (size_t)(--it->queued) * sizeof *it->queue);
  model_open(m, target, TCP, it->family);
  m->slots[target].link = at;
  m->slots[target].end = 1;
  m->slots[target].is_named = 1;
  m->links[at].sides[1].slot = target;
  return forecast_value(0);
}
