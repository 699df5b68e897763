/* play.c - plays a program: calls, and waits in between until what was sent has arrived.
 * SPDX-License-Identifier: MIT
 */
#include "play.h"

#include <stdio.h>
#include <string.h>

#include "argument.h"
#include "coverage.h"
#include "support.h"
#include "tenon/interfaces.h"
#include "tenon/option.h"
#include "tenon/trace.h"
#include "watchdog.h"

enum { CALL_SECONDS = 20, STEP_MS = 1 };

char play_buffer[BUFFER];

const call *call_row(int row) {
  for (int table = 0; call_tables[table]; table++)
    for (const call *it = call_tables[table]; it->text; it++)
      if (row-- == 0) return it;
  return NULL;
}

/* ---- Lines ------------------------------------------------------------------------------------------------------- */

static void write_call(play *p) {
  const call *row = call_row(p->now->row);
  int at = snprintf(p->line, LINE, "%03d ", p->number), argument = 0;
  for (const char *text = row->text; *text; text++) {
    if (*text == '%') {
      argument_text(row->arguments[argument], p->now->arguments[argument], p->line + at, (size_t)(LINE - at));
      argument++;
    } else {
      snprintf(p->line + at, (size_t)(LINE - at), "%c", *text);
    }
    at = (int)strlen(p->line);
  }
}

static void print_line(play *p, forecast f, const char *text, int is_expected) {
  int is_open = f.open && !open_is_shown(f.open);
  int is_surprise = !is_open && (!is_expected || strstr(text, " BUT "));
  p->surprises += is_surprise;
  if (p->is_silent && !is_surprise) return;
  p->results += !p->is_silent;
  p->open += is_open && !p->is_silent;
  printf("%s = ", p->line);
  if (is_open)
    printf("(open: %s)\n", open_name(f.open));
  else if (is_expected)
    printf("%s\n", text);
  else
    printf("%s BUT %s\n", text, f.value < 0 ? tenon_errname(f.value) : "ANOTHER RESULT");
  fflush(stdout); /* a call that hangs ends the program */
}

static const char *result_text(intptr_t result) {
  static char text[24];
  if (result < 0) return tenon_errname(result);
  snprintf(text, sizeof text, "%ld", (long)result);
  return text;
}

void play_result(play *p, forecast f, intptr_t result, const char *detail) {
  char text[LINE + 64];
  coverage_count(call_row(p->now->row)->text, result);
  snprintf(text, sizeof text, "%s%s%s", result_text(result), detail && result >= 0 ? ", " : "",
           detail && result >= 0 ? detail : "");
  print_line(p, f, text, !f.is_known || f.value == result);
}

void play_handle(play *p, forecast f, intptr_t result) {
  coverage_count(call_row(p->now->row)->text, result >= 0 ? 0 : result);
  intptr_t shown = result >= 0 ? 0 : result;
  print_line(p, f, tenon_errname(shown), !f.is_known || f.value == shown);
}

void play_text(play *p, forecast f, const char *text) {
  coverage_count(call_row(p->now->row)->text, 0);
  print_line(p, f, text, 1);
}

int play_begins(play *p, forecast f) {
  p->was_avoided = f.avoid;
  if (p->is_dry) return 0;
  write_call(p);
  if (f.avoid && !p->is_silent) printf("%s = (not made)\n", p->line);
  if (f.avoid) return 0;
  watchdog_watch(p->line, CALL_SECONDS);
  return 1;
}

/* ---- What a call uses -------------------------------------------------------------------------------------------- */

tenon_sock play_socket(const play *p, int argument) {
  static tenon_sock file = TENON_NO_SOCK;
  if (argument < SLOTS) return p->m.slots[argument].kind == EMPTY ? TENON_NO_SOCK : p->sockets[argument];
  if (argument == CLOSED_SOCKET) return support_closed_handle();
  if (argument == WIDE_SOCKET) return sizeof(tenon_sock) > 4 ? (tenon_sock)(((int64_t)1 << 40) + 3) : INTPTR_MAX;
  if (argument == NO_SOCKET) return TENON_NO_SOCK;
  if (file == TENON_NO_SOCK) file = support_open_file();
  return file;
}

static void copy_port(const play *p, int owner, tenon_addr *to, int family, int is_any) {
  int port = p->at[owner].port;
  *to = is_any ? tenon_addr_any(family, port) : tenon_addr_loopback(family, port);
}

