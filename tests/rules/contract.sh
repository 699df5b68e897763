# contract.sh - rules for what docs/contract.md promises: one transcript on all systems, and proofs that exist.
# SPDX-License-Identifier: MIT

rule_one_transcript() {
  built native contract && built native contract_raw && built windows contract && built windows contract_raw || return 1
  build/native/contract >/dev/null 2>&1
  [ $? -ne 77 ] || skip 'the transcript has lines that only IPv6 can give'
  wine_start && tests/contract/compare
}

# The transcript's own ids are compare's business; these are the tests of the suite that a sentence names.
rule_contract_names_tests() {
  local name program
  built native tenon_tests tenon_fault_tests || return 1
  for name in $(tr '\n' ' ' <docs/contract.md | grep -oE 'test +`[^`]+`' | grep -oE '`.+`' | tr -d '`'); do
    for program in tenon_tests tenon_fault_tests; do build/native/$program --list; done |
      grep -q "^${name//\*/.*}\$" || printf 'there is no test %s\n' "$name"
  done | none
}
