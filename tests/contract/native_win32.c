/* native_win32.c - the transcript's own needs on Windows.
 * SPDX-License-Identifier: MIT
 */
#include "native.h"

#include <winsock2.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>

void native_use_plain_output(void) {
  _setmode(_fileno(stdout), _O_BINARY);
}

int native_send_urgent(tenon_sock s) {
  return send((SOCKET)s, "!", 1, MSG_OOB) == 1 ? 0 : -1;
}

tenon_sock native_open_stream(void) {
  return (tenon_sock)socket(AF_INET, SOCK_STREAM, 0);
}
