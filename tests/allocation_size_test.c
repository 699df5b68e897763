/* allocation_size_test.c - sizes that are products never wrap around, on 32 bits as on 64.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>
#include <stdlib.h>

#include "check.h"
#include "../src/sys.h"
#include "tenon/server.h"

enum { MOST_CLIENTS = 1000000, SMALL = 1 << 16 };

static size_t calls, largest;

/* Has no memory for anything that is large. */
static void *allocate_little(size_t size) {
  calls++;
  if (size > largest) largest = size;
  return size <= SMALL ? malloc(size) : NULL;
}

static void count_from_now_on(void) {
  calls = largest = 0;
  tenon_set_allocator(allocate_little, free);
}

TEST(an_array_that_is_larger_than_memory_can_be_is_never_allocated) {
  static const size_t each[][3] = {
      {0, SIZE_MAX, 2},         {1, SIZE_MAX, 1},
      {16, SIZE_MAX / 16, 16},  {SIZE_MAX, 1, 1},
      {8, SIZE_MAX / 2 + 2, 2}, {0, (size_t)1 << (sizeof(size_t) * 4), (size_t)1 << (sizeof(size_t) * 4)}};
  count_from_now_on();
  size_t given = 0;
  for (size_t i = 0; i < sizeof each / sizeof each[0]; i++)
    given += tenon__allocate_array(each[i][0], each[i][1], each[i][2]) != NULL;
  size_t refused = calls;
  void *memory = tenon__allocate_array(8, 4, 16);
  tenon__release(memory);
  tenon_set_allocator(NULL, NULL);
  CHECK(given == 0 && refused == 0 && memory != NULL);
  CHECK_EQ(largest, 72);
}

static void handle(tenon_sock client, const tenon_addr *peer, void *context) {
  (void)client, (void)peer, (void)context;
}

static int serve(int model, int max_clients, int workers) {
  tenon_server server = {.host = "127.0.0.1", .service = "0", .handler = handle};
  server.model = model, server.max_clients = max_clients, server.workers = workers;
  count_from_now_on();
  int result = tenon_serve(&server);
  tenon_set_allocator(NULL, NULL);
  return result;
}

/* A size that had wrapped around would be small: then the server would run, and write beyond its memory. */
TEST(a_server_for_more_clients_than_memory_holds_does_not_start) {
  CHECK_EQ(serve(TENON_SERVE_THREADS, MOST_CLIENTS, 0), TENON_ENOMEM);
  CHECK(largest > MOST_CLIENTS * sizeof(tenon_addr));
  CHECK_EQ(serve(TENON_SERVE_PROCESSES, MOST_CLIENTS, 0), TENON_ENOMEM);
  CHECK(largest > MOST_CLIENTS * sizeof(tenon_pollfd));
  CHECK_EQ(serve(TENON_SERVE_HYBRID, MOST_CLIENTS, INT_MAX), TENON_ENOMEM);
  CHECK(largest > MOST_CLIENTS * sizeof(tenon_pollfd));
}

TEST(a_server_for_more_clients_than_any_system_has_is_refused) {
  static const int each[] = {MOST_CLIENTS + 1, 30000000, INT_MAX - 1, INT_MAX};
  for (int i = 0; i < 4; i++) {
    for (int model = TENON_SERVE_ITERATIVE; model <= TENON_SERVE_HYBRID; model++) {
      CHECK_EQ(serve(model, each[i], i % 2 ? INT_MAX : 0), TENON_EINVAL);
      CHECK_EQ(calls, 0);
    }
  }
}
