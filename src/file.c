/* file.c - opening files, sending them, and what has to be known for that.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

#define BUFFER_SIZE 32768

/* What is no regular file may have taken the place of one just now, hence the second look. */
int tenon_file_open(FILE **file, const char *path) {
  tenon__file native;
  if (file) *file = NULL;
  if (!file || !path || !path[0]) return tenon__refuse(TENON_EINVAL);
  FILE *opened;
  int result = tenon__sys_open_file(path, &opened);
  if (result < 0) return result;
  int64_t size = tenon__sys_file(opened, &native);
  if (size >= 0)
    *file = opened;
  else
    tenon__sys_close_file(opened);
  return size < 0 ? (int)size : 0;
}

/* What is being sent: how far it has come, and how. */
typedef struct shipment {
  tenon_sock s;
  tenon__file file;
  int64_t offset, end;
  int is_by_hand, may_wait;
} shipment;

/* What was read and not taken is read again. */
static ptrdiff_t send_by_hand(const shipment *ship) {
  char buffer[BUFFER_SIZE];
  int64_t left = ship->end - ship->offset;
  size_t size = left < BUFFER_SIZE ? (size_t)left : BUFFER_SIZE;
  ptrdiff_t got = tenon__sys_read_file(&ship->file, ship->offset, buffer, size);
  return got <= 0 ? got : tenon__sys_send(ship->s, buffer, (size_t)got, ship->may_wait);
}

/* 0 at the end of the file. */
static ptrdiff_t send_piece(shipment *ship) {
  if (!ship->is_by_hand) {
    int64_t left = ship->end - ship->offset, most = ship->may_wait ? INT64_MAX : (int64_t)TENON__TRANSFER_MAX;
    ptrdiff_t sent =
        tenon__sys_send_file(ship->s, &ship->file, ship->offset, left < most ? left : most, ship->may_wait);
    if (sent != TENON_ENOTSUP) return sent;
    ship->is_by_hand = 1;
  }
  return send_by_hand(ship);
}

static int64_t send_all(shipment *ship, int timeout_ms) {
  tenon__limit limit = tenon__limit_of(timeout_ms);
  const int64_t start = ship->offset;
  while (ship->offset < ship->end) {
    ptrdiff_t sent = send_piece(ship);
    if (sent == 0) break;
    if (sent > 0) ship->offset += sent;
    if (ship->offset == ship->end) break;
    int is_partly_sent = ship->offset > start;
    if (timeout_ms == 0 && is_partly_sent && sent < 0) break; /* the next call meets the error */
    int again = sent < 0 ? tenon__send_again(ship->s, sent, &limit) : tenon__limit_go_on(&limit, 0);
    if (again < 0) return again;
  }
  return ship->offset - start;
}

/* A call without time ends after as much as a call with a limit sends at once. */
static int64_t end_of(const shipment *ship, int64_t size, int64_t count, int timeout_ms) {
  int64_t most = timeout_ms == 0 ? (int64_t)TENON__TRANSFER_MAX : INT64_MAX, left = size - ship->offset;
  if (count > most) count = most;
  return ship->offset + (count < left ? count : left);
}

/* The system's own way knows no call that does not wait, so the handle must be one that never does. */
int64_t tenon_sendfile(tenon_sock s, FILE *file, int64_t offset, int64_t count, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_sendfile(s, file, offset, count, timeout_ms);
  if (!file || offset < 0 || count < 0 || timeout_ms < TENON_FOREVER) return tenon__refuse(TENON_EINVAL);
  int is_stream = tenon__sys_is_stream(s);
  if (is_stream <= 0) return is_stream < 0 ? is_stream : tenon__refuse(TENON_EOPNOTSUPP);
  shipment ship = {.s = s, .offset = offset, .may_wait = tenon__may_wait_inside(timeout_ms)};
  int64_t size = tenon__sys_file(file, &ship.file);
  if (size < 0) return size;
  if (offset >= size || count == 0) return 0;
  ship.end = end_of(&ship, size, count, timeout_ms);
  int result = ship.may_wait ? 0 : tenon__sys_set_nonblocking(s, 1);
  return result < 0 ? result : send_all(&ship, timeout_ms);
}

int64_t tenon_file_size(FILE *file, int64_t *modified) {
  tenon__file native;
  if (!file) return tenon__refuse(TENON_EINVAL);
  int64_t size = tenon__sys_file(file, &native);
  if (size >= 0 && modified) *modified = tenon__sys_file_time(&native);
  return size;
}
