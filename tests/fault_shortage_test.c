/* fault_shortage_test.c - the system has no buffers for a moment, and waits that end before their time.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "faults/faults.h"
#include "net.h"
#include "tenon/file.h"
#include "tenon/message.h"

enum { SOME = 3, LIMIT_MS = 50, SLACK_MS = 1000, SIZE = 8 };

static const char data[SIZE] = "shortage";
static const tenon_buffer halves[] = {{(void *)data, SIZE / 2}, {(void *)(data + SIZE / 2), SIZE / 2}};

static tenon_sock stream[2], datagrams[2], connected;
static tenon_addr at;
static FILE *file;

/* ---- Every call that sends --------------------------------------------------------------------------------------- */

static intptr_t run_send(int timeout_ms) {
  return tenon_send(stream[0], data, SIZE, timeout_ms);
}

static intptr_t run_sendv(int timeout_ms) {
  return tenon_sendv(stream[0], halves, 2, timeout_ms);
}

static intptr_t run_sendto_stream(int timeout_ms) {
  return tenon_sendto(stream[0], data, SIZE, NULL, timeout_ms);
}

static intptr_t run_sendmsg_stream(int timeout_ms) {
  tenon_message m = {.buffers = halves, .count = 2};
  return tenon_sendmsg(stream[0], &m, timeout_ms);
}

static intptr_t run_sendfile(int timeout_ms) {
  return (intptr_t)tenon_sendfile(stream[0], file, 0, SIZE, timeout_ms);
}

static intptr_t run_send_datagram(int timeout_ms) {
  return tenon_send(connected, data, SIZE, timeout_ms);
}

static intptr_t run_sendv_datagram(int timeout_ms) {
  return tenon_sendv(connected, halves, 2, timeout_ms);
}

static intptr_t run_sendto(int timeout_ms) {
  return tenon_sendto(datagrams[0], data, SIZE, &at, timeout_ms);
}

static intptr_t run_sendmsg(int timeout_ms) {
  tenon_message m = {.buffers = halves, .count = 2, .fields = TENON_MESSAGE_PEER, .peer = at};
  return tenon_sendmsg(datagrams[0], &m, timeout_ms);
}

static intptr_t run_sendmsgs(int timeout_ms) {
  tenon_message m = {.buffers = halves, .count = 2, .fields = TENON_MESSAGE_PEER, .peer = at};
  int sent = tenon_sendmsgs(datagrams[0], &m, 1, timeout_ms);
  return sent == 1 ? SIZE : sent;
}

static const struct {
  const char *name;
  intptr_t (*run)(int timeout_ms);
  tenon_sock *receiver;
} calls[] = {{"send", run_send, &stream[1]},
             {"sendv", run_sendv, &stream[1]},
             {"sendto on a stream", run_sendto_stream, &stream[1]},
             {"sendmsg on a stream", run_sendmsg_stream, &stream[1]},
             {"sendfile", run_sendfile, &stream[1]},
             {"send of a datagram", run_send_datagram, &datagrams[1]},
             {"sendv of a datagram", run_sendv_datagram, &datagrams[1]},
             {"sendto", run_sendto, &datagrams[1]},
             {"sendmsg", run_sendmsg, &datagrams[1]},
             {"sendmsgs", run_sendmsgs, &datagrams[1]}};
enum { CALLS = sizeof calls / sizeof *calls };

static int open_all(void) {
  faults_clear();
  datagrams[0] = net_datagrams(TENON_AF_INET, &at);
  datagrams[1] = net_datagrams(TENON_AF_INET, &at);
  connected = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  file = tmpfile();
  return file && fwrite(data, 1, SIZE, file) == SIZE && fflush(file) == 0 && net_pair(stream) == 0 &&
         tenon_connect(connected, &at, TENON_FOREVER) == 0;
}

static int close_all(void) {
  faults_clear();
  fclose(file);
  int result = net_close2(stream[0], stream[1]);
  if (result == 0) result = net_close2(datagrams[0], datagrams[1]);
  return result == 0 ? tenon_close(connected) : result;
}

static void plan(int count) {
  static const faults_point points[] = {AT_send, AT_sendv, AT_sendto, AT_sendmsg, AT_send_file};
  faults_clear();
  for (int i = 0; i < (int)(sizeof points / sizeof *points); i++) faults_add(points[i], 1, count, TENON_ENOBUFS);
}

/* What was sent is there once. */
static int has_come_once(tenon_sock s) {
  char received[SIZE + 1];
  faults_clear();
  if (tenon_recv(s, received, sizeof received, NET_LIMIT_MS) != SIZE || memcmp(received, data, SIZE) != 0) return 0;
  return tenon_recv(s, received, sizeof received, 0) == TENON_EAGAIN;
}

/* ---- No buffers -------------------------------------------------------------------------------------------------- */

