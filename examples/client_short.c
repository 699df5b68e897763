/* client_short.c - the TCP client of client.c with the calls that do more at once: connect by name, receive all.
 * SPDX-License-Identifier: MIT
 *
 * Try it with the server beside it:   server_short 4000   and, in another window,   client_short localhost 4000 "hello"
 * The same source is a Linux and a Windows program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checksum.h"
#include "tenon.h"

#define LIMIT_MS 5000   /* how long any one call may take */
#define BLOCK_SIZE 4096 /* sent at a time; small enough for the server to send it back before it reads on */
#define MAX_BYTES (1 << 30)

static const char usage[] =
    "usage: client_short HOST SERVICE TEXT\n"
    "       client_short --bytes=N HOST SERVICE\n"
    "Connects to HOST (a name or an address) at SERVICE (a name or a port number), sends TEXT, or N bytes of a\n"
    "pattern, and prints what comes back, or how much of it.\n"
    "Exit status: 0 if all went well, 1 if a call failed, 2 if the arguments make no sense.\n";

static int fail(const char *what, intptr_t code) {
  fprintf(stderr, "client_short: %s: %s (%s)\n", what, tenon_strerror(code), tenon_errname(code));
  return 1;
}

/* What one end of the connection has seen go one way. */
typedef struct tally {
  long bytes;
  uint32_t checksum;
} tally;

static void count(tally *t, const void *data, size_t size) {
  t->bytes += (long)size;
  t->checksum = checksum_add(t->checksum, data, size);
}

static void show(const char *what, const tally *t) {
  printf("%s %ld bytes, checksum %08lx\n", what, t->bytes, (unsigned long)t->checksum);
}

/* Sends the text, or, without one, that many bytes of a pattern, and receives as much: this server sends everything
 * back. There is less only if it ended before. */
static int talk(tenon_sock s, const char *text, long bytes) {
  tally sent = {0, CHECKSUM_START}, received = {0, CHECKSUM_START};
  char pattern[BLOCK_SIZE], data[BLOCK_SIZE];
  for (size_t i = 0; i < sizeof pattern; i++) pattern[i] = (char)(i * 7 + i / 256);

  while (sent.bytes < bytes) {
    long left = bytes - sent.bytes;
    size_t size = left < BLOCK_SIZE ? (size_t)left : BLOCK_SIZE;
    const char *block = text ? text + sent.bytes : pattern;
    ptrdiff_t n = tenon_send(s, block, size, LIMIT_MS);
    if (n < 0) return fail("send", n);
    count(&sent, block, size);

    n = tenon_recv_all(s, data, size, LIMIT_MS);
    if (n < 0) return fail("recv", n);
    count(&received, data, (size_t)n);
    if (text) fwrite(data, 1, (size_t)n, stdout);
    if ((size_t)n < size) break;
  }
  if (text) printf("\n");
  show("sent", &sent);
  show("received", &received);
  return 0;
}

/* Connects and talks. The end is graceful: 0 tells that the server has taken everything and has nothing more to say. */
static int run(const char *host, const char *service, const char *text, long bytes) {
  tenon_sock s = tenon_tcp_connect(host, service, LIMIT_MS);
  if (s < 0) return fail(host, s);
  tenon_addr peer;
  char name[TENON_ADDR_TEXT] = "";
  if (tenon_getpeername(s, &peer) == 0) tenon_addr_format(&peer, name, sizeof name);
  printf("connected to %s\n", name);

  int status = talk(s, text, bytes);
  int closed = tenon_close_gracefully(s, LIMIT_MS);
  return status == 0 && closed < 0 ? fail("close", closed) : status;
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--help") == 0) return fputs(usage, stdout) < 0;
  if (argc == 4 && strncmp(argv[1], "--bytes=", 8) == 0) {
    char *end;
    long bytes = strtol(argv[1] + 8, &end, 10);
    if (argv[1][8] != '\0' && *end == '\0' && bytes >= 0 && bytes <= MAX_BYTES)
      return run(argv[2], argv[3], NULL, bytes);
  } else if (argc == 4 && strncmp(argv[1], "--", 2) != 0) {
    return run(argv[1], argv[2], argv[3], (long)strlen(argv[3]));
  }
  fputs(usage, stderr);
  return 2;
}
