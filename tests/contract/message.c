/* message.c - transcript: vectors, messages with their fields, and batches.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "support.h"
#include "tenon/message.h"
#include "transcript.h"

enum { PARTS = 100000, BATCH = 100 };

static tenon_sock open_at(tenon_addr *at) {
  tenon_sock s = tenon_socket(at->family, TENON_SOCK_DGRAM, 0);
  tenon_bind(s, at);
  tenon_getsockname(s, at);
  return s;
}

static tenon_sock open_loopback(int family, tenon_addr *at) {
  *at = tenon_addr_loopback(family, 0);
  return open_at(at);
}

static void send_vectors(void) {
  static tenon_buffer many[PARTS];
  static char bytes[PARTS], data[8] = "", rest[8] = "";
  const tenon_buffer out[] = {{(void *)"vec", 3}, {NULL, 0}, {(void *)"tor", 3}}, in[] = {{data, 4}, {rest, 8}};
  const tenon_buffer nowhere = {NULL, 1}, huge[] = {{bytes, PTRDIFF_MAX}, {bytes, 1}};
  tenon_sock pair[2], closed = support_closed_handle();
  net_pair(pair);
  for (int i = 0; i < PARTS; i++) many[i] = (tenon_buffer){bytes + i / 2, (size_t)(i % 2)};
  COUNT("sendv.limit", "D072", tenon_sendv(pair[0], out, 3, LIMIT));
  tenon_peek(pair[1], data, 1, LIMIT);
  COUNT("recvv.limit", "D072", tenon_recvv(pair[1], in, 2, LIMIT));
  TEXT("recvv.first_buffer", "D072", bytes_of(data, 4));
  TEXT("recvv.second_buffer", "D072", bytes_of(rest, 2));
  COUNT("sendv.many.forever", "D072", tenon_sendv(pair[0], many, PARTS, TENON_FOREVER));
  COUNT("recv_all.many", "D072", tenon_recv_all(pair[1], bytes, PARTS / 2, LIMIT));
  COUNT("sendv.none", "D074", tenon_sendv(pair[0], NULL, 0, TENON_FOREVER));
  COUNT("recvv.none", "D074", tenon_recvv(pair[0], NULL, 0, TENON_FOREVER));
  COUNT("recvv.nothing.at_once", "D020", tenon_recvv(pair[1], in, 2, 0));
  TIMED("recvv.nothing.limit", "D086", tenon_recvv(pair[1], in, 2, SHORT));
  COUNT("sendv.null", "D042", tenon_sendv(pair[0], NULL, 1, LIMIT));
  COUNT("sendv.null_buffer", "D042", tenon_sendv(pair[0], &nowhere, 1, LIMIT));
  COUNT("sendv.too_large", "D071", tenon_sendv(pair[0], huge, 2, LIMIT));
  COUNT("recvv.count.negative", "", tenon_recvv(pair[0], in, -1, LIMIT));
  COUNT("recvv.limit.negative", "", tenon_recvv(pair[0], in, 2, -2));
  COUNT("sendv.none.no_handle", "D003", tenon_sendv(TENON_NO_SOCK, NULL, 0, LIMIT));
  COUNT("recvv.none.no_handle", "D003", tenon_recvv(TENON_NO_SOCK, NULL, 0, LIMIT));
  COUNT("sendv.no_handle", "D003", tenon_sendv(TENON_NO_SOCK, out, 3, LIMIT));
  COUNT("recvv.closed_handle", "D003", tenon_recvv(closed, in, 2, LIMIT));
  tenon_shutdown(pair[0], TENON_SHUT_WR);
  COUNT("sendv.after_shutdown", "D018", tenon_sendv(pair[0], out, 3, LIMIT));
  COUNT("recvv.end", "D010", tenon_recvv(pair[1], in, 2, LIMIT));
  net_close2(pair[0], pair[1]);
}

/* An id for each way by which it comes. Good until the next call. */
static const char *id_of(const char *way, const char *what) {
  static char id[64];
  snprintf(id, sizeof id, "message.%s.%s", way, what);
  return id;
}

