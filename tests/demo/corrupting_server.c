/* corrupting_server.c - a server that flips one bit of what it echoes: tools/demo --self-check has to notice.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../examples/checksum.h"
#include "tenon.h"

/* Longer than any exchange of the demo, and yet an end. */
enum { TIMEOUT_MS = 60000 };

static int fail(const char *what, intptr_t code) {
  fprintf(stderr, "server: %s: %s (%s)\n", what, tenon_strerror(code), tenon_errname(code));
  return EXIT_FAILURE;
}

static const char *text_of(const tenon_addr *addr, char text[TENON_ADDR_TEXT]) {
  return tenon_addr_format(addr, text, TENON_ADDR_TEXT) < 0 ? "?" : text;
}

/* Echoes everything but the first byte as it came. */
static int serve(tenon_sock client, const char *name) {
  static unsigned char block[65536];
  uint32_t sum = CHECKSUM_START;
  unsigned long long total = 0;
  ptrdiff_t count;
  while ((count = tenon_recv(client, block, sizeof block, TIMEOUT_MS)) > 0) {
    sum = checksum_add(sum, block, (size_t)count);
    if (total == 0) block[0] ^= 1;
    total += (unsigned long long)count;
    ptrdiff_t sent = tenon_send(client, block, (size_t)count, TIMEOUT_MS);
    if (sent < 0) return fail("send", sent);
  }
  if (count < 0) return fail("recv", count);
  printf("client %s: %llu bytes, checksum %08lx\n", name, total, (unsigned long)sum);
  return EXIT_SUCCESS;
}

static int accept_one(tenon_sock listener) {
  tenon_addr peer;
  char name[TENON_ADDR_TEXT];
  tenon_sock client = tenon_accept(listener, &peer, TIMEOUT_MS);
  if (client < 0) return fail("accept", client);
  text_of(&peer, name);
  printf("client %s connected\n", name);
  int status = serve(client, name);
  tenon_close(client);
  return status;
}

/* On all addresses of this host, at a port that the system chooses. */
static tenon_sock listen_anywhere(void) {
  int family = tenon_supports(TENON_SUPPORTS_IPV6) ? TENON_AF_INET6 : TENON_AF_INET;
  tenon_addr local = tenon_addr_any(family, 0);
  tenon_sock listener = tenon_socket(family, TENON_SOCK_STREAM, 0);
  if (listener < 0) return listener;
  int result = tenon_bind(listener, &local);
  if (result == 0) result = tenon_listen(listener, 1);
  if (result == 0) return listener;
  tenon_close(listener);
  return result;
}

/* The demo reads the port from this line. */
static int announce(tenon_sock listener) {
  tenon_addr local;
  char text[TENON_ADDR_TEXT];
  int result = tenon_getsockname(listener, &local);
  if (result < 0) return fail("getsockname", result);
  printf("listening on %s\n", text_of(&local, text));
  fflush(stdout);
  return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
  if (argc != 3 || strcmp(argv[1], "--clients=1") != 0 || strcmp(argv[2], "0") != 0) {
    fputs("usage: corrupting_server --clients=1 0\n", stderr);
    return EXIT_FAILURE;
  }
  tenon_sock listener = listen_anywhere();
  if (listener < 0) return fail("listen", listener);
  int status = announce(listener);
  if (status == EXIT_SUCCESS) status = accept_one(listener);
  tenon_close(listener);
  return status;
}
