#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What h2-server makes of files, with curl as its client: server_files_test.py PATH_OF_H2_SERVER.

On loopback only, on ports the system chooses. Exit status 77: skipped.
"""
import email.parser
import email.policy
import gzip
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

from server_harness import LIMIT, Program, Server, curl, main

STORE_SETTLED = 2  # seconds after a change that a file can be kept in memory
OLD = 1_000_000_000  # when the files were changed last: Sun, 09 Sep 2001 01:46:40 GMT
OLD_DATE = "Sun, 09 Sep 2001 01:46:40 GMT"
EARLIER = "Sun, 09 Sep 2001 01:46:39 GMT"
LATER = "Sun, 09 Sep 2001 01:46:41 GMT"


def write(path, content, modified=OLD):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.utime(path, (modified, modified))
    return path


class Files(unittest.TestCase):
    """A folder and a server of its own for each class, with the options of the class."""
    options = ()

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.www = pathlib.Path(cls.temporary.name) / "www"
        cls.www.mkdir()
        cls.fill()
        cls.server = Server("--no-tls", "-d", str(cls.www), *cls.options)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None, None, None)
        cls.temporary.cleanup()

    @classmethod
    def fill(cls):
        pass

    def get(self, path, *fields, options=()):
        """(status, fields, body); fields are given as "name: value"."""
        lines = [option for field in fields for option in ("-H", field)]
        return curl(self.server.url + path, *lines, *options)


def parts_of(fields, body):
    """The parts of a multipart/byteranges body as [(content-range, octets)]."""
    head = f"Content-Type: {fields['content-type']}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    return [(part["content-range"], part.get_payload(decode=True)) for part in message.iter_parts()]


class Ranges(Files):
    """rfc: 9110#14.2, 9110#15.3.7.1, 9110#15.3.7.2"""

    @classmethod
    def fill(cls):
        cls.small = bytes(range(256)) * 4
        cls.big = os.urandom(1_000_000)
        write(cls.www / "small.bin", cls.small)
        write(cls.www / "big.bin", cls.big)
        write(cls.www / "empty.bin", b"")

    def test_one_range(self):
        for name, octets in [("small.bin", self.small), ("big.bin", self.big)]:
            size = len(octets)
            for asked, first, end in [("0-0", 0, 1), ("5-99", 5, 100), (f"{size - 1}-", size - 1, size),
                                      ("-10", size - 10, size), ("100-99999999", 100, size)]:
                status, fields, body = self.get(name, f"range: bytes={asked}")
                self.assertEqual((status, body), (206, octets[first:end]), asked)
                self.assertEqual(fields["content-range"], f"bytes {first}-{end - 1}/{size}")
                self.assertEqual(fields["content-length"], str(end - first))
                self.assertEqual(fields["content-type"], "application/octet-stream")
                self.assertIn("etag", fields)

    def test_several_ranges(self):
        for name, octets in [("small.bin", self.small), ("big.bin", self.big)]:
            size = len(octets)
            status, fields, body = self.get(name, "range: bytes=0-0,100-199, -3")
            self.assertEqual(status, 206)
            self.assertEqual(fields["content-length"], str(len(body)))
            self.assertRegex(fields["content-type"], r"^multipart/byteranges; boundary=[0-9a-f]+$")
            self.assertNotIn("content-range", fields)
            self.assertEqual(parts_of(fields, body), [
                (f"bytes 0-0/{size}", octets[:1]), (f"bytes 100-199/{size}", octets[100:200]),
                (f"bytes {size - 3}-{size - 1}/{size}", octets[-3:])])

    def test_boundaries_do_not_repeat(self):
        types = {self.get("small.bin", "range: bytes=0-0,9-9")[1]["content-type"] for _ in range(5)}
        self.assertEqual(len(types), 5)

    def test_unsatisfiable(self):
        for name, size in [("small.bin", 1024), ("empty.bin", 0)]:
            status, fields, _ = self.get(name, f"range: bytes={size}-")
            self.assertEqual((status, fields["content-range"]), (416, f"bytes */{size}"))

    def test_what_is_malformed_or_too_much_gives_the_whole(self):
        for asked in ("bytes=x", "lines=0-1", "bytes=5-4", "bytes=0-9,0-9,0-9,0-9",
                      "bytes=0-1023,0-0", "bytes=" + ",".join(f"{n}-{n}" for n in range(17))):
            status, fields, body = self.get("small.bin", f"range: {asked}")
            self.assertEqual((status, body), (200, self.small), asked)
            self.assertEqual(fields["accept-ranges"], "bytes")
        status, _, _ = self.get("small.bin", "range: bytes=" + ",".join(f"{n}-{n}"
                                                                        for n in range(16)))
        self.assertEqual(status, 206)

    def test_head_has_no_range(self):
        status, fields, _ = self.get("small.bin", "range: bytes=0-0", options=["-I"])
        self.assertEqual((status, fields["content-length"]), (200, "1024"))

    def test_if_range(self):
        """rfc: 9110#13.1.5"""
        etag = self.get("small.bin")[1]["etag"]
        for condition, expected in [(etag, 206), ('"other"', 200), ("W/" + etag, 200),
                                    (OLD_DATE, 206), (EARLIER, 200), (LATER, 200)]:
            status, _, _ = self.get("small.bin", "range: bytes=0-0", f"if-range: {condition}")
            self.assertEqual(status, expected, condition)

    def test_download_is_resumed(self):
        out = self.www.parent / "got"
        out.write_bytes(self.big[:300_000])
        subprocess.run(["curl", "-q", "-sSf", "--http2-prior-knowledge", "-C", "-", "-o", str(out),
                        self.server.url + "big.bin"], check=True, timeout=LIMIT)
        self.assertEqual(out.read_bytes(), self.big)

    def test_number_of_ranges_is_an_option(self):
        for most, expected in [("0", [200, 200]), ("1", [206, 200]), ("2", [206, 206])]:
            with Server("--no-tls", "-d", str(self.www), "--max-ranges", most) as server:
                got = [curl(server.url + "small.bin", "-H", f"range: bytes={asked}")[0]
                       for asked in ("0-0", "0-0,5-5")]
                self.assertEqual(got, expected)


