# SPDX-License-Identifier: MIT
"""h2-client fetches from nghttpd, the reference server."""
import unittest

from client_cases import ClientCases, tls_options
from harness import find, main, space, start_peer


class Nghttpd(ClientCases, unittest.TestCase):
    uses_backend = False
    headers_path = None
    echo_path = "/one"
    second = None

    @classmethod
    def start(cls):
        common = [find("nghttpd"), "-v", "-a", "127.0.0.1", "-d", space().www, "--echo-upload",
                  "--trailer", "x-trailer: at the end"]
        cls.process, (port,) = start_peer(
            "nghttpd-tls", lambda port: [*common, str(port), space().key, space().cert], ports=1)
        cls.tls = f"https://127.0.0.1:{port}"
        cls.second, (port,) = start_peer(
            "nghttpd", lambda port: [*common, "--no-tls", str(port)], ports=1)
        cls.clear = f"http://127.0.0.1:{port}"

    @classmethod
    def tearDownClass(cls):
        if cls.second is not None:
            cls.second.stop()
        super().tearDownClass()

    def test_trailers_are_shown(self):
        for base, options in self.each_base():
            text = self.fetch(0, "-nv", *options, f"{base}/one").text
            self.assertIn("x-trailer: at the end", text)

    def test_trailers_of_the_client_arrive(self):
        for base, options in self.each_base():
            self.fetch(0, *options, "-d", space().join("www", "one"), "--trailer", "x-sum: 17",
                       base + self.echo_path)
        self.assertIn("x-sum: 17", self.process.log())
        self.assertIn("x-sum: 17", self.second.log())

    def test_priorities_of_rfc_7540_arrive(self):
        self.fetch(0, "-n", "--weight", "7", "--dependency", "0", "--dependency", "1,exclusive",
                   *[f"{self.clear}/frame"] * 2)
        log = self.second.log()
        self.assertIn("(padlen=0, dep_stream_id=0, weight=7, exclusive=0)", log)
        self.assertIn("(padlen=0, dep_stream_id=1, weight=16, exclusive=1)", log)

    def test_pushes_are_taken_and_told(self):
        process, (port,) = start_peer("nghttpd-push", lambda port: [
            find("nghttpd"), "-a", "127.0.0.1", "-d", space().www, "-p", "/one=/frame,/big",
            str(port), space().key, space().cert], ports=1)
        try:
            base = f"https://127.0.0.1:{port}"
            result = self.fetch(0, *tls_options(), "-s", f"{base}/one")
            for path, stream in ("frame", 2), ("big", 4):
                self.assertRegex(result.text, rf"(?m)^ +{stream}\* .* 200 .*/{path}$")
            result = self.fetch(0, *tls_options(), "-nv", "--no-push", f"{base}/one")
            self.assertNotIn("recv PUSH_PROMISE", result.text)
        finally:
            process.stop()

    def test_padding_and_small_windows_of_the_server(self):
        process, (port,) = start_peer("nghttpd-odd", lambda port: [
            find("nghttpd"), "-a", "127.0.0.1", "-d", space().www, "-b", "200", "-w", "10",
            "-m", "3", "--echo-upload", str(port), space().key, space().cert], ports=1)
        try:
            base = f"https://127.0.0.1:{port}"
            big = space().join("www", "big")
            result = self.fetch(0, *tls_options(), "-d", big, *[f"{base}/one"] * 2)
            self.assertEqual(len(result.out), 2 * 10 * 1024 * 1024)
            self.fetch(0, "-n", *tls_options(), *[f"{base}/big"] * 8)
        finally:
            process.stop()


if __name__ == "__main__":
    main("nghttpd")
