/* tenon/file.h - sending files, and what has to be known for that.
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

/* Sends count bytes of the file from offset on over a stream, by the system's own way of sending files where that keeps
 * what is promised here, and returns how many that were: less than count only if the file ends before, as it is when
 * the call begins or, where it shrinks meanwhile, when they are to be read (INT64_MAX sends the rest of it, whatever
 * that is). With a timeout of 0 it sends what fits and returns how much that was; TENON_EAGAIN if nothing does.
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
