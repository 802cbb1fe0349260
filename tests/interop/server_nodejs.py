# SPDX-License-Identifier: MIT
"""A client on node's HTTP/2 fetches from h2-server."""
import json
import os
import unittest

from harness import FILES, H2Server, digest, find, fixture, main, run, space
from server_cases import ServerCases, make_folder

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


class Extras(unittest.TestCase):
    """What goes with an answer besides its fields and body."""

    def test_pushes_hints_trailers_and_ranges(self):
        server = H2Server("-d", make_folder(), "--push", "/sub/=/one,/frame", "--early-hints",
                          "</one>; rel=preload", "--trailer", "x-end: here")
        script = os.path.join(os.path.dirname(SCRIPT), "nodejs_extras.js")
        seen = json.loads(run([find("node"), script, space().ca, server.url]).out)
        frame = fixture("frame")
        self.assertEqual(seen["pushed"], {"/one": [200, *digest(fixture("one"))],
                                          "/frame": [200, *digest(frame)]})
        self.assertEqual(seen["hints"], ["</one>; rel=preload"])
        self.assertEqual(seen["trailers"], {"/sub/": "here", "/frame": "here"})
        self.assertEqual(seen["range"], [206, *digest(frame[100:200]), "bytes 100-199/16384"])
        server.stop_in_order()

    def test_goaway_lets_running_requests_complete(self):
        server = H2Server("-d", make_folder())
        script = os.path.join(os.path.dirname(SCRIPT), "nodejs_goaway.js")
        result = run([find("node"), script, space().ca, server.url, server.popen.pid])
        self.assertEqual(json.loads(result.out),
                         {"body": list(digest(fixture("big"))), "goaways": [0], "error": None},
                         result)
        self.assertEqual(server.wait(), 0)
        server.stop_in_order()


if __name__ == "__main__":
    main("node")
