/* raw_win32.h - the spelling of Windows.
 * SPDX-License-Identifier: MIT
 */
#include <winsock2.h>
#include <ws2tcpip.h>

#define RAW_IN_PROGRESS WSAEWOULDBLOCK
#define RAW_WOULD_BLOCK WSAEWOULDBLOCK
#define RAW_TIMED_OUT WSAETIMEDOUT

typedef SOCKET raw_socket;
typedef int raw_size;     /* of a buffer */
typedef DWORD raw_room;   /* for a name */
typedef short raw_number; /* of a family */
