/* file_test.c - sending files.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/file.h"
#include "tenon/local.h"

#define LARGE (3 << 20)

/* Each byte tells where it is. */
static char byte_at(int64_t offset) {
  return (char)(offset * 7 + offset / 251);
}

/* A file of its own that goes with its handle. */
static FILE *make_file(int64_t size) {
  FILE *file = tmpfile();
  for (int64_t i = 0; file && i < size; i++) fputc((unsigned char)byte_at(i), file);
  if (file) fflush(file);
  return file;
}

/* Takes what comes until the end, in a thread of its own. */
typedef struct reader {
  support_thread thread;
  tenon_sock s;
  int64_t offset, count, wrong, limit;
  ptrdiff_t result;
} reader;

static void read_all(void *argument) {
  static char data[65536];
  reader *r = argument;
  for (;;) {
    int64_t left = r->limit - r->count;
    size_t size = left < (int64_t)sizeof data ? (size_t)left : sizeof data;
    if ((r->result = size == 0 ? 0 : tenon_recv(r->s, data, size, NET_LIMIT_MS)) <= 0) return;
    for (ptrdiff_t i = 0; i < r->result; i++) r->wrong += data[i] != byte_at(r->offset + r->count + i);
    r->count += r->result;
  }
}

static int reader_start(reader *r, tenon_sock s, int64_t offset, int64_t limit) {
  memset(r, 0, sizeof *r);
  r->s = s, r->offset = offset, r->limit = limit;
  return support_thread_start(&r->thread, read_all, r);
}

/* Sends part of a file to a reader; whether all came, and right, is told by the reader. */
static int64_t send_to_reader(reader *r, FILE *file, int64_t offset, int64_t count, int timeout_ms) {
  tenon_sock pair[2];
  if (net_pair(pair) < 0 || reader_start(r, pair[1], offset, INT64_MAX)) return -1;
  int64_t sent = tenon_sendfile(pair[0], file, offset, count, timeout_ms);
  tenon_close(pair[0]);
  support_thread_join(&r->thread);
  tenon_close(pair[1]);
  return sent;
}

/* D089 */
TEST(a_file_is_sent_whole_or_in_part) {
  static const struct {
    int64_t offset, count, sent;
  } rows[] = {
      {0, LARGE, LARGE},         {0, INT64_MAX, LARGE}, {0, 1, 1}, {1, 100000, 100000}, {LARGE - 1, 1, 1},
      {LARGE - 1, INT64_MAX, 1}, {0, LARGE + 1, LARGE}, {0, 0, 0}, {LARGE, 1, 0},       {INT64_MAX, INT64_MAX, 0}};
  static const int limits[] = {NET_LIMIT_MS, TENON_FOREVER};
  static reader r;
  FILE *file = make_file(LARGE);
  CHECK(file != NULL);
  for (int i = 0; i < (int)(sizeof rows / sizeof *rows); i++) {
    for (int j = 0; j < 2; j++) {
      char note[64];
      snprintf(note, sizeof note, "row %d, limit %d", i, limits[j]);
      check_note(note);
      CHECK_EQ(send_to_reader(&r, file, rows[i].offset, rows[i].count, limits[j]), rows[i].sent);
      CHECK_EQ(r.result, 0);
      CHECK_EQ(r.count, rows[i].sent);
      CHECK_EQ(r.wrong, 0);
    }
  }
  check_note(NULL);
  fclose(file);
}

/* D089 */
TEST(sending_a_file_leaves_its_position_alone) {
  static const int limits[] = {NET_LIMIT_MS, TENON_FOREVER};
  static reader r;
  FILE *file = make_file(100000);
  CHECK(file != NULL);
  for (int i = 0; i < 2; i++) {
    CHECK_EQ(fseek(file, 5, SEEK_SET), 0);
    CHECK_EQ(fgetc(file), (unsigned char)byte_at(5)); /* the C library has read ahead by now */
    CHECK_EQ(send_to_reader(&r, file, 50000, 40000, limits[i]), 40000);
    CHECK_EQ(r.wrong, 0);
    CHECK_EQ(ftell(file), 6);
    CHECK_EQ(fgetc(file), (unsigned char)byte_at(6));
    CHECK_EQ(fseek(file, 99999, SEEK_SET), 0);
    CHECK_EQ(fgetc(file), (unsigned char)byte_at(99999));
  }
  fclose(file);
}

