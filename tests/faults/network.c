/* network.c - hosts whose addresses, and addresses whose fate, a test decides.
 * SPDX-License-Identifier: MIT
 */
#include "inside.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { ROUTES_MAX = 8, LIST_MAX = 64, OUR_MARK = 0x7e000000, UNKNOWN_FAMILY = 99 };

/* ---- The resolver ------------------------------------------------------------------------------------------------ */

static struct {
  int is_set, failure;
  const char *addresses, *canonname;
} host;
static atomic_int is_held, held_count;

/* A list of ours: its first item is where it begins, and has our mark. */
typedef struct our_item {
  tenon__native_info info;
  tenon__sockaddr address;
  const char *canonname;
} our_item;

void faults_set_host(int failure, const char *addresses, const char *canonname) {
  host.is_set = 1;
  host.failure = failure;
  host.addresses = addresses;
  host.canonname = canonname;
}

void faults_hold_lookups(void) {
  atomic_store(&is_held, 1);
}

void faults_let_lookups_go(void) {
  atomic_store(&is_held, 0);
}

int faults_held_lookups(void) {
  return atomic_load(&held_count);
}

static void wait_to_be_let_go(void) {
  atomic_fetch_add(&held_count, 1);
  while (atomic_load(&is_held)) support_sleep_ms(1);
  atomic_fetch_sub(&held_count, 1);
}

static void fill_item(our_item *item, const char *text, size_t length) {
  char word[64] = "";
  tenon_addr addr;
  memset(item, 0, sizeof *item);
  memcpy(word, text, length < sizeof word ? length : sizeof word - 1);
  int is_known = tenon_addr_parse(&addr, word) == 0;
  if (!is_known) addr = tenon_addr_loopback(TENON_AF_INET, 0);
  tenon_addr_to_native(&addr, &item->address.u, sizeof item->address.u);
  if (!is_known) item->address.u.any.sa_family = UNKNOWN_FAMILY;
  item->info.ai_family = item->address.u.any.sa_family;
  item->info.ai_flags = OUR_MARK;
  item->info.ai_addr = &item->address.u.any;
  item->info.ai_addrlen = sizeof(struct sockaddr_in);
  if (addr.family == TENON_AF_INET6) item->info.ai_addrlen = sizeof(struct sockaddr_in6);
}

static tenon__native_info *make_list(const char *text, const char *canonname) {
  our_item *items = *text ? malloc(LIST_MAX * sizeof *items) : NULL;
  for (int i = 0; items && i < LIST_MAX && *text; i++) {
    size_t length = strcspn(text, " ");
    fill_item(&items[i], text, length);
    if (i > 0) items[i - 1].info.ai_next = &items[i].info;
    text += text[length] ? length + 1 : length;
  }
  if (items) items->canonname = canonname;
  return items ? &items->info : NULL;
}

int faults_look_up(tenon__native_info **list, int *result) {
  if (!host.is_set) return 0;
  int failure = host.failure;
  const char *addresses = host.addresses, *canonname = host.canonname;
  wait_to_be_let_go();
  *list = failure == 0 ? make_list(addresses, canonname) : NULL;
  *result = failure == 0 ? 0 : faults_fail(TENON__LOOKUP, failure);
  return 1;
}

static int copy_name(const char *text, char *name, size_t size, int *result) {
  size_t length = strlen(text);
  *result = length < size ? (int)length : faults_fail(TENON__LOOKUP, TENON_ENOSPC);
  if (length < size) memcpy(name, text, length + 1);
  return 1;
}

int faults_canonname(const tenon__native_info *list, char *name, size_t size, int *result) {
  const char *canonname = list->ai_flags == OUR_MARK ? ((const our_item *)list)->canonname : NULL;
  return canonname ? copy_name(canonname, name, size, result) : 0;
}

int faults_forget_list(tenon__native_info *list) {
  int is_ours = list->ai_flags == OUR_MARK;
  if (is_ours) free(list);
  return is_ours;
}

int faults_name_host(char *name, size_t size, int *result) {
  if (!host.is_set) return 0;
  int failure = host.failure;
  const char *canonname = host.canonname;
  wait_to_be_let_go();
  if (failure == 0 && canonname) return copy_name(canonname, name, size, result);
  *result = faults_fail(TENON__LOOKUP, failure == 0 ? TENON_EAI_NONAME : failure);
  return 1;
}

/* ---- The network ------------------------------------------------------------------------------------------------- */

static struct {
  tenon_addr from, to;
  int code;
} routes[ROUTES_MAX];
static int route_count;

static void add_route(const char *from, const tenon_addr *to, int code) {
  tenon_addr_parse(&routes[route_count].from, from);
  if (to) routes[route_count].to = *to;
  routes[route_count++].code = code;
}

void faults_set_dead(const char *address, int code) {
  add_route(address, NULL, code);
}

void faults_set_route(const char *address, const tenon_addr *at) {
  add_route(address, at, 0);
}

/* No test leaves this host. */
static int is_here(const tenon_addr *addr) {
  tenon_addr loopback = tenon_addr_loopback(addr->family, 0);
  return tenon_addr_equal(addr, &loopback);
}

int faults_find_way(const tenon__sockaddr *peer, tenon__sockaddr *way, int *result) {
  tenon_addr addr;
  *way = *peer;
  if (tenon_addr_from_native(&addr, &peer->u, (size_t)peer->size) < 0) return 1;
  addr.port = 0;
  for (int i = 0; i < route_count; i++) {
    if (!tenon_addr_equal(&addr, &routes[i].from)) continue;
    *result = routes[i].code;
    if (*result < 0) return 0;
    way->size = (socklen_t)tenon_addr_to_native(&routes[i].to, &way->u, sizeof way->u);
    return 1;
  }
  *result = TENON_ENETUNREACH;
  return is_here(&addr);
}

void faults_clear_network(void) {
  memset(&host, 0, sizeof host);
  route_count = 0;
  faults_let_lookups_go();
}
