/* resolve_test.c - hosts: what Tenon knows by itself, what it refuses, and how it fills the caller's list.
 * SPDX-License-Identifier: MIT
 *
 * Nothing here may ask a name server, whatever the timeout is.
 */
#include <limits.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "tenon.h"

enum { ROOM = 8, LONG_NAME = 10000 };

static const char *describe(const tenon_addr *list, int result) {
  static char text[ROOM * (TENON_ADDR_TEXT + 1)];
  char *end = text;
  if (result < 0) return tenon_errname(result);
  if (result > ROOM) return "too many";
  for (int i = 0; i < result; i++) {
    if (i > 0) *end++ = ' ';
    int length = tenon_addr_format(&list[i], end, TENON_ADDR_TEXT);
    if (length < 0) return "an address without a text";
    end += length;
  }
  *end = '\0';
  return text;
}

/* The addresses as text, "[::1]:80 127.0.0.1:80", or the name of the error. */
static const char *find(const char *host, int family, int flags, int timeout_ms) {
  tenon_hints hints = {family, 0, flags};
  tenon_addr list[ROOM];
  return describe(list, tenon_resolve(host, "80", &hints, list, ROOM, timeout_ms));
}

#define CHECK_FINDS(host, family, flags, text)              \
  CHECK_STR(find(host, family, flags, 0), text);            \
  CHECK_STR(find(host, family, flags, NET_LIMIT_MS), text); \
  CHECK_STR(find(host, family, flags, TENON_FOREVER), text)

/* ---- Known hosts ------------------------------------------------------------------------------------------------- */

TEST(localhost_is_both_loopback_addresses_ipv6_first) {
  static const char *const names[] = {"localhost",     "LOCALHOST",      "LocalHost.",
                                      "foo.localhost", "a.b.LocalHost.", "localhost.localhost"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    check_note(names[i]);
    CHECK_FINDS(names[i], TENON_AF_UNSPEC, 0, "[::1]:80 127.0.0.1:80");
    CHECK_FINDS(names[i], TENON_AF_INET, 0, "127.0.0.1:80");
    CHECK_FINDS(names[i], TENON_AF_INET6, 0, "[::1]:80");
    CHECK_FINDS(names[i], TENON_AF_UNSPEC, TENON_AI_PASSIVE, "[::1]:80 127.0.0.1:80");
  }
}

TEST(no_host_is_this_host) {
  CHECK_FINDS(NULL, TENON_AF_UNSPEC, 0, "[::1]:80 127.0.0.1:80");
  CHECK_FINDS(NULL, TENON_AF_INET, 0, "127.0.0.1:80");
  CHECK_FINDS(NULL, TENON_AF_INET6, 0, "[::1]:80");
  CHECK_FINDS(NULL, TENON_AF_UNSPEC, TENON_AI_NUMERICHOST, "[::1]:80 127.0.0.1:80");
}

TEST(no_host_is_all_interfaces_to_those_who_listen) {
  CHECK_FINDS(NULL, TENON_AF_UNSPEC, TENON_AI_PASSIVE, "[::]:80 0.0.0.0:80");
  CHECK_FINDS(NULL, TENON_AF_INET, TENON_AI_PASSIVE, "0.0.0.0:80");
  CHECK_FINDS(NULL, TENON_AF_INET6, TENON_AI_PASSIVE, "[::]:80");
}

TEST(addresses_are_found_as_they_are) {
  CHECK_FINDS("192.0.2.1", TENON_AF_UNSPEC, 0, "192.0.2.1:80");
  CHECK_FINDS("192.0.2.1", TENON_AF_INET, TENON_AI_NUMERICHOST, "192.0.2.1:80");
  CHECK_FINDS("2001:db8::1", TENON_AF_UNSPEC, 0, "[2001:db8::1]:80");
  CHECK_FINDS("2001:DB8:0::1", TENON_AF_INET6, TENON_AI_NUMERICHOST, "[2001:db8::1]:80");
  CHECK_FINDS("fe80::1%7", TENON_AF_UNSPEC, 0, "[fe80::1%7]:80");
  CHECK_FINDS("0.0.0.0", TENON_AF_UNSPEC, TENON_AI_PASSIVE, "0.0.0.0:80");
}

TEST(ipv4_mapped_addresses_are_ipv4) {
  CHECK_FINDS("::ffff:192.0.2.1", TENON_AF_UNSPEC, 0, "192.0.2.1:80");
  CHECK_FINDS("::ffff:192.0.2.1", TENON_AF_INET, 0, "192.0.2.1:80");
  CHECK_FINDS("::ffff:c000:201", TENON_AF_INET6, 0, "EAI_ADDRFAMILY");
}

