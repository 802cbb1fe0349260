# SPDX-License-Identifier: MIT
"""h2-server over plain sockets: its end in order, and paths no proper client would send."""
import socket
import struct
import unittest

from frames import (ACK, CONTINUATION, DATA, END_STREAM, GOAWAY, HEADERS, PING, PREFACE,
                    RST_STREAM, SETTINGS, block, frame, headers, read_frame, window_update)
from harness import FILES, H2Server, connect, main
from server_cases import SECRET, make_folder


def fields(path, method=b"GET"):
    return ((b":method", method), (b":scheme", b"http"), (b":authority", b"localhost"),
            (b":path", path))


class Sockets(unittest.TestCase):
    def setUp(self):
        self.server = H2Server("-d", make_folder(), tls=False)
        self.stream = connect(self.server.port)
        self.stream.sendall(PREFACE + frame(SETTINGS, 0, 0))
        self.assertEqual(read_frame(self.stream)[0], SETTINGS)
        self.stream.sendall(frame(SETTINGS, ACK, 0))

    def tearDown(self):
        self.stream.close()
        self.server.stop_in_order()

    def request(self, path, stream=1):
        self.stream.sendall(headers(stream, *fields(path)))

    def read_answer(self, stream):
        """(how it ended, body) of one stream, whose window is kept open."""
        body = b""
        while True:
            kind, flags, stream_id, payload = read_frame(self.stream)
            if kind == GOAWAY:
                return GOAWAY, body
            if stream_id != stream:
                continue
            if kind == RST_STREAM:
                return RST_STREAM, body
            if kind == DATA:
                body += payload
                if payload and not flags & END_STREAM:
                    self.stream.sendall(window_update(0, len(payload))
                                        + window_update(stream, len(payload)))
            if kind in (DATA, HEADERS) and flags & END_STREAM:
                return END_STREAM, body

    def read_to_the_end(self):
        """(payloads of the GOAWAY frames, octets of DATA) until the server ends the connection;
        windows are kept open and PING is answered."""
        goaways, received = [], 0
        while True:
            try:
                kind, flags, stream, payload = read_frame(self.stream)
            except EOFError:
                return goaways, received
            if kind == GOAWAY:
                goaways.append(payload)
            elif kind == PING and not flags & ACK:
                self.stream.sendall(frame(PING, ACK, 0, payload))
            elif kind == DATA and payload:
                received += len(payload)
                self.stream.sendall(window_update(0, len(payload)))
                if not flags & END_STREAM:
                    self.stream.sendall(window_update(stream, len(payload)))

    def check_goaways(self, goaways, last_stream):
        """The first gives notice, the last says which streams count (RFC 9113 6.8)."""
        self.assertTrue(goaways)
        self.assertEqual({payload[4:8] for payload in goaways}, {bytes(4)})
        streams = [int.from_bytes(payload[:4], "big") for payload in goaways]
        self.assertEqual(streams, sorted(streams, reverse=True))
        self.assertEqual(streams[-1], last_stream)

    def test_sigterm_says_goaway_and_completes_what_runs(self):
        self.request(b"/big")
        kind = None
        while kind != DATA:
            kind, _, _, payload = read_frame(self.stream)
        before = len(payload)
        self.server.terminate()
        goaways, received = self.read_to_the_end()
        self.assertEqual(before + received, FILES["big"])
        self.check_goaways(goaways, 1)
        self.assertEqual(self.server.wait(), 0)

    def test_sigterm_without_work_ends_the_connection_at_once(self):
        self.server.terminate()
        goaways, _ = self.read_to_the_end()
        self.check_goaways(goaways, 0)
        self.assertEqual(self.server.wait(3), 0)

    def test_drain_ends_in_time_with_a_client_that_does_not_read(self):
        server = H2Server("-d", make_folder(), "--drain-timeout", "300ms", tls=False)
        with connect(server.port) as stream:
            stream.sendall(PREFACE + frame(SETTINGS, 0, 0) + headers(1, *fields(b"/big")))
            self.assertEqual(read_frame(stream)[0], SETTINGS)
            server.terminate()
            self.assertEqual(server.wait(5), 0)
        server.stop_in_order()

    def test_strange_paths_lead_nowhere(self):
        paths = (b"../secret", b"secret", b"", b"*", b"..", b"/../secret", b"/one/../../secret",
                 b"/one/", b"/\xff\xfe", b"/%", b"/%2", b"/%zz", b"/%00", b"/%0a", b"/.", b"/..",
                 b"http://localhost/../secret", b"//localhost/../secret", b"/" + b"a/" * 2000,
                 b"/" + b"../" * 2000 + b"secret", b"/" + b"%2e%2e/" * 1000 + b"secret")
        for number, path in enumerate(paths):
            with connect(self.server.port) as self.stream:
                self.stream.sendall(PREFACE + frame(SETTINGS, 0, 0))
                self.request(path)
                end, body = self.read_answer(1)
            self.assertIn(end, (RST_STREAM, END_STREAM, GOAWAY), (number, path))
            self.assertNotIn(SECRET, body, path)

    def test_stream_after_a_malformed_request_is_served(self):
        self.stream.sendall(headers(1, *fields(b"/one"), (b"connection", b"close")))
        self.assertEqual(self.read_answer(1)[0], RST_STREAM)
        self.request(b"/one", stream=3)
        end, body = self.read_answer(3)
        self.assertEqual((end, len(body)), (END_STREAM, 1))

    def test_floods_end_their_connection_only(self):
        cancel = b"\x00\x00\x00\x08"
        post = headers(1, *fields(b"/one", b"POST"), end=False)
        floods = {
            "resets": b"".join(headers(n, *fields(b"/big")) + frame(RST_STREAM, 0, n, cancel)
                               for n in range(1, 20000, 2)),
            "field blocks": (frame(HEADERS, 0, 1, block(*fields(b"/one")))
                             + frame(CONTINUATION, 0, 1) * 20000),
            "pings": frame(PING, 0, 0, b"01234567") * 20000,
            "settings": frame(SETTINGS, 0, 0) * 20000,
            "empty data": post + frame(DATA, 0, 1) * 20000}
        for name, flood in floods.items():
            with self.subTest(name), connect(self.server.port) as stream:
                try:
                    stream.sendall(PREFACE + frame(SETTINGS, 0, 0) + flood)
                    kind = None
                    while kind != GOAWAY:
                        kind, _, _, payload = read_frame(stream)
                    self.assertEqual(payload[4:8], b"\x00\x00\x00\x0b")  # ENHANCE_YOUR_CALM
                except ConnectionError:
                    pass  # ended before all was sent
        self.request(b"/one")
        self.assertEqual(self.read_answer(1)[0], END_STREAM)

    def test_peers_that_reset_or_stand_still_disturb_nobody(self):
        others = []
        for number in range(40):
            other = connect(self.server.port)
            # No window but that of the beginning, and nothing is read.
            other.sendall(PREFACE + frame(SETTINGS, 0, 0)
                          + b"".join(headers(n, *fields(b"/big")) for n in range(1, 100, 2)))
            if number % 2 == 0:
                read_frame(other)
                other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                other.close()  # a reset, with much under way
            else:
                others.append(other)
        self.request(b"/big")
        end, body = self.read_answer(1)
        self.assertEqual((end, len(body)), (END_STREAM, FILES["big"]))
        for other in others:
            other.close()

    def test_no_http2_at_all(self):
        server = H2Server("-d", make_folder(), "--h2-only", tls=False)
        for octets in (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01\x02\x00\x01"):
            with connect(server.port) as stream:
                stream.sendall(octets)
                stream.shutdown(socket.SHUT_WR)
                answer = b""
                try:
                    while more := stream.recv(65536):
                        answer += more
                except ConnectionResetError:
                    pass
            self.assertNotIn(b"HTTP/1.1", answer)
        server.stop_in_order()


if __name__ == "__main__":
    main()
