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

/* _Thread_local would make mingw allocate and need a DLL of its own. An index that could not be had costs the native
 * numbers and the wakers' effect, nothing else. */
#define CANCEL_SLOT TENON__SLOT_COUNT
static INIT_ONCE slots_once = INIT_ONCE_STATIC_INIT;
static DWORD slot_indexes[TENON__SLOT_COUNT + 1];

static BOOL CALLBACK make_slots(INIT_ONCE *once, void *parameter, void **context) {
  (void)once, (void)parameter, (void)context;
  for (int i = 0; i <= CANCEL_SLOT; i++) slot_indexes[i] = TlsAlloc();
  return TRUE;
}

static DWORD index_of(int slot) {
  InitOnceExecuteOnce(&slots_once, make_slots, NULL, NULL);
  return slot_indexes[slot];
}

void tenon__sys_put(tenon__slot slot, int value) {
  TlsSetValue(index_of((int)slot), (void *)(intptr_t)value);
}

int tenon__sys_get(tenon__slot slot) {
  return (int)(intptr_t)TlsGetValue(index_of((int)slot));
}

/* Slots are 0 at first; a handle is kept one higher. */
void tenon__sys_set_cancel(tenon_sock cancel) {
  TlsSetValue(index_of(CANCEL_SLOT), (void *)(cancel + 1));
}

tenon_sock tenon__sys_cancel(void) {
  return (intptr_t)TlsGetValue(index_of(CANCEL_SLOT)) - 1;
}