TEST(addresses_of_another_family_are_told_from_unknown_hosts) {
  CHECK_FINDS("192.0.2.1", TENON_AF_INET6, 0, "EAI_ADDRFAMILY");
  CHECK_FINDS("2001:db8::1", TENON_AF_INET, 0, "EAI_ADDRFAMILY");
  CHECK_FINDS("fe80::1%7", TENON_AF_INET, TENON_AI_NUMERICHOST, "EAI_ADDRFAMILY");
}

/* ---- No hosts ---------------------------------------------------------------------------------------------------- */

/* Each of the first ones is an address to some resolver, and none to another: that is how filters are passed. */
TEST(what_looks_like_a_malformed_address_is_no_host) {
  static const char *const junk[] = {
      "127.1",
      "127.0.1",
      "0x7f000001",
      "0x7F.1",
      "010.0.0.1",
      "2130706433",
      "1.2.3.256",
      "1.2.3.4 foo",
      "1.2.3.4\n",
      " 1.2.3.4",
      "1.2.3.4.",
      "1.2.3.4.5",
      "1.2.3",
      "0",
      "0x",
      "99999999999",
      "foo.0x10",
      "foo.0X1f.",
      "foo.10",
      "foo.example.1",
      "[::1]",
      "[::1]:80",
      "::1 ",
      "1.2.3.4:80",
      "::1::",
      "1:2:3:4:5:6:7",
      "fe80::1%",
      "fe80::1%no-such-if",
      "::1%18446744073709551616",
      "localhost:80",
      "http://localhost",
      "localhost/",
      "user@localhost",
  };
  for (size_t i = 0; i < sizeof junk / sizeof *junk; i++) {
    check_note(junk[i]);
    CHECK_FINDS(junk[i], TENON_AF_UNSPEC, 0, "EAI_NONAME");
    CHECK_FINDS(junk[i], TENON_AF_INET, TENON_AI_NUMERICHOST, "EAI_NONAME");
  }
}

TEST(what_cannot_be_a_name_is_no_host) {
  static const char *const junk[] = {"",
                                     ".",
                                     "..",
                                     ".a.example",
                                     "a..example",
                                     "a.b..c",
                                     "a.example..",
                                     "a example",
                                     " ",
                                     "localhost ",
                                     " localhost",
                                     "a\texample",
                                     "a\nb",
                                     "a,b",
                                     "a\x7f.example",
                                     "\x01.localhost",
                                     "a*.example",
                                     "(localhost)",
                                     "a\\b",
                                     "a%b",
                                     "a+b"};
  for (size_t i = 0; i < sizeof junk / sizeof *junk; i++) {
    check_note(junk[i]);
    CHECK_FINDS(junk[i], TENON_AF_UNSPEC, 0, "EAI_NONAME");
  }
}

TEST(nothing_below_invalid_is_a_host) {
  static const char *const names[] = {"invalid", "INVALID.", "foo.invalid", "foo.bar.Invalid", "foo.invalid."};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    check_note(names[i]);
    CHECK_FINDS(names[i], TENON_AF_UNSPEC, 0, "EAI_NONAME");
  }
}

/* A name of this many letters, in labels of at most 50. */
static const char *name_of(int length) {
  static char name[LONG_NAME + 1];
  for (int i = 0; i < length; i++) name[i] = i % 51 == 50 && i + 1 < length ? '.' : 'a';
  name[length] = '\0';
  return name;
}

TEST(names_that_are_too_long_are_no_hosts) {
  CHECK_STR(find(name_of(253), TENON_AF_UNSPEC, 0, 0), "EAGAIN"); /* the longest name that there can be */
  CHECK_FINDS(name_of(254), TENON_AF_UNSPEC, 0, "EAI_NONAME");
  CHECK_FINDS(name_of(255), TENON_AF_UNSPEC, 0, "EAI_NONAME");
  CHECK_FINDS(name_of(300), TENON_AF_UNSPEC, 0, "EAI_NONAME");
  CHECK_FINDS(name_of(LONG_NAME), TENON_AF_UNSPEC, 0, "EAI_NONAME");
  char dotted[256];
  memcpy(dotted, name_of(254), 255);
  dotted[253] = '.';
  CHECK_STR(find(dotted, TENON_AF_UNSPEC, 0, 0), "EAGAIN");
  memset(dotted, '.', 255);
  dotted[255] = '\0';
  CHECK_FINDS(dotted, TENON_AF_UNSPEC, 0, "EAI_NONAME");
}

TEST(names_are_no_hosts_to_those_who_want_addresses) {
  static const char *const names[] = {"localhost", "foo.localhost", "host.example", "host"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    check_note(names[i]);
    CHECK_FINDS(names[i], TENON_AF_UNSPEC, TENON_AI_NUMERICHOST, "EAI_NONAME");
  }
}

