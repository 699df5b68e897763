/* values.c - transcript: errors in words and in classes, and time.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>
#include <stddef.h>
#include <stdio.h>

#include "transcript.h"

static const intptr_t codes[] = {0,
                                 7,
                                 TENON_EBADF,
                                 TENON_EAGAIN,
                                 TENON_EINVAL,
                                 TENON_EMFILE,
                                 TENON_EPIPE,
                                 TENON_EOPNOTSUPP,
                                 TENON_EADDRINUSE,
                                 TENON_ECONNRESET,
                                 TENON_ETIMEDOUT,
                                 TENON_ECONNREFUSED,
                                 TENON_EINPROGRESS,
                                 TENON_EAI_NONAME,
                                 TENON_EAI_AGAIN,
                                 -1,
                                 -99999};

static const char *class_of(intptr_t code) {
  if (tenon_is_would_block(code)) return tenon_is_retryable(code) ? "would block, retryable" : "would block";
  if (tenon_is_peer_gone(code)) return "peer gone";
  return tenon_is_retryable(code) ? "retryable" : "of no class";
}

static void describe_all(void) {
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    char id[64], call[64], text[96];
    snprintf(id, sizeof id, "error.%s.%d", tenon_errname(codes[i]), (int)codes[i]);
    snprintf(call, sizeof call, "tenon_strerror(%d) and its class", (int)codes[i]);
    snprintf(text, sizeof text, "%s, %s", tenon_strerror(codes[i]), class_of(codes[i]));
    transcript_text(id, "D023", call, text);
  }
}

static void remember(void) {
  tenon_addr nobody = net_refusing(TENON_AF_INET);
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_connect(s, &nobody, LIMIT);
  FACT("error.native.of_the_system", "D022", tenon_native_error() != 0);
  tenon_connect(s, NULL, LIMIT);
  COUNT("error.native.of_tenon", "D022", tenon_native_error());
  tenon_close(s);
}

static void measure(void) {
  int64_t before = tenon_now_ms(), deadline = tenon_deadline(60000);
  int remaining = tenon_remaining(deadline);
  FACT("time.goes_forward", "D158", tenon_now_ms() >= before);
  FACT("time.remaining", "D158", remaining > 50000 && remaining <= 60000);
  COUNT("time.remaining.past", "D105", tenon_remaining(before - 1000));
  COUNT("time.remaining.negative_timeout", "D105", tenon_remaining(tenon_deadline(-5)));
  FACT("time.remaining.forever", "", tenon_remaining(tenon_deadline(TENON_FOREVER)) == TENON_FOREVER);
  FACT("time.remaining.far", "D105", tenon_remaining(INT64_MAX) == INT_MAX);
}

void topic_values(void) {
  describe_all();
  remember();
  measure();
}
