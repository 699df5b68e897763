# twins.sh - rules for src/posix and src/win32, which are two halves of one thing.
# SPDX-License-Identifier: MIT

rule_twin_files() {
  diff <(cd src/posix && ls) <(cd src/win32 && ls)
}

# The names of the functions that a file gives to others, in their order.
functions_of() { # FILE
  grep -E '^[A-Za-z_].*\(' "$1" | grep -vE '^(static|TENON__APART static|typedef|extern)|;$' | sed -E 's/^[^(]*[ *]([A-Za-z0-9_]+)\(.*/\1/'
}

rule_twin_functions() {
  local file status=0
  for file in src/posix/*.c; do
    file=${file##*/}
    diff --label "src/posix/$file" --label "src/win32/$file" -U0 \
      <(functions_of "src/posix/$file") <(functions_of "src/win32/$file") || status=1
  done
  return $status
}

rule_twin_share() {
  local table
  if table=$(tests/rules/twin_share); then tail -n 1 <<<"$table"; else printf '%s\n' "$table" && return 1; fi
}

# The mechanisms of the poller are told apart by what they do, not by what they offer.
rule_poller_functions() {
  local mechanism status=0
  for mechanism in afd epoll kqueue; do
    diff --label fallback --label $mechanism -U0 \
      <(functions_of src/poller/fallback.c) <(functions_of src/poller/$mechanism.c) || status=1
  done
  return $status
}
