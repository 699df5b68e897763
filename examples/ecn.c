/* ecn.c - a datagram travels with a mark of congestion (ECN, RFC 3168) on it, and the receiver reads the mark.
 * SPDX-License-Identifier: MIT
 *
 * A sender that slows down when it has to marks its packets "ECT(0)"; a router that is about to be overrun changes that
 * to "CE" instead of throwing the packet away; and the receiver tells the sender. Here both are this program, and as
 * there is no router between, every mark arrives as it was sent.
 *
 * Try it:   ecn   or, over IPv6,   ecn ::1
 * The same source is a Linux and a Windows program. */
#include <stdio.h>
#include <string.h>

#include "tenon.h"
#include "tenon/message.h"

#define LIMIT_MS 5000

static const char usage[] =
    "usage: ecn [ADDRESS]\n"
    "Sends datagrams with each mark of ECN to an ADDRESS of this host (127.0.0.1) and prints what arrives.\n"
    "Exit status: 0 if all marks arrived, 1 if one did not or a call failed, 2 if the arguments make no sense.\n";

static const char *const marks[] = {"Not-ECT", "ECT(1)", "ECT(0)", "CE"};

static int fail(const char *what, intptr_t code) {
  fprintf(stderr, "ecn: %s: %s (%s)\n", what, tenon_strerror(code), tenon_errname(code));
  return 1;
}

/* A datagram with this mark, and what is on it when it arrives, or the error. */
static int mark_after(tenon_sock s, const tenon_addr *at, int mark) {
  char data[64];
  const tenon_buffer text = {(void *)marks[mark], strlen(marks[mark])}, room = {data, sizeof data};

  /* 3. Send it. A message says by its fields what is to go beside the bytes; the mark is two bits of the class. */
  tenon_message out = {.buffers = &text, .count = 1};
  out.fields = TENON_MESSAGE_PEER | TENON_MESSAGE_CLASS;
  out.peer = *at;
  out.traffic_class = mark;
  ptrdiff_t n = tenon_sendmsg(s, &out, LIMIT_MS);
  if (n < 0) return (int)n;

  /* 4. Receive it. What came beside the bytes stands in the message; a field that is missing is not in fields. */
  tenon_message in = {.buffers = &room, .count = 1};
  n = tenon_recvmsg(s, &in, LIMIT_MS);
  if (n < 0) return (int)n;
  printf("sent %-7s  received %-7.*s", marks[mark], (int)n, data);
  if (!(in.fields & TENON_MESSAGE_CLASS)) return printf("  without its class\n"), TENON_ENOTSUP;
  printf("  marked %s, %d hops left\n", marks[in.traffic_class & 3], in.fields & TENON_MESSAGE_TTL ? in.ttl : 0);
  return in.traffic_class & 3;
}

static int exchange(tenon_sock s, tenon_addr at) {
  /* 1. Bind the socket, and learn its port. */
  int result = tenon_bind(s, &at);
  if (result == 0) result = tenon_getsockname(s, &at);
  if (result < 0) return fail("bind", result);

  /* 2. Ask for what received messages are to tell. */
  result = tenon_message_ask(s, TENON_MESSAGE_CLASS | TENON_MESSAGE_TTL);
  if (result < 0) return fail("ask", result);

  for (int mark = 0; mark < 4; mark++) {
    int arrived = mark_after(s, &at, mark);
    if (arrived < 0) return fail("exchange", arrived);
    if (arrived != mark) return 1;
  }
  return 0;
}

int main(int argc, char **argv) {
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 0);
  if (argc == 2 && strcmp(argv[1], "--help") == 0) return fputs(usage, stdout) < 0;
  if (argc > 2 || (argc == 2 && tenon_addr_parse(&at, argv[1]) < 0)) {
    fputs(usage, stderr);
    return 2;
  }
  tenon_sock s = tenon_socket(at.family, TENON_SOCK_DGRAM, 0);
  if (s < 0) return fail("socket", s);
  int status = exchange(s, at);
  tenon_close(s);
  return status;
}
