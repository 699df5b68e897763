/* batch.c - many datagrams in one call.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

/* What goes as one must fit into one packet: 65,535 bytes without any headers. */
#define MERGED_BYTES_MAX 65000

static int check_batch(tenon_sock s, const tenon_message *messages, int count, int timeout_ms) {
  if (count < 0 || (!messages && count > 0) || timeout_ms < TENON_FOREVER) return tenon__refuse(TENON_EINVAL);
  int is_stream = tenon__sys_is_stream(s);
  return is_stream > 0 ? tenon__refuse(TENON_ENOTSUP) : is_stream;
}

/* How many bytes the next native transfer of a call that has moved so many may move. */
static size_t room_after(size_t moved, int timeout_ms) {
  if (timeout_ms != 0) return TENON__TRANSFER_MAX;
  return moved < TENON__TRANSFER_MAX ? TENON__TRANSFER_MAX - moved : 0;
}

/* ---- Sending ---------------------------------------------------------------------------------------------------- */

static int differ_in_bytes_alone(const tenon_message *a, const tenon_message *b) {
  if (a->fields != b->fields) return 0;
  return (!(a->fields & TENON_MESSAGE_PEER) || tenon_addr_equal(&a->peer, &b->peer)) &&
         (!(a->fields & TENON_MESSAGE_LOCAL) || tenon_addr_equal(&a->local, &b->local)) &&
         (!(a->fields & TENON_MESSAGE_INTERFACE) || a->interface_index == b->interface_index) &&
         (!(a->fields & TENON_MESSAGE_TTL) || a->ttl == b->ttl) &&
         (!(a->fields & TENON_MESSAGE_CLASS) || a->traffic_class == b->traffic_class);
}

/* As many of those that follow the first one as can go with it. */
static void merge(tenon__outgoing *out, int count) {
  const tenon_message *first = out->messages;
  size_t last = out->segment, total = last;
  int buffers = first->count, most = count < TENON__NATIVE_SEGMENTS ? count : TENON__NATIVE_SEGMENTS;
  while (out->merged < most && last == out->segment && last > 0) {
    const tenon_message *next = &first[out->merged];
    if (next->count > TENON_MESSAGE_BUFFERS - buffers || !differ_in_bytes_alone(first, next)) return;
    ptrdiff_t size = tenon__total(next->buffers, next->count);
    if (size <= 0 || (size_t)size > out->segment || total + (size_t)size > MERGED_BYTES_MAX) return;
    last = (size_t)size;
    total += last;
    buffers += next->count;
    out->merged++;
  }
}

/* Sends what the system takes at once, and at most room bytes after the first message. Returns how many messages went, or
 * why none did; 0 if the first one cannot be sent. */
static int send_some(tenon_sock s, const tenon_message *messages, int count, int may_merge, int may_wait, size_t room) {
  tenon__outgoing list[TENON__NATIVE_BATCH];
  tenon__sockaddr peers[TENON__NATIVE_BATCH];
  int ready = 0, done = 0;
  for (int taken = 0; taken < count && ready < TENON__NATIVE_BATCH; ready++) {
    const tenon_message *m = &messages[taken];
    ptrdiff_t size = tenon__check_message(m, &peers[ready]);
    if (size < 0 || (ready > 0 && (size_t)size > room)) break;
    list[ready] = (tenon__outgoing){m, 1, (size_t)size, m->fields & TENON_MESSAGE_PEER ? &peers[ready] : NULL};
    if (may_merge && room >= MERGED_BYTES_MAX) merge(&list[ready], count - taken);
    taken += list[ready].merged;
    size_t bytes = list[ready].segment * (size_t)list[ready].merged;
    room = bytes < room ? room - bytes : 0;
  }
  if (ready == 0) return 0;
  if (ready == 1 && list->merged == 1) {
    ptrdiff_t size = tenon__sys_sendmsg(s, list->messages, list->peer, may_wait);
    return size < 0 ? (int)size : 1;
  }
  int sent = tenon__sys_sendmsgs(s, list, ready, may_wait);
  for (int i = 0; i < sent; i++) done += list[i].merged;
  return sent < 0 ? sent : done;
}

