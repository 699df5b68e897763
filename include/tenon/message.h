/* tenon/message.h - more than one buffer, what travels beside a datagram, and many datagrams in one call.
 * SPDX-License-Identifier: MIT
 *
 * What tenon.h says of results, handles, time and input holds here too. These calls allocate nothing, with one exception:
 * tenon_sendmsg() and tenon_sendmsgs() list the interfaces, as tenon_interfaces() does, if the system refuses to send from
 * a local address of IPv4. */
#ifndef TENON_MESSAGE_H
#define TENON_MESSAGE_H

#include "tenon.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Vectors ---------------------------------------------------------------------------------------------------- */

/* A piece of memory, the caller's, that sending reads and receiving writes. NULL will do where size is 0. */
typedef struct tenon_buffer {
  void *data;
  size_t size;
} tenon_buffer;

/* As tenon_send() and tenon_recv(), with count buffers in a row as if they were one; count may be any number, 0 too. A
 * receive fills one after the other with what has arrived, which may be less than what they hold. The array is never
 * written to. For datagrams there are messages. */
TENON_API ptrdiff_t tenon_sendv(tenon_sock s, const tenon_buffer *buffers, int count, int timeout_ms);
TENON_API ptrdiff_t tenon_recvv(tenon_sock s, const tenon_buffer *buffers, int count, int timeout_ms);

/* ---- Messages: datagrams and what travels beside them ----------------------------------------------------------- */

#define TENON_MESSAGE_BUFFERS 64 /* one message has no more than these */

/* Bits of fields: which of the message's fields are meant. */
#define TENON_MESSAGE_PEER 1      /* peer: to whom, or from whom */
#define TENON_MESSAGE_LOCAL 2     /* local: the address to send from, or the one it was sent to; its port is not used */
#define TENON_MESSAGE_INTERFACE 4 /* interface_index: the network interface to send through, or that it came in by */
#define TENON_MESSAGE_TTL 8       /* ttl: the hops that it may make, 1 to 255, or that it had left */
#define TENON_MESSAGE_CLASS 16    /* traffic_class: 0 to 255, of which the lowest two bits are ECN's */

/* Bits of flags. */
#define TENON_MSG_TRUNC 1 /* the datagram was larger than the buffers, and the rest is gone */

typedef struct tenon_message {
  const tenon_buffer *buffers; /* as for vectors, but at most TENON_MESSAGE_BUFFERS */
  int count;
  int fields;  /* TENON_MESSAGE_...: which of those below to use; after receiving: which are known */
  int flags;   /* set by receiving: TENON_MSG_... */
  size_t size; /* set by receiving: the bytes in buffers */
  tenon_addr peer, local;
  uint32_t interface_index;
  int ttl, traffic_class;
} tenon_message;

/* Says which fields the messages that this datagram socket receives from now on are to tell; others than the peer,
 * which they always tell, they do not unless asked. TENON_MESSAGE_LOCAL and TENON_MESSAGE_INTERFACE come together: who
 * asks for one of them receives both, and a local address that needs a scope has it. Returns those of them that this
 * system has; a message may still lack one. Bits that are none: TENON_EINVAL; a stream: TENON_ENOPROTOOPT. */
TENON_API int tenon_message_ask(tenon_sock s, int fields);

/* Sends a datagram and returns its size. Without a peer among its fields it goes to the socket's own; one that is named
 * although the socket is connected is refused by some systems (TENON_EISCONN) and taken by others. To answer from the
 * address that was spoken to, keep a received message's fields TENON_MESSAGE_PEER and TENON_MESSAGE_LOCAL; where that
 * was the address of a group or a broadcast address, the system chooses the one to send from. A field that the system
 * would not heed is TENON_ENOTSUP, and nothing is sent; a local address that is none of this host's
 * TENON_EADDRNOTAVAIL, an interface that is none TENON_ENXIO. Else as tenon_sendto(). On a stream it does what
 * tenon_sendv() does, and fields mean nothing. */
TENON_API ptrdiff_t tenon_sendmsg(tenon_sock s, const tenon_message *message, int timeout_ms);

/* Waits for a datagram, and returns and sets its size; fields, flags and what they tell of are set, the rest of them to
 * nothing. Larger than the buffers is no error here: flags has TENON_MSG_TRUNC, and size is what they hold. A failure
 * leaves the message as it was. Else as tenon_recvfrom(). */
TENON_API ptrdiff_t tenon_recvmsg(tenon_sock s, tenon_message *message, int timeout_ms);

/* ---- Batches ---------------------------------------------------------------------------------------------------- */

/* Sends the messages in their order and returns how many went. That is less than count if the time was over, the thread's
 * waker had fired or the next message failed; a call that begins with that one tells why. With a timeout of 0 it sends
 * about 1 MiB at most. Failures are those of tenon_sendmsg(), and mean that none went.
 * It takes as few system calls as the system lets it; on Linux, datagrams in a row that are equal but for their bytes,
 * and the last one perhaps shorter, go through the network stack as one (UDP segmentation offload). A stream is
 * TENON_ENOTSUP. */
TENON_API int tenon_sendmsgs(tenon_sock s, const tenon_message *messages, int count, int timeout_ms);

/* Waits for a datagram, takes at most count of those that are there, and returns how many, each as by tenon_recvmsg(). It
 * takes no more once the time is over or the thread's waker has fired, with a timeout of 0 about 1 MiB at most.
 * A stream is TENON_ENOTSUP. */
TENON_API int tenon_recvmsgs(tenon_sock s, tenon_message *messages, int count, int timeout_ms);

/* ---- For tenon_supports() --------------------------------------------------------------------------------------- */

#define TENON_SUPPORTS_MESSAGE_LOCAL 40 /* TENON_MESSAGE_LOCAL and TENON_MESSAGE_INTERFACE are heeded when sending */
#define TENON_SUPPORTS_MESSAGE_CLASS 41 /* so is TENON_MESSAGE_CLASS as a whole, not just its ECN, or just for IPv4 */
#define TENON_SUPPORTS_SEGMENTATION 42  /* batches may use segmentation offload */

#ifdef __cplusplus
}
#endif

#endif
