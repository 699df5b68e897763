/* wants.h - the sockets that calls are mostly made with, and what several tables of calls share.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_RANDOM_WANTS_H
#define TENON_TESTS_RANDOM_WANTS_H

#include "play.h"

int wants_connected(const model *m, int s);
int wants_readable(const model *m, int s);
int wants_fresh(const model *m, int s); /* neither bound nor connected */
int wants_bound(const model *m, int s); /* a stream that may listen */
int wants_listener(const model *m, int s);
int wants_full_listener(const model *m, int s); /* somebody waits to be accepted */
int wants_connectable(const model *m, int s);
int wants_begun(const model *m, int s);
int wants_datagrams(const model *m, int s);
int wants_held(const model *m, int s);    /* a datagram waits to be received */
int wants_watched(const model *m, int s); /* a full one, if there is one */
int wants_worn(const model *m, int s);    /* closing it makes room for something new */

/* Bytes that follow from a position in a direction, so that each of them can be checked. */
void bytes_fill(unsigned char *data, int size, uint32_t position, int end);
const char *bytes_check(const unsigned char *data, intptr_t size, uint32_t position, int end);

#endif
