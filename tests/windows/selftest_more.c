/* selftest_more.c - the layer's own tests: datagrams, options, ports, events and the clock.
 * SPDX-License-Identifier: MIT
 */
#include "selftest.h"

#define TICK_100NS 156250ULL

/* ---- Datagrams --------------------------------------------------------------------------------------------------- */

/* Row 6. */
void unbound_receive(void) {
  SOCKET s = open_datagrams();
  struct sockaddr_in at = at_port(0);
  char byte;
  WSABUF buffer = {1, &byte};
  DWORD moved = 0, flags = 0;
  EXPECT_ERROR(recv(s, &byte, 1, 0), WSAEINVAL);
  EXPECT_ERROR(recv(s, &byte, 1, MSG_PEEK), WSAEINVAL);
  EXPECT_ERROR(recvfrom(s, &byte, 1, 0, NULL, NULL), WSAEINVAL);
  EXPECT_ERROR(WSARecv(s, &buffer, 1, &moved, &flags, NULL, NULL), WSAEINVAL);
  EXPECT(take_name(s, &at), 0);
  EXPECT_ERROR(recv(s, &byte, 1, 0), WSAEWOULDBLOCK);
  closesocket(s);
}

static void send_to(SOCKET to, int size) {
  static const char data[16];
  struct sockaddr_in at = name_of(to);
  SOCKET s = open_datagrams();
  EXPECT(sendto(s, data, size, 0, (struct sockaddr *)&at, sizeof at), size);
  closesocket(s);
}

/* Row 29. */
void message_size(void) {
  SOCKET s = open_datagrams();
  struct sockaddr_in at = at_port(0);
  GUID id = WSAID_WSARECVMSG;
  LPFN_WSARECVMSG receive;
  DWORD bytes, on = 1;
  char data[6], control[64];
  WSABUF buffer = {sizeof data, data};
  WSAMSG message = {NULL, 0, &buffer, 1, {1, control}, 0};
  EXPECT(take_name(s, &at), 0);
  EXPECT(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &receive, sizeof receive, &bytes, NULL, NULL),
         0);
  EXPECT(setsockopt(s, IPPROTO_IP, IP_PKTINFO, (char *)&on, sizeof on), 0);
  send_to(s, 6);
  EXPECT(poll_for(s, POLLRDNORM, 5000), POLLRDNORM);
  EXPECT_ERROR(receive(s, &message, &bytes, NULL, NULL), WSAEMSGSIZE);
  EXPECT(bytes, 6);
  EXPECT(message.dwFlags, MSG_CTRUNC);
  message.Control.len = sizeof control;
  message.dwFlags = 0;
  send_to(s, 16);
  EXPECT(poll_for(s, POLLRDNORM, 5000), POLLRDNORM);
  EXPECT_ERROR(receive(s, &message, &bytes, NULL, NULL), WSAEMSGSIZE);
  EXPECT(bytes, 6);
  EXPECT(message.dwFlags, MSG_TRUNC);
  closesocket(s);
}

/* Row 39. */
void unreachable_port(void) {
  struct sockaddr_in at = at_port(0);
  SOCKET s = open_datagrams(), closed = open_datagrams();
  DWORD off = 0, bytes;
  char byte;
  take_name(closed, &at);
  at = name_of(closed);
  closesocket(closed);
  EXPECT(sendto(s, "x", 1, 0, (struct sockaddr *)&at, sizeof at), 1);
  EXPECT(poll_for(s, POLLRDNORM, 5000), POLLRDNORM);
  EXPECT_ERROR(recv(s, &byte, 1, 0), WSAECONNRESET);
  EXPECT_ERROR(recv(s, &byte, 1, 0), WSAEWOULDBLOCK);
  EXPECT(WSAIoctl(s, _WSAIOW(IOC_VENDOR, 12), &off, sizeof off, NULL, 0, &bytes, NULL, NULL), 0);
  EXPECT(WSAIoctl(s, _WSAIOW(IOC_VENDOR, 15), &off, sizeof off, NULL, 0, &bytes, NULL, NULL), 0);
  EXPECT(sendto(s, "x", 1, 0, (struct sockaddr *)&at, sizeof at), 1);
  EXPECT_ERROR(recv(s, &byte, 1, 0), WSAEWOULDBLOCK);
  closesocket(s);
}

