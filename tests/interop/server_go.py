# SPDX-License-Identifier: MIT
"""A client on Go's net/http fetches from h2-server, over TLS."""
import os
import unittest

from harness import FILES, digest, find, fixture, main, run, space
from server_cases import ServerCases

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "go_client.go")


class Go(ServerCases, unittest.TestCase):
    options = ("--echo-upload", "--early-hints", "</one>; rel=preload", "--trailer", "x-end: here")
    program = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = space().join("go-client")
        cache = space().make_dir("go-cache")
        built = run([find("go"), "build", "-o", cls.program, SOURCE], seconds=100,
                    env=dict(os.environ, GOCACHE=cache, GO111MODULE="off", GOFLAGS="",
                             HOME=space().make_dir("home")))
        if built.status != 0:
            raise AssertionError(built)

    def fetch(self, source, *paths):
        urls = [self.tls.url + path for path in paths]
        return self.run_ok(self.program, space().ca, source, *urls).text.splitlines()

    def test_files_hints_and_trailers_arrive(self):
        lines = self.fetch("GET", *(f"/{name}" for name in FILES if name != "empty"))
        expected = []
        for name in FILES:
            if name != "empty":
                length, sha256 = digest(fixture(name))
                expected.append(f"HTTP/2.0 200 {length} {sha256} here")
        self.assertEqual(lines, expected)
        self.assertEqual(self.fetch("GET", "/sub/")[0], "hint </one>; rel=preload")

    def test_a_hundred_requests_at_once(self):
        length, sha256 = digest(fixture("frame"))
        self.assertEqual(self.fetch("GET", *["/frame"] * 100),
                         [f"HTTP/2.0 200 {length} {sha256} here"] * 100)

    def test_uploads_come_back(self):
        length, sha256 = digest(fixture("big"))
        self.assertEqual(self.fetch(space().join("www", "big"), *["/one"] * 5),
                         [f"HTTP/2.0 200 {length} {sha256} here"] * 5)


if __name__ == "__main__":
    main("go")
