#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""h2-client for people: what pages need, pictures of what happened, terminals, and ^C.

usage: client_pages_test.py H2_CLIENT H2_SERVER [unittest arguments]
"""
import os
import pty
import re
import signal
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

from client_harness import (DATA, END_HEADERS, HEADERS, STATUS_200, TIME_LIMIT, ClientTest, Program,
                            Server, answer, frame, h2_server, literal, main, run, settings)

PAGE = b"""<!DOCTYPE html><html><head><link rel=stylesheet href=style.css>
<script src="/top.js"></script></head><body><!-- <img src=no.png> -->
<img src="pictures/a.png"><img src="pictures/a.png"><img src="http://other.invalid/b.png">
<img src="missing.png"></body></html>"""


class Assets(ClientTest):
    def site(self, folder):
        os.makedirs(os.path.join(folder, "dir", "pictures"))
        for name, content in (("dir/page.html", PAGE), ("dir/style.css", b"css"),
                              ("top.js", b"js"), ("dir/pictures/a.png", b"png")):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)

    def paths(self, log):
        return re.findall(r":path: (\S+)", log.decode())

    def test_what_a_page_needs_comes_with_it(self):
        with tempfile.TemporaryDirectory() as folder:
            self.site(folder)
            with h2_server("-d", folder) as url:
                self.expect(run("-ka", url + "/dir/page.html"), 0, PAGE)
                log = run("-knva", url + "/dir/page.html").stdout
                self.assertEqual(self.paths(log), ["/dir/page.html", "/dir/style.css", "/top.js",
                                                   "/dir/pictures/a.png", "/dir/missing.png"])
                for priority in (b"priority: u=1\n", b"priority: u=2\n", b"priority: u=4,i\n"):
                    self.assertIn(priority, log)
                log = run("-knv", url + "/dir/page.html").stdout
                self.assertEqual(self.paths(log), ["/dir/page.html"])
                log = run("-knva", "--compressed", "-L", url + "/dir/page.html").stdout
                self.assertEqual(len(self.paths(log)), 5)

    def test_remote_names_keep_them(self):
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as here:
            self.site(folder)
            with h2_server("-d", folder) as url:
                self.expect(run("-kaO", url + "/dir/page.html", cwd=here), 0, b"")
            self.assertEqual(sorted(os.listdir(here)),
                             ["a.png", "missing.png", "page.html", "style.css", "top.js"])

    def test_only_pages_are_read(self):
        def script(peer):
            peer.send(settings())
            peer.send(answer(peer.request(), PAGE, literal(b"content-type", b"text/plain")))
            self.assertNotIn(HEADERS, [got[0] for got in peer.until_end()])

        self.fetch(script, 0, "-a", output=PAGE)

    def test_a_page_that_waits_for_its_turn(self):
        def script(peer):
            peer.send(settings())
            first, second = peer.request(), peer.request()
            peer.send(answer(second, b"<img src=/x>", literal(b"content-type", b"text/html")))
            peer.send(answer(first, b"1"))
            peer.send(answer(peer.request(), b"asset"))
            peer.until_end()

        with Server(script) as server:
            self.expect(run("-a", server.uri, server.uri + "/2"), 0, b"1<img src=/x>")


class Waterfall(ClientTest):
    def page(self, peer):
        peer.send(settings())
        peer.send(answer(peer.request(), b"x"))
        peer.until_end()

    def test_svg_and_html(self):
        with tempfile.TemporaryDirectory() as folder:
            svg, html = os.path.join(folder, "a.svg"), os.path.join(folder, "a.html")
            self.fetch(self.page, 0, "--waterfall", svg, output=b"x")
            self.fetch(self.page, 0, "--waterfall", html, output=b"x")
            tree = xml.etree.ElementTree.parse(svg).getroot()
            self.assertTrue(tree.tag.endswith("svg"))
            self.assertEqual(sum(one.tag.endswith("}g") for one in tree), 1)
            with open(html, encoding="ascii") as file:
                self.assertTrue(file.read().startswith("<!DOCTYPE html>"))
        self.fetch(self.page, 5, "--waterfall", "/nonexistent/x", error=b"/nonexistent/x")

    def test_text_on_a_terminal(self):
        out = on_terminal(self.page, "--waterfall", "-")
        self.assertRegex(out, rb"127\.0\.0\.1:\d+ *[.|=-]+ ")
        self.assertNotIn(b"<svg", out)
        self.assertIn(b"<svg", self.fetch(self.page, 0, "--waterfall", "-").stdout)


def on_terminal(script, *arguments, stdout=None):
    """What the client shows on a terminal, as its standard error and, unless given, output."""
    try:
        leader, follower = pty.openpty()
    except OSError as error:
        raise unittest.SkipTest("no terminal to be had") from error
    with Server(script) as server:
        with subprocess.Popen([Program.client, *arguments, server.uri], stdin=subprocess.DEVNULL,
                              stdout=follower if stdout is None else stdout,
                              stderr=follower) as client:
            os.close(follower)
            shown = b""
            while True:
                try:
                    got = os.read(leader, 65536)
                except OSError:
                    break
                if not got:
                    break
                shown += got
            client.wait(TIME_LIMIT)
    os.close(leader)
    return shown


class Progress(ClientTest):
    def slow(self, peer):
        """Goes on when the client has had time to show something, which its PING tells not."""
        peer.send(settings())
        stream = peer.request()
        peer.send(frame(HEADERS, END_HEADERS, stream, STATUS_200 + literal(b"content-length", b"8")))
        peer.send(frame(DATA, 0, stream, b"half"))
        peer.connection.settimeout(2.5)
        try:
            while peer.next() is not None:
                pass
        except TimeoutError:
            pass
        peer.send(frame(DATA, 1, stream, b"half"))

    def test_a_long_transfer_shows_how_far_it_is(self):
        shown = on_terminal(self.slow, stdout=subprocess.DEVNULL)
        self.assertIn(b"\r4 of 8, 50%, ", shown)
        self.assertTrue(shown.endswith(b"\r\x1b[K"), shown)
        self.assertEqual(on_terminal(self.slow, "--no-progress", stdout=subprocess.DEVNULL), b"")

    def test_no_line_among_the_octets_of_a_body(self):
        self.assertEqual(on_terminal(self.slow), b"halfhalf")


class Interrupt(ClientTest):
    def interrupted(self, number, *arguments, cwd):
        def script(peer):
            peer.send(settings())
            stream = peer.request()
            peer.send(frame(HEADERS, END_HEADERS, stream, STATUS_200))
            peer.send(frame(DATA, 0, stream, b"half"))
            peer.until_end()

        with Server(script) as server:
            with subprocess.Popen([Program.client, *arguments, server.uri + "/page"], cwd=cwd,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE) as client:
                path = os.path.join(cwd, "page")
                for _ in range(TIME_LIMIT * 100):
                    if os.path.exists(path) and os.path.getsize(path) == 4:
                        break
                    try:
                        client.wait(0.01)
                        break
                    except subprocess.TimeoutExpired:
                        pass
                client.send_signal(number)
                out, err = client.communicate(timeout=TIME_LIMIT)
                return client.returncode, out, err

    def test_half_written_files_are_named(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            for arguments in (("-O",), ("-o", "page")):
                with tempfile.TemporaryDirectory() as here:
                    status, _, err = self.interrupted(number, *arguments, cwd=here)
                self.assertEqual(status, -number)
                self.assertIn(b"page is incomplete, it has 4 octets", err)

    def test_reports_come_all_the_same(self):
        with tempfile.TemporaryDirectory() as here:
            _, out, _ = self.interrupted(signal.SIGINT, "-s", "-o", "page", cwd=here)
        self.assertIn(b"connection 1: 127.0.0.1:", out)


if __name__ == "__main__":
    main()
