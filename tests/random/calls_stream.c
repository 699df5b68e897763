/* calls_stream.c - calls that send and receive on connections.
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>

#include "argument.h"
#include "calls.h"
#include "tenon/message.h"
#include "wants.h"

/* On a datagram socket the first calls for streams send and receive one datagram. */
static forecast model_any_send(model *m, int s, int size, int limit) {
  const slot *it = model_slot(m, s);
  return it && !model_is_stream(it) ? model_send_datagram(m, s, size, NULL, limit) : model_send(m, s, size, limit);
}

/* Where the bytes of this socket's direction are, or of those that come to it. */
typedef struct place {
  uint32_t position;
  int end;
} place;

static place place_of(model *m, int s, int is_sending, int size) {
  const slot *it = model_slot(m, s);
  const side *own = model_side(m, it);
  if (!own) return (place){(uint32_t)size, 0};
  return is_sending ? (place){own->sent, it->end} : (place){own->received, !it->end};
}

static void run_send(play *p, const int *a) {
  int size = argument_size(a[1]);
  place at = place_of(&p->m, a[0], 1, size);
  forecast f = model_any_send(&p->m, a[0], size, a[2]);
  if (!play_begins(p, f)) return;
  bytes_fill((unsigned char *)play_buffer, size, at.position, at.end);
  play_result(p, f, tenon_send(play_socket(p, a[0]), play_buffer, (size_t)size, argument_limit(a[2])), NULL);
}

static void run_sendv(play *p, const int *a) {
  int size = argument_size(a[1]), first = size / 3;
  tenon_buffer parts[] = {{play_buffer, (size_t)first}, {NULL, 0}, {play_buffer + first, (size_t)(size - first)}};
  place at = place_of(&p->m, a[0], 1, size);
  forecast f = model_any_send(&p->m, a[0], size, a[2]);
  if (!play_begins(p, f)) return;
  bytes_fill((unsigned char *)play_buffer, size, at.position, at.end);
  play_result(p, f, tenon_sendv(play_socket(p, a[0]), parts, 3, argument_limit(a[2])), NULL);
}

static forecast model_any_receive(model *m, int s, int size, int limit, int how) {
  datagram taken;
  const slot *it = model_slot(m, s);
  if (!it || model_is_stream(it)) return model_receive(m, s, size, limit, how);
  if (how == RECEIVE_ALL && (it->held > 0 || it->refused)) return forecast_avoid();
  return model_receive_datagram(m, s, size, limit, how == PEEK ? 2 : 1, &taken);
}

static int prepare(play *p, const int *a, int how, place *at, forecast *f) {
  *at = place_of(&p->m, a[0], 0, 0);
  *f = model_any_receive(&p->m, a[0], argument_size(a[1]), a[2], how);
  return play_begins(p, *f);
}

static void show_received(play *p, const int *a, forecast f, ptrdiff_t count, place at) {
  const slot *it = model_slot(&p->m, a[0]);
  const side *own = model_side(&p->m, it);
  int is_checked = count > 0 && own && !own->is_flooded;
  play_result(p, f, count, is_checked ? bytes_check((unsigned char *)play_buffer, count, at.position, at.end) : NULL);
}

static void run_recv(play *p, const int *a) {
  place at;
  forecast f;
  if (!prepare(p, a, RECEIVE, &at, &f)) return;
  size_t size = (size_t)argument_size(a[1]);
  show_received(p, a, f, tenon_recv(play_socket(p, a[0]), play_buffer, size, argument_limit(a[2])), at);
}

static void run_recv_all(play *p, const int *a) {
  place at;
  forecast f;
  if (!prepare(p, a, RECEIVE_ALL, &at, &f)) return;
  size_t size = (size_t)argument_size(a[1]);
  show_received(p, a, f, tenon_recv_all(play_socket(p, a[0]), play_buffer, size, argument_limit(a[2])), at);
}

static void run_peek(play *p, const int *a) {
  place at;
  forecast f;
  if (!prepare(p, a, PEEK, &at, &f)) return;
  size_t size = (size_t)argument_size(a[1]);
  show_received(p, a, f, tenon_peek(play_socket(p, a[0]), play_buffer, size, argument_limit(a[2])), at);
}

static void run_recvv(play *p, const int *a) {
  place at;
  forecast f;
  if (!prepare(p, a, RECEIVE, &at, &f)) return;
  int size = argument_size(a[1]), first = size / 3;
  tenon_buffer parts[] = {{play_buffer, (size_t)first}, {NULL, 0}, {play_buffer + first, (size_t)(size - first)}};
  show_received(p, a, f, tenon_recvv(play_socket(p, a[0]), parts, 3, argument_limit(a[2])), at);
}

const call calls_stream[] = {
    {"tenon_send(%, data, %, %)", "snl", 60, wants_connected, run_send},
    {"tenon_sendv(%, parts_of(%), 3, %)", "snl", 20, wants_connected, run_sendv},
    {"tenon_recv(%, data, %, %)", "snl", 60, wants_readable, run_recv},
    {"tenon_recv_all(%, data, %, %)", "snl", 20, wants_readable, run_recv_all},
    {"tenon_peek(%, data, %, %)", "snl", 15, wants_readable, run_peek},
    {"tenon_recvv(%, parts_of(%), 3, %)", "snl", 20, wants_readable, run_recvv},
    {NULL, NULL, 0, NULL, NULL},
};
