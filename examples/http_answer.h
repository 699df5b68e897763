/* http_answer.h - what http_server.c answers to a request: a head, and the part of a file that follows it.
 * SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_HTTP_ANSWER_H
#define EXAMPLES_HTTP_ANSWER_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "http_path.h"
#include "http_request.h"
#include "tenon/file.h"

#define HTTP_PATH_SIZE 1024
#define HTTP_DATE_SIZE 64

typedef struct http_answer {
  int status, is_last; /* of its connection */
  char head[4096];     /* with the content, where that is no file's */
  size_t head_size;
  FILE *file; /* NULL, or what is sent after the head ... */
  int64_t offset, left;
} http_answer;

/* ---- Words ---- */

typedef struct http_status {
  int code;
  const char *name, *remark; /* for programs; for people, where there is nothing else to see */
} http_status;

static inline const http_status *http_status_of(int code) {
  static const http_status all[] = {
      {200, "OK", ""},
      {206, "Partial Content", ""},
      {301, "Moved Permanently", "This is a folder: its name ends with a slash."},
      {304, "Not Modified", ""},
      {400, "Bad Request", "The request is not one that HTTP allows."},
      {403, "Forbidden", "What has this name is no file, or not for everybody."},
      {404, "Not Found", "Nothing here has this name."},
      {405, "Method Not Allowed", "Files can only be fetched here, with GET or HEAD."},
      {408, "Request Timeout", "The request took too long to come."},
      {413, "Content Too Large", "Files can only be fetched here: a request has no content."},
      {414, "URI Too Long", "The name is too long."},
      {416, "Range Not Satisfiable", "There are no such bytes in the file."},
      {431, "Request Header Fields Too Large", "The request is too long."},
      {501, "Not Implemented", "There is no such method here."},
      {503, "Service Unavailable", "The server is out of files or memory, for the moment."},
      {505, "HTTP Version Not Supported", "HTTP/1.1 and HTTP/1.0 are spoken here."},
      {500, "Internal Server Error", "The file cannot be read."},
  };
  const http_status *found = all;
  while (found->code != code && found->code != 500) found++;
  return found;
}

/* By the end of the name. */
static inline const char *http_type_of(const char *path) {
  static const char *const types[][2] = {
      {"html", "text/html; charset=utf-8"},
      {"htm", "text/html; charset=utf-8"},
      {"css", "text/css; charset=utf-8"},
      {"js", "text/javascript; charset=utf-8"},
      {"mjs", "text/javascript; charset=utf-8"},
      {"txt", "text/plain; charset=utf-8"},
      {"md", "text/plain; charset=utf-8"},
      {"c", "text/plain; charset=utf-8"},
      {"h", "text/plain; charset=utf-8"},
      {"csv", "text/csv; charset=utf-8"},
      {"xml", "application/xml"},
      {"json", "application/json"},
      {"pdf", "application/pdf"},
      {"wasm", "application/wasm"},
      {"svg", "image/svg+xml"},
      {"png", "image/png"},
      {"jpg", "image/jpeg"},
      {"jpeg", "image/jpeg"},
      {"gif", "image/gif"},
      {"webp", "image/webp"},
      {"ico", "image/x-icon"},
      {"mp3", "audio/mpeg"},
      {"ogg", "audio/ogg"},
      {"wav", "audio/wav"},
      {"mp4", "video/mp4"},
      {"webm", "video/webm"},
  };
  const char *dot = strrchr(path, '.');
  for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++)
    if (http_is(dot + 1, types[i][0])) return types[i][1];
  return "application/octet-stream";
}

/* "Sun, 06 Nov 1994 08:49:37 GMT", from seconds since the beginning of 1970. */
static inline void http_date(char text[HTTP_DATE_SIZE], int64_t seconds) {
  const time_t at = (time_t)seconds;
  const struct tm *utc = gmtime(&at);
  if (!utc || strftime(text, HTTP_DATE_SIZE, "%a, %d %b %Y %H:%M:%S GMT", utc) == 0)
    strcpy(text, "Thu, 01 Jan 1970 00:00:00 GMT");
}

/* ---- Files ---- */

static inline void http_close_file(http_answer *a) {
  if (a->file) fclose(a->file);
  a->file = NULL;
  a->left = 0;
}

static inline int http_status_of_error(int code) {
  if (tenon_is_retryable(code)) return 503;
  if (code == TENON_EINVAL || code == TENON_EACCES) return 403; /* what is no regular file, or may not be read */
  return code == TENON_EIO ? 500 : 404;
}