class Conditions(Files):
    @classmethod
    def fill(cls):
        write(cls.www / "a.txt", "hello\n")
        write(cls.www / "index.html", "<p>page</p>")

    def test_validators(self):
        _, fields, _ = self.get("a.txt")
        self.assertRegex(fields["etag"], r'^"[0-9a-f-]+"$')
        self.assertEqual(fields["last-modified"], OLD_DATE)
        self.assertEqual(self.get("a.txt", options=["-I"])[1]["etag"], fields["etag"])

    def test_not_modified(self):
        """rfc: 9110#15.4.5"""
        etag = self.get("a.txt")[1]["etag"]
        for condition in (f"if-none-match: {etag}", f'if-none-match: "x", W/{etag}',
                          "if-none-match: *", f"if-modified-since: {OLD_DATE}",
                          f"if-modified-since: {LATER}"):
            for options in [], ["-I"]:
                status, fields, body = self.get("a.txt", condition, options=options)
                self.assertEqual(status, 304, condition)
                self.assertEqual(fields["etag"], etag)
                self.assertIn("date", fields)
                self.assertNotIn("content-type", fields)
                self.assertNotIn("content-length", fields)
                self.assertNotIn(b"hello", body)

    def test_modified(self):
        for condition in ('if-none-match: "x"', f"if-modified-since: {EARLIER}",
                          "if-modified-since: nonsense"):
            self.assertEqual(self.get("a.txt", condition)[0], 200, condition)

    def test_failed(self):
        for condition in ('if-match: "x"', f"if-unmodified-since: {EARLIER}"):
            status, _, body = self.get("a.txt", condition)
            self.assertEqual(status, 412)
            self.assertIn(b"Precondition Failed", body)
            self.assertEqual(self.get("a.txt", condition, options=["-d", "upload"])[0], 412)
            # What is not there is not there, whatever the conditions.
            self.assertEqual(self.get("none", condition)[0], 404)

    def test_met(self):
        etag = self.get("a.txt")[1]["etag"]
        for condition in (f"if-match: {etag}", "if-match: *", f"if-unmodified-since: {OLD_DATE}"):
            self.assertEqual(self.get("a.txt", condition)[0], 200, condition)

    def test_order(self):
        """rfc: 9110#13.2.2"""
        etag = self.get("a.txt")[1]["etag"]
        for conditions, expected in [
                ([f"if-match: {etag}", f"if-unmodified-since: {EARLIER}"], 200),
                ([f"if-none-match: {etag}", 'if-match: "x"'], 412),
                (['if-none-match: "x"', f"if-modified-since: {LATER}"], 200),
                ([f"if-none-match: {etag}", "range: bytes=0-0"], 304),
                (['if-match: "x"', "range: bytes=9999-"], 412)]:
            self.assertEqual(self.get("a.txt", *conditions)[0], expected, conditions)

    def test_index_page_has_conditions_too(self):
        etag = self.get("")[1]["etag"]
        self.assertEqual(self.get("", f"if-none-match: {etag}")[0], 304)


