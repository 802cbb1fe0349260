#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Floods against a running h2-server: network_floods.py PATH_OF_H2_SERVER [CASE] [--weaken]."""
import random
import struct

from network import (DATA, END_STREAM, ENHANCE_YOUR_CALM, GOAWAY, HEADERS, HUGE, MEBIBYTE, PING,
                     RST_STREAM, SETTINGS, case, check, frame, main, numbered, repeat, request)
from frames import CONTINUATION, block
from raw_peer import (COMPRESSION_ERROR, FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR, INITIAL_WINDOW_SIZE,
                      PROTOCOL_ERROR, STREAM_CLOSED, fields, reset, settings, window_update)

PRIORITY, PRIORITY_UPDATE, ALTSVC, ORIGIN, UNKNOWN = 2, 16, 10, 12, 0xee
TEST = ("--test-endpoints",)
NEVER = b"/delay/86400000"
ANY_GLITCHES = ("--glitch-burst=" + HUGE,)
ANY_RESETS = ("--reset-burst=" + HUGE, "--new-stream-factor=0", "--max-refused-streams=" + HUGE)
ANY_ACKS = (*ANY_GLITCHES, "--max-queued-acks=" + HUGE, "--max-output-frames=0",
            "--max-output=1g", "--max-connection-memory=1g")


def open_streams(attack, peer, count=100):
    """Requests that are not answered, so that their streams stay."""
    attack.send(peer, b"".join(request(1 + 2 * n, NEVER) for n in range(count)))
    attack.lives(peer)


def priority(stream):
    return frame(PRIORITY, 0, stream, struct.pack(">IB", random.randrange(1, 200, 2)
                                                  | random.choice((0, 1 << 31)), 15))


# ---- Frames that are answered, or change something ---------------------------------------------------


