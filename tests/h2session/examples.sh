#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The two examples talk to each other: examples.sh SERVER CLIENT
set -euo pipefail
server=$1
client=$2

coproc SERVER { exec "$server"; }
# coproc sets it
# shellcheck disable=SC2153
server_pid=$SERVER_PID
trap 'kill "$server_pid" 2>/dev/null || true' EXIT
read -r -u "${SERVER[0]}" port

text=$("$client" 127.0.0.1 "$port" /)
if [[ $text != "hello over HTTP/2" ]]; then
    echo "the client got: $text" >&2
    exit 1
fi
wait "$server_pid"
