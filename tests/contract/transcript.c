/* transcript.c - writes the lines of the transcript.
 * SPDX-License-Identifier: MIT
 */
#include "transcript.h"

#include <inttypes.h>
#include <stdio.h>

static int64_t began;
static int is_ended;

void transcript_end(void) {
  is_ended = 1;
}

void transcript_text(const char *id, const char *trap, const char *call, const char *text) {
  if (!is_ended) printf("%-40s  %-76s  %-4s  %s\n", id, call, trap, text);
}

static const char *to_text(intptr_t result) {
  static char number[24];
  if (result < 0) return tenon_errname(result);
  snprintf(number, sizeof number, "%" PRIdPTR, result);
  return number;
}

void transcript_result(const char *id, const char *trap, const char *call, intptr_t result) {
  transcript_text(id, trap, call, result == 0 ? "OK" : to_text(result));
}

tenon_sock transcript_handle(const char *id, const char *trap, const char *call, tenon_sock result) {
  transcript_text(id, trap, call, tenon_errname(result));
  return result;
}

void transcript_count(const char *id, const char *trap, const char *call, ptrdiff_t result) {
  transcript_text(id, trap, call, to_text(result));
}

void transcript_start_clock(void) {
  began = tenon_now_ms();
}

void transcript_timed(const char *id, const char *trap, const char *call, intptr_t result) {
  char text[64];
  int is_early = tenon_now_ms() - began < SHORT;
  snprintf(text, sizeof text, "%s, %s", to_text(result), is_early ? "before its limit" : "not before its limit");
  transcript_text(id, trap, call, text);
}

void transcript_fact(const char *id, const char *trap, const char *condition, int holds) {
  transcript_text(id, trap, condition, holds ? "yes" : "no");
}

const char *host_of(const tenon_addr *addr) {
  static char text[TENON_ADDR_TEXT];
  tenon_addr host = *addr;
  host.port = 0;
  return tenon_addr_format(&host, text, sizeof text) < 0 ? "none" : text;
}

const char *bytes_of(const char *data, ptrdiff_t count) {
  static char text[64];
  if (count < 0) return tenon_errname(count);
  snprintf(text, sizeof text, "\"%.*s\"", (int)count, data);
  return text;
}
