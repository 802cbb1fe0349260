#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The life of the h2-server process: threads, signals. server_life_test.py PATH_OF_H2_SERVER.

Starts the server on ports the system chooses, on loopback only. Exit status 77: skipped.
"""
import os
import pathlib
import signal
import socket
import subprocess
import unittest

from server_harness import LIMIT, Program, Server, curl, main

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


if __name__ == "__main__":
    main()
