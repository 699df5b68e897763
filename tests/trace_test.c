/* trace_test.c - the callback that hears of each call, and its lines.
 * SPDX-License-Identifier: MIT
 */
#include "tenon/trace.h"

#include <stdatomic.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/local.h"

enum { HEARD_MAX = 64, THREADS = 4, CALLS = 1000 };

/* What was heard, with copies of what will be gone. */
typedef struct heard {
  tenon_traced call;
  tenon_addr addr;
  char host[300], service[300];
} heard;
static heard all[HEARD_MAX];
static int count;

static void hear(const tenon_traced *call, void *context) {
  heard *it = &all[count++ % HEARD_MAX];
  it->call = *call;
  if (call->addr) it->addr = *call->addr;
  if (call->host) strncpy(it->host, call->host, sizeof it->host - 1);
  if (call->service) strncpy(it->service, call->service, sizeof it->service - 1);
  *(int *)context += 1;
}

static int told;

static void begin(void) {
  count = told = 0;
  memset(all, 0, sizeof all);
  tenon_trace(hear, &told);
}

/* What tenon_traced_format() says of the n-th call, but for the duration. */
static const char *line_of(int n) {
  static char line[TENON_TRACED_TEXT];
  tenon_traced call = all[n].call;
  if (call.addr) call.addr = &all[n].addr;
  if (call.host) call.host = all[n].host;
  if (call.service) call.service = all[n].service;
  call.duration_us = 7;
  call.sock = call.sock == TENON_NO_SOCK ? TENON_NO_SOCK : 5;
  return tenon_traced_format(&call, line, sizeof line) < 0 ? "" : line;
}

TEST(each_call_is_told_once_with_what_it_was_given_and_how_it_ended) {
  tenon_sock pair[2];
  char byte;
  begin();
  CHECK_EQ(tenon_socketpair(pair), 0);
  CHECK_EQ(tenon_send(pair[0], "abc", 3, TENON_FOREVER), 3);
  CHECK_EQ(tenon_recv(pair[1], &byte, 1, 5000), 1);
  CHECK_EQ(tenon_recv_all(pair[1], &byte, 1, 5000), 1);
  CHECK_EQ(tenon_peek(pair[1], &byte, 1, 5000), 1);
  CHECK_EQ(tenon_recv(pair[0], &byte, 1, 0), TENON_EAGAIN);
  CHECK_EQ(tenon_setsockopt(pair[0], TENON_OPT_SNDBUF, 4096), 0);
  CHECK_EQ(tenon_shutdown(pair[0], TENON_SHUT_WR), 0);
  CHECK_EQ(tenon_close(pair[1]), 0);
  CHECK_EQ(tenon_close_gracefully(pair[0], 1000), TENON_ECONNRESET);
  tenon_trace(NULL, NULL);
  CHECK_EQ(told, 10);
  CHECK_STR(line_of(0), "tenon_socketpair() = 0 after 7 us");
  CHECK_STR(line_of(1), "tenon_send(5, size 3, forever) = 3 after 7 us");
  CHECK_STR(line_of(2), "tenon_recv(5, size 1, timeout 5000) = 1 after 7 us");
  CHECK_STR(line_of(3), "tenon_recv_all(5, size 1, timeout 5000) = 1 after 7 us");
  CHECK_STR(line_of(4), "tenon_peek(5, size 1, timeout 5000) = 1 after 7 us");
  CHECK_EQ(all[5].call.result, TENON_EAGAIN);
  CHECK(all[5].call.native_error != 0);
  CHECK_STR(line_of(6), "tenon_setsockopt(5, option 3, value 4096) = 0 after 7 us");
  CHECK_STR(line_of(7), "tenon_shutdown(5, how 1) = 0 after 7 us");
  CHECK_STR(line_of(8), "tenon_close(5) = 0 after 7 us");
  CHECK_STR(all[9].call.call, "tenon_close_gracefully");
  CHECK_EQ(all[9].call.sock, pair[0]);
  for (int i = 0; i < told; i++) CHECK(all[i].call.duration_us >= 0);
}

