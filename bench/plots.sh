# plots.sh - the plots of what was measured, by gnuplot. To be sourced.
# SPDX-License-Identifier: MIT

# Colours that also those can tell who see red and green alike (Okabe and Ito), on white, also where all else is dark.
style() { # SERVER
  case $1 in
    tenon | tenon_lto) echo '"#d55e00" lw 3 pt 7' ;;
    epoll) echo '"#000000" lw 1.5 pt 6 dt 2' ;;
    poll | wsapoll) echo '"#0072b2" lw 1.5 pt 5' ;;
    libuv | select) echo '"#009e73" lw 1.5 pt 9' ;;
    libevent) echo '"#56b4e9" lw 1.5 pt 11' ;;
    libev) echo '"#cc79a7" lw 1.5 pt 13' ;;
    apr) echo '"#e69f00" lw 1.5 pt 4' ;;
    glib) echo '"#7f7f7f" lw 1.5 pt 8' ;;
    nspr) echo '"#8c510a" lw 1.5 pt 10' ;;
    *) echo '"#5e4fa2" lw 1.5 pt 12' ;;
  esac
}

# Where the names stand beside the ends of their lines: apart from each other, and as near as can be. Reads the
# logarithms of the ends, in any order, and prints the ends themselves and the places beside them.
spread_labels() { # GAP
  awk -v gap="$1" '
    { name[NR] = $1; end[NR] = place[NR] = $2; order[NR] = NR }
    END {
      for (i = 2; i <= NR; i++)
        for (j = i; j > 1 && end[order[j - 1]] > end[order[j]]; j--) { t = order[j]; order[j] = order[j - 1]; order[j - 1] = t }
      for (pass = 0; pass < 1000; pass++)
        for (i = 1; i < NR; i++) {
          lower = order[i]; upper = order[i + 1]
          lack = gap - (place[upper] - place[lower])
          if (lack > 0) { place[lower] -= lack / 2; place[upper] += lack / 2 }
        }
      for (i = 1; i <= NR; i++) print name[i], 10 ^ end[i], 10 ^ place[i]
    }'
}

# One line for each server over the number of connections, both axes logarithmic, named at its end.
plot_lines() { # NAME TITLE PART ACTIVE LOW HIGH
  local data=$figures/$1.dat script=$figures/$1.gnuplot name end place last s curves=()
  mapfile -t list < <(measured "$3")
  last=$(awk -v key="$3 cpu_ns " 'index($0, key) == 1 && $5 > most { most = $5 } END { print most }' "$summary")
  [ -n "$last" ] || return
  for s in "${list[@]}"; do
    printf '# %s\n' "$s"
    awk -v key="$3 cpu_ns $s $4 " 'index($0, key) == 1 { print $5, $6 / 1000 }' "$summary"
    printf '\n\n'
    curves+=("'$data' index '$s' with linespoints lc rgb $(style "$s") ps 0.6")
  done >"$data"
  {
    echo "set terminal svg size 760,460 font 'sans-serif,13' background '#ffffff'
      set output '$figures/$1.svg'
      set title '$2' font ',15'
      set xlabel 'open connections'
      set ylabel 'processor time for each message, µs'
      set logscale xy
      set xrange [8:$last * 1.15]
      set yrange [$5:$6]
      set border 3 lc rgb '#555555'
      set tics nomirror out
      set grid y lc rgb '#dddddd' lt 1
      set rmargin 14
      set key off"
    for s in "${list[@]}"; do
      printf '%s ' "$s"
      awk -v key="$3 cpu_ns $s $4 " 'index($0, key) == 1 { y = log($6 / 1000) / log(10) } END { print y }' "$summary"
    done | spread_labels "$(awk -v low="$5" -v high="$6" 'BEGIN { print 0.048 * log(high / low) / log(10) }')" |
      while read -r name end place; do
        printf 'set arrow from %s,%s to graph 1.035,first %s nohead lc rgb "#999999" lw 0.7\n' "$last" "$end" "$place"
        printf 'set label "%s" at graph 1.045,first %s tc rgb %s\n' "$(title "$name")" "$place" "$(style "$name" | sed 's/ .*//')"
      done
    printf 'plot '
    printf '%s, ' "${curves[@]}" | sed 's/, $//'
    echo
  } >"$script"
  limited 60 gnuplot "$script" || printf '%s could not be drawn.\n' "$1"
}

# Two bars for each server, the shortest at the top.
plot_bars() {
  local data=$figures/instructions.dat
  awk '$1 == "counts" && $2 == "instructions" { if ($4 == 1) one[$3] = $6; else fifty[$3] = $6 }
    END { for (s in one) print s, one[s], fifty[s] }' "$summary" | sort -k2,2nr | while read -r name one fifty; do
    printf '"%s" %.0f %.0f\n' "$(title "$name")" "$one" "$fifty"
  done >"$data"
  echo "set terminal svg size 760,$((110 + 36 * $(wc -l <"$data"))) font 'sans-serif,13' background '#ffffff'
    set output '$figures/instructions.svg'
    set title 'User instructions for each echoed message of 64 bytes' font ',15'
    set xlabel 'user instructions, counted by valgrind'
    set border 1 lc rgb '#555555'
    set tics nomirror out
    set ytics scale 0
    set grid x lc rgb '#dddddd' lt 1
    set xrange [0:*]
    set yrange [-0.7:*]
    set offsets 0,graph 0.06,0.6,0
    set key at graph 0.98,graph 0.95 right top spacing 1.3
    set style fill solid noborder
    plot '$data' using (\$2/2):(\$0+0.2):(\$2/2):(0.19):ytic(1) with boxxyerror lc rgb '#d55e00' title '1 connection', \
      '' using (\$3/2):(\$0-0.2):(\$3/2):(0.19) with boxxyerror lc rgb '#56b4e9' title '50 connections', \
      '' using 2:(\$0+0.2):2 with labels left offset 0.4,0 notitle, \
      '' using 3:(\$0-0.2):3 with labels left offset 0.4,0 notitle" >"$figures/instructions.gnuplot"
  limited 60 gnuplot "$figures/instructions.gnuplot" || echo 'instructions could not be drawn.'
}

draw_plots() {
  command -v gnuplot >/dev/null || { echo 'No plots: gnuplot is not installed.' && return; }
  plot_bars
  plot_lines scale 'Ten active connections of many, on Linux' scale 10 1 5000
  plot_lines wine 'One active connection of many, under Wine' wine 1 50 10000
  printf '\n%s\n' "$figures"/*.svg
}
