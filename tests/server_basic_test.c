/* server_basic_test.c - tenon_serve() in all its models: who serves whom.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "serving.h"
#include "tenon/local.h"

#include <stdlib.h>

TEST(a_server_of_any_model_answers_its_clients) {
  static serving s;
  for (int model = 0; model < SERVING_MODELS; model++) {
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    CHECK_EQ(serving_start(&s), 0);
    for (uint32_t i = 0; i < 5; i++) {
      tenon_sock client = serving_connect(&s);
      CHECK_OK(client);
      CHECK_EQ(serving_identify(client, i), 0);
      CHECK_EQ(serving_identify(client, ~i), 0);
      CHECK_EQ(tenon_close(client), 0);
    }
    CHECK_EQ(serving_stop(&s), 0);
  }
}

enum { CLIENTS = 4 };

/* Connects so many clients, one after the other, and lets each say who serves it. */
static int ask_all(const serving *s, tenon_sock clients[], serving_who who[], int count) {
  for (int i = 0; i < count; i++) {
    clients[i] = serving_connect(s);
    if (clients[i] < 0) return (int)clients[i];
    int result = serving_ask_who(clients[i], &who[i]);
    if (result != 0) return result;
  }
  return 0;
}

static void close_all(tenon_sock clients[], int count) {
  for (int i = 0; i < count; i++) tenon_close(clients[i]);
}

static int count_distinct(const serving_who who[], int count, int is_thread) {
  int distinct = 0;
  for (int i = 0; i < count; i++) {
    int is_new = 1;
    for (int j = 0; j < i; j++)
      if (who[j].process == who[i].process && (!is_thread || who[j].thread == who[i].thread)) is_new = 0;
    distinct += is_new;
  }
  return distinct;
}

TEST(each_model_serves_in_the_threads_and_processes_that_it_names) {
  static serving s;
  static const struct {
    int clients, processes, threads;
  } expected[SERVING_MODELS] = {{1, 1, 1}, {CLIENTS, 1, CLIENTS}, {CLIENTS, CLIENTS, CLIENTS}, {CLIENTS, 2, CLIENTS}};
  for (int model = 0; model < SERVING_MODELS; model++) {
    tenon_sock clients[CLIENTS];
    serving_who who[CLIENTS];
    int count = expected[model].clients;
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    s.server.workers = 2;
    CHECK_EQ(serving_start(&s), 0);
    CHECK_EQ(ask_all(&s, clients, who, count), 0);
    for (int i = 0; i < count; i++) {
      CHECK_EQ(who[i].is_worker, serving_has_processes(model));
      CHECK_EQ(who[i].process != support_process_id(), serving_has_processes(model));
      CHECK(who[i].process != support_process_id() || who[i].thread != tenon_server_thread_id());
    }
    CHECK_EQ(support_child_count() > 0, serving_has_processes(model));
    CHECK_EQ(count_distinct(who, count, 1), expected[model].threads);
    CHECK_EQ(count_distinct(who, count, 0), expected[model].processes);
    close_all(clients, count);
    CHECK_EQ(serving_stop(&s), 0);
  }
  CHECK_EQ(tenon_server_is_worker(), 0);
  CHECK_EQ(tenon_process_id(), support_process_id());
}

/* D155 */
TEST(a_process_of_its_own_serves_one_client_only) {
  static serving s;
  tenon_sock clients[CLIENTS];
  serving_who who[CLIENTS];
  serving_prepare(&s, TENON_SERVE_PROCESSES);
  CHECK_EQ(serving_start(&s), 0);
  for (int i = 0; i < CLIENTS; i++) {
    CHECK_EQ(ask_all(&s, &clients[i], &who[i], 1), 0);
    close_all(&clients[i], 1);
  }
  CHECK_EQ(count_distinct(who, CLIENTS, 0), CLIENTS);
  CHECK_EQ(serving_stop(&s), 0);
}

TEST(what_the_handler_sent_last_arrives_and_then_the_end) {
  static serving s;
  for (int model = 0; model < SERVING_MODELS; model++) {
    char answer[4];
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    CHECK_EQ(serving_start(&s), 0);
    tenon_sock client = serving_connect(&s);
    CHECK_OK(client);
    CHECK_EQ(tenon_send(client, "b and more that nobody reads", 28, NET_LIMIT_MS), 28);
    CHECK_EQ(tenon_recv_all(client, answer, sizeof answer, NET_LIMIT_MS), 3);
    CHECK_MEM(answer, "bye", 3);
    CHECK_EQ(tenon_close(client), 0);
    CHECK_EQ(serving_stop(&s), 0);
  }
}

