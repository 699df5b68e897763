/* posix/sys_process.c - workers, as forks of this process that are as bare as a new program would be.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

#include <dirent.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define DESCRIPTORS_MAX 65536 /* looked through where there is no list of them */

static int is_worker_here;
static uint32_t key_here;
static atomic_int channel_here = -1;

static void close_if_not_inherited(int fd) {
  int flags = fcntl(fd, F_GETFD);
  if (flags >= 0 && (flags & FD_CLOEXEC) && fd != atomic_load(&channel_here)) close(fd);
}

/* What exec would close. A copy of somebody else's connection, above all, would keep it open after its end. */
static void close_not_inherited(void) {
  DIR *open_ones = opendir("/dev/fd");
  if (!open_ones) {
    for (int fd = 3; fd < DESCRIPTORS_MAX && fd < sysconf(_SC_OPEN_MAX); fd++) close_if_not_inherited(fd);
    return;
  }
  for (struct dirent *entry; (entry = readdir(open_ones));) {
    int fd = atoi(entry->d_name);
    if (fd > 2 && fd != dirfd(open_ones)) close_if_not_inherited(fd);
  }
  closedir(open_ones);
}

/* No signal finds the child with its parent's handlers. */
int tenon__sys_process_start(tenon__process *worker, tenon_sock channel, uint32_t key) {
  sigset_t all, before;
  tenon__sys_flush(); /* or it would be printed twice */
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  *worker = fork();
  int result = *worker >= 0 ? *worker == 0 : tenon__failure(TENON__START, TENON_NO_SOCK);
  if (*worker == 0) {
    is_worker_here = 1;
    key_here = key;
    atomic_store(&channel_here, tenon__native(channel));
    tenon__sys_worker_begin(channel);
    close_not_inherited();
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
