/* file_stalled_test.c - peers that stop receiving files hold up nobody else.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/file.h"

/* By their documents Windows' client editions run two transfers of their own kind at a time. */
enum { STALLED = 3 };

typedef struct transfer {
  support_thread thread;
  tenon_sock pair[2];
  FILE *file;
  int64_t sent;
} transfer;

/* A file with a hole, so writing it takes no time. */
static FILE *make_hollow(long size) {
  FILE *file = tmpfile();
  if (file && fseek(file, size - 1, SEEK_SET) == 0 && fputc(0, file) == 0 && fflush(file) == 0) return file;
  if (file) fclose(file);
  return NULL;
}

static void send_file(void *argument) {
  transfer *t = argument;
  t->sent = tenon_sendfile(t->pair[0], t->file, 0, NET_TOO_MUCH, TENON_FOREVER);
}

/* The beginning of the file has arrived, so the transfer is under way; the peer receives no more. */
static int begin(transfer *t) {
  char byte;
  t->file = make_hollow(NET_TOO_MUCH);
  if (!t->file || net_pair(t->pair) < 0 || support_thread_start(&t->thread, send_file, t) < 0) return -1;
  return tenon_recv(t->pair[1], &byte, 1, NET_LIMIT_MS) == 1 ? 0 : -1;
}

/* D089 */
TEST(files_for_peers_that_stop_receiving_hold_up_no_other_file) {
  static transfer stalled[STALLED];
  tenon_sock pair[2];
  char data[8];
  FILE *file = make_hollow(sizeof data);
  CHECK(file != NULL);
  for (int i = 0; i < STALLED; i++) CHECK_EQ(begin(&stalled[i]), 0);
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_sendfile(pair[0], file, 0, sizeof data, TENON_FOREVER), sizeof data);
  CHECK_EQ(tenon_recv_all(pair[1], data, sizeof data, NET_LIMIT_MS), sizeof data);
  for (int i = 0; i < STALLED; i++) {
    CHECK_EQ(net_reset(stalled[i].pair[1]), 0);
    support_thread_join(&stalled[i].thread);
    CHECK_EQ(stalled[i].sent, TENON_EPIPE);
    CHECK_EQ(tenon_close(stalled[i].pair[0]), 0);
    fclose(stalled[i].file);
  }
  fclose(file);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}
