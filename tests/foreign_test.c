/* foreign_test.c - handles from elsewhere, in either native mode, through every call that can wait.
 * SPDX-License-Identifier: MIT
 */
#include "calls.h"
#include "check.h"

/* As other code might hand them over. */
static int open_foreign(scene *at, const waiting_call *call, int nonblocking, int is_adopted) {
  if (scene_open(at, call) < 0) return -1;
  if (at->s < 0) return 0; /* the call opens its own */
  support_spoil(at->s);
  support_set_native_nonblocking(at->s, nonblocking);
  return is_adopted ? tenon_adopt(at->s) : 0;
}

static void check_limits(const waiting_call *call, int nonblocking, int is_adopted) {
  static scene at;
  if (!check_equal(CHECK_HERE, "open", "0", open_foreign(&at, call, nonblocking, is_adopted), 0)) return;
  int is_reusable = !(call->flags & CALL_ENDS_SOCKET);
  if (is_reusable) check_equal(CHECK_HERE, "at once", "as ever", call->run(&at, 0), call->at_once);
  check_equal(CHECK_HERE, "limited", "ETIMEDOUT", call->run(&at, 30), TENON_ETIMEDOUT);
  if (is_reusable) {
    check_equal(CHECK_HERE, "thread", "0", scene_do_later(&at, call->let_go), 0);
    check_equal(CHECK_HERE, "without limit", "success", call->run(&at, TENON_FOREVER), call->done);
  }
  scene_close(&at);
}

/* D189 */
TEST(an_adopted_handle_of_either_native_mode_keeps_the_limits_of_every_call) {
  for (int i = 0; i < 2 * waiting_call_count; i++) {
    check_note(waiting_calls[i / 2].name);
    check_limits(&waiting_calls[i / 2], i % 2, 1);
  }
}

/* Where a single call can be told not to wait, handles need not be adopted, but listeners, which are never blocking. */
TEST(a_handle_that_was_not_adopted_keeps_limits_if_the_system_lets_it) {
  int is_blocking_good = support_native_nonblocking_expected() == 0;
  for (int i = 0; i < 2 * waiting_call_count; i++) {
    const waiting_call *call = &waiting_calls[i / 2];
    check_note(call->name);
    if (i % 2 || (is_blocking_good && !(call->flags & CALL_IS_ACCEPT))) check_limits(call, i % 2, 0);
  }
}

/* One way or the other round, with limits and without. */
TEST(handles_of_either_native_mode_connect_and_carry_data) {
  static const int limits[] = {TENON_FOREVER, NET_LIMIT_MS};
  for (int i = 0; i < 4; i++) {
    tenon_addr at;
    char data[4];
    tenon_sock listener = net_listen(TENON_AF_INET, &at), s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
    support_spoil(s);
    support_set_native_nonblocking(s, i / 2);
    CHECK_EQ(tenon_adopt(s), 0);
    CHECK_EQ(tenon_connect(s, &at, limits[i % 2]), 0);
    tenon_sock accepted = tenon_accept(listener, NULL, NET_LIMIT_MS);
    CHECK_EQ(tenon_send(s, "data", 4, limits[i % 2]), 4);
    CHECK_EQ(tenon_recv_all(accepted, data, 4, limits[i % 2]), 4);
    CHECK_EQ(tenon_shutdown(accepted, TENON_SHUT_WR), 0);
    CHECK_EQ(tenon_close_gracefully(s, limits[i % 2]), 0);
    CHECK_EQ(net_close2(listener, accepted), 0);
  }
}
