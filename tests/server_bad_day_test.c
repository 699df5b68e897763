/* server_bad_day_test.c - tenon_serve() among clients and handlers of the worse kind.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "serving.h"

enum { BAD = 40 };

static tenon_sock bad[BAD];

static int is_answered_now(const serving *s) {
  tenon_sock client = serving_connect(s);
  int result = client < 0 ? (int)client : serving_identify(client, 77);
  if (client >= 0) tenon_close(client);
  return result;
}

TEST(clients_that_say_nothing_keep_nobody_waiting) {
  static serving s;
  for (int model = TENON_SERVE_THREADS; model < SERVING_MODELS; model++) {
    enum { SILENT = 8 };
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    s.server.drain_ms = 1;
    CHECK_EQ(serving_start(&s), 0);
    for (int i = 0; i < SILENT; i++) CHECK_OK(bad[i] = serving_connect(&s));
    CHECK_EQ(is_answered_now(&s), 0);
    CHECK_EQ(serving_stop(&s), 0);
    for (int i = 0; i < SILENT; i++) CHECK_EQ(tenon_close(bad[i]), 0);
  }
}

TEST(a_client_that_sends_byte_by_byte_is_served_like_any_other) {
  static serving s;
  for (int model = 0; model < SERVING_MODELS; model++) {
    static const char question[5] = {SERVING_ID, 1, 2, 3, 4};
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    CHECK_EQ(serving_start(&s), 0);
    tenon_sock slow = serving_connect(&s);
    CHECK_OK(slow);
    for (size_t i = 0; i < sizeof question; i++) {
      CHECK_EQ(tenon_send(slow, question + i, 1, NET_LIMIT_MS), 1);
      if (model != TENON_SERVE_ITERATIVE) CHECK_EQ(is_answered_now(&s), 0);
    }
    CHECK_EQ(serving_is_answered(slow, 0x04030201), 0);
    CHECK_EQ(tenon_close(slow), 0);
    CHECK_EQ(serving_stop(&s), 0);
  }
}

TEST(clients_that_vanish_or_reset_at_once_leave_their_places_to_others) {
  static serving s;
  for (int model = 0; model < SERVING_MODELS; model++) {
    int count = model == TENON_SERVE_PROCESSES ? BAD / 4 : BAD;
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    s.server.max_clients = 3;
    CHECK_EQ(serving_start(&s), 0);
    for (int i = 0; i < count; i++) {
      tenon_sock client = serving_connect(&s);
      CHECK_OK(client);
      if (i % 2) CHECK_EQ(serving_ask(client, 1), 0);
      CHECK_EQ(i % 3 ? net_reset(client) : tenon_close(client), 0);
    }
    CHECK_EQ(is_answered_now(&s), 0);
    CHECK_EQ(serving_stop(&s), 0);
  }
}

TEST(a_flood_is_served_a_few_at_a_time) {
  static serving s;
  for (int model = 0; model < SERVING_MODELS; model++) {
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    s.server.max_clients = 5;
    CHECK_EQ(serving_start(&s), 0);
    for (uint32_t i = 0; i < BAD; i++) {
      CHECK_OK(bad[i] = serving_connect(&s));
      CHECK_EQ(serving_ask(bad[i], i), 0);
    }
    for (uint32_t i = 0; i < BAD; i++) {
      CHECK_EQ(serving_is_answered(bad[i], i), 0);
      CHECK_EQ(tenon_close(bad[i]), 0);
    }
    CHECK_EQ(serving_stop(&s), 0);
  }
}

TEST(a_client_that_never_ends_costs_its_place_for_two_seconds) {
  static serving s;
  char answer[4];
  serving_prepare(&s, TENON_SERVE_ITERATIVE);
  CHECK_EQ(serving_start(&s), 0);
  tenon_sock client = serving_connect(&s);
  CHECK_OK(client);
  CHECK_EQ(tenon_send(client, &(char){SERVING_BYE}, 1, NET_LIMIT_MS), 1);
  CHECK_EQ(tenon_recv_all(client, answer, sizeof answer, NET_LIMIT_MS), 3);
  CHECK_EQ(is_answered_now(&s), 0);
  CHECK_EQ(tenon_close(client), 0);
  CHECK_EQ(serving_stop(&s), 0);
}

enum { WANTING = 3, GLANCE_MS = 300 };

/* Connects, asks and gets no answer while handles are wanting, which must not cost time to no purpose either. */
static int ask_in_vain(const serving *s) {
  tenon_pollfd items[WANTING];
  for (int i = 0; i < WANTING; i++) {
    items[i].sock = bad[i];
    items[i].events = TENON_POLLIN;
    int result = tenon_connect(bad[i], &s->at, NET_LIMIT_MS);
    if (result == 0) result = serving_ask(bad[i], (uint32_t)i);
    if (result < 0) return result;
  }
  int64_t used = support_cpu_ms();
  int ready = tenon_poll(items, WANTING, GLANCE_MS);
  if (ready != 0) return -1;
  return support_cpu_ms() - used < GLANCE_MS / 2 ? 0 : -2;
}

