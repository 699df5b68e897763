/* calls_name.c - calls about addresses and names. No resolver is ever asked.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "argument.h"
#include "calls.h"
#include "tenon/interfaces.h"
#include "tenon/local.h"
#include "texts.h"
#include "wants.h"

/* Numbers of interfaces are the host's own. */
static const char *describe(const tenon_addr *addr) {
  static char text[TENON_ADDR_TEXT + 32];
  tenon_addr shown = *addr;
  shown.scope = 0;
  int length = tenon_addr_format(&shown, text, TENON_ADDR_TEXT);
  snprintf(text + (length < 0 ? 0 : length), 32, addr->scope ? " and a scope" : "");
  return text;
}

static void run_parse(play *p, const int *a) {
  tenon_addr addr;
  if (!play_begins(p, forecast_any())) return;
  int result = tenon_addr_parse(&addr, texts_get(a[0]));
  play_result(p, forecast_any(), result, result == 0 ? describe(&addr) : NULL);
}

static void run_format(play *p, const int *a) {
  char text[TENON_ADDR_TEXT];
  tenon_addr addr;
  static const size_t sizes[] = {TENON_ADDR_TEXT, 0, 1, 5, 9, 10, 16};
  if (!play_begins(p, forecast_any())) return;
  if (tenon_addr_parse(&addr, texts_get(a[0])) < 0) addr = tenon_addr_any(TENON_AF_UNSPEC, 0);
  addr.scope = 0;
  play_result(p, forecast_any(), tenon_addr_format(&addr, text, sizes[a[1] % 7]), NULL);
}

static void run_compare(play *p, const int *a) {
  tenon_addr one, other;
  if (!play_begins(p, forecast_any())) return;
  int is_one = tenon_addr_parse(&one, texts_get(a[0])) == 0, is_other = tenon_addr_parse(&other, texts_get(a[1])) == 0;
  int result = is_one && is_other ? tenon_addr_equal(&one, &other) : TENON_EINVAL;
  play_result(p, forecast_any(), result, NULL);
}

static void run_native(play *p, const int *a) {
  unsigned char native[256];
  tenon_addr addr, back;
  if (!play_begins(p, forecast_any())) return;
  if (tenon_addr_parse(&addr, texts_get(a[0])) < 0) addr = tenon_addr_any(TENON_AF_UNSPEC, 0);
  if (addr.family == TENON_AF_UNIX) addr = tenon_addr_loopback(TENON_AF_INET, 7);
  int size = tenon_addr_to_native(&addr, native, sizeof native);
  int result = size < 0 ? size : tenon_addr_from_native(&back, native, (size_t)size);
  if (result == 0 && !tenon_addr_equal(&addr, &back)) result = TENON_EIO;
  play_result(p, forecast_any(), result, NULL);
}

static void run_resolve(play *p, const int *a) {
  tenon_addr list[4];
  static const char *const services[] = {NULL, "80", "http", "domain", "65536", "", "080"};
  static const int families[] = {0, TENON_AF_INET, TENON_AF_INET6, 77};
  if (!play_begins(p, forecast_any())) return;
  tenon_hints hints = {families[a[2] % 4], a[3] % 3, a[4] ? TENON_AI_NUMERICHOST : TENON_AI_PASSIVE};
  int count = tenon_resolve(a[0] ? texts_get(a[0]) : NULL, services[a[1] % 7], &hints, list, 4, 0);
  play_result(p, forecast_any(), count, count > 0 ? describe(&list[0]) : NULL);
}

static void run_reverse(play *p, const int *a) {
  char host[64] = "", service[64] = "";
  static const int ports[] = {0, 80, 53, 64999, 443};
  if (!play_begins(p, forecast_any())) return;
  tenon_addr addr = tenon_addr_loopback(a[0] ? TENON_AF_INET6 : TENON_AF_INET, ports[a[1] % 5]);
  int result =
      tenon_reverse(&addr, a[2] ? host : NULL, a[2] ? sizeof host : 0, service, a[1] > 5 ? 2 : sizeof service, 0);
  play_result(p, forecast_any(), result, service);
}

