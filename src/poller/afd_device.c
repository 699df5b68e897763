/* poller/afd_device.c - the device behind Winsock, which only ntdll knows how to open and to ask.
 * SPDX-License-Identifier: MIT */
#include "afd_device.h"

#include <stdatomic.h>
#include <string.h>
#include <winternl.h>

#define QUESTIONS_MAX 256 /* of a handle */
#define LAYERS_MAX 16     /* of providers, which is more than anybody has */
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
#define NO_MEMORY ((NTSTATUS)0xC0000017)
#define NO_RESOURCES ((NTSTATUS)0xC000009A)
#define NO_QUOTA ((NTSTATUS)0xC0000044)
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

static int make_room_for_device(tenon__afd_devices *devices) {
  if (devices->count < devices->room) return 0;
  tenon__afd_devices larger = {NULL, devices->count, 2 * devices->count + 1};
  larger.list = tenon__allocate_array(0, larger.room, sizeof *larger.list);
  if (!larger.list) return tenon__refuse(TENON_ENOMEM);
  for (unsigned i = 0; i < devices->count; i++) larger.list[i] = devices->list[i];
  if (devices->list) tenon__release(devices->list);
  *devices = larger;
  return 0;
}

int tenon__afd_open_device(tenon__afd_devices *devices, HANDLE port, ULONG_PTR key) {
  int result = make_room_for_device(devices);
  if (result < 0) return result;
  HANDLE device = open_afd();
  if (!device) return tenon__refuse(TENON_ENOTSUP);
  if (!CreateIoCompletionPort(device, port, key, 1)) {
    result = tenon__failure(TENON__START, TENON_NO_SOCK);
    CloseHandle(device);
    return result;
  }
  devices->list[devices->count++] = (struct tenon__afd_device){device, 0};
  return 0;
}

unsigned tenon__afd_device_with_room(tenon__afd_devices *devices, HANDLE port, ULONG_PTR key) {
  for (unsigned i = devices->count; i-- > 0;) {
    if (devices->list[i].questions < QUESTIONS_MAX) return i;
  }
  tenon__afd_open_device(devices, port, key);
  return devices->count - 1;
}

void tenon__afd_close_devices(tenon__afd_devices *devices) {
  for (unsigned i = 0; i < devices->count; i++) CloseHandle(devices->list[i].handle);
  if (devices->list) tenon__release(devices->list);
}

static int ask_provider(SOCKET s, DWORD which, SOCKET *behind) {
  DWORD size;
  *behind = INVALID_SOCKET;
  return WSAIoctl(s, which, NULL, 0, behind, sizeof *behind, &size, NULL, NULL) == 0 && *behind != INVALID_SOCKET;
}

/* Some layered providers refuse SIO_BASE_HANDLE, but tell the handle of the next layer, whose provider may tell the
 * base. */
SOCKET tenon__afd_base(SOCKET s) {
  SOCKET next;
  for (int layer = 0; layer < LAYERS_MAX; layer++, s = next) {
    if (ask_provider(s, SIO_BASE_HANDLE, &next)) return next;
    int is_deeper = ask_provider(s, SIO_BSP_HANDLE_POLL, &next) && next != s;
    if (!is_deeper) is_deeper = ask_provider(s, SIO_BSP_HANDLE_SELECT, &next) && next != s;
    if (!is_deeper) break;
  }
  return s;
}

/* The device copies the question. The answer and a status are written to one address, to save memory; in which order does
 * not matter, as nobody reads the bytes that they share. The port tells when both are there, events are 0 unless there
 * was something to say, and a status is needed only for its address, by which a question is cancelled. */
_Static_assert(sizeof(IO_STATUS_BLOCK) <= sizeof(tenon__afd_head), "the status covers what is read");

static tenon__afd_outcome outcome_of(NTSTATUS status) {
  if (status >= 0) return WILL_ANSWER;
  return status == NO_MEMORY || status == NO_RESOURCES || status == NO_QUOTA ? OUT_OF_RESOURCES : REFUSED;
}

tenon__afd_outcome tenon__afd_ask(HANDLE device, const tenon__afd_socket *sockets, unsigned count,
                                  tenon__afd_head *answer, void *context) {
  static _Atomic(control_function) nt_device_io_control_file;
  control_function control = atomic_load(&nt_device_io_control_file);
  if (!control) {
    find_in_ntdll("NtDeviceIoControlFile", &control, sizeof control);
    atomic_store(&nt_device_io_control_file, control);
  }
  struct {
    tenon__afd_head head;
    tenon__afd_socket sockets[AFD_SOCKETS_MAX];
  } question = {{{{.QuadPart = INT64_MAX}}, count, 0}, {{NULL, 0, 0}}};
  tenon__afd_socket *said = (tenon__afd_socket *)(void *)(answer + 1);
  size_t unit = _Alignof(tenon__afd_head), size = sizeof *answer + count * sizeof *sockets;
  for (unsigned i = 0; i < count; i++) question.sockets[i] = sockets[i], said[i].events = 0;
  size = (size + unit - 1) / unit * unit; /* what C would make of it, which matters on 32-bit systems */
  if (!control) return REFUSED;
  return outcome_of(control(device, NULL, NULL, context, (IO_STATUS_BLOCK *)(void *)answer, IOCTL_AFD_POLL, &question,
                            (ULONG)size, answer, (ULONG)size));
}

void tenon__afd_cancel(HANDLE device, tenon__afd_head *answer) {
  CancelIoEx(device, (OVERLAPPED *)(void *)answer);
}