class Folders(Files):
    options = ("--list", "--index", "main.html", "--index", "other.html")

    @classmethod
    def fill(cls):
        write(cls.www / "first" / "main.html", "main")
        write(cls.www / "first" / "other.html", "other")
        write(cls.www / "second" / "other.html", "other")
        write(cls.www / "third" / "index.html", "index")
        write(cls.www / "third" / "<b>&.txt", "x")
        write(cls.www / "third" / ".hidden", "x")
        (cls.www / "folder.main" / "main.html").mkdir(parents=True)

    def test_first_index_name_that_is_there(self):
        self.assertEqual(self.get("first/")[2], b"main")
        self.assertEqual(self.get("second/")[2], b"other")

    def test_listing(self):
        status, fields, body = self.get("third/")
        self.assertEqual((status, fields["content-type"]), (200, "text/html; charset=utf-8"))
        self.assertEqual(fields["content-length"], str(len(body)))
        self.assertEqual(fields["x-content-type-options"], "nosniff")
        text = body.decode()
        self.assertIn('<a href="./index.html">index.html</a>', text)
        self.assertIn('<a href="./%3Cb%3E%26.txt">&lt;b&gt;&amp;.txt</a>', text)
        self.assertNotIn("hidden", text)
        self.assertEqual(self.get("third/%3Cb%3E%26.txt")[2], b"x")
        head = self.get("third/", options=["-I"])
        self.assertEqual((head[0], head[1]["content-length"]), (200, str(len(body))))
        self.assertIn("first/", self.get("")[2].decode())
        # A folder of that name is no index file.
        self.assertIn('href="./main.html/"', self.get("folder.main/")[2].decode())

    def test_without_the_option_nothing_is_listed(self):
        with Server("--no-tls", "-d", str(self.www)) as server:
            self.assertEqual(curl(server.url + "third/")[2], b"index")
            self.assertEqual(curl(server.url + "first/")[0], 404)


class Precompressed(Files):
    options = ("--precompressed",)

    @classmethod
    def fill(cls):
        write(cls.www / "a.css", "plain")
        write(cls.www / "a.css.gz", "gzipped")
        write(cls.www / "a.css.br", "brotli")
        write(cls.www / "a.css.zst", "zstandard", OLD + 5)
        write(cls.www / "only.js.gz", "x")
        write(cls.www / "b.css", "plain", OLD + 1)
        write(cls.www / "b.css.gz", "older")
        write(cls.www / "sub" / "index.html", "plain")
        write(cls.www / "sub" / "index.html.br", "brotli")

    def test_best_accepted_coding(self):
        for accepted, coding, body in [
                ("gzip", "gzip", b"gzipped"), ("br", "br", b"brotli"), ("zstd", "zstd", b"zstandard"),
                ("gzip, deflate, br, zstd", "br", b"brotli"), ("gzip;q=0.9, br;q=0.5", "gzip", b"gzipped"),
                ("br;q=0, *", "zstd", b"zstandard"), ("identity", None, b"plain"),
                ("identity, gzip;q=0.5", None, b"plain"), ("deflate", None, b"plain")]:
            status, fields, got = self.get("a.css", f"accept-encoding: {accepted}")
            self.assertEqual((status, fields.get("content-encoding"), got), (200, coding, body))
            self.assertEqual(fields["content-type"], "text/css; charset=utf-8")
            self.assertEqual(fields["vary"], "accept-encoding")
        self.assertEqual(self.get("a.css")[2], b"plain")
        self.assertEqual(self.get("sub/", "accept-encoding: br")[2], b"brotli")

    def test_nothing_acceptable(self):
        self.assertEqual(self.get("b.css", "accept-encoding: identity;q=0, br")[0], 406)

    def test_older_one_does_not_count(self):
        self.assertEqual(self.get("b.css", "accept-encoding: gzip")[2], b"plain")

    def test_file_itself_must_be_there(self):
        self.assertEqual(self.get("only.js", "accept-encoding: gzip")[0], 404)
        _, fields, _ = self.get("only.js.gz", "accept-encoding: gzip")
        self.assertNotIn("content-encoding", fields)

    def test_each_coding_has_its_validators_and_ranges(self):
        etags = {}
        for coding in ("identity", "gzip", "br", "zstd"):
            accept = f"accept-encoding: {coding}"
            etags[coding] = self.get("a.css", accept)[1]["etag"]
            status, fields, _ = self.get("a.css", accept, f"if-none-match: {etags[coding]}")
            self.assertEqual((status, fields["vary"]), (304, "accept-encoding"))
        self.assertEqual(len(set(etags.values())), 4)
        status, fields, body = self.get("a.css", "accept-encoding: gzip", "range: bytes=0-3",
                                        f"if-range: {etags['gzip']}")
        self.assertEqual((status, fields["content-encoding"], body), (206, "gzip", b"gzip"))
        self.assertEqual(fields["content-range"], "bytes 0-3/7")

    def test_without_the_option_they_are_files_like_others(self):
        with Server("--no-tls", "-d", str(self.www)) as server:
            _, fields, body = curl(server.url + "a.css", "-H", "accept-encoding: gzip, br")
            self.assertEqual(body, b"plain")
            self.assertNotIn("vary", fields)