/* D037 */
TEST(a_send_that_finds_no_buffers_is_tried_again_within_its_limit) {
  static const int limits[] = {TENON_FOREVER, NET_LIMIT_MS};
  CHECK(open_all());
  for (int i = 0; i < 2 * CALLS; i++) {
    check_note(calls[i / 2].name);
    plan(SOME);
    CHECK_EQ(calls[i / 2].run(limits[i % 2]), SIZE);
    CHECK(has_come_once(*calls[i / 2].receiver));
  }
  CHECK_EQ(close_all(), 0);
}

TEST(a_send_that_never_finds_buffers_ends_at_its_limit_not_before) {
  CHECK(open_all());
  for (int i = 0; i < CALLS; i++) {
    check_note(calls[i].name);
    plan(FAULTS_ALWAYS);
    int64_t start = tenon_now_ms();
    CHECK_EQ(calls[i].run(LIMIT_MS), TENON_ETIMEDOUT);
    int64_t took = tenon_now_ms() - start;
    CHECK(took >= LIMIT_MS && took < LIMIT_MS + SLACK_MS);
    CHECK_EQ(tenon_native_error(), 0);
    CHECK(faults_calls(AT_send) + faults_calls(AT_sendv) + faults_calls(AT_sendto) + faults_calls(AT_sendmsg) +
              faults_calls(AT_send_file) <
          4 * LIMIT_MS); /* it pauses */
  }
  CHECK_EQ(close_all(), 0);
}

TEST(a_waker_ends_a_send_that_finds_no_buffers) {
  tenon_waker w;
  CHECK(open_all());
  CHECK_EQ(tenon_waker_open(&w), 0);
  CHECK_EQ(tenon_waker_wake(&w), 0);
  for (int i = 0; i < 2 * CALLS; i++) {
    check_note(calls[i / 2].name);
    plan(FAULTS_ALWAYS);
    tenon_cancel_on(&w);
    intptr_t result = calls[i / 2].run(i % 2 ? TENON_FOREVER : NET_LIMIT_MS);
    tenon_cancel_on(NULL);
    CHECK_EQ(result, TENON_ECANCELED);
  }
  faults_clear();
  CHECK_EQ(tenon_waker_close(&w), 0);
  CHECK_EQ(close_all(), 0);
}

/* D037: not TENON_EAGAIN, as poll reports room. */
TEST(a_send_without_time_says_that_there_are_no_buffers_and_has_sent_nothing) {
  CHECK(open_all());
  for (int i = 0; i < CALLS; i++) {
    check_note(calls[i].name);
    plan(FAULTS_ALWAYS);
    intptr_t result = calls[i].run(0);
    CHECK_EQ(result, TENON_ENOBUFS);
    CHECK_EQ(tenon_native_error(), faults_native());
    CHECK(tenon_is_retryable(result) && !tenon_is_would_block(result) && !tenon_is_peer_gone(result));
    faults_clear();
    CHECK_EQ(calls[i].run(0), SIZE);
    CHECK(has_come_once(*calls[i].receiver));
  }
  CHECK_EQ(close_all(), 0);
}

/* D037: Windows says so where it has no port left, too. */
TEST(a_connect_that_finds_no_buffers_or_ports_says_so) {
  static const int limits[] = {TENON_FOREVER, NET_LIMIT_MS, 0};
  tenon_addr there;
  tenon_sock listener = net_listen(TENON_AF_INET, &there);
  for (int i = 0; i < 3; i++) {
    tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
    faults_clear();
    faults_add(AT_connect, 1, 1, TENON_ENOBUFS);
    int result = tenon_connect(s, &there, limits[i]);
    CHECK_EQ(result, TENON_ENOBUFS);
    CHECK_EQ(tenon_native_error(), faults_native());
    CHECK(tenon_is_retryable(result));
    CHECK_EQ(tenon_close(s), 0);
  }
  faults_clear();
  CHECK_EQ(tenon_close(listener), 0);
}

/* ---- Waits that end before their time ---------------------------------------------------------------------------- */

/* D105: the clock behind a wait may be coarser than the limit. */
TEST(a_lookup_whose_wait_ends_too_early_goes_on_until_the_limit) {
  tenon_addr list[1];
  faults_clear();
  faults_set_host(0, "192.0.2.1", NULL);
  faults_hold_lookups();
  faults_add(AT_gate_wait, 1, FAULTS_ALWAYS, 0);
  int64_t start = tenon_now_ms();
  int result = tenon_resolve("host.example", "80", NULL, list, 1, LIMIT_MS);
  int64_t took = tenon_now_ms() - start;
  faults_let_lookups_go();
  CHECK_EQ(result, TENON_ETIMEDOUT);
  CHECK(took >= LIMIT_MS && took < LIMIT_MS + SLACK_MS);
  faults_clear();
  CHECK(faults_nothing_left());
}
