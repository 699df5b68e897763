# common.sh - what tools/demo, tools/test and tests/rules share: packages, processes, builds and Wine. To be sourced.
# SPDX-License-Identifier: MIT

export LC_ALL=C
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$root/build/logs

# 3 is neither success nor a test that failed: the tests never came to run.
give_up() { # MESSAGE
  printf '%s\n' "$1" >&2
  exit 3
}

mkdir -p "$logs" && [ -w "$logs" ] || give_up "$root/build cannot be written to; was it made by another user?"

# ---- Processes -------------------------------------------------------------------------------------------------------

# Runs a command for at most so many seconds. In the background, because bash answers Ctrl-C while it waits for a
# command there, and without input, because a question that nobody sees would be waited for as well.
limited() { # SECONDS COMMAND...
  timeout -k 5 "$@" </dev/null &
  wait $! 2>/dev/null
}

# The same with the output in a log, whose end is shown if the command fails.
logged() { # NAME SECONDS COMMAND...
  local log=$logs/$1.log
  shift
  limited "$@" >"$log" 2>&1 && return
  printf '%s failed with status %d; the end of %s:\n' "$2" $? "$log"
  tail -n 40 "$log" | sed 's/^/  | /'
  return 1
}

# Wine's helpers keep open what they inherit for as long as they live, and would keep a reader of our output waiting.
unheard() { # SECONDS COMMAND...
  limited "$@" >/dev/null 2>&1
}

