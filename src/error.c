/* error.c - codes: their names, their messages, their classes, and what a native code means.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

#define ROW(name, message) \
  { TENON_##name, #name, message }

static const struct {
  int code;
  const char *name, *message;
} table[] = {
    ROW(ENOENT, "not found"),
    ROW(EIO, "system error"),
    ROW(ENXIO, "no such device"),
    ROW(EBADF, "bad socket handle"),
    ROW(EAGAIN, "would have to wait"),
    ROW(ENOMEM, "out of memory"),
    ROW(EACCES, "permission denied"),
    ROW(EFAULT, "bad pointer"),
    ROW(EBUSY, "busy"),
    ROW(EINVAL, "invalid argument"),
    ROW(ENFILE, "too many open files in the system"),
    ROW(EMFILE, "too many open files"),
    ROW(ENOSPC, "buffer too small"),
    ROW(EPIPE, "connection can send no more"),
    ROW(ENAMETOOLONG, "name too long"),
    ROW(ENOSYS, "not available on this system"),
    ROW(ELOOP, "too many levels of links"),
    ROW(EPROTO, "protocol error"),
    ROW(EOVERFLOW, "value too large"),
    ROW(ENOTSOCK, "not a socket"),
    ROW(EDESTADDRREQ, "destination address required"),
    ROW(EMSGSIZE, "message too long"),
    ROW(EPROTOTYPE, "protocol of the wrong type for the socket"),
    ROW(ENOPROTOOPT, "option not available"),
    ROW(EPROTONOSUPPORT, "protocol not supported"),
    ROW(ESOCKTNOSUPPORT, "socket type not supported"),
    ROW(ENOTSUP, "operation not supported"),
    ROW(EAFNOSUPPORT, "address family not supported"),
    ROW(EADDRINUSE, "address already in use"),
    ROW(EADDRNOTAVAIL, "address not available"),
    ROW(ENETDOWN, "network is down"),
    ROW(ENETUNREACH, "network unreachable"),
    ROW(ENETRESET, "connection aborted by the network"),
    ROW(ECONNABORTED, "connection aborted by the system"),
    ROW(ECONNRESET, "connection reset by peer"),
    ROW(ENOBUFS, "no buffer space available"),
    ROW(EISCONN, "already connected"),
    ROW(ENOTCONN, "not connected"),
    ROW(ESHUTDOWN, "shut down"),
    ROW(ETIMEDOUT, "timed out"),
    ROW(ECONNREFUSED, "connection refused"),
    ROW(EHOSTDOWN, "host is down"),
    ROW(EHOSTUNREACH, "host unreachable"),
    ROW(EALREADY, "connection already being made"),
    ROW(EINPROGRESS, "connection being made"),
    ROW(ECANCELED, "canceled"),
    ROW(EAI_BADFLAGS, "bad flags for a lookup"),
    ROW(EAI_NONAME, "no such host"),
    ROW(EAI_AGAIN, "name server did not answer"),
    ROW(EAI_FAIL, "name server failed"),
    ROW(EAI_FAMILY, "address family not supported by lookups"),
    ROW(EAI_SOCKTYPE, "socket type not supported by lookups"),
    ROW(EAI_SERVICE, "no such service"),
    ROW(EAI_ADDRFAMILY, "host address is of another family"),
};

static int find(intptr_t code) {
  int row = (int)(sizeof table / sizeof table[0]);
  while (--row >= 0 && table[row].code != code) continue;
  return row;
}

const char *tenon_strerror(intptr_t code) {
  int row = find(code);
  if (code >= 0) return "success";
  return row < 0 ? "unknown error" : table[row].message;
}

const char *tenon_errname(intptr_t code) {
  int row = find(code);
  if (code >= 0) return "OK";
  return row < 0 ? "EUNKNOWN" : table[row].name;
}

int tenon_is_would_block(intptr_t code) {
  return code == TENON_EAGAIN || code == TENON_EINPROGRESS || code == TENON_EALREADY;
}

int tenon_is_peer_gone(intptr_t code) {
  return code == TENON_EPIPE || code == TENON_ECONNRESET || code == TENON_ECONNABORTED || code == TENON_ENETRESET;
}

int tenon_is_retryable(intptr_t code) {
  return code == TENON_EAGAIN || code == TENON_EMFILE || code == TENON_ENFILE || code == TENON_ENOBUFS ||
         code == TENON_ENOMEM || code == TENON_EAI_AGAIN;
}

int tenon_native_error(void) {
  return tenon__sys_get(TENON__REMEMBERED);
}

int tenon__error_code(tenon__operation operation, int native) {
  for (int row = 0; row < tenon__sys_error_count; row++) {
    const tenon__error_row *candidate = &tenon__sys_errors[row];
    int fits = candidate->operation == operation || (candidate->operation == TENON__ANY && operation != TENON__LOOKUP);
    if (fits && candidate->native == native) return candidate->code;
  }
  return operation == TENON__LOOKUP ? TENON_EAI_FAIL : TENON_EIO;
}

int tenon__returned(tenon__operation operation, int native) {
  tenon__sys_remember(native);
  return tenon__error_code(operation, native);
}

int tenon__failure(tenon__operation operation, tenon_sock s) {
  int code = tenon__returned(operation, tenon__sys_last_error());
  int is_odd = code == TENON_EINVAL || code == TENON_ENOTSUP || code == TENON_EFAULT;
  int is_doubtful = code == TENON_ENOTSOCK || (s >= 0 && is_odd);
  int handle_error = is_doubtful ? tenon__sys_handle_error(s) : 0;
  return handle_error < 0 ? handle_error : code;
}

int tenon__refuse(int code) {
  tenon__sys_remember(0);
  return code;
}
