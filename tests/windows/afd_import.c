/* afd_import.c - the functions that the linker puts in the place of the system's.
 * SPDX-License-Identifier: MIT
 *
 * With --wrap=__imp_NAME a program calls NAME through __wrap___imp_NAME, and the layer itself through __real___imp_NAME. */
#include "afd_layer.h"

#include <string.h>

static afd_control_function real_control;

afd_control_function afd_real_control(void) {
  return real_control;
}

/* Through memory, as ISO C knows no way from one kind of function to another. */
static FARPROC WINAPI get_proc_address(HMODULE module, const char *name) {
  FARPROC address = AFD_REAL(GetProcAddress)(module, name);
  afd_control_function control = afd_control;
  if ((uintptr_t)name <= 0xffff || strcmp(name, "NtDeviceIoControlFile") != 0) return address;
  memcpy(&real_control, &address, sizeof address);
  memcpy(&address, &control, sizeof address);
  return address;
}

#define WRAP(name, function)                    \
  extern __typeof__(name) *__wrap___imp_##name; \
  __typeof__(name) *__wrap___imp_##name = function

WRAP(CancelIoEx, afd_cancel);
WRAP(CloseHandle, afd_close_handle);
WRAP(CreateIoCompletionPort, afd_open_port);
WRAP(GetProcAddress, get_proc_address);
WRAP(GetQueuedCompletionStatusEx, afd_receive);
WRAP(WSAIoctl, afd_ioctl);
WRAP(WSAPoll, afd_wsapoll);
WRAP(closesocket, afd_closesocket);
WRAP(shutdown, afd_shutdown);
