/* win32/sys_local.c - socket files, who is at the other end, and sockets for other processes.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

/* Not in every mingw-w64. */
#ifndef WSA_FLAG_NO_HANDLE_INHERIT
#define WSA_FLAG_NO_HANDLE_INHERIT 0x80
#endif
#ifndef IO_REPARSE_TAG_AF_UNIX
#define IO_REPARSE_TAG_AF_UNIX 0x80000023
#endif

#define PATH_CAPACITY 128 /* more than a socket's path can have */

static int file_failure(void) {
  DWORD error = GetLastError();
  int code = tenon__returned(TENON__NAMES, (int)error);
  return error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND ? TENON_ENOENT : code;
}

/* 0, or a failure. */
static int widen_path(const char *path, WCHAR wide[PATH_CAPACITY]) {
  int length = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide, PATH_CAPACITY);
  return length > 0 ? 0 : tenon__refuse(TENON_ENOENT);
}

/* A reparse point of a kind of its own, as only the search for files tells. */
int tenon__sys_is_socket_file(const char *path) {
  WCHAR wide[PATH_CAPACITY];
  WIN32_FIND_DATAW data;
  int result = widen_path(path, wide);
  if (result < 0) return result;
  HANDLE search = FindFirstFileW(wide, &data);
  if (search == INVALID_HANDLE_VALUE) return file_failure();
  FindClose(search);
  return (data.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) && data.dwReserved0 == IO_REPARSE_TAG_AF_UNIX;
}

int tenon__sys_remove_file(const char *path) {
  WCHAR wide[PATH_CAPACITY];
  int result = widen_path(path, wide);
  if (result < 0) return result;
  return DeleteFileW(wide) ? 0 : file_failure();
}

int tenon__sys_local_peer(tenon_sock s, tenon_peer *peer) {
  const DWORD sio_af_unix_getpeerpid = _WSAIOR(IOC_VENDOR, 256);
  ULONG pid = 0;
  DWORD size = 0;
  if (WSAIoctl(tenon__native(s), sio_af_unix_getpeerpid, NULL, 0, &pid, sizeof pid, &size, NULL, NULL) != 0)
    return tenon__failure(TENON__NAMES, s);
  peer->pid = pid;
  return 0;
}

int tenon__sys_set_inheritable(tenon_sock s, int on) {
  int is_done = SetHandleInformation((HANDLE)s, HANDLE_FLAG_INHERIT, on ? HANDLE_FLAG_INHERIT : 0);
  return is_done ? 0 : tenon__failure(TENON__NAMES, s);
}

int64_t tenon__sys_process_id(void) {
  return GetCurrentProcessId();
}

/* What the other process needs to open the socket is sent, and goes whole where there is room at all. */
int tenon__sys_hand_over(tenon_sock channel, int64_t process, tenon_sock s) {
  WSAPROTOCOL_INFOW info;
  if (WSADuplicateSocketW(tenon__native(s), (DWORD)process, &info) != 0) return tenon__failure(TENON__NAMES, s);
  ptrdiff_t sent = tenon__sys_send(channel, &info, sizeof info, 0);
  if (sent < 0) return (int)sent;
  return sent == sizeof info ? 0 : tenon__refuse(TENON_EPIPE);
}

/* It comes in one piece, but nobody promises that. */
tenon_sock tenon__sys_take_over(tenon_sock channel) {
  WSAPROTOCOL_INFOW info;
  ptrdiff_t received = tenon__sys_recv(channel, &info, sizeof info, MSG_PEEK, 0);
  if (received <= 0) return received < 0 ? received : tenon__refuse(TENON_EPIPE);
  if (received < (ptrdiff_t)sizeof info) return tenon__refuse(TENON_EAGAIN);
  tenon__sys_recv(channel, &info, sizeof info, 0, 0);
  DWORD flags = WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT;
  SOCKET handle = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, flags);
  if (handle == INVALID_SOCKET) {
    int code = tenon__failure(TENON__SOCKET, TENON_NO_SOCK);
    return code == TENON_EMFILE ? code : TENON_EPROTO;
  }
  SetHandleInformation((HANDLE)handle, HANDLE_FLAG_INHERIT, 0);
  tenon__sys_set_nonblocking((tenon_sock)handle, 1);
  return (tenon_sock)handle;
}
