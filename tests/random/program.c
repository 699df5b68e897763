/* program.c - makes the program of a seed: each call is chosen for the state that the calls before it lead to.
 * SPDX-License-Identifier: MIT
 */
#include "argument.h"
#include "play.h"

enum { TRIES = 60 };

static int sum_weights(void) {
  int sum = 0;
  for (int row = 0; call_row(row); row++) sum += call_row(row)->weight;
  return sum;
}

static int choose_row(prng *from, int sum) {
  int left = prng_below(from, sum), row = 0;
  while ((left -= call_row(row)->weight) >= 0) row++;
  return row;
}

static void choose_step(prng *from, const model *m, int sum, step *to) {
  to->row = choose_row(from, sum);
  const call *row = call_row(to->row);
  for (int i = 0; row->arguments[i]; i++)
    to->arguments[i] = argument_choose(from, m, row->arguments[i], i == 0 ? row->wants : NULL);
}

/* A call that would hang is tried with other arguments, and at last taken nevertheless: it will not be made. */
void program_make(uint64_t seed, step *steps, int count) {
  static play p;
  static model before;
  prng from;
  int sum = sum_weights();
  p.is_dry = 1;
  prng_seed(&from, seed);
  model_start(&p.m);
  for (p.number = 0; p.number < count; p.number++) {
    for (int tries = 0; tries < TRIES; tries++) {
      choose_step(&from, &p.m, sum, &steps[p.number]);
      p.now = &steps[p.number];
      p.was_avoided = 0;
      before = p.m;
      call_row(p.now->row)->run(&p, p.now->arguments);
      if (!p.was_avoided) break;
      p.m = before;
    }
  }
}
