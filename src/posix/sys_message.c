/* posix/sys_message.c - vectors of buffers, datagrams with what travels beside them, batches.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

#include <stddef.h>
#include <string.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

/* Buffers are handed to the system as they are. */
_Static_assert(sizeof(tenon_buffer) == sizeof(struct iovec), "a buffer is not as large as the system's");
_Static_assert(offsetof(tenon_buffer, data) == offsetof(struct iovec, iov_base), "a buffer is not as the system's");
_Static_assert(offsetof(tenon_buffer, size) == offsetof(struct iovec, iov_len), "a buffer is not as the system's");

/* Room for what can be told of a packet, in the alignment that the system wants. */
typedef union packet_facts {
  size_t alignment;
  unsigned char bytes[256];
} packet_facts;

static struct msghdr header_of(const tenon_buffer *buffers, int count) {
  struct msghdr header;
  memset(&header, 0, sizeof header);
  header.msg_iov = (struct iovec *)(uintptr_t)buffers;
  header.msg_iovlen = (uint16_t)count; /* systems disagree on its type */
  return header;
}

ptrdiff_t tenon__sys_sendv(tenon_sock s, const tenon_buffer *buffers, int count, int may_wait) {
  struct msghdr header = header_of(buffers, count);
  int flags = may_wait ? MSG_NOSIGNAL : MSG_NOSIGNAL | MSG_DONTWAIT;
  ssize_t sent;
  do {
    sent = sendmsg(tenon__native(s), &header, flags);
  } while (sent < 0 && errno == EINTR);
  return sent >= 0 ? sent : tenon__failure(TENON__SEND, s);
}

ptrdiff_t tenon__sys_recvv(tenon_sock s, const tenon_buffer *buffers, int count, int may_wait) {
  struct msghdr header = header_of(buffers, count);
  ssize_t received;
  do {
    received = recvmsg(tenon__native(s), &header, may_wait ? 0 : MSG_DONTWAIT);
  } while (received < 0 && errno == EINTR);
  return received >= 0 ? received : tenon__failure(TENON__RECV, s);
}

/* ---- What goes beside a datagram --------------------------------------------------------------------------------- */

static void put_field(struct msghdr *header, int level, int type, const void *fact, unsigned size) {
  struct cmsghdr *entry = (struct cmsghdr *)(void *)((unsigned char *)header->msg_control + header->msg_controllen);
  memset(entry, 0, CMSG_SPACE(size));
  entry->cmsg_level = level;
  entry->cmsg_type = type;
  entry->cmsg_len = (unsigned)CMSG_LEN(size);
  memcpy(CMSG_DATA(entry), fact, size);
  header->msg_controllen += (unsigned)CMSG_SPACE(size);
}

static int tell_ipv4(struct msghdr *header, const tenon_message *m) {
  if (m->fields & TENON__MESSAGE_SOURCE) {
#ifdef IP_PKTINFO
    struct in_pktinfo from;
    memset(&from, 0, sizeof from);
    if (m->fields & TENON_MESSAGE_LOCAL) memcpy(&from.ipi_spec_dst, m->local.ip, sizeof from.ipi_spec_dst);
    /* Signed on Linux alone. */
    if (m->fields & TENON_MESSAGE_INTERFACE) memcpy(&from.ipi_ifindex, &m->interface_index, sizeof from.ipi_ifindex);
    put_field(header, IPPROTO_IP, IP_PKTINFO, &from, sizeof from);
#else
    return TENON_ENOTSUP;
#endif
  }
  if (m->fields & TENON_MESSAGE_TTL) put_field(header, IPPROTO_IP, IP_TTL, &m->ttl, sizeof m->ttl);
  if (m->fields & TENON_MESSAGE_CLASS)
    put_field(header, IPPROTO_IP, IP_TOS, &m->traffic_class, sizeof m->traffic_class);
  return 0;
}

static void tell_ipv6(struct msghdr *header, const tenon_message *m) {
  struct in6_pktinfo from = tenon__sys_source6(m);
  if (m->fields & TENON__MESSAGE_SOURCE) put_field(header, IPPROTO_IPV6, IPV6_PKTINFO, &from, sizeof from);
  if (m->fields & TENON_MESSAGE_TTL) put_field(header, IPPROTO_IPV6, IPV6_HOPLIMIT, &m->ttl, sizeof m->ttl);
  if (m->fields & TENON_MESSAGE_CLASS) put_field(header, IPPROTO_IPV6, IPV6_TCLASS, &m->traffic_class, sizeof(int));
}

