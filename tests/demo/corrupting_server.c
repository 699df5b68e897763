/* corrupting_server.c - a server that flips one bit of what it echoes: tools/demo --self-check has to notice.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../examples/checksum.h"
#include "tenon/server.h"

/* Longer than any exchange of the demo, and yet an end. */
enum { TIMEOUT_MS = 60000 };

static tenon_waker stop;
static int is_for_one;

static int fail(const char *what, intptr_t code) {
  fprintf(stderr, "server: %s: %s (%s)\n", what, tenon_strerror(code), tenon_errname(code));
  return EXIT_FAILURE;
}

static const char *text_of(const tenon_addr *addr, char text[TENON_ADDR_TEXT]) {
  return tenon_addr_format(addr, text, TENON_ADDR_TEXT) < 0 ? "?" : text;
}

/* Echoes everything but the first byte as it came. */
static void serve(tenon_sock client, const tenon_addr *peer, void *context) {
  unsigned char block[4096];
  char name[TENON_ADDR_TEXT];
  uint32_t sum = CHECKSUM_START;
  unsigned long long total = 0;
  ptrdiff_t count;
  (void)context;
  while ((count = tenon_recv(client, block, sizeof block, TIMEOUT_MS)) > 0) {
    sum = checksum_add(sum, block, (size_t)count);
    if (total == 0) block[0] ^= 1;
    total += (unsigned long long)count;
    count = tenon_send(client, block, (size_t)count, TIMEOUT_MS);
    if (count < 0) break;
  }
  if (count < 0) fail("exchange", count);
  printf("client %s: %llu bytes, checksum %08lx\n", text_of(peer, name), total, (unsigned long)sum);
  fflush(stdout);
  if (is_for_one) tenon_waker_wake(&stop);
}

/* The demo reads the port from this line. */
static void announce(const tenon_addr *at, void *context) {
  char text[TENON_ADDR_TEXT];
  (void)context;
  printf("listening on %s\n", text_of(at, text));
  fflush(stdout);
}

static int read_model(const char *option) {
  static const char *const options[] = {"--model=iterative", "--model=threads", "--model=processes", "--model=hybrid"};
  int model = 3;
  while (model >= 0 && strcmp(option, options[model]) != 0) model--;
  return model;
}

int main(int argc, char **argv) {
  tenon_server server = {.service = "0", .handler = serve, .started = announce, .stop = &stop};
  if (argc == 3) server.model = read_model(argv[1]);
  is_for_one = argc == 3 && strcmp(argv[1], "--clients=1") == 0;
  if (is_for_one) server.model = TENON_SERVE_ITERATIVE;
  if (argc != 3 || server.model < 0 || strcmp(argv[2], "0") != 0) {
    fputs("usage: corrupting_server --clients=1 | --model=MODEL 0\n", stderr);
    return EXIT_FAILURE;
  }
  int result = tenon_waker_open(&stop);
  if (result < 0) return fail("waker", result);
  tenon_waker_on_interrupt(&stop);
  result = tenon_serve(&server);
  return result < 0 ? fail("serve", result) : EXIT_SUCCESS;
}
