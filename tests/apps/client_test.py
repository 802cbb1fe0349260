#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""h2-client as a program: options, exit statuses, what it does with odd servers.

usage: client_test.py H2_CLIENT [unittest arguments]

The servers are scripts of frames on loopback, so every case is the same on every run.
"""
import contextlib
import os
import socket
import struct
import subprocess
import tempfile
import threading

from client_harness import (ACK, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, RST_STREAM,
                            SETTINGS, STATUS_200, STATUS_404, TIME_LIMIT, WINDOW_UPDATE, ClientTest,
                            Program, Server, answer, frame, free_port, literal, main, run, settings)


class CommandLine(ClientTest):
    def test_help_lists_options_and_exit_statuses(self):
        for option in ("-h", "--help"):
            result = run(option)
            self.expect(result, 0)
            for word in (b"--null-out", b"--header", b"--cacert", b"Exit status", b"  22  "):
                self.assertIn(word, result.stdout)
            self.assertLessEqual(max(map(len, result.stdout.splitlines())), 80)

    def test_version_names_program_and_libraries(self):
        result = run("--version")
        self.expect(result, 0)
        self.assertTrue(result.stdout.startswith(b"h2-client "))
        self.assertIn(b"libh2session", result.stdout)

    def test_mistakes_are_usage_errors(self):
        for arguments, error in (
            ((), b"no URI"),
            (("--verbos", "http://h/"), b"--verbose"),
            (("-o",), b"-o: needs a value"),
            (("-t", "x", "http://h/"), b"-t: "),
            (("ftp://h/",), b"ftp://h/: "),
            (("http://u@h/",), b"user names"),
            (("-H", "x", "http://h/"), b"name: value"),
            (("http://h/", "http://h:0/"), b"http://h:0/: "),
        ):
            self.expect(run(*arguments), 1, b"", error)

    def test_standard_input_is_for_one_uri(self):
        self.expect(run("-d", "-", "http://127.0.0.1:1/", "http://127.0.0.1:1/",
                        stdin=subprocess.PIPE), 1, b"", b"one URI only")

    def test_fields_that_http2_forbids_are_usage_errors(self):
        with Server(lambda peer: (peer.send(settings()), peer.until_end())) as server:
            self.expect(run("-H", "connection: close", server.uri), 1, b"", b'"connection"')


class LocalFiles(ClientTest):
    def test_files_that_cannot_be_used(self):
        unused = "http://127.0.0.1:%d/" % free_port()
        self.expect(run("-d", "/nonexistent/file", unused), 5, b"", b"/nonexistent/file")
        self.expect(run("-d", "/", unused), 5)
        self.expect(run("--cacert", "/nonexistent/file", "https://127.0.0.1:1/"), 5)

    def test_output_that_cannot_be_written(self):
        def script(peer):
            peer.send(settings())
            peer.send(answer(peer.request(), b"abc"))
            peer.until_end()

        self.fetch(script, 5, "-o", "/nonexistent/file", error=b"/nonexistent/file")
        if os.path.exists("/dev/full"):
            self.fetch(script, 5, "-o", "/dev/full", error=b"/dev/full")

    def test_a_closed_standard_output_is_not_written_elsewhere(self):
        def script(peer):
            peer.send(settings())
            peer.send(answer(peer.request(), b"abc"))
            for kind, *_ in peer.until_end():
                self.assertIn(kind, (SETTINGS, WINDOW_UPDATE, GOAWAY))

        with Server(script) as server:
            self.expect(run(server.uri, preexec_fn=lambda: os.close(1)), 5, b"",
                        b"standard output")

    def test_an_older_file_stands_when_nothing_comes(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"old")
            file.flush()
            self.expect(run("-o", file.name, "http://127.0.0.1:%d/" % free_port()), 2)
            with open(file.name, "rb") as same:
                self.assertEqual(same.read(), b"old")

    def test_a_reader_who_leaves_ends_it_quietly(self):
        def script(peer):
            peer.send(settings())
            stream = peer.request()
            peer.send(frame(HEADERS, END_HEADERS, stream, STATUS_200))
            with contextlib.suppress(OSError):
                for _ in range(12):
                    peer.send(frame(DATA, 0, stream, bytes(16384)))
                peer.until_end()

        with Server(script) as server:
            with subprocess.Popen([Program.client, server.uri], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE) as client:
                client.stdout.read(1)
                client.stdout.close()
                self.assertEqual(client.stderr.read(), b"")
                self.assertEqual(client.wait(TIME_LIMIT), 0)


class Connecting(ClientTest):
    def test_refused(self):
        self.expect(run("http://127.0.0.1:%d/" % free_port()), 2, b"", b"refused")

    def test_many_uris_of_an_origin_make_two_lines(self):
        result = run(*["http://127.0.0.1:%d/" % free_port()] * 50)
        self.expect(result, 2, b"", b"the same for 49 more of http://127.0.0.1:")
        self.assertEqual(result.stderr.count(b"\n"), 2)

    def test_unknown_name(self):
        self.expect(run("http://name.invalid/"), 2, b"", b"name.invalid")

    def test_no_answer_in_time(self):
        with socket.socket() as full, contextlib.ExitStack() as others:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            for _ in range(4):
                other = others.enter_context(socket.socket())
                other.setblocking(False)
                other.connect_ex(full.getsockname())
            uri = "http://127.0.0.1:%d/" % full.getsockname()[1]
            self.expect(run("-t", "300ms", uri), 2, b"", b"timed out")

    def test_cleartext_server_is_a_tls_failure(self):
        def script(peer):
            peer.connection.recv(4096)
            peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        with Server(script) as server:
            self.expect(run("-k", server.uri.replace("http:", "https:")), 3)


class Answers(ClientTest):
    def test_status_is_a_failure_only_with_fail(self):
        def script(peer):
            peer.send(settings())
            peer.send(answer(peer.request(), b"page", status=STATUS_404))
            peer.until_end()

        self.fetch(script, 0, output=b"page")
        self.fetch(script, 22, "--fail", output=b"", error=b"404")

    def test_log_shows_frames_fields_and_no_control_characters(self):
        def script(peer):
            peer.send(settings((3, 7)))
            peer.send(answer(peer.request(), b"body", literal(b"x-test", b"\x80value")))
            peer.until_end()

        result = self.fetch(script, 0, "-nv")
        for text in (b"[SETTINGS_MAX_CONCURRENT_STREAMS(0x03):7]", b"send HEADERS frame <length=",
                     b"; END_STREAM | END_HEADERS\n", b"          :method: GET\n",
                     b"recv (stream_id=1) :status: 200\n", b"x-test: \\x80value\n",
                     b"recv DATA frame <length=4, flags=0x01, stream_id=1>\n"):
            self.assertIn(text, result.stdout)
        self.assertTrue(all(octet == 10 or 32 <= octet < 127 for octet in result.stdout))

    def test_broken_answers_are_protocol_failures(self):
        def after_request(*frames):
            def script(peer):
                peer.send(settings())
                peer.request()
                peer.send(*frames)
                peer.until_end()
            return script

        length_5 = b"\x5c\x015"
        head = frame(HEADERS, END_HEADERS, 1, STATUS_200 + length_5)
        for script, error in (
            (lambda peer: (peer.preface(), peer.send(b"HTTP/1.1 200 OK\r\n\r\n")),
             b"does this server speak HTTP/2"),
            (after_request(frame(RST_STREAM, 0, 1, struct.pack(">I", 2))), b"INTERNAL_ERROR"),
            (after_request(head, frame(DATA, END_STREAM, 1, b"abc")), b"content-length"),
            (after_request(frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\xff")), b""),
            (after_request(frame(DATA, END_STREAM, 1, b"abc")), b"DATA"),
            (after_request(frame(GOAWAY, 0, 0, struct.pack(">II", 0, 11) + b"go\x1b")),
             b"ENHANCE_YOUR_CALM: go\\x1b"),
        ):
            self.fetch(script, 4, error=error)

    def test_an_answer_cut_short_is_a_failure(self):
        def script(peer):
            peer.send(settings())
            stream = peer.request()
            peer.send(frame(HEADERS, END_HEADERS, stream, STATUS_200))
            peer.send(frame(DATA, 0, stream, b"half"))
            peer.connection.shutdown(socket.SHUT_WR)
            peer.until_end()

        self.fetch(script, 4, output=b"half")

    def test_no_progress_is_a_failure_with_timeout(self):
        def silent(peer):
            peer.send(settings())
            peer.until_end()

        def no_room(peer):
            peer.send(settings((3, 0)))
            peer.until_end()

        def ping(peer):
            peer.send(settings())
            peer.request()
            peer.send(*(frame(PING, 0, 0, b"12345678") for _ in range(3)))
            peer.until_end()

        self.fetch(silent, 4, "-t", "300ms", error=b"--timeout")
        self.fetch(ping, 4, "-t", "300ms", error=b"--timeout")
        self.fetch(no_room, 4, "-t", "300ms")


class Several(ClientTest):
    """rfc: 9113#8.7 is what the tests of GOAWAY and REFUSED_STREAM are about."""

    def test_bodies_come_in_the_order_of_the_uris(self):
        def script(peer):
            peer.send(settings())
            streams = [peer.request() for _ in range(3)]
            for stream in reversed(streams):
                peer.send(answer(stream, b"body %d\n" % stream))
            peer.until_end()

        with Server(script) as server:
            result = run(server.uri, server.uri + "/b", server.uri + "/c")
        self.expect(result, 0, b"body 1\nbody 3\nbody 5\n")

    def test_waiting_bodies_do_not_starve_the_first(self):
        """The first answer comes when all others have filled their windows."""
        count, piece, pieces = 40, bytes(10000), 25

        def script(peer):
            peer.send(settings())
            first, *others = [peer.request() for _ in range(count)]
            peer.send(*(frame(HEADERS, END_HEADERS, one, STATUS_200) for one in others))
            for _ in range(pieces):
                peer.send(*(frame(DATA, 0, one, piece) for one in others))
            peer.send(answer(first, piece))
            peer.send(*(frame(DATA, END_STREAM, one) for one in others))
            peer.until_end()

        with Server(script) as server:
            result = run(*[server.uri] * count)
        self.expect(result, 0)
        self.assertEqual(len(result.stdout), len(piece) * (1 + pieces * (count - 1)))

    def test_the_worst_failure_is_not_hidden_by_a_status(self):
        def script(peer):
            peer.send(settings())
            streams = [peer.request() for _ in range(3)]
            peer.send(answer(streams[0], b"", status=STATUS_404),
                      frame(RST_STREAM, 0, streams[1], struct.pack(">I", 2)),
                      answer(streams[2], b"good"))
            peer.until_end()

        with Server(script) as server:
            result = run("--fail", *[server.uri] * 3)
        self.expect(result, 4, b"good", b"INTERNAL_ERROR")

    def test_a_limit_on_streams_is_respected(self):
        """What was opened before the limit was known is refused and comes again."""
        counts = []

        def opened_until(peer, kind):
            streams = []
            while (got := peer.next())[:2] != (kind, ACK):
                streams += [got[2]] if got[0] == HEADERS else []
            return streams

        def script(peer):
            peer.send(settings((3, 2)))
            for stream in opened_until(peer, SETTINGS):
                peer.send(frame(RST_STREAM, 0, stream, struct.pack(">I", 7)))
            while sum(counts) < 10:
                peer.send(frame(PING, 0, 0, b"12345678"))
                streams = opened_until(peer, PING)
                counts.append(len(streams))
                peer.send(*(answer(stream, b"x") for stream in streams))
            peer.until_end()

        with Server(script) as server:
            result = run(*[server.uri] * 10)
        self.expect(result, 0, b"x" * 10)
        self.assertEqual(max(counts), 2)

    # rfc: 9113#8.7
    def test_what_a_goaway_left_is_fetched_over_another_connection(self):
        def first(peer):
            peer.send(settings())
            streams = [peer.request() for _ in range(3)]
            peer.send(frame(GOAWAY, 0, 0, struct.pack(">II", streams[0], 0)),
                      answer(streams[0], b"1"))
            peer.until_end()

        def second(peer):
            peer.send(settings())
            streams = [peer.request() for _ in range(2)]
            peer.send(answer(streams[0], b"2"), answer(streams[1], b"3"))
            peer.until_end()

        with Server(first, second) as server:
            result = run(*[server.uri] * 3)
        self.expect(result, 0, b"123")

    def test_a_server_may_take_one_request_a_connection(self):
        def script(peer):
            peer.send(settings())
            stream = peer.request()
            peer.send(frame(GOAWAY, 0, 0, struct.pack(">II", stream, 0)), answer(stream, b"x"))
            peer.until_end()

        with Server(*[script] * 6) as server:
            result = run(*[server.uri] * 6)
        self.expect(result, 0, b"x" * 6)

    def test_a_limit_is_known_on_the_next_connection(self):
        """Each connection takes two of the requests, and refuses what exceeds its limit."""
        refused = []

        def script(peer):
            peer.send(settings((3, 1)))
            streams = []
            while (got := peer.next())[:2] != (SETTINGS, ACK):
                streams += [got[2]] if got[0] == HEADERS else []
            refused.append(len(streams) - 1)
            peer.send(*(frame(RST_STREAM, 0, one, struct.pack(">I", 7)) for one in streams[1:]))
            peer.send(answer(streams[0], b"x"))
            second = peer.request()
            peer.send(frame(GOAWAY, 0, 0, struct.pack(">II", second, 0)), answer(second, b"x"))
            peer.until_end()

        with Server(*[script] * 5) as server:
            result = run(*[server.uri] * 10)
        self.expect(result, 0, b"x" * 10)
        self.assertEqual(refused[1:], [0] * 4)

    def test_a_server_that_takes_none_is_left(self):
        def script(peer):
            peer.send(settings())
            peer.request()
            peer.send(frame(GOAWAY, 0, 0, struct.pack(">II", 0, 0)))
            peer.until_end()

        self.fetch(script, 4, error=b"GOAWAY with NO_ERROR")

    def test_a_refused_request_is_not_tried_for_ever(self):
        tries = []

        def script(peer):
            peer.send(settings())
            while (stream := peer.request()) is not None:
                tries.append(stream)
                peer.send(frame(RST_STREAM, 0, stream, struct.pack(">I", 7)))

        self.fetch(script, 4, error=b"REFUSED_STREAM")
        self.assertEqual(len(tries), 3)


