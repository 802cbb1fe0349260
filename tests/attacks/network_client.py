# SPDX-License-Identifier: MIT
"""What hostile servers do to h2-client: field blocks, settings, pushes, retries, bodies, texts, and one
breach of each kind of the rules of RFC 9113."""
import gzip
import os
import struct
import tempfile
import zlib

from client_foes import (ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, LIMIT,
                         MEBIBYTE, OK, PADDED, PING, PUSH_PROMISE, RST_STREAM, SETTINGS,
                         WINDOW_UPDATE, Failed, block, case, check, frame, goaway, headers, main,
                         text, window_update)

STATUS = b"\x88"  # :status 200, from the static table
REFUSED_STREAM = 7


def head(raw, end=True, stream=1):
    return frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream, raw)


def settings(*entries):
    return frame(SETTINGS, 0, 0, b"".join(struct.pack(">HI", *entry) for entry in entries))


def reset(stream, code):
    return frame(RST_STREAM, 0, stream, struct.pack(">I", code))


def promise(parent, stream, path=b"/pushed", authority=b"localhost"):
    fields = block((b":method", b"GET"), (b":scheme", b"http"), (b":authority", authority),
                   (b":path", path))
    return frame(PUSH_PROMISE, END_HEADERS, parent, struct.pack(">I", stream) + fields)


def authority_of(peer):
    return b"127.0.0.1:%d" % peer.connection.getsockname()[1]


UNDECODED = {"says": "COMPRESSION_ERROR: field block cannot be decoded", "end": "lost",
             "reason": "COMPRESSION"}
NO_PROGRESS = "no progress in the time of --timeout"


# ---- Field blocks (B) ------------------------------------------------------------------------------


@case("B1", "many references to a large entry")
def large_entry(attack):
    entry = b"\x40" + text(b"x") + text(bytes(4000).replace(b"\0", b"v"))
    attack.fails(head(STATUS + entry + b"\xbe" * 12000), "max_header_list_size",
                 reason="LIMIT_FIELD_SECTION")


@case("B2", "sizes of the table: too large, late, thousands")
def table_sizes(attack):
    for raw in (b"\x3f\xe2\x1f" + STATUS, STATUS + b"\x20", b"\x20" * 9000 + STATUS):
        attack.fails(head(raw), **UNDECODED)


@case("B3", "numbers without end, or too large")
def numbers(attack):
    for raw in (b"\xff" + b"\x80" * 9000, b"\xff\xff\xff\xff\xff\xff\x7f", b"\x00\x7f" + b"\xff" * 30,
                b"\x3f" + b"\xff" * 20, b"\x1f" + b"\xff" * 20, b"\xff\x80"):
        attack.fails(head(STATUS + raw), **UNDECODED)


@case("B4", "Huffman codes: end inside, long padding, costly ones")
def huffman(attack):
    for value in (b"\xff\xff\xff\xff", b"\xff\xff", b"\x00"):
        attack.fails(head(STATUS + b"\x00\x01x" + bytes([128 | len(value)]) + value), **UNDECODED)
    long = bytes([255, 128 | (12000 - 127) & 127, (12000 - 127) >> 7])
    attack.fails(head(STATUS + b"\x00\x01x" + long + b"\xff\xff\xff\xf8" * 3000), **UNDECODED)


@case("B6", "a name that its own entry evicts", accepts=True)
def evicted_name(attack):
    first = b"\x40" + text(b"n" * 2000) + text(b"v" * 1900)
    second = b"\x7e" + text(b"w" * 2000)
    attack.takes(head(STATUS + first + second + b"\xbe"))


@case("B7", "entries of blocks that nobody reads", accepts=True)
def skipped_block(attack):
    def play(peer, _):
        entry = b"\x40" + text(b"content-length") + text(b"1")
        peer.send(frame(PUSH_PROMISE, END_HEADERS, 1, struct.pack(">I", 2) + entry + block(
            (b":method", b"POST"))))
        peer.send(head(STATUS + b"\xbe", end=False), frame(DATA, END_STREAM, 1, b"x"))
    run = attack.takes(play)
    check(run.out == b"x", f"got {run.out!r}")


