# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the packaging tests share; they source it. Reads CC and CMAKE from the environment.
set -euo pipefail

: "${CC:=cc}" "${CMAKE:=cmake}"
CXX=${CXX:-c++}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
log=/dev/null

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# Runs a command quietly; its output is shown when it fails.
quietly() {
    if ! "$@" >"$log" 2>&1; then
        cat "$log" >&2
        fail "$*"
    fi
}

# An empty folder to work in, with no trace of an earlier run.
fresh_folder() {
    rm -rf "$1"
    mkdir -p "$1"
    log=$1/log.txt
    # A compiler's or linker's search path from outside must not help.
    unset CPATH C_INCLUDE_PATH LIBRARY_PATH LD_LIBRARY_PATH PKG_CONFIG_PATH CMAKE_PREFIX_PATH
}

# build_and_install <source> <build> <prefix> [<cmake argument>...]
build_and_install() {
    local source=$1 build=$2 prefix=$3
    shift 3
    quietly "$CMAKE" -S "$source" -B "$build" -DCMAKE_C_COMPILER="$CC" \
        -DCMAKE_BUILD_TYPE=Debug -DCMAKE_INSTALL_PREFIX="$prefix" \
        -DCMAKE_PREFIX_PATH="$prefix" "$@"
    quietly "$CMAKE" --build "$build" --parallel 2
    quietly "$CMAKE" --install "$build"
}

# use_by_cmake <library> <prefix> <build> <expected kind> [<cmake argument>...]
# Builds the consumers in C and in C++ against the installed package and runs them.
use_by_cmake() {
    local library=$1 prefix=$2 build=$3 kind=$4
    shift 4
    quietly "$CMAKE" -S "$here/consumer" -B "$build" -DLIBRARY="$library" -DEXPECT_KIND="$kind" \
        -DCMAKE_C_COMPILER="$CC" -DCMAKE_PREFIX_PATH="$prefix" "$@"
    quietly "$CMAKE" --build "$build"
    local program needed
    for program in consumer_c consumer_cxx; do
        quietly "$build/$program"
        # Not piped into grep -q, which would end ldd by SIGPIPE.
        needed=$(ldd "$build/$program")
        if [[ $needed == *"lib$library.so"* ]]; then
            [ "$kind" = shared ] || fail "$program of $library is not linked statically"
        else
            [ "$kind" = static ] || fail "$program of $library is not linked dynamically"
        fi
    done
    echo "ok: find_package($library), $kind $*"
}

# use_by_pkg_config <library> <prefix> <build>
use_by_pkg_config() {
    local library=$1 prefix=$2 build=$3 path flags
    mkdir -p "$build"
    path=$(dirname "$(find "$prefix" -name "lib$library.pc")")
    read -ra flags < <(PKG_CONFIG_PATH=$path pkg-config --cflags --libs "lib$library")
    quietly "$CC" -std=c99 "$here/consumer/$library.c" -o "$build/c" "${flags[@]}"
    quietly "$CXX" -std=c++11 -x c++ "$here/consumer/$library.c" -x none -o "$build/cxx" \
        "${flags[@]}"
    LD_LIBRARY_PATH=$(dirname "$path") quietly "$build/c"
    LD_LIBRARY_PATH=$(dirname "$path") quietly "$build/cxx"
    echo "ok: pkg-config lib$library"
}
