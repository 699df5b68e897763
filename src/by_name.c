/* by_name.c - sockets for those who know a name: whatever addresses it has, one that works.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

#include <string.h>

/* RFC 8305, section 8: the default, and the minimum. */
#define CONNECTION_ATTEMPT_DELAY_MS 250
#define CONNECTION_ATTEMPT_DELAY_MIN_MS 10

/* ---- Failures ---------------------------------------------------------------------------------------------------- */

/* One for many: of all attempts that have failed, what tells most about why there is no connection. */
typedef struct noted_failure {
  int code, native;
} noted_failure;

/* The nearer to the service an attempt came, the more it tells: the host has answered (it refused), nobody has, there
 * is no way to it, there is none even to its network, this host has no such address or family. Whatever else there is,
 * want of descriptors or a firewall's no, is about this host and concerns all attempts alike, so it tells most. */
static int weight_of(int code) {
  static const int least_telling_first[] = {TENON_EAFNOSUPPORT, TENON_EADDRNOTAVAIL, TENON_ENETUNREACH,
                                            TENON_EHOSTUNREACH, TENON_ETIMEDOUT,     TENON_ECONNREFUSED};
  const int known = sizeof least_telling_first / sizeof least_telling_first[0];
  int weight = 0;
  while (weight < known && least_telling_first[weight] != code) weight++;
  return weight;
}

/* To be called right after the call that failed. */
static void note_failure(noted_failure *noted, int code) {
  if (noted->code != 0 && weight_of(code) <= weight_of(noted->code)) return;
  noted->code = code;
  noted->native = tenon_native_error();
}

static int all_failed(const noted_failure *noted) {
  tenon__sys_remember(noted->native);
  return noted->code;
}

/* ---- Connecting -------------------------------------------------------------------------------------------------- */

/* Attempts to connect that run side by side. A result of TENON_EINPROGRESS means that none has won so far. */
typedef struct race {
  const tenon_addr *list;
  int count;   /* of the addresses */
  int begun;   /* so many of them have had their attempt, */
  int pending; /* so many attempts have no outcome yet */
  int64_t next_at;
  int was_nonblocking;
  noted_failure failed;
  tenon_pollfd items[1 + TENON__ADDRESSES_MAX]; /* the waker's handle; the attempts, negative once they failed */
} race;

/* RFC 8305, section 4, with a First Address Family Count of 1: the families take turns, so that one that is broken
 * costs one delay only. Within a family the order stays. */
static void interleave_families(tenon_addr *list, int count) {
  for (int i = 1; i < count; i++) {
    int next = i;
    while (next < count && list[next].family == list[i - 1].family) next++;
    if (next == count) return;
    tenon_addr moved = list[next];
    memmove(&list[i + 1], &list[i], (size_t)(next - i) * sizeof moved);
    list[i] = moved;
  }
}

/* What the outcome of an attempt means for the race: the winner's handle, or that it goes on. The winner gets back the
 * native mode that it was born with. */
static tenon_sock judge(race *r, tenon_pollfd *item, int outcome) {
  if (outcome == TENON_EINPROGRESS) return outcome;
  tenon_sock s = item->sock;
  item->sock = TENON_NO_SOCK;
  r->pending--;
  if (outcome == 0) {
    if (!r->was_nonblocking) tenon__sys_set_nonblocking(s, 0);
    return s;
  }
  note_failure(&r->failed, outcome);
  tenon_close(s);
  return TENON_EINPROGRESS;
}

/* How long the attempt that begins now has before the next one begins. Of a short limit, each address that is left gets
 * an equal share. */
static int attempt_delay(const race *r, int remaining_ms) {
  int share_ms = remaining_ms / (r->count - r->begun + 1);
  if (remaining_ms == TENON_FOREVER || share_ms > CONNECTION_ATTEMPT_DELAY_MS) return CONNECTION_ATTEMPT_DELAY_MS;
  return share_ms < CONNECTION_ATTEMPT_DELAY_MIN_MS ? CONNECTION_ATTEMPT_DELAY_MIN_MS : share_ms;
}

static tenon_sock begin_next(race *r, tenon__limit *limit) {
  const tenon_addr *peer = &r->list[r->begun++];
  tenon_pollfd *item = &r->items[r->begun];
  item->events = TENON_POLLOUT;
  item->sock = tenon_socket(peer->family, TENON_SOCK_STREAM, 0);
  if (item->sock < 0) {
    note_failure(&r->failed, (int)item->sock);
    return TENON_EINPROGRESS;
  }
  r->pending++;
  r->next_at = tenon_deadline(attempt_delay(r, tenon__limit_remaining(limit)));
  r->was_nonblocking = tenon__sys_set_nonblocking(item->sock, 1);
  return judge(r, item, tenon_connect(item->sock, peer, 0));
}

/* As soon as all others have failed, or have been silent for long enough. */
static int is_due(const race *r) {
  return r->begun < r->count && (r->pending == 0 || tenon_remaining(r->next_at) == 0);
}

/* Waits for news, for as long as there is nothing else to do. An answer counts even if the waker has fired as well. */
static tenon_sock await_outcomes(race *r, int timeout_ms) {
  int delay = tenon_remaining(r->next_at);
  if (r->begun < r->count && (timeout_ms == TENON_FOREVER || delay < timeout_ms)) timeout_ms = delay;
  int ready = tenon_poll(r->items, 1 + r->begun, timeout_ms);
  if (ready < 0) return ready;
  for (int i = 1; i <= r->begun; i++) {
    if (r->items[i].revents == 0) continue;
    tenon_sock result = judge(r, &r->items[i], tenon_connect_result(r->items[i].sock, 0));
    if (result >= 0) return result;
  }
  return r->items[0].revents != 0 ? tenon__refuse(TENON_ECANCELED) : TENON_EINPROGRESS;
}

