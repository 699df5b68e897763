/* interfaces_test.c - network interfaces, their addresses, names and numbers.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/interfaces.h"

enum { ROWS = 64 };
static tenon_interface rows[ROWS];

/* As many rows as the table holds. */
static int load(void) {
  memset(rows, 0x5a, sizeof rows);
  int count = tenon_interfaces(rows, ROWS);
  return count < ROWS ? count : ROWS;
}

static const tenon_interface *find_loopback(int count) {
  tenon_addr local = tenon_addr_loopback(TENON_AF_INET, 0);
  for (int i = 0; i < count; i++)
    if (tenon_addr_equal(&rows[i].addr, &local)) return &rows[i];
  return NULL;
}

/* D143 */
TEST(the_loopback_interface_has_the_loopback_address) {
  int count = load();
  CHECK(count > 0);
  const tenon_interface *loopback = find_loopback(count);
  CHECK(loopback != NULL);
  CHECK(loopback->flags & TENON_INTERFACE_LOOPBACK);
  CHECK(loopback->flags & TENON_INTERFACE_UP);
  CHECK(!(loopback->flags & TENON_INTERFACE_POINT_TO_POINT));
  CHECK_EQ(loopback->prefix, 8);
  CHECK(loopback->index > 0);
  for (int i = 0; i < count; i++) {
    int is_loopback = (rows[i].flags & TENON_INTERFACE_LOOPBACK) != 0;
    CHECK_EQ(is_loopback, rows[i].index == loopback->index);
  }
}

/* D143 */
TEST(every_interface_is_whole_and_in_its_place) {
  int count = load();
  CHECK(count > 0);
  for (int i = 0; i < count; i++) {
    const tenon_interface *row = &rows[i];
    check_note(row->name);
    CHECK(memchr(row->name, '\0', sizeof row->name) != NULL && row->name[0] != '\0');
    CHECK(row->index > 0);
    CHECK_EQ(row->flags & ~15, 0);
    CHECK(row->addr.family == TENON_AF_INET || row->addr.family == TENON_AF_INET6 || row->addr.family == 0);
    CHECK_EQ(row->addr.port, 0);
    CHECK(row->prefix >= 0 && row->prefix <= (row->addr.family == TENON_AF_INET6 ? 128 : 32));
    CHECK(row->addr.family != 0 || row->prefix == 0);
    if (i == 0) continue;
    CHECK(row->index >= row[-1].index);
    CHECK(row->index > row[-1].index || row->addr.family >= row[-1].addr.family);
    CHECK(row->index > row[-1].index || (row->addr.family != 0 && strcmp(row->name, row[-1].name) == 0));
  }
  check_note(NULL);
}

/* D196 */
TEST(a_name_leads_to_its_number_and_back) {
  int count = load();
  for (int i = 0; i < count; i++) {
    char name[TENON_INTERFACE_NAME];
    check_note(rows[i].name);
    CHECK_EQ(tenon_interface_index(rows[i].name), rows[i].index);
    CHECK_EQ(tenon_interface_name(rows[i].index, name, sizeof name), strlen(rows[i].name));
    CHECK_STR(name, rows[i].name);
    CHECK_EQ(tenon_interface_name(rows[i].index, name, strlen(rows[i].name) + 1), strlen(rows[i].name));
    CHECK_EQ(tenon_interface_name(rows[i].index, name, strlen(rows[i].name)), TENON_ENOSPC);
    CHECK_EQ(tenon_interface_name(rows[i].index, NULL, 0), TENON_ENOSPC);
  }
  check_note(NULL);
}

TEST(an_address_of_an_interface_in_use_can_be_bound) {
  int count = load(), bound = 0;
  for (int i = 0; i < count; i++) {
    if (rows[i].addr.family == 0 || !(rows[i].flags & TENON_INTERFACE_UP)) continue;
    tenon_sock s = tenon_socket(rows[i].addr.family, TENON_SOCK_STREAM, 0);
    if (s == TENON_EAFNOSUPPORT) continue;
    check_note(rows[i].name);
    CHECK_OK(s);
    CHECK_EQ(tenon_bind(s, &rows[i].addr), 0);
    CHECK_EQ(tenon_close(s), 0);
    bound++;
  }
  check_note(NULL);
  CHECK(bound > 0);
}

TEST(a_list_without_room_keeps_the_first_and_counts_all) {
  int count = load();
  static tenon_interface some[2];
  CHECK(count > 0 && count < ROWS);
  CHECK_EQ(tenon_interfaces(NULL, 0), count);
  for (int capacity = 0; capacity <= 1; capacity++) {
    memset(some, 0x5a, sizeof some);
    CHECK_EQ(tenon_interfaces(some, capacity), count);
    CHECK_MEM(&some[capacity], "ZZZZ", 4);
  }
  CHECK_STR(some[0].name, rows[0].name);
  CHECK(tenon_addr_equal(&some[0].addr, &rows[0].addr) || some[0].addr.family == 0);
}

TEST(what_is_no_interface_has_neither_name_nor_number) {
  char name[TENON_INTERFACE_NAME] = "kept", longest[2 * TENON_INTERFACE_NAME];
  memset(longest, 'a', sizeof longest);
  longest[sizeof longest - 1] = '\0';
  CHECK_EQ(tenon_interface_index("no-such-if"), TENON_ENXIO);
  CHECK_EQ(tenon_interface_index(""), TENON_ENXIO);
  CHECK_EQ(tenon_interface_index(longest), TENON_ENXIO);
  CHECK_EQ(tenon_interface_index("\xff\xfe"), TENON_ENXIO);
  CHECK_EQ(tenon_interface_name(0x7ffffff0, name, sizeof name), TENON_ENXIO);
  CHECK_STR(name, "kept");
  CHECK_EQ(tenon_interface_name(0, name, sizeof name), TENON_EINVAL);
  CHECK_EQ(tenon_interface_name(-1, name, sizeof name), TENON_EINVAL);
  CHECK_EQ(tenon_interface_name(1, NULL, 1), TENON_EINVAL);
  CHECK_EQ(tenon_interface_index(NULL), TENON_EINVAL);
  CHECK_EQ(tenon_interfaces(rows, -1), TENON_EINVAL);
  CHECK_EQ(tenon_interfaces(NULL, 1), TENON_EINVAL);
}

