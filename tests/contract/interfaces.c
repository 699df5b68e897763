/* interfaces.c - transcript: network interfaces.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "tenon/interfaces.h"
#include "transcript.h"

enum { ROWS = 64 };

static void look_up(const tenon_interface *loopback) {
  char name[TENON_INTERFACE_NAME] = "", scoped[TENON_INTERFACE_NAME + 16];
  tenon_hints hints = {0, 0, TENON_AI_NUMERICHOST};
  tenon_addr addr = tenon_addr_any(0, 0);
  FACT("interface.index", "D143", tenon_interface_index(loopback->name) == loopback->index);
  FACT("interface.name", "D143", tenon_interface_name(loopback->index, name, sizeof name) > 0);
  FACT("interface.name.is_the_same", "D143", strcmp(name, loopback->name) == 0);
  SHOW("interface.name.no_room", "D143", tenon_interface_name(loopback->index, name, 1));
  snprintf(scoped, sizeof scoped, "fe80::1%%%s", name);
  COUNT("interface.scope.by_name", "D142", tenon_resolve(scoped, "80", &hints, &addr, 1, 0));
  FACT("interface.scope.is_its_index", "D142", addr.scope == (uint32_t)loopback->index);
  SHOW("interface.scope.parser", "D142", tenon_addr_parse(&addr, scoped));
}

void topic_interfaces(void) {
  static tenon_interface list[ROWS];
  const tenon_addr local = tenon_addr_loopback(TENON_AF_INET, 0);
  int count = tenon_interfaces(list, ROWS), at = 0;
  FACT("interface.some", "D143", count > 0);
  while (at < count && at < ROWS - 1 && !tenon_addr_equal(&list[at].addr, &local)) at++;
  TEXT("interface.loopback.address", "D143", host_of(&list[at].addr));
  COUNT("interface.loopback.prefix", "D143", list[at].prefix);
  FACT("interface.loopback.flag", "D143", list[at].flags & TENON_INTERFACE_LOOPBACK);
  FACT("interface.loopback.up", "D143", list[at].flags & TENON_INTERFACE_UP);
  FACT("interface.count_only", "D143", tenon_interfaces(NULL, 0) == count);
  look_up(&list[at]);
  tenon_hints hints = {0, 0, TENON_AI_NUMERICHOST};
  SHOW("interface.index.unknown", "D143", tenon_interface_index("no-such-if"));
  SHOW("interface.index.empty", "D143", tenon_interface_index(""));
  SHOW("interface.index.null", "D143", tenon_interface_index(NULL));
  SHOW("interface.name.unknown", "D143", tenon_interface_name(0x7ffffff0, list[0].name, sizeof list[0].name));
  SHOW("interface.name.zero", "D143", tenon_interface_name(0, list[0].name, sizeof list[0].name));
  SHOW("interface.scope.unknown", "D142", tenon_resolve("fe80::1%no-such-if", "80", &hints, NULL, 0, 0));
  SHOW("interface.null", "D143", tenon_interfaces(NULL, 1));
  SHOW("interface.capacity.negative", "D143", tenon_interfaces(list, -1));
}
