/* calls.c - every call that can wait, each in a scene in which it has to.
 * SPDX-License-Identifier: MIT
 */
#include "calls.h"

#include <stdio.h>

#include "tenon/file.h"
#include "tenon/message.h"

enum { GLANCE_MS = 20 };

/* ---- Scenes ------------------------------------------------------------------------------------------------------ */

static int open_connection(scene *at) {
  tenon_sock pair[2];
  int result = net_pair(pair);
  at->s = pair[0];
  at->peer = pair[1];
  return result;
}

static int open_listener(scene *at) {
  at->s = net_listen(TENON_AF_INET, &at->at);
  return at->s < 0 ? -1 : 0;
}

static int open_datagram(scene *at) {
  at->at = tenon_addr_loopback(TENON_AF_INET, 0);
  at->s = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  at->peer = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  return tenon_bind(at->s, &at->at) < 0 || tenon_getsockname(at->s, &at->at) < 0 ? -1 : 0;
}

static int open_full(scene *at) {
  int result = net_fill(&at->full, TENON_AF_INET);
  at->at = at->full.at;
  return result;
}

static int open_unconnected(scene *at) {
  at->s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  return open_full(at);
}

static int open_pending(scene *at) {
  int result = open_full(at);
  at->s = at->full.pending;
  at->full.pending = TENON_NO_SOCK;
  return result;
}

/* ---- What calls wait for ----------------------------------------------------------------------------------------- */

static void send_a_byte(scene *at) {
  tenon_send(at->peer, "x", 1, NET_LIMIT_MS);
}

static void send_two_bytes(scene *at) {
  send_a_byte(at);
  support_sleep_ms(GLANCE_MS);
  send_a_byte(at);
}

static void send_a_datagram(scene *at) {
  tenon_sendto(at->peer, "x", 1, &at->at, NET_LIMIT_MS);
}

static void receive_until_over(scene *at) {
  static char data[1 << 16];
  while (!atomic_load(&at->is_over)) tenon_recv(at->peer, data, sizeof data, GLANCE_MS);
}

static void end_sending(scene *at) {
  tenon_shutdown(at->peer, TENON_SHUT_WR);
}

static void connect_a_client(scene *at) {
  at->peer = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_connect(at->peer, &at->at, NET_LIMIT_MS);
}

static void accept_until_over(scene *at) {
  while (!atomic_load(&at->is_over)) {
    tenon_sock s = tenon_accept(at->full.listener, NULL, GLANCE_MS);
    if (s >= 0) tenon_close(s);
  }
}

/* ---- The calls --------------------------------------------------------------------------------------------------- */

static intptr_t closed(tenon_sock s) {
  return s < 0 ? s : tenon_close(s);
}

static intptr_t run_connect(scene *at, int timeout_ms) {
  return tenon_connect(at->s, &at->at, timeout_ms);
}

static intptr_t run_connect_result(scene *at, int timeout_ms) {
  return tenon_connect_result(at->s, timeout_ms);
}

static intptr_t run_tcp_connect(scene *at, int timeout_ms) {
  char port[8];
  snprintf(port, sizeof port, "%u", (unsigned)at->at.port);
  return closed(tenon_tcp_connect("127.0.0.1", port, timeout_ms));
}

static intptr_t run_accept(scene *at, int timeout_ms) {
  return closed(tenon_accept(at->s, NULL, timeout_ms));
}

/* With a timeout of 0 they send what fits: a second time that is nothing. */
static intptr_t run_send(scene *at, int timeout_ms) {
  ptrdiff_t n = tenon_send(at->s, net_too_much, NET_TOO_MUCH, timeout_ms);
  while (timeout_ms == 0 && n > 0) n = tenon_send(at->s, net_too_much, NET_TOO_MUCH, 0);
  return n;
}

static intptr_t run_sendto(scene *at, int timeout_ms) {
  ptrdiff_t n = tenon_sendto(at->s, net_too_much, NET_TOO_MUCH, NULL, timeout_ms);
  while (timeout_ms == 0 && n > 0) n = tenon_sendto(at->s, net_too_much, NET_TOO_MUCH, NULL, 0);
  return n;
}

static const tenon_buffer halves[] = {{net_too_much, NET_TOO_MUCH / 2}, {net_too_much, NET_TOO_MUCH / 2}};

static intptr_t run_sendv(scene *at, int timeout_ms) {
  ptrdiff_t n = tenon_sendv(at->s, halves, 2, timeout_ms);
  while (timeout_ms == 0 && n > 0) n = tenon_sendv(at->s, halves, 2, 0);
  return n;
}

static intptr_t run_sendmsg(scene *at, int timeout_ms) {
  const tenon_message message = {.buffers = halves, .count = 2};
  ptrdiff_t n = tenon_sendmsg(at->s, &message, timeout_ms);
  while (timeout_ms == 0 && n > 0) n = tenon_sendmsg(at->s, &message, 0);
  return n;
}

/* The file has a hole, so writing it takes no time. */
static intptr_t run_sendfile(scene *at, int timeout_ms) {
  FILE *file = tmpfile();
  if (!file || fseek(file, NET_TOO_MUCH - 1, SEEK_SET) != 0 || fputc(0, file) != 0 || fflush(file) != 0)
    return TENON_EIO;
  int64_t n = tenon_sendfile(at->s, file, 0, NET_TOO_MUCH, timeout_ms);
  while (timeout_ms == 0 && n > 0) n = tenon_sendfile(at->s, file, 0, NET_TOO_MUCH, 0);
  fclose(file);
  return (intptr_t)n;
}

static intptr_t run_recv(scene *at, int timeout_ms) {
  char data[8];
  return tenon_recv(at->s, data, sizeof data, timeout_ms);
}

