# compilers.sh - rules that a compiler checks beside the ordinary builds.
# SPDX-License-Identifier: MIT

warnings=(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)

# ---- The headers, each alone and beside windows.h --------------------------------------------------------------------

rule_header_gcc() { each_header header_compiles gcc; }

rule_header_clang() {
  command -v clang >/dev/null || skip 'clang is not installed'
  each_header header_compiles clang
}

rule_header_mingw() {
  command -v x86_64-w64-mingw32-g++ >/dev/null || skip 'x86_64-w64-mingw32-g++ is not installed'
  local compiler=x86_64-w64-mingw32-gcc headers
  mapfile -t headers < <(cd include && printf '%s\n' tenon.h tenon/*.h)
  each_header header_compiles $compiler && header_compiles $compiler winsock2.h windows.h "${headers[@]}" &&
    header_compiles $compiler "${headers[@]}" winsock2.h windows.h && header_compiles $compiler "${headers[@]}" windows.h
}

each_header() { # FUNCTION COMPILER
  local header
  for header in tenon.h $(cd include && printf '%s\n' tenon/*.h); do "$1" "$2" "$header" || return 1; done
}

header_compiles() { # COMPILER HEADER...
  local language
  for language in c:c11 c++:c++11; do
    printf '#include <%s>\n' "${@:2}" |
      "$1" -x "${language%:*}" "-std=${language#*:}" "${warnings[@]}" -Iinclude -c -o /dev/null - || return 1
  done
}

# ---- All of the library as one translation unit ----------------------------------------------------------------------

rule_unity_linux() { unity_compiles gcc posix epoll && unity_compiles gcc posix fallback; }

rule_unity_windows() {
  unity_compiles x86_64-w64-mingw32-gcc win32 'afd*' && unity_compiles x86_64-w64-mingw32-gcc win32 fallback
}

# The backend first: its native.h says which of the system's functions the headers show.
unity_compiles() { # COMPILER BACKEND
  printf '#include "%s"\n' src/"$2"/*.c src/*.c src/server/*.c | "$1" -x c -std=c11 "${warnings[@]}" -Iinclude -I. -c -o /dev/null -
}

# ---- Further systems -------------------------------------------------------------------------------------------------

rule_windows_i686() {
  command -v i686-w64-mingw32-gcc >/dev/null || skip 'i686-w64-mingw32-gcc is not installed'
  built windows-i686
}

rule_windows_clang() {
  local source target=x86_64-w64-mingw32
  command -v clang >/dev/null || skip 'clang is not installed'
  echo '#include <winsock2.h>' | clang --target=$target -x c -fsyntax-only - 2>/dev/null ||
    skip 'clang finds no headers for Windows'
  for source in src/*.c src/win32/*.c src/server/*.c src/poller/{afd*,closing,fallback,table}.c; do
    clang --target=$target -std=c11 "${warnings[@]}" -Iinclude -fsyntax-only "$source" || return 1
  done
}

# What runs on the way that is shortest then; the whole suite runs so on Linux.
rule_lto_windows() {
  local log=$logs/lto-windows.log names
  built lto-windows tenon_tests && wine_start || return 1
  mapfile -t names < <(build/native/tenon_tests --list | grep -E '^(connect|ending|lifecycle|poller|stream|vector)\.')
  limited 120 "${steady[@]}" wine build/lto-windows/tenon_tests.exe "${names[@]}" >"$log" 2>/dev/null
  tr -d '\r' <"$log" | grep -E '^(pass|skip)  ' | sed 's/^[a-z]*  //; s/: .*//' | diff <(printf '%s\n' "${names[@]}") -
}

rule_macos() {
  local source
  command -v zig >/dev/null || skip 'zig, which compiles for macOS, is not installed'
  export ZIG_GLOBAL_CACHE_DIR=$root/build/zig-cache ZIG_LOCAL_CACHE_DIR=$root/build/zig-cache
  for source in src/*.c src/posix/*.c src/server/*.c; do
    zig cc -target x86_64-macos -std=c11 "${warnings[@]}" -Iinclude -c -o build/macos.o "$source" || return 1
  done
  zig cc -target x86_64-macos -std=c11 -Iinclude -o build/chat_server-macos examples/chat_server.c src/*.c src/posix/*.c \
    src/poller/{closing,table,kqueue}.c
}
