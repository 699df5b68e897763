/* library_win32.c - loading and unloading libraries on Windows.
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <windows.h>

void *support_load_library(const char *path) {
  return LoadLibraryA(path);
}

void (*support_library_function(void *library, const char *name))(void) {
  return (void (*)(void))GetProcAddress((HMODULE)library, name);
}

void support_unload_library(void *library) {
  FreeLibrary((HMODULE)library);
}

int support_has_library(const char *path) {
  return GetModuleHandleA(path) != NULL;
}

int support_unloads_libraries(void) {
  return 1;
}
