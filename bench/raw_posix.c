/* raw_posix.c - what is measured, by the calls of a POSIX system.
 * SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4 */
#endif

#include "ways.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

double raw_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int transfer(tenon_sock from, tenon_sock to, long count) {
  int out = (int)from, in = (int)to;
  char byte = 'x';
  for (long i = 0; i < count; i++) {
    if (send(out, &byte, 1, MSG_NOSIGNAL) != 1) return -1;
    if (recv(in, &byte, 1, 0) != 1) return -1;
  }
  return 0;
}

static int vector(tenon_sock from, tenon_sock to, long count) {
  char bytes[4] = "four";
  struct iovec parts[] = {{bytes, 1}, {bytes + 1, 1}, {bytes + 2, 1}, {bytes + 3, 1}};
  struct msghdr header = {.msg_iov = parts, .msg_iovlen = 4};
  for (long i = 0; i < count; i++) {
    if (sendmsg((int)from, &header, MSG_NOSIGNAL) != 4) return -1;
    if (recvmsg((int)to, &header, 0) != 4) return -1;
  }
  return 0;
}

static int receive_ttl(int s) {
  char byte, facts[256];
  struct sockaddr_in peer;
  struct iovec buffer = {&byte, 1};
  struct msghdr header = {&peer, sizeof peer, &buffer, 1, facts, sizeof facts, 0};
  if (recvmsg(s, &header, 0) != 1) return -1;
  const struct cmsghdr *entry = CMSG_FIRSTHDR(&header);
  return entry && entry->cmsg_level == IPPROTO_IP && entry->cmsg_type == IP_TTL ? 0 : -1;
}

static int message(tenon_sock from, tenon_sock to, const tenon_addr *at, long count) {
  struct sockaddr_in native;
  struct iovec buffer = {"x", 1};
  struct msghdr header = {.msg_name = &native, .msg_namelen = sizeof native, .msg_iov = &buffer, .msg_iovlen = 1};
  if (tenon_addr_to_native(at, &native, sizeof native) < 0) return -1;
  for (long i = 0; i < count; i++)
    if (sendmsg((int)from, &header, MSG_NOSIGNAL) != 1 || receive_ttl((int)to) < 0) return -1;
  return 0;
}

static int batch(tenon_sock from, tenon_sock to, const tenon_addr *at, long count) {
  static char data[BATCH][DATAGRAM];
  struct sockaddr_in native;
  (void)to;
  if (tenon_addr_to_native(at, &native, sizeof native) < 0) return -1;
  for (long i = 0; i < count; i++)
    for (int k = 0; k < BATCH; k++)
      if (sendto((int)from, data[k], DATAGRAM, 0, (struct sockaddr *)&native, sizeof native) != DATAGRAM) return -1;
  return 0;
}

static int connect_once(int listener, const struct sockaddr_in *at) {
  int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (client < 0 || connect(client, (const struct sockaddr *)at, sizeof *at) < 0) return -1;
  int served = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  return served < 0 || close(client) < 0 || close(served) < 0 ? -1 : 0;
}

static int connect_many(tenon_sock listener, const tenon_addr *at, long count) {
  struct sockaddr_in native;
  if (tenon_addr_to_native(at, &native, sizeof native) < 0) return -1;
  for (long i = 0; i < count; i++)
    if (connect_once((int)listener, &native) < 0) return -1;
  return 0;
}

static int parse_once(const char *ip, const char *port, struct sockaddr_storage *native) {
  int family = strchr(ip, ':') ? AF_INET6 : AF_INET;
  struct sockaddr_in *in = (struct sockaddr_in *)native;
  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)native;
  native->ss_family = (sa_family_t)family;
  in->sin_port = port ? htons((uint16_t)strtoul(port, NULL, 10)) : 0; /* at the same place in both */
  return inet_pton(family, ip, family == AF_INET ? (void *)&in->sin_addr : (void *)&in6->sin6_addr) == 1 ? 0 : -1;
}

static int parse(const char *ip, const char *port, const char *whole, long count) {
  (void)whole;
  struct sockaddr_storage native;
  for (long i = 0; i < count; i++)
    if (parse_once(ip, port, &native) < 0) return -1;
  return 0;
}

const way way_raw = {"raw", transfer, vector, message, batch, connect_many, parse};
