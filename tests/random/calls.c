/* calls.c - the public calls that programs are made of, all of them.
 * SPDX-License-Identifier: MIT
 */
#include "calls.h"

#include <stddef.h>

const call *const call_tables[] = {calls_socket,  calls_stream, calls_datagram, calls_event, calls_option,
                                   calls_message, calls_name,   calls_file,     calls_waker, NULL};
