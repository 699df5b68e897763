/* heap_posix.c - counts how often the process asks for memory, where the C library lets its functions be replaced.
 * SPDX-License-Identifier: MIT
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "support.h"

/* Sanitizers have replaced them already, and the build may say that they cannot be. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define HEAP_IS_TAKEN
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define HEAP_IS_TAKEN
#endif
#endif

#if defined __GLIBC__ && !defined HEAP_IS_TAKEN

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

static atomic_long allocations;

void *malloc(size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __libc_realloc(memory, size);
}

/* Under valgrind these functions are replaced in their turn. */
long support_allocations(void) {
  void *(*volatile allocate)(size_t size) = malloc;
  long before = atomic_load(&allocations);
  free(allocate(1));
  long after = atomic_load(&allocations);
  atomic_store(&allocations, before);
  return after > before ? before : -1;
}

#else

long support_allocations(void) {
  return -1;
}

#endif
