#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Side by side with the hpack module of Python: each decodes what the other encodes, and damaged
blocks are taken or refused by both, with the same fields.

usage: diff_python.py <hpack_filter> [<folder of hpack-test-case>]

With the folder, its raw-data stories are encoded by us and decoded by the module, too.

Known differences, which are allowed for:
- The module takes any number of size updates, anywhere before the first field; we take two.
- The module takes integers of any length; ours end after five octets.
"""
import json
import pathlib
import random
import subprocess
import sys

try:
    import hpack
except ImportError:
    print("skipped: no Python module hpack (Debian: python3-hpack)")
    sys.exit(77)

NEVER_INDEXED = 1
OURS_ONLY = {"HPACK_ERR_SIZE_UPDATE_COUNT", "HPACK_ERR_INTEGER"}


class Filter:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, line):
        self.process.stdin.write(line.encode("ascii") + b"\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().decode("ascii").split()

    def encode(self, fields):
        words = [f"{hexed(name)} {hexed(value)} {flags}" for name, value, flags in fields]
        answer = self.ask(" ".join(["E", *words]))
        assert answer[0] == "OK", answer
        return unhexed(answer[1])

    def decode(self, block):
        """The fields, or the name of an error."""
        answer = self.ask("D " + hexed(block))
        if answer[0] != "OK":
            return answer[0]
        words = answer[1:]
        return [(unhexed(words[i]), unhexed(words[i + 1]), int(words[i + 2]))
                for i in range(0, len(words), 3)]


def hexed(octets):
    return octets.hex() or "-"


def unhexed(word):
    return b"" if word == "-" else bytes.fromhex(word)


def plain(fields):
    return [(bytes(field[0]), bytes(field[1])) for field in fields]


def random_fields(source):
    names = [b":method", b":path", b"cookie", b"x-a", b"x-bb", b"accept", b"te"]
    values = [b"", b"GET", b"/", b"a", b"value", bytes(source.choices(range(256), k=9))]
    return [(source.choice(names), source.choice(values) * source.randrange(1, 6),
             source.choice([0, 0, 0, NEVER_INDEXED])) for _ in range(source.randrange(12))]


def their_decode(decoder, block):
    try:
        return plain(decoder.decode(block, raw=True))
    except hpack.HPACKError as error:
        return type(error).__name__


def check_both_ways(ours, source):
    encoder = hpack.Encoder()
    decoder = hpack.Decoder()
    for number in range(2000):
        if number % 50 == 49:
            limit = source.randrange(8192)
            ours.ask(f"L {limit}")
            encoder.header_table_size = limit
            decoder.max_allowed_table_size = limit
        fields = random_fields(source)
        got = their_decode(decoder, ours.encode(fields))
        assert got == plain(fields), (got, fields)
        block = encoder.encode([(name, value, flags == NEVER_INDEXED)
                                for name, value, flags in fields], huffman=number % 2 == 0)
        got = ours.decode(block)
        assert not isinstance(got, str) and plain(got) == plain(fields), (got, fields)


def check_damaged(ours, source):
    taken = 0
    for _ in range(3000):
        block = bytearray(hpack.Encoder().encode(
            [field[:2] for field in random_fields(source)], huffman=source.random() < 0.5))
        for _ in range(source.randrange(1, 4)):
            if block:
                block[source.randrange(len(block))] = source.randrange(256)
        ours.ask("R")
        got = ours.decode(bytes(block))
        their = their_decode(hpack.Decoder(), bytes(block))
        if isinstance(got, str):
            assert isinstance(their, str) or got in OURS_ONLY, (block.hex(), got, their)
        else:
            assert plain(got) == their, (block.hex(), got, their)
            taken += 1
    assert 100 < taken < 2900, taken
    return taken


def check_stories(ours, folder):
    blocks = 0
    stories = sorted(pathlib.Path(folder, "raw-data").glob("*.json"))
    assert stories, f"no stories in {folder}/raw-data"
    for story in stories:
        ours.ask("R")
        decoder = hpack.Decoder(max_header_list_size=1 << 20)
        for case in json.loads(story.read_text(encoding="utf-8"))["cases"]:
            fields = [(name.encode(), value.encode(), 0)
                      for header in case["headers"] for name, value in header.items()]
            got = their_decode(decoder, ours.encode(fields))
            assert got == plain(fields), (story, got, fields)
            blocks += 1
    return f"{blocks} blocks of {len(stories)} stories"


def main():
    ours = Filter(sys.argv[1])
    source = random.Random(7541)
    check_both_ways(ours, source)
    taken = check_damaged(ours, source)
    if len(sys.argv) > 2 and sys.argv[2]:
        print(check_stories(ours, sys.argv[2]))
    print(f"2000 blocks both ways, 3000 damaged ones, {taken} of them taken by both")
    ours.process.stdin.close()
    return ours.process.wait()


if __name__ == "__main__":
    sys.exit(main())
