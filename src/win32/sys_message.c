/* win32/sys_message.c - vectors of buffers, datagrams with what travels beside them, batches.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

#include <string.h>

/* The most that one call moves, as in sys_transfer.c. */
#define ROW_BYTES_MAX (1 << 20)

/* Returns how many of them are used, for at most so many bytes. */
static DWORD to_wsabufs(WSABUF *row, const tenon_buffer *buffers, int count, size_t most) {
  int used = 0;
  for (; used < count && (used == 0 || most > 0); used++) {
    size_t size = buffers[used].size < most ? buffers[used].size : most;
    row[used].buf = buffers[used].data ? buffers[used].data : "";
    row[used].len = (ULONG)size;
    most -= size;
  }
  return (DWORD)used;
}

ptrdiff_t tenon__sys_sendv(tenon_sock s, const tenon_buffer *buffers, int count, int may_wait) {
  WSABUF row[TENON__NATIVE_PARTS];
  DWORD used = to_wsabufs(row, buffers, count, ROW_BYTES_MAX), sent = 0;
  (void)may_wait;
  int result = WSASend(tenon__native(s), row, used, &sent, 0, NULL, NULL);
  return result != SOCKET_ERROR ? (ptrdiff_t)sent : tenon__failure(TENON__SEND, s);
}

/* What looks like the end of a stream may be something else under Wine, which tenon__sys_recv knows about. */
ptrdiff_t tenon__sys_recvv(tenon_sock s, const tenon_buffer *buffers, int count, int may_wait) {
  WSABUF row[TENON__NATIVE_PARTS];
  DWORD used = to_wsabufs(row, buffers, count, ROW_BYTES_MAX), received = 0, flags = 0;
  char byte;
  int result = WSARecv(tenon__native(s), row, used, &received, &flags, NULL, NULL);
  if (result == SOCKET_ERROR) return tenon__failure(TENON__RECV, s);
  if (received > 0 || tenon__sys_is_stream(s) == 0) return (ptrdiff_t)received;
  ptrdiff_t end = tenon__sys_recv(s, &byte, 1, MSG_PEEK, may_wait);
  return end < 0 && end != TENON_EAGAIN ? end : 0;
}

/* ---- What goes beside a datagram --------------------------------------------------------------------------------- */

/* What WSA_CMSG_SPACE and its like compute, but not with signed numbers. */
#define ALIGNED(size) (((size_t)(size) + sizeof(size_t) - 1) & ~(sizeof(size_t) - 1))
#define HEAD ALIGNED(sizeof(WSACMSGHDR))

typedef union packet_facts {
  size_t alignment;
  char bytes[256];
} packet_facts;

/* A function that is not in ws2_32.dll. The socket's provider has it; in practice there is one provider. */
static int look_up(tenon_sock s, const GUID *name, void *function, DWORD size) {
  DWORD bytes;
  return WSAIoctl(tenon__native(s), SIO_GET_EXTENSION_FUNCTION_POINTER, (void *)(uintptr_t)name, sizeof *name, function,
                  size, &bytes, NULL, NULL);
}

/* Wine sends the datagram and forgets what was to go beside it. */
static int is_wine(void) {
  return GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_get_version") != NULL;
}

static void put_field(WSAMSG *header, int level, int type, const void *fact, size_t size) {
  WSACMSGHDR *entry = (WSACMSGHDR *)(void *)(header->Control.buf + header->Control.len);
  memset(entry, 0, HEAD + ALIGNED(size));
  entry->cmsg_level = level;
  entry->cmsg_type = type;
  entry->cmsg_len = HEAD + size;
  memcpy((char *)entry + HEAD, fact, size);
  header->Control.len += (ULONG)(HEAD + ALIGNED(size));
}

static void tell_ipv4(WSAMSG *header, const tenon_message *m) {
  int ecn = m->traffic_class & 3;
  if (m->fields & TENON__MESSAGE_SOURCE) {
    IN_PKTINFO from;
    memset(&from, 0, sizeof from);
    if (m->fields & TENON_MESSAGE_LOCAL) memcpy(&from.ipi_addr, m->local.ip, sizeof from.ipi_addr);
    if (m->fields & TENON_MESSAGE_INTERFACE) from.ipi_ifindex = m->interface_index;
    put_field(header, IPPROTO_IP, IP_PKTINFO, &from, sizeof from);
  }
  if (m->fields & TENON_MESSAGE_CLASS) put_field(header, IPPROTO_IP, IP_ECN, &ecn, sizeof ecn);
}

