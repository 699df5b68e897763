/* end.c - transcript: giving the system's socket layer back. The last topic; topic_start has started once for it.
 * SPDX-License-Identifier: MIT
 */
#include "transcript.h"

void topic_end(void) {
  SHOW("end.cleanup", "D002", tenon_cleanup());
  SHOW("end.cleanup_too_many", "D002", tenon_cleanup());
  tenon_sock s = OPEN("end.starts_by_itself_again", "D001", tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0));
  SHOW("end.close", "D004", tenon_close(s));
}
