/* vector_test.c - vectors of buffers over streams: any number of any sizes, limits, ends.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/message.h"

enum { MANY = 100000, BLOCK = 1 << 16, BIG = 4 << 20 };

static unsigned char block[BLOCK];

static unsigned char pattern(size_t position) {
  return (unsigned char)(position * 31 + position / 251);
}

/* Receives a pattern until the end; the result is how much of it was right, or the error. */
typedef struct reader {
  tenon_sock s;
  ptrdiff_t received;
  int is_slow;
} reader;

static void read_pattern(void *argument) {
  static unsigned char data[BLOCK];
  reader *r = argument;
  ptrdiff_t n;
  while ((n = tenon_recv(r->s, data, r->is_slow ? 5000 : sizeof data, NET_LIMIT_MS)) > 0) {
    for (ptrdiff_t i = 0; i < n; i++)
      if (data[i] != pattern((size_t)(r->received + i))) return;
    r->received += n;
  }
  if (n < 0) r->received = n;
}

/* Cuts memory into parts whose sizes come round, empty ones among them without an address: 0, 1, 2 ... most units. */
static size_t cut(tenon_buffer *parts, int count, unsigned char *memory, int most, int unit) {
  size_t total = 0;
  for (int i = 0; i < count; i++) {
    size_t size = (size_t)(i % (most + 1) * unit);
    parts[i] = (tenon_buffer){size ? memory + total : NULL, size};
    total += size;
  }
  return total;
}

/* Sends so many parts within the limit, to somebody who takes them, and says what is wrong. */
static const char *exchange(int count, int most, int unit, int timeout_ms, int is_narrow) {
  static support_thread thread;
  static reader r;
  tenon_sock pair[2];
  size_t room = (size_t)(count / (most + 1) + 1) * (size_t)(most + 1) * (size_t)most * (size_t)unit / 2 + 1;
  size_t bytes = (size_t)(count + 1) * sizeof(tenon_buffer);
  unsigned char *memory = malloc(room);
  tenon_buffer *parts = malloc(bytes), *copy = malloc(bytes);
  for (size_t i = 0; i < room; i++) memory[i] = pattern(i);
  size_t total = cut(parts, count, memory, most, unit);
  memcpy(copy, parts, (size_t)count * sizeof *parts);
  if (net_pair(pair) != 0) return "no pair";
  if (is_narrow) support_set_small_buffers(pair[0]);
  r = (reader){pair[1], 0, is_narrow};
  support_thread_start(&thread, read_pattern, &r);
  ptrdiff_t sent = tenon_sendv(pair[0], parts, count, timeout_ms);
  tenon_shutdown(pair[0], TENON_SHUT_WR);
  support_thread_join(&thread);
  const char *wrong = memcmp(parts, copy, (size_t)count * sizeof *parts) != 0 ? "the array was written to" : NULL;
  if (r.received != (ptrdiff_t)total) wrong = "not all arrived";
  if (sent != (ptrdiff_t)total) wrong = "not all was sent";
  net_close2(pair[0], pair[1]);
  free(memory);
  free(parts);
  free(copy);
  return wrong ? wrong : "";
}

static const int limits[] = {TENON_FOREVER, 20000};

/* D072 */
TEST(vectors_of_any_length_are_sent_whole) {
  static const int counts[] = {0, 1, 2, 3, 255, 256, 257, 1023, 1024, 1025, 3000, MANY};
  for (int i = 0; i < (int)(sizeof counts / sizeof *counts); i++)
    for (int k = 0; k < 2; k++) CHECK_STR(exchange(counts[i], 7, 1, limits[k], 0), "");
}

TEST(a_send_that_stops_within_a_buffer_goes_on_there) {
  for (int k = 0; k < 2; k++) {
    support_signal_storm_start();
    const char *large = exchange(40, 7, 4999, limits[k], 1), *small = exchange(MANY / 4, 30, 1, limits[k], 1);
    support_signal_storm_stop();
    CHECK_STR(large, "");
    CHECK_STR(small, "");
  }
}

/* The same memory again and again; how it arrives is the business of other tests. */
static void count_bytes(void *argument) {
  static unsigned char data[BIG];
  reader *r = argument;
  ptrdiff_t n;
  while ((n = tenon_recv(r->s, data, sizeof data, NET_LIMIT_MS)) > 0) r->received += n;
}

