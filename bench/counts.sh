# counts.sh - how a server and its load are run, and what the servers cost that can be counted. To be sourced.
# SPDX-License-Identifier: MIT

# Runs a server, perhaps under a tool, and leaves its port in echo.log and its process in $server.
start_server() { # COMMAND...
  local deadline=$((SECONDS + 60))
  : >"$logs/echo.log"
  "$@" </dev/null >"$logs/echo.log" 2>"$logs/echo-tool.log" &
  server=$!
  until [ -s "$logs/echo.log" ] || ! kill -0 $server 2>/dev/null || [ $SECONDS -gt $deadline ]; do sleep 0.02; done
}

# Puts the load on it, which leaves its figures in load.log, and sees it end.
load_server() { # CORE ACTIVE IDLE MESSAGES MILLISECONDS WARM_UP [PROCESS...]
  local status port
  port=$(tr -d '\r' <"$logs/echo.log")
  limited 120 taskset -c "$1" "$bench/load" "${port:-0}" "${@:2}" >"$logs/load.log" 2>"$logs/load-tool.log"
  status=$?
  [ $status -eq 0 ] || kill $server 2>/dev/null
  wait $server && return $status
}

# A row for the table of all that was measured.
note() { # PART SERVER ACTIVE CONNECTIONS ROUND MEASURE VALUE
  local IFS=,
  echo "$*" >>"$csv"
}

server_instructions() { # SERVER ACTIVE MESSAGES
  start_server valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bench/echo_$1" "$2" &&
    load_server 0 "$2" 0 "$3" 1000000 100000 && sed -n 's/.*Collected : //p' "$logs/echo-tool.log" | grep .
}

server_calls() { # SERVER ACTIVE MESSAGES
  start_server strace -f -o "$logs/strace.log" "$bench/echo_$1" "$2" &&
    load_server 0 "$2" 0 "$3" 1000000 100000 && wc -l <"$logs/strace.log"
}

# The difference between two run lengths, of which each warms up with a tenth as many.
count_server() { # COUNTER SERVER ACTIVE
  local short long
  if short=$("$1" "$2" "$3" 1000) && long=$("$1" "$2" "$3" 11000); then
    note counts "$2" "$3" "$3" 1 "${1#server_}" "$(awk -v a="$short" -v b="$long" 'BEGIN { printf "%.2f", (b - a) / 11000 }')"
  else
    printf '%s of %s could not be counted: %s\n' "${1#server_}" "$2" "$(tail -n 1 "$logs/echo-tool.log")"
  fi
}

part_counts() {
  local name active
  forget counts
  for name in "${servers[@]}"; do
    for active in 1 50; do
      count_server server_instructions "$name" $active
      count_server server_calls "$name" $active
    done
    printf '%s\n' "$name"
  done
}
