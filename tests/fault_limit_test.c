/* fault_limit_test.c - time limits and wakers hold although the peer never lets a call wait.
 * SPDX-License-Identifier: MIT
 *
 * The clock of the seam moves 20 ms with each transfer. No transfer begins after the limit, so the number of transfers
 * tells whether the limit holds.
 */
#include <stdio.h>

#include "check.h"
#include "faults/faults.h"
#include "net.h"
#include "support.h"
#include "tenon/file.h"
#include "tenon/message.h"

/* The clock starts after the first transfer, which looks at nothing. */
enum { STEP_US = 20000, LIMIT_MS = 50, TRANSFERS = 4, MEGABYTE = 1 << 20, MESSAGES = 2000, MESSAGE_SIZE = 5000 };

static tenon_message messages[MESSAGES];
static tenon_buffer message_buffer = {net_too_much, MESSAGE_SIZE};
static FILE *file;

static void prepare_messages(void) {
  for (int i = 0; i < MESSAGES; i++) messages[i] = (tenon_message){.buffers = &message_buffer, .count = 1};
}

/* ---- The calls that go on ---------------------------------------------------------------------------------------- */

static const tenon_buffer vector[] = {{net_too_much, 600000}, {net_too_much, 600000}, {net_too_much, NET_TOO_MUCH}};
enum { VECTOR = sizeof vector / sizeof vector[0] };

static int64_t send_one(tenon_sock s, int timeout_ms) {
  return tenon_send(s, net_too_much, NET_TOO_MUCH, timeout_ms);
}

static int64_t send_vector(tenon_sock s, int timeout_ms) {
  return tenon_sendv(s, vector, VECTOR, timeout_ms);
}

static int64_t send_to(tenon_sock s, int timeout_ms) {
  return tenon_sendto(s, net_too_much, NET_TOO_MUCH, NULL, timeout_ms);
}

static int64_t send_message(tenon_sock s, int timeout_ms) {
  tenon_message message = {.buffers = vector, .count = VECTOR};
  return tenon_sendmsg(s, &message, timeout_ms);
}

static int64_t send_file(tenon_sock s, int timeout_ms) {
  return tenon_sendfile(s, file, 0, INT64_MAX, timeout_ms);
}

static int64_t receive_all(tenon_sock s, int timeout_ms) {
  return tenon_recv_all(s, net_too_much, NET_TOO_MUCH, timeout_ms);
}

static int64_t close_gracefully(tenon_sock s, int timeout_ms) {
  return tenon_close_gracefully(s, timeout_ms);
}

static int64_t send_messages(tenon_sock s, int timeout_ms) {
  return tenon_sendmsgs(s, messages, MESSAGES, timeout_ms);
}

static int64_t receive_messages(tenon_sock s, int timeout_ms) {
  return tenon_recvmsgs(s, messages, MESSAGES, timeout_ms);
}

enum { CLOSES = 1, IS_BATCH = 2, IS_FILE = 4, SENDS = 8 };

static const struct going_on {
  const char *name;
  int64_t (*run)(tenon_sock s, int timeout_ms);
  int flags;
} calls[] = {{"send", send_one, SENDS},
             {"sendv", send_vector, SENDS},
             {"sendto", send_to, SENDS},
             {"sendmsg", send_message, SENDS},
             {"sendfile", send_file, SENDS | IS_FILE},
             {"recv_all", receive_all, 0},
             {"close_gracefully", close_gracefully, CLOSES},
             {"sendmsgs", send_messages, IS_BATCH},
             {"recvmsgs", receive_messages, IS_BATCH}};
enum { CALLS = sizeof calls / sizeof calls[0] };

/* ---- Runs -------------------------------------------------------------------------------------------------------- */

static const faults_point transfers[] = {AT_send,    AT_recv,    AT_sendto,    AT_recvfrom, AT_sendv,   AT_recvv,
                                         AT_sendmsg, AT_recvmsg, AT_send_file, AT_sendmsgs, AT_recvmsgs};
enum { POINTS = sizeof transfers / sizeof transfers[0] };

static int count_transfers(void) {
  int count = 0;
  for (int i = 0; i < POINTS; i++) count += faults_calls(transfers[i]);
  return count;
}

typedef struct run {
  int64_t result;
  int transfers;
  size_t most_bytes;
} run;

/* The call on a socket of its own, with a peer that never stops. TENON_EIO if there is no such socket. */
static run try_call(const struct going_on *call, int timeout_ms) {
  run report = {TENON_EIO, 0, 0};
  tenon_sock pair[2] = {TENON_NO_SOCK, TENON_NO_SOCK};
  tenon_addr at;
  faults_clear();
  prepare_messages();
  if (call->flags & IS_BATCH) {
    pair[0] = net_datagrams(TENON_AF_INET, &at);
    if (tenon_connect(pair[0], &at, TENON_FOREVER) < 0) return report;
  } else if (net_pair(pair) < 0) {
    return report;
  }
  faults_clear();
  faults_set_clock(STEP_US);
  for (int i = 0; i < POINTS; i++) faults_add(transfers[i], 1, FAULTS_ALWAYS, FAULTS_ALL);
  report.result = call->run(pair[0], timeout_ms);
  report.transfers = count_transfers();
  report.most_bytes = faults_most_bytes();
  faults_clear();
  if (!(call->flags & CLOSES)) tenon_close(pair[0]);
  if (pair[1] != TENON_NO_SOCK) tenon_close(pair[1]);
  return report;
}

