/* sweep.h - one scenario over and over, each time with another fault.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_FAULTS_SWEEP_H
#define TENON_TESTS_FAULTS_SWEEP_H

#include "faults.h"

/* A scenario does with Tenon what programs do and returns 0, the first error, or that something was not as it should be
 * though no call had failed. What it opens it keeps in socks, which are TENON_NO_SOCK at first, and the sweep closes. */
enum { SWEEP_SOCKS = 8, SWEEP_WRONG = 1 };
typedef ptrdiff_t sweep_scenario(tenon_sock *socks);

/* Leaves the scenario with an error; or as wrong. */
#define SWEEP_TRY(call)                         \
  do {                                          \
    ptrdiff_t sweep_result = (ptrdiff_t)(call); \
    if (sweep_result < 0) return sweep_result;  \
  } while (0)
#define SWEEP_EXPECT(condition)           \
  do {                                    \
    if (!(condition)) return SWEEP_WRONG; \
  } while (0)

/* Runs it without a fault, then with each call failing in each way that is plausible for its function, then with each
 * function failing for good. Each time it has to end soon, with that very failure, leave no handle and no memory behind,
 * and succeed again without the fault. It may succeed in spite of what passes if one tries again, and of failures of the
 * functions that gets_over names ("bind socket"; "*" for all of them). 1 if all of that held; a line about it is
 * printed. */
int sweep(const char *name, sweep_scenario *run, const char *gets_over);

/* What there is to get over where a connection is made, and where two sockets become a pair, of which some systems make
 * a connection: the mode, the name and the type are asked for or changed once more, when all is done. */
#define SWEEP_CONNECTING "connect getsockname getpeername set_nonblocking is_stream"
#define SWEEP_PAIRING SWEEP_CONNECTING " set_option"

/* Likewise with each allocation failing in turn, until a run makes none that fails. */
int sweep_allocations(const char *name, sweep_scenario *run);

#endif
