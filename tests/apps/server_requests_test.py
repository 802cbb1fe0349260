#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Options of h2-server about how requests are answered: server_requests_test.py PATH_OF_H2_SERVER."""
import http.client
import socket
import time
import unittest

from raw_peer import (CANCEL, DATA, END_STREAM, GOAWAY, HEADER_TABLE_SIZE, HEADERS, LIMIT, SETTINGS,
                      Peer, frame, request, reset)
from server_harness import Server, curl, main

PADDED = 8


def answered(peer):
    """Ids of the streams that have an answer by now."""
    # What answers the first PING may overtake an answer to what came with it.
    for mark in b"answered", b"by_now__":
        peer.is_alive(mark)
    return [f[2] for f in peer.seen if f[0] == HEADERS]


def talk(port, octets):
    """What HTTP/1.1 answers until the end of the connection."""
    with socket.create_connection(("127.0.0.1", port), LIMIT) as peer:
        peer.sendall(octets)
        answer = b""
        while more := peer.recv(65536):
            answer += more
        return answer

# Times of the loop are whole milliseconds, counted from when it last woke.
TICK = 0.01


class Coding(unittest.TestCase):
    def test_table_of_the_decoder_is_offered_and_in_force(self):
        # An update to 8192 (RFC 7541 6.3) in front of a request.
        update = b"\x3f\xe1\x3f"
        octets = request(1)
        larger = frame(HEADERS, END_STREAM | 4, 1, update + octets[9:])
        for options, offered, ends in [([], None, True), (["-c8k"], 8192, False)]:
            with Server("--no-tls", *options) as server, Peer(server.port) as peer:
                peer.start()
                entries = next(f[3] for f in peer.seen if f[0] == SETTINGS)
                sizes = [int.from_bytes(entries[i + 2:i + 6], "big") for i in range(0, len(entries), 6)
                         if int.from_bytes(entries[i:i + 2], "big") == HEADER_TABLE_SIZE]
                self.assertEqual(sizes[0] if sizes else None, offered)
                peer.send(larger)
                self.assertEqual(peer.is_alive(), not ends)

    def test_table_of_the_encoder(self):
        sizes = {}
        for size in "4k", "0":
            with Server("--no-tls", "--encoder-header-table-size=" + size) as server, \
                    Peer(server.port) as peer:
                peer.start()
                for stream in 1, 3, 5:  # the first is not indexed
                    self.assertIsNotNone(peer.fetch(stream))
                sizes[size] = [len(f[3]) for f in peer.seen if f[0] == HEADERS]
        self.assertLess(sizes["4k"][2], sizes["4k"][0] // 2)
        self.assertGreater(sizes["0"][2], sizes["0"][0] // 2)

    def test_padding(self):
        for options, added in [([], 0), (["-b20"], 20)]:
            with Server("--no-tls", *options) as server, Peer(server.port) as peer:
                peer.start()
                self.assertIsNotNone(peer.fetch(1))
                for kind in HEADERS, DATA:
                    flags, payload = next((f[1], f[3]) for f in peer.seen
                                          if f[0] == kind and f[2] == 1)
                    self.assertEqual(bool(flags & PADDED), added > 0)
                    if added:
                        self.assertEqual(payload[0], added - 1)
                        self.assertEqual(payload[-payload[0]:], bytes(added - 1))


class Answers(unittest.TestCase):
    def test_early_response(self):
        head = (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n")
        for options, early in [([], False), (["--early-response"], True)]:
            with Server("--no-tls", *options) as server, Peer(server.port) as peer:
                peer.start()
                peer.send(request(1, method=b"POST", end=False))
                self.assertEqual(answered(peer), [1] if early else [])
                peer.send(frame(DATA, END_STREAM, 1, b"abc"))
                self.assertEqual(answered(peer), [1])
                with socket.create_connection(("127.0.0.1", server.port), LIMIT) as peer1:
                    peer1.sendall(head)
                    if early:
                        self.assertIn(b"200 OK", peer1.recv(65536))
                    else:
                        peer1.settimeout(0.3)
                        self.assertRaises(TimeoutError, peer1.recv, 1)

    def test_no_content_length(self):
        with Server("--no-tls", "--no-content-length") as server:
            status, fields, body = curl(server.url)
            self.assertEqual(status, 200)
            self.assertIn(b"It works", body)
            self.assertNotIn("content-length", fields)
            answer = talk(server.port, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            self.assertIn(b"transfer-encoding: chunked\r\n", answer)
            self.assertNotIn(b"content-length", answer)

    def test_hints_and_trailers_over_http1(self):
        with Server("--no-tls", "--early-hints", "</a.css>; rel=preload", "--trailer",
                    "X-Sum: 1") as server:
            def ask(version, *lines):
                return talk(server.port, b"\r\n".join((b"GET / HTTP/" + version, b"Host: a",
                                                      b"Connection: close", *lines, b"", b"")))

            hint = b"HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK"
            answer = ask(b"1.1", b"TE: trailers")
            self.assertTrue(answer.startswith(hint))
            self.assertIn(b"\r\ntrailer: x-sum\r\n", answer)
            self.assertTrue(answer.endswith(b"\r\n0\r\nx-sum: 1\r\n\r\n"))
            answer = ask(b"1.1")
            self.assertTrue(answer.startswith(hint))
            self.assertIn(b"content-length: ", answer)
            self.assertNotIn(b"x-sum", answer)
            answer = ask(b"1.0", b"TE: trailers")
            self.assertTrue(answer.startswith(b"HTTP/1.1 200 OK"))
            self.assertNotIn(b"x-sum", answer)
            # Another reader of HTTP/1.1 sees one answer.
            client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LIMIT)
            for _ in range(2):
                client.request("HEAD", "/", headers={"TE": "trailers", "Connection": "TE"})
                self.assertEqual(client.getresponse().read(), b"")
            client.close()


class Waiting(unittest.TestCase):
    def test_delay(self):
        with Server("--no-tls", "--test-endpoints") as server:
            start = time.monotonic()
            self.assertEqual(curl(server.url + "delay/300")[2], b"done\n")
            self.assertGreater(time.monotonic() - start, 0.3 - TICK)
            start = time.monotonic()
            self.assertEqual(curl(server.url + "delay/200", "-d", "x")[2], b"done\n")
            self.assertGreater(time.monotonic() - start, 0.2 - TICK)
            start = time.monotonic()
            answer = talk(server.port, b"GET /delay/200 HTTP/1.1\r\nHost: a\r\n\r\n"
                          b"GET /delay/0 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            self.assertEqual(answer.count(b"\r\n\r\ndone\n"), 2)
            self.assertGreater(time.monotonic() - start, 0.2 - TICK)
            self.assertEqual(curl(server.url + "delay/86400001")[0], 400)
        with Server("--no-tls") as server:
            self.assertEqual(curl(server.url + "delay/300")[0], 404)

    def test_delays_end_with_their_streams(self):
        with Server("--no-tls", "--test-endpoints", "--drain-timeout=1h",
                    "--idle-timeout=300ms") as server:
            with Peer(server.port) as peer, Peer(server.port) as other, \
                    socket.create_connection(("127.0.0.1", server.port), LIMIT) as http1:
                peer.start()
                for stream in range(1, 100, 2):
                    peer.send(request(stream, b"/delay/86400000"))
                self.assertEqual(answered(peer), [])
                for stream in range(1, 100, 2):
                    peer.send(reset(stream, CANCEL))
                self.assertEqual(answered(peer), [])
                # These end with their connections.
                other.start().send(request(1, b"/delay/86400000") + request(3, b"/stream"))
                self.assertEqual(answered(other), [3])
                http1.sendall(b"GET /delay/86400000 HTTP/1.1\r\nHost: a\r\n\r\n")
            # Nothing is left that its end would wait for.
            server.stop()

    def test_stream_comes_line_by_line(self):
        with Server("--no-tls", "--test-endpoints") as server:
            with Peer(server.port) as peer:
                peer.start()
                start = time.monotonic()
                self.assertEqual(peer.fetch(1, b"/stream/3"), b"1\n2\n3\n")
                self.assertGreater(time.monotonic() - start, 0.2 - TICK)
                self.assertEqual([f[3] for f in peer.seen if f[0] == DATA], [b"1\n", b"2\n", b"3\n"])
                peer.send(request(3, b"/stream"))
                for _ in range(3):
                    self.assertEqual(peer.read_until(lambda *f: f[0] == DATA)[1] & END_STREAM, 0)
                peer.send(reset(3))
                self.assertTrue(peer.is_alive())
                self.assertIsNone(next((f for f in peer.seen if f[0] == GOAWAY), None))
            answer = talk(server.port,
                          b"GET /stream/2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            self.assertTrue(answer.endswith(b"\r\n\r\n2\r\n1\n\r\n2\r\n2\n\r\n0\r\n\r\n"))


if __name__ == "__main__":
    main()
