/* calls_socket.c - calls that open sockets, give them addresses, connect and close them.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "argument.h"
#include "calls.h"
#include "wants.h"

static const int family_of[] = {TENON_AF_INET, TENON_AF_INET6, TENON_AF_UNSPEC, 77};
static const int type_of[] = {TENON_SOCK_STREAM, TENON_SOCK_DGRAM, 0, 9};
static const int protocol_of[] = {0, TENON_IPPROTO_TCP, TENON_IPPROTO_UDP, 77};

static forecast model_socket(model *m, const int *a) {
  int is_usual = a[1] < 2 && a[2] < 2;
  if (m->slots[a[0]].kind != EMPTY) return forecast_avoid();
  if (!is_usual || a[3] > 2 || (a[3] && a[3] != a[2] + 1))
    return is_usual ? forecast_value(TENON_EPROTONOSUPPORT) : forecast_any();
  model_open(m, a[0], a[2] == 0 ? TCP : UDP, family_of[a[1]]);
  return forecast_value(0);
}

static void run_socket(play *p, const int *a) {
  forecast f = model_socket(&p->m, a);
  if (!play_begins(p, f)) return;
  tenon_sock s = tenon_socket(family_of[a[1]], type_of[a[2]], protocol_of[a[3]]);
  p->sockets[a[0]] = s;
  p->told_fields[a[0]] = 0;
  play_handle(p, f, s);
}

static void run_socketpair(play *p, const int *a) {
  tenon_sock pair[2] = {TENON_NO_SOCK, TENON_NO_SOCK};
  int is_free = a[0] != a[1] && p->m.slots[a[0]].kind == EMPTY && p->m.slots[a[1]].kind == EMPTY;
  forecast f = is_free ? forecast_value(0) : forecast_avoid();
  if (is_free) model_pair(&p->m, a[0], a[1]);
  if (!play_begins(p, f)) return;
  int result = tenon_socketpair(pair);
  p->sockets[a[0]] = pair[0];
  p->sockets[a[1]] = pair[1];
  play_result(p, f, result, NULL);
}

static void run_close(play *p, const int *a) {
  tenon_sock s = play_socket(p, a[0]);
  forecast f = a[0] == FILE_HANDLE ? forecast_avoid() : model_handle(&p->m, a[0]);
  if (model_slot(&p->m, a[0])) {
    model_close(&p->m, a[0]);
    f = forecast_value(0);
  }
  if (play_begins(p, f)) play_result(p, f, tenon_close(s), NULL);
}

static void run_close_gracefully(play *p, const int *a) {
  tenon_sock s = play_socket(p, a[0]);
  forecast f = a[0] == FILE_HANDLE ? forecast_avoid() : model_close_gracefully(&p->m, a[0], a[1]);
  if (play_begins(p, f)) play_result(p, f, tenon_close_gracefully(s, argument_limit(a[1])), NULL);
}

static void run_adopt(play *p, const int *a) {
  forecast f = model_slot(&p->m, a[0]) ? forecast_value(0) : model_handle(&p->m, a[0]);
  if (play_begins(p, f)) play_result(p, f, tenon_adopt(play_socket(p, a[0])), NULL);
}

/* ---- Addresses --------------------------------------------------------------------------------------------------- */

static void run_bind(play *p, const int *a) {
  address to;
  const tenon_addr *local = p->is_dry ? NULL : play_address(p, a[1]);
  tenon_sock s = play_socket(p, a[0]);
  forecast f = model_bind(&p->m, a[0], argument_address(&p->m, a[1], &to) ? &to : NULL);
  if (!play_begins(p, f)) return;
  int result = tenon_bind(s, local);
  if (result == 0 && a[0] < SLOTS) tenon_getsockname(s, &p->at[a[0]]);
  play_result(p, f, result, NULL);
}

static const char *describe(const tenon_addr *addr) {
  static char text[TENON_ADDR_TEXT + 16];
  tenon_addr host = *addr;
  host.port = 0;
  int length = tenon_addr_format(&host, text, TENON_ADDR_TEXT);
  snprintf(text + (length < 0 ? 0 : length), 16, addr->port ? " and a port" : " and no port");
  return text;
}

static void run_getsockname(play *p, const int *a) {
  tenon_addr local;
  forecast f = model_handle(&p->m, a[0]);
  const slot *it = model_slot(&p->m, a[0]);
  if (it && it->kind == PAIR) f = forecast_open(OPEN_PAIR);
  if (it && it->failed) f = forecast_open(OPEN_FAILED);
  if (it && it->may_be_named && !it->is_named) f = forecast_open(OPEN_MAY_BE_NAMED);
  if (!play_begins(p, f)) return;
  int result = tenon_getsockname(play_socket(p, a[0]), &local);
  play_result(p, f, result, result == 0 ? describe(&local) : NULL);
}

