# SPDX-License-Identifier: MIT
"""h2-client moves what is larger than its memory: the peak of a large transfer is that of a small one.

Large is 512 MiB, or so many as H2KIT_LARGE_MIB in the environment says; nothing of it is on a disk.
"""
import json
import os
import subprocess
import tempfile
import unittest

from client_harness import TIME_LIMIT, Program, h2_server, main
from measured_run import MeasuredRun

MEBIBYTE = 1 << 20
SIZE = int(os.environ.get("H2KIT_LARGE_MIB", "512")) * MEBIBYTE
# Windows and what waits on the way, with room for what sanitizers keep aside.
MORE = 8 * MEBIBYTE
SLOWEST = 8 * MEBIBYTE  # octets in a second
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"


class Large(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for size in (MEBIBYTE, SIZE):
            with open(self.path(size), "wb") as file:
                file.truncate(size)  # nothing but a hole

    def path(self, size):
        return os.path.join(self.folder, str(size))

    def client(self, size, received, sent, *arguments, stdin=None):
        """The peak of a run that moves so many octets."""
        run = MeasuredRun([Program.client, "-k", "--json", *arguments],
                          TIME_LIMIT + SIZE / SLOWEST, stdin)
        self.assertFalse(run.hangs)
        self.assertEqual(run.status, 0, run.err)
        octets = json.loads(run.out)["octets"]
        self.assertEqual((octets["response_body"], octets["request_body"]), (received, sent))
        print(f"{self.id()}: {size >> 20} MiB with {run.peak >> 10} KiB in {run.cpu:.1f} s of CPU time")
        return run.peak

    def compare(self, transfer, *arguments):
        """With TLS and without."""
        for options in (), ("--no-tls",):
            with h2_server(*options, "-d", self.folder, *arguments, "0") as url:
                small, large = transfer(url, MEBIBYTE), transfer(url, SIZE)
            self.assertGreater(small, 0)
            self.assertLess(large, small + MORE)

    def test_downloads_need_no_more_memory(self):
        self.compare(lambda url, size: self.client(size, size, 0, f"{url}/{size}"))

    def test_uploads_of_files_need_no_more_memory(self):
        self.compare(lambda url, size: self.client(size, size, size, "-d", self.path(size),
                                                   url + "/echo"), "--echo-upload")

    def test_uploads_by_pipe_need_no_more_memory(self):
        def upload(url, size):
            with subprocess.Popen(["cat", self.path(size)], stdout=subprocess.PIPE) as source:
                return self.client(size, size, size, "-d", "-", url + "/echo", stdin=source.stdout)

        self.compare(upload, "--echo-upload")


if __name__ == "__main__":
    main()
