/* win32.c - the tests' support on Windows.
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <io.h>
#include <process.h>
#include <string.h>

int support_is_windows(void) {
  return 1;
}

int support_is_wine(void) {
  return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != NULL;
}

static void do_nothing(void *unused) {
  (void)unused;
}

/* Under Wine 10 the first list of interfaces opens handles, which the process keeps while the library is loaded. */
static void list_interfaces(void) {
  typedef ULONG(WINAPI * get_addresses)(ULONG, ULONG, void *, void *, ULONG *);
  ULONG size = 0;
  HMODULE library = LoadLibraryExW(L"iphlpapi.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
  if (!library) return;
  get_addresses get = (get_addresses)(void (*)(void))GetProcAddress(library, "GetAdaptersAddresses");
  if (get) get(AF_UNSPEC, 0, NULL, NULL, &size);
}

/* Waiting is what counts under Wine 8: a thread's first wait for a socket opens an event, which it keeps. Startups,
 * sockets, lookups and ended threads left nothing behind there; elsewhere they may, once. Winsock is given back at the
 * end, so that Tenon has still to start it. */
void support_warm_up(void) {
  support_thread thread;
  struct addrinfo *list = NULL;
  if (support_start_foreign()) return;
  WSAPOLLFD item = {socket(AF_INET, SOCK_STREAM, 0), POLLIN, 0};
  WSAPoll(&item, 1, 1);
  closesocket(item.fd);
  if (getaddrinfo("localhost", "80", NULL, &list) == 0) freeaddrinfo(list);
  if (support_thread_start(&thread, do_nothing, NULL) == 0) support_thread_join(&thread);
  list_interfaces();
  support_end_foreign();
}

/* Asks for each handle whether it is one. New handles take the lowest free number, so a long gap is taken for the end:
 * a leak beyond it is not seen. */
static int count_by_asking(void) {
  enum { GAP = 256, STEP = 4 };
  int count = 0;
  DWORD flags;
  for (intptr_t handle = STEP, last = 0; handle - last <= GAP * STEP; handle += STEP) {
    if (!GetHandleInformation((HANDLE)handle, &flags)) continue;
    last = handle;
    count++;
  }
  return count;
}

/* Under Wine 8 the simple question succeeds with 0, always, and NtQuerySystemInformation must not be asked: the server
 * crashes if another process is just starting. Asking one by one takes 3 to 18 ms there, and was stable to the handle:
 * 12 before 50 threads, 62 during, 12 as soon as they were joined. */
int support_handle_count(void) {
  DWORD count = 0;
  GetProcessHandleCount(GetCurrentProcess(), &count);
  return count ? (int)count : count_by_asking();
}

void support_sleep_ms(int ms) {
  Sleep((DWORD)ms);
}

void support_end_now(int status) {
  TerminateProcess(GetCurrentProcess(), (UINT)status);
}

static unsigned __stdcall thread_main(void *argument) {
  support_thread *thread = argument;
  thread->run(thread->argument);
  return 0;
}

int support_thread_start(support_thread *thread, void (*run)(void *argument), void *argument) {
  thread->run = run;
  thread->argument = argument;
  uintptr_t native = _beginthreadex(NULL, 0, thread_main, thread, 0, NULL);
  if (!native) return -1;
  memcpy(&thread->native, &native, sizeof native);
  return 0;
}

void support_thread_join(support_thread *thread) {
  HANDLE native;
  memcpy(&native, &thread->native, sizeof native);
  WaitForSingleObject(native, INFINITE);
  CloseHandle(native);
}

void support_thread_detach(support_thread *thread) {
  HANDLE native;
  memcpy(&native, &thread->native, sizeof native);
  CloseHandle(native);
}

tenon_sock support_open_file(void) {
  return (tenon_sock)CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
}

tenon_sock support_open_pipe(void) {
  HANDLE ends[2];
  if (!CreatePipe(&ends[0], &ends[1], NULL, 0)) return -1;
  CloseHandle(ends[1]);
  return (tenon_sock)ends[0];
}

void support_close_file(tenon_sock file) {
  CloseHandle((HANDLE)file);
}

static const WCHAR *widened(const char *path) {
  static WCHAR wide[256];
  return MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, 256) > 0 ? wide : L"";
}

FILE *support_create_file(const char *path) {
  return _wfopen(widened(path), L"wb");
}

int support_remove_file(const char *path) {
  return _wremove(widened(path));
}

tenon_sock support_file_handle(FILE *file) {
  return (tenon_sock)_get_osfhandle(_fileno(file));
}

static HANDLE denied = INVALID_HANDLE_VALUE;

