#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: symbols.sh <root of the repository> (<libX.so> <libX.a>) for hpack, h2frame and h2session
# The functions a header declares, the symbols the map names and those the library exports are
# the same. A static library cannot hide what its files share; those names begin with the
# library's as well, so that they never meet a program's own.
set -euo pipefail
root=$1
shift

# Declarations may run over lines; the function's name is what stands before the first parenthesis.
declared() {
    local header=$1 macro=$2
    awk -v start="^$macro " '
        $0 ~ start { text = ""; open = 1 }
        open { text = text " " $0 }
        open && /;/ {
            sub(/\(.*/, "", text); sub(/.*[ *]/, "", text); print text; open = 0
        }' "$header" | sort
}

status=0
for library in hpack h2frame h2session; do
    file=$1
    archive=$2
    shift 2
    folder=$root/lib$library
    header=$(declared "$folder/include/$library/$library.h" "${library^^}_API")
    map=$(sed -nE 's/^ +([a-z0-9_]+);.*/\1/p' "$folder/lib$library.map" | sort)
    exported=$(nm -D --defined-only --format=posix "$file" |
        awk '$2 != "A" { sub(/@.*/, "", $1); print $1 }' | sort)
    [ -n "$header" ] || { echo "$library: the header declares nothing" >&2; status=1; }
    diff <(echo "$header") <(echo "$map") ||
        { echo "$library: header (<) and map (>) differ" >&2; status=1; }
    diff <(echo "$map") <(echo "$exported") ||
        { echo "$library: map (<) and library (>) differ" >&2; status=1; }
    # Names with two underscores are the compiler's, of a sanitizer for instance.
    stray=$(nm -g --defined-only --format=posix "$archive" |
        awk 'NF > 2 { print $1 }' | grep -vE "^(${library}_|__)" || true)
    [ -z "$stray" ] || { echo "$archive: names without the prefix:" "$stray" >&2; status=1; }
    echo "$library: $(echo "$header" | wc -l) functions"
done
exit $status
