#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""h2-server over HTTP/1.1, on the port of its HTTP/2: server_http1_test.py PATH_OF_H2_SERVER.

Clients: curl, Python's http.client, `openssl s_client`, and sockets that send what no proper client
would. Exit status 77: skipped.
"""
import http.client
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from server_harness import LIMIT, Server, main
from server_test import unverified

BIG = os.urandom(2_000_000)
GET = b"GET /a.txt HTTP/1.1\r\nHost: a\r\n"


def curl(*arguments, body=None):
    """Standard output of curl."""
    run = subprocess.run(["curl", "-q", "-sS", "-k", "-m", str(LIMIT), *arguments], input=body,
                         capture_output=True, timeout=LIMIT + 5)
    if run.returncode != 0:
        raise AssertionError(f"curl {run.returncode}: {run.stderr.decode()}")
    return run.stdout


def talk(port, octets, ends=False):
    """What the server answers until it ends the connection; with `ends` we end our side first."""
    with socket.create_connection(("127.0.0.1", port), LIMIT) as peer:
        peer.sendall(octets)
        if ends:
            peer.shutdown(socket.SHUT_WR)
        answer = b""
        while part := peer.recv(65536):
            answer += part
        return answer


def statuses(answer):
    return [int(code) for code in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]


class Http1(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        base = pathlib.Path(cls.folder.name)
        (base / "a.txt").write_text("hello\n")
        (base / "big.bin").write_bytes(BIG)
        # Old enough to be kept in memory, and lent from there as a whole.
        (base / "kept.bin").write_bytes(BIG[:60000])
        os.utime(base / "kept.bin", (1e9, 1e9))
        (base / "sub").mkdir()
        cls.tls = Server("-d", str(base), "--echo-upload")
        cls.clear = Server("-d", str(base), "--echo-upload", "--no-tls")

    @classmethod
    def tearDownClass(cls):
        for server in cls.tls, cls.clear:
            with server:
                pass
        cls.folder.cleanup()

    def servers(self):
        return self.tls, self.clear

    def test_files_are_those_of_http2(self):
        for server in self.servers():
            for path, status in ("a.txt", 200), ("big.bin", 200), ("sub", 301), ("none", 404):
                answers = []
                for version in "--http1.1", "--http2-prior-knowledge":
                    url = server.url + path
                    got = curl(version, "-w", "\n%{http_code} %{http_version} %{content_type}",
                               url)
                    body, _, last = got.rpartition(b"\n")
                    code, used, kind = last.decode().split(maxsplit=2)
                    self.assertEqual((int(code), used),
                                     (status, "1.1" if version == "--http1.1" else "2"))
                    answers.append((body, kind))
                self.assertEqual(answers[0], answers[1])

    def test_files_in_memory_arrive_whole(self):
        for server in self.servers():
            got = curl("--http1.1", *[server.url + "kept.bin"] * 3)
            self.assertTrue(got == BIG[:60000] * 3)

    def test_ranges_and_conditions_count(self):
        got = curl("--http1.1", "-i", "-r", "1-2", self.tls.url + "a.txt")
        self.assertEqual(statuses(got), [206])
        self.assertTrue(got.endswith(b"\r\n\r\nel"))
        got = curl("--http1.1", "-i", "-H", "If-None-Match: *", self.tls.url + "a.txt")
        self.assertEqual(statuses(got), [304])
        self.assertTrue(got.endswith(b"\r\n\r\n"))

    def test_upload_comes_back(self):
        for server in self.servers():
            for options in [], ["-H", "Transfer-Encoding: chunked"], ["-H", "Expect:"]:
                got = curl("--http1.1", *options, "--data-binary", "@-", server.url + "x", body=BIG)
                self.assertTrue(got == BIG, options)

    def test_upload_in_clients_that_do_not_read_waits(self):
        with socket.create_connection(("127.0.0.1", self.clear.port), LIMIT) as peer:
            peer.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n")
            peer.settimeout(0.5)
            sent = 0
            with self.assertRaises(TimeoutError):
                while sent < 500_000_000:
                    sent += peer.send(bytes(65536))
            self.assertLess(sent, 50_000_000)

    def test_several_urls_share_a_connection(self):
        for server in self.servers():
            got = curl("--http1.1", "-w", "%{num_connects}\n", "-o", os.devnull, server.url + "a.txt",
                       "-o", os.devnull, server.url + "none", "-o", os.devnull,
                       server.url + "big.bin")
            self.assertEqual(got.split(), [b"1", b"0", b"0"])

    def test_head_has_the_fields_and_no_body(self):
        for server in self.servers():
            got = curl("--http1.1", "-I", server.url + "big.bin", server.url + "a.txt")
            self.assertEqual(statuses(got), [200, 200])
            self.assertIn(b"content-length: 2000000\r\n", got)
            self.assertNotIn(b"hello", got)

    def test_upgrade_goes_on_with_http2(self):
        got = curl("--http2", "-i", "-w", "%{http_version}", self.clear.url + "a.txt",
                   self.clear.url + "big.bin")
        self.assertIn(b"HTTP/1.1 101 Switching Protocols\r\n", got)
        self.assertIn(b"HTTP/2 200", got)
        self.assertIn(b"hello\n2", got)
        self.assertTrue(got.endswith(BIG + b"2"))

    def test_upgrade_with_a_body_or_bad_settings_is_answered_in_http1(self):
        got = curl("--http2", "-w", "%{http_version}", "--data-binary", "x", self.clear.url)
        self.assertEqual(got, b"x1.1")
        answer = talk(self.clear.port, GET + b"Connection: Upgrade, HTTP2-Settings, close\r\n"
                      b"Upgrade: h2c\r\nHTTP2-Settings: !\r\n\r\n")
        self.assertEqual(statuses(answer), [200])

    def test_http_client_keeps_its_connection(self):
        for connection in (
                http.client.HTTPConnection("127.0.0.1", self.clear.port, timeout=LIMIT),
                http.client.HTTPSConnection("127.0.0.1", self.tls.port, timeout=LIMIT,
                                            context=unverified())):
            connection.request("GET", "/a.txt")
            self.assertEqual(connection.getresponse().read(), b"hello\n")
            stream = connection.sock
            connection.request("PUT", "/x", body=iter([b"ab", b"cd"]), encode_chunked=True,
                               headers={"Transfer-Encoding": "chunked"})
            answer = connection.getresponse()
            self.assertEqual((answer.status, answer.read()), (200, b"abcd"))
            connection.request("DELETE", "/x", body=b"abc")
            answer = connection.getresponse()
            self.assertEqual((answer.status, answer.getheader("allow")),
                             (405, "GET, HEAD, POST, PUT"))
            answer.read()
            self.assertIs(connection.sock, stream)
            connection.close()

    @unittest.skipIf(shutil.which("openssl") is None, "no openssl")
    def test_client_without_alpn_gets_http1(self):
        for options in [], ["-alpn", "http/1.1"]:
            run = subprocess.run(["openssl", "s_client", "-quiet", "-connect",
                                  f"127.0.0.1:{self.tls.port}", *options],
                                 input=GET + b"Connection: close\r\n\r\n", capture_output=True,
                                 timeout=LIMIT)
            self.assertEqual(statuses(run.stdout), [200])
            self.assertTrue(run.stdout.endswith(b"\r\n\r\nhello\n"))

    def test_http2_is_preferred_and_others_are_refused(self):
        for offered, chosen in (("http/1.1", "h2"), "h2"), (("http/1.1",), "http/1.1"):
            with socket.create_connection(("127.0.0.1", self.tls.port), LIMIT) as plain:
                with unverified(*offered).wrap_socket(plain) as tls:
                    self.assertEqual(tls.selected_alpn_protocol(), chosen)
        with socket.create_connection(("127.0.0.1", self.tls.port), LIMIT) as plain:
            with self.assertRaisesRegex(Exception, "(?i)no.application.protocol"):
                unverified("spdy/3").wrap_socket(plain)

    def test_requests_sent_ahead_are_answered_in_order(self):
        answer = talk(self.clear.port, GET + b"\r\n" + b"POST / HTTP/1.1\r\nHost: a\r\n"
                      b"Content-Length: 3\r\n\r\nabc" + GET + b"Connection: close\r\n\r\n" + GET)
        self.assertEqual(statuses(answer), [200, 200, 200])
        self.assertLess(answer.index(b"hello\n"), answer.index(b"abc"))
        answer = talk(self.clear.port, (GET + b"\r\n") * 50, ends=True)
        self.assertEqual(statuses(answer), [200] * 50)

    def test_http10_gets_one_answer(self):
        answer = talk(self.clear.port, b"GET /a.txt HTTP/1.0\r\n\r\n")
        self.assertEqual(statuses(answer), [200])
        self.assertTrue(answer.endswith(b"connection: close\r\n\r\nhello\n"))

    def test_what_could_smuggle_a_request_is_refused(self):
        inner = b"GET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n"
        post = b"POST / HTTP/1.1\r\nHost: a\r\n"
        for head, status in (
                (post + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
                (post + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
                (post + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n", 400),
                (post + b"Content-Length : 0\r\n\r\n", 400),
                (post + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
                (post + b"Transfer-Encoding: xchunked\r\n\r\n", 400),
                (post + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
                (post + b"X: a\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
                (post + b"X: \rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
                (post + b"X: a\nContent-Length: 44\r\n\r\n", 400),
                (post + b"Host: b\r\n\r\n", 400),
                (b"GET / HTTP/1.1\r\n\r\n", 400),
                (b"GET /a.txt\r\n\r\n", 400),
                (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", 414),
                (post + b"X: " + b"a" * 70000 + b"\r\n\r\n", 431),
                (post + b"a: b\r\n" * 200 + b"\r\n", 431)):
            answer = talk(self.clear.port, head + inner)
            self.assertEqual(statuses(answer), [status], head[:100])
            self.assertIn(b"\r\nconnection: close\r\n", answer)
            self.assertNotIn(b"hello", answer)


class Ends(unittest.TestCase):
    def test_running_request_completes_after_sigterm(self):
        with Server("--no-tls", "--echo-upload") as server:
            with socket.create_connection(("127.0.0.1", server.port), LIMIT) as peer, \
                    socket.create_connection(("127.0.0.1", server.port), LIMIT) as idle:
                peer.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab")
                answer = peer.recv(4096)
                idle.sendall(GET)
                server.process.send_signal(signal.SIGTERM)
                self.assertEqual(idle.recv(100), b"")
                peer.sendall(b"cd")
                while part := peer.recv(4096):
                    answer += part
                self.assertTrue(answer.endswith(b"abcd"))
            self.assertEqual(server.process.wait(LIMIT), 0)

    def test_answer_that_has_not_begun_says_that_it_is_the_last(self):
        with Server("--no-tls") as server:
            with socket.create_connection(("127.0.0.1", server.port), LIMIT) as peer:
                peer.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                             b"Content-Length: 2\r\n\r\n")
                answer = peer.recv(4096)
                self.assertEqual(statuses(answer), [100])
                server.process.send_signal(signal.SIGTERM)
                time.sleep(0.1)
                peer.sendall(b"ab")
                while part := peer.recv(4096):
                    answer += part
                self.assertEqual(statuses(answer), [100, 200])
                self.assertIn(b"connection: close\r\n", answer)
            self.assertEqual(server.process.wait(LIMIT), 0)

    def test_status_lines_have_phrases(self):
        with Server("--no-tls", "--test-endpoints") as server:
            for status, phrase in (200, b"OK"), (204, b"No Content"), (429, b"Too Many Requests"):
                answer = talk(server.port, b"GET /status/%d HTTP/1.0\r\n\r\n" % status)
                self.assertEqual(answer.split(b"\r\n")[0], b"HTTP/1.1 %d %s" % (status, phrase))

    def test_log_tells_requests_and_escapes_them(self):
        server = Server("-v", "--no-tls")
        talk(server.port, b"GET / HTTP/1.1\r\nHost: a\r\nX: \xff\r\nConnection: close\r\n\r\n")
        talk(server.port, b"\r\r")
        server.stop()
        text = server.process.stdout.read()
        with server:
            pass
        self.assertRegex(text, r"\[id=1\] \[ *\d+\.\d+\] recv HTTP/1.1 :method: GET")
        self.assertIn("HTTP/1.1 request refused with 400", text)
        self.assertNotIn("\xff", text)


if __name__ == "__main__":
    main()
