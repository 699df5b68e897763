/* turned_away.c - clients for whom there is no place: they see a clean end, not a reset.
 * SPDX-License-Identifier: MIT */
#include "serving.h"

#define LINGER_MS 1000
#define SIPS 16 /* how often to take what one client has sent before it is the next one's turn */

void tenon__turned_away_init(tenon__turned_away *list) {
  list->next = 0;
  for (int i = 0; i < TENON__TURNED_AWAY_MAX; i++) list->clients[i].sock = TENON_NO_SOCK;
}

/* 1 once the client has ended as well, or broken off. */
static int take_what_came(tenon_sock client) {
  char data[4096];
  for (int i = 0; i < SIPS; i++) {
    ptrdiff_t received = tenon_recv(client, data, sizeof data, 0);
    if (received <= 0) return received != TENON_EAGAIN;
  }
  return 0;
}

static void dismiss(tenon__turned_away *list, int i) {
  tenon_close(list->clients[i].sock);
  list->clients[i].sock = TENON_NO_SOCK;
}

/* In a flood those who came first have seen their end the longest. */
void tenon__turn_away(tenon__turned_away *list, tenon_sock client) {
  int i = list->next;
  if (list->clients[i].sock != TENON_NO_SOCK) {
    take_what_came(list->clients[i].sock);
    dismiss(list, i);
  }
  list->next = (i + 1) % TENON__TURNED_AWAY_MAX;
  list->clients[i].sock = client;
  list->clients[i].until = tenon_deadline(LINGER_MS);
  if (tenon_shutdown(client, TENON_SHUT_WR) < 0 || take_what_came(client)) dismiss(list, i);
}

int64_t tenon__turned_away_watch(const tenon__turned_away *list, tenon_pollfd *items) {
  int64_t until = TENON_FOREVER;
  for (int i = 0; i < TENON__TURNED_AWAY_MAX; i++) {
    items[i].sock = list->clients[i].sock;
    items[i].events = TENON_POLLIN;
    if (items[i].sock != TENON_NO_SOCK) until = tenon__earlier(until, list->clients[i].until);
  }
  return until;
}

int tenon__turned_away_attend(tenon__turned_away *list, const tenon_pollfd *items) {
  int left = 0;
  for (int i = 0; i < TENON__TURNED_AWAY_MAX; i++) {
    if (list->clients[i].sock == TENON_NO_SOCK) continue;
    int is_gone = items && items[i].revents && take_what_came(list->clients[i].sock);
    if (is_gone || tenon_remaining(list->clients[i].until) == 0) {
      dismiss(list, i);
    } else {
      left++;
    }
  }
  return left;
}

void tenon__turned_away_close(tenon__turned_away *list) {
  for (int i = 0; i < TENON__TURNED_AWAY_MAX; i++)
    if (list->clients[i].sock != TENON_NO_SOCK) dismiss(list, i);
}
