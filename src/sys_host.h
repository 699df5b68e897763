/* sys_host.h - the part of the seam for what is on this host: its interfaces, local sockets and files.
 * SPDX-License-Identifier: MIT */
#ifndef TENON_SRC_SYS_HOST_H
#define TENON_SRC_SYS_HOST_H

#include "sys.h"
#include "tenon/file.h"
#include "tenon/interfaces.h"
#include "tenon/local.h"

/* ---- Interfaces (sys_interfaces.c) ---- */

/* Hands every address of every interface to tenon__add_interface(), in any order, and what has none once. The second
 * one sets the address of a row whose index is set: that of no family for NULL and what is no IP address. Both are
 * neutral. Where the system wants memory of the caller's, this allocates. */
typedef struct tenon__interface_list {
  tenon_interface *list;
  int capacity, count;
  const tenon_addr *broadcast; /* an address that is searched for among the broadcast addresses, or NULL */
  int has_broadcast;
} tenon__interface_list;
int tenon__sys_interfaces(tenon__interface_list *found);
void tenon__add_interface(tenon__interface_list *found, const tenon_interface *row);
void tenon__set_interface_addr(tenon_interface *row, const void *native, size_t size);
/* The index, and the length of the name, or TENON_ENXIO. */
int tenon__sys_interface_index(const char *name);
int tenon__sys_interface_name(int index, char name[TENON_INTERFACE_NAME]);

/* ---- Local sockets (sys_local.c) ---- */

/* 1 if there is a socket's file at the path, 0 if there is something else. */
int tenon__sys_is_socket_file(const char *path);
int tenon__sys_remove_file(const char *path);
/* Sets what the system knows of a connected local stream's other end. */
int tenon__sys_local_peer(tenon_sock s, tenon_peer *peer);
int tenon__sys_set_inheritable(tenon_sock s, int on);
int64_t tenon__sys_process_id(void);
/* Gives a process, which is at the other end of the channel, a socket, and takes what was given: TENON_EAGAIN if
 * nothing has come, TENON_EPIPE at the end, TENON_EPROTO. */
int tenon__sys_hand_over(tenon_sock channel, int64_t process, tenon_sock s);
tenon_sock tenon__sys_take_over(tenon_sock channel);
/* Whether the system has local addresses that are no files. */
#ifndef TENON__NATIVE_ABSTRACT
#define TENON__NATIVE_ABSTRACT 0
#endif

/* ---- Files (sys_file.c) ---- */

/* Opens a file for reading, as bytes: not inherited, shared with everybody, without waiting for anybody. TENON_EINVAL
 * for what would notice that, and is no regular file; what else is none, the next one tells. The C library allocates. */
int tenon__sys_open_file(const char *path, FILE **file);
/* The size of a regular file that can be read, and its native handle. TENON_EINVAL, TENON_EACCES. */
int64_t tenon__sys_file(FILE *file, tenon__file *native);
/* Closes it; spelled alike on all systems. */
void tenon__sys_close_file(FILE *file);
/* When it was last written to, in seconds since 1970; 0 if that is not known. */
int64_t tenon__sys_file_time(const tenon__file *file);
/* At an offset, without moving the file's position; 0 at the end. */
ptrdiff_t tenon__sys_read_file(const tenon__file *file, int64_t offset, void *data, size_t size);
/* Sends what it can and returns how much; 0 at the end of the file. TENON_EAGAIN on a non-blocking handle;
 * TENON_ENOTSUP, and nothing was sent, where the system has no way of its own, or none that keeps to may_wait. */
ptrdiff_t tenon__sys_send_file(tenon_sock s, const tenon__file *file, int64_t offset, int64_t count, int may_wait);

#endif
