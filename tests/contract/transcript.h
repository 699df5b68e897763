/* transcript.h - the lines of the transcript: an id, what was called, the trap that it is about, and what came of it.
 * SPDX-License-Identifier: MIT
 *
 * SHOW("connect.refused", "D052", tenon_connect(s, &nobody, LIMIT));
 *
 * The call is written out as it stands, so names of variables are chosen for those who read the transcript. A trap is
 * the number of a difference between systems that the operation proves to be gone (docs/divergences.md), or "". Nothing
 * that varies may be shown: no ports, no handles, no times. */
#ifndef TENON_TESTS_CONTRACT_TRANSCRIPT_H
#define TENON_TESTS_CONTRACT_TRANSCRIPT_H

#include "net.h"
#include "tenon.h"

#define LIMIT NET_LIMIT_MS /* of what is to succeed, or to fail at once */
#define SHORT 50           /* of what is to run into its limit */

#define SHOW(id, trap, call) transcript_result(id, trap, #call, (intptr_t)(call))
#define OPEN(id, trap, call) transcript_handle(id, trap, #call, call)
#define COUNT(id, trap, call) transcript_count(id, trap, #call, call)
#define TIMED(id, trap, call) (transcript_start_clock(), transcript_timed(id, trap, #call, (intptr_t)(call)))
#define FACT(id, trap, condition) transcript_fact(id, trap, #condition, (condition) != 0)
#define TEXT(id, trap, text) transcript_text(id, trap, #text, text)

/* "OK" for 0, a number above it, or the name of the error. */
void transcript_result(const char *id, const char *trap, const char *call, intptr_t result);
/* "OK" for any handle, which is passed on. */
tenon_sock transcript_handle(const char *id, const char *trap, const char *call, tenon_sock result);
/* The number, 0 too, or the name of the error. */
void transcript_count(const char *id, const char *trap, const char *call, ptrdiff_t result);
/* That, and whether it came before SHORT had passed. */
void transcript_start_clock(void);
void transcript_timed(const char *id, const char *trap, const char *call, intptr_t result);
/* "yes" or "no". */
void transcript_fact(const char *id, const char *trap, const char *condition, int holds);
void transcript_text(const char *id, const char *trap, const char *call, const char *text);

/* The lines after it are not shown. */
void transcript_end(void);

/* The address without its port, or "none". Good until the next call. */
const char *host_of(const tenon_addr *addr);
/* Bytes as text, or the name of the error. Good until the next call. */
const char *bytes_of(const char *data, ptrdiff_t count);

#endif