static void tell_fields(const char *way, int family, const char *target) {
  enum { ASKED = TENON_MESSAGE_LOCAL | TENON_MESSAGE_INTERFACE | TENON_MESSAGE_TTL | TENON_MESSAGE_CLASS };
  char data[8];
  const tenon_buffer text = {(void *)"text", 4}, room = {data, 3};
  tenon_addr at = tenon_addr_any(family, 0), to, here;
  tenon_sock receiver = open_at(&at);
  tenon_addr_parse(&to, target);
  to.port = at.port;
  tenon_sock sender = open_loopback(to.family, &here);
  tenon_message m = {.buffers = &text, .count = 1, .fields = TENON_MESSAGE_PEER, .peer = to, .ttl = 44};
  tenon_message got = {.buffers = &room, .count = 1, .fields = -1};
  COUNT(id_of(way, "sendmsg"), "D081", tenon_sendmsg(sender, &m, LIMIT));
  COUNT(id_of(way, "too_small"), "D076", tenon_recvmsg(receiver, &got, LIMIT));
  COUNT(id_of(way, "too_small.size"), "D076", (ptrdiff_t)got.size);
  COUNT(id_of(way, "too_small.flags"), "D076", got.flags);
  COUNT(id_of(way, "unasked.fields"), "D081", got.fields);
  COUNT(id_of(way, "ask"), "D123", tenon_message_ask(receiver, ASKED));
  m.fields |= TENON_MESSAGE_TTL;
  COUNT(id_of(way, "sendmsg.ttl"), "D122", tenon_sendmsg(sender, &m, LIMIT));
  COUNT(id_of(way, "asked"), "D123", tenon_recvmsg(receiver, &got, LIMIT));
  COUNT(id_of(way, "asked.fields"), "D123", got.fields);
  FACT(id_of(way, "from_the_sender"), "D061", tenon_addr_equal(&got.peer, &here));
  TEXT(id_of(way, "local"), "D123", host_of(&got.local));
  FACT(id_of(way, "interface"), "D123", got.interface_index > 0);
  COUNT(id_of(way, "ttl"), "D122", got.ttl);
  COUNT(id_of(way, "traffic_class"), "D121", got.traffic_class);
  net_close2(sender, receiver);
}

static void mark_them(void) {
  tenon_addr at;
  char data[8];
  const tenon_buffer text = {(void *)"ecn", 3}, room = {data, sizeof data};
  tenon_sock s = open_loopback(TENON_AF_INET, &at);
  tenon_message m = {.buffers = &text, .count = 1, .fields = TENON_MESSAGE_PEER | TENON_MESSAGE_CLASS, .peer = at};
  tenon_message got = {.buffers = &room, .count = 1};
  tenon_message_ask(s, TENON_MESSAGE_CLASS);
  static const char *const marks[] = {"not_ect", "ect_1", "ect_0", "ce"};
  for (m.traffic_class = 1; m.traffic_class < 4; m.traffic_class++) {
    COUNT(id_of(marks[m.traffic_class], "sendmsg"), "D121", tenon_sendmsg(s, &m, LIMIT));
    tenon_recvmsg(s, &got, LIMIT);
    COUNT(id_of(marks[m.traffic_class], "recvmsg"), "D121", got.traffic_class);
  }
  COUNT("message.ask.nothing", "", tenon_message_ask(s, 0));
  tenon_sendmsg(s, &(tenon_message){.fields = TENON_MESSAGE_PEER, .peer = at}, LIMIT);
  COUNT("recvmsg.empty", "D075", tenon_recvmsg(s, &got, LIMIT));
  COUNT("recvmsg.empty.fields", "D075", got.fields);
  tenon_close(s);
}

