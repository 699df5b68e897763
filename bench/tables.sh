# tables.sh - the tables of what was measured, in Markdown. To be sourced.
# SPDX-License-Identifier: MIT

summary=$root/build/figures/summary.txt

title() { # SERVER
  case $1 in
    tenon) echo Tenon ;;
    tenon_lto) echo 'Tenon, LTO' ;;
    apr) echo APR ;;
    glib) echo GLib ;;
    nspr) echo NSPR ;;
    wsapoll) echo WSAPoll ;;
    *) echo "$1" ;;
  esac
}

# A figure of the summary: $6, $7, $8 are median and quartiles, $9, $10, $11 those of the ratio to epoll.
figure() { # PART MEASURE SERVER ACTIVE CONNECTIONS FORMAT EXPRESSION...
  local expressions="${*:7}"
  awk -v key="$1 $2 $3 $4 $5 " -v format="$6" "
    index(\$0, key) == 1 { printf format, ${expressions// /, }; found = 1 }
    END { if (!found) printf \"–\" }" "$summary"
}

row() { # CELL...
  printf '| %s ' "$@"
  printf '|\n'
}

head_row() { # CELL...
  row "$@"
  printf '|---%.0s' "$@"
  printf '|\n'
}

# Which servers there are figures of, Tenon after what it is compared with.
measured() { # PART
  awk -v part="$1" '$1 == part && !seen[$3]++ { print $3 }' "$summary"
}

# What each connection adds between the fewest and the most of them.
bytes_each() { # SERVER
  awk -v key="scale bytes $1 10 " '
    index($0, key) == 1 { if (!few) { few = $5; least = $6 } many = $5; most = $6 }
    END { if (many > few) printf "%.0f", (most - least) / (many - few); else printf "–" }' "$summary"
}

table_counts() {
  local s
  head_row 'each message' 'user instructions, 1 connection' '50 connections' 'system calls, 1 connection' '50 connections' \
    'bytes for an idle connection'
  for s in $(measured counts); do
    row "$(title "$s")" "$(figure counts instructions "$s" 1 1 %.0f '$6')" "$(figure counts instructions "$s" 50 50 %.0f '$6')" \
      "$(figure counts calls "$s" 1 1 %.2f '$6')" "$(figure counts calls "$s" 50 50 %.2f '$6')" "$(bytes_each "$s")"
  done
}

table_times() {
  local s
  head_row 'one core, each message' 'processor, 1 connection' 'times epoll' 'processor, 50 connections' 'times epoll' \
    'two cores: messages a second, 1 connection' '50 connections'
  for s in $(measured times); do
    row "$(title "$s")" \
      "$(figure times one_core_cpu_ns "$s" 1 1 '%.2f µs' '$6/1000')" \
      "$(figure times one_core_cpu_ns "$s" 1 1 '%.3f (%.2f to %.2f)' '$9' '$10' '$11')" \
      "$(figure times one_core_cpu_ns "$s" 50 50 '%.2f µs' '$6/1000')" \
      "$(figure times one_core_cpu_ns "$s" 50 50 '%.3f (%.2f to %.2f)' '$9' '$10' '$11')" \
      "$(figure times two_cores_ns "$s" 1 1 %.0f '1e9/$6')" "$(figure times two_cores_ns "$s" 50 50 %.0f '1e9/$6')"
  done
}

# The cost with most connections in terms of that with fewest.
growth() { # PART MEASURE SERVER ACTIVE
  awk -v key="$1 $2 $3 $4 " '
    index($0, key) == 1 { if (!first) first = $6; last = $6 }
    END { if (first) printf (last < 9.995 * first ? "%.2f" : "%.0f"), last / first; else printf "–" }' "$summary"
}

table_scale() {
  local s n cells
  head_row 'µs of processor, 10 active of' 10 100 1000 10000 19000 'last to first'
  for s in $(measured scale); do
    cells=()
    for n in 10 100 1000 10000 19000; do cells+=("$(figure scale cpu_ns "$s" 10 $n %.2f '$6/1000')"); done
    row "$(title "$s")" "${cells[@]}" "$(growth scale cpu_ns "$s" 10)"
  done
}

table_wine() {
  local s n active cells
  head_row 'µs of processor / from message to message' 10 100 500 1000 'last to first' "without Wine's server"
  for active in 1 10; do
    for s in $(measured wine); do
      cells=()
      for n in 10 100 500 1000; do
        cells+=("$(figure wine cpu_ns "$s" $active $n %.0f '$6/1000') / $(figure wine ns "$s" $active $n %.0f '$6/1000')")
      done
      row "$(title "$s"), $active active of" "${cells[@]}" "$(growth wine cpu_ns "$s" $active)" \
        "$(growth wine own_ns "$s" $active)"
    done
  done
}

table_goals() {
  local active
  head_row 'what Tenon is to reach' measured
  row 'as many system calls as epoll, 1 and 50 connections' \
    "$(figure counts calls tenon 1 1 %.2f '$6') to $(figure counts calls epoll 1 1 %.2f '$6'), $(figure counts calls tenon 50 50 %.2f '$6') to $(figure counts calls epoll 50 50 %.2f '$6')"
  row 'at most 110 user instructions with 1 connection' \
    "$(figure counts instructions tenon 1 1 %.0f '$6'), with LTO $(figure counts instructions tenon_lto 1 1 %.0f '$6')"
  row 'at most 80 with 50' \
    "$(figure counts instructions tenon 50 50 %.0f '$6'), with LTO $(figure counts instructions tenon_lto 50 50 %.0f '$6')"
  for active in 1 50; do
    row "at most 1.01 times epoll's processor time on one core, $active of $active connections" \
      "$(figure pair one_core_cpu_ns tenon $active $active %.3f '$9'), with LTO $(figure pair one_core_cpu_ns tenon_lto $active $active %.3f '$9')"
  done
  row 'with 10 active of 19,000 at most 1.02 times the cost of 10 of 10' \
    "$(growth pair cpu_ns tenon 10) (epoll: $(growth pair cpu_ns epoll 10))"
  row 'at most 64 bytes for an idle connection, of which the server uses 8' "$(bytes_each tenon)"
  row "under Wine no growth with idle connections (1 active, 10 to 1,000)" \
    "$(growth wine cpu_ns tenon 1) times (WSAPoll: $(growth wine cpu_ns wsapoll 1), select: $(growth wine cpu_ns select 1))"
  row "... and without the time of Wine's server" \
    "$(growth wine own_ns tenon 1) times (WSAPoll: $(growth wine own_ns wsapoll 1), select: $(growth wine own_ns select 1))"
}

version() { # PACKAGE
  dpkg-query -W -f '${Version}' "$1" 2>/dev/null | sed 's/^[0-9]*://; s/[-+].*//'
}

# What those who read the times have to know first.
table_machine() {
  local pair spread
  printf '%s, %s cores of %s, %s, gcc %s, %s' "$(date +%F)" "$(nproc)" "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" \
    "$(uname -srm)" "$(gcc -dumpfullversion)" "$(wine --version 2>/dev/null | sed 's/ .*//')"
  for pair in libuv:libuv1 libevent:libevent libev:libev APR:libapr1 GLib:libglib2.0 NSPR:libnspr4 asio:libasio; do
    [ -z "$(version "${pair#*:}-dev")" ] || printf ', %s %s' "${pair%:*}" "$(version "${pair#*:}-dev")"
  done
  spread=$(figure times one_core_cpu_ns epoll 50 50 %.0f '100*($8-$7)/$6')
  printf '.\nThe middle half of the rounds of epoll itself, 50 connections on one core, lies within %s %%.\n' "$spread"
  if [ "$spread" != – ] && [ "$spread" -gt 5 ]; then
    printf '**Others used the machine at the same time: the times are a rough picture.**\n'
  fi
}

all_tables() {
  local part
  table_machine
  printf '\n'
  table_goals
  for part in counts times scale wine; do
    [ -n "$(measured $part)" ] || continue
    printf '\n'
    "table_$part"
  done
}

# Puts what it reads between the marks of a file, of which each has a line to itself.
put_into() { # FILE
  local text
  text=$(cat)
  sed -i -e '/^<!-- figures -->$/,/^<!-- end of figures -->$/ { //!d }' "$1"
  { sed '/^<!-- figures -->$/q' "$1" && echo && printf '%s\n\n' "$text" && sed -n '/^<!-- end of figures -->$/,$p' "$1"; } \
    >"$figures/new" && cp "$figures/new" "$1"
}

report() {
  [ -e "$csv" ] || give_up "Nothing was measured yet."
  awk -f "$here/summary.awk" "$csv" >"$summary"
  printf '\n'
  all_tables | tee "$figures/tables.md"
  draw_plots
  "$write_docs" || return 0
  put_into "$root/docs/performance.md" <"$figures/tables.md"
  table_counts | put_into "$root/README.md"
  mkdir -p "$root/docs/plots"
  cp "$figures"/*.svg "$root/docs/plots"
}
