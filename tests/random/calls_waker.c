/* calls_waker.c - wakers, and the calls of the library as a whole.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "argument.h"
#include "calls.h"
#include "tenon/local.h"
#include "tenon/server.h"
#include "tenon/trace.h"
#include "wants.h"

static void run_waker_open(play *p, const int *a) {
  waker *it = &p->m.wakers[a[0]];
  forecast f = it->is_open ? forecast_avoid() : forecast_value(0);
  if (!f.avoid) *it = (waker){1, 0};
  if (play_begins(p, f)) play_result(p, f, tenon_waker_open(&p->wakers[a[0]]), NULL);
}

static void run_waker_wake(play *p, const int *a) {
  waker *it = &p->m.wakers[a[0]];
  forecast f = it->is_open ? forecast_value(0) : forecast_avoid();
  it->fired = it->is_open;
  if (play_begins(p, f)) play_result(p, f, tenon_waker_wake(&p->wakers[a[0]]), NULL);
}

static void run_waker_clear(play *p, const int *a) {
  waker *it = &p->m.wakers[a[0]];
  forecast f = it->is_open ? forecast_value(0) : forecast_avoid();
  it->fired = 0;
  if (play_begins(p, f)) play_result(p, f, tenon_waker_clear(&p->wakers[a[0]]), NULL);
}

static void run_waker_close(play *p, const int *a) {
  waker *it = &p->m.wakers[a[0]];
  forecast f = it->is_open && p->m.cancelling != a[0] ? forecast_value(0) : forecast_avoid();
  it->is_open = it->fired = 0;
  if (play_begins(p, f)) play_result(p, f, tenon_waker_close(&p->wakers[a[0]]), NULL);
}

static void run_waker_poll(play *p, const int *a) {
  waker *it = &p->m.wakers[a[0]];
  forecast f = it->is_open ? forecast_value(it->fired) : forecast_avoid();
  if (!play_begins(p, f)) return;
  tenon_pollfd item = {p->wakers[a[0]].ready, TENON_POLLIN, 0};
  play_result(p, f, tenon_poll(&item, 1, it->fired ? NET_LIMIT_MS : 0), NULL);
}

static void run_cancel_on(play *p, const int *a) {
  int at = a[0] >= WAKERS ? NONE : a[0];
  forecast f = at == NONE || p->m.wakers[at].is_open ? forecast_any() : forecast_avoid();
  p->m.cancelling = at;
  if (!play_begins(p, f)) return;
  tenon_cancel_on(at == NONE ? NULL : &p->wakers[at]);
  play_text(p, f, "done");
}

/* ---- The library ------------------------------------------------------------------------------------------------- */

static void run_startup(play *p, const int *a) {
  (void)a;
  p->m.started++;
  if (play_begins(p, forecast_value(0))) play_result(p, forecast_value(0), tenon_startup(), NULL);
}

static void run_cleanup(play *p, const int *a) {
  forecast f = forecast_value(p->m.started ? 0 : TENON_EINVAL);
  (void)a;
  if (p->m.started) p->m.started--;
  if (play_begins(p, f)) play_result(p, f, tenon_cleanup(), NULL);
}

static void run_error(play *p, const int *a) {
  char text[160];
  int code = -a[0] - 10 * a[1] - (a[2] == 9 ? 1000 : 0);
  if (!play_begins(p, forecast_any())) return;
  snprintf(text, sizeof text, "%s, %s, %d %d %d", tenon_errname(code), tenon_strerror(code), tenon_is_would_block(code),
           tenon_is_peer_gone(code), tenon_is_retryable(code));
  play_text(p, forecast_any(), text);
}

static void run_supports(play *p, const int *a) {
  int feature = a[0] + 10 * a[1];
  forecast f = feature > 2 ? forecast_open(OPEN_SUPPORTED) : forecast_any();
  if (play_begins(p, f)) play_result(p, f, tenon_supports(feature), NULL);
}

static void run_time(play *p, const int *a) {
  static const int timeouts[] = {0, 1, 1000, INT_MAX, -1, -3};
  int64_t before, deadline;
  if (!play_begins(p, forecast_any())) return;
  before = tenon_now_ms();
  deadline = tenon_deadline(timeouts[a[0] % 6]);
  int left = tenon_remaining(deadline), is_sound = tenon_now_ms() >= before && left <= timeouts[a[0] % 6];
  play_text(p, forecast_any(), is_sound || timeouts[a[0] % 6] < 0 ? "sound" : "NOT SOUND");
}

/* ---- Tracing ----------------------------------------------------------------------------------------------------- */

static void trace(const tenon_traced *traced, void *context) {
  char line[TENON_TRACED_TEXT];
  (void)context;
  if (tenon_traced_format(traced, line, sizeof line) < 0) puts("    A TRACED CALL HAS NO TEXT, BUT it should");
}

static void run_trace(play *p, const int *a) {
  if (!play_begins(p, forecast_any())) return;
  tenon_trace(a[0] ? trace : NULL, NULL);
  play_text(p, forecast_any(), "done");
}

/* ---- Servers, as far as they do not begin to serve ---------------------------------------------------------------- */

static void serve(tenon_sock client, const tenon_addr *peer, void *context) {
  (void)client, (void)peer, (void)context;
}

static void run_serve(play *p, const int *a) {
  char service[16];
  int owner = model_owner(&p->m, p->m.at[a[0] % SLOTS].port, TCP, NONE);
  int is_taken =
      a[0] < SLOTS && owner != NONE && p->m.slots[owner].family == TENON_AF_INET && !p->m.slots[owner].is_any;
  forecast f = is_taken ? forecast_value(TENON_EADDRINUSE) : forecast_avoid();
  if (!play_begins(p, f)) return;
  snprintf(service, sizeof service, "%u", (unsigned)p->at[a[0]].port);
  tenon_server server = {.host = "127.0.0.1", .service = service, .handler = serve};
  play_result(p, f, tenon_serve(&server), NULL);
}

static void run_identity(play *p, const int *a) {
  (void)a;
  if (!play_begins(p, forecast_any())) return;
  int is_sound = tenon_process_id() > 0 && tenon_server_thread_id() != 0 && !tenon_server_is_worker();
  play_text(p, forecast_any(), is_sound && strcmp(tenon_version(), TENON_VERSION) == 0 ? "sound" : "NOT SOUND");
}

const call calls_waker[] = {
    {"tenon_waker_open(%)", "u", 6, NULL, run_waker_open},
    {"tenon_waker_wake(%)", "u", 6, NULL, run_waker_wake},
    {"tenon_waker_clear(%)", "u", 6, NULL, run_waker_clear},
    {"tenon_waker_close(%)", "u", 2, NULL, run_waker_close},
    {"poll_waker(%)", "u", 4, NULL, run_waker_poll},
    {"tenon_cancel_on(%)", "w", 10, NULL, run_cancel_on},
    {"tenon_startup()", "", 2, NULL, run_startup},
    {"tenon_cleanup()", "", 1, NULL, run_cleanup},
    {"describe_error(%, %, %)", "iii", 3, NULL, run_error},
    {"tenon_supports(% + 10 * %)", "ii", 1, NULL, run_supports},
    {"use_clock(%)", "i", 2, NULL, run_time},
    {"trace(%)", "d", 4, NULL, run_trace},
    {"serve_at(%)", "s", 3, wants_listener, run_serve},
    {"identify()", "", 1, NULL, run_identity},
    {NULL, NULL, 0, NULL, NULL},
};