static inline int http_open(http_answer *a, const char *path, int64_t *modified) {
  a->offset = 0;
  int result = tenon_file_open(&a->file, path);
  if (result < 0) return http_status_of_error(result);
  a->left = tenon_file_size(a->file, modified);
  if (a->left >= 0) return 200;
  http_close_file(a);
  return 500;
}

/* Opens the file of that name, or the index of a folder, to whose name a slash belongs (else 301). A folder without an
 * index is as good as a file that may not be read. */
static inline int http_find(http_answer *a, char *path, int64_t *modified) {
  char *end = path + strlen(path);
  if (end[-1] != '/') {
    int status = http_open(a, path, modified);
    if (status == 200) return 200;
    strcpy(end, "/index.html");
    return http_open(a, path, modified) == 200 ? 301 : status;
  }
  strcpy(end, "index.html");
  if (http_open(a, path, modified) == 200) return 200;
  end[-1] = '\0';
  int status = http_open(a, path, modified);
  return status == 200 ? 404 : status; /* a file is no folder */
}

/* ---- Answers ---- */

/* There is room for every answer: what varies most is a path, three times as long with all its escapes. */
static inline void http_say(http_answer *a, const char *format, ...) {
  size_t room = sizeof a->head - a->head_size;
  va_list values;
  va_start(values, format);
  int size = vsnprintf(a->head + a->head_size, room, format, values);
  va_end(values);
  if (size > 0 && (size_t)size < room) a->head_size += (size_t)size;
}

static inline void http_begin(http_answer *a, int status, int64_t now) {
  char date[HTTP_DATE_SIZE];
  http_date(date, now);
  a->status = status;
  http_say(a, "HTTP/1.1 %d %s\r\nDate: %s\r\n", status, http_status_of(status)->name, date);
  http_say(a, "Connection: %s\r\n", a->is_last ? "close" : "keep-alive");
}

/* For people to read. */
static inline void http_say_page(http_answer *a, int is_head) {
  char page[512];
  const http_status *s = http_status_of(a->status);
  int size = snprintf(page, sizeof page, "<!doctype html>\n<title>%d %s</title>\n<h1>%d %s</h1>\n<p>%s</p>\n", s->code,
                      s->name, s->code, s->name, s->remark);
  http_say(a, "Content-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s", size, is_head ? "" : page);
}

/* Whether the file that was found is wanted, and which part of it. */
static inline int http_choose(http_answer *a, const http_request *r, const char *date) {
  if (r->if_modified_since && !r->if_none_match && strcmp(r->if_modified_since, date) == 0) return 304;
  if (!r->range || r->is_head || (r->if_range && strcmp(r->if_range, date) != 0)) return 200;
  return http_read_range(r->range, a->left, &a->offset, &a->left);
}

static inline void http_say_file(http_answer *a, const char *path, const char *date, int64_t size) {
  const long long first = a->offset, count = a->left;
  http_say(a, "Last-Modified: %s\r\nAccept-Ranges: bytes\r\n", date);
  if (a->status == 206)
    http_say(a, "Content-Range: bytes %lld-%lld/%lld\r\n", first, first + count - 1, (long long)size);
  if (a->status != 304) http_say(a, "Content-Type: %s\r\nContent-Length: %lld\r\n", http_type_of(path), count);
  http_say(a, "\r\n");
}

/* Answers a request with a file below root, or with the refusal that it has met already. After that the connection
 * ends: where the next request would begin may not be certain. */
static inline void http_write_answer(http_answer *a, const http_request *r, int refusal, const char *root) {
  char path[HTTP_PATH_SIZE + sizeof "/index.html"], date[HTTP_DATE_SIZE];
  int64_t size, modified = 0, now = (int64_t)time(NULL);
  int status = refusal;
  memset(a, 0, sizeof *a);
  a->is_last = refusal != 0 || !r->is_kept;
  if (status == 0) status = http_read_path(root, r->target, path, HTTP_PATH_SIZE);
  if (status == 400) a->is_last = 1;
  if (status == 0) status = http_find(a, path, &modified);
  size = a->left;
  http_date(date, modified < now ? modified : now);
  if (status == 200) status = http_choose(a, r, date);
  http_begin(a, status, now);
  if (status == 301) http_say(a, "Location: %.*s/\r\n", (int)strcspn(r->target, "?"), r->target);
  if (status == 405) http_say(a, "Allow: GET, HEAD\r\n");
  if (status == 416) http_say(a, "Content-Range: bytes */%lld\r\n", (long long)size);
  int is_file = status == 200 || status == 206;
  if (is_file || status == 304)
    http_say_file(a, path, date, size);
  else
    http_say_page(a, r->is_head);
  if (!is_file || r->is_head) http_close_file(a);
}

#endif
