#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What h2-server answers on --admin: server_admin_test.py PATH_OF_H2_SERVER DOCS/METRICS.MD.

Exit status 77: skipped.
"""
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

import openmetrics
from server_harness import LIMIT, Program, Server, curl, main
from server_http1_test import talk, unverified
from server_log_test import PREFACE, frame, headers, wait_for

TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"


class Admin(unittest.TestCase):
    page = None

    def start(self, *arguments):
        server = Server("--admin", "0", *arguments)
        server.admin = server.process.stdout.readline().strip()
        self.assertRegex(server.admin, r"^http://127\.0\.0\.1:\d+/$")
        return server

    def metrics(self, server):
        status, fields, body = curl(server.admin + "metrics")
        self.assertEqual((status, fields["content-type"]), (200, TYPE))
        return openmetrics.read(body.decode("ascii"))

    def total(self, server, name, **labels):
        return openmetrics.value(self.metrics(server), f"h2_server_{name}_total", **labels)

    def test_everything_is_there_at_the_beginning(self):
        with self.start("--threads", "2") as server:
            families = self.metrics(server)
            self.assertEqual(openmetrics.value(families, "h2_server_threads"), 2)
            self.assertGreater(openmetrics.value(families, "process_start_time_seconds"), 1e9)
            info, = families["h2_server_build"].samples
            self.assertRegex(dict(info[1])["version"], r"^\d+\.\d+\.\d+$")
            self.assertEqual(openmetrics.value(families, "h2_server_connections_accepted_total"), 0)
            text = self.page.read_text()
            for family in families:
                self.assertRegex(text, rf"`{family}`")
            for name in re.findall(r"`(h2_server_\w+)`", text):
                self.assertIn(name, families)

    def test_requests_and_connections_are_counted_over_threads(self):
        with tempfile.TemporaryDirectory() as folder, \
                self.start("--threads", "3", "-d", folder) as server:
            (pathlib.Path(folder) / "a.txt").write_text("hello\n")
            for _ in range(8):
                curl(server.url + "a.txt")
            curl(server.url + "none")
            subprocess.run(["curl", "-q", "-s", "-k", "--http1.1", "-o", "/dev/null",
                            server.url + "a.txt"], check=True, timeout=LIMIT)
            wait_for(lambda: self.total(server, "connections_closed", cause="clean") == 10)
            families = self.metrics(server)

            def total(name, **labels):
                return openmetrics.value(families, f"h2_server_{name}_total", **labels)

            self.assertEqual(total("requests", protocol="HTTP/2.0", status="2xx"), 8)
            self.assertEqual(total("requests", protocol="HTTP/2.0", status="4xx"), 1)
            self.assertEqual(total("requests", protocol="HTTP/1.1", status="2xx"), 1)
            self.assertEqual(total("connections_accepted"), 10)
            self.assertEqual(openmetrics.value(families, "h2_server_connections_active"), 0)
            self.assertEqual(total("tls_handshakes", result="ok"), 10)
            self.assertEqual(openmetrics.value(families,
                                               "h2_server_request_duration_seconds_count"), 10)
            self.assertGreater(openmetrics.value(families,
                                                 "h2_server_request_duration_seconds_sum"), 0)
            self.assertGreater(total("received_bytes"), 10 * 40)
            self.assertGreater(total("sent_bytes"), 10 * 40)

    def test_requests_for_numbers_are_not_counted(self):
        with self.start("--no-tls") as server:
            for _ in range(3):
                self.metrics(server)
            self.assertEqual(self.total(server, "requests", protocol="HTTP/2.0", status="2xx"), 0)

    def test_resets_faults_and_goaways_are_counted(self):
        with self.start("--no-tls") as server:
            bad = headers(1, b"\x82\x86\x84\x41\x01a\x00\x01X\x01y")
            ping = frame(6, 0, 0, b"the last")
            with socket.create_connection(("127.0.0.1", server.port), LIMIT) as peer:
                peer.sendall(PREFACE + frame(4, 0, 0) + frame(4, 1, 0) + bad + ping)
                got = b""
                while b"the last" not in got:
                    got += peer.recv(65536)
                peer.sendall(frame(6, 0, 0, b"short"))
                while peer.recv(65536):
                    pass
            wait_for(lambda: self.total(server, "connections_closed", cause="protocol") == 1)
            self.assertEqual(self.total(server, "resets", by="server", code="PROTOCOL_ERROR"), 1)
            families = self.metrics(server)
            goaway, = [(dict(key[1])["reason"], count)
                       for key, count in families["h2_server_goaways"].samples.items() if count]
            self.assertEqual(goaway[1], 1)
            self.assertRegex(goaway[0], "^[A-Z_]+$")
            scopes = {dict(key[1])["scope"] for key in families["h2_server_faults"].samples}
            self.assertEqual(scopes, {"stream", "connection"})

    def test_limits_that_were_met_are_counted(self):
        with self.start("--no-tls") as server:
            with socket.create_connection(("127.0.0.1", server.port), LIMIT) as peer:
                peer.sendall(PREFACE + frame(4, 0, 0) + frame(4, 1, 0) + headers(1, end=False) +
                             1000 * frame(0, 0, 1))
                while peer.recv(65536):
                    pass
            wait_for(lambda: self.total(server, "limit_trips", limit="empty_frame_limit") == 1)
            limits = {dict(key[1])["limit"]
                      for key in self.metrics(server)["h2_server_limit_trips"].samples}
            self.assertLessEqual({"glitch_burst", "reset_burst"}, limits)

    def test_handshakes_that_fail_are_counted(self):
        with self.start() as server:
            talk(server.port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            wait_for(lambda: self.total(server, "tls_handshakes", result="failed") == 1)
            with socket.create_connection(("127.0.0.1", server.port), LIMIT) as plain:
                with unverified("h2").wrap_socket(plain):
                    wait_for(lambda: self.total(server, "tls_handshakes", result="ok") == 1)

    def test_the_cache_is_counted(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "a.txt"
            path.write_text("x" * 1000)
            with self.start("--no-tls", "-d", folder) as server:
                # It is kept when it has not changed for a while.
                wait_for(lambda: curl(server.url + "a.txt")[0] == 200 and
                         self.total(server, "file_cache_hits") > 0)
                self.assertGreater(self.total(server, "file_cache_misses"), 0)
                families = self.metrics(server)
                self.assertGreater(openmetrics.value(families, "h2_server_file_cache_bytes"), 1000)

    def test_health_and_all_else_over_both_protocols(self):
        with self.start("--no-tls") as server:
            self.assertEqual(curl(server.admin + "healthz")[::2], (200, b"ok\n"))
            self.assertEqual(curl(server.admin + "readyz?x=y")[::2], (200, b"ready\n"))
            self.assertEqual(curl(server.admin + "metrics", "-I")[0], 200)
            self.assertEqual(curl(server.admin)[0], 404)
            self.assertEqual(curl(server.admin + "metricsx")[0], 404)
            self.assertEqual(curl(server.admin + "metrics", "-d", "x")[0], 405)
            port = int(server.admin.split(":")[2].strip("/"))
            answer = talk(port, b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            head, _, body = answer.partition(b"\r\n\r\n")
            self.assertIn(f"content-type: {TYPE}".encode(), head)
            self.assertIn(b"cache-control: no-store", head)
            openmetrics.read(body.decode())
            self.assertEqual(curl(server.url + "metrics")[0], 404)

    def test_not_ready_while_it_drains(self):
        with self.start("--no-tls", "--drain-timeout", "60s") as server:
            with socket.create_connection(("127.0.0.1", server.port), LIMIT) as peer:
                peer.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                             b"Expect: 100-continue\r\n\r\n")
                self.assertIn(b" 100 ", peer.recv(1000))
                server.process.send_signal(signal.SIGTERM)
                wait_for(lambda: curl(server.admin + "readyz")[0] == 503)
                self.assertEqual(curl(server.admin + "readyz")[2], b"draining\n")
                self.assertEqual(curl(server.admin + "healthz")[0], 200)
                peer.sendall(b"x")
                while peer.recv(1000):
                    pass
            self.assertEqual(server.process.wait(LIMIT), 0)

    def test_addresses_that_make_no_sense_are_refused(self):
        for value, code in ("x", 1), ("1:2:3", 1), ("127.0.0.1:99999", 1), ("192.0.2.1:0", None):
            run = subprocess.run([Program.path, "--no-tls", "--admin", value], text=True,
                                 capture_output=True, timeout=LIMIT)
            self.assertNotEqual(run.returncode, 0)
            self.assertTrue(code is None or run.returncode == code)
            self.assertIn("--admin", run.stderr)


if __name__ == "__main__":
    Admin.page = pathlib.Path(sys.argv.pop(2))
    main()
