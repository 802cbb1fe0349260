# SPDX-License-Identifier: MIT
"""What the tests of h2-server as a whole share: the server as a process, and curl as its client."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

SKIPPED = 77
LIMIT = 20  # seconds any step may take
# What --ktls says where the kernel does not do its part.
NO_KERNEL_TLS = re.compile(r"^h2-\w+: warning: --ktls: .*\n", re.M)


class Program:
    path = None  # of h2-server


class Server:
    """A running h2-server; leaving the block stops it and looks at its exit status."""

    def __init__(self, *arguments, wrapper=()):
        self.log = tempfile.TemporaryFile(mode="w+")
        self.process = subprocess.Popen([*wrapper, Program.path, *arguments], stdout=subprocess.PIPE,
                                        stderr=self.log, text=True)
        self.url = self.process.stdout.readline().strip()
        match = re.fullmatch(r"(https?)://(127\.0\.0\.1|\[::1\]|localhost):(\d+)/", self.url)
        if match is None:
            self.process.kill()
            self.process.wait()
            self.log.seek(0)
            raise AssertionError(f"no URL but {self.url!r}; {self.log.read()}")
        self.port = int(match.group(3))

    def told(self):
        """What it has written on stderr, but for what --ktls says of the kernel."""
        self.log.seek(0)
        return NO_KERNEL_TLS.sub("", self.log.read())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(LIMIT)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            self.stop()
        self.process.stdout.close()
        text = self.told()
        self.log.close()
        if kind is None and (self.process.returncode != 0 or text != ""):
            raise AssertionError(f"exit {self.process.returncode}: {text}")


def curl(url, *options, body=None):
    """Status, fields (lower case) and body of one request."""
    with tempfile.NamedTemporaryFile() as out, tempfile.NamedTemporaryFile() as head:
        scheme = ["--http2-prior-knowledge"] if url.startswith("http:") else ["-k", "--http2"]
        run = subprocess.run(["curl", "-q", "-sS", "--path-as-is", "-o", out.name, "-D", head.name,
                              "-m", str(LIMIT), *scheme, *options, url],
                             input=body, capture_output=True, timeout=LIMIT + 5)
        if run.returncode != 0:
            raise AssertionError(f"curl {run.returncode}: {run.stderr.decode()}")
        lines = pathlib.Path(head.name).read_text().splitlines()
        fields = dict(line.split(": ", 1) for line in lines if ": " in line)
        status = [line for line in lines if line.startswith("HTTP/2 ")][-1]
        return int(status.split()[1]), fields, pathlib.Path(out.name).read_bytes()


def eventually(condition):
    """Waits until the condition holds; fails when it does not in time."""
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("it never came")
        time.sleep(0.01)


def main():
    """Runs the tests of the calling file: FILE PATH_OF_H2_SERVER [TEST]..."""
    Program.path = os.path.abspath(sys.argv.pop(1))
    if shutil.which("curl") is None:
        print("skipped: curl is not installed")
        sys.exit(SKIPPED)
    version = subprocess.run(["curl", "-V"], capture_output=True, text=True, check=True).stdout
    if not re.search(r"^Features:.*\bHTTP2\b", version, re.M):
        print("skipped: this curl has no HTTP/2")
        sys.exit(SKIPPED)
    unittest.main()