/* A name that is the beginning of one that exists is not taken for it, nor one that goes on. */
TEST(a_name_is_taken_whole) {
  int count = load();
  const tenon_interface *loopback = find_loopback(count);
  CHECK(loopback != NULL);
  char name[TENON_INTERFACE_NAME + 2];
  snprintf(name, sizeof name, "%s ", loopback->name);
  CHECK_EQ(tenon_interface_index(name), TENON_ENXIO);
  snprintf(name, sizeof name, "%.1s", loopback->name);
  CHECK(tenon_interface_index(name) != loopback->index);
  snprintf(name, sizeof name, "%s:z", loopback->name);
  CHECK_EQ(tenon_interface_index(name), TENON_ENXIO);
  snprintf(name, sizeof name, "%s:", loopback->name);
  CHECK_EQ(tenon_interface_index(name), TENON_ENXIO);
}

static int resolve_numeric(const char *host, tenon_addr *addr) {
  tenon_hints hints = {0, 0, TENON_AI_NUMERICHOST | TENON_AI_NUMERICSERV};
  return tenon_resolve(host, "80", &hints, addr, 1, 0);
}

/* D142 */
TEST(a_scope_is_read_by_the_name_of_its_interface) {
  int count = load();
  const tenon_interface *loopback = find_loopback(count);
  CHECK(loopback != NULL);
  char text[TENON_INTERFACE_NAME + 32], canonical[TENON_ADDR_TEXT], expected[32];
  tenon_addr addr;
  snprintf(text, sizeof text, "fe80::1%%%s", loopback->name);
  CHECK_EQ(resolve_numeric(text, &addr), 1);
  CHECK_EQ(addr.scope, loopback->index);
  CHECK_EQ(addr.port, 80);
  CHECK_EQ(addr.ip[0], 0xfe);
  snprintf(expected, sizeof expected, "fe80::1%%%d", loopback->index);
  CHECK_EQ(tenon_canonname(text, canonical, sizeof canonical, 0), strlen(expected));
  CHECK_STR(canonical, expected);
  CHECK_EQ(resolve_numeric(expected, &addr), 1);
  CHECK_EQ(addr.scope, loopback->index);
  CHECK_EQ(tenon_addr_parse(&addr, text), TENON_EINVAL);        /* asks the system nothing */
  snprintf(text, sizeof text, "192.0.2.1%%%s", loopback->name); /* IPv4 has no scopes */
  CHECK_EQ(resolve_numeric(text, &addr), TENON_EAI_NONAME);
  snprintf(text, sizeof text, "::ffff:192.0.2.1%%%s", loopback->name);
  CHECK_EQ(resolve_numeric(text, &addr), TENON_EAI_NONAME);
}

/* What was meant to be a port would be lost. */
TEST(nothing_follows_the_scope_of_a_host) {
  static const char *const formats[] = {"fe80::1%%%s:80", "::1%%%s:x]:80", "fe80::1%%%s]:80", "fe80::1%%%s%%%s"};
  int count = load();
  const tenon_interface *loopback = find_loopback(count);
  CHECK(loopback != NULL);
  char text[2 * TENON_INTERFACE_NAME + 32], canonical[TENON_ADDR_TEXT];
  tenon_addr addr;
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
    check_note(formats[i]);
    snprintf(text, sizeof text, formats[i], loopback->name, loopback->name);
    CHECK_EQ(resolve_numeric(text, &addr), TENON_EAI_NONAME);
    CHECK_EQ(tenon_canonname(text, canonical, sizeof canonical, 0), TENON_EAI_NONAME);
  }
  check_note(NULL);
}

TEST(a_scope_that_names_no_interface_is_no_host) {
  static const char *const texts[] = {"fe80::1%no-such-if", "fe80::1%", "192.0.2.1%1",
                                      "::ffff:192.0.2.1%1", "%1",       "localhost%1"};
  tenon_addr addr;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    check_note(texts[i]);
    CHECK_EQ(resolve_numeric(texts[i], &addr), TENON_EAI_NONAME);
  }
  check_note(NULL);
}

static void *nothing(size_t size) {
  (void)size;
  return NULL;
}

static int released_null;

static void release_watched(void *memory) {
  released_null += memory == NULL;
  free(memory);
}

TEST(the_release_of_an_allocator_is_never_given_null) {
  released_null = 0;
  tenon_set_allocator(malloc, release_watched);
  int count = tenon_interfaces(NULL, 0);
  tenon_set_allocator(NULL, NULL);
  CHECK(count > 0);
  tenon_set_allocator(nothing, release_watched);
  tenon_interfaces(NULL, 0);
  tenon_set_allocator(NULL, NULL);
  CHECK_EQ(released_null, 0);
}

/* Where Tenon has to allocate; elsewhere the system does it. */
TEST(without_memory_the_list_says_so_or_needs_none) {
  tenon_set_allocator(nothing, free);
  int count = tenon_interfaces(NULL, 0);
  tenon_set_allocator(NULL, NULL);
  CHECK(count > 0 || count == TENON_ENOMEM);
  CHECK(tenon_interfaces(NULL, 0) > 0);
}