class Compression(Files):
    options = ("--gzip", "6", "--gzip-max", "400k")

    @classmethod
    def fill(cls):
        cls.line = b"a line of text, which is quite like the others\n"
        write(cls.www / "small.txt", cls.line * 40)
        write(cls.www / "large.txt", cls.line * 8000)
        write(cls.www / "too-large.txt", cls.line * 9000)
        write(cls.www / "tiny.txt", "tiny")
        write(cls.www / "picture.png", cls.line * 40)

    def test_text_is_compressed_for_who_accepts_it(self):
        for name in ("small.txt", "large.txt"):
            plain = (self.www / name).read_bytes()
            for _ in range(2):
                status, fields, body = self.get(name, "accept-encoding: gzip")
                self.assertEqual((status, fields["content-encoding"]), (200, "gzip"))
                self.assertEqual(gzip.decompress(body), plain)
                self.assertLess(len(body), len(plain) / 5)
                self.assertEqual(fields["vary"], "accept-encoding")
                self.assertEqual(fields["content-type"], "text/plain; charset=utf-8")
            status, fields, body = self.get(name)
            self.assertEqual((status, body), (200, plain))
            self.assertNotIn("content-encoding", fields)
            self.assertEqual(fields["vary"], "accept-encoding")

    def test_what_is_no_text_or_too_small_or_large_is_not(self):
        for name in ("too-large.txt", "tiny.txt", "picture.png"):
            _, fields, body = self.get(name, "accept-encoding: gzip")
            self.assertNotIn("content-encoding", fields)
            self.assertNotIn("vary", fields)
            self.assertEqual(body, (self.www / name).read_bytes())

    def test_sizes_are_options(self):
        with Server("--no-tls", "-d", str(self.www), "--gzip", "1", "--gzip-min", "4") as server:
            for name in ("too-large.txt", "tiny.txt"):
                _, fields, body = curl(server.url + name, "-H", "accept-encoding: gzip")
                self.assertEqual(fields["content-encoding"], "gzip")
                self.assertEqual(gzip.decompress(body), (self.www / name).read_bytes())
        with Server("--no-tls", "-d", str(self.www)) as server:
            self.assertNotIn("content-encoding",
                             curl(server.url + "small.txt", "-H", "accept-encoding: gzip")[1])

    def test_level_changes_the_size(self):
        sizes = []
        for level in ("1", "9"):
            with Server("--no-tls", "-d", str(self.www), "--gzip", level) as server:
                sizes.append(len(curl(server.url + "large.txt", "-H", "accept-encoding: gzip")[2]))
        self.assertLess(sizes[1], sizes[0])

    def test_ranges_are_of_the_file_itself(self):
        for name in ("small.txt", "large.txt"):
            status, fields, body = self.get(name, "accept-encoding: gzip", "range: bytes=2-5")
            self.assertEqual((status, body), (206, b"line"))
            self.assertNotIn("content-encoding", fields)
            self.assertEqual(fields["vary"], "accept-encoding")

    def test_tag_is_weak_and_another(self):
        for name in ("small.txt", "large.txt"):
            plain = self.get(name)[1]["etag"]
            for _ in range(2):
                etag = self.get(name, "accept-encoding: gzip")[1]["etag"]
                self.assertTrue(etag.startswith('W/"'))
                self.assertNotEqual(etag, "W/" + plain)
                accept = "accept-encoding: gzip"
                self.assertEqual(self.get(name, accept, f"if-none-match: {etag}")[0], 304)
                self.assertEqual(self.get(name, accept, f"if-none-match: {plain}")[0], 200)
                self.assertEqual(self.get(name, accept, f"if-match: {etag}")[0], 412)

    def test_head_says_what_get_would(self):
        for name in ("small.txt", "large.txt"):
            _, get, _ = self.get(name, "accept-encoding: gzip")
            _, head, body = self.get(name, "accept-encoding: gzip", options=["-I"])
            self.assertEqual({**get, "date": ""}, {**head, "date": ""})

    def test_many_at_a_time(self):
        # Over TLS: in cleartext curl 7.88 cannot send a second request on a connection.
        outputs = [str(self.www.parent / f"out-{number}") for number in range(100)]
        with Server("-d", str(self.www), *self.options) as server:
            urls = [option for out in outputs for option in ("-o", out, server.url + "large.txt")]
            subprocess.run(["curl", "-q", "-sSfkZ", "--parallel-max", "100", "--compressed", *urls],
                           check=True, timeout=LIMIT * 2)
        for out in outputs:
            self.assertEqual(pathlib.Path(out).read_bytes(), self.line * 8000)


