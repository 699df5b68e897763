# text.sh - rules that the text of the tree has to keep.
# SPDX-License-Identifier: MIT

# The build picks the system; the code does not ask.
rule_no_system_names() {
  local names='_?WIN32|_WIN64|__linux__|__unix__|__APPLE__|__(Free|Net|Open)BSD__|__MINGW(32|64)__|__CYGWIN__'
  neutral_files | grep -vx 'src/native.h' | xargs grep -nwE "$names" | none
}

neutral_files() {
  find include examples bench tests/faults -name '*.[ch]'
  find src tests -maxdepth 1 -name '*.[ch]'
  find src/server src/poller -name '*.[ch]'
}

rule_header_includes() {
  grep -n '# *include' include/tenon.h /dev/null | grep -vE '<(stddef|stdint)\.h>' | none &&
    grep -n '# *include' include/tenon/*.h /dev/null | grep -vE '<(stddef|stdint)\.h>|"tenon\.h"|file\.h:.*<stdio\.h>' | none
}

our_code() {
  find src examples tests bench -name '*.[ch]' -o -name '*.cpp'
}

rule_file_length() {
  our_code | xargs awk 'FNR == 301 { print FILENAME ": more than 300 lines" }' | none
}

# From the line at the margin that names the function to the brace at the margin that ends it.
rule_function_length() {
  our_code | xargs awk '
    /^[A-Za-z_]/ { start = /\(/ ? FNR : 0; name = $0 }
    /^\}/ && start && FNR - start >= 60 { print FILENAME ":" start ": " FNR - start + 1 " lines: " name }
    /^\}/ { start = 0 }' | none
}

# Unfinished business belongs where it is seen, not into the code.
rule_no_notes_to_self() {
  grep -rnIwE 'TO[D]O|FIX[M]E|X[X]X' . --exclude-dir=.git --exclude-dir=build | none
}

rule_format() {
  local tool
  tool=$(command -v clang-format-14 || command -v clang-format) || skip 'clang-format is not installed'
  "$tool" --version | grep -q 'version 14\.' || skip 'clang-format is not version 14'
  find include src examples tests bench \( -name '*.[ch]' -o -name '*.cpp' \) -exec "$tool" --dry-run -Werror {} +
}

rule_shell() {
  command -v shellcheck >/dev/null || skip 'shellcheck is not installed'
  # What is assigned here and used there, or sourced by a name of its own, it cannot follow.
  shellcheck --shell=bash --severity=warning --exclude=SC1090,SC2034,SC2154 tools/* .ci/run tests/rules/* tests/contract/compare tests/random/run tests/random/shorten.sh tests/windows/run tests/windows/afd_run bench/run bench/*.sh
}

# ---- What the headers promise ----------------------------------------------------------------------------------------

public_functions() {
  sed -nE 's/^TENON_API .*[ *](tenon_[a-z0-9_]+)\(.*/\1/p' include/tenon.h include/tenon/*.h | sort
}

rule_public_functions_defined() {
  local name
  [ -n "$(public_functions)" ] || { echo 'include/: no function found' && return 1; }
  for name in $(public_functions); do
    grep -qE "^(TENON__BRIEF )?[a-z].*[ *]$name\(" src/*.c src/*/*.c || echo "$name: in no source of src/"
  done | none
}

rule_public_functions_tested() {
  local name
  for name in $(public_functions); do
    grep -qw "$name" tests/*_test.c || echo "$name: in no tests/*_test.c"
  done | none
}
