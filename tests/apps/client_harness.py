# SPDX-License-Identifier: MIT
"""What the tests of h2-client as a whole share: servers that are scripts of frames on loopback, so that
every case is the same on every run, and h2-server where a whole server is wanted.
"""
import contextlib
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

import certificates

TIME_LIMIT = 60

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
END_STREAM, ACK, END_HEADERS = 1, 1, 4
STATUS_200, STATUS_404 = b"\x88", b"\x8d"


def frame(kind, flags=0, stream=0, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def settings(*pairs):
    return frame(SETTINGS, payload=b"".join(struct.pack(">HI", *pair) for pair in pairs))


def literal(name, value):
    """A field that is not indexed, without Huffman coding."""
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


def answer(stream, body=b"", fields=b"", status=STATUS_200):
    head = frame(HEADERS, END_HEADERS | (0 if body else END_STREAM), stream, status + fields)
    return head + (frame(DATA, END_STREAM, stream, body) if body else b"")


class Program:
    client = None
    server = None  # h2-server, for the tests that are given it


class Peer:
    """The server's end of a connection."""

    def __init__(self, connection):
        self.connection = connection
        self.input = connection.makefile("rb")
        self.has_preface = False

    def send(self, *frames):
        self.connection.sendall(b"".join(frames))

    def preface(self):
        self.has_preface = True
        return self.input.read(24)

    def next(self):
        """(type, flags, stream, payload), or None at the end."""
        if not self.has_preface:
            self.preface()
        head = self.input.read(9)
        if len(head) < 9:
            return None
        payload = self.input.read(int.from_bytes(head[:3], "big"))
        if head[3] == SETTINGS and not head[4] & ACK:
            self.send(frame(SETTINGS, ACK))
        return head[3], head[4], int.from_bytes(head[5:], "big"), payload

    def request(self):
        """The id of the next stream that is opened."""
        while (got := self.next()) is not None:
            if got[0] == HEADERS:
                return got[2]
        return None

    def body(self, stream):
        body = b""
        while (got := self.next()) is not None:
            if got[0] == DATA and got[2] == stream:
                body += got[3]
                if got[1] & END_STREAM:
                    return body
        return None

    def until_end(self):
        """Everything up to the end of the connection."""
        frames = []
        with contextlib.suppress(OSError):
            while (got := self.next()) is not None:
                frames.append(got)
        return frames


class Server:
    """Runs a script, a function of a Peer, for each connection; the n-th script for the n-th."""

    def __init__(self, *scripts):
        self.scripts = scripts
        self.failures = []

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(TIME_LIMIT)
        self.uri = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        return self

    def serve(self):
        try:
            for script in self.scripts:
                connection, _ = self.listener.accept()
                connection.settimeout(TIME_LIMIT)
                with connection:
                    script(Peer(connection))
        except Exception as error:  # pylint: disable=broad-except
            self.failures.append(error)

    def __exit__(self, *_):
        """The client has ended: scripts that still wait for it have failed."""
        self.thread.join(5)
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join(TIME_LIMIT)
        self.listener.close()
        if self.failures:
            raise AssertionError("the server's script failed; the client: %s" % run.last) \
                from self.failures[0]


def run(*arguments, **options):
    run.last = subprocess.run([Program.client, *arguments], capture_output=True, timeout=TIME_LIMIT,
                              check=False, **options)
    return run.last


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def told(result):
    """Lines of stderr, but for what --ktls says of the kernel."""
    return [line for line in result.stderr.splitlines()
            if not line.startswith(b"h2-client: warning: --ktls: ")]


class ClientTest(unittest.TestCase):
    def expect(self, result, status, output=None, error=b""):
        text = "status %d\n%s" % (result.returncode, result.stderr.decode())
        self.assertEqual(result.returncode, status, text)
        if output is not None:
            self.assertEqual(result.stdout, output, text)
        if error:
            self.assertIn(error, result.stderr)
        elif status == 0:
            # What --insecure did not look at is told, and wrong with every certificate here.
            self.assertEqual([line for line in told(result) if b"--insecure" not in line], [])

    @contextlib.contextmanager
    def certificate(self, verify_mode):
        """(options, context): options that trust and show a certificate, and a server's side of TLS
        that has it and asks for it so."""
        if shutil.which("openssl") is None:
            self.skipTest("openssl is not installed")
        with tempfile.TemporaryDirectory() as folder:
            key, cert = certificates.make(os.path.join(folder, "key"), os.path.join(folder, "cert"),
                                          "me", "-addext", "subjectAltName=IP:127.0.0.1")
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(cert, key)
            context.load_verify_locations(cert)
            context.verify_mode = verify_mode
            context.set_alpn_protocols(["h2"])
            yield ("--cacert", cert, "--cert", cert, "--key", key), context

    def fetch(self, script, status, *arguments, output=None, error=b""):
        with Server(script) as server:
            result = run(*arguments, server.uri + "/")
        self.expect(result, status, output, error)
        return result

    def page(self, *frames, settings_first=()):
        """A script that sends these frames, a function of the stream, after a request."""
        def script(peer):
            peer.send(settings(*settings_first))
            stream = peer.request()
            for one in frames:
                peer.send(one(stream) if callable(one) else one)
            peer.until_end()
        return script


@contextlib.contextmanager
def h2_server(*arguments):
    """A running h2-server; gives its URL without the "/" at the end."""
    with tempfile.TemporaryFile() as log:
        with subprocess.Popen([Program.server, *arguments], stdout=subprocess.PIPE, stderr=log,
                              text=True) as process:
            try:
                url = process.stdout.readline().strip()
                if not url.startswith("http"):
                    log.seek(0)
                    raise AssertionError("no h2-server: %r" % log.read())
                yield url.rstrip("/")
            finally:
                process.terminate()


def main():
    """Runs the tests of the calling file: FILE H2_CLIENT [H2_SERVER] [unittest arguments]."""
    Program.client = os.path.abspath(sys.argv.pop(1))
    if len(sys.argv) > 1 and os.path.exists(sys.argv[1]):
        Program.server = os.path.abspath(sys.argv.pop(1))
    unittest.main()
