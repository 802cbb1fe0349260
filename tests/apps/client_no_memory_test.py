# SPDX-License-Identifier: MIT
"""h2-client as a whole, with each of its allocations failing in turn: it comes to its end, by itself, and
what it did not do it says.

usage: client_no_memory_test.py H2_CLIENT H2_SERVER FAIL_AT_LIBRARY [unittest arguments]
"""
import os
import subprocess
import sys
import tempfile
import unittest

from client_harness import TIME_LIMIT, Program, h2_server, main

LIBRARY = os.path.abspath(sys.argv.pop(3))


class NoMemory(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.mkdir(self.path("www"))
        os.mkdir(self.path("www/dir"))
        self.write("www/dir/index.html", "<html><link rel=stylesheet href=../a.css><img src=/b.png>text")
        self.write("www/a.css", "a {}\n" * 1000)
        self.write("www/b.png", "b")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)

    def run_with(self, number, arguments, given):
        """The result, and whether it came to that allocation."""
        mark = self.path("mark")
        environment = dict(os.environ, LD_PRELOAD=LIBRARY, H2KIT_FAIL_AT=str(number),
                           H2KIT_FAIL_MARK=mark)
        result = subprocess.run([Program.client, *arguments], input=given, env=environment,
                                capture_output=True, timeout=TIME_LIMIT, check=False)
        failed = os.path.exists(mark)
        if failed:
            os.unlink(mark)
        return result, failed

    def check_each(self, least, *arguments, given=b""):
        """least: allocations that it has, so that it is known to be about something."""
        whole, failed = self.run_with(0, arguments, given)
        self.assertEqual((whole.returncode, failed), (0, False), whole.stderr)
        number = 1
        while True:
            result, failed = self.run_with(number, arguments, given)
            if not failed:
                break
            with self.subTest(allocation=number, errors=result.stderr):
                if result.returncode == 0:
                    self.assertEqual(result.stdout, whole.stdout)
                else:
                    self.assertGreater(result.returncode, 0)
                    self.assertIn(b"memory", result.stderr)
            number += 1
        self.assertGreater(number, least)

    def test_pages_redirects_and_codings(self):
        with h2_server("--no-tls", "--gzip", "6", "-d", self.path("www"), "0") as url:
            self.check_each(60, "-aL", "--compressed", url + "/dir", url + "/a.css")

    def test_uploads_over_tls(self):
        with h2_server("-d", self.path("www"), "--echo-upload", "0") as url:
            self.check_each(30, "-k", "--ktls", url + "/a.css")
            self.check_each(40, "-k", "-d", "-", "--trailer", "x: y", "-H", "a: b", url + "/",
                            given=b"body" * 10000)

    def test_upgrade_and_priorities(self):
        with h2_server("--no-tls", "-d", self.path("www"), "0") as url:
            self.check_each(60, "-u", "--weight", "3", "-m", "3", url + "/a.css")


if __name__ == "__main__":
    main()