static tenon_sock run_race(race *r, tenon__limit *limit) {
  for (;;) {
    tenon_sock result = TENON_EINPROGRESS;
    while (result == TENON_EINPROGRESS && is_due(r)) {
      int go_on = r->begun > 0 ? tenon__limit_go_on(limit, 0) : 0;
      result = go_on < 0 ? go_on : begin_next(r, limit);
    }
    if (result == TENON_EINPROGRESS && r->pending == 0) return all_failed(&r->failed);
    if (result != TENON_EINPROGRESS) return result;
    int remaining = tenon__limit_remaining(limit);
    result = await_outcomes(r, remaining);
    if (result != TENON_EINPROGRESS) return result;
    if (remaining == 0) return tenon__refuse(TENON_ETIMEDOUT);
  }
}

tenon_sock tenon__connect_first(tenon_addr *list, int count, tenon__limit *limit) {
  race r = {.list = list, .count = count, .items = {{tenon__sys_cancel(), TENON_POLLIN, 0}}};
  interleave_families(list, count);
  tenon_sock result = run_race(&r, limit);
  for (int i = 1; i <= r.begun; i++)
    if (r.items[i].sock >= 0) tenon_close(r.items[i].sock);
  return result;
}

/* ---- Names ------------------------------------------------------------------------------------------------------- */

/* Returns how many addresses are in the list. Those that found no room, nobody would have waited for. Without time
 * there is no answer to hope for; what else is no time limit, the lookup says. */
static int find_by_name(const char *host, const char *service, const tenon_hints *hints, tenon_addr *list,
                        int timeout_ms) {
  if (!service || timeout_ms == 0) return tenon__refuse(TENON_EINVAL);
  int count = tenon_resolve(host, service, hints, list, TENON__ADDRESSES_MAX, timeout_ms);
  return count < TENON__ADDRESSES_MAX ? count : TENON__ADDRESSES_MAX;
}

tenon_sock tenon_tcp_connect(const char *host, const char *service, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_tcp_connect(host, service, timeout_ms);
  static const tenon_hints hints = {TENON_AF_UNSPEC, TENON_SOCK_STREAM, 0};
  tenon_addr list[TENON__ADDRESSES_MAX];
  tenon__limit limit = tenon__limit_of(timeout_ms);
  int count = find_by_name(host, service, &hints, list, tenon__limit_remaining(&limit));
  return count < 0 ? count : tenon__connect_first(list, count, &limit);
}

/* Datagrams have nothing to wait for: connecting only writes the address down, if there is a way to it. */
tenon_sock tenon_udp_connect(const char *host, const char *service, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_udp_connect(host, service, timeout_ms);
  static const tenon_hints hints = {TENON_AF_UNSPEC, TENON_SOCK_DGRAM, 0};
  tenon_addr list[TENON__ADDRESSES_MAX];
  noted_failure failed = {0, 0};
  int count = find_by_name(host, service, &hints, list, timeout_ms);
  if (count < 0) return count;
  for (int i = 0; i < count; i++) {
    tenon_sock s = tenon_socket(list[i].family, TENON_SOCK_DGRAM, 0);
    int result = s < 0 ? (int)s : tenon_connect(s, &list[i], TENON_FOREVER);
    if (result == 0) return s;
    note_failure(&failed, result);
    if (s >= 0) tenon_close(s);
  }
  return all_failed(&failed);
}

/* ---- Serving ----------------------------------------------------------------------------------------------------- */

/* A socket that is bound and, if it is a stream, listens. */
static tenon_sock open_server(const tenon_addr *local, int type, int backlog) {
  tenon_sock s = tenon_socket(local->family, type, 0);
  if (s < 0) return s;
  int result = tenon_bind(s, local);
  if (result == 0 && type == TENON_SOCK_STREAM) result = tenon_listen(s, backlog);
  if (result == 0) return s;
  tenon_close(s);
  return result;
}

/* An address or a family that this host does not have is passed over. A port that somebody else has is not: who listens
 * at the next address instead would wait for clients that go elsewhere. Without a host the first address is the IPv6
 * one, and takes both families. */
static tenon_sock serve_by_name(const char *host, const char *service, int type, int backlog) {
  const tenon_hints hints = {TENON_AF_UNSPEC, type, TENON_AI_PASSIVE};
  tenon_addr list[TENON__ADDRESSES_MAX];
  noted_failure failed = {0, 0};
  int count = find_by_name(host, service ? service : "0", &hints, list, TENON_FOREVER);
  if (count < 0) return count;
  for (int i = 0; i < count; i++) {
    tenon_sock s = open_server(&list[i], type, backlog);
    if (s != TENON_EAFNOSUPPORT && s != TENON_EADDRNOTAVAIL) return s;
    note_failure(&failed, (int)s);
  }
  return all_failed(&failed);
}

tenon_sock tenon_tcp_listen(const char *host, const char *service, int backlog) {
  if (tenon__is_traced()) return tenon__traced_tcp_listen(host, service, backlog);
  return serve_by_name(host, service, TENON_SOCK_STREAM, backlog);
}

tenon_sock tenon_udp_bind(const char *host, const char *service) {
  if (tenon__is_traced()) return tenon__traced_udp_bind(host, service);
  return serve_by_name(host, service, TENON_SOCK_DGRAM, 0);
}
