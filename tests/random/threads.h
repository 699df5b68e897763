/* threads.h - the second mode: several threads, and what must hold whatever they do.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_RANDOM_THREADS_H
#define TENON_TESTS_RANDOM_THREADS_H

#include <stdint.h>

/* Two to four threads make so many calls each. How many invariants did not hold. */
int threads_play(uint64_t seed, int calls);

#endif
