#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What h2-client shows of a connection while it is there: upgrade, logs, explanations.

usage: client_insight_test.py H2_CLIENT H2_SERVER [unittest arguments]
"""
import json
import os
import struct
import tempfile

from client_harness import (DATA, END_STREAM, GOAWAY, RST_STREAM, ClientTest, Server, answer, frame,
                            h2_server, main, run, settings)

SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"


def read_head(peer):
    lines = []
    while (line := peer.input.readline().strip()) != b"":
        lines.append(line)
    return lines


class Upgrade(ClientTest):
    """rfc: 9110#15.2 is what interim responses are about."""

    def test_the_answer_comes_as_stream_1(self):
        heads = []

        def script(peer):
            heads.extend(read_head(peer))
            # What follows 101 must be left for HTTP/2, also in the same write.
            peer.send(b"HTTP/1.1 100 Continue\r\n\r\n", SWITCHING, settings(), answer(1, b"up"))
            stream = peer.request()
            peer.send(answer(stream, b"second"))
            peer.until_end()

        with Server(script) as server:
            result = run("-u", "-H", "x-mine: 1", server.uri + "/a?b", server.uri + "/c")
        self.expect(result, 0, b"upsecond")
        self.assertEqual(heads[0], b"GET /a?b HTTP/1.1")
        self.assertIn(b"Upgrade: h2c", heads)
        self.assertIn(b"Connection: Upgrade, HTTP2-Settings", heads)
        self.assertIn(b"x-mine: 1", heads)
        self.assertEqual(sum(line.startswith(b"HTTP2-Settings: ") for line in heads), 1)

    def test_with_h2_server(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "a"), "wb") as file:
                file.write(b"text")
            with h2_server("--no-tls", "-d", folder) as url:
                result = run("-unv", url + "/a")
                self.expect(result, 0)
                for text in (b"] HTTP Upgrade request\nGET /a HTTP/1.1\nHost: 127.0.0.1:",
                             b"\n\n", b"] HTTP Upgrade response\nHTTP/1.1 101 ",
                             b"] HTTP Upgrade success\n", b"recv (stream_id=1) :status: 200\n"):
                    self.assertIn(text, result.stdout)
                self.assertNotIn(b"HTTP Upgrade", run("-nv", url + "/a").stdout)
                result = run("--json", "-u", url + "/a")
                self.assertEqual(json.loads(result.stdout)["stream"], 1)

    def test_a_body_is_sent_after_options(self):
        heads = []

        def script(peer):
            heads.extend(read_head(peer))
            peer.send(SWITCHING, settings(), answer(1))
            stream = peer.request()
            self.assertEqual(peer.body(stream), b"12345")
            peer.send(answer(stream, b"ok"))
            peer.until_end()

        with Server(script) as server:
            result = run("-u", "-d", "-", server.uri + "/up", input=b"12345")
        self.expect(result, 0, b"ok")
        self.assertEqual(heads[0], b"OPTIONS * HTTP/1.1")

    def test_an_end_between_options_and_body(self):
        """rfc: 9113#8.7"""
        def ends(peer):
            read_head(peer)
            peer.send(SWITCHING, settings(), answer(1))
            peer.request()
            peer.send(frame(GOAWAY, 0, 0, struct.pack(">II", 1, 0)))
            peer.until_end()

        def serves(peer):
            read_head(peer)
            peer.send(SWITCHING, settings(), answer(1))
            stream = peer.request()
            self.assertEqual(peer.body(stream), b"12345")
            peer.send(answer(stream, b"ok"))
            peer.until_end()

        with tempfile.NamedTemporaryFile() as body:
            body.write(b"12345")
            body.flush()
            with Server(ends, ends, serves) as server:
                self.expect(run("-u", "-d", body.name, server.uri + "/up"), 0, b"ok")
            with Server(ends, ends, ends) as server:
                self.expect(run("-u", "-d", body.name, server.uri + "/up"), 4,
                            error=b"GOAWAY with NO_ERROR")

    def test_a_server_that_does_not_upgrade(self):
        for response, error in (
            (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", b"refused with status 200"),
            (b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n", b"refused with status 101"),
            (b"SSH-2.0-x\r\n\r\n", b"no response of HTTP/1.1"),
            (b"", b"without a response"),
            (b"HTTP/1.1 100 Continue\r\n\r\n" * 20, b"too many interim"),
            (b"HTTP/1.1 200 OK\r\nx: " + b"x" * 20000, b"too large"),
        ):
            def script(peer, response=response):
                read_head(peer)
                peer.send(response)

            self.fetch(script, 4, "-u", error=b"upgrade to h2c: ")
            self.fetch(script, 4, "-u", error=error)

    def test_no_response_in_time(self):
        self.fetch(lambda peer: peer.input.read(), 4, "-u", "-t", "300ms", error=b"no response in time")

    def test_a_field_cannot_make_a_line(self):
        self.expect(run("-u", "-H", "a: b\r\nx: y", "http://127.0.0.1:1/"), 1, b"",
                    b"cannot be sent in HTTP/1.1")


class Logs(ClientTest):
    def page(self, peer):
        peer.send(settings())
        peer.send(answer(peer.request(), b"body"))
        peer.until_end()

    def test_trace_for_programs(self):
        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(folder, "trace")
            self.fetch(self.page, 0, "--trace=ndjson:" + name, output=b"body")
            with open(name, encoding="utf-8") as file:
                events = [json.loads(line) for line in file]
        self.assertEqual(events[0]["program"], "h2-client")
        self.assertGreater(len(events), 5)
        self.expect(run("--trace=xml", "http://127.0.0.1:1/"), 1, b"", b"--trace")
        self.expect(run("--trace=text:/nonexistent/x", "http://127.0.0.1:1/"), 5, b"", b"/nonexistent")

    def test_hexdump_shows_what_came(self):
        out = self.fetch(self.page, 0, "-n", "--hexdump").stdout
        self.assertRegex(out, rb"recv \d+ octets\n00000000  00 00 ")
        self.assertNotIn(b"\n00000000  ", self.fetch(self.page, 0, "-nv").stdout)

    def test_colours_when_asked_for(self):
        self.assertIn(b"\x1b[", self.fetch(self.page, 0, "-nv", "--color=always").stdout)
        self.assertNotIn(b"\x1b[", self.fetch(self.page, 0, "-nv").stdout)


class Explain(ClientTest):
    def after_request(self, *frames):
        def script(peer):
            peer.send(settings())
            peer.request()
            peer.send(*frames)
            peer.until_end()
        return script

    def test_errors_of_either_side(self):
        section = b"https://www.rfc-editor.org/rfc/rfc9113#section-"
        for frames, words in (
            ((frame(DATA, END_STREAM, 1, b"abc"),),
             (b"explain: stream 1: the peer: DATA before the final response", section + b"8.1",
              b"PROTOCOL_ERROR")),
            ((frame(RST_STREAM, 0, 1, struct.pack(">I", 8)),),
             (b"explain: stream 1: the peer sent RST_STREAM with CANCEL", section + b"7")),
            ((frame(GOAWAY, 0, 0, struct.pack(">II", 0, 11)),),
             (b"explain: the connection: the peer sent GOAWAY with ENHANCE_YOUR_CALM",)),
            ((frame(9, 4, 1, b"x"),),
             (b"explain: the connection: the peer: CONTINUATION without", section + b"6.10",
              b"latest whole frame of the peer: SETTINGS <length=0")),
        ):
            with Server(self.after_request(*frames)) as server:
                result = run("--explain", server.uri)
            for word in words:
                self.assertIn(word, result.stderr)
            with Server(self.after_request(*frames)) as server:
                self.assertNotIn(b"explain", run(server.uri).stderr)

    def test_nothing_is_explained_when_nothing_is_wrong(self):
        self.fetch(self.after_request(answer(1, b"x")), 0, "--explain", output=b"x")


if __name__ == "__main__":
    main()
