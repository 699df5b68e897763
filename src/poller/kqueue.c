/* poller/kqueue.c - the poller over kqueue, of macOS and the BSDs. It allocates nothing: the caller's pointer lives in the
 * kernel, which has a filter for each direction of a socket.
 * SPDX-License-Identifier: MIT */
#ifndef _DARWIN_C_SOURCE
#define _DARWIN_C_SOURCE /* kqueue is no part of POSIX */
#endif
#include "poller.h"

#include <sys/types.h>
#include <sys/event.h>

enum { PIECE = 128, WAKE_ID = 0 };

/* The descriptor is kept as its complement, so that 0 is none. */
typedef struct kernel_queue {
  int not_queue;
  atomic_int is_busy, is_woken;
} kernel_queue;
TENON__POLLER_FITS(kernel_queue);

static kernel_queue *kernel_queue_of(tenon_poller *p) {
  return (kernel_queue *)(void *)p->own;
}

/* One change of one filter: 0, or -1. */
static int change_filter(int queue, uintptr_t id, int filter, int flags, unsigned notes, void *pointer) {
  struct kevent change;
  memset(&change, 0, sizeof change);
  change.ident = id;
  change.filter = (short)filter;
  change.flags = (unsigned short)flags;
  change.fflags = notes;
  change.udata = pointer;
  return kevent(queue, &change, 1, NULL, 0, NULL);
}

int tenon_poller_open(tenon_poller *p) {
  if (!p) return tenon__refuse(TENON_EINVAL);
  memset(p, 0, sizeof *p);
  int queue = kqueue();
  if (queue < 0) return tenon__failure(TENON__SOCKET, TENON_NO_SOCK);
  fcntl(queue, F_SETFD, FD_CLOEXEC);
  if (change_filter(queue, WAKE_ID, EVFILT_USER, EV_ADD | EV_CLEAR, 0, NULL) < 0) {
    int code = tenon__failure(TENON__SOCKET, TENON_NO_SOCK);
    close(queue);
    return code;
  }
  kernel_queue_of(p)->not_queue = ~queue;
  return 0;
}

/* Adding changes a filter that is there already. Deleting one that is not fails, which does no harm. */
static int set_filter(int queue, int fd, int filter, int is_wanted, int flags, void *pointer) {
  if (is_wanted) return change_filter(queue, (uintptr_t)fd, filter, EV_ADD | EV_ENABLE | flags, 0, pointer);
  change_filter(queue, (uintptr_t)fd, filter, EV_DELETE, 0, NULL);
  return 0;
}

static int set_failure(tenon_sock s) {
  int native = errno, code = tenon__failure(TENON__NAMES, s);
  return native == EINVAL || native == ENODEV || native == EPERM ? TENON_ENOTSOCK : code;
}

static void delete_filters(int queue, int fd) {
  set_filter(queue, fd, EVFILT_READ, 0, 0, NULL);
  set_filter(queue, fd, EVFILT_WRITE, 0, 0, NULL);
}

/* Begins with new filters: one that was made for once keeps that, or not, as the system likes. */
int tenon_poller_set(tenon_poller *p, tenon_sock s, int events, int flags, void *pointer) {
  if (!p || !tenon__is_interest(events, flags)) return tenon__refuse(TENON_EINVAL);
  int queue = ~kernel_queue_of(p)->not_queue, fd = tenon__native(s);
  if (queue < 0 || fd < 0) return tenon__refuse(TENON_EBADF);
  int once = flags & TENON_POLLER_ONCE ? EV_ONESHOT : 0;
  delete_filters(queue, fd);
  if (set_filter(queue, fd, EVFILT_READ, events & TENON_POLLIN, once, pointer) < 0) return set_failure(s);
  return set_filter(queue, fd, EVFILT_WRITE, events & TENON_POLLOUT, once, pointer) < 0 ? set_failure(s) : 0;
}

int tenon_poller_remove(tenon_poller *p, tenon_sock s) {
  if (!p) return tenon__refuse(TENON_EINVAL);
  kernel_queue *q = kernel_queue_of(p);
  if (q->not_queue == 0) return tenon__refuse(TENON_EBADF);
  delete_filters(~q->not_queue, tenon__native(s));
  return 0;
}