/* What the system refuses goes one by one: several as one may be too much for a network that takes each of them, and of
 * one alone the reason can be told. */
int tenon_sendmsgs(tenon_sock s, const tenon_message *messages, int count, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_sendmsgs(s, messages, count, timeout_ms);
  int result = check_batch(s, messages, count, timeout_ms);
  if (result < 0) return result;
  tenon__limit limit = tenon__limit_of(timeout_ms);
  int may_wait = tenon__may_wait_inside(timeout_ms), may_merge = TENON__NATIVE_SEGMENTS > 1, done = 0;
  size_t moved = 0;
  while (done < count) {
    if (done > 0 && tenon__limit_go_on(&limit, moved) < 0) break;
    size_t room = room_after(moved, timeout_ms);
    int sent = send_some(s, messages + done, count - done, may_merge, may_wait, room);
    if (sent <= 0) {
      if (sent != TENON_EAGAIN) may_merge = 0;
      ptrdiff_t size = tenon__send_message(s, &messages[done], &limit);
      if (size < 0) return done > 0 ? done : (int)size;
      sent = 1;
    }
    for (int i = 0; timeout_ms == 0 && i < sent; i++) moved += (size_t)tenon__room_of(&messages[done + i]);
    done += sent;
  }
  return done;
}

/* ---- Receiving -------------------------------------------------------------------------------------------------- */

/* How many messages one native transfer may fill: at least one, and, within a limit, more if their buffers hold at most
 * room bytes. */
static int count_for(const tenon_message *messages, int count, int may_wait, size_t room) {
  int most = count < TENON__NATIVE_BATCH ? count : TENON__NATIVE_BATCH, fitting = 0;
  if (may_wait) return most;
  for (; fitting < most; fitting++) {
    size_t size = (size_t)tenon__room_of(&messages[fitting]);
    if (fitting > 0 && size > room) break;
    room = size < room ? room - size : 0;
  }
  return fitting;
}

static int recv_some(tenon_sock s, tenon_message *messages, int count, int may_wait) {
  tenon__sockaddr peers[TENON__NATIVE_BATCH];
  for (int i = 0; i < count; i++) {
    peers[i].u.any.sa_family = AF_UNSPEC;
    peers[i].size = sizeof peers[i].u;
  }
  if (count == 1) {
    ptrdiff_t size = tenon__sys_recvmsg(s, messages, peers, may_wait);
    if (size >= 0) tenon__finish_message(messages, peers, (size_t)size);
    return size < 0 ? (int)size : 1;
  }
  int received = tenon__sys_recvmsgs(s, messages, peers, count, may_wait);
  for (int i = 0; i < received; i++) tenon__finish_message(&messages[i], &peers[i], messages[i].size);
  return received;
}

int tenon_recvmsgs(tenon_sock s, tenon_message *messages, int count, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_recvmsgs(s, messages, count, timeout_ms);
  int result = check_batch(s, messages, count, timeout_ms), done = 0;
  if (result < 0) return result;
  for (int i = 0; i < count; i++)
    if (tenon__room_of(&messages[i]) < 0) return TENON_EINVAL;
  tenon__limit limit = tenon__limit_of(timeout_ms);
  int may_wait = tenon__may_wait_inside(timeout_ms);
  size_t moved = 0;
  while (done < count) {
    if (done > 0 && tenon__limit_go_on(&limit, moved) < 0) break;
    int most = count_for(messages + done, count - done, may_wait, room_after(moved, timeout_ms));
    int received = recv_some(s, messages + done, most, done == 0 && may_wait);
    if (received < 0 && done > 0) break;
    if (received < 0) {
      ptrdiff_t size = tenon__recv_message(s, messages, &limit);
      if (size < 0) return (int)size;
      received = most = 1;
    }
    for (int i = 0; i < received; i++) moved += messages[done + i].size;
    done += received;
    if (received < most) break;
  }
  return done;
}