@case("B11 G1", "fields without end")
def field_count(attack):
    attack.fails(head(STATUS + b"\x00\x01a\x00" * 4000), "field_count_limit",
                 reason="LIMIT_FIELD_COUNT")
    attack.fails(head(STATUS + b"\x00\x00\x00" * 4000), "field_count_limit",
                 reason="LIMIT_FIELD_COUNT")
    big = block(*(((b"x%d" % n), b"v" * 8000) for n in range(64)))
    pieces = [big[at:at + 16384] for at in range(0, len(big), 16384)]
    attack.fails(frame(HEADERS, 0, 1, STATUS) + b"".join(frame(CONTINUATION, 0, 1, one)
                                                        for one in pieces),
                 "continuation_limit", end="lost", reason="LIMIT_CONTINUATIONS")


@case("A13", "CONTINUATION without end")
def continuation(attack):
    for size, limit in ((0, "EMPTY_FRAMES"), (1, "CONTINUATIONS"), (16384, "CONTINUATIONS")):
        flood = frame(CONTINUATION, 0, 1, b"\x0f" * size) * 400
        attack.fails(frame(HEADERS, 0, 1, STATUS) + flood, "ENHANCE_YOUR_CALM: too many",
                     end="lost", reason="LIMIT_" + limit)


# ---- Settings, and what stalls (C, G4) -------------------------------------------------------------


@case("C11", "settings that let nothing through")
def stalled(attack):
    with tempfile.NamedTemporaryFile() as body:
        body.write(bytes(100000))
        body.flush()
        for stalls in (settings((4, 0)), settings((4, 0)) + window_update(1, 5)):
            attack.fails(stalls, NO_PROGRESS, "-d", body.name, timeout="400ms", end="failed")
    attack.fails(settings((3, 0)), NO_PROGRESS, timeout="400ms", end="failed")
    run = attack.fails(settings((3, 0)) + reset(1, REFUSED_STREAM), "the server lets no request begin",
                       timeout="400ms", end="lost")
    check(run.reports()[0]["reset"] is None, "no stream was open that could be reset")


@case("C11", "silence")
def silence(attack):
    attack.fails(b"", NO_PROGRESS, timeout="400ms", end="failed")
    attack.fails(headers(1, OK, end=False) + frame(DATA, 0, 1, b"x"), NO_PROGRESS,
                 timeout="400ms", end="failed")


@case("B5", "all windows wide open, nothing is read", accepts=True)
def wide_open(attack):
    def play(peer, _):
        peer.send(settings((1, 2**32 - 1), (4, 2**31 - 1), (5, 2**24 - 1)),
                  window_update(0, 2**31 - 65536))
        attack.over.wait(LIMIT)
    with open("/dev/zero", "rb") as zero:
        attack.fails(play, NO_PROGRESS, "-d", "-", timeout="700ms", end="failed", stdin=zero)


@case("G4", "settings out of bounds")
def bad_settings(attack):
    for entry, says, reason in (
            ((5, 0), "MAX_FRAME_SIZE is out of range", "SETTING_FRAME_SIZE"),
            ((5, 16383), "MAX_FRAME_SIZE is out of range", "SETTING_FRAME_SIZE"),
            ((5, 2**24), "MAX_FRAME_SIZE is out of range", "SETTING_FRAME_SIZE"),
            ((4, 2**31), "INITIAL_WINDOW_SIZE exceeds 2^31-1", "SETTING_WINDOW"),
            ((2, 1), "a server set ENABLE_PUSH to 1", "SETTING_PUSH_FROM_SERVER"),
            ((2, 7), "ENABLE_PUSH is neither 0 nor 1", "SETTING_ENABLE_PUSH"),
            ((8, 2), "ENABLE_CONNECT_PROTOCOL is neither 0 nor 1", "SETTING_CONNECT")):
        attack.fails(settings(entry), says, end="lost", reason=reason)
    attack.fails(settings(*[(4, 65535)] * 2000), "settings_entry_limit", end="lost",
                 reason="SETTINGS_ENTRIES")
    attack.fails(settings((4, 1)) * 3000, "ENHANCE_YOUR_CALM", end="lost")


