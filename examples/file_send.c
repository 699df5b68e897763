/* file_send.c - sends a file, of any size, to file_receive.c.
 * SPDX-License-Identifier: MIT
 *
 * Try it with the receiver beside it:   file_receive 4000   and, in another window,   file_send localhost 4000 FILE
 * The same source is a Linux and a Windows program. */
#include <stdio.h>
#include <string.h>

#include "checksum.h"
#include "tenon.h"
#include "tenon/file.h"

#define CONNECT_MS 5000 /* how long connecting may take */
#define PART_MS 60000   /* ... and each part, which has to arrive nearly all */
#define PART_SIZE 100000000

static const char usage[] =
    "usage: file_send HOST SERVICE FILE\n"
    "Connects to HOST (a name or an address) at SERVICE (a name or a port number), sends FILE and ends. What it "
    "prints\n"
    "is to be the same as the receiver prints.\n"
    "Exit status: 0 if all went well, 1 if a call failed, 2 if the arguments make no sense.\n";

static int fail(const char *what, intptr_t code) {
  fprintf(stderr, "file_send: %s: %s (%s)\n", what, tenon_strerror(code), tenon_errname(code));
  return 1;
}

/* Part by part, so that one limit fits files of all sizes. There is less than a part only at the end of the file. Its
 * position is not looked at. */
static int64_t send_parts(tenon_sock s, FILE *file) {
  int64_t sent, total = 0;
  do {
    sent = tenon_sendfile(s, file, total, PART_SIZE, PART_MS);
    if (sent < 0) return sent;
    total += sent;
  } while (sent == PART_SIZE);
  return total;
}

static uint32_t checksum_of(FILE *file) {
  static char data[65536];
  uint32_t checksum = CHECKSUM_START;
  size_t size;
  while ((size = fread(data, 1, sizeof data, file)) > 0) checksum = checksum_add(checksum, data, size);
  return checksum;
}

static int run(const char *host, const char *service, FILE *file) {
  tenon_sock s = tenon_tcp_connect(host, service, CONNECT_MS);
  if (s < 0) return fail(host, s);
  int64_t total = send_parts(s, file);
  int closed = tenon_close_gracefully(s, PART_MS); /* 0: the receiver has all of it */
  if (total < 0) return fail("send", (intptr_t)total);
  if (closed < 0) return fail("close", closed);
  printf("%lld bytes, checksum %08lx\n", (long long)total, (unsigned long)checksum_of(file));
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--help") == 0) return fputs(usage, stdout) < 0;
  if (argc != 4) {
    fputs(usage, stderr);
    return 2;
  }
  FILE *file;
  int opened = tenon_file_open(&file, argv[3]);
  if (opened < 0) return fail(argv[3], opened);
  int status = run(argv[1], argv[2], file);
  fclose(file);
  return status;
}
