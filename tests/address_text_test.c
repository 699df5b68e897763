/* address_text_test.c - addresses as text: what is read, what is refused, what is written.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "tenon.h"

enum { LONGEST_TEXT = 64 }; /* of the tables */

typedef struct valid_text {
  const char *text;
  const char *canonical; /* NULL: the text itself */
  int family;
  uint16_t port;
  uint32_t scope;
  uint8_t ip[16];
} valid_text;

/* The cases of RFC 5952 come from its sections 2 and 4. */
static const valid_text valid[] = {
    {"0.0.0.0", NULL, TENON_AF_INET, 0, 0, {0}},
    {"192.0.2.1", NULL, TENON_AF_INET, 0, 0, {192, 0, 2, 1}},
    {"255.255.255.255", NULL, TENON_AF_INET, 0, 0, {255, 255, 255, 255}},
    {"10.20.30.40:80", NULL, TENON_AF_INET, 80, 0, {10, 20, 30, 40}},
    {"10.20.30.40:65535", NULL, TENON_AF_INET, 65535, 0, {10, 20, 30, 40}},
    {"10.20.30.40:0", "10.20.30.40", TENON_AF_INET, 0, 0, {10, 20, 30, 40}},
    {"::", NULL, TENON_AF_INET6, 0, 0, {0}},
    {"0:0:0:0:0:0:0:0", "::", TENON_AF_INET6, 0, 0, {0}},
    {"::1", NULL, TENON_AF_INET6, 0, 0, {[15] = 1}},
    {"1::", NULL, TENON_AF_INET6, 0, 0, {0, 1}},
    {"[::]:80", NULL, TENON_AF_INET6, 80, 0, {0}},
    {"[::1]:65535", NULL, TENON_AF_INET6, 65535, 0, {[15] = 1}},
    {"[::1]:0", "::1", TENON_AF_INET6, 0, 0, {[15] = 1}},
    {"[::1]", "::1", TENON_AF_INET6, 0, 0, {[15] = 1}},
    {"2001:db8::1", NULL, TENON_AF_INET6, 0, 0, {0x20, 1, 0xd, 0xb8, [15] = 1}},
    {"2001:DB8::aBcD", "2001:db8::abcd", TENON_AF_INET6, 0, 0, {0x20, 1, 0xd, 0xb8, [14] = 0xab, 0xcd}},
    {"2001:0db8::0001", "2001:db8::1", TENON_AF_INET6, 0, 0, {0x20, 1, 0xd, 0xb8, [15] = 1}},
    {"1:2:3:4:5:6:7:8", NULL, TENON_AF_INET6, 0, 0, {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}},
    /* the longest run of zeros is shortened, the first of equal ones, and a single one never */
    {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1", TENON_AF_INET6, 0, 0, {0x20, 1, [7] = 1, [15] = 1}},
    {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", TENON_AF_INET6, 0, 0, {0x20, 1, 0xd, 0xb8, [9] = 1, [15] = 1}},
    {"0:0:0:1::", "0:0:0:1::", TENON_AF_INET6, 0, 0, {[7] = 1}},
    {"0:0:1:2:3:4::", "::1:2:3:4:0:0", TENON_AF_INET6, 0, 0, {[5] = 1, [7] = 2, [9] = 3, [11] = 4}},
    {"1:0:3:4:5:6:7:8", NULL, TENON_AF_INET6, 0, 0, {0, 1, 0, 0, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}},
    {"1::3:4:5:6:7:8", "1:0:3:4:5:6:7:8", TENON_AF_INET6, 0, 0, {0, 1, 0, 0, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}},
    {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", TENON_AF_INET6, 0, 0, {0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}},
    {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", TENON_AF_INET6, 0, 0, {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7}},
    /* the end may be written like IPv4, and what is IPv4-mapped is IPv4 */
    {"::ffff:1.2.3.4", "1.2.3.4", TENON_AF_INET, 0, 0, {1, 2, 3, 4}},
    {"::FFFF:102:304", "1.2.3.4", TENON_AF_INET, 0, 0, {1, 2, 3, 4}},
    {"0:0:0:0:0:ffff:1.2.3.4", "1.2.3.4", TENON_AF_INET, 0, 0, {1, 2, 3, 4}},
    {"[::ffff:1.2.3.4]:80", "1.2.3.4:80", TENON_AF_INET, 80, 0, {1, 2, 3, 4}},
    {"::1.2.3.4", "::102:304", TENON_AF_INET6, 0, 0, {[12] = 1, 2, 3, 4}},
    {"::ffff:0:1.2.3.4", "::ffff:0:102:304", TENON_AF_INET6, 0, 0, {[8] = 0xff, 0xff, [12] = 1, 2, 3, 4}},
    {"64:ff9b::192.0.2.33", "64:ff9b::c000:221", TENON_AF_INET6, 0, 0, {0, 0x64, 0xff, 0x9b, [12] = 192, 0, 2, 33}},
    {"1:2:3:4:5:6:0.7.0.8", "1:2:3:4:5:6:7:8", TENON_AF_INET6, 0, 0, {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}},
    {"fe80::1%2", NULL, TENON_AF_INET6, 0, 2, {0xfe, 0x80, [15] = 1}},
    {"[fe80::1%2]", "fe80::1%2", TENON_AF_INET6, 0, 2, {0xfe, 0x80, [15] = 1}},
    {"[fe80::1%2]:80", NULL, TENON_AF_INET6, 80, 2, {0xfe, 0x80, [15] = 1}},
    {"fe80::1%4294967295", NULL, TENON_AF_INET6, 0, 4294967295U, {0xfe, 0x80, [15] = 1}},
};
enum { VALID_COUNT = sizeof valid / sizeof *valid };

static const char *const invalid[] = {
    /* names and others */
    "", " ", "localhost", "localhost:80", "example.com", "*", "*:80", "80", ":80", "/tmp/socket", "a.b.c.d",
    /* IPv4: four decimal numbers, not three, five, octal, hexadecimal or one */
    "1", "1.2", "1.2.3", "1.2.3.4.5", "1.2.3.4.", ".1.2.3.4", "1..3.4", "1.2.3.", "1.2.3.256", "256.2.3.4",
    "1.2.3.1000", "1.2.3.4294967300", "1.2.3.18446744073709551620", "01.2.3.4", "1.2.3.04", "1.2.3.00", "0x1.2.3.4",
    "1.2.3.0x4", "1.2.3.a", "3232235777", "0xc0000201", "1,2,3,4", "+1.2.3.4", "-1.2.3.4", "1.2.3.+4", "1.2.3.-4",
    /* and nothing around them */
    " 1.2.3.4", "1.2.3.4 ", "1.2.3.4\t", "1.2.3.4\n", "1. 2.3.4", "1.2.3.4x", "1.2.3.4/24", "1.2.3.4%1", "[1.2.3.4]",
    "[1.2.3.4]:80",
    /* ports */
    "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:99999", "1.2.3.4:080", "1.2.3.4:00", "1.2.3.4:+80", "1.2.3.4:-1",
    "1.2.3.4: 80", "1.2.3.4:80 ", "1.2.3.4:80x", "1.2.3.4:0x50", "1.2.3.4:http", "1.2.3.4::80", "1.2.3.4:80:80",
    "1.2.3.4:4294967376", "1.2.3.4:18446744073709551696",
    /* IPv6: eight groups of one to four digits, one gap */
    ":", ":::", "::::", "1::2::3", "::1::", "1:::2", ":::1", "1:::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", ":1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:", ":1",
    "1:", "1:2:3:4:5:6:7:", ":1:2:3:4:5:6:7", "::1:", ":1::", ":::80", "1:::80", "12345::", "::12345",
    "00001::", "::fffff", "g::", "::g", "0x1::", "::+1", "::-1", " ::1", "::1 ", "::1\n", ":: 1", "::1x", "::1/128",
    "1 ::",
    /* with an IPv4 end */
    "::1.2.3", "::1.2.3.4.5", "::1.2.3.4.", "::1.2.3.256", "::01.2.3.4", "::a.2.3.4", "1.2.3.4::", "::1.2.3.4:5",
    "::1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", "::1:2:3:4:5:6:1.2.3.4", "::1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4",
    "::.1.2.3", "::ffff:1.2.3.4:80", "::ffff:1.2.3.04", "::ffff:1.2.3.4%5",
    /* brackets */
    "[", "]", "[]", "[]:80", "[::1", "::1]", "[::1:80", "[::1]80", "[::1]:", "[::1]:65536", "[::1]:080", "[::1]:+80",
    "[::1]: 80", "[::1] :80", "[ ::1]:80", "[::1 ]:80", "[::1]:80 ", "[::1]:80x", "[::1]:http", "[::1]::80",
    "[::1]]:80", "[[::1]]:80", "[[::1]:80", "[localhost]:80", "::1]:80",
    /* scopes */
    "%", "%1", "fe80::1%", "fe80::1% 1", "fe80::1%1 ", "fe80::1%+1", "fe80::1%-1", "fe80::1%eth0", "fe80::1%1x",
    "fe80::1%0x1", "fe80::1%01", "fe80::1%4294967296", "fe80::1%18446744073709551617", "fe80::1%1%2", "[fe80::1%]:80",
    "[fe80::1]%1:80", "[fe80::1%1:80", "fe80::1%1:80", "%1fe80::1", "fe80%1::1"};
enum { INVALID_COUNT = sizeof invalid / sizeof *invalid };

/* Reads the text at the end of its memory, where a sanitizer sees what is read beyond, and over rubbish, which must be
 * gone after a success and must be left alone by a failure: then the result is 1, which is no result of Tenon's. */
static int parse_exactly(tenon_addr *addr, const char *text) {
  char memory[LONGEST_TEXT];
  tenon_addr rubbish;
  size_t size = strlen(text) + 1;
  if (size > sizeof memory) return 1;
  memset(&rubbish, 0xa5, sizeof rubbish);
  *addr = rubbish;
  int result = tenon_addr_parse(addr, memcpy(memory + sizeof memory - size, text, size));
  return result < 0 && memcmp(addr, &rubbish, sizeof rubbish) != 0 ? 1 : result;
}

/* 1 if the text is refused as it should be, or else means an address that can be written and read again. */
static int is_refused_or_comes_back(const char *text) {
  tenon_addr addr, again;
  char written[TENON_ADDR_TEXT];
  int result = parse_exactly(&addr, text);
  if (result == TENON_EINVAL) return 1;
  if (result != 0 || tenon_addr_format(&addr, written, sizeof written) < 0) return 0;
  return tenon_addr_parse(&again, written) == 0 && memcmp(&addr, &again, sizeof addr) == 0;
}

TEST(valid_texts_are_read) {
  for (size_t i = 0; i < VALID_COUNT; i++) {
    tenon_addr addr;
    tenon_addr expected = {.family = (uint16_t)valid[i].family, .port = valid[i].port, .scope = valid[i].scope};
    memcpy(expected.ip, valid[i].ip, sizeof expected.ip);
    check_note(valid[i].text);
    CHECK_EQ(parse_exactly(&addr, valid[i].text), 0);
    CHECK_EQ(addr.family, expected.family);
    CHECK_EQ(addr.port, expected.port);
    CHECK_EQ(addr.scope, expected.scope);
    CHECK_MEM(addr.ip, expected.ip, sizeof addr.ip);
    CHECK_MEM(&addr, &expected, sizeof addr);
  }
}

/* D141 */
TEST(addresses_are_written_as_rfc_5952_has_them) {
  for (size_t i = 0; i < VALID_COUNT; i++) {
    tenon_addr addr;
    char text[TENON_ADDR_TEXT];
    const char *canonical = valid[i].canonical ? valid[i].canonical : valid[i].text;
    check_note(valid[i].text);
    CHECK_EQ(tenon_addr_parse(&addr, valid[i].text), 0);
    CHECK_EQ(tenon_addr_format(&addr, text, sizeof text), strlen(canonical));
    CHECK_STR(text, canonical);
  }
}

TEST(invalid_texts_are_refused_and_leave_the_address_alone) {
  for (size_t i = 0; i < INVALID_COUNT; i++) {
    tenon_addr addr;
    check_note(invalid[i]);
    CHECK_EQ(parse_exactly(&addr, invalid[i]), TENON_EINVAL);
  }
}

TEST(characters_beyond_ascii_are_refused) {
  static const char *const texts[] = {"1.2.3.\262", "1.2.3.4\377", "\357\273\2771.2.3.4", "::\341", "1.2.3.4:8\260"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    tenon_addr addr;
    check_note(texts[i]);
    CHECK_EQ(parse_exactly(&addr, texts[i]), TENON_EINVAL);
  }
}

TEST(very_long_texts_are_refused) {
  static const char fillers[] = "01a.:%[] ";
  static const size_t lengths[] = {TENON_ADDR_TEXT - 1, TENON_ADDR_TEXT, 300, 70000};
  static const char *const starts[] = {"", "1.2.3.4", "1.2.3.4:1", "::1", "fe80::1%1", "[::1]:1"};
  static char text[70001];
  for (size_t i = 0; i < sizeof starts / sizeof *starts * (sizeof fillers - 1) * 4; i++) {
    const char *start = starts[i / 4 / (sizeof fillers - 1)];
    size_t length = lengths[i % 4];
    tenon_addr addr;
    memset(text, fillers[i / 4 % (sizeof fillers - 1)], length);
    memcpy(text, start, strlen(start));
    text[length] = 0;
    check_note(text);
    CHECK_EQ(tenon_addr_parse(&addr, text), TENON_EINVAL);
  }
}

TEST(null_is_refused_where_an_address_or_text_is_needed) {
  tenon_addr addr = tenon_addr_loopback(TENON_AF_INET, 80);
  char text[TENON_ADDR_TEXT];
  CHECK_EQ(tenon_addr_parse(NULL, "1.2.3.4"), TENON_EINVAL);
  CHECK_EQ(tenon_addr_parse(&addr, NULL), TENON_EINVAL);
  CHECK_EQ(tenon_addr_format(NULL, text, sizeof text), TENON_EINVAL);
  CHECK_EQ(tenon_addr_format(&addr, NULL, sizeof text), TENON_EINVAL);
}

TEST(truncated_texts_are_refused_or_mean_what_they_say) {
  for (size_t i = 0; i < VALID_COUNT; i++) {
    for (size_t length = 0; length < strlen(valid[i].text); length++) {
      char text[LONGEST_TEXT];
      snprintf(text, sizeof text, "%.*s", (int)length, valid[i].text);
      check_note(text);
      CHECK(is_refused_or_comes_back(text));
    }
  }
}

TEST(texts_with_a_wrong_character_are_refused_or_mean_what_they_say) {
  static const char wrong[] = "0159aFg.:%[] -+x\n\x7f\x80\xff";
  for (size_t i = 0; i < VALID_COUNT; i++) {
    for (size_t at = 0; at < strlen(valid[i].text) * (sizeof wrong - 1); at++) {
      char text[LONGEST_TEXT];
      snprintf(text, sizeof text, "%s", valid[i].text);
      text[at / (sizeof wrong - 1)] = wrong[at % (sizeof wrong - 1)];
      check_note(text);
      CHECK(is_refused_or_comes_back(text));
    }
  }
}

TEST(format_wants_room_for_the_text_and_its_end_and_writes_nowhere_else) {
  for (size_t i = 0; i < VALID_COUNT; i++) {
    const char *canonical = valid[i].canonical ? valid[i].canonical : valid[i].text;
    size_t length = strlen(canonical);
    tenon_addr addr;
    check_note(valid[i].text);
    CHECK_EQ(tenon_addr_parse(&addr, valid[i].text), 0);
    for (size_t size = 0; size <= length + 1; size++) {
      char memory[TENON_ADDR_TEXT], untouched[TENON_ADDR_TEXT];
      memset(memory, 'x', sizeof memory);
      memset(untouched, 'x', sizeof untouched);
      CHECK_EQ(tenon_addr_format(&addr, memory, size), size > length ? (intmax_t)length : TENON_ENOSPC);
      CHECK_MEM(memory + size, untouched + size, sizeof memory - size);
    }
  }
}

TEST(the_longest_address_fits_the_promised_size) {
  static const char longest[] = "[fe80:1111:2222:3333:4444:5555:6666:7777%4294967295]:65535";
  tenon_addr addr;
  char text[TENON_ADDR_TEXT];
  CHECK_EQ(tenon_addr_parse(&addr, longest), 0);
  CHECK_EQ(tenon_addr_format(&addr, text, sizeof text), strlen(longest));
  CHECK_STR(text, longest);
}

/* Marsaglia's xorshift: the same addresses in every run. */
static uint32_t next_random(void) {
  static uint32_t state = 2463534242U;
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

/* Every other group is zero, so that there are runs of all lengths; no address is IPv4-mapped. */
static tenon_addr random_addr(void) {
  int is_ipv4 = next_random() & 1;
  tenon_addr addr = {.family = is_ipv4 ? TENON_AF_INET : TENON_AF_INET6};
  if (next_random() & 1) addr.port = (uint16_t)next_random();
  for (size_t i = 0; i < (is_ipv4 ? 4 : 16); i += 2) {
    if (next_random() & 1) continue;
    addr.ip[i] = (uint8_t)(next_random() >> (next_random() & 15));
    addr.ip[i + 1] = (uint8_t)next_random();
  }
  if (is_ipv4) return addr;
  addr.ip[0] |= 0x20;
  if (next_random() & 1) return addr;
  addr.ip[0] = 0xfe;
  addr.ip[1] = 0x80;
  addr.scope = next_random() >> (next_random() & 31);
  return addr;
}

TEST(what_is_written_is_read_as_the_same_address) {
  for (int i = 0; i < 20000; i++) {
    tenon_addr addr = random_addr(), again;
    char text[TENON_ADDR_TEXT];
    int length = tenon_addr_format(&addr, text, sizeof text);
    CHECK_OK(length);
    check_note(text);
    CHECK_EQ(length, strlen(text));
    CHECK_EQ(tenon_addr_parse(&again, text), 0);
    CHECK_MEM(&again, &addr, sizeof addr);
    CHECK_EQ(tenon_addr_equal(&again, &addr), 1);
  }
}
