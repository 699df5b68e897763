/* poller_event_test.c - what a poller says of a socket is what tenon_poll() would say.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/poller.h"

enum { IN = TENON_POLLIN, OUT = TENON_POLLOUT, BOTH = TENON_POLLIN | TENON_POLLOUT, ERR = TENON_POLLERR };
enum { HUP = TENON_POLLHUP, LATER_MS = 40 };

/* What both say within the limit, which has to be the same; or -1, or the error. */
static int ask_both(tenon_sock s, int events, int timeout_ms) {
  tenon_poller p;
  tenon_poller_event news[4];
  tenon_pollfd item = {s, events, 0};
  int mark;
  if (tenon_poller_open(&p) < 0) return -1;
  int result = tenon_poller_set(&p, s, events, 0, &mark);
  if (result == 0) result = tenon_poll(&item, 1, timeout_ms);
  int count = result < 0 ? -1 : tenon_poller_wait(&p, news, 4, result > 0 ? NET_LIMIT_MS : timeout_ms);
  tenon_poller_close(&p);
  if (result < 0) return result;
  if (count == 0) return item.revents == 0 ? 0 : -1;
  return count == 1 && news[0].pointer == &mark && news[0].events == item.revents ? item.revents : -1;
}

TEST(the_poller_knows_data_room_and_clients) {
  tenon_sock pair[2];
  tenon_addr at;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(ask_both(pair[0], IN, 0), 0);
  CHECK_EQ(ask_both(pair[0], BOTH, NET_LIMIT_MS), OUT);
  CHECK_EQ(tenon_send(pair[1], "x", 1, NET_LIMIT_MS), 1);
  CHECK_EQ(ask_both(pair[0], IN, NET_LIMIT_MS), IN);
  CHECK_EQ(ask_both(pair[0], BOTH, NET_LIMIT_MS), BOTH);
  CHECK_EQ(ask_both(pair[0], OUT, NET_LIMIT_MS), OUT);
  CHECK(net_stuff(pair[0]) > 0);
  CHECK_EQ(ask_both(pair[0], OUT, 20), 0);
  CHECK_EQ(ask_both(pair[0], BOTH, NET_LIMIT_MS), IN);
  tenon_sock listener = net_listen(TENON_AF_INET, &at), client = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  CHECK_EQ(ask_both(listener, BOTH, 0), 0);
  CHECK_EQ(tenon_connect(client, &at, NET_LIMIT_MS), 0);
  CHECK_EQ(ask_both(listener, IN, NET_LIMIT_MS), IN);
  CHECK_EQ(net_close2(client, listener), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* D108 */
TEST(the_poller_tells_the_end_to_those_who_receive) {
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_shutdown(pair[1], TENON_SHUT_WR), 0);
  CHECK_EQ(ask_both(pair[0], IN, NET_LIMIT_MS), IN | TENON_POLLHUP);
  CHECK_EQ(ask_both(pair[0], BOTH, NET_LIMIT_MS), BOTH | TENON_POLLHUP);
  CHECK_EQ(ask_both(pair[0], OUT, NET_LIMIT_MS), OUT);
  CHECK(net_stuff(pair[0]) > 0);
  CHECK_EQ(ask_both(pair[0], OUT, 20), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* D108: some systems tell the end at once, some when the data is received. */
TEST(data_before_the_end_is_told_as_data) {
  tenon_poller p;
  tenon_poller_event news[2]; /* over kqueue, each direction takes room */
  tenon_sock pair[2];
  char byte;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], BOTH, 0, &p), 0);
  CHECK_EQ(tenon_send(pair[1], "x", 1, NET_LIMIT_MS), 1);
  CHECK_EQ(tenon_shutdown(pair[1], TENON_SHUT_WR), 0);
  tenon_pollfd item = {pair[0], IN, 0};
  CHECK_EQ(tenon_poll(&item, 1, NET_LIMIT_MS), 1);
  for (int i = 0; i < 3; i++) {
    CHECK_EQ(tenon_poller_wait(&p, news, 2, NET_LIMIT_MS), 1);
    CHECK_EQ(news[0].events & ~HUP, BOTH);
  }
  CHECK_EQ(tenon_recv(pair[0], &byte, 1, NET_LIMIT_MS), 1);
  CHECK_EQ(tenon_recv(pair[0], &byte, 1, NET_LIMIT_MS), 0);
  CHECK_EQ(tenon_poller_wait(&p, news, 2, NET_LIMIT_MS), 1);
  CHECK_EQ(news[0].events, BOTH | HUP);
  CHECK_EQ(tenon_poller_close(&p), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* D112 D182 */
TEST(the_poller_tells_when_both_ends_have_ended) {
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_shutdown(pair[1], TENON_SHUT_WR), 0);
  CHECK_EQ(tenon_shutdown(pair[0], TENON_SHUT_WR), 0);
  tenon_pollfd end = {pair[1], IN, 0};
  CHECK_EQ(tenon_poll(&end, 1, NET_LIMIT_MS), 1);
  for (int i = 0; i < 2; i++) {
    CHECK_EQ(ask_both(pair[i], IN, NET_LIMIT_MS), IN | TENON_POLLHUP);
    CHECK_EQ(ask_both(pair[i], OUT, NET_LIMIT_MS), OUT);
    CHECK_EQ(ask_both(pair[i], BOTH, NET_LIMIT_MS), BOTH | TENON_POLLHUP);
  }
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* D181 */
TEST(the_poller_tells_a_reset_to_everybody) {
  static const int asked[] = {IN, OUT, BOTH};
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(net_reset(pair[1]), 0);
  for (int i = 0; i < 3; i++) CHECK_EQ(ask_both(pair[0], asked[i], NET_LIMIT_MS), ERR | BOTH);
  CHECK_EQ(tenon_close(pair[0]), 0);
}

/* D108 D112 */
TEST(the_poller_tells_how_a_connect_ended) {
  tenon_addr nobody = net_refusing(TENON_AF_INET), at;
  static const int each[] = {IN, OUT, BOTH};
  for (int i = 0; i < 3; i++) {
    tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
    if (tenon_connect(s, &nobody, 0) == TENON_EINPROGRESS) {
      CHECK_EQ(ask_both(s, each[i], NET_LIMIT_MS), ERR | BOTH);
      CHECK_EQ(tenon_connect_result(s, 0), TENON_ECONNREFUSED);
    }
    CHECK_EQ(tenon_close(s), 0);
  }
  tenon_sock listener = net_listen(TENON_AF_INET, &at), s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  tenon_connect(s, &at, 0);
  CHECK_EQ(ask_both(s, BOTH, NET_LIMIT_MS), OUT);
  CHECK_EQ(tenon_connect_result(s, 0), 0);
  CHECK_EQ(net_close2(s, listener), 0);
}

TEST(a_pending_connect_is_no_news) {
  net_full full;
  int filled = net_fill(&full, TENON_AF_INET);
  int news = filled == 0 ? ask_both(full.pending, BOTH, 20) : -1;
  net_empty(&full);
  CHECK_EQ(filled, 0);
  CHECK_EQ(news, 0);
}

TEST(the_poller_knows_datagrams) {
  tenon_addr local = tenon_addr_loopback(TENON_AF_INET, 0), at;
  tenon_sock to = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  tenon_sock from = tenon_socket(TENON_AF_INET, TENON_SOCK_DGRAM, 0);
  CHECK_EQ(tenon_bind(to, &local), 0);
  CHECK_EQ(tenon_getsockname(to, &at), 0);
  CHECK_EQ(ask_both(to, BOTH, NET_LIMIT_MS), OUT);
  CHECK_EQ(tenon_sendto(from, "", 0, &at, 0), 0);
  CHECK_EQ(ask_both(to, IN, NET_LIMIT_MS), IN);
  CHECK_EQ(ask_both(to, BOTH, NET_LIMIT_MS), BOTH);
  CHECK_EQ(net_close2(from, to), 0);
}

/* A poller that was told all of it beforehand and is asked later: nothing of what was, and all of what is. */
TEST(what_is_reported_is_the_case_by_then) {
  tenon_poller p;
  tenon_poller_event news[4];
  tenon_sock pair[2];
  char byte;
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_poller_open(&p), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], IN, 0, &p), 0);
  CHECK_EQ(tenon_poller_wait(&p, news, 4, 10), 0);
  CHECK_EQ(tenon_send(pair[1], "x", 1, NET_LIMIT_MS), 1);
  CHECK_EQ(tenon_recv(pair[0], &byte, 1, NET_LIMIT_MS), 1);
  CHECK_EQ(tenon_poller_wait(&p, news, 4, 10), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], BOTH, 0, &p), 0);
  CHECK_EQ(tenon_send(pair[1], "x", 1, NET_LIMIT_MS), 1);
  tenon_pollfd item = {pair[0], IN, 0};
  CHECK_EQ(tenon_poll(&item, 1, NET_LIMIT_MS), 1);
  for (int i = 0; i < 2; i++) {
    CHECK_EQ(tenon_poller_wait(&p, news, 4, NET_LIMIT_MS), 1);
    CHECK_EQ(news[0].events, BOTH);
  }
  CHECK_EQ(tenon_recv(pair[0], &byte, 1, 0), 1);
  CHECK_EQ(tenon_poller_wait(&p, news, 4, NET_LIMIT_MS), 1);
  CHECK_EQ(news[0].events, OUT);
  CHECK_EQ(tenon_poller_close(&p), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

TEST(what_was_set_again_and_again_hides_no_news_from_a_wait_without_time) {
  tenon_poller p;
  tenon_poller_event news;
  tenon_sock pair[2];
  CHECK_EQ(net_pair(pair), 0);
  CHECK_EQ(tenon_poller_open(&p), 0);
  for (int i = 0; i < 100; i++) CHECK_EQ(tenon_poller_set(&p, pair[0], IN, 0, NULL), 0);
  CHECK_EQ(tenon_poller_set(&p, pair[0], BOTH, 0, &p), 0);
  CHECK_EQ(tenon_poller_wait(&p, &news, 1, 0), 1);
  CHECK(news.pointer == &p && news.events == OUT);
  CHECK_EQ(tenon_poller_close(&p), 0);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* ---- While somebody waits ------------------------------------------------------------------------------------------ */

static tenon_sock late[2];

static void send_later(void *unused) {
  (void)unused;
  support_sleep_ms(LATER_MS); /* time for the other side to be waiting; whether it is makes no difference */
  tenon_send(late[1], "x", 1, NET_LIMIT_MS);
}

static void end_later(void *unused) {
  (void)unused;
  support_sleep_ms(LATER_MS);
  tenon_shutdown(late[1], TENON_SHUT_WR);
}

static void reset_later(void *unused) {
  (void)unused;
  support_sleep_ms(LATER_MS);
  net_reset(late[1]);
  late[1] = TENON_NO_SOCK;
}

static void make_room_later(void *unused) {
  (void)unused;
  static char data[1 << 16];
  support_sleep_ms(LATER_MS);
  while (tenon_recv(late[1], data, sizeof data, LATER_MS) > 0) continue;
}

/* A socket that was reported, and dealt with, before the wait in which something happens to it, and one that was not. */
TEST(what_happens_during_a_wait_is_reported_as_the_news_that_it_is) {
  static support_thread thread;
  static const struct happening {
    void (*run)(void *unused);
    int asked, expected, is_full;
  } each[] = {{send_later, IN, IN, 0},        {send_later, BOTH, IN, 1},        {end_later, IN, IN | HUP, 0},
              {end_later, BOTH, IN | HUP, 1}, {reset_later, IN, ERR | BOTH, 0}, {reset_later, BOTH, ERR | BOTH, 1},
              {make_room_later, OUT, OUT, 1}, {reset_later, OUT, ERR | BOTH, 1}};
  tenon_poller p;
  tenon_poller_event news[4];
  char byte;
  for (int i = 0; i < 16; i++) {
    const struct happening *now = &each[i / 2];
    CHECK_EQ(net_pair(late), 0);
    CHECK_EQ(tenon_poller_open(&p), 0);
    if (now->is_full) CHECK(net_stuff(late[0]) > 0);
    CHECK_EQ(tenon_poller_set(&p, late[0], now->asked, 0, &p), 0);
    if (i % 2 && now->asked & IN) {
      CHECK_EQ(tenon_send(late[1], "x", 1, NET_LIMIT_MS), 1);
      CHECK_EQ(tenon_poller_wait(&p, news, 4, NET_LIMIT_MS), 1);
      CHECK_EQ(tenon_recv(late[0], &byte, 1, 0), 1);
    }
    CHECK_EQ(support_thread_start(&thread, now->run, NULL), 0);
    int count = tenon_poller_wait(&p, news, 4, NET_LIMIT_MS);
    support_thread_join(&thread);
    CHECK_EQ(count, 1);
    CHECK_EQ(news[0].events, now->expected);
    CHECK_EQ(tenon_poller_close(&p), 0);
    if (late[1] >= 0) CHECK_EQ(tenon_close(late[1]), 0);
    CHECK_EQ(tenon_close(late[0]), 0);
  }
}
