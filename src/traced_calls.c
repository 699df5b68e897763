/* traced_calls.c - the way round that a call takes while it is traced.
 * SPDX-License-Identifier: MIT */
#include "shared.h"
#include "tenon/trace.h"

#define NO_SOCK TENON_NO_SOCK
#define UNLIMITED TENON_TRACED_UNLIMITED

/* result is known by that name to all that follows it. */
#define WAY_ROUND(type, name, parameters, arguments, given, found_addr) \
  type tenon__traced_##name parameters {                                \
    tenon_traced call = given;                                          \
    call.call = "tenon_" #name;                                         \
    int64_t began = tenon__trace_begin();                               \
    type result = tenon_##name arguments;                               \
    call.result = (intptr_t)result;                                     \
    if (result >= 0 && (found_addr)) call.addr = (found_addr);          \
    tenon__trace_end(&call, began);                                     \
    return result;                                                      \
  }

/* What a call was given: its handle and its time limit; an address, names, or a number with its label besides. */
static tenon_traced given(tenon_sock s, int timeout_ms) {
  return (tenon_traced){.sock = s, .timeout_ms = timeout_ms};
}

static tenon_traced given_addr(tenon_sock s, const tenon_addr *addr, int timeout_ms) {
  return (tenon_traced){.sock = s, .addr = addr, .timeout_ms = timeout_ms};
}

static tenon_traced given_number(tenon_sock s, const char *label, int64_t number, int timeout_ms) {
  return (tenon_traced){.sock = s, .label = label, .number = number, .timeout_ms = timeout_ms};
}

static tenon_traced given_option(tenon_sock s, int option) {
  return (tenon_traced){.sock = s, .option = option, .timeout_ms = UNLIMITED};
}

static tenon_traced given_value(tenon_sock s, int option, int value) {
  return (tenon_traced){.sock = s, .option = option, .label = "value", .number = value, .timeout_ms = UNLIMITED};
}

static tenon_traced given_names(const char *host, const char *service, int timeout_ms) {
  return (tenon_traced){.sock = NO_SOCK, .host = host, .service = service, .timeout_ms = timeout_ms};
}

static tenon_traced given_datagram(tenon_sock s, size_t size, const tenon_addr *to, int timeout_ms) {
  tenon_traced call = given_number(s, "size", (int64_t)size, timeout_ms);
  call.addr = to;
  return call;
}

static tenon_traced given_group(tenon_sock s, const tenon_addr *group, int interface_index) {
  tenon_traced call = given_number(s, "interface", interface_index, UNLIMITED);
  call.addr = group;
  return call;
}

/* ---- Sockets ---- */

WAY_ROUND(tenon_sock, socket, (int family, int type, int protocol), (family, type, protocol),
          given_number(NO_SOCK, "family", family, UNLIMITED), NULL)
WAY_ROUND(int, connect, (tenon_sock s, const tenon_addr *peer, int timeout_ms), (s, peer, timeout_ms),
          given_addr(s, peer, timeout_ms), NULL)
WAY_ROUND(int, connect_result, (tenon_sock s, int timeout_ms), (s, timeout_ms), given(s, timeout_ms), NULL)
WAY_ROUND(int, bind, (tenon_sock s, const tenon_addr *local), (s, local), given_addr(s, local, UNLIMITED), NULL)
WAY_ROUND(int, listen, (tenon_sock s, int backlog), (s, backlog), given_number(s, "backlog", backlog, UNLIMITED), NULL)
WAY_ROUND(tenon_sock, accept, (tenon_sock s, tenon_addr *peer, int timeout_ms), (s, peer, timeout_ms),
          given(s, timeout_ms), peer)
WAY_ROUND(ptrdiff_t, send, (tenon_sock s, const void *data, size_t size, int timeout_ms), (s, data, size, timeout_ms),
          given_number(s, "size", (int64_t)size, timeout_ms), NULL)
WAY_ROUND(ptrdiff_t, recv, (tenon_sock s, void *data, size_t size, int timeout_ms), (s, data, size, timeout_ms),
          given_number(s, "size", (int64_t)size, timeout_ms), NULL)
