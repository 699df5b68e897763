/* prng.h - a generator of random numbers that gives the same sequence on every system.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_RANDOM_PRNG_H
#define TENON_TESTS_RANDOM_PRNG_H

#include <stdint.h>

typedef struct prng {
  uint64_t state;
} prng;

void prng_seed(prng *from, uint64_t seed);

/* A number from 0 to limit - 1. */
int prng_below(prng *from, int limit);

/* 1 with a chance of percent in a hundred, else 0. */
int prng_chance(prng *from, int percent);

#endif
