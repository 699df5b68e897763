/* seam_transfer.c - the seam's transfers, waits and clock once more: each function counts, asks the plan, tells the clock,
 * and passes on to the real one.
 * SPDX-License-Identifier: MIT
 */
#include "inside.h"

/* The plan for a transfer of *size bytes: 1 and its result, or 0, perhaps with a smaller *size. */
static int is_planned(faults_point at, tenon__operation operation, size_t *size, ptrdiff_t *result) {
  ptrdiff_t planned;
  faults_note_transfer(*size);
  if (!faults_here(at, &planned)) return 0;
  if (planned > 0 && planned != FAULTS_ALL) {
    if ((size_t)planned < *size) *size = (size_t)planned;
    return 0;
  }
  *result = planned == FAULTS_ALL ? (ptrdiff_t)*size : planned < 0 ? faults_fail(operation, (int)planned) : 0;
  return 1;
}

/* A transfer whose size a plan cannot make smaller. */
#define TRANSFER(name, operation, asked, parameters, arguments)                \
  ptrdiff_t real__sys_##name parameters;                                       \
  ptrdiff_t tenon__sys_##name parameters {                                     \
    size_t size_asked = (asked);                                               \
    ptrdiff_t result;                                                          \
    if (is_planned(AT_##name, operation, &size_asked, &result)) return result; \
    return real__sys_##name arguments;                                         \
  }

static size_t total(const tenon_buffer *buffers, int count) {
  size_t size = 0;
  for (int i = 0; i < count; i++) size += buffers[i].size;
  return size;
}

/* ---- Bytes ------------------------------------------------------------------------------------------------------- */

ptrdiff_t real__sys_send(tenon_sock s, const void *data, size_t size, int may_wait);
ptrdiff_t tenon__sys_send(tenon_sock s, const void *data, size_t size, int may_wait) {
  ptrdiff_t result;
  if (is_planned(AT_send, TENON__SEND, &size, &result)) return result;
  return real__sys_send(s, data, size, may_wait);
}

ptrdiff_t real__sys_recv(tenon_sock s, void *data, size_t size, int flags, int may_wait);
ptrdiff_t tenon__sys_recv(tenon_sock s, void *data, size_t size, int flags, int may_wait) {
  ptrdiff_t result;
  if (is_planned(AT_recv, TENON__RECV, &size, &result)) return result;
  return real__sys_recv(s, data, size, flags, may_wait);
}

/* By the plans for the other way, of which these are short cuts. */
ptrdiff_t tenon__sys_send_plain(tenon_sock s, const void *data, size_t size) {
  tenon__transfer whole = {s, (void *)data, size};
  ptrdiff_t sent = tenon__sys_send(s, data, size, 1);
  return sent == (ptrdiff_t)size ? sent : tenon__send_rest(&whole, sent);
}

ptrdiff_t tenon__sys_recv_plain(tenon_sock s, void *data, size_t size) {
  tenon__transfer whole = {s, data, size};
  ptrdiff_t received = tenon__sys_recv(s, data, size, 0, 1);
  return received >= 0 ? received : tenon__recv_rest(&whole, received);
}

ptrdiff_t tenon__sys_send_now(tenon_sock s, const void *data, size_t size) {
  tenon__transfer whole = {s, (void *)data, size};
  ptrdiff_t sent = tenon__sys_send(s, data, size, 0);
  return sent < 0 ? tenon__send_failure(&whole, sent) : sent;
}

ptrdiff_t tenon__sys_recv_now(tenon_sock s, void *data, size_t size) {
  ptrdiff_t received = tenon__sys_recv(s, data, size, 0, 0);
  return received < 0 ? tenon__recv_failure(s, received) : received;
}

TRANSFER(sendto, TENON__SENDTO, size,
         (tenon_sock s, const void *data, size_t size, const tenon__sockaddr *to, int may_wait),
         (s, data, size, to, may_wait))
TRANSFER(recvfrom, TENON__RECVFROM, size, (tenon_sock s, void *data, size_t size, tenon__sockaddr *from, int may_wait),
         (s, data, size, from, may_wait))
TRANSFER(sendv, TENON__SEND, total(buffers, count),
         (tenon_sock s, const tenon_buffer *buffers, int count, int may_wait), (s, buffers, count, may_wait))
TRANSFER(recvv, TENON__RECV, total(buffers, count),
         (tenon_sock s, const tenon_buffer *buffers, int count, int may_wait), (s, buffers, count, may_wait))
TRANSFER(sendmsg, TENON__SENDTO, total(message->buffers, message->count),
         (tenon_sock s, const tenon_message *message, const tenon__sockaddr *peer, int may_wait),
         (s, message, peer, may_wait))
TRANSFER(recvmsg, TENON__RECVFROM, total(message->buffers, message->count),
         (tenon_sock s, tenon_message *message, tenon__sockaddr *peer, int may_wait), (s, message, peer, may_wait))
TRANSFER(send_file, TENON__SEND, (size_t)count,
         (tenon_sock s, const tenon__file *file, int64_t offset, int64_t count, int may_wait),
         (s, file, offset, count, may_wait))

/* ---- Batches ----------------------------------------------------------------------------------------------------- */

int real__sys_sendmsgs(tenon_sock s, const tenon__outgoing *list, int count, int may_wait);
int tenon__sys_sendmsgs(tenon_sock s, const tenon__outgoing *list, int count, int may_wait) {
  ptrdiff_t planned;
  size_t size = 0;
  for (int i = 0; i < count; i++) size += list[i].segment * (size_t)list[i].merged;
  faults_note_transfer(size);
  if (!faults_here(AT_sendmsgs, &planned)) return real__sys_sendmsgs(s, list, count, may_wait);
  return planned < 0 ? faults_fail(TENON__SENDTO, (int)planned) : count;
}

int real__sys_recvmsgs(tenon_sock s, tenon_message *messages, tenon__sockaddr *peers, int count, int may_wait);
int tenon__sys_recvmsgs(tenon_sock s, tenon_message *messages, tenon__sockaddr *peers, int count, int may_wait) {
  ptrdiff_t planned;
  size_t size = 0;
  for (int i = 0; i < count; i++) size += total(messages[i].buffers, messages[i].count);
  faults_note_transfer(size);
  if (!faults_here(AT_recvmsgs, &planned)) return real__sys_recvmsgs(s, messages, peers, count, may_wait);
  if (planned < 0) return faults_fail(TENON__RECVFROM, (int)planned);
  for (int i = 0; i < count; i++) messages[i].size = total(messages[i].buffers, messages[i].count);
  return count;
}

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

PASS(int, wake, TENON__NAMES, (tenon_sock s), (s))

int real__sys_wait(tenon_sock s, tenon__event event, tenon_sock cancel, int timeout_ms);
int tenon__sys_wait(tenon_sock s, tenon__event event, tenon_sock cancel, int timeout_ms) {
  ptrdiff_t planned;
  if (faults_here(AT_wait, &planned)) {
    if (planned == 0) faults_note_interruption();
    return planned < 0 ? faults_fail(TENON__NAMES, (int)planned) : (int)planned;
  }
  int ready = real__sys_wait(s, event, cancel, timeout_ms);
  if (ready == 0) faults_note_wait(timeout_ms);
  return ready;
}

int real__sys_poll(tenon__native_pollfd *items, int count, int timeout_ms);
int tenon__sys_poll(tenon__native_pollfd *items, int count, int timeout_ms) {
  RETURN_PLANNED(poll, TENON__NAMES);
  int ready = real__sys_poll(items, count, timeout_ms);
  if (ready == 0) faults_note_wait(timeout_ms);
  return ready;
}