class Types(Files):
    @classmethod
    def fill(cls):
        for name in ("a.html", "a.one", "a.txt", "a.none"):
            write(cls.www / name, "x")

    def test_types_from_a_file(self):
        types = write(self.www.parent / "mime.types", "# types\napplication/x-one one\ntext/x-txt txt\n")
        with Server("--no-tls", "-d", str(self.www), "--mime-types-file", str(types)) as server:
            for name, expected in [("a.one", "application/x-one"), ("a.txt", "text/x-txt; charset=utf-8"),
                                   ("a.html", "text/html; charset=utf-8"),
                                   ("a.none", "application/octet-stream")]:
                self.assertEqual(curl(server.url + name)[1]["content-type"], expected)
        self.assertEqual(self.get("a.one")[1]["content-type"], "application/octet-stream")
        self.assertEqual(self.get("a.txt")[1]["content-type"], "text/plain; charset=utf-8")

    def test_nosniff(self):
        self.assertNotIn("x-content-type-options", self.get("a.html")[1])
        with Server("--no-tls", "-d", str(self.www), "--nosniff") as server:
            for name in ("a.html", "none"):
                self.assertEqual(curl(server.url + name)[1]["x-content-type-options"], "nosniff")


class Cache(Files):
    def test_change_is_seen_at_once(self):
        path = write(self.www / "a.txt", "first")
        self.assertEqual([self.get("a.txt")[2] for _ in range(3)], [b"first"] * 3)
        write(path, "other", OLD + 1)
        self.assertEqual(self.get("a.txt")[2], b"other")
        path.write_text("fresh")
        self.assertEqual(self.get("a.txt")[2], b"fresh")
        path.unlink()
        self.assertEqual(self.get("a.txt")[0], 404)

    def read_for_twenty_requests(self, *options):
        """How many octets the server read from files for them."""
        with Server("--no-tls", "-d", str(self.www), *options) as server:
            counts = pathlib.Path(f"/proc/{server.process.pid}/io")
            before = int(re.search(r"rchar: (\d+)", counts.read_text()).group(1))
            for _ in range(20):
                self.assertEqual(len(curl(server.url + "b.bin")[2]), 50_000)
            return int(re.search(r"rchar: (\d+)", counts.read_text()).group(1)) - before

    def test_small_file_is_read_once(self):
        write(self.www / "b.bin", os.urandom(50_000))
        time.sleep(STORE_SETTLED + 0.1)
        try:
            self.assertLess(self.read_for_twenty_requests(), 100_000)
        except FileNotFoundError as missing:
            self.skipTest(str(missing))
        for options in ["--cache", "0"], ["--cache", "40k"], ["--cache-file", "40k"]:
            self.assertGreaterEqual(self.read_for_twenty_requests(*options), 1_000_000, options)
        self.assertLess(self.read_for_twenty_requests("--cache", "60k", "--cache-file", "49k"),
                        100_000)


