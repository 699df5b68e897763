/* peer_test.c - what peers do to calls that wait for them: they reset the connection or end it, before the call and during it.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "calls.h"
#include "check.h"

static void reset(scene *at) {
  net_reset(at->peer);
  at->peer = TENON_NO_SOCK;
}

static void end_by_half(scene *at) {
  tenon_shutdown(at->peer, TENON_SHUT_WR);
}

static void send_a_part_and_end(scene *at) {
  tenon_send(at->peer, "x", 1, NET_LIMIT_MS);
  end_by_half(at);
}

static void end_and_reset(scene *at) {
  end_by_half(at);
  support_sleep_ms(A_WHILE_MS);
  reset(at);
}

static void close_it(scene *at) {
  tenon_close(at->peer);
  at->peer = TENON_NO_SOCK;
}

/* Returns the result of the call when the peer does that before, or, with a thread, during it. */
static intptr_t meet(const waiting_call *call, void (*what)(scene *at), int is_before, int timeout_ms) {
  static scene at;
  if (!is_before) return scene_try(call, timeout_ms, what).result;
  if (scene_open(&at, call) < 0) return TENON_EIO;
  what(&at);
  tenon_pollfd item = {at.s, TENON_POLLIN, 0};
  intptr_t result = tenon_poll(&item, 1, NET_LIMIT_MS) == 1 ? call->run(&at, timeout_ms) : TENON_EIO;
  scene_close(&at);
  return result;
}

/* Each call over a stream, of those that send or of those that receive, before and during, with and without a limit. */
static void check_all(int sends, void (*what)(scene *at), intptr_t expected) {
  for (int i = 0; i < 4 * waiting_call_count; i++) {
    const waiting_call *call = &waiting_calls[i / 4];
    int is_meant = (call->flags & CALL_IS_STREAM) != 0 && ((call->flags & CALL_SENDS) != 0) == sends;
    if (!is_meant) continue;
    check_note(call->name);
    intptr_t result = meet(call, what, i % 2, i % 4 / 2 ? TENON_FOREVER : NET_LIMIT_MS);
    check_equal(CHECK_HERE, "the call", "what is expected", result, expected);
  }
}

TEST(a_reset_is_told_by_every_call_that_receives) {
  check_all(0, reset, TENON_ECONNRESET);
}

/* D025 */
TEST(a_reset_breaks_the_pipe_for_every_call_that_sends) {
  check_all(1, reset, TENON_EPIPE);
}

/* D101: Windows reports the end to those who send, so only a wait in slices notices the reset. */
TEST(a_reset_after_the_peers_end_breaks_the_pipe_for_every_call_that_sends) {
  check_all(1, end_and_reset, TENON_EPIPE);
}

TEST(the_end_of_the_peer_is_no_error_for_calls_that_receive) {
  check_all(0, end_by_half, 0);
  check_all(0, close_it, 0);
}

/* Who still receives may be slow to. */
TEST(a_peer_that_sends_no_more_does_not_end_sending) {
  for (int i = 0; i < 2 * waiting_call_count; i++) {
    const waiting_call *call = &waiting_calls[i / 2];
    if (!(call->flags & CALL_SENDS)) continue;
    check_note(call->name);
    CHECK_EQ(meet(call, end_by_half, i % 2, 150), TENON_ETIMEDOUT);
  }
}

TEST(what_came_before_the_end_is_received_before_it) {
  static scene at;
  for (int i = 0; i < waiting_call_count; i++) {
    const waiting_call *call = &waiting_calls[i];
    if ((call->flags & ~CALL_IS_POLL) != CALL_IS_STREAM) continue;
    check_note(call->name);
    CHECK_EQ(scene_open(&at, call), 0);
    CHECK_EQ(scene_do_later(&at, send_a_part_and_end), 0);
    intptr_t first = call->run(&at, NET_LIMIT_MS), again = call->run(&at, NET_LIMIT_MS);
    scene_close(&at);
    CHECK_EQ(first, 1); /* also of two bytes that were wanted */
    CHECK_EQ(again, strcmp(call->name, "peek") == 0);
  }
}
