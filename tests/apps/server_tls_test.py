#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Certificates and TLS options of h2-server, with openssl s_client as its client:
server_tls_test.py PATH_OF_H2_SERVER.

Starts the server on ports the system chooses, on loopback only. Exit status 77: skipped.
"""
import base64
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop"))

import certificates  # noqa: E402
import renegotiation  # noqa: E402
from server_harness import LIMIT, Program, Server, eventually, main

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"
PING = b"\0\0\x08\6\0\0\0\0\0" + b"12345678"


class Files:
    """Keys and certificates, each named by the file: "a" has a.key, a.pem and CN=a."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.base = pathlib.Path(self.folder.name)

    def path(self, name):
        return str(self.base / name)

    def make(self, name, names="DNS:localhost", issuer=None):
        return certificates.make(*self.pair(name), name, "-addext", "subjectAltName=" + names,
                                 issuer=None if issuer is None else self.pair(issuer))

    def pair(self, name):
        return self.path(name + ".key"), self.path(name + ".pem")

    def install(self, name, key, certificate):
        """Puts the files of others under a name, each in one step."""
        for source, target in (key, ".key"), (certificate, ".pem"):
            shutil.copy(source, self.path("new"))
            os.replace(self.path("new"), self.path(name + target))


def s_client(port, *options):
    """What openssl s_client says, after a handshake."""
    run = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-alpn", "h2",
                          *options], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                         timeout=LIMIT)
    return run.returncode, run.stdout + run.stderr


def name_shown(port, *options):
    status, text = s_client(port, *options)
    if status != 0 or "ALPN protocol: h2\n" not in text:
        raise AssertionError(text)
    return re.search(r"^subject=CN = (\S+)$", text, re.M).group(1)


def unverified(version=None):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    if version is not None:
        context.minimum_version = context.maximum_version = version
    return context


def connect(port, context, session=None):
    """A connection that has seen the server's SETTINGS, and with it the tickets."""
    plain = socket.create_connection(("127.0.0.1", port), LIMIT)
    tls = context.wrap_socket(plain, session=session)
    tls.sendall(PREFACE)
    if tls.recv(9)[3] != 4:
        raise AssertionError("no SETTINGS")
    return tls


class Certificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = Files()
        cls.files.make("first", "DNS:first.example")
        cls.files.make("wild", "DNS:*.example.org")
        cls.files.make("exact", "DNS:www.example.org,DNS:second.example")

    @classmethod
    def tearDownClass(cls):
        cls.files.folder.cleanup()

    def colon(self, name):
        return "--certificate=" + ":".join(self.files.pair(name))

    def check_names(self, port):
        for name, shown in [("first.example", "first"), ("second.example", "exact"),
                            ("SECOND.example", "exact"), ("www.example.org", "exact"),
                            ("a.example.org", "wild"), ("a.b.example.org", "first"),
                            ("example.org", "first"), ("unknown.example", "first")]:
            for version in "-tls1_2", "-tls1_3":
                self.assertEqual(name_shown(port, "-servername", name, version), shown, name)
        self.assertEqual(name_shown(port, "-noservername"), "first")

    def test_certificate_is_chosen_by_the_name_asked_for(self):
        with Server(self.colon("first"), self.colon("wild"), self.colon("exact")) as server:
            self.check_names(server.port)
        with Server(self.colon("wild"), self.colon("exact"), "0",
                    *self.files.pair("first")) as server:
            self.check_names(server.port)

    def test_keys_are_logged_for_each_certificate(self):
        log = self.files.path("keys.log")
        os.environ["SSLKEYLOGFILE"] = log
        try:
            with Server(self.colon("first"), self.colon("exact")) as server:
                name_shown(server.port, "-servername", "second.example")
        finally:
            del os.environ["SSLKEYLOGFILE"]
        self.assertIn("CLIENT_TRAFFIC_SECRET_0", pathlib.Path(log).read_text())


def temporary_key(port, *options):
    """What the keys were exchanged with, "DH, 2048 bits"; None when there was no handshake."""
    status, text = s_client(port, "-tls1_2", *options)
    return re.search(r"^Server Temp Key: (.*)$", text, re.M).group(1) if status == 0 else None


