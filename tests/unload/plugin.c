/* plugin.c - what the library does when it is asked, over a seam whose resolver answers when it may.
 * SPDX-License-Identifier: MIT
 */
#include "plugin.h"

#include "../faults/faults.h"
#include "tenon.h"

enum { SHORT_MS = 20, LIMIT_MS = 5000 };

static tenon_waker waker;

static int look_up(int limit_ms) {
  return tenon_resolve("host.example", "80", NULL, NULL, 0, limit_ms);
}

static int leave_lookup(void) {
  faults_clear();
  faults_set_host(0, "192.0.2.1", "host.example");
  faults_hold_lookups();
  return look_up(SHORT_MS);
}

static int look_up_with_answer(void) {
  faults_clear();
  faults_set_host(0, "192.0.2.1", "host.example");
  return look_up(LIMIT_MS);
}

static int cancel_on(void) {
  int result = tenon_waker_open(&waker);
  tenon_cancel_on(&waker);
  return result;
}

static int close_waker(void) {
  return tenon_waker_close(&waker);
}

unload_plugin_get get_plugin;
PLUGIN_EXPORT const unload_plugin *get_plugin(void) {
  static const unload_plugin plugin = {tenon_startup,       tenon_cleanup,       leave_lookup, faults_let_lookups_go,
                                       faults_nothing_left, look_up_with_answer, cancel_on,    close_waker};
  return &plugin;
}