static void tell_ipv6(WSAMSG *header, const tenon_message *m) {
  IN6_PKTINFO from = tenon__sys_source6(m);
  int ecn = m->traffic_class & 3;
  if (m->fields & TENON__MESSAGE_SOURCE) put_field(header, IPPROTO_IPV6, IPV6_PKTINFO, &from, sizeof from);
  if (m->fields & TENON_MESSAGE_CLASS) put_field(header, IPPROTO_IPV6, IPV6_ECN, &ecn, sizeof ecn);
}

/* A datagram's family, which decides who reads what is beside it. */
static int family_of(tenon_sock s, const tenon_message *m) {
  tenon__sockaddr peer;
  if (m->fields & TENON_MESSAGE_PEER) return m->peer.family;
  if (m->fields & TENON_MESSAGE_LOCAL) return m->local.family;
  int is_ipv6 = tenon__sys_getpeername(s, &peer) == 0 && peer.u.any.sa_family == AF_INET6;
  return is_ipv6 && !IN6_IS_ADDR_V4MAPPED(&peer.u.in6.sin6_addr) ? TENON_AF_INET6 : TENON_AF_INET;
}

static ptrdiff_t send_plainly(tenon_sock s, WSAMSG *header) {
  DWORD sent = 0;
  int result = WSASendTo(tenon__native(s), header->lpBuffers, header->dwBufferCount, &sent, 0, header->name,
                         header->namelen, NULL, NULL);
  return result != SOCKET_ERROR ? (ptrdiff_t)sent : tenon__failure(TENON__SENDTO, s);
}

static ptrdiff_t send_with_facts(tenon_sock s, WSAMSG *header) {
  static const GUID name = WSAID_WSASENDMSG;
  LPFN_WSASENDMSG send_message;
  DWORD sent = 0;
  if (look_up(s, &name, &send_message, sizeof send_message) != 0) return tenon__failure(TENON__SENDTO, s);
  int result = send_message(tenon__native(s), header, 0, &sent, NULL, NULL);
  return result != SOCKET_ERROR ? (ptrdiff_t)sent : tenon__failure(TENON__SENDTO, s);
}

/* An option of the socket for the time of a call: nobody else sends meanwhile. Returns what it was. */
static int swap_option(tenon_sock s, int level, int name, int value) {
  int before = 0, size = sizeof before;
  if (getsockopt(tenon__native(s), level, name, (char *)&before, &size) == SOCKET_ERROR) return TENON_ENOTSUP;
  return tenon__sys_switch(s, level, name, value) == 0 ? before : TENON_ENOTSUP;
}

/* Windows takes a TTL for a socket, not for a datagram, and of a class the bits of ECN. Wine takes a class for a socket,
 * which Windows ignores. */
static ptrdiff_t send_beside(tenon_sock s, const tenon_message *m, WSAMSG *header) {
  int is_wine_here = is_wine(), has_source = m->fields & TENON__MESSAGE_SOURCE;
  int has_ttl = m->fields & TENON_MESSAGE_TTL, has_class = m->fields & TENON_MESSAGE_CLASS;
  if (is_wine_here ? has_source : has_class && m->traffic_class > 3) return tenon__refuse(TENON_ENOTSUP);
  int is_ipv6 = family_of(s, m) == TENON_AF_INET6, level = is_ipv6 ? IPPROTO_IPV6 : IPPROTO_IP;
  int ttl_name = is_ipv6 ? IPV6_UNICAST_HOPS : IP_TTL, class_name = is_ipv6 ? IPV6_TCLASS : IP_TOS;
  packet_facts facts;
  header->Control.buf = facts.bytes;
  if (is_ipv6 && !is_wine_here) tell_ipv6(header, m);
  if (!is_ipv6 && !is_wine_here) tell_ipv4(header, m);
  int ttl = has_ttl ? swap_option(s, level, ttl_name, m->ttl) : 0;
  if (ttl < 0) return tenon__refuse(TENON_ENOTSUP);
  int class_before = has_class && is_wine_here ? swap_option(s, level, class_name, m->traffic_class) : 0;
  ptrdiff_t sent = class_before < 0          ? tenon__refuse(TENON_ENOTSUP)
                   : header->Control.len > 0 ? send_with_facts(s, header)
                                             : send_plainly(s, header);
  if (sent == TENON_EINVAL && has_class && !has_source) sent = TENON_ENOTSUP; /* Windows before 11 knows no ECN */
  int native = tenon__sys_get(TENON__REMEMBERED);
  if (has_class && is_wine_here && class_before >= 0) tenon__sys_switch(s, level, class_name, class_before);
  if (has_ttl) tenon__sys_switch(s, level, ttl_name, ttl);
  tenon__sys_remember(native);
  return sent;
}

