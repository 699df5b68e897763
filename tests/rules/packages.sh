# packages.sh - rules for those who build Tenon into a project of their own.
# SPDX-License-Identifier: MIT

rule_vendored() {
  local folder=build/vendored
  rm -rf "$folder"
  quiet_build "$folder" tests/consumer/vendored -DTENON_FOLDER="$root" &&
    "$folder/consumer" && only_the_library "$folder"
}

rule_vendored_windows() {
  local folder=build/vendored-windows
  rm -rf "$folder"
  quiet_build "$folder" tests/consumer/vendored -DTENON_FOLDER="$root" \
    -DCMAKE_TOOLCHAIN_FILE="$root/toolchains/mingw-w64-x86_64.cmake" && only_the_library "$folder"
}

# What is optional is nothing that the rest needs.
rule_core_alone() {
  quiet_build build/core-alone "$root" -DTENON_BUILD_SERVER=OFF -DTENON_BUILD_TESTS=OFF -DBUILD_SHARED_LIBS=ON \
    -DCMAKE_SHARED_LINKER_FLAGS=-Wl,--no-undefined
}

rule_installed() {
  local folder=build/installed
  rm -rf "$folder"
  built native tenon &&
    logged install 60 cmake -DCMAKE_INSTALL_PREFIX="$root/$folder/prefix" -P build/native/cmake_install.cmake &&
    quiet_build "$folder/consumer" tests/consumer/installed -DCMAKE_PREFIX_PATH="$root/$folder/prefix" &&
    "$folder/consumer/consumer"
}

# Configures and builds without a word that a vendor would have to explain.
quiet_build() { # FOLDER SOURCE [OPTION...]
  local name=${1//\//-}
  logged "$name-configure" 120 cmake -S "$2" -B "$1" -DCMAKE_C_FLAGS='-Wall -Wextra' "${@:3}" &&
    logged "$name-build" 300 cmake --build "$1" &&
    grep -hi -A 5 'warning' "$logs/$name-configure.log" "$logs/$name-build.log" | none
}

# No program but the consumer's own, and no test.
only_the_library() { # FOLDER
  find "$1" -name CMakeFiles -prune -o -type f -executable -print | grep -v '/consumer' | none &&
    env -C "$1" ctest -N | grep 'Test *#' | none
}
