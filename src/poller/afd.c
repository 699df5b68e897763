/* poller/afd.c - the poller over the AFD device, with which Winsock itself waits, and a completion port.
 * SPDX-License-Identifier: MIT
 *
 * For each socket there is a question that is put to the device and answered once, with what is the case, through the
 * port. Level-triggered is who asks again: what a wait has reported is asked again by the next one, when the caller has
 * done something about it. The device writes into a question until it has answered it, so one that is no longer wanted
 * is cancelled and lives on, dead, until its answer comes. */
#include "afd_device.h"
#include "poller.h"

typedef enum question_state { IDLE, ASKED, TO_ASK, DEAD } question_state;

/* The entry's state is a question_state (idle: reported once, and not set again), its group the device that is asked. The
 * handle that the device knows the socket by stands in the answer, which also links those that are to be asked. */
typedef struct question {
  tenon__entry entry;
  tenon__afd_info answer;
} question;

typedef struct afd_queue {
  tenon__lock lock;
  HANDLE port;
  tenon__afd_devices devices;
  tenon__table table;
  question *to_ask;   /* reported by the last wait; some may have died since */
  size_t asked, dead; /* how many answers are to come, and for how many of them nobody waits */
  atomic_int is_busy, is_woken;
} afd_queue;

enum { PIECE = 128, DEAD_MAX = 256, FROM_DEVICE = 0, FROM_WAKE = 1 };

static afd_queue *afd_queue_of(const tenon_poller *p) {
  return (afd_queue *)p->own[0];
}

/* ---- Questions. All that follows is called with the lock, but for the six functions ---- */

static question *new_question(afd_queue *a, tenon_sock s, SOCKET base) {
  question *q = tenon__allocate(sizeof *q);
  if (!q) return NULL;
  memset(q, 0, sizeof *q);
  unsigned device = tenon__afd_device_with_room(&a->devices, a->port, FROM_DEVICE);
  a->devices.list[device].questions++;
  q->entry.group = device & 0xffffff; /* a process cannot have so many handles */
  q->entry.sock = (int)s;
  q->answer.handles[0].handle = (HANDLE)base;
  return q;
}

static void release_question(afd_queue *a, question *q) {
  a->devices.list[q->entry.group].questions--;
  tenon__release(q);
}

/* 0 if there will be no answer. */
static int ask(afd_queue *a, question *q) {
  ULONG about = AFD_POLL_ABORT | AFD_POLL_CONNECT_FAIL | AFD_POLL_LOCAL_CLOSE;
  if (q->entry.events & TENON_POLLIN) about |= AFD_POLL_RECEIVE | AFD_POLL_ACCEPT | AFD_POLL_DISCONNECT;
  if (q->entry.events & TENON_POLLOUT) about |= AFD_POLL_SEND;
  int is_asked = tenon__afd_ask(a->devices.list[q->entry.group].handle, about, &q->answer, q);
  q->entry.state = is_asked ? ASKED : IDLE;
  a->asked += is_asked != 0;
  return is_asked;
}

/* For one that is in no table any more. */
static void let_go(afd_queue *a, question *q) {
  if (q->entry.state == IDLE) {
    release_question(a, q);
    return;
  }
  if (q->entry.state == ASKED) tenon__afd_cancel(a->devices.list[q->entry.group].handle, &q->answer), a->dead++;
  q->entry.state = DEAD;
}

/* One whose socket the device no longer knows: it was closed. */
static void forget(afd_queue *a, question *q) {
  tenon__table_take(&a->table, q->entry.sock);
  release_question(a, q);
}

static void ask_again(afd_queue *a) {
  question *q = a->to_ask, *next;
  a->to_ask = NULL;
  for (; q; q = next) {
    next = q->answer.next;
    if (q->entry.state == DEAD)
      release_question(a, q);
    else if (!ask(a, q))
      forget(a, q);
  }
}

/* Takes an answer off the port. Returns the question if it is one that anybody waits for. */
static question *take_answer(afd_queue *a, const OVERLAPPED_ENTRY *answer) {
  question *q = (question *)(void *)answer->lpOverlapped;
  a->asked--;
  if (q->entry.state == ASKED) return q;
  a->dead--;
  release_question(a, q);
  return NULL;
}

static int is_closed(const question *q) {
  return (q->answer.handles[0].events & AFD_POLL_LOCAL_CLOSE) != 0;
}

/* Reports on a socket whose question was answered, and plans to ask again. revents is what is the case by now: the answer
 * may be old. 1 if there is an event for the caller. */
