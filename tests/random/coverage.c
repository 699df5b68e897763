/* coverage.c - which outcomes of each public call were seen.
 * SPDX-License-Identifier: MIT
 */
#include "coverage.h"

#include <stdio.h>
#include <string.h>

#include "documented.h"
#include "tenon.h"

enum { CALLS = 128, OUTCOMES = 40, NAME = 24 };

static struct {
  const char *text;
  struct {
    char name[NAME];
    long count;
  } seen[OUTCOMES];
} calls[CALLS];

void coverage_count(const char *text, intptr_t result) {
  const char *name = result < 0 ? tenon_errname(result) : "OK";
  int at = 0, i = 0;
  while (at < CALLS - 1 && calls[at].text && calls[at].text != text) at++;
  calls[at].text = text;
  while (i < OUTCOMES - 1 && calls[at].seen[i].count && strcmp(calls[at].seen[i].name, name) != 0) i++;
  snprintf(calls[at].seen[i].name, NAME, "%s", name);
  calls[at].seen[i].count++;
}

static long count_of(const char *begins, const char *name) {
  for (int at = 0; at < CALLS && calls[at].text; at++) {
    if (strncmp(calls[at].text, begins, strlen(begins)) != 0) continue;
    for (int i = 0; i < OUTCOMES && calls[at].seen[i].count; i++)
      if (strcmp(calls[at].seen[i].name, name) == 0) return calls[at].seen[i].count;
  }
  return 0;
}

/* Writes each name of the list with its count, or those alone that have none. How many have none. */
static int write_outcomes(const documented *call, int is_seen) {
  int missing = 0;
  for (const char *from = call->outcomes; *from;) {
    char name[NAME];
    int length = (int)strcspn(from, " ");
    snprintf(name, sizeof name, "%.*s", length, from);
    long count = count_of(call->begins, name);
    if (is_seen && count) printf(" %s %ld", name, count);
    if (!is_seen && !count) printf("%s%s", missing ? " " : "  never: ", name);
    missing += count == 0;
    from += length + (from[length] == ' ');
  }
  return missing;
}

/* Outcomes that no comment names. */
static void write_others(const documented *call) {
  for (int at = 0; at < CALLS && calls[at].text; at++) {
    if (strncmp(calls[at].text, call->begins, strlen(call->begins)) != 0) continue;
    for (int i = 0; i < OUTCOMES && calls[at].seen[i].count; i++)
      if (!strstr(call->outcomes, calls[at].seen[i].name))
        printf(" (%s %ld)", calls[at].seen[i].name, calls[at].seen[i].count);
  }
}

void coverage_print(void) {
  printf(
      "coverage: outcomes of each call and how often they were seen; in brackets those of the rules for all calls\n");
  for (const documented *call = documented_calls; call->name; call++) {
    printf("%s:", call->name);
    write_outcomes(call, 1);
    write_others(call);
    puts("");
    if (write_outcomes(call, 0)) printf("  (%s)\n", call->unseen[0] ? call->unseen : "no reason is known");
  }
}
