/* raw_posix.h - the spelling of POSIX systems.
 * SPDX-License-Identifier: MIT
 */
#define _XOPEN_SOURCE 700
#define _DARWIN_C_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>

#define RAW_IN_PROGRESS EINPROGRESS
#define RAW_WOULD_BLOCK EAGAIN
#define RAW_TIMED_OUT ETIMEDOUT

typedef int raw_socket;
typedef size_t raw_size;        /* of a buffer */
typedef socklen_t raw_room;     /* for a name */
typedef sa_family_t raw_number; /* of a family */
