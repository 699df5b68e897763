/* model.c - the model of sockets: opening, pairing, naming, closing.
 * SPDX-License-Identifier: MIT
 */
#include "model.h"

#include <stddef.h>
#include <string.h>

#include "argument.h"

forecast forecast_value(intptr_t value) {
  return (forecast){.is_known = 1, .value = value};
}

forecast forecast_any(void) {
  return (forecast){.avoid = 0};
}

forecast forecast_open(int row) {
  return (forecast){.open = row};
}

forecast forecast_avoid(void) {
  return (forecast){.avoid = 1};
}

static void clear_slot(slot *it) {
  memset(it, 0, sizeof *it);
  it->link = NONE;
  for (size_t i = 0; i < sizeof it->options / sizeof *it->options; i++) it->options[i] = UNSET;
}

void model_start(model *m) {
  memset(m, 0, sizeof *m);
  for (int s = 0; s < SLOTS; s++) clear_slot(&m->slots[s]);
  m->cancelling = NONE;
}

slot *model_slot(model *m, int s) {
  return s < SLOTS && m->slots[s].kind != EMPTY ? &m->slots[s] : NULL;
}

side *model_side(model *m, const slot *it) {
  return it && it->link != NONE ? &m->links[it->link].sides[it->end] : NULL;
}

side *model_other(model *m, const slot *it) {
  return it && it->link != NONE ? &m->links[it->link].sides[!it->end] : NULL;
}

int model_is_stream(const slot *it) {
  return it->kind == TCP || it->kind == PAIR || it->kind == LOCAL;
}

forecast model_handle(const model *m, int s) {
  if (s == FILE_HANDLE) return forecast_value(TENON_ENOTSOCK);
  if (s >= SLOTS || m->slots[s].kind == EMPTY) return forecast_value(TENON_EBADF);
  return forecast_any();
}

void model_open(model *m, int s, socket_kind kind, int family) {
  clear_slot(&m->slots[s]);
  m->slots[s].kind = kind;
  m->slots[s].family = family;
}

static int new_link(model *m) {
  for (int i = 0; i < LINKS; i++) {
    if (m->links[i].is_used) continue;
    memset(&m->links[i], 0, sizeof m->links[i]);
    m->links[i].is_used = 1;
    return i;
  }
  return NONE;
}

void model_pair(model *m, int a, int b) {
  int at = new_link(m), ends[2] = {a, b};
  m->links[at].is_local = 1;
  for (int i = 0; i < 2; i++) {
    model_open(m, ends[i], PAIR, TENON_AF_UNSPEC);
    m->slots[ends[i]].link = at;
    m->slots[ends[i]].end = i;
    m->links[at].sides[i].slot = ends[i];
  }
}

void model_name(model *m, int s, int port, int is_any) {
  slot *it = &m->slots[s];
  it->port = port;
  it->is_any = is_any;
  it->is_named = 1;
  m->at[s] = (address){port, it->family, is_any, (int)it->kind};
}

/* A second bind to the port may find connections there that are not over. */
static void spoil_port(model *m, const slot *it) {
  int room = (int)(sizeof m->spoiled / sizeof *m->spoiled);
  if (it->port <= 0 || it->kind != TCP || !it->was_connected || m->spoiled_count == room) return;
  m->spoiled[m->spoiled_count].port = it->port;
  m->spoiled[m->spoiled_count].kind = (int)it->kind;
  m->spoiled[m->spoiled_count++].why = OPEN_CLIENT_PORT;
}

static void close_queue(model *m, slot *it) {
  for (int i = 0; i < it->queued; i++) {
    link *at = &m->links[it->queue[i]];
    at->sides[1].slot = GONE;
    if (at->sides[0].slot == GONE)
      at->is_used = 0;
    else
      at->sides[0].has_reset = 1;
  }
}

void model_close(model *m, int s) {
  slot *it = &m->slots[s];
  spoil_port(m, it);
  if (it->is_listening) close_queue(m, it);
  if (it->link != NONE) model_end(m, it, it->reset_on_close);
  for (int i = 0; i < POLLERS; i++) memset(&m->pollers[i].of[s], 0, sizeof m->pollers[i].of[s]);
  clear_slot(it);
}

forecast model_wait(const model *m, int limit) {
  if (limit == LIMIT_NONE) return forecast_value(TENON_EAGAIN);
  if (m->cancelling != NONE && m->wakers[m->cancelling].fired) return forecast_value(TENON_ECANCELED);
  if (limit == LIMIT_SHORT) return forecast_value(TENON_ETIMEDOUT);
  return forecast_avoid();
}