/* A file that is as large as the other data; its name is the test's own. 0 if there is none. */
static int open_file(const char *path) {
  file = fopen(path, "wb+");
  if (!file || fseek(file, NET_TOO_MUCH - 1, SEEK_SET) != 0 || fputc('!', file) == EOF || fflush(file) != 0) return 0;
  return 1;
}

static int close_file(const char *path) {
  return fclose(file) == 0 && remove(path) == 0;
}

/* A batch returns what it has done so far. */
static int is_ended(const struct going_on *call, int64_t result, int code) {
  return call->flags & IS_BATCH ? result > 0 && result < MESSAGES : result == code;
}

/* ---- What holds -------------------------------------------------------------------------------------------------- */

/* D073 */
TEST(no_transfer_begins_after_the_limit_though_the_call_never_has_to_wait) {
  CHECK(open_file("tenon-limit"));
  for (int i = 0; i < CALLS; i++) {
    run tried = try_call(&calls[i], LIMIT_MS);
    check_note(calls[i].name);
    CHECK(is_ended(&calls[i], tried.result, TENON_ETIMEDOUT));
    CHECK_EQ(tried.transfers, TRANSFERS);
    CHECK(tried.most_bytes <= MEGABYTE);
  }
  CHECK(close_file("tenon-limit"));
}

TEST(a_waker_ends_a_call_that_goes_on_though_it_never_has_to_wait) {
  tenon_waker waker;
  CHECK(open_file("tenon-waker"));
  faults_clear();
  CHECK_EQ(tenon_waker_open(&waker), 0);
  CHECK_EQ(tenon_waker_wake(&waker), 0);
  for (int i = 0; i < CALLS; i++) {
    tenon_cancel_on(&waker);
    run tried = try_call(&calls[i], TENON_FOREVER);
    tenon_cancel_on(NULL);
    check_note(calls[i].name);
    CHECK(is_ended(&calls[i], tried.result, TENON_ECANCELED));
    CHECK_EQ(tried.transfers, 1);
    CHECK(tried.most_bytes <= MEGABYTE);
  }
  CHECK_EQ(tenon_waker_close(&waker), 0);
  CHECK(close_file("tenon-waker"));
}

TEST(without_time_a_call_moves_a_megabyte_and_says_so) {
  CHECK(open_file("tenon-at-once"));
  for (int i = 0; i < CALLS; i++) {
    run tried = try_call(&calls[i], 0);
    check_note(calls[i].name);
    if (calls[i].flags & SENDS)
      CHECK_EQ(tried.result, MEGABYTE);
    else if (calls[i].flags & IS_BATCH)
      CHECK(tried.result > 0 && tried.result <= MEGABYTE / MESSAGE_SIZE + 1);
    else
      CHECK_EQ(tried.result, TENON_EAGAIN);
    CHECK(tried.most_bytes <= MEGABYTE);
  }
  CHECK(close_file("tenon-at-once"));
}

TEST(without_a_limit_the_system_gets_all_at_once) {
  CHECK(open_file("tenon-unlimited"));
  for (int i = 0; i < CALLS; i++) {
    if (calls[i].flags & CLOSES) continue; /* the peer never ends */
    run tried = try_call(&calls[i], TENON_FOREVER);
    check_note(calls[i].name);
    if (calls[i].flags & IS_BATCH)
      CHECK_EQ(tried.result, MESSAGES);
    else
      CHECK(tried.result >= NET_TOO_MUCH);
    if (!(calls[i].flags & (IS_BATCH | IS_FILE))) CHECK_EQ(tried.transfers, 1);
  }
  CHECK(close_file("tenon-unlimited"));
}

TEST(a_datagram_is_never_split_however_large_it_is) {
  tenon_addr at;
  tenon_buffer buffer = {net_too_much, 2 * MEGABYTE};
  tenon_message message = {.buffers = &buffer, .count = 1};
  faults_clear();
  tenon_sock s = net_datagrams(TENON_AF_INET, &at);
  CHECK_EQ(tenon_connect(s, &at, TENON_FOREVER), 0);
  faults_set_clock(STEP_US);
  for (int i = 0; i < POINTS; i++) faults_add(transfers[i], 1, FAULTS_ALWAYS, FAULTS_ALL);
  for (int limit = 0; limit <= LIMIT_MS; limit += LIMIT_MS) {
    CHECK_EQ(tenon_send(s, net_too_much, 2 * MEGABYTE, limit), 2 * MEGABYTE);
    CHECK_EQ(tenon_sendto(s, net_too_much, 2 * MEGABYTE, &at, limit), 2 * MEGABYTE);
    CHECK_EQ(tenon_sendmsg(s, &message, limit), 2 * MEGABYTE);
    CHECK_EQ(tenon_recv(s, net_too_much, 2 * MEGABYTE, limit), 2 * MEGABYTE);
  }
  CHECK_EQ(count_transfers(), 8);
  faults_clear();
  CHECK_EQ(tenon_close(s), 0);
}
