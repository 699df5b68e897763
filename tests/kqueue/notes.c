/* notes.c - adding, changing and deleting the notes of a kqueue for tests.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE

#include "notes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int kqueue_filter_index(int filter) {
  return filter == EVFILT_READ ? READ : filter == EVFILT_WRITE ? WRITE : filter == EVFILT_USER ? USER : -1;
}

void kqueue_activate(queue *q, note *n) {
  if (n->is_active) return;
  n->is_active = 1;
  n->previous = q->back;
  n->following = NULL;
  if (q->back) q->back->following = n;
  if (!q->front) q->front = n;
  q->back = n;
}

void kqueue_deactivate(queue *q, note *n) {
  if (!n->is_active) return;
  n->is_active = 0;
  if (n->previous) n->previous->following = n->following;
  if (n->following) n->following->previous = n->previous;
  if (q->front == n) q->front = n->following;
  if (q->back == n) q->back = n->previous;
}

void kqueue_delete(queue *q, uintptr_t row, int filter) {
  note *n = q->notes[row][filter];
  kqueue_deactivate(q, n);
  q->notes[row][filter] = NULL;
  free(n);
}

static int make_rows(queue *q, uintptr_t row) {
  size_t rows = 2 * row + 64;
  if (row < q->rows) return 0;
  note *(*larger)[FILTERS] = realloc(q->notes, rows * sizeof *larger);
  if (!larger) return ENOMEM;
  memset(larger + q->rows, 0, (rows - q->rows) * sizeof *larger);
  q->notes = larger;
  q->rows = rows;
  return 0;
}

/* What a descriptor of this number can be added for: 0, or the error. */
static int check_descriptor(uintptr_t number) {
  struct stat status;
  if (number > INT32_MAX || fstat((int)number, &status) < 0) return EBADF;
  return S_ISSOCK(status.st_mode) || S_ISFIFO(status.st_mode) ? 0 : EINVAL;
}

static int add_note(queue *q, const struct kevent *change, int filter) {
  int error = filter == USER ? 0 : check_descriptor(change->ident);
  if (error == 0) error = make_rows(q, change->ident);
  if (error != 0) return error;
  note *n = calloc(1, sizeof *n);
  if (!n) return ENOMEM;
  n->said = *change;
  q->notes[change->ident][filter] = n;
  return 0;
}

int kqueue_apply(queue *q, const struct kevent *change) {
  int filter = kqueue_filter_index(change->filter);
  if (filter < 0) return EINVAL;
  int is_there = change->ident < q->rows && q->notes[change->ident][filter];
  if (!is_there) {
    int error = change->flags & EV_ADD ? add_note(q, change, filter) : ENOENT;
    if (error != 0) return error;
  }
  note *n = q->notes[change->ident][filter];
  if (change->flags & EV_DELETE) {
    kqueue_delete(q, change->ident, filter);
    return 0;
  }
  if (filter != USER || change->flags & EV_ADD) n->said.udata = change->udata;
  if (change->flags & EV_DISABLE) n->is_disabled = 1, kqueue_deactivate(q, n);
  if (change->flags & EV_ENABLE) n->is_disabled = 0;
  if (filter == USER && change->fflags & NOTE_TRIGGER) n->is_triggered = 1;
  return 0;
}
