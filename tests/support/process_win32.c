/* process_win32.c - the tests' processes, signals and limits on Windows, which has few of them.
 * SPDX-License-Identifier: MIT
 */
#include "support.h"

#include <windows.h>
#include <string.h>

/* Children are in the same job as this process, for which a job is made when the first test asks. */
int support_child_count(void) {
  static HANDLE job;
  if (!job) {
    job = CreateJobObjectW(NULL, NULL);
    AssignProcessToJobObject(job, GetCurrentProcess());
  }
  JOBOBJECT_BASIC_ACCOUNTING_INFORMATION info = {.ActiveProcesses = 0};
  QueryInformationJobObject(job, JobObjectBasicAccountingInformation, &info, sizeof info, NULL);
  return (int)info.ActiveProcesses - 1;
}

int64_t support_process_id(void) {
  return GetCurrentProcessId();
}

/* A page fault would do as well, but Wine then starts a debugger, which takes half a second. */
void support_crash(void) {
  TerminateProcess(GetCurrentProcess(), 0xC0000005);
}

void support_process_kill(int64_t process_id) {
  HANDLE process = OpenProcess(PROCESS_TERMINATE, FALSE, (DWORD)process_id);
  TerminateProcess(process, 1);
  CloseHandle(process);
}

void support_leave_copy(tenon_sock s) {
  (void)s;
}

tenon_sock support_open_odd_socket(int number) {
  (void)number;
  return -1;
}

int support_in_child(int (*run)(void)) {
  (void)run;
  return -1;
}

int64_t support_cpu_ms(void) {
  FILETIME created, ended, kernel, user;
  GetProcessTimes(GetCurrentProcess(), &created, &ended, &kernel, &user);
  return ((int64_t)kernel.dwLowDateTime + user.dwLowDateTime) / 10000; /* of some minutes, at most */
}

/* An event reaches all who share the console, and Wine has none where its output is redirected. */
int support_interrupt(int which) {
  (void)which;
  return -1;
}

/* The console starts this routine of the system in a thread of the process. It calls the handlers, but under Wine not in a
 * process that ignores Ctrl-C. */
int support_lose_terminal(void) {
  FARPROC found = GetProcAddress(GetModuleHandleW(L"kernelbase.dll"), "CtrlRoutine");
  LPTHREAD_START_ROUTINE routine;
  memcpy(&routine, &found, sizeof routine);
  SetConsoleCtrlHandler(NULL, FALSE);
  HANDLE thread = routine ? CreateThread(NULL, 0, routine, (void *)CTRL_CLOSE_EVENT, 0, NULL) : NULL;
  if (!thread) return -1;
  CloseHandle(thread);
  return 0;
}

void support_raise_handle_limit(void) {}

int support_take_handles(void) {
  return -1;
}

void support_give_handles_back(int count) {
  (void)count;
}

void support_give_all_handles_back(void) {}

void support_signal_storm_start(void) {}

void support_signal_storm_stop(void) {}

static void (*on_signal)(void);
static int signal_ms;
static support_thread signal_thread;

static void run_on_signal(void *unused) {
  (void)unused;
  Sleep((DWORD)signal_ms);
  on_signal();
}

int support_signal_later(void (*handler)(void), int ms) {
  on_signal = handler;
  signal_ms = ms;
  return support_thread_start(&signal_thread, run_on_signal, NULL);
}

void support_signal_end(void) {
  support_thread_join(&signal_thread);
}
