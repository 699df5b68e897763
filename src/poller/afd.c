/* poller/afd.c - the poller over the AFD device, with which Winsock itself waits, and a completion port.
 * SPDX-License-Identifier: MIT */
#include "afd_queue.h"

enum { PIECE = 128, DEAD_MAX = 256, RETRY_MS = 10 };

TENON__POLLER_FITS(tenon__afd_queue *);

static tenon__afd_queue *afd_queue_of(const tenon_poller *p) {
  return tenon__poller_word(p, TENON__STATE_WORD);
}

/* ---- News ---- */

/* What has come through the port, within the time: how much, or a failure. */
static int receive_answers(const tenon__afd_queue *a, OVERLAPPED_ENTRY *answers, int room, int timeout_ms) {
  ULONG count = 0;
  if (GetQueuedCompletionStatusEx(a->port, answers, (ULONG)room, &count, (DWORD)timeout_ms, FALSE)) return (int)count;
  return GetLastError() == WAIT_TIMEOUT ? 0 : tenon__failure(TENON__NAMES, TENON_NO_SOCK);
}

/* At most so many news are wanted; about the others the next wait asks again. */
static int take_news(tenon__afd_queue *a, const OVERLAPPED_ENTRY *answers, int count, tenon__afd_news *news, int room) {
  int taken = 0;
  for (int i = 0; i < count; i++) {
    void *context = answers[i].lpOverlapped;
    if (answers[i].lpCompletionKey == FROM_DEVICE)
      taken += tenon__afd_take_answer(a, context, news + taken, room - taken);
    if (answers[i].lpCompletionKey == FROM_GROUP)
      taken += tenon__afd_take_group_answer(a, context, news + taken, room - taken);
  }
  return taken;
}

/* Of the questions that this wait has put, tells the answered ones, which are new, from those that will be old. */
static void tell_new_from_old(const OVERLAPPED_ENTRY *answers, int count, tenon__afd_question **asked,
                              int asked_count) {
  for (int i = 0; i < count; i++) {
    tenon__afd_question *q = answers[i].lpCompletionKey == FROM_DEVICE ? (void *)answers[i].lpOverlapped : NULL;
    if (q && q->entry.state == ASKED_NOW) q->entry.state = ANSWERED_NOW;
  }
  for (int i = 0; i < asked_count; i++) {
    if (asked[i]->entry.state == ASKED_NOW) asked[i]->entry.state = ASKED;
  }
}

static int take_wake(tenon__afd_queue *a, const OVERLAPPED_ENTRY *answers, int count) {
  for (int i = 0; i < count; i++) {
    if (answers[i].lpCompletionKey == FROM_WAKE) return atomic_exchange(&a->is_woken, 0);
  }
  return 0;
}

/* Windows 10 has answered a question with what another poller had asked about the socket, so only what the entry is set
 * for counts. */
static int to_events(ULONG said, const tenon__entry *entry) {
  int events = 0;
  said &= tenon__afd_interest(entry);
  if (said & (AFD_POLL_RECEIVE | AFD_POLL_ACCEPT)) events |= TENON_POLLIN;
  if (said & AFD_POLL_DISCONNECT) events |= TENON_POLLIN | TENON_POLLHUP;
  if (said & AFD_POLL_SEND) events |= TENON_POLLOUT;
  return events;
}

/* Reports on a socket, and plans to ask again: 1 if there is an event for the caller. */
static int report_socket(tenon__afd_queue *a, tenon__afd_news news, int revents, tenon_poller_event *event) {
  tenon__entry *entry = news.entry;
  if (news.said & (AFD_POLL_ABORT | AFD_POLL_CONNECT_FAIL))
    revents = TENON_POLLERR | TENON_POLLIN | TENON_POLLOUT; /* and stays so */
  event->pointer = entry->pointer;
  event->events = revents;
  if (revents != 0 && entry->is_once) entry->events = 0;
  if (entry->state != MEMBER && entry->events != 0) tenon__afd_plan(a, (tenon__afd_question *)entry);
  if (entry->state == MEMBER && revents != 0 && entry->events != 0) tenon__afd_part(a, (tenon__afd_member *)entry);
  return revents != 0;
}

