/* error_mapping_test.c - what each native number means in each operation.
 * SPDX-License-Identifier: MIT
 *
 * It looks behind tenon.h: most of these numbers cannot be provoked.
 */
#include "support/errors.h"

#include <stdio.h>
#include <string.h>

#include "check.h"
#include "tenon.h"

/* The numbers of all systems and of their resolvers lie between these. */
enum { FIRST = -100, LAST = 12000 };

static const struct {
  tenon__operation operation;
  const char *name;
} operations[] = {
    {TENON__SOCKET, "socket"},     {TENON__CONNECT, "connect"}, {TENON__BIND, "bind"},   {TENON__LISTEN, "listen"},
    {TENON__ACCEPT, "accept"},     {TENON__SEND, "send"},       {TENON__RECV, "recv"},   {TENON__SENDTO, "sendto"},
    {TENON__RECVFROM, "recvfrom"}, {TENON__NAMES, "names"},     {TENON__START, "start"}, {TENON__OPEN, "open"},
    {TENON__ANY, "any"},           {TENON__LOOKUP, "lookup"},
};
enum { OPERATIONS = sizeof operations / sizeof *operations };

static void note(const char *operation, int native) {
  static char text[64];
  snprintf(text, sizeof text, "%s, native number %d", operation, native);
  check_note(text);
}

/* The rows for one operation come before those for any, and resolvers number their errors apart. */
static int expected_code(tenon__operation operation, int native) {
  int code = operation == TENON__LOOKUP ? TENON_EAI_FAIL : TENON_EIO;
  for (int i = 0; i < expected_error_count; i++) {
    if (expected_errors[i].native != native) continue;
    if (expected_errors[i].operation == operation) return expected_errors[i].code;
    if (expected_errors[i].operation == TENON__ANY && operation != TENON__LOOKUP) code = expected_errors[i].code;
  }
  return code;
}

/* D034 D035 D036 D039 D070 */
TEST(each_native_number_means_what_the_catalogue_says) {
  for (size_t i = 0; i < OPERATIONS; i++) {
    for (int native = FIRST; native <= LAST; native++) {
      int code = tenon__error_code(operations[i].operation, native);
      int expected = expected_code(operations[i].operation, native);
      if (code != expected) note(operations[i].name, native);
      CHECK_EQ(code, expected);
    }
  }
}

/* D173: 0 is success, and only receiving has one: the end of the stream. */
TEST(each_native_number_becomes_a_code_with_a_name) {
  for (size_t i = 0; i < OPERATIONS; i++) {
    for (int native = FIRST; native <= LAST; native++) {
      int code = tenon__error_code(operations[i].operation, native);
      if (code == 0 && operations[i].operation == TENON__RECV) continue;
      note(operations[i].name, native);
      CHECK(code < 0);
      CHECK(strcmp(tenon_errname(code), "EUNKNOWN") != 0);
    }
  }
}

TEST(what_is_remembered_is_the_native_number) {
  CHECK_EQ(tenon__returned(TENON__NAMES, 11999), TENON_EIO);
  CHECK_EQ(tenon_native_error(), 11999);
  CHECK_EQ(tenon__returned(TENON__LOOKUP, -99), TENON_EAI_FAIL);
  CHECK_EQ(tenon_native_error(), -99);
  CHECK_EQ(tenon__refuse(TENON_EINVAL), TENON_EINVAL);
  CHECK_EQ(tenon_native_error(), 0);
}
