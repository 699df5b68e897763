/* seam.c - the seam once more: each function counts, asks the plan, and passes on to the real one.
 * SPDX-License-Identifier: MIT
 */
#include "inside.h"

/* ---- Start-up, threads ------------------------------------------------------------------------------------------ */

PASS(int, startup, TENON__START, (void), ())
PASS(int64_t, process_id, TENON__NAMES, (void), ())
PASS(int, gate_wait, TENON__NAMES, (tenon__gate * gate, int timeout_ms), (gate, timeout_ms))
PASS(int, thread_open, TENON__START, (tenon__thread * thread, tenon__thread_function *run, void *argument),
     (thread, run, argument))

int real__sys_gate_init(tenon__gate *gate);
int tenon__sys_gate_init(tenon__gate *gate) {
  RETURN_PLANNED(gate_init, TENON__START);
  int result = real__sys_gate_init(gate);
  if (result == 0) faults_note(1);
  return result;
}

void real__sys_gate_destroy(tenon__gate *gate);
void tenon__sys_gate_destroy(tenon__gate *gate) {
  real__sys_gate_destroy(gate);
  faults_note(-1);
}

/* ---- Sockets ----------------------------------------------------------------------------------------------------- */

PASS(int, adopt, TENON__NAMES, (tenon_sock s), (s))
PASS(int, bind, TENON__BIND, (tenon_sock s, const tenon__sockaddr *local, int stream), (s, local, stream))
PASS(int, listen, TENON__LISTEN, (tenon_sock s, int backlog), (s, backlog))
PASS(int, set_nonblocking, TENON__NAMES, (tenon_sock s, int on), (s, on))
PASS(int, family, TENON__NAMES, (tenon_sock s), (s))
PASS(int, had_peer, TENON__NAMES, (tenon_sock s), (s))
PASS(int, is_connecting, TENON__NAMES, (tenon_sock s), (s))
PASS(int, getsockname, TENON__NAMES, (tenon_sock s, tenon__sockaddr *local), (s, local))
PASS(int, getpeername, TENON__NAMES, (tenon_sock s, tenon__sockaddr *peer), (s, peer))
PASS(int, shutdown, TENON__NAMES, (tenon_sock s, int how), (s, how))
PASS(int, is_listening, TENON__NAMES, (tenon_sock s), (s))
PASS(int, is_v6only, TENON__NAMES, (tenon_sock s), (s))
PASS(int, is_stream, TENON__NAMES, (tenon_sock s), (s))
PASS(int, is_datagram, TENON__NAMES, (tenon_sock s), (s))
PASS(int, take_error, TENON__CONNECT, (tenon_sock s), (s))
PASS(int, get_option, TENON__NAMES, (tenon_sock s, int option), (s, option))
PASS(int, set_option, TENON__NAMES, (tenon_sock s, int option, int value), (s, option, value))
PASS(int, set_reset, TENON__NAMES, (tenon_sock s, int on), (s, on))
PASS(int, is_reset, TENON__NAMES, (tenon_sock s), (s))

tenon_sock real__sys_socket(int family, int type, int protocol);
tenon_sock tenon__sys_socket(int family, int type, int protocol) {
  RETURN_PLANNED(socket, TENON__SOCKET);
  tenon_sock s = real__sys_socket(family, type, protocol);
  if (s >= 0) faults_note(1);
  return s;
}

int real__sys_socketpair(tenon_sock pair[2]);
int tenon__sys_socketpair(tenon_sock pair[2]) {
  RETURN_PLANNED(socketpair, TENON__SOCKET);
  int result = real__sys_socketpair(pair);
  if (result == 0) faults_note(2);
  return result;
}

int real__sys_connect(tenon_sock s, const tenon__sockaddr *peer);
int tenon__sys_connect(tenon_sock s, const tenon__sockaddr *peer) {
  ptrdiff_t planned = 0;
  tenon__sockaddr way;
  int is_planned = faults_here(AT_connect, &planned), result;
  faults_note_transfer(0);
  if (is_planned && planned != TENON_EINPROGRESS) return faults_fail(TENON__CONNECT, (int)planned);
  if (!faults_find_way(peer, &way, &result)) return faults_fail(TENON__CONNECT, result);
  result = real__sys_connect(s, &way);
  return result == 0 && is_planned ? faults_fail(TENON__CONNECT, (int)planned) : result;
}

tenon_sock real__sys_accept(tenon_sock s, tenon__sockaddr *peer);
tenon_sock tenon__sys_accept(tenon_sock s, tenon__sockaddr *peer) {
  RETURN_PLANNED(accept, TENON__ACCEPT);
  tenon_sock accepted = real__sys_accept(s, peer);
  if (accepted >= 0) faults_note(1);
  return accepted;
}

int real__sys_close(tenon_sock s);
int tenon__sys_close(tenon_sock s) {
  ptrdiff_t planned = 0;
  int is_planned = faults_here(AT_close, &planned);
  int result = real__sys_close(s);
  faults_note(-1);
  return result == 0 && is_planned ? faults_fail(TENON__NAMES, (int)planned) : result;
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

PASS(int, open_file, TENON__OPEN, (const char *path, FILE **file), (path, file))
PASS(int64_t, file, TENON__OPEN, (FILE * file, tenon__file *native), (file, native))

/* ---- Names ------------------------------------------------------------------------------------------------------- */

int real__sys_getaddrinfo(const char *name, int is_host, const tenon__native_info *hints, tenon__native_info **list);
int tenon__sys_getaddrinfo(const char *name, int is_host, const tenon__native_info *hints, tenon__native_info **list) {
  int result;
  RETURN_PLANNED(getaddrinfo, TENON__LOOKUP);
  if (!is_host || !faults_look_up(list, &result)) result = real__sys_getaddrinfo(name, is_host, hints, list);
  if (result == 0 && *list) faults_note(1);
  return result;
}

int real__sys_canonname(const tenon__native_info *list, char *name, size_t size);
int tenon__sys_canonname(const tenon__native_info *list, char *name, size_t size) {
  int result;
  RETURN_PLANNED(canonname, TENON__LOOKUP);
  return faults_canonname(list, name, size, &result) ? result : real__sys_canonname(list, name, size);
}

void real__sys_freeaddrinfo(tenon__native_info *list);
void tenon__sys_freeaddrinfo(tenon__native_info *list) {
  if (!faults_forget_list(list)) real__sys_freeaddrinfo(list);
  faults_note(-1);
}

int real__sys_getnameinfo(const tenon__sockaddr *address, char *host, size_t size);
int tenon__sys_getnameinfo(const tenon__sockaddr *address, char *host, size_t size) {
  int result;
  RETURN_PLANNED(getnameinfo, TENON__LOOKUP);
  return faults_name_host(host, size, &result) ? result : real__sys_getnameinfo(address, host, size);
}
