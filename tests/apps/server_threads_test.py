#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Four threads of h2-server under load: server_threads_test.py PATH_OF_H2_SERVER PATH_OF_H2_CLIENT.

It says most in a build with ThreadSanitizer (see CONTRIBUTING.md): what the threads share is used
by all of them while certificates, and the file of the log, change. On loopback only. Exit status
77: skipped.
"""
import json
import os
import pathlib
import signal
import shutil
import subprocess
import sys
import tempfile
import unittest

import certificates
from server_harness import LIMIT, Server, eventually, main

THREADS = 4
CLIENTS = 8
EACH = 40  # times each client asks for each file
FILES = {"small.txt": 500, "text.txt": 30_000, "none.bin": 0, "large.bin": 300_000}


class Client:
    path = None


class Load(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.base = pathlib.Path(self.folder.name)
        self.www = self.base / "www"
        self.www.mkdir()
        for name, size in FILES.items():
            (self.www / name).write_bytes((name.encode() * (size + 1))[:size])
            os.utime(self.www / name, (1e9, 1e9))
        self.log = self.base / "log"

    def tearDown(self):
        self.folder.cleanup()

    def certificate(self):
        return certificates.make(self.base / "key.pem", self.base / "cert.pem", "a")

    def clients(self, server, count, times):
        """Asks for each file so often; how many requests that makes."""
        urls = [server.url + name for name in FILES]
        running = [subprocess.Popen([Client.path, "-n", "-k", "-m", str(times), *urls],
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                   for _ in range(count)]
        yield running
        for client in running:
            _, error = client.communicate(timeout=6 * LIMIT)
            # What -k passed over is told.
            errors = [line for line in error.splitlines() if "--insecure" not in line]
            self.assertEqual((client.returncode, errors), (0, []))

    def load(self, *options, during=None):
        arguments = ["-d", str(self.www), "-n", str(THREADS), "--cache", "160k", "--gzip", "1",
                     "--access-log", str(self.log), "--log-format", "json", *options]
        with Server(*arguments) as server:
            for running in self.clients(server, CLIENTS, EACH):
                if during is not None:
                    while any(client.poll() is None for client in running):
                        during(server)
            server.stop()
        lines = []
        for log in sorted(self.base.glob("log*")):
            lines += log.read_text().splitlines()
        self.assertEqual(len(lines), CLIENTS * EACH * len(FILES))
        for line in lines:
            self.assertEqual(json.loads(line)["status"], 200)

    def test_requests_are_all_answered_and_all_logged(self):
        self.load("--no-tls")

    def test_certificates_and_logs_change_under_load(self):
        if shutil.which("openssl") is None:
            self.skipTest("openssl is not installed")
        count = 0

        def during(server):
            nonlocal count
            count += 1
            if self.log.exists():
                self.log.rename(self.base / f"log.{count}")
            server.process.send_signal(signal.SIGHUP)
            server.process.send_signal(signal.SIGUSR1)
            eventually(self.log.exists)

        self.load("0", *self.certificate(), during=during)
        self.assertGreater(count, 0)

    def test_frame_logs_of_all_threads_go_to_one_file(self):
        frames = self.base / "frames"
        arguments = ["--no-tls", "-d", str(self.www), "-n", str(THREADS), "--trace",
                     f"ndjson:{frames}"]
        with Server(*arguments) as server:
            for _ in self.clients(server, 4, 3):
                pass
            server.stop()
        lines = frames.read_text().splitlines()
        self.assertGreater(len(lines), 4 * 3 * len(FILES))
        for line in lines:
            json.loads(line)

    def test_ends_under_load(self):
        with Server("-d", str(self.www), "-n", str(THREADS), "--drain-timeout", "1s",
                    "--access-log", str(self.log)) as server:
            running = [subprocess.Popen([Client.path, "-n", "-k", "-m", "2000",
                                         server.url + "text.txt"], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL) for _ in range(CLIENTS)]
            eventually(lambda: self.log.stat().st_size > 50_000)
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(server.process.wait(LIMIT), 0)
            for client in running:
                client.wait(LIMIT)


if __name__ == "__main__":
    Client.path = os.path.abspath(sys.argv.pop(2))
    main()
