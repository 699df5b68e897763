/* poller_turns_test.c - each socket gets its turn, and each event reaches those who asked for it alone.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/poller.h"

enum { IN = TENON_POLLIN, OUT = TENON_POLLOUT, BOTH = TENON_POLLIN | TENON_POLLOUT, MOST = 7, ROUNDS = 400 };

/* Sockets that always have news, and how often each was reported. */
typedef struct crowd {
  tenon_poller p;
  tenon_sock pairs[MOST][2];
  int turns[MOST], count;
} crowd;

static int open_crowd(crowd *c, int count, int events) {
  int result = tenon_poller_open(&c->p);
  c->count = 0;
  while (c->count < count && result == 0) {
    int i = c->count;
    if ((result = net_pair(c->pairs[i])) < 0) break;
    c->turns[i] = 0;
    c->count++;
    if (tenon_send(c->pairs[i][1], "x", 1, NET_LIMIT_MS) != 1 || !net_await(c->pairs[i][0], IN)) result = -1;
    if (result == 0) result = tenon_poller_set(&c->p, c->pairs[i][0], events, 0, &c->turns[i]);
  }
  return result;
}

static int close_crowd(crowd *c) {
  for (int i = 0; i < c->count; i++) net_close2(c->pairs[i][0], c->pairs[i][1]);
  return tenon_poller_close(&c->p);
}

/* Waits again and again, with room for so many, and returns how often the one with the fewest turns was reported. */
static int count_fewest(crowd *c, int capacity) {
  tenon_poller_event news[MOST];
  for (int round = 0; round < ROUNDS; round++) {
    int count = tenon_poller_wait(&c->p, news, capacity, NET_LIMIT_MS);
    if (count <= 0) return -1;
    for (int i = 0; i < count; i++) ++*(int *)news[i].pointer;
  }
  int fewest = c->turns[0];
  for (int i = 1; i < c->count; i++) fewest = c->turns[i] < fewest ? c->turns[i] : fewest;
  return fewest;
}

/* D106 */
TEST(sockets_that_always_have_news_take_turns) {
  static const int each[][3] = {{2, 1, IN}, {2, 1, OUT}, {2, 1, BOTH}, {3, 2, IN}, {MOST, 1, IN}, {MOST, 3, BOTH}};
  static crowd c;
  for (int i = 0; i < 6; i++) {
    int sockets = each[i][0], capacity = each[i][1];
    CHECK_EQ(open_crowd(&c, sockets, each[i][2]), 0);
    int fewest = count_fewest(&c, capacity);
    CHECK_EQ(close_crowd(&c), 0);
    CHECK(fewest >= ROUNDS / sockets / 2);
  }
}

/* D112. A pair is a local stream or, on Windows, TCP, which knows nothing of a peer that receives no more. */
TEST(who_asks_for_room_alone_is_told_that_a_full_stream_has_ended) {
  tenon_poller p;
  tenon_poller_event news[2];
  tenon_sock pair[2];
  CHECK_EQ(tenon_socketpair(pair), 0);
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK(net_stuff(pair[0]) > 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], OUT, 0, &p), 0);
  CHECK_EQ(tenon_poller_wait(&p, news, 2, 20), 0);
  CHECK_EQ(tenon_shutdown(pair[1], TENON_SHUT_RDWR), 0);
  tenon_pollfd item = {pair[0], OUT, 0};
  int ready = tenon_poll(&item, 1, 100);
  CHECK_EQ(tenon_poller_wait(&p, news, 2, ready ? NET_LIMIT_MS : 20), ready);
  CHECK(ready == 1 || support_is_windows());
  if (ready) {
    CHECK_EQ(item.revents, OUT);
    CHECK(news[0].pointer == &p && (news[0].events & OUT));
    CHECK_EQ(tenon_send(pair[0], "x", 1, 0), TENON_EPIPE);
  }
  CHECK_EQ(tenon_poller_close(&p), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}
