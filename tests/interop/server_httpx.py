# SPDX-License-Identifier: MIT
"""httpx, as Python programs use HTTP/2, fetches from h2-server."""
import asyncio
import unittest

from harness import digest, fixture, main, space
from server_cases import ServerCases

try:
    import httpx
except ImportError:
    httpx = None  # main() says so


def new_client(maker, url):
    """A client with one connection, which is HTTP/2 from the first octet in cleartext."""
    limits = httpx.Limits(max_connections=1)
    cleartext = url.startswith("http:")
    return maker(http1=not cleartext, http2=True, verify=space().ca, limits=limits, timeout=60)


class Httpx(ServerCases, unittest.TestCase):
    options = ("--echo-upload",)

    def test_a_hundred_requests_at_once(self):
        async def fetch_all(url):
            async with new_client(httpx.AsyncClient, url) as client:
                return await asyncio.gather(*[client.get(url) for _ in range(100)])

        for url in self.urls("/frame"):
            for answer in asyncio.run(fetch_all(url)):
                self.assertEqual((answer.status_code, answer.http_version), (200, "HTTP/2"))
                self.assertEqual(answer.content, fixture("frame"))

    def test_requests_one_after_the_other(self):
        for url in self.urls():
            with new_client(httpx.Client, url) as client:
                for name in ("empty", "one", "frame", "big"):
                    answer = client.get(f"{url}/{name}")
                    self.assertEqual((answer.status_code, answer.http_version), (200, "HTTP/2"))
                    self.assertEqual(digest(answer.content), digest(fixture(name)))
                self.assertEqual(client.head(f"{url}/one").headers["content-length"], "1")
                self.assertEqual(client.get(f"{url}/absent").status_code, 404)

    def test_upload_comes_back(self):
        for url in self.urls("/one"):
            with new_client(httpx.Client, url) as client:
                for name in ("empty", "one", "big"):
                    answer = client.post(url, content=fixture(name))
                    self.assertEqual(answer.status_code, 200)
                    self.assertEqual(digest(answer.content), digest(fixture(name)))


if __name__ == "__main__":
    main(modules=("h2", "httpx"))
