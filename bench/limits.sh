# limits.sh - how long after its limit a call returns although its peer never lets it wait. To be sourced.
# SPDX-License-Identifier: MIT

part_limits() {
  printf '\nOn Linux, milliseconds after the limit, 20 runs each (at most 20 on an idle machine):\n'
  limited 120 "$bench/flood" 20 || give_up "The flood on Linux failed."
  printf '\nUnder Wine, likewise (at most 40):\n'
  wine_start || { echo 'Wine does not start.' && return; }
  limited 300 wine "$root/build/bench-windows/bench/flood.exe" 20 >"$logs/flood.log" 2>/dev/null ||
    give_up "The flood under Wine failed."
  tr -d '\r' <"$logs/flood.log"
}
