/* sizes.c - transcript: sizes that no memory has, which systems would take for others.
 * SPDX-License-Identifier: MIT
 */
#include <stdint.h>

#include "transcript.h"

void topic_sizes(void) {
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 9);
  tenon_sock datagrams = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0), pair[2];
  char byte = 0;
  net_pair(pair);
  COUNT("size.send", "D071", tenon_send(pair[0], &byte, SIZE_MAX, LIMIT));
  COUNT("size.recv", "D071", tenon_recv(pair[0], &byte, SIZE_MAX, 0));
  COUNT("size.recv_all", "D071", tenon_recv_all(pair[0], &byte, SIZE_MAX, 0));
  COUNT("size.peek", "D071", tenon_peek(pair[0], &byte, SIZE_MAX, 0));
  COUNT("size.sendto", "D071", tenon_sendto(datagrams, &byte, SIZE_MAX, &at, LIMIT));
  COUNT("size.recvfrom", "D071", tenon_recvfrom(datagrams, &byte, SIZE_MAX, NULL, 0));
  COUNT("size.nothing_went_out", "D071", tenon_recv(pair[1], &byte, 1, 0));
  net_close2(pair[0], pair[1]);
  tenon_close(datagrams);
}
