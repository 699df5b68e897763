/* posix/sys_process.c - workers, as forks of this process that are as bare as a new program would be.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

#include <dirent.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define DESCRIPTORS_MAX 65536 /* where the system names no limit */
#define GAP_MAX 256           /* unused numbers in a row, after which there is no further descriptor */

static int is_worker_here;
static uint32_t key_here;
static atomic_int channel_here = -1;

/* The highest descriptor that is open, or may be. Some systems list the first three alone, so a list counts only if it
 * has the descriptor that it is read through. */
static int find_last_descriptor(void) {
  long limit = sysconf(_SC_OPEN_MAX);
  int last = 0, is_complete = 0;
  DIR *list = opendir("/dev/fd");
  for (struct dirent *entry; list && (entry = readdir(list));) {
    int fd = atoi(entry->d_name);
    if (fd > last) last = fd;
    is_complete |= fd == dirfd(list);
  }
  if (list) closedir(list);
  if (is_complete) return last;
  return limit > 0 && limit <= INT_MAX ? (int)limit - 1 : DESCRIPTORS_MAX - 1;
}

/* Closes what exec would close: above all, a copy of another client's connection would keep it open after its end. Until
 * the fork other threads may have opened descriptors beyond the last one that was listed; they took the lowest numbers
 * that were free. The child of a process with threads may call nothing that takes locks, so it reads no list. */
static void close_not_inherited(int last) {
  for (int fd = 3; fd <= last || fd - last <= GAP_MAX; fd++) {
    int flags = fcntl(fd, F_GETFD);
    if (flags >= 0 && fd > last) last = fd;
    if (flags >= 0 && (flags & FD_CLOEXEC) && fd != atomic_load(&channel_here)) close(fd);
  }
}

/* No signal finds the child with its parent's handlers. */
int tenon__sys_process_start(tenon__process *worker, tenon_sock channel, uint32_t key) {
  sigset_t all, before;
  tenon__sys_flush(); /* or it would be printed twice */
  int last = find_last_descriptor();
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  *worker = fork();
  int result = *worker >= 0 ? *worker == 0 : tenon__failure(TENON__START, TENON_NO_SOCK);
  if (*worker == 0) {
    is_worker_here = 1;
    key_here = key;
    atomic_store(&channel_here, tenon__native(channel));
    tenon__sys_worker_begin(channel);
    close_not_inherited(last);
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return result;
}

int tenon__sys_process_is_over(const tenon__process *worker) {
  siginfo_t end = {.si_pid = 0};
  return waitid(P_PID, (id_t)*worker, &end, WEXITED | WNOHANG | WNOWAIT) < 0 ? errno == ECHILD : end.si_pid != 0;
}

/* Where the program itself collects its children, or ignores their ends, this one may be gone already, and its number
 * be somebody else's. */
void tenon__sys_process_end(tenon__process *worker) {
  if (waitpid(*worker, NULL, WNOHANG) != 0) return;
  kill(*worker, SIGKILL);
  while (waitpid(*worker, NULL, 0) < 0 && errno == EINTR) continue;
}

int64_t tenon__sys_process_number(const tenon__process *worker) {
  return *worker;
}

/* POSIX knows no numbers of threads. */
int64_t tenon__sys_thread_id(void) {
  return (int64_t)(intptr_t)pthread_self();
}

int tenon__sys_is_worker(void) {
  return is_worker_here;
}

tenon_sock tenon__sys_worker_channel(uint32_t key) {
  int fd = key == key_here ? atomic_exchange(&channel_here, -1) : -1;
  return fd >= 0 ? fd : tenon__refuse(TENON_EBUSY);
}

void tenon__sys_worker_begin(tenon_sock channel) {
  (void)channel; /* the system asks all processes at once */
  static const int ignored[] = {SIGINT, SIGQUIT, SIGHUP, SIGTERM};
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = SIG_IGN;
  for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++) sigaction(ignored[i], &action, NULL);
}
