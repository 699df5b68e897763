/* reverse_test.c - names of addresses and ports, and canonical names.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check.h"
#include "net.h"
#include "tenon.h"

/* What a name server may take, if one is asked at all. */
enum { NAME_SIZE = 1025, SHORT_LIMIT_MS = 2000 };

static char untouched[NAME_SIZE];

static void fill(char *buffer, size_t size) {
  memset(untouched, 0x5a, sizeof untouched);
  memset(buffer, 0x5a, size);
}

/* What may become of a question to a name server that may not even be there. */
static int is_lookup_failure(int result) {
  return result == TENON_EAI_AGAIN || result == TENON_EAI_FAIL || result == TENON_ETIMEDOUT;
}

/* ---- Reverse ----------------------------------------------------------------------------------------------------- */

TEST(the_loopback_addresses_are_localhost) {
  static const int timeouts[] = {0, NET_LIMIT_MS, TENON_FOREVER};
  static const int families[] = {TENON_AF_INET, TENON_AF_INET6};
  for (int i = 0; i < 6; i++) {
    tenon_addr addr = tenon_addr_loopback(families[i % 2], 80);
    char host[NAME_SIZE], service[NAME_SIZE];
    CHECK_EQ(tenon_reverse(&addr, host, sizeof host, service, sizeof service, timeouts[i / 2]), 0);
    CHECK_STR(host, "localhost");
    CHECK_STR(service, "http");
  }
}

TEST(ports_become_services_or_numbers) {
  static const struct {
    int port;
    const char *service;
  } rows[] = {{0, "0"},       {1, "1"},         {22, "ssh"},      {80, "http"},     {443, "https"},
              {8080, "8080"}, {10000, "10000"}, {65535, "65535"}, {60000, "60000"}, {99, "99"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    tenon_addr addr = tenon_addr_any(TENON_AF_INET6, rows[i].port);
    char service[NAME_SIZE];
    CHECK_EQ(tenon_reverse(&addr, NULL, 0, service, sizeof service, 0), 0);
    CHECK_STR(service, rows[i].service);
  }
}

TEST(a_name_that_was_found_can_be_looked_up_again) {
  for (int port = 0; port <= 65535; port++) {
    tenon_addr addr = tenon_addr_any(TENON_AF_INET, port), found;
    char service[NAME_SIZE];
    CHECK_EQ(tenon_reverse(&addr, NULL, 0, service, sizeof service, 0), 0);
    CHECK_EQ(tenon_resolve("0.0.0.0", service, NULL, &found, 1, 0), 1);
    CHECK_EQ(found.port, port);
  }
}

TEST(each_half_of_a_reverse_lookup_can_be_left_out) {
  tenon_addr addr = tenon_addr_loopback(TENON_AF_INET, 443);
  char host[NAME_SIZE] = "", service[NAME_SIZE] = "";
  CHECK_EQ(tenon_reverse(&addr, host, sizeof host, NULL, 0, 0), 0);
  CHECK_EQ(tenon_reverse(&addr, NULL, 0, service, sizeof service, 0), 0);
  CHECK_STR(host, "localhost");
  CHECK_STR(service, "https");
  CHECK_EQ(tenon_reverse(&addr, NULL, 0, NULL, 0, 0), TENON_EINVAL);
}

TEST(a_reverse_lookup_writes_nothing_past_its_buffers) {
  tenon_addr addr = tenon_addr_loopback(TENON_AF_INET, 8080);
  const size_t host_needs = sizeof "localhost", service_needs = sizeof "8080";
  for (size_t size = 0; size < 16; size++) {
    char host[NAME_SIZE], service[NAME_SIZE];
    fill(host, sizeof host);
    fill(service, sizeof service);
    CHECK_EQ(tenon_reverse(&addr, host, size, NULL, 0, 0), size < host_needs ? TENON_ENOSPC : 0);
    CHECK_EQ(tenon_reverse(&addr, NULL, 0, service, size, 0), size < service_needs ? TENON_ENOSPC : 0);
    CHECK_MEM(host + size, untouched, sizeof host - size);
    CHECK_MEM(service + size, untouched, sizeof service - size);
    int fits = size >= host_needs && size >= service_needs;
    CHECK_EQ(tenon_reverse(&addr, host, size, service, size, 0), fits ? 0 : TENON_ENOSPC);
    CHECK_MEM(host + size, untouched, sizeof host - size);
    CHECK_MEM(service + size, untouched, sizeof service - size);
  }
}

TEST(an_unspecified_family_has_no_name) {
  tenon_addr addr = tenon_addr_any(TENON_AF_UNSPEC, 0);
  char text[NAME_SIZE];
  CHECK_EQ(tenon_reverse(&addr, text, sizeof text, NULL, 0, 0), TENON_EAFNOSUPPORT);
  CHECK_EQ(tenon_reverse(&addr, NULL, 0, text, sizeof text, 0), TENON_EAFNOSUPPORT);
  addr.family = 0xffff;
  CHECK_EQ(tenon_reverse(&addr, text, sizeof text, NULL, 0, TENON_FOREVER), TENON_EAFNOSUPPORT);
}

TEST(only_the_host_of_a_reverse_lookup_may_have_to_wait) {
  static const char *const hosts[] = {"192.0.2.1", "127.0.0.2", "2001:db8::1", "::2", "0.0.0.0", "::"};
  for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
    tenon_addr addr;
    char text[NAME_SIZE];
    check_note(hosts[i]);
    CHECK_EQ(tenon_addr_parse(&addr, hosts[i]), 0);
    CHECK_EQ(tenon_reverse(&addr, NULL, 0, text, sizeof text, 0), 0);
    CHECK_EQ(tenon_reverse(&addr, text, sizeof text, NULL, 0, 0), TENON_EAGAIN);
  }
}

