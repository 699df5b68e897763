# examples.sh - rules for the examples: what they say of themselves holds, on both systems, and Ctrl-C ends the server.
# SPDX-License-Identifier: MIT

examples=(chat_server client client_short ecn file_receive file_send hand_over http_server listener multicast proxy server server_many server_short showip talker)

rule_examples_linux() {
  built native "${examples[@]}" && examples_keep_their_word native && servers_can_be_interrupted native &&
    workers_end_with_their_parent native
}

rule_examples_windows() {
  built windows "${examples[@]}" && wine_start &&
    examples_keep_their_word windows && servers_can_be_interrupted windows && workers_end_with_their_parent windows
}

# A file with a hole, which ends beyond what FILE_SIZE says: 5368709120 is for who has a minute.
rule_examples_files() {
  local size=${FILE_SIZE:-3000000} from to file=build/file-größe-日本.sparse
  built native "${examples[@]}" && built windows "${examples[@]}" && wine_start || return 1
  rm -f "$file"
  printf begin >"$file" && truncate -s "$size" "$file" && printf end >>"$file"
  for from in native windows; do
    for to in native windows; do file_arrives "$from" "$to" "$file" || return 1; done
  done
  rm -f "$file"
}

file_arrives() { # FROM TO FILE
  local command receiver port
  example_command "$2" file_receive
  rm -f build/receiver.out
  "${command[@]}" 0 </dev/null >build/receiver.out 2>&1 &
  receiver=$!
  port=$(port_in build/receiver.out)
  example_command "$1" file_send
  limited 300 "${command[@]}" localhost "$port" "$3" >build/sender.out 2>&1
  wait $receiver
  said "^$(stat -c %s "$3") bytes, checksum" build/sender.out &&
    diff <(tr -d '\r' <build/sender.out) <(tail -n 1 build/receiver.out | tr -d '\r')
}

rule_examples_hand_over() {
  built native "${examples[@]}" && built windows "${examples[@]}" && wine_start &&
    client_is_handed_over native "unix:$root/build/way" && client_is_handed_over windows 127.0.0.1:0
}

client_is_handed_over() { # BUILD WAY
  local command keeper worker deadline=$((SECONDS + 30)) port way='' status
  example_command "$1" hand_over
  rm -f build/keeper.out
  "${command[@]}" keeper "$2" 0 </dev/null >build/keeper.out 2>&1 &
  keeper=$!
  while [ -z "$way" ] && [ $SECONDS -lt $deadline ]; do
    sleep 0.05
    way=$(sed -nE 's/^waiting for a worker at ([^\r]+)\r?$/\1/p' build/keeper.out 2>/dev/null)
  done
  port=$(port_in build/keeper.out)
  "${command[@]}" worker "${way:-none}" </dev/null >build/worker.out 2>&1 &
  worker=$!
  expect "$1" 0 '^received 4 bytes' client localhost "$port" text
  status=$?
  wait $keeper && wait $worker && [ $status -eq 0 ] && said 'handed one client over' build/keeper.out &&
    said 'served one client' build/worker.out
}

# The program that README.md begins with, and the one of docs/server.md, which is a whole server.
rule_readme_program() { page_program_compiles README.md; }

rule_server_page_program() {
  page_program_compiles docs/server.md &&
    awk 'END { if (NR > 40) print "the program of docs/server.md has " NR " lines" }' build/page.c | none
}

page_program_compiles() { # PAGE
  local source=build/page.c
  sed -n '/^```c$/,/^```$/p' "$1" | sed '/^```/d' >"$source"
  gcc -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -Iinclude -fsyntax-only "$source"
}

