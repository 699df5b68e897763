/* server_many_test.c - tenon_serve() with very many clients: none is lost, none gets another one's answer.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "check.h"
#include "net.h"
#include "serving.h"

enum { AT_ONCE = 50, MANY = 1000, MANY_UNDER_WINE = 300 };

static int how_many(void) {
  return support_is_wine() ? MANY_UNDER_WINE : MANY;
}

/* Connects clients and lets them ask, all at once; then takes the answers. Returns how many were right. */
static int serve_group(const serving *s, int first, int count) {
  tenon_sock clients[AT_ONCE];
  int right = 0;
  for (int i = 0; i < count; i++) {
    clients[i] = serving_connect(s);
    if (clients[i] >= 0) serving_ask(clients[i], (uint32_t)(first + i));
  }
  for (int i = 0; i < count; i++) {
    if (clients[i] < 0) continue;
    right += serving_is_answered(clients[i], (uint32_t)(first + i)) == 0;
    tenon_close(clients[i]);
  }
  return right;
}

/* Returns how many clients got their answer, or an error. */
static int serve_many(int model) {
  static serving s;
  serving_prepare(&s, model);
  int result = serving_start(&s), right = 0;
  if (result < 0) return result;
  int64_t began = tenon_now_ms();
  for (int i = 0; i < how_many(); i += AT_ONCE) right += serve_group(&s, i, AT_ONCE);
  long took = (long)(tenon_now_ms() - began);
  result = serving_stop(&s);
  printf("  %s: %d of %d clients, %d at once, answered in %ld ms\n", serving_model_name(model), right, how_many(),
         AT_ONCE, took);
  return result < 0 ? result : right;
}

TEST(a_thousand_clients_are_served_one_after_the_other) {
  CHECK_EQ(serve_many(TENON_SERVE_ITERATIVE), how_many());
}

TEST(a_thousand_clients_are_served_by_threads) {
  CHECK_EQ(serve_many(TENON_SERVE_THREADS), how_many());
}

/* D155 */
TEST(a_thousand_clients_are_served_by_processes) {
  CHECK_EQ(serve_many(TENON_SERVE_PROCESSES), how_many());
}

TEST(a_thousand_clients_are_served_by_threads_of_processes) {
  CHECK_EQ(serve_many(TENON_SERVE_HYBRID), how_many());
}
