/* raw_option.c - what the transcript would be without Tenon: options, start-up, time and names of errors.
 * SPDX-License-Identifier: MIT
 */

#include "raw.h"
#include "raw_address.h"
#include "tenon.h"

static const struct {
  int option, level, native;
} rows[] = {{TENON_OPT_NODELAY, IPPROTO_TCP, TCP_NODELAY},
            {TENON_OPT_KEEPALIVE, SOL_SOCKET, SO_KEEPALIVE},
            {TENON_OPT_SNDBUF, SOL_SOCKET, SO_SNDBUF},
            {TENON_OPT_RCVBUF, SOL_SOCKET, SO_RCVBUF},
            {TENON_OPT_BROADCAST, SOL_SOCKET, SO_BROADCAST},
            {TENON_OPT_V6ONLY, IPPROTO_IPV6, IPV6_V6ONLY},
            {TENON_OPT_RESET_ON_CLOSE, SOL_SOCKET, SO_LINGER},
            {TENON_OPT_TTL, IPPROTO_IP, IP_TTL},
            {TENON_OPT_SHARE, SOL_SOCKET, SO_REUSEADDR},
            {TENON_OPT_TYPE, SOL_SOCKET, SO_TYPE},
            {TENON_OPT_ERROR, SOL_SOCKET, SO_ERROR}};

/* An option that there is not is the system's business as well. */
static int find(int option) {
  int row = 0;
  while (row < (int)(sizeof rows / sizeof *rows) - 1 && rows[row].option != option) row++;
  return row;
}

int tenon_setsockopt(tenon_sock s, int option, int value) {
  int row = find(option), native = rows[row].option == option ? rows[row].native : option;
  struct linger linger = {.l_onoff = value != 0};
  const char *at = option == TENON_OPT_RESET_ON_CLOSE ? (const char *)&linger : (const char *)&value;
  socklen_t size = option == TENON_OPT_RESET_ON_CLOSE ? (socklen_t)sizeof linger : (socklen_t)sizeof value;
  return setsockopt((raw_socket)s, rows[row].level, native, at, size) ? raw_failure() : 0;
}

int tenon_getsockopt(tenon_sock s, int option, int *value) {
  int row = find(option), native = rows[row].option == option ? rows[row].native : option;
  struct linger linger = {.l_onoff = 0};
  socklen_t size = option == TENON_OPT_RESET_ON_CLOSE ? (socklen_t)sizeof linger : (socklen_t)sizeof *value;
  char *at = option == TENON_OPT_RESET_ON_CLOSE ? (char *)&linger : (char *)value;
  if (getsockopt((raw_socket)s, rows[row].level, native, at, &size)) return raw_failure();
  if (option == TENON_OPT_RESET_ON_CLOSE) *value = linger.l_onoff;
  if (option == TENON_OPT_ERROR) *value = -*value;
  return 0;
}

/* ---- The rest ---------------------------------------------------------------------------------------------------- */

int tenon_startup(void) {
  return raw_startup() ? raw_failure() : 0;
}

int tenon_cleanup(void) {
  return raw_cleanup() ? raw_failure() : 0;
}

int tenon_supports(int feature) {
  tenon_sock s = tenon_socket(TENON_AF_INET6, TENON_SOCK_STREAM, 0);
  int value = 0, has = feature == TENON_SUPPORTS_IPV6 && s >= 0;
  if (feature == TENON_SUPPORTS_DUALSTACK && s >= 0) has = tenon_getsockopt(s, TENON_OPT_V6ONLY, &value) == 0 && !value;
  if (s >= 0) tenon_close(s);
  return has;
}

const char *tenon_version(void) {
  return TENON_VERSION;
}

const char *tenon_errname(intptr_t code) {
  return raw_name(code);
}

int64_t tenon_now_ms(void) {
  return raw_now_ms();
}

int64_t tenon_deadline(int timeout_ms) {
  return raw_now_ms() + timeout_ms;
}

int tenon_remaining(int64_t deadline) {
  int64_t now = raw_now_ms();
  return deadline > now ? (int)(deadline - now) : 0;
}
