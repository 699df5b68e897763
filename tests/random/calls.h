/* calls.h - the tables of calls, and which of them programs are made of.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_RANDOM_CALLS_H
#define TENON_TESTS_RANDOM_CALLS_H

#include "play.h"

extern const call calls_socket[], calls_stream[], calls_datagram[], calls_event[], calls_option[], calls_message[],
    calls_name[], calls_file[], calls_waker[];

#endif
