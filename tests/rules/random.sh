# random.sh - the rule for random programs: the same lines on all systems, and as the model expects them.
# SPDX-License-Identifier: MIT

rule_random_programs() {
  built native tenon_random && built native tenon_random_fallback && built windows tenon_random || return 1
  build/native/tenon_random --strict --seeds 1 --calls 1 >/dev/null
  [ $? -ne 77 ] || skip 'random programs use IPv6'
  wine_start && tests/random/run --seeds 1-100 native fallback windows
}
