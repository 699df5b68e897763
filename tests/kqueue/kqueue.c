/* kqueue.c - a kqueue for tests on Linux, made of poll(), so that src/poller/kqueue.c runs where there is no BSD.
 * SPDX-License-Identifier: MIT
 *
 * It behaves as the manual page kqueue(2) says, and in order as FreeBSD does: active notes stand in a queue; a call looks
 * at each of them at most once, from the front; one that is reported goes to the back, and one that is no longer true
 * leaves the queue. Adding a note that exists changes its pointer only. Closing a descriptor deletes its notes, for which
 * the linker calls __wrap_close() wherever a program calls close().
 *
 * It says EINVAL for what is neither a socket nor a pipe, and takes one change at a time, from calls that want no events.
 * One mutex guards everything and is not held while a call waits. */
#define _GNU_SOURCE

#include "notes.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static queue *queues;

static queue *find_queue(int fd) {
  queue *q = queues;
  while (q && q->fd != fd) q = q->next;
  return q;
}

/* ---- What is true ---------------------------------------------------------------------------------------------------- */

static int is_stream(int fd) {
  int type = 0;
  socklen_t size = sizeof type;
  return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

/* Fills in the event if the note is true. poll() tells that there is an error, and not which one. */
static int is_true(const note *n, short ready, struct kevent *event) {
  *event = n->said;
  event->fflags = 0;
  event->flags &= EV_ONESHOT | EV_CLEAR;
  if (n->is_disabled) return 0;
  if (n->said.filter == EVFILT_USER) return n->is_triggered;
  int is_read = n->said.filter == EVFILT_READ, is_error = (ready & POLLERR) && is_stream((int)n->said.ident);
  if (ready & POLLHUP || is_error || (is_read && ready & POLLRDHUP)) event->flags |= EV_EOF;
  if (is_error) event->fflags = ECONNRESET;
  return (ready & (POLLHUP | POLLERR | (is_read ? POLLIN | POLLRDHUP : POLLOUT))) != 0;
}

/* The first item is the queue's own; then there is one for each descriptor that has notes. NULL: no memory. */
static struct pollfd *list_items(const queue *q, nfds_t *count) {
  struct pollfd *items = malloc((q->rows + 1) * sizeof *items);
  if (!items) return NULL;
  items[0] = (struct pollfd){q->fd, POLLIN, 0};
  *count = 1;
  for (size_t row = 0; row < q->rows; row++) {
    note *const *notes = q->notes[row];
    short events = notes[READ] && !notes[READ]->is_disabled ? POLLIN | POLLRDHUP : 0;
    if (notes[WRITE] && !notes[WRITE]->is_disabled) events |= POLLOUT;
    if (events) items[(*count)++] = (struct pollfd){(int)row, events, 0};
  }
  return items;
}

static void activate_all(queue *q, const struct pollfd *items, nfds_t count) {
  struct kevent unused;
  for (nfds_t i = 1; i < count; i++) {
    for (int filter = READ; items[i].revents && filter <= WRITE; filter++) {
      note *n = q->notes[items[i].fd][filter];
      if (n && is_true(n, items[i].revents, &unused)) kqueue_activate(q, n);
    }
  }
  for (size_t row = 0; row < q->rows; row++) {
    note *n = q->notes[row][USER];
    if (n && n->is_triggered && !n->is_disabled) kqueue_activate(q, n);
  }
}

static short ready_now(const struct pollfd *items, nfds_t count, uintptr_t ident) {
  nfds_t low = 1, high = count; /* in the order of descriptors */
  while (low < high) {
    nfds_t middle = (low + high) / 2;
    if ((uintptr_t)items[middle].fd == ident) return items[middle].revents;
    if ((uintptr_t)items[middle].fd < ident) low = middle + 1;
    if ((uintptr_t)items[middle].fd > ident) high = middle;
  }
  return 0;
}

/* Takes events from the front of the queue. */
static int take_events(queue *q, const struct pollfd *items, nfds_t count, struct kevent *events, int room) {
  const note *last = q->back;
  int taken = 0, is_last = 0;
  while (q->front && taken < room && !is_last) {
    note *n = q->front;
    is_last = n == last;
    int is_reported = is_true(n, ready_now(items, count, n->said.ident), &events[taken]);
    kqueue_deactivate(q, n);
    if (!is_reported) continue;
    taken++;
    if (n->said.flags & EV_CLEAR) n->is_triggered = 0;
    if (n->said.flags & EV_ONESHOT)
      kqueue_delete(q, n->said.ident, kqueue_filter_index(n->said.filter));
    else if (!(n->said.flags & EV_CLEAR))
      kqueue_activate(q, n);
  }
  return taken;
}

/* ---- The calls ------------------------------------------------------------------------------------------------------- */

int kqueue(void) {
  queue *q = calloc(1, sizeof *q);
  if (!q) return -1;
  q->fd = eventfd(0, EFD_NONBLOCK);
  if (q->fd < 0) {
    free(q);
    return -1;
  }
  pthread_mutex_lock(&lock);
  q->next = queues;
  queues = q;
  pthread_mutex_unlock(&lock);
  return q->fd;
}

/* Those who wait look again. */
static void disturb_waiters(const queue *q) {
  if (q->is_awaited) eventfd_write(q->fd, 1);
}

static int change_one(int fd, const struct kevent *change) {
  pthread_mutex_lock(&lock);
  queue *q = find_queue(fd);
  int error = q ? kqueue_apply(q, change) : EBADF;
  if (error == 0) disturb_waiters(q);
  pthread_mutex_unlock(&lock);
  errno = error;
  return error == 0 ? 0 : -1;
}

/* What there is now. *items is the caller's to wait for, and to free. */
static int look_once(int fd, struct kevent *events, int room, struct pollfd **items, nfds_t *count) {
  eventfd_t changes;
  int taken = -1;
  pthread_mutex_lock(&lock);
  queue *q = find_queue(fd);
  *items = q ? list_items(q, count) : NULL;
  if (*items) {
    if (q->is_awaited) eventfd_read(fd, &changes);
    poll(*items, *count, 0);
    activate_all(q, *items, *count);
    taken = take_events(q, *items, *count, events, room);
    q->is_awaited = taken == 0; /* perhaps: the call may also end; Tenon waits in one thread at a time */
  }
  pthread_mutex_unlock(&lock);
  if (!*items) errno = q ? ENOMEM : EBADF;
  return taken;
}

int kevent(int fd, const struct kevent *changes, int change_count, struct kevent *events, int event_count,
           const struct timespec *timeout) {
  if (change_count == 1 && event_count == 0) return change_one(fd, changes);
  if (change_count != 0 || event_count <= 0) return errno = EINVAL, -1;
  struct timespec now, left = {0, 0};
  clock_gettime(CLOCK_MONOTONIC, &now);
  int64_t end = timeout ? (now.tv_sec + timeout->tv_sec) * 1000000000LL + now.tv_nsec + timeout->tv_nsec : 0;
  for (;;) {
    struct pollfd *items;
    nfds_t count;
    int taken = look_once(fd, events, event_count, &items, &count);
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t ns = end - (now.tv_sec * 1000000000LL + now.tv_nsec);
    if (ns > 0) left = (struct timespec){(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
    int is_over = taken != 0 || (timeout && ns <= 0);
    int ready = is_over ? 0 : ppoll(items, count, timeout ? &left : NULL, NULL);
    free(items);
    if (is_over) return taken;
    if (ready < 0) return -1;
  }
}

static void close_queue(queue *closed) {
  queue **at = &queues;
  while (*at != closed) at = &(*at)->next;
  *at = closed->next;
  for (size_t row = 0; row < closed->rows; row++) {
    for (int filter = 0; filter < FILTERS; filter++) free(closed->notes[row][filter]);
  }
  free(closed->notes);
  free(closed);
}

/* What the linker's --wrap=close makes of close(), and of what it was. */
int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd) {
  pthread_mutex_lock(&lock);
  for (queue *q = queues; q && fd >= 0; q = q->next) {
    if ((size_t)fd >= q->rows) continue;
    for (int filter = READ; filter <= WRITE; filter++)
      if (q->notes[fd][filter]) kqueue_delete(q, (uintptr_t)fd, filter);
    disturb_waiters(q);
  }
  queue *closed = find_queue(fd);
  if (closed) close_queue(closed);
  int result = __real_close(fd);
  pthread_mutex_unlock(&lock);
  return result;
}
