#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""hpack-encode and hpack-decode as programs: formats, round trips, errors, --explain, --compare.

usage: hpack_tools_test.py HPACK_ENCODE HPACK_DECODE [unittest arguments]

Field blocks that are not made here are those of RFC 7541 Appendix C.
"""
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import unittest

try:
    import hpack as python_hpack
except ImportError:
    python_hpack = None

ENCODE = os.path.abspath(sys.argv.pop(1))
DECODE = os.path.abspath(sys.argv.pop(1))
TIME_LIMIT = 120

# RFC 7541 C.3 and C.4: three requests on a connection, without and with Huffman coding.
REQUESTS = [
    [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "www.example.com")],
    [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "www.example.com"),
     ("cache-control", "no-cache")],
    [(":method", "GET"), (":scheme", "https"), (":path", "/index.html"),
     (":authority", "www.example.com"), ("custom-key", "custom-value")],
]
C3 = ["828684410f7777772e6578616d706c652e636f6d",
      "828684be58086e6f2d6361636865",
      "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565"]
C4 = ["828684418cf1e3c2e5f23a6ba0ab90f4ff",
      "828684be5886a8eb10649cbf",
      "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"]

# RFC 7541 C.5 and C.6: three responses, with a table of 256 octets.
COOKIE = "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"
RESPONSES = [
    [(":status", "302"), ("cache-control", "private"), ("date", "Mon, 21 Oct 2013 20:13:21 GMT"),
     ("location", "https://www.example.com")],
    [(":status", "307"), ("cache-control", "private"), ("date", "Mon, 21 Oct 2013 20:13:21 GMT"),
     ("location", "https://www.example.com")],
    [(":status", "200"), ("cache-control", "private"), ("date", "Mon, 21 Oct 2013 20:13:22 GMT"),
     ("location", "https://www.example.com"), ("content-encoding", "gzip"), ("set-cookie", COOKIE)],
]
C5 = ["4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54"
      "6e1768747470733a2f2f7777772e6578616d706c652e636f6d",
      "4803333037c1c0bf",
      "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f"
      "3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076"
      "657273696f6e3d31"]
C6 = ["488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f"
      "0b97c8e9ae82ae43d3",
      "4883640effc1c0bf",
      "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335df"
      "dfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007"]

# RFC 7541 C.2: one field each, with the flag that it is never indexed.
SINGLE = [
    ("400a637573746f6d2d6b65790d637573746f6d2d686561646572", ("custom-key", "custom-header"), 0),
    ("040c2f73616d706c652f70617468", (":path", "/sample/path"), 0),
    ("100870617373776f726406736563726574", ("password", "secret"), 1),
    ("82", (":method", "GET"), 0),
]

EXPLAINED = """\
case 0: 8 octets
  table before: 0 entries, 0 of 64 octets
  offset  octets  hex                 meaning
       0       1  48                  literal with indexing, name of static entry 8
       1       1  82                  length of the value: 2, Huffman
       2       2  6402                value, 3 octets without Huffman
                                      => :status: 302 (4 octets for 10)
                                         + entry 62, 42 octets
       4       2  0f07                literal without indexing, name of static entry 22
       6       1  01                  length of the value: 1
       7       1  41                  value
                                      => allow: A (4 octets for 6)
  table after: 1 entry, 42 of 64 octets (1 added, 0 evicted)
  2 fields, 16 octets of names and values in 8 (50.0 %), section of 80 (10.0 times)

case 1: 39 octets
  table before: 1 entry, 42 of 64 octets
  offset  octets  hex                 meaning
       0       2  3f01                table size update to 32 octets
                                         - 1 entry evicted
       2       2  3f21                table size update to 64 octets
       4       1  82                  indexed, static entry 2
                                      => :method: GET (1 octet for 10)
       5       1  40                  literal with indexing, new name
       6       1  0a                  length of the name: 10
       7      10  637573746f6d2d..    name
      17       1  0d                  length of the value: 13
      18      13  637573746f6d2d..    value
                                      => custom-key: custom-header (26 octets for 23)
                                         + entry 62, 55 octets
      31       1  be                  indexed, dynamic entry 62
                                      => custom-key: custom-header (1 octet for 23)
      32       1  10                  literal never indexed, new name
      33       1  04                  length of the name: 4
      34       4  0a1b7fff            name
      38       1  00                  length of the value: 0
                                      => \\x0a\\x1b\\x7f\\xff:  (7 octets for 4)
  table after: 1 entry, 55 of 64 octets (1 added, 1 evicted)
  4 fields, 60 octets of names and values in 39 (65.0 %), section of 188 (4.8 times)

case 2: 2 octets
  table before: 1 entry, 55 of 64 octets
  offset  octets  hex                 meaning
       0       1  82                  indexed, static entry 2
                                      => :method: GET (1 octet for 10)
       1       1  bf                  not decoded
  error: HPACK_ERR_INDEX: index is zero or beyond the tables

totals                          count        wire         raw
  indexed, static                   2           2          20
  indexed, dynamic                  1           1          23
  literal with indexing             2          30          33
  literal without indexing          1           4           6
  literal never indexed             1           7           4
  table size update                 2           4           0
  Huffman strings                   1           2           3
  entries: 2 added, 1 evicted
  sections: 268 octets from 47 in 2 blocks (5.7 times; at most 10.0, case 0)
