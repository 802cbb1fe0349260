#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The life of the h2-server process: threads, signals. server_life_test.py PATH_OF_H2_SERVER.

Starts the server on ports the system chooses, on loopback only. Exit status 77: skipped.
"""
import grp
import os
import pathlib
import pwd
import pathlib
import signal
import socket
import struct
import subprocess
import tempfile
import unittest

from server_harness import LIMIT, Program, Server, curl, eventually, main

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"

GOAWAY = b"\0\0\x08\7\0\0\0\0\0"  # the head of one without debug data


def connect(port):
    return socket.create_connection(("127.0.0.1", port), LIMIT)


def read_until(peer, what):
    octets = b""
    while what not in octets:
        part = peer.recv(65536)
        if part == b"":
            raise AssertionError(f"the connection ended before {what}: {octets}")
        octets += part


class Threads(unittest.TestCase):
    def test_every_thread_serves(self):
        with Server("--no-tls", "-n", "4") as server:
            # So many that none is left out: each of them is answered by the thread it came to.
            peers = [connect(server.port) for _ in range(64)]
            for peer in peers:
                peer.sendall(PREFACE)
            for peer in peers:
                self.assertEqual(peer.recv(4)[3], 4)
                peer.close()
            threads = os.listdir(f"/proc/{server.process.pid}/task")
            self.assertGreaterEqual(len(threads), 4)
            self.assertEqual(curl(server.url)[0], 200)

    def test_connections_have_numbers_of_their_own(self):
        server = Server("--no-tls", "-n", "3", "-v")
        for _ in range(12):
            curl(server.url)
        server.stop()
        text = server.process.stdout.read()
        with server:
            pass
        opened = [line.split("]")[0] for line in text.splitlines() if " connected" in line]
        self.assertEqual((len(opened), len(set(opened))), (12, 12))

    def test_a_port_is_not_shared_with_another_server(self):
        with Server("--no-tls", "-n", "2") as server:
            run = subprocess.run([Program.path, "--no-tls", "-n", "2", str(server.port)],
                                 capture_output=True, text=True, timeout=LIMIT)
            self.assertNotEqual(run.returncode, 0)
            self.assertIn("address already in use", run.stderr)

    def test_each_signal_ends_all_threads(self):
        for number in signal.SIGTERM, signal.SIGINT, signal.SIGQUIT:
            with Server("--no-tls", "-n", "4") as server:
                peers = [connect(server.port) for _ in range(16)]
                for peer in peers:
                    peer.sendall(PREFACE)
                    self.assertNotEqual(peer.recv(1), b"")
                server.process.send_signal(number)
                for peer in peers:
                    read_until(peer, GOAWAY)
                    peer.close()
                self.assertEqual(server.process.wait(LIMIT), 0)


class Downloads:
    """A connection with many downloads that stand still until they are given a window."""

    FIRST = 1000  # octets each gets before

    def __init__(self, port, count):
        self.socket = connect(port)
        self.input = b""
        self.bodies = {}  # by stream: octets so far
        self.complete = set()
        self.last_ids = []  # of each GOAWAY
        self.ended = False
        self.socket.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + self.settings(self.FIRST)
                            + frame(8, 0, 0, struct.pack(">I", 2**30)))
        for number in range(count):
            self.ask(2 * number + 1)

    @staticmethod
    def settings(window):
        return frame(4, 0, 0, struct.pack(">HI", 4, window))

    def ask(self, stream):
        self.bodies[stream] = 0
        # :method GET, :scheme http, :path /f, :authority a
        self.socket.sendall(frame(1, 5, stream, b"\x82\x86\x04\x02/f\x41\x01a"))

    def read(self):
        """Takes what there is of one read."""
        octets = self.socket.recv(1 << 20)
        self.ended = octets == b""
        self.input += octets
        while len(self.input) >= 9:
            length = int.from_bytes(self.input[:3], "big")
            if len(self.input) < 9 + length:
                break
            kind, flags, stream = struct.unpack(">BBI", self.input[3:9])
            self.take(kind, flags, stream, self.input[9:9 + length])
            self.input = self.input[9 + length:]

    def take(self, kind, flags, stream, payload):
        if kind == 0:
            self.bodies[stream] += len(payload)
        if kind in (0, 1) and flags & 1:
            self.complete.add(stream)
        if kind == 6 and not flags & 1:
            self.socket.sendall(frame(6, 1, 0, payload))
        if kind == 7:
            self.last_ids.append(int.from_bytes(payload[:4], "big"))

    def stand_still(self):
        return all(size == self.FIRST for size in self.bodies.values())

    def read_until(self, condition):
        while not condition():
            self.read()
            if self.ended and not condition():
                raise AssertionError(f"the connection ended early: {self.bodies}")


def frame(kind, flags, stream, payload):
    return len(payload).to_bytes(3, "big") + struct.pack(">BBI", kind, flags, stream) + payload


class Draining(unittest.TestCase):
    SIZE = 20_000

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        base = pathlib.Path(self.folder.name)
        (base / "f").write_bytes(b"x" * self.SIZE)
        (base / "big").write_bytes(b"x" * 30_000_000)

    def tearDown(self):
        self.folder.cleanup()

    def server(self, *options):
        return Server("--no-tls", "-d", self.folder.name, "-n", "4", *options)

    def test_a_thousand_downloads_complete(self):
        with self.server("--drain-timeout", "1m") as server:
            peers = [Downloads(server.port, 100) for _ in range(10)]
            for peer in peers:
                peer.read_until(peer.stand_still)
            server.process.send_signal(signal.SIGTERM)
            for peer in peers:
                peer.read_until(lambda peer=peer: peer.last_ids)
                # Under way when the server began to stop: it need not be taken.
                peer.ask(201)
                peer.socket.sendall(peer.settings(self.SIZE))
            for peer in peers:
                peer.read_until(lambda peer=peer: peer.ended)
                peer.socket.close()
                asked = set(peer.bodies)
                self.assertEqual(len(asked), 101)
                # Each is complete, or the last word was that it was not taken.
                self.assertGreaterEqual(peer.last_ids[-1], 199)
                told = {stream for stream in asked if stream > peer.last_ids[-1]}
                self.assertEqual(peer.complete | told, asked)
                for stream in peer.complete:
                    self.assertEqual(peer.bodies[stream], self.SIZE)
            self.assertEqual(server.process.wait(LIMIT), 0)

    def stuck(self, server):
        """Connections whose answers nobody reads: one of HTTP/1.1, one of HTTP/2, for each thread
        and more."""
        peers = []
        for _ in range(8):
            peer = connect(server.port)
            peer.sendall(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
            peers.append(peer)
            downloads = Downloads(server.port, 10)
            downloads.read_until(downloads.stand_still)
            peers.append(downloads.socket)
        for peer in peers[::2]:
            self.assertNotEqual(peer.recv(1), b"")
        return peers

    def test_the_deadline_ends_what_nobody_reads(self):
        with self.server("--drain-timeout", "200ms") as server:
            peers = self.stuck(server)
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(server.process.wait(LIMIT), 0)
            for peer in peers:
                peer.close()

    def test_the_second_signal_ends_at_once(self):
        with self.server("--drain-timeout", "1h") as server:
            peers = self.stuck(server)
            server.process.send_signal(signal.SIGTERM)
            read_until(peers[1], GOAWAY)
            server.process.send_signal(signal.SIGINT)
            self.assertEqual(server.process.wait(LIMIT), 0)
            for peer in peers:
                peer.close()


class Process(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        os.chmod(self.folder.name, 0o755)
        self.www = os.path.join(self.folder.name, "www")
        os.mkdir(self.www)
        self.pid_file = os.path.join(self.folder.name, "pid")
        self.daemon = None

    def tearDown(self):
        if self.daemon is not None and is_there(self.daemon):
            os.kill(self.daemon, signal.SIGKILL)
        self.folder.cleanup()

    def start(self, *arguments):
        """Starts one that goes into the background; status, output and errors of the start."""
        run = subprocess.run([Program.path, "-D", *arguments], capture_output=True, text=True,
                             timeout=LIMIT)
        if os.path.exists(self.pid_file):
            self.daemon = int(pathlib.Path(self.pid_file).read_text())
        return run.returncode, run.stdout, run.stderr

    def stop(self):
        os.kill(self.daemon, signal.SIGTERM)
        eventually(lambda: not is_there(self.daemon))
        self.assertFalse(os.path.exists(self.pid_file))

    def test_daemon_serves_when_its_start_has_ended(self):
        for threads in "1", "3":
            status, out, error = self.start("-d", self.www, "--no-tls", "-n", threads,
                                            "--pid-file", self.pid_file)
            self.assertEqual((status, error), (0, ""))
            self.assertEqual(curl(out.strip())[0], 404)
            # In a session of its own, and with nothing of the caller's open.
            self.assertNotEqual(os.getsid(self.daemon), os.getsid(0))
            self.assertNotEqual(os.getsid(self.daemon), self.daemon)
            for fd in "0", "1", "2":
                self.assertEqual(os.readlink(f"/proc/{self.daemon}/fd/{fd}"), "/dev/null")
            self.stop()

    def test_daemon_tells_why_it_does_not_start(self):
        with Server("--no-tls") as other:
            for arguments, status, text in [
                    (["--no-tls", "-d", "/nonexistent"], 5, "/nonexistent"),
                    (["-d", self.www, "0", "/nonexistent/key", "/nonexistent/cert"], 6, "cert"),
                    (["-d", self.www, "--no-tls", str(other.port)], 8, "in use"),
                    (["-d", self.www, "--user", "no-such-user"], 9, "no-such-user"),
                    (["-d", self.www, "--pid-file", "/nonexistent/pid"], 5, "/nonexistent/pid"),
                    (["-d", self.www, "-v"], 1, "--trace"),
                    (["-d", self.www, "--access-log", "-"], 1, "--access-log"),
                    ([], 1, "--htdocs")]:
                result, out, error = self.start(*arguments)
                self.assertEqual((result, error.count("\n")), (status, 1), (arguments, error))
                self.assertIn(text, error)
                self.assertEqual(out, "")

    def test_pid_file_of_another_is_left(self):
        with Server("--no-tls", "--pid-file", self.pid_file) as server:
            path = pathlib.Path(self.pid_file)
            self.assertEqual(path.read_text(), f"{server.process.pid}\n")
            path.write_text("1\n")
        self.assertEqual(path.read_text(), "1\n")
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["pid", "www"])

    def test_unknown_users_and_groups_are_told(self):
        for user, text in [("no-such-user", "no user 'no-such-user'"), ("", "no name"),
                           (":nogroup", "no name"), ("nobody:no-such-group", "no-such-group"),
                           ("root", "root"), ("0:1", "root"), ("4294967295", "no user"),
                           ("1234567", "GROUP is needed")]:
            run = subprocess.run([Program.path, "--no-tls", "--user", user], capture_output=True,
                                 text=True, timeout=LIMIT)
            self.assertEqual((run.returncode, run.stdout, run.stderr.count("\n")), (9, "", 1),
                             user)
            self.assertIn(text, run.stderr)

    @unittest.skipIf(os.getuid() == 0, "this is root")
    def test_only_root_can_become_another(self):
        run = subprocess.run([Program.path, "--no-tls", "--user", f"{os.getuid() + 1}:1"],
                             capture_output=True, text=True, timeout=LIMIT)
        self.assertEqual(run.returncode, 9)
        self.assertIn("--user: cannot become ", run.stderr)

    @unittest.skipIf(os.getuid() == 0, "this is root")
    def test_who_is_that_user_already_has_nothing_to_give_up(self):
        with Server("--no-tls", "--user", f"{os.getuid()}:{os.getgid()}") as server:
            self.assertEqual(curl(server.url)[0], 200)

    @unittest.skipUnless(os.getuid() == 0, "needs root")
    def test_root_is_given_up_for_good(self):
        path = pathlib.Path(self.www)
        (path / "open").write_text("open")
        (path / "secret").write_text("secret")
        os.chmod(path / "secret", 0o600)
        for user, ids in ("nobody", (pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)), \
                ("nobody:daemon", (pwd.getpwnam("nobody").pw_uid, grp.getgrnam("daemon").gr_gid)), \
                ("12345:23456", (12345, 23456)):
            with Server("--no-tls", "-d", self.www, "-n", "3", "--user", user) as server:
                self.assertEqual(curl(server.url + "open")[2], b"open")
                self.assertEqual(curl(server.url + "secret")[0], 403)
                for task in os.listdir(f"/proc/{server.process.pid}/task"):
                    status = pathlib.Path(f"/proc/{server.process.pid}/task/{task}/status")
                    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
                    self.assertEqual(lines["Uid"].split(), 4 * [str(ids[0])])
                    self.assertEqual(lines["Gid"].split(), 4 * [str(ids[1])])
                    self.assertEqual(lines["Groups"].split(), [str(ids[1])])
                    self.assertEqual(int(lines["CapEff"], 16), 0)
                    self.assertEqual(int(lines["CapPrm"], 16), 0)


def is_there(pid):
    """Not so when it has ended and nobody has asked how."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


if __name__ == "__main__":
    main()
