#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The access log of h2-server: server_log_test.py PATH_OF_H2_SERVER.

Exit status 77: skipped.
"""
import json
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
import unittest

from server_harness import LIMIT, Program, Server, curl, main
from server_http1_test import talk

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
GET_ROOT = b"\x82\x86\x84\x41\x01a"  # GET http / with the authority "a"
COMBINED = re.compile(r'(\S+) - - \[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000)\] '
                      r'"([^"]*)" (\d{3}) (\d+) "([^"]*)" "([^"]*)"')


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + \
        struct.pack(">I", stream) + payload


def headers(stream, block=GET_ROOT, end=True):
    return frame(1, 5 if end else 4, stream, block)


def wait_for(what):
    """Until it is true, for as long as a step may take."""
    end = time.monotonic() + LIMIT
    while not what():
        if time.monotonic() > end:
            raise AssertionError("nothing came of it")
        time.sleep(0.01)


class Log(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        base = pathlib.Path(self.temporary.name)
        self.www = base / "www"
        self.www.mkdir()
        (self.www / "a.txt").write_text("hello\n")
        (self.www / "big.bin").write_bytes(bytes(5_000_000))
        self.log = base / "access.log"

    def tearDown(self):
        self.temporary.cleanup()

    def server(self, *arguments, fmt="json"):
        return Server("-d", str(self.www), "--access-log", str(self.log), "--log-format", fmt,
                      *arguments)

    def lines(self, path=None):
        text = (path or self.log).read_text("ascii")
        self.assertTrue(text == "" or text.endswith("\n"))
        return text.splitlines()

    def entries(self, path=None):
        return [json.loads(line) for line in self.lines(path)]

    def h2(self, server, *frames, lost_after=None):
        """Sends frames and waits until they were read. Then ends the connection in order, or breaks
        it when so many octets have come."""
        ping = frame(6, 0, 0, b"the last")
        with socket.create_connection(("127.0.0.1", server.port), LIMIT) as peer:
            peer.sendall(PREFACE + frame(4, 0, 0) + frame(4, 1, 0) + b"".join(frames) + ping)
            got = b""
            while len(got) < lost_after if lost_after else b"the last" not in got:
                got += peer.recv(65536)
            if lost_after:
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            peer.shutdown(socket.SHUT_WR)
            while peer.recv(65536):
                pass

    def test_a_request_over_each_protocol_has_one_line(self):
        with self.server() as server:
            curl(server.url + "a.txt?q=1", "-A", "agent", "-e", "https://ref/")
            subprocess.run(["curl", "-q", "-s", "-k", "--http1.1", "-o", "/dev/null",
                            server.url + "none"], check=True, timeout=LIMIT)
            curl(server.url + "big.bin", "-I")
        first, second, third = self.entries()
        self.assertEqual({**first, "time": 0, "peer": 0, "duration_ns": 0},
                         {"time": 0, "connection": 1, "stream": 1, "peer": 0, "tls": "TLSv1.3",
                          "protocol": "HTTP/2.0", "method": "GET",
                          "authority": f"127.0.0.1:{server.port}", "path": "/a.txt?q=1",
                          "referer": "https://ref/", "user_agent": "agent", "status": 200,
                          "body_octets": 6, "duration_ns": 0, "end": "complete"})
        self.assertRegex(first["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
        self.assertRegex(first["peer"], r"^127\.0\.0\.1:\d+$")
        self.assertGreater(first["duration_ns"], 0)
        self.assertEqual((second["protocol"], second["status"], second["path"], second["end"]),
                         ("HTTP/1.1", 404, "/none", "complete"))
        self.assertGreater(second["body_octets"], 20)
        self.assertNotIn("stream", second)
        self.assertEqual((third["method"], third["status"], third["body_octets"]),
                         ("HEAD", 200, 0))

    def test_common_and_combined_are_as_elsewhere(self):
        with self.server("--no-tls", fmt="combined") as server:
            curl(server.url + "a.txt", "-A", 'a"b\\c', "-e", "")
        match = COMBINED.fullmatch(self.lines()[0])
        self.assertIsNotNone(match, self.lines())
        self.assertEqual(match.group(1, 3, 4, 5, 6, 7),
                         ("127.0.0.1", "GET /a.txt HTTP/2.0", "200", "6", "-", r"a\x22b\x5cc"))
        self.log.unlink()
        with self.server("--no-tls", fmt="common") as server:
            talk(server.port, b"GET /a.txt HTTP/1.0\r\nUser-Agent: x\r\n\r\n")
        self.assertRegex(self.lines()[0], r'\] "GET /a\.txt HTTP/1\.0" 200 6$')

    def test_nobody_can_forge_a_line(self):
        with self.server("--no-tls", fmt="combined") as server:
            talk(server.port, b"GET /%0a%22 HTTP/1.1\r\nHost: a\r\nUser-Agent: \xff\" \\n\t\xc3\xa9"
                 b"\r\nReferer: x\" 200 1\r\nConnection: close\r\n\r\n")
        line, = self.lines()
        self.assertIn(r'"x\x22 200 1" "\xff\x22 \x5cn\x09\xc3\xa9"', line)

    def test_refusals_of_http1_are_there_once(self):
        with self.server("--no-tls") as server:
            talk(server.port, b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n")
            talk(server.port, b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 70000 + b"\r\n\r\n")
            talk(server.port, b"POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nz")
        entries = self.entries()
        self.assertEqual([entry["status"] for entry in entries], [400, 431, 400])
        self.assertTrue(all(entry["refused"] and entry["body_octets"] > 0 for entry in entries))
        self.assertNotIn("path", entries[0])
        self.assertEqual((entries[2]["path"], entries[2]["protocol"]), ("/up", "HTTP/1.1"))

    def test_refusals_of_http2_are_there_once(self):
        bad = b"\x82\x86\x84\x41\x01a\x00\x01X\x01y"  # a name in upper case
        with self.server("--no-tls") as server:
            self.h2(server, headers(1, bad), headers(3))
        refused, complete = self.entries()
        self.assertEqual((refused["stream"], refused["end"], refused["reset_by"],
                          refused["error_name"], refused["refused"]),
                         (1, "reset", "server", "PROTOCOL_ERROR", True))
        self.assertEqual((complete["stream"], complete["end"]), (3, "complete"))

    def test_streams_beyond_the_limit_are_there_once(self):
        with self.server("--no-tls", "--max-concurrent-streams", "1") as server:
            self.h2(server, headers(1, end=False), headers(3), headers(5), frame(0, 1, 1, b"x"),
                    headers(7))
        ends = {entry["stream"]: (entry["end"], entry.get("error_name"), entry.get("refused"))
                for entry in self.entries()}
        refused = ("reset", "REFUSED_STREAM", True)
        self.assertEqual(len(self.entries()), 4)
        self.assertEqual(ends, {1: ("complete", None, None), 3: refused, 5: refused,
                                7: ends[7]})
        self.assertIn(ends[7], (refused, ("complete", None, None)))

    def test_each_way_to_end_is_told(self):
        big = b"\x82\x86\x04\x08/big.bin\x41\x01a"
        with self.server("--no-tls") as server:
            self.h2(server, headers(1, big), frame(3, 0, 1, b"\0\0\0\x08"))
            wait_for(lambda: len(self.lines()) == 1)
            self.h2(server, headers(1, big), lost_after=60000)
            wait_for(lambda: len(self.lines()) == 2)
            self.h2(server, headers(1, end=False), frame(0, 1, 1, b"x"), headers(3, end=False),
                    headers(3, b"\x83"))
            wait_for(lambda: len(self.lines()) == 4)
            with socket.create_connection(("127.0.0.1", server.port), LIMIT) as peer:
                peer.sendall(b"GET /big.bin HTTP/1.1\r\nHost: a\r\n\r\n")
                peer.recv(1000)
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            wait_for(lambda: len(self.lines()) == 5)
        cancelled, lost, *two, http1 = self.entries()
        upload, trailers = sorted(two, key=lambda entry: entry["stream"])
        self.assertEqual((cancelled["end"], cancelled["reset_by"], cancelled["error_name"]),
                         ("reset", "client", "CANCEL"))
        self.assertEqual((lost["end"], lost["status"]), ("lost", 200))
        self.assertLess(lost["body_octets"], 5_000_000)
        self.assertGreater(lost["body_octets"], 0)
        self.assertEqual((upload["stream"], upload["end"]), (1, "complete"))
        self.assertEqual((trailers["stream"], trailers["end"], trailers["reset_by"]),
                         (3, "reset", "server"))
        self.assertNotIn("refused", trailers)
        self.assertEqual((http1["end"], http1["protocol"]), ("lost", "HTTP/1.1"))

    def test_pushes_and_upgrades_are_there(self):
        with self.server("--no-tls", "--push", "/=/a.txt", "--list") as server:
            subprocess.run(["curl", "-q", "-s", "--http2", "-o", "/dev/null", server.url + "a.txt"],
                           check=True, timeout=LIMIT)
            self.h2(server, headers(1))
        entries = self.entries()
        self.assertEqual(len(entries), 3)
        self.assertEqual((entries[0]["stream"], entries[0]["protocol"], entries[0]["path"]),
                         (1, "HTTP/2.0", "/a.txt"))
        self.assertEqual({(entry["stream"], entry["path"]) for entry in entries[1:]},
                         {(1, "/"), (2, "/a.txt")})

    def test_renaming_while_it_serves_loses_no_line(self):
        with self.server("--no-tls", "--threads", "2", fmt="common") as server:
            done = threading.Event()
            count = 0

            def load():
                nonlocal count
                while not done.is_set():
                    talk(server.port, b"GET /a.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    count += 1

            thread = threading.Thread(target=load)
            thread.start()
            old = []
            for i in range(5):
                wait_for(lambda: self.log.exists() and len(self.lines()) > 3)
                old.append(self.log.with_suffix(f".{i}"))
                self.log.rename(old[-1])
                server.process.send_signal(signal.SIGUSR1)
                wait_for(self.log.exists)
            done.set()
            thread.join()
        lines = [line for path in (*old, self.log) for line in self.lines(path)]
        self.assertEqual(len(lines), count)
        self.assertTrue(all(line.endswith('"GET /a.txt HTTP/1.1" 200 6') for line in lines))

    def test_signal_without_a_log_does_no_harm(self):
        with Server("--no-tls") as server:
            server.process.send_signal(signal.SIGUSR1)
            self.assertEqual(curl(server.url)[0], 200)

    def test_full_disk_does_not_stop_it(self):
        if not os.access("/dev/full", os.W_OK):
            self.skipTest("no /dev/full")
        server = Server("--no-tls", "--access-log", "/dev/full")
        for _ in range(3):
            self.assertEqual(curl(server.url)[0], 200)
        server.stop()
        server.log.seek(0)
        self.assertEqual(server.log.read(),
                         "h2-server: access log: lines are lost: No space left on device\n")
        server.process.stdout.close()
        server.log.close()

    def test_standard_output_may_be_slow_or_gone(self):
        server = Server("--no-tls", "--access-log", "-", "--log-format", "json")
        # Nobody reads: more than fits into the pipe and the buffer.
        request = b"GET /" + b"x" * 4000 + b" HTTP/1.1\r\nHost: a\r\n"
        for _ in range(20):
            self.assertEqual(talk(server.port, 9 * (request + b"\r\n") + request +
                                  b"Connection: close\r\n\r\n").count(b"HTTP/1.1 404 "), 10)
        first = json.loads(server.process.stdout.readline())
        self.assertEqual(first["status"], 404)
        server.process.stdout.close()
        self.assertEqual(curl(server.url)[0], 200)
        server.stop()
        self.assertEqual(server.process.returncode, 0)
        server.log.seek(0)
        self.assertRegex(server.log.read(), r"\Ah2-server: access log: lines are lost: .*\n\Z")
        server.log.close()

    def test_values_that_make_no_sense_are_refused(self):
        for arguments, code in ((["--log-format", "xml"], 1),
                                (["--access-log", "/nonexistent/x"], 5)):
            run = subprocess.run([Program.path, "--no-tls", *arguments], capture_output=True,
                                 text=True, timeout=LIMIT)
            self.assertEqual(run.returncode, code)
            self.assertRegex(run.stderr, "log-format|access log")


if __name__ == "__main__":
    main()
