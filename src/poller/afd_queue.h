/* poller/afd_queue.h - the sockets of a poller over the AFD device, and what has been asked about them.
 * SPDX-License-Identifier: MIT
 *
 * A question is put to the device and answered once, with what is the case, through the port. Level-triggered is who asks
 * again: what a wait has reported is asked again by the next one, when the caller has done something about it. The device
 * writes into a question until it has answered it, so one that is no longer wanted is cancelled and lives on until its
 * answer comes.
 *
 * There is a question for each socket that has had news lately, and one for each group of those that have been quiet. For
 * each message Wine's server looks through all open questions some ten times, in which it gets over one about many
 * sockets several times as fast as over one for each of them. What it does for Windows is not known. */
#ifndef TENON_SRC_POLLER_AFD_QUEUE_H
#define TENON_SRC_POLLER_AFD_QUEUE_H

#include "afd_device.h"
#include "poller.h"

/* Of an entry, which is the beginning of a question or of a member. One without events was reported once, and not set
 * again. */
typedef enum tenon__afd_state {
  IDLE,         /* not asked about */
  TO_ASK,       /* by the next wait */
  ASKED,        /* alone ... */
  ASKED_NOW,    /* ... by the wait that is under way ... */
  ANSWERED_NOW, /* ... and answered by it, so what was said is the case by now */
  QUIET,        /* without news since it was last looked at ... */
  CHOSEN,       /* ... twice, so it will be a member */
  MEMBER,       /* of a group */
  DEAD          /* in no table any more, but still to be answered, or among those that are to be asked */
} tenon__afd_state;

/* The number of the entry is that of the device that is asked. The handle that the device knows the socket by stands in
 * the answer, which also links those that are to be asked. */
typedef struct tenon__afd_question {
  tenon__entry entry;
  tenon__afd_head answer;
  tenon__afd_socket socket;
} tenon__afd_question;

typedef struct tenon__afd_group tenon__afd_group;

/* The number of the entry is the handle that the device knows the socket by, without the bits that are always 0. */
typedef struct tenon__afd_member {
  tenon__entry entry;
  tenon__afd_group *group;
} tenon__afd_member;

/* What was said of a socket; new if it was asked and answered by one wait. */
typedef struct tenon__afd_news {
  tenon__entry *entry;
  ULONG said;
  int is_new;
} tenon__afd_news;

typedef struct tenon__afd_queue {
  tenon__lock lock;
  HANDLE port;
  tenon__afd_devices devices, group_devices;
  tenon__table table;
  tenon__afd_question *to_ask; /* some may have died since */
  tenon__afd_group *groups_to_ask;
  size_t asked, dead; /* how many answers are to come, and for how many of them nobody waits */
  int news;           /* since quiet sockets were last looked for ... */
  size_t hand;        /* ... in this chain of the table */
  int chosen[AFD_SOCKETS_MAX], chosen_count;
  atomic_int is_busy, is_woken;
} tenon__afd_queue;

enum { FROM_DEVICE, FROM_GROUP, FROM_WAKE }; /* the keys of what comes through the port */

/* All that follows is called with the lock. */

/* ---- afd_question.c: one socket ---- */

/* What the device is asked for. */
ULONG tenon__afd_interest(const tenon__entry *entry);
tenon__afd_question *tenon__afd_new_question(tenon__afd_queue *a, tenon_sock s, HANDLE base);
tenon__afd_outcome tenon__afd_ask_question(tenon__afd_queue *a, tenon__afd_question *q);
/* Lets the next wait ask. */
void tenon__afd_plan(tenon__afd_queue *a, tenon__afd_question *q);
/* Of at most so many it tells what it has asked. Those for which the system has no resources stay planned. */
int tenon__afd_ask_planned(tenon__afd_queue *a, tenon__afd_question **asked, int room);
/* For one that is in no table any more. */
void tenon__afd_let_go(tenon__afd_queue *a, tenon__entry *entry);
/* For one whose socket was closed. */
void tenon__afd_forget(tenon__afd_queue *a, tenon__entry *entry);
/* Takes an answer that came through the port, of which at most so many news are wanted. Returns how many there are; what is
 * not told the next wait asks again. */
int tenon__afd_take_answer(tenon__afd_queue *a, tenon__afd_question *q, tenon__afd_news *news, int room);

/* ---- afd_group.c: several sockets ---- */

/* Looks at the more sockets, others each time, the more news there were, and makes groups of those that are quiet. */
void tenon__afd_survey(tenon__afd_queue *a);
void tenon__afd_ask_planned_groups(tenon__afd_queue *a);
int tenon__afd_take_group_answer(tenon__afd_queue *a, tenon__afd_group *g, tenon__afd_news *news, int room);
/* A member is asked about alone from now on: 0 without memory, then it stays. */
int tenon__afd_part(tenon__afd_queue *a, tenon__afd_member *m);
/* For one that is in no table any more, and ends here. */
void tenon__afd_leave(tenon__afd_queue *a, tenon__afd_member *m);

#endif
