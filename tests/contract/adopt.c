/* adopt.c - transcript: handles that were made elsewhere.
 * SPDX-License-Identifier: MIT
 */
#include "native.h"
#include "support.h"
#include "transcript.h"

void topic_adopt(void) {
  tenon_addr server;
  tenon_sock listener = net_listen(TENON_AF_INET, &server), foreign = native_open_stream();
  tenon_sock file = support_open_file();
  char byte;
  SHOW("adopt", "", tenon_adopt(foreign));
  FACT("adopt.inherited_by_children", "D010", support_inheritable(foreign));
  SHOW("adopt.connect", "D189", tenon_connect(foreign, &server, LIMIT));
  COUNT("adopt.recv.at_once", "D189", tenon_recv(foreign, &byte, 1, 0));
  TIMED("adopt.recv.limit", "D189", tenon_recv(foreign, &byte, 1, SHORT));
  SHOW("adopt.again", "", tenon_adopt(foreign));
  SHOW("adopt.listener", "", tenon_adopt(listener));
  SHOW("adopt.listener.accept", "D189", tenon_close(tenon_accept(listener, NULL, LIMIT)));
  SHOW("adopt.listener.nobody", "D189", tenon_accept(listener, NULL, 0));
  SHOW("adopt.no_handle", "D003", tenon_adopt(TENON_NO_SOCK));
  SHOW("adopt.closed", "D003", tenon_adopt(support_closed_handle()));
  SHOW("adopt.file", "D003", tenon_adopt(file));
  support_close_file(file);
  net_close2(foreign, listener);
}