/* Where nothing tells which protocol it will be, both are told; each leaves the other's alone. */
static int tell_fields(struct msghdr *header, const tenon_message *m, packet_facts *facts) {
  if (!(m->fields & ~TENON_MESSAGE_PEER)) return 0;
  int family = m->fields & TENON_MESSAGE_PEER ? m->peer.family : m->fields & TENON_MESSAGE_LOCAL ? m->local.family : 0;
  header->msg_control = facts;
  if (family != TENON_AF_INET) tell_ipv6(header, m);
  return family != TENON_AF_INET6 ? tell_ipv4(header, m) : 0;
}

static void aim_at(struct msghdr *header, const tenon__sockaddr *peer) {
  if (!peer) return;
  header->msg_name = (void *)(uintptr_t)&peer->u;
  header->msg_namelen = peer->size;
}

ptrdiff_t tenon__sys_sendmsg(tenon_sock s, const tenon_message *message, const tenon__sockaddr *peer, int may_wait) {
  packet_facts facts;
  struct msghdr header = header_of(message->buffers, message->count);
  int flags = may_wait ? MSG_NOSIGNAL : MSG_NOSIGNAL | MSG_DONTWAIT;
  aim_at(&header, peer);
  if (tell_fields(&header, message, &facts) < 0) return tenon__refuse(TENON_ENOTSUP);
  ssize_t sent;
  do {
    sent = sendmsg(tenon__native(s), &header, flags);
  } while (sent < 0 && errno == EINTR);
  return sent >= 0 ? sent : tenon__failure(TENON__SENDTO, s);
}

/* ---- What comes beside a datagram -------------------------------------------------------------------------------- */

/* macOS numbers what is told as the option that asks for it. */
static void hear_ipv4(tenon_message *m, int type, const void *fact, size_t size) {
  switch (type) {
#ifdef IP_PKTINFO
    case IP_PKTINFO: {
      struct in_pktinfo to;
      memcpy(&to, fact, sizeof to);
      tenon__hear_source(m, TENON_AF_INET, &to.ipi_addr, (unsigned)to.ipi_ifindex);
      break;
    }
#endif
    case IP_TTL:
    case IP_RECVTTL: tenon__hear_number(m, TENON_MESSAGE_TTL, fact, size); break;
    case IP_TOS:
    case IP_RECVTOS: tenon__hear_number(m, TENON_MESSAGE_CLASS, fact, size); break;
    default: break;
  }
}

static void hear_ipv6(tenon_message *m, int type, const void *fact, size_t size) {
  switch (type) {
    case IPV6_PKTINFO: tenon__sys_hear_source6(m, fact); break;
    case IPV6_HOPLIMIT: tenon__hear_number(m, TENON_MESSAGE_TTL, fact, size); break;
    case IPV6_TCLASS: tenon__hear_number(m, TENON_MESSAGE_CLASS, fact, size); break;
    default: break;
  }
}

/* CMSG_NXTHDR does it with signed numbers, in some libraries. */
static void hear_fields(tenon_message *m, const struct msghdr *header) {
  tenon__hear_nothing(m, header->msg_flags & MSG_TRUNC ? TENON_MSG_TRUNC : 0);
  for (size_t at = 0; at + CMSG_LEN(0) <= header->msg_controllen;) {
    struct cmsghdr *entry = (struct cmsghdr *)(void *)((unsigned char *)header->msg_control + at);
    size_t size = entry->cmsg_len - CMSG_LEN(0);
    if (entry->cmsg_len < CMSG_LEN(0)) break;
    if (entry->cmsg_level == IPPROTO_IP) hear_ipv4(m, entry->cmsg_type, CMSG_DATA(entry), size);
    if (entry->cmsg_level == IPPROTO_IPV6) hear_ipv6(m, entry->cmsg_type, CMSG_DATA(entry), size);
    at += CMSG_SPACE(size);
  }
}

