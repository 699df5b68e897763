/* file_open_test.c - opening files that are to be sent.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "support.h"
#include "tenon/file.h"

static int make_file(const char *path, const char *contents) {
  FILE *file = support_create_file(path);
  if (!file) return -1;
  fwrite(contents, 1, strlen(contents), file);
  return fclose(file);
}

/* Opens it and forgets it. */
static int try_open(const char *path) {
  FILE *file = stdin;
  int result = tenon_file_open(&file, path);
  if ((result == 0) != (file != NULL)) return TENON_EIO;
  if (file) fclose(file);
  return result;
}

/* Also where the C library would see an end of line, or of the file. */
TEST(an_opened_file_gives_its_bytes) {
  static const char contents[] = "a\r\nb\032c\n";
  char data[16] = "";
  FILE *file = NULL;
  int64_t modified = 0;
  CHECK_EQ(make_file("tenon-opened", contents), 0);
  int result = tenon_file_open(&file, "./tenon-opened");
  size_t count = file ? fread(data, 1, sizeof data, file) : 0;
  int64_t size = tenon_file_size(file, &modified);
  int is_inherited = file ? support_inheritable(support_file_handle(file)) : -1;
  int is_written = file && fputc('x', file) != EOF && fflush(file) == 0;
  if (file) fclose(file);
  CHECK_EQ(support_remove_file("tenon-opened"), 0);
  CHECK_EQ(result, 0);
  CHECK_EQ(count, sizeof contents - 1);
  CHECK_MEM(data, contents, sizeof contents - 1);
  CHECK_EQ(size, sizeof contents - 1);
  CHECK(modified > 0);
  CHECK_EQ(is_inherited, 0);
  CHECK_EQ(is_written, 0);
}

/* The names that others gave, too. */
TEST(a_file_is_opened_by_its_name_in_utf_8) {
  static const char *const names[] = {"tenon-größe-日本.bin", "tenon-\360\237\230\200 e\314\201", "tenon-Ελληνικά"};
  check_note("the host has to take such names: under Wine, in a locale of UTF-8");
  for (int i = 0; i < 3; i++) {
    char data[8] = "";
    FILE *file = NULL;
    CHECK_EQ(make_file(names[i], "text"), 0);
    int result = tenon_file_open(&file, names[i]);
    size_t count = file ? fread(data, 1, sizeof data, file) : 0;
    if (file) fclose(file);
    CHECK_EQ(support_remove_file(names[i]), 0);
    CHECK_EQ(result, 0);
    CHECK_EQ(count, 4);
    CHECK_MEM(data, "text", 4);
    CHECK_EQ(try_open(names[i]), TENON_ENOENT);
  }
}

/* Nor is it read as something else. */
TEST(a_name_that_is_no_utf_8_is_no_other_name) {
  static const char *const wrong[] = {"tenon-\303", "tenon-\303(", "tenon-\355\240\200", "tenon-\300\201"};
  int results[4];
  check_note("the host has to take such names: under Wine, in a locale of UTF-8");
  CHECK_EQ(make_file("tenon-\357\277\275", "text"), 0);
  CHECK_EQ(make_file("tenon-\303\203", "text"), 0);
  for (int i = 0; i < 4; i++) results[i] = try_open(wrong[i]);
  CHECK_EQ(support_remove_file("tenon-\357\277\275"), 0);
  CHECK_EQ(support_remove_file("tenon-\303\203"), 0);
  for (int i = 0; i < 4; i++) CHECK_EQ(results[i], TENON_ENOENT);
}

/* Names that Windows has no files of, too. */
TEST(a_file_that_cannot_be_opened_says_why) {
  static char long_name[301], long_path[5001];
  memset(long_name, 'n', 300);
  for (int i = 0; i < 5000; i++) long_path[i] = "./"[i % 2];
  const struct {
    const char *path;
    int code;
  } rows[] = {{NULL, TENON_EINVAL},
              {"", TENON_EINVAL},
              {".", TENON_EINVAL},
              {"..", TENON_EINVAL},
              {"./", TENON_EINVAL},
              {"/", TENON_EINVAL},
              {"tenon-no-file", TENON_ENOENT},
              {"tenon-no-folder/file", TENON_ENOENT},
              {"tenon-plain/", TENON_ENOENT},
              {"tenon-plain/file", TENON_ENOENT},
              {"tenon-\303", TENON_ENOENT},
              {"tenon-\300\256", TENON_ENOENT},
              {"tenon-a?b*c", TENON_ENOENT},
              {"tenon-<|>\"", TENON_ENOENT},
              {"tenon-a:b", TENON_ENOENT},
              {long_name, TENON_ENAMETOOLONG},
              {long_path, TENON_ENAMETOOLONG}};
  enum { ROWS = sizeof rows / sizeof *rows };
  int results[ROWS], native[ROWS];
  CHECK_EQ(make_file("tenon-plain", "text"), 0);
  int opened = try_open("tenon-plain");
  for (int i = 0; i < ROWS; i++) results[i] = try_open(rows[i].path), native[i] = tenon_native_error();
  CHECK_EQ(support_remove_file("tenon-plain"), 0);
  CHECK_EQ(opened, 0);
  for (int i = 0; i < ROWS; i++) {
    check_note(rows[i].path);
    CHECK_EQ(results[i], rows[i].code);
    CHECK_EQ(native[i] == 0, rows[i].code == TENON_EINVAL);
  }
  check_note(NULL);
  CHECK_EQ(tenon_file_open(NULL, "tenon-plain"), TENON_EINVAL);
}