/* What was said before this wait may be the case no more, so the system is asked what is. */
static int report_news(tenon__afd_queue *a, const tenon__afd_news *news, int count, tenon_poller_event *events) {
  tenon__native_pollfd items[PIECE];
  int old = 0, at = 0, reported = 0;
  for (int i = 0; i < count; i++) {
    if (!news[i].is_new)
      items[old++] = tenon__to_native_item((tenon_pollfd){news[i].entry->sock, news[i].entry->events, 0});
  }
  int polled = old > 0 ? tenon__sys_poll(items, old, 0) : 0;
  for (int i = 0; i < count; i++) {
    int is_polled = !news[i].is_new && polled > 0;
    int revents = news[i].is_new ? to_events(news[i].said, news[i].entry) : 0;
    if (is_polled) revents = tenon__from_native_item(items[at++]).revents;
    if (revents & TENON_POLLNVAL)
      tenon__afd_forget(a, news[i].entry);
    else
      reported += report_socket(a, news[i], revents, &events[reported]);
  }
  return reported;
}

/* The dead are buried by who waits. If nobody does, before there are too many of them. */
static void bury_the_dead(tenon__afd_queue *a) {
  OVERLAPPED_ENTRY answers[PIECE];
  tenon__afd_news none[1];
  if (a->dead < DEAD_MAX || atomic_load(&a->is_busy)) return;
  int count = receive_answers(a, answers, PIECE, 0);
  for (int i = 0; i < count; i++) {
    if (answers[i].lpCompletionKey == FROM_WAKE) PostQueuedCompletionStatus(a->port, 0, FROM_WAKE, NULL);
  }
  take_news(a, answers, count, none, 0);
}

/* ---- The six functions ---- */

static int close_queue(tenon__afd_queue *a) {
  tenon__afd_close_devices(&a->devices);
  tenon__afd_close_devices(&a->group_devices);
  if (a->port) CloseHandle(a->port);
  if (a->table.chains) tenon__table_close(&a->table);
  tenon__sys_lock_destroy(&a->lock);
  tenon__release(a);
  return 0;
}

int tenon_poller_open(tenon_poller *p) {
  if (!p) return tenon__refuse(TENON_EINVAL);
  memset(p, 0, sizeof *p);
  tenon__afd_queue *a = tenon__allocate(sizeof *a);
  if (!a) return tenon__refuse(TENON_ENOMEM);
  memset(a, 0, sizeof *a);
  tenon__keep_started();
  tenon__sys_lock_init(&a->lock);
  int result = tenon__table_open(&a->table);
  if (result == 0 && !(a->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1)))
    result = tenon__failure(TENON__START, TENON_NO_SOCK);
  if (result == 0) result = tenon__afd_open_device(&a->devices, a->port, FROM_DEVICE);
  if (result < 0) return close_queue(a), result;
  tenon__set_poller_word(p, TENON__STATE_WORD, a);
  tenon__closing_join(p);
  return 0;
}

/* Begins with a new question each time: the old one may have been put about a socket that had the same number. It is
 * cancelled before, as Windows mixes up what it says to two about one socket. */
static int put_question(tenon__afd_queue *a, tenon__afd_question *q) {
  tenon__entry *before = tenon__table_take(&a->table, q->entry.sock);
  if (before) tenon__afd_let_go(a, before);
  tenon__afd_outcome outcome = tenon__afd_ask_question(a, q);
  if (outcome == REFUSED) {
    tenon__afd_let_go(a, &q->entry);
    return TENON_EBADF;
  }
  tenon__table_put(&a->table, &q->entry);
  if (outcome == OUT_OF_RESOURCES) {
    tenon__afd_plan(a, q);
    PostQueuedCompletionStatus(a->port, 0, FROM_WAKE, NULL); /* a wait under way asks again, without ending */
  }
  return 0;
}

int tenon_poller_set(tenon_poller *p, tenon_sock s, int events, int flags, void *pointer) {
  if (!p || !tenon__is_interest(events, flags)) return tenon__refuse(TENON_EINVAL);
  tenon__afd_queue *a = afd_queue_of(p);
  if (!a) return tenon__refuse(TENON_EBADF);
  int is_stream = tenon__sys_is_stream(s);
  if (is_stream < 0) return is_stream;
  SOCKET base = tenon__afd_base(tenon__native(s));
  tenon__sys_lock(&a->lock);
  tenon__afd_question *q = tenon__afd_new_question(a, s, (HANDLE)base);
  int result = q ? 0 : TENON_ENOMEM;
  if (q) tenon__say_of(&q->entry, events, flags, pointer), result = put_question(a, q);
  bury_the_dead(a);
  tenon__sys_unlock(&a->lock);
  return result < 0 ? tenon__refuse(result) : 0;
}