static void misuse_them(void) {
  static char large[65508];
  char data[8];
  const tenon_buffer text = {(void *)"text", 4}, room = {data, sizeof data}, too_large = {large, sizeof large};
  tenon_addr at;
  tenon_sock s = open_loopback(TENON_AF_INET, &at), stream = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_message m = {.buffers = &text, .count = 1}, got = {.buffers = &room, .count = 1};
  COUNT("sendmsg.nobody", "", tenon_sendmsg(s, &m, LIMIT));
  m.peer = at;
  m.fields = TENON_MESSAGE_PEER | 64;
  COUNT("sendmsg.fields.unknown", "", tenon_sendmsg(s, &m, LIMIT));
  m.fields = TENON_MESSAGE_PEER | TENON_MESSAGE_TTL;
  COUNT("sendmsg.ttl.none", "D122", tenon_sendmsg(s, &m, LIMIT));
  m.fields = TENON_MESSAGE_PEER | TENON_MESSAGE_CLASS;
  m.traffic_class = 256;
  COUNT("sendmsg.class.too_much", "D121", tenon_sendmsg(s, &m, LIMIT));
  m.fields = TENON_MESSAGE_PEER | TENON_MESSAGE_LOCAL;
  m.local = tenon_addr_loopback(TENON_AF_INET6, 0);
  COUNT("sendmsg.local.other_family", "D123", tenon_sendmsg(s, &m, LIMIT));
  m.fields = TENON_MESSAGE_PEER;
  m.buffers = &too_large;
  COUNT("sendmsg.too_large", "D084", tenon_sendmsg(s, &m, LIMIT));
  m.count = TENON_MESSAGE_BUFFERS + 1;
  COUNT("sendmsg.too_many_buffers", "D072", tenon_sendmsg(s, &m, LIMIT));
  COUNT("sendmsg.null", "D042", tenon_sendmsg(s, NULL, LIMIT));
  COUNT("recvmsg.null", "D042", tenon_recvmsg(s, NULL, LIMIT));
  COUNT("recvmsg.limit.negative", "", tenon_recvmsg(s, &got, -2));
  COUNT("recvmsg.nothing.at_once", "D020", tenon_recvmsg(s, &got, 0));
  TIMED("recvmsg.nothing.limit", "D086", tenon_recvmsg(s, &got, SHORT));
  COUNT("recvmsg.no_handle", "D003", tenon_recvmsg(TENON_NO_SOCK, &got, LIMIT));
  COUNT("recvmsg.unconnected_stream", "D081", tenon_recvmsg(stream, &got, LIMIT));
  COUNT("message.ask.stream", "D081", tenon_message_ask(stream, TENON_MESSAGE_TTL));
  COUNT("message.ask.unknown", "", tenon_message_ask(s, 64));
  net_close2(s, stream);
}

static void send_batches(void) {
  static char data[BATCH][8];
  static tenon_buffer rooms[BATCH];
  static tenon_message out[BATCH], in[BATCH];
  const tenon_buffer text = {(void *)"text", 4}, nowhere = {NULL, 1};
  tenon_addr at;
  tenon_sock s = open_loopback(TENON_AF_INET, &at), stream = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  for (int i = 0; i < BATCH; i++) {
    rooms[i] = (tenon_buffer){data[i], 8};
    out[i] = (tenon_message){.buffers = &text, .count = 1, .fields = TENON_MESSAGE_PEER, .peer = at};
    in[i] = (tenon_message){.buffers = &rooms[i], .count = 1};
  }
  COUNT("recvmsgs.nothing.at_once", "D020", tenon_recvmsgs(s, in, BATCH, 0));
  TIMED("recvmsgs.nothing.limit", "D086", tenon_recvmsgs(s, in, BATCH, SHORT));
  COUNT("sendmsgs.limit", "D091", tenon_sendmsgs(s, out, BATCH, LIMIT));
  COUNT("recvmsgs.some", "D091", tenon_recvmsgs(s, in, 40, LIMIT));
  COUNT("recvmsgs.the_rest", "D091", tenon_recvmsgs(s, in, BATCH, LIMIT));
  COUNT("recvmsgs.size", "D091", (ptrdiff_t)in[59].size);
  out[10].buffers = &nowhere;
  COUNT("sendmsgs.one_is_bad", "D091", tenon_sendmsgs(s, out, BATCH, LIMIT));
  COUNT("sendmsgs.the_bad_one", "D091", tenon_sendmsgs(s, out + 10, BATCH - 10, LIMIT));
  COUNT("sendmsgs.none", "D091", tenon_sendmsgs(s, out, 0, LIMIT));
  COUNT("sendmsgs.null", "D042", tenon_sendmsgs(s, NULL, 1, LIMIT));
  COUNT("sendmsgs.count.negative", "", tenon_sendmsgs(s, out, -1, LIMIT));
  COUNT("sendmsgs.stream", "D091", tenon_sendmsgs(stream, out, 1, LIMIT));
  COUNT("recvmsgs.stream", "D091", tenon_recvmsgs(stream, in, 1, LIMIT));
  COUNT("recvmsgs.no_handle", "D003", tenon_recvmsgs(TENON_NO_SOCK, in, 1, LIMIT));
  net_close2(s, stream);
}

void topic_message(void) {
  send_vectors();
  tell_fields("ipv4", TENON_AF_INET, "127.0.0.1");
  tell_fields("ipv6", TENON_AF_INET6, "::1");
  tell_fields("dualstack", TENON_AF_INET6, "127.0.0.1");
  mark_them();
  misuse_them();
  send_batches();
}