/* 192.0.2.1 is for examples and belongs to nobody; still a name server may be asked, and say what it likes. */
TEST(an_address_without_a_name_is_its_text) {
  tenon_addr addr;
  char host[NAME_SIZE];
  CHECK_EQ(tenon_addr_parse(&addr, "192.0.2.1:80"), 0);
  int result = tenon_reverse(&addr, host, sizeof host, NULL, 0, SHORT_LIMIT_MS);
  if (is_lookup_failure(result)) return;
  CHECK_EQ(result, 0);
  CHECK(strcmp(host, "192.0.2.1") == 0 || strchr("0123456789", host[strlen(host) - 1]) == NULL);
  size_t needs = strlen(host) + 1;
  fill(host, sizeof host);
  result = tenon_reverse(&addr, host, needs - 1, NULL, 0, SHORT_LIMIT_MS);
  CHECK(result == TENON_ENOSPC || is_lookup_failure(result));
  CHECK_MEM(host + needs - 1, untouched, sizeof host - needs + 1);
}

/* ---- Canonical names --------------------------------------------------------------------------------------------- */

static const struct {
  const char *host;
  const char *name;
} canonical[] = {
    {"localhost", "localhost"},   {"LocalHost.", "localhost"},        {"foo.localhost", "localhost"},
    {"192.0.2.1", "192.0.2.1"},   {"2001:DB8:0:0::1", "2001:db8::1"}, {"::ffff:192.0.2.1", "192.0.2.1"},
    {"FE80:0::1%7", "fe80::1%7"}, {"0:0:0:0:0:0:0:0", "::"},
};

TEST(canonical_names_that_tenon_knows) {
  static const int timeouts[] = {0, NET_LIMIT_MS, TENON_FOREVER};
  for (size_t i = 0; i < sizeof canonical / sizeof *canonical; i++) {
    for (int k = 0; k < 3; k++) {
      char name[NAME_SIZE];
      CHECK_EQ(tenon_canonname(canonical[i].host, name, sizeof name, timeouts[k]), strlen(canonical[i].name));
      CHECK_STR(name, canonical[i].name);
    }
  }
}

TEST(a_canonical_name_is_not_written_past_its_buffer) {
  for (size_t i = 0; i < sizeof canonical / sizeof *canonical; i++) {
    size_t needs = strlen(canonical[i].name) + 1;
    char name[NAME_SIZE];
    fill(name, sizeof name);
    for (size_t size = 0; size < needs; size++) {
      CHECK_EQ(tenon_canonname(canonical[i].host, name, size, 0), TENON_ENOSPC);
      CHECK_MEM(name + size, untouched, sizeof name - size);
    }
    CHECK_EQ(tenon_canonname(canonical[i].host, name, needs, 0), needs - 1);
    CHECK_MEM(name + needs, untouched, sizeof name - needs);
  }
}

TEST(what_is_no_host_has_no_canonical_name) {
  static const char *const junk[] = {"", "127.1", "0x7f000001", "1.2.3.4 foo", "[::1]", "a..b", "foo.invalid", "a b"};
  static const int timeouts[] = {0, NET_LIMIT_MS, TENON_FOREVER};
  char name[NAME_SIZE], long_host[301];
  memset(long_host, 'a', 300);
  long_host[300] = '\0';
  for (int k = 0; k < 3; k++) {
    for (size_t i = 0; i < sizeof junk / sizeof *junk; i++) {
      check_note(junk[i]);
      CHECK_EQ(tenon_canonname(junk[i], name, sizeof name, timeouts[k]), TENON_EAI_NONAME);
    }
    CHECK_EQ(tenon_canonname(long_host, name, sizeof name, timeouts[k]), TENON_EAI_NONAME);
  }
}

TEST(a_canonical_name_may_have_to_be_asked_for) {
  char name[NAME_SIZE];
  CHECK_EQ(tenon_canonname("host.example", name, sizeof name, 0), TENON_EAGAIN);
  int result = tenon_canonname("no-such-host.example", name, sizeof name, SHORT_LIMIT_MS);
  CHECK(result == TENON_EAI_NONAME || is_lookup_failure(result));
}
