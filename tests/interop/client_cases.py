# SPDX-License-Identifier: MIT
"""What h2-client must do with every server; a peer's file says how that server is started.

A peer's class derives from ClientCases and unittest.TestCase and sets, in start(): `process`, and
the bases `tls` and `clear` ("https://127.0.0.1:PORT", None where the server has no such port).
The files of the workspace are at /, what harness.Backend describes is at `echo_path` and
`headers_path`; None where a server cannot do that.
"""
import re

from harness import FILES, Backend, client, content, digest, fixture, space, wait_until

# A SETTINGS frame that is no acknowledgement; a server sends one a connection.
SETTINGS_RECEIVED = re.compile(r"recv SETTINGS frame <length=\d+, flags=0x00")


def tls_options():
    return ("--cacert", space().ca)


class ClientCases:
    backend = None
    process = None
    tls = None
    clear = None
    echo_path = "/app/echo"
    headers_path = "/app/headers"
    uses_backend = True
    takes_unknown_length = True
    upgrades = False  # from HTTP/1.1 to h2c
    upgrades_options = True  # also by "OPTIONS *"

    @classmethod
    def setUpClass(cls):
        try:
            if cls.uses_backend:
                cls.backend = Backend()
            cls.start()
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def tearDownClass(cls):
        if cls.process is not None:
            cls.process.stop()
        if cls.backend is not None:
            cls.backend.stop()

    def each_base(self):
        """(base, options) of TLS and of cleartext."""
        bases = ((self.tls, tls_options()), (self.clear, ()))
        return [(base, options) for base, options in bases if base is not None]

    def fetch(self, status, *arguments, **options):
        result = client(*arguments, **options)
        self.assertEqual(result.status, status, result)
        return result

    def test_body_arrives_unchanged_in_a_file(self):
        for base, options in self.each_base():
            for name in FILES:
                path = space().join("received")
                result = self.fetch(0, *options, "-o", path, f"{base}/{name}")
                self.assertEqual(digest(content(path)), digest(fixture(name)), result)
                self.assertEqual(result.out, b"")

    def test_body_arrives_unchanged_on_stdout(self):
        for base, options in self.each_base():
            for name in FILES:
                result = self.fetch(0, *options, f"{base}/{name}")
                self.assertEqual(digest(result.out), digest(fixture(name)), name)

    def test_bodies_of_several_uris_come_in_order(self):
        names = ("frame", "one", "empty", "big", "one", "frame")
        for base, options in self.each_base():
            result = self.fetch(0, *options, *(f"{base}/{name}" for name in names))
            self.assertEqual(digest(result.out), digest(b"".join(map(fixture, names))))

    def test_many_uris_share_one_connection(self):
        for base, options in self.each_base():
            result = self.fetch(0, "-nv", *options, *[f"{base}/frame"] * 40)
            self.assertEqual(len(SETTINGS_RECEIVED.findall(result.text)), 1, result)
            self.assertEqual(result.text.count(" :status: 200"), 40, result)
            self.check_one_connection(40)

    def check_one_connection(self, requests):
        """A peer whose log tells connections apart looks there."""

    def test_status_decides_only_with_fail(self):
        for base, options in self.each_base():
            self.fetch(0, "-n", *options, f"{base}/absent")
            result = self.fetch(22, "--fail", *options, f"{base}/absent")
            self.assertEqual(result.out, b"")
            self.fetch(0, "-n", "--fail", *options, f"{base}/one")

    def test_verbose_shows_frames_and_fields(self):
        for base, options in self.each_base():
            text = self.fetch(0, "-nv", *options, f"{base}/one").text
            for line in (r"send SETTINGS frame", r"recv SETTINGS frame", r"send HEADERS frame",
                         r":method: GET", r":path: /one", r" :status: 200",
                         r"recv HEADERS frame <length=\d+, flags=0x[0-9a-f]+, stream_id=1>",
                         r"recv DATA frame <length=\d+, flags=0x[0-9a-f]+, stream_id=1>"):
                self.assertRegex(text, line)

    def test_certificate_is_verified_unless_told_otherwise(self):
        if self.tls is None:
            self.skipTest("no TLS")
        result = self.fetch(3, f"{self.tls}/one")
        self.assertIn("certificate", result.err.lower())
        self.assertEqual(result.out, b"")
        self.assertEqual(self.fetch(0, "-k", f"{self.tls}/one").out, fixture("one"))

    def test_upload_arrives_unchanged(self):
        if self.echo_path is None:
            self.skipTest("this server cannot echo")
        for base, options in self.each_base():
            for name in ("empty", "one", "big"):
                result = self.fetch(0, *options, "--fail", "-d", space().join("www", name),
                                    base + self.echo_path)
                self.assertEqual(digest(result.out), digest(fixture(name)), name)

    def test_upload_of_unknown_length_arrives_unchanged(self):
        if self.echo_path is None or not self.takes_unknown_length:
            self.skipTest("this server wants a content-length")
        for base, options in self.each_base():
            for name in ("empty", "one", "big"):
                result = self.fetch(0, *options, "--fail", "-d", "-", base + self.echo_path,
                                    stdin=fixture(name))
                self.assertEqual(digest(result.out), digest(fixture(name)), name)

    def test_upgrade_from_http1(self):
        if not self.upgrades:
            self.skipTest("this server does not upgrade to h2c")
        result = self.fetch(0, "-uv", "-o", space().join("received"), f"{self.clear}/one",
                            f"{self.clear}/frame")
        self.assertIn("] HTTP Upgrade success\n", result.text)
        self.assertEqual(result.text.count(" :status: 200"), 2, result)
        self.assertEqual(content(space().join("received")), fixture("one") + fixture("frame"))

    def test_upgrade_before_an_upload(self):
        if not (self.upgrades and self.upgrades_options) or self.echo_path is None:
            self.skipTest("this server does not upgrade OPTIONS to h2c, or cannot echo")
        runs = []

        def is_processed():
            runs.append(client("-u", "--fail", "-d", space().join("www", "frame"),
                               self.clear + self.echo_path))
            return "not processed" not in runs[-1].err

        # apache2 takes the connection for idle when it has not read by then what follows OPTIONS, and
        # says that it did not process that. On a busy machine this comes often.
        wait_until(is_processed, 60, "an upload that is processed")
        self.assertEqual(runs[-1].status, 0, runs[-1])
        self.assertEqual(digest(runs[-1].out), digest(fixture("frame")))

    def test_own_fields_reach_the_server(self):
        if self.headers_path is None:
            self.skipTest("this server cannot show fields")
        for base, options in self.each_base():
            text = self.fetch(0, *options, "-H", "x-one: first value", "-H", "User-Agent: me",
                              base + self.headers_path).text.lower()
            self.assertIn("x-one: first value\n", text)
            self.assertIn("user-agent: me\n", text)
            self.assertEqual(text.count("user-agent:"), 1)
