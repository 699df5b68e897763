/* argument.c - the kinds of arguments.
 * SPDX-License-Identifier: MIT
 *
 *   s socket   e empty slot   a address   n size   l limit   h how   f family   t type   c protocol   b backlog
 *   o option   v value   m events   p poller   w waker, or none   u waker   i 0 to 9   d 0 or 1   x text of an address */
#include "argument.h"

#include <limits.h>
#include <stdio.h>

#include "texts.h"

typedef struct named {
  int value;
  const char *text;
} named;

static const named limits[] = {
    {0, "0"}, {SHORT_MS, "SHORT"}, {NET_LIMIT_MS, "NET_LIMIT_MS"}, {TENON_FOREVER, "TENON_FOREVER"}, {-3, "-3"}};
static const named hows[] = {{TENON_SHUT_RD, "TENON_SHUT_RD"},
                             {TENON_SHUT_WR, "TENON_SHUT_WR"},
                             {TENON_SHUT_RDWR, "TENON_SHUT_RDWR"},
                             {3, "3"},
                             {-1, "-1"}};
static const named families[] = {{TENON_AF_INET, "TENON_AF_INET"},
                                 {TENON_AF_INET6, "TENON_AF_INET6"},
                                 {TENON_AF_UNSPEC, "TENON_AF_UNSPEC"},
                                 {77, "77"}};
static const named types[] = {
    {TENON_SOCK_STREAM, "TENON_SOCK_STREAM"}, {TENON_SOCK_DGRAM, "TENON_SOCK_DGRAM"}, {0, "0"}, {9, "9"}};
static const named protocols[] = {
    {0, "0"}, {TENON_IPPROTO_TCP, "TENON_IPPROTO_TCP"}, {TENON_IPPROTO_UDP, "TENON_IPPROTO_UDP"}, {77, "77"}};
static const named events[] = {{0, "0"},
                               {TENON_POLLIN, "TENON_POLLIN"},
                               {TENON_POLLOUT, "TENON_POLLOUT"},
                               {TENON_POLLIN | TENON_POLLOUT, "TENON_POLLIN | TENON_POLLOUT"},
                               {TENON_POLLHUP, "TENON_POLLHUP"}};
static const int sizes[] = {0, 1, 2, 3, 7, 64, 500, 2000};
static const int backlogs[] = {8, -1, 64, 0, INT_MAX};
static const int numbers[] = {0, 1, 2, -1, 5, 63, 64, 128, 255, 256, 1000, 65536, 32767, 32768, INT_MAX, INT_MIN};

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

int argument_limit(int value) {
  return limits[value].value;
}

int argument_size(int value) {
  return sizes[value];
}

int argument_number(int value) {
  return numbers[value];
}

/* ---- Choosing ---------------------------------------------------------------------------------------------------- */

static int choose_slot(prng *from, const model *m, int (*wants)(const model *m, int s)) {
  int found[SLOTS], count = 0;
  for (int s = 0; s < SLOTS; s++)
    if (wants ? wants(m, s) : m->slots[s].kind != EMPTY) found[count++] = s;
  return count ? found[prng_below(from, count)] : prng_below(from, SLOTS);
}

static int choose_socket(prng *from, const model *m, int (*wants)(const model *m, int s)) {
  int chance = prng_below(from, 100);
  if (chance < 88) return choose_slot(from, m, wants);
  if (chance < 98) return choose_slot(from, m, NULL);
  return NO_SOCKET + prng_below(from, SOCKET_ARGUMENTS - NO_SOCKET);
}

static int is_empty(const model *m, int s) {
  return m->slots[s].kind == EMPTY;
}

static int has_address(const model *m, int s) {
  return m->slots[s].kind != EMPTY && m->slots[s].port > 0;
}

static int choose_address(prng *from, const model *m) {
  int chance = prng_below(from, 100);
  if (chance < 60) return AT_SLOT + choose_slot(from, m, has_address);
  if (chance < 64) return AT_SLOT + prng_below(from, SLOTS);
  if (chance < 67) return ANY_OF_SLOT + choose_slot(from, m, has_address);
  if (chance < 70) return OTHER_OF_SLOT + choose_slot(from, m, has_address);
  if (chance < 94) return LOOPBACK4 + prng_below(from, NULL_ADDRESS - LOOPBACK4);
  return NULL_ADDRESS + prng_below(from, ADDRESSES - NULL_ADDRESS);
}

/* The first values are usual, the others bad. */
static int mostly(prng *from, int usual, int all) {
  return prng_chance(from, 95) ? prng_below(from, usual) : prng_below(from, all);
}

static int choose_limit(prng *from) {
  int chance = prng_below(from, 100);
  return chance < 45   ? LIMIT_NONE
         : chance < 70 ? LIMIT_LONG
         : chance < 93 ? LIMIT_FOREVER
         : chance < 98 ? LIMIT_SHORT
                       : LIMIT_BAD;
}