class DiffieHellman(unittest.TestCase):
    """--dh-param-file, with a certificate that has an RSA key."""
    SUITES = ["DHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES256-GCM-SHA384", "DHE-RSA-CHACHA20-POLY1305"]

    @classmethod
    def setUpClass(cls):
        cls.files = Files()
        subprocess.run(["openssl", "req", "-x509", "-batch", "-newkey", "rsa:2048", "-nodes", "-days",
                        "2", "-subj", "/CN=rsa", "-keyout", cls.files.path("rsa.key"), "-out",
                        cls.files.path("rsa.pem")], check=True, capture_output=True, timeout=LIMIT)
        for group in "ffdhe2048", "ffdhe3072", "ffdhe6144", "modp_1536":
            cls.parameters(group, "DH", "group:" + group)
        cls.parameters("curve", "EC", "ec_paramgen_curve:P-256")

    @classmethod
    def tearDownClass(cls):
        cls.files.folder.cleanup()

    @classmethod
    def parameters(cls, name, kind, option):
        subprocess.run(["openssl", "genpkey", "-genparam", "-algorithm", kind, "-pkeyopt", option,
                        "-out", cls.files.path(name)], check=True, capture_output=True, timeout=LIMIT)

    def composite(self):
        """A file with a number of 2048 bits that is no prime, for one."""
        number = ((1 << 1023) + 1155) * ((1 << 1024) + 1155) | 1 << 2047
        octets = number.to_bytes(257, "big")
        body = b"\x02\x82\x01\x01" + octets + b"\x02\x01\x02"
        text = base64.encodebytes(b"\x30\x82" + len(body).to_bytes(2, "big") + body).decode()
        path = pathlib.Path(self.files.path("composite"))
        path.write_text(f"-----BEGIN DH PARAMETERS-----\n{text}-----END DH PARAMETERS-----\n")
        return str(path)

    def server(self, *options):
        return Server(*options, "0", *self.files.pair("rsa"))

    def test_clients_without_curves_are_let_in(self):
        with self.server("--dh-param-file", self.files.path("ffdhe2048")) as server:
            for suite in self.SUITES:
                self.assertEqual(temporary_key(server.port, "-cipher", suite), "DH, 2048 bits")
            self.assertIn("X25519", temporary_key(server.port))
        with self.server() as server:
            for suite in self.SUITES:
                self.assertIsNone(temporary_key(server.port, "-cipher", suite))

    # rfc: 9113#9.2.2
    def test_suites_without_an_aead_stay_out(self):
        with self.server("--dh-param-file", self.files.path("ffdhe2048")) as server:
            for suite in "DHE-RSA-AES128-SHA256", "DHE-RSA-AES256-SHA", "AES128-GCM-SHA256":
                self.assertIsNone(temporary_key(server.port, "-cipher", suite), suite)

    def test_what_cannot_be_used_is_told(self):
        for path, text in [("/nonexistent/dh", "No such file"), (self.files.path("rsa.pem"), "rsa.pem"),
                           (self.files.path("curve"), "another kind"), (self.composite(), "weak"),
                           (self.files.path("modp_1536"), "1536 bits, where 2048 to 4096"),
                           (self.files.path("ffdhe6144"), "6144 bits, where 2048 to 4096")]:
            run = subprocess.run([Program.path, "--dh-param-file", path, "0", *self.files.pair("rsa")],
                                 capture_output=True, text=True, timeout=LIMIT)
            self.assertEqual((run.returncode, run.stdout), (6, ""), path)
            self.assertRegex(run.stderr, r"^h2-server: DH parameters .*\n$")
            self.assertIn(text, run.stderr)

    def test_hangup_reads_them_again(self):
        def install(name):
            shutil.copy(self.files.path(name), self.files.path("new"))
            os.replace(self.files.path("new"), self.files.path("live"))
        install("ffdhe2048")
        server = self.server("--dh-param-file", self.files.path("live"))

        def key():
            return temporary_key(server.port, "-cipher", self.SUITES[0])
        self.assertEqual(key(), "DH, 2048 bits")
        install("ffdhe3072")
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: key() == "DH, 3072 bits")
        install("modp_1536")
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: "\n" in server.told())
        self.assertEqual(key(), "DH, 3072 bits")
        server.stop()
        self.assertRegex(server.told(), r"^h2-server: certificates stay as they were: DH .*\n$")
        self.assertEqual(server.process.returncode, 0)
        server.process.stdout.close()
        server.log.close()


