/* calls_message.c - messages and batches.
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "argument.h"
#include "calls.h"
#include "tenon/message.h"
#include "tenon/multicast.h"
#include "wants.h"

enum { ALL_FIELDS = 31, BATCH = 2 };
static const int fields_of[] = {0,
                                TENON_MESSAGE_LOCAL,
                                TENON_MESSAGE_INTERFACE,
                                TENON_MESSAGE_TTL,
                                TENON_MESSAGE_CLASS,
                                TENON_MESSAGE_LOCAL | TENON_MESSAGE_TTL,
                                ALL_FIELDS,
                                0,
                                64,
                                -1};

/* What a system returns is a part of what was asked for. */
static void run_message_ask(play *p, const int *a) {
  int fields = fields_of[a[1]];
  slot *it = model_slot(&p->m, a[0]);
  forecast f = model_handle(&p->m, a[0]);
  int is_bad = fields < 0 || fields > ALL_FIELDS;
  if (it) f = is_bad ? forecast_any() : model_is_stream(it) ? forecast_value(TENON_ENOPROTOOPT) : forecast_any();
  if (!it && is_bad) f = forecast_any();
  if (it && it->kind == UDP && !is_bad) it->asked_fields = fields;
  if (!play_begins(p, f)) return;
  int result = tenon_message_ask(play_socket(p, a[0]), fields);
  if (result >= 0 && a[0] < SLOTS) p->told_fields[a[0]] = result;
  play_result(p, f, result < 0 ? result : result & ~fields, NULL);
}

/* Its fields are the peer and those that were promised, no others. */
static const char *check_message(const play *p, int s, const tenon_message *message, const datagram *sent) {
  static char text[96];
  int fields = message->fields & ~TENON_MESSAGE_PEER, promised = p->told_fields[s] & ~TENON_MESSAGE_PEER;
  snprintf(text, sizeof text, "flags %d", message->flags);
  if (!(message->fields & TENON_MESSAGE_PEER)) return "NO PEER, BUT it should tell one";
  if (fields & ~promised && !open_is_shown(FOUND_EXTRA_FIELDS)) fields &= promised;
  if (fields & ~promised) snprintf(text, sizeof text, "fields %d BUT %d were asked for", fields, promised);
  if (sent->size >= 0 && bytes_check((unsigned char *)play_buffer, (intptr_t)message->size, (uint32_t)sent->size, 0))
    return "WRONG BYTES, BUT those that were sent are wanted";
  return text;
}

static void run_recvmsg(play *p, const int *a) {
  datagram taken;
  int size = argument_size(a[1]);
  slot *it = model_slot(&p->m, a[0]);
  int is_stream = it && model_is_stream(it);
  forecast f = model_receive_datagram(&p->m, a[0], size, a[2], 0, &taken);
  if (f.is_known && f.value == TENON_EMSGSIZE) f = forecast_value(size);
  if (!play_begins(p, f)) return;
  tenon_buffer buffer = {play_buffer, (size_t)size};
  tenon_message message = {.buffers = &buffer, .count = 1};
  ptrdiff_t n = tenon_recvmsg(play_socket(p, a[0]), &message, argument_limit(a[2]));
  play_result(p, f, n, n >= 0 && !is_stream && a[0] < SLOTS ? check_message(p, a[0], &message, &taken) : NULL);
}

/* To a peer that is named although the socket is connected some systems send and others do not. */
static forecast model_message(play *p, const int *a, tenon_message *message) {
  address to;
  int size = argument_size(a[1]), has_peer = a[2] != NULL_ADDRESS;
  slot *it = model_slot(&p->m, a[0]);
  if (has_peer && !argument_address(&p->m, a[2], &to)) return forecast_avoid();
  if (it && (model_is_stream(it) || (has_peer && it->peer_port))) return forecast_avoid();
  message->fields = has_peer ? TENON_MESSAGE_PEER : 0;
  if (has_peer && !p->is_dry) message->peer = *play_address(p, a[2]);
  return model_send_datagram(&p->m, a[0], size, has_peer ? &to : NULL, a[3]);
}

static void run_sendmsg(play *p, const int *a) {
  tenon_message message = {.count = 1};
  forecast f = model_message(p, a, &message);
  if (!play_begins(p, f)) return;
  tenon_buffer buffer = {play_buffer, (size_t)argument_size(a[1])};
  bytes_fill((unsigned char *)play_buffer, argument_size(a[1]), (uint32_t)argument_size(a[1]), 0);
  message.buffers = &buffer;
  play_result(p, f, tenon_sendmsg(play_socket(p, a[0]), &message, argument_limit(a[3])), NULL);
}

