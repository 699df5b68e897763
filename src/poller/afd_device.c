/* poller/afd_device.c - the device behind Winsock, which only ntdll knows how to open and to ask.
 * SPDX-License-Identifier: MIT */
#include "afd_device.h"

#include <stdatomic.h>
#include <string.h>
#include <winternl.h>

#define QUESTIONS_MAX 256 /* of a handle */
#define IOCTL_AFD_POLL 0x00012024
#ifndef SIO_BASE_HANDLE
#define SIO_BASE_HANDLE 0x48000022
#endif
#ifndef SIO_BSP_HANDLE_POLL
#define SIO_BSP_HANDLE_POLL 0x4800001D
#endif
#ifndef SIO_BSP_HANDLE_SELECT
#define SIO_BSP_HANDLE_SELECT 0x4800001C
#endif
#ifndef FILE_OPEN
#define FILE_OPEN 1
#endif

typedef NTSTATUS(NTAPI *open_function)(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, IO_STATUS_BLOCK *, LARGE_INTEGER *,
                                       ULONG, ULONG, ULONG, ULONG, void *, ULONG);
typedef NTSTATUS(NTAPI *control_function)(HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, ULONG, void *, ULONG,
                                          void *, ULONG);

/* Through memory, as ISO C knows no way from one kind of function to another. */
static void find_in_ntdll(const char *name, void *function, size_t size) {
  HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
  FARPROC address = ntdll ? GetProcAddress(ntdll, name) : NULL;
  memcpy(function, &address, size);
}

static HANDLE open_afd(void) {
  static wchar_t name[] = L"\\Device\\Afd\\Tenon";
  UNICODE_STRING text = {sizeof name - sizeof name[0], sizeof name, name};
  OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes, .ObjectName = &text};
  IO_STATUS_BLOCK status;
  HANDLE device = NULL;
  open_function nt_create_file;
  find_in_ntdll("NtCreateFile", &nt_create_file, sizeof nt_create_file);
  if (!nt_create_file || nt_create_file(&device, SYNCHRONIZE, &attributes, &status, NULL, 0,
                                        FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN, 0, NULL, 0) < 0)
    return NULL;
  return device;
}

int tenon__afd_open_device(tenon__afd_device **list, HANDLE port, ULONG_PTR key) {
  tenon__afd_device *d = tenon__allocate(sizeof *d);
  if (!d) return tenon__refuse(TENON_ENOMEM);
  *d = (tenon__afd_device){.next = *list, .handle = open_afd()};
  int result = d->handle ? 0 : tenon__refuse(TENON_ENOTSUP);
  if (result == 0 && !CreateIoCompletionPort(d->handle, port, key, 1))
    result = tenon__failure(TENON__START, TENON_NO_SOCK);
  if (result == 0) {
    *list = d;
    return 0;
  }
  if (d->handle) CloseHandle(d->handle);
  tenon__release(d);
  return result;
}

tenon__afd_device *tenon__afd_device_with_room(tenon__afd_device **list, HANDLE port, ULONG_PTR key) {
  tenon__afd_device *d = *list;
  while (d && d->questions >= QUESTIONS_MAX) d = d->next;
  if (!d) tenon__afd_open_device(list, port, key);
  return d ? d : *list;
}

void tenon__afd_close_devices(tenon__afd_device *list) {
  for (tenon__afd_device *next; list; list = next) {
    next = list->next;
    CloseHandle(list->handle);
    tenon__release(list);
  }
}

/* Some providers keep the first of these answers to themselves. */
SOCKET tenon__afd_base(SOCKET s) {
  static const DWORD ways_to_ask[] = {SIO_BASE_HANDLE, SIO_BSP_HANDLE_POLL, SIO_BSP_HANDLE_SELECT};
  for (size_t i = 0; i < sizeof ways_to_ask / sizeof ways_to_ask[0]; i++) {
    SOCKET base = INVALID_SOCKET;
    DWORD size;
    int result = WSAIoctl(s, ways_to_ask[i], NULL, 0, &base, sizeof base, &size, NULL, NULL);
    if (result == 0 && base != INVALID_SOCKET) return base;
  }
  return s;
}

int tenon__afd_ask(HANDLE device, SOCKET base, ULONG events, tenon__afd_info *info, OVERLAPPED *overlapped) {
  static _Atomic(control_function) nt_device_io_control_file;
  control_function control = atomic_load(&nt_device_io_control_file);
  if (!control) {
    find_in_ntdll("NtDeviceIoControlFile", &control, sizeof control);
    atomic_store(&nt_device_io_control_file, control);
  }
  memset(overlapped, 0, sizeof *overlapped); /* its first half is an IO_STATUS_BLOCK */
  memset(info, 0, sizeof *info);
  info->timeout.QuadPart = INT64_MAX;
  info->count = 1;
  info->handles[0].handle = (HANDLE)base;
  info->handles[0].events = events;
  return control && control(device, NULL, NULL, overlapped, (IO_STATUS_BLOCK *)(void *)overlapped, IOCTL_AFD_POLL, info,
                            sizeof *info, info, sizeof *info) >= 0;
}
