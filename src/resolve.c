/* resolve.c - names to addresses and back: what Tenon knows by itself, and when it asks the system.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

#include <string.h>

static char to_lower(char c) {
  return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static int is_alphanumeric(char c) {
  c = to_lower(c);
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* A label that is a number, decimal or hexadecimal: resolvers would make an IPv4 address of it, each in its own way. */
static int is_number(const char *label, size_t length) {
  int is_hex = length >= 2 && label[0] == '0' && to_lower(label[1]) == 'x';
  for (size_t i = is_hex ? 2 : 0; i < length; i++) {
    char c = to_lower(label[i]);
    if (!(c >= '0' && c <= '9') && !(is_hex && c >= 'a' && c <= 'f')) return 0;
  }
  return 1;
}

/* Letters, digits, hyphens, underscores and UTF-8, in labels that are not empty. Returns the length without a final
 * dot, 0 if this cannot be a name. */
static size_t name_length(const char *host) {
  size_t length = 0, label = 0;
  for (; host[length] != '\0'; length++) {
    char c = host[length];
    if (length > TENON__NAME_MAX) return 0;
    if (c == '.') {
      if (length == label) return 0;
      if (host[length + 1] == '\0') break;
      label = length + 1;
    } else if (!is_alphanumeric(c) && c != '-' && c != '_' && (unsigned char)c < 0x80) {
      return 0;
    }
  }
  return length > TENON__NAME_MAX || is_number(host + label, length - label) ? 0 : length;
}

/* The number of bytes of the first character of text, or 0 if it is not UTF-8 or is a control character. Overlong forms
 * and surrogates are accepted: they do no harm here. */
static size_t character_length(const char *text) {
  unsigned char first = (unsigned char)text[0];
  size_t length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  for (size_t i = 1; i < length; i++)
    if (((unsigned char)text[i] & 0xc0) != 0x80) return 0;
  return first == 0xc2 && (unsigned char)text[1] < 0xa0 ? 0 : length;
}

/* Whether an answer of a name server can be a host name. A hostile server may answer with an address of another host, a
 * number, or line ends that forge a log. */
static int is_host_name(const char *text) {
  if (name_length(text) == 0) return 0;
  for (size_t length; *text; text += length)
    if ((length = character_length(text)) == 0) return 0;
  return 1;
}

/* Whether the name's last label is this one. */
static int is_in_domain(const char *host, size_t length, const char *domain) {
  size_t size = strlen(domain);
  if (length < size || (length > size && host[length - size - 1] != '.')) return 0;
  for (size_t i = 0; i < size; i++)
    if (to_lower(host[length - size + i]) != domain[i]) return 0;
  return 1;
}

/* 1 if host is an address, without a port. The scope may be an interface's name, too. */
static int read_address(const char *host, tenon_addr *addr) {
  char ip[TENON_ADDR_TEXT];
  const char *scope = strchr(host, '%');
  if (tenon__parse_ip(addr, host)) return 1;
  if (!scope || (size_t)(scope - host) >= sizeof ip) return 0;
  memcpy(ip, host, (size_t)(scope - host));
  ip[scope - host] = '\0';
  if (!tenon__parse_ip(addr, ip) || addr->family != TENON_AF_INET6) return 0;
  int index = tenon_interface_index(scope + 1);
  addr->scope = index > 0 ? (uint32_t)index : 0;
  return index > 0;
}

/* A list of addresses that a caller gave room for. */
typedef struct found {
  tenon_addr *list;
  int capacity, count, family;
  uint16_t port;
} found;

static void add(found *f, tenon_addr addr) {
  if (f->family != TENON_AF_UNSPEC && f->family != addr.family) return;
  addr.port = f->port;
  if (f->count < f->capacity) f->list[f->count] = addr;
  f->count++;
}

static void add_list(found *f, const tenon__native_info *list) {
  for (const tenon__native_info *item = list; item; item = item->ai_next) {
    tenon_addr addr, earlier;
    int is_repeated = tenon_addr_from_native(&addr, item->ai_addr, (size_t)item->ai_addrlen) < 0;
    for (const tenon__native_info *e = list; e != item && !is_repeated; e = e->ai_next)
      is_repeated =
          tenon_addr_from_native(&earlier, e->ai_addr, (size_t)e->ai_addrlen) == 0 && tenon_addr_equal(&addr, &earlier);
    if (!is_repeated) add(f, addr);
  }
}

