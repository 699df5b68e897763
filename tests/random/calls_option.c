/* calls_option.c - calls about options, and sending until a connection is full.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>
#include <stdio.h>

#include "argument.h"
#include "calls.h"
#include "options.h"
#include "tenon/option.h"
#include "tenon/urgent.h"
#include "wants.h"

static void run_setsockopt(play *p, const int *a) {
  int value = argument_number(a[2]);
  forecast f = options_set(&p->m, a[0], a[1], value);
  if (play_begins(p, f)) play_result(p, f, tenon_setsockopt(play_socket(p, a[0]), a[1], value), NULL);
}

static void run_getsockopt(play *p, const int *a) {
  char text[64];
  int expected, value = 0;
  forecast f = options_get(&p->m, a[0], a[1], &expected);
  if (!play_begins(p, f)) return;
  int result = tenon_getsockopt(play_socket(p, a[0]), a[1], &value);
  int is_other = expected != UNSET && value != expected;
  snprintf(text, sizeof text, is_other ? "value %d BUT %d" : "value %d", value, expected);
  play_result(p, f, result, text);
}

/* Some systems lack the number of questions. */
static forecast forecast_keepalive(model *m, const int *a) {
  slot *it = model_slot(m, a[0]);
  int idle = argument_number(a[1]), interval = argument_number(a[2]), count = argument_number(a[3]);
  int is_bad = idle < 1 || idle > 32767 || interval < 1 || interval > 32767 || count < 0 || count > 127;
  if (!it) return model_handle(m, a[0]);
  if (it->kind == UDP) return forecast_value(TENON_ENOPROTOOPT);
  if (it->failed || it->begun == BEGUN_REFUSED) return forecast_open(OPEN_FAILED);
  if (it->kind == PAIR) return is_bad ? forecast_any() : forecast_open(OPEN_PAIR);
  if (is_bad) return forecast_value(TENON_EINVAL);
  if (count) return forecast_open(OPEN_SUPPORTED);
  it->options[TENON_OPT_KEEPALIVE] = 1;
  return forecast_value(0);
}

static void run_keepalive(play *p, const int *a) {
  forecast f = forecast_keepalive(&p->m, a);
  if (!play_begins(p, f)) return;
  int idle = argument_number(a[1]), interval = argument_number(a[2]), count = argument_number(a[3]);
  play_result(p, f, tenon_keepalive(play_socket(p, a[0]), idle, interval, count), NULL);
}

/* ---- A full connection ------------------------------------------------------------------------------------------- */

static forecast model_stuff(model *m, int s) {
  slot *it = model_slot(m, s);
  side *own = model_side(m, it), *other = model_other(m, it);
  int is_sound = own && !own->vague && !own->has_reset && !own->shut_wr && !own->is_full && other->slot >= 0 &&
                 !other->vague && !other->shut_rd && !other->unread;
  if (!is_sound) return forecast_avoid();
  own->is_full = 1;
  other->is_flooded = 1;
  other->unread = INT_MAX / 2;
  return forecast_any();
}

static void run_stuff(play *p, const int *a) {
  forecast f = model_stuff(&p->m, a[0]);
  if (!play_begins(p, f)) return;
  play_text(p, f, net_stuff(play_socket(p, a[0])) > 1000 ? "full" : "NOTHING FITS, BUT something should");
}

static int wants_pair(const model *m, int s) {
  return m->slots[s].kind == PAIR && wants_connected(m, s);
}

/* ---- Urgent data ------------------------------------------------------------------------------------------------- */

static forecast model_send_urgent(model *m, const int *a) {
  slot *it = model_slot(m, a[0]);
  side *own = model_side(m, it), *other = model_other(m, it);
  if (a[1] == LIMIT_BAD) return it ? forecast_value(TENON_EINVAL) : forecast_any();
  if (!it) return model_handle(m, a[0]);
  if (it->kind == UDP) return forecast_value(TENON_ENOTSUP);
  if (it->kind == PAIR)
    return forecast_avoid(); /* D151: one that is TCP takes it, and counts no more bytes before it */
  if (!own)
    return it->failed ? forecast_open(OPEN_FAILED) : it->begun ? forecast_avoid() : forecast_value(TENON_ENOTCONN);
  if (own->vague || own->has_reset || own->is_full || other->slot < 0 || other->unread) return forecast_avoid();
  if (own->shut_wr) return forecast_value(TENON_EPIPE);
  if (other->shut_rd || other->urgent || own->sent) return forecast_avoid();
  other->urgent = 1;
  return forecast_value(0);
}

static void run_send_urgent(play *p, const int *a) {
  forecast f = model_send_urgent(&p->m, a);
  if (play_begins(p, f)) play_result(p, f, tenon_send_urgent(play_socket(p, a[0]), '!', argument_limit(a[1])), NULL);
}

static forecast model_recv_urgent(model *m, int s) {
  slot *it = model_slot(m, s);
  side *own = model_side(m, it);
  if (!it) return model_handle(m, s);
  if (it->kind == UDP) return forecast_value(TENON_ENOTSUP);
  if (it->kind == PAIR) return forecast_open(OPEN_PAIR);
  if (!own) return it->failed || it->begun ? forecast_open(OPEN_FAILED) : forecast_value(TENON_ENOTCONN);
  if (own->vague || own->has_reset || (own->has_end && own->shut_wr)) return forecast_avoid();
  return own->urgent ? forecast_avoid() : forecast_value(TENON_EAGAIN);
}

static void run_recv_urgent(play *p, const int *a) {
  unsigned char byte = 0;
  forecast f = model_recv_urgent(&p->m, a[0]);
  if (play_begins(p, f)) play_result(p, f, tenon_recv_urgent(play_socket(p, a[0]), &byte), NULL);
}

const call calls_option[] = {
    {"tenon_setsockopt(%, %, %)", "sov", 45, NULL, run_setsockopt},
    {"tenon_getsockopt(%, %, &value)", "so", 30, NULL, run_getsockopt},
    {"tenon_keepalive(%, %, %, %)", "svvv", 6, wants_connected, run_keepalive},
    {"net_stuff(%)", "s", 2, wants_pair, run_stuff},
    {"tenon_send_urgent(%, '!', %)", "sl", 3, NULL, run_send_urgent},
    {"tenon_recv_urgent(%, &byte)", "s", 3, NULL, run_recv_urgent},
    {NULL, NULL, 0, NULL, NULL},
};
