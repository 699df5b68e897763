# shorten.sh - the part of tests/random/run that reduces a finding to the fewest calls. To be sourced.
# SPDX-License-Identifier: MIT
#
# Calls that are left out change nothing about the arguments of the others, and the model is played with those that are
# left. All candidates of a round are played in one process of each build, as starting one under Wine takes longest.

ROUNDS=60
BATCH=24

# "3 4 5 9" as "3-5,9".
as_list() { # CALL...
  local list='' from='' to='' call
  for call in "$@" end; do
    if [ -n "$to" ] && [ "$call" = $((to + 1)) ]; then to=$call && continue; fi
    [ -z "$from" ] || list+=${list:+,}$from$([ "$to" = "$from" ] || echo "-$to")
    from=$call to=$call
  done
  echo "$list"
}

# Plays the candidates in a file and writes for each the line of the call, or nothing.
lines_of() { # BUILD SEED CALL FILE
  local count rest=$4 done=0 status total
  total=$(wc -l <"$4")
  while [ $done -lt "$total" ]; do
    tail -n +$((done + 1)) "$4" >"$4.rest"
    play_in "$1" 120 --seeds "$2" --candidates "$4.rest" 2>/dev/null | tr -d '\r' >"$4.played"
    count=$(grep -c '^seed ' "$4.played")
    awk -v call="$3" '/^seed / { if (NR > 1) print line; line = "" } $1 + 0 == call + 0 && /^[0-9]/ { line = $0 } END { print line }' "$4.played"
    [ "$count" -gt 0 ] || { for (( ; done < total; done++)); do echo; done && return; }
    done=$((done + count))
  done
}

# The numbers, from 1, of the candidates with the same results as the finding.
still_found() { # BUILD BUILD SEED CALL FILE
  lines_of "$1" "$3" "$4" "$5" >"$5.one"
  cp "$5.one" "$5.other"
  [ "$1" = "$2" ] || lines_of "$2" "$3" "$4" "$5" >"$5.other"
  paste "$5.one" "$5.other" |
    awk -F '\t' -v one="$line_of_one" -v other="$line_of_other" '$1 == one && $2 == other { print NR }'
}

# What a build has printed for a call.
printed() { # BUILD SEED CALL
  sed -n "/^seed $2\$/,/^end of seed/p" "$out/$(name_of "$1").txt" | grep -m 1 "^$3 "
}

# The calls that share a socket, poller or waker with the last one; those and the calls that share one with them; and so
# on; all.
candidate_slices() { # BUILD BUILD SEED CALL
  sed -n "/^seed $3\$/,/^end of seed/p" "$out/$(name_of "$1").txt" | awk -v last="$((10#$4))" '
    function things(text, into) { while (match(text, /(s|at|pollers|wakers|&pollers|&wakers)\[[0-9]+\]/)) {
      name = substr(text, RSTART, RLENGTH); sub(/^at/, "s", name); into[name] = 1; text = substr(text, RSTART + RLENGTH) } }
    /^[0-9][0-9][0-9]+ / && $1 + 0 <= last { line[$1 + 0] = $0 }
    END {
      things(line[last], known)
      for (level = 0; level < 4; level++) {
        list = ""
        for (i = 0; i < last; i++) {
          delete own
          things(line[i], own)
          is_kept = level == 3
          for (name in own) if (name in known) is_kept = 1
          if (is_kept) { list = list i ","; for (name in own) more[name] = 1 }
        }
        print list last
        for (name in more) known[name] = 1
      }
    }'
}

# "3-5,9" as lines of numbers.
as_numbers() { tr ',' '\n' | awk -F- '{ for (i = $1; i <= $NF; i++) print i }'; }

