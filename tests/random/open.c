/* open.c - the rows of results that are not shown.
 * SPDX-License-Identifier: MIT
 */
#include "open.h"

#include <string.h>

#define OPEN_ROW(row, name, why) {name, why, 0},
static struct {
  const char *name, *reason;
  int is_shown;
} rows[] = {{"", "", 0}, OPEN_ROWS(OPEN_ROW) FOUND_ROWS(OPEN_ROW)};
enum { ROWS = sizeof rows / sizeof *rows };

const char *open_name(int row) {
  return rows[row].name;
}

const char *open_reason(int row) {
  return rows[row].reason;
}

int open_show(const char *name) {
  int count = 0;
  for (int i = 1; i < ROWS; i++) {
    if (strcmp(name, "all") != 0 && strcmp(name, rows[i].name) != 0) continue;
    rows[i].is_shown = 1;
    count++;
  }
  return count ? 0 : -1;
}

int open_is_shown(int row) {
  return rows[row].is_shown;
}
