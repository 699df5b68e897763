/* win32/sys_thread.c - threads, gates, one int for each thread.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

int tenon__sys_thread_open(tenon__thread *thread, tenon__thread_function *run, void *argument) {
  *thread = CreateThread(NULL, 0, run, argument, 0, NULL);
  return *thread ? 0 : tenon__failure(TENON__START, TENON_NO_SOCK);
}

void tenon__sys_thread_join(const tenon__thread *thread) {
  WaitForSingleObject(*thread, INFINITE);
  CloseHandle(*thread);
}

void tenon__sys_thread_detach(const tenon__thread *thread) {
  CloseHandle(*thread);
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

/* _Thread_local would make mingw allocate and need a DLL of its own. A slot that could not be had costs the native
 * numbers and the wakers' effect, nothing else. */
typedef enum slot { NATIVE_ERROR, CANCEL, SLOT_COUNT } slot;
static INIT_ONCE slots_once = INIT_ONCE_STATIC_INIT;
static DWORD slots[SLOT_COUNT];

static BOOL CALLBACK make_slots(INIT_ONCE *once, void *parameter, void **context) {
  (void)once, (void)parameter, (void)context;
  for (int i = 0; i < SLOT_COUNT; i++) slots[i] = TlsAlloc();
  return TRUE;
}

static void put(slot which, intptr_t value) {
  InitOnceExecuteOnce(&slots_once, make_slots, NULL, NULL);
  TlsSetValue(slots[which], (void *)value);
}

static intptr_t get(slot which) {
  InitOnceExecuteOnce(&slots_once, make_slots, NULL, NULL);
  return (intptr_t)TlsGetValue(slots[which]);
}

void tenon__sys_remember(int native) {
  put(NATIVE_ERROR, native);
}

int tenon__sys_remembered(void) {
  return (int)get(NATIVE_ERROR);
}

/* Slots are 0 at first; a handle is kept one higher. */
void tenon__sys_set_cancel(tenon_sock cancel) {
  put(CANCEL, cancel + 1);
}

tenon_sock tenon__sys_cancel(void) {
  return get(CANCEL) - 1;
}
