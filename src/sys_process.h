/* sys_process.h - the part of the seam for servers: processes and interrupts.
 * SPDX-License-Identifier: MIT */
#ifndef TENON_SRC_SYS_PROCESS_H
#define TENON_SRC_SYS_PROCESS_H

#include "sys.h"

/* ---- Processes (sys_process.c), for src/server ---- */

/* Starts this program once more, as a worker that has this end of a socket pair, which stays the caller's as well, and
 * that is told the key. What the program printed so far is flushed before. 0, or 1: this is the worker, where it starts
 * as a copy. */
int tenon__sys_process_start(tenon__process *worker, tenon_sock channel, uint32_t key);
/* Whether it has ended, be it by itself. */
int tenon__sys_process_is_over(const tenon__process *worker);
/* Ends it whatever it does, and forgets it. */
void tenon__sys_process_end(tenon__process *worker);
/* Its number, as tenon__sys_process_id() of its own. */
int64_t tenon__sys_process_number(const tenon__process *worker);
/* A number that tells the threads of a process apart. */
int64_t tenon__sys_thread_id(void);
/* Whether this process is a worker; its end of the channel, for the first one that asks with the right key, and
 * TENON_EBUSY for others. */
int tenon__sys_is_worker(void);
tenon_sock tenon__sys_worker_channel(uint32_t key);
/* From here on what is typed at the terminal does not concern this process, nor does a polite request to end, and a
 * crash asks nobody what to do. Where the system asks one process after the other to end, and waits for each, such a
 * request is passed on by tenon__sys_wake() through the channel. */
void tenon__sys_worker_begin(tenon_sock channel);

/* ---- Interrupts (sys_interrupt.c), for src/server ---- */

/* What asks this process to end wakes trigger instead; TENON_NO_SOCK: what was before. */
int tenon__sys_on_interrupt(tenon_sock trigger);
/* Handles a request that a worker passed on as one to this process: 1, or 0 if no trigger is set. */
int tenon__sys_interrupt(void);

#endif
