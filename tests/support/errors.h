/* errors.h - what the system's numbers are expected to mean: data for error_mapping_test.c.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_ERRORS_H
#define TENON_TESTS_ERRORS_H

#include "../../src/sys.h" /* before all others, as it asks for */

/* For TENON__ANY: in all operations without a row of their own, but lookups. What has no row is TENON_EIO, or
 * TENON_EAI_FAIL in a lookup. A code of 0 is the end of the stream. */
typedef struct expected_error {
  tenon__operation operation;
  int native;
  int code;
} expected_error;

extern const expected_error expected_errors[];
extern const int expected_error_count;

#endif
