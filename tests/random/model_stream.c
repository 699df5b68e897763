/* model_stream.c - the model of sending and receiving on connections, and of their ends.
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>

#include "argument.h"
#include "model.h"

static int least(int a, int b) {
  return a < b ? a : b;
}

/* What a stream without a connection says to who sends or receives. */
static forecast without_connection(slot *it, int limit) {
  if (it->failed) return limit == LIMIT_NONE || limit == LIMIT_SHORT ? forecast_open(OPEN_FAILED) : forecast_avoid();
  if (it->begun != BEGUN_REFUSED) return forecast_value(TENON_ENOTCONN);
  it->begun = BEGUN_NOT;
  it->failed = 1;
  return forecast_value(TENON_ECONNREFUSED);
}

/* It has told its error; what comes then is open. */
static forecast tell(side *own, int code) {
  own->vague = OPEN_TOLD;
  return forecast_value(code);
}

/* ---- Receiving --------------------------------------------------------------------------------------------------- */

static forecast take(side *own, int size, int how) {
  int count = least(size, own->unread);
  if (how == PEEK) return forecast_value(count);
  if (own->is_flooded) return forecast_value(count);
  own->unread -= count;
  own->received += (uint32_t)count;
  return forecast_value(count);
}

static forecast take_all(model *m, side *own, int size, int limit) {
  if (own->unread >= size || own->has_end) return take(own, size, RECEIVE_ALL);
  forecast f = model_wait(m, limit);
  if (!f.avoid) take(own, size, RECEIVE_ALL);
  return f;
}

static forecast receive(model *m, side *own, int size, int limit, int how) {
  if (own->vague) return forecast_open(own->vague);
  if (own->shut_rd && own->unread > 0) return forecast_open(own->vague = OPEN_SHUT_RD);
  if (own->has_reset && own->unread > 0) return forecast_open(own->vague = OPEN_AFTER_RESET);
  if (own->has_reset) return tell(own, TENON_ECONNRESET);
  if (own->urgent) return forecast_avoid();
  if (own->unread > 0) return how == RECEIVE_ALL ? take_all(m, own, size, limit) : take(own, size, how);
  if (own->has_end || own->shut_rd) return forecast_value(0);
  return model_wait(m, limit);
}

forecast model_receive(model *m, int s, int size, int limit, int how) {
  slot *it = model_slot(m, s);
  if (limit == LIMIT_BAD) return it ? forecast_value(TENON_EINVAL) : forecast_any();
  if (!it) return model_handle(m, s);
  if (size == 0) return forecast_value(0);
  if (!model_side(m, it)) return without_connection(it, limit);
  it->begun = BEGUN_NOT;
  side *own = model_side(m, it), *other = model_other(m, it);
  forecast f = receive(m, own, size, limit, how);
  if (own->is_flooded && how != PEEK && f.is_known) other->is_full = 2;
  if (f.open && limit != LIMIT_NONE && limit != LIMIT_SHORT) f.avoid = 1;
  return f;
}

/* ---- Sending ----------------------------------------------------------------------------------------------------- */

static forecast deliver(side *own, side *other, int size) {
  if (other->unread + size > MOST_UNREAD) return forecast_avoid();
  other->unread += size;
  own->sent += (uint32_t)size;
  if (other->shut_rd) own->vague = other->vague = OPEN_SHUT_RD;
  return forecast_value(size);
}

/* Its peer has closed: TCP learns that from the answer to what it sends. */
static forecast send_to_nobody(const link *at, side *own, int size) {
  if (at->is_local) return forecast_open(own->vague = OPEN_PAIR);
  own->vague = OPEN_SENT_TO_ENDED;
  return forecast_value(size);
}

forecast model_send(model *m, int s, int size, int limit) {
  slot *it = model_slot(m, s);
  if (limit == LIMIT_BAD) return it ? forecast_value(TENON_EINVAL) : forecast_any();
  if (!it) return model_handle(m, s);
  if (size == 0 && model_is_stream(it)) return forecast_value(0);
  side *own = model_side(m, it), *other = model_other(m, it);
  if (!own) return without_connection(it, limit);
  it->begun = BEGUN_NOT;
  if (own->is_full) return forecast_avoid();
  if (own->shut_wr) return forecast_value(TENON_EPIPE);
  if (own->vague == OPEN_TOLD) return forecast_value(TENON_EPIPE);
  if (own->vague) return forecast_open(own->vague);
  if (own->has_reset) return tell(own, TENON_EPIPE);
  if (other->slot == GONE) return send_to_nobody(&m->links[it->link], own, size);
  return deliver(own, other, size);
}

/* ---- Ending ------------------------------------------------------------------------------------------------------ */

forecast model_shutdown(model *m, int s, int how) {
  slot *it = model_slot(m, s);
  if (how > 2) return it ? forecast_value(TENON_EINVAL) : forecast_any();
  if (!it) return model_handle(m, s);
  if (it->kind == UDP) return forecast_value(TENON_EOPNOTSUPP);
  if (it->failed || it->begun == BEGUN_REFUSED) return forecast_open(OPEN_FAILED);
  side *own = model_side(m, it), *other = model_other(m, it);
  if (!own) return forecast_value(TENON_ENOTCONN);
  if (how != 0) own->shut_wr = other->has_end = 1;
  if (how != 1) own->shut_rd = 1;
  if (how != 1 && m->links[it->link].is_local) other->vague = own->vague = OPEN_PAIR;
  return forecast_value(0);
}

void model_end(model *m, slot *it, int is_reset) {
  link *at = &m->links[it->link];
  side *own = model_side(m, it), *other = model_other(m, it);
  own->slot = GONE;
  if (own->vague && !other->vague) other->vague = own->vague;
  if (own->unread > 0 || is_reset)
    other->has_reset = 1;
  else
    other->has_end = 1;
  if (is_reset && at->is_local) other->vague = OPEN_PAIR;
  if (own->shut_rd && own->unread > 0) other->vague = OPEN_SHUT_RD;
  if (other->slot == GONE) at->is_used = 0;
}

forecast model_close_gracefully(model *m, int s, int limit) {
  slot *it = model_slot(m, s);
  if (!it) return limit == LIMIT_BAD ? forecast_any() : model_handle(m, s);
  side *own = model_side(m, it);
  forecast f = forecast_value(0);
  if (it->kind == UDP)
    f = forecast_value(limit == LIMIT_BAD ? TENON_EINVAL : TENON_EOPNOTSUPP);
  else if (it->failed || it->begun == BEGUN_REFUSED)
    f = forecast_open(OPEN_FAILED);
  else if (limit == LIMIT_BAD)
    f = forecast_value(TENON_EINVAL);
  else if (!own)
    f = forecast_value(TENON_ENOTCONN);
  else if (own->vague || (own->has_reset && own->unread > 0))
    f = forecast_open(own->vague ? own->vague : OPEN_AFTER_RESET);
  else if (own->has_reset)
    f = forecast_value(TENON_ECONNRESET);
  else if (own->urgent)
    f = forecast_avoid();
  else if (!own->has_end && !own->shut_rd)
    f = model_wait(m, limit);
  if (f.open && limit != LIMIT_NONE && limit != LIMIT_SHORT) f.avoid = 1;
  if (f.avoid) return f;
  if (own && limit != LIMIT_BAD) own->unread = 0;
  model_close(m, s);
  return f;
}