TEST(a_file_that_may_not_be_read_is_eacces) {
  CHECK_EQ(make_file("tenon-denied", "text"), 0);
  int denied = support_deny_file("tenon-denied");
  int result = try_open("tenon-denied"), native_error = tenon_native_error();
  support_allow_files();
  CHECK_EQ(support_remove_file("tenon-denied"), 0);
  CHECK_EQ(denied, 0);
  CHECK_EQ(result, TENON_EACCES);
  CHECK(native_error != 0);
}

/* A pipe that nobody writes to would be waited for, and a device might take it ill. */
TEST(what_is_no_regular_file_is_refused_at_once) {
  enum { ODD_MAX = 32 };
  const char *names[ODD_MAX];
  int results[ODD_MAX], count = 0;
  int64_t start = tenon_now_ms();
  for (const char *name; count < ODD_MAX && (name = support_odd_file(count)) != NULL; count++)
    names[count] = name, results[count] = try_open(name);
  int64_t took = tenon_now_ms() - start;
  support_remove_odd_files();
  CHECK(count > 0);
  CHECK(took < NET_LIMIT_MS);
  for (int i = 0; i < count; i++) {
    check_note(names[i]);
    CHECK_EQ(results[i], TENON_EINVAL);
  }
}

/* While it is open others do with it what they like. */
TEST(an_opened_file_is_shared) {
  char data[8] = "";
  FILE *file = NULL, *again = NULL;
  CHECK_EQ(make_file("tenon-shared", "text"), 0);
  int first = tenon_file_open(&file, "tenon-shared"), second = tenon_file_open(&again, "tenon-shared");
  FILE *writer = fopen("tenon-shared", "rb+");
  if (writer) fputs("TE", writer), fclose(writer);
  int renamed = rename("tenon-shared", "tenon-renamed");
  int removed = support_remove_file("tenon-renamed");
  size_t count = file ? fread(data, 1, sizeof data, file) : 0;
  int64_t size = tenon_file_size(again, NULL);
  if (file) fclose(file);
  if (again) fclose(again);
  CHECK_EQ(first, 0);
  CHECK_EQ(second, 0);
  CHECK(writer != NULL);
  CHECK_EQ(renamed, 0);
  CHECK_EQ(removed, 0);
  CHECK_EQ(count, 4);
  CHECK_MEM(data, "TExt", 4);
  CHECK_EQ(size, 4);
  CHECK_EQ(try_open("tenon-shared"), TENON_ENOENT);
  CHECK_EQ(try_open("tenon-renamed"), TENON_ENOENT);
}

/* And is told beyond 4 GiB what it is told before. */
TEST(an_opened_file_is_sent_from_beyond_4_gib) {
  const int64_t size = ((int64_t)5 << 30) + 3;
  char data[8] = "";
  FILE *file = support_create_file("tenon-open-sparse");
  tenon_sock pair[2];
  CHECK(file != NULL);
  for (int i = 0; i < 5; i++) fseek(file, 0x40000000, SEEK_CUR);
  fputs("end", file);
  fclose(file);
  CHECK_EQ(net_pair(pair), 0);
  int result = tenon_file_open(&file, "tenon-open-sparse");
  int64_t told = tenon_file_size(file, NULL);
  int64_t sent = file ? tenon_sendfile(pair[0], file, size - 3, INT64_MAX, NET_LIMIT_MS) : -1;
  ptrdiff_t received = sent == 3 ? tenon_recv_all(pair[1], data, 3, NET_LIMIT_MS) : 0;
  if (file) fclose(file);
  CHECK_EQ(support_remove_file("tenon-open-sparse"), 0);
  CHECK_EQ(result, 0);
  CHECK_EQ(told, size);
  CHECK_EQ(received, 3);
  CHECK_MEM(data, "end", 3);
  CHECK_EQ(net_close2(pair[0], pair[1]), 0);
}

/* The system's limit, or the C library's own, whichever is met first. */
TEST(who_has_no_room_for_another_file_is_told) {
  enum { FILES_MAX = 10000, SPARE = 3 };
  static FILE *files[FILES_MAX];
  int count = 0, result = 0;
  CHECK_EQ(make_file("tenon-many", "text"), 0);
  if (support_take_handles() >= 0) support_give_handles_back(SPARE);
  while (count < FILES_MAX && (result = tenon_file_open(&files[count], "tenon-many")) == 0) count++;
  int native_error = tenon_native_error(), is_null = count < FILES_MAX && !files[count];
  int before = support_handle_count(), once_more = try_open("tenon-many"), after = support_handle_count();
  if (count > 0) fclose(files[--count]);
  int again = tenon_file_open(&files[count], "tenon-many");
  if (again == 0) count++;
  for (int i = 0; i < count; i++) fclose(files[i]);
  support_give_all_handles_back();
  CHECK_EQ(support_remove_file("tenon-many"), 0);
  CHECK_EQ(result, TENON_EMFILE);
  CHECK_EQ(once_more, TENON_EMFILE);
  CHECK_EQ(after, before);
  CHECK(count >= SPARE);
  CHECK(native_error != 0);
  CHECK(is_null);
  CHECK_EQ(again, 0);
}
