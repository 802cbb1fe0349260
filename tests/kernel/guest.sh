#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# The first process of the virtual machine of kernel_tls.py: loads the modules, moves bodies between
# h2-server and h2-client over TLS, and prints one line a case, "case NAME: ok" or "case NAME: WHY".
/bin/busybox mkdir -p /proc /dev /tmp /sbin /usr/bin
/bin/busybox --install -s /bin
export PATH=/bin LD_LIBRARY_PATH=/lib
mount -t proc proc /proc
mount -t devtmpfs dev /dev
ip link set lo up
while read -r module; do
    insmod "/modules/$module" || echo "cannot load $module"
done </modules/order
# KERNEL13 and RX13: what OpenSSL leaves to the kernel of TLS 1.3, in words and in connections.
# shellcheck source=/dev/null
. /expected

echo

counter() {
    awk -v name="$1" '$1 == name { print $2 }' /proc/net/tls_stat
}

# Waits until the command succeeds, for a generous time.
await() {
    for _ in $(seq 150); do
        "$@" && return 0
        sleep 0.2
    done
    return 1
}

port=8443
server=

# start FLAG...: a server on a port of its own.
start() {
    port=$((port + 1))
    rm -f /tmp/url
    h2-server "$@" -d /site --echo-upload -a 127.0.0.1 $port /key.pem /cert.pem \
        >/tmp/url 2>/tmp/server-log &
    server=$!
    await [ -s /tmp/url ]
}

stop() {
    kill -TERM $server
    wait $server || wrong="$wrong the server ended with $?;"
}

# Connections whose records the kernel makes, and reads, since mark().
mark() {
    sends=$(counter TlsTxSw)
    receives=$(counter TlsRxSw)
}

grown() {
    echo "$(($(counter TlsTxSw) - sends)) $(($(counter TlsRxSw) - receives))"
}

# fetch FLAG...: a body to us and one there and back, over two connections. Prints what is wrong.
fetch() {
    h2-client --cacert /cert.pem "$@" -v "https://localhost:$port/large" -o /tmp/down \
        >/tmp/trace 2>/tmp/log || echo "exit status $?: $(head -c 300 /tmp/log)"
    cmp -s /site/large /tmp/down || echo "what was fetched is not what was served"
    h2-client --cacert /cert.pem "$@" -d /site/large "https://localhost:$port/echo" -o /tmp/back \
        2>/tmp/log || echo "exit status $? of the upload: $(head -c 300 /tmp/log)"
    cmp -s /site/large /tmp/back || echo "what came back is not what was sent"
}

# try NAME SERVER-FLAGS CLIENT-FLAGS KERNEL "TX RX": KERNEL is what the client says of itself.
# shellcheck disable=SC2086 # flags are words
try() {
    start $2
    mark
    wrong=$(fetch $3)
    got=$(grown)
    [ "$got" = "$5" ] || wrong="$wrong the kernel counts $got, not $5;"
    if [ -n "$4" ] && ! grep -q "kernel TLS: $4\$" /tmp/trace; then
        wrong="$wrong $(grep connected /tmp/trace)"
    fi
    stop
    echo "case $1: ${wrong:-ok}"
}

# A client that asks for new keys, which the kernel cannot be given: it is cut off, and others go on.
try_key_update() {
    wrong=
    start --ktls -v
    { printf 'K\n'; sleep 1; printf 'GET /large HTTP/1.1\r\nHost: a\r\n\r\n'; sleep 1; } |
        openssl s_client -connect "127.0.0.1:$port" -alpn http/1.1 -tls1_3 >/tmp/shown 2>&1
    await grep -q 'closed: TLS: the client asks for new keys' /tmp/url || wrong=$(tail -n 3 /tmp/url)
    wrong="$wrong$(fetch --ktls)"
    stop
    echo "case new keys: ${wrong:-ok}"
}

# Programs of others, where they are.
try_others() {
    wrong=
    start --ktls --admin 9000
    mark
    for version in --http2 --http1.1; do
        [ -x /bin/curl ] || break
        curl -q -sS --cacert /cert.pem $version "https://localhost:$port/large" | cmp -s - /site/large ||
            wrong="$wrong curl $version;"
        curl -q -sS --cacert /cert.pem $version --data-binary @/site/large \
            "https://localhost:$port/echo" | cmp -s - /site/large || wrong="$wrong curl $version, upload;"
    done
    if [ -x /bin/nghttp ]; then
        nghttp "https://127.0.0.1:$port/large" 2>/dev/null | cmp -s - /site/large ||
            wrong="$wrong nghttp;"
    fi
    got=$(grown)
    [ "$got" = "0 0" ] && wrong="$wrong nothing was left to the kernel;"
    told=$(wget -q -O - http://127.0.0.1:9000/metrics |
        awk '/^h2_server_tls_kernel_total/ { printf "%s%s", space, $2; space = " " }')
    [ "$told" = "$got" ] || wrong="$wrong the server counts $told, not $got;"
    stop
    echo "case programs of others: ${wrong:-ok}"
}

open_is() {
    [ "$(counter TlsCurrTxSw)" = "$1" ]
}

# A client that takes nothing: it is cut off in time, and one that is killed leaves nothing.
try_stalls() {
    wrong=
    start --ktls -v --test-endpoints --write-timeout=1s
    for signal in STOP KILL; do
        h2-client --cacert /cert.pem --ktls -n -w 30 -W 30 "https://localhost:$port/bytes/1000000000" \
            2>/dev/null &
        await open_is 2 || wrong="$wrong it did not begin;"
        kill -$signal $!
        if [ $signal = STOP ]; then
            await grep -q 'the peer does not take what is sent: timed out' /tmp/url ||
                wrong="$wrong it was not cut off;"
        fi
        kill -KILL $! 2>/dev/null
        wait $! 2>/dev/null
        await open_is 0 || wrong="$wrong something is left of it;"
    done
    wrong="$wrong$(fetch --ktls)"
    stop
    echo "case clients that stand still or die: ${wrong:-ok}"
}

try "1.3, neither side" "" "" "" "0 0"
try "1.3, server" "--ktls" "" "" "2 $RX13"
try "1.3, client" "" "--ktls" "$KERNEL13" "2 $RX13"
try "1.3, both" "--ktls" "--ktls" "$KERNEL13" "4 $((2 * RX13))"
try "1.2, neither side" "--tls-max 1.2" "" "" "0 0"
try "1.2, server" "--tls-max 1.2 --ktls" "" "" "2 2"
try "1.2, client" "--tls-max 1.2" "--ktls" both "2 2"
try "1.2, both" "--tls-max 1.2 --ktls" "--ktls" both "4 4"
try "1.3, both, two threads" "--ktls -n 2" "--ktls" "$KERNEL13" "4 $((2 * RX13))"
try_key_update
try_others
try_stalls
open="$(counter TlsCurrTxSw) $(counter TlsCurrRxSw)"
[ "$open" = "0 0" ] && open=ok
echo "case nothing is left: $open"
[ "$(counter TlsDecryptError)" = 0 ] && echo "case no record was broken: ok"
echo "end of cases"
poweroff -f
