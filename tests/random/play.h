/* play.h - a program of calls, and what it needs while it runs: handles, addresses, pollers, wakers.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_RANDOM_PLAY_H
#define TENON_TESTS_RANDOM_PLAY_H

#include "model.h"
#include "net.h"
#include "prng.h"
#include "tenon.h"
#include "tenon/poller.h"

enum { MOST_ARGUMENTS = 10, MOST_CALLS = 5000, SHORT_MS = 30, LINE = 600, BUFFER = 65536 };

/* One call of a program: its row in the table of calls and its arguments, each a number that argument.h explains. */
typedef struct step {
  int row;
  int arguments[MOST_ARGUMENTS];
} step;

typedef struct play {
  model m;
  int is_dry; /* only the model is played */
  int was_avoided;
  int is_silent;   /* nothing is printed */
  int tells_waits; /* waits for what was sent are printed, too */
  int number;      /* of the call in its program */
  const step *now;
  tenon_sock sockets[SLOTS];
  tenon_addr at[SLOTS];
  int told_fields[SLOTS]; /* what tenon_message_ask() has promised */
  tenon_poller pollers[POLLERS];
  tenon_waker wakers[WAKERS];
  char line[LINE]; /* what the call is about to say */
  char detail[LINE];
  long results, open, surprises;
} play;

/* A public call that programs are made of. In text each % is an argument, whose kinds are the letters of arguments. */
typedef struct call {
  const char *text, *arguments;
  int weight;
  int (*wants)(const model *m, int s); /* the sockets that it is mostly made with */
  void (*run)(play *p, const int *a);
} call;

extern const call *const call_tables[];
const call *call_row(int row); /* NULL beyond the last one */

/* Called in between: the model has played the call. 1 if it is to be made, which is not in a dry play. */
int play_begins(play *p, forecast f);

/* What came of it: a code or 0, a count, a handle. detail, unless NULL, is shown behind a result that is no error. */
void play_result(play *p, forecast f, intptr_t result, const char *detail);
void play_handle(play *p, forecast f, intptr_t result);
/* A result that needs no code. */
void play_text(play *p, forecast f, const char *text);

/* What a call uses. */
tenon_sock play_socket(const play *p, int argument);
const tenon_addr *play_address(play *p, int argument);
int play_loopback_index(void);
extern char play_buffer[BUFFER];

/* Waits until what was sent to the sockets of this call has arrived. */
void play_settle(play *p, int s);

/* Plays steps 0 to count - 1, those with keep[i] unless keep is NULL. What it opened is closed again. */
void play_program(play *p, const step *steps, int count, const char *keep);

/* Makes the program of a seed. */
void program_make(uint64_t seed, step *steps, int count);

#endif
