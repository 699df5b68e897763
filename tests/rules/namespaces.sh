# namespaces.sh - rules that need a host of another kind: a network namespace has as many addresses as it is given.
# SPDX-License-Identifier: MIT

rule_many_addresses_linux() {
  built native tenon_tests && has_many_addresses build/native/tenon_tests
}

# A server of Wine's own, as that is who has the sockets.
rule_many_addresses_windows() {
  built windows tenon_tests || return
  export WINEPREFIX=$root/build/wine-many WINEDEBUG=-all
  has_many_addresses wine build/windows/tenon_tests.exe
}

# More than 64 on the loopback interface, before that of another interface.
has_many_addresses() { # COMMAND...
  unshare -rn ip link set lo up 2>/dev/null || skip 'there are no network namespaces for ordinary users'
  timeout 300 unshare -rn bash -c '
    ip link set lo up && for i in {1..90}; do ip addr add "127.1.0.$i/8" dev lo || exit; done
    ip link add many0 type veth peer name many1 && ip addr add 198.18.0.1/24 dev many0 || exit
    ip link set many1 up && ip link set many0 up || exit
    for test in multicast_interface.each_interface_with_an_address_can_be_chosen_and_is_read_back \
      interfaces.a_name_leads_to_its_number_and_back; do
      "$@" "$test" || exit
    done' many "$@" </dev/null
}
