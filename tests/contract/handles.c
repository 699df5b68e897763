/* handles.c - transcript: every call with handles that are none.
 * SPDX-License-Identifier: MIT
 */
#include <stdint.h>
#include <stdio.h>

#include "support.h"
#include "transcript.h"

static intptr_t do_connect(tenon_sock s) {
  tenon_addr peer = tenon_addr_loopback(TENON_AF_INET, 9);
  return tenon_connect(s, &peer, LIMIT);
}

static intptr_t do_bind(tenon_sock s) {
  tenon_addr local = tenon_addr_loopback(TENON_AF_INET, 0);
  return tenon_bind(s, &local);
}

static intptr_t do_listen(tenon_sock s) {
  return tenon_listen(s, 5);
}

static intptr_t do_accept(tenon_sock s) {
  return tenon_accept(s, NULL, LIMIT);
}

static intptr_t do_send(tenon_sock s) {
  return tenon_send(s, "x", 1, LIMIT);
}

static intptr_t do_recv(tenon_sock s) {
  char byte;
  return tenon_recv(s, &byte, 1, LIMIT);
}

static intptr_t do_shutdown(tenon_sock s) {
  return tenon_shutdown(s, TENON_SHUT_WR);
}

static intptr_t do_getsockname(tenon_sock s) {
  tenon_addr local;
  return tenon_getsockname(s, &local);
}

static intptr_t do_getpeername(tenon_sock s) {
  tenon_addr peer;
  return tenon_getpeername(s, &peer);
}

/* Not for files: POSIX systems close them here. */
static intptr_t do_close(tenon_sock s) {
  return tenon_close(s);
}

#define CALL(name) \
  { #name, do_##name }
static const struct {
  const char *name;
  intptr_t (*call)(tenon_sock s);
} calls[] = {CALL(connect), CALL(bind),     CALL(listen),      CALL(accept),      CALL(send),
             CALL(recv),    CALL(shutdown), CALL(getsockname), CALL(getpeername), CALL(close)};
enum { CALLS = sizeof calls / sizeof *calls };

static void call_all(const char *kind, const char *handle, tenon_sock s, int count) {
  for (int i = 0; i < count; i++) {
    char id[64], call[64];
    snprintf(id, sizeof id, "handle.%s.%s", kind, calls[i].name);
    snprintf(call, sizeof call, "tenon_%s(%s, ...)", calls[i].name, handle);
    transcript_result(id, "D003", call, calls[i].call(s));
  }
}

/* Another handle to those who take the lower half for the whole, and where there is no more than that half, just
 * high. */
static tenon_sock widen(tenon_sock s) {
  return INTPTR_MAX > INT32_MAX ? (tenon_sock)(((uint64_t)1 << 32) + (uint64_t)s) : INTPTR_MAX;
}

void topic_handles(void) {
  tenon_sock file = support_open_file(), s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  call_all("none", "TENON_NO_SOCK", TENON_NO_SOCK, CALLS);
  call_all("negative", "-6", -6, CALLS);
  call_all("closed", "closed", support_closed_handle(), CALLS);
  call_all("file", "file", file, CALLS - 1);
  call_all("wide", "s + 2^32", widen(s), CALLS);
  SHOW("handle.wide.is_no_other", "D003", tenon_close(s));
  support_close_file(file);
}
