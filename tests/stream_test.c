/* stream_test.c - sending and receiving: amounts, limits, signals.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"

/* Through small buffers some hundred waits are enough, and seconds. */
enum { FILL_SIZE = 1 << 16, BIG = 16 << 20, MANY_BUFFERS = 2 << 20 };

static unsigned char block[FILL_SIZE];

static unsigned char pattern(size_t position) {
  return (unsigned char)(position * 31 + position / 251);
}

/* The other end of a test: sends back what comes, until the end. */
static void echo(void *argument) {
  static unsigned char data[FILL_SIZE];
  tenon_sock s = *(tenon_sock *)argument;
  ptrdiff_t n;
  while ((n = tenon_recv(s, data, sizeof data, NET_LIMIT_MS)) > 0)
    if (tenon_send(s, data, (size_t)n, NET_LIMIT_MS) != n) break;
  tenon_shutdown(s, TENON_SHUT_WR);
}

/* Receives a pattern until the end; the result is how much of it was right, or the error. */
typedef struct drain {
  tenon_sock s;
  ptrdiff_t received;
} drain;

static void receive_pattern(void *argument) {
  static unsigned char data[FILL_SIZE];
  drain *d = argument;
  ptrdiff_t n;
  while ((n = tenon_recv(d->s, data, sizeof data, NET_LIMIT_MS)) > 0) {
    for (ptrdiff_t i = 0; i < n; i++)
      if (data[i] != pattern((size_t)(d->received + i))) return;
    d->received += n;
  }
  if (n < 0) d->received = n;
}

TEST(blocks_of_all_sizes_come_back_as_they_were) {
  static support_thread thread;
  static unsigned char out[FILL_SIZE + 1], in[FILL_SIZE + 1];
  static tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(support_thread_start(&thread, echo, &pair[1]), 0);
  const size_t sizes[] = {1, 2, 3, 100, 1459, 1460, 1461, 4096, 65535, 65536, 65537};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    for (size_t k = 0; k < sizes[i]; k++) out[k] = pattern(k + i);
    CHECK_EQ(tenon_send(pair[0], out, sizes[i], NET_LIMIT_MS), (ptrdiff_t)sizes[i]);
    for (size_t done = 0; done < sizes[i];) {
      ptrdiff_t n = tenon_recv(pair[0], in + done, sizes[i] - done, NET_LIMIT_MS);
      CHECK(n > 0);
      done += (size_t)n;
    }
    CHECK_MEM(in, out, sizes[i]);
  }
  CHECK_EQ(tenon_shutdown(pair[0], TENON_SHUT_WR), 0);
  CHECK_EQ(tenon_recv(pair[0], in, 1, NET_LIMIT_MS), 0);
  support_thread_join(&thread);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

static void check_big_send(int timeout_ms, int with_signals) {
  static support_thread thread;
  static drain d;
  tenon_sock pair[2];
  unsigned char *data = malloc(MANY_BUFFERS);
  for (size_t i = 0; i < MANY_BUFFERS; i++) data[i] = pattern(i);
  check_equal(CHECK_HERE, "net_pair", "0", net_pair(pair), 0);
  d = (drain){pair[1], 0};
  support_set_small_buffers(pair[0]);
  support_thread_start(&thread, receive_pattern, &d);
  if (with_signals) support_signal_storm_start();
  check_equal(CHECK_HERE, "sent", "MANY_BUFFERS", tenon_send(pair[0], data, MANY_BUFFERS, timeout_ms), MANY_BUFFERS);
  if (with_signals) support_signal_storm_stop();
  tenon_shutdown(pair[0], TENON_SHUT_WR);
  support_thread_join(&thread);
  check_equal(CHECK_HERE, "received", "MANY_BUFFERS", d.received, MANY_BUFFERS);
  net_close2(pair[0], pair[1]);
  free(data);
}

TEST(sending_without_a_limit_takes_all) {
  check_big_send(TENON_FOREVER, 0);
}

TEST(sending_with_a_limit_takes_all) {
  check_big_send(20000, 0);
}

TEST(signals_do_not_disturb_sending) {
  check_big_send(TENON_FOREVER, 1);
  check_big_send(20000, 1);
}