TEST(what_is_no_file_to_be_sent_says_why) {
  tenon_sock pair[2], fresh = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_sock datagrams = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0), no_socket = support_open_file();
  FILE *file = make_file(10), *write_only = fopen("tenon-write-only", "wb");
  CHECK(file != NULL && write_only != NULL);
  CHECK_EQ(net_pair(pair), 0);
  int64_t unreadable = tenon_sendfile(pair[0], write_only, 0, 10, NET_LIMIT_MS);
  fclose(write_only);
  CHECK_EQ(remove("tenon-write-only"), 0);
  CHECK_EQ(unreadable, TENON_EACCES);
  CHECK_EQ(tenon_sendfile(pair[0], NULL, 0, 10, NET_LIMIT_MS), TENON_EINVAL);
  CHECK_EQ(tenon_sendfile(pair[0], file, -1, 10, NET_LIMIT_MS), TENON_EINVAL);
  CHECK_EQ(tenon_sendfile(pair[0], file, 0, -1, NET_LIMIT_MS), TENON_EINVAL);
  CHECK_EQ(tenon_sendfile(pair[0], file, 0, 10, -2), TENON_EINVAL);
  CHECK_EQ(tenon_sendfile(no_socket, file, 0, 10, NET_LIMIT_MS), TENON_ENOTSOCK);
  CHECK_EQ(tenon_sendfile(TENON_NO_SOCK, file, 0, 10, NET_LIMIT_MS), TENON_EBADF);
  CHECK_EQ(tenon_sendfile(support_closed_handle(), file, 0, 10, TENON_FOREVER), TENON_EBADF);
  CHECK_EQ(tenon_sendfile(datagrams, file, 0, 10, NET_LIMIT_MS), TENON_EOPNOTSUPP);
  CHECK_EQ(tenon_sendfile(fresh, file, 0, 10, NET_LIMIT_MS), TENON_ENOTCONN);
  CHECK_EQ(tenon_sendfile(fresh, file, 0, 10, TENON_FOREVER), TENON_ENOTCONN);
  CHECK_EQ(tenon_shutdown(pair[0], TENON_SHUT_WR), 0);
  CHECK_EQ(tenon_sendfile(pair[0], file, 0, 10, 0), TENON_EPIPE);
  CHECK_EQ(tenon_sendfile(pair[0], file, 0, 10, TENON_FOREVER), TENON_EPIPE);
  char byte;
  CHECK_EQ(tenon_recv(pair[1], &byte, 1, NET_LIMIT_MS), 0); /* no byte of all that came */
  fclose(file);
  support_close_file(no_socket);
  CHECK_EQ(net_close2(fresh, datagrams), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(a_file_is_sent_within_its_limit) {
  static reader r;
  tenon_sock pair[2];
  FILE *file = make_file(LARGE);
  CHECK(file != NULL);
  CHECK_EQ(net_pair(pair), 0);
  support_set_small_buffers(pair[0]);
  support_set_small_buffers(pair[1]);
  int64_t fitted = 0, sent;
  while ((sent = tenon_sendfile(pair[0], file, fitted, INT64_MAX, 0)) > 0) fitted += sent;
  CHECK_EQ(sent, TENON_EAGAIN);
  CHECK(fitted > 0 && fitted < LARGE);
  CHECK_EQ(reader_start(&r, pair[1], 0, fitted), 0);
  support_thread_join(&r.thread); /* what fitted can be received, and it is the beginning */
  CHECK_EQ(r.count, fitted);
  CHECK_EQ(r.wrong, 0);
  int64_t start = tenon_now_ms();
  CHECK_EQ(tenon_sendfile(pair[0], file, fitted, INT64_MAX, 80), TENON_ETIMEDOUT);
  CHECK(tenon_now_ms() - start >= 80);
  CHECK(tenon_now_ms() - start < NET_LIMIT_MS);
  fclose(file);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(a_waker_ends_the_sending_of_a_file) {
  tenon_sock pair[2];
  tenon_waker waker;
  FILE *file = make_file(LARGE);
  CHECK(file != NULL);
  CHECK_EQ(net_pair(pair), 0);
  support_set_small_buffers(pair[0]);
  support_set_small_buffers(pair[1]);
  CHECK_EQ(tenon_waker_open(&waker), 0);
  CHECK_EQ(tenon_waker_wake(&waker), 0);
  tenon_cancel_on(&waker);
  int64_t small = tenon_sendfile(pair[0], file, 0, 10, TENON_FOREVER); /* need not wait */
  int64_t large = tenon_sendfile(pair[0], file, 0, LARGE, TENON_FOREVER);
  tenon_cancel_on(NULL);
  CHECK_EQ(small, 10);
  CHECK_EQ(large, TENON_ECANCELED);
  CHECK_EQ(tenon_waker_close(&waker), 0);
  fclose(file);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

static void leave_after_a_while(void *argument) {
  tenon_sock *s = argument;
  char data[4096];
  tenon_recv_all(*s, data, sizeof data, NET_LIMIT_MS);
  tenon_close(*s);
}

/* And no signal ends the program. */
TEST(a_peer_that_leaves_in_the_middle_of_a_file_is_epipe) {
  static const int limits[] = {NET_LIMIT_MS, TENON_FOREVER};
  static support_thread thread;
  static tenon_sock pair[2];
  FILE *file = make_file(LARGE);
  CHECK(file != NULL);
  for (int i = 0; i < 2; i++) {
    CHECK_EQ(net_pair(pair), 0);
    support_set_small_buffers(pair[0]);
    support_set_small_buffers(pair[1]);
    CHECK_EQ(support_thread_start(&thread, leave_after_a_while, &pair[1]), 0);
    int64_t sent = tenon_sendfile(pair[0], file, 0, LARGE, limits[i]);
    support_thread_join(&thread);
    CHECK_EQ(sent, TENON_EPIPE);
    CHECK_EQ(tenon_sendfile(pair[0], file, 0, 1, limits[i]), TENON_EPIPE);
    CHECK_EQ(tenon_close(pair[0]), 0);
  }
  fclose(file);
}

/* Holes cost no time to write. */
static FILE *make_sparse(const char *path, int64_t size) {
  FILE *file = fopen(path, "wb+");
  while (file && size > 1) {
    long step = size > 0x40000000 ? 0x40000000 : (long)size - 1;
    fseek(file, step, SEEK_CUR);
    size -= step;
  }
  if (file) fputc('!', file);
  if (file) fflush(file);
  return file;
}

TEST(a_file_is_sent_from_beyond_4_gib) {
  const int64_t size = ((int64_t)5 << 30) + 3;
  FILE *file = make_sparse("tenon-sparse", size);
  CHECK(file != NULL);
  int64_t sent[2];
  char data[2][8] = {"", ""};
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  for (int i = 0; i < 2; i++) {
    sent[i] = tenon_sendfile(pair[0], file, size - 3, INT64_MAX, i ? TENON_FOREVER : NET_LIMIT_MS);
    if (sent[i] == 3) tenon_recv_all(pair[1], data[i], 3, NET_LIMIT_MS);
  }
  fclose(file);
  CHECK_EQ(remove("tenon-sparse"), 0);
  for (int i = 0; i < 2; i++) {
    CHECK_EQ(sent[i], 3);
    CHECK_MEM(data[i], "\0\0!", 3);
  }
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* Takes the beginning, cuts the file off, and takes the rest. */
static void cut_in_the_middle(void *argument) {
  reader *r = argument;
  r->limit = 4096;
  read_all(r);
  FILE *file = fopen("tenon-shrinking", "wb");
  if (file) fclose(file);
  r->limit = file ? INT64_MAX : 0;
  read_all(r);
}

TEST(of_a_file_that_shrinks_meanwhile_less_is_sent) {
  static const int limits[] = {NET_LIMIT_MS, TENON_FOREVER};
  static reader r;
  for (int i = 0; i < 2; i++) {
    tenon_sock pair[2];
    FILE *file = fopen("tenon-shrinking", "wb+");
    CHECK(file != NULL);
    for (int64_t j = 0; j < LARGE; j++) fputc((unsigned char)byte_at(j), file);
    fflush(file);
    CHECK_EQ(net_pair(pair), 0);
    support_set_small_buffers(pair[0]);
    support_set_small_buffers(pair[1]);
    memset(&r, 0, sizeof r);
    r.s = pair[1];
    CHECK_EQ(support_thread_start(&r.thread, cut_in_the_middle, &r), 0);
    int64_t sent = tenon_sendfile(pair[0], file, 0, LARGE, limits[i]);
    tenon_close(pair[0]);
    support_thread_join(&r.thread);
    tenon_close(pair[1]);
    fclose(file);
    CHECK_EQ(remove("tenon-shrinking"), 0);
    CHECK(sent > 0 && sent < LARGE);
    CHECK_EQ(r.count, sent);
    CHECK_EQ(r.wrong, 0);
  }
}

TEST(a_file_is_sent_over_a_pair) {
  static reader r;
  tenon_sock pair[2];
  FILE *file = make_file(100000);
  CHECK(file != NULL);
  CHECK_EQ(tenon_socketpair(pair), 0);
  CHECK_EQ(reader_start(&r, pair[1], 0, INT64_MAX), 0);
  int64_t sent = tenon_sendfile(pair[0], file, 0, 100000, TENON_FOREVER);
  tenon_close(pair[0]);
  support_thread_join(&r.thread);
  CHECK_EQ(sent, 100000);
  CHECK_EQ(r.count, 100000);
  CHECK_EQ(r.wrong, 0);
  CHECK_EQ(tenon_close(pair[1]), 0);
  fclose(file);
}
