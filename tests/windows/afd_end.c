/* afd_end.c - which sockets of this process have sent their ends, as Wine hides an end behind unread data.
 * SPDX-License-Identifier: MIT
 *
 * Over loopback an end has come once it has been sent. A direction of a connection is known by its two ports. */
#include "afd_layer.h"

enum { DIRECTIONS = 4096 };

static struct direction { unsigned short from, to; } sent[DIRECTIONS];
static unsigned next_place;
static SRWLOCK lock = SRWLOCK_INIT;

static unsigned short port_of(const struct sockaddr_storage *address) {
  return address->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)address)->sin6_port
                                        : ((const struct sockaddr_in *)address)->sin_port;
}

/* What the socket sends, or what it receives: 0 if it has no connection. */
static int find_direction(SOCKET s, int is_received, struct direction *found) {
  struct sockaddr_storage own, peer;
  int own_size = sizeof own, peer_size = sizeof peer, type = 0, type_size = sizeof type;
  if (getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&type, &type_size) != 0 || type != SOCK_STREAM) return 0;
  if (getpeername(s, (struct sockaddr *)&peer, &peer_size) != 0) return 0;
  if (getsockname(s, (struct sockaddr *)&own, &own_size) != 0) return 0;
  found->from = port_of(is_received ? &peer : &own);
  found->to = port_of(is_received ? &own : &peer);
  return 1;
}

static int find_place(struct direction wanted) {
  int at = 0;
  while (at < DIRECTIONS && (sent[at].from != wanted.from || sent[at].to != wanted.to)) at++;
  return at;
}

static void note_end(SOCKET s) {
  struct direction direction;
  int error = WSAGetLastError();
  if (afd_setting(AFD_DATA_AND_END) && find_direction(s, 0, &direction)) {
    AcquireSRWLockExclusive(&lock);
    if (find_place(direction) == DIRECTIONS) sent[next_place++ % DIRECTIONS] = direction;
    ReleaseSRWLockExclusive(&lock);
  }
  WSASetLastError(error);
}

int afd_has_end(SOCKET s) {
  struct direction direction;
  if (!afd_setting(AFD_DATA_AND_END) || !find_direction(s, 1, &direction)) return 0;
  AcquireSRWLockShared(&lock);
  int has_end = find_place(direction) < DIRECTIONS;
  ReleaseSRWLockShared(&lock);
  return has_end;
}

/* The next connection may have the same ports. */
static void forget_end(SOCKET s) {
  struct direction direction;
  if (!afd_setting(AFD_DATA_AND_END) || !find_direction(s, 1, &direction)) return;
  AcquireSRWLockExclusive(&lock);
  int at = find_place(direction);
  if (at < DIRECTIONS) sent[at] = (struct direction){0, 0};
  ReleaseSRWLockExclusive(&lock);
}

/* Closing with unread data, or without lingering, is a reset. */
static int ends_by_closing(SOCKET s) {
  struct linger linger = {0, 0};
  u_long unread = 0;
  int size = sizeof linger;
  if (getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, &size) != 0) return 0;
  return ioctlsocket(s, FIONREAD, &unread) == 0 && unread == 0 && !(linger.l_onoff && linger.l_linger == 0);
}

int WINAPI afd_shutdown(SOCKET s, int how) {
  int result = AFD_REAL(shutdown)(s, how);
  if (result == 0 && how != SD_RECEIVE) note_end(s);
  return result;
}

int WINAPI afd_closesocket(SOCKET s) {
  if (ends_by_closing(s)) note_end(s);
  forget_end(s);
  return AFD_REAL(closesocket)(s);
}

/* As the poller asks WSAPoll, too, the end is told there as well (WINDOWS' row 17). */
int WINAPI afd_wsapoll(WSAPOLLFD *items, ULONG count, INT timeout_ms) {
  int ready = AFD_REAL(WSAPoll)(items, count, timeout_ms);
  for (ULONG i = 0; i < count && ready > 0; i++) {
    if ((items[i].revents & (POLLRDNORM | POLLHUP | POLLERR)) == POLLRDNORM && afd_has_end(items[i].fd))
      items[i].revents |= POLLHUP;
  }
  return ready;
}
