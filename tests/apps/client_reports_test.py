#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What h2-client reports when all is done: --stat, --json, --har.

usage: client_reports_test.py H2_CLIENT H2_SERVER [unittest arguments]
"""
import json
import os
import re
import struct
import tempfile
import threading

from client_harness import (ACK, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, RST_STREAM,
                            SETTINGS, STATUS_200, WINDOW_UPDATE, ClientTest, Server,
                            answer, frame, free_port, h2_server, literal, main, run, settings)

HAR_ENTRY = {
    "pageref": str, "startedDateTime": str, "time": (int, float), "request": dict,
    "response": dict, "cache": dict, "timings": dict, "connection": str, "comment": str}
HAR_REQUEST = {"method": str, "url": str, "httpVersion": str, "cookies": list, "headers": list,
               "queryString": list, "headersSize": int, "bodySize": int}
HAR_RESPONSE = {"status": int, "statusText": str, "httpVersion": str, "cookies": list,
                "headers": list, "content": dict, "redirectURL": str, "headersSize": int,
                "bodySize": int}
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


def objects(result):
    return [json.loads(line) for line in result.stdout.decode("ascii").splitlines()]


class Reports(ClientTest):
    def reported(self, script, status, *arguments):
        with Server(script) as server:
            result = run("--json", *arguments, server.uri + "/p")
        self.assertEqual(result.returncode, status, result)
        return objects(result)[0]

    def has_shape(self, value, shape):
        for name, kind in shape.items():
            self.assertIn(name, value)
            self.assertIsInstance(value[name], kind, name)


class Json(Reports):
    def test_an_object_for_each_request(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "a"), "wb") as file:
                file.write(b"12345")
            with h2_server("-d", folder) as url:
                result = run("--json", "-k", url + "/a", url + "/missing")
        self.expect(result, 0)
        got = {one["uri"].rsplit("/")[-1]: one for one in objects(result)}
        one = got["a"]
        self.assertEqual((one["version"], one["status"], one["method"], one["protocol"]),
                         (1, 200, "GET", "h2"))
        self.assertEqual((one["end"], one["exit_status"], one["reset"]), ("complete", 0, None))
        self.assertEqual(one["octets"]["response_body"], 5)
        self.assertGreater(one["octets"]["request_header"], 0)
        self.assertGreater(one["octets"]["response_header"], 0)
        self.assertEqual(got["missing"]["status"], 404)
        times = one["timings_us"]
        order = ("queued", "connected", "sent", "body_sent", "first_octet", "done")
        self.assertEqual(sorted(times[name] for name in order), [times[name] for name in order])
        self.assertEqual(one["connection"]["tls_version"], "TLSv1.3")
        self.assertEqual(one["connection"], got["missing"]["connection"])

    def test_bodies_go_elsewhere(self):
        def script(peer):
            peer.send(settings())
            peer.send(answer(peer.request(), b"body"))
            peer.until_end()

        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(folder, "body")
            with Server(script) as server:
                result = run("--json", "-o", name, server.uri)
            self.expect(result, 0)
            self.assertEqual(len(objects(result)), 1)
            with open(name, "rb") as file:
                self.assertEqual(file.read(), b"body")

    def test_a_reset_says_who_and_why(self):
        def of_peer(peer):
            peer.send(settings())
            peer.send(frame(RST_STREAM, 0, peer.request(), struct.pack(">I", 11)))
            peer.until_end()

        def of_client(peer):
            peer.send(settings())
            peer.send(frame(DATA, END_STREAM, peer.request(), b"abc"))
            peer.until_end()

        one = self.reported(of_peer, 4)
        self.assertEqual(one["end"], "reset")
        self.assertEqual((one["reset"]["by"], one["reset"]["code_name"], one["reset"]["reason"]),
                         ("peer", "ENHANCE_YOUR_CALM", "RESET_BY_PEER"))
        self.assertIsNone(one["status"])
        one = self.reported(of_client, 4)
        self.assertEqual((one["reset"]["by"], one["reset"]["reason"], one["reset"]["where"]),
                         ("client", "DATA_BEFORE_HEADERS", "RFC 9113 8.1"))

    def test_what_never_began_is_reported_too(self):
        result = run("--json", "http://127.0.0.1:%d/" % free_port())
        self.assertEqual(result.returncode, 2)
        one = objects(result)[0]
        self.assertEqual((one["end"], one["exit_status"], one["stream"]), ("lost", 2, 0))
        self.assertIsNone(one["timings_us"]["sent"])
        self.assertIn("refused", one["message"])

    def test_a_lost_connection(self):
        def script(peer):
            peer.send(settings())
            peer.request()
            peer.send(frame(GOAWAY, 0, 0, struct.pack(">II", 1, 2)))

        self.assertEqual(self.reported(script, 4)["end"], "lost")

    def test_tries_are_counted(self):
        def script(peer):
            peer.send(settings())
            peer.send(frame(RST_STREAM, 0, peer.request(), struct.pack(">I", 7)))
            peer.send(answer(peer.request(), b"x"))
            peer.until_end()

        one = self.reported(script, 0)
        self.assertEqual((one["tries"], one["stream"], one["end"]), (2, 3, "complete"))


class Stalls(Reports):
    """The server waits so long that a stall cannot be missed, and what is held against it is less."""
    WAIT = 0.2
    LEAST_US = 100000

    def stalled(self, script, *arguments, count=1):
        with tempfile.NamedTemporaryFile() as file:
            file.write(bytes(100000))
            file.flush()
            with Server(script) as server:
                result = run("--json", "-d", file.name, *arguments, *[server.uri] * count)
        self.expect(result, 0)
        return [one["stalled_us"] for one in objects(result)]

    def upload(self, first_window, *credit):
        def script(peer):
            peer.send(settings((4, first_window)))
            stream = peer.request()
            got = 0
            while got < min(first_window, 65535):
                one = peer.next()
                got += len(one[3]) if one[0] == DATA else 0
            self.pause()
            peer.send(*(frame(WINDOW_UPDATE, 0, stream if which else 0, b"\0\x0f\0\0")
                        for which in credit))
            while got < 100000:
                one = peer.next()
                got += len(one[3]) if one[0] == DATA else 0
            peer.send(answer(stream))
            peer.until_end()
        return script

    def pause(self):
        threading.Event().wait(self.WAIT)

    def test_by_the_window_of_the_stream(self):
        one, = self.stalled(self.upload(1000, 1, 0))
        self.assertGreater(one["send_stream_window"], self.LEAST_US)
        self.assertLess(one["send_connection_window"], self.LEAST_US)

    def test_by_the_window_of_the_connection(self):
        one, = self.stalled(self.upload(1000000, 0))
        self.assertGreater(one["send_connection_window"], self.LEAST_US)
        self.assertLess(one["send_stream_window"], self.LEAST_US)

    def test_by_the_number_of_streams(self):
        def script(peer):
            peer.send(settings((3, 1)), frame(PING, 0, 0, bytes(8)))
            streams = []
            while (got := peer.next())[:2] != (PING, ACK):
                streams += [got[2]] if got[0] == HEADERS else []
            for one in streams[1:]:
                peer.send(frame(RST_STREAM, 0, one, struct.pack(">I", 7)))
            self.pause()
            peer.send(answer(streams[0]))
            peer.send(answer(peer.request()))
            peer.until_end()

        with Server(script) as server:
            result = run("--json", server.uri + "/1", server.uri + "/2")
        self.expect(result, 0)
        waits = {one["uri"][-1]: one["stalled_us"]["concurrency"] for one in objects(result)}
        self.assertLess(waits["1"], self.LEAST_US)
        self.assertGreater(waits["2"], self.LEAST_US)

    def test_by_our_own_window(self):
        """The second answer fills its window while the first has its turn to be written."""
        def script(peer):
            peer.send(settings())
            first, second = peer.request(), peer.request()
            peer.send(frame(HEADERS, END_HEADERS, second, STATUS_200))
            for _ in range(16):
                peer.send(frame(DATA, 0, second, bytes(16384)))
            self.pause()
            peer.send(answer(first), frame(DATA, END_STREAM, second))
            peer.until_end()

        with tempfile.TemporaryDirectory() as folder:
            with Server(script) as server:
                result = run("--json", "-o", os.path.join(folder, "x"), server.uri + "/1",
                             server.uri + "/2")
        self.expect(result, 0)
        waits = {one["uri"][-1]: one["stalled_us"]["receive_stream_window"]
                 for one in objects(result)}
        self.assertGreater(waits["2"], self.LEAST_US)
        self.assertEqual(waits["1"], 0)


class Table(Reports):
    def test_requests_stand_in_the_order_of_their_ends(self):
        def script(peer):
            peer.send(settings())
            first, second = peer.request(), peer.request()
            peer.send(answer(second, b"x" * 2048))
            peer.send(frame(PING, 0, 0, bytes(8)))
            while peer.next()[:2] != (PING, ACK):
                pass
            peer.send(frame(RST_STREAM, 0, first, struct.pack(">I", 2)))
            peer.until_end()

        with Server(script) as server:
            result = run("-ns", server.uri + "/a", server.uri + "/b")
        self.expect(result, 4)
        rows = [line for line in result.stdout.decode().splitlines() if server.uri in line]
        self.assertRegex(rows[0], r"^ +3 +\+\S+ +\+\S+ +\+\S+ +\S+ +200 +2\.0K  http.*/b")
        self.assertRegex(rows[1], r"^ +1 +\+\S+ +- +\+\S+ +\S+ +- +0  http.*/a.*INTERNAL_ERROR")
        self.assertRegex(result.stdout, rb"\nconnection 1: 127\.0\.0\.1:\d+ h2c, name \S+s, TCP ")

    def test_no_table_without_it(self):
        self.fetch(lambda peer: (peer.send(settings()), peer.send(answer(peer.request(), b"x")),
                                 peer.until_end()), 0, output=b"x")


class Har(Reports):
    def archive(self, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(folder, "har")
            result = run("-n", "--har", name, *arguments)
            with open(name, encoding="ascii") as file:
                return result, json.load(file)["log"]

    def test_archive_has_the_shape_of_har_1_2(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "a.txt"), "wb") as file:
                file.write(b"12345")
            with h2_server("-d", folder) as url:
                result, log = self.archive("-k", url + "/a.txt?x=1&y", url + "/none")
        self.expect(result, 0)
        self.assertEqual(log["version"], "1.2")
        self.has_shape(log["creator"], {"name": str, "version": str})
        self.has_shape(log["pages"][0], {"startedDateTime": str, "id": str, "title": str,
                                         "pageTimings": dict})
        self.assertEqual(len(log["entries"]), 2)
        for entry in log["entries"]:
            self.has_shape(entry, HAR_ENTRY)
            self.has_shape(entry["request"], HAR_REQUEST)
            self.has_shape(entry["response"], HAR_RESPONSE)
            self.has_shape(entry["response"]["content"], {"size": int, "mimeType": str})
            self.assertEqual(entry["pageref"], log["pages"][0]["id"])
            self.assertRegex(entry["startedDateTime"], DATE)
            times = entry["timings"]
            for name in ("send", "wait", "receive"):
                self.assertGreaterEqual(times[name], 0)
            spans = [time for name, time in times.items() if name != "ssl" and time > 0]
            self.assertAlmostEqual(sum(spans), entry["time"], delta=1)
        first, second = log["entries"]
        self.assertEqual(first["request"]["queryString"],
                         [{"name": "x", "value": "1"}, {"name": "y", "value": ""}])
        self.assertIn({"name": ":method", "value": "GET"}, first["request"]["headers"])
        self.assertEqual(first["response"]["content"], {"size": 5, "mimeType": "text/plain; charset=utf-8"})
        self.assertEqual(second["response"]["status"], 404)
        self.assertGreaterEqual(first["timings"]["ssl"], 0)
        self.assertEqual(second["timings"]["connect"], -1)

    def test_octets_that_are_no_text_stay_valid_json(self):
        def script(peer):
            peer.send(settings())
            peer.send(answer(peer.request(), b"x", literal(b"x-odd", b"\xff\"\\\x80")))
            peer.until_end()

        with Server(script) as server:
            result, log = self.archive(server.uri)
        self.expect(result, 0)
        self.assertIn({"name": "x-odd", "value": "\xff\"\\\x80"},
                      log["entries"][0]["response"]["headers"])

    def test_a_file_that_cannot_be_written(self):
        self.fetch(lambda peer: (peer.send(settings()), peer.send(answer(peer.request())),
                                 peer.until_end()), 5, "--har", "/nonexistent/har",
                   error=b"/nonexistent/har")


if __name__ == "__main__":
    main()
