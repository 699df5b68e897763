/* poller/epoll.c - the poller over Linux's epoll. It allocates nothing: the caller's pointer lives in the kernel, and the
 * caller's events are filled in place.
 * SPDX-License-Identifier: MIT */
#include "poller.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

/* For the lowest descriptors, which are most: whether it was set. If others closed it without a word that is wrong, and
 * costs a system call. */
enum { WORD_BITS = 32, HINT_WORDS = 128, HINTS = HINT_WORDS * WORD_BITS };

/* Descriptors are kept as complements, so that 0 is none. */
typedef struct queue {
  int not_queue, not_wake;
  atomic_int is_busy, is_woken;
  atomic_uint hints[HINT_WORDS];
} queue;
TENON__POLLER_FITS(queue);

/* The pointer that comes with a wake-up: nobody else can have it. */
static char wake_mark;

static queue *queue_of(tenon_poller *p) {
  return (queue *)(void *)p->own;
}

static int fail_open(queue *q, tenon_poller *p) {
  int code = tenon__failure(TENON__SOCKET, TENON_NO_SOCK), native = tenon_native_error();
  if (q->not_queue != 0) close(~q->not_queue);
  if (q->not_wake != 0) close(~q->not_wake);
  memset(p, 0, sizeof *p);
  tenon__sys_remember(native);
  return code;
}

/* The counter is never read: edge-triggered, each write is an event of its own. */
int tenon_poller_open(tenon_poller *p) {
  if (!p) return tenon__refuse(TENON_EINVAL);
  memset(p, 0, sizeof *p);
  queue *q = queue_of(p);
  struct epoll_event wake = {.events = EPOLLIN | EPOLLET, .data.ptr = &wake_mark};
  q->not_queue = ~epoll_create1(EPOLL_CLOEXEC);
  if (q->not_queue == 0) return fail_open(q, p);
  q->not_wake = ~eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (q->not_wake == 0) return fail_open(q, p);
  return epoll_ctl(~q->not_queue, EPOLL_CTL_ADD, ~q->not_wake, &wake) < 0 ? fail_open(q, p) : 0;
}

/* EPOLLWRNORM comes whenever EPOLLOUT does, and says here that EPOLLIN was asked for too. */
static uint32_t to_epoll(int events, int flags) {
  uint32_t native = flags & TENON_POLLER_ONCE ? EPOLLONESHOT : 0;
  if (events & TENON_POLLIN) native |= EPOLLIN | EPOLLRDHUP;
  if (events & TENON_POLLOUT) native |= EPOLLOUT;
  return events == (TENON_POLLIN | TENON_POLLOUT) ? native | EPOLLWRNORM : native;
}

static int is_hinted(queue *q, int fd) {
  return fd >= 0 && fd < HINTS && (atomic_load(&q->hints[fd / WORD_BITS]) >> fd % WORD_BITS & 1);
}

static void set_hint(queue *q, int fd, int is_set) {
  if (fd < 0 || fd >= HINTS) return;
  unsigned bit = 1u << fd % WORD_BITS;
  if (is_set) atomic_fetch_or(&q->hints[fd / WORD_BITS], bit);
  if (!is_set) atomic_fetch_and(&q->hints[fd / WORD_BITS], ~bit);
}

/* Linux has a limit for the sockets of all pollers of a user, and no other word for files. */
static int set_failure(tenon_sock s) {
  int native = errno, code = tenon__failure(TENON__NAMES, s);
  if (native == EPERM) return TENON_ENOTSOCK;
  return native == ENOSPC ? TENON_ENOMEM : code;
}

int tenon_poller_set(tenon_poller *p, tenon_sock s, int events, int flags, void *pointer) {
  if (!p || !tenon__is_interest(events, flags)) return tenon__refuse(TENON_EINVAL);
  queue *q = queue_of(p);
  struct epoll_event native = {.events = to_epoll(events, flags), .data.ptr = pointer};
  int fd = tenon__native(s), queue_fd = ~q->not_queue, was_set = is_hinted(q, fd);
  while (epoll_ctl(queue_fd, was_set ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &native) < 0) {
    if (errno != (was_set ? ENOENT : EEXIST)) return set_failure(s);
    was_set = !was_set;
  }
  if (!was_set) set_hint(q, fd, 1);
  return 0;
}

int tenon_poller_remove(tenon_poller *p, tenon_sock s) {
  if (!p) return tenon__refuse(TENON_EINVAL);
  queue *q = queue_of(p);
  if (q->not_queue == 0) return tenon__refuse(TENON_EBADF);
  struct epoll_event unused; /* Linux before 2.6.9 wanted one */
  int fd = tenon__native(s);
  set_hint(q, fd, 0);
  epoll_ctl(~q->not_queue, EPOLL_CTL_DEL, fd, &unused); /* fails for what was not set, and for nothing else */
  return 0;
}

/* Handles all but plain EPOLLIN or EPOLLOUT. EPOLLHUP means that the socket was shut down both ways. It comes alone in two
 * cases that look alike: EPOLLOUT was asked for and a local stream is full, or EPOLLIN was asked for and a stream never
 * was connected. Neither sending nor receiving would wait then, so both are reported. */
TENON__APART static uint32_t unusual_events(uint32_t native) {
  if (native & EPOLLERR) return TENON_POLLERR | TENON_POLLIN | TENON_POLLOUT;
  if (native == EPOLLHUP) return TENON_POLLIN | TENON_POLLOUT | TENON_POLLHUP;
  uint32_t events = native & (EPOLLIN | EPOLLOUT);
  int asked_for_in = !(native & EPOLLOUT) || (native & EPOLLWRNORM);
  return asked_for_in && (native & (EPOLLHUP | EPOLLRDHUP)) ? events | TENON_POLLIN | TENON_POLLHUP : events;
}

