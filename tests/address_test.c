/* address_test.c - addresses as values: making and comparing them, to and from the system's own form.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check.h"
#include "support.h"
#include "tenon.h"

enum { NATIVE_SIZE = 128 };

static const uint8_t no_ip[16] = {0};
static const uint8_t loopback_ipv4[16] = {127, 0, 0, 1};
static const uint8_t loopback_ipv6[16] = {[15] = 1};
static const uint8_t some_ipv4[16] = {192, 0, 2, 1};
static const uint8_t some_ipv6[16] = {0xfe, 0x80, [14] = 0xab, 0xcd};

static tenon_addr make_addr(int family, const uint8_t ip[16], uint16_t port, uint32_t scope) {
  tenon_addr addr = {.family = (uint16_t)family, .port = port, .scope = scope};
  memcpy(addr.ip, ip, sizeof addr.ip);
  return addr;
}

/* All of the address, its unused bytes too: what Tenon makes has no rubbish in it. */
static int is_exactly(tenon_addr addr, int family, const uint8_t ip[16], uint16_t port, uint32_t scope) {
  tenon_addr expected = make_addr(family, ip, port, scope);
  return memcmp(&addr, &expected, sizeof addr) == 0;
}

TEST(any_is_all_zero_with_the_family_and_the_port) {
  CHECK(is_exactly(tenon_addr_any(TENON_AF_INET, 80), TENON_AF_INET, no_ip, 80, 0));
  CHECK(is_exactly(tenon_addr_any(TENON_AF_INET6, 80), TENON_AF_INET6, no_ip, 80, 0));
}

TEST(loopback_is_127_0_0_1_or_its_ipv6_counterpart) {
  CHECK(is_exactly(tenon_addr_loopback(TENON_AF_INET, 80), TENON_AF_INET, loopback_ipv4, 80, 0));
  CHECK(is_exactly(tenon_addr_loopback(TENON_AF_INET6, 80), TENON_AF_INET6, loopback_ipv6, 80, 0));
}

TEST(ports_from_0_to_65535_are_kept) {
  CHECK_EQ(tenon_addr_any(TENON_AF_INET, 0).port, 0);
  CHECK_EQ(tenon_addr_any(TENON_AF_INET, 65535).port, 65535);
  CHECK_EQ(tenon_addr_loopback(TENON_AF_INET6, 0).port, 0);
  CHECK_EQ(tenon_addr_loopback(TENON_AF_INET6, 65535).port, 65535);
}

TEST(bad_ports_make_an_unspecified_family) {
  static const int ports[] = {-1, 65536, INT32_MIN, INT32_MAX, 65536 + 80};
  for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
    CHECK_EQ(tenon_addr_any(TENON_AF_INET, ports[i]).family, TENON_AF_UNSPEC);
    CHECK_EQ(tenon_addr_any(TENON_AF_INET6, ports[i]).family, TENON_AF_UNSPEC);
    CHECK_EQ(tenon_addr_loopback(TENON_AF_INET, ports[i]).family, TENON_AF_UNSPEC);
    CHECK_EQ(tenon_addr_loopback(TENON_AF_INET6, ports[i]).family, TENON_AF_UNSPEC);
  }
}

TEST(bad_families_make_an_unspecified_family) {
  static const int families[] = {TENON_AF_UNSPEC, 1, 3, 23, -1, 65536 + TENON_AF_INET, INT32_MIN, INT32_MAX};
  for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
    CHECK_EQ(tenon_addr_any(families[i], 80).family, TENON_AF_UNSPEC);
    CHECK_EQ(tenon_addr_loopback(families[i], 80).family, TENON_AF_UNSPEC);
  }
}

TEST(calls_refuse_an_unspecified_family) {
  tenon_addr addr = tenon_addr_any(TENON_AF_UNSPEC, 80);
  char text[TENON_ADDR_TEXT];
  CHECK(tenon_addr_format(&addr, text, sizeof text) < 0);
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_OK(s);
  CHECK_EQ(tenon_bind(s, &addr), TENON_EAFNOSUPPORT);
  CHECK_EQ(tenon_connect(s, &addr, 0), TENON_EAFNOSUPPORT);
  CHECK_EQ(tenon_close(s), 0);
}

TEST(equal_addresses_are_equal) {
  tenon_addr ipv4 = make_addr(TENON_AF_INET, some_ipv4, 80, 0);
  tenon_addr ipv6 = make_addr(TENON_AF_INET6, some_ipv6, 80, 2);
  tenon_addr ipv4_again = ipv4, ipv6_again = ipv6;
  CHECK_EQ(tenon_addr_equal(&ipv4, &ipv4_again), 1);
  CHECK_EQ(tenon_addr_equal(&ipv6, &ipv6_again), 1);
  CHECK_EQ(tenon_addr_equal(&ipv6, &ipv6), 1);
}

