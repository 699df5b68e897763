/* options.c - the model of options: which sockets have which, what values they take, and what is read back.
 * SPDX-License-Identifier: MIT
 */
#include "options.h"

#include <limits.h>
#include <stddef.h>

#include "argument.h"
#include "tenon/option.h"

enum {
  STREAMS = 1,
  DATAGRAMS = 2,
  BOTH = 3,
  IPV6 = 4,
  UNBOUND = 8,
  READ_ONLY = 16,
  OPTIONAL = 32, /* not every system has it */
  SYSTEMS = 64,  /* its value at first is the system's, or it clamps what is set */
  KEEP_OFF = 128 /* setting it would slow the run down, or change how much fits */
};

static const struct row {
  int option, flags, lowest, highest, first;
} rows[] = {
    {TENON_OPT_NODELAY, STREAMS, 0, 1, 0},
    {TENON_OPT_KEEPALIVE, STREAMS, 0, 1, 0},
    {TENON_OPT_SNDBUF, BOTH | SYSTEMS, 1, INT_MAX, 0},
    {TENON_OPT_RCVBUF, BOTH | SYSTEMS, 1, INT_MAX, 0},
    {TENON_OPT_BROADCAST, DATAGRAMS, 0, 1, 0},
    {TENON_OPT_V6ONLY, BOTH | IPV6 | UNBOUND, 0, 1, 0},
    {TENON_OPT_RESET_ON_CLOSE, STREAMS, 0, 1, 0},
    {TENON_OPT_TTL, BOTH, 1, 255, UNSET},
    {TENON_OPT_SHARE, DATAGRAMS | UNBOUND, 0, 1, 0},
    {TENON_OPT_TYPE, BOTH | READ_ONLY, 0, 0, UNSET},
    {TENON_OPT_ERROR, BOTH | READ_ONLY, 0, 0, 0},
    {TENON_OPT_NATIVE_NONBLOCK, BOTH | READ_ONLY, 0, 0, UNSET},
    {TENON_OPT_KEEPALIVE_IDLE, STREAMS | OPTIONAL, 1, 32767, UNSET},
    {TENON_OPT_KEEPALIVE_INTERVAL, STREAMS | OPTIONAL, 1, 32767, UNSET},
    {TENON_OPT_KEEPALIVE_COUNT, STREAMS | OPTIONAL, 1, 127, UNSET},
    {TENON_OPT_USER_TIMEOUT, STREAMS | OPTIONAL | KEEP_OFF, 1, INT_MAX, 0},
    {TENON_OPT_REUSEPORT, BOTH | UNBOUND | OPTIONAL | KEEP_OFF, 0, 1, 0},
    {TENON_OPT_DSCP, BOTH | OPTIONAL, 0, 63, 0},
    {TENON_OPT_ECN, DATAGRAMS | OPTIONAL, 0, 3, 0},
    {TENON_OPT_DONTFRAG, DATAGRAMS | OPTIONAL, 0, 1, UNSET},
    {TENON_OPT_PATH_MTU, BOTH | READ_ONLY | OPTIONAL, 0, 0, UNSET},
    {TENON_OPT_FASTOPEN, STREAMS | OPTIONAL | KEEP_OFF, 0, 1, 0},
    {TENON_OPT_CORK, STREAMS | OPTIONAL | KEEP_OFF, 0, 1, 0},
    {TENON_OPT_BOUND_IF, BOTH | OPTIONAL, 0, INT_MAX, 0},
    {TENON_OPT_READABLE, STREAMS | READ_ONLY, 0, 0, UNSET},
    {TENON_OPT_RCVLOWAT, STREAMS | OPTIONAL | KEEP_OFF, 1, INT_MAX, UNSET},
    {TENON_OPT_MULTICAST_TTL, DATAGRAMS, 0, 255, 1},
    {TENON_OPT_MULTICAST_LOOP, DATAGRAMS, 0, 1, 1},
    {TENON_OPT_MULTICAST_IF, DATAGRAMS, 0, INT_MAX, 0},
};

static const struct row *find(int option) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (rows[i].option == option) return &rows[i];
  return NULL;
}

