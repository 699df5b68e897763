# core.sh - Tenon's calls beside the system's own. To be sourced.
# SPDX-License-Identifier: MIT

# What one of them costs is the difference between two run lengths, divided by the difference in length.
cost() { # COUNTER WAY WHAT
  local short long
  short=$("$1" "$2" "$3" 100) && long=$("$1" "$2" "$3" 1100) || give_up "$1 of $3 by $2 could not be counted."
  awk -v a="$short" -v b="$long" 'BEGIN { printf "%.2f", (b - a) / 1000 }'
}

# The ways are raw, tenon, and tenon_lto: the same in a program that is optimised as a whole when it is linked.
counting() { # TOOL... WAY WHAT N
  local words=("${@:1:$#-3}") way=${*: -3:1} program=$bench/core
  [ "$way" != tenon_lto ] || program=$bench/core_lto
  "${words[@]}" "$program" count "${way%_lto}" "${@: -2}"
}

instructions() { # WAY WHAT N
  counting valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 | sed -n 's/.*Collected : //p' | grep .
}

system_calls() { # WAY WHAT N
  counting strace -f -o "$logs/strace.log" "$@" && wc -l <"$logs/strace.log"
}

count_row() { # WHAT GOAL
  printf '%-22s %6s %6s %6s %9.0f %9.0f %9.0f   %s\n' "$1" \
    "$(cost system_calls raw "$1")" "$(cost system_calls tenon "$1")" "$(cost system_calls tenon_lto "$1")" \
    "$(cost instructions raw "$1")" "$(cost instructions tenon "$1")" "$(cost instructions tenon_lto "$1")" "$2"
}

heading() { # WHERE
  printf '\n%-22s %9s %9s %8s\n' "$1: ns each" raw Tenon ratio
}

part_core() {
  local process
  printf '\n%-22s %20s %29s\n' '' 'system calls' 'user instructions'
  printf '%-22s %6s %6s %6s %9s %9s %9s   %s\n' 'on Linux, each' raw Tenon LTO raw Tenon LTO goal
  count_row send+recv '2 calls, 23 instructions more than raw'
  count_row sendv+recvv '2 calls'
  count_row sendmsg+recvmsg '2 calls'
  count_row 32-datagrams-of-1200 '1 call, 1 to see that it is no stream; at most a third of the time'
  count_row connect+accept+close '5 calls and 1 for the self-connect check, 170 instructions'
  count_row parse-ipv4 'no more than raw'
  count_row parse-ipv4-port 'no more than raw'
  count_row parse-ipv6 'no more than raw'
  count_row parse-ipv6-long 'no more than raw'
  count_row parse-ipv6-port 'no more than raw'
  heading 'on Linux'
  limited 120 "$bench/core" time || give_up "Timing on Linux failed."
  heading 'Wine, one core'
  if wine_on $(($(nproc) - 1)); then
    limited 300 taskset -c $(($(nproc) - 1)) "${steady[@]}" wine "$root/build/bench-windows/bench/core.exe" time >"$logs/bench-wine.log" 2>/dev/null
    tr -d '\r' <"$logs/bench-wine.log"
  fi
}
