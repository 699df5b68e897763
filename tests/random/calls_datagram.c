/* calls_datagram.c - calls that send and receive datagrams.
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>

#include "argument.h"
#include "calls.h"
#include "wants.h"

static void run_sendto(play *p, const int *a) {
  address to;
  int size = argument_size(a[1]);
  const tenon_addr *peer = p->is_dry ? NULL : play_address(p, a[2]);
  forecast f = model_send_datagram(&p->m, a[0], size, argument_address(&p->m, a[2], &to) ? &to : NULL, a[3]);
  if (!play_begins(p, f)) return;
  bytes_fill((unsigned char *)play_buffer, size, (uint32_t)size, 0);
  play_result(p, f, tenon_sendto(play_socket(p, a[0]), play_buffer, (size_t)size, peer, argument_limit(a[3])), NULL);
}

static void run_recvfrom(play *p, const int *a) {
  datagram taken;
  tenon_addr from;
  int size = argument_size(a[1]);
  forecast f = model_receive_datagram(&p->m, a[0], size, a[2], 0, &taken);
  if (!play_begins(p, f)) return;
  ptrdiff_t n = tenon_recvfrom(play_socket(p, a[0]), play_buffer, (size_t)size, &from, argument_limit(a[2]));
  play_result(p, f, n, NULL);
}

const call calls_datagram[] = {
    {"tenon_sendto(%, data, %, %, %)", "snal", 60, wants_datagrams, run_sendto},
    {"tenon_recvfrom(%, data, %, &from, %)", "snl", 40, wants_held, run_recvfrom},
    {NULL, NULL, 0, NULL, NULL},
};
