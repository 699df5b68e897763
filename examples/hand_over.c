/* hand_over.c - a connection goes on in another process: one takes clients, the other answers them.
 * SPDX-License-Identifier: MIT
 *
 *   hand_over keeper 127.0.0.1:4001 4000    in one window, then in another
 *   hand_over worker 127.0.0.1:4001         and in a third
 *   client localhost 4000 "hello"
 *
 * The keeper takes one client at port 4000 and hands it to the worker, which sends back what it receives. The way between
 * them is a local socket where the system has them ("unix:/tmp/way" instead of 127.0.0.1:4001); Linux takes no other, and
 * on Windows any will do. The same source is a Linux and a Windows program. */
#include <stdio.h>
#include <string.h>

#include "tenon.h"
#include "tenon/local.h"

#define LIMIT_MS 30000 /* how long any one call may take */

static const char usage[] =
    "usage: hand_over keeper WAY SERVICE\n"
    "       hand_over worker WAY\n"
    "WAY is where keeper and worker meet: unix:PATH, on Windows ADDRESS:PORT. SERVICE is where clients come.\n"
    "Exit status: 0 if all went well, 1 if a call failed, 2 if the arguments make no sense.\n";

static int fail(const char *what, intptr_t code) {
  fprintf(stderr, "hand_over: %s: %s (%s)\n", what, tenon_strerror(code), tenon_errname(code));
  return 1;
}

static void show_way(tenon_sock s) {
  tenon_addr local;
  char text[TENON_ADDR_TEXT] = "";
  if (tenon_getsockname(s, &local) == 0) tenon_addr_format(&local, text, sizeof text);
  printf("waiting for a worker at %s\n", text);
  fflush(stdout);
}

/* Waits for one connection at an address, which is free again afterwards. */
static tenon_sock accept_one(const tenon_addr *at) {
  tenon_sock s = tenon_socket(at->family, TENON_SOCK_STREAM, 0);
  if (s < 0) return s;
  if (at->family == TENON_AF_UNIX) tenon_local_unlink_stale(at);
  int result = tenon_bind(s, at);
  if (result == 0) result = tenon_listen(s, 1);
  if (result == 0) show_way(s);
  tenon_sock accepted = result == 0 ? tenon_accept(s, NULL, LIMIT_MS) : result;
  tenon_close(s);
  if (at->family == TENON_AF_UNIX) tenon_local_unlink_stale(at);
  return accepted;
}

/* The worker says which process it is, and, in the end, that it has the client. */
static int hand_client_over(tenon_sock worker, tenon_sock listener) {
  int64_t process;
  char byte;
  if (tenon_recv_all(worker, &process, sizeof process, LIMIT_MS) != sizeof process) return TENON_EPROTO;
  tenon_sock client = tenon_accept(listener, NULL, LIMIT_MS);
  if (client < 0) return (int)client;
  int result = tenon_hand_over(worker, process, client, LIMIT_MS);
  if (result == 0) tenon_recv(worker, &byte, 1, LIMIT_MS);
  tenon_close(client);
  return result;
}

static int keep(const tenon_addr *way, const char *service) {
  tenon_sock listener = tenon_tcp_listen(NULL, service, -1);
  if (listener < 0) return fail(service, listener);
  tenon_addr local;
  tenon_getsockname(listener, &local);
  printf("listening on port %d\n", local.port);
  fflush(stdout);

  tenon_sock worker = accept_one(way);
  int result = worker < 0 ? (int)worker : hand_client_over(worker, listener);
  if (worker >= 0) tenon_close(worker);
  tenon_close(listener);
  if (result < 0) return fail("handing over", result);
  printf("handed one client over\n");
  return 0;
}

static int work(const tenon_addr *way) {
  int64_t process = tenon_process_id();
  tenon_sock keeper = tenon_socket(way->family, TENON_SOCK_STREAM, 0);
  int result = keeper < 0 ? (int)keeper : tenon_connect(keeper, way, LIMIT_MS);
  if (result < 0) return fail("connecting to the keeper", result);
  ptrdiff_t n = tenon_send(keeper, &process, sizeof process, LIMIT_MS);
  tenon_sock client = n < 0 ? (tenon_sock)n : tenon_take_over(keeper, LIMIT_MS);
  tenon_send(keeper, "!", 1, LIMIT_MS);
  tenon_close(keeper);
  if (client < 0) return fail("taking over", client);

  char data[4096];
  while ((n = tenon_recv(client, data, sizeof data, LIMIT_MS)) > 0) n = tenon_send(client, data, (size_t)n, LIMIT_MS);
  tenon_close(client);
  if (n < 0) return fail("serving", n);
  printf("served one client\n");
  return 0;
}

int main(int argc, char **argv) {
  tenon_addr way;
  if (argc == 2 && strcmp(argv[1], "--help") == 0) return fputs(usage, stdout) < 0;
  if (argc >= 3 && tenon_addr_parse(&way, argv[2]) == 0) {
    if (argc == 4 && strcmp(argv[1], "keeper") == 0) return keep(&way, argv[3]);
    if (argc == 3 && strcmp(argv[1], "worker") == 0) return work(&way);
  }
  fputs(usage, stderr);
  return 2;
}