examples_keep_their_word() { # BUILD
  local client server
  for client in client client_short; do
    expect "$1" 0 "^usage: $client" $client --help &&
      expect "$1" 2 "^usage: $client" $client &&
      expect "$1" 2 "^usage: $client" $client --bytes=many localhost 80 &&
      expect "$1" 1 'ECONNREFUSED' $client 127.0.0.1 1 text &&
      expect "$1" 1 'EAI_NONAME' $client no.such.host.invalid 80 text &&
      expect "$1" 1 'EAI_SERVICE' $client localhost 65536 text || return 1
  done
  for server in server server_short; do
    expect "$1" 0 "^usage: $server" $server --help &&
      expect "$1" 2 "^usage: $server" $server --clients=0 0 &&
      expect "$1" 1 'EADDRNOTAVAIL' $server --host=192.0.2.1 0 || return 1
  done
  expect "$1" 0 '^usage: server_many' server_many --help &&
    expect "$1" 2 '^usage: server_many' server_many --model=all 0 &&
    expect "$1" 2 '^usage: server_many' server_many --max-clients=0 0 &&
    expect "$1" 1 'EADDRNOTAVAIL' server_many --model=processes --host=192.0.2.1 0 &&
    expect "$1" 0 'IPv4  127.0.0.1' showip localhost &&
    expect "$1" 1 'EAI_NONAME' showip 1.2.3.256 &&
    expect "$1" 0 '^usage: ecn' ecn --help &&
    expect "$1" 2 '^usage: ecn' ecn localhost &&
    expect "$1" 0 '^sent CE  *received CE  *marked CE, [1-9][0-9]* hops left$' ecn &&
    expect "$1" 0 '^usage: file_send' file_send --help &&
    expect "$1" 1 'EAI_NONAME' file_send no.such.host.invalid 80 README.md &&
    expect "$1" 1 'no-such-file: not found' file_send localhost 80 no-such-file &&
    expect "$1" 1 'build: invalid argument' file_send localhost 80 build &&
    expect "$1" 0 '^usage: file_receive' file_receive --help &&
    expect "$1" 2 '^usage: file_receive' file_receive &&
    expect "$1" 0 '^usage: hand_over' hand_over --help &&
    expect "$1" 2 '^usage: hand_over' hand_over worker nowhere &&
    expect "$1" 1 'ECONNREFUSED' hand_over worker 127.0.0.1:1 &&
    expect "$1" 0 '^usage: talker' talker --help &&
    expect "$1" 1 'ECONNREFUSED' talker 127.0.0.1 1 text &&
    expect "$1" 0 '^usage: chat_server' chat_server --help &&
    expect "$1" 2 '^usage: chat_server' chat_server &&
    expect "$1" 0 '^usage: listener' listener --help &&
    expect "$1" 2 '^usage: listener' listener --count=0 0 &&
    groups_converse "$1"
}

# Two members on this host, over IPv4 by way of the loopback interface; over IPv6 through whichever interface there is,
# if there is one.
groups_converse() { # BUILD
  expect "$1" 0 '^usage: multicast' multicast --help &&
    expect "$1" 2 '^usage: multicast' multicast --interface=lo 239.255.0.1 0 &&
    expect "$1" 1 'EINVAL' multicast 127.0.0.1 0 &&
    expect "$1" 1 'ENXIO' multicast --interface=1000000 239.255.0.1 0 &&
    members_hear "$1" 239.255.0.1 --interface=1 && {
      expect "$1" 1 'ENETUNREACH\|EADDRNOTAVAIL\|ENXIO\|EAFNOSUPPORT' multicast --count=1 ff12::1234 0 hello >/dev/null || members_hear "$1" ff12::1234
    }
}

members_hear() { # BUILD GROUP [OPTION]
  local command member deadline=$((SECONDS + 30)) status
  example_command "$1" multicast
  rm -f build/member.out
  "${command[@]}" --count=1 "${@:3}" "$2" 0 </dev/null >build/member.out 2>&1 &
  member=$!
  expect "$1" 0 ': hello$' multicast --count=1 "${@:3}" "$2" "$(port_in build/member.out)" hello
  status=$?
  while kill -0 $member 2>/dev/null && [ $SECONDS -lt $deadline ]; do sleep 0.05; done
  kill -KILL $member 2>/dev/null
  wait $member || { echo "the member's status was $?" && return 1; }
  [ $status -eq 0 ] && said ': hello$' build/member.out
}