static int ask_for_addresses(const char *host, found *f, tenon__limit *limit) {
  tenon__question question = {.kind = TENON__ADDRESSES, .family = f->family, .is_stream = 1};
  tenon__answer answer;
  memcpy(question.name, host, strlen(host) + 1);
  int result = tenon__look_up(&question, &answer, limit);
  if (answer.list) {
    add_list(f, answer.list);
    tenon__sys_freeaddrinfo(answer.list);
  }
  return result < 0 ? result : 0;
}

static int find_addresses(const char *host, int flags, found *f, tenon__limit *limit) {
  tenon_addr addr;
  size_t length = host ? name_length(host) : 0;
  if (!host && (flags & TENON_AI_PASSIVE)) {
    add(f, tenon_addr_any(TENON_AF_INET6, 0));
    add(f, tenon_addr_any(TENON_AF_INET, 0));
  } else if (host && read_address(host, &addr)) {
    add(f, addr);
    if (f->count == 0) return tenon__refuse(TENON_EAI_ADDRFAMILY);
  } else if (host && ((flags & TENON_AI_NUMERICHOST) || length == 0 || is_in_domain(host, length, "invalid"))) {
    return tenon__refuse(TENON_EAI_NONAME);
  } else if (!host || is_in_domain(host, length, "localhost")) {
    add(f, tenon_addr_loopback(TENON_AF_INET6, 0));
    add(f, tenon_addr_loopback(TENON_AF_INET, 0));
  } else {
    return ask_for_addresses(host, f, limit);
  }
  return 0;
}

static int can_be_service(const char *service) {
  size_t length = 0, letters = 0;
  for (; service[length] != '\0'; length++) {
    char c = service[length];
    if (length == TENON__NAME_MAX || (!is_alphanumeric(c) && !strchr("-_.+", c))) return 0;
    letters += to_lower(c) >= 'a';
  }
  return letters > 0;
}

static int find_port(const char *service, const tenon_hints *hints, tenon__limit *limit) {
  uint32_t number;
  if (!service) return 0;
  if (tenon__parse_number(service, 65535, &number)) return (int)number;
  if ((hints->flags & TENON_AI_NUMERICSERV) || !can_be_service(service)) return tenon__refuse(TENON_EAI_SERVICE);
  tenon__question question = {.kind = TENON__PORT, .is_stream = hints->type != TENON_SOCK_DGRAM};
  for (size_t i = 0; service[i] != '\0'; i++)
    question.name[i] = to_lower(service[i]); /* RFC 6335: case does not matter */
  int port = tenon__service_port(question.name);
  if (port >= 0) return port;

  tenon__answer answer;
  tenon_addr addr;
  int result = tenon__look_up(&question, &answer, limit);
  if (result == TENON_EAI_NONAME) result = TENON_EAI_SERVICE; /* some systems call it that */
  if (!answer.list) return result;
  result = tenon_addr_from_native(&addr, answer.list->ai_addr, (size_t)answer.list->ai_addrlen);
  tenon__sys_freeaddrinfo(answer.list);
  return result < 0 ? result : addr.port;
}

static int check_hints(const tenon_hints *hints) {
  const int known = TENON_AI_PASSIVE | TENON_AI_NUMERICHOST | TENON_AI_NUMERICSERV;
  int family = hints->family, type = hints->type;
  if ((hints->flags & ~known) != 0) return TENON_EAI_BADFLAGS;
  if (family != TENON_AF_UNSPEC && family != TENON_AF_INET && family != TENON_AF_INET6) return TENON_EAI_FAMILY;
  if (type != 0 && type != TENON_SOCK_STREAM && type != TENON_SOCK_DGRAM) return TENON_EAI_SOCKTYPE;
  return 0;
}

