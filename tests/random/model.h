/* model.h - what each socket is and what it will do next, as far as the contract says so. No result ever enters it: the
 * sequence of calls depends on the seed and on this model alone.
 * SPDX-License-Identifier: MIT
 *
 * A function model_... plays one call: it changes the model as the call changes the sockets, and forecasts the result.
 * An expected result that does not come is a finding, like a line that differs between systems. */
#ifndef TENON_TESTS_RANDOM_MODEL_H
#define TENON_TESTS_RANDOM_MODEL_H

#include <stdint.h>

#include "open.h"

enum { SLOTS = 12, POLLERS = 2, WAKERS = 2, QUEUE = 6, LINKS = 48, MOST_UNREAD = 20000 };

typedef enum socket_kind { EMPTY, TCP, UDP, PAIR, LOCAL, LOCAL_UDP } socket_kind;

/* One end of a connection. */
typedef struct side {
  int slot;                /* the socket; QUEUED before it is accepted, GONE after it was closed */
  int unread;              /* bytes that were sent to it and not yet received */
  uint32_t sent, received; /* positions in the two directions, from which the bytes follow */
  int has_end, has_reset;  /* the peer has ended, or broken the connection off */
  int shut_rd, shut_wr;    /* what it has shut down itself */
  int is_flooded;          /* nobody counts what was sent to it */
  int is_full;             /* its last send left no room */
  int urgent;              /* an urgent byte was sent to it and not taken */
  int vague;               /* an OPEN_... row: the contract says no more about what it receives */
} side;
enum { QUEUED = -1, GONE = -2, NONE = -1 };

typedef struct link {
  int is_used, is_local;
  int client_port; /* filled in by the run, for checks alone */
  side sides[2];
} link;

typedef struct datagram {
  int size, sender; /* the sender's slot */
  int sender_port;  /* filled in by the run, for checks alone */
} datagram;

/* A port is numbered when it is bound, in the order of binding. */
typedef struct slot {
  socket_kind kind;
  int family;
  int port;         /* 0: not bound by the caller */
  int is_any;       /* bound to the unspecified address */
  int is_named;     /* it has a local address, whoever gave it */
  int may_be_named; /* a failed send may have given it one */
  int is_listening, backlog;
  int queue[QUEUE]; /* a listener's links that are not accepted, oldest first */
  int queued;
  int failed;    /* its connect has failed: an OPEN_... row */
  int begun;     /* a connect was begun, and nobody has asked for its outcome: BEGUN_... */
  int link, end; /* its connection, and which side of it is its own; link is NONE without one */
  int v6only, share, reset_on_close, broadcast;
  int options[32]; /* what was set; UNSET before */
  int peer_port;   /* of a connected datagram socket: the port, 0 for none */
  int peer_family, peer_kind;
  int was_refused;
  int refused; /* datagrams that went where nobody listens */
  datagram datagrams[QUEUE];
  int held;      /* how many of these there are */
  int uncertain; /* an OPEN_... row: nobody knows whether more has come */
  int asked_fields, groups;
  int was_connected; /* the port was a connection's own, see OPEN_CLIENT_PORT */
} slot;
enum { BEGUN_NOT, BEGUN_WELL, BEGUN_REFUSED };
enum { UNSET = -1000000 };

/* The address that a slot has or had last: what others connect and send to. */
typedef struct address {
  int port, family, is_any, kind;
} address;

typedef struct registration {
  int events, flags, serial, is_spent;
} registration;

typedef struct poller {
  int is_open, woken;
  registration of[SLOTS];
} poller;

typedef struct waker {
  int is_open, fired;
} waker;

typedef struct model {
  slot slots[SLOTS];
  address at[SLOTS];
  link links[LINKS];
  poller pollers[POLLERS];
  waker wakers[WAKERS];
  int cancelling; /* the waker of tenon_cancel_on(), or NONE */
  int last_port, last_serial;
  int started;
  struct {
    int port, kind, why; /* ports whose owner is gone, and that a second bind may not get: an OPEN_... row */
  } spoiled[64];
  int spoiled_count;
} model;

/* What is known about the result of a call. */
typedef struct forecast {
  int avoid;    /* the call would hang, or leave the host: it is not made */
  int open;     /* an OPEN_... row: the result is not shown */
  int is_known; /* value is what it must be */
  intptr_t value;
} forecast;

forecast forecast_value(intptr_t value);
forecast forecast_any(void); /* nothing is known: all systems must agree */
forecast forecast_open(int row);
forecast forecast_avoid(void);

void model_start(model *m);

/* ---- Sockets: model.c -------------------------------------------------------------------------------------------- */

slot *model_slot(model *m, int s);            /* NULL for what is no slot, or empty */
side *model_side(model *m, const slot *it);   /* its end of its connection, or NULL */
side *model_other(model *m, const slot *it);  /* the other end */
forecast model_handle(const model *m, int s); /* what a call says to a handle that is no socket; open for a socket */
void model_open(model *m, int s, socket_kind kind, int family);
void model_pair(model *m, int a, int b);
void model_close(model *m, int s);
void model_name(model *m, int s, int port, int is_any); /* it is bound */
int model_is_stream(const slot *it);

/* A call that has to wait: what comes of that with this limit. */
forecast model_wait(const model *m, int limit);

/* ---- Connections: model_connect.c -------------------------------------------------------------------------------- */

int model_owner(const model *m, int port, int kind, int skip); /* the slot that has the port, or NONE */
int model_hears(const model *m, int s, const address *to, int from_family);
forecast model_bind(model *m, int s, const address *to);
forecast model_listen(model *m, int s, int backlog);
forecast model_connect(model *m, int s, const address *to, int limit);
forecast model_connect_result(model *m, int s, int limit);
forecast model_accept(model *m, int s, int target, int limit);

/* ---- Streams: model_stream.c ------------------------------------------------------------------------------------- */

enum { RECEIVE, RECEIVE_ALL, PEEK };
forecast model_receive(model *m, int s, int size, int limit, int how);
forecast model_send(model *m, int s, int size, int limit);
forecast model_shutdown(model *m, int s, int how);
void model_end(model *m, slot *it, int is_reset); /* its end of its connection is closed */
forecast model_close_gracefully(model *m, int s, int limit);

/* ---- Datagrams: model_datagram.c --------------------------------------------------------------------------------- */

forecast model_send_datagram(model *m, int s, int size, const address *to, int limit);
forecast model_receive_datagram(model *m, int s, int size, int limit, int cuts, datagram *taken);

/* ---- Events: model_event.c --------------------------------------------------------------------------------------- */

enum { EVENTS_OPEN = -1 }; /* as the events of a socket of which the contract does not say them */
int model_events(model *m, int s, int asked, int *why);

#endif