@case("G1", "interim answers without end")
def interim(attack):
    for more, count in (((), 5000), (((b"link", b"x" * 8000),), 400)):
        attack.fails(headers(1, (b":status", b"103"), *more, end=False) * count,
                     "informational_limit", reason="LIMIT_INFORMATIONAL")


@case("G1", "trailers without end")
def trailers(attack):
    attack.fails(head(STATUS, end=False) + head(b"\x00\x01a\x00" * 4000), "field_count_limit",
                 reason="LIMIT_FIELD_COUNT")


# ---- Pushes (G2) -----------------------------------------------------------------------------------


@case("G2", "pushes that were switched off")
def push_off(attack):
    attack.fails(promise(1, 2), "PUSH_PROMISE although ENABLE_PUSH is 0", "--no-push",
                 end="lost", reason="PUSH_DISABLED")


@case("G2", "promises without end")
def promises(attack):
    def play(peer, _):
        authority = authority_of(peer)
        peer.send(*(promise(1, 2 * n, authority=authority) for n in range(1, 30000)))
    attack.fails(play, "refused_limit", reason="LIMIT_REFUSED", timeout="2s", end="lost")


@case("G2", "pushes without end")
def pushes(attack):
    def play(peer, _):
        authority = authority_of(peer)
        for start in range(1, 30000, 1000):
            peer.send(*(promise(1, 2 * n, authority=authority) + head(STATUS, stream=2 * n)
                        for n in range(start, start + 1000)))
        peer.send(headers(1, OK))
    attack.fails(play, "ENHANCE_YOUR_CALM", end="lost")


@case("G2", "pushes of one long path", memory=6 * MEBIBYTE, accepts=True)
def long_pushes(attack):
    def play(peer, _):
        fields = b"\x82\x86\x01" + text(authority_of(peer))
        path = b"\x44" + text(b"/" + b"p" * 3000)
        for n in range(1, 90):
            peer.send(frame(PUSH_PROMISE, END_HEADERS, 1, struct.pack(">I", 2 * n) + fields + path))
            path = b"\xbe"
        peer.send(headers(1, OK))
    run = attack.takes(play, "--json")
    check(len(run.reports()) == 1, "a push is taken whose URI is long")


@case("G2", "fields of pushes, with --har", memory=12 * MEBIBYTE, fetches=50, accepts=True)
def push_fields(attack):
    def play(peer, _):
        authority = authority_of(peer)
        entry = b"\x40" + text(b"x") + text(b"v" * 2000)
        for n in range(1, 300):
            peer.send(promise(1, 2 * n, authority=authority),
                      head(STATUS + entry + b"\xbe" * 100, stream=2 * n))
            entry = b""
        peer.send(headers(1, OK))
    attack.takes(play, "--har", os.devnull)


# ---- Retries (G3) ----------------------------------------------------------------------------------


@case("G3", "refused again and again")
def refused(attack):
    def play(peer, stream):
        while stream is not None:
            peer.send(reset(stream, REFUSED_STREAM))
            stream = peer.request()
    run = attack.fails(play, "REFUSED_STREAM", by="peer", reason="RESET_BY_PEER")
    check(run.reports()[0]["tries"] == 3, f"tried {run.reports()[0]['tries']} times")


@case("G3", "GOAWAY again and again")
def goaways(attack):
    def play(peer, _):
        peer.send(goaway(0, 0))
    attack.fails([attack.script(play) for _ in range(40)], "GOAWAY with NO_ERROR",
                 by="peer", reason="GOAWAY_NOT_PROCESSED", end="lost")


# ---- Bodies (G5), redirects and names (G6) ---------------------------------------------------------


def squeezed(size, kind):
    squeezer = zlib.compressobj(9, zlib.DEFLATED, kind)
    return b"".join(squeezer.compress(bytes(MEBIBYTE)) for _ in range(size)) + squeezer.flush()


