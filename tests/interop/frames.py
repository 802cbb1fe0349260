# SPDX-License-Identifier: MIT
"""HTTP/2 frames by hand, for peers that say what no proper implementation would say.

Field blocks are written without compression and are not read: a test that needs the fields of an
answer uses a real peer.
"""
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PUSH_PROMISE = 0, 1, 3, 4, 5
PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 6, 7, 8, 9
ACK = END_STREAM = 1
END_HEADERS = 4
PADDED = 8


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def text(octets):
    """A string of HPACK, shorter than 16 kB, without Huffman code."""
    if len(octets) < 127:
        return bytes([len(octets)]) + octets
    rest = len(octets) - 127
    return bytes([127, 128 | rest & 127, rest >> 7]) + octets


def block(*fields):
    """A field block of (name, value), each as a literal that enters no table."""
    return b"".join(b"\x00" + text(name) + text(value) for name, value in fields)


def headers(stream, *fields, end=True):
    return frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream, block(*fields))


def goaway(last_stream, code):
    return frame(GOAWAY, 0, 0, struct.pack(">II", last_stream, code))


def window_update(stream, increment):
    return frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", increment))


def read_exactly(stream, size):
    octets = b""
    while len(octets) < size:
        more = stream.recv(size - len(octets))
        if not more:
            raise EOFError(f"the peer ended after {len(octets)} of {size} octets")
        octets += more
    return octets


def read_frame(stream):
    """(type, flags, stream id, payload) of the next frame; EOFError when there is none."""
    head = read_exactly(stream, 9)
    kind, flags, stream_id = struct.unpack(">BBI", head[3:])
    return kind, flags, stream_id, read_exactly(stream, int.from_bytes(head[:3], "big"))