TEST(a_vector_may_be_larger_than_an_int) {
  static support_thread thread;
  static reader r;
  static tenon_buffer parts[2100];
  static unsigned char data[1 << 20];
  tenon_sock pair[2];
  if (sizeof(size_t) < 8) return;
  for (int i = 0; i < 2100; i++) parts[i] = (tenon_buffer){data, sizeof data};
  CHECK_EQ(net_pair(pair), 0);
  r = (reader){pair[1], 0, 0};
  CHECK_EQ(support_thread_start(&thread, count_bytes, &r), 0);
  ptrdiff_t sent = tenon_sendv(pair[0], parts, 2100, TENON_FOREVER);
  tenon_shutdown(pair[0], TENON_SHUT_WR);
  support_thread_join(&thread);
  CHECK_EQ(sent, (ptrdiff_t)2100 << 20);
  CHECK_EQ(r.received, (ptrdiff_t)2100 << 20);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(what_arrived_fills_one_buffer_after_the_other) {
  static const int waits[] = {TENON_FOREVER, NET_LIMIT_MS, 0};
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  for (int i = 0; i < 3; i++) {
    char a[2], b[3], c[8] = "12345678", byte;
    tenon_buffer parts[] = {{NULL, 0}, {a, 2}, {NULL, 0}, {b, 3}, {c, 8}, {NULL, 0}};
    CHECK_EQ(tenon_send(pair[0], "abcdefg", 7, NET_LIMIT_MS), 7);
    while (tenon_peek(pair[1], a, 1, NET_LIMIT_MS) != 1) continue;
    CHECK_EQ(tenon_recvv(pair[1], parts, 6, waits[i]), 7);
    CHECK_MEM(a, "ab", 2);
    CHECK_MEM(b, "cde", 3);
    CHECK_MEM(c, "fg345678", 8);
    CHECK_EQ(tenon_recv(pair[1], &byte, 1, 0), TENON_EAGAIN);
  }
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* D072 */
TEST(vectors_of_any_length_are_received_into) {
  static tenon_buffer parts[MANY];
  static unsigned char memory[MANY * 4];
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  for (int k = 0; k < 2; k++) {
    memset(memory, 0, sizeof memory);
    size_t total = cut(parts, MANY, memory, 7, 1), done = 0;
    for (size_t i = 0; i < 60000; i++) block[i] = pattern(i);
    CHECK_EQ(tenon_send(pair[0], block, 60000, NET_LIMIT_MS), 60000);
    for (int first = 0; done < 60000;) { /* from the part on where the last one stopped */
      tenon_buffer before = parts[first];
      ptrdiff_t n = tenon_recvv(pair[1], parts + first, MANY - first, limits[k]);
      CHECK(n > 0 && before.data == parts[first].data);
      for (done += (size_t)n; n > 0 && n >= (ptrdiff_t)parts[first].size; first++) n -= (ptrdiff_t)parts[first].size;
      if (n > 0) parts[first] = (tenon_buffer){(char *)parts[first].data + n, parts[first].size - (size_t)n};
    }
    CHECK(total > 60000);
    CHECK_MEM(memory, block, 60000);
    CHECK_EQ(memory[60000], 0);
  }
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(a_vector_of_nothing_is_done_at_once) {
  tenon_buffer nothing[3] = {{NULL, 0}, {block, 0}, {NULL, 0}};
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_sendv(pair[0], nothing, 3, TENON_FOREVER), 0);
  CHECK_EQ(tenon_recvv(pair[0], nothing, 3, TENON_FOREVER), 0);
  CHECK_EQ(tenon_sendv(pair[0], NULL, 0, 0), 0);
  CHECK_EQ(tenon_recvv(pair[0], NULL, 0, NET_LIMIT_MS), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* ---- Limits, wakers, ends ---------------------------------------------------------------------------------------- */

TEST(a_vector_that_need_not_wait_is_sent_as_far_as_it_fits) {
  tenon_buffer parts[] = {{block, 100}, {block, BLOCK - 100}};
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  ptrdiff_t sent = 0, received = 0, n;
  while ((n = tenon_sendv(pair[0], parts, 2, 0)) > 0) sent += n;
  CHECK_EQ(n, TENON_EAGAIN);
  CHECK(sent > 0);
  while ((n = tenon_recv(pair[1], block, BLOCK, received < sent ? NET_LIMIT_MS : 0)) > 0) received += n;
  CHECK_EQ(n, TENON_EAGAIN);
  CHECK_EQ(received, sent);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(vectors_keep_their_limit) {
  tenon_buffer parts[] = {{block, 1}, {net_too_much, NET_TOO_MUCH}};
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK(net_stuff(pair[0]) > 0);
  int64_t start = tenon_now_ms();
  support_signal_storm_start();
  ptrdiff_t sent = tenon_sendv(pair[0], parts, 2, 100), received = tenon_recvv(pair[0], parts, 2, 100);
  support_signal_storm_stop();
  CHECK_EQ(sent, TENON_ETIMEDOUT);
  CHECK_EQ(received, TENON_ETIMEDOUT);
  CHECK(tenon_now_ms() - start >= 200);
  CHECK_EQ(tenon_recvv(pair[0], parts, 2, 0), TENON_EAGAIN);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(a_waker_ends_what_a_vector_waits_for) {
  tenon_buffer parts[] = {{block, 1}, {net_too_much, NET_TOO_MUCH}};
  tenon_sock pair[2];
  tenon_waker w;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_waker_open(&w), 0);
  CHECK_EQ(tenon_waker_wake(&w), 0);
  tenon_cancel_on(&w);
  ptrdiff_t with_room = tenon_sendv(pair[1], parts, 1, TENON_FOREVER);
  ptrdiff_t received = tenon_recvv(pair[1], parts, 2, TENON_FOREVER);
  CHECK(net_stuff(pair[0]) > 0);
  ptrdiff_t sent = tenon_sendv(pair[0], parts, 2, TENON_FOREVER);
  tenon_cancel_on(NULL);
  CHECK_EQ(with_room, 1);
  CHECK_EQ(sent, TENON_ECANCELED);
  CHECK_EQ(received, TENON_ECANCELED);
  CHECK_EQ(tenon_waker_close(&w), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(vectors_see_the_end_and_what_comes_after) {
  tenon_buffer parts[] = {{block, 1}, {block, BLOCK - 1}};
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_sendv(pair[0], parts, 1, NET_LIMIT_MS), 1);
  CHECK_EQ(tenon_shutdown(pair[0], TENON_SHUT_WR), 0);
  CHECK_EQ(tenon_sendv(pair[0], parts, 2, TENON_FOREVER), TENON_EPIPE);
  CHECK_EQ(tenon_sendv(pair[0], parts, 2, 0), TENON_EPIPE);
  CHECK_EQ(tenon_recvv(pair[1], parts, 2, TENON_FOREVER), 1);
  CHECK_EQ(tenon_recvv(pair[1], parts, 2, TENON_FOREVER), 0);
  CHECK_EQ(tenon_recvv(pair[1], parts, 2, 0), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(vectors_tell_a_reset_from_the_end) {
  tenon_buffer parts[] = {{block, 1}, {block, BLOCK - 1}};
  for (int k = 0; k < 2; k++) {
    tenon_sock pair[2];
    CHECK_EQ(net_pair(pair), 0);
    CHECK_EQ(net_reset(pair[0]), 0);
    CHECK_EQ(tenon_recvv(pair[1], parts, 2, limits[k]), TENON_ECONNRESET);
    CHECK_EQ(tenon_sendv(pair[1], parts, 2, limits[k]), TENON_EPIPE);
    CHECK_EQ(tenon_close(pair[1]), 0);
  }
}

TEST(vectors_refuse_what_makes_no_sense) {
  tenon_buffer one = {block, 1}, nowhere = {NULL, 1};
  tenon_buffer huge[] = {{block, PTRDIFF_MAX}, {block, 1}}, beyond = {block, SIZE_MAX};
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0), file = support_open_file();
  for (int k = 0; k < 2; k++) {
    ptrdiff_t (*call)(tenon_sock, const tenon_buffer *, int, int) = k ? tenon_recvv : tenon_sendv;
    CHECK_EQ(call(s, NULL, 1, 0), TENON_EINVAL);
    CHECK_EQ(call(s, &nowhere, 1, TENON_FOREVER), TENON_EINVAL);
    CHECK_EQ(call(s, &one, -1, 0), TENON_EINVAL);
    CHECK_EQ(call(s, &one, 1, -2), TENON_EINVAL);
    CHECK_EQ(call(s, huge, 2, 0), TENON_EINVAL);
    CHECK_EQ(call(s, &beyond, 1, TENON_FOREVER), TENON_EINVAL);
    CHECK_EQ(call(s, &one, 1, 0), TENON_ENOTCONN);
    CHECK_EQ(call(s, &one, 1, TENON_FOREVER), TENON_ENOTCONN);
    CHECK_EQ(call(TENON_NO_SOCK, &one, 1, TENON_FOREVER), TENON_EBADF);
    CHECK_EQ(call(support_closed_handle(), &one, 1, NET_LIMIT_MS), TENON_EBADF);
    CHECK_EQ(call(file, &one, 1, 0), TENON_ENOTSOCK);
  }
  support_close_file(file);
  CHECK_EQ(tenon_close(s), 0);
}
