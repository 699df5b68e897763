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
  int news = unpack(items, count);
  return ready < 0 ? ready : news;
}