@case("G5", "bodies that grow", fetches=200)
def bombs(attack):
    for coding, kind in ((b"gzip", 31), (b"deflate", 15), (b"deflate", -15)):
        bomb = squeezed(64, kind)
        parts = [bomb[at:at + 16000] for at in range(0, len(bomb), 16000)]
        octets = headers(1, OK, (b"content-encoding", coding), end=False) + b"".join(
            frame(DATA, 0, 1, part) for part in parts)
        attack.fails(octets, "--max-expansion", "--compressed", "-o", os.devnull)


@case("G5", "gzip members without content, without end", fetches=100)
def members(attack):
    empty = gzip.compress(b"") * 800
    octets = headers(1, OK, (b"content-encoding", b"gzip"), end=False)
    octets += frame(DATA, 0, 1, empty) * 50 + frame(DATA, END_STREAM, 1, b"x")
    attack.fails(octets, "cut short", "--compressed", "-o", os.devnull, end="complete")


@case("G5", "a page that nests without end", memory=24 * MEBIBYTE, fetches=100, accepts=True)
def nested_page(attack):
    def play(peer, _):
        peer.send(headers(1, OK, (b"content-type", b"text/html"), end=False))
        for _ in range(1000):
            peer.send(frame(DATA, 0, 1, b"<b>" * 5400))
        peer.send(frame(DATA, END_STREAM, 1))
    attack.takes(play, "--get-assets", "-n")


@case("G6", "redirects to other schemes, and without end")
def redirects(attack):
    for place in (b"file:///etc/passwd", b"ftp://localhost/", b"//", b"http://\x1b[31m/", b"x" * 9000):
        attack.fails(headers(1, (b":status", b"302"), (b"location", place)),
                     "leads to no http or https URI", "-L", end="complete")

    def circle(peer, stream):
        while stream is not None:
            peer.send(headers(stream, (b":status", b"302"), (b"location", b"/again")))
            stream = peer.request()
    attack.fails(circle, "more redirects than --max-redirs allows", "-L", end="complete")


@case("G6", "names that lead out of the folder", accepts=True)
def names(attack):
    for path in ("/..", "/a/..%2f..%2fetc", "/%2e%2e", "/.profile", "/a%00b", "/%1b%5b31m"):
        with tempfile.TemporaryDirectory() as outer:
            inner = os.path.join(outer, "inner")
            os.mkdir(inner)
            attack.takes(headers(1, OK, end=False) + frame(DATA, END_STREAM, 1, b"x"), "-O",
                         path=path, cwd=inner)
            made = os.listdir(inner)
            check(os.listdir(outer) == ["inner"] and len(made) == 1, f"made {made} for {path}")
            check(made[0][0] != "." and made[0].isascii() and made[0].isprintable(), f"made {made}")


# ---- Texts (G9) ------------------------------------------------------------------------------------


EVIL = b"\x1b[31m\r\nh2-client: all is well\x9b\x00\x07"


@case("G9", "escapes in what the server says")
def escapes(attack):
    attack.fails(frame(GOAWAY, 0, 0, struct.pack(">II", 0, 11) + EVIL),
                 r"ENHANCE_YOUR_CALM: \x1b[31m\x0d\x0ah2-client: all is well\x9b)", by="peer",
                 reason="GOAWAY_NOT_PROCESSED", end="lost")
    evil = headers(1, OK, (b"x-evil", b"\x1b]0;t\x07\xc2\x9b31m"))
    for options in (("-v",), ("-s",), ("--explain",), ("--trace", "ndjson"), ("--har", "-")):
        run = attack.client([attack.script(evil)], "-t", "5s", *options)
        for octet in run.out + run.err:
            check(octet in b"\t\n" or 32 <= octet < 127, f"{options}: {run.out!r} {run.err!r}")


# ---- One breach of each kind (section 3) -----------------------------------------------------------

