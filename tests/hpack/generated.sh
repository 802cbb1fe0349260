#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: generated.sh <folder of libhpack> <python3>
# The tables in the repository are what the scripts beside them write.
set -euo pipefail
cd "$1/src/gen"
python=$2
status=0
for name in huffman_codes huffman_decode_table huffman_vbmi_table static_index; do
    arguments=()
    [ $name != static_index ] || arguments=(../../include/hpack/hpack.h)
    if ! "$python" -B $name.py "${arguments[@]}" | cmp - $name.c; then
        echo "$name.c is not what $name.py writes" >&2
        status=1
    fi
done
exit $status