@case("A1", "windows opened octet by octet", server=TEST, weak=("--window-update-free=0",))
def data_dribble(attack):
    peer = attack.connect((INITIAL_WINDOW_SIZE, 0))
    attack.send(peer, b"".join(request(1 + 2 * n, b"/bytes/1048576") for n in range(100)))
    updates = numbered(lambda n: window_update(1 + n % 200 // 2 * 2, 1) + window_update(0, 1), 30000,
                       first=0, step=1)
    attack.flood(peer, updates)
    attack.ends(peer, ENHANCE_YOUR_CALM)
    data = [f for f in peer.seen if f[0] == DATA]
    check(len(data) <= attack.octets // 26, "more DATA than WINDOW_UPDATE")


@case("A2", "PING, answers are not read", weak=ANY_ACKS)
def ping_unread(attack):
    peer = attack.connect(receive_buffer=4096)
    attack.flood(peer, repeat(frame(PING, 0, 0, bytes(8)), 1_000_000), reads=False)
    attack.ends(peer, ENHANCE_YOUR_CALM)
    check(sum(f[0] == PING for f in peer.seen) < 50000, "so many were answered")


@case("A2", "PING, answers are read", requests=2000)
def ping_read(attack):
    peer = attack.connect()
    for count in range(200):
        peer.seen.clear()
        attack.send(peer, 90 * frame(PING, 0, 0, b"%08d" % count))
        while sum(f[0] == PING for f in peer.seen) < 90:
            check(peer.read_frame() is not None, "the connection has ended")


@case("A3", "PRIORITY among 100 streams", server=TEST, weak=("--priority-free=" + HUGE,))
def priorities(attack):
    peer = attack.connect()
    open_streams(attack, peer)
    attack.flood(peer, numbered(lambda n: priority(n % 200), 50000))
    attack.ends(peer, ENHANCE_YOUR_CALM)


@case("A4", "invalid requests, resets are not read", weak=ANY_RESETS)
def invalid_unread(attack):
    peer = attack.connect(receive_buffer=4096)
    attack.flood(peer, numbered(lambda n: request(n, b"/", (b"X", b"y")), 20000), reads=False)
    attack.ends(peer, ENHANCE_YOUR_CALM)


@case("A5", "SETTINGS, read and not read", weak=ANY_ACKS)
def settings_flood(attack):
    for entries in (), ((3, 1),) * 32:
        for reads in True, False:
            peer = attack.connect(receive_buffer=4096)
            attack.flood(peer, repeat(settings(*entries), 20000), reads)
            attack.ends(peer, ENHANCE_YOUR_CALM)


@case("A6 B11", "fields without name and value", weak=("--max-header-fields=100000",
                                                      "--max-header-size=16m"))
def empty_fields(attack):
    raw, huffman, indexed = b"\x00\x00\x00", b"\x00\x80\x80", b"\x00\x01x\x00"
    peer = attack.connect()
    for stream, octets in (1, raw), (3, huffman), (5, indexed):
        payload = block(*fields()) + octets * (16000 // len(octets))
        attack.send(peer, frame(HEADERS, END_STREAM | 4, stream, payload))
    attack.lives(peer)
    codes = peer.reset_codes()
    check(set(codes) == {1, 3, 5}, f"streams reset: {codes}")


@case("A8", "empty DATA", server=TEST, weak=("--max-empty-frames=0", *ANY_GLITCHES))
def empty_data(attack):
    for path in b"/", b"/echo", NEVER:
        peer = attack.connect((INITIAL_WINDOW_SIZE, 0))
        attack.send(peer, request(1, path, method=b"POST", end=False))
        attack.flood(peer, repeat(frame(DATA, 0, 1), 20000))
        attack.ends(peer, ENHANCE_YOUR_CALM)


@case("A9", "empty DATA for a body that nobody takes", server=(*TEST, "--max-empty-frames=0",
                                                              *ANY_GLITCHES), requests=20000)
def empty_data_kept(attack):
    peer = attack.connect((INITIAL_WINDOW_SIZE, 0))
    attack.send(peer, request(1, b"/echo", method=b"POST", end=False) + frame(DATA, 0, 1, b"x"))
    attack.flood(peer, repeat(frame(DATA, 0, 1), 50000))
    attack.lives(peer)


@case("A8", "empty HEADERS and CONTINUATION", weak=("--max-empty-frames=0", "--max-continuations=100000",
                                                  *ANY_GLITCHES))
def empty_headers(attack):
    peer = attack.connect()
    attack.flood(peer, [frame(HEADERS, 0, 1), *repeat(frame(CONTINUATION, 0, 1), 20000)])
    attack.ends(peer, ENHANCE_YOUR_CALM)


# ---- Streams that come and go ------------------------------------------------------------------------


def last_stream(peer):
    return [int.from_bytes(f[3][:4], "big") for f in peer.seen if f[0] == GOAWAY][-1:]


@case("A10", "rapid reset", server=TEST, weak=ANY_RESETS)
def rapid_reset(attack):
    for path in b"/", b"/delay/100":
        peer = attack.connect()
        attack.flood(peer, numbered(lambda n, p=path: request(n, p) + reset(n), 10000))
        attack.ends(peer, ENHANCE_YOUR_CALM)
        check(last_stream(peer) < [1000], f"so many streams were begun: {last_stream(peer)}")


@case("A10 A11", "rapid reset after GOAWAY", server=TEST, weak=ANY_RESETS)
def rapid_reset_after_goaway(attack):
    peer = attack.connect()
    attack.send(peer, request(1, NEVER) + frame(GOAWAY, 0, 0, bytes(8)))
    attack.flood(peer, numbered(lambda n: request(n, NEVER) + reset(n), 10000, first=3))
    attack.ends(peer, ENHANCE_YOUR_CALM)


PRIMITIVES = {
    "WINDOW_UPDATE of 0": lambda n: request(n, NEVER) + window_update(n, 0),
    "a window that overflows": lambda n: request(n, NEVER) + window_update(n, 2**31 - 1),
    "PRIORITY of 4 octets": lambda n: request(n, NEVER) + frame(PRIORITY, 0, n, bytes(4)),
    "DATA after the end": lambda n: request(n, NEVER) + frame(DATA, 0, n, b"x"),
    "HEADERS after the end": lambda n: request(n, NEVER) + request(n, NEVER),
    "more DATA than announced": lambda n: request(n, b"/", (b"content-length", b"1"), method=b"POST",
                                                  end=False) + frame(DATA, 0, n, b"xx"),
}


def made_to_reset(name, make):
    @case("A11", "made to reset by " + name, server=TEST, weak=ANY_RESETS)
    def attack_function(attack):
        peer = attack.connect()
        attack.flood(peer, numbered(make, 5000))
        attack.ends(peer, ENHANCE_YOUR_CALM, PROTOCOL_ERROR, STREAM_CLOSED)
        check(last_stream(peer) < [1500], f"so many streams were begun: {last_stream(peer)}")
    return attack_function


for primitive, maker in PRIMITIVES.items():
    made_to_reset(primitive, maker)


@case("A20", "streams beyond the limit", server=TEST, weak=ANY_RESETS)
def refused_streams(attack):
    peer = attack.connect()
    open_streams(attack, peer)
    attack.flood(peer, numbered(lambda n: request(n, NEVER), 20000, first=201))
    attack.ends(peer, ENHANCE_YOUR_CALM)


@case("A21", "resets as slow as they are allowed", server=(*TEST, *ANY_RESETS),
      memory=2 * MEBIBYTE, requests=90000)
def slow_resets(attack):
    """So many that 35 octets of each would be too much, whatever buffers were in use at the end."""
    peer = attack.connect()
    attack.flood(peer, numbered(lambda n: request(n, NEVER) + reset(n), 60000))
    attack.lives(peer)


@case("A22", "reset in the same segment, with each code", server=(*TEST, *ANY_RESETS))
def early_resets(attack):
    peer = attack.connect()
    stream = 1
    for path in b"/", b"/echo", NEVER, b"/stream", b"/bytes/1000000":
        for code in range(15):
            for method in b"GET", b"POST":
                attack.send(peer, request(stream, path, method=method, end=method == b"GET")
                            + reset(stream, code))
                stream += 2
    attack.lives(peer)
    attack.serves(peer, stream)


@case("A26", "the last stream id")
def last_id(attack):
    peer = attack.connect()
    attack.send(peer, request(2**31 - 1))
    attack.lives(peer)
    check(any(f[0] == HEADERS and f[2] == 2**31 - 1 for f in peer.seen), "it is not answered")
    attack.send(peer, request(1))
    attack.ends(peer, PROTOCOL_ERROR, STREAM_CLOSED)


# ---- Field blocks ------------------------------------------------------------------------------------


@case("A12 A13", "CONTINUATION without end", weak=("--max-continuations=100000",
                                                  "--max-field-block=16m", "--max-header-size=16m",
                                                  "--max-empty-frames=0", *ANY_GLITCHES))
def continuations(attack):
    for size in 0, 1, 100, 16384:
        peer = attack.connect()
        part = frame(CONTINUATION, 0, 1, (b"\x00\x01x\x01y" * 4000)[:size // 5 * 5] or b"\x82"[:size])
        attack.flood(peer, [frame(HEADERS, 0, 1, block(*fields())), *repeat(part, 300)])
        attack.ends(peer, ENHANCE_YOUR_CALM)


def bomb(attack, entry, reference):
    """An entry of the table, or a static one, referred to thousands of times in each request."""
    peer = attack.connect((INITIAL_WINDOW_SIZE, 0))
    attack.send(peer, frame(HEADERS, END_STREAM | 4, 1, block(*fields()) + entry))
    payload = block(*fields()) + reference * 16000
    attack.flood(peer, numbered(lambda n: frame(HEADERS, END_STREAM | 4, n, payload), 400, first=3,
                                per_chunk=4))
    attack.ends(peer, ENHANCE_YOUR_CALM)


WEAK_BOMB = ("--max-header-fields=100000", "--max-header-size=16m")


@case("A14", "many references to a small entry", weak=WEAK_BOMB, requests=4000)
def small_bomb(attack):
    bomb(attack, b"\x40\x01a\x01b", b"\xbe")


@case("A14 E10", "many crumbs of a cookie", weak=WEAK_BOMB, requests=4000)
def cookie_bomb(attack):
    bomb(attack, b"", b"\xa0")


@case("B1", "many references to a large entry", weak=WEAK_BOMB, requests=4000)
def large_bomb(attack):
    value = b"y" * 4000
    bomb(attack, b"\x40\x01a\x7f" + bytes([0x80 | (4000 - 127) & 127, (4000 - 127) >> 7]) + value,
         b"\xbe")


def number(value, prefix, first=0, octets=0):
    """An integer of RFC 7541 5.1, with at least so many octets behind the prefix."""
    most = (1 << prefix) - 1
    value -= most
    out = [first | most]
    while value >= 0x80 or len(out) < octets:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    return bytes([*out, value])


# Each is right but for one thing, so that what follows would be a request if that were let pass.
BROKEN_BLOCKS = {
    "table larger than allowed": number(2**20, 5, 0x20) + block(*fields()),
    "three sizes of the table": b"\x20\x20" + number(4096, 5, 0x20) + block(*fields()),
    "size of the table behind a field": block(*fields()) + b"\x20",
    "number of many octets": number(4096, 5, 0x20, octets=7) + block(*fields()),
    "number beyond 2^32": number(2**32 + 100, 5, 0x20) + block(*fields()),
    "number beyond 2^64": b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f" + block(*fields()),
    "number without end": block(*fields()) + b"\xff" + b"\x80" * 20,
    "index beyond the table": block(*fields()) + number(200, 7, 0x80),
    "index 0": block(*fields()) + b"\x80",
    "string longer than the block": block(*fields()) + b"\x00\x05abc",
    "string of 2^32": block(*fields()) + b"\x00" + number(2**32 - 1, 7) + b"abc",
    "Huffman code padded by an octet": block(*fields()) + b"\x00\x01x\x82\x1f\xff",
    "Huffman code padded by zeros": block(*fields()) + b"\x00\x01x\x81\x18",
    "Huffman code with its end inside": block(*fields()) + b"\x00\x01x\x85\xff\xff\xff\xfc\x7f",
}


@case("B2 B3 B4", "sizes, numbers and codes out of bounds")
def broken_blocks(attack):
    for what, octets in BROKEN_BLOCKS.items():
        peer = attack.connect()
        attack.send(peer, frame(HEADERS, END_STREAM | 4, 1, octets))
        attack.ends(peer, COMPRESSION_ERROR)
        check(not any(f[0] == HEADERS for f in peer.seen), f"answered: {what}")
    peer = attack.connect()
    attack.send(peer, frame(HEADERS, END_STREAM | 4, 1, number(4096, 5, 0x20) + block(*fields())))
    attack.lives(peer)


@case("B4", "the longest and the shortest Huffman codes", requests=4000)
def huffman(attack):
    peer = attack.connect()
    streams = range(1, 120, 2)
    for stream in streams:
        # "0" is 5 bits, LF is 30.
        code = b"\x00" * 15000 if stream < 60 else b"\xff\xff\xff\xea" * 3750
        payload = block(*fields()) + b"\x00\x01x" + number(len(code), 7, 0x80) + code
        attack.send(peer, frame(HEADERS, END_STREAM | 4, stream, payload))
        attack.lives(peer)
    told = {f[2] for f in peer.seen if f[0] == HEADERS} | set(peer.reset_codes())
    check(told == set(streams), f"neither answered nor refused: {set(streams) - told}")


# ---- Frames that do nothing --------------------------------------------------------------------------


@case("A15", "WINDOW_UPDATE of the connection", weak=("--window-update-free=0",))
def window_updates(attack):
    peer = attack.connect()
    attack.flood(peer, repeat(window_update(0, 1), 50000))
    attack.ends(peer, ENHANCE_YOUR_CALM)


@case("A16", "PRIORITY_UPDATE of idle streams", weak=("--priority-free=" + HUGE,
                                                    "--max-concurrent-streams=10000"))
def priority_updates(attack):
    peer = attack.connect()
    attack.flood(peer, numbered(lambda n: frame(PRIORITY_UPDATE, 0, 0, struct.pack(">I", n) + b"u=1"),
                                9000))
    attack.ends(peer, ENHANCE_YOUR_CALM, PROTOCOL_ERROR)


@case("A17", "unknown frames of 16 KiB", weak=("--extension-free=" + HUGE,))
def unknown_frames(attack):
    peer = attack.connect()
    attack.flood(peer, repeat(frame(UNKNOWN, 0, 0, bytes(16384)), 1500))
    attack.ends(peer, ENHANCE_YOUR_CALM)


@case("A18", "SETTINGS of 2400 entries", weak=("--max-settings-entries=100000",))
def large_settings(attack):
    peer = attack.connect()
    attack.flood(peer, repeat(settings(*((3, n) for n in range(2400))), 100))
    attack.ends(peer, ENHANCE_YOUR_CALM)
    check(sum(f[0] == SETTINGS and f[1] for f in peer.seen) <= 1, "one was taken")


@case("A19", "SETTINGS that move 100 windows", server=TEST, weak=ANY_ACKS)
def settings_churn(attack):
    peer = attack.connect()
    open_streams(attack, peer)
    both = settings((INITIAL_WINDOW_SIZE, 0)) + settings((INITIAL_WINDOW_SIZE, 65535), (1, 0), (1, 4096))
    attack.flood(peer, repeat(both, 5000))
    attack.ends(peer, ENHANCE_YOUR_CALM)


@case("A27", "GOAWAY with 16 KiB of text", weak=ANY_GLITCHES)
def goaways(attack):
    peer = attack.connect()
    attack.send(peer, request(1, b"/", method=b"POST", end=False))
    attack.flood(peer, repeat(frame(GOAWAY, 0, 0, bytes(16000)), 1500))
    attack.ends(peer, ENHANCE_YOUR_CALM)


@case("A28", "ALTSVC and ORIGIN from a client", weak=("--extension-free=" + HUGE, *ANY_GLITCHES))
def client_extensions(attack):
    for kind, stream in (ALTSVC, 0), (ALTSVC, 1), (ORIGIN, 0), (ORIGIN, 7):
        peer = attack.connect()
        attack.send(peer, request(1))
        for payload in b"", b"\0", b"\0\0x", b"\0\1x", bytes(16384), b"\xff" * 16384:
            attack.send(peer, frame(kind, 0xff, stream, payload))
        attack.lives(peer)
        attack.flood(peer, repeat(frame(kind, 0, stream, b"\0\0x"), 20000))
        attack.ends(peer, ENHANCE_YOUR_CALM)


# ---- After the end -----------------------------------------------------------------------------------

ERRORS = {
    "frame of another size": frame(PING, 0, 0, bytes(7)),
    "frame on the wrong stream": frame(SETTINGS, 0, 1),
    "frame too large": frame(DATA, 0, 1, bytes(16385)),
    "window that overflows": window_update(0, 2**31 - 1),
    "window of the settings": settings((INITIAL_WINDOW_SIZE, 2**31)),
    "broken field block": frame(HEADERS, END_STREAM | 4, 1, b"\x80"),
    "frame in a field block": frame(HEADERS, 0, 1, b"\x82") + frame(PING, 0, 0, bytes(8)),
    "stream of the server": request(2),
    "push": frame(5, 4, 1, bytes(8)),
    "reset of an idle stream": reset(9),
}


@case("A24 D10", "frames of every kind and size after an error")
def after_the_end(attack):
    rest = b"".join(frame(kind, flags, stream, bytes(size))
                    for kind in (*range(0, 11), 12, 16, 0xee) for flags in (0, 0xff)
                    for stream in (0, 1, 2) for size in (0, 1, 4, 5, 8, 9, 100))
    for error in ERRORS.values():
        peer = attack.connect()
        attack.send(peer, error + rest)
        attack.ends(peer, PROTOCOL_ERROR, FRAME_SIZE_ERROR, FLOW_CONTROL_ERROR, COMPRESSION_ERROR,
                    STREAM_CLOSED)


@case("A23", "connections given up that the peer does not close", server=("--close-timeout=300ms",))
def not_closed(attack):
    before = attack.vitals.descriptors()
    for _ in range(10):
        for error in ERRORS.values():
            attack.send(attack.connect(), error, reads=False)
    attack.gone(before, limit=10)


if __name__ == "__main__":
    main()
