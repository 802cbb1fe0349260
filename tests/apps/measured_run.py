# SPDX-License-Identifier: MIT
"""A run of a program with what it took: memory at its peak, and processor time."""
import os
import subprocess
import tempfile
import threading
import time

from raw_peer import Vitals


class MeasuredRun:
    """Runs a program to its end: status, out and err (octets), peak (octets), cpu (seconds), and
    whether it had to be ended because it took longer than `limit` seconds."""

    def __init__(self, arguments, limit, stdin=None, cwd=None):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = subprocess.Popen(arguments, stdout=out, stderr=err, cwd=cwd,
                                       stdin=stdin or subprocess.DEVNULL)
            timer = threading.Timer(limit, process.kill)
            timer.start()
            self.peak, self.cpu = 0, 0
            self.status = self.watch(process)
            self.hangs = not timer.is_alive()
            timer.cancel()
            out.seek(0)
            err.seek(0)
            self.out, self.err = out.read(), err.read()

    def watch(self, process):
        """The peak only ever grows, and goes with the process: it is read again and again."""
        vitals = Vitals(process.pid)
        while True:
            self.peak = max(self.peak, vitals.peak())
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid != 0:
                break
            time.sleep(0.002)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.cpu = usage.ru_utime + usage.ru_stime
        return process.returncode