static int report_socket(afd_queue *a, question *q, int revents, tenon_poller_event *event) {
  if (q->answer.handles[0].events & (AFD_POLL_ABORT | AFD_POLL_CONNECT_FAIL))
    revents = TENON_POLLERR | TENON_POLLIN | TENON_POLLOUT; /* and stays so */
  event->pointer = q->entry.pointer;
  event->events = revents;
  q->entry.state = revents != 0 && q->entry.is_once ? IDLE : TO_ASK;
  if (q->entry.state == IDLE) return 1;
  q->answer.next = a->to_ask;
  a->to_ask = q;
  return revents != 0;
}

static int report_answers(afd_queue *a, const OVERLAPPED_ENTRY *answers, int count, tenon_poller_event *events) {
  question *answered[PIECE];
  tenon__native_pollfd items[PIECE];
  int sockets = 0, reported = 0;
  for (int i = 0; i < count; i++) {
    question *q = answers[i].lpCompletionKey == FROM_DEVICE ? take_answer(a, &answers[i]) : NULL;
    if (q && is_closed(q)) forget(a, q), q = NULL;
    if (!q) continue;
    answered[sockets] = q;
    items[sockets++] = tenon__to_native_item((tenon_pollfd){q->entry.sock, q->entry.events, 0});
  }
  int polled = sockets > 0 ? tenon__sys_poll(items, sockets, 0) : 0;
  for (int i = 0; i < sockets; i++) {
    int revents = polled > 0 ? tenon__from_native_item(items[i]).revents : 0;
    if (revents & TENON_POLLNVAL)
      forget(a, answered[i]);
    else
      reported += report_socket(a, answered[i], revents, &events[reported]);
  }
  return reported;
}

/* The dead are buried by who waits. If nobody does, before there are too many of them. */
static void bury_the_dead(afd_queue *a) {
  OVERLAPPED_ENTRY answers[PIECE];
  ULONG count;
  if (a->dead < DEAD_MAX || atomic_load(&a->is_busy)) return;
  if (!GetQueuedCompletionStatusEx(a->port, answers, PIECE, &count, 0, FALSE)) return;
  for (ULONG i = 0; i < count; i++) {
    if (answers[i].lpCompletionKey == FROM_WAKE) {
      PostQueuedCompletionStatus(a->port, 0, FROM_WAKE, NULL);
      continue;
    }
    question *q = take_answer(a, &answers[i]);
    if (q && (is_closed(q) || !ask(a, q))) forget(a, q);
  }
}

/* ---- The six functions ---- */

static int close_queue(afd_queue *a) {
  tenon__afd_close_devices(&a->devices);
  if (a->port) CloseHandle(a->port);
  if (a->table.chains) tenon__table_close(&a->table);
  tenon__sys_lock_destroy(&a->lock);
  tenon__release(a);
  return 0;
}

int tenon_poller_open(tenon_poller *p) {
  if (!p) return tenon__refuse(TENON_EINVAL);
  memset(p, 0, sizeof *p);
  afd_queue *a = tenon__allocate(sizeof *a);
  if (!a) return tenon__refuse(TENON_ENOMEM);
  memset(a, 0, sizeof *a);
  tenon__keep_started();
  tenon__sys_lock_init(&a->lock);
  int result = tenon__table_open(&a->table);
  if (result == 0 && !(a->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1)))
    result = tenon__failure(TENON__START, TENON_NO_SOCK);
  if (result == 0) result = tenon__afd_open_device(&a->devices, a->port, FROM_DEVICE);
  if (result < 0) return close_queue(a), result;
  p->own[0] = (intptr_t)a;
  tenon__closing_join(p);
  return 0;
}

/* Begins with a new question each time: the old one may have been put about a socket that had the same number. It is
 * cancelled before, as Windows mixes up what it says to two about one socket. */
static int put_question(afd_queue *a, question *q) {
  question *before = (question *)tenon__table_take(&a->table, q->entry.sock);
  if (before) let_go(a, before);
  if (!ask(a, q)) {
    release_question(a, q);
    return TENON_EBADF;
  }
  tenon__table_put(&a->table, &q->entry);
  return 0;
}