TEST(addresses_and_names_are_told_given_or_found) {
  char byte = 0;
  tenon_addr loopback = tenon_addr_loopback(TENON_AF_INET, 0), at, from;
  begin();
  tenon_sock a = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  CHECK_EQ(tenon_bind(a, &loopback), 0);
  CHECK_EQ(tenon_getsockname(a, &at), 0);
  CHECK_EQ(tenon_sendto(a, &byte, 1, &at, 1000), 1);
  CHECK_EQ(tenon_recvfrom(a, &byte, 1, &from, 1000), 1);
  CHECK_EQ(tenon_resolve("192.0.2.1", "80", NULL, &from, 1, 1000), 1);
  CHECK_EQ(tenon_tcp_connect("a b\n", "80", 0), TENON_EINVAL);
  CHECK_EQ(tenon_close(a), 0);
  tenon_trace(NULL, NULL);
  CHECK_EQ(told, 8);
  CHECK_STR(all[0].call.label, "family");
  CHECK_EQ(all[0].call.result, a);
  CHECK_STR(line_of(1), "tenon_bind(5, 127.0.0.1) = 0 after 7 us");
  CHECK(tenon_addr_equal(&all[2].addr, &at));
  CHECK(tenon_addr_equal(&all[3].addr, &at));
  CHECK(tenon_addr_equal(&all[4].addr, &at));
  CHECK_STR(line_of(5), "tenon_resolve(192.0.2.1:80, \"192.0.2.1\", service \"80\", timeout 1000) = 1 after 7 us");
  CHECK_STR(line_of(6), "tenon_tcp_connect(\"a b?\", service \"80\", timeout 0) = EINVAL (0) after 7 us");
}

static void call_back(const tenon_traced *call, void *context) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_close(s);
  tenon_close(s); /* fails, and must not be what the program sees */
  *(int *)context += call->result < 0;
}

TEST(a_callback_may_use_tenon_and_disturbs_no_error) {
  int failures = 0;
  tenon_trace(call_back, &failures);
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  int result = tenon_connect(s, NULL, 1000);
  int native = tenon_native_error();
  tenon_close(s);
  tenon_trace(NULL, NULL);
  CHECK_EQ(result, TENON_EINVAL);
  CHECK_EQ(native, 0);
  CHECK_EQ(failures, 1);
}

static atomic_int calls_heard;

static void count_call(const tenon_traced *call, void *context) {
  (void)call, (void)context;
  atomic_fetch_add(&calls_heard, 1);
}

static void make_calls(void *argument) {
  (void)argument;
  for (int i = 0; i < CALLS; i++) tenon_setsockopt(TENON_NO_SOCK, TENON_OPT_NODELAY, 1);
}

TEST(calls_of_many_threads_are_told_in_parallel) {
  static support_thread threads[THREADS];
  atomic_store(&calls_heard, 0);
  tenon_trace(count_call, NULL);
  for (int i = 0; i < THREADS; i++) CHECK_EQ(support_thread_start(&threads[i], make_calls, NULL), 0);
  for (int i = 0; i < THREADS; i++) support_thread_join(&threads[i]);
  tenon_trace(NULL, NULL);
  CHECK_EQ(atomic_load(&calls_heard), THREADS * CALLS);
}

TEST(lines_of_traced_calls_are_whole_and_printable_or_not_at_all) {
  char name[600], line[TENON_TRACED_TEXT];
  memset(name, 'n', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  name[3] = '\x80';
  tenon_addr addr;
  CHECK_EQ(tenon_addr_parse(&addr, "[fe80::1234:5678:9abc:def0%4294967295]:65535"), 0);
  tenon_traced call = {"tenon_call", INTPTR_MIN, &addr, name,         name, -1,
                       "label",      INT64_MIN,  5,     TENON_EPROTO, -1,   INT64_MAX};
  int length = tenon_traced_format(&call, line, sizeof line);
  CHECK_OK(length);
  CHECK_EQ((size_t)length, strlen(line));
  CHECK(strstr(line, "\"nnn?nnn") != NULL);
  CHECK(strstr(line, "n...\", service") != NULL);
  CHECK(strstr(line, "label -9223372036854775808") != NULL);
  CHECK_EQ(tenon_traced_format(&call, line, (size_t)length), TENON_ENOSPC);
  CHECK_EQ(tenon_traced_format(&call, line, (size_t)length + 1), length);
  CHECK_EQ(tenon_traced_format(&call, line, 0), TENON_ENOSPC);
  CHECK_EQ(tenon_traced_format(NULL, line, sizeof line), TENON_EINVAL);
  CHECK_EQ(tenon_traced_format(&call, NULL, 1), TENON_EINVAL);
  CHECK_EQ(tenon_traced_format(&call, NULL, 0), TENON_ENOSPC);
}

/* Whoever connects chooses the path of a local socket, and so what stands in the line. */
TEST(a_line_has_no_control_characters_whatever_names_and_paths_have) {
  char line[TENON_TRACED_TEXT];
  tenon_addr addr;
  CHECK_EQ(tenon_addr_local(&addr, "a\nb\r\t\x1b[0m\x7f\x9b"), 0);
  tenon_traced call = {"tenon_\ncall", 5, &addr, "ho\nst", "ser\x07vice", 0, "la\nbel", 1, 0, 0, 0, 7};
  CHECK_OK(tenon_traced_format(&call, line, sizeof line));
  CHECK_STR(line,
            "tenon_?call(5, unix:a?b???[0m??, \"ho?st\", service \"ser?vice\", la?bel 1, timeout 0) = 0 after 7 us");
}
