/* afd_question.c - the questions that are open, and what the poller is told.
 * SPDX-License-Identifier: MIT */
#include "afd_layer.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define CODE_POLL 0x00012024
#define IS_PENDING ((NTSTATUS)0x00000103)
#define IS_BAD_HANDLE ((NTSTATUS)0xC0000008)
#define IS_SHORT ((NTSTATUS)0xC000009A)
#define IS_CANCELLED ((NTSTATUS)0xC0000120)

static afd_question *questions;

static void unlink_question(const afd_question *q) {
  afd_question **at = &questions;
  while (*at != q) at = &(*at)->next;
  *at = q->next;
}

void afd_forget_questions(HANDLE port) {
  afd_question **at = &questions;
  while (*at) {
    afd_question *q = *at;
    if (q->port != port) {
      at = &q->next;
      continue;
    }
    *at = q->next;
    free(q);
  }
}

static int is_about(const afd_question *q, HANDLE socket) {
  for (ULONG i = 0; i < q->asked.count; i++) {
    if (q->translated.sockets[i].handle == socket) return 1;
  }
  return 0;
}

/* Another one about this socket, if nobody has cancelled it. */
static afd_question *other_about(const afd_question *q, HANDLE socket, int is_same_port) {
  for (afd_question *other = questions; other; other = other->next) {
    if (other != q && !other->is_cancelled && !other->is_stuck && !other->has_foreign_answer &&
        (other->port == q->port) == is_same_port && is_about(other, socket))
      return other;
  }
  return NULL;
}

/* ---- Asking -------------------------------------------------------------------------------------------------------- */

static int is_open_socket(SOCKET s) {
  int type, size = sizeof type;
  return s != INVALID_SOCKET && getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&type, &size) == 0;
}

/* 0 if the device does not know one of the handles. */
static int translate(afd_question *q) {
  int is_good = 1;
  q->translated = q->asked;
  for (ULONG i = 0; i < q->asked.count; i++) {
    SOCKET s = afd_socket_of(q->asked.sockets[i].handle);
    q->translated.sockets[i].handle = (HANDLE)s;
    if (afd_setting(AFD_LAYERED) || afd_setting(AFD_BAD_AMONG_MANY)) is_good &= is_open_socket(s);
  }
  if (!is_good && q->asked.count > 1) afd_hit(AFD_BAD_AMONG_MANY);
  return is_good;
}

static void look_for_others(const afd_question *q) {
  for (ULONG i = 0; i < q->asked.count; i++) {
    if (other_about(q, q->translated.sockets[i].handle, 1)) afd_hit(AFD_MIXED_UP);
    if (other_about(q, q->translated.sockets[i].handle, 0)) afd_hit(AFD_TWO_POLLERS);
  }
}

static void count_open(HANDLE device) {
  unsigned count = 0;
  for (const afd_question *q = questions; q; q = q->next) count += q->device == device;
  afd_at_least(AFD_MOST, count);
}

static NTSTATUS ask(afd_question *q, ULONG size) {
  if (!translate(q)) return IS_BAD_HANDLE;
  if (afd_is_due(AFD_SHORT)) return afd_hit(AFD_SHORT), IS_SHORT;
  look_for_others(q);
  if (q->asked.count > 1) afd_hit(AFD_MANY);
  q->status.Status = IS_PENDING;
  NTSTATUS result =
      afd_real_control()(q->device, NULL, NULL, q, &q->status, CODE_POLL, &q->translated, size, &q->answer, size);
  if (result < 0) return result;
  q->next = questions;
  questions = q;
  count_open(q->device);
  if (q->status.Status != IS_PENDING) {
    q->is_at_once = 1;
    afd_hit(AFD_AT_ONCE);
    return 0;
  }
  if (afd_is_due(AFD_CANCELLED)) {
    afd_hit(AFD_CANCELLED);
    AFD_REAL(CancelIoEx)(q->device, (OVERLAPPED *)(void *)&q->status);
  }
  return IS_PENDING;
}

NTSTATUS NTAPI afd_control(HANDLE device, HANDLE event, void *routine, void *context, IO_STATUS_BLOCK *status,
                           ULONG code, void *in, ULONG in_size, void *out, ULONG out_size) {
  afd_question *q = code == CODE_POLL && in_size <= sizeof q->asked ? calloc(1, sizeof *q) : NULL;
  if (!q) return afd_real_control()(device, event, routine, context, status, code, in, in_size, out, out_size);
  afd_hit(AFD_WRAPPED);
  q->device = device;
  q->poller_status = status;
  q->poller_answer = out;
  q->context = context;
  memcpy(&q->asked, in, in_size);
  afd_lock();
  q->port = afd_port_of(device, &q->key);
  NTSTATUS result = ask(q, in_size);
  if (result < 0) free(q);
  afd_unlock();
  return result;
}

