/* tick.c - the tick of 15.6 ms: waits end late, and Sleep ends early.
 * SPDX-License-Identifier: MIT
 *
 * Sleep belongs to kernel32.dll. The layer replaces it in the import table of the program.
 */
#include "layer.h"

#define TICK_100NS 156250ULL

static ULONGLONG now(void) {
  FILETIME time;
  GetSystemTimePreciseAsFileTime(&time);
  return (ULONGLONG)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

static void sleep_until(ULONGLONG end) {
  ULONGLONG at = now();
  if (end > at) Sleep((DWORD)((end - at + 9999) / 10000));
}

/* Called after a wait has reached its limit: waits until the next tick. */
void layer_end_wait_late(void) {
  if (!layer_setting(ROW_TICK)) return;
  layer_arises(ROW_TICK);
  sleep_until((now() / TICK_100NS + 1) * TICK_100NS);
}

/* Windows counts from the last tick, so that a sleep ends early by less than a tick. */
static void WINAPI sleep_by_ticks(DWORD ms) {
  if (ms == INFINITE || ms == 0) {
    Sleep(ms);
    return;
  }
  layer_arises(ROW_TICK);
  ULONGLONG end = now() / TICK_100NS * TICK_100NS + ms * 10000ULL;
  sleep_until((end + TICK_100NS - 1) / TICK_100NS * TICK_100NS);
}

static void replace(FARPROC *place, FARPROC by) {
  DWORD before;
  if (!VirtualProtect(place, sizeof *place, PAGE_READWRITE, &before)) return;
  *place = by;
  VirtualProtect(place, sizeof *place, before, &before);
}

void layer_patch_sleep(void) {
  char *base = (char *)GetModuleHandleW(NULL);
  FARPROC real = GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "Sleep");
  if (!layer_setting(ROW_TICK) || !base) return;
  IMAGE_NT_HEADERS *head = (IMAGE_NT_HEADERS *)(void *)(base + ((IMAGE_DOS_HEADER *)(void *)base)->e_lfanew);
  IMAGE_DATA_DIRECTORY table = head->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
  IMAGE_IMPORT_DESCRIPTOR *library = (IMAGE_IMPORT_DESCRIPTOR *)(void *)(base + table.VirtualAddress);
  for (; table.Size && library->Name; library++) {
    FARPROC *place = (FARPROC *)(void *)(base + library->FirstThunk);
    for (; *place; place++)
      if (*place == real) replace(place, (FARPROC)(void (*)(void))sleep_by_ticks);
  }
}
