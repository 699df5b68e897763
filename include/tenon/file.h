/* tenon/file.h - files to be sent: opening them, sending them, and what has to be known for that.
 * SPDX-License-Identifier: MIT
 *
 * What holds in tenon.h for results, handles, time and input holds here. */
#ifndef TENON_FILE_H
#define TENON_FILE_H

#include <stdio.h>

#include "tenon.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Opens a regular file for reading its very bytes and sets *file, which is the caller's to close, with fclose(), and is
 * NULL after a failure. Child processes do not inherit it, and others may read, write, rename and delete it meanwhile
 * (on Windows one that was deleted may keep its name until it is closed). Nobody is waited for: a folder, a pipe, a
 * device or a socket's file is TENON_EINVAL, at once, and so are Windows' names of devices ("nul.txt", "COM1").
 *
 * On Windows the path is UTF-8, and what is not names nothing; main() is given its arguments like that if the program's
 * manifest asks for it (examples/utf8.manifest). On POSIX systems names are bytes, and go to the system as they are. A
 * path has at most 4095 bytes, or what the system says: Windows finds nothing beyond 259 characters unless it and the
 * program's manifest have opted in. The C library allocates for it, and may have a limit of its own.
 *
 * TENON_ENOENT; TENON_EACCES: it may not be read, on Windows also because somebody has it for himself alone;
 * TENON_EMFILE, TENON_ENFILE, TENON_ENOMEM, TENON_ENAMETOOLONG, TENON_ELOOP; TENON_EAGAIN: Linux has lent it to a
 * program that has to give it back first. An empty path is TENON_EINVAL. */
TENON_API int tenon_file_open(FILE **file, const char *path);

/* Sends count bytes of the file from offset on over a stream, by the system's own way of sending files where that keeps
 * what is promised here, and returns how many that were: less than count only if the file ends before, as it is when
 * the call begins or, where it shrinks meanwhile, when they are to be read (INT64_MAX sends the rest of it, whatever
 * that is). With a timeout of 0 it sends what fits, up to 1 MiB, and returns its size; TENON_EAGAIN if nothing fits.
 * Otherwise, and for what can go wrong on the connection, it is as tenon_send(): after an error the stream cannot be
 * continued.
 *
 * The bytes go as they are in the file, whether it was opened as text or not; what the program has written to it must
 * have been flushed. On Linux a change to the file that comes before the peer has the bytes, even after the call, still
 * reaches the peer. The file's position stays where it is (on Windows, nobody else may use the file meanwhile). It must
 * have been opened by the C library that Tenon is linked with. With a limit or a waker the handle is left in the
 * system's non-blocking mode. TENON_EACCES: the file was not opened for reading; TENON_EINVAL: it is no regular file;
 * TENON_EIO: it cannot be read; TENON_EOPNOTSUPP: the socket is no stream. */
TENON_API int64_t tenon_sendfile(tenon_sock s, FILE *file, int64_t offset, int64_t count, int timeout_ms);

/* The size in bytes of a file that tenon_sendfile() can send; modified, unless NULL, is when it was last written to, in
 * seconds since the beginning of 1970 (UTC). What the program has written to it must have been flushed. TENON_EINVAL:
 * it is no regular file, but a folder or a device; TENON_EACCES: it was not opened for reading. */
TENON_API int64_t tenon_file_size(FILE *file, int64_t *modified);

#ifdef __cplusplus
}
#endif

#endif
