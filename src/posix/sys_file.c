/* posix/sys_file.c - files: opening them, and sending them.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#ifdef SO_SNDBUFFORCE /* it is Linux that has this */
#include <sys/sendfile.h>
#endif

#define FILE_TRANSFER_MAX ((int64_t)1 << 30)

/* A pipe's other end, and many a device, would notice that it is opened. What comes in between may be one of these, but
 * is not waited for. */
int tenon__sys_open_file(const char *path, FILE **file) {
  struct stat status;
  if (stat(path, &status) < 0) return tenon__failure(TENON__OPEN, TENON_NO_SOCK);
  if (!S_ISREG(status.st_mode)) return tenon__refuse(TENON_EINVAL);
  int fd;
  do {
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  } while (fd < 0 && errno == EINTR);
  *file = fd < 0 ? NULL : fdopen(fd, "rb");
  if (*file) return 0;
  int result = tenon__failure(TENON__OPEN, TENON_NO_SOCK);
  if (fd >= 0) close(fd);
  return result;
}

int64_t tenon__sys_file(FILE *file, tenon__file *native) {
  struct stat status;
  int fd = fileno(file), flags = fd < 0 ? -1 : fcntl(fd, F_GETFL);
  if (flags < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) return tenon__refuse(TENON_EINVAL);
  if ((flags & O_ACCMODE) == O_WRONLY) return tenon__refuse(TENON_EACCES);
  *native = fd;
  return status.st_size;
}

int64_t tenon__sys_file_time(const tenon__file *file) {
  struct stat status;
  return fstat(*file, &status) == 0 ? status.st_mtime : 0;
}

ptrdiff_t tenon__sys_read_file(const tenon__file *file, int64_t offset, void *data, size_t size) {
  ssize_t got;
  do {
    got = pread(*file, data, size, (off_t)offset);
  } while (got < 0 && errno == EINTR);
  return got >= 0 ? got : tenon__failure(TENON__ANY, TENON_NO_SOCK);
}

/* The bytes that went, or -1. */
static ptrdiff_t send_part(int to, int from, off_t offset, size_t size) {
#if defined SO_SNDBUFFORCE
  return sendfile(to, from, &offset, size);
#elif defined SO_NREAD /* macOS */
  off_t moved = (off_t)size;
  return sendfile(from, to, offset, &moved, NULL, 0) == 0 || moved > 0 ? (ptrdiff_t)moved : -1;
#elif defined SF_SYNC  /* FreeBSD */
  off_t moved = 0;
  return sendfile(from, to, offset, size, NULL, &moved, 0) == 0 || moved > 0 ? (ptrdiff_t)moved : -1;
#else
  (void)to, (void)from, (void)offset, (void)size;
  errno = ENOSYS;
  return -1;
#endif
}

/* No flag keeps the system's way from raising SIGPIPE where no option of the socket does. It comes to this thread, so
 * it is held back and taken here, unless the program has held back another one. Linux raises it as well when the
 * connection breaks after some bytes, and then returns their number. */
static ptrdiff_t send_quietly(int to, int from, off_t offset, size_t size) {
#ifdef SO_NOSIGPIPE
  return send_part(to, from, offset, size);
#else
  const struct timespec at_once = {0, 0};
  sigset_t pipe_signal, before, pending;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  sigpending(&pending);
  ptrdiff_t sent = send_part(to, from, offset, size);
  int error = errno;
  int may_be_raised = sent < 0 ? error == EPIPE : (size_t)sent < size;
  if (may_be_raised && !sigismember(&pending, SIGPIPE))
    while (sigtimedwait(&pipe_signal, NULL, &at_once) < 0 && errno == EINTR) continue;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = error;
  return sent;
#endif
}

ptrdiff_t tenon__sys_send_file(tenon_sock s, const tenon__file *file, int64_t offset, int64_t count, int may_wait) {
  (void)may_wait; /* the handle's mode decides */
  size_t size = (size_t)(count < FILE_TRANSFER_MAX ? count : FILE_TRANSFER_MAX);
  ptrdiff_t sent;
  do {
    sent = send_quietly(tenon__native(s), *file, (off_t)offset, size);
  } while (sent < 0 && errno == EINTR);
  if (sent >= 0) return sent;
  int is_unable = errno == EINVAL || errno == ENOSYS || errno == EOVERFLOW || errno == EOPNOTSUPP;
  return is_unable ? tenon__refuse(TENON_ENOTSUP) : tenon__failure(TENON__SEND, s);
}