/* D073 */
TEST(sending_without_waiting_takes_what_fits) {
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  ptrdiff_t sent = net_stuff(pair[0]), received = 0, n;
  CHECK(sent > 0);
  while ((n = tenon_recv(pair[1], block, sizeof block, received < sent ? NET_LIMIT_MS : 0)) > 0) received += n;
  CHECK_EQ(n, TENON_EAGAIN);
  CHECK_EQ(received, sent);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(sending_ends_at_its_limit_not_before) {
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK(net_stuff(pair[0]) > 0);
  int64_t start = tenon_now_ms();
  CHECK_EQ(tenon_send(pair[0], net_too_much, NET_TOO_MUCH, 100), TENON_ETIMEDOUT);
  CHECK(tenon_now_ms() - start >= 100);
  CHECK_EQ(tenon_native_error(), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* A trickle of room must not start the limit anew. */
static void take_slowly(void *argument) {
  static unsigned char data[4096];
  tenon_sock s = *(tenon_sock *)argument;
  while (tenon_recv(s, data, sizeof data, NET_LIMIT_MS) > 0) support_sleep_ms(2);
}

/* D073 */
TEST(one_limit_covers_all_of_a_long_send) {
  static support_thread thread;
  static tenon_sock pair[2];
  unsigned char *data = calloc(1, BIG);
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(support_thread_start(&thread, take_slowly, &pair[1]), 0);
  int64_t start = tenon_now_ms();
  ptrdiff_t sent = tenon_send(pair[0], data, BIG, 300);
  int64_t took = tenon_now_ms() - start;
  free(data);
  CHECK_EQ(net_reset(pair[0]), 0);
  support_thread_join(&thread);
  CHECK_EQ(sent, TENON_ETIMEDOUT);
  CHECK(took >= 300);
  CHECK(took < 3000);
  CHECK_EQ(tenon_close(pair[1]), 0);
}

TEST(receiving_ends_at_its_limit_not_before) {
  tenon_sock pair[2];
  char byte;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_recv(pair[0], &byte, 1, 0), TENON_EAGAIN);
  for (int limit = 1; limit <= 150; limit = limit * 3 + 1) {
    int64_t start = tenon_now_ms();
    CHECK_EQ(tenon_recv(pair[0], &byte, 1, limit), TENON_ETIMEDOUT);
    CHECK(tenon_now_ms() - start >= limit);
    CHECK_EQ(tenon_native_error(), 0);
  }
  CHECK_EQ(tenon_send(pair[1], "x", 1, NET_LIMIT_MS), 1);
  CHECK_EQ(tenon_recv(pair[0], &byte, 1, NET_LIMIT_MS), 1); /* a limit that was over does no harm */
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(nothing_is_sent_and_received_at_once) {
  tenon_sock pair[2];
  char byte = 0;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_send(pair[0], NULL, 0, TENON_FOREVER), 0);
  CHECK_EQ(tenon_send(pair[0], &byte, 0, 0), 0);
  CHECK_EQ(tenon_recv(pair[1], NULL, 0, TENON_FOREVER), 0);
  CHECK_EQ(tenon_recv(pair[1], &byte, 0, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_recv(pair[1], &byte, 1, 0), TENON_EAGAIN);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

static void count_to_end(void *argument) {
  static unsigned char data[1 << 20];
  drain *d = argument;
  ptrdiff_t n;
  while ((n = tenon_recv(d->s, data, sizeof data, NET_LIMIT_MS)) > 0) d->received += n;
}

/* D016 D071 */
TEST(a_send_beyond_int_max_is_whole) {
  static support_thread thread;
  static drain d;
  size_t size = SIZE_MAX > UINT_MAX ? (size_t)INT_MAX + 4096 : BIG; /* with 32 bits there is no memory for more */
  unsigned char *zeros = calloc(1, size);
  CHECK(zeros != NULL);
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  d = (drain){pair[1], 0};
  CHECK_EQ(support_thread_start(&thread, count_to_end, &d), 0);
  ptrdiff_t sent = tenon_send(pair[0], zeros, size, TENON_FOREVER);
  tenon_shutdown(pair[0], TENON_SHUT_WR);
  support_thread_join(&thread);
  free(zeros);
  CHECK_EQ(sent, (ptrdiff_t)size);
  CHECK_EQ(d.received, (ptrdiff_t)size);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}
