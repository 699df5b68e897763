/* win32/sys_interrupt.c - the console events that ask a process to end.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

#include <stdatomic.h>

static atomic_int is_catching;
static atomic_intptr_t interrupt_trigger;

/* Runs in a thread of its own. Windows ends the process as soon as it has returned from a closing console, a log-off or
 * a shutdown, or after some seconds; those seconds are for the server. */
static BOOL WINAPI on_console_event(DWORD event) {
  tenon__sys_wake(atomic_load(&interrupt_trigger));
  if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) Sleep(INFINITE);
  return TRUE;
}

int tenon__sys_on_interrupt(tenon_sock trigger) {
  int is_wanted = trigger != TENON_NO_SOCK;
  if (is_wanted) atomic_store(&interrupt_trigger, trigger);
  if (is_wanted != is_catching && !SetConsoleCtrlHandler(on_console_event, is_wanted))
    return tenon__failure(TENON__START, TENON_NO_SOCK);
  is_catching = is_wanted;
  return 0;
}

int tenon__sys_interrupt(void) {
  int is_wanted = is_catching;
  if (is_wanted) tenon__sys_wake(atomic_load(&interrupt_trigger));
  return is_wanted;
}
