/* library.c - the library as a whole: start-up, version, what the system has.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

#include <stdatomic.h>

static atomic_int startups;

int tenon_startup(void) {
  int result = tenon__sys_startup();
  if (result == 0) atomic_fetch_add(&startups, 1);
  return result;
}

/* Never gives back more than was taken: the rest belongs to other parts of the program. */
int tenon_cleanup(void) {
  int count = atomic_load(&startups);
  do {
    if (count == 0) return tenon__refuse(TENON_EINVAL);
  } while (!atomic_compare_exchange_weak(&startups, &count, count - 1));
  return tenon__sys_cleanup();
}

/* A start that somebody else made ends when he likes, and all sockets with it; so Tenon makes one of its own, for good,
 * unless the program has. Who comes here too early in parallel is told that nothing was started, and starts. */
void tenon__start_for_good(void) {
  static atomic_int kept;
  if (atomic_load(&kept) || atomic_load(&startups) > 0 || atomic_exchange(&kept, 1)) return;
  if (tenon__sys_startup() < 0) atomic_store(&kept, 0);
}

/* Linux makes a socket that is bound to an IPv6 address IPv6-only, so that is asked before. */
static int has_ipv6(int must_be_dualstack) {
  tenon_sock s = tenon_socket(TENON_AF_INET6, TENON_SOCK_STREAM, 0);
  if (s < 0) return 0;
  tenon_addr local = tenon_addr_loopback(TENON_AF_INET6, 0);
  int has = (!must_be_dualstack || tenon__sys_is_v6only(s) == 0) && tenon_bind(s, &local) == 0;
  tenon_close(s);
  return has;
}

/* A pair is a local stream, or TCP. */
static int has_pair_reset(void) {
  tenon_sock pair[2];
  int value;
  if (tenon_socketpair(pair) < 0) return 0;
  int result = tenon_getsockopt(pair[0], TENON_OPT_RESET_ON_CLOSE, &value);
  tenon_close(pair[0]);
  tenon_close(pair[1]);
  return result == 0;
}

int tenon_supports(int feature) {
  switch (feature) {
    case TENON_SUPPORTS_IPV6: return has_ipv6(0);
    case TENON_SUPPORTS_DUALSTACK: return has_ipv6(1);
    case TENON_SUPPORTS_PAIR_RESET: return has_pair_reset();
    case TENON_SUPPORTS_LOCAL:
    case TENON_SUPPORTS_LOCAL_PEER: return tenon__has_local(TENON_SOCK_STREAM);
    case TENON_SUPPORTS_LOCAL_DATAGRAMS: return tenon__has_local(TENON_SOCK_DGRAM);
    case TENON_SUPPORTS_LOCAL_ABSTRACT: return TENON__NATIVE_ABSTRACT && tenon__has_local(TENON_SOCK_STREAM);
    case TENON_SUPPORTS_MESSAGE_LOCAL:
    case TENON_SUPPORTS_MESSAGE_CLASS:
    case TENON_SUPPORTS_SEGMENTATION: return tenon__sys_supports_message(feature);
    default: return tenon__supports_option(feature) || tenon__supports_multicast(feature);
  }
}

const char *tenon_version(void) {
  return TENON_VERSION;
}
