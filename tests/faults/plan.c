/* plan.c - what is to fail, and the books of what was got and given back.
 * SPDX-License-Identifier: MIT
 */
#include "inside.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "support.h"

enum { PLANS_MAX = 16, SETTLE_LIMIT_MS = 3000 };

typedef struct planned_fault {
  faults_point at;
  int first, count;
  ptrdiff_t result;
} planned_fault;

static planned_fault plans[PLANS_MAX];
static atomic_int plan_count, calls[FAULTS_POINT_COUNT], left, last_native, allocations_left, failed_allocations;

static void *allocate(size_t size) {
  int fails = atomic_fetch_sub(&allocations_left, 1) == 1;
  void *memory = fails ? NULL : malloc(size);
  if (fails) atomic_fetch_add(&failed_allocations, 1);
  if (memory) faults_note(1);
  return memory;
}

static void release(void *memory) {
  free(memory);
  faults_note(-1);
}

/* The allocator stays for good: nobody can tell when the last lookup's memory has come back. */
void faults_clear(void) {
  static int has_allocator;
  if (!has_allocator) tenon_set_allocator(allocate, release);
  has_allocator = 1;
  atomic_store(&plan_count, 0);
  atomic_store(&last_native, 0);
  for (int i = 0; i < FAULTS_POINT_COUNT; i++) atomic_store(&calls[i], 0);
  faults_fail_allocation(0);
  faults_clear_network();
  faults_clear_clock();
}

void faults_fail_allocation(int n) {
  atomic_store(&allocations_left, n);
  atomic_store(&failed_allocations, 0);
}

int faults_failed_allocations(void) {
  return atomic_load(&failed_allocations);
}

void faults_add(faults_point at, int first, int count, ptrdiff_t result) {
  planned_fault plan = {at, atomic_load(&calls[at]) + first, count, result};
  plans[atomic_load(&plan_count)] = plan;
  atomic_fetch_add(&plan_count, 1);
}

int faults_here(faults_point at, ptrdiff_t *result) {
  int call = atomic_fetch_add(&calls[at], 1) + 1, count = atomic_load(&plan_count);
  for (int i = 0; i < count; i++) {
    const planned_fault *plan = &plans[i];
    if (plan->at != at || call < plan->first || call - plan->first >= plan->count) continue;
    *result = plan->result;
    return 1;
  }
  return 0;
}

/* The first number that means this code in this operation, 0 if the system has none. */
static int native_number(tenon__operation operation, int code) {
  for (int i = 0; i < tenon__sys_error_count; i++) {
    const tenon__error_row *row = &tenon__sys_errors[i];
    if (row->code == code && tenon__error_code(operation, row->native) == code) return row->native;
  }
  return 0;
}

int faults_fail(tenon__operation operation, int code) {
  int native = native_number(operation, code);
  atomic_store(&last_native, native);
  tenon__sys_remember(native);
  return code;
}

int faults_native(void) {
  return atomic_load(&last_native);
}

int faults_calls(faults_point at) {
  return atomic_load(&calls[at]);
}

const char *faults_name(faults_point at) {
#define NAME(name) #name
  static const char *const names[] = {FAULTS_POINTS(NAME)};
  return names[at];
}

void faults_note(int got) {
  atomic_fetch_add(&left, got);
}

int faults_left(void) {
  return atomic_load(&left);
}

int faults_nothing_left(void) {
  int64_t deadline = tenon_deadline(SETTLE_LIMIT_MS);
  while (faults_left() != 0 && tenon_remaining(deadline) > 0) support_sleep_ms(1);
  return atomic_exchange(&left, 0) == 0;
}
