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
  if (!limit->started) {
    limit->started = 1;
    limit->deadline = tenon_deadline(limit->timeout_ms);
    return limit->timeout_ms;
  }
  return tenon_remaining(limit->deadline);
}

int tenon__limit_has_retried(tenon__limit *limit) {
  tenon__limit_remaining(limit);
  int has_retried = limit->started == 2;
  limit->started = 2;
  return has_retried;
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
  int nap = remaining < 0 || remaining > NAP_MS ? NAP_MS : remaining;
  tenon__native_pollfd cancel = {tenon__native(tenon__sys_cancel()), TENON__NATIVE_IN, 0};
  return tenon__sys_poll(&cancel, 1, nap) > 0 ? tenon__refuse(TENON_ECANCELED) : 0;
}

int tenon__wait_for_buffers(tenon__limit *limit) {
  return limit->timeout_ms == 0 ? TENON_ENOBUFS : tenon__nap(limit);
}