BOOL WINAPI afd_cancel(HANDLE device, OVERLAPPED *status) {
  BOOL result = FALSE;
  afd_lock();
  afd_question *q = questions;
  while (q && (q->device != device || (void *)q->poller_status != status || q->is_cancelled)) q = q->next;
  if (q) q->is_cancelled = 1;
  if (q && q->is_stuck) {
    q->status.Status = IS_CANCELLED;
    result = PostQueuedCompletionStatus(q->port, 0, q->key, (OVERLAPPED *)(void *)q);
  } else {
    result = AFD_REAL(CancelIoEx)(device, q ? (OVERLAPPED *)(void *)&q->status : status);
  }
  afd_unlock();
  return result;
}

/* ---- Answering ----------------------------------------------------------------------------------------------------- */

/* As Windows mixes up two of one poller, and has been seen to mix up those of two. */
static void give_to_other(const afd_question *q, afd_question *other, const afd_socket *said) {
  other->has_foreign_answer = 1;
  other->foreign_answer = q->answer;
  other->foreign_answer.count = 1;
  other->foreign_answer.sockets[0] = *said;
  AFD_REAL(CancelIoEx)(other->device, (OVERLAPPED *)(void *)&other->status);
}

/* 1 if somebody else has got the answer and this question will never have one. */
static int mix_up(afd_question *q) {
  for (ULONG i = 0; i < q->answer.count && !q->is_at_once && !q->has_foreign_answer; i++) {
    const afd_socket *said = &q->answer.sockets[i];
    afd_question *same = afd_setting(AFD_MIXED_UP) ? other_about(q, said->handle, 1) : NULL;
    afd_question *other = afd_setting(AFD_TWO_POLLERS) ? other_about(q, said->handle, 0) : NULL;
    if (other) give_to_other(q, other, said);
    if (same) return give_to_other(q, same, said), q->is_stuck = 1;
  }
  return 0;
}

static void add_what_wine_hides(afd_socket *said, ULONG wanted) {
  if ((said->events & (AFD_RECEIVE | AFD_DISCONNECT)) == AFD_RECEIVE && wanted & AFD_DISCONNECT &&
      afd_has_end((SOCKET)said->handle)) {
    said->events |= AFD_DISCONNECT;
    afd_hit(AFD_DATA_AND_END);
  }
  if (said->events & AFD_LOCAL_CLOSE) afd_hit(AFD_CLOSED);
  if (said->events & AFD_CONNECT_FAIL) {
    afd_hit(AFD_FAILED_ALONE);
    if (afd_setting(AFD_FAILED_ALONE)) said->events = AFD_CONNECT_FAIL;
  }
}

static void complete_answer(afd_question *q) {
  for (ULONG i = 0; i < q->answer.count; i++) {
    afd_socket *said = &q->answer.sockets[i];
    ULONG at = 0;
    while (q->translated.sockets[at].handle != said->handle) at++;
    add_what_wine_hides(said, q->asked.sockets[at].events);
    said->handle = q->asked.sockets[at].handle;
  }
}

static void write_answer(const afd_question *q) {
  int is_failure = q->status.Status < 0, is_status_last = afd_setting(AFD_STATUS_LAST) != 0;
  if (!is_status_last) *q->poller_status = q->status;
  if (!is_failure) memcpy(q->poller_answer, &q->answer, q->status.Information);
  if (is_status_last) *q->poller_status = q->status, afd_hit(AFD_STATUS_LAST);
}

int afd_deliver(afd_question *q, OVERLAPPED_ENTRY *entry) {
  if (q->has_foreign_answer && q->status.Status == IS_CANCELLED && !q->is_cancelled) {
    q->answer = q->foreign_answer;
    q->status.Status = 0;
  }
  if (q->status.Status >= 0 && mix_up(q)) return 0;
  unlink_question(q);
  if (q->status.Status >= 0) {
    complete_answer(q);
    q->status.Information = offsetof(afd_poll, sockets) + q->answer.count * sizeof *q->answer.sockets;
  }
  write_answer(q);
  entry->lpCompletionKey = q->key;
  entry->lpOverlapped = q->context;
  entry->Internal = (ULONG_PTR)q->status.Status;
  entry->dwNumberOfBytesTransferred = (DWORD)q->status.Information;
  free(q);
  return 1;
}
