/* options.c - getsockopt, setsockopt, ioctlsocket and WSAIoctl.
 * SPDX-License-Identifier: MIT
 */
#include "layer.h"

/* Not in every mingw-w64. */
enum { UNICAST_IF = 31, IP_MTU_NOW = 73, IPV6_MTU_NOW = 72, SOME_MTU = 1500 };
#ifndef SO_CONDITIONAL_ACCEPT
#define SO_CONDITIONAL_ACCEPT 0x3002
#endif
#ifndef SIO_BASE_HANDLE
#define SIO_BASE_HANDLE _WSAIOR(IOC_WS2, 34)
#endif
#ifndef SIO_BSP_HANDLE_POLL
#define SIO_BSP_HANDLE_POLL _WSAIOR(IOC_WS2, 29)
#endif
#define UDP_CONNRESET _WSAIOW(IOC_VENDOR, 12)
#define UDP_NETRESET _WSAIOW(IOC_VENDOR, 15)
#define TCP_INITIAL_RTO _WSAIOW(IOC_VENDOR, 17)

/* ---- Options ----------------------------------------------------------------------------------------------------- */

static int put_number(char *value, int *size, DWORD number) {
  if (*size < (int)sizeof number) return layer_fail(WSAEFAULT);
  memcpy(value, &number, sizeof number);
  *size = sizeof number;
  return 0;
}

/* The error stays until an attempt succeeds. After a blocking connect it is 0. */
static int get_error(layer_state *state, char *value, int *size) {
  layer_is_pending(state);
  if (!state->has_failed) return builtin.getsockopt(state->handle, SOL_SOCKET, SO_ERROR, value, size);
  if (++state->error_reads > 1) layer_arises(ROW_STICKY_ERROR);
  int is_told = !layer_setting(ROW_STICKY_ERROR) && state->error_reads > 1;
  return put_number(value, size, is_told ? 0 : (DWORD)state->error);
}

static DWORD swapped(DWORD number) {
  return number >> 24 | (number >> 8 & 0xff00) | (number << 8 & 0xff0000) | number << 24;
}

/* Wine does not know these options. No source tells the MTU of the loopback interface, so the value is arbitrary. */
static int is_mtu(int level, int name) {
  return (level == IPPROTO_IP && name == IP_MTU_NOW) || (level == IPPROTO_IPV6 && name == IPV6_MTU_NOW);
}

static int is_option_overlaid(int level, int name) {
  return (level == SOL_SOCKET && (name == SO_ERROR || name == SO_CONDITIONAL_ACCEPT)) ||
         (level == IPPROTO_IPV6 && (name == IPV6_V6ONLY || name == UNICAST_IF)) ||
         (level == IPPROTO_IP && name == UNICAST_IF);
}

/* For IPv6, Wine takes the index in network order, and Windows in host order. */
static int get_unicast_if(layer_state *state, int level, char *value, int *size) {
  DWORD number = 0;
  int result = builtin.getsockopt(state->handle, level, UNICAST_IF, value, size);
  if (result != 0 || *size < (int)sizeof number || !layer_arises(ROW_UNICAST_IF) || level == IPPROTO_IP) return result;
  memcpy(&number, value, sizeof number);
  return put_number(value, size, swapped(number));
}

int WSAAPI overlay_getsockopt(SOCKET s, int level, int name, char *value, int *size) {
  layer_state *state = is_option_overlaid(level, name) || layer_recall(s) ? layer_find(s) : NULL;
  if (!state || !value || !size) return builtin.getsockopt(s, level, name, value, size);
  int error = layer_option_error(state, level, name);
  if (error) return layer_fail(error);
  if (level == SOL_SOCKET && name == SO_ERROR && layer_is_stream(state)) return get_error(state, value, size);
  if (level == SOL_SOCKET && name == SO_CONDITIONAL_ACCEPT)
    return put_number(value, size, (DWORD)state->is_conditional);
  if (is_mtu(level, name) && layer_setting(ROW_OPTION_VALIDITY)) return put_number(value, size, SOME_MTU);
  if (name == UNICAST_IF && level != SOL_SOCKET && is_option_overlaid(level, name))
    return get_unicast_if(state, level, value, size);
  if (level == IPPROTO_IPV6 && name == IPV6_V6ONLY && state->family == AF_INET && layer_arises(ROW_V6ONLY_IPV4))
    return put_number(value, size, 1);
  return builtin.getsockopt(s, level, name, value, size);
}

