/* selftest.c - proves each behaviour of the layer.
 * SPDX-License-Identifier: MIT
 *
 * Prints "pass  NAME" or "FAIL  NAME" for each test, as the suite does.
 */
#include "selftest.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
  const char *name;
  row_test *run;
} tests[] = {
    {"a_pending_connect_has_a_name_and_moves_nothing", pending_connect},
    {"a_refused_connect_stays_refused", refused_connect},
    {"a_second_connect_can_succeed", second_connect},
    {"a_full_queue_refuses", full_queue},
    {"a_refusal_comes_late_unless_the_first_is_taken", late_refusal},
    {"a_wrong_family_is_declined", wrong_family},
    {"a_conditional_listener_keeps_connects_pending", conditional_accept},
    {"a_conditional_listener_that_is_closed_refuses", listener_closed},
    {"connect_runs_out_of_buffers", no_buffers_connect},
    {"a_reset_is_told_each_time", reset},
    {"a_reset_after_the_end_is_an_abort", aborted},
    {"a_send_is_taken_whole", whole_send},
    {"data_and_the_end_are_told_at_once", data_and_end},
    {"the_third_file_waits", transmit_file},
    {"what_was_taken_arrives_after_a_close", half_sent_close},
    {"send_runs_out_of_buffers", no_buffers_send},
    {"a_layered_provider_keeps_the_base_handle", base_handle},
    {"an_unbound_receive_fails", unbound_receive},
    {"a_large_message_has_its_size", message_size},
    {"a_closed_port_is_told", unreachable_port},
    {"a_duplicate_from_before_bind_is_unbound", duplicate_unbound},
    {"unknown_events_are_refused", poll_events},
    {"options_are_valid_where_they_should_be", options},
    {"shared_ports", shared_bind},
    {"exclusive_ports", exclusive_bind},
    {"excluded_ports", excluded_ports},
    {"listen_in_all_states", listen_states},
    {"waits_end_with_the_tick", tick},
    {"all_that_the_builtin_exports_is_exported", all_exports},
};

static int failures;

void expect(const char *what, long long got, long long wanted) {
  if (got == wanted) return;
  printf("  %s: %lld, not %lld\n", what, got, wanted);
  failures++;
}

int is_set(const char *setting) {
  const char *settings = getenv("TENON_WINDOWS_LAYER");
  const char *at = settings ? strstr(settings, setting) : NULL;
  return at && (at == settings || at[-1] == ',') && (at[strlen(setting)] == '\0' || at[strlen(setting)] == ',');
}

/* ---- Sockets ----------------------------------------------------------------------------------------------------- */

static SOCKET open_socket(int type) {
  u_long on = 1;
  SOCKET s = socket(AF_INET, type, 0);
  ioctlsocket(s, (long)FIONBIO, &on);
  return s;
}

SOCKET open_stream(void) {
  return open_socket(SOCK_STREAM);
}

SOCKET open_datagrams(void) {
  return open_socket(SOCK_DGRAM);
}

int go_to(SOCKET s, const struct sockaddr_in *at) {
  return connect(s, (const struct sockaddr *)at, sizeof *at);
}

int take_name(SOCKET s, const struct sockaddr_in *at) {
  return bind(s, (const struct sockaddr *)at, sizeof *at);
}

struct sockaddr_in at_port(unsigned short port) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return at;
}

struct sockaddr_in name_of(SOCKET s) {
  struct sockaddr_in at;
  int size = sizeof at;
  memset(&at, 0, sizeof at);
  getsockname(s, (struct sockaddr *)&at, &size);
  return at;
}

struct sockaddr_in nobody(void) {
  SOCKET s = open_stream();
  struct sockaddr_in at = at_port(0);
  take_name(s, &at);
  at = name_of(s);
  closesocket(s);
  return at;
}

SOCKET open_listener(int backlog, struct sockaddr_in *at) {
  SOCKET s = open_stream();
  *at = at_port(0);
  take_name(s, at);
  *at = name_of(s);
  EXPECT(listen(s, backlog), 0);
  return s;
}

void open_pair(SOCKET pair[2]) {
  struct sockaddr_in at;
  u_long on = 1;
  SOCKET listener = open_listener(5, &at);
  pair[0] = open_stream();
  EXPECT_ERROR(go_to(pair[0], &at), WSAEWOULDBLOCK);
  EXPECT(poll_for(pair[0], POLLWRNORM, 5000), POLLWRNORM);
  pair[1] = accept(listener, NULL, NULL);
  expect("accept", pair[1] != INVALID_SOCKET, 1);
  ioctlsocket(pair[1], (long)FIONBIO, &on);
  closesocket(listener);
}

void close_hard(SOCKET s) {
  struct linger linger = {1, 0};
  setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof linger);
  closesocket(s);
}

int error_of(SOCKET s) {
  int error = -1, size = sizeof error;
  getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&error, &size);
  return error;
}

int peer_of(SOCKET s) {
  struct sockaddr_in at;
  int size = sizeof at;
  return getpeername(s, (struct sockaddr *)&at, &size) == 0 ? ntohs(at.sin_port) : SOCKET_ERROR;
}

short poll_for(SOCKET s, short events, int limit_ms) {
  WSAPOLLFD item = {s, events, 0};
  return WSAPoll(&item, 1, limit_ms) < 0 ? -1 : item.revents;
}

short poll_at_once(SOCKET s, short events) {
  return poll_for(s, events, 0);
}

void take_first_refusal(SOCKET s) {
  struct {
    USHORT rtt;
    UCHAR repetitions;
  } rto = {0xFFFF, 0xFE};
  DWORD bytes;
  EXPECT(WSAIoctl(s, _WSAIOW(IOC_VENDOR, 17), &rto, sizeof rto, NULL, 0, &bytes, NULL, NULL), 0);
}

/* ---- The program ------------------------------------------------------------------------------------------------- */

/* Without names, all tests run. */
static int is_wanted(const char *name, int count, char **names) {
  for (int i = 1; i < count; i++)
    if (strcmp(names[i], name) == 0) return 1;
  return count <= 1;
}

int main(int count, char **names) {
  WSADATA data;
  int failed = 0;
  setvbuf(stdout, NULL, _IONBF, 0);
  if (WSAStartup(MAKEWORD(2, 2), &data) != 0) return 1;
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
    if (!is_wanted(tests[i].name, count, names)) continue;
    failures = 0;
    tests[i].run();
    printf("%s  layer.%s\n", failures ? "FAIL" : "pass", tests[i].name);
    failed += failures != 0;
  }
  WSACleanup();
  return failed != 0;
}
