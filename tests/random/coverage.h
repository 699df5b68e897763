/* coverage.h - which outcomes of each public call were seen.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_RANDOM_COVERAGE_H
#define TENON_TESTS_RANDOM_COVERAGE_H

#include <stdint.h>

/* Counts a result of the call that stands first in text. */
void coverage_count(const char *text, intptr_t result);

/* Writes a line for each call and outcome, those that were seen and those that are documented and were not. */
void coverage_print(void);

#endif
