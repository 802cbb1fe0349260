# SPDX-License-Identifier: MIT
"""Attacks on a running h2-server, over sockets: what the cases share.

A case is a function that does to a server what a hostile peer would, and says what must have come of
it. Around it this file looks at the process: how much memory it has gained, how much processor time
the attack was worth, whether it runs in circles afterwards, and how another client was served
meanwhile. Processor time is held against what plain requests and uploads cost in the same run, so
that it does not matter how fast the machine is, or how the server was built.

A case may name options that take its limit away (`weak`). With --weaken the cases are run with them,
and each must fail: that is how it is seen that they can.
"""
import multiprocessing
import select
import socket
import sys
import time

from cases import Failed, case, check, read_arguments, run_cases  # noqa: F401
from raw_peer import (ACK, DATA, END_STREAM, ENHANCE_YOUR_CALM, GOAWAY, HEADERS, LIMIT,  # noqa: F401
                      NO_ERROR, PING, PREFACE, RST_STREAM, SETTINGS, Peer, Vitals, code_of, frame,
                      request, settings)
from server_harness import Program, Server

HUGE = "1000000000"
MEBIBYTE = 1 << 20
WINDOW_UPDATE = 8


# ---- The client that is served meanwhile -----------------------------------------------------------


def serve_me(pipe):
    """In a process of its own: asks for the page again and again, from (port, tls) until told."""
    while True:
        order = pipe.recv()
        if order is None:
            return
        port, tls = order
        times, stream, error = [], 1, None
        try:
            with Peer(port, tls) as peer:
                peer.start()
                pipe.send("ready")
                while not pipe.poll(0.002):
                    start = time.monotonic()
                    if peer.fetch(stream) is None:
                        error = f"stream {stream} was not answered: {peer.seen[-1]}"
                        break
                    times.append(time.monotonic() - start)
                    peer.seen.clear()
                    stream += 2
        except (OSError, TimeoutError, EOFError) as failure:
            error = repr(failure)
        pipe.recv()
        pipe.send((times, error))