BREACHES = (
    ("11", frame(DATA, 0, 1, bytes(16385)), "payload exceeds SETTINGS_MAX_FRAME_SIZE"),
    ("12", frame(DATA, PADDED, 1), "payload is too short for its fixed fields"),
    ("14", frame(HEADERS, 0, 1, STATUS) + frame(PING, 0, 0, bytes(8)),
     "PROTOCOL_ERROR: field block interrupted by another frame"),
    ("16", head(b"\x80"), "COMPRESSION_ERROR: field block cannot be decoded"),
    ("18", frame(DATA, 0, 7, b"x"), "PROTOCOL_ERROR: frame on an idle stream"),
    ("19", head(STATUS, stream=2), "PROTOCOL_ERROR: stream id belongs to the other side"),
    ("27", promise(1, 4) + promise(1, 2), "PROTOCOL_ERROR: stream id is not above all before"),
    ("35", frame(HEADERS, 0, 1, STATUS) + frame(238, 0, 1, b"x"),
     "PROTOCOL_ERROR: field block interrupted by another frame"),
    ("37", frame(DATA, 0, 0, b"x"), "PROTOCOL_ERROR: frame type needs a stream, but stream is 0"),
    ("39", head(STATUS, False) + frame(DATA, PADDED, 1, b"\x05abc"),
     "PROTOCOL_ERROR: padding is as long as the payload or longer"),
    ("42", frame(DATA, 0, 1, b"x"), "DATA before the final response"),
    ("43", head(STATUS, stream=0), "PROTOCOL_ERROR: frame type needs a stream, but stream is 0"),
    ("45", frame(HEADERS, END_HEADERS | PADDED, 1, b"\x09" + STATUS),
     "PROTOCOL_ERROR: padding is as long as the payload or longer"),
    ("47", frame(2, 0, 0, bytes(5)), "PROTOCOL_ERROR: frame type needs a stream, but stream is 0"),
    ("48", frame(2, 0, 1, bytes(4)), "PRIORITY payload is not 5 octets"),
    ("49", reset(0, 8), "PROTOCOL_ERROR: frame type needs a stream, but stream is 0"),
    ("50", reset(9, 8), "PROTOCOL_ERROR: frame on an idle stream"),
    ("51", frame(RST_STREAM, 0, 1, bytes(3)),
     "FRAME_SIZE_ERROR: RST_STREAM payload is not 4 octets"),
    ("53", frame(SETTINGS, ACK, 0, bytes(6)), "FRAME_SIZE_ERROR: SETTINGS with ACK has a payload"),
    ("54", frame(SETTINGS, 0, 1), "PROTOCOL_ERROR: frame type belongs to stream 0"),
    ("55", frame(SETTINGS, 0, 0, bytes(5)),
     "FRAME_SIZE_ERROR: SETTINGS payload is not a multiple of 6"),
    ("69", promise(0, 2), "PROTOCOL_ERROR: frame type needs a stream, but stream is 0"),
    ("70", promise(1, 3), "PROTOCOL_ERROR: stream id belongs to the other side"),
    ("74", frame(PING, 0, 1, bytes(8)), "PROTOCOL_ERROR: frame type belongs to stream 0"),
    ("75", frame(PING, 0, 0, bytes(7)), "FRAME_SIZE_ERROR: PING payload is not 8 octets"),
    ("78", frame(GOAWAY, 0, 1, bytes(8)), "PROTOCOL_ERROR: frame type belongs to stream 0"),
    ("79", frame(GOAWAY, 0, 0, bytes(7)),
     "FRAME_SIZE_ERROR: GOAWAY payload is shorter than 8 octets"),
    ("84", frame(WINDOW_UPDATE, 0, 0, bytes(3)),
     "FRAME_SIZE_ERROR: WINDOW_UPDATE payload is not 4 octets"),
    ("85", window_update(1, 0), "WINDOW_UPDATE increment is 0"),
    ("85", window_update(0, 0), "PROTOCOL_ERROR: WINDOW_UPDATE increment is 0"),
    ("86", window_update(7, 1), "PROTOCOL_ERROR: frame on an idle stream"),
    ("88", window_update(0, 2**31 - 1), "FLOW_CONTROL_ERROR: flow-control window exceeds 2^31-1"),
    ("88", window_update(1, 2**31 - 1), "flow-control window exceeds 2^31-1"),
    ("89", head(STATUS, False) + frame(DATA, 0, 1, bytes(16384)) * 5,
     "DATA exceeds the flow-control window"),
    ("92", window_update(1, 2**30) + settings((4, 2**31 - 1)),
     "FLOW_CONTROL_ERROR: flow-control window exceeds 2^31-1"),
    ("96", frame(CONTINUATION, END_HEADERS, 0, STATUS),
     "PROTOCOL_ERROR: frame type needs a stream, but stream is 0"),
    ("97", frame(CONTINUATION, END_HEADERS, 1, STATUS),
     "PROTOCOL_ERROR: CONTINUATION without an open block"),
    ("98", frame(HEADERS, 0, 1, STATUS) + head(STATUS),
     "PROTOCOL_ERROR: field block interrupted by another frame"),
    ("99", head(STATUS, False) + head(b"\x00\x01a\x00", False),
     "field section at this point of the message"),
    ("100", headers(1, (b":status", b"103")), "1xx response with END_STREAM"),
    ("101", head(STATUS, False) + head(STATUS), "pseudo-field not allowed in this message"),
    ("103", headers(1, OK, (b"content-length", b"9")), "content-length differs from the body"),
    ("104", headers(1, OK, (b"Upper", b"x")), "field name is empty or has a forbidden octet"),
    ("105", headers(1, OK, (b"a b", b"x")), "field name is empty or has a forbidden octet"),
    ("106", headers(1, OK, (b"a:b", b"x")), "field name is empty or has a forbidden octet"),
    ("107", headers(1, OK, (b"", b"x")), "field name is empty or has a forbidden octet"),
    ("108", headers(1, OK, (b"a", b"x\ny")), "field value has a forbidden octet or outer space"),
    ("109", headers(1, OK, (b"a", b" x")), "field value has a forbidden octet or outer space"),
    ("110", headers(1, OK, (b"transfer-encoding", b"chunked")), "connection-specific field"),
    ("113", headers(1, OK, (b":odd", b"x")), "undefined pseudo-field"),
    ("114", headers(1, OK, (b":path", b"/")), "pseudo-field not allowed in this message"),
    ("115", headers(1, (b"a", b"x"), OK), "pseudo-field after a regular field"),
    ("116", headers(1, OK, OK), "pseudo-field given twice"),
    ("121", headers(1, (b":status", b"20")), "status is not three digits from 100 to 599"),
    ("121", headers(1, (b"a", b"x")), "mandatory pseudo-field missing"),
    ("122", headers(1, (b":status", b"101"), end=False), "status 101 is not used in HTTP/2"),
)


