#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: library.sh <library> <root of the repository> <scratch folder>
# Builds one library from a copy of its folder alone and uses it in every way it is offered.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
library=$1 root=$2 scratch=$3

fresh_folder "$scratch"
prefix=$scratch/prefix
needs=()
if [ "$library" = h2session ]; then
    needs=(hpack h2frame)
fi
for one in "${needs[@]}" "$library"; do
    mkdir "$scratch/$one"
    cp -r "$root/lib$one" "$scratch/$one/source"
    build_and_install "$scratch/$one/source" "$scratch/$one/build" "$prefix"
    # Nothing may point back into the place it was built in.
    rm -rf "${scratch:?}/$one"
done
if grep -rIl --include='*.cmake' --include='*.pc' "$scratch/$library" "$prefix"; then
    fail "the installed files name the build folder"
fi

use_by_cmake "$library" "$prefix" "$scratch/use-default" shared
use_by_cmake "$library" "$prefix" "$scratch/use-component" static -DCOMPONENT=static
use_by_cmake "$library" "$prefix" "$scratch/use-variable" static "-D${library}_USE_STATIC_LIBS=ON"
use_by_cmake "$library" "$prefix" "$scratch/use-no-shared" static -DBUILD_SHARED_LIBS=OFF
use_by_cmake "$library" "$prefix" "$scratch/use-shared" shared -DBUILD_SHARED_LIBS=ON
use_by_pkg_config "$library" "$prefix" "$scratch/use-pc"

# A distribution may leave the static half out.
find "$prefix" -name '*-static-targets*.cmake' -delete
find "$prefix" -name '*.a' -delete
use_by_cmake "$library" "$prefix" "$scratch/use-split" shared
if "$CMAKE" -S "$here/consumer" -B "$scratch/refused" -DLIBRARY="$library" -DCOMPONENT=static \
    -DEXPECT_KIND=static -DCMAKE_PREFIX_PATH="$prefix" >"$log" 2>&1; then
    fail "component static found although it is not installed"
fi
echo "ok: component static refused when it is not installed"

# Same minor version while 0.x.
if "$CMAKE" -S "$here/consumer" -B "$scratch/refused" -DLIBRARY="$library" -DWANT_VERSION=0.2 \
    -DEXPECT_KIND=shared -DCMAKE_PREFIX_PATH="$prefix" >"$log" 2>&1; then
    fail "version 0.2 found although it is not installed"
fi
echo "ok: version 0.2 refused"
