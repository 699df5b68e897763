/* posix/sys_startup.c - nothing to start here.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

int tenon__sys_startup(void) {
  return 0;
}

int tenon__sys_cleanup(void) {
  return 0;
}
