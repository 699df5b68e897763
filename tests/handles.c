/* handles.c - finds what leaves handles open.
 * SPDX-License-Identifier: MIT
 */
#include "handles.h"

#include "net.h"
#include "support.h"

enum { RUNS = 4, SETTLE_MS = 2000, SETTLE_STEP_MS = 10 };

static int count_handles(void) {
  return support_handle_count() - net_kept_handles();
}

/* A thread that nobody joins may hold its handles a little longer than the call that started it takes. */
static int count_left(int before) {
  int after = count_handles();
  for (int waited = 0; after != before && waited < SETTLE_MS; waited += SETTLE_STEP_MS) {
    support_sleep_ms(SETTLE_STEP_MS);
    after = count_handles();
  }
  return after - before;
}

int handles_left_by(int (*run)(void)) {
  int left = 1;
  for (int runs = 0; left != 0 && runs < RUNS; runs++) {
    int before = count_handles();
    if (run() != 0) return 0;
    left = count_left(before);
  }
  return left;
}