int tenon_poller_set(tenon_poller *p, tenon_sock s, int events, int flags, void *pointer) {
  if (!p || !tenon__is_interest(events, flags)) return tenon__refuse(TENON_EINVAL);
  afd_queue *a = afd_queue_of(p);
  if (!a) return tenon__refuse(TENON_EBADF);
  int is_stream = tenon__sys_is_stream(s);
  if (is_stream < 0) return is_stream;
  SOCKET base = tenon__afd_base(tenon__native(s));
  tenon__sys_lock(&a->lock);
  question *q = new_question(a, s, base);
  int result = q ? 0 : TENON_ENOMEM;
  if (q) tenon__say_of(&q->entry, events, flags, pointer), result = put_question(a, q);
  bury_the_dead(a);
  tenon__sys_unlock(&a->lock);
  return result < 0 ? tenon__refuse(result) : 0;
}

int tenon_poller_remove(tenon_poller *p, tenon_sock s) {
  if (!p) return tenon__refuse(TENON_EINVAL);
  afd_queue *a = afd_queue_of(p);
  if (!a) return tenon__refuse(TENON_EBADF);
  tenon__sys_lock(&a->lock);
  question *q = (question *)tenon__table_take(&a->table, s);
  if (q) let_go(a, q);
  bury_the_dead(a);
  tenon__sys_unlock(&a->lock);
  return 0;
}

/* The number of events; *is_over is set when there is no reason to go on without any. */
static int wait_for_answers(afd_queue *a, tenon_poller_event *events, int capacity, tenon__limit *limit, int *is_over) {
  OVERLAPPED_ENTRY answers[PIECE];
  ULONG count = 0;
  int reported = 0;
  tenon__sys_lock(&a->lock);
  ask_again(a);
  tenon__sys_unlock(&a->lock);
  int remaining = tenon__limit_remaining(limit);
  *is_over = remaining == 0;
  if (!GetQueuedCompletionStatusEx(a->port, answers, (ULONG)(capacity < PIECE ? capacity : PIECE), &count,
                                   (DWORD)remaining, FALSE))
    return GetLastError() == WAIT_TIMEOUT ? 0 : tenon__failure(TENON__NAMES, TENON_NO_SOCK);
  tenon__sys_lock(&a->lock);
  for (ULONG i = 0; i < count; i++) {
    if (answers[i].lpCompletionKey == FROM_WAKE) *is_over = 1, atomic_exchange(&a->is_woken, 0);
  }
  reported = report_answers(a, answers, (int)count, events);
  tenon__sys_unlock(&a->lock);
  return reported;
}

int tenon_poller_wait(tenon_poller *p, tenon_poller_event *events, int capacity, int timeout_ms) {
  if (!p || !events || !tenon__is_wait(capacity, timeout_ms)) return tenon__refuse(TENON_EINVAL);
  afd_queue *a = afd_queue_of(p);
  if (!a) return tenon__refuse(TENON_EBADF);
  if (atomic_exchange(&a->is_busy, 1)) return tenon__refuse(TENON_EBUSY);
  tenon__limit limit = tenon__limit_of(timeout_ms);
  int result, is_over = 0;
  do {
    result = wait_for_answers(a, events, capacity, &limit, &is_over);
  } while (result == 0 && !is_over);
  atomic_store(&a->is_busy, 0);
  return result;
}

int tenon_poller_wake(tenon_poller *p) {
  if (!p) return TENON_EINVAL;
  afd_queue *a = afd_queue_of(p);
  if (!a) return TENON_EBADF;
  if (atomic_exchange(&a->is_woken, 1)) return 0;
  return PostQueuedCompletionStatus(a->port, 0, FROM_WAKE, NULL) ? 0 : TENON_EIO;
}

/* The device writes into questions until their answers are there. Should one never come, its memory is left to it. */
int tenon_poller_close(tenon_poller *p) {
  if (!p) return tenon__refuse(TENON_EINVAL);
  afd_queue *a = afd_queue_of(p);
  if (!a) return tenon__refuse(TENON_EBADF);
  tenon__closing_leave(p);
  OVERLAPPED_ENTRY answers[PIECE];
  ULONG count;
  tenon__entry *entry;
  while ((entry = tenon__table_take_any(&a->table)) != NULL) let_go(a, (question *)entry);
  for (question *q = a->to_ask, *next; q; q = next) next = q->answer.next, release_question(a, q);
  while (a->asked > 0 && GetQueuedCompletionStatusEx(a->port, answers, PIECE, &count, 5000, FALSE)) {
    for (ULONG i = 0; i < count; i++) {
      if (answers[i].lpCompletionKey == FROM_DEVICE) take_answer(a, &answers[i]);
    }
  }
  p->own[0] = 0;
  return close_queue(a);
}