class Reload(unittest.TestCase):
    def setUp(self):
        self.files = Files()
        self.first = self.files.make("first")
        self.second = self.files.make("second")
        self.files.install("live", *self.first)

    def tearDown(self):
        self.files.folder.cleanup()

    def server(self, *options):
        return Server(*options, "0", *self.files.pair("live"))

    def reload(self, server):
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: name_shown(server.port) == "second")

    def test_hangup_gives_new_connections_the_new_certificate(self):
        with self.server("-n", "2", "--first-request-timeout=1h") as server:
            self.assertEqual(name_shown(server.port), "first")
            old = connect(server.port, unverified())
            self.files.install("live", *self.second)
            self.reload(server)
            # Threads are told one by one; none stays behind.
            for _ in range(16):
                eventually(lambda: name_shown(server.port) == "second")
            old.sendall(PING)
            octets = b""
            while b"12345678" not in octets:
                more = old.recv(4096)
                self.assertNotEqual(more, b"")
                octets += more
            old.close()

    def test_what_cannot_be_used_leaves_the_old_one(self):
        garbage = self.files.path("garbage")
        pathlib.Path(garbage).write_text("no certificate")
        for key, certificate, reason in [
                (self.first[0], self.second[1], "is not that of certificate"),
                (self.first[0], garbage, "live.pem"), (garbage, self.first[1], "live.key")]:
            self.files.install("live", *self.first)
            server = self.server()
            self.files.install("live", key, certificate)
            server.process.send_signal(signal.SIGHUP)
            log = server.told
            eventually(lambda: "\n" in log())
            self.assertEqual(name_shown(server.port), "first")
            server.stop()
            self.assertEqual(server.process.returncode, 0)
            self.assertEqual(log().count("\n"), 1)
            self.assertTrue(log().startswith("h2-server: certificates stay as they were: "), log())
            self.assertIn(reason, log())
            server.process.stdout.close()
            server.log.close()

    def test_a_start_with_what_cannot_be_used_fails(self):
        for key, certificate, status, text in [
                (self.first[0], self.second[1], 7, "is not that of certificate"),
                ("/nonexistent/key", self.second[1], 6, "/nonexistent/key")]:
            for arguments in ["0", key, certificate], [f"--certificate={key}:{certificate}"]:
                run = subprocess.run([Program.path, *arguments], capture_output=True, text=True,
                                     timeout=LIMIT)
                self.assertEqual((run.returncode, run.stdout), (status, ""))
                self.assertIn(text, run.stderr)
                self.assertEqual(run.stderr.count("\n"), 1)

    @unittest.skipUnless(os.getuid() == 0, "needs root")
    def test_who_gave_up_root_reads_again_what_it_still_may(self):
        os.chmod(self.files.folder.name, 0o755)
        os.chmod(self.first[0], 0o600)
        os.chmod(self.second[0], 0o644)
        server = self.server("--user", "nobody")
        self.files.install("live", *self.first)
        shutil.copymode(self.first[0], self.files.path("live.key"))
        server.process.send_signal(signal.SIGHUP)
        log = server.told
        eventually(lambda: "\n" in log())
        self.assertRegex(log(), r"^h2-server: certificates stay as they were: .*live\.key: "
                                r"Permission denied\n$")
        self.assertEqual(name_shown(server.port), "first")
        self.files.install("live", *self.second)
        shutil.copymode(self.second[0], self.files.path("live.key"))
        self.reload(server)
        server.stop()
        self.assertEqual((server.process.returncode, log().count("\n")), (0, 1))
        server.process.stdout.close()
        server.log.close()

    def test_a_key_with_a_passphrase_is_refused(self):
        locked = self.files.path("locked.key")
        subprocess.run(["openssl", "ec", "-in", self.first[0], "-aes128", "-passout", "pass:x",
                        "-out", locked], check=True, capture_output=True, timeout=LIMIT)
        run = subprocess.run([Program.path, "0", locked, self.first[1]], capture_output=True,
                             text=True, stdin=subprocess.DEVNULL, timeout=LIMIT)
        self.assertEqual(run.returncode, 6)
        self.assertIn("locked.key", run.stderr)

    def test_a_certificate_of_our_own_making_stays(self):
        with Server() as server:
            before = name_of_self_signed(server.port)
            server.process.send_signal(signal.SIGHUP)
            for _ in range(5):
                self.assertEqual(name_of_self_signed(server.port), before)

    def test_sessions_are_resumed_by_any_thread_and_after_a_reload(self):
        for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
            self.files.install("live", *self.first)
            with self.server("-n", "4") as server:
                context = unverified(version)
                with connect(server.port, context) as tls:
                    session = tls.session
                for _ in range(32):
                    with connect(server.port, context, session) as tls:
                        self.assertTrue(tls.session_reused)
                self.files.install("live", *self.second)
                self.reload(server)
                with connect(server.port, context, session) as tls:
                    self.assertTrue(tls.session_reused)


