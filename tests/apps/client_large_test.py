# SPDX-License-Identifier: MIT
"""h2-client moves what is larger than its memory: the peak of a transfer of 512 MiB is that of a small one."""
import os
import subprocess
import tempfile
import unittest

from client_harness import TIME_LIMIT, Program, h2_server, main
from measured_run import MeasuredRun

MEBIBYTE = 1 << 20
SIZE = 512 * MEBIBYTE
# The window of a stream and what waits on the way, with room for what sanitizers keep aside.
MORE = 8 * MEBIBYTE
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"


class Large(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for name, size in (("small", MEBIBYTE), ("large", SIZE)):
            with open(self.path(name), "wb") as file:
                file.truncate(size)

    def path(self, name):
        return os.path.join(self.folder, name)

    def client(self, *arguments, stdin=None):
        run = MeasuredRun([Program.client, *arguments], TIME_LIMIT, stdin)
        self.assertFalse(run.hangs)
        self.assertEqual((run.status, run.err), (0, b""))
        return run

    def compare(self, transfer):
        small, large = transfer("small"), transfer("large")
        self.assertGreater(small, 0)
        self.assertLess(large, small + MORE)

    def test_downloads_need_no_more_memory(self):
        def download(name):
            out = self.path("out")
            peak = self.client("-o", out, url + "/" + name).peak
            self.assertEqual(os.path.getsize(out), os.path.getsize(self.path(name)))
            os.unlink(out)
            return peak

        with h2_server("--no-tls", "-d", self.folder, "0") as url:
            self.compare(download)

    def test_uploads_by_pipe_need_no_more_memory(self):
        def upload(name):
            with subprocess.Popen(["cat", self.path(name)], stdout=subprocess.PIPE) as source:
                run = self.client("--json", "-d", "-", url + "/echo", stdin=source.stdout)
            self.assertIn(b'"request_body":%d,' % os.path.getsize(self.path(name)), run.out)
            return run.peak

        with h2_server("--no-tls", "-d", self.folder, "--echo-upload", "0") as url:
            self.compare(upload)


if __name__ == "__main__":
    main()