TEST(family_address_scope_and_port_make_addresses_differ) {
  tenon_addr a = make_addr(TENON_AF_INET6, some_ipv6, 80, 2);
  tenon_addr other_family = make_addr(TENON_AF_INET, some_ipv6, 80, 2);
  tenon_addr other_ip = make_addr(TENON_AF_INET6, loopback_ipv6, 80, 2);
  tenon_addr other_port = make_addr(TENON_AF_INET6, some_ipv6, 81, 2);
  tenon_addr other_scope = make_addr(TENON_AF_INET6, some_ipv6, 80, 3);
  CHECK_EQ(tenon_addr_equal(&a, &other_family), 0);
  CHECK_EQ(tenon_addr_equal(&a, &other_ip), 0);
  CHECK_EQ(tenon_addr_equal(&a, &other_port), 0);
  CHECK_EQ(tenon_addr_equal(&a, &other_scope), 0);
}

TEST(each_byte_of_an_address_counts) {
  tenon_addr ipv4 = make_addr(TENON_AF_INET, some_ipv4, 80, 0);
  tenon_addr ipv6 = make_addr(TENON_AF_INET6, some_ipv6, 80, 0);
  for (size_t i = 0; i < sizeof ipv6.ip; i++) {
    tenon_addr ipv4_changed = ipv4, ipv6_changed = ipv6;
    ipv4_changed.ip[i] ^= 1;
    ipv6_changed.ip[i] ^= 1;
    CHECK_EQ(tenon_addr_equal(&ipv4, &ipv4_changed), i >= 4); /* an IPv4 address has four */
    CHECK_EQ(tenon_addr_equal(&ipv6, &ipv6_changed), 0);
  }
}

TEST(unused_bytes_do_not_make_addresses_differ) {
  tenon_addr a = make_addr(TENON_AF_INET6, some_ipv6, 80, 2);
  tenon_addr b = a;
  memset(b.path, 'x', sizeof b.path);
  CHECK_EQ(tenon_addr_equal(&a, &b), 1);
}

TEST(nothing_equals_null) {
  tenon_addr a = tenon_addr_loopback(TENON_AF_INET, 80);
  CHECK_EQ(tenon_addr_equal(&a, NULL), 0);
  CHECK_EQ(tenon_addr_equal(NULL, &a), 0);
}

TEST(native_addresses_become_tenon_addresses) {
  unsigned char native[NATIVE_SIZE];
  tenon_addr addr;
  size_t size = support_native_addr("192.0.2.1", 0x1234, 0, native, sizeof native);
  CHECK_EQ(tenon_addr_from_native(&addr, native, size), 0);
  CHECK(is_exactly(addr, TENON_AF_INET, some_ipv4, 0x1234, 0));
  size = support_native_addr("fe80::abcd", 0x1234, 0x12345, native, sizeof native);
  CHECK_EQ(tenon_addr_from_native(&addr, native, size), 0);
  CHECK(is_exactly(addr, TENON_AF_INET6, some_ipv6, 0x1234, 0x12345));
}

TEST(ipv4_mapped_native_addresses_become_ipv4) {
  unsigned char native[NATIVE_SIZE];
  tenon_addr addr;
  size_t size = support_native_addr("::ffff:192.0.2.1", 0x1234, 0, native, sizeof native);
  CHECK_EQ(tenon_addr_from_native(&addr, native, size), 0);
  CHECK(is_exactly(addr, TENON_AF_INET, some_ipv4, 0x1234, 0));
}

TEST(addresses_survive_the_way_to_native_and_back) {
  tenon_addr from[] = {
      make_addr(TENON_AF_INET, some_ipv4, 0x1234, 0),
      tenon_addr_any(TENON_AF_INET, 0),
      tenon_addr_loopback(TENON_AF_INET, 65535),
      make_addr(TENON_AF_INET6, some_ipv6, 0x1234, 0x12345),
      tenon_addr_any(TENON_AF_INET6, 0),
      tenon_addr_loopback(TENON_AF_INET6, 65535),
  };
  for (size_t i = 0; i < sizeof from / sizeof *from; i++) {
    unsigned char native[NATIVE_SIZE];
    tenon_addr to;
    memset(&to, 0xa5, sizeof to);
    int size = tenon_addr_to_native(&from[i], native, sizeof native);
    CHECK_OK(size);
    CHECK_EQ(tenon_addr_from_native(&to, native, (size_t)size), 0);
    CHECK_MEM(&to, &from[i], sizeof to);
  }
}

