# planted.sh - a rule for what Tenon loads on Windows: the system's DLLs, whatever stands beside the program.
# SPDX-License-Identifier: MIT

rule_planted_dll() {
  local place=build/planted status=0 what
  built windows tenon && mkdir -p $place && build_planted $place && wine_start || return 1
  probe $place name || { echo 'a DLL beside the program is not even loaded by its name' && return 1; }
  for what in interfaces multicast; do probe $place $what || status=1; done
  return $status
}

# Wine takes its own DLLs first, unless it is told not to.
probe() { # FOLDER WHAT
  WINEDLLOVERRIDES="$WINEDLLOVERRIDES;iphlpapi=n,b" limited 30 "${steady[@]}" wine "$1/planted_probe.exe" "$2" | tr -d '\r'
  return "${PIPESTATUS[0]}"
}

# The planted functions have other names in their source than the system's, which its headers declare.
build_planted() { # FOLDER
  local compile=(x86_64-w64-mingw32-gcc -std=c11 -Wall -Wextra -Wpedantic -Werror -static)
  {
    echo EXPORTS
    sed -nE 's/^PLANTED\((.*)\)$/\1 = planted_\1/p' tests/windows/planted_dll.c
  } >"$1/iphlpapi.def"
  "${compile[@]}" -shared -o "$1/iphlpapi.dll" tests/windows/planted_dll.c "$1/iphlpapi.def" &&
    "${compile[@]}" -Iinclude -o "$1/planted_probe.exe" tests/windows/planted_probe.c build/windows/libtenon.a -lws2_32
}
