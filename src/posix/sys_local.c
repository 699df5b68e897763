/* posix/sys_local.c - socket files, who is at the other end, and sockets for other processes.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>

#ifndef MSG_CMSG_CLOEXEC
#define MSG_CMSG_CLOEXEC 0
#endif
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

int tenon__sys_is_socket_file(const char *path) {
  struct stat status;
  return lstat(path, &status) == 0 ? S_ISSOCK(status.st_mode) != 0 : tenon__failure(TENON__BIND, TENON_NO_SOCK);
}

int tenon__sys_remove_file(const char *path) {
  return unlink(path) == 0 ? 0 : tenon__failure(TENON__BIND, TENON_NO_SOCK);
}

int tenon__sys_local_peer(tenon_sock s, tenon_peer *peer) {
#ifdef SCM_CREDENTIALS /* Linux */
  struct ucred found;
  socklen_t size = sizeof found;
  if (getsockopt(tenon__native(s), SOL_SOCKET, SO_PEERCRED, &found, &size) < 0) return tenon__failure(TENON__NAMES, s);
  *peer = (tenon_peer){found.pid, found.uid, found.gid};
#else
  uid_t uid;
  gid_t gid;
  if (getpeereid(tenon__native(s), &uid, &gid) < 0) return tenon__failure(TENON__NAMES, s);
  *peer = (tenon_peer){-1, uid, gid};
#endif
#ifdef LOCAL_PEERPID /* macOS */
  pid_t pid;
  socklen_t length = sizeof pid;
  if (getsockopt(tenon__native(s), SOL_LOCAL, LOCAL_PEERPID, &pid, &length) == 0) peer->pid = pid;
#endif
  return 0;
}

int tenon__sys_set_inheritable(tenon_sock s, int on) {
  return fcntl(tenon__native(s), F_SETFD, on ? 0 : FD_CLOEXEC) < 0 ? tenon__failure(TENON__NAMES, s) : 0;
}

int64_t tenon__sys_process_id(void) {
  return getpid();
}

typedef union tenon__one_descriptor {
  struct cmsghdr align;
  char bytes[CMSG_SPACE(sizeof(int))];
} tenon__one_descriptor;

/* A descriptor travels with a byte, or not at all; over other channels than local ones the byte would go alone. */
int tenon__sys_hand_over(tenon_sock channel, int64_t process, tenon_sock s) {
  (void)process;
  int family = tenon__sys_family(channel), fd = tenon__native(s);
  if (family != TENON_AF_UNIX) return family < 0 ? family : tenon__refuse(TENON_ENOTSUP);
  tenon__one_descriptor control;
  memset(&control, 0, sizeof control);
  struct iovec byte = {"", 1};
  struct msghdr message = {
      .msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.bytes};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(header), &fd, sizeof fd);
  ssize_t sent;
  do {
    sent = sendmsg(tenon__native(channel), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  return sent == 1 ? 0 : tenon__failure(TENON__SEND, channel);
}

/* The first descriptor, or -1. There is room for a second one beside it, so there may be one; it is closed. */
static int keep_first(const struct cmsghdr *header) {
  if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) return -1;
  int fd, extra;
  size_t count = ((size_t)header->cmsg_len - CMSG_LEN(0)) / sizeof fd;
  for (size_t i = 1; i < count; i++) {
    memcpy(&extra, CMSG_DATA(header) + i * sizeof extra, sizeof extra);
    close(extra);
  }
  memcpy(&fd, CMSG_DATA(header), sizeof fd);
  return count > 0 ? fd : -1;
}

/* Without a descriptor left for it, the system drops the socket and tells so. */
tenon_sock tenon__sys_take_over(tenon_sock channel) {
  int family = tenon__sys_family(channel);
  if (family != TENON_AF_UNIX) return family < 0 ? family : tenon__refuse(TENON_ENOTSUP);
  tenon__one_descriptor control;
  char byte;
  struct iovec buffer = {&byte, 1};
  struct msghdr message = {
      .msg_iov = &buffer, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.bytes};
  ssize_t received;
  do {
    received = recvmsg(tenon__native(channel), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return tenon__failure(TENON__RECV, channel);
  if (received == 0) return tenon__refuse(TENON_EPIPE);
  int fd = keep_first(CMSG_FIRSTHDR(&message));
  if (fd < 0) return tenon__refuse(message.msg_flags & MSG_CTRUNC ? TENON_EMFILE : TENON_EPROTO);
  int result = tenon__sys_adopt(fd);
  return result < 0 ? result : fd;
}
