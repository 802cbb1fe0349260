#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Messages that mean two things, or none, to a running h2-server: network_messages.py
PATH_OF_H2_SERVER [CASE]. What is malformed is refused and never answered as if it were not, over both
protocols; the connection of HTTP/2 goes on, that of HTTP/1.1 ends."""
import os
import pathlib
import re
import signal
import socket
import ssl
import tempfile
import time

from network import (DATA, END_STREAM, HEADERS, LIMIT, PREFACE, case, check, frame, main, request,
                     settings)
from frames import block
from raw_peer import ENHANCE_YOUR_CALM, PROTOCOL_ERROR, REFUSED_STREAM, fields, window_update

MANY = ("--reset-burst=1000000", "--new-stream-factor=0")
GOOD = dict(fields())
BATCH = 50

SECRET = b"nobody is to see this"
FOLDER = tempfile.TemporaryDirectory()
WWW = pathlib.Path(FOLDER.name) / "www"
LOG = pathlib.Path(FOLDER.name) / "log"
(WWW / "sub").mkdir(parents=True)
(WWW / "a.txt").write_text("hello")
(WWW / "link").symlink_to("../secret")
(WWW / "sub" / "up").symlink_to("../..")
os.mkfifo(WWW / "pipe")
(pathlib.Path(FOLDER.name) / "secret").write_bytes(SECRET)


class Streams:
    """Requests that are all to be refused, or all to be answered, many at a time."""

    def __init__(self, attack):
        self.attack = attack
        self.peer = attack.connect()
        self.stream = 1
        self.waiting = {}

    def add(self, text, octets):
        """octets: a function of the stream id."""
        self.waiting[self.stream] = text
        self.attack.send(self.peer, octets(self.stream))
        self.stream += 2
        if len(self.waiting) == BATCH:
            self.settle()

    def settle(self):
        for mark in b"settled1", b"settled2":
            check(self.peer.is_alive(mark), f"the connection has ended at one of {self.waiting}")
        codes = self.peer.reset_codes()
        answered = {f[2] for f in self.peer.seen if f[0] == HEADERS}
        for stream, text in self.waiting.items():
            check(stream not in answered, f"answered: {text}")
            check(codes.get(stream) in (PROTOCOL_ERROR, ENHANCE_YOUR_CALM, REFUSED_STREAM),
                  f"not refused: {text}")
        self.peer.seen.clear()
        self.waiting.clear()


def with_fields(*pairs, end=True):
    return lambda stream: frame(HEADERS, 4 | (END_STREAM if end else 0), stream, block(*pairs))


def with_more(*pairs):
    return with_fields(*fields(), *pairs)


def with_pseudo(name, value):
    return with_fields(*((n, value if n == name else v) for n, v in fields()))


def with_trailers(*pairs):
    return lambda stream: (request(stream, method=b"POST", end=False) + frame(DATA, 0, stream, b"x")
                           + frame(HEADERS, 4 | END_STREAM, stream, block(*pairs)))


@case("E1 E19", "CR, LF, NUL and space around values", server=MANY)
def values(attack):
    streams = Streams(attack)
    for octet in b"\r", b"\n", b"\0", b"\r\n", b"\r\nx: y":
        for value in octet + b"ab", b"a" + octet + b"b", b"ab" + octet:
            streams.add(value, with_more((b"x", value)))
            streams.add(value, with_trailers((b"x", value)))
            for name in GOOD:
                streams.add((name, value), with_pseudo(name, b"/" + value))
    for value in b" a", b"a ", b"\ta", b"a\t", b" ":
        streams.add(value, with_more((b"x", value)))
    streams.settle()


@case("E2 D14", "each octet in names", server=MANY, requests=1000)
def names(attack):
    streams = Streams(attack)
    token = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
    for octet in range(256):
        if octet in token:
            continue
        char = bytes([octet])
        for name in char, char + b"x", b"x" + char, b"x" + char + b"y":
            streams.add(name, with_more((name, b"v")))
            streams.add(name, with_trailers((name, b"v")))
    streams.add("empty", with_more((b"", b"v")))
    streams.settle()


@case("E3", "fields about the connection", server=MANY)
def connection_fields(attack):
    streams = Streams(attack)
    for name in (b"connection", b"keep-alive", b"proxy-connection", b"transfer-encoding", b"upgrade"):
        for value in b"", b"close", b"chunked", b"identity", b"h2c", b"x":
            streams.add((name, value), with_more((name, value)))
            streams.add((name, value), with_trailers((name, value)))
    for value in b"", b"gzip", b"trailers, gzip", b"trailers;q=0.5":
        streams.add(value, with_more((b"te", value)))
    streams.settle()


@case("E4", "content-length against the body", server=MANY)
def lengths(attack):
    streams = Streams(attack)
    for value in (b"", b"+5", b"-5", b" 5", b"5 ", b"0x5", b"5,5", b"5, 5", b"4294967301",
                  b"18446744073709551621", b"9" * 30, b"5\0", b"five"):
        streams.add(value, lambda n, v=value: request(n, b"/", (b"content-length", v), method=b"POST",
                                                      end=False) + frame(DATA, END_STREAM, n, b"12345"))
    for value in b"4", b"6", b"0", b"1000000":
        def head(stream, value=value, end=False):
            return request(stream, b"/", (b"content-length", value), method=b"POST", end=end)

        streams.add((value, "DATA"), lambda n, h=head: h(n) + frame(DATA, END_STREAM, n, b"12345"))
        streams.add((value, "empty DATA"), lambda n, h=head: h(n) + frame(DATA, 0, n, b"12345")
                    + frame(DATA, END_STREAM, n))
        streams.add((value, "trailers"), lambda n, h=head: h(n) + frame(DATA, 0, n, b"12345")
                    + frame(HEADERS, 4 | END_STREAM, n, block((b"x", b"y"))))
        if value != b"0":
            streams.add((value, "HEADERS"), lambda n, h=head: h(n, end=True))
    streams.add("twice", lambda n: request(n, b"/", (b"content-length", b"5"), (b"content-length", b"5"),
                                           method=b"POST", end=False)
                + frame(DATA, END_STREAM, n, b"12345"))
    streams.settle()


@case("E5", "method, path and scheme", server=MANY)
def request_lines(attack):
    streams = Streams(attack)
    for method in (b"", b"GET ", b"GET / HTTP/1.1\r\nx: y", b"G\tT", b"G(T", b"\xc3\xa9", b"GET/"):
        streams.add(method, with_pseudo(b":method", method))
    for path in (b"", b"a", b"http://evil/", b"/ x", b"/\tx", b"/#x", b"/ HTTP/1.1\r\nHost: b", b"*",
                 b"/\0", b"/\x7f", b"/a b"):
        streams.add(path, with_pseudo(b":path", path))
    for scheme in (b"", b"1http", b"ht tp", b"http:", b"http://", b"h/ttp", b"\xff"):
        streams.add(scheme, with_pseudo(b":scheme", scheme))
    streams.settle()


@case("E6", "each octet in the authority", server=MANY, requests=1000)
def authorities(attack):
    streams = Streams(attack)
    for octet in b'/?#@\\," <>^`{|}' + bytes(range(33)) + bytes(range(127, 256)):
        char = bytes([octet])
        for authority in char + b"a", b"a" + char + b"b", b"a" + char:
            streams.add(authority, with_pseudo(b":authority", authority))
    for authority in b"", b"user@a", b"user:pw@a", b"a:b", b"a:99999999", b"a:-1", b"[::1", b"a:1:2":
        streams.add(authority, with_pseudo(b":authority", authority))
    streams.settle()


@case("E7 E14", "pseudo-fields twice, late, unknown or missing", server=MANY)
def pseudo_fields(attack):
    streams = Streams(attack)
    good = fields()
    for index, pair in enumerate(good):
        streams.add((pair, "twice"), with_fields(*good, pair))
        streams.add((pair, "late"), with_fields(*good[:index], *good[index + 1:], (b"x", b"y"), pair))
        if pair[0] != b":authority":
            streams.add((pair, "missing"), with_fields(*good[:index], *good[index + 1:]))
        streams.add((pair, "trailer"), with_trailers(pair))
    for pair in (b":status", b"200"), (b":unknown", b"x"), (b":", b"x"), (b":protocol", b"websocket"):
        streams.add(pair, with_fields(*good, pair))
        streams.add(pair, with_fields(pair, *good))
        streams.add((pair, "trailer"), with_trailers(pair))
    streams.add("extended CONNECT", with_fields((b":method", b"CONNECT"), (b":protocol", b"websocket"),
                                                *good[1:]))
    streams.settle()


@case("E8", "host that is another than the authority", server=MANY)
def hosts(attack):
    streams = Streams(attack)
    for pairs in (((b"host", b"evil"),), ((b"host", b"localhost:81"),), ((b"host", b""),),
                  ((b"host", b"localhost"), (b"host", b"localhost")),
                  ((b"host", b"localhost"), (b"host", b"evil"))):
        streams.add(pairs, with_more(*pairs))
    streams.add("neither", with_fields(*(pair for pair in fields() if pair[0] != b":authority")))
    streams.settle()
    for pairs in ((b"host", b"localhost"),), ((b"host", b"LOCALHOST"),):
        check(streams.peer.fetch(streams.stream, b"/", *pairs) is not None, f"refused: {pairs}")
        streams.stream += 2


def logged(attack, part, count):
    """Lines of the access log that have this in them, once there are so many."""
    attack.server.process.send_signal(signal.SIGUSR1)  # written out and opened anew
    deadline = time.monotonic() + LIMIT
    while len(lines := [line for line in LOG.read_bytes().split(b"\n") if part in line]) < count:
        check(time.monotonic() < deadline, f"not logged: {lines}")
        time.sleep(0.01)
    return lines


# What would change the answer to an upload if it were a field of its head, or end the stream.
TRAILERS = {b"if-match": b'"x"', b"if-none-match": b"*", b"accept-encoding": b"identity;q=0, gzip",
            b"if-unmodified-since": b"Sat, 01 Jan 2000 00:00:00 GMT", b"content-length": b"1",
            b"range": b"bytes=0-1", b"host": b"evil", b"authorization": b"x", b"cookie": b"x=y",
            b"content-type": b"text/x", b"referer": b"evil", b"user-agent": b"evil"}


@case("E9", "trailers that mean something in front",
      server=("-d", str(WWW), "--precompressed", "--access-log", str(LOG), *MANY))
def trailers(attack):
    peer = attack.connect()
    streams = range(1, 2 * len(TRAILERS), 2)
    for stream, pair in zip(streams, TRAILERS.items()):
        attack.send(peer, request(stream, b"/a.txt", method=b"POST", end=False)
                    + frame(DATA, 0, stream, b"12") + frame(HEADERS, 4 | END_STREAM, stream, block(pair)))
        attack.lives(peer)
        attack.lives(peer)
        answer = b"".join(f[3] for f in peer.seen if f[0] == DATA and f[2] == stream)
        heads = [f[3] for f in peer.seen if f[0] == HEADERS and f[2] == stream]
        # Either it is refused, or it is as if the trailer had not been. 0x88 is ":status: 200".
        check(stream in peer.reset_codes() or
              (answer == b"hello" and len(heads) == 1 and heads[0].startswith(b"\x88")),
              f"merged: {pair}: {heads} {answer}")
    lines = logged(attack, b"/a.txt", len(TRAILERS))
    check(not any(b"evil" in line for line in lines), f"merged into the log: {lines}")


@case("E10", "crumbs of a cookie", server=("--test-endpoints",))
def crumbs(attack):
    peer = attack.connect()
    got = peer.fetch(1, b"/echo", (b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"cookie", b""))
    check(got is not None and b"cookie: a=1" in got and b"b=2" in got, f"lost: {got}")
    attack.send(peer, frame(HEADERS, 4 | END_STREAM, 3, block(*fields()) + b"\xa0" * 5000))
    attack.lives(peer)
    check(3 in peer.reset_codes(), "5000 crumbs were taken")


@case("E11", "interim and final statuses from a client", server=MANY)
def statuses(attack):
    streams = Streams(attack)
    for status in b"100", b"101", b"103", b"200":
        streams.add(status, with_fields((b":status", status)))
    streams.settle()


@case("E13", "CONNECT")
def connect(attack):
    for pairs in (((b":method", b"CONNECT"), (b":authority", b"127.0.0.1:22")),
                  ((b":method", b"CONNECT"), (b":authority", b"127.0.0.1")),
                  ((b":method", b"CONNECT"), (b":authority", b"127.0.0.1:0")),
                  ((b":method", b"CONNECT"), (b":authority", b"a:65536")),
                  ((b":method", b"CONNECT"), *fields()[1:]), ((b":method", b"CONNECT"),)):
        peer = attack.connect()
        attack.send(peer, frame(HEADERS, 4, 1, block(*pairs)) + frame(DATA, 0, 1, b"SSH-2.0-x\r\n"))
        attack.lives(peer)
        attack.lives(peer)
        heads = [f[3] for f in peer.seen if f[0] == HEADERS]
        # 0x88 is ":status: 200".
        check(not any(head.startswith(b"\x88") for head in heads), f"tunnelled: {pairs}")


@case("E25", "sections beyond the limit are not cut")
def too_large(attack):
    peer = attack.connect()
    attack.send(peer, request(1, b"/", *((b"x%d" % n, b"y") for n in range(200))))
    big = block(*fields(), *((b"x%d" % n, b"y" * 10000) for n in range(5)),
                *((b"z%d" % n, b"y" * 300) for n in range(50)))
    attack.send(peer, frame(HEADERS, END_STREAM, 3, big[:16384])
                + b"".join(frame(9, 4 if at + 16384 >= len(big) else 0, 3, big[at:at + 16384])
                           for at in range(16384, len(big), 16384)))
    attack.lives(peer)
    check(set(peer.reset_codes()) == {1, 3}, f"reset: {peer.reset_codes()}")
    attack.serves(peer, 5)
    # What is too large even in its compressed form ends the connection.
    peer = attack.connect()
    attack.flood(peer, [frame(HEADERS, END_STREAM, 1, big[:16384]), *4 * [frame(9, 0, 1, big[:16384])]])
    attack.ends(peer, ENHANCE_YOUR_CALM)


# ---- HTTP/1.1 ----------------------------------------------------------------------------------------


def talk(attack, octets):
    """What is answered until the end of the connection, after our own."""
    attack.octets += len(octets)
    with socket.create_connection(("127.0.0.1", attack.port), LIMIT) as peer:
        peer.sendall(octets)
        peer.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while more := peer.recv(65536):
                answer += more
        except ConnectionResetError:
            pass
        return answer


SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
HEAD = b"POST / HTTP/1.1\r\nHost: a\r\n"


@case("E4 E17 H1", "requests that hide another")
def smuggling(attack):
    for octets in (HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
                   HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n" + SMUGGLED,
                   HEAD + b"Content-Length: 0\r\nContent-Length: 35\r\n\r\n" + SMUGGLED,
                   HEAD + b"Content-Length: 0, 35\r\n\r\n" + SMUGGLED,
                   HEAD + b"Content-Length: +0\r\n\r\n" + SMUGGLED,
                   HEAD + b"Content-Length : 0\r\n\r\n" + SMUGGLED,
                   HEAD + b"Content-Length: 0\r\n Folded: x\r\n\r\n" + SMUGGLED,
                   HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
                   HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + SMUGGLED,
                   HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n" + SMUGGLED,
                   HEAD + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
                   HEAD + b"Transfer-Encoding\x00: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
                   HEAD + b"Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n" + SMUGGLED,
                   HEAD + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" + SMUGGLED,
                   HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n" + SMUGGLED,
                   HEAD + b"Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\n" + SMUGGLED,
                   HEAD + b"X: y\rContent-Length: 35\r\n\r\n" + SMUGGLED,
                   HEAD + b"X: y\nContent-Length: 35\n\n" + SMUGGLED,
                   b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
                   b"GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
                   b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + SMUGGLED,
                   b"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n" + SMUGGLED,
                   b"GET / HTTP/1.1\r\n\r\n" + SMUGGLED, b"GET / HTTP/2.0\r\nHost: a\r\n\r\n" + SMUGGLED,
                   b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED):
        answer = talk(attack, octets)
        found = re.findall(rb"HTTP/1\.1 (\d+)", answer)
        check(len(found) == 1 and found[0] in (b"400", b"501", b"505"), f"{octets[:90]}: {found}")


@case("E12", "expectations that are not met")
def expectations(attack):
    for head, status in ((b"DELETE / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n", b"405"),
                         (b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n", b"417")):
        answer = talk(attack, head + b"Content-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED)
        found = re.findall(rb"HTTP/1\.1 (\d+)", answer)
        check(found == [status], f"{head}: {found}")


@case("E15 E16", "upgrades that are none")
def upgrades(attack):
    good = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n" \
           b"HTTP2-Settings: AAMAAABkAAQAAP__\r\n"
    texts = b"!!", b"AAMAAA!kAAQAAP__", b"AAMAAABkAAQAAP__AAM=", b"AAMAAABkAAQAA", b"AASAAAAA"
    for octets in (*(good.replace(b"AAMAAABkAAQAAP__", text) for text in texts), good.replace(b", HTTP2-Settings\r\n", b"\r\n"),
                   good.replace(b"Connection: Upgrade, ", b"Connection: "),
                   good + b"HTTP2-Settings: AAMAAABk\r\n", good.replace(b"h2c", b"websocket"),
                   good.replace(b"GET /", b"POST /") + b"Content-Length: 3\r\n",
                   good.replace(b"GET /", b"POST /") + b"Transfer-Encoding: chunked\r\n"):
        body = b"abc" if b"Length" in octets else b"3\r\nabc\r\n0\r\n\r\n" if b"chunked" in octets else b""
        answer = talk(attack, octets + b"\r\n" + body + PREFACE + settings())
        check(b"101" not in answer[:20], f"upgraded: {octets}")


@case("E15", "upgrade inside TLS", tls=True)
def upgrade_in_tls(attack):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", attack.port), LIMIT) as plain, \
            context.wrap_socket(plain) as peer:
        peer.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                     b"HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n")
        check(peer.recv(65536).startswith(b"HTTP/1.1 200"), "upgraded")


# ---- Files and logs ----------------------------------------------------------------------------------


@case("E24", "paths that lead out of the folder", server=("-d", str(WWW), *MANY), requests=2000)
def paths(attack):
    up = [b"..", b"%2e%2e", b".%2e", b"%2E.", b"..%00", b"%c0%ae%c0%ae", b"..;", b"%252e%252e"]
    between = [b"/", b"//", b"%2f", b"%5c", b"\\", b"/./", b"%2f/"]
    tried = [b"/link", b"/sub/up/secret", b"/pipe", b"/sub/../../secret", b"/.%0a./secret"]
    for dots in up:
        for slash in between:
            for front in b"/", b"/sub/", b"//", b"/a.txt/":
                for depth in 1, 2, 3:
                    tried.append(front + (dots + slash) * depth + b"secret")
    peer = attack.connect()
    attack.send(peer, window_update(0, 2**30))
    for number, path in enumerate(tried):
        attack.send(peer, request(1 + 2 * number, path))
        if number % 40 == 39:
            attack.lives(peer)
    attack.lives(peer)
    attack.lives(peer)
    shown = b"".join(f[3] for f in peer.seen if f[0] == DATA)
    check(SECRET not in shown, "the secret was seen")
    check(len({f[2] for f in peer.seen if f[0] == HEADERS} | set(peer.reset_codes())) == len(tried),
          "some are not answered")
    for path in tried[::7]:
        check(SECRET not in talk(attack, b"GET " + path + b" HTTP/1.1\r\nHost: a\r\n\r\n"), f"seen: {path}")
    check(peer.fetch(2 * len(tried) + 1, b"/a.txt") == b"hello", "files are not served")


@case("G9", "control characters in the log", server=("--access-log", str(LOG)))
def log_injection(attack):
    evil = b"/%0d%0a\"'x"
    peer = attack.connect()
    attack.lives(peer)
    peer.fetch(1, evil, (b"user-agent", b"a\"b\\c\xff\x9b31m"), (b"referer", b"\xe2\x80\xae"))
    talk(attack, b"GET " + evil + b" HTTP/1.1\r\nHost: a\r\nUser-Agent: \"\xff\x9b\\\"\r\n\r\n")
    for line in logged(attack, b"%0d%0a", 2):
        check(not re.search(rb"[\x00-\x1f\x7f-\xff]", line), f"raw octets: {line}")
        # Nothing that was sent ends a text before its end.
        check(len(re.findall(rb'(?<!\\)"', line)) == 6, f"split: {line}")


if __name__ == "__main__":
    main()
