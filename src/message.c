/* message.c - datagrams with what travels beside them.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

enum {
  OPTIONAL_FIELDS = TENON_MESSAGE_LOCAL | TENON_MESSAGE_INTERFACE | TENON_MESSAGE_TTL | TENON_MESSAGE_CLASS,
  ALL_FIELDS = TENON_MESSAGE_PEER | OPTIONAL_FIELDS
};

/* IPv4 packets of a dual-stack socket have options of their own, which is best effort; the socket's family decides. */
int tenon_message_ask(tenon_sock s, int fields) {
  if (tenon__is_traced()) return tenon__traced_message_ask(s, fields);
  int is_stream = tenon__sys_is_stream(s), is_ipv6 = is_stream < 0 ? 0 : tenon__sys_family(s) == TENON_AF_INET6;
  int given = 0;
  if (is_stream < 0) return is_stream;
  if (is_stream) return tenon__refuse(TENON_ENOPROTOOPT);
  if (fields & ~ALL_FIELDS) return tenon__refuse(TENON_EINVAL);
  for (int i = 0; i < tenon__sys_message_option_count; i++) {
    const tenon__message_option *option = &tenon__sys_message_options[i];
    if (option->level != IPPROTO_IP && !is_ipv6) continue;
    int result = tenon__sys_switch(s, option->level, option->name, (option->fields & fields) != 0);
    if (result == 0 && is_ipv6 == (option->level != IPPROTO_IP)) given |= option->fields & fields;
  }
  return given | (fields & TENON_MESSAGE_PEER);
}

/* ---- Sending ---------------------------------------------------------------------------------------------------- */

static int check_fields(const tenon_message *m) {
  int fields = m->fields;
  int is_good = !(fields & ~ALL_FIELDS) && (!(fields & TENON_MESSAGE_TTL) || (m->ttl >= 1 && m->ttl <= 255)) &&
                (!(fields & TENON_MESSAGE_CLASS) || (m->traffic_class >= 0 && m->traffic_class <= 255)) &&
                (!(fields & TENON_MESSAGE_INTERFACE) || m->interface_index != 0);
  if (!is_good) return tenon__refuse(TENON_EINVAL);
  if (!(fields & TENON_MESSAGE_LOCAL)) return 0;
  int family = m->local.family;
  if (family != TENON_AF_INET && family != TENON_AF_INET6) return tenon__refuse(TENON_EAFNOSUPPORT);
  int is_alike = !(fields & TENON_MESSAGE_PEER) || m->peer.family == family;
  return is_alike ? 0 : tenon__refuse(TENON_EINVAL);
}

ptrdiff_t tenon__check_message(const tenon_message *message, tenon__sockaddr *peer) {
  if (!message || message->count > TENON_MESSAGE_BUFFERS) return tenon__refuse(TENON_EINVAL);
  ptrdiff_t size = tenon__total(message->buffers, message->count);
  if (size < 0) return size;
  if (message->fields & TENON_MESSAGE_PEER) {
    int result = tenon__to_peer(&message->peer, peer);
    if (result < 0) return result;
  }
  int result = message->fields & ~TENON_MESSAGE_PEER ? check_fields(message) : 0;
  return result < 0 ? result : size;
}

/* Systems have several words for that. One can be bound to this host's addresses alone. */
static int is_foreign(const tenon_addr *local) {
  tenon_addr at = *local;
  at.port = 0;
  tenon_sock s = tenon_socket(at.family, TENON_SOCK_STREAM, 0);
  int result = s < 0 ? 0 : tenon_bind(s, &at);
  if (s >= 0) tenon_close(s);
  return result == TENON_EADDRNOTAVAIL;
}

static int name_unsent_message(tenon_sock s, const tenon_message *m, int failure) {
  int code = tenon__name_unsent(s, failure, (m->fields & TENON_MESSAGE_PEER) != 0);
  int native = tenon_native_error();
  int is_doubtful = code == TENON_EINVAL || code == TENON_ENETUNREACH || code == TENON_EHOSTUNREACH;
  if (is_doubtful && (m->fields & TENON_MESSAGE_LOCAL) && is_foreign(&m->local)) code = TENON_EADDRNOTAVAIL;
  tenon__sys_remember(native);
  return code;
}

