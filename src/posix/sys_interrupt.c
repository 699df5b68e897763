/* posix/sys_interrupt.c - the signals that ask a process to end.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>

static const int ending_signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { ENDING_SIGNALS = sizeof ending_signals / sizeof ending_signals[0] };

static struct sigaction actions_before[ENDING_SIGNALS];
static atomic_int is_catching;
static atomic_intptr_t interrupt_trigger;

static void on_ending_signal(int number) {
  (void)number;
  tenon__sys_wake(atomic_load(&interrupt_trigger));
}

/* A hang-up that is ignored, as nohup does, stays so. */
static void catch_signals(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_ending_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < ENDING_SIGNALS; i++) {
    sigaction(ending_signals[i], NULL, &actions_before[i]);
    if (ending_signals[i] != SIGHUP || actions_before[i].sa_handler != SIG_IGN)
      sigaction(ending_signals[i], &action, NULL);
  }
}

int tenon__sys_on_interrupt(tenon_sock trigger) {
  if (trigger != TENON_NO_SOCK) atomic_store(&interrupt_trigger, trigger);
  if (trigger != TENON_NO_SOCK && !is_catching) catch_signals();
  for (int i = 0; i < ENDING_SIGNALS && is_catching && trigger == TENON_NO_SOCK; i++)
    sigaction(ending_signals[i], &actions_before[i], NULL);
  is_catching = trigger != TENON_NO_SOCK;
  return 0;
}

int tenon__sys_interrupt(void) {
  int is_wanted = is_catching;
  if (is_wanted) tenon__sys_wake(atomic_load(&interrupt_trigger));
  return is_wanted;
}
