# symbols.sh - rules for what the compiled library gives to others and takes from them.
# SPDX-License-Identifier: MIT

# Names with a dot are the compiler's own.
defined_in() { # NM LIBRARY
  "$1" -g --defined-only "$2" 2>&1 | awk 'NF == 3 && $3 !~ /\./ { print $3 } NF > 3'
}

rule_prefix_linux() {
  built native tenon && defined_in nm build/native/libtenon.a | grep -v '^tenon_' | none
}

rule_prefix_windows() {
  built windows tenon && defined_in x86_64-w64-mingw32-nm build/windows/libtenon.a | grep -v '^tenon_' | none
}

rule_exports_linux() {
  built shared tenon &&
    diff <(public_functions) <(nm -D --defined-only build/shared/libtenon.so | awk '{ print $3 }' | sort)
}

rule_exports_windows() {
  built windows-shared tenon && diff <(public_functions) <(exports_of build/windows-shared/libtenon.dll | sort)
}

exports_of() { # DLL
  x86_64-w64-mingw32-objdump -p "$1" | sed -nE '/Ordinal\/Name Pointer/,/^$/ s/^\t\[ *[0-9]+\].* ([A-Za-z0-9_@]+)$/\1/p'
}

# ---- Memory ----------------------------------------------------------------------------------------------------------

# All memory comes from the one file.
allocators='(m|c|re|aligned_|v|pv)alloc|reallocarray|posix_memalign|memalign|free|strn?dup|v?asprintf|mmap|s?brk'
allocators+='|_?(Heap|Local|Global|Virtual|CoTaskMem)(Re)?Alloc(Ex)?|_(re)?calloc|_aligned_malloc|_strdup|_wcsdup'

rule_no_heap_linux() {
  built native tenon && allocators_of nm native o | none
}

rule_no_heap_windows() {
  built windows tenon && allocators_of x86_64-w64-mingw32-nm windows obj | none
}

allocators_of() { # NM BUILD SUFFIX
  local source sources
  sources=$(sed -nE 's|^  (src/.*\.c)\)?$|\1|p' CMakeLists.txt)
  [ -n "$sources" ] || { echo 'CMakeLists.txt: no sources found' && return; }
  for source in $sources; do
    [ "$source" != src/memory.c ] || continue
    source=${source/'${system}'/$(system_of "$2")}
    "$1" -u "build/$2/CMakeFiles/tenon.dir/$source.$3" 2>&1 |
      awk -v source="$source" '{ print source (NF > 2 ? ": " $0 : " " $NF) }'
  done | sed 's/ __imp_/ /' | grep -E " ($allocators)\$|: "
}

system_of() { # BUILD
  case $1 in windows*) echo win32 ;; *) echo posix ;; esac
}

# ---- The seam --------------------------------------------------------------------------------------------------------

# Neutral code may call Tenon and these; any other name would be a call to the system that went round the seam.
c_library='mem(chr|cmp|cpy|move|set)|str(chr|cmp|len|ncmp|rchr|spn|cspn)|v?snprintf|malloc|free'
compiler='__(memcpy|memmove|memset|v?snprintf)_chk|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|___chkstk_ms|__mingw_.*printf'

rule_seam_linux() {
  built native tenon fallback_tests && calls_of nm native o | none
}

rule_seam_windows() {
  built windows tenon fallback_tests && calls_of x86_64-w64-mingw32-nm windows obj | none
}

# By source rather than by object: a build folder may still hold objects of files that are gone.
calls_of() { # NM BUILD SUFFIX
  local source object
  for source in src/*.c src/server/*.c src/poller/{closing,table,fallback}.c; do
    [ "$source" != src/sys_alike.c ] || continue
    object=build/$2/CMakeFiles/tenon.dir/$source.$3
    [ "$source" != src/poller/fallback.c ] || object=build/$2/tests/CMakeFiles/fallback_tests.dir/__/$source.$3
    "$1" -u "$object" 2>&1 | awk -v source="$source" '{ print source, $NF }'
  done | sed 's/ \.refptr\./ /' | grep -vE " (tenon_[a-z0-9_]+|$c_library|$compiler)\$"
}
