/* probe.c - what a system, or an emulator of one, lacks of what the tests rely on: plain C, without Tenon.
 * SPDX-License-Identifier: MIT
 *
 * Prints the name of each thing that it lacks, one a line. tests/machines/lacks.txt says which tests need it. */
#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif
#ifndef IP_MULTICAST_ALL
#define IP_MULTICAST_ALL 49
#endif

static void report(const char *name, int is_there) {
  if (!is_there) puts(name);
}

static int can_set(int s, int level, int option, const void *value, socklen_t size) {
  return setsockopt(s, level, option, value, size) == 0;
}

static int can_set_int(int s, int level, int option, int value) {
  return can_set(s, level, option, &value, sizeof value);
}

static int can_get(int s, int level, int option) {
  int value;
  socklen_t size = sizeof value;
  return getsockopt(s, level, option, &value, &size) == 0;
}

static struct sockaddr_in address_of(int s) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  bind(s, (struct sockaddr *)&at, sizeof at);
  getsockname(s, (struct sockaddr *)&at, &size);
  return at;
}

static int can_join(int s) {
  struct group_req request;
  struct sockaddr_in group = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0xe9fc0001)};
  memset(&request, 0, sizeof request);
  memcpy(&request.gr_group, &group, sizeof group);
  request.gr_interface = 1;
  return can_set(s, IPPROTO_IP, MCAST_JOIN_GROUP, &request, sizeof request);
}

static int can_choose_interface(int s) {
  struct ip_mreqn request = {.imr_ifindex = 1};
  return can_set(s, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request);
}

static int can_send_nothing(int s, struct sockaddr_in *to) {
  struct msghdr message = {.msg_name = to, .msg_namelen = sizeof *to};
  char byte;
  return sendmsg(s, &message, 0) == 0 && recv(s, &byte, 1, MSG_DONTWAIT) == 0;
}

/* Whether control data arrives in this processor's order of bytes. */
static int has_control_data(int s, struct sockaddr_in *to) {
  char byte = 'x', control[256];
  struct iovec part = {&byte, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  if (!can_set_int(s, IPPROTO_IP, IP_PKTINFO, 1) || sendto(s, &byte, 1, 0, (struct sockaddr *)to, sizeof *to) != 1)
    return 0;
  if (recvmsg(s, &message, MSG_DONTWAIT) != 1) return 0;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
    struct in_pktinfo info;
    if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_PKTINFO) continue;
    memcpy(&info, CMSG_DATA(c), sizeof info);
    return info.ipi_ifindex == 1;
  }
  return 0;
}

/* An option of one byte, at the end of its range; qemu-user writes four bytes then. */
static int has_byte_options(int s) {
  unsigned char hops = 255, back[8] = {0};
  socklen_t size = 1;
  return can_set(s, IPPROTO_IP, IP_MULTICAST_TTL, &hops, sizeof hops) &&
         getsockopt(s, IPPROTO_IP, IP_MULTICAST_TTL, back, &size) == 0 && back[0] == hops;
}

/* ---- Whether no byte is lost while signals interrupt who sends ------------------------------------------------------- */

enum { TOTAL = 700000, PIECE = 30000, ROUNDS = 8 };

static int ends[2];
static long received;

static void *receive_all(void *unused) {
  static char data[5000];
  ssize_t n;
  while ((n = recv(ends[1], data, sizeof data, 0)) > 0) received += n;
  return unused;
}

static void ignore_signal(int number) {
  (void)number;
}

/* A connection whose sender has little room. */
static int open_ends(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0), small = 4096;
  struct sockaddr_in at = address_of(listener);
  listen(listener, 1);
  ends[0] = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  int result = connect(ends[0], (struct sockaddr *)&at, sizeof at);
  ends[1] = accept(listener, NULL, NULL);
  return close(listener) == 0 && result == 0 && ends[1] >= 0;
}

/* The receiver's thread takes no signals. */
static int start_receiver(pthread_t *receiver) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = pthread_create(receiver, NULL, receive_all, NULL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return error == 0;
}

static int can_send_under_signals(void) {
  static char data[3 * PIECE];
  const struct itimerval often = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
  struct sigaction action;
  pthread_t receiver;
  memset(&action, 0, sizeof action);
  action.sa_handler = ignore_signal;
  received = 0;
  if (sigaction(SIGALRM, &action, NULL) != 0 || !open_ends() || !start_receiver(&receiver)) return 0;
  setitimer(ITIMER_REAL, &often, NULL);
  long sent = 0;
  while (sent < TOTAL) {
    struct iovec parts[] = {{data, PIECE}, {data, PIECE}, {data, PIECE}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 3};
    ssize_t n = sendmsg(ends[0], &message, MSG_NOSIGNAL);
    if (n > 0) sent += n;
    if (n < 0 && errno != EINTR) break;
  }
  setitimer(ITIMER_REAL, &never, NULL);
  shutdown(ends[0], SHUT_WR);
  pthread_join(receiver, NULL);
  return close(ends[0]) == 0 && close(ends[1]) == 0 && received == sent;
}

int main(void) {
  int udp = socket(AF_INET, SOCK_DGRAM, 0), tcp = socket(AF_INET, SOCK_STREAM, 0),
      six = socket(AF_INET6, SOCK_DGRAM, 0);
  struct sockaddr_in at = address_of(udp);
  report("MCAST_JOIN_GROUP", can_join(udp));
  report("IP_MULTICAST_IF", can_choose_interface(udp));
  report("IP_MULTICAST_ALL", can_set_int(udp, IPPROTO_IP, IP_MULTICAST_ALL, 0));
  report("SO_BINDTOIFINDEX", can_set_int(tcp, SOL_SOCKET, SO_BINDTOIFINDEX, 1));
  report("IPV6_DONTFRAG", six < 0 || can_set_int(six, IPPROTO_IPV6, IPV6_DONTFRAG, 1));
  report("messages-without-buffers", can_send_nothing(udp, &at));
  report("byte-options", has_byte_options(udp));
  report("control-data", has_control_data(udp, &at));
  connect(udp, (struct sockaddr *)&at, sizeof at);
  report("IP_MTU", can_get(udp, IPPROTO_IP, IP_MTU));
  close(udp), close(tcp), close(six);
  int rounds = 0;
  while (rounds < ROUNDS && can_send_under_signals()) rounds++;
  report("sends-under-signals", rounds == ROUNDS);
  return 0;
}
