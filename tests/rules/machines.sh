# machines.sh - a rule for what tools/machines reads.
# SPDX-License-Identifier: MIT

rule_machines_lacks() {
  local lack name
  while read -r lack name; do
    grep -qF "\"$lack\"" tests/machines/probe.c || echo "$lack: the probe does not ask for it"
    grep -qxF "TEST(${name#*.}) {" "tests/${name%%.*}_test.c" || echo "$name: there is no such test"
  done < <(grep '^[A-Za-z]' tests/machines/lacks.txt) | none
}
