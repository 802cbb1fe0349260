#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The limits of h2-server: each option is seen to work: server_limits_test.py PATH_OF_H2_SERVER.

Each case is run with the limit and without it, and what happens must differ.
"""
import pathlib
import re
import resource
import select
import socket
import subprocess
import tempfile
import time
import unittest

from raw_peer import (ACK, CANCEL, DATA, END_STREAM, ENHANCE_YOUR_CALM, FRAME_SIZE_ERROR, HEADERS,
                      INITIAL_WINDOW_SIZE, LIMIT, NO_ERROR, PING, PREFACE, REFUSED_STREAM,
                      SETTINGS, SETTINGS_TIMEOUT, Peer, Vitals, block, code_of, fields, frame,
                      is_readable, request, reset, settings, window_update)
from server_harness import Program, Server, main

CONTINUATION, PRIORITY, WINDOW_UPDATE, UNKNOWN = 9, 2, 8, 0xee
EMPTY_POST = request(1, b"/", method=b"POST", end=False)
PRIORITY_FRAME = frame(PRIORITY, 0, 3, b"\0\0\0\0\x0f")
# Less than the shortest default, and far more than the short limits that the tests set.
SOON = 4


def in_pieces(*sizes):
    """A request whose field block comes in HEADERS and so many CONTINUATION."""
    octets = block(*fields(), (b"x", b"y" * sum(sizes)))
    parts = [octets[:-sum(sizes)]]
    for size in sizes:
        start = sum(len(part) for part in parts)
        parts.append(octets[start:start + size])
    kinds = [HEADERS] + [CONTINUATION] * len(sizes)
    flags = [END_STREAM] + [0] * len(sizes)
    flags[-1] |= 4
    return b"".join(frame(kind, flag, 1, part) for kind, flag, part in zip(kinds, flags, parts))


def many_fields(count):
    return request(1, b"/", *((b"x", b"y") for _ in range(count)))


def posts(count, first=1):
    return b"".join(request(first + 2 * n, b"/", method=b"POST", end=False) for n in range(count))


def gets_reset(count):
    return b"".join(request(1 + 2 * n) + reset(1 + 2 * n) for n in range(count))


CALM = ("goaway", ENHANCE_YOUR_CALM)
ALIVE = ("alive", {})

# (options of both runs, the limit, what is sent, what happens without it, and with it)
CASES = [
    ([], "--max-continuations=1", in_pieces(9, 9), ALIVE, CALM),
    ([], "--max-field-block=100", in_pieces(90, 9), ALIVE, CALM),
    ([], "--max-settings-entries=1", settings((3, 1), (3, 2)), ALIVE, CALM),
    ([], "--max-header-size=300", request(1, b"/", (b"x", b"y" * 300)), ALIVE,
     ("alive", {1: ENHANCE_YOUR_CALM})),
    ([], "--max-header-fields=6", many_fields(9), ALIVE, ("alive", {1: ENHANCE_YOUR_CALM})),
    ([], "--max-empty-frames=1", EMPTY_POST + 2 * frame(DATA, 0, 1), ALIVE, CALM),
    ([], "--max-frame-size=32k", EMPTY_POST + frame(DATA, 0, 1, bytes(20000)),
     ("alive", {1: FRAME_SIZE_ERROR}), ALIVE),
    (["--reset-rate=0"], "--reset-burst=2", gets_reset(4), ALIVE, CALM),
    (["--reset-burst=2", "--reset-rate=1000000"], "--reset-rate=0",
     [gets_reset(1), request(3) + reset(3), request(5) + reset(5), request(7) + reset(7)],
     ALIVE, CALM),
    (["--glitch-rate=0"], "--glitch-burst=2", 4 * settings(), ALIVE, CALM),
    (["--glitch-burst=2", "--glitch-rate=1000000"], "--glitch-rate=0", 4 * [settings()],
     ALIVE, CALM),
    (["--window-update-per-stream=0"], "--window-update-free=1", 3 * window_update(0, 1), ALIVE,
     CALM),
    (["--window-update-free=1"], "--window-update-per-stream=0",
     posts(2) + 3 * window_update(0, 1), ALIVE, CALM),
    (["--test-endpoints", "--window-update-free=1", "--window-update-per-stream=0"],
     "--window-update-per-data=0", [request(1, b"/bytes/60000"), 3 * window_update(0, 1)], ALIVE,
     CALM),
    (["--glitch-burst=2", "--glitch-rate=0"], "--priority-free=0", 4 * PRIORITY_FRAME, ALIVE, CALM),
    (["--glitch-burst=2", "--glitch-rate=0", "--priority-free=0"], "--priority-per-stream=0",
     request(1) + 4 * PRIORITY_FRAME, ALIVE, CALM),
    (["--glitch-burst=2", "--glitch-rate=0"], "--extension-free=0", 4 * frame(UNKNOWN, 0, 0), ALIVE,
     CALM),
    (["--glitch-burst=2", "--glitch-rate=0", "--extension-free=0"], "--extension-per-stream=0",
     request(1) + 4 * frame(UNKNOWN, 0, 0), ALIVE, CALM),
    (["-m1"], "--max-refused-streams=1", posts(4),
     ("alive", {n: REFUSED_STREAM for n in (3, 5, 7)}), CALM),
    (["-m2"], "--new-stream-factor=1", gets_reset(4), ALIVE, ("alive", {5: REFUSED_STREAM,
                                                                      7: REFUSED_STREAM})),
    ([], "--max-queued-acks=5", 20 * frame(PING, 0, 0, b"12345678"), ALIVE, CALM),
    ([], "--max-output-frames=5", 20 * frame(PING, 0, 0, b"12345678"), ALIVE, CALM),
    ([], "--max-connection-memory=2k", request(1, b"/" + b"x" * 4000), ALIVE, CALM),
]


class Budgets(unittest.TestCase):
    def outcome(self, options, octets):
        parts = octets if isinstance(octets, list) else [octets]
        with Server("--no-tls", *options) as server, Peer(server.port) as peer:
            peer.start()
            alive = True
            for number, part in enumerate(parts):
                peer.send(part)
                alive = alive and peer.is_alive(b"%08d" % number)
            return ("alive", peer.reset_codes()) if alive else ("goaway", peer.goaway_code())

    def test_each_budget_is_that_of_its_option(self):
        for options, limit, octets, without, within in CASES:
            with self.subTest(limit):
                self.assertEqual(self.outcome(options, octets), without)
                self.assertEqual(self.outcome([*options, limit], octets), within)

    def test_every_option_of_the_group_is_tested_here(self):
        text = subprocess.run([Program.path, "--help"], capture_output=True, text=True).stdout
        names = set(re.findall(r"^      (--[a-z-]+)=", text.split("\nLimits:\n")[1], re.M))
        with open(__file__) as this:
            tested = set(re.findall(r"--[a-z-]+", this.read()))
        self.assertGreater(len(names), 30)
        self.assertEqual(names - tested, set())

    def test_output_limit_stops_reading(self):
        memory = {}
        for limit in "1", "1m":
            # Small windows of TCP, so that what is not read is soon not taken either.
            with Server("--no-tls", "--max-output-frames=0", "--max-queued-acks=100000000",
                        "--glitch-burst=1000000000", "--min-rate=0",
                        "--first-request-timeout=1h", "--write-timeout=0",
                        "--max-output=" + limit) as server, \
                    Peer(server.port, receive_buffer=4096) as peer:
                vitals = Vitals(server.process.pid)
                peer.start()
                before = vitals.rss()
                pings = 4000 * frame(PING, 0, 0, b"12345678")
                busy, cpu = True, 0
                while busy or vitals.cpu() - cpu > 0.01:
                    cpu = vitals.cpu()
                    busy = select.select([], [peer.socket], [], 0.5)[1]
                    if busy:
                        self.assertIsNotNone(peer.send_some(pings))
                memory[limit] = vitals.rss() - before
        self.assertGreater(memory["1m"] - memory["1"], 500_000)

    def test_unconsumed_octets_close_the_window_of_the_connection(self):
        for limit, credited in ("4m", True), ("0", False):
            with Server("--no-tls", "--echo-upload", "-W17", "--max-unconsumed=" + limit) as server, \
                    Peer(server.port) as peer:
                peer.start((INITIAL_WINDOW_SIZE, 0))
                for stream in 1, 3:
                    peer.send(request(stream, method=b"POST", end=False)
                              + 3 * frame(DATA, 0, stream, bytes(16384)))
                self.assertTrue(peer.is_alive())
                updates = [f for f in peer.seen if f[0] == WINDOW_UPDATE and f[2] == 0]
                # The first one sets up the window.
                self.assertEqual(len(updates) > 1, credited, limit)

    def test_requests_of_a_connection(self):
        for limit, ends in ("0", False), ("2", True):
            with Server("--no-tls", "--max-requests=" + limit) as server, Peer(server.port) as peer:
                peer.start()
                self.assertIsNotNone(peer.fetch(1))
                self.assertIsNone(peer.goaway_code())
                peer.send(request(3))
                self.assertTrue(peer.is_alive())
                self.assertEqual(peer.goaway_code(), NO_ERROR if ends else None)
                if ends:
                    ping = [f for f in peer.seen if f[0] == PING and not f[1] & ACK]
                    peer.send(frame(PING, ACK, 0, ping[0][3]))
                    peer.wait_end()

    def test_requests_of_a_connection_that_does_not_answer_the_ping(self):
        with Server("--no-tls", "--max-requests=2", "-m3") as server, Peer(server.port) as peer:
            peer.start()
            for stream in range(1, 12, 2):
                peer.send(request(stream))
                peer.is_alive(b"%08d" % stream)
            peer.wait_end()
            answered = {f[2] for f in peer.seen if f[0] == HEADERS}
            self.assertEqual(answered, {1, 3, 5, 7, 9})

    def test_requests_of_a_connection_of_http1(self):
        with Server("--no-tls", "--max-requests=2") as server:
            answer = talk(server.port, 3 * b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        self.assertEqual(answer.count(b"HTTP/1.1 200"), 2)
        self.assertEqual(answer.count(b"connection: close"), 1)

    def test_heads_of_http1(self):
        line = b"GET /" + b"x" * 100 + b" HTTP/1.1\r\nHost: a\r\n\r\n"
        head = b"GET / HTTP/1.1\r\nHost: a\r\n" + 9 * b"x: y\r\n" + b"\r\n"
        for option, octets, status in [("--max-request-line=50", line, b"414"),
                                       ("--max-header-fields=6", head, b"431"),
                                       ("--max-header-size=40", head, b"431")]:
            with self.subTest(option):
                for options, expected in [[], octets is line and b"404" or b"200"], [[option], status]:
                    with Server("--no-tls", *options) as server:
                        answer = talk(server.port, octets, end=True)
                    self.assertEqual(answer[:12], b"HTTP/1.1 " + expected)

    def test_memory_of_all(self):
        with Server("--no-tls", "--h2-only", "--max-memory=64k") as server:
            peers = [Peer(server.port) for _ in range(100)]
            states = [peer.read_until(lambda kind, *_: kind == SETTINGS) is not None
                      for peer in peers]
            for peer in peers:
                peer.socket.close()
            # Some were served, not all; and those who come later are served again.
            self.assertIn(True, states)
            self.assertIn(False, states)
            self.assertTrue(eventually(lambda: is_served(server.port)))
        with Server("--no-tls", "--h2-only") as server:
            peers = [Peer(server.port).start() for _ in range(100)]
            self.assertTrue(all(peer.is_alive() for peer in peers))
            for peer in peers:
                peer.socket.close()

    def test_connections_of_a_client(self):
        with Server("--no-tls", "--h2-only", "--max-connections-per-client=2", "-a", "127.0.0.1",
                    "-a", "127.0.0.2") as server:
            first, second = Peer(server.port).start(), Peer(server.port).start()
            with Peer(server.port) as third:
                third.wait_end()
                self.assertEqual(third.seen, [])
            # Another client is not concerned.
            with socket.socket() as other:
                other.bind(("127.0.0.2", 0))
                other.settimeout(LIMIT)
                other.connect(("127.0.0.1", server.port))
                self.assertNotEqual(other.recv(1), b"")
            self.assertTrue(first.is_alive() and second.is_alive())
            first.socket.close()
            self.assertTrue(eventually(lambda: is_served(server.port)))
            second.socket.close()


class Descriptors(unittest.TestCase):
    def test_open_files_leave_descriptors_for_connections(self):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "big").write_bytes(bytes(1_000_000))
            (pathlib.Path(folder) / "small").write_bytes(b"small")
            with Server("--no-tls", "-d", folder, "-m200", "--min-rate-grace=300ms",
                        wrapper=("prlimit", "--nofile=200")) as server:
                vitals = Vitals(server.process.pid)
                # Each answer holds a file open; windows that stay shut keep it.
                with Peer(server.port) as hog:
                    hog.start((INITIAL_WINDOW_SIZE, 0))
                    for stream in range(1, 400, 2):
                        hog.send(request(stream, b"/big"))
                    self.assertTrue(hog.is_alive())
                    statuses = [f[3][:1] for f in hog.seen if f[0] == HEADERS]
                    self.assertEqual(len(statuses), 200)
                    held = vitals.descriptors()
                    self.assertGreater(held, 100)
                    self.assertLess(held, 160)
                    # Many who ask at once are all served, if with 503.
                    peers = [Peer(server.port).start() for _ in range(30)]
                    for peer in peers:
                        self.assertIsNotNone(peer.fetch(1, b"/small"))
                        peer.socket.close()
                    cpu = vitals.cpu()
                    time.sleep(0.5)
                    self.assertLess(vitals.cpu() - cpu, 0.25)
                with Peer(server.port) as peer:
                    peer.start()
                    self.assertTrue(eventually(lambda: vitals.descriptors() < 60))
                    self.assertEqual(len(peer.fetch(1, b"/big")), 1_000_000)

    def test_without_any_descriptor_nothing_spins_and_nobody_is_lost(self):
        with Server("--no-tls") as server, Peer(server.port) as early:
            early.start()
            vitals = Vitals(server.process.pid)
            limits = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
            resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (0, limits[1]))
            peers = [Peer(server.port) for _ in range(5)]
            cpu = vitals.cpu()
            time.sleep(1)
            self.assertLess(vitals.cpu() - cpu, 0.5)
            for stream in range(1, 20, 2):
                self.assertIsNotNone(early.fetch(stream))
            resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, limits)
            # Those that have waited are the first to be served.
            for peer in peers:
                self.assertIsNotNone(peer.start().fetch(1))
                peer.socket.close()
            self.assertTrue(is_served(server.port))


class Times(unittest.TestCase):
    """Limits of time are seen by an end that comes long before that of the default."""

    def ends_soon(self, options, talk_to, tls=False):
        with Server(*([] if tls else ["--no-tls"]), *options) as server, \
                Peer(server.port) as peer:
            talk_to(peer)
            self.assertLess(peer.wait_end(), SOON, options)
            return peer

    def test_handshake(self):
        self.ends_soon(["--handshake-timeout=200ms"], lambda peer: None, tls=True)

    def test_first_request(self):
        option = ["--first-request-timeout=200ms"]
        self.ends_soon(option, lambda peer: None)
        self.ends_soon(option, lambda peer: peer.send(b"PRI * HTTP/2"))
        peer = self.ends_soon(option, lambda peer: peer.start())
        self.assertEqual(peer.goaway_code(), NO_ERROR)

    def test_header_section(self):
        option = ["--header-timeout=200ms"]
        peer = self.ends_soon(option, lambda peer: peer.start().send(
            frame(HEADERS, 0, 1, block(*fields()))))
        self.assertEqual(peer.goaway_code(), ENHANCE_YOUR_CALM)
        peer = self.ends_soon(option, lambda peer: peer.send(b"GET / HTTP/1.1\r\nHost:"))
        self.assertEqual(peer.octets[:12], b"HTTP/1.1 408")

    def test_settings(self):
        peer = self.ends_soon(["--settings-timeout=200ms"], lambda peer: peer.start(ack=False))
        self.assertEqual(peer.goaway_code(), SETTINGS_TIMEOUT)

    def test_idle(self):
        option = ["--idle-timeout=200ms"]
        peer = self.ends_soon(option, lambda peer: peer.start().fetch(1))
        self.assertEqual(peer.goaway_code(), NO_ERROR)
        self.ends_soon(option, lambda peer: peer.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"))

    def test_slow_upload(self):
        grace = ["--min-rate-grace=200ms"]
        for options, body in [(grace, b""), (grace + ["--min-rate=500m"], bytes(1000)),
                              (grace + ["--min-rate-pause=300ms"], bytes(16384))]:
            with Server("--no-tls", *options) as server, Peer(server.port) as peer:
                peer.start()
                start = time.monotonic()
                peer.send(request(1, method=b"POST", end=False) + frame(DATA, 0, 1, body))
                peer.read_until(lambda kind, flags, stream, payload: stream == 1)
                self.assertLess(time.monotonic() - start, SOON, options)
                self.assertEqual(list(peer.reset_codes()), [1])
        with Server("--no-tls", *grace) as server, Peer(server.port) as peer:
            peer.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
            peer.wait_end(SOON)
            self.assertEqual(peer.octets[:12], b"HTTP/1.1 408")

    def test_fast_upload_buys_a_pause(self):
        # The default of --min-rate-pause is a minute, what the octets here buy is 16 s.
        with Server("--no-tls", "--min-rate-grace=200ms", "--min-rate=1000") as server, \
                Peer(server.port) as peer:
            peer.start()
            peer.send(request(1, method=b"POST", end=False) + frame(DATA, 0, 1, bytes(16000)))
            self.assertFalse(is_readable_stream(peer, 1, 1.5))
            self.assertTrue(peer.is_alive())

    def gone_soon(self, options, talk_to):
        """Of connections that are not read from; whether the server has dropped its descriptor."""
        with Server("--no-tls", "--test-endpoints", *options) as server:
            vitals = Vitals(server.process.pid)
            before = vitals.descriptors()
            with Peer(server.port, receive_buffer=4096) as peer:
                talk_to(peer)
                self.assertTrue(eventually(lambda: vitals.descriptors() > before))
                start = time.monotonic()
                self.assertTrue(vitals.wait_descriptors(before), options)
                self.assertLess(time.monotonic() - start, SOON, options)

    def test_output_that_is_not_taken(self):
        def ask(peer):
            peer.start((INITIAL_WINDOW_SIZE, 2**31 - 1))
            peer.send(window_update(0, 2**31 - 1 - 65535) + request(1, b"/bytes/1000000000"))

        def ask1(peer):
            peer.send(b"GET /bytes/1000000000 HTTP/1.1\r\nHost: a\r\n\r\n")

        for talk_to in ask, ask1:
            self.gone_soon(["--write-timeout=300ms"], talk_to)
            self.gone_soon(["--min-rate-grace=200ms", "--min-rate-pause=300ms",
                            "--close-timeout=200ms"], talk_to)

    def test_end_that_is_not_taken(self):
        def ask(peer):
            peer.start((INITIAL_WINDOW_SIZE, 2**31 - 1))
            peer.send(window_update(0, 2**31 - 1 - 65535) + request(1, b"/bytes/1000000000"))
            while is_growing(peer):
                pass
            peer.send(frame(DATA, 0, 0))

        self.gone_soon(["--close-timeout=200ms"], ask)


def talk(port, octets, end=False):
    """What the server answers until it ends the connection."""
    with socket.create_connection(("127.0.0.1", port), LIMIT) as peer:
        peer.sendall(octets)
        if end:
            peer.shutdown(socket.SHUT_WR)
        answer = b""
        while more := peer.recv(65536):
            answer += more
        return answer


def is_served(port):
    with Peer(port) as peer:
        peer.send(PREFACE + settings())
        return peer.read_frame() is not None


def is_growing(peer):
    """Whether more octets come to a socket that is not read from."""
    before = unread(peer)
    time.sleep(0.2)
    return before == 0 or unread(peer) > before


def unread(peer):
    return len(peer.socket.recv(1 << 20, socket.MSG_PEEK | socket.MSG_DONTWAIT)) \
        if is_readable(peer, 0) else 0


def eventually(condition, limit=LIMIT):
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_readable_stream(peer, stream, seconds):
    """Whether a frame of the stream comes in that time."""
    try:
        return peer.read_until(lambda kind, flags, got, payload: got == stream,
                               seconds) is not None
    except TimeoutError:
        return False


if __name__ == "__main__":
    main()