class Links(Files):
    @classmethod
    def fill(cls):
        write(cls.www.parent / "secret.txt", "secret")
        write(cls.www / "a.txt", "inside")
        (cls.www / "in").symlink_to("a.txt")
        (cls.www / "out").symlink_to("../secret.txt")
        (cls.www / "up").symlink_to("..")
        os.mkfifo(cls.www / "pipe")

    def test_no_link_is_followed(self):
        for name in ("in", "out", "up/secret.txt", "pipe"):
            self.assertEqual(self.get(name)[0], 404, name)

    def test_links_inside_are_followed_when_asked_for(self):
        with Server("--no-tls", "-d", str(self.www), "--follow-links") as server:
            for _ in range(2):
                self.assertEqual(curl(server.url + "in")[2], b"inside")
            for name in ("out", "up/secret.txt", "up/www/a.txt", "pipe"):
                self.assertEqual(curl(server.url + name)[0], 404, name)


class Errors(Files):
    options = ("-e",)

    def test_page_is_compressed_for_who_accepts_it(self):
        status, fields, body = self.get("none", "accept-encoding: gzip")
        self.assertEqual((status, fields["content-encoding"]), (404, "gzip"))
        self.assertEqual(fields["content-length"], str(len(body)))
        self.assertIn(b"404 Not Found", gzip.decompress(body))
        status, fields, body = self.get("none")
        self.assertIn(b"404 Not Found", body)
        self.assertEqual(fields["vary"], "accept-encoding")
        with Server("--no-tls", "-d", str(self.www)) as server:
            _, fields, body = curl(server.url + "none", "-H", "accept-encoding: gzip")
            self.assertIn(b"404 Not Found", body)
            self.assertNotIn("vary", fields)


class Endpoints(Files):
    options = ("--test-endpoints",)

    @classmethod
    def fill(cls):
        write(cls.www / "echo", "a file")

    def test_bytes(self):
        _, fields, body = self.get("bytes/100003")
        self.assertEqual(body, (b"0123456789abcdef" * 6251)[:100_003])
        self.assertEqual(fields["content-length"], "100003")
        self.assertEqual(self.get("bytes/0")[2], b"")
        self.assertEqual(self.get("bytes/5", options=["-I"])[1]["content-length"], "5")
        self.assertEqual(self.get("bytes/1073741825")[0], 400)

    def test_status(self):
        for status in (200, 204, 205, 304, 404, 418, 599):
            self.assertEqual(self.get(f"status/{status}")[0], status)
        self.assertIn(b"429 Too Many Requests", self.get("status/429")[2])
        self.assertEqual(self.get("status/100")[0], 400)

    def test_echo(self):
        _, fields, body = self.get("echo", "x-mine: <b>")
        self.assertEqual(fields["content-type"], "text/plain; charset=utf-8")
        self.assertIn(b":method: GET\n", body)
        self.assertIn(b"x-mine: <b>\n", body)
        octets = os.urandom(300_000)
        _, _, body = curl(self.server.url + "echo", "--data-binary", "@-", body=octets)
        self.assertEqual(body, octets)
        # Elsewhere an upload is taken and dropped.
        self.assertEqual(curl(self.server.url + "status/404", "--data-binary", "@-",
                              body=octets)[0], 404)

    def test_without_the_option_they_are_files(self):
        with Server("--no-tls", "-d", str(self.www)) as server:
            self.assertEqual(curl(server.url + "echo")[2], b"a file")
            self.assertEqual(curl(server.url + "status/200")[0], 404)


