#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The options of h2-client that change what it asks for and how it speaks HTTP/2.

usage: client_requests_test.py H2_CLIENT H2_SERVER [unittest arguments]
"""
import json
import os
import ssl
import struct
import tempfile

from client_harness import (ACK, DATA, END_HEADERS, END_STREAM, HEADERS, PING, RST_STREAM, SETTINGS,
                            STATUS_200, WINDOW_UPDATE, ClientTest, Peer, Server, answer, frame,
                            literal, main, run, settings)

PRIORITY, PADDED, CONTINUATION, PUSH_PROMISE = 0x20, 8, 9, 5
TABLE_SIZE, ENABLE_PUSH, STREAMS, WINDOW = 1, 2, 3, 4


def serve(frames, update=b""):
    """A script that answers everything with 200 and keeps what it received. update: what field blocks
    begin with."""
    def script(peer):
        peer.send(settings((4, 2**20)))
        while (got := peer.next()) is not None:
            frames.append(got)
            ended = got[0] in (HEADERS, DATA) and got[1] & END_STREAM
            if ended:
                peer.send(answer(got[2], status=update + STATUS_200))
    return script


def setting_values(got):
    return {struct.unpack(">HI", got[3][i:i + 6])[0]: struct.unpack(">HI", got[3][i:i + 6])[1]
            for i in range(0, len(got[3]), 6)}


class Requests(ClientTest):
    def frames(self, *arguments, status=0, uris=("/",), update=b"", **options):
        """(frames the server got, output)"""
        frames = []
        with Server(serve(frames, update)) as server:
            result = run(*arguments, *(server.uri + uri for uri in uris), **options)
        self.expect(result, status)
        return frames, result.stdout

    def kinds(self, frames, kind):
        return [got for got in frames if got[0] == kind]

    def with_body(self, *arguments, size=10, **options):
        with tempfile.NamedTemporaryFile() as file:
            file.write(bytes(size))
            file.flush()
            return self.frames(*arguments, "-d", file.name, **options)


class Plan(Requests):
    def test_each_uri_is_fetched_several_times(self):
        frames, _ = self.frames("-m", "3", uris=("/a", "/b"))
        self.assertEqual(len(self.kinds(frames, HEADERS)), 6)

    def test_mistakes(self):
        for arguments, error in (
            (("--trailer", "a: b"), b"--trailer needs --data"),
            (("--expect-continue",), b"--expect-continue needs --data"),
            (("-m", "0"), b"-m: the value must be from 1"),
            (("-w", "31"), b"from 1 to 30"),
            (("-W", "15"), b"from 16 to 30"),
            (("--weight", "257"), b"--weight: the value must be from 1 to 256"),
            (("--dependency", "2"), b"--dependency: the value must be from 0 to 1"),
            (("--dependency", "0,x"), b'--dependency: the value is a number such as "1", or'),
            (("--dependency", "0,exclusive,"), b'"1,exclusive"'),
            (("--dependency", "0" * 24), b"--dependency: the value is a number"),
            (("--dependency", ",exclusive"), b"--dependency: the value"),
            (("--extpri", "u=9x"), b"--extpri"),
            (("--extpri", "u=1", "--weight", "3"), b"neither with --weight"),
            (("-c", "x"), b"--header-table-size: the value is a size"),
            (("-c1", "-c2", "-c3", "-c4", "-c5"), b"four times"),
            (("--cert", "x"), b"need each other"),
            (("-O", "-o", "x"), b"exclude each other"),
        ):
            self.expect(run(*arguments, "http://127.0.0.1:1/"), 1, b"", error)

    def test_remote_names_are_new_files_here(self):
        def script(peer):
            peer.send(settings())
            for body in (b"one", b"two", b"three"):
                peer.send(answer(peer.request(), body))
            peer.until_end()

        with tempfile.TemporaryDirectory() as folder:
            with Server(script) as server:
                result = run("-O", server.uri + "/x/page?q", server.uri + "/page",
                             server.uri + "/a/..%2f/..", cwd=folder)
            self.expect(result, 0, b"")
            bodies = {}
            for name in os.listdir(folder):
                with open(os.path.join(folder, name), "rb") as file:
                    bodies[name] = file.read()
        self.assertEqual(bodies, {"page": b"one", "page.1": b"two", "_.": b"three"})

    def test_a_remote_name_follows_no_link(self):
        def script(peer):
            peer.send(settings())
            peer.send(answer(peer.request(), b"new"))
            peer.until_end()

        with tempfile.TemporaryDirectory() as folder:
            os.symlink("elsewhere", os.path.join(folder, "page"))
            with Server(script) as server:
                self.expect(run("-O", server.uri + "/page", cwd=folder), 0)
            self.assertEqual(sorted(os.listdir(folder)), ["page", "page.1"])


class Bodies(Requests):
    def test_trailers_end_the_request(self):
        frames, log = self.with_body("-v", "--trailer", "X-Sum: 12")
        heads = self.kinds(frames, HEADERS)
        self.assertEqual([got[1] & END_STREAM for got in heads], [0, END_STREAM])
        self.assertFalse(any(got[1] & END_STREAM for got in self.kinds(frames, DATA)))
        self.assertIn(b"x-sum: 12\n", log)

    def test_fields_that_are_no_trailers(self):
        with tempfile.NamedTemporaryFile() as file:
            with Server(lambda peer: peer.until_end()) as server:
                self.expect(run("-d", file.name, "--trailer", ":path: /x", server.uri), 1, b"",
                            b"--trailer: ")

    def test_the_length_can_be_left_out(self):
        self.assertIn(b"content-length: 10\n", self.with_body("-v")[1])
        self.assertNotIn(b"content-length", self.with_body("-v", "--no-content-length")[1])

    def test_continue_releases_the_body(self):
        seen = []

        def script(peer):
            peer.send(settings(), frame(PING, 0, 0, bytes(8)))
            while (got := peer.next())[:2] != (PING, ACK):
                seen.append(got[0])
                stream = got[2] or 1
            peer.send(frame(PING, 0, 0, bytes(8)))
            while (got := peer.next())[:2] != (PING, ACK):
                seen.append(got[0])
            peer.send(frame(HEADERS, END_HEADERS, stream, literal(b":status", b"100")))
            self.assertEqual(peer.body(stream), b"12345")
            peer.send(answer(stream, b"done"))
            peer.until_end()

        with Server(script) as server:
            result = run("--expect-continue", "-d", "-", server.uri, input=b"12345")
        self.expect(result, 0, b"done")
        self.assertIn(HEADERS, seen)
        self.assertNotIn(DATA, seen)

    def test_without_continue_the_body_goes_after_a_while(self):
        frames, log = self.with_body("-v", "--expect-continue")
        self.assertEqual(sum(len(got[3]) for got in self.kinds(frames, DATA)), 10)
        self.assertIn(b"expect: 100-continue\n", log)

    def test_a_refusal_keeps_the_body(self):
        def script(peer):
            peer.send(settings())
            peer.send(answer(peer.request(), b"no", status=literal(b":status", b"417")))
            self.assertNotIn(DATA, [got[0] for got in peer.until_end()])

        with Server(script) as server:
            result = run("--expect-continue", "-d", "-", server.uri, input=b"12345")
        self.expect(result, 0, b"no")


class Connection(Requests):
    def settings_of(self, *arguments, update=b"\x20"):
        frames, _ = self.frames(*arguments, update=update)
        return [setting_values(got) for got in self.kinds(frames, SETTINGS) if not got[1] & ACK]

    def test_windows(self):
        frames, _ = self.frames("-w", "10", "-W", "17")
        self.assertEqual(setting_values(frames[0])[WINDOW], 1023)
        self.assertEqual(self.kinds(frames, WINDOW_UPDATE)[0][3],
                         struct.pack(">I", 2**17 - 1 - 65535))

    def test_a_small_window_of_the_connection_lets_fewer_run(self):
        """The window of the connection is that of one stream: they come one by one."""
        most = []

        def script(peer):
            peer.send(settings())
            for _ in range(3):
                stream = peer.request()
                peer.send(frame(PING, 0, 0, bytes(8)))
                others = 0
                while (got := peer.next())[:2] != (PING, ACK):
                    others += got[0] == HEADERS
                most.append(others)
                peer.send(answer(stream, b"x"))
            peer.until_end()

        with Server(script) as server:
            result = run("-w", "17", "-W", "17", *[server.uri] * 3)
        self.expect(result, 0, b"xxx")
        self.assertEqual(most, [0, 0, 0])

    def windows(self, *arguments, size=192000):
        """What both streams may still be sent when so much of both bodies has come; the second waits
        for the first."""
        windows = []

        def script(peer):
            peer.send(settings())
            streams = peer.request(), peer.request()
            pieces = [frame(DATA, 0, stream, bytes(16000)) for stream in reversed(streams)
                      for _ in range(size // 16000)]
            left = dict.fromkeys(streams, 2**18 - size)
            peer.send(*(answer(stream)[:4] + b"\x04" + answer(stream)[5:] for stream in streams),
                      *pieces, frame(PING, 0, 0, bytes(8)))
            while (got := peer.next())[:2] != (PING, ACK):
                if got[0] == WINDOW_UPDATE and got[2] in left:
                    left[got[2]] += struct.unpack(">I", got[3])[0]
            windows.extend(left[stream] for stream in streams)
            peer.send(*(frame(DATA, END_STREAM, stream) for stream in streams))
            peer.until_end()

        with Server(script) as server:
            self.expect(run(*arguments, "-o", os.devnull, *[server.uri] * 2), 0)
        return windows

    def test_the_window_of_a_body_that_need_not_wait_grows(self):
        usual, late = 2**18, 2**17  # credit of so many octets at most is still to come
        for arguments, wanted in ((), (2**23, usual)), (("-n",), (2**23, 2**23)), \
                (("-W", "20"), (2**20, usual)), (("-w", "18"), (usual, usual)):
            for window, most in zip(self.windows(*arguments), wanted):
                self.assertLessEqual(window, most)
                self.assertGreater(window, most - late if most > usual else 0)
        self.assertEqual(self.windows(size=96000), [usual - 96000] * 2)

    def test_assumed_limit_on_streams(self):
        opened = []

        def script(peer):
            peer.send(settings(), frame(PING, 0, 0, bytes(8)))
            streams = []
            while (got := peer.next())[:2] != (PING, ACK):
                streams += [got[2]] if got[0] == HEADERS else []
                opened.append(got[:2] if got[0] in (HEADERS, SETTINGS) else None)
            while len(streams) < 3:
                streams.append(peer.request())
            peer.send(*(answer(stream) for stream in streams))
            peer.until_end()

        with Server(script) as server:
            self.expect(run("-M", "1", *[server.uri] * 3), 0)
        before_ack = opened[:opened.index((SETTINGS, ACK))]
        self.assertEqual(sum(got is not None and got[0] == HEADERS for got in before_ack), 1)

    def test_sizes_of_the_decoder_table(self):
        self.assertNotIn(TABLE_SIZE, self.settings_of(update=b"")[0])
        self.assertEqual([got.get(TABLE_SIZE) for got in self.settings_of("-c", "1k")], [1024])
        self.assertEqual(
            [got.get(TABLE_SIZE) for got in self.settings_of("-c", "1k", "-c", "0", "-c", "8k")],
            [1024, 0, 8192])

    def test_size_of_the_encoder_table(self):
        def lengths(*arguments):
            return [len(got[3]) for got in
                    self.kinds(self.frames("-m2", *arguments)[0], HEADERS)]

        usual, none = lengths(), lengths("--encoder-header-table-size", "0")
        self.assertLess(usual[1], usual[0])
        self.assertGreater(none[1], usual[1])

    def test_padding(self):
        padded = [got[1] & PADDED for got in self.kinds(self.frames("-m20", "-b64")[0], HEADERS)]
        self.assertIn(PADDED, padded)
        self.assertFalse(any(got[1] & PADDED
                             for got in self.kinds(self.frames("-m20")[0], HEADERS)))

    def test_a_large_section_takes_continuation(self):
        self.assertTrue(self.kinds(self.frames("--continuation")[0], CONTINUATION))
        self.assertFalse(self.kinds(self.frames()[0], CONTINUATION))

    def test_a_client_certificate_is_shown(self):
        with self.certificate(ssl.CERT_REQUIRED) as (options, context):
            seen = []

            def script(peer):
                with context.wrap_socket(peer.connection, server_side=True) as secure:
                    seen.append(secure.getpeercert())
                    inner = Peer(secure)
                    inner.send(settings())
                    inner.send(answer(inner.request(), b"x"))
                    inner.until_end()

            with Server(script) as server:
                result = run(*options, server.uri.replace("http:", "https:"))
            self.expect(result, 0, b"x")
            self.assertIn(((("commonName", "me"),),), [one["subject"] for one in seen])


class Priorities(Requests):
    def test_of_rfc_9218_by_uri(self):
        _, log = self.frames("-v", "--extpri", "u=1,i", "--extpri", "u=5", uris=("/a", "/b", "/c"))
        self.assertIn(b"          priority: u=1,i\n", log)
        self.assertIn(b"          priority: u=5\n", log)
        self.assertEqual(log.count(b"priority: "), 2)

    def test_of_rfc_7540_by_uri(self):
        frames, _ = self.frames("--weight", "200", "--weight", "3", "--dependency", "0",
                                "--dependency", "1", uris=("/a", "/b", "/c"))
        heads = self.kinds(frames, HEADERS)
        self.assertTrue(all(got[1] & PRIORITY for got in heads))
        self.assertEqual([struct.unpack(">IB", got[3][:5]) for got in heads],
                         [(0, 199), (1, 2), (0, 15)])
        frames, _ = self.frames("--dependency", "0,exclusive", "--dependency", "1", "--dependency",
                                "1,exclusive", uris=("/a", "/b", "/c"))
        exclusive = 1 << 31
        self.assertEqual([struct.unpack(">IB", got[3][:5]) for got in self.kinds(frames, HEADERS)],
                         [(exclusive | 0, 15), (1, 15), (exclusive | 1, 15)])
        self.assertFalse(any(got[1] & PRIORITY for got in self.kinds(self.frames()[0], HEADERS)))


class Pushes(Requests):
    def pushing(self, parts, *arguments, status=0):
        def script(peer):
            peer.send(settings())
            stream = peer.request()
            authority = b"127.0.0.1:%d" % peer.connection.getsockname()[1]
            block = b"\x82\x86" + literal(b":authority", authority) + literal(b":path", b"/pushed")
            peer.send(frame(PUSH_PROMISE, END_HEADERS, stream, struct.pack(">I", 2) + block))
            peer.send(answer(stream, b"page"))
            peer.send(*parts)
            peer.until_end()

        with Server(script) as server:
            result = run(*arguments, server.uri)
        self.expect(result, status)
        return result.stdout

    def test_a_push_is_taken_and_shown(self):
        out = self.pushing([answer(2, b"pushed body")])
        self.assertEqual(out, b"page")
        out = self.pushing([answer(2, b"pushed body")], "--json").decode()
        pushed = [one for one in map(json.loads, out.splitlines()) if one["pushed_on"]][0]
        self.assertEqual((pushed["stream"], pushed["pushed_on"], pushed["status"]), (2, 1, 200))
        self.assertTrue(pushed["uri"].endswith("/pushed"))
        self.assertEqual(pushed["octets"]["response_body"], 11)
        self.assertIn(b"    2* ", self.pushing([answer(2, b"pushed body")], "-ns"))

    def test_how_a_push_ends_decides_nothing(self):
        self.pushing([frame(RST_STREAM, 0, 2, struct.pack(">I", 8))])

    def test_settings_say_whether_and_how_many(self):
        first = setting_values(self.frames()[0][0])
        self.assertEqual((first.get(ENABLE_PUSH), first[STREAMS]), (None, 100))
        first = setting_values(self.frames("--max-concurrent-streams", "7")[0][0])
        self.assertEqual(first[STREAMS], 7)
        self.assertEqual(setting_values(self.frames("--no-push")[0][0])[ENABLE_PUSH], 0)


if __name__ == "__main__":
    main()
