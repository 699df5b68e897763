/* file_receive.c - receives one file from file_send.c and tells its size and a checksum, but does not keep it.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "checksum.h"
#include "tenon.h"

#define WAIT_MS 60000 /* for the sender, and for each piece */

static const char usage[] =
    "usage: file_receive SERVICE\n"
    "Listens at SERVICE (a name or a port number, 0: any port that is free), receives from the first who connects and\n"
    "prints how much that was.\n"
    "Exit status: 0 if all went well, 1 if a call failed, 2 if the arguments make no sense.\n";

static int fail(const char *what, intptr_t code) {
  fprintf(stderr, "file_receive: %s: %s (%s)\n", what, tenon_strerror(code), tenon_errname(code));
  return 1;
}

static int receive(tenon_sock s) {
  static char data[65536];
  int64_t total = 0;
  uint32_t checksum = CHECKSUM_START;
  ptrdiff_t size;
  while ((size = tenon_recv(s, data, sizeof data, WAIT_MS)) > 0) {
    total += size;
    checksum = checksum_add(checksum, data, (size_t)size);
  }
  if (size < 0) return fail("recv", size);
  printf("%lld bytes, checksum %08lx\n", (long long)total, (unsigned long)checksum);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--help") == 0) return fputs(usage, stdout) < 0;
  if (argc != 2) {
    fputs(usage, stderr);
    return 2;
  }
  tenon_sock listener = tenon_tcp_listen(NULL, argv[1], -1);
  if (listener < 0) return fail(argv[1], listener);
  tenon_addr local;
  tenon_getsockname(listener, &local);
  printf("listening on port %d\n", local.port);
  fflush(stdout);

  tenon_sock s = tenon_accept(listener, NULL, WAIT_MS);
  tenon_close(listener);
  if (s < 0) return fail("accept", s);
  int status = receive(s);
  tenon_close(s);
  return status;
}
