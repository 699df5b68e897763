/* poll.c - waiting for many sockets.
 * SPDX-License-Identifier: MIT
 *
 * The items become the system's own in place, so that there is no limit to their number and nothing to allocate. A
 * system's item is never larger than one of Tenon's; going forward over the array, what is written never reaches what
 * is still to be read, and going back, it never reaches what was written before. */
#include "shared.h"

#include <limits.h>
#include <string.h>

/* Marks an item that asks for nothing, which is kept under the complement of its handle for the system to leave it
 * out. */
#define MARK POLLRDBAND

static int is_valid_poll(const tenon_pollfd *items, int count, int timeout_ms) {
  if (count < 0 || (!items && count > 0) || timeout_ms < TENON_FOREVER) return 0;
  for (int i = 0; i < count; i++) {
    if ((items[i].events & ~(TENON_POLLIN | TENON_POLLOUT)) != 0) return 0;
    if (items[i].sock < INT_MIN || items[i].sock > INT_MAX) return 0; /* no system has such handles */
  }
  return 1;
}

tenon__native_pollfd tenon__to_native_item(tenon_pollfd item) {
  int is_idle = item.events == 0 && item.sock >= 0;
  int events = is_idle ? MARK : 0;
  if (item.events & TENON_POLLIN) events |= TENON__NATIVE_IN;
  if (item.events & TENON_POLLOUT) events |= TENON__NATIVE_OUT;
  tenon__native_pollfd native;
  memset(&native, 0, sizeof native);
  native.fd = (tenon__native_handle)(is_idle ? ~item.sock : item.sock);
  native.events = (short)events;
  return native;
}

/* Errors, and the end for those who want to receive, are reason enough to try. */
static int to_revents(int native, int events) {
  if (native & POLLNVAL) return TENON_POLLNVAL;
  if (native & POLLERR) return TENON_POLLERR | TENON_POLLIN | TENON_POLLOUT;
  int revents = 0;
  if (native & TENON__NATIVE_IN) revents |= TENON_POLLIN;
  if (native & TENON__NATIVE_HUP) revents |= TENON_POLLIN | TENON_POLLHUP;
  if (native & (TENON__NATIVE_OUT | TENON__NATIVE_BROKEN)) revents |= TENON_POLLOUT;
  return revents & (events & TENON_POLLIN ? events | TENON_POLLHUP : events);
}

tenon_pollfd tenon__from_native_item(tenon__native_pollfd native) {
  tenon_pollfd item = {(tenon_sock)(intptr_t)native.fd, 0, 0};
  if (native.events & MARK) item.sock = ~item.sock;
  if (native.events & TENON__NATIVE_IN) item.events |= TENON_POLLIN;
  if (native.events & TENON__NATIVE_OUT) item.events |= TENON_POLLOUT;
  if (item.sock >= 0 && item.events != 0) item.revents = to_revents(native.revents, item.events);
  return item;
}

static void pack(tenon_pollfd *items, int count) {
  char *packed = (char *)items;
  for (int i = 0; i < count; i++) {
    tenon__native_pollfd native = tenon__to_native_item(items[i]);
    memcpy(packed + (size_t)i * sizeof native, &native, sizeof native);
  }
}

/* Returns on how many items there is news. */
static int unpack(tenon_pollfd *items, int count) {
  int ready = 0;
  for (int i = count - 1; i >= 0; i--) {
    tenon__native_pollfd native;
    memcpy(&native, (char *)items + (size_t)i * sizeof native, sizeof native);
    items[i] = tenon__from_native_item(native);
    ready += items[i].revents != 0;
  }
  return ready;
}

/* ---- More items than the system takes ----------------------------------------------------------------------------- */

/* How often to look at those that are not waited for. */
#define GLANCE_POLL_MS 10

enum { NATIVE = sizeof(tenon__native_pollfd), SPARE = sizeof(tenon_pollfd) - NATIVE };

static void swap_packed(char *packed, int a, int b) {
  char one[NATIVE], other[NATIVE];
  memcpy(one, packed + (size_t)a * NATIVE, NATIVE);
  memcpy(other, packed + (size_t)b * NATIVE, NATIVE);
  memcpy(packed + (size_t)a * NATIVE, other, NATIVE);
  memcpy(packed + (size_t)b * NATIVE, one, NATIVE);
}

/* Brings those that are not left out to the front and returns how many there are. Who changed places with whom is
 * written into the room that packing has left behind the items. */
static int gather(char *packed, int count) {
  int front = 0;
  for (int i = 0; i < count; i++) {
    tenon__native_pollfd native;
    memcpy(&native, packed + (size_t)i * NATIVE, NATIVE);
    if ((intptr_t)native.fd < 0) continue;
    memcpy(packed + (size_t)count * NATIVE + (size_t)front * sizeof i, &i, sizeof i);
    swap_packed(packed, front++, i);
  }
  return front;
}

static void scatter(char *packed, int count, int front) {
  while (--front >= 0) {
    int place;
    memcpy(&place, packed + (size_t)count * NATIVE + (size_t)front * sizeof place, sizeof place);
    swap_packed(packed, front, place);
  }
}

/* Piece by piece; only the last one is waited for, and if there are others, not for long. */
static int poll_pieces(tenon__native_pollfd *items, int count, int piece, tenon__limit *limit) {
  for (;;) {
    int remaining = tenon__limit_remaining(limit), at = 0, found = 0;
    int wait = piece < count && (remaining < 0 || remaining > GLANCE_POLL_MS) ? GLANCE_POLL_MS : remaining;
    do {
      int is_last = count - at <= piece;
      int ready = tenon__sys_poll(items + at, is_last ? count - at : piece, is_last && !found ? wait : 0);
      if (ready < 0) return ready;
      found |= ready;
      at += piece;
    } while (at < count);
    if (found || remaining == 0) return found;
  }
}

/* Linux takes no more items than the process may have descriptors, those that are left out among them. What is still too
 * much without these names some socket twice, or was opened when more were allowed. */
TENON__APART static int poll_crowd(tenon_pollfd *items, int count, tenon__limit *limit) {
  char *packed = (char *)items;
  tenon__native_pollfd *first = (tenon__native_pollfd *)(void *)items;
  /* Windows leaves no room, and has no such limit. */
  int front = SPARE < sizeof(int) ? count : gather(packed, count), piece = front;
  while (piece > 1 && tenon__sys_poll(first, piece, 0) == TENON_EINVAL) piece -= piece / 2;
  int ready = poll_pieces(first, front, piece, limit);
  if (front < count) scatter(packed, count, front);
  return ready;
}

int tenon_poll(tenon_pollfd *items, int count, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_poll(items, count, timeout_ms);
  _Static_assert(sizeof(tenon__native_pollfd) <= sizeof(tenon_pollfd), "items cannot be packed in place");
  if (!is_valid_poll(items, count, timeout_ms)) return tenon__refuse(TENON_EINVAL);
  tenon__limit limit = tenon__limit_of(timeout_ms);
  int ready, remaining;
  pack(items, count);
  do {
    remaining = tenon__limit_remaining(&limit);
    ready = tenon__sys_poll((tenon__native_pollfd *)(void *)items, count, remaining);
  } while (ready == 0 && remaining != 0);
  if (ready == TENON_EINVAL && count > 0) ready = poll_crowd(items, count, &limit);
  int news = unpack(items, count);
  return ready < 0 ? ready : news;
}
