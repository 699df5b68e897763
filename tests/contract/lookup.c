/* lookup.c - transcript: lookups and their limits, which the systems' own do not have.
 * SPDX-License-Identifier: MIT
 */
#include "transcript.h"

void topic_lookup(void) {
  tenon_addr list[2];
  char name[64];
  SHOW("lookup.invalid", "D130", tenon_resolve("nobody.invalid", "80", NULL, list, 2, LIMIT));
  SHOW("lookup.invalid.at_once", "D140", tenon_resolve("nobody.invalid", "80", NULL, list, 2, 0));
  SHOW("lookup.name.at_once", "D140", tenon_resolve("example.org", "80", NULL, list, 2, 0));
  SHOW("lookup.address.at_once", "D140", tenon_resolve("192.0.2.1", "80", NULL, list, 2, 0));
  SHOW("lookup.localhost.at_once", "D137", tenon_resolve("foo.localhost", "80", NULL, list, 2, 0));
  SHOW("lookup.more_than_room", "D138", tenon_resolve("localhost", "80", NULL, list, 1, LIMIT));
  SHOW("lookup.no_room", "D138", tenon_resolve("localhost", "80", NULL, NULL, 0, LIMIT));
  SHOW("lookup.no_list", "D042", tenon_resolve("localhost", "80", NULL, NULL, 1, LIMIT));
  SHOW("lookup.limit.negative", "", tenon_resolve("localhost", "80", NULL, list, 2, -2));
  SHOW("lookup.five_numbers", "D136", tenon_resolve("1.2.3.4.5", "80", NULL, list, 2, LIMIT));
  SHOW("lookup.empty", "D136", tenon_resolve("", "80", NULL, list, 2, LIMIT));
  SHOW("lookup.canonname.at_once", "D140", tenon_canonname("example.org", name, sizeof name, 0));
  SHOW("lookup.canonname.address", "", tenon_canonname("192.0.2.1", name, sizeof name, LIMIT));
  SHOW("lookup.canonname.no_room.null", "D132", tenon_canonname("192.0.2.1", NULL, 0, LIMIT));
  SHOW("lookup.canonname.null", "D042", tenon_canonname(NULL, name, sizeof name, LIMIT));
}
