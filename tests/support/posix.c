/* posix.c - the tests' support on POSIX systems.
 * SPDX-License-Identifier: MIT
 */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE  /* IP_RECVERR, which is Linux's own */
#define _DARWIN_C_SOURCE /* macOS hides options and seteuid() from plain POSIX programs */

#include "support.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(pthread_t) <= sizeof(((support_thread *)0)->native), "a thread's handle does not fit");

/* ThreadSanitizer wants to be asked before a copy of a program with threads may have threads of its own. */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void) {
  return "die_after_fork=0";
}

int support_is_windows(void) {
  return 0;
}

int support_is_wine(void) {
  return 0;
}

/* A lookup makes the C library read its configuration and load its modules, for good. */
void support_warm_up(void) {
  struct addrinfo *list = NULL;
  if (getaddrinfo("localhost", "80", NULL, &list) == 0) freeaddrinfo(list);
}

static int count_by_asking(void) {
  int count = 0;
  for (int fd = 0; fd < 1024; fd++) count += fcntl(fd, F_GETFD) != -1;
  return count;
}

/* /proc is Linux's; the directory's own descriptor and its two dots are in the count each time alike. */
int support_handle_count(void) {
  DIR *directory = opendir("/proc/self/fd");
  if (!directory) return count_by_asking();
  int count = 0;
  while (readdir(directory)) count++;
  closedir(directory);
  return count;
}

void support_sleep_ms(int ms) {
  struct timespec left = {ms / 1000, ms % 1000 * 1000000L};
  while (nanosleep(&left, &left) == -1 && errno == EINTR) continue;
}

void support_end_now(int status) {
  _exit(status);
}

static void *thread_main(void *argument) {
  support_thread *thread = argument;
  thread->run(thread->argument);
  return NULL;
}

int support_thread_start(support_thread *thread, void (*run)(void *argument), void *argument) {
  pthread_t native;
  thread->run = run;
  thread->argument = argument;
  if (pthread_create(&native, NULL, thread_main, thread)) return -1;
  memcpy(&thread->native, &native, sizeof native);
  return 0;
}

static pthread_t native_thread(const support_thread *thread) {
  pthread_t native;
  memcpy(&native, &thread->native, sizeof native);
  return native;
}

void support_thread_join(support_thread *thread) {
  pthread_join(native_thread(thread), NULL);
}

void support_thread_detach(support_thread *thread) {
  pthread_detach(native_thread(thread));
}

tenon_sock support_open_file(void) {
  return open("/dev/null", O_RDWR | O_CLOEXEC);
}

tenon_sock support_open_pipe(void) {
  int ends[2];
  if (pipe(ends)) return -1;
  close(ends[1]);
  return ends[0];
}

void support_close_file(tenon_sock file) {
  close((int)file);
}

FILE *support_create_file(const char *path) {
  return fopen(path, "wb");
}

int support_remove_file(const char *path) {
  return remove(path);
}

tenon_sock support_file_handle(FILE *file) {
  return fileno(file);
}

/* Rights mean nothing to root, who is somebody else meanwhile. */
int support_deny_file(const char *path) {
  if (chmod(path, 0) != 0) return -1;
  return geteuid() == 0 ? seteuid(65534) : 0;
}

void support_allow_files(void) {
  if (getuid() == 0 && seteuid(0) != 0) abort();
}

static const char odd_pipe[] = "tenon-odd-pipe";

const char *support_odd_file(int number) {
  static const char *const names[] = {"/dev/null", "/dev/zero", "/dev/tty", "/dev/", odd_pipe, NULL};
  if (names[number] == odd_pipe) mkfifo(odd_pipe, 0600);
  return names[number];
}

void support_remove_odd_files(void) {
  remove(odd_pipe);
}

tenon_sock support_closed_handle(void) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_close(s);
  return s;
}

int support_inheritable(tenon_sock s) {
  return !(fcntl((int)s, F_GETFD) & FD_CLOEXEC);
}

