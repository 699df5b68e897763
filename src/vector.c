/* vector.c - vectors of buffers over streams.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

ptrdiff_t tenon__total(const tenon_buffer *buffers, int count) {
  size_t total = 0;
  if (count < 0 || (!buffers && count > 0)) return tenon__refuse(TENON_EINVAL);
  for (int i = 0; i < count; i++) {
    size_t size = buffers[i].size;
    if ((!buffers[i].data && size > 0) || size > PTRDIFF_MAX - total) return tenon__refuse(TENON_EINVAL);
    total += size;
  }
  return (ptrdiff_t)total;
}

void tenon__advance(tenon__parts *rest, size_t bytes) {
  size_t left = rest->skip + bytes;
  for (; rest->count > 0 && left >= rest->buffers->size; rest->buffers++, rest->count--) left -= rest->buffers->size;
  rest->skip = left;
}

/* A datagram is never split, so only streams are held to the limit of one transfer. */
tenon__parts tenon__parts_of(tenon_sock s, const tenon_buffer *buffers, int count, size_t size, int timeout_ms) {
  tenon__parts whole = {buffers, count, 0, INT_MAX};
  int is_capped = size > TENON__TRANSFER_MAX && !tenon__may_wait_inside(timeout_ms) && tenon__is_a_stream(s);
  if (is_capped) whole.most = TENON__TRANSFER_MAX;
  return whole;
}

int tenon__next_run(const tenon__parts *rest, tenon_buffer *window, const tenon_buffer **run) {
  size_t total = rest->buffers->size - rest->skip;
  int is_cut = total > rest->most, is_copied = is_cut || rest->skip > 0;
  int capacity = is_copied ? TENON__WINDOW : TENON__NATIVE_PARTS, count = 1;
  if (capacity > rest->count) capacity = rest->count;
  while (!is_cut && count < capacity && rest->buffers[count].size <= rest->most - total)
    total += rest->buffers[count++].size;
  *run = rest->buffers;
  if (!is_copied) return count;
  memcpy(window, rest->buffers, (size_t)count * sizeof *window);
  window->data = (char *)window->data + rest->skip;
  window->size = is_cut ? rest->most : window->size - rest->skip;
  *run = window;
  return count;
}

/* Whether one system call may be all that it takes, as tenon__is_plain() tells of a single buffer. */
static int is_plain_vector(int count, ptrdiff_t total, int timeout_ms) {
  return count <= TENON__NATIVE_PARTS && total <= INT_MAX && tenon__may_wait_inside(timeout_ms);
}

ptrdiff_t tenon_sendv(tenon_sock s, const tenon_buffer *buffers, int count, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_sendv(s, buffers, count, timeout_ms);
  ptrdiff_t total = timeout_ms >= TENON_FOREVER ? tenon__total(buffers, count) : tenon__refuse(TENON_EINVAL);
  if (total <= 0) return total < 0 ? total : tenon__send_nothing(s, timeout_ms);
  ptrdiff_t sent = is_plain_vector(count, total, timeout_ms) ? tenon__sys_sendv(s, buffers, count, 1) : 0;
  if (sent == total) return sent;
  tenon__parts whole = tenon__parts_of(s, buffers, count, (size_t)total, timeout_ms);
  return tenon__send_parts(s, whole, (size_t)total, timeout_ms, sent);
}

ptrdiff_t tenon_recvv(tenon_sock s, const tenon_buffer *buffers, int count, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_recvv(s, buffers, count, timeout_ms);
  ptrdiff_t total = timeout_ms >= TENON_FOREVER ? tenon__total(buffers, count) : tenon__refuse(TENON_EINVAL);
  if (total <= 0) return total < 0 ? total : tenon__recv_nothing(s);
  tenon__limit limit = tenon__limit_of(timeout_ms);
  tenon__parts whole = tenon__parts_of(s, buffers, count, (size_t)total, timeout_ms);
  return tenon__recv_parts(s, whole, 0, 0, &limit);
}