int WSAAPI overlay_setsockopt(SOCKET s, int level, int name, const char *value, int size) {
  layer_state *state = is_option_overlaid(level, name) || layer_recall(s) ? layer_find(s) : NULL;
  DWORD number = 0;
  if (!state || !value || size <= 0) return builtin.setsockopt(s, level, name, value, size);
  memcpy(&number, value, size < (int)sizeof number ? (size_t)size : sizeof number);
  int error = layer_option_error(state, level, name);
  if (error) return layer_fail(error);
  if (level == SOL_SOCKET && name == SO_CONDITIONAL_ACCEPT && layer_setting(ROW_CONDITIONAL_ACCEPT)) {
    if (!layer_is_stream(state)) return layer_fail(WSAENOPROTOOPT);
    if (state->is_listening) return layer_fail(WSAEINVAL);
    state->is_conditional = number != 0;
    return 0;
  }
  if (level == IPPROTO_IPV6 && name == UNICAST_IF && size >= (int)sizeof number && layer_arises(ROW_UNICAST_IF)) {
    number = swapped(number);
    return builtin.setsockopt(s, level, name, (char *)&number, sizeof number);
  }
  if (level == IPPROTO_IP && name == UNICAST_IF) layer_arises(ROW_UNICAST_IF);
  return builtin.setsockopt(s, level, name, value, size);
}

int WSAAPI overlay_ioctlsocket(SOCKET s, long command, u_long *value) {
  int result = builtin.ioctlsocket(s, command, value);
  layer_state *state = command == (long)FIONBIO && result == 0 ? layer_find(s) : NULL;
  if (state) state->is_nonblocking = *value != 0;
  return result;
}

/* ---- WSAIoctl ---------------------------------------------------------------------------------------------------- */

static int hand_out(void *output, DWORD size, DWORD *returned, const void *function) {
  if (size < sizeof(void *) || !output || !returned) return layer_fail(WSAEFAULT);
  memcpy(output, function, sizeof(void *));
  *returned = sizeof(void *);
  return 0;
}

/* Replaces the extension functions that are overlaid. */
static int extension(const GUID *id, void *output, DWORD size, DWORD *returned) {
  static const GUID receive_message = WSAID_WSARECVMSG, send_message = WSAID_WSASENDMSG, transmit = WSAID_TRANSMITFILE;
  static const LPFN_WSARECVMSG own_receive = overlay_WSARecvMsg;
  static const LPFN_WSASENDMSG own_send = overlay_WSASendMsg;
  static const LPFN_TRANSMITFILE own_transmit = overlay_TransmitFile;
  if (memcmp(id, &send_message, sizeof *id) == 0) return hand_out(output, size, returned, &own_send);
  if (memcmp(id, &receive_message, sizeof *id) == 0) {
    memcpy(&builtin.WSARecvMsg, output, sizeof(void *));
    return hand_out(output, size, returned, &own_receive);
  }
  if (memcmp(id, &transmit, sizeof *id) != 0) return 0;
  memcpy(&builtin.TransmitFile, output, sizeof(void *));
  return hand_out(output, size, returned, &own_transmit);
}

/* A layered provider refuses the base handle, and returns the handle below it for polling. That handle answers the
 * first request then; here it is the same handle. */
static int layered_handle(layer_state *state, DWORD code, void *output, DWORD size, DWORD *returned) {
  if (code == SIO_BASE_HANDLE && !state->has_told_handle) return layer_fail(WSAEOPNOTSUPP);
  if (code == SIO_BSP_HANDLE_POLL) state->has_told_handle = 1;
  return hand_out(output, size, returned, &state->handle);
}

static int is_layered(DWORD code) {
  return (code == SIO_BASE_HANDLE || code == SIO_BSP_HANDLE_POLL) && layer_setting(ROW_BASE_HANDLE);
}

static void note_request(layer_state *state, DWORD code, const void *input, DWORD size) {
  DWORD number = 0;
  if (input) memcpy(&number, input, size < sizeof number ? size : sizeof number);
  if (code == UDP_CONNRESET) state->is_quiet = number == 0;
  if (code == (DWORD)FIONBIO) state->is_nonblocking = number != 0;
}

int WSAAPI overlay_WSAIoctl(SOCKET s, DWORD code, void *input, DWORD size, void *output, DWORD room, DWORD *returned,
                            WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  layer_state *state = layer_find(s);
  if (state && code == TCP_INITIAL_RTO && layer_is_stream(state) && layer_arises(ROW_INITIAL_RTO)) {
    if (returned) *returned = 0;
    state->takes_first_refusal = 1;
    return 0;
  }
  if (state && is_layered(code) && layer_arises(ROW_BASE_HANDLE))
    return layered_handle(state, code, output, room, returned);
  int result = builtin.WSAIoctl(s, code, input, size, output, room, returned, overlapped, routine);
  if (result == 0 && code == SIO_GET_EXTENSION_FUNCTION_POINTER) return extension(input, output, room, returned);
  if (state && code == UDP_NETRESET && state->type == SOCK_DGRAM) result = 0;
  if (result == 0 && state) note_request(state, code, input, size);
  return result;
}
