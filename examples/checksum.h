/* checksum.h - a checksum, so that both ends of a connection can show that they saw the same bytes.
 * SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_CHECKSUM_H
#define EXAMPLES_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#define CHECKSUM_START 2166136261u

/* FNV-1a with 32 bits: start with CHECKSUM_START, then add the data piece by piece. */
static inline uint32_t checksum_add(uint32_t sum, const void *data, size_t size) {
  const unsigned char *bytes = (const unsigned char *)data;
  for (size_t i = 0; i < size; i++) sum = (sum ^ bytes[i]) * 16777619u;
  return sum;
}

#endif
