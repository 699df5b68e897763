/* server_stop_test.c - how tenon_serve() ends.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "serving.h"
#include "support.h"

TEST(a_server_that_is_stopped_before_its_first_client_ends_at_once) {
  static serving s;
  for (int model = 0; model < SERVING_MODELS; model++) {
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    CHECK_EQ(serving_start(&s), 0);
    int64_t began = tenon_now_ms();
    CHECK_EQ(serving_stop(&s), 0);
    CHECK(tenon_now_ms() - began < 1000);
  }
}

TEST(a_waker_that_has_fired_before_ends_a_server_as_well) {
  static serving s;
  for (int model = 0; model < SERVING_MODELS; model++) {
    tenon_waker stop;
    tenon_sock pair[2];
    char byte;
    CHECK_EQ(net_pair(pair), 0);
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    CHECK_EQ(tenon_waker_open(&stop), 0);
    CHECK_EQ(tenon_waker_wake(&stop), 0);
    s.server.stop = &stop;
    s.server.started = NULL;
    tenon_cancel_on(&stop); /* which ends none of the server's own calls, and is still there afterwards */
    int result = tenon_serve(&s.server);
    ptrdiff_t received = tenon_recv(pair[0], &byte, 1, NET_LIMIT_MS);
    tenon_cancel_on(NULL);
    CHECK_EQ(result, 0);
    CHECK_EQ(received, TENON_ECANCELED);
    CHECK_EQ(tenon_waker_close(&stop), 0);
    CHECK_EQ(net_close2(pair[0], pair[1]), 0);
  }
}

/* 1 as soon as nobody listens any more: the server has noticed that it is to stop. Leaves it time to, as under valgrind only
 * one thread runs at a time. */
static int is_refusing_at_last(const serving *s) {
  int64_t deadline = tenon_deadline(NET_LIMIT_MS);
  do {
    tenon_sock client = serving_connect(s);
    if (client == TENON_ECONNREFUSED) return 1;
    if (client >= 0) tenon_close(client);
    support_sleep_ms(1);
  } while (tenon_remaining(deadline) > 0);
  return 0;
}

TEST(clients_in_service_may_finish_and_new_ones_are_refused) {
  static serving s;
  for (int model = 0; model < SERVING_MODELS; model++) {
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    CHECK_EQ(serving_start(&s), 0);
    tenon_sock client = serving_connect(&s);
    CHECK_OK(client);
    CHECK_EQ(serving_identify(client, 1), 0);
    serving_tell_to_stop(&s);
    CHECK(is_refusing_at_last(&s));
    CHECK_EQ(serving_identify(client, 2), 0);
    CHECK_EQ(tenon_close(client), 0);
    CHECK_EQ(serving_await_end(&s), 0);
  }
}

/* D156 */
TEST(an_interrupt_ends_a_server_and_not_the_program) {
  static serving s;
  for (int which = 0; which < SUPPORT_INTERRUPTS; which++) {
    tenon_waker other, *stop = &s.stop;
    serving_prepare(&s, TENON_SERVE_THREADS);
    CHECK_EQ(serving_start(&s), 0);
    CHECK_EQ(tenon_waker_open(&other), 0);
    CHECK_EQ(tenon_waker_on_interrupt(&other), 0);
    CHECK_EQ(tenon_waker_on_interrupt(stop), 0); /* which replaces it */
    int interrupted = support_interrupt(which);
    if (interrupted != 0) serving_tell_to_stop(&s);
    int result = serving_await_end(&s);
    tenon_pollfd item = {other.ready, TENON_POLLIN, 0};
    int other_fired = tenon_poll(&item, 1, 0);
    CHECK_EQ(tenon_waker_on_interrupt(NULL), 0);
    CHECK_EQ(tenon_waker_on_interrupt(NULL), 0);
    CHECK_EQ(tenon_waker_close(&other), 0);
    CHECK_EQ(result, 0);
    CHECK_EQ(other_fired, 0);
    if (interrupted != 0) SKIP("no program can interrupt itself alone here");
  }
}

/* D156: Windows may tell the worker first, and waits for it before it tells the parent. */
TEST(a_worker_that_loses_its_terminal_ends_the_server_and_clients_may_finish) {
  static serving s;
  for (int model = 0; model < SERVING_MODELS; model++) {
    if (!serving_has_processes(model)) continue;
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    CHECK_EQ(serving_start(&s), 0);
    CHECK_EQ(tenon_waker_on_interrupt(&s.stop), 0);
    tenon_sock client = serving_connect(&s);
    CHECK_OK(client);
    CHECK_EQ(serving_identify(client, 1), 0);
    CHECK_EQ(serving_lose_terminal(client), 0);
    tenon_pollfd item = {s.stop.ready, TENON_POLLIN, 0};
    CHECK_EQ(tenon_poll(&item, 1, NET_LIMIT_MS), 1);
    CHECK(is_refusing_at_last(&s));
    CHECK_EQ(tenon_waker_on_interrupt(NULL), 0);
    CHECK_EQ(serving_identify(client, 2), 0);
    CHECK_EQ(tenon_close(client), 0);
    CHECK_EQ(serving_await_end(&s), 0);
  }
}

