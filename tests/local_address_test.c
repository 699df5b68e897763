/* local_address_test.c - local addresses as values, as text and in the system's form.
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check.h"
#include "tenon/local.h"

static tenon_addr at_path(const char *path) {
  tenon_addr at = tenon_addr_any(0, 0);
  tenon_addr_local(&at, path);
  return at;
}

TEST(a_local_address_holds_a_path_and_nothing_else) {
  char longest[TENON_LOCAL_PATH + 2];
  tenon_addr addr, again;
  memset(longest, 'p', sizeof longest);
  longest[TENON_LOCAL_PATH] = '\0';
  CHECK_EQ(tenon_addr_local(&addr, longest), 0);
  CHECK_EQ(addr.family, TENON_AF_UNIX);
  CHECK_EQ(addr.port, 0);
  CHECK_STR(addr.path, longest);
  CHECK_EQ(tenon_addr_local(&again, "p"), 0);
  CHECK(!tenon_addr_equal(&addr, &again));
  CHECK_EQ(tenon_addr_local(&again, longest), 0);
  CHECK(tenon_addr_equal(&addr, &again));
  longest[TENON_LOCAL_PATH] = 'p';
  longest[TENON_LOCAL_PATH + 1] = '\0';
  CHECK_EQ(tenon_addr_local(&addr, longest), TENON_ENAMETOOLONG);
  CHECK_EQ(tenon_addr_local(&addr, ""), TENON_EINVAL);
  CHECK_EQ(tenon_addr_local(&addr, NULL), TENON_EINVAL);
  CHECK_EQ(tenon_addr_local(NULL, "p"), TENON_EINVAL);
  CHECK(tenon_addr_equal(&addr, &again)); /* not touched */
}

TEST(a_local_address_is_text_and_back) {
  static const char *const texts[] = {"unix:/run/demo/socket", "unix:relative", "unix:@name", "unix:", "unix:a b:80"};
  char text[TENON_ADDR_TEXT];
  tenon_addr addr;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    check_note(texts[i]);
    CHECK_EQ(tenon_addr_parse(&addr, texts[i]), 0);
    CHECK_EQ(addr.family, TENON_AF_UNIX);
    CHECK_STR(addr.path, texts[i] + 5);
    CHECK_EQ(tenon_addr_format(&addr, text, strlen(texts[i]) + 1), strlen(texts[i]));
    CHECK_STR(text, texts[i]);
    CHECK_EQ(tenon_addr_format(&addr, text, strlen(texts[i])), TENON_ENOSPC);
  }
  check_note(NULL);
  CHECK_EQ(tenon_addr_parse(&addr, "UNIX:/run"), TENON_EINVAL);
  char longest[5 + TENON_LOCAL_PATH + 2] = "unix:";
  memset(longest + 5, 'p', TENON_LOCAL_PATH + 1);
  longest[sizeof longest - 1] = '\0';
  CHECK_EQ(tenon_addr_parse(&addr, longest), TENON_EINVAL);
  longest[sizeof longest - 2] = '\0';
  CHECK_EQ(tenon_addr_parse(&addr, longest), 0);
  CHECK_EQ(tenon_addr_format(&addr, text, sizeof text), 5 + TENON_LOCAL_PATH);
}

TEST(a_local_address_survives_the_way_to_the_system_and_back) {
  unsigned char native[128];
  char longest[TENON_LOCAL_PATH + 1];
  memset(longest, 'p', TENON_LOCAL_PATH);
  longest[TENON_LOCAL_PATH] = '\0';
  const char *const paths[] = {"/run/demo/socket", "x", longest, "@name"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    tenon_addr addr = at_path(paths[i]), back;
    check_note(paths[i]);
    int size = tenon_addr_to_native(&addr, native, sizeof native);
    if (paths[i][0] == '@' && !tenon_supports(TENON_SUPPORTS_LOCAL_ABSTRACT)) {
      CHECK_EQ(size, TENON_ENOTSUP);
      continue;
    }
    CHECK_OK(size);
    CHECK_EQ(tenon_addr_to_native(&addr, native, (size_t)size - 1), TENON_ENOSPC);
    CHECK_EQ(tenon_addr_from_native(&back, native, (size_t)size), 0);
    CHECK(tenon_addr_equal(&addr, &back));
    CHECK_MEM(&addr, &back, sizeof addr);
  }
  check_note(NULL);
  tenon_addr unnamed, unending = {.family = TENON_AF_UNIX};
  CHECK_EQ(tenon_addr_parse(&unnamed, "unix:"), 0);
  CHECK_EQ(tenon_addr_to_native(&unnamed, native, sizeof native), TENON_EINVAL);
  memset(unending.path, 'p', sizeof unending.path);
  CHECK_EQ(tenon_addr_to_native(&unending, native, sizeof native), TENON_EINVAL);
  CHECK_EQ(tenon_addr_format(&unending, (char *)native, sizeof native), TENON_EINVAL);
}
