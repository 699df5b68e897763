/* multicast_interface_test.c - the interface that multicast leaves through, and is joined at, however many there are.
 * SPDX-License-Identifier: MIT
 *
 * tests/rules/namespaces.sh runs it where this host has more addresses than fit into any list of fixed size.
 */
#include "check.h"
#include "net.h"
#include "tenon/interfaces.h"
#include "tenon/multicast.h"
#include "tenon/option.h"

enum { ROWS = 400 };

static tenon_interface rows[ROWS];

TEST(each_interface_with_an_address_can_be_chosen_and_is_read_back) {
  int count = tenon_interfaces(rows, ROWS), chosen = 0;
  CHECK(count > 0 && count <= ROWS);
  for (int i = 0; i < count; i++) {
    int is_next = i == 0 || rows[i].index != rows[i - 1].index, index = -1;
    if (rows[i].addr.family != TENON_AF_INET || !(rows[i].flags & TENON_INTERFACE_UP) || !is_next) continue;
    tenon_addr group;
    tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
    check_note(rows[i].name);
    CHECK_EQ(tenon_addr_parse(&group, "239.255.5.1"), 0);
    CHECK_EQ(tenon_setsockopt(s, TENON_OPT_MULTICAST_IF, rows[i].index), 0);
    CHECK_EQ(tenon_getsockopt(s, TENON_OPT_MULTICAST_IF, &index), 0);
    CHECK_EQ(index, rows[i].index);
    CHECK_EQ(tenon_multicast_join(s, &group, NULL, rows[i].index), 0);
    CHECK_EQ(tenon_multicast_leave(s, &group, NULL, rows[i].index), 0);
    CHECK_EQ(tenon_close(s), 0);
    chosen++;
  }
  check_note(NULL);
  CHECK(chosen > 0);
}
