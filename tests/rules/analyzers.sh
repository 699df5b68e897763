# analyzers.sh - rules that static analyzers check. tests/silenced.txt has their wrong findings.
# SPDX-License-Identifier: MIT

# All sources that are compiled on Linux.
linux_sources() {
  printf '%s\n' src/*.c src/posix/*.c src/server/*.c src/poller/{closing,epoll,fallback,table}.c
}

# Reads the output of gcc or clang-tidy and prints the findings that are not silenced.
not_silenced() { # TOOL
  sed "s|^$root/||" | grep -E '^src/[^:]*:[0-9:]+ (warning|error): ' | awk -v tool="$1" '
    NR == FNR { if ($1 == tool) silenced[$2 " " $3] = 1; next }
    { file = $0; sub(/:.*/, "", file); check = $0; sub(/.*\[/, "", check); sub(/\].*/, "", check) }
    !((file " " check) in silenced)' tests/silenced.txt -
}

rule_gcc_analyzer() {
  linux_sources | xargs -n 1 -P "$(nproc)" gcc -std=c11 -O2 -fanalyzer -Iinclude -c -o /dev/null 2>&1 | not_silenced gcc | none
}

rule_cppcheck() {
  command -v cppcheck >/dev/null || skip 'cppcheck is not installed'
  linux_sources | xargs cppcheck --std=c11 --enable=warning,portability,performance -q -Iinclude -D__linux__ -D__GNUC__=12 2>&1 |
    grep -E '^src/' | none
}

# Two checks are off: one wants Annex K's memcpy_s(), which few C libraries have; the other dislikes two parameters of one
# type.
rule_clang_tidy() {
  local checks='-*,bugprone-*,cert-*,concurrency-*,clang-analyzer-*'
  checks+=',-bugprone-easily-swappable-parameters,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling'
  command -v clang-tidy >/dev/null || skip 'clang-tidy is not installed'
  linux_sources | xargs -I '{}' -P "$(nproc)" clang-tidy -quiet -checks="$checks" '{}' -- -std=c11 -Iinclude 2>/dev/null |
    not_silenced clang-tidy | none
}
