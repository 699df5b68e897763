/* exports.c - loads the builtin, and forwards the functions that are not overlaid.
 * SPDX-License-Identifier: MIT
 */
#include "layer.h"

layer_builtin builtin;

/* Each forwarded function is a jump to the address in the builtin. */
#define SLOT(name) FARPROC layer_slot_##name;
#define JUMP(name) __asm__(".globl pass_" #name "\npass_" #name ": jmp *layer_slot_" #name "(%rip)");
LAYER_PASSED(SLOT)
LAYER_PASSED(JUMP)

/* Wine 8 lacks a function that Wine 10 has. Calling it fails. */
static INT_PTR WINAPI not_here(void) {
  SetLastError(WSAEOPNOTSUPP);
  return SOCKET_ERROR;
}

static FARPROC find(HMODULE library, const char *name) {
  FARPROC address = GetProcAddress(library, name);
  return address ? address : (FARPROC)not_here;
}

static void find_member(HMODULE library, const char *name, void *member) {
  FARPROC address = find(library, name);
  memcpy(member, &address, sizeof address);
}

/* The full path is needed: the bare name is this DLL. */
int layer_load_builtin(void) {
  WCHAR path[MAX_PATH];
  UINT length = GetSystemDirectoryW(path, MAX_PATH);
  if (length == 0 || length + sizeof "\\ws2_32.dll" > MAX_PATH) return 0;
  memcpy(path + length, L"\\ws2_32.dll", sizeof L"\\ws2_32.dll");
  HMODULE library = LoadLibraryW(path);
  if (!library) return 0;
#define FIND_SLOT(name) layer_slot_##name = find(library, #name);
#define FIND_MEMBER(name) find_member(library, #name, &builtin.name);
  LAYER_PASSED(FIND_SLOT)
  LAYER_OVERLAID(FIND_MEMBER)
  return 1;
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, void *reserved) {
  (void)module, (void)reserved;
  if (reason != DLL_PROCESS_ATTACH) return TRUE;
  if (!layer_load_builtin()) return FALSE;
  layer_read_settings();
  layer_patch_sleep();
  layer_prepare_transmission();
  return TRUE;
}
