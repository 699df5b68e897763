/* showip.c - all addresses of a name.
 * SPDX-License-Identifier: MIT
 *
 * Try it:   showip localhost   The same source is a Linux and a Windows program. */
#include <stdio.h>
#include <string.h>

#include "tenon.h"

#define LIMIT_MS 10000
#define MAX_ADDRESSES 64

static const char usage[] =
    "usage: showip HOST\n"
    "Prints the canonical name and all addresses of HOST, IPv4 and IPv6, in the order in which to try them.\n"
    "Exit status: 0 if there are any, 1 if not, 2 if the arguments make no sense.\n";

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--help") == 0) return fputs(usage, stdout) < 0;
  if (argc != 2) {
    fputs(usage, stderr);
    return 2;
  }

  tenon_addr addresses[MAX_ADDRESSES];
  int found = tenon_resolve(argv[1], NULL, NULL, addresses, MAX_ADDRESSES, LIMIT_MS);
  if (found < 0) {
    fprintf(stderr, "showip: %s: %s (%s)\n", argv[1], tenon_strerror(found), tenon_errname(found));
    return 1;
  }

  char name[256];
  int length = tenon_canonname(argv[1], name, sizeof name, LIMIT_MS);
  printf("%s\n", length > 0 ? name : argv[1]);
  for (int i = 0; i < found && i < MAX_ADDRESSES; i++) {
    char text[TENON_ADDR_TEXT];
    tenon_addr_format(&addresses[i], text, sizeof text);
    printf("  %s  %s\n", addresses[i].family == TENON_AF_INET6 ? "IPv6" : "IPv4", text);
  }
  if (found > MAX_ADDRESSES) printf("  ... and %d more\n", found - MAX_ADDRESSES);
  return 0;
}
