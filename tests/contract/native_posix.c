/* native_posix.c - the transcript's own needs on POSIX systems.
 * SPDX-License-Identifier: MIT
 */
#include "native.h"

#include <sys/socket.h>

void native_use_plain_output(void) {}

int native_send_urgent(tenon_sock s) {
  return send((int)s, "!", 1, MSG_OOB) == 1 ? 0 : -1;
}

tenon_sock native_open_stream(void) {
  return socket(AF_INET, SOCK_STREAM, 0);
}