class Bystander:
    def __init__(self):
        self.pipe, other = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=serve_me, args=(other,), daemon=True)
        self.process.start()

    def start(self, port, tls):
        self.pipe.send((port, tls))
        check(self.pipe.poll(LIMIT) and self.pipe.recv() == "ready", "nobody is served")

    def stop(self):
        """(requests served, p99 of the best third, error)."""
        self.pipe.send("stop")
        check(self.pipe.poll(2 * LIMIT), "the other client hangs")
        times, error = self.pipe.recv()
        size = max(len(times) // 3, 1)
        thirds = [sorted(times[at:at + size]) for at in range(0, len(times), size)]
        tails = [third[int(len(third) * 0.99)] for third in thirds if len(third) >= size / 2]
        return len(times), min(tails, default=float("inf")), error

    def end(self):
        self.pipe.send(None)
        self.process.join(LIMIT)


# ---- What things cost here -------------------------------------------------------------------------


class Prices:
    """Seconds of processor time for a plain request and for an octet of an upload; p99 of an idle
    server."""

    def __init__(self, bystander):
        with Server("--no-tls") as server, Peer(server.port) as peer:
            vitals = Vitals(server.process.pid)
            peer.start()
            before = vitals.cpu()
            octets = 0
            peer.send(request(1, method=b"POST", end=False))
            chunk, size = 2 * frame(DATA, 0, 1, bytes(16000)), 32000
            for sent in range(size, 8 * MEBIBYTE, size):
                octets += pump(peer, [chunk])
                while credit(peer) < sent + size:
                    peer.read_frame()
            self.octet = (vitals.cpu() - before) / octets
            before = vitals.cpu()
            bystander.start(server.port, False)
            time.sleep(0.5)
            count, self.p99, error = bystander.stop()
            check(error is None and count > 10, f"an idle server does not serve: {error}")
            self.request = (vitals.cpu() - before) / count


def credit(peer):
    """Octets of DATA that the server has let stream 1 send so far."""
    granted = {0: 65535, 1: 65535}
    for kind, _, stream, payload in peer.seen:
        if kind == WINDOW_UPDATE:
            granted[stream] += code_of(payload)
    return min(granted.values())


# ---- Sending and reading at once -------------------------------------------------------------------


def pump(peer, chunks, reads=True, stuck=0.4):
    """Sends chunks, and reads what comes meanwhile unless told not to. Ends when all is sent, when
    the server ends the connection, or when it takes nothing for a while. Returns octets sent."""
    total = 0
    for chunk in chunks:
        at = 0
        while at < len(chunk):
            wanted = [peer.socket] if reads else []
            readable, writable, _ = select.select(wanted, [peer.socket], [], stuck)
            if readable:
                drain(peer)
                if peer.ended:
                    return total
            if writable:
                taken = peer.send_some(chunk[at:])
                if taken is None:
                    peer.refused = True
                    return total
                at += taken
                total += taken
            elif not readable:
                peer.stuck = True
                return total
    return total


def drain(peer):
    """Takes the frames that are there, without waiting."""
    try:
        while peer.read_frame(0) is not None:
            pass
    except TimeoutError:
        pass


class Attack:
    """What a case has: a server, connections to it, and words for what must have happened."""

    def __init__(self, server, tls, vitals):
        self.server = server
        self.port = server.port
        self.tls = tls
        self.vitals = vitals
        self.octets = 0
        self.patience = LIMIT
        self.peers = []

    def connect(self, *entries, start=True, **options):
        peer = Peer(self.port, self.tls, **options)
        peer.stuck = peer.refused = False
        self.peers.append(peer)
        return peer.start(*entries) if start else peer

    def send(self, peer, *chunks, reads=True):
        self.octets += pump(peer, chunks, reads)

    def flood(self, peer, chunks, reads=True):
        self.octets += pump(peer, chunks, reads)

    def ends(self, peer, *codes, limit=None):
        """The server gives the connection up, with one of these codes where it could still say so."""
        limit = limit or self.patience
        try:
            peer.wait_end(limit)
        except TimeoutError:
            check(False, "the connection lives on")
        check(self.server.process.poll() is None, "the server has ended")
        code = peer.goaway_code()
        check(code in codes or (code is None and peer.refused), f"it ended with {code}, not {codes}")

    def lives(self, peer):
        check(peer.is_alive(), f"the connection has ended with {peer.goaway_code()}")

    def serves(self, peer, stream, path=b"/"):
        check(peer.fetch(stream, path) is not None, "a request is not answered")

    def gone(self, before, limit=LIMIT):
        """The server has no more descriptors than before, in time."""
        check(self.vitals.wait_descriptors(before, limit), "connections are not given up")

    def close(self):
        for peer in self.peers:
            peer.socket.close()


# ---- Running ---------------------------------------------------------------------------------------


def run_case(attack_function, prices, bystander, extra=(), server=(), tls=False, weak=(),  # noqa: PLR0913
             memory=MEBIBYTE, requests=None, serves=True):
    """Runs one case. Returns a line about it; raises Failed.

    memory: octets that the process may gain. requests: how many plain requests the whole attack may
    be worth in processor time, beside 20 times what its octets would cost as an upload."""
    del weak
    requests = requests or (4000 if tls else 1000)  # a handshake alone is worth dozens
    options = [*([] if tls else ["--no-tls"]), *server, *extra]
    with Server(*options) as running:
        vitals = Vitals(running.process.pid)
        attack = Attack(running, tls, vitals)
        attack.patience = 2 if extra else LIMIT
        if serves:
            bystander.start(running.port, tls)
        rss, cpu = vitals.rss(), vitals.cpu()
        served, p99, error = 0, 0, None
        try:
            attack_function(attack)
        finally:
            used, gained = vitals.cpu() - cpu, vitals.rss() - rss
            if serves:
                time.sleep(0.1)
                served, p99, error = bystander.stop()
            circles = vitals.cpu()
            time.sleep(0.1)
            circles = vitals.cpu() - circles
            attack.close()
        check(running.process.poll() is None, "the server has ended")
        check(error is None, f"another client is not served: {error}")
        allowed = (served + requests) * prices.request + 20 * prices.octet * attack.octets
        check(used <= allowed, f"{used:.3f} s of processor time, allowed {allowed:.3f}")
        check(gained <= memory, f"{gained >> 10} KiB more memory, allowed {memory >> 10}")
        check(circles < 0.07, f"{circles:.3f} s of processor time in 0.1 s without anything to do")
        check(not serves or p99 < max(0.5, 50 * prices.p99), f"another client's p99 is {p99:.3f} s")
    return (f"{attack.octets >> 10:6} KiB in, {gained >> 10:5} KiB kept, {used:6.3f} s of "
            f"{allowed:6.3f}, p99 of others x {p99 / prices.p99:5.1f}")


def main():
    arguments = read_arguments("Attacks on h2-server over sockets.", "take limits away")
    Program.path = arguments.program
    bystander = Bystander()
    prices = Prices(bystander)
    print(f"a request {prices.request * 1e6:.0f} us, an octet {prices.octet * 1e9:.2f} ns, "
          f"p99 {prices.p99 * 1e3:.1f} ms")

    def run(function, options):
        more = 8 * MEBIBYTE if arguments.sanitized else 0
        options["memory"] = options.get("memory", MEBIBYTE) + more
        extra = options.get("weak", ()) if arguments.weaken else ()
        return run_case(function, prices, bystander, extra, **options)

    failures = run_cases(arguments, lambda options: options.get("weak", ()), run)
    bystander.end()
    sys.exit(1 if failures else 0)


def repeat(octets, count, size=65536):
    """Chunks with so many copies in all."""
    per_chunk = max(size // len(octets), 1)
    chunk = octets * per_chunk
    for _ in range(count // per_chunk):
        yield chunk
    yield octets * (count % per_chunk)


def numbered(make, count, first=1, step=2, per_chunk=500):
    """Chunks of make(id) for ids from the first on."""
    for start in range(0, count, per_chunk):
        yield b"".join(make(first + step * n) for n in range(start, min(start + per_chunk, count)))


__all__ = [name for name in dir() if not name.startswith("_")]
