/* client.c - a TCP client, step by step: find the server, connect, send, receive until the end, close.
 * SPDX-License-Identifier: MIT
 *
 * Try it with the server beside it:   server 4000   and, in another window,   client localhost 4000 "hello"
 * The same source is a Linux and a Windows program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checksum.h"
#include "tenon.h"

#define LIMIT_MS 5000    /* how long any one call may take */
#define BLOCK_SIZE 4096  /* sent at a time; small enough for the server to send it back before it reads on */
#define MAX_ADDRESSES 16 /* more than any host has */
#define MAX_BYTES (1 << 30)

static const char usage[] =
    "usage: client HOST SERVICE TEXT\n"
    "       client --bytes=N HOST SERVICE\n"
    "Connects to HOST (a name or an address) at SERVICE (a name or a port number), sends TEXT, or N bytes of a\n"
    "pattern, and prints what comes back, or how much of it.\n"
    "Exit status: 0 if all went well, 1 if a call failed, 2 if the arguments make no sense.\n";

static int fail(const char *what, intptr_t code) {
  fprintf(stderr, "client: %s: %s (%s)\n", what, tenon_strerror(code), tenon_errname(code));
  return 1;
}

/* Steps 1 to 3. A host can have several addresses, of both families, and not all of them need work: try them in
 * order. */
static tenon_sock connect_to(const char *host, const char *service) {
  /* 1. Learn the addresses of the host and the port of the service. */
  tenon_addr addresses[MAX_ADDRESSES];
  int found = tenon_resolve(host, service, NULL, addresses, MAX_ADDRESSES, LIMIT_MS);
  if (found < 0) {
    fail("resolve", found);
    return TENON_NO_SOCK;
  }

  for (int i = 0; i < found && i < MAX_ADDRESSES; i++) {
    char text[TENON_ADDR_TEXT];
    tenon_addr_format(&addresses[i], text, sizeof text);

    /* 2. Make a socket of the address's family. */
    tenon_sock s = tenon_socket(addresses[i].family, TENON_SOCK_STREAM, 0);
    if (s < 0) {
      fail("socket", s);
      continue;
    }
    /* 3. Connect it. If that fails, the socket is of no more use. */
    int connected = tenon_connect(s, &addresses[i], LIMIT_MS);
    if (connected == 0) {
      printf("connected to %s\n", text);
      return s;
    }
    fail(text, connected);
    tenon_close(s);
  }
  return TENON_NO_SOCK;
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

/* Receiving returns whatever has arrived, which may be less than what was asked for. So it is done again and again
 * until there is enough, or the other end has no more. */
static ptrdiff_t receive_back(tenon_sock s, size_t expected, tally *received, FILE *output) {
  char data[BLOCK_SIZE];
  size_t done = 0;
  while (done < expected) {
    ptrdiff_t n = tenon_recv(s, data, expected - done < sizeof data ? expected - done : sizeof data, LIMIT_MS);
    if (n <= 0) return n;
    count(received, data, (size_t)n);
    if (output) fwrite(data, 1, (size_t)n, output);
    done += (size_t)n;
  }
  return (ptrdiff_t)done;
}

/* Steps 4 and 5 for the text, or, without one, for that many bytes of a pattern. */
static int talk(tenon_sock s, const char *text, long bytes) {
  tally sent = {0, CHECKSUM_START}, received = {0, CHECKSUM_START};
  char pattern[BLOCK_SIZE];
  for (size_t i = 0; i < sizeof pattern; i++) pattern[i] = (char)(i * 7 + i / 256);

  while (sent.bytes < bytes) {
    long left = bytes - sent.bytes;
    size_t size = left < BLOCK_SIZE ? (size_t)left : BLOCK_SIZE;
    const char *block = text ? text + sent.bytes : pattern;

    /* 4. Send. All of the block is on its way when this returns. */
    ptrdiff_t n = tenon_send(s, block, size, LIMIT_MS);
    if (n < 0) return fail("send", n);
    count(&sent, block, size);

    /* 5. Receive: this server sends everything back. */
    n = receive_back(s, size, &received, text ? stdout : NULL);
    if (n < 0) return fail("recv", n);
    if (n == 0) break;
  }

  /* Say that nothing more will come, and receive until the server has nothing more either. */
  int ended = tenon_shutdown(s, TENON_SHUT_WR);
  if (ended < 0) return fail("shutdown", ended);
  ptrdiff_t rest = receive_back(s, BLOCK_SIZE, &received, text ? stdout : NULL);
  if (rest < 0) return fail("recv", rest);

  if (text) printf("\n");
  printf("sent %ld bytes, checksum %08lx\n", sent.bytes, (unsigned long)sent.checksum);
  printf("received %ld bytes, checksum %08lx\n", received.bytes, (unsigned long)received.checksum);
  return 0;
}

typedef struct options {
  const char *host, *service, *text;
  long bytes; /* of the text, or of the pattern if that is NULL */
} options;

/* 0 if the arguments make sense. */
static int read_options(int argc, char **argv, options *o) {
  int has_bytes = argc > 1 && strncmp(argv[1], "--bytes=", 8) == 0;
  if (argc != 4 || (!has_bytes && strncmp(argv[1], "--", 2) == 0)) return -1;
  if (has_bytes) {
    char *end;
    o->bytes = strtol(argv[1] + 8, &end, 10);
    if (argv[1][8] == '\0' || *end != '\0' || o->bytes < 0 || o->bytes > MAX_BYTES) return -1;
  } else {
    o->text = argv[3];
    o->bytes = (long)strlen(o->text);
  }
  o->host = argv[has_bytes ? 2 : 1];
  o->service = argv[has_bytes ? 3 : 2];
  return 0;
}

int main(int argc, char **argv) {
  options o = {NULL, NULL, NULL, 0};
  if (argc == 2 && strcmp(argv[1], "--help") == 0) return fputs(usage, stdout) < 0;
  if (read_options(argc, argv, &o) != 0) {
    fputs(usage, stderr);
    return 2;
  }
  tenon_sock s = connect_to(o.host, o.service);
  if (s < 0) return 1;
  int status = talk(s, o.text, o.bytes);

  /* 6. Close. */
  tenon_close(s);
  return status;
}
