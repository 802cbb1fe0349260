#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: whole.sh <root of the repository> <scratch folder>
# Installs the libraries by the build of the whole tree, which then needs nothing but libc.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
root=$1 scratch=$2

fresh_folder "$scratch"
prefix=$scratch/prefix
# The searches that would find packages of the machine are cut off.
build_and_install "$root" "$scratch/build" "$prefix" -DH2KIT_APPS=OFF -DH2KIT_TESTS=OFF \
    -DCMAKE_DISABLE_FIND_PACKAGE_OpenSSL=ON -DCMAKE_DISABLE_FIND_PACKAGE_ZLIB=ON \
    -DCMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON
for library in hpack h2frame h2session; do
    use_by_cmake "$library" "$prefix" "$scratch/use-$library" shared
    use_by_cmake "$library" "$prefix" "$scratch/use-$library-static" static -DCOMPONENT=static
    use_by_pkg_config "$library" "$prefix" "$scratch/use-pc-$library"
done
