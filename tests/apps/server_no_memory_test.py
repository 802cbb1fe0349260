# SPDX-License-Identifier: MIT
"""h2-server as a whole, with each of its allocations failing in turn: it says why it does not start, or
serves, loses at most the connection that had no memory, and ends when it is told to.

usage: server_no_memory_test.py H2_CLIENT H2_SERVER FAIL_AT_LIBRARY [unittest arguments]
"""
import os
import select
import signal
import subprocess
import sys
import tempfile
import unittest

from client_harness import TIME_LIMIT, Program, main

LIBRARY = os.path.abspath(sys.argv.pop(3))
BODY = b"a {}\n" * 1000


class NoMemory(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        with open(os.path.join(self.folder, "a.css"), "wb") as file:
            file.write(BODY)

    def start(self, number, mark, options):
        """The server, and its URL, "" when it does not start."""
        environment = dict(os.environ, LD_PRELOAD=LIBRARY, H2KIT_FAIL_AT=str(number),
                           H2KIT_FAIL_MARK=mark)
        server = subprocess.Popen([Program.server, "-d", self.folder, *options, "0"],
                                  env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        ready, _, _ = select.select([server.stdout], [], [], TIME_LIMIT)
        self.assertTrue(ready, "the server says nothing")
        return server, server.stdout.readline().decode().strip()

    def fetch(self, url, arguments):
        return subprocess.run([Program.client, "-k", *arguments, url + "a.css"], check=False,
                              capture_output=True, timeout=TIME_LIMIT)

    def run_with(self, number, options, arguments):
        """Whether it came to that allocation."""
        mark = os.path.join(self.folder, "mark")
        server, url = self.start(number, mark, options)
        with server:
            self.serve_and_stop(server, url, mark, arguments)
        if not os.path.exists(mark):
            return False
        os.unlink(mark)
        return True

    def serve_and_stop(self, server, url, mark, arguments):
        try:
            if url:
                first = self.fetch(url, arguments)
                hit = os.path.exists(mark)
                second = self.fetch(url, arguments)
                self.assertTrue(hit or first.returncode == 0, first.stderr)
                self.assertTrue(first.returncode == 0 or first.stderr)
                # The second has memory, unless it was the one without.
                if hit or not os.path.exists(mark):
                    self.assertEqual((second.returncode, second.stdout), (0, BODY), second.stderr)
                server.send_signal(signal.SIGTERM)
            _, errors = server.communicate(timeout=TIME_LIMIT)
        finally:
            server.kill()
        self.assertGreaterEqual(server.returncode, 0, errors)
        if not url:
            self.assertIn(b"memory", errors)

    def check_each(self, options, *arguments):
        number = 1
        while True:
            with self.subTest(allocation=number):
                failed = False
                failed = self.run_with(number, options, arguments)
            if not failed:
                break
            number += 1
        self.assertGreater(number, 40)

    def test_files(self):
        self.check_each(("--no-tls",))

    def test_tls_and_codings(self):
        self.check_each(("--gzip", "6"), "--compressed")

    def test_uploads(self):
        self.check_each(("--no-tls", "--echo-upload"), "-d", os.path.join(self.folder, "a.css"))


if __name__ == "__main__":
    main()
