#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The examples talk to each other: examples.sh SERVER CLIENT PULL
set -euo pipefail
server=$1
client=$2
pull=$3

# fetch PROGRAM ARGUMENT...: what the program prints when it talks to the server. It gets address and
# port; the client, the address and a connection on descriptor 3.
fetch() {
    coproc SERVER { exec "$server"; }
    # coproc sets it
    # shellcheck disable=SC2153
    local pid=$SERVER_PID port text
    # shellcheck disable=SC2064
    trap "kill $pid 2>/dev/null || true" EXIT
    read -r -u "${SERVER[0]}" port
    if [[ $1 == "$client" ]]; then
        text=$("$1" 127.0.0.1 "${@:2}" 3<>"/dev/tcp/127.0.0.1/$port")
    else
        text=$("$1" 127.0.0.1 "$port" "${@:2}")
    fi
    if [[ $text != "hello over HTTP/2" ]]; then
        echo "$1 got: $text" >&2
        exit 1
    fi
    wait "$pid"
}

fetch "$client" /
fetch "$pull" / "a body that is queued"