const tenon_addr *play_address(play *p, int argument) {
  static tenon_addr made[4];
  static int turn;
  tenon_addr *to = &made[turn = (turn + 1) % 4];
  int owner = argument % SLOTS, family = p->m.at[owner].family;
  int other = family == TENON_AF_INET ? TENON_AF_INET6 : TENON_AF_INET;
  if (argument == NULL_ADDRESS) return NULL;
  memset(to, 0, sizeof *to);
  if (argument < ANY_OF_SLOT)
    copy_port(p, owner, to, family, p->m.at[owner].is_any);
  else if (argument < OTHER_OF_SLOT)
    copy_port(p, owner, to, family, 1);
  else if (argument < LOOPBACK4)
    copy_port(p, owner, to, other, 0);
  else if (argument == FOREIGN)
    tenon_addr_parse(to, "192.0.2.1");
  else if (argument == REFUSING4 || argument == REFUSING6)
    *to = net_refusing(argument == REFUSING4 ? TENON_AF_INET : TENON_AF_INET6);
  else if (argument == ANY4 || argument == ANY6)
    *to = tenon_addr_any(argument == ANY4 ? TENON_AF_INET : TENON_AF_INET6, 0);
  else if (argument != NO_FAMILY)
    *to = tenon_addr_loopback(argument == LOOPBACK4 ? TENON_AF_INET : TENON_AF_INET6, 0);
  return to;
}

int play_loopback_index(void) {
  static tenon_interface list[64];
  int count = tenon_interfaces(list, 64);
  for (int i = 0; i < count && i < 64; i++)
    if (list[i].flags & TENON_INTERFACE_LOOPBACK) return list[i].index;
  return 0;
}

/* ---- Waiting for what was sent ----------------------------------------------------------------------------------- */

static int is_case(tenon_sock s, int events, int wanted) {
  tenon_pollfd item = {s, events, 0};
  tenon_poll(&item, 1, 0);
  return (item.revents & wanted) != 0;
}

static int has_arrived(play *p, const slot *it, tenon_sock s) {
  const side *own = model_side(&p->m, it);
  int readable = 0;
  if (it->is_listening) return it->queued == 0 || is_case(s, TENON_POLLIN, TENON_POLLIN);
  if (it->kind == UDP) return it->held == 0 || is_case(s, TENON_POLLIN, TENON_POLLIN);
  if (it->begun != BEGUN_NOT) return is_case(s, TENON_POLLOUT, TENON_POLLOUT);
  if (!own || own->vague || own->urgent) return 1;
  if (own->is_flooded) return is_case(s, TENON_POLLIN, TENON_POLLIN);
  if (own->has_reset) return is_case(s, TENON_POLLOUT, TENON_POLLERR);
  if (own->unread > 0) return tenon_getsockopt(s, TENON_OPT_READABLE, &readable) < 0 || readable >= own->unread;
  return !own->has_end || is_case(s, TENON_POLLIN, TENON_POLLIN);
}

/* What a test has to wait for instead. */
static void tell_wait(play *p, const slot *it, int s) {
  const side *own = model_side(&p->m, it);
  int has_news = it->queued || it->held || (own && !own->vague && (own->unread || own->has_end));
  int has_room = it->begun != BEGUN_NOT || (own && own->has_reset && !own->vague);
  if (p->is_silent || !p->tells_waits || !(has_news || has_room)) return;
  printf("    net_await(s[%d], %s);\n", s, has_room ? "TENON_POLLOUT" : "TENON_POLLIN");
}

void play_settle(play *p, int s) {
  slot *it = model_slot(&p->m, s);
  int64_t deadline = tenon_deadline(NET_LIMIT_MS);
  if (p->is_dry || !it || it->failed) return;
  tell_wait(p, it, s);
  while (!has_arrived(p, it, p->sockets[s]) && tenon_remaining(deadline) > 0) support_sleep_ms(STEP_MS);
  if (tenon_remaining(deadline) == 0 && !p->is_silent) printf("    s[%d] is not what the model says\n", s);
}

/* ---- Programs ---------------------------------------------------------------------------------------------------- */

static void play_step(play *p, const step *at) {
  static model before;
  const call *row = call_row(at->row);
  p->now = at;
  for (int i = 0; row->arguments[i]; i++)
    if (row->arguments[i] == 's') play_settle(p, at->arguments[i]);
  before = p->m;
  row->run(p, at->arguments);
  if (p->was_avoided) p->m = before;
}

static void close_all(play *p) {
  tenon_cancel_on(NULL);
  tenon_trace(NULL, NULL);
  while (p->m.started-- > 0) tenon_cleanup();
  for (int i = 0; i < POLLERS; i++) tenon_poller_close(&p->pollers[i]);
  for (int s = 0; s < SLOTS; s++)
    if (p->m.slots[s].kind != EMPTY) tenon_close(p->sockets[s]);
  for (int i = 0; i < WAKERS; i++)
    if (p->m.wakers[i].is_open) tenon_waker_close(&p->wakers[i]);
}

void play_program(play *p, const step *steps, int count, const char *keep) {
  model_start(&p->m);
  memset(p->pollers, 0, sizeof p->pollers);
  memset(p->at, 0, sizeof p->at);
  memset(p->told_fields, 0, sizeof p->told_fields);
  for (p->number = 0; p->number < count; p->number++)
    if (!keep || keep[p->number]) play_step(p, &steps[p->number]);
  watchdog_watch("closing all", CALL_SECONDS);
  close_all(p);
  watchdog_watch(NULL, 0);
}