/* What goes for setting and reading. */
static forecast check(model *m, int s, const struct row *row) {
  const slot *it = model_slot(m, s);
  if (!it) return model_handle(m, s);
  int own = model_is_stream(it) ? STREAMS : DATAGRAMS;
  if (!row || !(row->flags & own)) return forecast_value(TENON_ENOPROTOOPT);
  if (it->kind == PAIR) return forecast_open(OPEN_PAIR);
  if ((row->flags & IPV6) && it->family == TENON_AF_INET) return forecast_value(TENON_ENOPROTOOPT);
  if (it->failed || it->begun == BEGUN_REFUSED) return forecast_open(OPEN_FAILED);
  return forecast_value(0);
}

static int is_index(int option) {
  return option == TENON_OPT_BOUND_IF || option == TENON_OPT_MULTICAST_IF;
}

static void apply(slot *it, int option, int value) {
  it->options[option] = value;
  if (option == TENON_OPT_V6ONLY) it->v6only = value;
  if (option == TENON_OPT_SHARE) it->share = value;
  if (option == TENON_OPT_RESET_ON_CLOSE) it->reset_on_close = value;
}

forecast options_set(model *m, int s, int option, int value) {
  slot *it = model_slot(m, s);
  const struct row *row = find(option);
  forecast f = check(m, s, row);
  if (it && it->kind == PAIR && row && row->flags & (KEEP_OFF | SYSTEMS)) return forecast_avoid();
  if (!f.is_known || f.value != 0) return f;
  if (row->flags & READ_ONLY) return forecast_value(TENON_ENOPROTOOPT);
  if (is_index(option) && value > 0 && value < 1000) return forecast_avoid(); /* an interface of this host */
  if (row->flags & OPTIONAL && (value < row->lowest || value > row->highest || is_index(option)))
    return forecast_open(OPEN_SUPPORTED);
  if (value < row->lowest || value > row->highest) return forecast_value(TENON_EINVAL);
  if (is_index(option) && value > 0) return forecast_value(TENON_ENXIO);
  if (row->flags & KEEP_OFF || (row->flags & SYSTEMS && value < 65536)) return forecast_avoid();
  if (option == TENON_OPT_RESET_ON_CLOSE && (it->is_listening || it->port))
    return forecast_avoid(); /* accepted sockets may inherit it */
  if (row->flags & UNBOUND && it->may_be_named && !it->is_named) return forecast_avoid();
  if (row->flags & UNBOUND && it->is_named) return forecast_value(TENON_EINVAL);
  if (row->flags & OPTIONAL) return forecast_open(OPEN_SUPPORTED);
  apply(it, option, value);
  return f;
}

static int has_stable_state(const side *own) {
  return !own || (!own->vague && !own->has_reset);
}

forecast options_get(model *m, int s, int option, int *value) {
  const slot *it = model_slot(m, s);
  const struct row *row = find(option);
  const side *own = model_side(m, it);
  forecast f = check(m, s, row);
  *value = UNSET;
  if (!f.is_known || f.value != 0) return f;
  if (row->flags & OPTIONAL) return forecast_open(OPEN_SUPPORTED);
  if (option == TENON_OPT_NATIVE_NONBLOCK) return forecast_open(OPEN_NATIVE_MODE);
  if (option == TENON_OPT_ERROR && (it->refused || it->was_refused || !has_stable_state(own))) return forecast_avoid();
  if (option == TENON_OPT_READABLE && it->is_listening) return forecast_value(TENON_EINVAL);
  if (option == TENON_OPT_READABLE && (!own || own->urgent || !has_stable_state(own) || own->is_flooded))
    return own ? forecast_open(own->vague ? own->vague : OPEN_AFTER_RESET) : forecast_any();
  int is_bound6 = option == TENON_OPT_V6ONLY && it->is_named && !it->is_any && it->options[option] != 1;
  if (is_bound6 && !open_is_shown(FOUND_V6ONLY)) return forecast_open(FOUND_V6ONLY);
  *value = it->options[option] != UNSET ? it->options[option] : row->first;
  if (option == TENON_OPT_READABLE) *value = own->unread;
  if (option == TENON_OPT_TYPE) *value = it->kind == TCP ? TENON_SOCK_STREAM : TENON_SOCK_DGRAM;
  int is_accepted = it->link != NONE && it->end == 1;
  int is_systems = *value == UNSET || row->flags & SYSTEMS || (is_accepted && it->options[option] == UNSET);
  return is_systems && option != TENON_OPT_READABLE && option != TENON_OPT_TYPE ? forecast_open(OPEN_DEFAULT) : f;
}
