/* texts.c - texts that are read as addresses, hosts, services and interfaces, good and bad.
 * SPDX-License-Identifier: MIT
 *
 * In these a $ stands for the name of the loopback interface. */
#include "texts.h"

#include <string.h>

#include "tenon/interfaces.h"

static const char *const texts[] = {
    "127.0.0.1",
    "127.0.0.1:80",
    "::1",
    "[::1]",
    "[::1]:80",
    "::1:80",
    "fe80::1%1",
    "[fe80::1%1]:80",
    "fe80::1%$",
    "fe80::1%$:80",
    "::1%$",
    "::1%$:x]:80",
    "fe80::1%1:80",
    "fe80::1%99999",
    "fe80::1%",
    "fe80::1%none",
    "::ffff:127.0.0.1",
    "127.1",
    "0177.0.0.1",
    "0x7f.1",
    "127.0.0.1.",
    "127.0.0.1:65536",
    "127.0.0.1:-1",
    "127.0.0.1: 80",
    " 127.0.0.1",
    "1:2:3",
    "::",
    "0.0.0.0",
    "255.255.255.255",
    "256.0.0.1",
    "",
    ":",
    "[",
    "[]",
    "[::1",
    "::1]",
    "[::1]80",
    "[127.0.0.1]:80",
    "localhost",
    "LOCALHOST",
    "a.localhost",
    "nobody.invalid",
    "invalid",
    "1.2.3.4.5",
    "::1::",
    "12345::",
    "::1.2.3.4",
    "2001:db8::1",
    "unix:/x",
    "unix:",
    "$",
    "$:zzz",
    "$ ",
    "lo:zzz",
    "%1",
    "1",
    "0",
    "80",
    "http",
    "HTTP",
    "domain",
    "nosuchservice",
    "65535",
    "65536",
    "080",
    "+80",
    " 80",
    "80 ",
    "-1",
    "0x50",
    "4294967376",
};
enum { TEXTS = sizeof texts / sizeof *texts };

int texts_count(void) {
  return TEXTS;
}

const char *texts_source(int number) {
  return texts[number];
}

/* The interface that leads back to this host. */
static const char *loopback_name(void) {
  static tenon_interface list[64];
  static const char *name;
  if (name) return name;
  name = "lo";
  int count = tenon_interfaces(list, 64);
  for (int i = 0; i < count && i < 64; i++)
    if (list[i].flags & TENON_INTERFACE_LOOPBACK) return name = list[i].name;
  return name;
}

const char *texts_get(int number) {
  static char made[4][TENON_INTERFACE_NAME + 64];
  static int turn;
  char *to = made[turn = (turn + 1) % 4];
  const char *from = texts[number], *mark = strchr(from, '$');
  if (!mark) return from;
  memcpy(to, from, (size_t)(mark - from));
  to[mark - from] = '\0';
  strncat(to, loopback_name(), TENON_INTERFACE_NAME - 1);
  return strcat(to, mark + 1);
}
