# SPDX-License-Identifier: MIT
"""A client on node's HTTP/2 fetches from h2-server."""
import os
import unittest

from harness import FILES, digest, find, fixture, main, space
from server_cases import ServerCases

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "nodejs_client.js")


class Nodejs(ServerCases, unittest.TestCase):
    options = ("--echo-upload",)

    def node(self, *arguments):
        """Lines "STATUS LENGTH SHA256", one a request."""
        result = self.run_ok(find("node"), SCRIPT, space().ca, *arguments)
        lines = [line.split() for line in result.text.splitlines()]
        return [(int(status), int(length), sha256) for status, length, sha256 in lines]

    def test_files_arrive_unchanged(self):
        for url in self.urls():
            answers = self.node(url, "GET", *(f"/{name}" for name in FILES), "/absent")
            self.assertEqual(answers[:-1], [(200, *digest(fixture(name))) for name in FILES])
            self.assertEqual(answers[-1][0], 404)

    def test_eighty_requests_at_once(self):
        for url in self.urls():
            answers = self.node(url, "GET", *["/frame"] * 80)
            self.assertEqual(answers, [(200, *digest(fixture("frame")))] * 80)

    def test_upload_comes_back(self):
        for url in self.urls():
            for name in ("one", "big"):
                answers = self.node(url, space().join("www", name), "/one")
                self.assertEqual(answers, [(200, *digest(fixture(name)))])


if __name__ == "__main__":
    main("node")