/* By having it for itself alone. */
int support_deny_file(const char *path) {
  denied = CreateFileW(widened(path), GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
  return denied == INVALID_HANDLE_VALUE ? -1 : 0;
}

void support_allow_files(void) {
  if (denied != INVALID_HANDLE_VALUE) CloseHandle(denied);
  denied = INVALID_HANDLE_VALUE;
}

const char *support_odd_file(int number) {
  static const char *const names[] = {
      "NUL",      "nul.txt", "./NUL",     "CON",  "CONIN$",         "AUX", "PRN", "COM1", "COM9",
      "lpt1.txt", "//./NUL", "\\\\.\\C:", "C:\\", "\\\\.\\pipe\\x", NULL};
  return names[number];
}

void support_remove_odd_files(void) {}

tenon_sock support_closed_handle(void) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_close(s);
  return s;
}

int support_inheritable(tenon_sock s) {
  DWORD flags = 0;
  GetHandleInformation((HANDLE)s, &flags);
  return (flags & HANDLE_FLAG_INHERIT) != 0;
}

/* Winsock has a call to set the mode and none to ask for it. */
int support_native_nonblocking(tenon_sock s) {
  (void)s;
  return -1;
}

int support_native_nonblocking_expected(void) {
  return -1;
}

void support_set_native_nonblocking(tenon_sock s, int on) {
  u_long native = (u_long)on;
  ioctlsocket((SOCKET)s, (long)FIONBIO, &native);
}

void support_spoil(tenon_sock s) {
  SetHandleInformation((HANDLE)s, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  support_set_native_nonblocking(s, 0);
}

void support_set_linger(tenon_sock s, int seconds) {
  struct linger linger = {1, (u_short)seconds};
  setsockopt((SOCKET)s, SOL_SOCKET, SO_LINGER, (const char *)&linger, sizeof linger);
}

int support_set_conditional_accept(tenon_sock s) {
  int on = 1;
  return setsockopt((SOCKET)s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, (const char *)&on, sizeof on) ? -1 : 0;
}

void support_set_reporting(tenon_sock s) {
  DWORD on = 1, bytes, sio_udp_connreset = _WSAIOW(IOC_VENDOR, 12);
  WSAIoctl((SOCKET)s, sio_udp_connreset, &on, sizeof on, NULL, 0, &bytes, NULL, NULL);
}

int support_ipv4_ttl(tenon_sock s) {
  int ttl = 0, size = sizeof ttl;
  return getsockopt((SOCKET)s, IPPROTO_IP, IP_TTL, (char *)&ttl, &size) ? -1 : ttl;
}

int support_native_option(tenon_sock s, int option) {
  enum { KEEPIDLE = 3, KEEPCNT = 16, KEEPINTVL = 17 }; /* not in every mingw-w64 */
  static const int rows[][2] = {
      [SUPPORT_KEEPALIVE] = {SOL_SOCKET, SO_KEEPALIVE},
      [SUPPORT_KEEPALIVE_IDLE] = {IPPROTO_TCP, KEEPIDLE},
      [SUPPORT_KEEPALIVE_INTERVAL] = {IPPROTO_TCP, KEEPINTVL},
      [SUPPORT_KEEPALIVE_COUNT] = {IPPROTO_TCP, KEEPCNT},
      [SUPPORT_IPV4_TOS] = {IPPROTO_IP, IP_TOS},
      [SUPPORT_IPV6_TCLASS] = {IPPROTO_IPV6, IPV6_TCLASS},
      [SUPPORT_IPV4_MULTICAST_TTL] = {IPPROTO_IP, IP_MULTICAST_TTL},
      [SUPPORT_IPV4_MULTICAST_LOOP] = {IPPROTO_IP, IP_MULTICAST_LOOP},
  };
  int value = 0, size = sizeof value;
  return getsockopt((SOCKET)s, rows[option][0], rows[option][1], (char *)&value, &size) ? -1 : value;
}

void support_set_small_buffers(tenon_sock s) {
  int size = 4096;
  setsockopt((SOCKET)s, SOL_SOCKET, SO_SNDBUF, (const char *)&size, sizeof size);
  setsockopt((SOCKET)s, SOL_SOCKET, SO_RCVBUF, (const char *)&size, sizeof size);
}

static size_t put_native(void *buffer, size_t size, const void *native, size_t native_size) {
  if (size < native_size) return 0;
  memcpy(buffer, native, native_size);
  return native_size;
}

size_t support_native_addr(const char *text, uint16_t port, uint32_t scope, void *buffer, size_t size) {
  struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
  struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_scope_id = scope};
  if (support_start_foreign()) return 0;
  int read_in = inet_pton(AF_INET, text, &in.sin_addr) == 1;
  int read_in6 = !read_in && inet_pton(AF_INET6, text, &in6.sin6_addr) == 1;
  support_end_foreign();
  if (read_in) return put_native(buffer, size, &in, sizeof in);
  return read_in6 ? put_native(buffer, size, &in6, sizeof in6) : 0;
}

int support_start_foreign(void) {
  WSADATA data;
  return WSAStartup(MAKEWORD(2, 2), &data) == 0 ? 0 : -1;
}

int support_end_foreign(void) {
  return WSACleanup() == 0 ? 0 : -1;
}