/* Whether this is a multicast or a broadcast address. */
static int is_of_many(const tenon_addr *local) {
  if (local->family == TENON_AF_INET6) return local->ip[0] == 0xff;
  return (local->ip[0] & 0xf0) == 0xe0 || tenon__is_broadcast(local);
}

/* A datagram that came to a multicast or broadcast address cannot be answered from that address. The system then chooses
 * the source address. Called after a send failed. */
static ptrdiff_t send_from_any(tenon_sock s, const tenon_message *m, const tenon__sockaddr *peer, int failure) {
  int may_be_source = failure == TENON_EINVAL || failure == TENON_ENETUNREACH || failure == TENON_EHOSTUNREACH ||
                      failure == TENON_EADDRNOTAVAIL || failure == TENON_ENOTSUP;
  int native = tenon_native_error();
  if (!(m->fields & TENON_MESSAGE_LOCAL) || !may_be_source || !is_of_many(&m->local)) {
    tenon__sys_remember(native);
    return failure;
  }
  tenon_message plain = *m;
  plain.fields &= ~TENON_MESSAGE_LOCAL;
  return tenon__sys_sendmsg(s, &plain, peer, 0);
}

static ptrdiff_t send_fitting_message(tenon_sock s, const tenon_message *m, tenon__sockaddr *peer, int may_wait) {
  ptrdiff_t sent = tenon__sys_sendmsg(s, m, peer, may_wait);
  int failure = (int)sent;
  if (sent < 0 && peer && tenon__fit_family(s, peer, &failure)) {
    sent = tenon__sys_sendmsg(s, m, peer, may_wait);
    failure = (int)sent;
  }
  if (sent < 0) sent = send_from_any(s, m, peer, failure);
  return sent < 0 ? name_unsent_message(s, m, (int)sent) : sent;
}

/* A stream takes the buffers and leaves the fields alone. sent is the result of a first attempt, or 0. */
static ptrdiff_t send_stream(tenon_sock s, const tenon_message *message, ptrdiff_t sent, tenon__limit *limit) {
  size_t size = (size_t)tenon__total(message->buffers, message->count);
  tenon__parts whole = tenon__parts_of(s, message->buffers, message->count, size, limit->timeout_ms);
  return tenon__send_parts(s, whole, size, limit->timeout_ms, sent);
}

ptrdiff_t tenon__send_message(tenon_sock s, const tenon_message *message, tenon__limit *limit) {
  tenon__sockaddr native, *peer = message->fields & TENON_MESSAGE_PEER ? &native : NULL;
  ptrdiff_t size = tenon__check_message(message, &native);
  if (size < 0) return size;
  int may_wait = tenon__may_wait_inside(limit->timeout_ms);
  if (tenon__is_stream_of(s, (size_t)size)) return send_stream(s, message, 0, limit);
  for (;;) {
    ptrdiff_t sent = send_fitting_message(s, message, peer, may_wait);
    if (sent == size) return sent;
    if (tenon__is_a_stream(s)) {
      int failure = sent < 0 ? tenon__lost_failure(s, TENON__SEND) : 0;
      return failure < 0 ? failure : send_stream(s, message, sent > 0 ? sent : 0, limit);
    }
    int again = tenon__datagram_again(s, (int)sent, TENON__WRITABLE, limit);
    if (again < 0) return again;
  }
}

ptrdiff_t tenon_sendmsg(tenon_sock s, const tenon_message *message, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_sendmsg(s, message, timeout_ms);
  if (!message || timeout_ms < TENON_FOREVER) return tenon__refuse(TENON_EINVAL);
  tenon__limit limit = tenon__limit_of(timeout_ms);
  return tenon__send_message(s, message, &limit);
}

/* ---- Receiving -------------------------------------------------------------------------------------------------- */

