/* server_full_test.c - tenon_serve() when more clients come than it may serve.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "serving.h"

enum { LIMIT = 2, GLANCE_MS = 30 };

static int limit_of(int model) {
  return model == TENON_SERVE_ITERATIVE ? 1 : LIMIT;
}

/* A full server of the model, with as many clients as it serves. */
static int start_full(serving *s, int model, int when_full, tenon_sock served[]) {
  serving_prepare(s, model);
  s->server.max_clients = LIMIT;
  s->server.when_full = when_full;
  int result = serving_start(s);
  for (int i = 0; i < limit_of(model) && result == 0; i++) {
    served[i] = serving_connect(s);
    result = served[i] < 0 ? (int)served[i] : serving_identify(served[i], (uint32_t)i);
  }
  return result;
}

static int is_readable(tenon_sock s, int timeout_ms) {
  tenon_pollfd item = {s, TENON_POLLIN, 0};
  return tenon_poll(&item, 1, timeout_ms);
}

TEST(clients_past_the_limit_wait_for_their_turn) {
  static serving s;
  for (int model = 0; model < SERVING_MODELS; model++) {
    tenon_sock served[LIMIT], waiting[LIMIT];
    int limit = limit_of(model);
    check_note(serving_model_name(model));
    CHECK_EQ(start_full(&s, model, TENON_FULL_WAIT, served), 0);
    for (int i = 0; i < limit; i++) {
      waiting[i] = serving_connect(&s);
      CHECK_OK(waiting[i]);
      CHECK_EQ(serving_ask(waiting[i], 100u + (uint32_t)i), 0);
    }
    for (int i = 0; i < limit; i++) CHECK_EQ(is_readable(waiting[i], GLANCE_MS), 0);
    for (int i = 0; i < limit; i++) {
      CHECK_EQ(serving_identify(served[i], 5), 0);
      CHECK_EQ(tenon_close(served[i]), 0);
      CHECK_EQ(serving_is_answered(waiting[i], 100u + (uint32_t)i), 0);
    }
    for (int i = 0; i < limit; i++) CHECK_EQ(tenon_close(waiting[i]), 0);
    CHECK_EQ(serving_stop(&s), 0);
  }
}

/* That a place is free again, the server learns a moment after the client. */
static int is_served_at_last(const serving *s) {
  int64_t deadline = tenon_deadline(NET_LIMIT_MS);
  do {
    tenon_sock client = serving_connect(s);
    int result = client < 0 ? (int)client : serving_identify(client, 9);
    if (client >= 0) tenon_close(client);
    if (result == 0) return 1;
  } while (tenon_remaining(deadline) > 0);
  return 0;
}

TEST(clients_past_the_limit_are_turned_away_with_a_clean_end) {
  static serving s;
  for (int model = 0; model < SERVING_MODELS; model++) {
    tenon_sock served[LIMIT];
    check_note(serving_model_name(model));
    CHECK_EQ(start_full(&s, model, TENON_FULL_REFUSE, served), 0);
    for (int i = 0; i < 5; i++) {
      tenon_sock refused = serving_connect(&s);
      CHECK_OK(refused);
      if (i % 2) CHECK_EQ(serving_ask(refused, 1), 0); /* which must not turn the end into a reset */
      CHECK_EQ(serving_is_ended(refused), 0);
      CHECK_EQ(tenon_close(refused), 0);
    }
    for (int i = 0; i < limit_of(model); i++) {
      CHECK_EQ(serving_identify(served[i], 5), 0);
      CHECK_EQ(tenon_close(served[i]), 0);
    }
    CHECK(is_served_at_last(&s));
    CHECK_EQ(serving_stop(&s), 0);
  }
}

enum { FLOOD = 100 };

TEST(a_flood_of_clients_to_be_turned_away_is_turned_away) {
  static serving s;
  static tenon_sock flood[FLOOD];
  tenon_sock served[LIMIT];
  CHECK_EQ(start_full(&s, TENON_SERVE_THREADS, TENON_FULL_REFUSE, served), 0);
  for (int i = 0; i < FLOOD; i++) {
    flood[i] = serving_connect(&s);
    CHECK_OK(flood[i]);
  }
  for (int i = 0; i < FLOOD; i++) CHECK_EQ(serving_is_ended(flood[i]), 0);
  for (int i = 0; i < LIMIT; i++) CHECK_EQ(serving_identify(served[i], 5), 0);
  for (int i = 0; i < FLOOD; i++) CHECK_EQ(tenon_close(flood[i]), 0);
  for (int i = 0; i < LIMIT; i++) CHECK_EQ(tenon_close(served[i]), 0);
  CHECK_EQ(serving_stop(&s), 0);
}
