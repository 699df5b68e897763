/* raw_posix.c - what a Berkeley program that was brought to Windows has of its own on POSIX systems.
 * SPDX-License-Identifier: MIT
 */
#include "raw.h"

#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* Beyond the numbers of errno. */
enum { SIGPIPE_CAME = 1000, LOOKUP = 2000 };

static volatile sig_atomic_t sigpipe_came;

static void note_sigpipe(int number) {
  (void)number;
  sigpipe_came = 1;
}

/* A program that does nothing about the signal would have ended with it, and the transcript as well. */
int raw_startup(void) {
  struct sigaction action = {.sa_handler = note_sigpipe};
  return sigaction(SIGPIPE, &action, NULL);
}

int raw_cleanup(void) {
  return 0;
}

int raw_failure(void) {
  int failure = sigpipe_came ? SIGPIPE_CAME : errno;
  sigpipe_came = 0;
  return -failure;
}

int raw_lookup_failure(int code) {
  return -(LOOKUP + (code < 0 ? -code : code));
}

#define ROW(name) \
  { name, #name }
#define LOOKUP_ROW(name) \
  { LOOKUP + (name < 0 ? -(name) : name), #name }
static const struct {
  int number;
  const char *name;
} names[] = {ROW(EBADF),
             ROW(EAGAIN),
             ROW(EACCES),
             ROW(EFAULT),
             ROW(EINTR),
             ROW(EINVAL),
             ROW(EMFILE),
             ROW(EPIPE),
             ROW(ENOTSOCK),
             ROW(EDESTADDRREQ),
             ROW(EMSGSIZE),
             ROW(EPROTOTYPE),
             ROW(ENOPROTOOPT),
             ROW(EPROTONOSUPPORT),
             ROW(EOPNOTSUPP),
             ROW(EAFNOSUPPORT),
             ROW(EADDRINUSE),
             ROW(EADDRNOTAVAIL),
             ROW(ENETUNREACH),
             ROW(ECONNABORTED),
             ROW(ECONNRESET),
             ROW(EISCONN),
             ROW(ENOTCONN),
             ROW(ETIMEDOUT),
             ROW(ECONNREFUSED),
             ROW(EALREADY),
             ROW(EINPROGRESS),
             ROW(ESOCKTNOSUPPORT),
             ROW(EPERM),
             LOOKUP_ROW(EAI_NONAME),
             LOOKUP_ROW(EAI_AGAIN),
             LOOKUP_ROW(EAI_FAIL),
             LOOKUP_ROW(EAI_FAMILY),
             LOOKUP_ROW(EAI_SOCKTYPE),
             LOOKUP_ROW(EAI_SERVICE),
             LOOKUP_ROW(EAI_BADFLAGS),
             LOOKUP_ROW(EAI_OVERFLOW),
             LOOKUP_ROW(EAI_SYSTEM),
             {SIGPIPE_CAME, "SIGPIPE"}};

const char *raw_name(intptr_t result) {
  if (result >= 0) return "OK";
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i].number == -result) return names[i].name;
  return "?";
}

int raw_close(raw_socket s) {
  return close(s);
}

int raw_set_nonblocking(raw_socket s, int on) {
  int flags = fcntl(s, F_GETFL);
  return fcntl(s, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

int raw_poll(struct pollfd *items, int count, int timeout_ms) {
  return poll(items, (nfds_t)count, timeout_ms);
}

int raw_socketpair(raw_socket pair[2]) {
  return socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
}

int64_t raw_now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
