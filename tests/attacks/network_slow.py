#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Slow and silent peers, and windows, against a running h2-server: network_slow.py PATH_OF_H2_SERVER
[CASE] [--weaken]. The times that end them are set short by options."""
import socket
import time

from network import (ACK, DATA, END_STREAM, ENHANCE_YOUR_CALM, GOAWAY, HEADERS, LIMIT, MEBIBYTE,
                     NO_ERROR, PING, PREFACE, WINDOW_UPDATE, case, check, drain, frame, main, request,
                     settings)
from frames import block
from raw_peer import (FLOW_CONTROL_ERROR, INITIAL_WINDOW_SIZE, Peer, code_of, fields, is_readable,
                      reset, window_update)

TEST = ("--test-endpoints",)
SOON = 8  # seconds; the defaults are longer, what is set here is far shorter
OPEN_WINDOWS = (INITIAL_WINDOW_SIZE, 2**31 - 1)


def until_end(peer, octets, every=0.05, limit=SOON):
    """Sends a few octets again and again until the server ends the connection."""
    deadline = time.monotonic() + limit
    while not peer.ended:
        check(time.monotonic() < deadline, "the connection lives on")
        peer.send(octets)
        if is_readable(peer, every):
            drain(peer)


# ---- Connections that nothing comes of ---------------------------------------------------------------


@case("A29", "half prefaces and silence", server=("--first-request-timeout=400ms",),
      weak=("--first-request-timeout=1h", "--idle-timeout=1h"), memory=4 * MEBIBYTE,
      requests=3000)
def half_prefaces(attack):
    before = attack.vitals.descriptors()
    octets = PREFACE + settings()
    for number in range(300):
        peer = attack.connect(start=False)
        attack.send(peer, octets[:number % (len(octets) + 1)])
    attack.gone(before, SOON)


@case("A29 F11", "half TLS handshakes", tls=True, server=("--handshake-timeout=400ms",),
      weak=("--handshake-timeout=1h",), memory=8 * MEBIBYTE)
def half_handshakes(attack):
    before = attack.vitals.descriptors()
    hello = bytes.fromhex("16030100c8010000c40303") + bytes(200)
    sockets = []
    for number in range(100):
        plain = socket.create_connection(("127.0.0.1", attack.port), LIMIT)
        plain.sendall(hello[:number])
        sockets.append(plain)
    try:
        attack.gone(before, SOON)
    finally:
        for plain in sockets:
            plain.close()


@case("A29", "connections of one client", server=("--max-connections-per-client=20", "-a", "127.0.0.1"),
      weak=("--max-connections-per-client=0",), memory=4 * MEBIBYTE,
      requests=3000)
def many_connections(attack):
    before = attack.vitals.descriptors()
    for _ in range(200):
        attack.connect(start=False)
    time.sleep(0.2)
    check(attack.vitals.descriptors() - before < 20, "so many were taken")


@case("C4", "header section that never ends", server=("--header-timeout=400ms",),
      weak=("--header-timeout=1h",))
def slow_headers(attack):
    peer = attack.connect()
    attack.send(peer, frame(HEADERS, 0, 1, block(*fields())))
    attack.ends(peer, ENHANCE_YOUR_CALM, limit=SOON)


@case("C4", "head of HTTP/1.1, octet by octet", server=("--header-timeout=400ms",),
      weak=("--header-timeout=1h",))
def slow_head(attack):
    peer = attack.connect(start=False)
    peer.send(b"GET / HTTP/1.1\r\nHost: a\r\n")
    until_end(peer, b"x")
    check(peer.octets.startswith(b"HTTP/1.1 408"), "no 408")


@case("C9", "PING in place of requests", server=("--idle-timeout=400ms", "--first-request-timeout=1h"),
      weak=("--idle-timeout=1h",))
def pings(attack):
    peer = attack.connect()
    attack.serves(peer, 1)
    until_end(peer, frame(PING, 0, 0, bytes(8)))
    check(peer.goaway_code() == NO_ERROR, "no GOAWAY")


@case("C11", "SETTINGS that are not acknowledged", server=("--settings-timeout=400ms",),
      weak=("--settings-timeout=1h", "--first-request-timeout=1h"))
def no_acknowledgement(attack):
    peer = attack.connect(start=False)
    peer.start(ack=False)
    attack.ends(peer, 4, limit=SOON)


# ---- Bodies ------------------------------------------------------------------------------------------

RATE = (*TEST, "--min-rate=100000", "--min-rate-grace=400ms", "--min-rate-pause=500ms",
        "--close-timeout=300ms")


@case("A7", "windows wide open, nothing is read", server=(*TEST, "--write-timeout=500ms"),
      weak=("--write-timeout=1h", "--min-rate=0"), memory=4 * MEBIBYTE, requests=4000)
def nothing_read(attack):
    before = attack.vitals.descriptors()
    peer = attack.connect(OPEN_WINDOWS, receive_buffer=4096)
    attack.send(peer, window_update(0, 2**31 - 1 - 65535) + b"".join(
        request(1 + 2 * n, b"/bytes/100000000") for n in range(100)), reads=False)
    attack.gone(before, SOON)


@case("A7", "small answers that are not read", server=TEST, requests=500,
      weak=("--max-output=1g", "--max-output-frames=0", "--max-connection-memory=1g",
            "--max-concurrent-streams=10000", "--max-refused-streams=1000000000"))
def small_answers(attack):
    peer = attack.connect(OPEN_WINDOWS, receive_buffer=4096)
    stream = 1
    while attack.octets < 3 * MEBIBYTE and not peer.stuck and not peer.refused:
        attack.send(peer, b"".join(request(stream + 2 * n, b"/bytes/100") for n in range(100)),
                    reads=False)
        stream += 200


@case("C3 C10 A14", "windows of 0, then an octet now and then", server=RATE, weak=("--min-rate=0",))
def slow_read(attack):
    peer = attack.connect((INITIAL_WINDOW_SIZE, 0))
    attack.send(peer, b"".join(request(1 + 2 * n, b"/bytes/1000000") for n in range(50)))
    deadline = time.monotonic() + SOON
    while len(peer.reset_codes()) < 50 and not peer.ended:
        check(time.monotonic() < deadline, "streams live on")
        # So seldom that it is not the number of WINDOW_UPDATE that ends it.
        time.sleep(0.15)
        attack.send(peer, window_update(1, 1))
        drain(peer)


@case("C3 C10", "HTTP/1.1 answer read octet by octet", server=RATE, weak=("--min-rate=0",),
      memory=4 * MEBIBYTE, requests=4000)
def slow_read_http1(attack):
    before = attack.vitals.descriptors()
    peer = attack.connect(start=False, receive_buffer=4096)
    peer.send(b"GET /bytes/1000000000 HTTP/1.1\r\nHost: a\r\n\r\n")
    peer.socket.recv(1)
    deadline = time.monotonic() + SOON
    while attack.vitals.descriptors() > before:
        check(time.monotonic() < deadline, "the connection lives on")
        peer.socket.recv(1)
        time.sleep(0.05)


@case("C5", "uploads octet by octet", server=RATE, weak=("--min-rate=0",))
def slow_upload(attack):
    peer = attack.connect()
    attack.send(peer, b"".join(request(1 + 2 * n, method=b"POST", end=False) for n in range(50)))
    deadline = time.monotonic() + SOON
    while len(peer.reset_codes()) < 50 and not peer.ended:
        check(time.monotonic() < deadline, "streams live on")
        attack.send(peer, frame(DATA, 0, 1, b"x"))
        if is_readable(peer, 0.05):
            drain(peer)


@case("C5", "HTTP/1.1 upload octet by octet", server=RATE, weak=("--min-rate=0",))
def slow_upload_http1(attack):
    peer = attack.connect(start=False)
    peer.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
    until_end(peer, b"x")
    check(peer.octets.startswith(b"HTTP/1.1 408"), "no 408")


@case("C5", "HTTP/1.1 chunks of nothing but framing")
def chunk_framing(attack):
    peer = attack.connect(start=False)
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    attack.send(peer, head + b"1;" + b"x" * 200000, reads=False)
    peer.wait_end()
    check(peer.octets.startswith(b"HTTP/1.1 400"), "no 400")


# ---- Windows -----------------------------------------------------------------------------------------


@case("C1", "windows that overflow, by update and by settings", server=TEST)
def overflow(attack):
    peer = attack.connect()
    attack.send(peer, request(1, b"/delay/86400000") + window_update(1, 2**31 - 1))
    attack.lives(peer)
    check(peer.reset_codes() == {1: FLOW_CONTROL_ERROR}, "the stream is not reset")
    attack.send(peer, window_update(0, 2**31 - 1))
    attack.ends(peer, FLOW_CONTROL_ERROR)
    peer = attack.connect((INITIAL_WINDOW_SIZE, 1))
    attack.send(peer, request(1, b"/delay/86400000") + window_update(1, 2**31 - 2)
                + settings((INITIAL_WINDOW_SIZE, 2)))
    attack.ends(peer, FLOW_CONTROL_ERROR)
    peer = attack.connect()
    attack.send(peer, settings((INITIAL_WINDOW_SIZE, 2**31)))
    attack.ends(peer, FLOW_CONTROL_ERROR)


def body(peer):
    return sum(len(f[3]) for f in peer.seen if f[0] == DATA)


@case("C1 C2", "windows below zero, and reserved bits", server=TEST)
def negative(attack):
    peer = attack.connect((INITIAL_WINDOW_SIZE, 5))
    attack.send(peer, request(1, b"/bytes/100"))
    for octets, expected in [(b"", 5), (settings((INITIAL_WINDOW_SIZE, 0)), 5), (window_update(1, 4), 5),
                             (window_update(1, 1), 5), (window_update(1, 1), 6),
                             (window_update(1, 2**31 + 3), 9),
                             (frame(WINDOW_UPDATE, 0xff, 2**31 + 1, b"\x80\0\0\x02"), 11),
                             (frame(GOAWAY, 0, 2**31, b"\x80" + bytes(7)) + window_update(1, 1), 12)]:
        attack.send(peer, octets)
        attack.lives(peer)
        attack.lives(peer)
        check(body(peer) == expected, f"{body(peer)} octets, not {expected}")


@case("C6", "a stream that stands still in a shared window", server=("--echo-upload", "-W16"),
      weak=("--max-unconsumed=0",))
def shared_window(attack):
    peer = attack.connect((INITIAL_WINDOW_SIZE, 0))
    attack.send(peer, window_update(0, 2**30) + request(1, method=b"POST", end=False)
                + 3 * frame(DATA, 0, 1, bytes(16384)))
    attack.send(peer, request(3, method=b"POST", end=False) + window_update(3, 2**30))
    for sent in range(16384, 3 * MEBIBYTE, 16384):
        attack.send(peer, frame(DATA, 0, 3, bytes(16384)))
        while body(peer) < sent - 16384:
            check(peer.read_frame() is not None, "the connection has ended")


@case("C7", "padding, and DATA of streams that are gone, counts", server=("--reset-burst=1000000",
                                                                       "--glitch-burst=1000000"))
def credited(attack):
    peer = attack.connect()
    sent = 0
    padded = frame(DATA, 8, 1, b"\xff" + bytes(255 + 4000))
    attack.send(peer, request(1, method=b"POST", end=False) + reset(1))
    while sent < 3 * MEBIBYTE:
        attack.send(peer, padded)
        sent += len(padded) - 9
    attack.lives(peer)
    updates = sum(code_of(f[3]) for f in peer.seen if f[0] == WINDOW_UPDATE and f[2] == 0)
    check(updates >= sent - MEBIBYTE, f"{sent} octets sent, {updates} credited")
    attack.serves(peer, 3)


@case("C8", "DATA beyond the window, padding included", server=("--echo-upload",), memory=8 * MEBIBYTE)
def beyond(attack):
    peer = attack.connect((INITIAL_WINDOW_SIZE, 0))
    attack.send(peer, request(1, method=b"POST", end=False) + 3 * frame(DATA, 0, 1, bytes(16384)))
    attack.send(peer, frame(DATA, 8, 1, b"\xff" + bytes(16384 - 1)))
    attack.lives(peer)
    check(peer.reset_codes() == {1: FLOW_CONTROL_ERROR}, f"not reset: {peer.reset_codes()}")
    # Of the connection: streams that are never credited, until its window is used up.
    peer = attack.connect((INITIAL_WINDOW_SIZE, 0))
    stream = 1
    while not peer.ended and stream < 400:
        attack.send(peer, request(stream, method=b"POST", end=False)
                    + 3 * frame(DATA, 0, stream, bytes(16384)))
        stream += 2
    attack.ends(peer, FLOW_CONTROL_ERROR, ENHANCE_YOUR_CALM)


@case("A25 C11", "a client that ends its side in the middle", server=TEST)
def half_closed(attack):
    before = attack.vitals.descriptors()
    for octets in (request(1, b"/delay/86400000"), request(1, b"/stream"),
                   request(1, method=b"POST", end=False), frame(HEADERS, 0, 1, b"\x82"), b"\0\0",
                   frame(DATA, 0, 1)[:5], settings()):
        peer = attack.connect((INITIAL_WINDOW_SIZE, 0))
        attack.send(peer, octets)
        peer.socket.shutdown(socket.SHUT_WR)
    attack.gone(before, SOON)


if __name__ == "__main__":
    main()
