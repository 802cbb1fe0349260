# SPDX-License-Identifier: MIT
"""curl fetches from h2-server."""
import os
import socket
import subprocess
import unittest

from harness import FILES, H2Server, content, digest, find, fixture, main, run, space, wait_until
from server_cases import PAGE, SECRET, ServerCases, make_folder

OUTSIDE = (
    "/../secret", "/%2e%2e/secret", "/%2E%2E/secret", "/.%2e/secret", "/..%2fsecret",
    "/%2e%2e%2fsecret", "/..%2Fsecret", "/..%5csecret", "/..\\secret", "/sub/../../secret",
    "/sub/%2e%2e/%2e%2e/secret", "/sub/..%2f..%2fsecret", "/./../secret", "//../secret",
    "/%252e%252e/secret", "/%c0%ae%c0%ae/secret", "/one%00/../../secret", "/..%00/secret",
    "/link", "/up/secret", "/up/www/../secret", "/sub/../up/secret", "/..;/secret",
    "/../../../../../../../../etc/passwd", "/%2fetc%2fpasswd", "//etc/passwd",
)


def argv(url, *options):
    """curl, which uses nothing but HTTP/2."""
    version = "--http2" if url.startswith("https") else "--http2-prior-knowledge"
    return (find("curl"), "-q", "-sS", version, "--cacert", space().ca, "--max-time", "60",
            "--path-as-is", *options, url)


def answer_of(url, *options):
    """(status, body, fields) of one request that is known to have used HTTP/2."""
    head = space().join("curl-head")
    result = run(argv(url, "-D", head, "-w", "\n%{http_version} %{http_code}", *options))
    body, _, last = result.out.rpartition(b"\n")
    version, status = last.split()
    if result.status != 0 or version != b"2":
        raise AssertionError(result)
    return int(status), body, content(head).decode().lower()


class Curl(ServerCases, unittest.TestCase):
    options = ("--echo-upload",)

    def test_files_arrive_unchanged(self):
        for name, size in FILES.items():
            for url in self.urls(f"/{name}"):
                status, body, fields = answer_of(url)
                self.assertEqual((status, digest(body)), (200, digest(fixture(name))), url)
                self.assertIn(f"content-length: {size}\r\n", fields)

    def test_head_has_the_fields_and_no_body(self):
        for url in self.urls("/big"):
            status, body, fields = answer_of(url, "-I", "-o", os.devnull)
            self.assertEqual((status, body), (200, b""))
            self.assertIn(f"content-length: {FILES['big']}\r\n", fields)

    def test_folder_and_its_index(self):
        for url in self.urls():
            status, body, fields = answer_of(f"{url}/sub/")
            self.assertEqual((status, body), (200, PAGE))
            self.assertIn("content-type: text/html", fields)
            status, _, fields = answer_of(f"{url}/sub")
            self.assertEqual(status, 301)
            self.assertRegex(fields, r"location: \S*/sub/\r\n")

    def test_query_is_no_part_of_the_name(self):
        for url in self.urls("/one?a=b%2f..&c"):
            self.assertEqual(answer_of(url)[:2], (200, fixture("one")))

    def test_absent_file(self):
        for url in self.urls("/absent"):
            self.assertEqual(answer_of(url)[0], 404)

    def test_nothing_outside_the_folder_is_served(self):
        self.assertEqual(content(space().join("www", "link")), SECRET)
        for path in OUTSIDE:
            for url in self.urls(path):
                status, body, _ = answer_of(url)
                self.assertNotIn(SECRET, body, url)
                self.assertNotIn(b"root:", body, url)
                self.assertIn(status, (400, 403, 404), url)

    def test_upload_comes_back(self):
        for method in ("POST", "PUT"):
            for name in ("one", "big"):
                for url in self.urls("/one"):
                    status, body, _ = answer_of(
                        url, "-X", method, "-H", "expect:", "--data-binary",
                        "@" + space().join("www", name))
                    self.assertEqual((status, digest(body)), (200, digest(fixture(name))), url)

    def test_upload_of_unknown_length_comes_back(self):
        for url in self.urls("/one"):
            result = run(argv(url, "-T", "-", "-X", "POST"), stdin=fixture("big"))
            self.assertEqual(digest(result.out), digest(fixture("big")), result.err)

    def test_parallel_downloads_on_one_connection(self):
        # Over TLS only: in cleartext curl 7.88 fails here with every server.
        url = self.tls.url
        outputs = [space().join(f"parallel-{number}") for number in range(30)]
        options = [option for output in outputs for option in (f"{url}/frame", "-o", output)]
        result = self.run_ok(*argv(f"{url}/one", "-Z", "--parallel-max", "50", *options,
                                   "-o", os.devnull, "-w", "%{num_connects}\n"))
        self.assertEqual(sum(map(int, result.text.split())), 1, result)
        for output in outputs:
            self.assertEqual(content(output), fixture("frame"))


class Alone(unittest.TestCase):
    """Servers that are started for one test."""

    def test_upload_is_accepted_without_echo(self):
        server = H2Server("-d", make_folder(), tls=False)
        status, body, _ = answer_of(f"{server.url}/one", "-H", "expect:", "--data-binary",
                                    "@" + space().join("www", "big"))
        self.assertEqual((status, body), (200, fixture("one")))
        server.stop_in_order()

    def test_built_in_page(self):
        for tls in (True, False):
            server = H2Server(tls=tls)
            status, body, fields = answer_of(f"{server.url}/")
            self.assertEqual(status, 200)
            self.assertIn(b"<html", body.lower())
            self.assertIn("content-type: text/html", fields)
            self.assertEqual(answer_of(f"{server.url}/absent")[0], 404)
            server.stop_in_order()

    def test_certificate_of_its_own(self):
        server = H2Server(key=False)
        self.assertEqual(run(argv(f"{server.url}/")).status, 60)
        for host in ("127.0.0.1", "localhost"):
            status, _, _ = answer_of(f"https://{host}:{server.port}/", "-k")
            self.assertEqual(status, 200)
        server.stop_in_order()

    def test_both_families_on_the_same_port(self):
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError:
            self.skipTest("no IPv6 here")
        server = H2Server("-a", "127.0.0.1", "-a", "::1")
        for host in ("127.0.0.1", "[::1]"):
            self.assertEqual(answer_of(f"https://{host}:{server.port}/")[0], 200)
        server.stop_in_order()

    def test_running_download_completes_after_sigterm(self):
        for tls in (True, False):
            server = H2Server("-d", make_folder(), tls=tls)
            path = space().join("slow")
            with subprocess.Popen(argv(f"{server.url}/big", "--limit-rate", "6M", "-o", path),
                                  start_new_session=True) as download:
                wait_until(lambda: os.path.exists(path) and os.path.getsize(path) > 0, 20,
                           "the download begins")
                server.terminate()
                self.assertEqual(download.wait(60), 0)
            self.assertEqual(digest(content(path)), digest(fixture("big")))
            os.unlink(path)
            self.assertEqual(server.wait(), 0)
            self.assertEqual(run(argv(f"{server.url}/one")).status, 7)
            server.stop_in_order()


if __name__ == "__main__":
    main("curl")
