#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The frame log of h2-server as a program reads it: server_trace_test.py PATH_OF_H2_SERVER.

Exit status 77: skipped.
"""
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import unittest

import trace_schema
from raw_peer import Peer
from server_harness import LIMIT, Program, Server, curl, eventually, main
from server_http1_test import talk


def ask(port, count):
    """So many requests on one connection, one after the other, all answered."""
    with Peer(port) as peer:
        peer.start()
        for stream in range(1, 2 * count, 2):
            if peer.fetch(stream) is None:
                raise AssertionError(f"request {stream} was not answered")
            peer.seen.clear()


class Trace(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.file = pathlib.Path(self.folder.name) / "frames.ndjson"

    def tearDown(self):
        self.folder.cleanup()

    def records(self):
        return trace_schema.read(self.file.read_text())[1]

    def test_a_request_over_tls_is_there_from_end_to_end(self):
        with Server("--trace", f"ndjson:{self.file}") as server:
            status, _, _ = curl(server.url, "-H", "cookie: secret", "-H", "x-latin: \xe9\xff")
            self.assertEqual(status, 200)
        records = self.records()
        self.assertTrue(all(record["connection"] == 1 for record in records))
        times = [record["time_ns"] for record in records]
        self.assertEqual(times, sorted(times))
        opened, = [record for record in records if record["event"] == "opened"]
        self.assertEqual(opened["tls"]["protocol"], "h2")
        self.assertRegex(opened["peer"], r"^127\.0\.0\.1:\d+$")
        request, response = [record for record in records if "section" in record]
        self.assertEqual((request["section"], request["direction"]), ("request", "recv"))
        self.assertEqual((response["section"], response["direction"]), ("response", "send"))
        fields = {field["name"]: field.get("value") for field in request["fields"]}
        self.assertEqual((fields[":method"], fields["cookie"]), ("GET", "secret"))
        closed, = [record for record in records if record["event"] == "stream_closed"]
        self.assertEqual((closed["stream"], closed["error_name"]), (1, "NO_ERROR"))
        self.assertEqual(records[-1]["event"], "ended")

    def test_faults_and_http1_are_there(self):
        with Server("--trace", f"ndjson:{self.file}", "--no-tls") as server:
            ping = b"\0\0\x07\x06\0\0\0\0\0" + 7 * b"x"
            talk(server.port, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0" + ping)
            talk(server.port, b"GET / HTTP/1.1\r\nHost: a\r\nX: \xff\r\nConnection: close\r\n\r\n")
        records = self.records()
        fault, = [record for record in records if record["event"] == "fault"]
        self.assertEqual((fault["scope"], fault["error_name"]), ("connection", "FRAME_SIZE_ERROR"))
        self.assertTrue(fault["rfc"].startswith("RFC 9113 "))
        goaway, = [record for record in records if record.get("type") == "GOAWAY"]
        self.assertEqual(goaway["error_name"], "FRAME_SIZE_ERROR")
        head, = [record for record in records if record["event"] == "http1_request"]
        self.assertEqual(head["connection"], 2)
        self.assertIn({"name": "x", "value_hex": "ff", "sensitive": False}, head["fields"])

    def test_the_url_comes_before_the_log_on_standard_output(self):
        server = Server("--trace", "ndjson")
        self.assertEqual(curl(server.url)[0], 200)
        server.stop()
        trace_schema.read(server.process.stdout.read())
        with server:
            pass

    def test_nobody_is_kept_waiting_by_who_reads_nothing(self):
        for options in ["-v"], ["--trace", "ndjson"]:
            with self.subTest(options=options):
                server = Server("--no-tls", *options)
                ask(server.port, 4000)
                server.stop()
                self.assertEqual(server.process.returncode, 0)
                server.log.seek(0)
                self.assertRegex(server.log.read(), r"\A\S+: frame log: lines are lost: nobody reads "
                                 r"them\n\S+: frame log: \d+ lines were lost\n\Z")
                server.process.stdout.close()
                server.log.close()

    def test_who_reads_late_gets_whole_lines_and_a_count_of_the_others(self):
        server = Server("--no-tls", "--trace", "ndjson")
        ask(server.port, 4000)
        lines = []
        reader = threading.Thread(target=lambda: lines.extend(server.process.stdout))
        reader.start()
        # What there is room for is logged again.
        eventually(lambda: (ask(server.port, 1), '"connection":3' in lines[-1] if lines else 0)[1])
        server.stop()
        reader.join(LIMIT)
        server.process.stdout.close()
        records = [json.loads(line) for line in lines]
        server.log.seek(0)
        lost = int(server.log.read().split()[-4])
        server.log.close()
        self.assertEqual(records[-1]["event"], "ended")
        self.assertGreater(lost, 0)
        times = [record["time_ns"] for record in records[1:]]
        self.assertEqual(times, sorted(times))

    def test_a_file_gets_all_lines(self):
        with self.file.open("wb") as out:
            process = subprocess.Popen([Program.path, "--no-tls", "-v"], stdout=out)
        try:
            eventually(lambda: self.file.read_text().endswith("/\n"))
            ask(int(self.file.read_text().split(":")[2].split("/")[0]), 4000)
        finally:
            process.terminate()
            self.assertEqual(process.wait(LIMIT), 0)
        text = self.file.read_text()
        self.assertEqual(text.count("recv HEADERS frame"), 4000)
        self.assertEqual(text.count("send HEADERS frame"), 4000)

    def test_all_files_are_opened_anew_on_a_signal(self):
        keys = self.file.with_name("keys")
        renamed = {path: path.with_suffix(".1") for path in (self.file, keys)}
        os.environ["SSLKEYLOGFILE"] = str(keys)
        try:
            with Server("--trace", f"ndjson:{self.file}") as server:
                curl(server.url)
                # Its last line comes after curl has gone.
                eventually(lambda: '"ended"' in self.file.read_text())
                for path, other in renamed.items():
                    path.rename(other)
                server.process.send_signal(signal.SIGUSR1)
                eventually(lambda: all(path.exists() for path in renamed))
                eventually(lambda: self.file.read_text() != "")
                curl(server.url)
        finally:
            del os.environ["SSLKEYLOGFILE"]
        for path, connection in (renamed[self.file], 1), (self.file, 2):
            records = trace_schema.read(path.read_text())[1]
            self.assertEqual({record["connection"] for record in records}, {connection})
            self.assertEqual(records[-1]["event"], "ended")
        for path in keys, renamed[keys]:
            self.assertIn("SERVER_TRAFFIC_SECRET_0 ", path.read_text())
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)

    def test_a_file_that_was_not_renamed_goes_on(self):
        with Server("--no-tls", "--trace", f"ndjson:{self.file}") as server:
            ask(server.port, 1)
            server.process.send_signal(signal.SIGUSR1)
            ask(server.port, 1)
        self.assertEqual({record["connection"] for record in self.records()}, {1, 2})

    def test_text_is_what_verbose_prints(self):
        with Server("--trace", f"text:{self.file}") as server:
            self.assertEqual(curl(server.url)[0], 200)
        self.assertRegex(self.file.read_text(), r"\[id=1\] \[ *\d+\.\d+\] send SETTINGS frame")

    def test_input_is_dumped_after_decryption(self):
        with Server("--trace", f"text:{self.file}", "--hexdump") as server:
            self.assertEqual(curl(server.url)[0], 200)
        self.assertRegex(self.file.read_text(),
                         r"\] recv \d+ octets\n00000000  50 52 49 20 .*  \|PRI \* HTTP/2\.0\.\.\|\n")
        with Server("--trace", f"ndjson:{self.file}", "--hexdump", "--no-tls") as server:
            request = b"GET / HTTP/1.0\r\n\r\n"
            talk(server.port, request)
        octets = [record["octets"] for record in self.records() if record["event"] == "input"]
        self.assertEqual(octets, [request.hex()])

    def test_colours_are_for_those_who_ask(self):
        for when, there in ("always", True), ("never", False), ("auto", False):
            with Server("--trace", f"text:{self.file}", "--color", when) as server:
                self.assertEqual(curl(server.url)[0], 200)
            self.assertEqual("\x1b[" in self.file.read_text(), there)

    def test_values_that_make_no_sense_are_refused(self):
        for option, value, code in (("--trace", "json", 1), ("--trace", "ndjson:/nonexistent/x", 5),
                                    ("--color", "yes", 1)):
            run = subprocess.run([Program.path, option, value], capture_output=True, text=True,
                                 timeout=LIMIT)
            self.assertEqual(run.returncode, code)
            self.assertIn(option, run.stderr)


if __name__ == "__main__":
    main()
