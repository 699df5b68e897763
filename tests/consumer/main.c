/* main.c - the smallest user of Tenon: does it compile, link and run from outside the tree?
 * SPDX-License-Identifier: MIT */
#include <tenon.h>
#include <tenon/server.h>

int main(void) {
  tenon_sock s = tenon_socket(TENON_AF_INET, TENON_SOCK_STREAM, 0);
  return tenon_server_is_worker() || s < 0 || tenon_close(s) < 0;
}
