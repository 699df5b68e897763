/* start.c - transcript: start-up, which nobody has to call, and what the system has. The first topic, as it is about
 * the first call.
 * SPDX-License-Identifier: MIT
 * */
#include <string.h>

#include "support.h"
#include "transcript.h"

void topic_start(void) {
  tenon_sock first = OPEN("start.first_call", "D001", tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0));
  SHOW("start.first_close", "D004", tenon_close(first));
  SHOW("start.cleanup_without_startup", "D002", tenon_cleanup());
  SHOW("start.startup", "D001", tenon_startup());
  SHOW("start.startup_again", "D001", tenon_startup());
  SHOW("start.cleanup_of_two", "D002", tenon_cleanup());
  tenon_sock s = OPEN("start.still_started", "D002", tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0));
  SHOW("start.foreign_startup", "D002", support_start_foreign());
  SHOW("start.foreign_cleanup", "D002", support_end_foreign());
  SHOW("start.socket_survives_both", "D002", tenon_close(s));
  COUNT("start.supports.ipv6", "D174", tenon_supports(TENON_SUPPORTS_IPV6));
  COUNT("start.supports.dualstack", "D048", tenon_supports(TENON_SUPPORTS_DUALSTACK));
  COUNT("start.supports.unknown", "", tenon_supports(1000));
  FACT("start.version", "", strcmp(tenon_version(), TENON_VERSION) == 0);
}