ptrdiff_t tenon__sys_recvmsg(tenon_sock s, tenon_message *message, tenon__sockaddr *peer, int may_wait) {
  packet_facts facts;
  struct msghdr header = header_of(message->buffers, message->count);
  ssize_t received;
  header.msg_name = &peer->u;
  do {
    header.msg_namelen = peer->size;
    header.msg_control = &facts;
    header.msg_controllen = sizeof facts;
    received = recvmsg(tenon__native(s), &header, may_wait ? 0 : MSG_DONTWAIT);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return tenon__failure(TENON__RECVFROM, s);
  peer->size = header.msg_namelen;
  hear_fields(message, &header);
  return received;
}

/* ---- Batches ----------------------------------------------------------------------------------------------------- */

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

/* The buffers of what goes as one have to be in one row. */
enum { ROW_MAX = 4 * TENON_MESSAGE_BUFFERS };

static struct msghdr header_of_merged(const tenon__outgoing *out, tenon_buffer *row, int *used) {
  int first = *used;
  for (int i = 0; i < out->merged; i++)
    for (int k = 0; k < out->messages[i].count; k++) row[(*used)++] = out->messages[i].buffers[k];
  return header_of(row + first, *used - first);
}

int tenon__sys_sendmsgs(tenon_sock s, const tenon__outgoing *list, int count, int may_wait) {
#ifdef MSG_WAITFORONE
  struct mmsghdr headers[TENON__NATIVE_BATCH];
  packet_facts facts[TENON__NATIVE_BATCH];
  tenon_buffer row[ROW_MAX];
  int ready = 0, used = 0, sent;
  for (; ready < count && used <= ROW_MAX - TENON_MESSAGE_BUFFERS; ready++) {
    const tenon__outgoing *out = &list[ready];
    struct msghdr *header = &headers[ready].msg_hdr;
    uint16_t segment = (uint16_t)out->segment;
    *header =
        out->merged > 1 ? header_of_merged(out, row, &used) : header_of(out->messages->buffers, out->messages->count);
    aim_at(header, out->peer);
    tell_fields(header, out->messages, &facts[ready]);
    header->msg_control = &facts[ready];
    if (out->merged > 1) put_field(header, IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof segment);
  }
  do {
    sent = sendmmsg(tenon__native(s), headers, (unsigned)ready, may_wait ? MSG_NOSIGNAL : MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  return sent >= 0 ? sent : tenon__failure(TENON__SENDTO, s);
#else
  (void)s, (void)list, (void)count, (void)may_wait, (void)header_of_merged;
  return TENON_ENOTSUP;
#endif
}

int tenon__sys_recvmsgs(tenon_sock s, tenon_message *messages, tenon__sockaddr *peers, int count, int may_wait) {
#ifdef MSG_WAITFORONE
  struct mmsghdr headers[TENON__NATIVE_BATCH];
  packet_facts facts[TENON__NATIVE_BATCH];
  int received;
  for (int i = 0; i < count; i++) {
    struct msghdr *header = &headers[i].msg_hdr;
    *header = header_of(messages[i].buffers, messages[i].count);
    header->msg_name = &peers[i].u;
    header->msg_namelen = peers[i].size;
    header->msg_control = &facts[i];
    header->msg_controllen = sizeof facts[i];
  }
  do {
    received = recvmmsg(tenon__native(s), headers, (unsigned)count, may_wait ? MSG_WAITFORONE : MSG_DONTWAIT, NULL);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return tenon__failure(TENON__RECVFROM, s);
  for (int i = 0; i < received; i++) {
    peers[i].size = headers[i].msg_hdr.msg_namelen;
    hear_fields(&messages[i], &headers[i].msg_hdr);
    messages[i].size = headers[i].msg_len;
  }
  return received;
#else
  (void)s, (void)messages, (void)peers, (void)count, (void)may_wait;
  return TENON_ENOTSUP;
#endif
}

/* Linux has segmentation offload since 4.18, and its option tells. */
static int has_segmentation(void) {
#ifdef SO_SNDBUFFORCE
  int size = 0, s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  socklen_t length = sizeof size;
  int result = getsockopt(s, IPPROTO_UDP, UDP_SEGMENT, &size, &length);
  close(s);
  return result == 0;
#else
  return 0;
#endif
}

int tenon__sys_supports_message(int feature) {
  return feature == TENON_SUPPORTS_SEGMENTATION ? has_segmentation() : 1;
}