static uint32_t to_events(uint32_t native) {
  _Static_assert(TENON_POLLIN == EPOLLIN && TENON_POLLOUT == EPOLLOUT, "events have other numbers");
  return native & ~(uint32_t)(EPOLLIN | EPOLLOUT) ? unusual_events(native) : native;
}

/* Takes the wake-up out, if it is there, and then lets others wake again. */
TENON__APART static int take_wake(queue *q, char *native, int count) {
  struct epoll_event event;
  for (int i = 0; i < count; i++) {
    memcpy(&event, native + (size_t)i * sizeof event, sizeof event);
    if (event.data.ptr != &wake_mark) continue;
    count--;
    memmove(native + (size_t)i * sizeof event, native + (size_t)count * sizeof event, sizeof event);
    atomic_exchange(&q->is_woken, 0);
    break;
  }
  return count;
}

/* What a wait was asked for. It waits in memory for the unusual case: the compiler would keep it in registers, which have
 * to be saved first. */
typedef struct wanted_wait {
  int capacity, timeout_ms;
} wanted_wait;

/* Where the kernel's events are larger than ours, as on 32-bit systems, a piece of them comes at a time. */
enum { IN_PLACE = sizeof(struct epoll_event) <= sizeof(tenon_poller_event), PIECE = IN_PLACE ? 1 : 64 };

/* With a limit, after an interruption, or if the kernel did not like the capacity, which it bounds. */
TENON__APART static int wait_within(const queue *q, struct epoll_event *native, const volatile wanted_wait *w) {
  int most = IN_PLACE ? INT_MAX / (int)sizeof *native : PIECE, ready, remaining;
  if (!tenon__is_wait(w->capacity, w->timeout_ms)) return tenon__refuse(TENON_EINVAL);
  tenon__limit limit = tenon__limit_of(w->timeout_ms);
  do {
    remaining = tenon__limit_remaining(&limit);
    ready = epoll_wait(~q->not_queue, native, w->capacity < most ? w->capacity : most, remaining);
    if (ready < 0 && errno != EINTR) return tenon__failure(TENON__NAMES, TENON_NO_SOCK);
  } while (ready <= 0 && remaining != 0);
  return ready < 0 ? 0 : ready;
}

static inline void unpack_event(tenon_poller_event *events, const char *native, int i) {
  struct epoll_event event;
  memcpy(&event, native + (size_t)i * sizeof event, sizeof event);
  events[i].pointer = event.data.ptr;
  events[i].events = (int)to_events(event.events);
}

/* Fills the caller's events in place, from the last one on: what is written never reaches what is still to be read. */
static inline void unpack_events(tenon_poller_event *events, const char *native, int count) {
  while (--count > 0) unpack_event(events, native, count);
  unpack_event(events, native, 0);
}

/* If there was nothing but a wake-up or the end of the limit, or the first wait has not done. */
TENON__APART static int wait_unusually(queue *q, struct epoll_event *native, tenon_poller_event *events,
                                       const volatile wanted_wait *w, int ready) {
  if (ready < 0) ready = wait_within(q, native, w);
  if (atomic_load_explicit(&q->is_woken, memory_order_acquire)) ready = take_wake(q, (char *)native, ready);
  if (ready > 0) unpack_events(events, (const char *)native, ready);
  return ready;
}

TENON__BRIEF int tenon_poller_wait(tenon_poller *p, tenon_poller_event *events, int capacity, int timeout_ms) {
  struct epoll_event piece[PIECE], *native = IN_PLACE ? (struct epoll_event *)(void *)events : piece;
  if (!p || !events) return tenon__refuse(TENON_EINVAL);
  queue *q = queue_of(p);
  volatile wanted_wait wanted;
  wanted.capacity = capacity, wanted.timeout_ms = timeout_ms;
  if (atomic_exchange_explicit(&q->is_busy, 1, memory_order_acquire)) return tenon__refuse(TENON_EBUSY);
  int is_plain = (unsigned)timeout_ms + 1 <= 1 && (IN_PLACE || capacity <= PIECE);
  int ready = is_plain ? epoll_wait(~q->not_queue, native, capacity, timeout_ms) : -1;
  if (ready > 0 && !atomic_load_explicit(&q->is_woken, memory_order_acquire))
    unpack_events(events, (const char *)native, ready);
  else
    ready = wait_unusually(q, native, events, &wanted, ready);
  atomic_store_explicit(&q->is_busy, 0, memory_order_release);
  return ready;
}

/* Nothing but system calls, as this may interrupt anything. */
int tenon_poller_wake(tenon_poller *p) {
  if (!p) return TENON_EINVAL;
  queue *q = queue_of(p);
  if (q->not_wake == 0) return TENON_EBADF;
  if (atomic_exchange(&q->is_woken, 1)) return 0;
  int interrupted = errno;
  ssize_t written = write(~q->not_wake, &(uint64_t){1}, sizeof(uint64_t));
  int code = written < 0 ? tenon__error_code(TENON__NAMES, errno) : 0;
  errno = interrupted;
  return code;
}

int tenon_poller_close(tenon_poller *p) {
  if (!p) return tenon__refuse(TENON_EINVAL);
  queue *q = queue_of(p);
  if (q->not_queue == 0) return tenon__refuse(TENON_EBADF);
  close(~q->not_wake);
  close(~q->not_queue);
  memset(p, 0, sizeof *p);
  return 0;
}
