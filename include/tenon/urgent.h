/* tenon/urgent.h - TCP's urgent data, as far as it means one thing on all systems.
 * SPDX-License-Identifier: MIT
 *
 * It is there for old protocols; RFC 6093 advises new ones against it. One byte is urgent at a time, and travels beside
 * the stream: receiving passes over it. Where in the stream it was, systems tell in ways that do not agree, so there is
 * no question for that. */
#ifndef TENON_URGENT_H
#define TENON_URGENT_H

#include "tenon.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Sends one byte as urgent data. Returns 0, or fails as tenon_send() does; TENON_ETIMEDOUT and TENON_EAGAIN do no harm
 * here. No TCP stream: TENON_ENOTSUP. */
TENON_API int tenon_send_urgent(tenon_sock s, unsigned char byte, int timeout_ms);

/* Takes the urgent byte that has come, the last one if there were several. What was sent after it is not to be received
 * before: on some systems the byte is gone then. Receiving stops short of it, so look here after each receive. Never
 * waits: TENON_EAGAIN while there is none. TENON_ENOTCONN; no TCP stream: TENON_ENOTSUP. */
TENON_API int tenon_recv_urgent(tenon_sock s, unsigned char *byte);

#ifdef __cplusplus
}
#endif

#endif