ptrdiff_t tenon__sys_sendmsg(tenon_sock s, const tenon_message *message, const tenon__sockaddr *peer, int may_wait) {
  WSABUF row[TENON_MESSAGE_BUFFERS];
  WSAMSG header;
  (void)may_wait;
  memset(&header, 0, sizeof header);
  header.lpBuffers = row;
  header.dwBufferCount = to_wsabufs(row, message->buffers, message->count, ROW_BYTES_MAX);
  header.name = peer ? (struct sockaddr *)(uintptr_t)&peer->u : NULL;
  header.namelen = peer ? peer->size : 0;
  return message->fields & ~TENON_MESSAGE_PEER ? send_beside(s, message, &header) : send_plainly(s, &header);
}

/* ---- What comes beside a datagram -------------------------------------------------------------------------------- */

/* What IPv4 and IPv6 tell goes by the same numbers, apart from the class. */
static void hear(tenon_message *m, const WSACMSGHDR *entry) {
  const char *fact = (const char *)entry + HEAD;
  size_t size = entry->cmsg_len - HEAD;
  int is_ipv6 = entry->cmsg_level == IPPROTO_IPV6, type = entry->cmsg_type;
  if (!is_ipv6 && entry->cmsg_level != IPPROTO_IP) return;
  if (type == IP_PKTINFO && is_ipv6) {
    tenon__sys_hear_source6(m, fact);
  } else if (type == IP_PKTINFO) {
    IN_PKTINFO to;
    memcpy(&to, fact, sizeof to);
    tenon__hear_source(m, TENON_AF_INET, &to.ipi_addr, to.ipi_ifindex);
  } else if (type == IP_HOPLIMIT || (type == IP_TTL && !is_ipv6)) {
    tenon__hear_number(m, TENON_MESSAGE_TTL, fact, size);
  } else if (type == (is_ipv6 ? IPV6_TCLASS : IP_TOS) || (type == IP_ECN && !(m->fields & TENON_MESSAGE_CLASS))) {
    tenon__hear_number(m, TENON_MESSAGE_CLASS, fact, size);
  }
}

/* Wine counts neither the bytes of a datagram that is too large nor says that it is; it is as large as the buffers. */
ptrdiff_t tenon__sys_recvmsg(tenon_sock s, tenon_message *message, tenon__sockaddr *peer, int may_wait) {
  static const GUID name = WSAID_WSARECVMSG;
  LPFN_WSARECVMSG receive_message;
  WSABUF row[TENON_MESSAGE_BUFFERS];
  packet_facts facts;
  WSAMSG header = {&peer->u.any,
                   peer->size,
                   row,
                   to_wsabufs(row, message->buffers, message->count, ROW_BYTES_MAX),
                   {sizeof facts, facts.bytes},
                   0};
  DWORD received = 0;
  (void)may_wait;
  if (look_up(s, &name, &receive_message, sizeof receive_message) != 0) return tenon__failure(TENON__RECVFROM, s);
  int result = receive_message(tenon__native(s), &header, &received, NULL, NULL);
  int is_too_large = result == SOCKET_ERROR && WSAGetLastError() == WSAEMSGSIZE;
  if (result == SOCKET_ERROR && !is_too_large) return tenon__failure(TENON__RECVFROM, s);
  if (is_too_large) received = 0;
  for (DWORD i = 0; is_too_large && i < header.dwBufferCount; i++) received += row[i].len;
  peer->size = header.namelen;
  tenon__hear_nothing(message, is_too_large || (header.dwFlags & MSG_TRUNC) ? TENON_MSG_TRUNC : 0);
  for (size_t at = 0; at + HEAD <= header.Control.len;) {
    const WSACMSGHDR *entry = (const WSACMSGHDR *)(const void *)(facts.bytes + at);
    if (entry->cmsg_len < HEAD) break;
    hear(message, entry);
    at += ALIGNED(entry->cmsg_len);
  }
  return (ptrdiff_t)received;
}

/* ---- Batches ----------------------------------------------------------------------------------------------------- */

/* Windows has no such calls. */
int tenon__sys_sendmsgs(tenon_sock s, const tenon__outgoing *list, int count, int may_wait) {
  (void)s, (void)list, (void)count, (void)may_wait;
  return TENON_ENOTSUP;
}

int tenon__sys_recvmsgs(tenon_sock s, tenon_message *messages, tenon__sockaddr *peers, int count, int may_wait) {
  (void)s, (void)messages, (void)peers, (void)count, (void)may_wait;
  return TENON_ENOTSUP;
}

int tenon__sys_supports_message(int feature) {
  return feature == TENON_SUPPORTS_MESSAGE_LOCAL && !is_wine();
}
