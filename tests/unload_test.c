/* unload_test.c - a library with a Tenon of its own is unloaded, and what is left of it runs on or is not there.
 * SPDX-License-Identifier: MIT
 *
 * CMake says where the library is: PLUGIN_PATH. Each test has a process of its own, as its library may stay.
 */
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "unload/plugin.h"

static void *library;
static unload_plugin plugin;

static int load(void) {
  unload_plugin_get *get;
  library = support_load_library(PLUGIN_PATH);
  void (*function)(void) = library ? support_library_function(library, UNLOAD_PLUGIN_GET) : NULL;
  memcpy(&get, &function, sizeof get);
  if (get) plugin = *get();
  return get != NULL;
}

/* The lookup's thread has its code to come back to. */
TEST(a_lookup_that_is_left_behind_keeps_its_library) {
  CHECK(load());
  CHECK_EQ(plugin.start(), 0);
  CHECK_EQ(plugin.leave_lookup(), TENON_ETIMEDOUT);
  CHECK_EQ(plugin.end(), 0);
  support_unload_library(library);
  CHECK(support_has_library(PLUGIN_PATH));
  plugin.answer();
  CHECK(plugin.nothing_left());
}

TEST(a_library_whose_lookups_were_answered_is_gone_when_it_is_unloaded) {
  for (int i = 0; i < 20; i++) {
    CHECK(load());
    CHECK_EQ(plugin.look_up(), 1);
    CHECK(plugin.nothing_left());
    support_unload_library(library);
    CHECK(!support_has_library(PLUGIN_PATH) || !support_unloads_libraries());
  }
}

static tenon_sock ends[2];

static void outlive_library(void *result) {
  char byte;
  *(int *)result = plugin.cancel_on();
  tenon_send(ends[1], "!", 1, NET_LIMIT_MS);
  tenon_recv(ends[1], &byte, 1, NET_LIMIT_MS);
}

/* The library would be called when the thread ends. */
TEST(a_thread_may_end_when_the_library_with_its_waker_is_gone) {
  static support_thread thread;
  static int result;
  char byte;
  CHECK(load());
  CHECK_EQ(net_pair(ends), 0);
  CHECK_EQ(support_thread_start(&thread, outlive_library, &result), 0);
  CHECK_EQ(tenon_recv(ends[0], &byte, 1, NET_LIMIT_MS), 1);
  int closed = plugin.close_waker();
  support_unload_library(library);
  int is_there = support_has_library(PLUGIN_PATH);
  tenon_send(ends[0], "!", 1, NET_LIMIT_MS);
  support_thread_join(&thread);
  CHECK_EQ(result, 0);
  CHECK_EQ(closed, 0);
  CHECK(!is_there || !support_unloads_libraries());
  CHECK_EQ(net_close2(ends[0], ends[1]), 0);
}