WAY_ROUND(ptrdiff_t, recv_all, (tenon_sock s, void *data, size_t size, int timeout_ms), (s, data, size, timeout_ms),
          given_number(s, "size", (int64_t)size, timeout_ms), NULL)
WAY_ROUND(ptrdiff_t, peek, (tenon_sock s, void *data, size_t size, int timeout_ms), (s, data, size, timeout_ms),
          given_number(s, "size", (int64_t)size, timeout_ms), NULL)
WAY_ROUND(int, shutdown, (tenon_sock s, int how), (s, how), given_number(s, "how", how, UNLIMITED), NULL)
WAY_ROUND(int, close, (tenon_sock s), (s), given(s, UNLIMITED), NULL)
WAY_ROUND(int, close_gracefully, (tenon_sock s, int timeout_ms), (s, timeout_ms), given(s, timeout_ms), NULL)
WAY_ROUND(int, socketpair, (tenon_sock pair[2]), (pair), given(NO_SOCK, UNLIMITED), NULL)
WAY_ROUND(int, adopt, (tenon_sock native), (native), given(native, UNLIMITED), NULL)
WAY_ROUND(int, getsockname, (tenon_sock s, tenon_addr *local), (s, local), given(s, UNLIMITED), local)
WAY_ROUND(int, getpeername, (tenon_sock s, tenon_addr *peer), (s, peer), given(s, UNLIMITED), peer)

WAY_ROUND(int, send_urgent, (tenon_sock s, unsigned char byte, int timeout_ms), (s, byte, timeout_ms),
          given(s, timeout_ms), NULL)
WAY_ROUND(int, recv_urgent, (tenon_sock s, unsigned char *byte), (s, byte), given(s, UNLIMITED), NULL)

/* ---- Names ---- */

WAY_ROUND(int, resolve,
          (const char *host, const char *service, const tenon_hints *hints, tenon_addr *list, int capacity,
           int timeout_ms),
          (host, service, hints, list, capacity, timeout_ms), given_names(host, service, timeout_ms),
          result > 0 && capacity > 0 ? list : NULL)
WAY_ROUND(int, reverse,
          (const tenon_addr *addr, char *host, size_t host_size, char *service, size_t service_size, int timeout_ms),
          (addr, host, host_size, service, service_size, timeout_ms), given_addr(NO_SOCK, addr, timeout_ms), NULL)
WAY_ROUND(int, canonname, (const char *host, char *name, size_t size, int timeout_ms), (host, name, size, timeout_ms),
          given_names(host, NULL, timeout_ms), NULL)
WAY_ROUND(tenon_sock, tcp_connect, (const char *host, const char *service, int timeout_ms), (host, service, timeout_ms),
          given_names(host, service, timeout_ms), NULL)
WAY_ROUND(tenon_sock, tcp_listen, (const char *host, const char *service, int backlog), (host, service, backlog),
          given_names(host, service, UNLIMITED), NULL)
WAY_ROUND(tenon_sock, udp_connect, (const char *host, const char *service, int timeout_ms), (host, service, timeout_ms),
          given_names(host, service, timeout_ms), NULL)
WAY_ROUND(tenon_sock, udp_bind, (const char *host, const char *service), (host, service),
          given_names(host, service, UNLIMITED), NULL)

/* ---- Datagrams, options, waiting ---- */

WAY_ROUND(ptrdiff_t, sendto, (tenon_sock s, const void *data, size_t size, const tenon_addr *to, int timeout_ms),
          (s, data, size, to, timeout_ms), given_datagram(s, size, to, timeout_ms), NULL)
WAY_ROUND(ptrdiff_t, recvfrom, (tenon_sock s, void *data, size_t size, tenon_addr *from, int timeout_ms),
          (s, data, size, from, timeout_ms), given_number(s, "size", (int64_t)size, timeout_ms), from)
WAY_ROUND(int, setsockopt, (tenon_sock s, int option, int value), (s, option, value), given_value(s, option, value),
          NULL)
