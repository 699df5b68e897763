/* wants.c - the sockets that calls are mostly made with, and the bytes that they carry.
 * SPDX-License-Identifier: MIT
 */
#include "wants.h"

#include <stddef.h>

static const side *side_of(const model *m, int s) {
  const slot *it = &m->slots[s];
  return it->kind != EMPTY && it->link != NONE ? &m->links[it->link].sides[it->end] : NULL;
}

static int is_healthy(const slot *it) {
  return it->kind != EMPTY && !it->failed && it->begun != BEGUN_REFUSED;
}

int wants_connected(const model *m, int s) {
  const side *own = side_of(m, s);
  return own && !own->vague && !own->shut_wr;
}

int wants_readable(const model *m, int s) {
  const side *own = side_of(m, s);
  return own && !own->vague && (own->unread > 0 || own->has_end || own->has_reset);
}

int wants_fresh(const model *m, int s) {
  const slot *it = &m->slots[s];
  return is_healthy(it) && it->link == NONE && !it->is_named;
}

int wants_bound(const model *m, int s) {
  const slot *it = &m->slots[s];
  return is_healthy(it) && it->kind == TCP && it->port > 0 && it->link == NONE && !it->is_listening;
}

int wants_listener(const model *m, int s) {
  return m->slots[s].is_listening;
}

int wants_full_listener(const model *m, int s) {
  return m->slots[s].is_listening && m->slots[s].queued > 0;
}

int wants_connectable(const model *m, int s) {
  const slot *it = &m->slots[s];
  return is_healthy(it) && it->link == NONE && !it->is_listening;
}

int wants_begun(const model *m, int s) {
  return m->slots[s].begun != BEGUN_NOT;
}

int wants_datagrams(const model *m, int s) {
  return m->slots[s].kind == UDP || m->slots[s].kind == LOCAL_UDP;
}

int wants_held(const model *m, int s) {
  return wants_datagrams(m, s) && m->slots[s].held > 0;
}

static int is_full(const model *m, int s) {
  const side *own = side_of(m, s);
  return own && own->is_full;
}

int wants_watched(const model *m, int s) {
  for (int i = 0; i < SLOTS; i++)
    if (is_full(m, i)) return is_full(m, s);
  return m->slots[s].kind != EMPTY;
}

int wants_worn(const model *m, int s) {
  const side *own = side_of(m, s);
  return m->slots[s].failed || (own && (own->vague || own->has_end || own->has_reset || own->shut_rd));
}

static unsigned char byte_at(uint32_t position, int end) {
  (void)end;
  return (unsigned char)(position * 31 + (position >> 8));
}

void bytes_fill(unsigned char *data, int size, uint32_t position, int end) {
  for (int i = 0; i < size; i++) data[i] = byte_at(position + (uint32_t)i, end);
}

const char *bytes_check(const unsigned char *data, intptr_t size, uint32_t position, int end) {
  for (intptr_t i = 0; i < size; i++)
    if (data[i] != byte_at(position + (uint32_t)i, end)) return "WRONG BYTES";
  return NULL;
}
