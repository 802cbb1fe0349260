#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""h2-server below a service manager, which this plays: server_manager_test.py PATH_OF_H2_SERVER.

Sockets are passed, and notes received, as systemd does it. On loopback only. Exit status 77:
skipped.
"""
import fcntl
import os
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from server_harness import LIMIT, Program, curl, main

FIRST = 3  # descriptor


class Managed:
    """h2-server with these sockets as descriptors 3 and following, and the environment."""

    def __init__(self, sockets, *arguments, environment=(), pid="$$"):
        # Out of the way of the descriptors they are to become.
        high = [fcntl.fcntl(s.fileno(), fcntl.F_DUPFD, 100) for s in sockets]

        def pass_sockets():
            for position, number in enumerate(high):
                os.dup2(number, FIRST + position)

        variables = dict(os.environ, LISTEN_FDS=str(len(sockets)), LISTEN_FDNAMES="a:b",
                         **dict(environment))
        script = f'LISTEN_PID={pid} exec "$@"' if sockets else 'exec "$@"'
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", script, "sh", Program.path, *arguments], env=variables,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, close_fds=False,
            preexec_fn=pass_sockets)
        for number in high:
            os.close(number)

    def url(self):
        line = self.process.stdout.readline().strip()
        if line == "":
            raise AssertionError(self.process.communicate(timeout=LIMIT))
        return line

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=LIMIT)


def listening():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen(16)
    return s


class Sockets(unittest.TestCase):
    def test_passed_sockets_are_served_by_every_thread(self):
        for threads in "1", "3":
            one, two = listening(), listening()
            with one, two, Managed([one, two], "--no-tls", "-n", threads) as server:
                port = one.getsockname()[1]
                self.assertEqual(server.url(), f"http://127.0.0.1:{port}/")
                for s in one, two:
                    for _ in range(8):
                        url = f"http://127.0.0.1:{s.getsockname()[1]}/"
                        self.assertEqual(curl(url)[0], 200)
                server.process.send_signal(signal.SIGTERM)
                self.assertEqual(server.process.wait(LIMIT), 0)
            one.close()
            two.close()

    def test_those_of_another_process_are_not_taken(self):
        with listening() as one, Managed([one], "--no-tls", pid="1") as server:
            self.assertNotIn(str(one.getsockname()[1]), server.url())

    def test_what_is_no_listening_socket_is_refused(self):
        with socket.socket() as idle, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, \
                socket.socket(socket.AF_UNIX) as local, tempfile.TemporaryFile() as file:
            for what, text in (idle, "does not listen"), (udp, "is not one of TCP"), \
                    (local, "is not one of TCP"), (file, "is not a socket"):
                with Managed([what], "--no-tls") as server:
                    out, error = server.process.communicate(timeout=LIMIT)
                    self.assertEqual((server.process.returncode, out), (8, ""))
                    self.assertEqual(error,
                                     f"h2-server: descriptor 3, passed as a socket, {text}\n")

    def test_addresses_do_not_go_with_them(self):
        for option in ["-a", "127.0.0.1"], ["1234"]:
            with listening() as one, Managed([one], "--no-tls", *option) as server:
                _, error = server.process.communicate(timeout=LIMIT)
                self.assertEqual(server.process.returncode, 1)
                self.assertIn("--address", error)


class Notes(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.notes = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notes.settimeout(LIMIT)

    def tearDown(self):
        self.notes.close()
        self.folder.cleanup()

    def note(self):
        lines = self.notes.recv(4096).decode().split("\n")
        return dict(line.split("=", 1) for line in lines)

    def test_start_reload_and_stop_are_told(self):
        path = os.path.join(self.folder.name, "notify")
        for address, name in (path, path), (f"\0h2-server-test-{os.getpid()}", None):
            notes = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            notes.settimeout(LIMIT)
            notes.bind(address)
            self.notes.close()
            self.notes = notes
            environment = {"NOTIFY_SOCKET": name or "@" + address[1:]}
            with Managed([], "--no-tls", environment=environment) as server:
                url = server.url()
                self.assertEqual(self.note(), {"READY": "1", "STATUS": "Serving at " + url})
                before = time.monotonic_ns() // 1000
                server.process.send_signal(signal.SIGHUP)
                note = self.note()
                self.assertEqual(note["RELOADING"], "1")
                self.assertTrue(before <= int(note["MONOTONIC_USEC"])
                                <= time.monotonic_ns() // 1000)
                self.assertEqual(self.note(), {"READY": "1"})
                server.process.send_signal(signal.SIGTERM)
                self.assertEqual(self.note()["STOPPING"], "1")
                self.assertEqual(server.process.wait(LIMIT), 0)

    def test_nothing_is_read_again_while_it_stops(self):
        path = os.path.join(self.folder.name, "notify")
        self.notes.bind(path)
        environment = {"NOTIFY_SOCKET": path}
        with Managed([], "--no-tls", "--h2-only", "--drain-timeout", "1h",
                     environment=environment) as server:
            port = int(server.url().rstrip("/").rpartition(":")[2])
            self.assertEqual(self.note()["READY"], "1")
            with socket.create_connection(("127.0.0.1", port), LIMIT) as peer:
                # A request whose body never ends.
                peer.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"
                             + b"\0\0\6\1\4\0\0\0\1\x83\x84\x86\x41\1a")
                self.assertNotEqual(peer.recv(1), b"")
                server.process.send_signal(signal.SIGTERM)
                self.assertEqual(self.note()["STOPPING"], "1")
                server.process.send_signal(signal.SIGHUP)
                server.process.send_signal(signal.SIGTERM)
                self.assertEqual(self.note()["STOPPING"], "1")
                self.assertEqual(server.process.wait(LIMIT), 0)

    def test_a_manager_that_is_gone_does_no_harm(self):
        environment = {"NOTIFY_SOCKET": os.path.join(self.folder.name, "none")}
        with Managed([], "--no-tls", environment=environment) as server:
            self.assertEqual(curl(server.url())[0], 200)


if __name__ == "__main__":
    main()
