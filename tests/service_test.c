/* service_test.c - services: their names, their numbers, and what is neither.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check.h"
#include "net.h"
#include "tenon.h"

/* The port, or the error. */
static int port_of(const char *service, int type, int flags, int timeout_ms) {
  tenon_hints hints = {TENON_AF_INET, type, flags};
  tenon_addr addr;
  int result = tenon_resolve("127.0.0.1", service, &hints, &addr, 1, timeout_ms);
  return result < 0 ? result : addr.port;
}

#define CHECK_PORT(service, flags, port)                    \
  CHECK_EQ(port_of(service, 0, flags, 0), port);            \
  CHECK_EQ(port_of(service, 0, flags, NET_LIMIT_MS), port); \
  CHECK_EQ(port_of(service, TENON_SOCK_DGRAM, flags, TENON_FOREVER), port)

/* D135 */
TEST(services_that_everybody_knows_need_no_resolver) {
  CHECK_PORT("http", 0, 80);
  CHECK_PORT("Http", 0, 80); /* case does not matter: RFC 6335, section 5.1 */
  CHECK_PORT("https", 0, 443);
  CHECK_PORT("ssh", 0, 22);
  CHECK_PORT("domain", 0, 53);
  CHECK_PORT("echo", 0, 7);
  CHECK_PORT("postgresql", 0, 5432);
}

TEST(numbers_from_0_to_65535_are_services) {
  CHECK_PORT("0", 0, 0);
  CHECK_PORT("1", TENON_AI_NUMERICSERV, 1);
  CHECK_PORT("80", 0, 80);
  CHECK_PORT("65535", TENON_AI_NUMERICSERV, 65535);
}

TEST(no_service_is_port_0) {
  CHECK_PORT(NULL, 0, 0);
  CHECK_PORT(NULL, TENON_AI_NUMERICSERV, 0);
}

/* D134: 99999 is 34463 to some resolvers, and others make 0 of what is no number. */
TEST(what_looks_like_a_malformed_number_is_no_service) {
  static const char *const junk[] = {"",    " ",   "65536", "99999", "70000", "4294967296", "4294967376",
                                     "-1",  "-80", "+80",   " 80",   "80 ",   "080",        "00",
                                     "80.", "8_0", "80\n",  "٣",     "http ", "ht tp",      "http/tcp"};
  for (size_t i = 0; i < sizeof junk / sizeof *junk; i++) {
    check_note(junk[i]);
    CHECK_PORT(junk[i], 0, TENON_EAI_SERVICE);
    CHECK_PORT(junk[i], TENON_AI_NUMERICSERV, TENON_EAI_SERVICE);
  }
}

/* These could be names: the system has to be asked, and knows none of them. */
TEST(unknown_services_are_found_nowhere) {
  static const char *const names[] = {"no-such-service-x", "80x", "0x50", "8o", "http-", "-no-such-service"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    check_note(names[i]);
    CHECK_EQ(port_of(names[i], 0, 0, 0), TENON_EAGAIN);
    CHECK_EQ(port_of(names[i], 0, 0, NET_LIMIT_MS), TENON_EAI_SERVICE);
    CHECK_EQ(port_of(names[i], 0, 0, TENON_FOREVER), TENON_EAI_SERVICE);
    CHECK_EQ(port_of(names[i], TENON_SOCK_DGRAM, 0, NET_LIMIT_MS), TENON_EAI_SERVICE);
    CHECK_EQ(port_of(names[i], TENON_SOCK_DGRAM, 0, TENON_FOREVER), TENON_EAI_SERVICE);
  }
}

TEST(names_are_no_services_to_those_who_want_numbers) {
  CHECK_PORT("http", TENON_AI_NUMERICSERV, TENON_EAI_SERVICE);
  CHECK_PORT("no-such-service-x", TENON_AI_NUMERICSERV, TENON_EAI_SERVICE);
}

TEST(services_that_are_too_long_are_none) {
  static char name[10001];
  static const size_t lengths[] = {254, 255, 256, 300, 10000};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    memset(name, 'a', lengths[i]);
    name[lengths[i]] = '\0';
    CHECK_PORT(name, 0, TENON_EAI_SERVICE);
    memset(name, '1', lengths[i]);
    CHECK_PORT(name, 0, TENON_EAI_SERVICE);
  }
  memset(name, 'a', 253);
  name[253] = '\0';
  CHECK_EQ(port_of(name, 0, 0, 0), TENON_EAGAIN);
  CHECK_EQ(port_of(name, 0, 0, NET_LIMIT_MS), TENON_EAI_SERVICE);
  CHECK_EQ(port_of(name, 0, 0, TENON_FOREVER), TENON_EAI_SERVICE);
}

/* The system may know this one, which Tenon does not, or have no list of services at all. */
TEST(a_limit_does_not_change_what_the_system_knows) {
  int port = port_of("ftp-data", TENON_SOCK_STREAM, 0, TENON_FOREVER);
  CHECK(port == 20 || port == TENON_EAI_SERVICE);
  CHECK_EQ(port_of("ftp-data", TENON_SOCK_STREAM, 0, NET_LIMIT_MS), port);
}

TEST(the_port_is_that_of_every_address) {
  tenon_addr list[2];
  CHECK_EQ(tenon_resolve("localhost", "https", NULL, list, 2, 0), 2);
  CHECK_EQ(list[0].port, 443);
  CHECK_EQ(list[1].port, 443);
}