/* Row 33. */
void duplicate_unbound(void) {
  SOCKET s = open_datagrams();
  struct sockaddr_in at = at_port(0);
  WSAPROTOCOL_INFOW info;
  char byte;
  EXPECT(WSADuplicateSocketW(s, GetCurrentProcessId(), &info), 0);
  SOCKET copy = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, 0);
  EXPECT(take_name(s, &at), 0);
  EXPECT_ERROR(recvfrom(copy, &byte, 1, 0, NULL, NULL), WSAEINVAL);
  EXPECT(name_of(copy).sin_port, 0);
  closesocket(copy);
  EXPECT(WSADuplicateSocketW(s, GetCurrentProcessId(), &info), 0);
  copy = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, 0);
  EXPECT_ERROR(recvfrom(copy, &byte, 1, 0, NULL, NULL), WSAEWOULDBLOCK);
  closesocket(copy);
  closesocket(s);
}

/* ---- Options and events ------------------------------------------------------------------------------------------ */

/* Row 11. */
void poll_events(void) {
  static const short refused[] = {POLLERR, POLLHUP, POLLNVAL, POLLPRI, POLLWRBAND};
  SOCKET s = open_datagrams();
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) EXPECT_ERROR(poll_at_once(s, refused[i]), WSAEINVAL);
  EXPECT(poll_at_once(s, POLLWRNORM), POLLWRNORM);
  WSAPOLLFD items[2] = {{INVALID_SOCKET, POLLERR, 0}, {s, POLLIN, 0}};
  EXPECT(WSAPoll(items, 2, 0), 0);
  EXPECT(items[0].revents, POLLNVAL);
  closesocket(s);
  EXPECT_ERROR(poll_at_once(s, POLLERR), WSAENOTSOCK);
}

static int get(SOCKET s, int level, int name) {
  DWORD value = 0;
  int size = sizeof value;
  return getsockopt(s, level, name, (char *)&value, &size) == 0 ? (int)value : SOCKET_ERROR;
}

static int put(SOCKET s, int level, int name, DWORD value) {
  return setsockopt(s, level, name, (char *)&value, sizeof value);
}

/* Rows 31, 32 and 34. */
void options(void) {
  enum { MTU = 73, UNICAST_IF = 31 };
  SOCKET s = open_stream(), s6 = socket(AF_INET6, SOCK_DGRAM, 0), d = open_datagrams();
  EXPECT_ERROR(get(s, IPPROTO_IP, MTU), WSAENOTCONN);
  EXPECT_ERROR(get(s, IPPROTO_IP, IP_PKTINFO), WSAEINVAL);
  EXPECT_ERROR(get(s, IPPROTO_IP, IP_MULTICAST_TTL), WSAEINVAL);
  EXPECT_ERROR(put(s, IPPROTO_IP, IP_MULTICAST_LOOP, 1), WSAEINVAL);
  EXPECT(get(d, IPPROTO_IP, IP_MULTICAST_TTL) & 0xff, 1);
  EXPECT(get(s, IPPROTO_IPV6, IPV6_V6ONLY), 1);
  EXPECT(put(d, IPPROTO_IP, UNICAST_IF, htonl(1)), 0);
  EXPECT(get(d, IPPROTO_IP, UNICAST_IF), htonl(1));
  EXPECT(put(s6, IPPROTO_IPV6, UNICAST_IF, 1), 0);
  EXPECT(get(s6, IPPROTO_IPV6, UNICAST_IF), 1);
  closesocket(s);
  closesocket(s6);
  closesocket(d);
}

/* ---- Ports ------------------------------------------------------------------------------------------------------- */

