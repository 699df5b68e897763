/* sweep.c - one scenario over and over, each time with another fault.
 * SPDX-License-Identifier: MIT
 */
#include "sweep.h"

#include <stdio.h>
#include <string.h>

#include "plausible.h"

enum { TOO_LONG_MS = 2000, LEAKS_MAX = 3 /* to be sure of one takes seconds */ };

/* ---- One run ----------------------------------------------------------------------------------------------------- */

typedef struct run_report {
  ptrdiff_t result;
  int native_error, took_ms, left;
} run_report;

static run_report run_scenario(sweep_scenario *run) {
  tenon_sock socks[SWEEP_SOCKS];
  run_report report;
  for (int i = 0; i < SWEEP_SOCKS; i++) socks[i] = TENON_NO_SOCK;
  int64_t start = tenon_now_ms();
  report.result = run(socks);
  report.native_error = tenon_native_error();
  tenon_cancel_on(NULL);
  for (int i = 0; i < SWEEP_SOCKS; i++)
    if (socks[i] >= 0) tenon_close(socks[i]);
  report.took_ms = (int)(tenon_now_ms() - start);
  report.left = faults_left();
  if (faults_nothing_left()) report.left = 0;
  return report;
}

/* A failure is passed on with its number (or that of an earlier one that tells as much), but a connection that has no
 * name is none. A false report that something is ready may be taken for the waker's. */
static int is_told(run_report report, ptrdiff_t fault) {
  int has_no_name = fault == TENON_ENOTCONN || fault == TENON_EINVAL;
  int is_false_news = fault > 0 && report.result == TENON_ECANCELED;
  if ((report.result == TENON_ENOTCONN && has_no_name) || is_false_news) return 1;
  return report.result == fault && (report.native_error != 0) == (faults_native() != 0);
}

/* What is wrong with it, or NULL. What comes of an answer that is not true is nobody's fault. */
static const char *complaint_about(run_report report, ptrdiff_t fault) {
  if (report.left != 0) return "something is left";
  if (report.took_ms > TOO_LONG_MS) return "it took too long";
  if (report.result > 0 && fault < 0) return "no call failed, but it went wrong";
  if (report.result < 0 && strcmp(tenon_errname(report.result), "EUNKNOWN") == 0) return "no error of Tenon's list";
  if (tenon_is_would_block(report.result))
    return "it may wait, and did not"; /* scenarios take that where they may not */
  if (report.result < 0 && !is_told(report, fault)) return "that is another failure";
  return NULL;
}

/* ---- Faults ------------------------------------------------------------------------------------------------------ */

typedef struct tally {
  const char *name;
  sweep_scenario *run;
  const char *gets_over;
  int injected, survived, succeeded, leaked;
} tally;

static int is_well_without(const tally *t) {
  faults_clear();
  run_report report = run_scenario(t->run);
  const char *complaint = complaint_about(report, TENON_EIO);
  if (!complaint && report.result == 0) return 1;
  printf("  %s: without a fault: %s (%s)\n", t->name, complaint ? complaint : "it fails", tenon_errname(report.result));
  return 0;
}

static int is_among(const char *names, const char *name) {
  size_t length = strlen(name);
  for (const char *at = names; (at = strstr(at, name)) != NULL; at += length) {
    int begins = at == names || at[-1] == ' ', ends = at[length] == '\0' || at[length] == ' ';
    if (begins && ends) return 1;
  }
  return 0;
}

/* Everywhere closing fails in vain, starting is tried again where it is needed, and pairs that the system does not have
 * are made. */
static int may_get_over(const tally *t, const plausible_row *row, ptrdiff_t fault) {
  int is_everywhere = row->at == AT_close || row->at == AT_startup || fault == TENON_ENOTSUP;
  return row->passes || is_everywhere || t->gets_over[0] == '*' || is_among(t->gets_over, faults_name(row->at));
}

static void inject(tally *t, const plausible_row *row, int first, int count, ptrdiff_t fault) {
  faults_clear();
  faults_add(row->at, first, count, fault);
  run_report report = run_scenario(t->run);
  const char *complaint = complaint_about(report, fault);
  if (!complaint && report.result == 0 && !may_get_over(t, row, fault)) complaint = "nobody was told";
  t->injected++;
  t->survived += !complaint;
  t->succeeded += report.result == 0;
  t->leaked += report.left != 0;
  if (!complaint) return;
  printf("  %s: call %d of %s%s gives %d (%s): %s\n", t->name, first, faults_name(row->at),
         count > 1 ? " and all after it" : "", (int)fault, tenon_errname(fault), complaint);
  printf("    its result is %d (%s), after %d ms, and %d are left\n", (int)report.result, tenon_errname(report.result),
         report.took_ms, report.left);
}

static void inject_row(tally *t, const plausible_row *row, int calls) {
  for (int i = 0; i < PLAUSIBLE_MAX && row->results[i] != 0; i++) {
    ptrdiff_t fault = row->results[i] == ZERO ? 0 : row->results[i];
    for (int call = 1; call <= calls && t->leaked < LEAKS_MAX; call++) inject(t, row, call, 1, fault);
    if (calls > 0 && !row->passes) inject(t, row, 1, FAULTS_ALWAYS, fault);
  }
}

int sweep(const char *name, sweep_scenario *run, const char *gets_over) {
  tally t = {name, run, gets_over, 0, 0, 0, 0};
  int calls[FAULTS_POINT_COUNT];
  faults_nothing_left(); /* an earlier test of this process may keep a port that refuses */
  int is_well = is_well_without(&t);
  for (int at = 0; at < FAULTS_POINT_COUNT; at++) calls[at] = faults_calls((faults_point)at);
  for (int row = 0; row < PLAUSIBLE_ROWS && is_well && t.leaked < LEAKS_MAX; row++) {
    inject_row(&t, &plausible[row], calls[plausible[row].at]);
    if (calls[plausible[row].at] > 0) is_well = is_well_without(&t);
  }
  faults_clear();
  printf("  %s: %d faults, %d survived (%d of them without an error)\n", name, t.injected, t.survived, t.succeeded);
  return is_well && t.injected > 0 && t.survived == t.injected;
}

int sweep_allocations(const char *name, sweep_scenario *run) {
  tally t = {name, run, "", 0, 0, 0, 0};
  const char *complaint = NULL;
  for (int n = 1; !complaint; n++) {
    faults_clear();
    faults_fail_allocation(n);
    run_report report = run_scenario(run);
    complaint = complaint_about(report, TENON_ENOMEM);
    if (faults_failed_allocations() == 0) break;
    t.injected++;
  }
  int is_well = is_well_without(&t);
  faults_clear();
  printf("  %s: %d allocations failed: %s\n", name, t.injected, complaint ? complaint : "survived");
  return is_well && t.injected > 0 && !complaint;
}