servers_can_be_interrupted() { # BUILD
  can_be_interrupted "$1" server client && can_be_interrupted "$1" server_short client_short &&
    can_be_interrupted "$1" chat_server || return
  local model
  for model in iterative threads processes hybrid; do
    can_be_interrupted "$1" server_many client "--model=$model" || return 1
  done
}

# Starts a server in the background, $server, and waits for its $port.
start_server() { # BUILD SERVER [OPTION...]
  example_command "$1" "$2"
  rm -f build/server.out # nobody shall read an earlier one
  "${command[@]}" "${@:3}" 0 </dev/null >build/server.out 2>&1 &
  server=$!
  port=$(port_in build/server.out)
}

# The port that a program names once it listens, or 0 if it never does.
port_in() { # FILE
  local deadline=$((SECONDS + 30)) found=''
  while [ -z "$found" ] && [ $SECONDS -lt $deadline ]; do
    sleep 0.05
    found=$(sed -nE 's/^(listening on|in) .*[: ]([0-9]+)\r?$/\2/p' "$1" 2>/dev/null)
  done
  echo "${found:-0}"
}

can_be_interrupted() { # BUILD SERVER [CLIENT [OPTION...]]
  local server port status
  start_server "$1" "$2" "${@:4}"
  expect "$1" 1 'EADDRINUSE' "$2" "$port" &&
    { [ $# -lt 3 ] || expect "$1" 0 '^received 4 bytes' "$3" localhost "$port" text; }
  status=$?
  ends_when_interrupted && [ $status -eq 0 ]
}

# The $server, whatever it does.
ends_when_interrupted() {
  local deadline=$((SECONDS + 40))
  kill -INT $server
  while kill -0 $server 2>/dev/null && [ $SECONDS -lt $deadline ]; do sleep 0.05; done
  kill -KILL $server 2>/dev/null
  wait $server || { echo "the server's status was $?" && return 1; }
  said 'interrupted' build/server.out
}

# Workers do not care for Ctrl-C, but for their parent: if it is killed, they notice. An unusual limit tells these
# processes from others.
workers_end_with_their_parent() { # BUILD
  local server port mark="--max-clients=$((10000 + RANDOM))" deadline=$((SECONDS + 40)) status=0
  start_server "$1" server_many --model=hybrid "$mark"
  expect "$1" 0 '^received 4 bytes' client localhost "$port" text || status=1
  processes_of "$mark" | grep -vx $server | xargs -r kill -INT # which is no concern of theirs
  expect "$1" 0 '^received 4 bytes' client localhost "$port" text || status=1
  [ "$(processes_of "$mark" | wc -l)" -ge 2 ] || { echo 'there is no worker' && status=1; }
  kill -KILL $server
  wait $server 2>/dev/null
  while processes_of "$mark" | grep -q . && [ $SECONDS -lt $deadline ]; do sleep 0.05; done
  processes_of "$mark" | none || { echo 'these have outlived their parent' && status=1; }
  return $status
}

processes_of() { # ARGUMENT
  ps -eo pid=,args= | grep -e "[s]erver_many.*$1" | awk '{ print $1 }'
}

# Fails unless the example ends with this status and says so.
expect() { # BUILD STATUS PATTERN EXAMPLE [ARGUMENT...]
  local command status
  example_command "$1" "$4"
  limited 30 "${command[@]}" "${@:5}" >build/example.out 2>&1
  status=$?
  [ $status -eq "$2" ] || echo "${*:4}: status $status instead of $2"
  [ $status -eq "$2" ] && said "$3" build/example.out
}

example_command() { # BUILD EXAMPLE
  case $1 in
    native) command=("build/native/examples/$2") ;;
    windows) command=(${steady[@]+"${steady[@]}"} wine "build/windows/examples/$2.exe") ;;
  esac
}

said() { # PATTERN FILE
  tr -d '\r' <"$2" | grep -qe "$1" && return
  echo "nobody said \"$1\", but:"
  cat "$2"
  return 1
}
