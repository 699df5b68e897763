/* validity.c - which options of IP are valid for which sockets.
 * SPDX-License-Identifier: MIT
 */
#include "layer.h"

typedef struct rule {
  int level, name, only_for_datagrams, only_connected;
} rule;

/* From test_sockopt_validity in Wine's tests. Not every mingw-w64 has all the names. */
static const rule rules[] = {
    {IPPROTO_IP, IP_HDRINCL, 1, 0},
    {IPPROTO_IP, IP_MULTICAST_IF, 1, 0},
    {IPPROTO_IP, IP_MULTICAST_TTL, 1, 0},
    {IPPROTO_IP, IP_MULTICAST_LOOP, 1, 0},
    {IPPROTO_IP, IP_PKTINFO, 1, 0},
    {IPPROTO_IP, 21 /* IP_RECVTTL */, 1, 0},
    {IPPROTO_IP, IP_RECEIVE_BROADCAST, 1, 0},
    {IPPROTO_IP, 40 /* IP_RECVTOS */, 1, 0},
    {IPPROTO_IP, 50 /* IP_ECN */, 1, 0},
    {IPPROTO_IP, 73 /* IP_MTU */, 0, 1},
    {IPPROTO_IPV6, IPV6_MULTICAST_IF, 1, 0},
    {IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 1, 0},
    {IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 1, 0},
    {IPPROTO_IPV6, IPV6_PKTINFO, 1, 0},
    {IPPROTO_IPV6, IPV6_HOPLIMIT, 1, 0},
    {IPPROTO_IPV6, 40 /* IPV6_RECVTCLASS */, 1, 0},
    {IPPROTO_IPV6, 50 /* IPV6_ECN */, 1, 0},
    {IPPROTO_IPV6, 72 /* IPV6_MTU */, 0, 1},
};

int layer_option_error(layer_state *state, int level, int name) {
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
    if (rules[i].level != level || rules[i].name != name) continue;
    int is_family = state->family == (level == IPPROTO_IP ? AF_INET : AF_INET6);
    int error = !is_family                                              ? 0
                : rules[i].only_for_datagrams && layer_is_stream(state) ? WSAEINVAL
                : rules[i].only_connected && !state->is_connected       ? WSAENOTCONN
                                                                        : 0;
    return error && layer_arises(ROW_OPTION_VALIDITY) ? error : 0;
  }
  return 0;
}
