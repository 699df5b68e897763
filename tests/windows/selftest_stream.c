/* selftest_stream.c - the layer's own tests: connected streams.
 * SPDX-License-Identifier: MIT
 */
#include "selftest.h"

#include <stdlib.h>

enum { LARGE = 8 << 20, RESET_EVENTS = POLLERR | POLLHUP };

/* Rows 3, 4 and 15. */
void reset(void) {
  SOCKET pair[2];
  char byte;
  WSABUF buffer = {1, &byte};
  DWORD moved = 0, flags = 0;
  open_pair(pair);
  int port = peer_of(pair[0]);
  close_hard(pair[1]);
  EXPECT(poll_for(pair[0], POLLRDNORM, 5000), RESET_EVENTS);
  EXPECT_ERROR(recv(pair[0], &byte, 1, 0), WSAECONNRESET);
  EXPECT_ERROR(recv(pair[0], &byte, 1, MSG_PEEK), WSAECONNRESET);
  EXPECT_ERROR(WSARecv(pair[0], &buffer, 1, &moved, &flags, NULL, NULL), WSAECONNRESET);
  EXPECT(error_of(pair[0]), 0);
  EXPECT(peer_of(pair[0]), port);
  if (is_set("15=on")) EXPECT_ERROR(shutdown(pair[0], SD_SEND), WSAEINVAL);
  EXPECT_ERROR(send(pair[0], "x", 1, 0), WSAECONNRESET);
  closesocket(pair[0]);
}

/* Row 5. */
void aborted(void) {
  SOCKET pair[2];
  char byte;
  open_pair(pair);
  EXPECT(shutdown(pair[0], SD_SEND), 0);
  closesocket(pair[0]);
  EXPECT(poll_for(pair[1], POLLRDNORM, 5000), POLLHUP);
  EXPECT(send(pair[1], "x", 1, 0), 1);
  while (!(poll_at_once(pair[1], POLLRDNORM) & POLLERR)) Sleep(1);
  EXPECT_ERROR(recv(pair[1], &byte, 1, 0), WSAECONNABORTED);
  closesocket(pair[1]);
}

/* Receives until so many bytes have arrived, or the end. */
static size_t drain(SOCKET s, size_t most) {
  static char data[1 << 16];
  size_t got = 0;
  while (got < most) {
    int size = recv(s, data, sizeof data, 0);
    if (size > 0)
      got += (size_t)size;
    else if (size == 0 || WSAGetLastError() != WSAEWOULDBLOCK || poll_for(s, POLLRDNORM, 5000) <= 0)
      return got;
  }
  return got;
}

/* Row 16. */
void whole_send(void) {
  SOCKET pair[2];
  char *data = calloc(1, LARGE);
  size_t sent = 0;
  int size;
  open_pair(pair);
  EXPECT(send(pair[0], data, LARGE, 0), LARGE);
  for (sent = LARGE; (size = send(pair[0], data, LARGE, 0)) > 0; sent += (size_t)size) EXPECT(size, LARGE);
  EXPECT(WSAGetLastError(), WSAEWOULDBLOCK);
  EXPECT(poll_at_once(pair[0], POLLWRNORM), 0);
  EXPECT(drain(pair[1], sent), sent);
  EXPECT(poll_for(pair[0], POLLWRNORM, 5000), POLLWRNORM);
  EXPECT(shutdown(pair[0], SD_SEND), 0);
  EXPECT(drain(pair[1], 1), 0);
  closesocket(pair[0]);
  closesocket(pair[1]);
  free(data);
}

void half_sent_close(void) {
  SOCKET pair[2];
  char *data = calloc(1, LARGE);
  open_pair(pair);
  EXPECT(send(pair[0], data, LARGE, 0), LARGE);
  EXPECT(closesocket(pair[0]), 0);
  EXPECT_ERROR(send(pair[0], data, 1, 0), WSAENOTSOCK);
  EXPECT(drain(pair[1], LARGE + 1), LARGE);
  closesocket(pair[1]);
  free(data);
}

