/* traced.h - which calls take a way round while they are traced.
 * SPDX-License-Identifier: MIT */
#ifndef TENON_SRC_TRACED_H
#define TENON_SRC_TRACED_H

#include "sys.h"
#include "tenon/multicast.h"
#include "tenon/option.h"
#include "tenon/trace.h"
#include "tenon/urgent.h"

/* 1 while calls are traced, else 0. */
extern uintptr_t tenon__tracing;

/* Whether this call is the program's own, and traced. */
static inline int tenon__is_traced(void) {
  return tenon__tracing != 0 && !tenon__sys_get(TENON__INSIDE);
}

/* ---- trace.c ---- */

int64_t tenon__trace_begin(void);
void tenon__trace_end(tenon_traced *call, int64_t began);

/* ---- traced_calls.c ---- */

tenon_sock tenon__traced_socket(int family, int type, int protocol);
int tenon__traced_connect(tenon_sock s, const tenon_addr *peer, int timeout_ms);
int tenon__traced_connect_result(tenon_sock s, int timeout_ms);
int tenon__traced_bind(tenon_sock s, const tenon_addr *local);
int tenon__traced_listen(tenon_sock s, int backlog);
tenon_sock tenon__traced_accept(tenon_sock s, tenon_addr *peer, int timeout_ms);
ptrdiff_t tenon__traced_send(tenon_sock s, const void *data, size_t size, int timeout_ms);
ptrdiff_t tenon__traced_recv(tenon_sock s, void *data, size_t size, int timeout_ms);
ptrdiff_t tenon__traced_recv_all(tenon_sock s, void *data, size_t size, int timeout_ms);
ptrdiff_t tenon__traced_peek(tenon_sock s, void *data, size_t size, int timeout_ms);
int tenon__traced_shutdown(tenon_sock s, int how);
int tenon__traced_close(tenon_sock s);
int tenon__traced_close_gracefully(tenon_sock s, int timeout_ms);
int tenon__traced_socketpair(tenon_sock pair[2]);
int tenon__traced_adopt(tenon_sock native);
int tenon__traced_getsockname(tenon_sock s, tenon_addr *local);
int tenon__traced_getpeername(tenon_sock s, tenon_addr *peer);
int tenon__traced_send_urgent(tenon_sock s, unsigned char byte, int timeout_ms);
int tenon__traced_recv_urgent(tenon_sock s, unsigned char *byte);
int tenon__traced_resolve(const char *host, const char *service, const tenon_hints *hints, tenon_addr *list,
                          int capacity, int timeout_ms);
int tenon__traced_reverse(const tenon_addr *addr, char *host, size_t host_size, char *service, size_t service_size,
                          int timeout_ms);
int tenon__traced_canonname(const char *host, char *name, size_t size, int timeout_ms);
tenon_sock tenon__traced_tcp_connect(const char *host, const char *service, int timeout_ms);
tenon_sock tenon__traced_tcp_listen(const char *host, const char *service, int backlog);
tenon_sock tenon__traced_udp_connect(const char *host, const char *service, int timeout_ms);
tenon_sock tenon__traced_udp_bind(const char *host, const char *service);
ptrdiff_t tenon__traced_sendto(tenon_sock s, const void *data, size_t size, const tenon_addr *to, int timeout_ms);
ptrdiff_t tenon__traced_recvfrom(tenon_sock s, void *data, size_t size, tenon_addr *from, int timeout_ms);
int tenon__traced_setsockopt(tenon_sock s, int option, int value);
int tenon__traced_getsockopt(tenon_sock s, int option, int *value);
int tenon__traced_poll(tenon_pollfd *items, int count, int timeout_ms);
int tenon__traced_waker_open(tenon_waker *w);
int tenon__traced_waker_clear(const tenon_waker *w);
int tenon__traced_waker_close(tenon_waker *w);
ptrdiff_t tenon__traced_sendv(tenon_sock s, const tenon_buffer *buffers, int count, int timeout_ms);
ptrdiff_t tenon__traced_recvv(tenon_sock s, const tenon_buffer *buffers, int count, int timeout_ms);
int tenon__traced_message_ask(tenon_sock s, int fields);
ptrdiff_t tenon__traced_sendmsg(tenon_sock s, const tenon_message *message, int timeout_ms);
ptrdiff_t tenon__traced_recvmsg(tenon_sock s, tenon_message *message, int timeout_ms);
int tenon__traced_sendmsgs(tenon_sock s, const tenon_message *messages, int count, int timeout_ms);
int tenon__traced_recvmsgs(tenon_sock s, tenon_message *messages, int count, int timeout_ms);
int tenon__traced_keepalive(tenon_sock s, int idle, int interval, int count);
int tenon__traced_multicast_join(tenon_sock s, const tenon_addr *group, const tenon_addr *source, int interface_index);
int tenon__traced_multicast_leave(tenon_sock s, const tenon_addr *group, const tenon_addr *source, int interface_index);
int tenon__traced_interfaces(tenon_interface *list, int capacity);
int tenon__traced_local_unlink_stale(const tenon_addr *local);
int tenon__traced_local_peer(tenon_sock s, tenon_peer *peer);
int tenon__traced_hand_over(tenon_sock channel, int64_t process, tenon_sock s, int timeout_ms);
tenon_sock tenon__traced_take_over(tenon_sock channel, int timeout_ms);
int tenon__traced_set_inheritable(tenon_sock s, int on);
int64_t tenon__traced_sendfile(tenon_sock s, FILE *file, int64_t offset, int64_t count, int timeout_ms);

#endif
