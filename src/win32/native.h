/* win32/native.h - the system's headers on Windows, and its spelling of what POSIX spells differently.
 * SPDX-License-Identifier: MIT */
#ifndef TENON_SRC_WIN32_NATIVE_H
#define TENON_SRC_WIN32_NATIVE_H

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0601
#endif

#include <winsock2.h> /* before windows.h, which would bring in the Winsock of 1993 */
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

typedef SOCKET tenon__native_handle;
typedef HANDLE tenon__file;
typedef ADDRINFOW tenon__native_info;
typedef WSAPOLLFD tenon__native_pollfd;

#define TENON__NATIVE_IS_STARTED 1

/* POLLIN and POLLOUT are more than that, and other bits make WSAPoll fail. */
#define TENON__NATIVE_IN POLLRDNORM
#define TENON__NATIVE_OUT POLLWRNORM
#define TENON__NATIVE_HUP POLLHUP
#define TENON__NATIVE_BROKEN 0

/* What POSIX systems have other names for, and what not every mingw-w64 has. */
#define IPV6_RECVPKTINFO IPV6_PKTINFO
#define IPV6_RECVHOPLIMIT IPV6_HOPLIMIT
#ifndef IPV6_RECVTCLASS
#define IPV6_RECVTCLASS 40
#endif
#ifndef IP_ECN
#define IP_ECN 50
#endif
#ifndef IPV6_ECN
#define IPV6_ECN 50
#endif

/* How many buffers a call takes: there is no limit but that of the memory to list them in, and Wine's, above 1000. */
#define TENON__NATIVE_PARTS 256
#define TENON__NATIVE_BATCH 1
#define TENON__NATIVE_SEGMENTS 1

static inline SOCKET tenon__native(intptr_t s) {
  return (SOCKET)s;
}

/* Loads iphlpapi.dll by its full path, as a DLL of that name may stand beside the program or in the working folder. The
 * flag lets what it needs come from the system's folder, too. Windows 7 without the update KB2533623 does not know
 * LOAD_LIBRARY_SEARCH_SYSTEM32, which would do the same. */
static inline HMODULE tenon__load_helper(void) {
  static const wchar_t file[] = L"\\iphlpapi.dll";
  wchar_t path[MAX_PATH + sizeof file / sizeof *file];
  UINT length = GetSystemDirectoryW(path, MAX_PATH);
  if (length == 0 || length >= MAX_PATH) return NULL;
  memcpy(path + length, file, sizeof file);
  return LoadLibraryExW(path, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
}

/* A function of iphlpapi.dll, which is loaded when it is needed, and stays; or NULL. Two threads that load it at once do no
 * harm. */
static inline FARPROC tenon__helper_function(const char *name) {
  static _Atomic(HMODULE) kept;
  HMODULE library = atomic_load(&kept);
  if (!library) {
    library = tenon__load_helper();
    atomic_store(&kept, library);
  }
  return library ? GetProcAddress(library, name) : NULL;
}

#define SHUT_RD SD_RECEIVE
#define SHUT_WR SD_SEND
#define SHUT_RDWR SD_BOTH

/* What a thread runs: TENON__THREAD(name, argument) { ...; return 0; } */
typedef DWORD WINAPI tenon__thread_function(void *);
#define TENON__THREAD(name, argument) static DWORD WINAPI name(void *argument)

typedef HANDLE tenon__thread;
typedef HANDLE tenon__process;
typedef HANDLE tenon__gate;

typedef SRWLOCK tenon__lock;
#define TENON__NATIVE_LOCK_STATIC SRWLOCK_INIT
#define TENON__NATIVE_LOCK_INIT InitializeSRWLock
#define TENON__NATIVE_LOCK AcquireSRWLockExclusive
#define TENON__NATIVE_UNLOCK ReleaseSRWLockExclusive
#define TENON__NATIVE_LOCK_DESTROY(lock) ((void)(lock))

#endif
