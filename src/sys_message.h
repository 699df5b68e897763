/* sys_message.h - the seam's part for vectors of buffers and for messages (sys_message.c); sys.h includes it.
 * SPDX-License-Identifier: MIT */
#ifndef TENON_SRC_SYS_MESSAGE_H
#define TENON_SRC_SYS_MESSAGE_H

#include "sys.h"
#include "tenon/message.h"

/* As tenon__sys_send and tenon__sys_recv, for 1 to TENON__NATIVE_PARTS buffers, not all of them empty, and
 * which are at most INT_MAX bytes or a single one. */
ptrdiff_t tenon__sys_sendv(tenon_sock s, const tenon_buffer *buffers, int count, int may_wait);
ptrdiff_t tenon__sys_recvv(tenon_sock s, const tenon_buffer *buffers, int count, int may_wait);
/* As tenon__sys_sendto, with the message's fields; peer is NULL for the socket's own. TENON_ENOTSUP for a field that
 * the system would not heed. */
ptrdiff_t tenon__sys_sendmsg(tenon_sock s, const tenon_message *message, const tenon__sockaddr *peer, int may_wait);
/* As tenon__sys_recvfrom, but what is too large is returned like any other, with its flag. Sets flags, and those fields
 * and their bits that came; an address in the native family of the packet. May fail for a stream. */
ptrdiff_t tenon__sys_recvmsg(tenon_sock s, tenon_message *message, tenon__sockaddr *peer, int may_wait);
/* Neutral: what receiving a message sets, of which this is done first: an address in its native family, and ttl or
 * traffic_class, in one byte or in an int. */
#define TENON__MESSAGE_SOURCE (TENON_MESSAGE_LOCAL | TENON_MESSAGE_INTERFACE)
void tenon__hear_nothing(tenon_message *message, int flags);
void tenon__hear_source(tenon_message *message, int family, const void *ip, uint32_t interface_index);
void tenon__hear_number(tenon_message *message, int field, const void *fact, size_t size);
/* A datagram to be sent, or several that differ in nothing but their bytes and are to go as one; all are as large as
 * segment but the last, which may be smaller. They have at most TENON_MESSAGE_BUFFERS buffers. */
typedef struct tenon__outgoing {
  const tenon_message *messages;
  int merged; /* 1, or up to TENON__NATIVE_SEGMENTS */
  size_t segment;
  const tenon__sockaddr *peer;
} tenon__outgoing;
/* At most TENON__NATIVE_BATCH at once, if that is more than 1: how many went, or why none did. */
int tenon__sys_sendmsgs(tenon_sock s, const tenon__outgoing *list, int count, int may_wait);
/* Takes as many of so many as are there, or, with may_wait, waits for the first. Their sizes are set. */
int tenon__sys_recvmsgs(tenon_sock s, tenon_message *messages, tenon__sockaddr *peers, int count, int may_wait);
/* Whether the system has TENON_SUPPORTS_MESSAGE_... */
int tenon__sys_supports_message(int feature);

/* ---- Spelled alike on all systems (sys_alike.c) ---- */

/* What switches the telling of fields on and off: options of IPv4 and of IPv6. */
typedef struct tenon__message_option {
  int fields, level, name;
} tenon__message_option;
extern const tenon__message_option tenon__sys_message_options[];
extern const int tenon__sys_message_option_count;
/* The source that a message names, and the one that the system tells. */
struct in6_pktinfo tenon__sys_source6(const tenon_message *message);
void tenon__sys_hear_source6(tenon_message *message, const void *fact);

#endif
