# SPDX-License-Identifier: MIT
"""h2-client meets peers that refuse, break off, fall silent or talk nonsense: plain sockets."""
import socket
import threading
import unittest

from frames import (ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, PADDED, PING,
                    PREFACE, PUSH_PROMISE, RST_STREAM, SETTINGS, block, frame, goaway, headers,
                    read_exactly, read_frame)
from harness import client, free_port, main, space

OK = (b":status", b"200")
TEN = (b"content-length", b"10")
START = frame(SETTINGS, 0, 0) + frame(SETTINGS, ACK, 0)


class Scripted:
    """Serves one connection: waits for a request, sends `answer`, then ends it or waits."""

    def __init__(self, answer, end=True, wait_for_request=True):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(20)
        self.base = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.answer, self.end, self.wait_for_request = answer, end, wait_for_request
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        with self.listener, self.listener.accept()[0] as stream:
            stream.settimeout(20)
            try:
                if self.wait_for_request:
                    read_exactly(stream, len(PREFACE))
                    while read_frame(stream)[0] != HEADERS:
                        pass
                stream.sendall(self.answer)
                if self.end:
                    stream.shutdown(socket.SHUT_WR)
                while stream.recv(65536):
                    pass
            except OSError:
                pass  # the client may go at any time


class Sockets(unittest.TestCase):
    def check(self, status, answer, *options, end=True, wait_for_request=True):
        """Bodies and messages of one fetch, which must end by itself with this status."""
        peer = Scripted(answer, end, wait_for_request)
        result = client("-t", "7s", *options, peer.base + "/file", seconds=8)
        peer.thread.join(20)
        self.assertEqual(result.status, status, result)
        self.assertEqual(result.err == "", status == 0, result)
        return result

    def test_no_server_at_the_port(self):
        for scheme in ("http", "https"):
            result = client(f"{scheme}://127.0.0.1:{free_port()}/")
            self.assertEqual(result.status, 2, result)
            self.assertIn("refused", result.err)

    def test_name_that_does_not_exist(self):
        self.assertEqual(client("-t", "5s", "http://name.invalid/").status, 2)

    def test_complete_answer_and_end_without_goaway(self):
        answer = START + headers(1, OK, TEN, end=False) + frame(DATA, END_STREAM, 1, b"0123456789")
        self.assertEqual(self.check(0, answer).out, b"0123456789")

    def test_complete_answer_with_goaway_before(self):
        answer = (START + goaway(1, 0) + headers(1, OK, end=False)
                  + frame(DATA, END_STREAM, 1, b"0123456789"))
        self.assertEqual(self.check(0, answer).out, b"0123456789")

    def test_garbage(self):
        for answer in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00" * 100, b"\xff" * 100):
            self.check(4, answer, end=False, wait_for_request=False)

    def test_end_at_once(self):
        self.check(4, b"", wait_for_request=False)

    def test_end_instead_of_an_answer(self):
        self.check(4, START)

    def test_end_in_the_middle_of_a_body(self):
        for length in ((), (TEN,)):
            answer = START + headers(1, OK, *length, end=False) + frame(DATA, 0, 1, b"01234")
            self.check(4, answer)

    def test_end_in_the_middle_of_a_frame(self):
        answer = START + headers(1, OK, end=False) + frame(DATA, END_STREAM, 1, b"01234")[:-1]
        self.check(4, answer)

    def test_body_of_another_length_than_announced(self):
        for body in (b"", b"012345678", b"0123456789x"):
            answer = START + headers(1, OK, TEN, end=False) + frame(DATA, END_STREAM, 1, body)
            self.check(4, answer, end=False)

    def test_reset_of_the_stream(self):
        answer = START + frame(RST_STREAM, 0, 1, b"\x00\x00\x00\x02")
        self.assertIn("INTERNAL_ERROR", self.check(4, answer, end=False).err)

    def test_goaway_with_an_error(self):
        self.assertIn("ENHANCE_YOUR_CALM", self.check(4, START + goaway(0, 11)).err)

    def test_answer_that_breaks_the_rules_of_http(self):
        for fields in ((), (OK, OK), (OK, (b"Upper", b"x")), (OK, (b"connection", b"close")),
                       ((b":status", b"20x"),), (OK, (b":path", b"/"))):
            self.check(4, START + headers(1, *fields), end=False)

    def test_frames_that_break_the_protocol(self):
        for broken in (frame(DATA, 0, 0, b"x"), frame(DATA, 0, 7, b"x"),
                       frame(SETTINGS, 0, 0, b"x"), frame(DATA, 0, 1, bytes(16385)),
                       frame(HEADERS, END_HEADERS, 1, b"\x80")):
            self.check(4, START + broken, end=False)

    def test_push_that_was_switched_off(self):
        promise = frame(PUSH_PROMISE, END_HEADERS, 1, b"\x00\x00\x00\x02" + block(
            (b":method", b"GET"), (b":scheme", b"http"), (b":authority", b"x"), (b":path", b"/")))
        outcome = self.check(4, START + promise, "--no-push", end=False)
        self.assertNotIn("--timeout", outcome.err)

    def test_floods_end_the_connection(self):
        final = headers(1, OK, end=False)
        floods = (
            headers(1, (b":status", b"103"), end=False) * 20000,
            frame(HEADERS, 0, 1, block(OK)) + frame(CONTINUATION, 0, 1) * 20000,
            final + frame(DATA, PADDED, 1, b"\xff" + bytes(255)) * 20000,
            final + frame(DATA, 0, 1) * 20000,
            frame(PING, 0, 0, b"01234567") * 20000,
            frame(SETTINGS, 0, 0) * 20000)
        for number, flood in enumerate(floods):
            with self.subTest(number):
                self.assertNotIn("--timeout", self.check(4, START + flood, end=False).err)

    def test_silence_ends_with_the_timeout(self):
        for answer in (START, START + headers(1, OK, end=False) + frame(DATA, 0, 1, b"x")):
            self.check(4, answer, "-t", "300ms", end=False)

    def test_what_the_server_says_cannot_reach_the_terminal(self):
        answer = START + headers(1, OK, (b"x-evil", b"a\xc2\x9b31mred\xff"))
        text = self.check(0, answer, "-v").out
        self.assertIn(b"x-evil", text)
        self.assertRegex(text, rb"\A[\n -~]*\Z")

    def test_output_that_cannot_be_written(self):
        answer = START + headers(1, OK, end=False) + frame(DATA, END_STREAM, 1, b"0123456789")
        self.check(5, answer, "-o", space().join("no", "such", "folder"), wait_for_request=False)

    def test_file_that_cannot_be_sent(self):
        result = client("-d", space().join("absent"), f"http://127.0.0.1:{free_port()}/")
        self.assertEqual(result.status, 5, result)

    def test_fail_leaves_nothing_of_the_body(self):
        answer = (START + headers(1, (b":status", b"404"), end=False)
                  + frame(DATA, END_STREAM, 1, b"page of the error"))
        self.assertEqual(self.check(22, answer, "--fail").out, b"")


if __name__ == "__main__":
    main()
