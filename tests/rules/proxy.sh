# proxy.sh - rules for the example proxy: what goes through it stays as it was, and it waits for nobody, on both systems.
# SPDX-License-Identifier: MIT

rule_proxy_linux() {
  built native proxy proxied crowd && proxy_keeps_its_word native && among_the_three proxy_lives_with_few_descriptors
}

rule_proxy_windows() {
  built native proxied crowd && built windows proxy && wine_start && proxy_keeps_its_word windows
}

proxy_keeps_its_word() { # BUILD
  expect "$1" 0 '^usage: proxy' proxy --help &&
    expect "$1" 2 '^usage: proxy' proxy --max-clients=0 0 localhost 80 &&
    expect "$1" 1 'EAI_NONAME' proxy 0 no.such.host.invalid 80 &&
    expect "$1" 1 'EADDRNOTAVAIL' proxy --host=192.0.2.1 0 localhost 80 &&
    among_the_three proxy_passes_on "$1" && among_the_three proxy_serves_many "$1" &&
    among_the_three proxy_has_a_limit "$1" && among_the_three proxy_passes_resets_on "$1" &&
    among_the_three proxy_can_be_interrupted "$1"
}

proxy_passes_on() { # BUILD
  start_target serve && start_proxy "$1" &&
    proxied half-close 1073741824 && tail -n 1 build/proxied.out && proxied half-close 0 && proxied both 50000000 &&
    proxied break && comes_to_say '^a client broke off' build/target.out &&
    proxy_waits_for_a_slow_target && proxy_ends && target_ends
}

# While the target does not receive, the proxy takes no more than it has room for, and has nothing to do.
proxy_waits_for_a_slow_target() {
  build/native/tests/peers/proxied "$port" stall 200000000 </dev/null >build/stalled.out 2>&1 &
  client=$!
  comes_to_say '^full' build/stalled.out && idle_during sleep 1 && proxied go && ended "$client" &&
    said '^200000000 bytes sent, 200000 received' build/stalled.out && memory_has_not_grown
}

# Many of them speak at a time, of whom nobody may hear another one's words.
proxy_serves_many() { # BUILD
  start_crowd native 400 && start_proxy "$1" &&
    limited 100 build/native/tests/peers/crowd load "$port" 400 40 >build/crowd.out 2>&1 && ended "$target" && proxy_ends && return
  cat build/crowd.out build/target.out build/proxy.out
  return 1
}

proxy_has_a_limit() { # BUILD
  start_target serve && start_proxy "$1" --max-clients=3 &&
    idle_during proxied queue 10 && said '^3 are served at once' build/proxied.out && proxy_ends && target_ends
}

# Of a target that resets, and of one that is not there.
proxy_passes_resets_on() { # BUILD
  start_target once && start_proxy "$1" && proxied reset && ended "$target" &&
    proxied reset && proxy_ends && said 'target: .*ECONNREFUSED' build/proxy.out
}

# With a client in service, who is told that this was not the end.
proxy_can_be_interrupted() { # BUILD
  start_target serve && start_proxy "$1" || return 1
  build/native/tests/peers/proxied "$port" stall 200000000 </dev/null >build/stalled.out 2>&1 &
  client=$!
  comes_to_say '^full' build/stalled.out && kill -INT "$proxy" && ended "$proxy" && said 'interrupted' build/proxy.out || return 1
  ! ended "$client" && said 'ECONNRESET\|EPIPE' build/stalled.out && port=$target_port proxied go && target_ends
}

proxy_lives_with_few_descriptors() {
  start_target serve && start_proxy few &&
    idle_during proxied queue 10 && said '^[1-7] are served at once' build/proxied.out && proxy_ends && target_ends &&
    said 'accept: .*EMFILE' build/proxy.out
}

# ---- The three of them -----------------------------------------------------------------------------------------------

# Nobody outlives a rule that is broken, and no words of earlier ones are heard.
among_the_three() { # FUNCTION [ARGUMENT...]
  local target='' target_port proxy='' port client='' handles memory
  rm -f build/target.out build/proxy.out build/stalled.out
  "$@" && return
  kill -KILL $target $proxy $client 2>/dev/null
  return 1
}

# Starts the server of the test in the background: $target, $target_port.
start_target() { # KIND
  build/native/tests/peers/proxied "$1" </dev/null >build/target.out 2>&1 &
  target=$!
  target_port=$(port_in build/target.out)
}

# Starts the proxy to it in the background: $proxy, $port.
start_proxy() { # BUILD|few [OPTION...]
  local command
  example_command "${1/few/native}" proxy
  [ "$1" != few ] || command=(bash -c 'ulimit -n 20 && exec "$@"' - "${command[@]}")
  "${command[@]}" "${@:2}" 0 127.0.0.1 "$target_port" </dev/null >build/proxy.out 2>&1 &
  proxy=$!
  port=$(port_in build/proxy.out)
  handles=$(handles_of "$proxy")
  memory=$(memory_of "$proxy")
}

# Runs a client, which says what it saw if that is not what it has to be.
proxied() { # CASE [N]
  limited 280 build/native/tests/peers/proxied "$port" "$@" >build/proxied.out 2>&1 && return
  echo "proxied $*: status $?"
  cat build/proxied.out build/proxy.out
  return 1
}

comes_to_say() { # PATTERN FILE
  local deadline=$((SECONDS + 60))
  until grep -qs "$1" "$2" || [ $SECONDS -ge $deadline ]; do sleep 0.05; done
  said "$1" "$2"
}

target_ends() {
  kill -INT "$target" && ended "$target"
}

# Its status, or that of one that had to be killed.
ended() { # PROCESS
  local deadline=$((SECONDS + 70))
  while kill -0 "$1" 2>/dev/null && [ $SECONDS -lt $deadline ]; do sleep 0.05; done
  kill -KILL "$1" 2>/dev/null
  wait "$1"
}

# It has given back what its clients took, and Ctrl-C ends it.
proxy_ends() {
  local deadline=$((SECONDS + 30))
  while [ "$(handles_of "$proxy")" != "$handles" ] && [ $SECONDS -lt $deadline ]; do sleep 0.05; done
  [ "$(handles_of "$proxy")" = "$handles" ] || { echo "$handles handles have become $(handles_of "$proxy")" && return 1; }
  kill -INT "$proxy"
  ended "$proxy" || { echo "the proxy's status was $?" && return 1; }
  said 'interrupted' build/proxy.out
}

handles_of() { # PROCESS
  find "/proc/$1/fd" -mindepth 1 2>/dev/null | wc -l
}

memory_has_not_grown() {
  local most
  most=$(memory_of "$proxy")
  [ $((most - memory)) -lt 4096 ] || { echo "$memory KiB have become $most" && return 1; }
}

# Fails if the proxy is busy while the command runs, which takes a second or more.
idle_during() { # COMMAND...
  local before used
  before=$(ticks_of "$proxy")
  "$@" || return 1
  used=$(($(ticks_of "$proxy") - before))
  [ $used -le 20 ] || { echo "the proxy took $used hundredths of a second to wait" && return 1; }
}

# Of processor time, a hundredth of a second each.
ticks_of() { # PROCESS
  sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'
}
