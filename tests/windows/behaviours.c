/* behaviours.c - the settings of the behaviours, and the counters of their situations.
 * SPDX-License-Identifier: MIT
 *
 * TENON_WINDOWS_LAYER changes settings: "12=einval,15=on". TENON_WINDOWS_HITS names an existing file of ROW_COUNT
 * 32-bit numbers. All processes map it and add to it, so that no count is lost however a process ends.
 */
#include "layer.h"

#include <stdio.h>
#include <stdlib.h>

enum { STATUS_BAD_SETTING = 3, SETTINGS_MAX = 4 };

typedef struct behaviour {
  enum layer_row row;
  const char *settings[SETTINGS_MAX];
  int setting;
} behaviour;

#define ON(row) \
  { row, {"off", "on"}, 1 }
#define OFF(row) \
  { row, {"off", "on"}, 0 }

static behaviour behaviours[] = {
    ON(ROW_PENDING_NAME),
    ON(ROW_PENDING_TRANSFER),
    ON(ROW_RESET),
    ON(ROW_RESET_NAME),
    ON(ROW_ABORTED),
    ON(ROW_UNBOUND),
    ON(ROW_STICKY_ERROR),
    ON(ROW_FULL_QUEUE),
    ON(ROW_INITIAL_RTO),
    ON(ROW_LATE_REFUSAL),
    ON(ROW_POLL_EVENTS),
    {ROW_LISTEN_CONNECTED, {"off", "eisconn", "einval"}, LISTEN_CONNECTED_EISCONN},
    {ROW_WRONG_FAMILY, {"off", "declined", "already", "efault"}, WRONG_FAMILY_DECLINED},
    OFF(ROW_SHUTDOWN_RESET),
    ON(ROW_SENT_WHOLE),
    ON(ROW_DATA_AND_END),
    ON(ROW_REFUSED_POLL),
    ON(ROW_REFUSED_RECEIVE),
    ON(ROW_TRANSMIT_FILE),
    ON(ROW_EXCLUSIVE_BIND),
    ON(ROW_SHARED_BIND),
    ON(ROW_LISTEN_REFUSED),
    ON(ROW_MESSAGE_SIZE),
    ON(ROW_OPTION_VALIDITY),
    ON(ROW_V6ONLY_IPV4),
    ON(ROW_DUPLICATE_UNBOUND),
    ON(ROW_UNICAST_IF),
    OFF(ROW_BASE_HANDLE),
    ON(ROW_UNREACHABLE_PORT),
    OFF(ROW_TICK),
    {ROW_NO_BUFFERS, {"off", "send", "connect"}, 0},
    ON(ROW_EXCLUDED_PORTS),
    ON(ROW_CONDITIONAL_ACCEPT),
};
enum { BEHAVIOUR_COUNT = sizeof behaviours / sizeof *behaviours };

static int settings[ROW_COUNT];
static LONG own_counters[ROW_COUNT];
static volatile LONG *counters = own_counters;

int layer_setting(enum layer_row row) {
  return settings[row];
}

int layer_arises(enum layer_row row) {
  InterlockedIncrement(&counters[row]);
  return settings[row];
}

int layer_fail(int error) {
  SetLastError((DWORD)error);
  return SOCKET_ERROR;
}

static void give_up(const char *why, const char *what) {
  fprintf(stderr, "the Windows layer: %s: %s\n", why, what);
  fflush(stderr);
  TerminateProcess(GetCurrentProcess(), STATUS_BAD_SETTING);
}

static int set(behaviour *it, const char *value) {
  for (int i = 0; i < SETTINGS_MAX && it->settings[i]; i++) {
    if (strcmp(it->settings[i], value) != 0) continue;
    it->setting = i;
    return 1;
  }
  return 0;
}

static int read_setting(char *text) {
  char *value = strchr(text, '=');
  if (!value) return 0;
  *value++ = '\0';
  for (int i = 0; i < BEHAVIOUR_COUNT; i++)
    if (atoi(text) == (int)behaviours[i].row) return set(&behaviours[i], value);
  return 0;
}

static void open_counters(const char *path) {
  HANDLE file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                            FILE_ATTRIBUTE_NORMAL, NULL);
  if (file == INVALID_HANDLE_VALUE) give_up("there is no such file of counters", path);
  HANDLE mapping = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, sizeof own_counters, NULL);
  void *shared = mapping ? MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, sizeof own_counters) : NULL;
  if (!shared) give_up("the counters cannot be shared", path);
  CloseHandle(mapping);
  CloseHandle(file);
  counters = shared;
}

void layer_read_settings(void) {
  char text[512], *rest = text;
  DWORD length = GetEnvironmentVariableA("TENON_WINDOWS_LAYER", text, sizeof text);
  if (length >= sizeof text) give_up("too many settings", "TENON_WINDOWS_LAYER");
  for (char *item = length ? strtok(rest, ",") : NULL; item; item = strtok(NULL, ","))
    if (!read_setting(item)) give_up("there is no such setting", item);
  for (int i = 0; i < BEHAVIOUR_COUNT; i++) settings[behaviours[i].row] = behaviours[i].setting;
  length = GetEnvironmentVariableA("TENON_WINDOWS_HITS", text, sizeof text);
  if (length > 0 && length < sizeof text) open_counters(text);
  layer_arises(ROW_LOADED);
}
