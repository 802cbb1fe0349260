#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: example.sh <README.md> <example.c> <program>
# The README shows the example as it is, and the program does what it says.
set -euo pipefail
awk '/^```/ { shown = $0 == "```c"; next } shown' "$1" | diff - <(sed '1{/SPDX/d}' "$2")
output=$("$3")
echo "$output"
[ "$output" = $':method: GET\ncookie: a=b' ]