static forecast model_getpeername(model *m, int s) {
  slot *it = model_slot(m, s);
  const side *own = model_side(m, it);
  if (!it) return model_handle(m, s);
  if (it->kind == PAIR) return forecast_open(OPEN_PAIR);
  if (it->kind == UDP) return forecast_value(it->peer_port ? 0 : TENON_ENOTCONN);
  if (it->failed || it->begun == BEGUN_REFUSED) return forecast_open(OPEN_FAILED);
  if (!own) return forecast_value(TENON_ENOTCONN);
  int is_over = own->vague || own->has_reset || (own->has_end && own->shut_wr);
  return is_over ? forecast_open(OPEN_PEER_NAME) : forecast_value(0);
}

static void run_getpeername(play *p, const int *a) {
  tenon_addr peer;
  forecast f = model_getpeername(&p->m, a[0]);
  if (!play_begins(p, f)) return;
  int result = tenon_getpeername(play_socket(p, a[0]), &peer);
  play_result(p, f, result, result == 0 ? describe(&peer) : NULL);
}

/* ---- Connections ------------------------------------------------------------------------------------------------- */

static void run_listen(play *p, const int *a) {
  static const int backlogs[] = {8, -1, 64, 0, 2147483647};
  forecast f = model_listen(&p->m, a[0], backlogs[a[1]]);
  if (play_begins(p, f)) play_result(p, f, tenon_listen(play_socket(p, a[0]), backlogs[a[1]]), NULL);
}

/* The port by which the listener knows the client. */
static void note_client(play *p, int s, tenon_sock client) {
  tenon_addr local;
  const slot *it = model_slot(&p->m, s);
  if (it && it->link != NONE && it->end == 0 && tenon_getsockname(client, &local) == 0)
    p->m.links[it->link].client_port = local.port;
}

static void run_connect(play *p, const int *a) {
  address to;
  const tenon_addr *peer = p->is_dry ? NULL : play_address(p, a[1]);
  tenon_sock s = play_socket(p, a[0]);
  forecast f = model_connect(&p->m, a[0], argument_address(&p->m, a[1], &to) ? &to : NULL, a[2]);
  if (!play_begins(p, f)) return;
  int result = tenon_connect(s, peer, argument_limit(a[2]));
  if (f.open == OPEN_BEGIN) play_settle(p, a[0]);
  if (f.open == OPEN_BEGIN || result == 0) note_client(p, a[0], s);
  play_result(p, f, result, NULL);
}

static void run_connect_result(play *p, const int *a) {
  forecast f = model_connect_result(&p->m, a[0], a[1]);
  if (play_begins(p, f)) play_result(p, f, tenon_connect_result(play_socket(p, a[0]), argument_limit(a[1])), NULL);
}

/* Passes over clients that the model has dropped, as some systems still hand them over. */
static tenon_sock accept_expected(play *p, tenon_sock s, int target, int limit) {
  for (;;) {
    tenon_addr peer;
    const slot *it = model_slot(&p->m, target);
    tenon_sock client = tenon_accept(s, &peer, limit);
    if (client < 0 || (it && p->m.links[it->link].client_port == peer.port)) return client;
    tenon_close(client);
  }
}

static void run_accept(play *p, const int *a) {
  tenon_sock s = play_socket(p, a[1]);
  forecast f = model_accept(&p->m, a[1], a[0], a[2]);
  if (!play_begins(p, f)) return;
  tenon_sock client = accept_expected(p, s, f.is_known && f.value == 0 ? a[0] : SLOTS, argument_limit(a[2]));
  if (client >= 0) p->sockets[a[0]] = client;
  play_handle(p, f, client);
}

static void run_shutdown(play *p, const int *a) {
  static const int hows[] = {TENON_SHUT_RD, TENON_SHUT_WR, TENON_SHUT_RDWR, 3, -1};
  tenon_sock s = play_socket(p, a[0]);
  forecast f = model_shutdown(&p->m, a[0], a[1]);
  if (play_begins(p, f)) play_result(p, f, tenon_shutdown(s, hows[a[1]]), NULL);
}

const call calls_socket[] = {
    {"% = tenon_socket(%, %, %)", "eftc", 120, NULL, run_socket},
    {"pair(%, %)", "ee", 10, NULL, run_socketpair},
    {"tenon_close(%)", "s", 50, wants_worn, run_close},
    {"tenon_close_gracefully(%, %)", "sl", 10, wants_worn, run_close_gracefully},
    {"tenon_adopt(%)", "s", 4, NULL, run_adopt},
    {"tenon_bind(%, %)", "sa", 60, wants_fresh, run_bind},
    {"tenon_getsockname(%, &addr)", "s", 12, NULL, run_getsockname},
    {"tenon_getpeername(%, &addr)", "s", 12, wants_connected, run_getpeername},
    {"tenon_listen(%, %)", "sb", 40, wants_bound, run_listen},
    {"tenon_connect(%, %, %)", "sal", 80, wants_connectable, run_connect},
    {"tenon_connect_result(%, %)", "sl", 20, wants_begun, run_connect_result},
    {"% = tenon_accept(%, NULL, %)", "esl", 60, NULL, run_accept},
    {"tenon_shutdown(%, %)", "sh", 15, wants_connected, run_shutdown},
    {NULL, NULL, 0, NULL, NULL},
};
