# SPDX-License-Identifier: MIT
"""Attacks on h2-client: what the cases share.

A case is a script of frames that a hostile server plays over a socket, and what the client must have
said of it: its exit status, one line on standard error, the request's end in --json. Around it this
file looks at the process: it must come to its end by itself, in little memory, and with processor
time that is worth what came over the wire. Both are held against plain requests and a plain download
of the same build in the same run.

With --weaken the server behaves instead: each case that expects a failure must fail then.
"""
import contextlib
import json
import re
import socket
import sys
import threading

from cases import Failed, case, check, read_arguments, run_cases  # noqa: F401
import client_harness
from client_harness import Server as Foe
from frames import (ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY,  # noqa: F401
                    HEADERS, PADDED, PING, PUSH_PROMISE, RST_STREAM, SETTINGS, WINDOW_UPDATE, block,
                    frame, goaway, headers, text, window_update)
from measured_run import MeasuredRun

MEBIBYTE = 1 << 20
LIMIT = 20  # seconds a client may take before it counts as hanging
OK = (b":status", b"200")
LINE = re.compile(rb"h2-client: [ -~]*\n")


class Run(MeasuredRun):
    """A client that has ended: what it said, and what it took."""

    def __init__(self, arguments, cwd=None, stdin=None):
        super().__init__([client_harness.Program.client, *arguments], LIMIT, stdin, cwd)
        client_harness.run.last = self.err
        check(not self.hangs, f"it hangs: {self.err!r}")

    def reports(self):
        return [json.loads(line) for line in self.out.splitlines() if line.startswith(b"{")]


def counted(peer, attack):
    """Octets that the script sends are counted, and nobody minds when the client has gone."""
    plain = peer.send

    def send(*frames):
        attack.octets += sum(len(one) for one in frames)
        plain(*frames)
    peer.send = send


class Attack:
    """What a case has: servers to play, and words for what the client must have said."""
    weakened = False
    sanitized = False

    def __init__(self):
        self.octets = 0
        self.runs = []
        self.over = threading.Event()  # the client has ended

    def script(self, play):
        """play(peer, stream) after the first request; or octets, to be sent then."""
        def run(peer):
            counted(peer, self)
            peer.send(frame(SETTINGS, 0, 0))
            stream = peer.request()
            if stream is None:
                return
            try:
                if self.weakened:
                    peer.send(headers(stream, OK))
                elif callable(play):
                    play(peer, stream)
                else:
                    peer.send(*([play] if isinstance(play, bytes) else play))
            except OSError:
                pass  # the client may go at any time
            peer.until_end()
        return run

    def client(self, scripts, *options, path="/file", **others):
        with Foe(*scripts) as foe:
            try:
                run = Run([*options, foe.uri + path], **others)
            finally:
                self.over.set()
                # Scripts of connections that never came need not wait; what went away is no failure.
                with contextlib.suppress(OSError):
                    foe.listener.shutdown(socket.SHUT_RDWR)
                foe.thread.join(LIMIT)
                foe.failures = [one for one in foe.failures if not isinstance(one, OSError)]
            self.runs.append(run)
        return run

    def fails(self, play, says, *options, end="reset", reason=None, by="client",  # noqa: PLR0913
              timeout="5s", **others):
        """The client gives up with 4 and says why, in one line and in its report."""
        scripts = play if isinstance(play, list) else [self.script(play)]
        run = self.client(scripts, "--json", "-t", timeout, *options, **others)
        check(run.status == 4, f"exit status {run.status}: {run.err!r}")
        check(LINE.fullmatch(run.err), f"said {run.err!r}")
        check(says.encode() in run.err, f"said {run.err!r}, not {says!r}")
        last = [one for one in run.reports() if not one["pushed_on"]][-1]
        check(last["exit_status"] == 4 and last["end"] == end,
              f"reported {last['end']}, {last['exit_status']}")
        reset = last["reset"] or {}
        check(reason is None or (reset.get("by"), reset.get("reason")) == (by, reason),
              f"reported {reset}")
        return run

    def takes(self, play, *options, **others):
        """The client is content, and says nothing."""
        run = self.client([self.script(play)], "-t", "5s", *options, **others)
        check((run.status, run.err) == (0, b""), f"exit status {run.status}: {run.err!r}")
        return run


class Prices:
    """What a plain request costs, from start to end, and an octet of a download."""

    def __init__(self):
        attack = Attack()
        start = headers(1, OK, end=False)
        small = [attack.takes(start + frame(DATA, END_STREAM, 1, b"x"), "-n") for _ in range(5)]
        self.request = sorted(one.cpu for one in small)[2]
        size = 128
        chunk = 8 * frame(DATA, 0, 1, bytes(16384))

        def download(peer, _):
            peer.send(start)
            for _ in range(size):
                peer.send(chunk)
            peer.send(frame(DATA, END_STREAM, 1))
        big = attack.takes(download, "-n", "-W", "30", "-w", "30")
        # A small one may be over before its memory has been looked at.
        self.peak = max(one.peak for one in [*small, big])
        self.octet = max(big.cpu - self.request, 0.001) / (size * len(chunk))


def run_case(function, prices, memory=2 * MEBIBYTE, fetches=25):
    """Runs one case. Returns a line about it; raises Failed."""
    attack = Attack()
    function(attack)
    peak = max(run.peak for run in attack.runs) - prices.peak
    used = sum(run.cpu for run in attack.runs)
    allowed = fetches * prices.request * len(attack.runs) + 20 * prices.octet * attack.octets
    memory += 48 * MEBIBYTE if Attack.sanitized else 0
    check(peak <= memory, f"{peak >> 10} KiB more memory, allowed {memory >> 10}")
    check(used <= allowed, f"{used:.3f} s of processor time, allowed {allowed:.3f}")
    return (f"{len(attack.runs):3} runs, {attack.octets >> 10:6} KiB in, {peak >> 10:6} KiB more, "
            f"{used:6.3f} s of {allowed:6.3f}")


def main():
    arguments = read_arguments("Attacks on h2-client over sockets.", "servers behave")
    client_harness.Program.client = arguments.program
    prices = Prices()
    print(f"a request {prices.request * 1e3:.1f} ms and {prices.peak >> 10} KiB, "
          f"an octet {prices.octet * 1e9:.2f} ns")
    Attack.weakened, Attack.sanitized = arguments.weaken, arguments.sanitized

    def run(function, options):
        options.pop("accepts", None)
        return run_case(function, prices, **options)

    failures = run_cases(arguments, lambda options: not options.get("accepts"), run)
    sys.exit(1 if failures else 0)
