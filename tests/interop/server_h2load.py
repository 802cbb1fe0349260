# SPDX-License-Identifier: MIT
"""h2load puts load on h2-server: nothing may fail."""
import re
import unittest

from harness import find, main
from server_cases import ServerCases


class H2load(ServerCases, unittest.TestCase):
    options = ("--echo-upload",)

    def load(self, url, requests, clients, streams, *options):
        result = self.run_ok(find("h2load"), "-n", requests, "-c", clients, "-m", streams,
                             *options, url, seconds=100)
        totals = re.search(r"requests: (\d+) total, \d+ started, (\d+) done, (\d+) succeeded, "
                           r"(\d+) failed, (\d+) errored, (\d+) timeout", result.text)
        self.assertIsNotNone(totals, result)
        count = str(requests)
        self.assertEqual(totals.groups(), (count, count, count, "0", "0", "0"), result)
        self.assertIn(f"status codes: {count} 2xx, 0 3xx, 0 4xx, 0 5xx", result.text)

    def test_small_answers_on_ten_connections(self):
        for url in self.urls("/one"):
            self.load(url, 10000, 10, 100)

    def test_many_connections(self):
        for url in self.urls("/frame"):
            self.load(url, 1000, 200, 1)

    def test_large_answers_in_small_windows(self):
        for url in self.urls("/big"):
            self.load(url, 8, 2, 4, "-w", "14", "-W", "16")


if __name__ == "__main__":
    main("h2load")