"""


def run(program, *arguments, given="", status=0):
    """Returns standard output and standard error; given is text, octets or an object for JSON."""
    if not isinstance(given, (str, bytes)):
        given = json.dumps(given)
    done = subprocess.run([program, *arguments], capture_output=True, timeout=TIME_LIMIT,
                          input=given if isinstance(given, bytes) else given.encode())
    if done.returncode != status:
        raise AssertionError(f"{program} {arguments}: status {done.returncode}, not {status}:\n"
                             f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout, done.stderr.decode()


def cases_of(output):
    return json.loads(output.decode())["cases"]


def encode(given, *arguments, status=0):
    return cases_of(run(ENCODE, "-q", *arguments, given=given, status=status)[0])


def decode(given, *arguments, status=0):
    return cases_of(run(DECODE, "-q", *arguments, given=given, status=status)[0])


def headers(fields):
    return [{name: value} for name, value in fields]


def sets(*field_lists):
    return {"cases": [{"headers": headers(fields)} for fields in field_lists]}


def blocks(*wires):
    return {"cases": [{"wire": wire} for wire in wires]}


def pairs(case):
    return [pair for field in case["headers"] for pair in field.items()]


def octets(case):
    """The fields of a case in octets, read as the documentation says."""
    listed = case.get("octets", [])
    return [tuple(text.encode("latin-1" if at in listed else "utf-8") for text in pair)
            for at, pair in enumerate(pairs(case))]


def octet_set(*fields):
    """A case with these octets, written plainly: every field one character an octet."""
    text = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in fields]
    return {"headers": headers(text), "octets": list(range(len(fields)))}


def some_sets(count=40, seed=5):
    chance = random.Random(seed)
    names = [f"x-name-{number}" for number in range(12)] + [":path", "cookie", "user-agent", "te"]
    return [[(chance.choice(names), "v" * chance.randrange(40) + str(chance.randrange(30)))
             for _ in range(chance.randrange(1, 12))] for _ in range(count)]


class Format(unittest.TestCase):
    def test_a_case_has_all_members(self):
        case = encode(sets(REQUESTS[0]))[0]
        self.assertEqual(list(case), ["seq", "input_length", "output_length",
                                      "percentage_of_original_size", "wire", "headers",
                                      "header_table_size"])
        self.assertEqual(case["seq"], 0)
        self.assertEqual(case["input_length"], 52)
        self.assertEqual(case["output_length"], len(case["wire"]) // 2)
        self.assertAlmostEqual(case["percentage_of_original_size"],
                               case["output_length"] * 100 / 52)
        self.assertEqual(case["headers"], headers(REQUESTS[0]))
        self.assertEqual(case["header_table_size"], 4096)

    def test_examples_of_the_rfc_are_decoded(self):
        for wires in C3, C4:
            self.assertEqual([pairs(case) for case in decode(blocks(*wires))], REQUESTS)
        for wires in C5, C6:
            self.assertEqual([pairs(case) for case in decode(blocks(*wires), "-s", "256")],
                             RESPONSES)
        for wire, field, never in SINGLE:
            case = decode(blocks(wire))[0]
            self.assertEqual(pairs(case), [field])
            self.assertEqual(case.get("never_indexed", []), [0] if never else [])

    def test_examples_of_the_rfc_are_encoded(self):
        self.assertEqual([case["wire"] for case in encode(sets(*REQUESTS))], C4)

    def test_without_huffman_the_octets_are_plain(self):
        self.assertEqual([case["wire"] for case in encode(sets(*REQUESTS), "--no-huffman")], C3)

    def test_policies_choose_what_is_added(self):
        fields = [[("a", str(number))] for number in range(50)]
        counts = {}
        for policy in "adaptive", "all", "static":
            got = encode(sets(*fields), "-d", "--policy", policy)
            counts[policy] = len(got[-1]["header_table"]["entries"])
            self.assertEqual([pairs(case) for case in decode({"cases": got})], fields)
        self.assertEqual((counts["all"], counts["static"]), (50, 0))
        self.assertTrue(0 < counts["adaptive"] < 50)

    def test_other_members_are_passed_over(self):
        given = {"description": ["x", {"cases": 1}], "context": "request", "n": -1.5e+3, "z": 0,
                 "t": [True, False, None, {}, []], "esc\"\\\u00e9": "\ud83d\ude00",
                 "cases": [{"headers": headers(REQUESTS[0]), "more": {"a": [1]}}]}
        self.assertEqual(pairs(encode(given)[0]), REQUESTS[0])

    def test_no_cases_are_no_cases(self):
        self.assertEqual(encode({"cases": []}), [])
        self.assertEqual(decode({"cases": []}), [])

    def test_empty_sets_and_blocks_are_cases(self):
        case = encode(sets([]))[0]
        self.assertEqual((case["wire"], case["headers"]), ("", []))
        self.assertEqual(decode(blocks(""))[0]["headers"], [])
        self.assertEqual(case["percentage_of_original_size"], 0)

    def test_order_and_repetition_of_fields_are_kept(self):
        fields = [("b", "1"), ("a", "2"), ("b", "1"), ("", ""), ("a", ""), ("", "x")]
        self.assertEqual(pairs(decode({"cases": encode(sets(fields))})[0]), fields)

    def test_hex_is_read_in_either_case(self):
        self.assertEqual(pairs(decode(blocks(C4[0].upper()))[0]), REQUESTS[0])

    def test_statistics_are_told_unless_quiet(self):
        _, told = run(ENCODE, given=sets(REQUESTS[0]))
        self.assertEqual(told, "Overall: input=52 output=17 ratio=0.33\n")
        _, told = run(DECODE, given=blocks(C4[0]))
        self.assertEqual(told, "Overall: input=52 output=17 ratio=0.33\n")
        self.assertEqual(run(ENCODE, "--quiet", given=sets(REQUESTS[0]))[1], "")

    def test_aliases_are_the_programs(self):
        for program, alias in (ENCODE, "deflatehd"), (DECODE, "inflatehd"):
            path = os.path.join(os.path.dirname(program), alias)
            self.assertEqual(os.path.realpath(path), os.path.realpath(program))
            self.assertEqual(run(path, "--version"), run(program, "--version"))


class RoundTrip(unittest.TestCase):
    def test_output_of_each_is_input_of_both(self):
        encoded, _ = run(ENCODE, given=sets(*some_sets()))
        decoded, _ = run(DECODE, given=encoded)
        self.assertEqual([pairs(case) for case in cases_of(decoded)], some_sets())
        self.assertEqual(run(ENCODE, given=encoded)[0], encoded)
        self.assertEqual(run(DECODE, given=decoded)[0], decoded)
        again, _ = run(ENCODE, given=decoded)
        self.assertEqual([case["wire"] for case in cases_of(again)],
                         [case["wire"] for case in cases_of(encoded)])

    def test_all_octets_survive(self):
        every = bytes(range(256))
        fields = [(bytes([one]), bytes([one])) for one in every]
        fields += [(every, every), (every[::-1], b""), (b"", every), (b"x", b"\xc3\xa9\x00"),
                   (b"y", b"\xed\xa0\x80"), (b"z", b"\xc0\x80"), (b"\xf0\x9f\x98\x80", b"\xff")]
        encoded = encode({"cases": [octet_set(*fields)]})
        self.assertEqual(octets(encoded[0]), fields)
        decoded = decode({"cases": encoded})
        self.assertEqual(octets(decoded[0]), fields)
        self.assertEqual(octets(encode({"cases": decoded})[0]), fields)
        self.assertEqual(encode({"cases": decoded})[0]["wire"], encoded[0]["wire"])

    def test_text_of_any_kind_is_octets_of_utf8(self):
        fields = [("x-\u00e9", "\u00ff\u0100\u20ac\U0001f600"), ("nul", "a\0b\0"), ("\0", "\0"),
                  ("quote", "\"\\/\b\f\n\r\t\x7f"), ("backslash", "\\u0000 \\\\u0000")]
        for ascii_only in True, False:
            given = json.dumps(sets(fields), ensure_ascii=ascii_only)
            decoded = decode({"cases": encode(given)})[0]
            self.assertEqual(pairs(decoded), fields)
            self.assertNotIn("octets", decoded)

    def test_output_has_no_control_characters(self):
        fields = [("".join(map(chr, range(0xa1))), "\u009b31m\u00c2\u00e9")]
        given = sets(fields)
        given["cases"].append(octet_set((bytes(range(256)), b"\xc2\x9b\xff\xc2")))
        out, _ = run(ENCODE, given=given)
        self.assertIsNone(re.search(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]", out))
        self.assertEqual(pairs(decode(out)[0]), fields)
        self.assertEqual(octets(decode(out)[1]), [(bytes(range(256)), b"\xc2\x9b\xff\xc2")])

    def test_never_indexed_survives_both_ways(self):
        given = {"cases": [{"headers": headers([("a", "1"), ("b", "2"), ("a", "1"), ("b", "2")]),
                            "never_indexed": [1, 3]}]}
        encoded = encode(given)
        decoded = decode({"cases": encoded})
        self.assertEqual(encoded[0]["never_indexed"], [1, 3])
        self.assertEqual(decoded[0]["never_indexed"], [1, 3])
        self.assertEqual(encode({"cases": decoded})[0]["wire"], encoded[0]["wire"])

    @unittest.skipUnless(python_hpack, "python3-hpack is not there")
    def test_another_decoder_reads_what_is_encoded(self):
        for arguments in [], ["-s", "256"], ["-S", "100"], ["-s", "0"]:
            decoder = python_hpack.Decoder()
            for fields, case in zip(some_sets(), encode(sets(*some_sets()), *arguments)):
                got = decoder.decode(bytes.fromhex(case["wire"]), raw=True)
                self.assertEqual([(name.decode(), value.decode()) for name, value in got], fields)

    @unittest.skipUnless(python_hpack, "python3-hpack is not there")
    def test_another_encoder_is_read(self):
        for huffman in True, False:
            encoder = python_hpack.Encoder()
            wires = [encoder.encode(fields, huffman=huffman).hex() for fields in some_sets()]
            self.assertEqual([pairs(case) for case in decode(blocks(*wires))], some_sets())


class Text(unittest.TestCase):
    TEXT = (":method: GET\n:path: /\nempty: \na: b: c\n\n"
            ":method: POST\nuser-agent: nghttp2\nx\\y: \\n \xe9\n")

    def test_encode_and_decode_are_the_identity(self):
        text = self.TEXT.encode("latin-1")
        encoded, _ = run(ENCODE, "-t", given=text)
        self.assertEqual(run(DECODE, "-t", given=encoded)[0], text)
        self.assertEqual(octets(cases_of(encoded)[1])[2], (b"x\\y", b"\\n \xe9"))

    def test_blanks_line_ends_and_empty_lines_vary(self):
        fields = [[(":method", "GET"), ("a", "b c")], [("d", "")]]
        for text in ":method: GET\na: b c\n\nd:\n", ":method:GET\r\na: \t b c\t \r\n\r\nd: \r\n", \
                "\n\n:method: GET\na:b c\n\n\r\n\nd:", "\r\n:method:GET\na:b c\n\nd:\n\n\n":
            self.assertEqual([pairs(case) for case in encode(text, "-t")], fields, text)

    def test_nothing_is_no_case(self):
        for text in "", "\n", "\r\n\n":
            self.assertEqual(encode(text, "-t"), [])

    def test_a_line_that_is_no_field_breaks_its_set_only(self):
        for line in "no colon", ":", ": x", "x":
            got = encode(f"a: b\n\nc: d\n{line}\ne: f\n\ng: h\n", "-t", status=1)
            self.assertEqual(got[1]["error"]["name"], "CASE_ERR_SYNTAX", line)
            self.assertIn("line 4", got[1]["error"]["text"])
            self.assertEqual((pairs(got[0]), pairs(got[2])), ([("a", "b")], [("g", "h")]))

    def test_a_set_that_is_too_long_is_passed_over(self):
        for long in "x: " + "y" * 1000, "x: y\n" * 200, "y" * 1000, "\r" * 1000:
            got = encode(f"a: b\n\n{long}\n\n\nc: d\n", "-t", "--max-case-size=100", status=1)
            self.assertEqual(got[1]["error"]["name"], "CASE_ERR_TOO_LARGE")
            self.assertEqual((len(got), pairs(got[2])), (3, [("c", "d")]))

    def test_what_text_cannot_hold_is_told(self):
        for field in ("a", " b"), ("a", "b\t"), ("a", "b\nc"), ("a:b", "c"), ("", "x"), \
                ("a\n", "b"), ("a", "b\r"):
            given = {"cases": encode(sets([("x", "y")], [("a", "b"), field], [("z", "")]))}
            text, told = run(DECODE, "-t", "-q", given=given, status=1)
            self.assertEqual(text, b"x: y\n\nz: \n")
            self.assertRegex(told, "case 1: CASE_ERR_TEXT: the field at position 1 ")
        self.assertIn("without fields", run(DECODE, "-t", given=blocks(""), status=1)[1])


class TableSize(unittest.TestCase):
    FIELDS = [("some-name", "value"), ("other-name", "value")]  # entries of 46 and 47 octets

    def test_the_table_is_dumped(self):
        expected = {"entries": [{"index": 62, "name": "other-name", "value": "value", "size": 47},
                                {"index": 63, "name": "some-name", "value": "value", "size": 46}],
                    "size": 93, "max_size": 4096}
        encoded = encode(sets(self.FIELDS), "-d")
        self.assertEqual(encoded[0]["header_table"], expected)
        self.assertEqual(decode({"cases": encoded}, "--dump-header-table")[0]["header_table"],
                         expected)
        self.assertNotIn("header_table", encode(sets(self.FIELDS))[0])

    def test_octets_in_the_table_are_marked(self):
        table = encode({"cases": [octet_set((b"x", b"\xff"))]}, "-d")[0]["header_table"]
        self.assertEqual(table["entries"], [{"index": 62, "name": "x", "value": "\u00ff",
                                             "size": 34, "octets": True}])

    def test_sizes_are_announced_and_kept_to(self):
        for arguments, begin, size in (
                (["-s", "46"], "3f0f", 46), (["-S", "46"], "3f0f", 46), (["-s", "0"], "20", 0),
                (["-s", "100000"], "40", 4096),
                (["-s", "100000", "-S", "65536"], "3fe1ff03", 65536),
                (["--table-size=100", "--deflate-table-size=50"], "3f13", 50)):
            encoded = encode(sets(self.FIELDS, self.FIELDS), "-d", *arguments)
            decoded = decode({"cases": encoded}, "-d")
            self.assertTrue(encoded[0]["wire"].startswith(begin), (arguments, encoded[0]["wire"]))
            for case in encoded + decoded:
                self.assertEqual(case["header_table"]["max_size"], size)
                self.assertLessEqual(case["header_table"]["size"], size)
                self.assertEqual(pairs(case), self.FIELDS)
            self.assertEqual([case["header_table"] for case in encoded],
                             [case["header_table"] for case in decoded])

    def test_sizes_change_between_cases(self):
        sizes = [4096, 0, 0, 50, 8192, 100]
        given = {"cases": [{"headers": headers(self.FIELDS), "header_table_size": size}
                           for size in sizes]}
        encoded = encode(given, "-d", "-S", "6000")
        decoded = decode({"cases": encoded}, "-d")
        self.assertEqual([case["header_table_size"] for case in encoded], sizes)
        self.assertEqual([case["header_table_size"] for case in decoded], sizes)
        self.assertEqual([case["header_table"]["max_size"] for case in encoded],
                         [4096, 0, 0, 50, 6000, 100])
        self.assertEqual([case["header_table"] for case in encoded],
                         [case["header_table"] for case in decoded])
        self.assertEqual([pairs(case) for case in decoded], [self.FIELDS] * len(sizes))

    def test_a_size_holds_until_the_next(self):
        given = sets(self.FIELDS, self.FIELDS)
        given["cases"][0]["header_table_size"] = 50
        self.assertEqual([case["header_table_size"] for case in encode(given)], [50, 50])

    def test_a_reduction_has_to_be_acknowledged(self):
        given = blocks("82", "82", "82")
        given["cases"][1]["header_table_size"] = 100
        got = decode(given, status=1)
        self.assertEqual(got[1]["error"]["name"], "HPACK_ERR_SIZE_UPDATE_MISSING")
        self.assertEqual(got[2]["error"]["name"], "CASE_ERR_CONTEXT_LOST")

    def test_the_first_size_need_not_be(self):
        given = blocks(*C6)
        given["cases"][0]["header_table_size"] = 256
        self.assertEqual([pairs(case) for case in decode(given)], RESPONSES)

    def test_a_size_above_the_limit_is_refused(self):
        for size, wire, status in (4096, "3fe11f", 0), (4096, "3fe21f", 1), (100, "3f45", 0), \
                (100, "3f46", 1), (8192, "3fe13f", 0), (8192, "3fe23f", 1):
            got = decode(blocks(wire), "-s", str(size), status=status)
            self.assertEqual(got[0].get("error", {}).get("name"),
                             "HPACK_ERR_SIZE_UPDATE_LIMIT" if status else None)

    def test_bad_sizes_are_errors_of_their_case(self):
        for size, name in (-1, "RANGE"), (16777217, "RANGE"), (1.5, "RANGE"), (1e99, "RANGE"), \
                ("1", "TYPE"), (None, "TYPE"), ([], "TYPE"):
            given = sets(self.FIELDS, self.FIELDS)
            given["cases"][0]["header_table_size"] = size
            got = encode(given, status=1)
            self.assertEqual(got[0]["error"]["name"], "CASE_ERR_" + name)
            self.assertEqual(pairs(got[1]), self.FIELDS)
        given["cases"][0]["header_table_size"] = 16777217
        self.assertEqual(len(pairs(encode(given, "-s", "16777217")[0])), 2)


class Errors(unittest.TestCase):
    def check_between(self, work, bad, good, name, offset=None):
        """A broken case between two good ones."""
        got = work({"cases": [good, bad, good]}, status=1)
        self.assertEqual(len(got), 3)
        self.assertNotIn("error", got[0])
        self.assertEqual(got[1]["seq"], 1)
        self.assertEqual(got[1]["error"]["name"], name, bad)
        self.assertEqual(got[1]["error"].get("offset"), offset, bad)
        self.assertTrue(got[1]["error"]["text"])
        return got[2]

    def test_sets_that_cannot_be_read(self):
        good = {"headers": headers(REQUESTS[0])}
        for bad, name in (
                (5, "TYPE"), (-0.25, "TYPE"), ("x", "TYPE"), ([], "TYPE"), (None, "TYPE"),
                (True, "TYPE"), ({}, "MISSING"), ({"Headers": []}, "MISSING"),
                ({"wire": "82"}, "MISSING"), ({"headers": {}}, "TYPE"), ({"headers": None}, "TYPE"),
                ({"headers": [1]}, "TYPE"), ({"headers": [{}]}, "TYPE"),
                ({"headers": [{"a": "b", "c": "d"}]}, "TYPE"), ({"headers": [{"a": 1}]}, "TYPE"),
                ({"headers": [["a", "b"]]}, "TYPE"), ({"headers": [{"a": "\ud800"}]}, "JSON"),
                ({"headers": [{"a": "b"}], "never_indexed": 0}, "TYPE"),
                ({"headers": [{"a": "b"}], "never_indexed": ["0"]}, "TYPE"),
                ({"headers": [{"a": "b"}], "never_indexed": [1]}, "RANGE"),
                ({"headers": [{"a": "b"}], "octets": [-1]}, "RANGE"),
                ({"headers": [], "octets": [0]}, "RANGE"),
                ({"headers": [{"a": "\u0100"}], "octets": [0]}, "RANGE")):
            after = self.check_between(encode, bad, good, "CASE_ERR_" + name)
            self.assertEqual(pairs(after), REQUESTS[0])

    def test_blocks_that_cannot_be_read_leave_the_context(self):
        good = {"wire": "82"}
        for bad, name, offset in (
                ([], "TYPE", None), ({}, "MISSING", None), ({"headers": []}, "MISSING", None),
                ({"wire": 82}, "TYPE", None), ({"wire": "8"}, "HEX", None),
                ({"wire": "828"}, "HEX", None), ({"wire": "82g2"}, "HEX", 2),
                ({"wire": "82 2"}, "HEX", 2), ({"wire": "\0\0"}, "HEX", 0),
                ({"wire": "\u00e9"}, "HEX", 0)):
            after = self.check_between(decode, bad, good, "CASE_ERR_" + name, offset)
            self.assertEqual(pairs(after), [(":method", "GET")])

    def test_blocks_that_break_the_rfc_lose_the_context(self):
        good = {"wire": "82"}
        for wire, name, offset in (
                ("8280", "INDEX", 1), ("be", "INDEX", 0), ("82820f05", "TRUNCATED", 2),
                ("82820f30", "INDEX", 2),
                ("ffffffffff7f", "INTEGER", 0), ("ff", "TRUNCATED", 0), ("40", "TRUNCATED", 0),
                ("400161", "TRUNCATED", 0), ("4001610262", "TRUNCATED", 0),
                ("82000161810082", "HUFFMAN_PADDING", 1), ("00016184ffffffff", "HUFFMAN_EOS", 0),
                ("8220", "SIZE_UPDATE_PLACE", 1), ("202020", "SIZE_UPDATE_COUNT", 2),
                ("3fe21f", "SIZE_UPDATE_LIMIT", 0)):
            after = self.check_between(decode, {"wire": wire}, good, "HPACK_ERR_" + name, offset)
            self.assertEqual(after["error"]["name"], "CASE_ERR_CONTEXT_LOST")
            self.assertIn("in case 1", after["error"]["text"])

    def test_a_bomb_meets_a_limit_and_the_context_stands(self):
        # An entry of 4000 octets, referred to again and again.
        entry = "400161" + "7fa11e" + "62" * 4000
        got = decode(blocks(entry, "be" * 5000, "be"), status=1)
        self.assertEqual(got[1]["error"]["name"], "HPACK_ERR_SECTION_LIMIT")
        self.assertEqual(pairs(got[2]), [("a", "b" * 4000)])

    def test_a_case_that_is_too_long_is_passed_over(self):
        for long in {"headers": headers([("a", "b" * 1000)])}, "x" * 1000, \
                {"headers": headers([("a", "b")] * 100)}, [[1] * 40] * 40, {"\u0000" * 200: 1}:
            got = encode({"cases": [{"headers": []}, long, {"headers": headers([("a", "b")])}]},
                         "--max-case-size", "100", status=1)
            self.assertEqual(got[1]["error"]["name"], "CASE_ERR_TOO_LARGE")
            self.assertEqual((len(got), pairs(got[2])), (3, [("a", "b")]))

    def test_broken_json_is_told_with_its_place(self):
        good = '{"cases":[{"headers":[]}'
        for text, place, why, worked in (
                ("", "1:1", "too early", 0), ("[]", "1:1", "root must be an object", 0),
                ("{}", "1:3", "no member", 0), ('{"a":1}x', "1:8", "follows the root", 0),
                ('{"cases":{}}', "1:10", "must be an array", 0),
                ('{"cases":[],"cases":[]}', "1:21", "twice", 0),
                (good + "\n\n ", "3:2", "too early", 1), (good + "\n }", "2:2", "',' or ']'", 1),
                (good + "]]", "1:26", "',' or '}'", 1), (good + ",]", "1:26", "a value", 1),
                (good + ",{a}", "1:27", "member name", 1),
                (good + ',{"a" 1}', "1:31", "expected ':'", 1),
                (good + ",{\"a\":1,}", "1:33", "member name", 1),
                (good + ",nil]", "1:27", "a value", 1), (good + ",01]", "1:27", "',' or ']'", 2),
                (good + ",-]", "1:27", "needs a digit", 1), (good + ",1.]", "1:28", "digit", 1),
                (good + ",1e+]", "1:29", "digit", 1), (good + ',"\\x"]', "1:28", "escape", 1),
                (good + ',"\\u00g0"]', "1:31", "four hex digits", 1),
                (good + ',"\n"]', "1:27", "control character", 1),
                ('{"a":' + "[" * 100, "1:69", "nested too deep", 0)):
            out, told = run(ENCODE, "-q", given=text, status=1)
            self.assertEqual(len(cases_of(out)), worked if worked < 2 else 2, text)
            self.assertRegex(told, f"^hpack-encode: standard input:{place}: .*{re.escape(why)}")
            self.assertEqual(told.count("\n"), 1)

    def test_what_is_not_utf8_is_told(self):
        for octet in b"\xff", b"\x80", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", \
                b"\xe2\x82\"":
            _, told = run(ENCODE, "-q", given=b'{"cases":["' + octet + b'"]}', status=1)
            self.assertIn("not UTF-8", told)

    def test_errors_stand_beside_text_and_explanation(self):
        for argument in "-t", "--explain":
            _, told = run(DECODE, "-q", argument, given=blocks("8280", "82", "8"), status=1)
            self.assertEqual([line.split(": ")[1:3] for line in told.splitlines()],
                             [["case 0", "offset 1"], ["case 1", "CASE_ERR_CONTEXT_LOST"],
                              ["case 2", "CASE_ERR_HEX"]])


class Explain(unittest.TestCase):
    def test_blocks_are_explained(self):
        given = blocks("488264020f070141",
                       "3f013f21" "82" + SINGLE[0][0] + "be" "10040a1b7fff00", "82bf")
        given["cases"][0]["header_table_size"] = 64
        given["cases"][1]["header_table_size"] = 64
        out, _ = run(DECODE, "--explain", "-q", given=given, status=1)
        self.assertEqual(out.decode(), EXPLAINED)

    def explained(self, wires, *arguments):
        out, _ = run(DECODE, "--explain", "-q", *arguments, given=blocks(*wires))
        return re.split(r"^case \d+: ", out.decode(), flags=re.M)[1:]

    def test_every_octet_is_in_one_line(self):
        wires = [case["wire"] for case in encode(sets(*some_sets()), "-s", "300")]
        for wire, text in zip(wires + C6, self.explained(wires) + self.explained(C6, "-s", "256")):
            at = 0
            for start, length, shown in re.findall(r"^ *(\d+) +(\d+)  ([0-9a-f]+)\b", text, re.M):
                self.assertEqual(int(start), at)
                self.assertTrue(wire[2 * at:].startswith(shown))
                at += int(length)
            self.assertEqual(at, len(wire) // 2)

    def test_tables_of_the_rfc_are_told(self):
        for wires in C5, C6:
            got = [re.search(r"table after: (.*)", text).group(1)
                   for text in self.explained(wires, "-s", "256")]
            self.assertEqual(got, ["4 entries, 222 of 256 octets (4 added, 0 evicted)",
                                   "4 entries, 222 of 256 octets (1 added, 1 evicted)",
                                   "3 entries, 215 of 256 octets (3 added, 4 evicted)"])

    def test_an_entry_larger_than_the_table_empties_it(self):
        text = self.explained([SINGLE[0][0], "400161" + "3e" + "62" * 62], "-s", "64")[1]
        self.assertIn("an entry of 95 octets is too large for the table", text)
        self.assertIn("- 1 entry evicted", text)
        self.assertIn("table after: 0 entries, 0 of 64 octets (0 added, 1 evicted)", text)

    def test_fields_beyond_a_limit_are_told(self):
        entry = "400161" + "7fa11e" + "62" * 4000
        out, _ = run(DECODE, "--explain", "-q", given=blocks(entry, "be" * 5000, "be"), status=1)
        self.assertIn(b"beyond a limit of the decoder", out)
        self.assertIn(b"error: HPACK_ERR_SECTION_LIMIT", out)
        self.assertIn(b"(1 octet for 4001)\n  table after: 1 entry", out)

    def test_long_text_is_cut(self):
        out, _ = run(DECODE, "--explain", given={"cases": encode(sets([("x" * 500, "y" * 9000)]))})
        self.assertLess(max(map(len, out.split(b"\n"))), 200)
        self.assertIn(b"x.. : y" .replace(b" ", b""), out.replace(b" ", b""))


class Compare(unittest.TestCase):
    def table(self, *arguments, given=None, status=0):
        given = given or sets(*some_sets())
        out, told = run(ENCODE, "--compare", *arguments, given=given, status=status)
        rows = {}
        for line in out.decode().splitlines():
            cells = re.findall(r"(\d+) +([\d.]+) %(\*?)", line)
            if cells:
                rows[int(line.split()[0])] = [(int(sum_), float(percent), star)
                                              for sum_, percent, star in cells]
        return rows, out.decode(), told

    def test_sums_are_those_of_the_encoder(self):
        rows, out, told = self.table("-s", "300", "-S", "500")
        self.assertEqual(sorted(rows), [0, 256, 300, 500, 1024, 4096, 16384, 65536])
        raw = sum(len(name) + len(value) for fields in some_sets() for name, value in fields)
        self.assertIn(f"40 sets, {raw} octets", out)
        policies = [], ["--policy=all"], ["--policy=static"], ["--no-huffman"]
        for size, cells in rows.items():
            for cell, policy in zip(cells, policies, strict=True):
                cases = encode(sets(*some_sets()), "-s", str(size), "-S", str(size), *policy)
                self.assertEqual(cell[0], sum(case["output_length"] for case in cases))
                self.assertAlmostEqual(cell[1], cell[0] * 100 / raw, delta=0.06)
        smallest = min(cell[0] for cells in rows.values() for cell in cells)
        for cells in rows.values():
            self.assertEqual([star == "*" for _, _, star in cells],
                             [sum_ == smallest for sum_, _, _ in cells])
        self.assertIn(f"output={smallest} ", told)

    def test_policies_differ(self):
        rows, out, _ = self.table()
        names = re.search(r"^table size +(.*)$", out, re.M).group(1)
        self.assertEqual(re.split(r"  +", names),
                         ["adaptive", "all", "static", "adaptive, no Huffman"])
        self.assertEqual(len({sum_ for sum_, _, _ in rows[1024]}), 4)

    def test_broken_cases_are_told_and_left_out(self):
        given = sets(*some_sets())
        whole, _, _ = self.table(given=given)
        given["cases"].insert(3, {"headers": 1})
        rows, _, told = self.table(given=given, status=1)
        self.assertEqual(rows, whole)
        self.assertIn("case 3: CASE_ERR_TYPE", told)


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name, content=None):
        path = os.path.join(self.folder.name, name)
        if content is not None:
            with open(path, "w", encoding="utf-8") as file:
                file.write(content)
        return path

    def test_files_follow_each_other_in_one_context(self):
        one = self.path("one", json.dumps(sets(REQUESTS[0])))
        two = self.path("two", json.dumps(sets(REQUESTS[1])))
        got = encode(sets(REQUESTS[2]), one, two, "-")
        self.assertEqual([case["wire"] for case in got], C4)
        self.assertEqual([case["seq"] for case in got], [0, 1, 2])

    def test_output_goes_to_a_file(self):
        out = self.path("out", "old" * 10000)
        self.assertEqual(run(ENCODE, "-o", out, given=sets(REQUESTS[0]))[0], b"")
        with open(out, "rb") as file:
            self.assertEqual(cases_of(file.read())[0]["wire"], C4[0])
        self.assertEqual(len(encode(sets(REQUESTS[0]), "-o", "-")), 1)

    def test_files_that_cannot_be_used(self):
        there = self.path("there", json.dumps(sets(REQUESTS[0])))
        for arguments, why in (
                ([self.path("none")], "none: No such file"),
                ([there, self.path("none")], "none: No such file"),
                ([self.folder.name], "Is a directory"),
                (["-o", self.path("no/such"), there], "such: No such file"),
                (["-o", there, there], "cannot also be the output"),
                (["-o", "/dev/full", there], "cannot write: No space left")):
            _, told = run(ENCODE, *arguments, status=5)
            self.assertIn(why, told)
            self.assertEqual(told.count("\n"), 1)
        with open(there, encoding="utf-8") as file:
            self.assertEqual(json.load(file), sets(REQUESTS[0]))

    def test_wrong_options(self):
        for program, arguments, why in (
                (ENCODE, ["--table-siz=1"], "did you mean --table-size"),
                (ENCODE, ["-s", "4294967296"], "from 0 to 4294967295"),
                (ENCODE, ["-S", "x"], "-S: the value is a number"),
                (ENCODE, ["--max-case-size=0"], "from 1 to"),
                (ENCODE, ["--compare", "-d"], "do not go together"),
                (ENCODE, ["--compare", "--no-huffman"], "do not go with it"),
                (ENCODE, ["--compare", "--policy=all"], "do not go with it"),
                (ENCODE, ["--policy", "x"], "adaptive, all or static"),
                (ENCODE, ["--explain"], "unknown option"),
                (DECODE, ["-S", "1"], "unknown option"),
                (DECODE, ["-t", "--explain"], "do not go together"),
                (DECODE, ["-t", "-d"], "goes with JSON only"),
                (DECODE, ["--explain", "-d"], "goes with JSON only")):
            out, told = run(program, *arguments, status=1)
            self.assertIn(why, told)
            self.assertEqual(out, b"")

    def test_help_and_version(self):
        for program in ENCODE, DECODE:
            self.assertEqual(run(program, "-h"), run(program, "--help"))
            text = run(program, "--help")[0].decode()
            self.assertIn("Exit status:", text)
            self.assertIn("--max-case-size=N", text)
            self.assertLessEqual(max(map(len, text.splitlines())), 80)
            with open("/dev/full", "wb") as full:
                done = subprocess.run([program, "--help"], stdout=full, check=False)
            self.assertEqual(done.returncode, 5)
            version = run(program, "--version")[0].decode()
            self.assertRegex(version, r"^hpack-\w+ \d+\.\d+\.\d+\nlibhpack \d.*, cJSON \d")


class Streaming(unittest.TestCase):
    """Memory does not grow with the input."""

    LIMIT_KIB = 16 * 1024
    CASES = 60000

    def setUp(self):
        with open(ENCODE, "rb") as file:
            is_instrumented = re.search(rb"__[amt]san_init", file.read()) is not None
        # Sanitizers are slow and keep what is freed.
        self.limit = None if is_instrumented else self.LIMIT_KIB
        self.cases = 3000 if is_instrumented else self.CASES
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def check_memory(self, child):
        """Looks at the peak while the child waits for the end of its input."""
        try:
            with open(f"/proc/{child.pid}/status", encoding="ascii") as file:
                peak = re.search(r"VmHWM:\s+(\d+) kB", file.read())
        except FileNotFoundError:
            return
        if peak and self.limit:
            self.assertLess(int(peak.group(1)), self.limit)

    def stream(self, program, given, wanted, *arguments):
        wanted = os.path.join(self.folder.name, wanted)
        with open(given, "rb") as file, subprocess.Popen(
                [program, "-q", "-o", wanted, *arguments], stdin=subprocess.PIPE) as child:
            while piece := file.read(1 << 20):
                child.stdin.write(piece)
            child.stdin.flush()
            self.check_memory(child)
        self.assertEqual(child.returncode, 0)
        return wanted

    def test_a_large_input_needs_the_memory_of_one_case(self):
        given = os.path.join(self.folder.name, "given")
        with open(given, "w", encoding="utf-8") as file:
            separator = '{"description":"' + "x" * 100000 + '","cases":['
            for number in range(self.cases):
                fields = [(":method", "GET"), (":path", f"/{number}?{'q' * (number % 400)}"),
                          ("user-agent", "one that is the same every time"), ("n", str(number))]
                file.write(separator + json.dumps({"pad": " " * 200, "headers": headers(fields)}))
                separator = ","
            file.write("]}")
        encoded = self.stream(ENCODE, given, "encoded")
        decoded = self.stream(DECODE, encoded, "decoded")
        text = self.stream(DECODE, encoded, "text", "-t")
        again = self.stream(ENCODE, text, "again", "-t")
        for path in decoded, again:
            self.assertEqual(subprocess.run(["cmp", encoded, path], check=False).returncode, 0)


if __name__ == "__main__":
    unittest.main()
