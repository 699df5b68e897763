/* calls_file.c - files that are sent, and sockets made by name.
 * SPDX-License-Identifier: MIT
 */
#include "tenon/file.h"

#include <stdio.h>
#include <string.h>

#include "argument.h"
#include "calls.h"
#include "support.h"
#include "wants.h"

enum { FILE_BYTES = 60000 };

/* A file whose bytes are those of any connection at the same position. */
static FILE *sample(void) {
  static FILE *file;
  static unsigned char bytes[FILE_BYTES];
  if (file) return file;
  file = tmpfile();
  if (!file) file = support_create_file("tenon_random.tmp");
  bytes_fill(bytes, FILE_BYTES, 0, 0);
  if (file && (fwrite(bytes, 1, FILE_BYTES, file) != FILE_BYTES || fflush(file) != 0)) file = NULL;
  return file;
}

static forecast model_sendfile(model *m, const int *a, uint32_t *offset) {
  slot *it = model_slot(m, a[0]);
  side *own = model_side(m, it);
  if (!it) return a[2] == LIMIT_BAD ? forecast_any() : model_handle(m, a[0]);
  if (it->kind == UDP) return a[2] == LIMIT_BAD ? forecast_any() : forecast_value(TENON_EOPNOTSUPP);
  if (a[2] == LIMIT_BAD) return forecast_value(TENON_EINVAL);
  if (own) *offset = own->sent;
  if (*offset + (uint32_t)argument_size(a[1]) > FILE_BYTES || argument_size(a[1]) == 0) return forecast_avoid();
  return model_send(m, a[0], argument_size(a[1]), a[2]);
}

static void run_sendfile(play *p, const int *a) {
  uint32_t offset = 0;
  forecast f = model_sendfile(&p->m, a, &offset);
  if (!play_begins(p, f)) return;
  int64_t n =
      tenon_sendfile(play_socket(p, a[0]), sample(), (int64_t)offset, argument_size(a[1]), argument_limit(a[2]));
  play_result(p, f, (intptr_t)n, NULL);
}

static void run_file_open(play *p, const int *a) {
  static const char *const paths[] = {"", ".", "no/such/file", "nothing-of-that-name", "..", "nul.txt/x"};
  FILE *file = NULL;
  if (!play_begins(p, forecast_any())) return;
  int result = tenon_file_open(&file, paths[a[0] % 6]);
  if (file) fclose(file);
  play_result(p, forecast_any(), result, NULL);
}

static void run_file_size(play *p, const int *a) {
  int64_t modified;
  forecast f = forecast_value(a[0] ? FILE_BYTES : TENON_EINVAL);
  if (play_begins(p, f)) play_result(p, f, (intptr_t)tenon_file_size(a[0] ? sample() : NULL, &modified), NULL);
}

/* ---- By name ----------------------------------------------------------------------------------------------------- */

static const char *const hosts[] = {"127.0.0.1", "::1"};

static void run_tcp_listen(play *p, const int *a) {
  int family = a[1] ? TENON_AF_INET6 : TENON_AF_INET;
  forecast f = p->m.slots[a[0]].kind == EMPTY ? forecast_value(0) : forecast_avoid();
  if (!f.avoid) {
    model_open(&p->m, a[0], TCP, family);
    model_name(&p->m, a[0], ++p->m.last_port, 0);
    p->m.slots[a[0]].is_listening = 1;
    p->m.slots[a[0]].backlog = 8;
    p->m.slots[a[0]].v6only = a[1];
    if (a[1]) p->m.slots[a[0]].options[TENON_OPT_V6ONLY] = 1;
  }
  if (!play_begins(p, f)) return;
  tenon_sock s = tenon_tcp_listen(hosts[a[1]], a[1] ? "0" : NULL, 8);
  p->sockets[a[0]] = s;
  if (s >= 0) tenon_getsockname(s, &p->at[a[0]]);
  play_handle(p, f, s);
}

static void run_udp_bind(play *p, const int *a) {
  forecast f = p->m.slots[a[0]].kind == EMPTY ? forecast_value(0) : forecast_avoid();
  if (!f.avoid) {
    model_open(&p->m, a[0], UDP, a[1] ? TENON_AF_INET6 : TENON_AF_INET);
    model_name(&p->m, a[0], ++p->m.last_port, 0);
    p->m.slots[a[0]].v6only = a[1];
    if (a[1]) p->m.slots[a[0]].options[TENON_OPT_V6ONLY] = 1;
  }
  if (!play_begins(p, f)) return;
  tenon_sock s = tenon_udp_bind(hosts[a[1]], NULL);
  p->told_fields[a[0]] = 0;
  p->sockets[a[0]] = s;
  if (s >= 0) tenon_getsockname(s, &p->at[a[0]]);
  play_handle(p, f, s);
}

/* A new socket that connects to the address of another one, by its number as text. */
static forecast model_dial(model *m, const int *a, int kind) {
  address to = m->at[a[1]];
  if (m->slots[a[0]].kind != EMPTY || to.port <= 0 || to.kind != kind) return forecast_avoid();
  if (kind == TCP && a[2] == LIMIT_NONE) return forecast_value(TENON_EINVAL);
  if (a[2] == LIMIT_BAD || a[2] == LIMIT_NONE) return forecast_value(TENON_EINVAL);
  model_open(m, a[0], (socket_kind)kind, to.family);
  forecast f = model_connect(m, a[0], &to, LIMIT_LONG);
  if (!f.is_known || f.value != 0) model_close(m, a[0]);
  return f;
}

static void run_dial(play *p, const int *a, int kind) {
  char port[16];
  tenon_addr local;
  forecast f = model_dial(&p->m, a, kind);
  if (!play_begins(p, f)) return;
  const char *host = hosts[p->at[a[1]].family == TENON_AF_INET6];
  snprintf(port, sizeof port, "%u", (unsigned)p->at[a[1]].port);
  tenon_sock s = kind == TCP ? tenon_tcp_connect(host, port, argument_limit(a[2]))
                             : tenon_udp_connect(host, port, argument_limit(a[2]));
  const slot *it = model_slot(&p->m, a[0]);
  if (s >= 0 && it) p->sockets[a[0]] = s;
  p->told_fields[a[0]] = 0;
  if (s >= 0 && it && it->link != NONE && tenon_getsockname(s, &local) == 0)
    p->m.links[it->link].client_port = local.port;
  play_handle(p, f, s);
}

static void run_tcp_connect(play *p, const int *a) {
  run_dial(p, a, TCP);
}

static void run_udp_connect(play *p, const int *a) {
  run_dial(p, a, UDP);
}

const call calls_file[] = {
    {"send_file(%, %, %)", "snl", 20, wants_connected, run_sendfile},
    {"open_file(paths[%])", "i", 3, NULL, run_file_open},
    {"file_size(%)", "d", 2, NULL, run_file_size},
    {"% = tcp_listen(hosts[%])", "ed", 12, NULL, run_tcp_listen},
    {"% = udp_bind(hosts[%])", "ed", 12, NULL, run_udp_bind},
    {"% = tcp_connect_to(at_of(%), %)", "eBl", 20, NULL, run_tcp_connect},
    {"% = udp_connect_to(at_of(%), %)", "eBl", 12, NULL, run_udp_connect},
    {NULL, NULL, 0, NULL, NULL},
};
