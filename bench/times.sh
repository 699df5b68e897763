# times.sh - what the servers cost in time, in rounds in which they take turns. To be sourced.
# SPDX-License-Identifier: MIT

# Leaves rows for the nanoseconds that a message took and those of processor time that it cost the server.
time_server() { # PART SERVER ACTIVE CONNECTIONS ROUND PREFIX CORE LOAD_CORE MILLISECONDS
  local ns cpu_ns bytes own_ns
  start_server taskset -c "$7" "$bench/echo_$2" "$4"
  if load_server "$8" "$3" $(($4 - $3)) 1000000000 "$9" $(($9 / 10)) $server; then
    read -r ns cpu_ns bytes own_ns <"$logs/load.log"
    note "$1" "$2" "$3" "$4" "$5" "$6ns" "$ns"
    note "$1" "$2" "$3" "$4" "$5" "$6cpu_ns" "$cpu_ns"
    note "$1" "$2" "$3" "$4" "$5" "$6bytes" "$bytes"
  else
    printf '%s with %d connections failed: %s\n' "$2" "$4" "$(cat "$logs/load-tool.log" "$logs/echo-tool.log")"
  fi
}

# On one core, server and load take turns in an order that is always the same: that is where a cost is seen best. What
# comes of it is seen with a core for each.
part_times() {
  local round rounds=9 name active last=$(($(nproc) - 1))
  forget times
  for ((round = 1; round <= rounds; round++)); do
    for name in "${servers[@]}"; do
      for active in 1 50; do
        time_server times "$name" $active $active $round one_core_ $last $last 250
        time_server times "$name" $active $active $round two_cores_ $last 0 250
      done
    done
    printf 'round %d of %d\n' $round $rounds
  done
}

# Tenon and epoll alone, in more rounds, as they lie closer together than the rounds of one of them; and so do few and many
# connections.
part_pair() {
  local round rounds=100 name active count last=$(($(nproc) - 1)) most=$(($(ulimit -n) - 100))
  forget pair
  for ((round = 1; round <= rounds; round++)); do
    for active in 1 50; do
      for name in epoll tenon tenon_lto; do time_server pair $name $active $active $round one_core_ "$last" "$last" 250; done
    done
    for name in epoll tenon; do
      for count in 10 19000; do
        [ $((round % 3)) -ne 0 ] || [ $count -gt $most ] || time_server pair $name 10 $count $round '' "$last" "$last" 250
      done
    done
  done
}

# As many connections as the limit on descriptors allows.
part_scale() {
  local round rounds=5 name count last=$(($(nproc) - 1)) most=$(($(ulimit -n) - 100))
  forget scale
  for ((round = 1; round <= rounds; round++)); do
    for name in "${servers[@]}"; do
      [ "$name" != tenon_lto ] || continue # it waits as Tenon does
      for count in 10 100 1000 10000 19000; do
        [ $count -le $most ] || continue
        time_server scale "$name" 10 $count $round '' $last $last 250
      done
    done
    printf 'round %d of %d\n' $round $rounds
  done
}
