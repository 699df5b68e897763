/* prng.c - SplitMix64 (Steele, Lea, Flood 2014), which has one word of state and no bad seeds.
 * SPDX-License-Identifier: MIT
 */
#include "prng.h"

static uint64_t next(prng *from) {
  uint64_t z = from->state += UINT64_C(0x9E3779B97F4A7C15);
  z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
  return z ^ (z >> 31);
}

void prng_seed(prng *from, uint64_t seed) {
  from->state = seed;
}

int prng_below(prng *from, int limit) {
  return (int)((next(from) >> 33) % (uint64_t)limit);
}

int prng_chance(prng *from, int percent) {
  return prng_below(from, 100) < percent;
}
