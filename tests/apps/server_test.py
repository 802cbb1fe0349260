#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""h2-server as a whole, with curl as its client: server_test.py PATH_OF_H2_SERVER.

Starts the server on ports the system chooses, on loopback only. Exit status 77: skipped.
"""
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

from server_harness import LIMIT, Program, Server, curl, main


def unverified(*protocols):
    """A TLS context that offers these protocols by ALPN and takes any certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context


def certificate_of(port):
    with socket.create_connection(("127.0.0.1", port), LIMIT) as plain:
        with unverified("h2").wrap_socket(plain) as tls:
            return ssl.DER_cert_to_PEM_cert(tls.getpeercert(True))


class Content(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        base = pathlib.Path(cls.folder.name)
        (base / "secret.txt").write_text("secret")
        www = base / "www"
        (www / "sub").mkdir(parents=True)
        (www / "a.txt").write_text("hello\n")
        (www / "empty.css").write_text("")
        (www / "big.bin").write_bytes(os.urandom(3_000_000))
        (www / "sub" / "index.html").write_text("<p>index</p>")
        (www / "out").symlink_to("../secret.txt")
        cls.www = www

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_files_over_tls_and_cleartext(self):
        for mode in [], ["--no-tls"]:
            with Server("-d", str(self.www), *mode) as server:
                status, fields, body = curl(server.url + "a.txt")
                self.assertEqual((status, body), (200, b"hello\n"))
                self.assertEqual(fields["content-type"], "text/plain; charset=utf-8")
                self.assertEqual(fields["content-length"], "6")
                self.assertIn("GMT", fields["last-modified"])
                self.assertIn("GMT", fields["date"])
                self.assertRegex(fields["server"], r"^h2-server/\d")
                status, _, body = curl(server.url + "big.bin")
                self.assertEqual(status, 200)
                self.assertEqual(body, (self.www / "big.bin").read_bytes())
                self.assertEqual(curl(server.url + "empty.css")[2], b"")
                self.assertEqual(curl(server.url + "sub/")[2], b"<p>index</p>")

    def test_head_has_the_fields_of_get_and_no_body(self):
        with Server("-d", str(self.www)) as server:
            status, fields, body = curl(server.url + "big.bin", "-I")
            self.assertEqual((status, fields["content-length"]), (200, "3000000"))
            self.assertNotIn(b"\0", body)
            status, fields, _ = curl(server.url + "none", "-I")
            self.assertEqual(status, 404)

    def test_nothing_outside_the_folder(self):
        with Server("-d", str(self.www)) as server:
            for path, expected in [("../secret.txt", 404), ("%2e%2e/secret.txt", 404),
                                   ("sub/../../secret.txt", 404), ("out", 404), ("", 404),
                                   ("..%2fsecret.txt", 404), ("a%00b", 400), ("a.txt/", 404)]:
                status, _, body = curl(server.url + path)
                self.assertEqual(status, expected, path)
                self.assertNotIn(b"secret", body)

    def test_folder_without_slash_is_redirected_to_itself(self):
        with Server("-d", str(self.www)) as server:
            for path, location in [("sub", "/sub/"), ("/sub", "/sub/"),
                                   ("./%73ub?x=/../y", "/sub/?x=/../y"), ("sub?", "/sub/?")]:
                status, fields, _ = curl(server.url + path)
                self.assertEqual((status, fields["location"]), (301, location))
            # An upload stays one.
            status, fields, _ = curl(server.url + "sub?x", "-d", "body")
            self.assertEqual((status, fields["location"]), (308, "/sub/?x"))

    def test_methods(self):
        with Server("-d", str(self.www)) as server:
            for method in "POST", "PUT":
                status, _, body = curl(server.url + "a.txt", "-X", method, "--data-binary", "@-",
                                       body=os.urandom(2_000_000))
                self.assertEqual((status, body), (200, b"hello\n"))
            status, fields, _ = curl(server.url + "a.txt", "-X", "DELETE")
            self.assertEqual((status, fields["allow"]), (405, "GET, HEAD, POST, PUT"))

    def test_echo_upload(self):
        body = os.urandom(2_000_000)
        with Server("--echo-upload") as server:
            status, fields, answer = curl(server.url + "x", "-H", "content-type: a/b",
                                          "--data-binary", "@-", body=body)
            self.assertEqual((status, answer), (200, body))
            self.assertEqual(fields["content-type"], "a/b")
            self.assertEqual(fields["content-length"], str(len(body)))
            self.assertEqual(curl(server.url, "-T", "-", body=body)[2], body)
            self.assertEqual(curl(server.url, "-d", "")[2], b"")
            self.assertIn(b"It works", curl(server.url)[2])

    def test_built_in_page(self):
        with Server() as server:
            status, fields, body = curl(server.url)
            self.assertEqual((status, fields["content-type"]), (200, "text/html; charset=utf-8"))
            self.assertIn(b"It works", body)
            self.assertEqual(curl(server.url + "other")[0], 404)


class Connections(unittest.TestCase):
    def test_certificate_is_good_for_the_names_of_loopback(self):
        with Server() as server, tempfile.NamedTemporaryFile("w", suffix=".pem") as pem:
            pem.write(certificate_of(server.port))
            pem.flush()
            for host in "localhost", "127.0.0.1":
                status, _, _ = curl(f"https://{host}:{server.port}/", "--no-insecure", "--cacert",
                                    pem.name)
                self.assertEqual(status, 200)
            run = subprocess.run(["curl", "-q", "-sS", "--cacert", pem.name, "--connect-to",
                                  f"other:{server.port}:127.0.0.1:{server.port}",
                                  f"https://other:{server.port}/"], capture_output=True,
                                 timeout=LIMIT)
            self.assertEqual(run.returncode, 60)

    def test_client_without_h2_is_refused_when_told_so(self):
        with Server("--h2-only") as server:
            for protocols in [], ["http/1.1"]:
                context = unverified(*protocols)
                with socket.create_connection(("127.0.0.1", server.port), LIMIT) as plain:
                    with self.assertRaisesRegex(ssl.SSLError, "(?i)no.application.protocol"):
                        context.wrap_socket(plain)

    def test_http1_on_cleartext_is_ended_when_told_so(self):
        with Server("--no-tls", "--h2-only") as server:
            with socket.create_connection(("127.0.0.1", server.port), LIMIT) as peer:
                peer.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                octets = b""
                while True:
                    part = peer.recv(4096)
                    if part == b"":
                        break
                    octets += part
            # SETTINGS first, a GOAWAY with PROTOCOL_ERROR last.
            self.assertEqual(octets[3], 4)
            self.assertIn(b"\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01", octets)

    def test_both_loopback_addresses_have_the_same_port(self):
        with Server("--no-tls") as server:
            self.assertEqual(curl(server.url)[0], 200)
            try:
                with socket.socket(socket.AF_INET6) as probe:
                    probe.bind(("::1", 0))
            except OSError:
                self.skipTest("no IPv6 here")
            self.assertEqual(curl(f"http://[::1]:{server.port}/")[0], 200)

    def test_connections_beyond_the_limit_wait(self):
        # With HTTP/2 only the server speaks first.
        with Server("--no-tls", "--h2-only", "--max-connections", "1") as server:
            first = socket.create_connection(("127.0.0.1", server.port), LIMIT)
            self.assertNotEqual(first.recv(1), b"")
            with socket.create_connection(("127.0.0.1", server.port), LIMIT) as second:
                second.settimeout(0.3)
                with self.assertRaises(TimeoutError):
                    second.recv(1)
                first.close()
                second.settimeout(LIMIT)
                self.assertNotEqual(second.recv(1), b"")

    def test_log_shows_frames_and_escapes_the_peers_text(self):
        server = Server("-v")
        self.assertEqual(curl(server.url, "-H", "x-evil: \x1b[31m")[0], 200)
        server.stop()
        text = server.process.stdout.read()
        with server:
            pass
        self.assertRegex(text, r"\[id=1\] \[ *\d+\.\d+\] send SETTINGS frame")
        self.assertRegex(text, r"recv \(stream_id=1\) :method: GET")
        self.assertIn("stream_id=1 closed", text)
        self.assertNotIn("\x1b[31m", text)

    def test_running_requests_complete_after_sigterm(self):
        with tempfile.TemporaryDirectory() as folder:
            body = os.urandom(2_000_000)
            (pathlib.Path(folder) / "f").write_bytes(body)
            with Server("-d", folder) as server:
                out = pathlib.Path(folder) / "got"
                slow = subprocess.Popen(["curl", "-q", "-sSk", "--limit-rate", "2M", "-o", str(out),
                                         server.url + "f"])
                for _ in range(200):
                    if out.exists() and out.stat().st_size > 0:
                        break
                    time.sleep(0.02)
                server.process.send_signal(signal.SIGTERM)
                self.assertEqual(slow.wait(LIMIT), 0)
                self.assertEqual(server.process.wait(LIMIT), 0)
                self.assertEqual(out.read_bytes(), body)

    def test_drain_timeout_ends_what_does_not_end(self):
        with Server("--no-tls", "--drain-timeout", "100ms") as server:
            with socket.create_connection(("127.0.0.1", server.port), LIMIT) as peer:
                # A request whose body never ends.
                peer.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"
                             + b"\0\0\6\1\4\0\0\0\1\x83\x84\x86\x41\1a")
                self.assertNotEqual(peer.recv(1), b"")
                start = time.monotonic()
                server.stop()
                self.assertLess(time.monotonic() - start, 4)


