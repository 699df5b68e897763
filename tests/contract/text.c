/* text.c - transcript: addresses as text and as the system's own, and their comparison.
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>
#include <stdio.h>

#include "support.h"
#include "transcript.h"

static const struct {
  const char *id, *trap, *text;
} rows[] = {
    {"parse.ipv4", "D141", "192.0.2.1"},
    {"parse.ipv4.port", "", "192.0.2.1:80"},
    {"parse.ipv4.port.highest", "", "192.0.2.1:65535"},
    {"parse.ipv4.port.too_high", "D134", "192.0.2.1:65536"},
    {"parse.ipv4.port.wraps", "D134", "192.0.2.1:70000"},
    {"parse.ipv4.port.negative", "D134", "192.0.2.1:-1"},
    {"parse.ipv4.port.empty", "", "192.0.2.1:"},
    {"parse.ipv4.short", "D136", "127.1"},
    {"parse.ipv4.octal", "D136", "010.0.0.1"},
    {"parse.ipv4.hex", "D136", "0x7f.0.0.1"},
    {"parse.ipv4.number", "D136", "2130706433"},
    {"parse.ipv4.too_high", "D136", "192.0.2.256"},
    {"parse.ipv4.five", "D136", "1.2.3.4.5"},
    {"parse.ipv4.space.before", "D136", " 192.0.2.1"},
    {"parse.ipv4.space.after", "D136", "192.0.2.1 "},
    {"parse.ipv6", "D141", "2001:db8::1"},
    {"parse.ipv6.long", "D141", "2001:0DB8:0000:0000:0000:0000:0000:0001"},
    {"parse.ipv6.zeros", "D141", "2001:0:0:1:0:0:0:1"},
    {"parse.ipv6.any", "", "::"},
    {"parse.ipv6.bracket", "", "[2001:db8::1]"},
    {"parse.ipv6.port", "", "[2001:db8::1]:80"},
    {"parse.ipv6.mapped", "D049", "::ffff:192.0.2.1"},
    {"parse.ipv6.scope", "D142", "fe80::1%2"},
    {"parse.ipv6.scope.port", "D142", "[fe80::1%2]:80"},
    {"parse.ipv6.scope.empty", "D142", "fe80::1%"},
    {"parse.ipv6.two_gaps", "D136", "2001::db8::1"},
    {"parse.ipv6.short", "D136", "2001:db8:1"},
    {"parse.ipv6.bracket.open", "D136", "[2001:db8::1"},
    {"parse.name", "", "localhost"},
    {"parse.empty", "", ""},
};

static void parse_all(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    tenon_addr addr;
    char call[96], text[TENON_ADDR_TEXT];
    int result = tenon_addr_parse(&addr, rows[i].text);
    if (result == 0) result = tenon_addr_format(&addr, text, sizeof text);
    snprintf(call, sizeof call, "tenon_addr_parse(&addr, \"%s\"), then tenon_addr_format", rows[i].text);
    transcript_text(rows[i].id, rows[i].trap, call, result < 0 ? tenon_errname(result) : text);
  }
}

static void format(void) {
  tenon_addr addr = tenon_addr_loopback(TENON_AF_INET, 80), none = tenon_addr_any(TENON_AF_UNSPEC, 0);
  char text[TENON_ADDR_TEXT];
  COUNT("format.fits", "D141", tenon_addr_format(&addr, text, 13));
  COUNT("format.does_not_fit", "D141", tenon_addr_format(&addr, text, 12));
  COUNT("format.no_room.null", "D141", tenon_addr_format(&addr, NULL, 0));
  COUNT("format.no_family", "", tenon_addr_format(&none, text, sizeof text));
  COUNT("format.null", "D042", tenon_addr_format(NULL, text, sizeof text));
}

static void compare(void) {
  tenon_addr a = tenon_addr_loopback(TENON_AF_INET, 80), b = a, none = tenon_addr_loopback(TENON_AF_INET, 65536);
  FACT("equal.same", "", tenon_addr_equal(&a, &b));
  b.port = 81;
  FACT("equal.other_port", "", tenon_addr_equal(&a, &b));
  FACT("equal.null", "D042", tenon_addr_equal(&a, NULL));
  TEXT("loopback.port.too_high", "D134", host_of(&none));
  none = tenon_addr_any(TENON_AF_INET6, -1);
  TEXT("any.port.negative", "D134", host_of(&none));
}

/* The way to the system's form and back keeps everything, the scope too. */
static void go_native(void) {
  tenon_addr scoped, back, none = tenon_addr_any(TENON_AF_UNSPEC, 0);
  _Alignas(8) char native[128], expected[128];
  tenon_addr_parse(&scoped, "[fe80::1%2]:80");
  int size = tenon_addr_to_native(&scoped, native, sizeof native);
  FACT("native.size", "D018", (size_t)size == support_native_addr("fe80::1", 80, 2, expected, sizeof expected));
  SHOW("native.back", "D142", tenon_addr_from_native(&back, native, (size_t)size));
  FACT("native.back.is_the_same", "D142", tenon_addr_equal(&scoped, &back));
  SHOW("native.no_room", "D061", tenon_addr_to_native(&scoped, native, 8));
  SHOW("native.no_room.null", "D061", tenon_addr_to_native(&scoped, NULL, 0));
  SHOW("native.too_short", "D195", tenon_addr_from_native(&back, native, 8));
  SHOW("native.no_family", "D017", tenon_addr_to_native(&none, native, sizeof native));
  size = (int)support_native_addr("::ffff:192.0.2.1", 80, 0, native, sizeof native);
  SHOW("native.mapped", "D049", tenon_addr_from_native(&back, native, (size_t)size));
  TEXT("native.mapped.host", "D049", host_of(&back));
}

void topic_text(void) {
  parse_all();
  format();
  compare();
  go_native();
}