/* With one handle left, a client can be accepted, but not be handed to a worker. */
static int start_wanting(serving *s, int model) {
  serving_prepare(s, model);
  int result = serving_start(s);
  for (int i = 0; i < WANTING && result == 0; i++) {
    bad[i] = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
    if (bad[i] < 0) return (int)bad[i];
  }
  if (result != 0) return result;
  if (support_take_handles() < 0) return -1;
  support_give_handles_back(serving_has_processes(model));
  return 0;
}

/* D038 */
TEST(clients_that_come_when_handles_are_exhausted_are_served_once_there_are_some) {
  static serving s;
  for (int model = 0; model < SERVING_MODELS; model++) {
    check_note(serving_model_name(model));
    int wanting = start_wanting(&s, model);
    int in_vain = wanting == 0 ? ask_in_vain(&s) : 0;
    support_give_all_handles_back();
    for (uint32_t i = 0; i < WANTING; i++) {
      if (wanting == 0) CHECK_EQ(serving_is_answered(bad[i], i), 0);
      CHECK_EQ(tenon_close(bad[i]), 0);
    }
    CHECK_EQ(serving_stop(&s), 0);
    if (wanting < 0) SKIP("nothing limits the handles of a process here");
    CHECK_EQ(in_vain, 0);
  }
}

TEST(a_server_whose_handles_are_exhausted_can_be_stopped) {
  static serving s;
  for (int model = 0; model < SERVING_MODELS; model++) {
    check_note(serving_model_name(model));
    int wanting = start_wanting(&s, model);
    int in_vain = wanting == 0 ? ask_in_vain(&s) : 0;
    int64_t began = tenon_now_ms();
    int stopped = serving_stop(&s);
    int64_t took = tenon_now_ms() - began;
    support_give_all_handles_back();
    for (int i = 0; i < WANTING; i++) CHECK_EQ(tenon_close(bad[i]), 0);
    CHECK_EQ(stopped, 0);
    CHECK(took < 3000); /* who was accepted is turned away, which takes a second where he does not end */
    if (wanting < 0) SKIP("nothing limits the handles of a process here");
    CHECK_EQ(in_vain, 0);
  }
}

/* 1 once the connection is seen to be gone, whichever way. */
static int is_gone(tenon_sock client) {
  char byte;
  ptrdiff_t received = tenon_recv(client, &byte, 1, NET_LIMIT_MS);
  return received == 0 || tenon_is_peer_gone(received);
}

TEST(a_handler_that_crashes_costs_its_own_client_or_those_of_its_process) {
  static serving s;
  for (int model = TENON_SERVE_PROCESSES; model < SERVING_MODELS; model++) {
    serving_who who[3];
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    s.server.workers = 2;
    CHECK_EQ(serving_start(&s), 0);
    for (int i = 0; i < 3; i++) {
      CHECK_OK(bad[i] = serving_connect(&s));
      CHECK_EQ(serving_ask_who(bad[i], &who[i]), 0);
    }
    CHECK_EQ(who[2].process == who[0].process, model == TENON_SERVE_HYBRID);
    CHECK_EQ(tenon_send(bad[0], &(char){SERVING_CRASH}, 1, NET_LIMIT_MS), 1);
    CHECK(is_gone(bad[0]));
    CHECK_EQ(serving_identify(bad[1], 1), 0);
    if (model == TENON_SERVE_PROCESSES) CHECK_EQ(serving_identify(bad[2], 1), 0);
    if (model == TENON_SERVE_HYBRID) CHECK(is_gone(bad[2]));
    CHECK_EQ(is_answered_now(&s), 0);
    for (int i = 0; i < 3; i++) CHECK_EQ(tenon_close(bad[i]), 0);
    CHECK_EQ(serving_stop(&s), 0);
  }
}

