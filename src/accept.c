/* accept.c - taking connections.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

/* What systems report of a connection that failed while it waited, though the listener is well; or of a socket that
 * never listened. */
static int is_about_the_peer(tenon_sock code) {
  switch (code) {
    case TENON_EACCES: /* a firewall */
    case TENON_ECONNABORTED:
    case TENON_ECONNRESET:
    case TENON_EHOSTDOWN:
    case TENON_EHOSTUNREACH:
    case TENON_ENETDOWN:
    case TENON_ENETUNREACH:
    case TENON_ENOPROTOOPT:
    case TENON_ENOTCONN:
    case TENON_ENOTSUP:
    case TENON_EPROTO:
    case TENON_ETIMEDOUT: return 1;
    default: return 0;
  }
}

static tenon_sock accept_once(tenon_sock s, tenon__sockaddr *peer) {
  peer->size = sizeof peer->u;
  return tenon__sys_accept(s, peer);
}

/* In a row, as many as a queue can hold. After that it is the listener that is not well, and trying again would never
 * end. */
#ifndef VANISHED_MAX /* tests set a lower limit */
#define VANISHED_MAX 65535
#endif

/* 0 if another attempt is worth while. */
static int accept_again(tenon_sock s, tenon_sock failure, int *vanished, tenon__limit *limit) {
  if (failure == TENON_EAGAIN) {
    *vanished = 0;
    return tenon__wait(s, TENON__READABLE, limit);
  }
  int is_peers = is_about_the_peer(failure);
  if (!is_peers && failure != TENON_EINVAL) return (int)failure;
  if (tenon__sys_is_listening(s) <= 0) return tenon__refuse(TENON_EINVAL);
  if (!is_peers) return TENON_EMFILE; /* Wine has no descriptor left for the connection */
  if (++*vanished > VANISHED_MAX) return (int)failure;
  return tenon__limit_go_on(limit, 0);
}

/* What an accept was asked for, in memory for when the first attempt does not do, instead of in registers that would have
 * to be saved first. */
typedef struct wanted_accept {
  tenon_sock s;
  tenon_addr *peer;
  int timeout_ms;
} wanted_accept;

TENON__APART static tenon_sock accept_rest(const volatile wanted_accept *w, tenon__sockaddr *peer, tenon_sock failure) {
  tenon__limit limit = tenon__limit_of(w->timeout_ms);
  tenon_sock accepted = failure;
  int vanished = 0;
  while (accepted < 0) {
    int again = accept_again(w->s, accepted, &vanished, &limit);
    if (again < 0) return again;
    accepted = accept_once(w->s, peer);
  }
  if (w->peer) tenon__from_sockaddr(w->peer, peer);
  return accepted;
}

TENON__BRIEF tenon_sock tenon_accept(tenon_sock s, tenon_addr *peer, int timeout_ms) {
  volatile wanted_accept wanted;
  wanted.s = s, wanted.peer = peer, wanted.timeout_ms = timeout_ms;
  if (tenon__is_traced()) return tenon__traced_accept(s, peer, timeout_ms);
  if (timeout_ms < TENON_FOREVER) return tenon__refuse(TENON_EINVAL);
  tenon__sockaddr native;
  tenon_sock accepted = accept_once(s, &native);
  if (accepted < 0 || wanted.peer) return accept_rest(&wanted, &native, accepted);
  return accepted;
}