class CommandLine(unittest.TestCase):
    def run_server(self, *arguments):
        return subprocess.run([Program.path, *arguments], capture_output=True, text=True, timeout=LIMIT)

    def test_errors_are_told_and_have_their_status(self):
        for arguments, status, text in [
                (["--nonsense"], 1, "nonsense"),
                (["1", "key"], 1, "PORT"),
                (["70000"], 1, "70000"),
                (["--no-tls", "0", "key", "cert"], 1, "--no-tls"),
                (["-m", "0"], 1, "-m: "),
                (["-d", "/nonexistent"], 5, "/nonexistent"),
                (["0", "/nonexistent/key", "/nonexistent/cert"], 6, "/nonexistent/cert"),
                (["--client-ca", "/nonexistent/ca"], 6, "/nonexistent/ca"),
                (["-a", "192.0.2.1"], 8, "192.0.2.1"),
                (["-a", "nonexistent.invalid"], 8, "nonexistent.invalid")]:
            run = self.run_server(*arguments)
            self.assertEqual(run.returncode, status, arguments)
            self.assertEqual(run.stdout, "")
            self.assertIn(text, run.stderr)
            self.assertEqual(run.stderr.count("\n"), 1)

    def test_url_of_every_address_is_that_of_loopback(self):
        with Server("--no-tls", "-a", "0.0.0.0") as server:
            self.assertTrue(server.url.startswith("http://127.0.0.1:"))
            self.assertEqual(curl(server.url)[0], 200)

    def test_port_in_use(self):
        with Server("--no-tls") as server:
            run = self.run_server("--no-tls", str(server.port))
            self.assertEqual(run.returncode, 8)
            self.assertIn("address already in use", run.stderr)

    def test_help_and_version(self):
        self.assertIn("--htdocs", self.run_server("--help").stdout)
        self.assertRegex(self.run_server("--version").stdout, r"^h2-server \d+\.\d+\.\d+\n$")


if __name__ == "__main__":
    main()
