/* faults.h - bad days on request: Tenon over a seam that counts its calls and makes them fail as planned.
 * SPDX-License-Identifier: MIT
 *
 * The fault tests are built from the library's own sources. CMake renames the backend's functions, tenon__sys_bind to
 * real__sys_bind, and seam.c stands in between. What seam.c does not have is left alone.
 *
 * Plans are made while no call is under way. Without a plan everything is passed on.
 */
#ifndef TENON_TESTS_FAULTS_H
#define TENON_TESTS_FAULTS_H

#include <stddef.h>
#include <stdint.h>

#include "tenon.h"

/* The functions that can fail, or answer differently; AT_bind is that of tenon__sys_bind. */
#define FAULTS_POINTS(X)                                                                                               \
  X(startup), X(socket), X(socketpair), X(adopt), X(connect), X(bind), X(listen), X(accept), X(close),                 \
      X(set_nonblocking), X(family), X(had_peer), X(is_connecting), X(send), X(sendv), X(sendmsg), X(recv), X(sendto), \
      X(recvfrom), X(recvv), X(recvmsg), X(wake), X(wait), X(poll), X(getaddrinfo), X(canonname), X(getnameinfo),      \
      X(thread_open), X(gate_init), X(gate_wait), X(getsockname), X(getpeername), X(shutdown), X(is_listening),        \
      X(is_v6only), X(is_stream), X(is_datagram), X(take_error), X(get_option), X(set_option), X(set_reset),           \
      X(is_reset), X(open_file), X(file), X(send_file), X(sendmsgs), X(recvmsgs), X(process_id)
#define FAULTS_ENUMERATOR(name) AT_##name
typedef enum faults_point { FAULTS_POINTS(FAULTS_ENUMERATOR), FAULTS_POINT_COUNT } faults_point;

/* Forgets all plans, hosts, routes and counts, but not what is left. */
void faults_clear(void);

/* ---- Plans ------------------------------------------------------------------------------------------------------- */

enum { FAULTS_ALWAYS = 1000000 };

/* Planned for a transfer: it moves all that it was asked to, without a peer. The bytes of what is received are not set. */
enum { FAULTS_ALL = 2000000000 };

/* Gives this result to count calls of a function, from the first-th on (1 is the next one), instead of making them;
 * TENON_E... codes come with the system's own number for them. But closing closes all the same, a connect that "goes
 * on" (TENON_EINPROGRESS) is begun, and a positive result of what sends or receives only limits the size. */
void faults_add(faults_point at, int first, int count, ptrdiff_t result);

int faults_calls(faults_point at); /* since faults_clear(), failed ones included */
const char *faults_name(faults_point at);
int faults_native(void); /* the system's number that came with the last planned failure */

/* The n-th allocation from here on fails, 1 being the next one, and none if n is 0. How many have failed since. */
void faults_fail_allocation(int n);
int faults_failed_allocations(void);

/* How much was got and not given back: handles, lists of addresses, gates, memory. Closing a handle once too often makes
 * it negative. */
int faults_left(void);

/* 1 once nothing is left, for lookups that were left behind end when they like. What still is left after a while is told
 * once: it counts no more. */
int faults_nothing_left(void);

/* ---- Time -------------------------------------------------------------------------------------------------------- */

/* The library's clock stands still from here on. Each transfer, each connect and each wait that a plan ends with 0 takes step_us.
 * Another wait that ends without an event takes its timeout. faults_clear() gives the system's clock back. For one
 * thread. */
void faults_set_clock(int64_t step_us);
/* Since then: the most bytes that any transfer was asked to move, and how often the library read the clock. */
size_t faults_most_bytes(void);
int faults_clock_readings(void);

/* ---- A network and a resolver under control ---------------------------------------------------------------------- */

/* Lookups of any host are answered from here: by a failure unless that is 0, or by addresses, as text with single
 * spaces between them, among which "?" is one of a family that nobody knows, and by a canonical name, which may be
 * NULL. The texts must outlive the plan. */
void faults_set_host(int failure, const char *addresses, const char *canonname);

/* Lookups do not answer, until they are let go. */
void faults_hold_lookups(void);
void faults_let_lookups_go(void);
int faults_held_lookups(void); /* how many there are at the moment */

/* Connecting to an address, whose port does not matter, fails with this code, or goes to another address. All that are
 * neither this host nor set are unreachable. */
void faults_set_dead(const char *address, int code);
void faults_set_route(const char *address, const tenon_addr *at);

#endif