int tenon_resolve(const char *host, const char *service, const tenon_hints *hints, tenon_addr *list, int capacity,
                  int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_resolve(host, service, hints, list, capacity, timeout_ms);
  static const tenon_hints none = {TENON_AF_UNSPEC, 0, 0};
  if (!hints) hints = &none;
  if (capacity < 0 || (!list && capacity > 0) || timeout_ms < TENON_FOREVER) return tenon__refuse(TENON_EINVAL);
  int result = check_hints(hints);
  if (result < 0) return tenon__refuse(result);
  if (!host && !service) return tenon__refuse(TENON_EAI_NONAME);

  tenon__limit limit = tenon__limit_of(timeout_ms);
  int port = find_port(service, hints, &limit);
  if (port < 0) return port;
  found f = {list, capacity, 0, hints->family, (uint16_t)port};
  result = find_addresses(host, hints->flags, &f, &limit);
  if (result < 0) return result;
  return f.count > 0 ? f.count : tenon__refuse(TENON_EAI_NONAME);
}

static int copy(const char *text, char *out, size_t size) {
  size_t length = strlen(text);
  if (length >= size) return tenon__refuse(TENON_ENOSPC);
  memcpy(out, text, length + 1);
  return (int)length;
}

static int find_host(const tenon_addr *addr, char *host, size_t size, tenon__limit *limit) {
  tenon_addr alone = *addr, loopback = tenon_addr_loopback(addr->family, 0);
  alone.port = 0;
  if (tenon_addr_equal(&alone, &loopback)) return copy("localhost", host, size);
  tenon__question question = {.kind = TENON__NAME_AT};
  tenon__answer answer;
  int result = tenon__to_sockaddr(&alone, &question.address);
  if (result < 0) return result;
  result = tenon__look_up(&question, &answer, limit);
  if (result == TENON_EAI_NONAME || (result >= 0 && !is_host_name(answer.text)))
    return tenon_addr_format(&alone, host, size);
  return result < 0 ? result : copy(answer.text, host, size);
}

static int find_service(int port, char *service, size_t size) {
  const char *name = tenon__service_name(port);
  if (name) return copy(name, service, size);
  char number[6] = "";
  int digits = 1;
  for (int rest = port; rest >= 10; rest /= 10) digits++;
  for (int rest = port, i = digits; i > 0; rest /= 10) number[--i] = (char)('0' + rest % 10);
  return copy(number, service, size);
}

int tenon_reverse(const tenon_addr *addr, char *host, size_t host_size, char *service, size_t service_size,
                  int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_reverse(addr, host, host_size, service, service_size, timeout_ms);
  if (!addr || (!host && !service) || timeout_ms < TENON_FOREVER) return tenon__refuse(TENON_EINVAL);
  if (addr->family != TENON_AF_INET && addr->family != TENON_AF_INET6) return tenon__refuse(TENON_EAFNOSUPPORT);
  tenon__limit limit = tenon__limit_of(timeout_ms);
  int result = service ? find_service(addr->port, service, service_size) : 0;
  if (result >= 0 && host) result = find_host(addr, host, host_size, &limit);
  return result < 0 ? result : 0;
}

int tenon_canonname(const char *host, char *name, size_t size, int timeout_ms) {
  if (tenon__is_traced()) return tenon__traced_canonname(host, name, size, timeout_ms);
  if (!host || (!name && size > 0) || timeout_ms < TENON_FOREVER) return tenon__refuse(TENON_EINVAL);
  tenon_addr addr;
  size_t length = name_length(host);
  if (read_address(host, &addr)) return tenon_addr_format(&addr, name, size);
  if (length == 0 || is_in_domain(host, length, "invalid")) return tenon__refuse(TENON_EAI_NONAME);
  if (is_in_domain(host, length, "localhost")) return copy("localhost", name, size);

  tenon__limit limit = tenon__limit_of(timeout_ms);
  tenon__question question = {.kind = TENON__CANONNAME, .is_stream = 1};
  tenon__answer answer;
  memcpy(question.name, host, strlen(host) + 1);
  int result = tenon__look_up(&question, &answer, &limit);
  if (answer.list) tenon__sys_freeaddrinfo(answer.list);
  if (result < 0) return result;
  return is_host_name(answer.text) ? copy(answer.text, name, size) : tenon__refuse(TENON_EAI_FAIL);
}
