# SPDX-License-Identifier: MIT
"""tshark reads a recorded connection, over TLS with the keys the server wrote down, and sees the
frames that the log of h2-server (-v) tells of: the same types, streams and lengths, in the same
order for each direction."""
import os
import re
import unittest

from harness import H2Server, find, main, run, space
from recording import PORTS, SERVER, Recording
from server_cases import make_folder

NAMES = ("DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY",
         "WINDOW_UPDATE", "CONTINUATION")
LOGGED = re.compile(r"^\[id=\d+\] \[ *[\d.]+\] (send|recv) (\w+) frame <length=(\d+), "
                    r"flags=0x[0-9a-f]+, stream_id=(\d+)>", re.M)


def logged(server):
    """{"send": [(type, stream, length)], "recv": ...} as the server tells."""
    frames = {"send": [], "recv": []}
    for way, name, length, stream in LOGGED.findall(server.log()):
        frames[way].append((name, int(stream), int(length)))
    return frames


def dissected(capture, keys):
    """The same as tshark sees it."""
    result = run([find("tshark"), "-n", "-r", capture, "-o", f"tls.keylog_file:{keys}",
                  "-d", f"tcp.port=={PORTS[SERVER]},{'tls' if keys else 'http2'}", "-Y", "http2",
                  "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,",
                  "-e", "tcp.srcport", "-e", "http2.type", "-e", "http2.streamid",
                  "-e", "http2.length"])
    frames = {"send": [], "recv": []}
    for line in result.text.splitlines():
        source, types, streams, lengths = line.split("\t")
        way = "send" if int(source) == PORTS[SERVER] else "recv"
        rows = zip(types.split(","), streams.split(","), lengths.split(","))
        frames[way] += [(NAMES[int(t)], int(s), int(n)) for t, s, n in rows if t != ""]
    return frames


class Tshark(unittest.TestCase):
    def check(self, tls):
        keys = space().join(f"keys-{tls}") if tls else ""
        environment = dict(os.environ, SSLKEYLOGFILE=keys)
        server = H2Server("-v", "-d", make_folder(), "--trailer", "x-end: here", tls=tls,
                          env=environment)
        recording = Recording(server.port, space().join(f"capture-{tls}.pcap"))
        base = f"{'https' if tls else 'http'}://127.0.0.1:{recording.port}"
        done = run([find("nghttp"), "--no-verify-peer", "-n", "-w", "14", "-p", "10",
                    f"{base}/one", f"{base}/frame", f"{base}/absent", f"{base}/sub/"])
        self.assertEqual(done.status, 0, done)
        recording.write()  # when both sides have ended
        server.stop_in_order()
        ours = logged(server)
        theirs = dissected(recording.path, keys)
        self.assertGreater(len(ours["send"]), 10, server.log())
        for way in ("send", "recv"):
            self.assertEqual(ours[way], theirs[way], way)

    def test_frames_of_a_tls_connection_are_those_of_the_log(self):
        self.check(tls=True)

    def test_frames_of_a_cleartext_connection_are_those_of_the_log(self):
        self.check(tls=False)


if __name__ == "__main__":
    main("tshark", "nghttp")
