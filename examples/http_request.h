/* http_request.h - what a client of http_server.c asks for: pure functions over the bytes that it sent.
 * SPDX-License-Identifier: MIT
 *
 * By RFC 9112 and 9110, on their strict side: what is malformed is refused and never guessed at, and after a refusal
 * the connection ends, so that nobody can be of another opinion about where the next request begins. */
#ifndef EXAMPLES_HTTP_REQUEST_H
#define EXAMPLES_HTTP_REQUEST_H

#include <ctype.h>
#include <stdint.h>
#include <string.h>

/* The texts are in the bytes that were parsed; NULL: the client did not say that. Method and target are never NULL. */
typedef struct http_request {
  const char *method, *target; /* the target begins with a slash */
  const char *range, *if_range, *if_modified_since, *if_none_match;
  int is_head; /* asks for all but the content */
  int is_kept; /* the connection is to stay open */
  int minor, hosts, has_body, says_close, says_keep_alive;
} http_request;

/* A request that did not come, or not as a request. */
static const http_request http_nothing = {.method = "-", .target = "-"};

/* The size of the first request, to the empty line that ends it; 0 if not all of it has come. Empty lines before it
 * belong to it. */
static inline size_t http_request_size(const char *data, size_t size) {
  size_t line = 0, text = 0; /* where the line begins; how many lines had something in them */
  for (size_t i = 0; i < size; i++) {
    if (data[i] != '\n') continue;
    int is_empty = i == line || (i == line + 1 && data[line] == '\r');
    if (is_empty && text > 0) return i + 1;
    text += !is_empty;
    line = i + 1;
  }
  return 0;
}

/* The size of the word, which is in small letters, if the text begins with it, in whatever letters; else 0. */
static inline size_t http_match(const char *text, const char *word) {
  size_t size = 0;
  while (word[size] && tolower((unsigned char)text[size]) == word[size]) size++;
  return word[size] ? 0 : size;
}

static inline int http_is(const char *text, const char *word) {
  return text[http_match(text, word)] == '\0' && *text;
}

/* Whether a list such as "a, b" has the word. */
static inline int http_has(const char *list, const char *word) {
  for (; *list; list += strcspn(list, ",")) {
    list += strspn(list, ", \t");
    size_t size = http_match(list, word);
    if (size > 0 && strchr(", \t", list[size])) return 1; /* or at the end of the list */
  }
  return 0;
}

static inline int http_is_token(const char *text) {
  static const char signs[] = "!#$%&'*+-.^_`|~";
  const char *end = text;
  while (isalnum((unsigned char)*end) || (*end && strchr(signs, *end))) end++;
  return end > text && *end == '\0';
}

/* Cuts off the first line, without its end, and returns it. */
static inline char *http_cut_line(char **rest) {
  char *line = *rest, *end = line + strcspn(line, "\n");
  *rest = *end ? end + 1 : end;
  if (end > line && end[-1] == '\r') end--;
  *end = '\0';
  return line;
}

/* "GET /name HTTP/1.1". As everywhere, 0 is good, and anything else the status of the refusal. */
static inline int http_read_first_line(http_request *r, char *line) {
  char *target = strchr(line, ' '), *version = target ? strchr(target + 1, ' ') : NULL;
  if (!version) return 400;
  *target++ = *version++ = '\0';
  for (const char *c = target; *c; c++)
    if (*c <= ' ' || *c > '~' || *c == '#') return 400;
  if (!http_is_token(line) || strncmp(version, "HTTP/", 5) != 0 || !isdigit((unsigned char)version[5])) return 400;
  if (version[6] != '.' || !isdigit((unsigned char)version[7]) || version[8]) return 400;
  r->method = line;
  r->target = target;
  r->is_head = strcmp(line, "HEAD") == 0;
  r->minor = version[7] - '0';
  return version[5] == '1' ? 0 : 505;
}

/* Twice the same condition is none that can be understood. */
static inline void http_note(const char **condition, const char *value) {
  *condition = *condition ? "" : value;
}