static intptr_t run_recv_all(scene *at, int timeout_ms) {
  char data[2];
  return tenon_recv_all(at->s, data, sizeof data, timeout_ms);
}

static intptr_t run_peek(scene *at, int timeout_ms) {
  char data[8];
  return tenon_peek(at->s, data, sizeof data, timeout_ms);
}

static intptr_t run_recvfrom(scene *at, int timeout_ms) {
  char data[8];
  tenon_addr from;
  return tenon_recvfrom(at->s, data, sizeof data, &from, timeout_ms);
}

static intptr_t run_close_gracefully(scene *at, int timeout_ms) {
  tenon_sock s = at->s;
  at->s = TENON_NO_SOCK;
  return tenon_close_gracefully(s, timeout_ms);
}

/* As the other calls say it: what has arrived wins over the waker, which wins over time. */
static intptr_t run_poll(scene *at, int timeout_ms) {
  tenon_pollfd items[] = {{at->s, TENON_POLLIN, 0}, {at->waker ? at->waker->ready : TENON_NO_SOCK, TENON_POLLIN, 0}};
  int ready = tenon_poll(items, 2, timeout_ms);
  if (ready < 0 || items[0].revents) return ready < 0 ? ready : items[0].revents;
  return items[1].revents ? TENON_ECANCELED : timeout_ms == 0 ? TENON_EAGAIN : TENON_ETIMEDOUT;
}

enum { STREAM = CALL_IS_STREAM, SENDING = CALL_IS_STREAM | CALL_SENDS | CALL_ENDS_SOCKET, ENDS = CALL_ENDS_SOCKET };

const waiting_call waiting_calls[] = {
    {"connect", open_unconnected, run_connect, accept_until_over, 0, TENON_EINPROGRESS, ENDS},
    {"connect_result", open_pending, run_connect_result, accept_until_over, 0, TENON_EINPROGRESS, 0},
    {"tcp_connect", open_full, run_tcp_connect, accept_until_over, 0, TENON_EINVAL, ENDS},
    {"accept", open_listener, run_accept, connect_a_client, 0, TENON_EAGAIN, CALL_IS_ACCEPT},
    {"send", open_connection, run_send, receive_until_over, NET_TOO_MUCH, TENON_EAGAIN, SENDING},
    {"sendto on a stream", open_connection, run_sendto, receive_until_over, NET_TOO_MUCH, TENON_EAGAIN, SENDING},
    {"sendv", open_connection, run_sendv, receive_until_over, NET_TOO_MUCH, TENON_EAGAIN, SENDING},
    {"sendmsg on a stream", open_connection, run_sendmsg, receive_until_over, NET_TOO_MUCH, TENON_EAGAIN, SENDING},
    {"sendfile", open_connection, run_sendfile, receive_until_over, NET_TOO_MUCH, TENON_EAGAIN, SENDING},
    {"recv", open_connection, run_recv, send_a_byte, 1, TENON_EAGAIN, STREAM},
    {"recv_all", open_connection, run_recv_all, send_two_bytes, 2, TENON_EAGAIN, STREAM},
    {"peek", open_connection, run_peek, send_a_byte, 1, TENON_EAGAIN, STREAM},
    {"recvfrom on a stream", open_connection, run_recvfrom, send_a_byte, 1, TENON_EAGAIN, STREAM},
    {"recvfrom", open_datagram, run_recvfrom, send_a_datagram, 1, TENON_EAGAIN, 0},
    {"close_gracefully", open_connection, run_close_gracefully, end_sending, 0, TENON_EAGAIN, STREAM | ENDS},
    {"poll", open_connection, run_poll, send_a_byte, TENON_POLLIN, TENON_EAGAIN, CALL_IS_POLL},
};
const int waiting_call_count = sizeof waiting_calls / sizeof *waiting_calls;

/* ---- Playing ----------------------------------------------------------------------------------------------------- */

int scene_open(scene *at, const waiting_call *call) {
  at->call = call;
  at->s = at->peer = at->full.listener = at->full.pending = TENON_NO_SOCK;
  at->full.queued = at->has_thread = 0;
  at->waker = NULL;
  atomic_store(&at->is_over, 0);
  if (call->open(at) == 0) return 0;
  scene_close(at);
  return -1;
}

static void do_later(void *argument) {
  scene *at = argument;
  support_sleep_ms(A_WHILE_MS); /* whether the call is waiting by then makes no difference to the outcome */
  at->later(at);
}

int scene_do_later(scene *at, void (*what)(scene *at)) {
  at->later = what;
  at->has_thread = support_thread_start(&at->thread, do_later, at) == 0;
  return at->has_thread ? 0 : -1;
}

void scene_join(scene *at) {
  atomic_store(&at->is_over, 1);
  if (at->has_thread) support_thread_join(&at->thread);
  at->has_thread = 0;
  atomic_store(&at->is_over, 0);
}

void scene_close(scene *at) {
  scene_join(at);
  net_empty(&at->full);
  if (at->s >= 0) tenon_close(at->s);
  if (at->peer >= 0) tenon_close(at->peer);
}

attempt scene_try(const waiting_call *call, int timeout_ms, void (*what)(scene *at)) {
  static scene at;
  attempt tried = {TENON_EIO, 0, 0};
  if (scene_open(&at, call) < 0) return tried;
  if (!what || scene_do_later(&at, what) == 0) {
    int64_t start = tenon_now_ms();
    tried.result = call->run(&at, timeout_ms);
    tried.native_error = tenon_native_error();
    tried.took_ms = tenon_now_ms() - start;
  }
  scene_close(&at);
  return tried;
}