int argument_choose(prng *from, const model *m, char letter, int (*wants)(const model *m, int s)) {
  switch (letter) {
    case 's': return choose_socket(from, m, wants);
    case 'e': return choose_slot(from, m, is_empty);
    case 'a': return choose_address(from, m);
    case 'B': return choose_slot(from, m, has_address);
    case 'n': return prng_chance(from, 5) ? 0 : prng_below(from, COUNT(sizes));
    case 'l': return choose_limit(from);
    case 'h': return mostly(from, 3, COUNT(hows));
    case 'f': return mostly(from, 2, COUNT(families));
    case 't': return mostly(from, 2, COUNT(types));
    case 'c': return mostly(from, 1, COUNT(protocols));
    case 'b': return prng_below(from, COUNT(backlogs));
    case 'o': return prng_chance(from, 60) ? 1 + prng_below(from, 12) : prng_below(from, 32);
    case 'v': return prng_chance(from, 60) ? prng_below(from, 2) : prng_below(from, COUNT(numbers));
    case 'm': return mostly(from, 4, COUNT(events));
    case 'p': return prng_below(from, POLLERS);
    case 'w': return prng_below(from, WAKERS + 2);
    case 'u': return prng_below(from, WAKERS);
    case 'x': return prng_below(from, texts_count());
    case 'd': return prng_below(from, 2);
    default: return prng_below(from, 10);
  }
}

/* ---- What an address is ------------------------------------------------------------------------------------------ */

static int other_family(int family) {
  return family == TENON_AF_INET ? TENON_AF_INET6 : TENON_AF_INET;
}

int argument_address(const model *m, int argument, address *to) {
  static const address fixed[] = {{0, TENON_AF_INET, 0, 0},
                                  {0, TENON_AF_INET6, 0, 0},
                                  {0, TENON_AF_INET, 1, 0},
                                  {0, TENON_AF_INET6, 1, 0},
                                  {REFUSING_PORT, TENON_AF_INET, 0, TCP},
                                  {REFUSING_PORT, TENON_AF_INET6, 0, TCP},
                                  {0, 0, 0, 0},
                                  {0, TENON_AF_UNSPEC, 0, 0},
                                  {0, TENON_AF_INET, 2, 0}};
  if (argument >= LOOPBACK4) {
    *to = fixed[argument - LOOPBACK4];
    return argument != NULL_ADDRESS;
  }
  *to = m->at[argument % SLOTS];
  if (argument >= OTHER_OF_SLOT)
    to->family = other_family(to->family), to->is_any = 0;
  else if (argument >= ANY_OF_SLOT)
    to->is_any = 1;
  return 1;
}

/* ---- Text -------------------------------------------------------------------------------------------------------- */

static void address_text(int value, char *text, size_t size) {
  static const char *const fixed[] = {"loopback(TENON_AF_INET)",
                                      "loopback(TENON_AF_INET6)",
                                      "any(TENON_AF_INET)",
                                      "any(TENON_AF_INET6)",
                                      "refusing(TENON_AF_INET)",
                                      "refusing(TENON_AF_INET6)",
                                      "NULL",
                                      "no_family()",
                                      "foreign()"};
  static const char *const forms[] = {"&at[%d]", "any_of(&at[%d])", "other_of(&at[%d])"};
  if (value >= LOOPBACK4)
    snprintf(text, size, "%s", fixed[value - LOOPBACK4]);
  else
    snprintf(text, size, forms[value / SLOTS], value % SLOTS);
}

static void socket_text(int value, char *text, size_t size) {
  static const char *const others[] = {"TENON_NO_SOCK", "closed()", "wide()", "file()"};
  if (value < SLOTS)
    snprintf(text, size, "s[%d]", value);
  else
    snprintf(text, size, "%s", others[value - SLOTS]);
}

void argument_text(char letter, int value, char *text, size_t size) {
  switch (letter) {
    case 's':
    case 'e': socket_text(value, text, size); break;
    case 'a': address_text(value, text, size); break;
    case 'B': snprintf(text, size, "%d", value); break;
    case 'n': snprintf(text, size, "%d", sizes[value]); break;
    case 'l': snprintf(text, size, "%s", limits[value].text); break;
    case 'h': snprintf(text, size, "%s", hows[value].text); break;
    case 'f': snprintf(text, size, "%s", families[value].text); break;
    case 't': snprintf(text, size, "%s", types[value].text); break;
    case 'c': snprintf(text, size, "%s", protocols[value].text); break;
    case 'b': snprintf(text, size, "%d", backlogs[value]); break;
    case 'v': snprintf(text, size, "%d", numbers[value]); break;
    case 'm': snprintf(text, size, "%s", events[value].text); break;
    case 'p': snprintf(text, size, "&pollers[%d]", value); break;
    case 'w':
    case 'u': snprintf(text, size, value >= WAKERS ? "NULL" : "&wakers[%d]", value); break;
    case 'x': snprintf(text, size, "\"%s\"", texts_source(value)); break;
    default: snprintf(text, size, "%d", value); break;
  }
}