int support_native_nonblocking(tenon_sock s) {
  return (fcntl((int)s, F_GETFL) & O_NONBLOCK) != 0;
}

/* Systems that make a socket and its properties at once are also those on which MSG_DONTWAIT can be trusted. */
int support_native_nonblocking_expected(void) {
#ifdef SOCK_CLOEXEC
  return 0;
#else
  return 1;
#endif
}

void support_set_native_nonblocking(tenon_sock s, int on) {
  int flags = fcntl((int)s, F_GETFL) & ~O_NONBLOCK;
  fcntl((int)s, F_SETFL, on ? flags | O_NONBLOCK : flags);
}

void support_spoil(tenon_sock s) {
#ifdef IP_MULTICAST_ALL
  int on = 1;
  setsockopt((int)s, IPPROTO_IP, IP_MULTICAST_ALL, &on, sizeof on);
#endif
  fcntl((int)s, F_SETFD, 0);
  support_set_native_nonblocking(s, !support_native_nonblocking(s));
}

void support_set_linger(tenon_sock s, int seconds) {
  struct linger linger = {1, seconds};
  setsockopt((int)s, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

int support_set_conditional_accept(tenon_sock s) {
  (void)s;
  return -1;
}

void support_set_reporting(tenon_sock s) {
#ifdef IP_RECVERR
  int on = 1;
  setsockopt((int)s, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
  setsockopt((int)s, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
#endif
  (void)s;
}

int support_ipv4_ttl(tenon_sock s) {
  int ttl = 0;
  socklen_t size = sizeof ttl;
  return getsockopt((int)s, IPPROTO_IP, IP_TTL, &ttl, &size) ? -1 : ttl;
}

#ifndef TCP_KEEPIDLE
#define TCP_KEEPIDLE TCP_KEEPALIVE
#endif

int support_native_option(tenon_sock s, int option) {
  static const int rows[][2] = {
      [SUPPORT_KEEPALIVE] = {SOL_SOCKET, SO_KEEPALIVE},
      [SUPPORT_KEEPALIVE_IDLE] = {IPPROTO_TCP, TCP_KEEPIDLE},
      [SUPPORT_KEEPALIVE_INTERVAL] = {IPPROTO_TCP, TCP_KEEPINTVL},
      [SUPPORT_KEEPALIVE_COUNT] = {IPPROTO_TCP, TCP_KEEPCNT},
      [SUPPORT_IPV4_TOS] = {IPPROTO_IP, IP_TOS},
      [SUPPORT_IPV6_TCLASS] = {IPPROTO_IPV6, IPV6_TCLASS},
      [SUPPORT_IPV4_MULTICAST_TTL] = {IPPROTO_IP, IP_MULTICAST_TTL},
      [SUPPORT_IPV4_MULTICAST_LOOP] = {IPPROTO_IP, IP_MULTICAST_LOOP},
  };
  int value = 0;
  socklen_t size = sizeof value;
  return getsockopt((int)s, rows[option][0], rows[option][1], &value, &size) ? -1 : value;
}

void support_set_small_buffers(tenon_sock s) {
  int size = 4096;
  setsockopt((int)s, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  setsockopt((int)s, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

static size_t put_native(void *buffer, size_t size, const void *native, size_t native_size) {
  if (size < native_size) return 0;
  memcpy(buffer, native, native_size);
  return native_size;
}

size_t support_native_addr(const char *text, uint16_t port, uint32_t scope, void *buffer, size_t size) {
  struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
  struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_scope_id = scope};
  if (inet_pton(AF_INET, text, &in.sin_addr) == 1) return put_native(buffer, size, &in, sizeof in);
  if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1) return put_native(buffer, size, &in6, sizeof in6);
  return 0;
}

int support_start_foreign(void) {
  return 0;
}

int support_end_foreign(void) {
  return 0;
}
