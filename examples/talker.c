/* talker.c - sends a datagram and waits for the answer, step by step: find the address, make a socket, send, receive.
 * SPDX-License-Identifier: MIT
 *
 * Nothing tells whether a datagram arrived, except an answer. So there is a limit to the waiting for one, and who gets
 * none sends again, a few times.
 *
 * Try it with the listener beside it:   listener 4000   and, in another window,   talker localhost 4000 "hello"
 * The same source is a Linux and a Windows program. */
#include <stdio.h>
#include <string.h>

#include "tenon.h"

#define LIMIT_MS 5000    /* how long the system may take for what it does by itself */
#define ANSWER_MS 1000   /* how long an answer may take before we send again */
#define TRIES 3          /* for each address */
#define MAX_SIZE 65535   /* no datagram is larger */
#define MAX_ADDRESSES 16 /* more than any host has */

static const char usage[] =
    "usage: talker HOST SERVICE TEXT\n"
    "Sends TEXT in one datagram to HOST (a name or an address) at SERVICE (a name or a port number), and prints the "
    "one\n"
    "that comes back.\n"
    "Exit status: 0 if all went well, 1 if a call failed or nobody answered, 2 if the arguments make no sense.\n";

static int fail(const char *what, intptr_t code) {
  fprintf(stderr, "talker: %s: %s (%s)\n", what, tenon_strerror(code), tenon_errname(code));
  return 1;
}

/* Steps 4 and 5: the answer's size, or why there is none. */
static ptrdiff_t ask(tenon_sock s, const char *text, char *answer, size_t size) {
  ptrdiff_t n = TENON_ETIMEDOUT;
  for (int i = 0; i < TRIES && n == TENON_ETIMEDOUT; i++) {
    /* 4. Send. The socket is connected, so there is no need to say to whom. */
    n = tenon_sendto(s, text, strlen(text), NULL, LIMIT_MS);
    if (n < 0) return n;

    /* 5. Receive. It comes from the peer: a connected socket hears nobody else. */
    n = tenon_recvfrom(s, answer, size, NULL, ANSWER_MS);
  }
  return n;
}

/* Steps 2 to 6 for one address: the answer's size, or why there is none. */
static ptrdiff_t ask_at(const tenon_addr *address, const char *text, char *answer, size_t size) {
  /* 2. Make a socket for datagrams, of the address's family. */
  tenon_sock s = tenon_socket(address->family, TENON_SOCK_DGRAM, 0);
  if (s < 0) return s;

  /* 3. Connect it: for datagrams this sends nothing and only notes the peer. The system can then tell us if it learns
   * that nobody is there. */
  ptrdiff_t n = tenon_connect(s, address, LIMIT_MS);
  if (n == 0) n = ask(s, text, answer, size);

  /* 6. Close. */
  tenon_close(s);
  return n;
}

int main(int argc, char **argv) {
  static char answer[MAX_SIZE];
  if (argc == 2 && strcmp(argv[1], "--help") == 0) return fputs(usage, stdout) < 0;
  if (argc != 4 || strncmp(argv[1], "--", 2) == 0) {
    fputs(usage, stderr);
    return 2;
  }

  /* 1. Learn the addresses of the host and the port of the service. */
  tenon_hints hints = {TENON_AF_UNSPEC, TENON_SOCK_DGRAM, 0};
  tenon_addr addresses[MAX_ADDRESSES];
  int found = tenon_resolve(argv[1], argv[2], &hints, addresses, MAX_ADDRESSES, LIMIT_MS);
  if (found < 0) return fail("resolve", found);

  for (int i = 0; i < found && i < MAX_ADDRESSES; i++) {
    char text[TENON_ADDR_TEXT];
    tenon_addr_format(&addresses[i], text, sizeof text);
    ptrdiff_t size = ask_at(&addresses[i], argv[3], answer, sizeof answer);
    if (size >= 0) {
      printf("%s: %ld bytes: %.*s\n", text, (long)size, (int)size, answer);
      return 0;
    }
    fail(text, size);
  }
  return 1;
}