/* Without waiting: that shows that the resolver would be asked, and asks nobody. */
TEST(other_names_are_for_the_resolver) {
  static const char *const names[] = {"host",
                                      "host.example.",
                                      "localhost.example",
                                      "xlocalhost",
                                      "xinvalid",
                                      "invalid.example",
                                      "1.example",
                                      "0x10.example",
                                      "1e5",
                                      "0x7g",
                                      "a_b.example",
                                      "xn--nxasmq6b.example",
                                      "b\xc3\xbc.example",
                                      "a-.example"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    check_note(names[i]);
    CHECK_STR(find(names[i], TENON_AF_UNSPEC, 0, 0), "EAGAIN");
    CHECK_STR(find(names[i], TENON_AF_INET6, TENON_AI_PASSIVE, 0), "EAGAIN");
  }
}

/* ---- Hints ------------------------------------------------------------------------------------------------------- */

static int resolve_with(int family, int type, int flags) {
  tenon_hints hints = {family, type, flags};
  return tenon_resolve("127.0.0.1", "80", &hints, NULL, 0, 0);
}

TEST(hints_are_checked) {
  static const int flags[] = {8, 16, 32, 1024, 1 << 30, INT_MIN, -1};
  static const int families[] = {1, 3, 23, 30, -1, 65536 + TENON_AF_INET, INT_MIN, INT_MAX};
  static const int types[] = {3, 4, 5, -1, 65536 + TENON_SOCK_STREAM, INT_MIN, INT_MAX};
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
    CHECK_EQ(resolve_with(TENON_AF_UNSPEC, 0, flags[i]), TENON_EAI_BADFLAGS);
  for (size_t i = 0; i < sizeof families / sizeof *families; i++)
    CHECK_EQ(resolve_with(families[i], 0, 0), TENON_EAI_FAMILY);
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    CHECK_EQ(resolve_with(TENON_AF_UNSPEC, types[i], 0), TENON_EAI_SOCKTYPE);
}

TEST(all_known_hints_go_together) {
  for (int flags = 0; flags < 8; flags++) {
    CHECK_EQ(resolve_with(TENON_AF_UNSPEC, 0, flags), 1);
    CHECK_EQ(resolve_with(TENON_AF_INET, TENON_SOCK_STREAM, flags), 1);
    CHECK_EQ(resolve_with(TENON_AF_INET, TENON_SOCK_DGRAM, flags), 1);
  }
}

TEST(no_hints_are_like_zeros) {
  tenon_hints zeros = {0, 0, 0};
  tenon_addr with[2], without[2];
  CHECK_EQ(tenon_resolve("localhost", "http", &zeros, with, 2, 0), 2);
  CHECK_EQ(tenon_resolve("localhost", "http", NULL, without, 2, 0), 2);
  CHECK_MEM(with, without, sizeof with);
}

/* ---- The list ---------------------------------------------------------------------------------------------------- */

TEST(the_list_has_the_addresses_and_nothing_else) {
  tenon_addr list[2], expected[2] = {tenon_addr_loopback(TENON_AF_INET6, 443), tenon_addr_loopback(TENON_AF_INET, 443)};
  memset(list, 0xa5, sizeof list);
  CHECK_EQ(tenon_resolve("localhost", "https", NULL, list, 2, 0), 2);
  CHECK_MEM(list, expected, sizeof list);
  memset(list, 0xa5, sizeof list);
  CHECK_EQ(tenon_resolve("::ffff:127.0.0.1", "https", NULL, list, 1, 0), 1);
  CHECK_MEM(&list[0], &expected[1], sizeof list[0]);
}

TEST(what_does_not_fit_into_the_list_is_counted) {
  tenon_addr list[3], untouched[3], first = tenon_addr_loopback(TENON_AF_INET6, 80);
  memset(untouched, 0xa5, sizeof untouched);
  memcpy(list, untouched, sizeof list);
  CHECK_EQ(tenon_resolve("localhost", "80", NULL, NULL, 0, 0), 2);
  CHECK_EQ(tenon_resolve("localhost", "80", NULL, list, 0, 0), 2);
  CHECK_MEM(list, untouched, sizeof list);
  CHECK_EQ(tenon_resolve("localhost", "80", NULL, list, 1, 0), 2);
  CHECK_MEM(&list[0], &first, sizeof first);
  CHECK_MEM(&list[1], &untouched[1], 2 * sizeof list[0]);
  CHECK_EQ(tenon_resolve("localhost", "80", NULL, list, 3, 0), 2);
  CHECK_MEM(&list[2], &untouched[2], sizeof list[2]);
}
