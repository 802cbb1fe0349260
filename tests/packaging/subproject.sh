#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: subproject.sh <root of the repository> <scratch folder>
# The whole tree inside another project: it defines its targets, installs nothing, adds no tests.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
root=$1 scratch=$2

fresh_folder "$scratch"
build=$scratch/build
quietly "$CMAKE" -S "$here/consumer" -B "$build" -DLIBRARY=h2session -DSUBPROJECT="$root" \
    -DEXPECT_KIND=static -DCMAKE_C_COMPILER="$CC" -DCMAKE_INSTALL_PREFIX="$scratch/prefix"
quietly "$CMAKE" --build "$build" --parallel 2
quietly "$build/consumer_c"
quietly "$build/consumer_cxx"
quietly "$CMAKE" --install "$build"
if [ -n "$(find "$scratch/prefix" -type f 2>/dev/null)" ]; then
    fail "a subproject installs files"
fi
tests=$(cd "$build" && ctest -N)
if [[ $tests != *"Total Tests: 0"* ]]; then
    fail "a subproject adds tests"
fi
echo "ok: add_subdirectory"
