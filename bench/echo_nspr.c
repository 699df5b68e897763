/* echo_nspr.c - the echo server by NSPR: PR_Poll over all connections.
 * SPDX-License-Identifier: MIT */
#include "echo.h"

#include <nspr.h>
#include <private/pprio.h>
#include <stdlib.h>

static PRPollDesc *items;
static int item_count;

int echo_open(echo_connection *connections, int count) {
  PRSocketOptionData nonblocking = {PR_SockOpt_Nonblocking, {PR_TRUE}};
  items = malloc((size_t)count * sizeof *items);
  if (!items) return -1;
  item_count = count;
  for (int i = 0; i < count; i++) {
    items[i] = (PRPollDesc){PR_ImportTCPSocket((PROsfd)connections[i].sock), PR_POLL_READ, 0};
    if (!items[i].fd || PR_SetSocketOption(items[i].fd, &nonblocking) != PR_SUCCESS) return -1;
  }
  return 0;
}

int echo_serve(void) {
  static char buffer[ECHO_BUFFER];
  for (;;) {
    int left = PR_Poll(items, item_count, PR_INTERVAL_NO_TIMEOUT);
    if (left < 0) return -1;
    for (int i = 0; left > 0; i++) {
      if (!items[i].out_flags) continue;
      left--;
      PRInt32 n = PR_Recv(items[i].fd, buffer, sizeof buffer, 0, PR_INTERVAL_NO_WAIT);
      if (n <= 0 || PR_Send(items[i].fd, buffer, n, 0, PR_INTERVAL_NO_WAIT) != n) return 0;
    }
  }
}
