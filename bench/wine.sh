# wine.sh - the servers for Windows, under Wine. To be sourced.
# SPDX-License-Identifier: MIT

# The process of Wine's server, which does the work of a kernel for the others: its time is a part of what they cost.
wine_server() {
  local process folder
  folder=server-$(stat -c %D "$WINEPREFIX")-$(printf '%x' "$(stat -c %i "$WINEPREFIX")")
  for process in /proc/[0-9]*; do
    case $(readlink "$process/cwd") in */"$folder") echo "${process#/proc/}" && return ;; esac
  done
  return 1
}

# All on one core: there is but one server of Wine for all, and waking another core takes longer than a call.
wine_on() { # CORE
  wine_start && process=$(wine_server) && taskset -apc "$1" "$process" >/dev/null
}

# The warm-up is long, as it takes a poller some thousand messages to see who is quiet.
time_under_wine() { # SERVER ACTIVE CONNECTIONS ROUND CORE WINE_SERVER
  local ns cpu_ns bytes own_ns
  start_server taskset -c "$5" "${steady[@]}" wine "$root/build/bench-windows/bench/echo_$1.exe" "$3"
  if load_server "$5" "$2" $(($3 - $2)) 1000000000 500 2000 $server "$6"; then
    read -r ns cpu_ns bytes own_ns <"$logs/load.log"
    note wine "$1" "$2" "$3" "$4" own_ns "$own_ns"
    note wine "$1" "$2" "$3" "$4" ns "$ns"
    note wine "$1" "$2" "$3" "$4" cpu_ns "$cpu_ns"
  else
    printf '%s with %d connections failed: %s\n' "$1" "$3" "$(cat "$logs/load-tool.log")"
  fi
}

part_wine() {
  local round rounds=5 name active count process last=$(($(nproc) - 1))
  forget wine
  wine_on "$last" || { echo 'Wine does not start, or its server is not found.' && return; }
  for ((round = 1; round <= rounds; round++)); do
    for active in 1 10; do
      for count in 10 100 500 1000; do
        for name in tenon wsapoll select; do time_under_wine $name $active $count $round "$last" "$process"; done
      done
    done
    printf 'round %d of %d\n' $round $rounds
  done
}