clean_up() {
  jobs -p | xargs -r kill 2>/dev/null
  wine_stop
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# ---- Packages --------------------------------------------------------------------------------------------------------

assume_yes=false
missing=()
reasons=()

# Notes the packages if the command (or, with a slash, the file) is not there.
need() { # COMMAND REASON PACKAGE...
  case $1 in
    /*) [ -e "$1" ] && return ;;
    *) command -v "$1" >/dev/null && return ;;
  esac
  local reason=$2 packages
  shift 2
  packages="$*"
  missing+=("$@")
  reasons+=("${packages// /, }: $reason")
}

need_builds() {
  need cmake "configures the builds" cmake
  need make "runs them" make
  need gcc "compiles for this system" gcc
  need /usr/include/stdio.h "has the C library's headers" libc6-dev
  need x86_64-w64-mingw32-gcc "compiles for Windows" gcc-mingw-w64-x86-64
  need wine "runs the Windows programs" wine64 wine
}

install_missing() {
  [ ${#missing[@]} -gt 0 ] || return 0
  printf 'Missing on this machine:\n'
  printf '  %s\n' "${reasons[@]}"
  command -v apt-get >/dev/null || give_up "There is no apt-get here; please install these by other means."
  consent || give_up "Nothing was installed."
  [ "$(id -u)" = 0 ] || sudo -v || give_up "Installing takes root or sudo."
  printf 'Installing ...\n'
  apt_get update || give_up "The list of packages could not be had."
  apt_get install -y --no-install-recommends "${missing[@]}" || give_up "The installation failed."
}

consent() {
  local answer
  if "$assume_yes" || ! [ -t 0 ]; then return 0; fi
  read -r -p 'Install them with apt-get? [Y/n] ' answer
  case $answer in '' | [Yy]*) return 0 ;; *) return 1 ;; esac
}

apt_get() {
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  logged "apt-get-$1" 2400 "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -o DPkg::Lock::Timeout=300 "$@"
}

# ---- Builds ----------------------------------------------------------------------------------------------------------

# Configures and builds build/NAME, one process at a time. CMakePresets.json has the usual ones under the same names.
build() { # NAME [TARGET...]
  local name=$1 toolchains=$root/toolchains options=(-DCMAKE_BUILD_TYPE=RelWithDebInfo) targets=()
  shift
  [ $# -eq 0 ] || targets=(--target "$@")
  case $name in
    native) options+=(-DCMAKE_C_COMPILER=gcc -DTENON_TESTS_KQUEUE=ON) ;;
    shared) options+=(-DCMAKE_C_COMPILER=gcc -DBUILD_SHARED_LIBS=ON) ;;
    clang) options+=(-DCMAKE_C_COMPILER=clang) ;;
    musl) options+=(-DCMAKE_C_COMPILER=musl-gcc -DCMAKE_EXE_LINKER_FLAGS=-static) ;;
    asan) options+=(-DCMAKE_C_COMPILER=gcc -DTENON_TESTS_KQUEUE=ON "-DCMAKE_C_FLAGS=-fsanitize=address,undefined -fno-sanitize-recover=all") ;;
    tsan) options+=(-DCMAKE_C_COMPILER=gcc -DCMAKE_C_FLAGS=-fsanitize=thread) ;;
    windows) options+=(-DCMAKE_TOOLCHAIN_FILE="$toolchains/mingw-w64-x86_64.cmake") ;;
    windows-shared) options+=(-DCMAKE_TOOLCHAIN_FILE="$toolchains/mingw-w64-x86_64.cmake" -DBUILD_SHARED_LIBS=ON) ;;
    lto) options+=(-DCMAKE_C_COMPILER=gcc -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=ON) ;;
    lto-windows) options+=(-DCMAKE_TOOLCHAIN_FILE="$toolchains/mingw-w64-x86_64.cmake" -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=ON) ;;
    bench) options+=(-DCMAKE_C_COMPILER=gcc -DTENON_BUILD_BENCH=ON) ;;
    bench-lto) options+=(-DCMAKE_C_COMPILER=gcc -DTENON_BUILD_BENCH=ON -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=ON) ;;
    bench-windows) options+=(-DCMAKE_TOOLCHAIN_FILE="$toolchains/mingw-w64-x86_64.cmake" -DTENON_BUILD_BENCH=ON) ;;
    i386) cross_options i686-linux-gnu qemu-i386-static ;;
    armhf) cross_options arm-linux-gnueabihf qemu-arm-static ;;
    aarch64 | riscv64 | s390x) cross_options "$name-linux-gnu" "qemu-$name-static" ;;
    windows-i686) options+=(-DCMAKE_TOOLCHAIN_FILE="$toolchains/mingw-w64-i686.cmake") ;;
  esac
  {
    limited 1200 flock 7
    logged "configure-$name" 120 cmake -S "$root" -B "$root/build/$name" "${options[@]}" &&
      logged "build-$name" 900 cmake --build "$root/build/$name" -j "$(nproc)" "${targets[@]}"
  } 7>"$root/build/$name.lock"
}

# Makes builds that later stages need, at the lowest priority beside what runs now. A build that fails here is tried
# again, and reported, by its stage.
build_ahead() { # NAME...
  local name
  trap 'jobs -p | xargs -r kill; exit' TERM
  renice -n 19 -p $BASHPID >/dev/null
  for name in "$@"; do build "$name" >/dev/null; done
}

# For Linux on another processor: linked statically, so that no system of that kind has to be installed. Adds to options.
cross_options() { # TRIPLE EMULATOR
  options+=(-DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR="${1%%-*}" -DCMAKE_C_COMPILER="$1-gcc"
    -DCMAKE_EXE_LINKER_FLAGS=-static -DTENON_BUILD_EXAMPLES=OFF)
  runs_natively "$1-gcc" || options+=(-DCMAKE_CROSSCOMPILING_EMULATOR="$2")
}

# Whether this machine runs what the compiler makes.
runs_natively() { # COMPILER
  local program=$root/build/native-probe-$1
  echo 'int main(void) { return 0; }' >"$program.c"
  unheard 60 "$1" -static -o "$program" "$program.c" && unheard 10 "$program"
}

# ---- Wine ------------------------------------------------------------------------------------------------------------

wine_runs=false

# Debian's Wine has no preloader: once in some thousand starts the kernel's random layout takes an address that Wine has
# to have, and the start fails. Where the layout can be had without chance, this comes before the command. And it takes
# names beyond ASCII only in a locale that has them.
steady=(env LC_ALL=C.UTF-8)
if setarch -R true 2>/dev/null; then steady+=(setarch -R); fi

# Makes the prefix, which takes seconds and is kept, and starts a server that outlives its clients: Debian's ends with
# each of them, which costs every program a cold start.
wine_start() {
  export WINEPREFIX=$root/build/wine-prefix WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml='
  mkdir -p "$WINEPREFIX"
  wine_runs=true
  unheard 30 wineserver -p600
  unheard 300 "${steady[@]}" wine cmd /c exit && return
  printf 'Wine does not start; its own words: WINEPREFIX=%s wine cmd /c exit\n' "$WINEPREFIX"
  return 1
}

wine_stop() {
  "$wine_runs" || return 0
  timeout 30 wineserver -k </dev/null >/dev/null 2>&1
}