static int has_no_children_at_last(void) {
  int64_t deadline = tenon_deadline(NET_LIMIT_MS);
  while (support_child_count() > 0 && tenon_remaining(deadline) > 0) support_sleep_ms(1);
  return support_child_count() == 0;
}

/* D156: Windows goes on to the parent as soon as the worker has ended. */
TEST(a_worker_that_loses_its_terminal_ends_at_once_with_a_server_that_catches_nothing) {
  static serving s;
  if (!support_is_windows()) SKIP("the signal would end the program of the tests");
  for (int model = 0; model < SERVING_MODELS; model++) {
    if (!serving_has_processes(model)) continue;
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    CHECK_EQ(serving_start(&s), 0);
    tenon_sock client = serving_connect(&s);
    CHECK_OK(client);
    CHECK_EQ(serving_identify(client, 1), 0);
    CHECK_EQ(support_child_count(), 1);
    CHECK_EQ(tenon_send(client, &(char){SERVING_LOSE}, 1, NET_LIMIT_MS), 1);
    CHECK(has_no_children_at_last());
    CHECK_EQ(tenon_close(client), 0);
    client = serving_connect(&s);
    CHECK_OK(client);
    CHECK_EQ(serving_identify(client, 2), 0);
    CHECK_EQ(tenon_close(client), 0);
    CHECK_EQ(serving_stop(&s), 0);
  }
}

enum { QUEUE = 3 };

TEST(clients_that_wait_when_the_server_stops_see_a_clean_end) {
  static serving s;
  for (int model = 0; model < SERVING_MODELS; model++) {
    tenon_sock queue[QUEUE];
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    s.server.max_clients = 1;
    CHECK_EQ(serving_start(&s), 0);
    tenon_sock client = serving_connect(&s);
    CHECK_OK(client);
    CHECK_EQ(serving_identify(client, 1), 0);
    for (int i = 0; i < QUEUE; i++) {
      queue[i] = serving_connect(&s);
      CHECK_OK(queue[i]);
      CHECK_EQ(serving_ask(queue[i], 3), 0);
    }
    serving_tell_to_stop(&s);
    for (int i = 0; i < QUEUE; i++) CHECK_EQ(serving_is_ended(queue[i]), 0);
    CHECK_EQ(serving_identify(client, 2), 0);
    for (int i = 0; i < QUEUE; i++) CHECK_EQ(tenon_close(queue[i]), 0);
    CHECK_EQ(tenon_close(client), 0);
    CHECK_EQ(serving_await_end(&s), 0);
  }
}

enum { DRAIN_MS = 100 };

TEST(handlers_that_still_wait_after_the_drain_time_are_canceled) {
  static serving s;
  for (int model = 0; model < SERVING_MODELS; model++) {
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    s.server.drain_ms = DRAIN_MS;
    CHECK_EQ(serving_start(&s), 0);
    tenon_sock client = serving_connect(&s);
    CHECK_OK(client);
    CHECK_EQ(serving_identify(client, 1), 0);
    int64_t began = tenon_now_ms();
    CHECK_EQ(serving_stop(&s), 0);
    int64_t took = tenon_now_ms() - began;
    CHECK(took >= DRAIN_MS && took < DRAIN_MS + 1000);
    CHECK_EQ(serving_is_ended(client), 0);
    CHECK_EQ(tenon_close(client), 0);
  }
}

TEST(a_handler_that_never_returns_is_left_behind_or_ended_with_its_process) {
  static serving s;
  for (int model = 0; model < SERVING_MODELS; model++) {
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    s.server.drain_ms = 1;
    CHECK_EQ(serving_start(&s), 0);
    tenon_sock client = serving_connect(&s);
    CHECK_OK(client);
    CHECK_EQ(serving_identify(client, 1), 0);
    CHECK_EQ(serving_hang(client), 0);
    int stopped = serving_stop(&s);
    serving_let_go();
    CHECK_EQ(stopped, serving_has_processes(model) ? 0 : TENON_ETIMEDOUT);
    char byte;
    CHECK(tenon_recv(client, &byte, 1, NET_LIMIT_MS) != TENON_ETIMEDOUT);
    CHECK_EQ(tenon_close(client), 0);
  }
}
