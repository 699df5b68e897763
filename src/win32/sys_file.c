/* win32/sys_file.c - files: opening them, and sending them.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <wchar.h>

#define SECONDS_TO_1970 11644473600 /* from 1601, when Windows begins to count */
#define FILE_PATH_CAPACITY 4096     /* as POSIX systems mostly have it */
#define NAME_LENGTH_MAX 255         /* of one name in a path */

/* "NUL", "COM1" and the like, in whichever folder, and pipes: what is there would notice that it is opened. Windows finds
 * them, and which they are depends on its version. Too long a name is none of them. */
static int is_device(const WCHAR *path) {
  WCHAR full[MAX_PATH];
  DWORD length = GetFullPathNameW(path, MAX_PATH, full, NULL);
  return length > 4 && length < MAX_PATH && wmemcmp(full, L"\\\\.\\", 4) == 0;
}

/* Wine takes a name that is too long for one that is not there. */
static int has_long_name(const WCHAR *path) {
  size_t length;
  while ((length = wcscspn(path, L"/\\")) <= NAME_LENGTH_MAX && path[length]) path += length + 1;
  return length > NAME_LENGTH_MAX;
}

/* A folder is one that is not to be had. */
static int why_not_opened(const WCHAR *path) {
  DWORD error = GetLastError(), attributes = GetFileAttributesW(path);
  if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY))
    return tenon__refuse(TENON_EINVAL);
  return tenon__returned(TENON__OPEN, has_long_name(path) ? ERROR_FILENAME_EXCED_RANGE : (int)error);
}

/* The C library has a limit of its own. */
int tenon__sys_open_file(const char *path, FILE **file) {
  const DWORD everybody = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
  WCHAR wide[FILE_PATH_CAPACITY];
  if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide, FILE_PATH_CAPACITY) == 0)
    return tenon__returned(TENON__OPEN, (int)GetLastError());
  if (is_device(wide)) return tenon__refuse(TENON_EINVAL);
  HANDLE handle = CreateFileW(wide, GENERIC_READ, everybody, NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
  if (handle == INVALID_HANDLE_VALUE) return why_not_opened(wide);
  int fd = _open_osfhandle((intptr_t)handle, _O_RDONLY | _O_BINARY | _O_NOINHERIT);
  *file = fd < 0 ? NULL : _fdopen(fd, "rb");
  if (*file) return 0;
  int result = tenon__returned(TENON__OPEN, errno == ENOMEM ? ERROR_OUTOFMEMORY : ERROR_TOO_MANY_OPEN_FILES);
  fd < 0 ? CloseHandle(handle) : _close(fd);
  return result;
}

/* A read of nothing tells whether it may be read. */
int64_t tenon__sys_file(FILE *file, tenon__file *native) {
  int fd = _fileno(file);
  HANDLE handle = fd < 0 ? INVALID_HANDLE_VALUE : (HANDLE)_get_osfhandle(fd);
  LARGE_INTEGER size;
  DWORD got;
  if (handle == INVALID_HANDLE_VALUE || GetFileType(handle) != FILE_TYPE_DISK || !GetFileSizeEx(handle, &size))
    return tenon__refuse(TENON_EINVAL);
  if (!ReadFile(handle, &got, 0, &got, NULL)) return tenon__refuse(TENON_EACCES);
  *native = handle;
  return size.QuadPart;
}

int64_t tenon__sys_file_time(const tenon__file *file) {
  FILETIME written;
  if (!GetFileTime(*file, NULL, NULL, &written)) return 0;
  uint64_t ticks = ((uint64_t)written.dwHighDateTime << 32) + written.dwLowDateTime; /* of 100 ns */
  return (int64_t)(ticks / 10000000) - SECONDS_TO_1970;
}

static OVERLAPPED at_offset(int64_t offset) {
  OVERLAPPED at = {0};
  at.Offset = (DWORD)((uint64_t)offset & 0xffffffff);
  at.OffsetHigh = (DWORD)((uint64_t)offset >> 32);
  return at;
}

/* Reading at an offset moves the file's position all the same. */
static LARGE_INTEGER position_of(HANDLE handle) {
  LARGE_INTEGER nowhere, position;
  nowhere.QuadPart = position.QuadPart = 0;
  SetFilePointerEx(handle, nowhere, &position, FILE_CURRENT);
  return position;
}

ptrdiff_t tenon__sys_read_file(const tenon__file *file, int64_t offset, void *data, size_t size) {
  OVERLAPPED at = at_offset(offset);
  LARGE_INTEGER position = position_of(*file);
  DWORD got = 0, error = ReadFile(*file, data, (DWORD)size, &got, &at) ? 0 : GetLastError();
  SetFilePointerEx(*file, position, NULL, FILE_BEGIN);
  return error == 0 || error == ERROR_HANDLE_EOF ? (ptrdiff_t)got : tenon__returned(TENON__NAMES, (int)error);
}

/* TransmitFile is not used: a client edition runs two of them at a time in all processes, and two peers that stop
 * receiving would block every other one. */
ptrdiff_t tenon__sys_send_file(tenon_sock s, const tenon__file *file, int64_t offset, int64_t count, int may_wait) {
  (void)s, (void)file, (void)offset, (void)count, (void)may_wait;
  return TENON_ENOTSUP;
}
