# SPDX-License-Identifier: MIT
"""h2-client fetches from a small server on node's HTTP/2."""
import os
import unittest

from client_cases import ClientCases
from harness import find, main, space, start_peer

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "nodejs_server.js")


class Nodejs(ClientCases, unittest.TestCase):
    uses_backend = False

    @classmethod
    def start(cls):
        cls.process, (tls, clear) = start_peer("node", lambda tls, clear: [
            find("node"), SCRIPT, space().www, space().key, space().cert, str(tls), str(clear)])
        cls.tls = f"https://127.0.0.1:{tls}"
        cls.clear = f"http://127.0.0.1:{clear}"

    def sessions(self):
        return self.process.log().count("session\n")

    def test_the_server_sees_one_session(self):
        for base, options in self.each_base():
            before = self.sessions()
            self.fetch(0, "-n", *options, *[f"{base}/frame"] * 40)
            self.assertEqual(self.sessions(), before + 1)

    def test_trailers_are_shown(self):
        for base, options in self.each_base():
            text = self.fetch(0, "-nv", *options, f"{base}/one").text
            self.assertIn("x-trailer: at the end", text)

    def test_informational_answer_comes_before_the_final_one(self):
        for base, options in self.each_base():
            text = self.fetch(0, "-v", *options, f"{base}/app/informational").text
            self.assertRegex(text, r"(?s) :status: 103.* link: .* :status: 200.*final")

    def test_field_block_of_several_frames(self):
        for base, options in self.each_base():
            text = self.fetch(0, "-v", *options, f"{base}/app/many-fields").text
            self.assertIn("recv CONTINUATION frame", text)
            self.assertEqual(text.count(" x-field-"), 200)
            self.assertIn("v" * 250, text)

    def test_answer_without_content(self):
        for base, options in self.each_base():
            self.assertEqual(self.fetch(0, *options, f"{base}/app/no-content").out, b"")


if __name__ == "__main__":
    main("node")
