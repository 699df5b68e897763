/* coverage.c - which outcomes of each public call were seen.
 * SPDX-License-Identifier: MIT
 */
#include "coverage.h"

void coverage_count(const char *text, intptr_t result) {
  (void)text;
  (void)result;
}

void coverage_print(void) {}
