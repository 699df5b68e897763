/* win32/sys_thread.c - threads, gates, one int for each thread.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

#include <stdlib.h>

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

void tenon__sys_pin(void) {
  HMODULE library;
  DWORD flags = GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN;
  GetModuleHandleExW(flags, (LPCWSTR)(uintptr_t)&tenon__sys_pin, &library);
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
static INIT_ONCE slots_once = INIT_ONCE_STATIC_INIT;
static DWORD slot_indexes[TENON__SLOT_COUNT];

static BOOL CALLBACK make_slots(INIT_ONCE *once, void *parameter, void **context) {
  (void)once, (void)parameter, (void)context;
  for (int i = 0; i < TENON__SLOT_COUNT; i++) slot_indexes[i] = TlsAlloc();
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

/* The handle is kept in a slot of the other kind (a fiber has its own), for which the system calls thread_ended(). */
static INIT_ONCE cancel_once = INIT_ONCE_STATIC_INIT;
static DWORD cancel_index;

static void WINAPI thread_ended(void *handle) {
  if (handle) tenon__cancel_ended();
}

/* At exit, and before the library is unloaded: a thread that ends later would call what is not there any more. */
static void free_cancel_index(void) {
  FlsFree(cancel_index);
}

static BOOL CALLBACK make_cancel_index(INIT_ONCE *once, void *parameter, void **context) {
  (void)once, (void)parameter, (void)context;
  cancel_index = FlsAlloc(thread_ended);
  if (cancel_index != FLS_OUT_OF_INDEXES) atexit(free_cancel_index);
  return TRUE;
}

/* Slots are 0 at first; a handle is kept one higher. */
void tenon__sys_set_cancel(tenon_sock cancel) {
  InitOnceExecuteOnce(&cancel_once, make_cancel_index, NULL, NULL);
  FlsSetValue(cancel_index, (void *)(cancel + 1));
}

tenon_sock tenon__sys_cancel(void) {
  InitOnceExecuteOnce(&cancel_once, make_cancel_index, NULL, NULL);
  return (intptr_t)FlsGetValue(cancel_index) - 1;
}
