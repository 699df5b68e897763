/* error_test.c - codes: their numbers, names, messages and classes.
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>
#include <string.h>

#include "check.h"
#include "tenon.h"

enum { WAIT = 1, GONE = 2, RETRY = 4 };

/* All of the header's codes. The numbers are for ever: programs built with them may meet a later library. */
#define CODE(name, number, classes) \
  { TENON_##name, number, #name, classes }

static const struct {
  int code, number;
  const char *name;
  int classes;
} codes[] = {
    CODE(ENOENT, 2, 0),
    CODE(EIO, 5, 0),
    CODE(ENXIO, 6, 0),
    CODE(EBADF, 9, 0),
    CODE(EAGAIN, 11, WAIT | RETRY),
    CODE(ENOMEM, 12, RETRY),
    CODE(EACCES, 13, 0),
    CODE(EFAULT, 14, 0),
    CODE(EBUSY, 16, 0),
    CODE(EINVAL, 22, 0),
    CODE(ENFILE, 23, RETRY),
    CODE(EMFILE, 24, RETRY),
    CODE(ENOSPC, 28, 0),
    CODE(EPIPE, 32, GONE),
    CODE(ENAMETOOLONG, 36, 0),
    CODE(ENOSYS, 38, 0),
    CODE(ELOOP, 40, 0),
    CODE(EPROTO, 71, 0),
    CODE(EOVERFLOW, 75, 0),
    CODE(ENOTSOCK, 88, 0),
    CODE(EDESTADDRREQ, 89, 0),
    CODE(EMSGSIZE, 90, 0),
    CODE(EPROTOTYPE, 91, 0),
    CODE(ENOPROTOOPT, 92, 0),
    CODE(EPROTONOSUPPORT, 93, 0),
    CODE(ESOCKTNOSUPPORT, 94, 0),
    CODE(ENOTSUP, 95, 0),
    CODE(EAFNOSUPPORT, 97, 0),
    CODE(EADDRINUSE, 98, 0),
    CODE(EADDRNOTAVAIL, 99, 0),
    CODE(ENETDOWN, 100, 0),
    CODE(ENETUNREACH, 101, 0),
    CODE(ENETRESET, 102, GONE),
    CODE(ECONNABORTED, 103, GONE),
    CODE(ECONNRESET, 104, GONE),
    CODE(ENOBUFS, 105, RETRY),
    CODE(EISCONN, 106, 0),
    CODE(ENOTCONN, 107, 0),
    CODE(ESHUTDOWN, 108, 0),
    CODE(ETIMEDOUT, 110, 0),
    CODE(ECONNREFUSED, 111, 0),
    CODE(EHOSTDOWN, 112, 0),
    CODE(EHOSTUNREACH, 113, 0),
    CODE(EALREADY, 114, WAIT),
    CODE(EINPROGRESS, 115, WAIT),
    CODE(ECANCELED, 125, 0),
    CODE(EAI_BADFLAGS, 1001, 0),
    CODE(EAI_NONAME, 1002, 0),
    CODE(EAI_AGAIN, 1003, RETRY),
    CODE(EAI_FAIL, 1004, 0),
    CODE(EAI_FAMILY, 1006, 0),
    CODE(EAI_SOCKTYPE, 1007, 0),
    CODE(EAI_SERVICE, 1008, 0),
    CODE(EAI_ADDRFAMILY, 1009, 0),
};
enum { CODES = sizeof codes / sizeof *codes };

static const intptr_t successes[] = {0, 1, 2, 111, 1002, INT_MAX, INTPTR_MAX};
static const intptr_t unknown[] = {-1, -3, -96, -109, -116, -1000, -1005, -1010, -11001, INT_MIN, INTPTR_MIN};

/* D021 */
TEST(codes_have_the_numbers_of_linux_or_of_their_own_range) {
  for (int i = 0; i < CODES; i++) {
    check_note(codes[i].name);
    CHECK_EQ(codes[i].code, -codes[i].number);
  }
  CHECK_EQ(TENON_EOPNOTSUPP, TENON_ENOTSUP);
}

TEST(each_code_has_its_name) {
  for (int i = 0; i < CODES; i++) CHECK_STR(tenon_errname(codes[i].code), codes[i].name);
}

TEST(no_other_number_has_a_name) {
  int named = 0;
  for (intptr_t code = -1; code > -20000; code--) {
    int has_name = strcmp(tenon_errname(code), "EUNKNOWN") != 0;
    int has_message = strcmp(tenon_strerror(code), "unknown error") != 0;
    CHECK_EQ(has_name, has_message);
    named += has_name;
  }
  CHECK_EQ(named, CODES);
}

static int is_plain_text(const char *text) {
  for (const char *c = text; *c; c++)
    if (*c < ' ' || *c > '~') return 0;
  return *text != '\0';
}

/* D024 */
TEST(each_code_has_a_message_of_its_own) {
  for (int i = 0; i < CODES; i++) {
    const char *message = tenon_strerror(codes[i].code);
    check_note(codes[i].name);
    CHECK(message != NULL);
    CHECK(is_plain_text(message));
    CHECK(strcmp(message, "success") != 0);
    for (int k = 0; k < i; k++) CHECK(strcmp(message, tenon_strerror(codes[k].code)) != 0);
  }
}

TEST(messages_and_names_stay_where_they_are) {
  for (int i = 0; i < CODES; i++) {
    CHECK(tenon_strerror(codes[i].code) == tenon_strerror(codes[i].code));
    CHECK(tenon_errname(codes[i].code) == tenon_errname(codes[i].code));
  }
}

TEST(what_is_no_error_is_a_success) {
  for (size_t i = 0; i < sizeof successes / sizeof *successes; i++) {
    CHECK_STR(tenon_errname(successes[i]), "OK");
    CHECK_STR(tenon_strerror(successes[i]), "success");
  }
}

TEST(unknown_codes_are_named_as_such) {
  for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
    CHECK_STR(tenon_errname(unknown[i]), "EUNKNOWN");
    CHECK_STR(tenon_strerror(unknown[i]), "unknown error");
  }
}

static int classes_of(intptr_t code) {
  return tenon_is_would_block(code) * WAIT + tenon_is_peer_gone(code) * GONE + tenon_is_retryable(code) * RETRY;
}

TEST(each_code_belongs_to_its_classes) {
  for (int i = 0; i < CODES; i++) {
    check_note(codes[i].name);
    CHECK_EQ(classes_of(codes[i].code), codes[i].classes);
  }
}

/* On systems with handles of 64 bits results are as wide, and their lower halves alone mean nothing. */
TEST(what_is_no_code_belongs_to_no_class) {
  for (size_t i = 0; i < sizeof successes / sizeof *successes; i++) CHECK_EQ(classes_of(successes[i]), 0);
  for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) CHECK_EQ(classes_of(unknown[i]), 0);
  for (int i = 0; i < CODES; i++) {
    intptr_t far = INTPTR_MAX > INT32_MAX ? (intptr_t)(codes[i].code - ((int64_t)1 << 32)) : INTPTR_MIN;
    CHECK_EQ(classes_of(far), 0);
    CHECK_STR(tenon_errname(far), "EUNKNOWN");
    CHECK_EQ(classes_of(codes[i].number), 0);
  }
}
