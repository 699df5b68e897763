/* http_path.h - which file a target of http_server.c means: none outside its folder, and nothing but files.
 * SPDX-License-Identifier: MIT
 *
 * A name is served if it means the same on every system. Windows sees the end of a folder in \, a drive or a stream in
 * :, a device in "nul.txt", the name "a" in "a. " and maybe a secret one in "SECRET~1"; POSIX systems see none of that.
 * What begins with a dot is the folder itself, the one above, or hidden. */
#ifndef EXAMPLES_HTTP_PATH_H
#define EXAMPLES_HTTP_PATH_H

#include <ctype.h>
#include <string.h>

/* Whether Windows takes the name for a device's: it looks at what is before the first dot, without spaces. A raised 1,
 * 2 or 3 (bytes above 127, whatever the character set) is as good as a digit to it. */
static inline int http_is_device(const char *name, size_t size) {
  static const char *const devices[] = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"};
  char stem[8] = "";
  size_t length = 0;
  while (length < size && name[length] != '.') length++;
  while (length > 0 && name[length - 1] == ' ') length--;
  if (length < 3 || length >= sizeof stem) return 0;
  for (size_t i = 0; i < length; i++) stem[i] = (char)tolower((unsigned char)name[i]);
  if (strncmp(stem, "com", 3) == 0 || strncmp(stem, "lpt", 3) == 0)
    return (length == 4 && isdigit((unsigned char)stem[3])) || (unsigned char)stem[3] > 127;
  for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
    if (strcmp(stem, devices[i]) == 0) return 1;
  return 0;
}

static inline int http_name_is_served(const char *name, size_t size) {
  if (name[0] == '.' || name[size - 1] == '.' || name[size - 1] == ' ') return 0;
  for (size_t i = 0; i < size; i++)
    if (iscntrl((unsigned char)name[i]) || strchr("\\:*?\"<>|~", name[i])) return 0;
  return !http_is_device(name, size);
}

/* Two slashes in a row would mean another host to browsers, as the beginning of a link, and to Windows. */
static inline int http_path_is_served(const char *path) {
  while (*path == '/') {
    size_t size = strcspn(++path, "/");
    if (size > 0 ? !http_name_is_served(path, size) : *path == '/') return 0;
    path += size;
  }
  return *path == '\0';
}

static inline int http_hex(char digit) {
  static const char digits[] = "0123456789abcdef";
  const char *found = digit ? strchr(digits, tolower((unsigned char)digit)) : NULL;
  return found ? (int)(found - digits) : -1;
}

/* Writes the name of the file below root that a target means: its path, from its first slash to its question mark, with
 * escapes such as %20 resolved. 0, or the status of the refusal. */
static inline int http_read_path(const char *root, const char *target, char *path, size_t size) {
  const size_t start = strlen(root);
  size_t length = start;
  if (start >= size) return 414;
  memcpy(path, root, start);
  while (*target && *target != '?') {
    int byte = *target++;
    if (byte == '%') {
      int high = http_hex(target[0]), low = high < 0 ? -1 : http_hex(target[1]);
      byte = low < 0 ? 0 : high * 16 + low;
      if (byte == 0) return 400;
      target += 2;
    }
    if (length + 1 >= size) return 414;
    path[length++] = (char)byte;
  }
  path[length] = '\0';
  return http_path_is_served(path + start) ? 0 : 403;
}

#endif
