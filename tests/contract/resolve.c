/* resolve.c - transcript: lookups that no resolver needs to be asked for, and names of addresses.
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "transcript.h"

enum { ROOM = 8, NAME_SIZE = 256 };
enum { ANY = TENON_AF_UNSPEC, IP4 = TENON_AF_INET, IP6 = TENON_AF_INET6 };
enum { PASSIVE = TENON_AI_PASSIVE, NUMERIC_HOST = TENON_AI_NUMERICHOST, NUMERIC_SERVICE = TENON_AI_NUMERICSERV };

static const struct {
  const char *id, *trap, *host, *service;
  tenon_hints hints;
} rows[] = {
    {"resolve.localhost", "D137", "localhost", "80", {ANY, 0, 0}},
    {"resolve.localhost.stream", "D138", "localhost", "80", {ANY, TENON_SOCK_STREAM, 0}},
    {"resolve.localhost.dgram", "D138", "localhost", "53", {ANY, TENON_SOCK_DGRAM, 0}},
    {"resolve.localhost.inet", "D137", "localhost", "80", {IP4, TENON_SOCK_STREAM, 0}},
    {"resolve.localhost.inet6", "D137", "localhost", "80", {IP6, TENON_SOCK_STREAM, 0}},
    {"resolve.null", "D131", NULL, "80", {ANY, TENON_SOCK_STREAM, 0}},
    {"resolve.null.passive", "D131", NULL, "80", {ANY, TENON_SOCK_STREAM, PASSIVE}},
    {"resolve.null.both", "D131", NULL, NULL, {ANY, TENON_SOCK_STREAM, 0}},
    {"resolve.ipv4", "D131", "192.0.2.1", "80", {ANY, 0, 0}},
    {"resolve.ipv6", "", "2001:db8::1", "80", {ANY, TENON_SOCK_STREAM, 0}},
    {"resolve.ipv6.scope", "D142", "fe80::1%1", "80", {ANY, TENON_SOCK_STREAM, 0}},
    {"resolve.ipv6.mapped", "D049", "::ffff:192.0.2.1", "80", {ANY, TENON_SOCK_STREAM, 0}},
    {"resolve.ipv4.as_inet6", "D130", "192.0.2.1", "80", {IP6, TENON_SOCK_STREAM, 0}},
    {"resolve.ipv6.as_inet", "D130", "2001:db8::1", "80", {IP4, TENON_SOCK_STREAM, 0}},
    {"resolve.short", "D136", "127.1", "80", {ANY, TENON_SOCK_STREAM, 0}},
    {"resolve.octal", "D136", "010.0.0.1", "80", {ANY, TENON_SOCK_STREAM, 0}},
    {"resolve.hex", "D136", "0x7f.1", "80", {ANY, TENON_SOCK_STREAM, 0}},
    {"resolve.number", "D136", "2130706433", "80", {ANY, TENON_SOCK_STREAM, 0}},
    {"resolve.numeric.bracket", "D136", "[::1]", "80", {ANY, TENON_SOCK_STREAM, NUMERIC_HOST}},
    {"resolve.numeric.name", "D132", "example.org", "80", {ANY, TENON_SOCK_STREAM, NUMERIC_HOST}},
    {"resolve.service.none", "", "192.0.2.1", NULL, {ANY, TENON_SOCK_STREAM, 0}},
    {"resolve.service.name", "D135", "192.0.2.1", "http", {ANY, TENON_SOCK_STREAM, 0}},
    {"resolve.service.wraps", "D134", "192.0.2.1", "70000", {ANY, TENON_SOCK_STREAM, 0}},
    {"resolve.service.negative", "D134", "192.0.2.1", "-1", {ANY, TENON_SOCK_STREAM, 0}},
    {"resolve.service.tail", "D134", "192.0.2.1", "80x", {ANY, TENON_SOCK_STREAM, 0}},
    {"resolve.service.unknown", "D130", "192.0.2.1", "no-such-service", {ANY, TENON_SOCK_STREAM, 0}},
    {"resolve.service.numeric.name", "D132", "192.0.2.1", "http", {ANY, TENON_SOCK_STREAM, NUMERIC_SERVICE}},
    {"resolve.hints.family", "D130", "192.0.2.1", "80", {99, TENON_SOCK_STREAM, 0}},
    {"resolve.hints.type", "D130", "192.0.2.1", "80", {ANY, 77, 0}},
    {"resolve.hints.flags", "D132", "192.0.2.1", "80", {ANY, TENON_SOCK_STREAM, 1 << 20}},
};

static const char *list_text(const tenon_addr *list, int result) {
  static char text[ROOM * (TENON_ADDR_TEXT + 1)];
  char *end = text;
  if (result < 0) return tenon_errname(result);
  for (int i = 0; i < result && i < ROOM; i++) {
    if (i > 0) *end++ = ' ';
    int length = tenon_addr_format(&list[i], end, TENON_ADDR_TEXT);
    if (length > 0) end += length;
  }
  *end = '\0';
  return text;
}

static void quote(char *quoted, size_t size, const char *text) {
  if (text) snprintf(quoted, size, "\"%s\"", text);
  if (!text) snprintf(quoted, size, "NULL");
}

static void resolve_all(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    tenon_addr list[ROOM];
    char host[32], service[32], call[160];
    const tenon_hints *h = &rows[i].hints;
    int result = tenon_resolve(rows[i].host, rows[i].service, h, list, ROOM, TENON_FOREVER);
    quote(host, sizeof host, rows[i].host);
    quote(service, sizeof service, rows[i].service);
    snprintf(call, sizeof call, "tenon_resolve(%s, %s, {%d, %d, %d}, ...)", host, service, h->family, h->type,
             h->flags);
    transcript_text(rows[i].id, rows[i].trap, call, list_text(list, result));
  }
}

static void reverse_both(int family, const char *id, const char *host_id, const char *service_id) {
  tenon_addr addr = tenon_addr_loopback(family, 80);
  char host[NAME_SIZE] = "", service[NAME_SIZE] = "";
  SHOW(id, "D144", tenon_reverse(&addr, host, sizeof host, service, sizeof service, LIMIT));
  TEXT(host_id, "D144", host);
  TEXT(service_id, "D135", service);
}

static void reverse_parts(void) {
  tenon_addr addr = tenon_addr_loopback(TENON_AF_INET, 60000);
  char host[NAME_SIZE] = "", service[NAME_SIZE] = "";
  SHOW("reverse.service_only", "D144", tenon_reverse(&addr, NULL, 0, service, sizeof service, LIMIT));
  TEXT("reverse.service_only.text", "", service);
  SHOW("reverse.host.no_room", "D144", tenon_reverse(&addr, host, 4, NULL, 0, LIMIT));
  SHOW("reverse.service.no_room", "D144", tenon_reverse(&addr, NULL, 0, service, 4, LIMIT));
  SHOW("reverse.nothing", "D144", tenon_reverse(&addr, NULL, 0, NULL, 0, LIMIT));
}

static void canonname(void) {
  char name[NAME_SIZE] = "";
  SHOW("canonname.localhost", "D132", tenon_canonname("localhost", name, sizeof name, LIMIT));
  TEXT("canonname.localhost.text", "D132", name);
  SHOW("canonname.no_room", "D132", tenon_canonname("localhost", name, 4, LIMIT));
}

void topic_resolve(void) {
  resolve_all();
  reverse_both(TENON_AF_INET, "reverse.inet", "reverse.inet.host", "reverse.inet.service");
  reverse_both(TENON_AF_INET6, "reverse.inet6", "reverse.inet6.host", "reverse.inet6.service");
  reverse_parts();
  canonname();
}
