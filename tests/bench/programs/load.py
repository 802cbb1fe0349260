# SPDX-License-Identifier: MIT
"""What makes load: h2load for requests on few connections, and clients of our own, in this process,
for many connections with one request each.

Those say the least there is: the preface, SETTINGS, one GET in one HEADERS frame without the
dynamic table, and read until the end of stream 1.
"""
import re
import socket
import ssl
import struct
import subprocess

import measured

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS = 0, 1, 4
END_STREAM, ACK, END_HEADERS = 1, 1, 4
TIME_LIMIT = 120


class Failed(Exception):
    """A run that is no measurement."""


def h2load(port, tls, file, connections, streams, amount):
    """amount: {"seconds": s} or {"requests": n}. Returns (requests, octets of bodies)."""
    how = ["-D", str(amount["seconds"])] if "seconds" in amount else \
        ["-n", str(amount["requests"])]
    url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/{file}"
    done = subprocess.run(
        ["taskset", "-c", measured.LOAD_CORE, "h2load", "-c", str(connections), "-m", str(streams),
         *how, url], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=TIME_LIMIT, check=False)
    count = re.search(r"(\d+) succeeded, (\d+) failed", done.stdout)
    traffic = re.search(r"\((\d+)\) data$", done.stdout, re.M)
    if count is None or traffic is None or int(count.group(1)) == 0 or int(count.group(2)) != 0:
        raise Failed(f"h2load {url}: {done.stdout[-400:]}{done.stderr[-200:]}")
    return int(count.group(1)), int(traffic.group(1))


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + \
        struct.pack(">I", stream) + payload


def opening(tls, path):
    """All that a client says. :method GET and :scheme stand in the static table; path and authority
    are literals (RFC 7541 6.2.2)."""
    authority = b"localhost"
    block = bytes([0x82, 0x87 if tls else 0x86, 0x04, len(path)]) + path + \
        bytes([0x01, len(authority)]) + authority
    return PREFACE + frame(SETTINGS, 0, 0) + frame(SETTINGS, ACK, 0) + \
        frame(HEADERS, END_STREAM | END_HEADERS, 1, block)


def ends_stream(received):
    """Whether the octets have a frame that ends stream 1."""
    at = 0
    while at + 9 <= len(received):
        kind, flags = received[at + 3], received[at + 4]
        if kind in (DATA, HEADERS) and flags & END_STREAM:
            return True
        at += 9 + int.from_bytes(received[at:at + 3], "big")
    return False


def close(stream):
    """Ends a connection in order: a server that keeps sessions forgets that of one which breaks off."""
    try:
        if isinstance(stream, ssl.SSLSocket):
            stream.setblocking(False)
            stream.unwrap()
    except OSError:
        pass  # ours is said, and its answer is not waited for
    stream.close()


class Client:
    """Opens connections with one request each."""

    def __init__(self, port, tls, file):
        self.port = port
        self.said = opening(tls, b"/" + file.encode())
        self.session = None
        self.context = None
        if tls:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self.context.minimum_version = ssl.TLSVersion.TLSv1_3
            self.context.check_hostname = False
            self.context.verify_mode = ssl.CERT_NONE
            self.context.set_alpn_protocols(["h2"])

    def open(self, resume=False):
        """A connection whose request was answered."""
        stream = socket.create_connection(("127.0.0.1", self.port), 20)
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.context is not None:
            stream = self.context.wrap_socket(stream, session=self.session if resume else None)
            if resume and self.session is not None and not stream.session_reused:
                raise Failed("the session was not resumed")
        stream.sendall(self.said)
        received = b""
        while not ends_stream(received):
            part = stream.recv(65536)
            if part == b"":
                raise Failed(f"the server ended the connection after {received[:60]!r}")
            received += part
        if resume:
            self.session = stream.session
        return stream

    def hold(self, count):
        return [self.open() for _ in range(count)]

    def run(self, count, resume=False):
        for _ in range(count):
            close(self.open(resume))
