# SPDX-License-Identifier: MIT
"""h2-client fetches from h2-server."""
import unittest

from client_cases import ClientCases
from harness import H2Server, client, fixture, main, space


class Own(ClientCases, unittest.TestCase):
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


if __name__ == "__main__":
    main()