@unittest.skipIf(shutil.which("nghttp") is None, "nghttp is not installed")
class Extras(Files):
    link = "</style.css>; rel=preload; as=style"
    options = ("--early-hints", link, "--trailer", "X-Sum: 123", "--trailer", "x-more: 4")

    @classmethod
    def fill(cls):
        write(cls.www / "index.html", "<p>page</p>")
        write(cls.www / "a.txt", "text")

    def log(self, path, *options):
        run = subprocess.run(["nghttp", "-nv", *options, self.server.url + path],
                             capture_output=True, text=True, timeout=LIMIT)
        return re.findall(r"recv \(stream_id=\d+\) (\S+: .*)", run.stdout)

    def test_page_has_hints_before_and_trailers_behind(self):
        lines = self.log("")
        at = [lines.index(line) for line in (":status: 103", f"link: {self.link}", ":status: 200",
                                             "x-sum: 123", "x-more: 4")]
        self.assertEqual(at, sorted(at))

    def test_what_is_no_page_has_no_hints(self):
        lines = self.log("a.txt")
        self.assertNotIn(":status: 103", lines)
        self.assertEqual(lines[-2:], ["x-sum: 123", "x-more: 4"])
        self.assertNotIn(":status: 103", self.log("none"))

    def test_answer_without_body_has_no_trailers(self):
        lines = self.log("", "-H", ":method: HEAD")
        self.assertNotIn("x-sum: 123", lines)
        self.assertNotIn(":status: 103", lines)


@unittest.skipIf(shutil.which("nghttp") is None, "nghttp is not installed")
class Pushes(Files):
    options = ("--push", "/=/style.css,/none", "-p", "/index.html=/sub/")

    @classmethod
    def fill(cls):
        for name in ("index.html", "style.css", "sub/index.html", "other.html"):
            write(cls.www / name, f"content of {name}")

    def pushed(self, path, *options):
        """What was promised, with the status and the body's length of each."""
        run = subprocess.run(["nghttp", "-nv", *options, self.server.url + path],
                             capture_output=True, text=True, timeout=LIMIT)
        text = run.stdout
        promised = re.findall(r"recv \(stream_id=(\d+)\) :path: (\S+)", text)
        self.assertEqual(len(promised), text.count("recv PUSH_PROMISE frame"))
        answers = []
        for path_of in promised:
            ids = re.findall(r"promised_stream_id=(\d+)", text)
            stream = ids[promised.index(path_of)]
            status = re.search(rf"recv \(stream_id={stream}\) :status: (\d+)", text).group(1)
            answers.append((path_of[1], int(status)))
        return answers

    def test_what_goes_with_a_path_is_pushed(self):
        self.assertEqual(self.pushed(""), [("/style.css", 200), ("/none", 404)])
        self.assertEqual(self.pushed("?query"), [("/style.css", 200), ("/none", 404)])
        self.assertEqual(self.pushed("index.html"), [("/sub/", 200)])
        self.assertEqual(self.pushed("other.html"), [])

    def test_client_that_wants_none_gets_none(self):
        self.assertEqual(self.pushed("", "--no-push"), [])
        self.assertEqual(self.get("")[2], b"content of index.html")


class CommandLine(unittest.TestCase):
    def test_wrong_values_are_told(self):
        for arguments, status, text in [
                (["--index", "a/b"], 1, "a/b"), (["--index", ".."], 1, ".."), (["--gzip", "10"], 1, "--gzip"),
                (["--max-ranges", "65"], 1, "64"), (["--cache", "1x"], 1, "a size such as"),
                (["--cache-file", "17m"], 1, "16777216 octets"),
                (["--trailer", "date: x"], 1, "--trailer"), (["-p", "/a"], 1, "--push"), (["--early-hints", ""], 1, "--early-hints"),
                (["-d", ".", "--mime-types-file", "/nonexistent"], 5, "/nonexistent")]:
            run = subprocess.run([Program.path, *arguments], capture_output=True, text=True,
                                 timeout=LIMIT)
            self.assertEqual(run.returncode, status, arguments)
            self.assertIn(text, run.stderr)

    def test_help_has_every_option(self):
        run = subprocess.run([Program.path, "--help"], capture_output=True, text=True, timeout=LIMIT)
        for name in ("index", "list", "follow-links", "mime-types-file", "nosniff", "max-ranges", "cache",
                     "cache-file", "precompressed", "gzip", "gzip-min", "gzip-max", "error-gzip",
                     "early-hints", "trailer", "push", "test-endpoints"):
            self.assertTrue(re.search(rf"^ .*--{name}\b", run.stdout, re.M), name)


if __name__ == "__main__":
    main()
