/* afd_settings.c - which behaviours are on, and how often each has arisen.
 * SPDX-License-Identifier: MIT */
#include "afd_layer.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* W: an assertion of Wine's tests, which are run on Windows, too; D: Microsoft's documents; R: a report from Windows. */
static const struct behaviour {
  const char *number, *source, *what;
} behaviours[AFD_BEHAVIOURS] = {
    [AFD_WRAPPED] = {"wrapped", "-", "a poll request goes through the layer"},
    [AFD_DATA_AND_END] = {"18", "W afd test_poll", "data and the end of the stream are reported together"},
    [AFD_MIXED_UP] = {"22", "R trio afd-lab",
                      "of two requests for one socket on one device handle, the older gets the result"},
    [AFD_BAD_AMONG_MANY] = {"24", "W afd test_poll", "one bad handle among many makes the whole request fail"},
    [AFD_LAYERED] = {"37", "R wepoll, trio", "a layered provider refuses SIO_BASE_HANDLE"},
    [AFD_ORDER] = {"A1", "D", "completions arrive in another order than the events"},
    [AFD_LATE] = {"A2", "D", "completions arrive late, those of cancelled requests too"},
    [AFD_AT_ONCE] = {"A3", "D, W afd test_poll", "a request completes at once and still queues a packet"},
    [AFD_CANCELLED] = {"A4", "D ExitThread", "a request ends as cancelled though the poller did not cancel it"},
    [AFD_STATUS_LAST] = {"A5", "-", "the status is written after the result"},
    [AFD_FAILED_ALONE] = {"A6", "W afd test_poll", "a failed connect is reported without any other event"},
    [AFD_TWO_POLLERS] = {"A7", "R wepoll 35", "each of two pollers for one socket gets the results of both"},
    [AFD_SHORT] = {"A8", "D", "a request fails for want of resources"},
    [AFD_MANY] = {"A9", "W afd test_poll", "a request names several sockets"},
    [AFD_CLOSED] = {"A10", "W afd test_poll", "a socket is closed while a request for it is pending"},
    [AFD_MOST] = {"A11", "R trio 1280", "the most requests pending on one device handle"},
};

static unsigned settings[AFD_BEHAVIOURS], turns[AFD_BEHAVIOURS];
static atomic_uint hits[AFD_BEHAVIOURS];
static unsigned state = 1;
static SRWLOCK lock = SRWLOCK_INIT;

void afd_lock(void) {
  AcquireSRWLockExclusive(&lock);
}

void afd_unlock(void) {
  ReleaseSRWLockExclusive(&lock);
}

unsigned afd_setting(afd_behaviour which) {
  return settings[which];
}

void afd_hit(afd_behaviour which) {
  atomic_fetch_add(&hits[which], 1);
}

void afd_at_least(afd_behaviour which, unsigned count) {
  if (count > atomic_load(&hits[which])) atomic_store(&hits[which], count);
}

unsigned afd_random(unsigned below) {
  state = state * 1664525 + 1013904223;
  return (state >> 8) % below;
}

int afd_is_due(afd_behaviour which) {
  if (settings[which] == 0 || ++turns[which] < settings[which]) return 0;
  turns[which] = 0;
  return 1;
}

/* ---- The program's beginning and end ------------------------------------------------------------------------------- */

static void write_hits(void) {
  const char *path = getenv("AFD_LAYER_HITS");
  FILE *file = path ? fopen(path, "a") : NULL;
  if (!file) return;
  for (int i = 0; i < AFD_BEHAVIOURS; i++)
    fprintf(file, "%s\t%u\t%s\t%s\n", behaviours[i].number, atomic_load(&hits[i]), behaviours[i].source,
            behaviours[i].what);
  fclose(file);
}

static void switch_on(const char *word) {
  size_t length = strcspn(word, "=");
  for (int i = 0; i < AFD_BEHAVIOURS; i++) {
    if (strlen(behaviours[i].number) != length || strncmp(behaviours[i].number, word, length) != 0) continue;
    settings[i] = word[length] ? (unsigned)strtoul(word + length + 1, NULL, 10) : 1;
    return;
  }
  fprintf(stderr, "AFD_LAYER: there is no behaviour %s\n", word);
  exit(3);
}

static void __attribute__((constructor)) begin(void) {
  static char words[256];
  const char *text = getenv("AFD_LAYER");
  snprintf(words, sizeof words, "%s", text ? text : "");
  for (char *word = strtok(words, " "); word; word = strtok(NULL, " ")) switch_on(word);
  state += afd_setting(AFD_ORDER);
  atexit(write_hits);
}
