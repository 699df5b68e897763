/* selftest_connect.c - the layer's own tests: connects and listeners.
 * SPDX-License-Identifier: MIT
 */
#include "selftest.h"

#ifndef SO_CONDITIONAL_ACCEPT
#define SO_CONDITIONAL_ACCEPT 0x3002
#endif
#ifndef SOMAXCONN_HINT
#define SOMAXCONN_HINT(backlog) (-(backlog))
#endif

enum { ALL_EVENTS = POLLRDNORM | POLLRDBAND | POLLWRNORM, REFUSED = POLLERR | POLLHUP | POLLWRNORM };

static SOCKET open_conditional(struct sockaddr_in *at) {
  SOCKET s = open_stream();
  BOOL on = TRUE;
  EXPECT(setsockopt(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, (char *)&on, sizeof on), 0);
  *at = at_port(0);
  take_name(s, at);
  *at = name_of(s);
  EXPECT(listen(s, 5), 0);
  return s;
}

/* Rows 1 and 2. */
void pending_connect(void) {
  struct sockaddr_in at;
  char byte = 'x';
  SOCKET listener = open_conditional(&at), s = open_stream();
  WSABUF buffer = {1, &byte};
  DWORD moved = 0, flags = 0;
  EXPECT_ERROR(go_to(s, &at), WSAEWOULDBLOCK);
  EXPECT_ERROR(go_to(s, &at), WSAEALREADY);
  EXPECT(peer_of(s), ntohs(at.sin_port));
  expect("a port", name_of(s).sin_port != 0, 1);
  EXPECT_ERROR(recv(s, &byte, 1, 0), WSAENOTCONN);
  EXPECT_ERROR(send(s, &byte, 1, 0), WSAENOTCONN);
  EXPECT_ERROR(WSARecv(s, &buffer, 1, &moved, &flags, NULL, NULL), WSAENOTCONN);
  EXPECT_ERROR(WSASend(s, &buffer, 1, &moved, 0, NULL, NULL), WSAENOTCONN);
  EXPECT_ERROR(shutdown(s, SD_SEND), WSAENOTCONN);
  EXPECT(poll_at_once(s, ALL_EVENTS), 0);
  EXPECT(error_of(s), 0);
  closesocket(s);
  closesocket(listener);
}

static void expect_refused(SOCKET s) {
  fd_set readable, writable, exceptional;
  struct timeval limit = {0, 0};
  FD_ZERO(&readable);
  FD_ZERO(&writable);
  FD_ZERO(&exceptional);
  FD_SET(s, &readable);
  FD_SET(s, &writable);
  FD_SET(s, &exceptional);
  EXPECT(select(0, &readable, &writable, &exceptional, &limit), 1);
  expect("it is exceptional", FD_ISSET(s, &exceptional) != 0, 1);
  EXPECT(poll_at_once(s, ALL_EVENTS), REFUSED);
}

/* Rows 7, 9, 19 and 20. */
void refused_connect(void) {
  struct sockaddr_in at = nobody();
  SOCKET s = open_stream();
  char byte;
  take_first_refusal(s);
  EXPECT_ERROR(go_to(s, &at), WSAEWOULDBLOCK);
  EXPECT(poll_for(s, ALL_EVENTS, 5000), REFUSED);
  expect_refused(s);
  EXPECT(error_of(s), WSAECONNREFUSED);
  EXPECT(error_of(s), WSAECONNREFUSED);
  expect_refused(s);
  EXPECT_ERROR(recv(s, &byte, 1, 0), WSAENOTCONN);
  EXPECT_ERROR(send(s, "x", 1, 0), WSAENOTCONN);
  EXPECT_ERROR(peer_of(s), WSAENOTCONN);
  closesocket(s);
}

/* A later success clears the error. */
void second_connect(void) {
  struct sockaddr_in at = nobody(), listening;
  SOCKET s = open_stream(), listener = open_listener(5, &listening);
  take_first_refusal(s);
  EXPECT_ERROR(go_to(s, &at), WSAEWOULDBLOCK);
  EXPECT(poll_for(s, ALL_EVENTS, 5000), REFUSED);
  EXPECT_ERROR(go_to(s, &listening), WSAEWOULDBLOCK);
  EXPECT(poll_for(s, ALL_EVENTS, 5000), POLLWRNORM);
  EXPECT(error_of(s), 0);
  EXPECT(peer_of(s), ntohs(listening.sin_port));
  EXPECT_ERROR(go_to(s, &listening), WSAEISCONN);
  closesocket(s);
  closesocket(listener);
}

/* Returns the number of connects that succeed without accept. */
static int fill(int backlog, SOCKET *sockets, int most) {
  struct sockaddr_in at;
  int taken = 0;
  SOCKET listener = open_listener(backlog, &at);
  for (int i = 0; i < most; i++) {
    sockets[i] = open_stream();
    take_first_refusal(sockets[i]);
    go_to(sockets[i], &at);
    taken += poll_for(sockets[i], ALL_EVENTS, 5000) == POLLWRNORM;
  }
  SOCKET accepted = accept(listener, NULL, NULL), s = open_stream();
  go_to(s, &at);
  expect("there is room again", poll_for(s, ALL_EVENTS, 5000), POLLWRNORM);
  closesocket(accepted);
  closesocket(s);
  closesocket(listener);
  for (int i = 0; i < most; i++) closesocket(sockets[i]);
  return taken;
}

