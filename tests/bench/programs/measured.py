# SPDX-License-Identifier: MIT
"""Programs whose CPU time and memory are measured, and what they need to run.

Everything lives below one temporary directory. A measured program is pinned to one core, whatever
makes its load to another; CPU time and memory are those of its whole process tree, from /proc.
"""
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
PROGRAM_CORE = "0"
LOAD_CORE = "1" if (os.cpu_count() or 1) > 1 else "0"
START_SECONDS = 20
FILES = {"6": 6, "64k": 65536, "10m": 10 * 1024 * 1024}
# No cache of files takes one that has just changed.
AGE_SECONDS = 3600
DESCRIPTORS = 40000  # some servers want two for each connection


def find(program):
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def need(*names):
    """Ends a benchmark that cannot be without these programs."""
    for name in names:
        if find(name) is None:
            print(f"skipped: {name} is not installed")
            sys.exit(SKIPPED)


class Place:
    """The temporary directory: files to serve, key and certificate (P-256)."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="h2kit-bench-"))
        self.folder.chmod(0o755)  # some servers give up root
        self.www = self.folder / "www"
        self.www.mkdir()
        for name, size in FILES.items():
            path = self.www / name
            path.write_bytes(b"h2kit\n" if size == 6 else os.urandom(size))
            old = time.time() - AGE_SECONDS
            os.utime(path, (old, old))
        self.key = self.folder / "key.pem"
        self.cert = self.folder / "cert.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-keyout", self.key, "-out", self.cert],
                       check=True, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        both = self.folder / "both.pem"
        both.write_bytes(self.cert.read_bytes() + self.key.read_bytes())
        self.both = both

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def tree(root):
    """Ids of a process and all below it."""
    children = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                after_name = (entry / "stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(after_name[1]), []).append(int(entry.name))
            except OSError:
                pass
    result, queue = [], [root]
    while queue:
        process = queue.pop()
        result.append(process)
        queue += children.get(process, [])
    return result


def raise_limits():
    """More descriptors, when this is root; else what there is must do."""
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    except (ValueError, OSError):
        pass


class Program:
    """One that runs, pinned, until stop()."""

    def __init__(self, name, command, log, port):
        self.name, self.port = name, port
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                ["taskset", "-c", PROGRAM_CORE, *map(str, command)], stdin=subprocess.DEVNULL,
                stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
                preexec_fn=raise_limits)
        self.log = pathlib.Path(log)
        self.wait_for_port()
        self.ids = tree(self.process.pid)

    def wait_for_port(self):
        end = time.monotonic() + START_SECONDS
        while True:
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError(f"{self.name} does not listen: {self.log.read_text()[-500:]}")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)

    def cpu_ns(self):
        total = 0
        for process in self.ids:
            for task in pathlib.Path(f"/proc/{process}/task").glob("*/schedstat"):
                total += int(task.read_text().split()[0])
        return total

    def rss_kb(self):
        total = 0
        for process in tree(self.process.pid):
            rollup = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text()
            total += int(re.search(r"^Rss:\s+(\d+)", rollup, re.M).group(1))
        return total

    def stop(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
                self.process.wait(5)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass
