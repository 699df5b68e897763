/* documented.h - the outcomes that the comments of the public headers name for each call.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_RANDOM_DOCUMENTED_H
#define TENON_TESTS_RANDOM_DOCUMENTED_H

/* begins is how the call stands in the table of calls, outcomes the names of codes with OK for success, unseen why some
 * of them cannot be seen here: "NAMES: reason; NAMES: reason". */
typedef struct documented {
  const char *name, *begins, *outcomes, *unseen;
} documented;

extern const documented documented_calls[]; /* ends with a row without a name */

#endif
