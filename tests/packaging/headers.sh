#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: headers.sh <root of the repository> <build folder> <scratch folder>
# Each public header compiles alone, twice in a row, as C99, C11, C++11 and C++17 without a warning.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
root=$1 build=$2 scratch=$3

fresh_folder "$scratch"
includes=()
for library in hpack h2frame h2session; do
    includes+=("-I$root/lib$library/include" "-I$build/lib$library/include")
done
for header in hpack/hpack.h hpack/version.h hpack/export.h h2frame/h2frame.h h2frame/version.h \
    h2frame/export.h h2session/h2session.h h2session/version.h h2session/export.h; do
    printf '#include <%s>\n#include <%s>\nextern int one_declaration;\n' "$header" "$header" \
        >"$scratch/alone.c"
    for standard in c99 c11; do
        quietly "$CC" -std=$standard -pedantic -Wall -Wextra -Wconversion -Werror \
            -fsyntax-only "${includes[@]}" "$scratch/alone.c"
    done
    for standard in c++11 c++17; do
        quietly "$CXX" -x c++ -std=$standard -pedantic -Wall -Wextra -Wconversion -Werror \
            -fsyntax-only "${includes[@]}" "$scratch/alone.c"
    done
    if grep -n '//' "$root"/lib*/include/"$header" 2>/dev/null | grep -v 'https\?://'; then
        fail "$header has a comment in the style of C++"
    fi
    echo "ok: $header"
done
