/* wait.c - time limits, and the waiting that all calls share.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

#include <limits.h>

#define NAP_MS 10

int64_t tenon_now_ms(void) {
  return tenon__sys_now_us() / 1000;
}

int64_t tenon_deadline(int timeout_ms) {
  if (timeout_ms == TENON_FOREVER) return TENON_FOREVER;
  return tenon_now_ms() + (timeout_ms > 0 ? timeout_ms : 0);
}

int tenon_remaining(int64_t deadline) {
  if (deadline == TENON_FOREVER) return TENON_FOREVER;
  int64_t now = tenon_now_ms();
  if (deadline <= now) return 0;
  return deadline - now < INT_MAX ? (int)(deadline - now) : INT_MAX;
}

int tenon__limit_remaining(tenon__limit *limit) {
  if (limit->timeout_ms == TENON_FOREVER) return TENON_FOREVER;
  int64_t now_us = tenon__sys_now_us();
  if (!limit->is_started) limit->deadline_us = now_us + (int64_t)limit->timeout_ms * 1000;
  limit->is_started = 1;
  int64_t left_us = limit->deadline_us - now_us;
  return left_us > 0 ? (int)((left_us + 999) / 1000) : 0;
}

int tenon__limit_has_retried(tenon__limit *limit) {
  int has_retried = limit->has_retried;
  limit->has_retried = 1;
  return has_retried;
}

/* Waits for so long, unless the thread's waker fires. */
static int pause_for(int timeout_ms) {
  tenon__native_pollfd cancel = {tenon__native(tenon__sys_cancel()), TENON__NATIVE_IN, 0};
  return tenon__sys_poll(&cancel, 1, timeout_ms) > 0 ? tenon__refuse(TENON_ECANCELED) : 0;
}

int tenon__limit_go_on(tenon__limit *limit, size_t moved) {
  if (limit->timeout_ms == 0) return moved < TENON__TRANSFER_MAX ? 0 : tenon__refuse(TENON_EAGAIN);
  if (tenon__limit_remaining(limit) == 0) return tenon__refuse(TENON_ETIMEDOUT);
  return tenon__sys_cancel() == TENON_NO_SOCK ? 0 : pause_for(0);
}

/* Systems look at one handle after the other: what came before the waker fired may have been missed. */
int tenon__wait(tenon_sock s, tenon__event event, tenon__limit *limit) {
  if (limit->timeout_ms == 0) return TENON_EAGAIN; /* the code of the attempt that led here, with its native number */
  for (;;) {
    int remaining = tenon__limit_remaining(limit);
    if (remaining == 0) return tenon__refuse(TENON_ETIMEDOUT);
    int ready = tenon__sys_wait(s, event, tenon__sys_cancel(), remaining);
    int is_canceled = ready == TENON_ECANCELED;
    if (is_canceled) ready = tenon__sys_wait(s, event, TENON_NO_SOCK, 0);
    if (is_canceled && ready == 0) return tenon__refuse(TENON_ECANCELED);
    if (ready != 0) return ready < 0 ? ready : 0;
  }
}

int tenon__nap(tenon__limit *limit) {
  if (limit->timeout_ms == 0) return TENON_EAGAIN;
  int remaining = tenon__limit_remaining(limit);
  if (remaining == 0) return tenon__refuse(TENON_ETIMEDOUT);
  return pause_for(remaining < 0 || remaining > NAP_MS ? NAP_MS : remaining);
}

int tenon__wait_for_buffers(tenon__limit *limit) {
  return limit->timeout_ms == 0 ? TENON_ENOBUFS : tenon__nap(limit);
}
