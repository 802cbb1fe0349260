# SPDX-License-Identifier: MIT
"""h2-client fetches from h2-server."""
import os
import subprocess
import unittest

from client_cases import ClientCases, tls_options
from harness import H2Server, State, client, content, fixture, main, space


class Own(ClientCases, unittest.TestCase):
    upgrades = True
    uses_backend = False
    headers_path = None
    echo_path = "/one"
    second = None

    @classmethod
    def start(cls):
        options = ("-v", "-d", space().www, "--echo-upload")
        cls.process = H2Server(*options)
        cls.tls = cls.process.url
        cls.second = H2Server(*options, tls=False)
        cls.clear = cls.second.url

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        if cls.second is not None:
            cls.second.stop()

    def test_own_certificate_of_the_server_needs_insecure(self):
        server = H2Server("-d", space().www, key=False)
        self.fetch(3, f"{server.url}/one")
        self.assertEqual(self.fetch(0, "-k", f"{server.url}/one").out, fixture("one"))
        server.stop_in_order()

    def test_one_call_takes_uris_of_several_servers(self):
        result = client("-k", f"{self.tls}/one", f"{self.clear}/frame", f"{self.tls}/frame")
        self.assertEqual(result.status, 0, result)
        self.assertEqual(len(result.out), 1 + 2 * 16384)

    def test_name_of_the_host_is_verified_too(self):
        port = self.tls.rsplit(":", 1)[1]
        result = self.fetch(0, *tls_options(), f"https://localhost:{port}/one")
        self.assertEqual(result.out, fixture("one"))

    def test_head_has_no_body(self):
        for base, options in self.each_base():
            text = self.fetch(0, "-v", *options, "-H", ":method: HEAD", f"{base}/frame").text
            self.assertIn("content-length: 16384", text)
            self.assertNotIn("recv DATA", text)

    def test_reader_that_leaves_early_is_no_error(self):
        for base, options in self.each_base():
            with subprocess.Popen([State.client, *options, f"{base}/big"], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE) as fetching:
                self.assertEqual(len(fetching.stdout.read(1000)), 1000)
                fetching.stdout.close()
                self.assertEqual(fetching.stderr.read(), b"")
                self.assertEqual(fetching.wait(20), 0)

    def test_names_below_localhost_need_no_resolver(self):
        port = self.clear.rsplit(":", 1)[1]
        for name in "localhost", "any.name.localhost":
            self.assertEqual(self.fetch(0, f"http://{name}:{port}/one").out, fixture("one"))

    def test_output_that_is_full_is_an_error(self):
        for what in [], ["-v", "-n"]:
            with self.subTest(what), open("/dev/full", "wb") as full:
                fetching = subprocess.run([State.client, *what, f"{self.clear}/one"], stdout=full,
                                          stderr=subprocess.PIPE, timeout=20, check=False)
                self.assertEqual(fetching.returncode, 5)
                self.assertNotEqual(fetching.stderr, b"")

    def test_keys_of_tls_are_logged_where_asked(self):
        path = space().join("keys")
        self.fetch(0, *tls_options(), f"{self.tls}/one", env=dict(os.environ, SSLKEYLOGFILE=path))
        self.assertRegex(content(path), rb"(?m)^CLIENT_TRAFFIC_SECRET_0 [0-9a-f]{64} ")
        self.assertEqual(os.stat(path).st_mode & 0o077, 0)


if __name__ == "__main__":
    main()