class Uploads(ClientTest):
    def upload(self, arguments, **options):
        bodies = []

        def script(peer):
            peer.send(settings((4, 2**31 - 1)), frame(WINDOW_UPDATE, 0, 0, b"\x40\0\0\0"))
            while (got := peer.next())[0] != HEADERS:
                pass
            bodies.append(b"" if got[1] & END_STREAM else peer.body(got[2]))
            peer.send(answer(got[2]))
            peer.until_end()

        with Server(script) as server:
            result = run(*arguments, server.uri, **options)
        self.expect(result, 0)
        return bodies[0], result.stdout

    def test_files_pipes_and_redirections_arrive_whole(self):
        body = bytes(range(256)) * 4096
        with tempfile.NamedTemporaryFile() as file:
            file.write(body)
            file.flush()
            self.assertEqual(self.upload(("-d", file.name))[0], body)
            with open(file.name, "rb") as same:
                same.seek(1000)
                self.assertEqual(self.upload(("-d", "-"), stdin=same)[0], body[1000:])
        self.assertEqual(self.upload(("-d", "-"), input=body)[0], body)
        self.assertEqual(self.upload(("-d", "-"), input=b"")[0], b"")
        self.assertEqual(self.upload(("-d", os.devnull))[0], b"")

    def test_timeout_does_not_count_what_our_input_takes(self):
        read_end, write_end = os.pipe()
        timer = threading.Timer(0.9, lambda: (os.write(write_end, b"late"), os.close(write_end)))
        timer.start()
        with os.fdopen(read_end, "rb") as slow:
            self.assertEqual(self.upload(("-t", "300ms", "-d", "-"), stdin=slow)[0], b"late")
        timer.join()

    def test_method_and_length_are_told(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"12345")
            file.flush()
            log = self.upload(("-vd", file.name))[1]
        self.assertIn(b":method: POST\n", log)
        self.assertIn(b"content-length: 5\n", log)
        self.assertNotIn(b"content-length", self.upload(("-vd", "-"), input=b"12345")[1])


if __name__ == "__main__":
    main()