/* "Name: value". A line that begins with a space would continue the one before, which is not done any more. */
static inline int http_read_field(http_request *r, char *line) {
  char *value = strchr(line, ':');
  if (!value) return 400;
  *value++ = '\0';
  value += strspn(value, " \t");
  size_t size = strlen(value);
  while (size > 0 && strchr(" \t", value[size - 1])) value[--size] = '\0';
  for (const char *c = value; *c; c++)
    if (iscntrl((unsigned char)*c) && *c != '\t') return 400;
  if (!http_is_token(line)) return 400;
  if (http_is(line, "host")) {
    r->hosts++;
    return strpbrk(value, " \t,/?#@\\") ? 400 : 0;
  }
  if (http_is(line, "content-length")) {
    r->has_body |= strspn(value, "0") < size;
    return size == 0 || strspn(value, "0123456789") < size ? 400 : 0;
  }
  r->has_body |= http_is(line, "transfer-encoding");
  if (http_is(line, "connection")) {
    r->says_close |= http_has(value, "close");
    r->says_keep_alive |= http_has(value, "keep-alive");
  }
  if (http_is(line, "range")) http_note(&r->range, value);
  if (http_is(line, "if-range")) http_note(&r->if_range, value);
  if (http_is(line, "if-modified-since")) http_note(&r->if_modified_since, value);
  if (http_is(line, "if-none-match")) http_note(&r->if_none_match, value);
  return 0;
}

/* A proxy is sent "http://host/name", and everybody has to understand it. */
static inline int http_read_target(http_request *r) {
  size_t scheme = http_match(r->target, "http://");
  if (scheme > 0) r->target += scheme + strcspn(r->target + scheme, "/?");
  if (scheme > 0 && *r->target != '/') r->target = "/";
  return *r->target == '/' ? 0 : 400;
}

/* Methods that are known, but not here, and what nobody knows. */
static inline int http_refuse_method(const char *method) {
  static const char *const known[] = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(method, known[i]) == 0) return 405;
  return 501;
}

/* What the method and the fields come to. Nothing here takes content that a client sends. */
static inline int http_judge(http_request *r) {
  if (r->hosts > 1 || (r->minor > 0 && r->hosts == 0)) return 400;
  if (strcmp(r->method, "GET") != 0 && !r->is_head) return http_refuse_method(r->method);
  if (r->has_body) return 413;
  r->is_kept = !r->says_close && (r->minor > 0 || r->says_keep_alive);
  return http_read_target(r);
}

/* Reads a request of the size that http_request_size() told, and changes its bytes. */
static inline int http_read_request(http_request *r, char *data, size_t size) {
  *r = http_nothing;
  if (memchr(data, '\0', size)) return 400;
  data[size - 1] = '\0';
  char *line;
  do line = http_cut_line(&data);
  while (!*line);
  int status = http_read_first_line(r, line);
  while (status == 0 && *(line = http_cut_line(&data))) status = http_read_field(r, line);
  return status != 0 ? status : http_judge(r);
}

/* Digits, or -1 if there are none; what is too large is the largest number. */
static inline int64_t http_read_number(const char **text) {
  int64_t number = -1;
  for (; isdigit((unsigned char)**text); ++*text) {
    int digit = **text - '0';
    if (number < 0) number = 0;
    number = number > (INT64_MAX - digit) / 10 ? INT64_MAX : number * 10 + digit;
  }
  return number;
}

/* Which bytes of so many "bytes=0-499", "bytes=500-" or "bytes=-500" means: 206, or 416 if there are none of them, or
 * 200 for all, which is right for whatever is not understood, several ranges at once too. */
static inline int http_read_range(const char *text, int64_t size, int64_t *first, int64_t *count) {
  *first = 0;
  *count = size;
  size_t unit = http_match(text, "bytes=");
  if (unit == 0) return 200;
  text += unit;
  int64_t from = http_read_number(&text);
  if (*text++ != '-') return 200;
  int64_t to = http_read_number(&text);
  if (*text || (from < 0 && to < 0) || (to >= 0 && to < from)) return 200;
  if (from < 0) { /* so many at the end */
    if (to == 0 || size == 0) return to == 0 ? 416 : 200;
    *count = to < size ? to : size;
    *first = size - *count;
    return 206;
  }
  if (from >= size) return 416;
  *first = from;
  *count = (to < 0 || to >= size ? size - 1 : to) - from + 1;
  return 206;
}

#endif
