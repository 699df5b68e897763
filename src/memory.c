/* memory.c - the one place where memory comes from.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

#include <stdlib.h>

static void *(*allocate_memory)(size_t size) = malloc;
static void (*release_memory)(void *memory) = free;

void tenon_set_allocator(void *(*allocate)(size_t size), void (*release)(void *memory)) {
  allocate_memory = allocate && release ? allocate : malloc;
  release_memory = allocate && release ? release : free;
}

void *tenon__allocate(size_t size) {
  return allocate_memory(size);
}

void *tenon__allocate_array(size_t header, size_t count, size_t size) {
  if (size != 0 && count > (SIZE_MAX - header) / size) return NULL;
  return tenon__allocate(header + count * size);
}

/* The caller's function need not take NULL, as free does. */
void tenon__release(void *memory) {
  if (memory) release_memory(memory);
}
