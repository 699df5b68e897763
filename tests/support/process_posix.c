/* process_posix.c - the tests' processes, signals and limits on POSIX systems.
 * SPDX-License-Identifier: MIT
 */
#define _XOPEN_SOURCE 700 /* setitimer, which POSIX itself has given up */
#define _DEFAULT_SOURCE
#define _DARWIN_C_SOURCE

#include "support.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int support_child_count(void) {
  siginfo_t info;
  return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

int64_t support_process_id(void) {
  return getpid();
}

/* A sanitizer would catch the signal and print a page about it. Unlike a true fault, it can be blocked. */
void support_crash(void) {
  struct rlimit none = {0, 0};
  sigset_t fault;
  sigemptyset(&fault);
  sigaddset(&fault, SIGSEGV);
  setrlimit(RLIMIT_CORE, &none);
  signal(SIGSEGV, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &fault, NULL);
  raise(SIGSEGV);
}

void support_process_kill(int64_t process_id) {
  kill((pid_t)process_id, SIGKILL);
}

void support_leave_copy(tenon_sock s) {
  struct pollfd item = {(int)s, POLLIN, 0};
  if (fork() != 0) return;
  poll(&item, 1, 60000);
  _exit(0);
}

tenon_sock support_open_odd_socket(int number) {
#ifdef AF_NETLINK
  if (number == 0) return socket(AF_NETLINK, SOCK_DGRAM, 0);
#endif
  return number <= 1 ? socket(AF_UNIX, SOCK_SEQPACKET, 0) : -1;
}

int support_in_child(int (*run)(void)) {
  int status = 0;
  pid_t child = fork();
  if (child == 0) _exit(run());
  if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

int64_t support_cpu_ms(void) {
  struct timespec used;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return (int64_t)used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

int support_interrupt(int which) {
  static const int numbers[SUPPORT_INTERRUPTS] = {SIGINT, SIGTERM, SIGHUP};
  return raise(numbers[which]) ? -1 : 0;
}

int support_lose_terminal(void) {
  return kill(getppid(), SIGHUP) || raise(SIGHUP) ? -1 : 0;
}

void support_raise_handle_limit(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

enum { FEW_HANDLES = 256 };
static int taken_handles[FEW_HANDLES], taken_count;
static struct rlimit former_limit;

int support_take_handles(void) {
  struct rlimit few;
  int before = taken_count, fd;
  if (taken_count == 0) getrlimit(RLIMIT_NOFILE, &former_limit);
  few = former_limit;
  few.rlim_cur = FEW_HANDLES;
  setrlimit(RLIMIT_NOFILE, &few);
  while (taken_count < FEW_HANDLES && (fd = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
    taken_handles[taken_count++] = fd;
  return taken_count - before;
}

void support_give_handles_back(int count) {
  for (; count > 0 && taken_count > 0; count--) close(taken_handles[--taken_count]);
}

void support_give_all_handles_back(void) {
  support_give_handles_back(taken_count);
  if (former_limit.rlim_cur > 0) setrlimit(RLIMIT_NOFILE, &former_limit);
}

static void ignore_signal(int number) {
  (void)number;
}

void support_signal_storm_start(void) {
  struct sigaction action = {.sa_handler = ignore_signal}; /* without SA_RESTART */
  struct itimerval every_ms = {{0, 1000}, {0, 1000}};
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &every_ms, NULL);
}

/* The handler stays: a last signal may be under way. */
void support_signal_storm_stop(void) {
  struct itimerval never = {{0, 0}, {0, 0}};
  setitimer(ITIMER_REAL, &never, NULL);
}

static void (*on_signal)(void);

static void run_on_signal(int number) {
  (void)number;
  on_signal();
}

int support_signal_later(void (*handler)(void), int ms) {
  struct sigaction action = {.sa_handler = run_on_signal};
  struct itimerval once = {{0, 0}, {0, ms * 1000}};
  on_signal = handler;
  sigaction(SIGALRM, &action, NULL);
  return setitimer(ITIMER_REAL, &once, NULL);
}

void support_signal_end(void) {
  struct sigaction action = {.sa_handler = ignore_signal};
  support_signal_storm_stop();
  sigaction(SIGALRM, &action, NULL);
}
