/* notes.h - what a kqueue for tests keeps: its notes, and which of them are active.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_KQUEUE_NOTES_H
#define TENON_TESTS_KQUEUE_NOTES_H

#include <stddef.h>
#include <sys/event.h>

enum { READ, WRITE, USER, FILTERS };

typedef struct note {
  struct kevent said;                /* as it was added, its flags among the rest */
  struct note *previous, *following; /* among the active ones */
  int is_active, is_disabled, is_triggered;
} note;

/* The queue's own descriptor is an eventfd, which ends a wait when notes change. The row of a note is its ident. */
typedef struct queue {
  struct queue *next;
  int fd, is_awaited;
  size_t rows;
  note *(*notes)[FILTERS];
  note *front, *back;
} queue;

/* The place of a filter among a row's notes, or -1. */
int kqueue_filter_index(int filter);
/* Puts the note behind the other active ones, or takes it from among them. */
void kqueue_activate(queue *q, note *n);
void kqueue_deactivate(queue *q, note *n);
void kqueue_delete(queue *q, uintptr_t row, int filter);
/* 0, or the error. */
int kqueue_apply(queue *q, const struct kevent *change);

#endif
