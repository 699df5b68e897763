/* address_text.c - addresses as text: a strict parser, and RFC 5952 the other way.
 * SPDX-License-Identifier: MIT
 *
 * The parsing functions take the rest of the text and return what follows the part that they read, or NULL. */
#include "shared.h"

#include <string.h>

/* 16 for what is no digit. */
static unsigned digit_value(char c) {
  unsigned digit = (unsigned)c - '0', letter = ((unsigned)c | 0x20) - 'a';
  if (digit < 10) return digit;
  return letter < 6 ? letter + 10 : 16;
}

/* Without leading zeros: some would take them for octal. */
static const char *read_decimal(const char *text, uint32_t max, uint32_t *number) {
  unsigned digit = (unsigned)*text - '0';
  if (digit > 9) return NULL;
  uint64_t value = digit;
  while ((digit = (unsigned)*++text - '0') < 10) {
    if (value == 0) return NULL;
    value = value * 10 + digit;
    if (value > max) return NULL;
  }
  *number = (uint32_t)value;
  return text;
}

static const char *read_v4(const char *text, uint8_t *ip) {
  for (int i = 0; i < 4; i++) {
    uint32_t number;
    if (i > 0 && *text++ != '.') return NULL;
    text = read_decimal(text, 255, &number);
    if (!text) return NULL;
    ip[i] = (uint8_t)number;
  }
  return text;
}

static const char *read_group(const char *text, uint8_t *ip) {
  const char *start = text;
  unsigned value = 0;
  for (unsigned digit; text < start + 4 && (digit = digit_value(*text)) < 16; text++) value = value << 4 | digit;
  ip[0] = (uint8_t)(value >> 8);
  ip[1] = (uint8_t)value;
  return text == start ? NULL : text;
}

/* The groups after a gap are moved to the end. */
static const char *close_gap(const char *text, uint8_t *ip, int length, int gap) {
  if (gap < 0) return length == 16 ? text : NULL;
  if (length == 16) return NULL; /* nothing left for "::" to stand for */
  memmove(ip + 16 - (length - gap), ip + gap, (size_t)(length - gap));
  memset(ip + gap, 0, (size_t)(16 - length));
  return text;
}

/* After "::" there may be nothing. */
static const char *read_v6(const char *text, uint8_t *ip) {
  int length = 0, gap = -1;
  if (text[0] == ':' && text[1] == ':') {
    gap = 0;
    text += 2;
  }
  while (length < 16) {
    const char *end = read_group(text, ip + length);
    if (!end && gap == length) break;
    if (end && *end == '.' && length <= 12) {
      end = read_v4(text, ip + length);
      return end ? close_gap(end, ip, length + 4, gap) : NULL;
    }
    if (!end) return NULL;
    text = end;
    length += 2;
    if (*text != ':') break;
    text++;
    if (*text == ':') {
      if (gap >= 0) return NULL;
      gap = length;
      text++;
    } else if (length == 16) {
      return NULL;
    }
  }
  return close_gap(text, ip, length, gap);
}

typedef struct parsed_ip {
  uint8_t ip[16];
  uint32_t scope;
  int family;
} parsed_ip;

static const char *read_v6_with_scope(const char *text, parsed_ip *parsed) {
  text = read_v6(text, parsed->ip);
  parsed->family = TENON_AF_INET6;
  return text && *text == '%' ? read_decimal(text + 1, UINT32_MAX, &parsed->scope) : text;
}

/* The first number has at most three digits. */
static int may_be_v4(const char *text) {
  int i = 0;
  while (i < 3 && (unsigned)text[i] - '0' < 10) i++;
  return text[i] == '.';
}

/* What follows an IPv6 address without brackets cannot be a port. */
static const char *read_ip(const char *text, parsed_ip *parsed) {
  const char *end = may_be_v4(text) ? read_v4(text, parsed->ip) : NULL;
  parsed->family = TENON_AF_INET;
  if (end) return *end == ':' || *end == '\0' ? end : NULL;
  end = read_v6_with_scope(text, parsed);
  return end && *end == '\0' ? end : NULL;
}

static const char *read_bracketed(const char *text, parsed_ip *parsed) {
  text = read_v6_with_scope(text + 1, parsed);
  return text && *text == ']' ? text + 1 : NULL;
}

/* An IPv4-mapped address is IPv4, which has no scopes. 0 if this one has, and then *addr is not touched. */
static int set_addr(tenon_addr *addr, const parsed_ip *parsed, uint32_t port) {
  int is_mapped = parsed->family == TENON_AF_INET6 && tenon__is_mapped(parsed->ip);
  if (is_mapped && parsed->scope != 0) return 0;
  memset(addr, 0, sizeof *addr);
  addr->family = (uint16_t)parsed->family;
  addr->port = (uint16_t)port;
  addr->scope = parsed->scope;
  memcpy(addr->ip, parsed->ip, sizeof addr->ip);
  if (is_mapped) tenon__unmap(addr);
  return 1;
}

