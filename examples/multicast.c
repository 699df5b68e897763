/* multicast.c - talks in a group, step by step: make a socket, share the port, bind, join, send, receive, leave.
 * SPDX-License-Identifier: MIT
 *
 * A multicast group is an address that nobody has and that everybody may join: what is sent to it, all members receive,
 * the sender too if it is one. Over IPv4 these are 224.0.0.0 to 239.255.255.255, of which those that begin with 239 are
 * free for use in a network; over IPv6 they begin with ff, and ff12::1234 is such one for the own network.
 *
 * Try it in two windows, or on two hosts:   multicast 239.255.0.1 4000 "hello"   or   multicast ff12::1234 4000 "hello"
 * Ctrl-C ends it. The same source is a Linux and a Windows program. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tenon.h"
#include "tenon/multicast.h"
#include "tenon/option.h"

#define LIMIT_MS 5000  /* how long the system may take for what it does by itself */
#define GLANCE_MS 200  /* how long it takes to notice Ctrl-C */
#define MAX_SIZE 65535 /* no datagram is larger */

static const char usage[] =
    "usage: multicast [--count=N] [--interface=N] GROUP PORT [TEXT]\n"
    "Joins GROUP (an IPv4 or IPv6 multicast address) at PORT (a number; 0 lets the system choose one), sends TEXT to "
    "it\n"
    "and prints what is sent to the group.\n"
    "  --count=N      ends after N datagrams instead of at Ctrl-C\n"
    "  --interface=N  joins and sends at the network interface with this index, 1 mostly being this host alone\n"
    "Exit status: 0 if all went well, 1 if a call failed, 2 if the arguments make no sense.\n";

static volatile sig_atomic_t is_over;

static void on_interrupt(int number) {
  (void)number;
  is_over = 1;
}

static int fail(const char *what, intptr_t code) {
  fprintf(stderr, "multicast: %s: %s (%s)\n", what, tenon_strerror(code), tenon_errname(code));
  return 1;
}

typedef struct options {
  tenon_addr group;
  const char *text;    /* or NULL */
  long count;          /* -1: no limit */
  int interface_index; /* 0: the system chooses */
} options;

/* Steps 2 to 5: 0, or the reason why not. */
static int enter(tenon_sock s, options *o) {
  /* 2. Share the port: others on this host may want to hear the group as well. */
  int result = tenon_setsockopt(s, TENON_OPT_SHARE, 1);
  if (result < 0) return result;

  /* 3. Bind to the port, at all addresses: the group is none of ours. */
  tenon_addr local = tenon_addr_any(o->group.family, o->group.port);
  result = tenon_bind(s, &local);
  if (result == 0) result = tenon_getsockname(s, &local);
  if (result < 0) return result;
  o->group.port = local.port;

  /* 4. Join. From now on the network brings us what is sent to the group. */
  result = tenon_multicast_join(s, &o->group, NULL, o->interface_index);
  if (result < 0) return result;

  /* 5. Say through which interface we send. How far it goes is TENON_OPT_MULTICAST_TTL: no further than this network,
   * unless we say more. */
  return tenon_setsockopt(s, TENON_OPT_MULTICAST_IF, o->interface_index);
}

/* Step 7: prints what comes. */
static int hear(tenon_sock s, long count) {
  static char data[MAX_SIZE];
  while (!is_over && count != 0) {
    tenon_addr sender;
    ptrdiff_t size = tenon_recvfrom(s, data, sizeof data, &sender, GLANCE_MS);
    if (size == TENON_ETIMEDOUT) continue;
    if (size < 0) return fail("recvfrom", size);

    char text[TENON_ADDR_TEXT];
    tenon_addr_format(&sender, text, sizeof text);
    printf("%s: %.*s\n", text, (int)size, data);
    fflush(stdout); /* for whoever watches, at once even if that is a file or another program */
    if (count > 0) count--;
  }
  return 0;
}

static int take_part(tenon_sock s, options *o) {
  int result = enter(s, o);
  if (result < 0) return fail("join", result);

  char text[TENON_ADDR_TEXT];
  tenon_addr_format(&o->group, text, sizeof text);
  printf("in %s\n", text);
  fflush(stdout);

  /* 6. Send, as to anybody. */
  ptrdiff_t sent = o->text ? tenon_sendto(s, o->text, strlen(o->text), &o->group, LIMIT_MS) : 0;
  if (sent < 0) return fail("sendto", sent);

  int status = hear(s, o->count);

  /* 8. Leave. Closing the socket would do that too. */
  result = tenon_multicast_leave(s, &o->group, NULL, o->interface_index);
  return result < 0 ? fail("leave", result) : status;
}

/* 1 if the whole text is a number from lowest up to highest. */
static int read_number(const char *text, long lowest, long highest, long *number) {
  char *end;
  *number = strtol(text, &end, 10);
  return end != text && *end == '\0' && *number >= lowest && *number <= highest;
}

/* 0 if the arguments make sense. */
static int read_options(int argc, char **argv, options *o) {
  int next = 1;
  long number;
  for (; next < argc && strncmp(argv[next], "--", 2) == 0; next++) {
    if (strncmp(argv[next], "--count=", 8) == 0) {
      if (!read_number(argv[next] + 8, 1, 1000000, &o->count)) return -1;
    } else if (strncmp(argv[next], "--interface=", 12) == 0) {
      if (!read_number(argv[next] + 12, 0, 1000000000, &number)) return -1;
      o->interface_index = (int)number;
    } else {
      return -1;
    }
  }
  if (argc - next < 2 || argc - next > 3 || tenon_addr_parse(&o->group, argv[next]) < 0) return -1;
  if (!read_number(argv[next + 1], 0, 65535, &number)) return -1;
  o->group.port = (uint16_t)number;
  o->text = argv[next + 2]; /* NULL if there is none: it is the end of the arguments */
  return 0;
}

int main(int argc, char **argv) {
  options o = {.count = -1};
  if (argc == 2 && strcmp(argv[1], "--help") == 0) return fputs(usage, stdout) < 0;
  if (read_options(argc, argv, &o) != 0) {
    fputs(usage, stderr);
    return 2;
  }
  signal(SIGINT, on_interrupt);

  /* 1. Make a socket for datagrams, of the group's family. */
  tenon_sock s = tenon_socket(o.group.family, TENON_SOCK_DGRAM, 0);
  if (s < 0) return fail("socket", s);
  int status = take_part(s, &o);

  /* 9. Close. */
  tenon_close(s);
  if (is_over) printf("interrupted\n");
  return status;
}