/* Binds two sockets with an option each, and returns the error of the second bind. */
static int second_bind(const struct sockaddr_in *first, int first_option, struct in_addr second, int second_option) {
  SOCKET a = open_stream(), b = open_stream();
  DWORD on = 1;
  if (first_option) EXPECT(setsockopt(a, SOL_SOCKET, first_option, (char *)&on, sizeof on), 0);
  if (second_option) EXPECT(setsockopt(b, SOL_SOCKET, second_option, (char *)&on, sizeof on), 0);
  EXPECT(take_name(a, first), 0);
  struct sockaddr_in at = name_of(a);
  at.sin_addr = second;
  int result = take_name(b, &at) == 0 ? 0 : WSAGetLastError();
  closesocket(a);
  closesocket(b);
  return result;
}

/* Row 27. */
void shared_bind(void) {
  struct sockaddr_in at = at_port(0);
  EXPECT(second_bind(&at, 0, at.sin_addr, 0), WSAEADDRINUSE);
  EXPECT(second_bind(&at, 0, at.sin_addr, SO_REUSEADDR), WSAEACCES);
  EXPECT(second_bind(&at, SO_REUSEADDR, at.sin_addr, 0), WSAEADDRINUSE);
  EXPECT(second_bind(&at, SO_REUSEADDR, at.sin_addr, SO_REUSEADDR), 0);
}

/* Row 26: the binds that fail. Linux refuses some that Windows allows; the layer cannot show those. */
void exclusive_bind(void) {
  struct sockaddr_in one = at_port(0), any = one;
  any.sin_addr.s_addr = htonl(INADDR_ANY);
  EXPECT(second_bind(&any, SO_EXCLUSIVEADDRUSE, one.sin_addr, 0), WSAEACCES);
  EXPECT(second_bind(&any, SO_EXCLUSIVEADDRUSE, one.sin_addr, SO_EXCLUSIVEADDRUSE), WSAEACCES);
  EXPECT(second_bind(&one, 0, any.sin_addr, SO_EXCLUSIVEADDRUSE), WSAEADDRINUSE);
  EXPECT(second_bind(&one, SO_EXCLUSIVEADDRUSE, one.sin_addr, SO_EXCLUSIVEADDRUSE), WSAEADDRINUSE);
}

/* Row 42. */
void excluded_ports(void) {
  struct sockaddr_in at = at_port(20030);
  SOCKET s = open_stream();
  EXPECT_ERROR(take_name(s, &at), WSAEACCES);
  closesocket(s);
}

/* ---- The clock --------------------------------------------------------------------------------------------------- */

static ULONGLONG now(void) {
  FILETIME time;
  GetSystemTimePreciseAsFileTime(&time);
  return (ULONGLONG)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

/* Row 40. */
void tick(void) {
  if (!is_set("40=on")) return;
  SOCKET s = open_stream();
  EXPECT(poll_for(s, POLLRDNORM, 5), 0);
  expect("just after a tick", now() % TICK_100NS < 100000, 1);
  ULONGLONG began = now();
  Sleep(40);
  ULONGLONG slept = (now() - began) / 10000;
  expect("late by a tick at most, if the machine is not busy", slept < 60, 1);
  expect("early by a tick at most", slept >= 24, 1);
  closesocket(s);
}

/* ---- The DLL ----------------------------------------------------------------------------------------------------- */

void all_exports(void) {
  char path[MAX_PATH];
  int count = 0;
  UINT length = GetSystemDirectoryA(path, MAX_PATH - 16);
  memcpy(path + length, "\\ws2_32.dll", sizeof "\\ws2_32.dll");
  char *base = (char *)LoadLibraryA(path);
  HMODULE layer = NULL;
  GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, (char *)(uintptr_t)WSAStartup, &layer);
  expect("two of them", base && layer && base != (char *)layer, 1);
  if (!base) return;
  IMAGE_NT_HEADERS *head = (IMAGE_NT_HEADERS *)(void *)(base + ((IMAGE_DOS_HEADER *)(void *)base)->e_lfanew);
  DWORD at = head->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT].VirtualAddress;
  IMAGE_EXPORT_DIRECTORY *table = (IMAGE_EXPORT_DIRECTORY *)(void *)(base + at);
  DWORD *names = (DWORD *)(void *)(base + table->AddressOfNames);
  for (DWORD i = 0; i < table->NumberOfNames; i++, count++)
    expect(base + names[i], GetProcAddress(layer, base + names[i]) != NULL, 1);
  expect("133 or more", count >= 133, 1);
}