/* Row 8. */
void full_queue(void) {
  static SOCKET sockets[300];
  EXPECT(fill(0, sockets, 3), 1);
  EXPECT(fill(3, sockets, 6), 3);
  EXPECT(fill(1000, sockets, 203), 200);
  EXPECT(fill(SOMAXCONN, sockets, 203), 200);
  EXPECT(fill(SOMAXCONN_HINT(5), sockets, 203), 200);
  EXPECT(fill(SOMAXCONN_HINT(205), sockets, 210), 205);
}

/* Row 10. */
void late_refusal(void) {
  struct sockaddr_in at = nobody();
  SOCKET s = open_stream();
  ULONGLONG began = GetTickCount64();
  EXPECT_ERROR(go_to(s, &at), WSAEWOULDBLOCK);
  EXPECT(poll_for(s, ALL_EVENTS, 1000), 0);
  EXPECT(peer_of(s), ntohs(at.sin_port));
  EXPECT(poll_for(s, ALL_EVENTS, 5000), REFUSED);
  expect("two seconds", GetTickCount64() - began >= 1900, 1);
  EXPECT(error_of(s), WSAECONNREFUSED);
  closesocket(s);
}

/* Row 13. */
void wrong_family(void) {
  struct sockaddr_in at, odd = {.sin_family = AF_APPLETALK};
  SOCKET listener = open_conditional(&at), s = open_stream(), s6 = socket(AF_INET6, SOCK_STREAM, 0);
  int declined = WSAEAFNOSUPPORT;
  EXPECT_ERROR(go_to(s, &odd), declined);
  EXPECT_ERROR(go_to(s6, &odd), is_set("13=efault") ? WSAEFAULT : declined);
  EXPECT_ERROR(go_to(s, &at), WSAEWOULDBLOCK);
  EXPECT_ERROR(go_to(s, &odd), is_set("13=already") ? WSAEALREADY : declined);
  closesocket(s);
  closesocket(s6);
  closesocket(listener);
}

/* Row 43. */
void conditional_accept(void) {
  struct sockaddr_in at;
  char byte = 0;
  SOCKET listener = open_conditional(&at), first = open_stream(), second = open_stream();
  EXPECT(poll_at_once(listener, POLLRDNORM), 0);
  EXPECT_ERROR(go_to(first, &at), WSAEWOULDBLOCK);
  EXPECT_ERROR(go_to(second, &at), WSAEWOULDBLOCK);
  EXPECT(poll_for(first, POLLWRNORM, 100), 0);
  EXPECT(poll_for(listener, POLLRDNORM, 5000), POLLRDNORM);
  closesocket(first);
  SOCKET accepted = accept(listener, NULL, NULL);
  expect("accept", accepted != INVALID_SOCKET, 1);
  EXPECT(poll_for(second, POLLWRNORM, 5000), POLLWRNORM);
  EXPECT(error_of(second), 0);
  EXPECT(send(second, "y", 1, 0), 1);
  EXPECT(poll_for(accepted, POLLRDNORM, 5000), POLLRDNORM);
  EXPECT(recv(accepted, &byte, 1, 0), 1);
  EXPECT(byte, 'y');
  EXPECT_ERROR((int)accept(listener, NULL, NULL), WSAEWOULDBLOCK);
  closesocket(accepted);
  closesocket(second);
  closesocket(listener);
}

void listener_closed(void) {
  struct sockaddr_in at;
  SOCKET listener = open_conditional(&at), s = open_stream();
  EXPECT_ERROR(go_to(s, &at), WSAEWOULDBLOCK);
  closesocket(listener);
  EXPECT(poll_for(s, ALL_EVENTS, 5000), REFUSED);
  EXPECT(error_of(s), WSAECONNREFUSED);
  closesocket(s);
}

/* Row 41. */
void no_buffers_connect(void) {
  struct sockaddr_in at;
  SOCKET listener = open_listener(5, &at), s = open_stream();
  if (is_set("41=connect")) EXPECT_ERROR(go_to(s, &at), WSAENOBUFS);
  EXPECT_ERROR(go_to(s, &at), WSAEWOULDBLOCK);
  EXPECT(poll_for(s, ALL_EVENTS, 5000), POLLWRNORM);
  closesocket(s);
  closesocket(listener);
}

/* Rows 12 and 28. */
void listen_states(void) {
  SOCKET pair[2], s = open_stream(), client = open_stream();
  struct sockaddr_in at = nobody();
  open_pair(pair);
  EXPECT_ERROR(listen(pair[0], 5), is_set("12=einval") ? WSAEINVAL : WSAEISCONN);
  EXPECT_ERROR(listen(pair[1], 5), is_set("12=einval") ? WSAEINVAL : WSAEISCONN);
  EXPECT_ERROR(listen(s, 5), WSAEINVAL);
  take_first_refusal(s);
  struct sockaddr_in own = at_port(0);
  EXPECT(take_name(s, &own), 0);
  EXPECT_ERROR(go_to(s, &at), WSAEWOULDBLOCK);
  EXPECT(poll_for(s, ALL_EVENTS, 5000), REFUSED);
  own = name_of(s);
  EXPECT(listen(s, 5), 0);
  EXPECT_ERROR(go_to(client, &own), WSAEWOULDBLOCK);
  EXPECT(poll_for(client, ALL_EVENTS, 5000), POLLWRNORM);
  EXPECT_ERROR(go_to(s, &at), WSAEINVAL);
  closesocket(client);
  closesocket(s);
  closesocket(pair[0]);
  closesocket(pair[1]);
}