static void run_canonname(play *p, const int *a) {
  char name[64] = "";
  if (!play_begins(p, forecast_any())) return;
  int result = tenon_canonname(texts_get(a[0]), name, a[1] ? sizeof name : 3, 0);
  play_result(p, forecast_any(), result, strchr(texts_source(a[0]), '%') ? NULL : name);
}

static void run_interface(play *p, const int *a) {
  char name[TENON_INTERFACE_NAME];
  if (!play_begins(p, forecast_any())) return;
  int index = tenon_interface_index(texts_get(a[0]));
  int back = index > 0 ? tenon_interface_name(index, name, sizeof name) : tenon_interface_name(-index, name, 1);
  play_result(p, forecast_any(), index > 0 ? 1 : index, back > 0 ? "and back" : "NOT BACK");
}

static void run_addr_local(play *p, const int *a) {
  tenon_addr addr;
  char path[128] = "", text[TENON_ADDR_TEXT];
  if (!play_begins(p, forecast_any())) return;
  memset(path, a[0] == 9 ? '@' : 'x', (size_t)(a[0] * 13 > 110 ? 3 : a[0] * 13));
  int result = tenon_addr_local(&addr, path);
  play_result(p, forecast_any(), result < 0 ? result : tenon_addr_format(&addr, text, sizeof text), NULL);
}

/* ---- Calls of tenon/local.h on any socket ------------------------------------------------------------------------- */

static void run_local_peer(play *p, const int *a) {
  tenon_peer peer;
  slot *it = model_slot(&p->m, a[0]);
  forecast f = model_handle(&p->m, a[0]);
  if (it) f = it->kind == PAIR ? forecast_open(OPEN_PAIR) : forecast_value(TENON_ENOTSUP);
  if (it && it->failed) f = forecast_open(OPEN_FAILED);
  if (play_begins(p, f)) play_result(p, f, tenon_local_peer(play_socket(p, a[0]), &peer), NULL);
}

static void run_unlink_stale(play *p, const int *a) {
  if (!play_begins(p, a[0] == NULL_ADDRESS ? forecast_value(TENON_EINVAL) : forecast_any())) return;
  play_result(p, forecast_any(), tenon_local_unlink_stale(play_address(p, a[0])), NULL);
}

static void run_set_inheritable(play *p, const int *a) {
  forecast f = model_slot(&p->m, a[0]) ? forecast_value(0) : model_handle(&p->m, a[0]);
  if (a[0] == FILE_HANDLE) f = forecast_avoid();
  if (play_begins(p, f)) play_result(p, f, tenon_set_inheritable(play_socket(p, a[0]), a[1]), NULL);
}

const call calls_name[] = {
    {"parse(%)", "x", 15, NULL, run_parse},
    {"format(%, sizes[%])", "xi", 8, NULL, run_format},
    {"compare(%, %)", "xx", 4, NULL, run_compare},
    {"to_native_and_back(%)", "x", 4, NULL, run_native},
    {"resolve(%, services[%], %, %, %)", "xiiid", 25, NULL, run_resolve},
    {"reverse(%, ports[%], %)", "did", 4, NULL, run_reverse},
    {"canonname(%, %)", "xd", 6, NULL, run_canonname},
    {"interface(%)", "x", 6, NULL, run_interface},
    {"local_address(%)", "i", 3, NULL, run_addr_local},
    {"tenon_local_peer(%, &peer)", "s", 3, NULL, run_local_peer},
    {"tenon_local_unlink_stale(%)", "a", 2, NULL, run_unlink_stale},
    {"tenon_set_inheritable(%, %)", "sd", 3, NULL, run_set_inheritable},
    {NULL, NULL, 0, NULL, NULL},
};