def name_of_self_signed(port):
    return ssl.get_server_certificate(("127.0.0.1", port))


class Options(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = Files()
        cls.files.make("ca")
        cls.files.make("good", issuer="ca")
        cls.files.make("stranger")

    @classmethod
    def tearDownClass(cls):
        cls.files.folder.cleanup()

    def as_client(self, name):
        key, certificate = self.files.pair(name)
        return ["-cert", certificate, "-key", key]

    def session_of(self, port, *options):
        """Does it serve this client? With TLS 1.3 only a later read can tell."""
        run = subprocess.Popen(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-alpn",
                                "h2", "-quiet", *options], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            run.stdin.write(PREFACE)
            run.stdin.flush()
        except BrokenPipeError:
            pass
        octets = run.stdout.read(9)
        run.kill()
        run.communicate()
        return len(octets) == 9 and octets[3] == 4

    def test_asked_clients_need_not_show_a_certificate(self):
        server = Server("-V", "-v")
        self.assertIn("No client certificate CA names sent", s_client(server.port)[1])
        self.assertIn("Requested Signature Algorithms", s_client(server.port)[1])
        self.assertTrue(self.session_of(server.port))
        for version in "-tls1_2", "-tls1_3":
            self.assertTrue(self.session_of(server.port, version, *self.as_client("stranger")))
        server.stop()
        self.assertEqual(server.process.stdout.read().count("certificate of /CN=stranger"), 2)
        with server:
            pass

    def test_a_ca_decides_which_clients_are_served(self):
        with Server("--client-ca", self.files.path("ca.pem")) as server:
            self.assertIn("CN = ca", s_client(server.port, *self.as_client("good"))[1])
            for version in "-tls1_2", "-tls1_3":
                self.assertTrue(self.session_of(server.port, version, *self.as_client("good")))
                self.assertFalse(self.session_of(server.port, version))
                self.assertFalse(self.session_of(server.port, version,
                                                 *self.as_client("stranger")))

    def test_clients_are_not_asked_without_the_option(self):
        with Server() as server:
            self.assertNotIn("Requested Signature Algorithms", s_client(server.port)[1])

    def test_groups(self):
        with Server("--groups", "P-384:P-521") as server:
            status, text = s_client(server.port, "-groups", "X25519:P-256:P-384")
            self.assertEqual(status, 0)
            self.assertIn("secp384r1", text)
            self.assertEqual(s_client(server.port, "-groups", "X25519:P-256")[0], 1)

    def test_versions(self):
        for options, works, fails in [(["--tls-min", "1.3"], "-tls1_3", "-tls1_2"),
                                      (["--tls-max=1.2"], "-tls1_2", "-tls1_3")]:
            with Server(*options) as server:
                self.assertEqual(s_client(server.port, works)[0], 0)
                self.assertEqual(s_client(server.port, fails)[0], 1)

    # rfc: 9113#9.2.1
    def test_renegotiation_stays_refused(self):
        with Server("-V", "0", *self.files.pair("good")) as server:
            _, told = renegotiation.ask(["openssl", "s_client", "-connect",
                                         f"127.0.0.1:{server.port}", "-alpn", "h2", "-tls1_2"],
                                        LIMIT)
            self.assertIn(b"no renegotiation", told)

    def test_wrong_ones_are_told(self):
        for arguments, text in [
                (["--certificate", "none"], "--certificate: 'none' is not KEY:CERT"),
                (["--certificate", "a:b:c"], "KEY:CERT"),
                (["--groups", "P-257"], "P-257"),
                (["--tls-min", "1.1"], "--tls-min: '1.1'"),
                (["--tls-max", "2"], "--tls-max: '2'"),
                (["--tls-min", "1.3", "--tls-max", "1.2"], "--tls-min"),
                (["--no-tls", "-V"], "--no-tls"),
                (["--no-tls", "--dh-param-file", "dh"], "--no-tls"),
                (["--no-tls", "--ktls"], "--no-tls"),
                (["--client-ca", "/nonexistent/ca"], "/nonexistent/ca")]:
            run = subprocess.run([Program.path, *arguments], capture_output=True, text=True,
                                 timeout=LIMIT)
            self.assertNotEqual(run.returncode, 0, arguments)
            self.assertEqual(run.stdout, "")
            self.assertIn(text, run.stderr)
            self.assertEqual(run.stderr.count("\n"), 1)


if __name__ == "__main__":
    if shutil.which("openssl") is None:
        print("skipped: openssl is not installed")
        raise SystemExit(77)
    main()
