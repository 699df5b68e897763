/* trace.c - telling a callback of each call.
 * SPDX-License-Identifier: MIT
 *
 * Each public function that is traced begins by asking tenon__is_traced(), and if so goes round by tenon__trace_begin()
 * and tenon__trace_end() in traced_calls.c, which calls it once more. */
#include "shared.h"
#include "tenon/trace.h"

#include <string.h>

#define NAME_SHOWN_MAX 250

uintptr_t tenon__tracing;

static void (*trace_callback)(const tenon_traced *call, void *context);
static void *trace_context;

void tenon_trace(void (*callback)(const tenon_traced *call, void *context), void *context) {
  int was_traced = trace_callback != NULL, is_traced = callback != NULL;
  trace_callback = callback;
  trace_context = context;
  tenon__tracing = (uintptr_t)is_traced;
  tenon__watch(is_traced - was_traced);
}

int64_t tenon__trace_begin(void) {
  tenon__sys_put(TENON__INSIDE, 1);
  return tenon__sys_now_us();
}

void tenon__trace_end(tenon_traced *call, int64_t began) {
  int native = tenon_native_error();
  call->duration_us = tenon__sys_now_us() - began;
  call->native_error = call->result < 0 ? native : 0;
  if (trace_callback) trace_callback(call, trace_context);
  tenon__sys_remember(native);
  tenon__sys_put(TENON__INSIDE, 0);
}

/* ---- As text ------------------------------------------------------------------------------------------------------ */

/* What does not fit is left out, and end stays at the end of the buffer. */
typedef struct writer {
  char *at, *end;
} writer;

/* A line end in a name, which others choose, would begin a line of the log that looks like another call's. */
static void put_char(writer *w, char c) {
  if (w->at < w->end) *w->at++ = (char)(c < ' ' || c > '~' ? '?' : c);
}

static void put_text(writer *w, const char *text) {
  for (; *text; text++) put_char(w, *text);
}

static void put_name(writer *w, const char *name) {
  int shown = 0;
  put_char(w, '"');
  for (; *name && shown < NAME_SHOWN_MAX; name++, shown++) put_char(w, *name);
  put_text(w, *name ? "...\"" : "\"");
}

static void put_number(writer *w, int64_t number) {
  char digits[20];
  int count = 0;
  uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
  do digits[count++] = (char)('0' + rest % 10);
  while ((rest /= 10) > 0);
  if (number < 0) put_char(w, '-');
  while (count > 0) put_char(w, digits[--count]);
}

/* Between the arguments. */
static void put_comma(writer *w) {
  if (w->at[-1] != '(') put_text(w, ", ");
}

static void put_arguments(writer *w, const tenon_traced *call) {
  char text[TENON_ADDR_TEXT];
  put_char(w, '(');
  if (call->sock != TENON_NO_SOCK) put_number(w, call->sock);
  if (call->addr && tenon_addr_format(call->addr, text, sizeof text) > 0) put_comma(w), put_text(w, text);
  if (call->host) put_comma(w), put_name(w, call->host);
  if (call->service) put_comma(w), put_text(w, "service "), put_name(w, call->service);
  if (call->option) put_comma(w), put_text(w, "option "), put_number(w, call->option);
  if (call->label) put_comma(w), put_text(w, call->label), put_char(w, ' '), put_number(w, call->number);
  if (call->timeout_ms != TENON_TRACED_UNLIMITED) {
    put_comma(w);
    put_text(w, call->timeout_ms == TENON_FOREVER ? "forever" : "timeout ");
    if (call->timeout_ms != TENON_FOREVER) put_number(w, call->timeout_ms);
  }
  put_char(w, ')');
}

static void put_result(writer *w, const tenon_traced *call) {
  put_text(w, " = ");
  if (call->result >= 0) {
    put_number(w, call->result);
  } else {
    put_text(w, tenon_errname(call->result));
    put_text(w, " (");
    put_number(w, call->native_error);
    put_char(w, ')');
  }
  put_text(w, " after ");
  put_number(w, call->duration_us);
  put_text(w, " us");
}

int tenon_traced_format(const tenon_traced *call, char *line, size_t size) {
  if (!call || !call->call || (!line && size > 0)) return tenon__refuse(TENON_EINVAL);
  char whole[TENON_TRACED_TEXT];
  writer w = {whole, whole + sizeof whole};
  put_text(&w, call->call);
  put_arguments(&w, call);
  put_result(&w, call);
  size_t length = (size_t)(w.at - whole);
  if (length >= size || length == sizeof whole) return tenon__refuse(TENON_ENOSPC);
  memcpy(line, whole, length);
  line[length] = '\0';
  return (int)length;
}