/* D018 */
TEST(the_native_form_has_the_length_of_the_systems_own) {
  unsigned char native[NATIVE_SIZE];
  tenon_addr ipv4 = tenon_addr_loopback(TENON_AF_INET, 80);
  tenon_addr ipv6 = tenon_addr_loopback(TENON_AF_INET6, 80);
  size_t ipv4_size = support_native_addr("127.0.0.1", 80, 0, native, sizeof native);
  size_t ipv6_size = support_native_addr("::1", 80, 0, native, sizeof native);
  CHECK_EQ(tenon_addr_to_native(&ipv4, native, ipv4_size), ipv4_size);
  CHECK_EQ(tenon_addr_to_native(&ipv6, native, ipv6_size), ipv6_size);
}

TEST(to_native_writes_nothing_into_too_small_a_buffer) {
  static const int families[] = {TENON_AF_INET, TENON_AF_INET6};
  for (size_t i = 0; i < 2; i++) {
    unsigned char native[NATIVE_SIZE], untouched[NATIVE_SIZE];
    memset(untouched, 0xa5, sizeof untouched);
    tenon_addr addr = tenon_addr_loopback(families[i], 80);
    int needed = tenon_addr_to_native(&addr, native, sizeof native);
    CHECK_OK(needed);
    memcpy(native, untouched, sizeof native);
    for (size_t size = 0; size < (size_t)needed; size++) {
      CHECK_EQ(tenon_addr_to_native(&addr, native, size), TENON_ENOSPC);
      CHECK_MEM(native, untouched, sizeof native);
    }
    CHECK_EQ(tenon_addr_to_native(&addr, native, (size_t)needed), needed);
    CHECK_MEM(native + needed, untouched, sizeof native - (size_t)needed);
  }
}

TEST(from_native_refuses_what_is_too_short) {
  static const int families[] = {TENON_AF_INET, TENON_AF_INET6};
  for (size_t i = 0; i < 2; i++) {
    unsigned char native[NATIVE_SIZE];
    tenon_addr addr = tenon_addr_loopback(families[i], 80), untouched = addr;
    int size = tenon_addr_to_native(&addr, native, sizeof native);
    CHECK_OK(size);
    CHECK_EQ(tenon_addr_from_native(&addr, native, 0), TENON_EINVAL);
    CHECK_EQ(tenon_addr_from_native(&addr, native, 1), TENON_EINVAL);
    CHECK_EQ(tenon_addr_from_native(&addr, native, (size_t)size - 1), TENON_EINVAL);
    CHECK_MEM(&addr, &untouched, sizeof addr);
  }
}

/* D195 */
TEST(from_native_takes_more_than_it_needs) {
  unsigned char native[NATIVE_SIZE] = {0};
  tenon_addr addr;
  CHECK(support_native_addr("192.0.2.1", 0x1234, 0, native, sizeof native) > 0);
  CHECK_EQ(tenon_addr_from_native(&addr, native, sizeof native), 0);
  CHECK(is_exactly(addr, TENON_AF_INET, some_ipv4, 0x1234, 0));
}

TEST(families_that_tenon_does_not_know_do_not_cross) {
  unsigned char native[NATIVE_SIZE] = {0};
  tenon_addr addr = tenon_addr_loopback(TENON_AF_INET, 80), untouched = addr;
  CHECK_EQ(tenon_addr_from_native(&addr, native, sizeof native), TENON_EAFNOSUPPORT);
  memset(native, 0xff, sizeof native);
  CHECK_EQ(tenon_addr_from_native(&addr, native, sizeof native), TENON_EAFNOSUPPORT);
  CHECK_MEM(&addr, &untouched, sizeof addr);
  addr.family = TENON_AF_UNSPEC;
  CHECK_EQ(tenon_addr_to_native(&addr, native, sizeof native), TENON_EAFNOSUPPORT);
  addr.family = 0xffff;
  CHECK_EQ(tenon_addr_to_native(&addr, native, sizeof native), TENON_EAFNOSUPPORT);
}

TEST(null_is_no_address_and_no_native_one) {
  unsigned char native[NATIVE_SIZE] = {0};
  tenon_addr addr = tenon_addr_loopback(TENON_AF_INET, 80);
  CHECK_EQ(tenon_addr_to_native(NULL, native, sizeof native), TENON_EINVAL);
  CHECK_EQ(tenon_addr_to_native(&addr, NULL, sizeof native), TENON_EINVAL);
  CHECK_EQ(tenon_addr_from_native(NULL, native, sizeof native), TENON_EINVAL);
  CHECK_EQ(tenon_addr_from_native(&addr, NULL, sizeof native), TENON_EINVAL);
}
