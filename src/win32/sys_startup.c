/* win32/sys_startup.c - starting Winsock, on request and by itself.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

/* Wine counts starts without a lock, and loses some. */
static SRWLOCK counting = SRWLOCK_INIT;

int tenon__sys_startup(void) {
  WSADATA data;
  AcquireSRWLockExclusive(&counting);
  int error = WSAStartup(MAKEWORD(2, 2), &data);
  ReleaseSRWLockExclusive(&counting);
  if (error != 0) return tenon__returned(TENON__START, error); /* WSAGetLastError does not work yet */
  if (data.wVersion == MAKEWORD(2, 2)) return 0;
  WSACleanup();
  return tenon__returned(TENON__START, WSAVERNOTSUPPORTED);
}

int tenon__sys_cleanup(void) {
  AcquireSRWLockExclusive(&counting);
  int result = WSACleanup() == 0 ? 0 : tenon__failure(TENON__START, TENON_NO_SOCK);
  ReleaseSRWLockExclusive(&counting);
  return result;
}
