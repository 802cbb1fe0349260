#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: dump.sh H2FRAME_DUMP FOLDER
# Holds what the example prints for FOLDER/client.bin against FOLDER/client.txt.
set -euo pipefail
diff -u "$2/client.txt" <("$1" "$2/client.bin")
diff -u "$2/client.txt" <("$1" <"$2/client.bin")
