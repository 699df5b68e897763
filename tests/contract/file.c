/* file.c - transcript: opening files, and sending them.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "support.h"
#include "tenon/file.h"
#include "transcript.h"

static void open_well(void) {
  static const char name[] = "tenon-größe-日本.bin";
  char data[16] = "";
  FILE *file = support_create_file(name), *again;
  if (file) fputs("12\r\n5\0326", file), fclose(file);
  SHOW("file.open", "", tenon_file_open(&file, name));
  COUNT("file.open.size", "", (ptrdiff_t)tenon_file_size(file, NULL));
  FACT("file.open.inherited_by_children", "D010", file && support_inheritable(support_file_handle(file)));
  SHOW("file.open.again", "", tenon_file_open(&again, name));
  SHOW("file.open.removed", "", support_remove_file(name));
  COUNT("file.open.removed.read", "", file ? (ptrdiff_t)fread(data, 1, sizeof data, file) : -1);
  FACT("file.open.removed.read.bytes", "", memcmp(data, "12\r\n5\0326", 7) == 0);
  if (again) fclose(again);
  if (file) fclose(file);
  SHOW("file.open.removed.closed", "", tenon_file_open(&file, name));
  FACT("file.open.removed.closed.null", "", file == NULL);
}

static void open_badly(void) {
  static char long_name[300], long_path[5000];
  FILE *file = support_create_file("tenon-in-between");
  if (file) fclose(file);
  memset(long_name, 'n', sizeof long_name - 1);
  for (size_t i = 0; i < sizeof long_path - 1; i++) long_path[i] = "./"[i % 2];
  SHOW("file.open.null", "", tenon_file_open(&file, NULL));
  SHOW("file.open.null_file", "", tenon_file_open(NULL, "tenon-in-between"));
  SHOW("file.open.nothing", "", tenon_file_open(&file, ""));
  SHOW("file.open.folder", "", tenon_file_open(&file, "."));
  SHOW("file.open.folder.slash", "", tenon_file_open(&file, "./"));
  SHOW("file.open.root", "", tenon_file_open(&file, "/"));
  SHOW("file.open.device", "", tenon_file_open(&file, support_odd_file(0)));
  SHOW("file.open.missing", "", tenon_file_open(&file, "tenon-none"));
  SHOW("file.open.missing_folder", "", tenon_file_open(&file, "tenon-none/file"));
  SHOW("file.open.file.slash", "", tenon_file_open(&file, "tenon-in-between/"));
  SHOW("file.open.below_a_file", "", tenon_file_open(&file, "tenon-in-between/file"));
  SHOW("file.open.no_utf_8", "", tenon_file_open(&file, "tenon-\303"));
  SHOW("file.open.long_name", "", tenon_file_open(&file, long_name));
  SHOW("file.open.long_path", "", tenon_file_open(&file, long_path));
  FACT("file.open.long_path.null", "", file == NULL);
  support_remove_file("tenon-in-between");
}

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
  open_well();
  open_badly();
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
