/* echo_glib.c - the echo server by GLib: a source for each connection in the main loop, as g_unix_fd_add makes it.
 * SPDX-License-Identifier: MIT */
#include "echo_once.h"

#include <glib-unix.h>

static GMainLoop *loop;

static gboolean on_readable(gint fd, GIOCondition condition, gpointer context) {
  (void)condition, (void)context;
  if (!echo_once(fd)) g_main_loop_quit(loop);
  return G_SOURCE_CONTINUE;
}

int echo_open(echo_connection *connections, int count) {
  loop = g_main_loop_new(NULL, FALSE);
  for (int i = 0; i < count; i++) {
    GSource *source = g_unix_fd_source_new((int)connections[i].sock, G_IO_IN);
    g_source_set_callback(source, G_SOURCE_FUNC(on_readable), NULL, NULL);
    g_source_set_can_recurse(source, TRUE); /* or it is taken out and put back each time, with three calls */
    g_source_attach(source, NULL);
  }
  return 0;
}

int echo_serve(void) {
  g_main_loop_run(loop);
  return 0;
}
