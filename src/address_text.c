/* address_text.c - addresses as text: a strict parser, and RFC 5952 the other way.
 * SPDX-License-Identifier: MIT
 *
 * The parsing functions take the rest of the text and return what follows the part that they read, or NULL. */
#include "shared.h"

#include <string.h>

static int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 16;
}

static const char *read_decimal(const char *text, uint32_t max, uint32_t *number) {
  const char *start = text;
  uint64_t value = 0;
  for (; digit_value(*text) < 10; text++) {
    value = value * 10 + (uint64_t)digit_value(*text);
    if (value > max) return NULL;
  }
  int has_leading_zero = *start == '0' && text - start > 1;
  *number = (uint32_t)value;
  return text == start || has_leading_zero ? NULL : text;
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
  unsigned value = 0;
  const char *start = text;
  while (digit_value(*text) < 16 && text - start < 5) value = value << 4 | (unsigned)digit_value(*text++);
  ip[0] = (uint8_t)(value >> 8);
  ip[1] = (uint8_t)value;
  return text == start || text - start > 4 ? NULL : text;
}

/* The groups after a gap are moved to the end. */
static const char *close_gap(const char *text, uint8_t *ip, int length, int gap) {
  if (gap < 0) return length == 16 ? text : NULL;
  if (length == 16) return NULL; /* nothing left for "::" to stand for */
  memmove(ip + 16 - (length - gap), ip + gap, (size_t)(length - gap));
  memset(ip + gap, 0, (size_t)(16 - length));
  return text;
}

static const char *read_v6(const char *text, uint8_t *ip) {
  int length = 0, gap = -1;
  if (text[0] == ':' && text[1] == ':') {
    gap = 0;
    text += 2;
  }
  while (length < 16 && digit_value(*text) < 16) {
    const char *v4_end = length <= 12 ? read_v4(text, ip + length) : NULL;
    if (v4_end) return close_gap(v4_end, ip, length + 4, gap);
    text = read_group(text, ip + length);
    if (!text) return NULL;
    length += 2;
    if (*text != ':') break;
    if (text[1] == ':') {
      if (gap >= 0) return NULL;
      gap = length;
      text++;
    } else if (digit_value(text[1]) == 16 || length == 16) {
      return NULL;
    }
    text++;
  }
  return close_gap(text, ip, length, gap);
}

static const char *read_v6_with_scope(const char *text, tenon_addr *addr) {
  text = read_v6(text, addr->ip);
  return text && *text == '%' ? read_decimal(text + 1, UINT32_MAX, &addr->scope) : text;
}

/* What follows an IPv6 address without brackets cannot be a port. */
static const char *read_ip(const char *text, tenon_addr *addr) {
  const char *end = read_v4(text, addr->ip);
  addr->family = end ? TENON_AF_INET : TENON_AF_INET6;
  if (end) return *end == ':' || *end == '\0' ? end : NULL;
  end = read_v6_with_scope(text, addr);
  return end && *end == '\0' ? end : NULL;
}

static const char *read_bracketed(const char *text, tenon_addr *addr) {
  addr->family = TENON_AF_INET6;
  text = read_v6_with_scope(text + 1, addr);
  return text && *text == ']' ? text + 1 : NULL;
}

/* An IPv4-mapped address is IPv4, which has no scopes. */
static int unmap_parsed(tenon_addr *addr) {
  uint32_t scope = addr->scope;
  tenon__unmap(addr);
  return addr->family == TENON_AF_INET6 || scope == 0;
}

int tenon__parse_number(const char *text, uint32_t max, uint32_t *number) {
  const char *end = read_decimal(text, max, number);
  return end && *end == '\0';
}

int tenon__parse_ip(tenon_addr *addr, const char *text) {
  tenon_addr parsed;
  memset(&parsed, 0, sizeof parsed);
  const char *end = read_ip(text, &parsed);
  if (!end || *end != '\0' || !unmap_parsed(&parsed)) return 0;
  *addr = parsed;
  return 1;
}

int tenon_addr_parse(tenon_addr *addr, const char *text) {
  if (!addr || !text) return tenon__refuse(TENON_EINVAL);
  tenon_addr parsed;
  uint32_t port = 0;
  memset(&parsed, 0, sizeof parsed);
  const char *end = *text == '[' ? read_bracketed(text, &parsed) : read_ip(text, &parsed);
  if (end && *end == ':') end = read_decimal(end + 1, 65535, &port);
  if (!end || *end != '\0' || !unmap_parsed(&parsed)) return tenon__refuse(TENON_EINVAL);
  parsed.port = (uint16_t)port;
  *addr = parsed;
  return 0;
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

int tenon_addr_format(const tenon_addr *addr, char *text, size_t size) {
  if (!addr || !text) return tenon__refuse(TENON_EINVAL);
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
