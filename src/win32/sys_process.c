/* win32/sys_process.c - workers, as new processes of this program.
 * SPDX-License-Identifier: MIT
 *
 * A worker inherits the reading end of a pipe, whose number stands in its environment with the key, and through which
 * it is told how to open its end of the channel; and what it prints to. Nothing else is inherited. */
#include "../sys.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not in every mingw-w64. */
#ifndef WSA_FLAG_NO_HANDLE_INHERIT
#define WSA_FLAG_NO_HANDLE_INHERIT 0x80
#endif

#define WORKER_VARIABLE L"TENON_WORKER"
#define PATH_MAX_WIDE 32768

/* ---- The parent's side ------------------------------------------------------------------------------------------- */

/* What CreateProcessW wants to read, in one piece of memory. */
typedef struct start_words {
  WCHAR *program, *command_line, *environment;
} start_words;

static size_t length_of_environment(const WCHAR *block) {
  const WCHAR *end = block;
  while (*end) end += wcslen(end) + 1;
  return (size_t)(end - block);
}

/* The program's own name and words, and its environment with one variable more. */
static int allocate_words(start_words *words, HANDLE pipe, uint32_t key) {
  WCHAR variable[64], *own = GetEnvironmentStringsW();
  if (!own) return tenon__refuse(TENON_ENOMEM);
  int length = swprintf(variable, 64, L"%ls=%llx %x", WORKER_VARIABLE, (unsigned long long)(uintptr_t)pipe, key);
  size_t line = wcslen(GetCommandLineW()) + 1, block = length_of_environment(own);
  words->program = tenon__allocate((PATH_MAX_WIDE + line + block + (size_t)length + 2) * sizeof(WCHAR));
  if (words->program) {
    words->command_line = words->program + PATH_MAX_WIDE;
    words->environment = words->command_line + line;
    GetModuleFileNameW(NULL, words->program, PATH_MAX_WIDE);
    memcpy(words->command_line, GetCommandLineW(), line * sizeof(WCHAR));
    memcpy(words->environment, own, block * sizeof(WCHAR));
    memcpy(words->environment + block, variable, ((size_t)length + 1) * sizeof(WCHAR));
    words->environment[block + (size_t)length + 1] = 0;
  }
  FreeEnvironmentStringsW(own);
  return words->program ? 0 : tenon__refuse(TENON_ENOMEM);
}

/* What the worker inherits: copies, as only their copies are inheritable; NULL where the parent has none. */
enum { IN_HANDLE, OUT_HANDLE, ERROR_HANDLE, PIPE_HANDLE, INHERITED_HANDLES };

static HANDLE inheritable_copy(HANDLE handle) {
  HANDLE copy, self = GetCurrentProcess();
  if (!handle || handle == INVALID_HANDLE_VALUE) return NULL;
  return DuplicateHandle(self, handle, self, &copy, 0, TRUE, DUPLICATE_SAME_ACCESS) ? copy : NULL;
}

static int create_process(tenon__process *worker, const start_words *words, HANDLE *inherited) {
  union {
    void *align;
    char bytes[256];
  } memory;
  HANDLE list[INHERITED_HANDLES];
  int count = 0;
  for (int i = 0; i < INHERITED_HANDLES; i++)
    if (inherited[i]) list[count++] = inherited[i];
  SIZE_T size = sizeof memory;
  STARTUPINFOEXW info;
  PROCESS_INFORMATION started;
  memset(&info, 0, sizeof info);
  info.StartupInfo.cb = sizeof info;
  info.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
  info.StartupInfo.hStdInput = inherited[IN_HANDLE];
  info.StartupInfo.hStdOutput = inherited[OUT_HANDLE];
  info.StartupInfo.hStdError = inherited[ERROR_HANDLE];
  info.lpAttributeList = (void *)&memory;
  /* A group of its own: Ctrl-C does not reach it, not even before it can say so. */
  DWORD flags = EXTENDED_STARTUPINFO_PRESENT | CREATE_UNICODE_ENVIRONMENT | CREATE_NEW_PROCESS_GROUP;
  if (!InitializeProcThreadAttributeList(info.lpAttributeList, 1, 0, &size))
    return tenon__failure(TENON__START, TENON_NO_SOCK);
  int is_started = UpdateProcThreadAttribute(info.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, list,
                                             (size_t)count * sizeof list[0], NULL, NULL) &&
                   CreateProcessW(words->program, words->command_line, NULL, NULL, TRUE, flags, words->environment,
                                  NULL, &info.StartupInfo, &started);
  int result = is_started ? 0 : tenon__failure(TENON__START, TENON_NO_SOCK);
  DeleteProcThreadAttributeList(info.lpAttributeList);
  if (result < 0) return result;
  CloseHandle(started.hThread);
  *worker = started.hProcess;
  return 0;
}

static int tell_channel(HANDLE pipe, const tenon__process *worker, tenon_sock channel) {
  WSAPROTOCOL_INFOW info;
  DWORD written;
  if (WSADuplicateSocketW(tenon__native(channel), GetProcessId(*worker), &info) != 0)
    return tenon__failure(TENON__START, channel);
  return WriteFile(pipe, &info, sizeof info, &written, NULL) ? 0 : tenon__failure(TENON__START, TENON_NO_SOCK);
}