# Sets kept to the fewest calls before CALL that still show the finding; 1 if it does not show again.
shorten() { # BUILD BUILD SEED CALL
  local file=$out/candidates chunk round=0 found
  line_of_one=$(printed "$1" "$3" "$4") line_of_other=$(printed "$2" "$3" "$4")
  candidate_slices "$@" >"$file"
  found=$(still_found "$@" "$file" | head -n 1)
  [ -n "$found" ] || return 1
  mapfile -t kept < <(sed -n "${found}p" "$file" | as_numbers | head -n -1)
  chunk=$(((${#kept[@]} + 3) / 4))
  while [ ${#kept[@]} -gt 0 ] && [ $((round++)) -lt $ROUNDS ]; do
    shorten_round "$@" && continue
    [ $chunk -gt 1 ] || break
    chunk=$(((chunk + 1) / 2))
  done
}

# One pass: without each chunk by itself, then without all that can go, or the first of them.
shorten_round() { # BUILD BUILD SEED CALL
  local at found first
  local starts=()
  : >"$file"
  for ((at = 0; at < ${#kept[@]}; at += chunk)); do
    as_list "${kept[@]:0:at}" "${kept[@]:at+chunk}" "$((10#$4))" >>"$file"
    starts+=("$at")
  done
  mapfile -t found < <(still_found "$1" "$2" "$3" "$4" "$file")
  [ ${#found[@]} -gt 0 ] || return 1
  remove_chunks "$@"
}

# Half of them, if not all go together, and so on.
remove_chunks() { # BUILD BUILD SEED CALL
  local try=("${found[@]}") less number at
  while [ ${#try[@]} -gt 0 ]; do
    less=("${kept[@]}")
    for number in "${try[@]}"; do
      for ((at = starts[number - 1]; at < starts[number - 1] + chunk && at < ${#kept[@]}; at++)); do unset "less[$at]"; done
    done
    as_list ${less[@]+"${less[@]}"} "$((10#$4))" >"$file"
    if [ ${#try[@]} -eq 1 ] || [ -n "$(still_found "$1" "$2" "$3" "$4" "$file")" ]; then
      kept=(${less[@]+"${less[@]}"})
      return 0
    fi
    try=("${try[@]:0:${#try[@]}/2}")
  done
  return 1
}

# The calls as C, each with its result behind it; the last one with that of both builds.
print_source() { # BUILD BUILD SEED CALL
  local list
  list=$(as_list ${kept[@]+"${kept[@]}"} "$((10#$4))")
  printf '/* seed %s, --calls %s --keep %s */\n' "$3" "$calls" "$list"
  printf 'TEST(seed_%s_call_%d) { /* with #include "random/pasted.h" */\n' "$3" "$((10#$4))"
  play_in "$1" 60 --seeds "$3" --keep "$list" --source 2>/dev/null | tr -d '\r' | as_source
  if [ "$1" != "$2" ]; then
    printf '  /* on %s: %s */\n' "$2" "$(play_in "$2" 60 --seeds "$3" --keep "$list" 2>/dev/null | tr -d '\r' | grep "^$4 " | sed 's/^.* = //')"
  fi
  printf '}\n'
}

as_source() {
  sed -nE -e 's/^    (net_await.*)$/  \1/p' -e 's/^[0-9]{3,} (.*) = ([^=]*)$/  \1; \/* \2 *\//p' |
    sed -E 's/^  tenon_bind\((s\[([0-9]+)\]), .*/&\n  tenon_getsockname(\1, \&at[\2]);/'
}

# A finding whose last call, and whose results, are those of one before is counted, and not shortened once more.
shorten_findings() {
  local one other seed call shown=0 kept seen=' ' key
  while read -r one other seed call; do
    case $call in end*) printf '\n%s, seed %s: %s\n' "$other" "$seed" "$(sed -n "/^seed $seed\$/,/^end of seed/p" "$out/$(name_of "$other").txt" | grep '^    ' | head -n 1)" && continue ;; esac
    key=$(finding_key "$one" "$other" "$seed" "$call")
    case $seen in *" $key "*) continue ;; esac
    seen+="$key "
    [ $shown -lt "$most_findings" ] || continue
    shown=$((shown + 1))
    printf '\n%s%s, seed %s, call %s:\n' "$one" "$([ "$one" = "$other" ] || echo " and $other")" "$seed" "$call"
    if shorten "$one" "$other" "$seed" "$call"; then
      print_source "$one" "$other" "$seed" "$call"
    else
      printf 'it did not show again\n'
    fi
  done
}

finding_key() { # BUILD BUILD SEED CALL
  local build
  for build in "$1" "$2"; do
    printed "$build" "$3" "$4" | sed -E 's/^[0-9]+ //; s/[0-9]+/N/g; s/ /_/g'
  done | tr -d '\n'
}
