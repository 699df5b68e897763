/* pair.c - two sockets that are connected to each other.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

#define PAIR_LIMIT_MS 5000

/* 1 or 0, or a failure. */
static int is_ours(tenon_sock client, const tenon_addr *at, const tenon_addr *accepted) {
  tenon_addr local, peer;
  int result = tenon_getsockname(client, &local);
  if (result == 0) result = tenon_getpeername(client, &peer);
  if (result < 0) return result;
  return tenon_addr_equal(&local, accepted) && tenon_addr_equal(&peer, at);
}

/* Any program of this host can connect to the listener. The addresses of both ends tell who it is: as long as the
 * client has its port, nobody else can come from there. */
static tenon_sock accept_client(tenon_sock listener, const tenon_addr *at, tenon_sock client, int64_t deadline) {
  for (;;) {
    tenon_addr peer;
    tenon_sock s = tenon_accept(listener, &peer, tenon_remaining(deadline));
    if (s == TENON_EAGAIN) return tenon__refuse(TENON_ETIMEDOUT);
    if (s < 0) return s;
    int ours = is_ours(client, at, &peer);
    if (ours > 0) return s;
    tenon_close(s);
    if (ours < 0) return ours;
  }
}

int tenon__pair_at(tenon_sock listener, const tenon_addr *at, int64_t deadline, tenon_sock pair[2]) {
  tenon_sock client = tenon_socket(at->family, TENON_SOCK_STREAM, 0);
  if (client < 0) return (int)client;
  int result = tenon_connect(client, at, tenon_remaining(deadline));
  if (result == TENON_EINPROGRESS) result = tenon__refuse(TENON_ETIMEDOUT); /* no time was left, so it only began */
  tenon_sock server = result == 0 ? accept_client(listener, at, client, deadline) : result;
  if (server < 0) {
    tenon_close(client);
    return (int)server;
  }
  pair[0] = client;
  pair[1] = server;
  for (int i = 0; i < 2; i++) tenon_setsockopt(pair[i], TENON_OPT_NODELAY, 1); /* as a system's own pair would be */
  return 0;
}

static int pair_over_loopback(tenon_sock pair[2]) {
  int64_t deadline = tenon_deadline(PAIR_LIMIT_MS);
  tenon_addr at = tenon_addr_loopback(TENON_AF_INET, 0);
  tenon_sock listener = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  if (listener < 0) return (int)listener;
  int result = tenon_bind(listener, &at);
  if (result == 0) result = tenon_getsockname(listener, &at);
  if (result == 0) result = tenon_listen(listener, -1);
  if (result == 0) result = tenon__pair_at(listener, &at, deadline, pair);
  tenon_close(listener);
  return result;
}

int tenon_socketpair(tenon_sock pair[2]) {
  if (tenon__is_traced()) return tenon__traced_socketpair(pair);
  if (!pair) return tenon__refuse(TENON_EINVAL);
  int result = tenon__sys_socketpair(pair);
  return result == TENON_ENOTSUP ? pair_over_loopback(pair) : result;
}