WAY_ROUND(int, getsockopt, (tenon_sock s, int option, int *value), (s, option, value), given_option(s, option), NULL)
WAY_ROUND(int, poll, (tenon_pollfd * items, int count, int timeout_ms), (items, count, timeout_ms),
          given_number(NO_SOCK, "count", count, timeout_ms), NULL)
WAY_ROUND(int, waker_open, (tenon_waker * w), (w), given(NO_SOCK, UNLIMITED), NULL)
WAY_ROUND(int, waker_clear, (const tenon_waker *w), (w), given(w ? w->ready : NO_SOCK, UNLIMITED), NULL)
WAY_ROUND(int, waker_close, (tenon_waker * w), (w), given(w ? w->ready : NO_SOCK, UNLIMITED), NULL)

/* ---- Messages ---- */

WAY_ROUND(ptrdiff_t, sendv, (tenon_sock s, const tenon_buffer *buffers, int count, int timeout_ms),
          (s, buffers, count, timeout_ms), given_number(s, "count", count, timeout_ms), NULL)
WAY_ROUND(ptrdiff_t, recvv, (tenon_sock s, const tenon_buffer *buffers, int count, int timeout_ms),
          (s, buffers, count, timeout_ms), given_number(s, "count", count, timeout_ms), NULL)
WAY_ROUND(int, message_ask, (tenon_sock s, int fields), (s, fields), given_number(s, "fields", fields, UNLIMITED), NULL)
WAY_ROUND(ptrdiff_t, sendmsg, (tenon_sock s, const tenon_message *message, int timeout_ms), (s, message, timeout_ms),
          given(s, timeout_ms), NULL)
WAY_ROUND(ptrdiff_t, recvmsg, (tenon_sock s, tenon_message *message, int timeout_ms), (s, message, timeout_ms),
          given(s, timeout_ms), NULL)
WAY_ROUND(int, sendmsgs, (tenon_sock s, const tenon_message *messages, int count, int timeout_ms),
          (s, messages, count, timeout_ms), given_number(s, "count", count, timeout_ms), NULL)
WAY_ROUND(int, recvmsgs, (tenon_sock s, tenon_message *messages, int count, int timeout_ms),
          (s, messages, count, timeout_ms), given_number(s, "count", count, timeout_ms), NULL)

/* ---- More options, groups ---- */

WAY_ROUND(int, keepalive, (tenon_sock s, int idle, int interval, int count), (s, idle, interval, count),
          given_number(s, "idle", idle, UNLIMITED), NULL)
WAY_ROUND(int, multicast_join, (tenon_sock s, const tenon_addr *group, const tenon_addr *source, int interface_index),
          (s, group, source, interface_index), given_group(s, group, interface_index), NULL)
WAY_ROUND(int, multicast_leave, (tenon_sock s, const tenon_addr *group, const tenon_addr *source, int interface_index),
          (s, group, source, interface_index), given_group(s, group, interface_index), NULL)

/* ---- This host ---- */

WAY_ROUND(int, interfaces, (tenon_interface * list, int capacity), (list, capacity),
          given_number(NO_SOCK, "capacity", capacity, UNLIMITED), NULL)
WAY_ROUND(int, local_unlink_stale, (const tenon_addr *local), (local), given_addr(NO_SOCK, local, UNLIMITED), NULL)
WAY_ROUND(int, local_peer, (tenon_sock s, tenon_peer *peer), (s, peer), given(s, UNLIMITED), NULL)
WAY_ROUND(int, hand_over, (tenon_sock channel, int64_t process, tenon_sock s, int timeout_ms),
          (channel, process, s, timeout_ms), given_number(channel, "process", process, timeout_ms), NULL)
WAY_ROUND(tenon_sock, take_over, (tenon_sock channel, int timeout_ms), (channel, timeout_ms),
          given(channel, timeout_ms), NULL)
WAY_ROUND(int, set_inheritable, (tenon_sock s, int on), (s, on), given_number(s, "on", on, UNLIMITED), NULL)
WAY_ROUND(int64_t, sendfile, (tenon_sock s, FILE *file, int64_t offset, int64_t count, int timeout_ms),
          (s, file, offset, count, timeout_ms), given_number(s, "count", count, timeout_ms), NULL)