@case("3", "one breach of each kind")
def breaches(attack):
    for rule, octets, says in BREACHES:
        options = ("-w", "14") if rule == "89" else ()
        # A code in front says that the whole connection has ended for it.
        end = "lost" if says.split(":")[0].isupper() else "reset"
        try:
            run = attack.fails(octets, ": " + says + " (RFC 9113 ", *options, end=end)
            report = run.reports()[0]
            check(report["reset"]["by"] == "client" and report["reset"]["reason"] != "NONE"
                  and report["reset"]["text"] in says, f"reported {report['reset']}")
        except Failed as failure:
            raise Failed(f"rule {rule}: {failure}") from failure


@case("3", "DATA of a push before its response, rule 21")
def reserved(attack):
    def play(peer, _):
        peer.send(promise(1, 2, authority=authority_of(peer)), frame(DATA, 0, 2, b"x"))
    attack.fails(play, "frame not allowed on a reserved stream", end="lost")


@case("3", "what is no error", accepts=True)
def tolerated(attack):
    """Rules 7, 8, 9, 36, 61: what is unknown is passed over; 26, 87: frames of streams that are gone."""
    odd = [settings((4711, 7)), frame(238, 255, 1, b"x"), frame(PING, 254, 0, bytes(8)),
           frame(2, 0, 99, bytes(5)), frame(HEADERS, END_HEADERS, 1 << 31 | 1, STATUS),
           frame(DATA, END_STREAM, 1, b"x"), window_update(1, 1), reset(1, 4711),
           headers(3, OK, end=False), frame(DATA, END_STREAM, 3, b"y")]

    def play(peer, _):
        peer.request()
        peer.send(*odd)
    run = attack.takes(play, "-m", "2")
    check(run.out == b"xy", f"got {run.out!r}")


if __name__ == "__main__":
    main()