int tenon_poller_remove(tenon_poller *p, tenon_sock s) {
  if (!p) return tenon__refuse(TENON_EINVAL);
  tenon__afd_queue *a = afd_queue_of(p);
  if (!a) return tenon__refuse(TENON_EBADF);
  tenon__sys_lock(&a->lock);
  tenon__entry *entry = tenon__table_take(&a->table, s);
  if (entry) tenon__afd_let_go(a, entry);
  bury_the_dead(a);
  tenon__sys_unlock(&a->lock);
  return 0;
}

/* Where the system had no resources, the next attempt comes soon. */
static int time_to_wait(const tenon__afd_queue *a, int remaining) {
  int has_more_to_ask = a->to_ask || a->groups_to_ask;
  return has_more_to_ask && (remaining < 0 || remaining > RETRY_MS) ? RETRY_MS : remaining;
}

/* The number of events; *is_over is set when there is no reason to go on without any. */
static int wait_for_answers(tenon__afd_queue *a, tenon_poller_event *events, int room, tenon__limit *limit,
                            int *is_over) {
  OVERLAPPED_ENTRY answers[PIECE];
  tenon__afd_news news[PIECE];
  tenon__afd_question *asked[PIECE];
  tenon__sys_lock(&a->lock);
  tenon__afd_survey(a);
  tenon__afd_ask_planned_groups(a);
  int asked_count = tenon__afd_ask_planned(a, asked, PIECE);
  int remaining = tenon__limit_remaining(limit), wait_ms = time_to_wait(a, remaining);
  tenon__sys_unlock(&a->lock);
  int came = receive_answers(a, answers, room, wait_ms);
  tenon__sys_lock(&a->lock);
  tell_new_from_old(answers, came, asked, asked_count);
  int is_woken = take_wake(a, answers, came), count = take_news(a, answers, came, news, room);
  int reported = report_news(a, news, count, events);
  a->news += count;
  tenon__sys_unlock(&a->lock);
  *is_over = is_woken || (remaining == 0 && (count > 0 || came <= 0)); /* the dead may stand before news */
  return came < 0 ? came : reported;
}

int tenon_poller_wait(tenon_poller *p, tenon_poller_event *events, int capacity, int timeout_ms) {
  if (!p || !events || !tenon__is_wait(capacity, timeout_ms)) return tenon__refuse(TENON_EINVAL);
  tenon__afd_queue *a = afd_queue_of(p);
  if (!a) return tenon__refuse(TENON_EBADF);
  if (atomic_exchange(&a->is_busy, 1)) return tenon__refuse(TENON_EBUSY);
  tenon__limit limit = tenon__limit_of(timeout_ms);
  int result, is_over = 0;
  do {
    result = wait_for_answers(a, events, capacity < PIECE ? capacity : PIECE, &limit, &is_over);
  } while (result == 0 && !is_over);
  atomic_store(&a->is_busy, 0);
  return result;
}

int tenon_poller_wake(tenon_poller *p) {
  if (!p) return TENON_EINVAL;
  tenon__afd_queue *a = afd_queue_of(p);
  if (!a) return TENON_EBADF;
  if (atomic_exchange(&a->is_woken, 1)) return 0;
  return PostQueuedCompletionStatus(a->port, 0, FROM_WAKE, NULL) ? 0 : TENON_EIO;
}

/* The device writes into questions until their answers are there. Should one never come, its memory is left to it. */
int tenon_poller_close(tenon_poller *p) {
  if (!p) return tenon__refuse(TENON_EINVAL);
  tenon__afd_queue *a = afd_queue_of(p);
  if (!a) return tenon__refuse(TENON_EBADF);
  tenon__closing_leave(p);
  OVERLAPPED_ENTRY answers[PIECE];
  tenon__afd_news none[1];
  tenon__entry *entry;
  int count;
  while ((entry = tenon__table_take_any(&a->table)) != NULL) tenon__afd_let_go(a, entry);
  tenon__afd_ask_planned_groups(a);
  tenon__afd_ask_planned(a, NULL, 0);
  while (a->asked > 0 && (count = receive_answers(a, answers, PIECE, 5000)) > 0) take_news(a, answers, count, none, 0);
  tenon__afd_ask_planned_groups(a);
  tenon__set_poller_word(p, TENON__STATE_WORD, NULL);
  return close_queue(a);
}
