/* selftest.h - what the files of the layer's own tests share. The program calls Winsock directly, without Tenon.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_WINDOWS_SELFTEST_H
#define TENON_TESTS_WINDOWS_SELFTEST_H

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#undef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00

#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#include <string.h>

/* Prints a line and counts a failure if the two differ. */
void expect(const char *what, long long got, long long wanted);
#define EXPECT(call, wanted) expect(#call, (long long)(call), (long long)(wanted))
#define EXPECT_ERROR(call, wanted)                                       \
  do {                                                                   \
    expect(#call " fails", (long long)(call), SOCKET_ERROR);             \
    expect(#call " fails with", WSAGetLastError(), (long long)(wanted)); \
  } while (0)

/* Whether TENON_WINDOWS_LAYER has this setting. */
int is_set(const char *setting);

/* All sockets are IPv4 sockets on loopback addresses. */
SOCKET open_stream(void); /* non-blocking */
SOCKET open_datagrams(void);
int go_to(SOCKET s, const struct sockaddr_in *at);     /* connects */
int take_name(SOCKET s, const struct sockaddr_in *at); /* binds */
struct sockaddr_in name_of(SOCKET s);
struct sockaddr_in at_port(unsigned short port);
struct sockaddr_in nobody(void); /* an address where nobody listens */
SOCKET open_listener(int backlog, struct sockaddr_in *at);
void open_pair(SOCKET pair[2]); /* a client and its server */
void close_hard(SOCKET s);
int error_of(SOCKET s);
int peer_of(SOCKET s);
short poll_at_once(SOCKET s, short events);
short poll_for(SOCKET s, short events, int limit_ms);
void take_first_refusal(SOCKET s);

typedef void row_test(void);
row_test pending_connect, refused_connect, second_connect, full_queue, late_refusal, wrong_family, conditional_accept,
    listener_closed, no_buffers_connect;
row_test reset, aborted, whole_send, data_and_end, transmit_file, half_sent_close, no_buffers_send, base_handle;
row_test unbound_receive, message_size, unreachable_port, duplicate_unbound, poll_events, options, shared_bind,
    exclusive_bind, excluded_ports, listen_states, tick, all_exports;

#endif
