/* file.c - transcript: sending files.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "support.h"
#include "tenon/file.h"
#include "transcript.h"

static void send_parts(FILE *file) {
  tenon_sock s[2] = {TENON_NO_SOCK, TENON_NO_SOCK};
  char data[16] = "";
  net_pair(s);
  COUNT("file.limit", "D089", (ptrdiff_t)tenon_sendfile(s[0], file, 0, 10, LIMIT));
  COUNT("file.limit.recv", "D089", tenon_recv_all(s[1], data, 10, LIMIT));
  TEXT("file.limit.recv.bytes", "D089", bytes_of(data, 10));
  COUNT("file.forever.part", "D089", (ptrdiff_t)tenon_sendfile(s[0], file, 2, 3, TENON_FOREVER));
  COUNT("file.at_once", "D089", (ptrdiff_t)tenon_sendfile(s[0], file, 5, 2, 0));
  COUNT("file.part.recv", "D089", tenon_recv_all(s[1], data, 5, LIMIT));
  TEXT("file.part.recv.bytes", "D089", bytes_of(data, 5));
  COUNT("file.shorter_than_asked", "D089", (ptrdiff_t)tenon_sendfile(s[0], file, 8, INT64_MAX, LIMIT));
  COUNT("file.at_its_end", "D089", (ptrdiff_t)tenon_sendfile(s[0], file, 10, 1, LIMIT));
  COUNT("file.beyond_its_end", "D089", (ptrdiff_t)tenon_sendfile(s[0], file, INT64_MAX, INT64_MAX, LIMIT));
  COUNT("file.no_bytes", "D089", (ptrdiff_t)tenon_sendfile(s[0], file, 0, 0, LIMIT));
  COUNT("file.offset.negative", "D089", (ptrdiff_t)tenon_sendfile(s[0], file, -1, 1, LIMIT));
  COUNT("file.count.negative", "D089", (ptrdiff_t)tenon_sendfile(s[0], file, 0, -1, LIMIT));
  COUNT("file.limit.negative", "D089", (ptrdiff_t)tenon_sendfile(s[0], file, 0, 1, -2));
  COUNT("file.null", "D089", (ptrdiff_t)tenon_sendfile(s[0], NULL, 0, 1, LIMIT));
  COUNT("file.position", "D089", (ptrdiff_t)ftell(file));
  tenon_shutdown(s[0], TENON_SHUT_WR);
  COUNT("file.shutdown.limit", "D027", (ptrdiff_t)tenon_sendfile(s[0], file, 0, 1, LIMIT));
  COUNT("file.shutdown.forever", "D027", (ptrdiff_t)tenon_sendfile(s[0], file, 0, 1, TENON_FOREVER));
  net_close2(s[0], s[1]);
  COUNT("file.closed", "D089", (ptrdiff_t)tenon_sendfile(s[0], file, 0, 1, LIMIT));
}

static void send_badly(FILE *file) {
  tenon_sock unconnected = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_sock datagrams = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0), no_socket = support_open_file();
  COUNT("file.unconnected.limit", "D089", (ptrdiff_t)tenon_sendfile(unconnected, file, 0, 1, LIMIT));
  COUNT("file.unconnected.forever", "D089", (ptrdiff_t)tenon_sendfile(unconnected, file, 0, 1, TENON_FOREVER));
  COUNT("file.datagrams", "D089", (ptrdiff_t)tenon_sendfile(datagrams, file, 0, 1, LIMIT));
  COUNT("file.no_socket", "D089", (ptrdiff_t)tenon_sendfile(no_socket, file, 0, 1, LIMIT));
  COUNT("file.no_handle", "D089", (ptrdiff_t)tenon_sendfile(TENON_NO_SOCK, file, 0, 1, LIMIT));
  support_close_file(no_socket);
  net_close2(unconnected, datagrams);
}

static void send_too_much(FILE *file) {
  static char zeros[1 << 20];
  tenon_sock s[2] = {TENON_NO_SOCK, TENON_NO_SOCK};
  net_pair(s);
  support_set_small_buffers(s[0]);
  support_set_small_buffers(s[1]);
  for (int i = 0; i < 4; i++) fwrite(zeros, 1, sizeof zeros, file);
  fflush(file);
  TIMED("file.no_room.limit", "D089", tenon_sendfile(s[0], file, 0, INT64_MAX, SHORT));
  COUNT("file.no_room.at_once", "D089", (ptrdiff_t)tenon_sendfile(s[0], file, 0, INT64_MAX, 0));
  tenon_close(s[1]);
  COUNT("file.peer_gone", "D089", (ptrdiff_t)tenon_sendfile(s[0], file, 0, INT64_MAX, LIMIT));
  tenon_close(s[0]);
}

void topic_file(void) {
  FILE *file = tmpfile();
  FACT("file.opened", "", file != NULL);
  if (!file) return;
  fputs("0123456789", file);
  fflush(file);
  rewind(file);
  int64_t modified = -1;
  COUNT("file.size", "D089", (ptrdiff_t)tenon_file_size(file, &modified));
  FACT("file.size.modified", "D089", modified > 0);
  COUNT("file.size.null", "D089", (ptrdiff_t)tenon_file_size(NULL, NULL));
  send_parts(file);
  send_badly(file);
  send_too_much(file);
  fclose(file);
}
