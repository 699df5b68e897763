/* local.c - sockets within this host: addresses, stale files, peers, sockets handed on.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

#define PROBE_LIMIT_MS 1000

int tenon_addr_local(tenon_addr *addr, const char *path) {
  if (!addr || !path || !path[0]) return tenon__refuse(TENON_EINVAL);
  size_t length = 0;
  while (length <= TENON_LOCAL_PATH && path[length]) length++;
  if (length > TENON_LOCAL_PATH) return tenon__refuse(TENON_ENAMETOOLONG);
  memset(addr, 0, sizeof *addr);
  addr->family = TENON_AF_UNIX;
  memcpy(addr->path, path, length);
  return 0;
}

int tenon__has_local(int type) {
  tenon_sock s = tenon_socket(TENON_AF_UNIX, type, 0);
  if (s >= 0) tenon_close(s);
  return s >= 0;
}

/* ---- Stale files ------------------------------------------------------------------------------------------------ */

/* What connecting tells: TENON_ECONNREFUSED if nobody is there, TENON_EPROTOTYPE if somebody is, but no stream. */
static int probe(const tenon_addr *at) {
  tenon_sock s = tenon_socket(TENON_AF_UNIX, TENON_SOCK_STREAM, 0);
  if (s < 0) return (int)s;
  int result = tenon_connect(s, at, 0);
  if (result == TENON_EINPROGRESS) result = tenon_connect_result(s, PROBE_LIMIT_MS);
  tenon_close(s);
  return result;
}

int tenon_local_unlink_stale(const tenon_addr *local) {
  if (tenon__is_traced()) return tenon__traced_local_unlink_stale(local);
  tenon__sockaddr native;
  int result = tenon__to_sockaddr(local, &native);
  if (result < 0) return result;
  if (local->family != TENON_AF_UNIX) return tenon__refuse(TENON_EAFNOSUPPORT);
  if (local->path[0] == '@') return tenon__refuse(TENON_ENOENT);
  if (!tenon__has_local(TENON_SOCK_STREAM)) return tenon__refuse(TENON_ENOTSUP);
  result = tenon__sys_is_socket_file(local->path);
  if (result <= 0) return result < 0 ? result : tenon__refuse(TENON_ENOTSOCK);
  result = probe(local);
  if (result == TENON_ECONNREFUSED) return tenon__sys_remove_file(local->path);
  int is_there = result == 0 || result == TENON_EAGAIN || result == TENON_ETIMEDOUT || result == TENON_EPROTOTYPE;
  return is_there ? tenon__refuse(TENON_EADDRINUSE) : result;
}

/* ---- Who is there ----------------------------------------------------------------------------------------------- */

int tenon_local_peer(tenon_sock s, tenon_peer *peer) {
  if (tenon__is_traced()) return tenon__traced_local_peer(s, peer);
  if (!peer) return tenon__refuse(TENON_EINVAL);
  int family = tenon__sys_family(s);
  if (family < 0) return family;
  if (family != TENON_AF_UNIX || tenon__sys_is_stream(s) <= 0) return tenon__refuse(TENON_ENOTSUP);
  tenon__sockaddr name;
  tenon_peer found = {-1, -1, -1};
  int result = tenon__sys_getpeername(s, &name);
  if (result == 0) result = tenon__sys_local_peer(s, &found);
  if (result == 0) *peer = found;
  return result;
}

/* ---- Handing sockets on ----------------------------------------------------------------------------------------- */

static int check_channel(tenon_sock channel, int timeout_ms) {
  if (timeout_ms < TENON_FOREVER) return tenon__refuse(TENON_EINVAL);
  int is_stream = tenon__sys_is_stream(channel);
  if (is_stream < 0) return is_stream;
  return is_stream ? 0 : tenon__refuse(TENON_ENOTSUP);
}

/* The system's part is not to be repeated for want of room: Windows prepares the other process first. */
int tenon_hand_over(tenon_sock channel, int64_t process, tenon_sock s, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_hand_over(channel, process, s, timeout_ms);
  int result = check_channel(channel, timeout_ms);
  if (result < 0) return result;
  if (process <= 0) return tenon__refuse(TENON_EINVAL);
  int is_stream = tenon__sys_is_stream(s);
  if (is_stream < 0) return is_stream;
  tenon__limit limit = tenon__limit_of(timeout_ms);
  do {
    result = tenon__sys_wait(channel, TENON__WRITABLE, TENON_NO_SOCK, 0);
    if (result == 0) result = tenon__wait(channel, TENON__WRITABLE, &limit);
    if (result >= 0) result = tenon__sys_hand_over(channel, process, s);
  } while (result == TENON_EAGAIN && timeout_ms != 0);
  return result;
}

tenon_sock tenon_take_over(tenon_sock channel, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_take_over(channel, timeout_ms);
  int result = check_channel(channel, timeout_ms);
  if (result < 0) return result;
  tenon__limit limit = tenon__limit_of(timeout_ms);
  tenon_sock taken = tenon__sys_take_over(channel);
  for (int waits = 0; taken == TENON_EAGAIN; waits++) {
    result = waits == 0 ? tenon__wait(channel, TENON__READABLE, &limit) : tenon__nap(&limit); /* a part has come */
    if (result < 0) return result;
    taken = tenon__sys_take_over(channel);
  }
  if (taken < 0 || tenon__check_foreign(taken) >= 0) return taken;
  tenon__sys_close(taken);
  return tenon__refuse(TENON_EPROTO);
}

int64_t tenon_process_id(void) {
  return tenon__sys_process_id();
}

int tenon_set_inheritable(tenon_sock s, int on) {
  if (tenon__is_traced()) return tenon__traced_set_inheritable(s, on);
  int is_stream = tenon__sys_is_stream(s);
  return is_stream < 0 ? is_stream : tenon__sys_set_inheritable(s, on != 0);
}
