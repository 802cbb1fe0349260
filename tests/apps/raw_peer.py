# SPDX-License-Identifier: MIT
"""A client of h2-server that says what no proper one would: frames by hand, over TCP or TLS."""
import os
import select
import socket
import ssl
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop"))

from frames import (ACK, DATA, END_STREAM, GOAWAY, HEADERS, PING, PREFACE, RST_STREAM,  # noqa: E402
                    SETTINGS, block, frame, headers, window_update)

LIMIT = 20  # seconds any step may take
NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR = 0, 1, 2, 3
SETTINGS_TIMEOUT, STREAM_CLOSED, FRAME_SIZE_ERROR, REFUSED_STREAM = 4, 5, 6, 7
CANCEL, COMPRESSION_ERROR, ENHANCE_YOUR_CALM = 8, 9, 11
HEADER_TABLE_SIZE, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE = 1, 4, 5


def fields(path=b"/", method=b"GET", scheme=b"http"):
    return ((b":method", method), (b":scheme", scheme), (b":authority", b"localhost"),
            (b":path", path))


def request(stream, path=b"/", *more, method=b"GET", end=True):
    return headers(stream, *fields(path, method), *more, end=end)


def settings(*entries):
    return frame(SETTINGS, 0, 0, b"".join(struct.pack(">HI", *entry) for entry in entries))


def reset(stream, code=CANCEL):
    return frame(RST_STREAM, 0, stream, struct.pack(">I", code))


def code_of(payload, at=0):
    return int.from_bytes(payload[at:at + 4], "big")


class Peer:
    """A connection. Frames that come in are kept in `seen`, as (type, flags, stream, payload)."""

    def __init__(self, port, tls=False, address="127.0.0.1", receive_buffer=None):
        plain = socket.socket()
        if receive_buffer is not None:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        plain.settimeout(LIMIT)
        plain.connect((address, port))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = plain
        if tls:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            context.set_alpn_protocols(["h2"])
            self.socket = context.wrap_socket(plain)
        self.octets = b""
        self.ended = False
        self.seen = []

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.socket.close()

    def start(self, *entries, ack=True):
        """The client's preface; reads the server's SETTINGS and acknowledges them."""
        self.send(PREFACE + settings(*entries))
        self.read_until(lambda kind, flags, stream, payload: kind == SETTINGS)
        if ack:
            self.send(frame(SETTINGS, ACK, 0))
        return self

    def send(self, octets):
        """True when all of it was taken; False when the server has ended the connection."""
        try:
            self.socket.sendall(octets)
            return True
        except (ConnectionError, ssl.SSLError, TimeoutError):
            return False

    def send_some(self, octets):
        """Sends without waiting and without reading. How many octets were taken; None: ended."""
        self.socket.setblocking(False)
        try:
            return self.socket.send(octets)
        except (BlockingIOError, ssl.SSLWantWriteError):
            return 0
        except (ConnectionError, ssl.SSLError):
            return None
        finally:
            self.socket.settimeout(LIMIT)

    def read_frame(self, limit=LIMIT):
        """The next frame; None when the server has ended the connection. TimeoutError."""
        while True:
            if len(self.octets) >= 9:
                size = int.from_bytes(self.octets[:3], "big")
                if len(self.octets) >= 9 + size:
                    kind, flags, stream = struct.unpack(">BBI", self.octets[3:9])
                    found = (kind, flags, stream, self.octets[9:9 + size])
                    self.octets = self.octets[9 + size:]
                    self.seen.append(found)
                    return found
            if self.ended:
                return None
            self.socket.settimeout(max(limit, 0.001))
            try:
                more = self.socket.recv(65536)
            except (ConnectionError, ssl.SSLError):
                more = b""
            self.ended = more == b""
            self.octets += more

    def read_until(self, wanted, limit=LIMIT):
        """The first frame that is wanted; None when the connection ends before. TimeoutError."""
        deadline = time.monotonic() + limit
        while True:
            found = self.read_frame(deadline - time.monotonic())
            if found is None or wanted(*found):
                return found

    def goaway_code(self):
        codes = [code_of(payload, 4) for kind, _, _, payload in self.seen if kind == GOAWAY]
        return codes[-1] if codes else None

    def reset_codes(self):
        return {stream: code_of(payload) for kind, _, stream, payload in self.seen
                if kind == RST_STREAM}

    def is_alive(self, mark=b"anyalive"):
        """Whether the server answers a PING. Everything before that is then in `seen`."""
        self.send(frame(PING, 0, 0, mark))
        return self.read_until(lambda kind, flags, stream, payload:
                               kind == PING and flags & ACK and payload == mark) is not None

    def wait_end(self, limit=LIMIT):
        """Seconds until the server ends the connection; TimeoutError."""
        start = time.monotonic()
        self.read_until(lambda *found: False, limit)
        return time.monotonic() - start

    def fetch(self, stream, path=b"/", *more):
        """Asks, and reads the whole answer. The octets of its body; None when there was no whole one."""
        self.send(request(stream, path, *more))
        body = b""
        while True:
            found = self.read_until(lambda kind, flags, got, payload:
                                    got == stream or kind == GOAWAY)
            if found is None or found[0] in (RST_STREAM, GOAWAY):
                return None
            kind, flags, _, payload = found
            if kind == DATA and payload:
                body += payload
                self.send(window_update(0, len(payload)))
                if not flags & END_STREAM:
                    self.send(window_update(stream, len(payload)))
            if kind in (DATA, HEADERS) and flags & END_STREAM:
                return body


class Vitals:
    """Memory, CPU time and sockets of a process, from /proc."""

    def __init__(self, pid):
        self.pid = pid
        self.ticks = os.sysconf("SC_CLK_TCK")

    def rss(self):
        with open(f"/proc/{self.pid}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def peak(self):
        """The most it ever was; 0 once the process has ended."""
        try:
            with open(f"/proc/{self.pid}/status") as status:
                for line in status:
                    if line.startswith("VmHWM:"):
                        return int(line.split()[1]) * 1024
        except OSError:
            pass
        return 0

    def cpu(self):
        """Seconds in all threads, to the microsecond where the kernel tells."""
        total = 0
        for task in os.listdir(f"/proc/{self.pid}/task"):
            try:
                with open(f"/proc/{self.pid}/task/{task}/schedstat") as schedstat:
                    total += int(schedstat.read().split()[0])
            except OSError:
                pass  # a thread that has gone
        return total / 1e9

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def wait_descriptors(self, most, limit=LIMIT):
        """Whether it comes down to so many in time."""
        deadline = time.monotonic() + limit
        while self.descriptors() > most:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True


def is_readable(peer, limit):
    return bool(select.select([peer.socket], [], [], limit)[0])


__all__ = [name for name in dir() if not name.startswith("_")] + ["block"]