ptrdiff_t tenon__room_of(const tenon_message *message) {
  if (message->count > TENON_MESSAGE_BUFFERS) return tenon__refuse(TENON_EINVAL);
  return tenon__total(message->buffers, message->count);
}

void tenon__hear_nothing(tenon_message *message, int flags) {
  message->fields = message->ttl = message->traffic_class = 0;
  message->flags = flags;
  memset(&message->local, 0, sizeof message->local);
  message->interface_index = 0;
}

void tenon__hear_source(tenon_message *message, int family, const void *ip, uint32_t interface_index) {
  message->local = tenon_addr_any(family, 0);
  memcpy(message->local.ip, ip, family == TENON_AF_INET ? 4 : 16);
  message->interface_index = interface_index;
  message->fields |= TENON__MESSAGE_SOURCE;
  if (family == TENON_AF_INET6 && tenon__needs_scope(message->local.ip)) message->local.scope = interface_index;
}

void tenon__hear_number(tenon_message *message, int field, const void *fact, size_t size) {
  int number = *(const uint8_t *)fact;
  if (size >= sizeof number) memcpy(&number, fact, sizeof number);
  *(field == TENON_MESSAGE_TTL ? &message->ttl : &message->traffic_class) = number & 255;
  message->fields |= field;
}

void tenon__finish_message(tenon_message *message, const tenon__sockaddr *peer, size_t size) {
  message->size = size;
  tenon__from_sockaddr(&message->peer, peer);
  if (message->peer.family != TENON_AF_UNSPEC) message->fields |= TENON_MESSAGE_PEER;
  tenon__unmap(&message->local);
}

/* Some systems receive nothing from a stream in this way, others all but the sender. */
static ptrdiff_t recv_stream(tenon_sock s, tenon_message *message, ptrdiff_t received, tenon__limit *limit) {
  tenon__sockaddr nobody = {.u.any = {.sa_family = AF_UNSPEC}};
  if (received <= 0) {
    int failure = received < 0 ? tenon__lost_failure(s, TENON__RECV) : 0;
    ptrdiff_t size = tenon__total(message->buffers, message->count);
    if (failure < 0) return failure;
    tenon__parts whole = tenon__parts_of(s, message->buffers, message->count, (size_t)size, limit->timeout_ms);
    received = size == 0 ? 0 : tenon__recv_parts(s, whole, 0, 0, limit);
  }
  if (received < 0) return received;
  tenon__hear_nothing(message, 0);
  tenon__finish_message(message, &nobody, (size_t)received);
  return received;
}

ptrdiff_t tenon__recv_message(tenon_sock s, tenon_message *message, tenon__limit *limit) {
  int may_wait = tenon__may_wait_inside(limit->timeout_ms);
  for (;;) {
    tenon__sockaddr peer = {.u.any = {.sa_family = AF_UNSPEC}, .size = sizeof peer.u};
    ptrdiff_t received = tenon__sys_recvmsg(s, message, &peer, may_wait);
    int is_nameless = received < 0 || peer.size == 0 || peer.u.any.sa_family == AF_UNSPEC;
    if (is_nameless && received != TENON_EAGAIN && tenon__is_a_stream(s))
      return recv_stream(s, message, received, limit);
    if (received >= 0) {
      tenon__finish_message(message, &peer, (size_t)received);
      return received;
    }
    int again = received == TENON_EINVAL ? tenon__unbound_again(s, TENON_EINVAL, limit)
                                         : tenon__datagram_again(s, (int)received, TENON__READABLE, limit);
    if (again < 0) return again;
  }
}

ptrdiff_t tenon_recvmsg(tenon_sock s, tenon_message *message, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_recvmsg(s, message, timeout_ms);
  if (!message || timeout_ms < TENON_FOREVER) return tenon__refuse(TENON_EINVAL);
  ptrdiff_t room = tenon__room_of(message);
  if (room < 0) return room;
  tenon__limit limit = tenon__limit_of(timeout_ms);
  if (tenon__is_stream_of(s, (size_t)room)) return recv_stream(s, message, 0, &limit);
  return tenon__recv_message(s, message, &limit);
}
