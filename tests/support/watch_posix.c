/* watch_posix.c - on POSIX systems nobody records what the library asks of the system.
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

void support_watch(int hints_are_refused) {
  (void)hints_are_refused;
}

void support_refuse_sends(int count) {
  (void)count;
}

int support_watched_waits(void) {
  return -1;
}

int support_watched_backlog(void) {
  return -1;
}

int support_watched_index(int is_ipv6) {
  (void)is_ipv6;
  return 0;
}
