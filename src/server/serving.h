/* serving.h - what the parts of tenon_serve() share with each other.
 * SPDX-License-Identifier: MIT */
#ifndef TENON_SRC_SERVING_H
#define TENON_SRC_SERVING_H

#include "../shared.h"
#include "tenon/local.h"
#include "tenon/server.h"

/* Whether a team takes a client now: it does, it has all that it may have, or it has to see to something first. */
typedef enum tenon__room { TENON__ROOM, TENON__FULL, TENON__NOT_YET } tenon__room;

/* What a team of those who serve can do, be they threads or workers. serve.c gives it clients and waits for it, all in
 * one thread. server has its defaults filled in. */
typedef struct tenon__model {
  int (*open)(const tenon_server *server, void **team);
  tenon__room (*room)(void *team);
  /* 0 and the client is the team's, or a failure and it is not. Only where there is room. */
  int (*take)(void *team, tenon_sock client, const tenon_addr *peer);
  /* Fills in what to wait for, so many items, and returns until when, or TENON_FOREVER. */
  int (*items)(const tenon_server *server);
  int64_t (*watch)(void *team, tenon_pollfd *items);
  /* After waiting: sees to what has happened, and returns how many clients are being served. */
  int (*attend)(void *team, const tenon_pollfd *items);
  /* Lets what the handlers wait for end. */
  void (*cancel)(void *team);
  /* 0, or TENON_ETIMEDOUT: a handler still runs, and is left behind. */
  int (*close)(void *team);
} tenon__model;

extern const tenon__model tenon__threads_model; /* crew.c; an iterative server has one of them at a time */
extern const tenon__model tenon__workers_model; /* workers.c */

/* ---- worker.c: the life of a worker ---- */

#define TENON__WORK_MAGIC 0x54656e6fu

/* What passes between a worker and its parent: the greeting, first; orders, each a byte, one of them with a client's
 * socket and address behind it; and reports, each a byte. */
typedef struct tenon__greeting {
  uint32_t magic;
  int32_t size;       /* clients at once */
  int32_t is_for_one; /* and ends with it */
} tenon__greeting;

#define TENON__ORDER_SERVE 's'
#define TENON__ORDER_CANCEL 'c'
#define TENON__REPORT_TAKEN 't'
#define TENON__REPORT_DONE 'd'
#define TENON__REPORT_INTERRUPTED '\0' /* as tenon__sys_wake() sends it */

/* Tells servers of one program apart. */
uint32_t tenon__server_key(const tenon_server *server);
/* Serves what a parent hands to this worker, and ends with it: does not return. */
void tenon__work(const tenon_server *server);

/* ---- turned_away.c: clients for whom there is no place ---- */

enum { TENON__TURNED_AWAY_MAX = 32 };

/* What a client has sent must be taken before its socket is closed: the reset would overtake the end. So they linger
 * for a moment. */
typedef struct tenon__turned_away {
  struct {
    tenon_sock sock;
    int64_t until;
  } clients[TENON__TURNED_AWAY_MAX];
  int next; /* the oldest, whose place the next one gets */
} tenon__turned_away;

void tenon__turned_away_init(tenon__turned_away *list);
void tenon__turn_away(tenon__turned_away *list, tenon_sock client);
/* As for a team; TENON__TURNED_AWAY_MAX items. Attending with NULL only looks at the clock. */
int64_t tenon__turned_away_watch(const tenon__turned_away *list, tenon_pollfd *items);
int tenon__turned_away_attend(tenon__turned_away *list, const tenon_pollfd *items);
void tenon__turned_away_close(tenon__turned_away *list);

/* The earlier of two deadlines, either of which may be TENON_FOREVER. */
static inline int64_t tenon__earlier(int64_t a, int64_t b) {
  if (a == TENON_FOREVER || b == TENON_FOREVER) return a == TENON_FOREVER ? b : a;
  return a < b ? a : b;
}

#endif
