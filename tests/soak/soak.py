#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""h2-server for minutes under load through a relay that breaks connections.

Clients are h2load and h2-client, on one server in cleartext and one with TLS, each behind a relay
(relay.py). Now and then all clients stop; when the server has no connection left, its memory and
descriptors are written down. At the end:

  - descriptors: as many as at the first rest
  - memory: at the last rests no more than at the rests after the first few, within a tenth and 2 MiB
  - a request without the relay is answered, and SIGTERM ends the server with status 0
  - nothing on standard error
"""
import argparse
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from relay import Relay

START_SECONDS = 20
ROUND_SECONDS = 12
REST_SECONDS = 60  # at most, until the last connection is gone
SLACK_KB = 2048
ENOUGH_RESTS = 2  # in a third of the time, to say something about memory
FILES = {"small": 6, "page": 20000, "large": 4000000}


class Server:
    """h2-server behind its relay, and what was seen of it at each rest."""

    def __init__(self, options, folder, tls, seed):
        self.name = "TLS" if tls else "clear"
        self.scheme = "https" if tls else "http"
        self.errors = open(folder / f"errors-{self.name}", "w+b")
        command = [options.server, "-d", folder / "www", "-a", "127.0.0.1", "--echo-upload",
                   *([] if tls else ["--no-tls"]), "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.errors,
                                        text=True)
        url = self.process.stdout.readline().strip()
        if re.fullmatch(r"https?://127\.0\.0\.1:\d+/", url) is None:
            raise RuntimeError(f"no URL but {url!r}")
        self.port = int(url.rstrip("/").rsplit(":", 1)[1])
        self.relay = Relay(self.port, seed)
        self.rests = []  # (descriptors, KB)

    def url(self, name, direct=False):
        return f"{self.scheme}://127.0.0.1:{self.port if direct else self.relay.port}/{name}"

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def rss_kb(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return int(re.search(r"^Rss:\s+(\d+)", text, re.M).group(1))

    def rest(self, idle_descriptors):
        """Waits until no connection is left; with None the descriptors of now are those."""
        end = time.monotonic() + REST_SECONDS
        while idle_descriptors is not None and self.descriptors() > idle_descriptors and \
                time.monotonic() < end:
            time.sleep(0.2)
        self.rests.append((self.descriptors(), self.rss_kb()))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        finally:
            self.process.kill()
            self.relay.stop()


def load_command(options, chance, url):
    """One client that ends by itself, or is ended when the round is over."""
    kind = chance.random()
    if kind < 0.6:
        clients = chance.choice((1, 5, 20, 60))
        return ["h2load", "-c", str(clients), "-m", str(chance.choice((1, 10, 100))), "-n",
                str(clients * chance.choice((1, 20, 300))), "-w", str(chance.choice((10, 16, 24))),
                "-T", "5", "-N", "5", url]
    if kind < 0.8:
        return [options.client, "-n", "-k", "-m", str(chance.choice((1, 20))), url]
    return [options.client, "-n", "-k", "-d", options.upload, url]


def run_round(options, chance, servers):
    """Three clients at a time on each server until the round is over."""
    end = time.monotonic() + ROUND_SECONDS
    running = []
    started = 0
    while time.monotonic() < end:
        running = [(p, s) for p, s in running if p.poll() is None]
        for server in servers:
            if sum(s is server for _, s in running) < 3:
                url = server.url(chance.choice(list(FILES)))
                command = load_command(options, chance, url)
                running.append((subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                                 stdout=subprocess.DEVNULL,
                                                 stderr=subprocess.DEVNULL), server))
                started += 1
        time.sleep(0.05)
    for process, _ in running:
        process.kill()
        process.wait()
    return started


def answers(options, server):
    done = subprocess.run([options.client, "-k", server.url("small", direct=True)],
                          capture_output=True, timeout=30, check=False)
    return done.returncode == 0 and len(done.stdout) == FILES["small"]


def judge(options, server):
    """What is wrong, as lines."""
    wrong = []
    if server.process.poll() is not None:
        return [f"ended with {server.process.returncode} on the way"]
    if not answers(options, server):
        wrong.append("does not answer any more")
    status = server.stop()
    if status != 0:
        wrong.append(f"SIGTERM ended it with {status}")
    server.errors.seek(0)
    text = server.errors.read().decode(errors="replace")
    if text:
        wrong.append(f"said: {text[:2000]}")
    descriptors = [d for d, _ in server.rests]
    if descriptors[-1] != descriptors[0]:
        wrong.append(f"{descriptors[-1]} descriptors at the end, {descriptors[0]} at first")
    memory = [kb for _, kb in server.rests[1:]]
    third = len(memory) // 3
    if third < ENOUGH_RESTS:
        print(f"{server.name}: too short to judge memory")
        return wrong
    early, late = max(memory[:third]), min(memory[-third:])
    if late > early * 1.1 + SLACK_KB:
        wrong.append(f"memory grows: {early} KB in the first third, {late} KB in the last")
    return wrong


def soak(options, folder):
    chance = random.Random(options.seed)
    servers = [Server(options, folder, tls, chance.random()) for tls in (False, True)]
    for server in servers:
        if not answers(options, server):
            raise RuntimeError(f"{server.name}: does not answer")
        time.sleep(0.5)
        server.rest(None)
    end = time.monotonic() + options.minutes * 60
    number = 0
    while number < 2 or time.monotonic() < end:
        number += 1
        started = run_round(options, chance, servers)
        told = [f"round {number}: {started} clients"]
        for server in servers:
            server.rest(server.rests[0][0])
            told.append(f"{server.name} {server.rests[-1][1]} KB, {server.rests[-1][0]} open")
        print("; ".join(told), flush=True)
    result = 0
    for server in servers:
        wrong = judge(options, server)
        faults = ", ".join(f"{n} {name}" for name, n in sorted(server.relay.counts.items()))
        print(f"{server.name}: connections: {faults}")
        print(f"{server.name}: {'; '.join(wrong) if wrong else 'flat, alive, ended in order'}")
        result = result or bool(wrong)
    return int(result)


def main():
    parser = argparse.ArgumentParser(prog="dev soak", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--server", required=True, help="path of h2-server")
    parser.add_argument("--client", required=True, help="path of h2-client")
    options = parser.parse_args()
    if shutil.which("h2load") is None:
        sys.exit("soak: h2load is not installed")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="h2kit-soak-"))
    try:
        (folder / "www").mkdir()
        for name, size in FILES.items():
            (folder / "www" / name).write_bytes(os.urandom(size))
        options.upload = str(folder / "www" / "page")
        result = soak(options, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(result)


main()
