/* urgent.c - TCP's urgent byte.
 * SPDX-License-Identifier: MIT */
#include "shared.h"
#include "tenon/urgent.h"

/* 0 if the socket can have urgent data. Local streams may have some on one system, and none on others. */
static int check_urgent(tenon_sock s) {
  int is_stream = tenon__sys_is_stream(s);
  if (is_stream < 0) return is_stream;
  int family = tenon__sys_family(s);
  if (family < 0) return family;
  return is_stream && family != TENON_AF_UNIX ? 0 : tenon__refuse(TENON_ENOTSUP);
}

int tenon_send_urgent(tenon_sock s, unsigned char byte, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_send_urgent(s, byte, timeout_ms);
  if (timeout_ms < TENON_FOREVER) return tenon__refuse(TENON_EINVAL);
  int result = check_urgent(s);
  if (result < 0) return result;
  tenon__limit limit = tenon__limit_of(timeout_ms);
  ptrdiff_t sent;
  while ((sent = tenon__sys_send_urgent(s, byte)) < 0) {
    int again = tenon__send_again(s, sent, &limit);
    if (again < 0) return again;
  }
  return 0;
}

/* That there is none, Linux and Windows call a wrong question, as which the first one's answer to sockets that have no
 * peer is known. */
int tenon_recv_urgent(tenon_sock s, unsigned char *byte) {
  if (tenon__is_traced()) return tenon__traced_recv_urgent(s, byte);
  if (!byte) return tenon__refuse(TENON_EINVAL);
  int result = check_urgent(s);
  if (result < 0) return result;
  if (!tenon__was_connected(s)) return tenon__refuse(TENON_ENOTCONN);
  ptrdiff_t received = tenon__sys_recv(s, byte, 1, MSG_OOB, 0);
  int is_none = received == 0 || received == TENON_EINVAL || received == TENON_ENOTCONN;
  if (is_none) return tenon__refuse(TENON_EAGAIN);
  return received < 0 ? (int)received : 0;
}