TEST(a_worker_that_is_killed_is_replaced) {
  static serving s;
  for (int model = TENON_SERVE_PROCESSES; model < SERVING_MODELS; model++) {
    serving_who who, next;
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    s.server.workers = 1;
    CHECK_EQ(serving_start(&s), 0);
    for (int i = 0; i < 3; i++) {
      CHECK_OK(bad[0] = serving_connect(&s));
      CHECK_EQ(serving_ask_who(bad[0], &who), 0);
      CHECK_EQ(serving_hang(bad[0]), 0);
      support_process_kill(who.process);
      /* Wine 8 never closes a socket that somebody still waited for when he was killed. */
      CHECK(support_is_wine() || is_gone(bad[0]));
      CHECK_OK(bad[1] = serving_connect(&s));
      CHECK_EQ(serving_ask_who(bad[1], &next), 0);
      CHECK(next.process != who.process);
      CHECK_EQ(net_close2(bad[0], bad[1]), 0);
    }
    CHECK_EQ(serving_stop(&s), 0);
  }
}

TEST(a_killed_worker_whose_channel_stays_open_is_replaced_as_well) {
  static serving s;
  for (int model = TENON_SERVE_PROCESSES; model < SERVING_MODELS; model++) {
    serving_who who, next;
    char left;
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    s.server.workers = s.server.max_clients = 1;
    CHECK_EQ(serving_start(&s), 0);
    CHECK_OK(bad[0] = serving_connect(&s));
    CHECK_EQ(serving_ask_who(bad[0], &who), 0);
    CHECK_EQ(tenon_send(bad[0], &(char){SERVING_LEAVE}, 1, NET_LIMIT_MS), 1);
    CHECK_EQ(tenon_recv(bad[0], &left, 1, NET_LIMIT_MS), 1);
    support_process_kill(who.process);
    CHECK_OK(bad[1] = serving_connect(&s));
    CHECK_EQ(serving_ask_who(bad[1], &next), 0);
    CHECK(next.process != who.process);
    CHECK_EQ(net_close2(bad[0], bad[1]), 0);
    CHECK_EQ(serving_stop(&s), 0);
  }
}

static int crash_one(const serving *s) {
  tenon_sock client = serving_connect(s);
  if (client < 0) return (int)client;
  int is_crashed = tenon_send(client, &(char){SERVING_CRASH}, 1, NET_LIMIT_MS) == 1 && is_gone(client);
  tenon_close(client);
  return is_crashed ? 0 : -1;
}

TEST(a_row_of_crashes_slows_new_workers_down_until_a_client_has_been_served) {
  static serving s;
  for (int model = TENON_SERVE_PROCESSES; model < SERVING_MODELS; model++) {
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    s.server.max_clients = 1; /* so that nobody is taken before the parent knows how the last one fared */
    CHECK_EQ(serving_start(&s), 0);
    int64_t began = tenon_now_ms();
    for (int i = 0; i < 8; i++) CHECK_EQ(crash_one(&s), 0);
    CHECK_EQ(is_answered_now(&s), 0);
    CHECK(tenon_now_ms() - began >= 50 + 100 + 200 + 400);
    began = tenon_now_ms();
    for (int i = 0; i < 3; i++) CHECK_EQ(crash_one(&s), 0);
    CHECK_EQ(is_answered_now(&s), 0);
    CHECK(tenon_now_ms() - began < 3000); /* a second after each of them, had nobody been served */
    CHECK_EQ(serving_stop(&s), 0);
  }
}
