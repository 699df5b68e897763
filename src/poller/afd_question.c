/* poller/afd_question.c - what the AFD device is asked about one socket.
 * SPDX-License-Identifier: MIT */
#include "afd_queue.h"

ULONG tenon__afd_interest(const tenon__entry *entry) {
  ULONG about = AFD_POLL_ABORT | AFD_POLL_CONNECT_FAIL | AFD_POLL_LOCAL_CLOSE;
  if (entry->events & TENON_POLLIN) about |= AFD_POLL_RECEIVE | AFD_POLL_ACCEPT | AFD_POLL_DISCONNECT;
  if (entry->events & TENON_POLLOUT) about |= AFD_POLL_SEND;
  return about;
}

tenon__afd_question *tenon__afd_new_question(tenon__afd_queue *a, tenon_sock s, HANDLE base) {
  tenon__afd_question *q = tenon__allocate(sizeof *q);
  if (!q) return NULL;
  memset(q, 0, sizeof *q);
  unsigned device = tenon__afd_device_with_room(&a->devices, a->port, FROM_DEVICE);
  a->devices.list[device].questions++;
  q->entry.number = device & 0xffffff; /* a process cannot have so many handles */
  q->entry.sock = (int)s;
  q->socket.handle = base;
  return q;
}

static void release_question(tenon__afd_queue *a, tenon__afd_question *q) {
  a->devices.list[q->entry.number].questions--;
  tenon__release(q);
}

static HANDLE device_of(const tenon__afd_queue *a, const tenon__afd_question *q) {
  return a->devices.list[q->entry.number].handle;
}

tenon__afd_outcome tenon__afd_ask_question(tenon__afd_queue *a, tenon__afd_question *q) {
  tenon__afd_socket about = {q->socket.handle, tenon__afd_interest(&q->entry), 0};
  tenon__afd_outcome outcome = tenon__afd_ask(device_of(a, q), &about, 1, &q->answer, q);
  q->entry.state = outcome == WILL_ANSWER ? ASKED : IDLE;
  a->asked += outcome == WILL_ANSWER;
  return outcome;
}

void tenon__afd_plan(tenon__afd_queue *a, tenon__afd_question *q) {
  q->entry.state = TO_ASK;
  q->answer.next = a->to_ask;
  a->to_ask = q;
}

int tenon__afd_ask_planned(tenon__afd_queue *a, tenon__afd_question **asked, int room) {
  tenon__afd_question *q = a->to_ask, *next;
  int count = 0;
  a->to_ask = NULL;
  for (; q; q = next) {
    next = q->answer.next;
    if (q->entry.state == DEAD) {
      release_question(a, q);
      continue;
    }
    tenon__afd_outcome outcome = tenon__afd_ask_question(a, q);
    if (outcome == REFUSED) tenon__afd_forget(a, &q->entry);
    if (outcome == OUT_OF_RESOURCES) tenon__afd_plan(a, q);
    if (outcome == WILL_ANSWER && count < room) q->entry.state = ASKED_NOW, asked[count++] = q;
  }
  return count;
}

static void let_go_question(tenon__afd_queue *a, tenon__afd_question *q) {
  if (q->entry.state == IDLE) {
    release_question(a, q);
    return;
  }
  if (q->entry.state != TO_ASK) tenon__afd_cancel(device_of(a, q), &q->answer), a->dead++;
  q->entry.state = DEAD;
}

void tenon__afd_let_go(tenon__afd_queue *a, tenon__entry *entry) {
  if (entry->state == MEMBER)
    tenon__afd_leave(a, (tenon__afd_member *)entry);
  else
    let_go_question(a, (tenon__afd_question *)entry);
}

void tenon__afd_forget(tenon__afd_queue *a, tenon__entry *entry) {
  tenon__table_take(&a->table, entry->sock);
  tenon__afd_let_go(a, entry);
}

int tenon__afd_take_answer(tenon__afd_queue *a, tenon__afd_question *q, tenon__afd_news *news, int room) {
  int is_new = q->entry.state == ANSWERED_NOW && q->socket.events != 0, is_dead = q->entry.state == DEAD;
  a->asked--;
  a->dead -= is_dead != 0;
  q->entry.state = IDLE;
  if (is_dead)
    release_question(a, q);
  else if (q->socket.events & AFD_POLL_LOCAL_CLOSE)
    tenon__afd_forget(a, &q->entry);
  else if (room == 0)
    tenon__afd_plan(a, q);
  else
    return *news = (tenon__afd_news){&q->entry, q->socket.events, is_new}, 1;
  return 0;
}
