/* inside.h - what seam.c asks of the plans.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_FAULTS_INSIDE_H
#define TENON_TESTS_FAULTS_INSIDE_H

#include "../../src/sys.h" /* before all others, as it asks for */
#include "faults.h"

/* Counts a call and tells whether the plan has a result for it. */
int faults_here(faults_point at, ptrdiff_t *result);

/* Remembers the native number behind a code, as the backend does with its failures, and returns the code. */
int faults_fail(tenon__operation operation, int code);

/* Counts what is got (1) and given back (-1). */
void faults_note(int got);

/* Tells the clock of a transfer that was asked for so many bytes, of a wait that ended without an event, and of one that a
 * plan ended. */
void faults_note_transfer(size_t size);
void faults_note_wait(int timeout_ms);
void faults_note_interruption(void);

/* 1 if these are answered here, with the result. */
int faults_look_up(tenon__native_info **list, int *result);
int faults_canonname(const tenon__native_info *list, char *name, size_t size, int *result);
int faults_forget_list(tenon__native_info *list);
int faults_name_host(char *host, size_t size, int *result);

/* Where a connect really goes, or 0 and the result. */
int faults_find_way(const tenon__sockaddr *peer, tenon__sockaddr *way, int *result);
void faults_clear_network(void);
void faults_clear_clock(void);

/* A function to which nothing else happens. */
#define PASS(result_type, name, operation, parameters, arguments)                       \
  result_type real__sys_##name parameters;                                              \
  result_type tenon__sys_##name parameters {                                            \
    ptrdiff_t planned;                                                                  \
    if (!faults_here(AT_##name, &planned)) return real__sys_##name arguments;           \
    return (result_type)(planned < 0 ? faults_fail(operation, (int)planned) : planned); \
  }

/* Calls that pass what is planned for them on. */
#define RETURN_PLANNED(name, operation)                                                                             \
  do {                                                                                                              \
    ptrdiff_t planned;                                                                                              \
    if (faults_here(AT_##name, &planned)) return planned < 0 ? faults_fail(operation, (int)planned) : (int)planned; \
  } while (0)

#endif
