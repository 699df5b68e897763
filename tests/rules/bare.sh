# bare.sh - rules for tools/bare: each way in which it can fail or be ended leaves a clean system.
# SPDX-License-Identifier: MIT

bare_can_run() {
  [ "$(id -u)" = 0 ] || skip 'tools/bare takes root'
  command -v pgrep >/dev/null || skip 'pgrep is not installed'
  command -v debootstrap >/dev/null || skip 'debootstrap is not installed; tools/bare installs it'
  unheard 30 unshare --mount --pid --fork --mount-proc true || skip 'this machine has no mount and PID namespaces'
}

# The last line says why, and the status is 3. Another user may not be allowed to read this folder, so it gets the text.
rule_bare_refuses() {
  bare_can_run
  bare_says 'There is no Debian release that is called nosuch.' tools/bare nosuch &&
    bare_says 'tools/bare takes root, to mount file systems.' setpriv --reuid 65534 --clear-groups bash -c "$(<tools/bare)" bare trixie &&
    bare_says 'The root of stretch could not be made from http://127.0.0.1:1.' tools/bare --mirror http://127.0.0.1:1 stretch &&
    nothing_is_left '/bin/sh [^ ]*debootstrap .*'
}

bare_says() { # SENTENCE COMMAND...
  local words status
  words=$(limited 120 "${@:2}" 2>&1)
  status=$?
  [ $status -eq 3 ] && [ "$(printf '%s\n' "$words" | tail -n 1)" = "$1" ] && return
  printf 'status %d: %s\n' $status "$words"
  return 1
}

# A server that never answers stands for a mirror, so that the root is being made for as long as it takes to end that.
rule_bare_ended_while_it_makes_a_root() {
  local server port signal status=0
  bare_can_run
  built native chat_server || return 1
  build/native/examples/chat_server 0 </dev/null >build/silent-mirror.out 2>&1 &
  server=$!
  port=$(port_in build/silent-mirror.out)
  for signal in INT KILL; do
    bare_is_ended $signal '/bin/sh [^ ]*debootstrap .*' --mirror "http://127.0.0.1:$port" stretch || status=1
  done
  kill $server
  wait $server
  return $status
}

rule_bare_ended_while_it_runs() {
  bare_can_run
  [ -d build/bare/trixie ] || skip 'no root of trixie has been made; tools/bare trixie makes it'
  bare_is_ended INT 'sleep 4321' trixie -- sleep 4321 && bare_is_ended KILL 'sleep 4321' trixie -- sleep 4321
}

# Ends tools/bare with a signal once there is a process whose command line matches.
bare_is_ended() { # SIGNAL PATTERN OPTION...
  local bare deadline=$((SECONDS + 60))
  env --default-signal=INT tools/bare "${@:3}" </dev/null >build/bare.out 2>&1 &
  bare=$!
  while ! pgrep -xf "$2" >/dev/null; do
    [ $SECONDS -lt $deadline ] || { echo "nothing with \"$2\" runs:" && cat build/bare.out && return 1; }
    sleep 0.1
  done
  kill -"$1" $bare
  wait $bare
  nothing_is_left "$2"
}

# The folders of runs that have ended: nobody holds their locks.
dead_runs() {
  local folder
  for folder in build/bare/run.*/; do
    [ ! -d "$folder" ] || flock --nonblock "$folder/lock" echo "$folder"
  done
}

# No mount, no such process, and after the next call no folder.
nothing_is_left() { # PATTERN
  local deadline=$((SECONDS + 20))
  while pgrep -xf "$1" >/dev/null; do
    [ $SECONDS -lt $deadline ] || { pgrep -axf "$1" && return 1; }
    sleep 0.1
  done
  unheard 60 tools/bare nosuch
  grep "$root/build/bare" /proc/mounts | none && dead_runs | none
}