/* Row 17. */
void data_and_end(void) {
  SOCKET pair[2];
  char data[8];
  open_pair(pair);
  EXPECT(send(pair[0], "data", 4, 0), 4);
  EXPECT(poll_for(pair[1], POLLRDNORM, 5000), POLLRDNORM);
  EXPECT(shutdown(pair[0], SD_SEND), 0);
  EXPECT(poll_at_once(pair[1], POLLRDNORM | POLLWRNORM), POLLRDNORM | POLLWRNORM | POLLHUP);
  EXPECT(poll_at_once(pair[1], 0), POLLHUP);
  EXPECT(recv(pair[1], data, sizeof data, 0), 4);
  EXPECT(poll_at_once(pair[1], POLLRDNORM), POLLHUP);
  EXPECT(recv(pair[1], data, sizeof data, 0), 0);
  closesocket(pair[0]);
  closesocket(pair[1]);
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

enum { SENDERS = 3 };
static LPFN_TRANSMITFILE transmit;

typedef struct sender {
  SOCKET pair[2];
  HANDLE file, thread;
} sender;

static DWORD WINAPI send_file(void *argument) {
  sender *it = argument;
  return transmit(it->pair[0], it->file, 0, 0, NULL, NULL, 0) ? 0 : 1;
}

static void find_transmit(SOCKET s) {
  GUID id = WSAID_TRANSMITFILE;
  DWORD bytes;
  EXPECT(
      WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &transmit, sizeof transmit, &bytes, NULL, NULL),
      0);
}

static HANDLE open_file(void) {
  char folder[MAX_PATH - 14], path[MAX_PATH];
  GetTempPathA(sizeof folder, folder);
  GetTempFileNameA(folder, "ten", 0, path);
  HANDLE file =
      CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
  SetFilePointer(file, LARGE, NULL, FILE_BEGIN);
  SetEndOfFile(file);
  SetFilePointer(file, 0, NULL, FILE_BEGIN);
  return file;
}

static void begin_sending(sender *it) {
  u_long off = 0;
  open_pair(it->pair);
  ioctlsocket(it->pair[0], (long)FIONBIO, &off);
  find_transmit(it->pair[0]);
  it->file = open_file();
  it->thread = CreateThread(NULL, 0, send_file, it, 0, NULL);
}

/* Row 25: two peers that do not receive block the third call. */
void transmit_file(void) {
  sender senders[SENDERS];
  for (int i = 0; i < 2; i++) {
    begin_sending(&senders[i]);
    EXPECT(poll_for(senders[i].pair[1], POLLRDNORM, 5000), POLLRDNORM);
  }
  begin_sending(&senders[2]);
  EXPECT(poll_for(senders[2].pair[1], POLLRDNORM, 300), 0);
  for (int i = 0; i < SENDERS; i++) {
    EXPECT(drain(senders[i].pair[1], LARGE), LARGE);
    EXPECT(WaitForSingleObject(senders[i].thread, 20000), WAIT_OBJECT_0);
    CloseHandle(senders[i].thread);
    CloseHandle(senders[i].file);
    closesocket(senders[i].pair[0]);
    closesocket(senders[i].pair[1]);
  }
}

/* ---- Failures ---------------------------------------------------------------------------------------------------- */

/* Row 41. */
void no_buffers_send(void) {
  SOCKET pair[2];
  open_pair(pair);
  if (is_set("41=send")) EXPECT_ERROR(send(pair[0], "x", 1, 0), WSAENOBUFS);
  EXPECT(send(pair[0], "x", 1, 0), 1);
  closesocket(pair[0]);
  closesocket(pair[1]);
}

/* Row 37. */
void base_handle(void) {
  SOCKET s = open_stream(), base = 0;
  DWORD bytes, get_base = _WSAIOR(IOC_WS2, 34), get_next = _WSAIOR(IOC_WS2, 29);
  if (is_set("37=on")) {
    EXPECT_ERROR(WSAIoctl(s, get_base, NULL, 0, &base, sizeof base, &bytes, NULL, NULL), WSAEOPNOTSUPP);
    EXPECT(WSAIoctl(s, get_next, NULL, 0, &base, sizeof base, &bytes, NULL, NULL), 0);
  }
  EXPECT(WSAIoctl(s, get_base, NULL, 0, &base, sizeof base, &bytes, NULL, NULL), 0);
  EXPECT(base, s);
  closesocket(s);
}