static int start_with_pipe(tenon__process *worker, tenon_sock channel, uint32_t key, HANDLE inherited[],
                           HANDLE writing_end) {
  start_words words = {NULL, NULL, NULL};
  int result =
      inherited[PIPE_HANDLE] ? allocate_words(&words, inherited[PIPE_HANDLE], key) : tenon__refuse(TENON_EMFILE);
  if (result < 0) return result;
  result = create_process(worker, &words, inherited);
  tenon__release(words.program);
  if (result < 0) return result;
  result = tell_channel(writing_end, worker, channel);
  if (result < 0) tenon__sys_process_end(worker);
  return result;
}

int tenon__sys_process_start(tenon__process *worker, tenon_sock channel, uint32_t key) {
  HANDLE reading_end, writing_end;
  tenon__sys_flush();
  if (!CreatePipe(&reading_end, &writing_end, NULL, sizeof(WSAPROTOCOL_INFOW)))
    return tenon__failure(TENON__START, TENON_NO_SOCK);
  HANDLE inherited[INHERITED_HANDLES] = {
      inheritable_copy(GetStdHandle(STD_INPUT_HANDLE)), inheritable_copy(GetStdHandle(STD_OUTPUT_HANDLE)),
      inheritable_copy(GetStdHandle(STD_ERROR_HANDLE)), inheritable_copy(reading_end)};
  int result = start_with_pipe(worker, channel, key, inherited, writing_end);
  for (int i = 0; i < INHERITED_HANDLES; i++)
    if (inherited[i]) CloseHandle(inherited[i]);
  CloseHandle(reading_end);
  CloseHandle(writing_end);
  return result;
}

int tenon__sys_process_is_over(const tenon__process *worker) {
  return WaitForSingleObject(*worker, 0) == WAIT_OBJECT_0;
}

void tenon__sys_process_end(tenon__process *worker) {
  TerminateProcess(*worker, 1);
  WaitForSingleObject(*worker, INFINITE);
  CloseHandle(*worker);
}

int64_t tenon__sys_process_number(const tenon__process *worker) {
  return GetProcessId(*worker);
}

/* ---- The worker's side ------------------------------------------------------------------------------------------- */

static tenon_sock open_handed(WSAPROTOCOL_INFOW *info) {
  DWORD flags = WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT;
  SOCKET handle = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, info, 0, flags);
  if (handle == INVALID_SOCKET) return tenon__failure(TENON__SOCKET, TENON_NO_SOCK);
  SetHandleInformation((HANDLE)handle, HANDLE_FLAG_INHERIT, 0);
  tenon__sys_set_nonblocking((tenon_sock)handle, 1);
  return (tenon_sock)handle;
}

int64_t tenon__sys_thread_id(void) {
  return GetCurrentThreadId();
}

static INIT_ONCE worker_once = INIT_ONCE_STATIC_INIT;
static HANDLE worker_pipe; /* NULL: this is no worker */
static uint32_t worker_key;
static atomic_int is_channel_taken;

/* The variable is not for programs that this one starts; should one of them see it, it has no such pipe. */
static BOOL CALLBACK find_worker_pipe(INIT_ONCE *once, void *parameter, void **context) {
  (void)once, (void)parameter, (void)context;
  WCHAR value[32];
  DWORD length = GetEnvironmentVariableW(WORKER_VARIABLE, value, 32);
  if (length == 0 || length >= 32) return TRUE;
  SetEnvironmentVariableW(WORKER_VARIABLE, NULL);
  WCHAR *rest = value;
  HANDLE pipe = (HANDLE)(uintptr_t)_wcstoui64(value, &rest, 16);
  worker_key = (uint32_t)wcstoul(rest, NULL, 16);
  if (GetFileType(pipe) == FILE_TYPE_PIPE) worker_pipe = pipe;
  return TRUE;
}

int tenon__sys_is_worker(void) {
  InitOnceExecuteOnce(&worker_once, find_worker_pipe, NULL, NULL);
  return worker_pipe != NULL;
}

tenon_sock tenon__sys_worker_channel(uint32_t key) {
  WSAPROTOCOL_INFOW info;
  DWORD size = 0;
  if (!tenon__sys_is_worker() || key != worker_key || atomic_exchange(&is_channel_taken, 1))
    return tenon__refuse(TENON_EBUSY);
  BOOL has_read = ReadFile(worker_pipe, &info, sizeof info, &size, NULL);
  CloseHandle(worker_pipe);
  return has_read && size == sizeof info ? open_handed(&info) : tenon__refuse(TENON_EPIPE);
}

static atomic_intptr_t parent_channel;

/* Windows tells one process after the other that the console closes, some versions the newest first, and gives each some
 * seconds. A process ends as soon as this returns, and a worker's clients with it. So a worker tells its parent, which
 * ends it. It keeps the console all the same: only who is attached to a console can print there. */
static BOOL WINAPI pass_on_console_event(DWORD event) {
  if (event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT) return TRUE;
  tenon__sys_wake(atomic_load(&parent_channel));
  Sleep(INFINITE);
  return TRUE;
}

void tenon__sys_worker_begin(tenon_sock channel) {
  atomic_store(&parent_channel, channel);
  SetConsoleCtrlHandler(pass_on_console_event, TRUE);
  SetErrorMode(SetErrorMode(0) | SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
}
