/* argument.h - the kinds of arguments: how one is chosen, what it stands for, and how it reads in C.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_RANDOM_ARGUMENT_H
#define TENON_TESTS_RANDOM_ARGUMENT_H

#include <stddef.h>

#include "play.h"

/* Sockets: the slots, and what is none. */
enum { NO_SOCKET = SLOTS, CLOSED_SOCKET, WIDE_SOCKET, FILE_HANDLE, SOCKET_ARGUMENTS };

/* Addresses: of each slot; its port at the unspecified address, and at the loopback address of the other family; others. */
enum {
  AT_SLOT,
  ANY_OF_SLOT = AT_SLOT + SLOTS,
  OTHER_OF_SLOT = ANY_OF_SLOT + SLOTS,
  LOOPBACK4 = OTHER_OF_SLOT + SLOTS,
  LOOPBACK6,
  ANY4,
  ANY6,
  REFUSING4,
  REFUSING6,
  NULL_ADDRESS,
  NO_FAMILY,
  FOREIGN,
  ADDRESSES
};
enum { REFUSING_PORT = -1 };

/* The address as the model has it; 0 for NULL. */
int argument_address(const model *m, int argument, address *to);

/* A choice for the kind. */
int argument_choose(prng *from, const model *m, char letter, int (*wants)(const model *m, int s));

/* How it reads in C. */
void argument_text(char letter, int value, char *text, size_t size);

/* The values behind some kinds. */
enum { LIMIT_NONE, LIMIT_SHORT, LIMIT_LONG, LIMIT_FOREVER, LIMIT_BAD };
int argument_limit(int value);
int argument_size(int value);
int argument_number(int value);

#endif
