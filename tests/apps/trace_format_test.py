#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The frame log in NDJSON: trace_format_test.py TRACE_SAMPLES DOCS/TRACE-FORMAT.MD [TEST]..."""
import pathlib
import re
import subprocess
import sys
import unittest

import trace_schema

HOSTILE = "\"\\\n{\x1b[31m\x7f\u00e9\U0001f600"
BROKEN = b"a\xff\xc0\x80".hex()


class Format(unittest.TestCase):
    samples = None
    page = None

    @classmethod
    def setUpClass(cls):
        text = subprocess.run([cls.samples], capture_output=True, check=True).stdout
        cls.head, cls.records = trace_schema.read(text.decode("ascii"))

    def of(self, event):
        return [record for record in self.records if record["event"] == event]

    def frames(self, kind):
        return [record for record in self.of("frame") if record["type"] == kind]

    def test_the_first_line_says_what_follows(self):
        self.assertEqual(self.head["program"], "trace_samples")
        self.assertEqual(self.head["started"], "2023-11-14T22:13:20.000000042Z")

    def test_every_event_and_type_of_frame_is_in_the_samples(self):
        self.assertEqual({record["event"] for record in self.records},
                         {*trace_schema.EVENTS, "frame"})
        self.assertEqual({record["type"] for record in self.of("frame")},
                         set(trace_schema.FRAMES))

    def test_times_count_from_the_start(self):
        first, second = self.of("note")
        self.assertEqual((first["time_ns"], second["time_ns"]), (0, 1))
        self.assertNotIn("connection", first)
        self.assertTrue(all(record["connection"] == 7 for record in self.records[2:]))

    def test_octets_come_back_whatever_they_are(self):
        hostile, broken = self.frames("GOAWAY")
        self.assertEqual(hostile["debug"], HOSTILE)
        self.assertEqual(broken["debug_hex"], BROKEN)
        fields = self.of("http1_request")[0]["fields"]
        self.assertEqual(fields[2]["value"], HOSTILE)
        self.assertEqual((fields[3]["name_hex"], fields[3]["value_hex"]),
                         (b"x-\xff".hex(), BROKEN))
        self.assertEqual(fields[4]["value"], "")
        self.assertEqual(self.frames("ORIGIN")[0]["origins"], ["https://a", {"hex": BROKEN}, ""])

    def test_input_is_hexadecimal(self):
        self.assertEqual((self.of("input")[0]["length"], self.of("input")[0]["octets"]),
                         (4, BROKEN))

    def test_frames_are_decoded(self):
        settings, ack = self.frames("SETTINGS")
        self.assertEqual(settings["settings"],
                         [{"id": 2, "name": "ENABLE_PUSH", "value": 0},
                          {"id": 0xfefe, "name": "UNKNOWN", "value": 0xffffffff}])
        self.assertEqual((ack["settings"], ack["flag_names"], ack["flags"]), ([], ["ACK"], 1))
        self.assertEqual(self.frames("PING")[0]["opaque"], "0102ab0000000000")
        self.assertEqual(self.frames("RST_STREAM")[0]["error_name"], "CANCEL")
        self.assertEqual(self.frames("WINDOW_UPDATE")[0]["increment"], 0x7fffffff)
        self.assertEqual(self.frames("PRIORITY")[0]["priority"],
                         {"dependency": 0, "weight": 256, "exclusive": True})
        self.assertEqual(self.frames("PRIORITY_UPDATE")[0]["prioritized_stream"], 5)
        self.assertEqual(self.frames("PUSH_PROMISE")[0]["promised_stream"], 2)
        self.assertEqual(self.frames("ALTSVC")[0]["value"], 'h2=":1"')
        self.assertEqual(self.frames("DATA")[0]["pad_length"], 3)
        self.assertEqual(self.frames("UNKNOWN")[0]["type_id"], 0xbe)
        self.assertEqual(self.frames("DATA")[0]["direction"], "recv")

    def test_sections_say_what_they_are(self):
        sections = [record.get("section") for record in self.of("frame")
                    if record["type"] in ("HEADERS", "CONTINUATION", "PUSH_PROMISE")]
        self.assertEqual(sections, ["request", None, "informational", "request", "response",
                                    "trailers"])
        request = self.frames("HEADERS")[0]
        self.assertEqual([field["sensitive"] for field in request["fields"]],
                         [False, True, False, False, False])
        self.assertEqual(request["priority"]["dependency"], 11)
        self.assertEqual(request["direction"], "recv")

    def test_faults_name_the_section_or_the_limit(self):
        section, limit = self.of("fault")
        self.assertEqual((section["reason_name"], section["rfc"], section["value"]),
                         ("CONTENT_LENGTH_MISMATCH", "RFC 9113 8.1.1", 2 ** 64 - 1))
        self.assertEqual((limit["limit_name"], limit["limit"], limit["forgiven"]),
                         ("glitch_burst", 100, True))
        self.assertNotIn("rfc", limit)

    def test_the_page_has_every_name(self):
        text = self.page.read_text()
        for names in (trace_schema.HEAD, trace_schema.FRAME, *trace_schema.EVENTS.values(),
                      *trace_schema.FRAMES.values(), trace_schema.EVENTS, trace_schema.FRAMES):
            for name in names:
                self.assertRegex(text, rf"`{re.escape(name.rstrip('?'))}`")


if __name__ == "__main__":
    Format.samples = sys.argv.pop(1)
    Format.page = pathlib.Path(sys.argv.pop(1))
    unittest.main()
