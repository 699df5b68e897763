/* library_posix.c - loading and unloading libraries on POSIX systems.
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <dlfcn.h>
#include <limits.h>
#include <string.h>

void *support_load_library(const char *path) {
  return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

void (*support_library_function(void *library, const char *name))(void) {
  void (*function)(void);
  void *found = dlsym(library, name);
  memcpy(&function, &found, sizeof function);
  return function;
}

void support_unload_library(void *library) {
  dlclose(library);
}

int support_has_library(const char *path) {
  void *library = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
  if (library) dlclose(library);
  return library != NULL;
}

/* musl keeps all. */
int support_unloads_libraries(void) {
#ifdef __GLIBC__
  return 1;
#else
  return 0;
#endif
}