static int to_events(const struct kevent *native) {
  int is_read = native->filter == EVFILT_READ, is_end = (native->flags & EV_EOF) != 0;
  if (is_end && native->fflags != 0) return TENON_POLLERR | TENON_POLLIN | TENON_POLLOUT;
  if (!is_read) return TENON_POLLOUT;
  return is_end ? TENON_POLLIN | TENON_POLLHUP : TENON_POLLIN;
}

/* Where the socket of natives[at] is among the events already, or count. seen has what each event is about. */
static int find_event(const uintptr_t *seen, int count, uintptr_t id) {
  int at = 0;
  while (at < count && seen[at] != id) at++;
  return at;
}

/* Makes one event of what both filters of a socket say. */
static int merge(kernel_queue *q, const struct kevent *natives, int count, tenon_poller_event *events) {
  uintptr_t seen[PIECE];
  int reported = 0, queue = ~q->not_queue;
  for (int i = 0; i < count; i++) {
    const struct kevent *native = &natives[i];
    if (native->filter == EVFILT_USER) continue;
    int at = find_event(seen, reported, native->ident), once = native->flags & EV_ONESHOT;
    if (at == reported) {
      seen[reported] = native->ident;
      events[reported++] = (tenon_poller_event){native->udata, 0};
    }
    events[at].events |= to_events(native);
    if (once) delete_filters(queue, (int)native->ident);
  }
  return reported;
}

/* Fetches events, perhaps none before the time is over: no system likes very long times. It never fetches more than the
 * caller takes: the system puts what it has delivered behind what it has not, so events that were dropped would starve.
 * Therefore the two filters of a socket may be delivered to two waits. */
static int ask_kernel(kernel_queue *q, struct kevent *natives, int capacity, int remaining) {
  int ms = remaining < 3600000 ? remaining : 3600000;
  struct timespec limit = {ms / 1000, (long)(ms % 1000) * 1000000};
  int room = capacity < PIECE ? capacity : PIECE;
  int count = kevent(~q->not_queue, NULL, 0, natives, room, remaining < 0 ? NULL : &limit);
  if (count < 0) return errno == EINTR ? 0 : tenon__failure(TENON__NAMES, TENON_NO_SOCK);
  return count;
}

/* 1 if a wake-up is there; from then on others may wake again. */
static int take_wake(kernel_queue *q, const struct kevent *natives, int count) {
  for (int i = 0; i < count; i++) {
    if (natives[i].filter == EVFILT_USER) return atomic_exchange(&q->is_woken, 0);
  }
  return 0;
}

int tenon_poller_wait(tenon_poller *p, tenon_poller_event *events, int capacity, int timeout_ms) {
  struct kevent natives[PIECE];
  if (!p || !events || !tenon__is_wait(capacity, timeout_ms)) return tenon__refuse(TENON_EINVAL);
  kernel_queue *q = kernel_queue_of(p);
  if (q->not_queue == 0) return tenon__refuse(TENON_EBADF);
  if (atomic_exchange(&q->is_busy, 1)) return tenon__refuse(TENON_EBUSY);
  tenon__limit limit = tenon__limit_of(timeout_ms);
  int result, remaining, is_woken;
  do {
    remaining = tenon__limit_remaining(&limit);
    result = ask_kernel(q, natives, capacity, remaining);
    is_woken = take_wake(q, natives, result);
    if (result > 0) result = merge(q, natives, result, events);
  } while (result == 0 && remaining != 0 && !is_woken);
  atomic_store(&q->is_busy, 0);
  return result;
}

/* Nothing but system calls, as this may interrupt anything. */
int tenon_poller_wake(tenon_poller *p) {
  if (!p) return TENON_EINVAL;
  kernel_queue *q = kernel_queue_of(p);
  if (q->not_queue == 0) return TENON_EBADF;
  if (atomic_exchange(&q->is_woken, 1)) return 0;
  int interrupted = errno, code = 0;
  if (change_filter(~q->not_queue, WAKE_ID, EVFILT_USER, 0, NOTE_TRIGGER, NULL) < 0)
    code = tenon__error_code(TENON__NAMES, errno);
  errno = interrupted;
  return code;
}

int tenon_poller_close(tenon_poller *p) {
  if (!p) return tenon__refuse(TENON_EINVAL);
  kernel_queue *q = kernel_queue_of(p);
  if (q->not_queue == 0) return tenon__refuse(TENON_EBADF);
  close(~q->not_queue);
  memset(p, 0, sizeof *p);
  return 0;
}
