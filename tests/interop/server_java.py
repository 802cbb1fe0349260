# SPDX-License-Identifier: MIT
"""Java's HttpClient fetches from h2-server: in cleartext it comes by an upgrade from HTTP/1.1."""
import os
import unittest

from harness import digest, find, fixture, main, run, space
from server_cases import ServerCases

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "JavaClient.java")


def tool(name):
    """A program of the JDK is kept short: no more memory and threads than the test needs."""
    return [find(name), "-XX:+UseSerialGC", "-Xmx256m", "-XX:TieredStopAtLevel=1"]


class Java(ServerCases, unittest.TestCase):
    def trust(self):
        """The authority of the tests as a file that Java trusts."""
        store = space().join("trust.p12")
        if not os.path.exists(store):
            self.run_ok(find("keytool"), "-importcert", "-noprompt", "-alias", "ca", "-file",
                        space().ca, "-keystore", store, "-storepass", "changeit")
        return [f"-Djavax.net.ssl.trustStore={store}",
                "-Djavax.net.ssl.trustStorePassword=changeit"]

    def test_fifty_requests_on_one_connection(self):
        length, sha256 = digest(fixture("frame"))
        for url in self.urls("/frame"):
            result = run([*tool("java"), *self.trust(), SOURCE, url, 50], seconds=100)
            self.assertEqual(result.text.splitlines(), [f"HTTP_2 200 {length} {sha256}"] * 50,
                             result)


if __name__ == "__main__":
    main("java", "javac", "keytool")