TEST(two_servers_in_one_program_have_each_its_own_handler) {
  static serving one, two;
  for (int model = 0; model < SERVING_MODELS; model++) {
    char answer[4];
    check_note(serving_model_name(model));
    serving_prepare(&one, model);
    serving_prepare_second(&two, model);
    CHECK_EQ(serving_start(&one), 0);
    CHECK_EQ(serving_start(&two), 0);
    for (int i = 0; i < 3; i++) {
      tenon_sock of_one = serving_connect(&one), of_two = serving_connect(&two);
      CHECK_EQ(serving_identify(of_one, 1), 0);
      CHECK_EQ(tenon_recv_all(of_two, answer, sizeof answer, NET_LIMIT_MS), 3);
      CHECK_MEM(answer, "two", 3);
      CHECK_EQ(net_close2(of_one, of_two), 0);
    }
    CHECK_EQ(serving_stop(&two), 0);
    CHECK_EQ(serving_stop(&one), 0);
  }
}

TEST(a_second_server_on_a_port_is_told_so_and_disturbs_nobody) {
  static serving s;
  for (int model = 0; model < SERVING_MODELS; model++) {
    char port[8];
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    CHECK_EQ(serving_start(&s), 0);
    tenon_server second = s.server;
    for (int digit = 4, rest = s.at.port; digit >= 0; digit--, rest /= 10) port[digit] = (char)('0' + rest % 10);
    port[5] = '\0';
    second.service = port;
    while (*second.service == '0') second.service++;
    second.started = NULL;
    CHECK_EQ(tenon_serve(&second), TENON_EADDRINUSE);
    tenon_sock client = serving_connect(&s);
    CHECK_OK(client);
    CHECK_EQ(serving_identify(client, 1), 0);
    CHECK_EQ(tenon_close(client), 0);
    CHECK_EQ(serving_stop(&s), 0);
  }
}

static void do_nothing(tenon_sock client, const tenon_addr *peer, void *context) {
  (void)client, (void)peer, (void)context;
}

TEST(what_makes_no_sense_is_no_server) {
  const tenon_server sound = {.host = "127.0.0.1", .service = "0", .handler = do_nothing};
  tenon_server bad[] = {sound, sound, sound, sound, sound, sound, sound, sound, sound, sound};
  bad[0].service = NULL;
  bad[1].handler = NULL;
  bad[2].model = -1;
  bad[3].model = TENON_SERVE_HYBRID + 1;
  bad[4].backlog = -1;
  bad[5].max_clients = -1;
  bad[6].workers = -1;
  bad[7].when_full = TENON_FULL_REFUSE + 1;
  bad[8].when_full = -1;
  bad[9].drain_ms = TENON_FOREVER - 1;
  CHECK_EQ(tenon_serve(NULL), TENON_EINVAL);
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) CHECK_EQ(tenon_serve(&bad[i]), TENON_EINVAL);
  tenon_server nowhere = sound;
  nowhere.host = "192.0.2.1";
  CHECK_EQ(tenon_serve(&nowhere), TENON_EADDRNOTAVAIL);
}

static int allocations, allocations_left;
static int64_t counting_process;

/* A worker may begin with a copy of the counters. */
static void *allocate_counted(size_t size) {
  if (support_process_id() == counting_process && allocations_left-- == 0) return NULL;
  allocations++;
  return malloc(size);
}

static void release_counted(void *memory) {
  if (memory) allocations--;
  free(memory);
}

/* Whoever starts or ends it, all of this happens in the server's one thread. */
TEST(a_server_gives_its_memory_back_and_does_without_what_it_cannot_have) {
  static serving s;
  for (int model = 0; model < SERVING_MODELS; model++) {
    check_note(serving_model_name(model));
    allocations = 0;
    counting_process = support_process_id();
    for (int without = 0; without < 3; without++) {
      serving_prepare(&s, model);
      allocations_left = without;
      tenon_set_allocator(allocate_counted, release_counted);
      int result = serving_start(&s);
      tenon_sock client = result == 0 ? serving_connect(&s) : TENON_NO_SOCK;
      int identified = result == 0 ? serving_identify(client, 7) : -1; /* at the second attempt, if need be */
      if (result == 0) tenon_close(client);
      int stopped = result == 0 ? serving_stop(&s) : 0;
      tenon_set_allocator(NULL, NULL);
      CHECK_EQ(allocations, 0);
      CHECK_EQ(result, without < 2 ? TENON_ENOMEM : 0);
      CHECK_EQ(identified, without < 2 ? -1 : 0);
      CHECK_EQ(stopped, 0);
    }
  }
}
