/* file_size_test.c - how large a file is that is to be sent, and since when.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <time.h>

#include "check.h"
#include "tenon/file.h"

TEST(the_size_of_a_file_is_told) {
  const int64_t sizes[] = {0, 1, 100000, ((int64_t)1 << 31) + 1, ((int64_t)5 << 30) + 3};
  int64_t told[5] = {0}, seek_errors = 0;
  for (int i = 0; i < 5; i++) {
    FILE *file = fopen("tenon-sized", "wb+");
    CHECK(file != NULL);
    for (int64_t left = sizes[i] - 1; left > 0; left -= 0x40000000)
      seek_errors += fseek(file, left < 0x40000000 ? (long)left : 0x40000000, SEEK_CUR) != 0;
    if (sizes[i] > 0) fputc('!', file);
    fflush(file);
    told[i] = tenon_file_size(file, NULL);
    fclose(file);
  }
  CHECK_EQ(remove("tenon-sized"), 0);
  CHECK_EQ(seek_errors, 0);
  for (int i = 0; i < 5; i++) CHECK_EQ(told[i], sizes[i]);
}

/* The clock of files may be a little behind. */
TEST(the_time_of_a_file_is_when_it_was_last_written_to) {
  int64_t before = (int64_t)time(NULL), modified = -1;
  FILE *file = fopen("tenon-dated", "wb+");
  CHECK(file != NULL);
  fputs("text", file);
  fflush(file);
  int64_t size = tenon_file_size(file, &modified), after = (int64_t)time(NULL);
  long position = ftell(file);
  fclose(file);
  CHECK_EQ(remove("tenon-dated"), 0);
  CHECK_EQ(size, 4);
  CHECK_EQ(position, 4);
  CHECK(modified >= before - 2 && modified <= after + 2);
}

/* A folder can be opened on some systems only. */
TEST(what_is_no_regular_file_has_no_size) {
  int64_t modified = -1;
  FILE *folder = fopen(".", "rb"), *write_only = fopen("tenon-unreadable", "wb");
  CHECK(write_only != NULL);
  int64_t of_folder = folder ? tenon_file_size(folder, &modified) : TENON_EINVAL;
  int64_t unreadable = tenon_file_size(write_only, &modified);
  if (folder) fclose(folder);
  fclose(write_only);
  CHECK_EQ(remove("tenon-unreadable"), 0);
  CHECK_EQ(of_folder, TENON_EINVAL);
  CHECK_EQ(unreadable, TENON_EACCES);
  CHECK_EQ(tenon_file_size(NULL, &modified), TENON_EINVAL);
  CHECK_EQ(modified, -1);
}