int tenon__parse_number(const char *text, uint32_t max, uint32_t *number) {
  const char *end = read_decimal(text, max, number);
  return end && *end == '\0';
}

int tenon__parse_ip(tenon_addr *addr, const char *text) {
  parsed_ip parsed = {{0}, 0, TENON_AF_UNSPEC};
  const char *end = read_ip(text, &parsed);
  return end && *end == '\0' && set_addr(addr, &parsed, 0);
}

static const char local_prefix[] = "unix:";
enum { LOCAL_PREFIX = sizeof local_prefix - 1 };

static int parse_local(tenon_addr *addr, const char *path) {
  if (path[0] && tenon_addr_local(addr, path) < 0) return tenon__refuse(TENON_EINVAL);
  if (path[0]) return 0;
  memset(addr, 0, sizeof *addr);
  addr->family = TENON_AF_UNIX;
  return 0;
}

int tenon_addr_parse(tenon_addr *addr, const char *text) {
  if (!addr || !text) return tenon__refuse(TENON_EINVAL);
  if (*text == 'u' && strncmp(text, local_prefix, LOCAL_PREFIX) == 0) return parse_local(addr, text + LOCAL_PREFIX);
  parsed_ip parsed = {{0}, 0, TENON_AF_UNSPEC};
  uint32_t port = 0;
  const char *end = *text == '[' ? read_bracketed(text, &parsed) : read_ip(text, &parsed);
  if (end && *end == ':') end = read_decimal(end + 1, 65535, &port);
  return end && *end == '\0' && set_addr(addr, &parsed, port) ? 0 : tenon__refuse(TENON_EINVAL);
}

static char *write_number(char *out, uint32_t number, uint32_t base) {
  char digits[10];
  int count = 0;
  do digits[count++] = "0123456789abcdef"[number % base];
  while ((number /= base) > 0);
  while (count > 0) *out++ = digits[--count];
  return out;
}

static char *write_v4(char *out, const uint8_t *ip) {
  for (int i = 0; i < 4; i++) {
    if (i > 0) *out++ = '.';
    out = write_number(out, ip[i], 10);
  }
  return out;
}

/* The longest run of at least two zero groups, the first of equal ones, is what "::" stands for (RFC 5952, section
 * 4.2). */
static void find_gap(const unsigned *groups, int *start, int *length) {
  *start = -1;
  *length = 1;
  for (int first = 0; first < 8; first++) {
    int zeros = 0;
    while (first + zeros < 8 && groups[first + zeros] == 0) zeros++;
    if (zeros > *length) *start = first, *length = zeros;
  }
}

static char *write_v6(char *out, const uint8_t *ip) {
  unsigned groups[8];
  int gap, gap_length;
  for (int i = 0; i < 8; i++) groups[i] = (unsigned)ip[2 * i] << 8 | ip[2 * i + 1];
  find_gap(groups, &gap, &gap_length);
  for (int i = 0; i < 8; i++) {
    if (i == gap) {
      *out++ = ':';
      if (gap + gap_length == 8) *out++ = ':';
      i += gap_length - 1;
      continue;
    }
    if (i > 0) *out++ = ':';
    out = write_number(out, groups[i], 16);
  }
  return out;
}

static char *write_ip(char *out, const tenon_addr *addr) {
  if (addr->family == TENON_AF_INET) return write_v4(out, addr->ip);
  out = write_v6(out, addr->ip);
  if (addr->scope == 0) return out;
  *out++ = '%';
  return write_number(out, addr->scope, 10);
}

static int format_local(const tenon_addr *addr, char *text, size_t size) {
  const char *end = memchr(addr->path, '\0', sizeof addr->path);
  if (!end) return tenon__refuse(TENON_EINVAL);
  size_t length = (size_t)(end - addr->path);
  if (LOCAL_PREFIX + length >= size) return tenon__refuse(TENON_ENOSPC);
  memcpy(text, local_prefix, LOCAL_PREFIX);
  memcpy(text + LOCAL_PREFIX, addr->path, length + 1);
  return LOCAL_PREFIX + (int)length;
}

int tenon_addr_format(const tenon_addr *addr, char *text, size_t size) {
  if (!addr || (!text && size > 0)) return tenon__refuse(TENON_EINVAL);
  if (addr->family == TENON_AF_UNIX) return format_local(addr, text, size);
  if (addr->family != TENON_AF_INET && addr->family != TENON_AF_INET6) return tenon__refuse(TENON_EAFNOSUPPORT);
  char whole[TENON_ADDR_TEXT], *out = whole;
  int needs_brackets = addr->family == TENON_AF_INET6 && addr->port != 0;
  if (needs_brackets) *out++ = '[';
  out = write_ip(out, addr);
  if (needs_brackets) *out++ = ']';
  if (addr->port != 0) {
    *out++ = ':';
    out = write_number(out, addr->port, 10);
  }
  *out++ = '\0';
  if ((size_t)(out - whole) > size) return tenon__refuse(TENON_ENOSPC);
  memcpy(text, whole, (size_t)(out - whole));
  return (int)(out - whole) - 1;
}
