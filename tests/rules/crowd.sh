# crowd.sh - rules for the poller with very many sockets: none is lost or mistaken for another one, on both systems.
# SPDX-License-Identifier: MIT

# All of them speak at once; and what ten of them say costs what it costs when there are no others, though other programs
# may disturb that. With poll it would cost two hundred times as much.
rule_crowd_linux() {
  crowd_has_descriptors 10000
  built native crowd && crowd_is_heard native 10000 10000 && takes_at_most 0 && among_all_as_alone
}

# Ten speak at a time: at each word Wine's server looks through all sockets that are waited for, and through all that have
# news.
rule_crowd_windows() {
  local at_first
  at_first=$(ulimit -Sn)
  crowd_has_descriptors 5000
  built native crowd && built windows crowd && wine_start || return 1
  if [ "$at_first" != unlimited ] && [ "$at_first" -lt "$(ulimit -Sn)" ]; then # Wine's server holds all sockets
    unheard 30 wineserver -k
    wine_start || return 1
  fi
  crowd_is_heard windows 5000 10 && takes_at_most 64
}

crowd_has_descriptors() { # COUNT
  ulimit -Sn "$(ulimit -Hn)"
  [ "$(ulimit -n)" = unlimited ] || [ "$(ulimit -n)" -ge $(($1 + 200)) ] || skip "a process may have $(ulimit -n) descriptors"
}

# The server is a program of the build, the clients are one for Linux.
crowd_is_heard() { # BUILD COUNT SPEAKERS
  local target target_port load memory now most deadline=$((SECONDS + 160)) status=0
  start_crowd "$1" "$2"
  memory=$(memory_of "$target")
  most=$memory
  limited 150 build/native/tests/peers/crowd load "$target_port" "$2" "$3" >build/crowd.out 2>&1 &
  load=$!
  while kill -0 "$target" 2>/dev/null && [ $SECONDS -lt $deadline ]; do
    now=$(memory_of "$target")
    most=${now:-$most}
    sleep 0.1
  done
  kill -KILL "$target" 2>/dev/null
  wait "$target" || status=1
  wait $load || status=1
  cat build/crowd.out
  tail -n +2 build/target.out | tr -d '\r'
  [ $status -eq 0 ] && said "^$2 clients at once" build/target.out &&
    echo "... and the server $(((most - memory) * 1024 / $2)) bytes"
}

start_crowd() { # BUILD COUNT
  local command=(build/native/tests/peers/crowd)
  [ "$1" = native ] || command=(${steady[@]+"${steady[@]}"} wine build/windows/tests/peers/crowd.exe)
  rm -f build/target.out
  "${command[@]}" serve "$2" </dev/null >build/target.out 2>&1 &
  target=$!
  target_port=$(port_in build/target.out)
}

# The library, of its allocator.
takes_at_most() { # BYTES
  awk -v most="$1" '/^[0-9]+ clients at once/ { found = $(NF - 1) <= most } END { exit !found }' build/target.out ||
    { echo "... of which $1 were allowed" && return 1; }
}

# In KiB, the most that it ever was.
memory_of() { # PROCESS
  awk '/^VmHWM/ { print $2 }' "/proc/$1/status" 2>/dev/null
}

among_all_as_alone() {
  awk '/^a message of ten takes/ && $9 > 10 * $6 { print "that is more than ten times as long" }' build/crowd.out | none
}

# The test fires a poller ten thousand times, waits, and does the same once more: that is two system calls. It counts
# writes of the number 1, eight bytes long.
rule_wakes_cost_one_call() {
  command -v strace >/dev/null || skip 'strace is not installed'
  built native tenon_tests || return 1
  limited 60 strace -f -o build/wakes.strace -e trace=write,sendto,sendmsg,ioctl \
    build/native/tenon_tests poller.a_wake_ends_the_wait_or_the_next_one_and_many_count_as_one >build/wakes.out 2>&1 ||
    { cat build/wakes.out && return 1; }
  [ "$(grep -cE 'write\([0-9]+, "\\1(\\0){7}", 8\)' build/wakes.strace)" -eq 2 ] || { cat build/wakes.strace && return 1; }
}
