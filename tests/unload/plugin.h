/* plugin.h - a library that has a Tenon of its own, which a program loads and unloads.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_UNLOAD_PLUGIN_H
#define TENON_TESTS_UNLOAD_PLUGIN_H

/* Its functions; those that return int give what Tenon gave. */
typedef struct unload_plugin {
  int (*start)(void);        /* tenon_startup() */
  int (*end)(void);          /* tenon_cleanup() */
  int (*leave_lookup)(void); /* a lookup whose resolver does not answer before its limit */
  void (*answer)(void);      /* lets all resolvers answer */
  int (*nothing_left)(void); /* waits until those have ended; 1 if all that was got has been given back */
  int (*look_up)(void);      /* a lookup with a limit and with an answer */
  int (*cancel_on)(void);    /* tenon_cancel_on() of this thread, with a waker */
  int (*close_waker)(void);
} unload_plugin;

/* The one function that is looked up by its name. */
typedef const unload_plugin *unload_plugin_get(void);
#define UNLOAD_PLUGIN_GET "get_plugin"

#endif