/* Two equal ones. After a waker has fired one message goes where a native call takes no more. */
static forecast model_batch(play *p, const int *a, tenon_message *message) {
  if (p->m.cancelling != NONE && p->m.wakers[p->m.cancelling].fired) return forecast_avoid();
  forecast f = model_message(p, a, message);
  if (f.avoid || f.open || !f.is_known || f.value < 0) return f;
  f = model_message(p, a, message);
  if (f.avoid || f.open) return forecast_avoid();
  return forecast_value(BATCH);
}

static void run_sendmsgs(play *p, const int *a) {
  tenon_message messages[BATCH] = {{.count = 1}, {.count = 1}};
  forecast f = model_batch(p, a, &messages[0]);
  if (!play_begins(p, f)) return;
  tenon_buffer buffer = {play_buffer, (size_t)argument_size(a[1])};
  bytes_fill((unsigned char *)play_buffer, argument_size(a[1]), (uint32_t)argument_size(a[1]), 0);
  messages[0].buffers = &buffer;
  messages[1] = messages[0];
  play_result(p, f, tenon_sendmsgs(play_socket(p, a[0]), messages, BATCH, argument_limit(a[3])), NULL);
}

static forecast model_receive_batch(model *m, const int *a) {
  datagram taken;
  slot *it = model_slot(m, a[0]);
  if (it && model_is_stream(it)) return a[1] == LIMIT_BAD ? forecast_any() : forecast_value(TENON_ENOTSUP);
  forecast f = model_receive_datagram(m, a[0], BUFFER, a[1], 0, &taken);
  if (f.is_known && taken.sender != NONE) f.value = 1;
  return f;
}

static void run_recvmsgs(play *p, const int *a) {
  forecast f = model_receive_batch(&p->m, a);
  if (!play_begins(p, f)) return;
  tenon_buffer buffer = {play_buffer, BUFFER};
  tenon_message message = {.buffers = &buffer, .count = 1};
  play_result(p, f, tenon_recvmsgs(play_socket(p, a[0]), &message, 1, argument_limit(a[1])), NULL);
}

/* ---- Multicast, as far as nothing is sent ------------------------------------------------------------------------- */

static const char *const groups[] = {"239.255.7.7", "ff02::7:7", "127.0.0.1", "::1"};

static forecast forecast_group(play *p, const int *a, int is_leaving) {
  slot *it = model_slot(&p->m, a[0]);
  int group = a[1] % 4, family = group % 2 ? TENON_AF_INET6 : TENON_AF_INET;
  if (!it) return forecast_any();
  if (model_is_stream(it)) return forecast_any();
  if (group > 1) return forecast_any();
  if (it->family != family) return forecast_value(TENON_EAFNOSUPPORT);
  int was = it->groups;
  it->groups = is_leaving ? 0 : 1;
  return was == !is_leaving ? forecast_value(is_leaving ? TENON_EADDRNOTAVAIL : TENON_EADDRINUSE) : forecast_value(0);
}

static void run_join(play *p, const int *a) {
  tenon_addr group;
  forecast f = forecast_group(p, a, 0);
  if (!play_begins(p, f)) return;
  tenon_addr_parse(&group, groups[a[1] % 4]);
  play_result(p, f, tenon_multicast_join(play_socket(p, a[0]), &group, NULL, play_loopback_index()), NULL);
}

static void run_leave(play *p, const int *a) {
  tenon_addr group;
  forecast f = forecast_group(p, a, 1);
  if (!play_begins(p, f)) return;
  tenon_addr_parse(&group, groups[a[1] % 4]);
  play_result(p, f, tenon_multicast_leave(play_socket(p, a[0]), &group, NULL, play_loopback_index()), NULL);
}

const call calls_message[] = {
    {"tenon_message_ask(%, fields[%])", "si", 12, wants_datagrams, run_message_ask},
    {"receive_message(%, %, %)", "snl", 25, wants_held, run_recvmsg},
    {"send_message(%, %, %, %)", "snal", 25, wants_datagrams, run_sendmsg},
    {"send_two_messages(%, %, %, %)", "snal", 10, wants_datagrams, run_sendmsgs},
    {"receive_messages(%, %)", "sl", 10, wants_held, run_recvmsgs},
    {"join(%, %)", "si", 4, wants_datagrams, run_join},
    {"leave(%, %)", "si", 4, wants_datagrams, run_leave},
    {NULL, NULL, 0, NULL, NULL},
};
