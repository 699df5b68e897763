/* win32/sys_thread.c - threads nobody joins, gates, one int for each thread.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

int tenon__sys_thread_start(tenon__thread_function *run, void *argument) {
  HANDLE thread = CreateThread(NULL, 0, run, argument, 0, NULL);
  if (!thread) return tenon__failure(TENON__START, TENON_NO_SOCK);
  CloseHandle(thread);
  return 0;
}

int tenon__sys_gate_init(tenon__gate *gate) {
  *gate = CreateEventW(NULL, TRUE, FALSE, NULL);
  return *gate ? 0 : tenon__failure(TENON__START, TENON_NO_SOCK);
}

void tenon__sys_gate_open(tenon__gate *gate) {
  SetEvent(*gate);
}

int tenon__sys_gate_wait(tenon__gate *gate, int timeout_ms) {
  return WaitForSingleObject(*gate, (DWORD)timeout_ms) == WAIT_OBJECT_0;
}

void tenon__sys_gate_destroy(tenon__gate *gate) {
  CloseHandle(*gate);
}

/* _Thread_local would make mingw allocate and need a DLL of its own. Slot numbers are below 2^16; a slot that could not
 * be had costs the native numbers, nothing else. */
static INIT_ONCE slot_once = INIT_ONCE_STATIC_INIT;
static DWORD slot;

static BOOL CALLBACK make_slot(INIT_ONCE *once, void *parameter, void **context) {
  (void)once, (void)parameter, (void)context;
  slot = TlsAlloc();
  return TRUE;
}

void tenon__sys_remember(int native) {
  InitOnceExecuteOnce(&slot_once, make_slot, NULL, NULL);
  TlsSetValue(slot, (void *)(intptr_t)native);
}

int tenon__sys_remembered(void) {
  InitOnceExecuteOnce(&slot_once, make_slot, NULL, NULL);
  return (int)(intptr_t)TlsGetValue(slot);
}
