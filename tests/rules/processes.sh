# processes.sh - a rule for workers on a system that lists no descriptors.
# SPDX-License-Identifier: MIT

rule_workers_close_what_no_list_names() {
  unheard 30 unshare --mount mount -t tmpfs none /proc || skip 'this machine has no mount namespaces, or they take root'
  built native tenon_tests || return 1
  limited 60 unshare --mount sh -c 'mount -t tmpfs none /proc && [ ! -e /dev/fd/0 ] && exec "$@"' - \
    build/native/tenon_tests server_copy.a_worker_keeps_no_connection_open_that_is_not_its_own
}
